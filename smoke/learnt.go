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

// learnt is what a run has learnt about the receiver of a folder.
type learnt struct {
	mu      sync.Mutex
	stopped string           // the mistake that all its deliveries show; "" when there is none
	not     map[symptom]bool // what a delivery showed, and not all do
}

// scout is the first check of a fixture. Its result decides whether the others could show anything more.
type scout struct {
	once    sync.Once
	done    chan struct{} // closed when the others may start
	stopped string        // why they need not; set before done is closed
}

// leave lets the others of its fixture go on without it.
func (s *scout) leave() { s.once.Do(func() { close(s.done) }) }

// stop makes every check that has not started yet be left out.
func (r *Runner) stop(why string) {
	why = r.redactor.Text(why)
	r.stopped.CompareAndSwap(nil, &why)
}

// notRun returns why a check need not run because its result is known already, or "" if it must run.
func (r *Runner) notRun(c Check) string {
	if why := r.stopped.Load(); why != nil {
		return *why
	}
	if c.Contract != nil {
		return ""
	}
	f := &r.receivers[r.derived[c.Name()].folder.path].learnt
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stopped != "" {
		return f.stopped
	}
	select {
	case <-r.scouts[c.Fixture].done:
		return r.scouts[c.Fixture].stopped
	default:
		return ""
	}
}

// learn records what a finished check shows about the others. The first one of a fixture distinguishes a mistake in the
// set-up from a broken contract, and from a contract so broken that the other checks would only repeat its finding.
func (r *Runner) learn(ctx context.Context, t *trial) {
	if used := new(nameUsedError); errors.As(t.broken, &used) {
		r.stop(used.Error())
	}
	s := r.scouts[t.check.Fixture]
	s.once.Do(func() {
		defer close(s.done)
		if t.broken != nil || ctx.Err() != nil {
			return
		}
		if r.mistaken(ctx, t) || t.Case.Name != firstCase || t.check.Known != nil {
			return
		}
		if o := judge.Case(t.Case, t.to.contract, t.histories); o.Verdict == verdict.Fail {
			t.failed = true
			s.stopped = r.redactor.Text(fmt.Sprintf("%s failed (%s: %s): a delivery that is refused or lost says nothing about the next",
				firstCase, o.Findings[0].Rule, o.Findings[0].Got))
		}
	})
}

// firstCase is the case of one valid delivery.
const firstCase = "first"

// mistaken reports whether a check shows a mistake in the set-up. It then stops the folder, and
// t.mistake holds what to correct.
func (r *Runner) mistaken(ctx context.Context, t *trial) bool {
	seen := t.evidence()
	if seen.symptom == healthy {
		return false
	}
	f := &t.to.learnt
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stopped != "" {
		t.mistake = f.stopped
		return true
	}
	if f.not[seen.symptom] || !r.common(ctx, t, &seen) {
		f.not[seen.symptom] = true
		return false
	}
	t.mistake = r.redactor.Text(t.explain(seen))
	f.stopped = t.mistake
	return true
}

// common reports whether every other valid delivery shows the same symptom. It sends the golden event in the forms of
// the equal-* cases, and the other events of the folder, until one shows another: a receiver that refuses one kind of
// valid delivery and takes others has a broken contract. So has one that takes a delivery signed over another layer of
// its body, such as the JSON in a form: its secret is right.
func (r *Runner) common(ctx context.Context, t *trial, seen *evidence) bool {
	leave, err := t.place(ctx, false, true)
	if err != nil {
		return false
	}
	defer leave()
	for _, one := range r.others(t, seen.symptom) {
		one.deliver(ctx, int(t.attempts.Load()))
		for _, h := range one.histories {
			h.Purpose = "to tell a mistake in the set-up from a broken contract"
			t.beside = append(t.beside, h)
			t.attempts.Add(int64(len(h.Attempts)))
		}
		if ctx.Err() != nil {
			return false
		}
		shows := one.evidence()
		if shows.times == 0 && !slices.ContainsFunc(one.histories, func(h history.History) bool { return len(h.Attempts) > 0 }) {
			continue // it could not be sent: the budget is used up
		}
		if shows.symptom != seen.symptom {
			t.proof = one.otherLayer()
			if t.proof == "" && seen.symptom == unauthorized {
				t.proof = one.rewritten()
			}
			return false
		}
		seen.times += shows.times
	}
	return true
}

// aside returns a fixture whose events have ids that nothing of the plan has.
func aside(golden fixtures.Fixture, n int) fixtures.Fixture {
	golden.Name = fmt.Sprintf("%s (aside %d)", golden.Name, n)
	return golden
}

// otherEvents is how many of a folder's other events are sent.
const otherEvents = 2

// others prepares valid deliveries to the same receiver, under ids that nothing else has. They are not of the plan.
func (r *Runner) others(t *trial, s symptom) []*trial {
	probe := t.probe
	if s != probeNotFound && s != uncounted {
		probe = nil
	}
	forms := []string{firstCase}
	if s == unauthorized {
		forms = append(forms, insideCase, "equal-*")
	}
	events := 0
	var all []*trial
	for _, golden := range t.to.goldens {
		only := forms
		if golden.Name != t.golden.Name {
			if events++; events > otherEvents {
				continue
			}
			only = forms[:1]
		}
		golden = aside(golden, int(r.asides.Add(1)))
		derived, err := cases.Derive(golden, t.to.contract, r.plan.ids, only...)
		if err != nil {
			continue // a fixture that cannot be used is not about the receiver
		}
		for _, one := range derived {
			if one.NotApplicable == "" {
				all = append(all, &trial{runner: r, check: t.check, to: t.to, golden: golden, Case: one, probe: probe, aside: true})
			}
		}
	}
	return all
}
