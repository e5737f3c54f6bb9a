package smoke

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/fixtures"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/judge"
)

// folder is one folder of fixtures, and what a run has learnt about its receiver.
type folder struct {
	goldens []fixtures.Fixture

	mu      sync.Mutex
	stopped string           // the mistake that all its deliveries show; "" when there is none
	not     map[symptom]bool // what a delivery showed, and not all do
}

// scout is the first check of a fixture that runs: what it shows decides whether the others can tell anything more.
type scout struct {
	once    sync.Once
	done    chan struct{} // closed when the others may start
	stopped string        // why they need not; set before done is closed
}

// leave lets the others of its fixture go on without it.
func (s *scout) leave() { s.once.Do(func() { close(s.done) }) }

// stop makes every check that has not started yet be left out.
func (p *Plan) stop(why string) {
	why = p.redactor.Text(why)
	p.stopped.CompareAndSwap(nil, &why)
}

// notRun says why a check need not run: what it would show is known already. "" when it must run.
func (p *Plan) notRun(c Check) string {
	if why := p.stopped.Load(); why != nil {
		return *why
	}
	f := p.folders[c.folder]
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stopped != "" {
		return f.stopped
	}
	select {
	case <-p.scouts[c.Fixture].done:
		return p.scouts[c.Fixture].stopped
	default:
		return ""
	}
}

// learn draws the lessons of a check whose deliveries were made. The first of a fixture tells a mistake in the set-up
// from a broken contract, and a contract so broken that the other checks would only repeat its finding.
func (p *Plan) learn(ctx context.Context, d *delivered) {
	if used := new(nameUsedError); errors.As(d.broken, &used) {
		p.stop(used.Error())
	}
	s := p.scouts[d.Fixture]
	s.once.Do(func() {
		defer close(s.done)
		if d.broken != nil || ctx.Err() != nil {
			return
		}
		if p.mistaken(ctx, d) || d.Case.Name != firstCase || d.known != nil {
			return
		}
		if o := judge.Case(d.Case, d.contract, d.histories); o.Verdict == verdict.Fail {
			d.failed = true
			s.stopped = p.redactor.Text(fmt.Sprintf("%s failed (%s: %s): a delivery that is refused or lost tells nothing of the next", firstCase, o.Findings[0].Rule, o.Findings[0].Got))
		}
	})
}

// firstCase is the case of one valid delivery.
const firstCase = "first"

// mistaken reports whether a check shows a mistake in the set-up. It then stops the folder, and
// d.mistake says what to mend.
func (p *Plan) mistaken(ctx context.Context, d *delivered) bool {
	seen := d.evidence()
	if seen.symptom == healthy {
		return false
	}
	f := p.folders[d.folder]
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stopped != "" {
		d.mistake = f.stopped
		return true
	}
	if f.not[seen.symptom] || !p.common(ctx, d, &seen) {
		f.not[seen.symptom] = true
		return false
	}
	d.mistake = p.redactor.Text(d.explain(seen))
	f.stopped = d.mistake
	return true
}

// common reports whether every other valid delivery shows the same symptom. It sends the golden event in the forms of
// the equal-* cases, and the other events of the folder, until one shows another: a receiver that refuses one kind of
// valid delivery and takes others has a broken contract. So has one that takes a delivery signed over another layer of
// its body, such as the JSON in a form: its secret is right.
func (p *Plan) common(ctx context.Context, d *delivered, seen *evidence) bool {
	for _, other := range p.others(d.Check, seen.symptom) {
		one := other.deliver(ctx, int(d.attempts.Load()))
		for _, h := range one.histories {
			h.Purpose = "to tell a mistake in the set-up from a broken contract"
			d.beside = append(d.beside, h)
			d.attempts.Add(int64(len(h.Attempts)))
		}
		if ctx.Err() != nil {
			return false
		}
		shows := one.evidence()
		if shows.times == 0 && !slices.ContainsFunc(one.histories, func(h history.History) bool { return len(h.Attempts) > 0 }) {
			continue // it could not be sent: the budget is used up
		}
		if shows.symptom != seen.symptom {
			d.proof = one.otherLayer()
			if d.proof == "" && seen.symptom == unauthorized {
				d.proof = one.rewritten()
			}
			return false
		}
		seen.times += shows.times
	}
	return true
}

// otherEvents is how many of a folder's other events are sent.
const otherEvents = 2

// others are checks of valid deliveries to the same receiver, under ids that nothing else has. They are not of the plan.
func (p *Plan) others(c Check, s symptom) []Check {
	c.aside = true
	if s != unseen && s != uncounted {
		c.probe = nil
	}
	forms := []string{firstCase}
	if s == unauthorized {
		forms = append(forms, insideCase, "equal-*")
	}
	events := 0
	var all []Check
	for _, golden := range p.folders[c.folder].goldens {
		only := forms
		if golden.Name != c.golden.Name {
			if events++; events > otherEvents {
				continue
			}
			only = forms[:1]
		}
		golden.Name = fmt.Sprintf("%s (aside %d)", golden.Name, p.asides.Add(1))
		derived, err := cases.Derive(golden, c.contract, p.options.RunID, only...)
		if err != nil {
			continue // a fixture that cannot be used says nothing of the receiver
		}
		for _, one := range derived {
			if c.Case = one; one.NotApplicable == "" {
				all = append(all, c)
			}
		}
	}
	return all
}
