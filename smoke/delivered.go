package smoke

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/judge"
	"github.com/fridaygate/fridaygate/smoke/pace"
	"github.com/fridaygate/fridaygate/smoke/probe"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// delivered is a check whose deliveries were made, and whose effects are to be looked at once more.
type delivered struct {
	Check
	took      time.Duration // without the time that it only waited
	unlooked  error         // why nobody knows that its events are new; nil when they are
	histories []history.History
	proof     string            // what else was found out about why first failed; "" when nothing was
	beside    []history.History // of deliveries that are not of the case
	attempts  *atomic.Int64     // so far
	mistake   string            // in the set-up, and shown by every valid delivery; "": none
	failed    bool              // the other checks of the fixture are left out for what this one found

	mu      sync.Mutex
	due     time.Time // when to look again
	pending []look    // the last look of each round that found what was wanted
}

// look is a look at the effects of a round's event after one of its steps.
type look struct {
	*sender
	history *history.History
	step    int
	event   int // index of the round's ids
	through probed
	want    cases.Effects
	results [][]byte // what the probe may read of the answers
}

func (l look) right(seen history.Observation) bool {
	return seen.Err == "" && seen.Count >= l.want.Min && seen.Count <= l.want.Max
}

// deliver delivers every round of the case. Effects are looked at after each step, and those of a round's last step
// while the next round is already under way. Attempts are numbered after those that were made before.
func (c Check) deliver(ctx context.Context, before int) *delivered {
	started := c.plan.options.Now()
	d := &delivered{Check: c, attempts: new(atomic.Int64)}
	d.attempts.Store(int64(before))
	if d.broken == nil {
		d.Case, d.broken = c.Case.WithRounds()
		d.Case = c.filled(d.Case)
	}
	if d.broken == nil {
		d.unlooked = c.unused(ctx, d.Case)
		if used := new(nameUsedError); errors.As(d.unlooked, &used) {
			d.broken = used
		}
	}
	if d.broken != nil {
		return d
	}
	d.histories = make([]history.History, len(d.Case.Rounds))
	for i, round := range d.Case.Rounds {
		d.histories[i].EventID, d.histories[i].Events = round.EventID, round.Events
	}
	var looking errgroup.Group // no look returns an error: what went wrong is in the observation
	for from := 0; from < len(d.Case.Rounds); {
		to := from + 1
		for to < len(d.Case.Rounds) && d.Case.Rounds[to].Together {
			to++
		}
		d.together(ctx, from, to, &looking)
		from = to
	}
	_ = looking.Wait()
	d.took = c.plan.options.Now().Sub(started)
	return d
}

// atOnce is how many rounds are sent at a time.
const atOnce = 8

// together delivers the rounds from up to to at the same time, and then looks where their things stand.
func (d *delivered) together(ctx context.Context, from, to int, looking *errgroup.Group) {
	senders := make([]*sender, to-from)
	var sending errgroup.Group // no round returns an error: what went wrong is in its history
	sending.SetLimit(atOnce)
	for i := range senders {
		s := &sender{Plan: d.plan, check: d.Check, attempts: d.attempts}
		s.base = d.plan.options.Now().Add(time.Duration(d.plan.ahead.Load()))
		senders[i] = s
		sending.Go(func() error {
			var err error
			if s.round, err = d.Case.Rounds[from+i].Complete(); err != nil {
				d.histories[from+i].Problem = err.Error()
				return nil
			}
			d.send(ctx, s, &d.histories[from+i], looking)
			return nil
		})
	}
	_ = sending.Wait()
	for i, s := range senders {
		d.beside = append(d.beside, s.beside...)
		d.states(ctx, s, from+i)
	}
}

// states looks where the things stand that a round's steps tell of. A state that must move or be kept has as long as an
// effect to get there.
func (d *delivered) states(ctx context.Context, s *sender, round int) {
	h := &d.histories[round]
	for j, step := range s.round.Steps {
		if step.State.Key == "" || h.Problem != "" {
			continue
		}
		before := d.lastState(round)
		deadline := d.plan.options.Now().Add(d.contract.Effects.Within)
		seen := s.state(ctx, j, step.State.Key)
		for !settledState(step.State, before, seen) && d.plan.options.Now().Before(deadline) && pace.Wait(ctx, lookAgain) == nil {
			seen = s.state(ctx, j, step.State.Key)
		}
		h.States = append(h.States, seen)
	}
}

// lastState returns the last state that was seen before a round; "" when there was none.
func (d *delivered) lastState(round int) string {
	for i := round - 1; i >= 0; i-- { // looks may still add to the observations: only the states are read
		for _, s := range slices.Backward(d.histories[i].States) {
			if s.Err == "" {
				return s.Value
			}
		}
	}
	return ""
}

// settledState reports whether a look found what is asked of a state.
func settledState(want cases.State, before string, seen history.State) bool {
	switch {
	case seen.Err != "":
		return false
	case want.Keep:
		return before == "" || seen.Value == before
	case want.Move:
		return seen.Value != before
	}
	return seen.Value != "null"
}

// moment is the pause before the second look between two steps: a late effect of the first must not pass for one of
// the second.
const moment = 25 * time.Millisecond

