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
	"github.com/fridaygate/fridaygate/fixtures"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/judge"
	"github.com/fridaygate/fridaygate/smoke/pace"
	"github.com/fridaygate/fridaygate/smoke/probe"
)

// trial is one check being carried out.
type trial struct {
	runner *Runner
	check  Check
	to     *receiver
	golden fixtures.Fixture
	Case   cases.Case
	probe  probe.Probe // nil: effects are not observed
	aside  bool        // it is not of the plan, but made to find out what a check of the plan shows
	broken error       // why nothing was delivered

	took      time.Duration     // without the time that it only waited
	waited    atomic.Int64      // for places to deliver in, a time.Duration
	unlooked  error             // why its events are not known to be new; nil when they are
	histories []history.History // one a round
	proof     string            // what else was found out about why first failed; "" when nothing was
	beside    []history.History // of deliveries that are not of the case
	attempts  atomic.Int64      // so far
	mistake   string            // in the set-up, and shown by every valid delivery; "": none
	failed    bool              // the other checks of the fixture are left out for what this one found

	mu      sync.Mutex
	due     time.Time // when to look again
	pending []look    // the last look of each round that found what was wanted
}

// trial prepares a check of the plan.
func (r *Runner) trial(c Check) *trial {
	from := r.derived[c.Name()]
	to := r.receivers[from.folder.path]
	return &trial{runner: r, check: c, to: to, golden: from.golden, Case: from.Case, probe: to.probe, broken: from.broken}
}

// deliver delivers every round of the case. Effects are looked at after each step, and those of a round's last step
// while the next round is already under way. Attempts are numbered after those that were made before.
func (t *trial) deliver(ctx context.Context, before int) {
	started := t.runner.now()
	t.attempts.Store(int64(before))
	if t.broken == nil {
		t.Case, t.broken = t.Case.WithRounds()
		t.Case = t.filled(t.Case)
	}
	if t.broken == nil {
		t.unlooked = t.unused(ctx, t.Case)
		if used := new(nameUsedError); errors.As(t.unlooked, &used) {
			t.broken = used
		}
	}
	if t.broken != nil {
		return
	}
	if plan := t.runner.options.cleanup(); plan != nil {
		t.runner.made.add(eventsOf(t.Case, t.golden.Body, plan.Pointers()))
	}
	t.histories = make([]history.History, len(t.Case.Rounds))
	for i, round := range t.Case.Rounds {
		t.histories[i].EventID, t.histories[i].Events = round.EventID, round.Events
	}
	var looking errgroup.Group // no look returns an error: what went wrong is in the observation
	for from := 0; from < len(t.Case.Rounds); {
		to := from + 1
		for to < len(t.Case.Rounds) && t.Case.Rounds[to].Together {
			to++
		}
		t.together(ctx, from, to, &looking)
		from = to
	}
	_ = looking.Wait()
	t.took = t.runner.now().Sub(started) - time.Duration(t.waited.Load())
}

// atOnce is how many rounds are sent at a time.
const atOnce = 8

// together delivers the rounds from up to to concurrently, and then observes the states of their subjects.
func (t *trial) together(ctx context.Context, from, to int, looking *errgroup.Group) {
	rounds := make([]*round, to-from)
	var sending errgroup.Group // no round returns an error: what went wrong is in its history
	sending.SetLimit(atOnce)
	leave, err := t.place(ctx, len(rounds) == 1, from > 0)
	if err != nil {
		for i := from; i < to; i++ {
			t.histories[i].Problem = err.Error()
		}
		return
	}
	for i := range rounds {
		one := &round{trial: t, placed: len(rounds) > 1, history: &t.histories[from+i]}
		rounds[i] = one
		sending.Go(func() error {
			var err error
			if one.Round, err = t.Case.Rounds[from+i].Complete(); err != nil {
				one.history.Problem = err.Error()
				return nil
			}
			one.send(ctx, looking)
			return nil
		})
	}
	_ = sending.Wait()
	leave()
	for i, one := range rounds {
		t.beside = append(t.beside, one.beside...)
		t.states(ctx, one, from+i)
	}
}

// number returns the number of the next attempt.
func (t *trial) number() int { return int(t.attempts.Add(1)) }

// settled reports whether there is nothing to wait for.
func (t *trial) settled() bool { return len(t.pending) == 0 }

// settle waits until the effects can be looked at again.
func (t *trial) settle(ctx context.Context) {
	if !t.settled() {
		_ = pace.Wait(ctx, t.due.Sub(t.runner.now())) // the observations report an interrupt
	}
}

// conclude looks for the last time, and judges.
func (t *trial) conclude(ctx context.Context) report.Result {
	started := t.runner.now()
	r := t.check.result()
	if t.broken != nil {
		r.Inconclusive = []string{t.broken.Error()}
		return r
	}
	t.lookAgain(ctx)
	t.runner.made.take(t)
	opinion := judge.Case(t.Case, t.to.contract, t.histories)
	r.Verdict, r.Findings, r.Inconclusive, r.Notes = opinion.Verdict, opinion.Findings, opinion.Inconclusive, opinion.Notes
	r.Advice, r.Counterexamples, r.Because = opinion.Advice, opinion.Counterexamples, opinion.Because
	if t.unlooked != nil && r.Verdict == verdict.Pass {
		r.Verdict, r.Inconclusive, r.Because = verdict.Unknown, []string{t.unlooked.Error()}, nil
	}
	if r.Verdict != verdict.Pass || len(opinion.Advice) > 0 || t.runner.options.Histories {
		r.Histories = slices.Concat(t.histories, t.beside)
	}
	if t.mistake != "" {
		r.Verdict, r.Findings, r.Advice, r.Counterexamples = verdict.Unknown, nil, nil, nil
		r.Inconclusive, r.Because = []string{t.mistake}, nil
	}
	if t.failed && len(r.Findings) > 0 {
		r.Findings[0].Check = t.checklist()
	}
	judge.Excuse(&r, t.check.Known, t.check.KnownIn, t.runner.today)
	if again := t.runner.options.Rerun; again != nil {
		for _, found := range [][]verdict.Finding{r.Findings, r.Advice, r.Excused} {
			for i := range found {
				found[i].Rerun = again(t.check.File, t.check.Case)
			}
		}
	}
	t.show(&r)
	r.Took = t.took + t.runner.now().Sub(started)
	return r
}