// send delivers the steps of one round. The look after the last one is made in looking.
func (d *delivered) send(ctx context.Context, s *sender, h *history.History, looking *errgroup.Group) {
	if !s.round.Filler {
		if err := s.meet(ctx); err != nil {
			h.Problem = err.Error()
			return
		}
	}
	for j, step := range s.round.Steps {
		attempts, err := s.step(ctx, j, step)
		h.Attempts = append(h.Attempts, attempts...)
		if err != nil {
			h.Problem = step.Name + ": " + err.Error()
			return
		}
		answered := slices.ContainsFunc(attempts, func(a history.Attempt) bool { return a.Err == "" || a.Cut })
		last := j == len(s.round.Steps)-1 || (!answered && step.Expect != cases.Failing) // after no answer, later steps would show nothing
		if d.probe != nil && step.Challenge == nil && !s.round.Filler {
			patience := d.contract.Effects.Within
			if !answered {
				patience = moment // nobody promised an effect
			}
			var looks []look
			for _, through := range d.probes() {
				for event := range s.round.IDs() {
					looks = append(looks, look{sender: s, history: h, step: j, event: event, through: through, want: step.EffectsOf(event), results: accepted(h.Attempts)})
				}
			}
			switch {
			case !last:
				between(ctx, looks, patience, moment)
			case d.contract.SharedSubject(): // the next round changes the same
				between(ctx, looks, patience, d.contract.Effects.Settle)
			default:
				looking.Go(func() error {
					for _, l := range looks {
						d.after(ctx, l, patience)
					}
					return nil
				})
			}
		}
		if last {
			return
		}
	}
}

// probed is a probe, and the part of the contract that says how it looks.
type probed struct {
	probe.Probe
	effects webhook.Effects
}

// probes returns the probes of the check. The one that is independent of the receiver looks first: a receiver that does
// its work when it is asked what it did is then seen not to have done it.
func (c Check) probes() []probed {
	all := []probed{{c.probe, c.contract.Effects}}
	if c.also != nil {
		all = append([]probed{{c.also, *c.contract.Effects.Also}}, all...)
	}
	return all
}

// between looks at the effects of a step that another one follows, and again after a pause if they are right.
func between(ctx context.Context, looks []look, patience, pause time.Duration) {
	right := true
	for _, l := range looks {
		seen := l.observe(ctx, patience)
		l.history.Observations = append(l.history.Observations, seen)
		right = right && l.right(seen)
	}
	if right && pace.Wait(ctx, pause) == nil {
		for _, l := range looks {
			l.again(ctx)
		}
	}
}

// after looks at the effects of a round's last step. Those that are right are looked at again when they have settled.
func (d *delivered) after(ctx context.Context, l look, patience time.Duration) {
	seen := l.observe(ctx, patience)
	l.history.Observations = append(l.history.Observations, seen)
	if !l.right(seen) || l.through.effects.Result != nil { // answers do not change any more
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.pending = append(d.pending, l)
	d.due = d.plan.options.Now().Add(d.contract.Effects.Settle)
}

func (l look) again(ctx context.Context) {
	l.history.Observations = append(l.history.Observations, l.count(ctx))
}

// settled tells that there is nothing to wait for.
func (d *delivered) settled() bool { return len(d.pending) == 0 }

// settle waits until the effects can be looked at again.
func (d *delivered) settle(ctx context.Context) {
	if !d.settled() {
		_ = pace.Wait(ctx, d.due.Sub(d.plan.options.Now())) // interrupted: the looks will say so
	}
}

// Named returns the check's name.
func (c Check) Named() report.Check {
	return report.Check{Kind: report.Webhook, Subject: c.Fixture, Case: c.Case.Name}
}

// result is what a check reports of itself, without a verdict.
func (c Check) result() report.Result {
	return report.Result{Check: c.Named(), Severity: string(c.Case.Severity), Holds: c.Case.Holds, WhyAdvice: c.Case.Advice}
}

// conclude looks for the last time, and judges.
func (d *delivered) conclude(ctx context.Context) report.Result {
	started := d.plan.options.Now()
	r := d.result()
	if d.broken != nil {
		r.Inconclusive = []string{d.broken.Error()}
		return r
	}
	for _, l := range d.pending {
		l.again(ctx)
	}
	opinion := judge.Case(d.Case, d.contract, d.histories)
	r.Verdict, r.Findings, r.Inconclusive, r.Notes = opinion.Verdict, opinion.Findings, opinion.Inconclusive, opinion.Notes
	r.Advice, r.Counterexamples = opinion.Advice, opinion.Counterexamples
	if d.unlooked != nil && r.Verdict == verdict.Pass {
		r.Verdict, r.Inconclusive = verdict.Unknown, []string{d.unlooked.Error()}
	}
	if r.Verdict != verdict.Pass || len(opinion.Advice) > 0 || d.plan.options.Histories {
		r.Histories = slices.Concat(d.histories, d.beside)
	}
	if d.mistake != "" {
		r.Verdict, r.Findings, r.Advice, r.Counterexamples, r.Inconclusive = verdict.Unknown, nil, nil, nil, []string{d.mistake}
	}
	if d.failed && len(r.Findings) > 0 {
		r.Findings[0].Check = d.checklist()
	}
	judge.Excuse(&r, d.known, d.contract.Path, d.plan.today)
	if again := d.plan.options.Rerun; again != nil {
		for _, found := range [][]verdict.Finding{r.Findings, r.Advice, r.Excused} {
			for i := range found {
				found[i].Rerun = again(d.golden.Path, d.Case.Name)
			}
		}
	}
	d.show(&r)
	r.Took = d.took + d.plan.options.Now().Sub(started)
	return r
}

// accepted gives the bodies of the accepted answers.
func accepted(attempts []history.Attempt) [][]byte {
	var all [][]byte
	for _, a := range attempts {
		if a.Err == "" && a.Status >= 200 && a.Status <= 299 {
			all = append(all, a.Body)
		}
	}
	return all
}
