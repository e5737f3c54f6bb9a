package smoke

import (
	"context"
	"errors"
	"time"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/fixtures"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/cleanup"
	"github.com/fridaygate/fridaygate/smoke/pace"
	"github.com/fridaygate/fridaygate/smoke/prove"
)

// cleansUp reports whether the plan makes something that is to be removed.
func (p *planner) cleansUp() bool {
	if p.options.cleanup() == nil {
		return false
	}
	for _, c := range p.plan.Checks {
		if c.Contract == nil || c.Contract.Writes {
			return true
		}
	}
	return false
}

// cleanup returns how what the run makes is removed; nil: it stays.
func (o Options) cleanup() *cleanup.Plan {
	if o.Environment == nil || o.Keep {
		return nil
	}
	return o.Environment.Cleanup
}

// keptRequests returns how many requests the clean-up of the whole plan needs.
func (p *planner) keptRequests() int {
	if !p.plan.CleansUp {
		return 0
	}
	events := len(p.proofs) * proofEvents
	for _, from := range p.derived {
		events += from.events
	}
	return p.options.cleanup().Requests(events)
}

// steps returns the clean-up's checks, as a report plans them.
func (r *Runner) steps() []report.Check {
	var all []report.Check
	if r.plan.CleansUp {
		for _, s := range r.options.cleanup().Steps {
			all = append(all, r.step(s.Check()))
		}
	}
	return all
}

// step returns the name of a step in reports: each shard cleans up what it made.
func (r *Runner) step(c report.Check) report.Check {
	if part := r.options.Share.Shard; part.Split() {
		c.Subject += " of shard " + part.String()
	}
	return c
}

// cleanUp removes what the run made. It does so too when ctx has ended: the clean-up has a time of its own.
func (r *Runner) cleanUp(ctx context.Context, all *report.Report, each func(report.Result)) {
	if !r.plan.CleansUp {
		return
	}
	r.budget.Release()
	switch plan := r.options.cleanup(); {
	case r.stopped.Load() != nil:
		r.leave(all, plan, "what is there may be another run's: when that is over, --cleanup-only removes it")
	case !r.made.anything():
		r.leave(all, plan, "nothing was sent")
	default:
		unheard := ctx.Err() != nil
		ctx = context.WithoutCancel(ctx)
		if unheard {
			_ = pace.Wait(ctx, min(r.effectsWithin(), plan.Limit()/4)) // what was cut off may still have effects
		}
		plan.Clean(ctx, r.made.all(r.plan.ids), r.cleaning(), r.cleaned(each))
	}
}

// leave reports the steps of a clean-up as not run.
func (r *Runner) leave(all *report.Report, plan *cleanup.Plan, why string) {
	for _, s := range plan.Steps {
		all.WhyNotRun = append(all.WhyNotRun, report.NotRun{Check: r.step(s.Check()), Why: why})
	}
}

// cleaned completes the result of a step.
func (r *Runner) cleaned(each func(report.Result)) func(report.Result) {
	return func(result report.Result) {
		result.Check = r.step(result.Check)
		if result.Verdict != verdict.Pass {
			result.Rerun = r.options.CleanUpAgain
		}
		r.redactor.Value(&result)
		each(result)
	}
}

func (r *Runner) cleaning() cleanup.Options {
	return cleanup.Options{
		Client: r.client.HTTP(), Hosts: &r.options.Environment.Hosts, Spend: r.budget.Spend, Timeout: r.options.Timeout,
		Parallel: r.options.Parallel, Now: r.options.Now,
	}
}

// effectsWithin is how long effects may take to show.
func (r *Runner) effectsWithin() (longest time.Duration) {
	for _, one := range r.receivers {
		longest = max(longest, one.contract.Effects.Within)
	}
	return longest
}

// CleanUp removes what an earlier run of the same name and fixtures left, and nothing else. Its events are those that any
// case of the fixtures may have sent: their ids follow from the name of the run. each, if not nil, is given every result. An
// environment without a clean-up is a problem.
func (r *Runner) CleanUp(ctx context.Context, each func(report.Result)) report.Report {
	all := report.Report{
		Command: "fridaygate smoke --cleanup-only", Target: r.plan.Target, RunID: r.plan.RunID, RunTag: cases.RunTag(r.plan.ids),
		Started: r.now(),
	}
	plan := r.options.cleanup()
	if plan == nil {
		all.Problems = []report.Remark{{Text: "the environment does not say how to clean up: add cleanup"}}
		return all
	}
	for _, lacks := range r.options.Environment.Unset {
		all.Problems = append(all.Problems, report.Remark{Text: lacks.Error()})
	}
	r.plan.CleansUp = true
	all.Planned = r.steps()
	r.budget.Release()
	if err := r.derivable(plan.Pointers()); err != nil {
		all.Problems = append(all.Problems, report.Remark{Text: "some events cannot be found by their ids: " + err.Error()})
	}
	made := r.made.all(r.plan.ids)
	made.Earlier = true
	plan.Clean(ctx, made, r.cleaning(), r.cleaned(func(result report.Result) {
		all.Results = append(all.Results, result)
		if each != nil {
			each(result)
		}
	}))
	all.Interrupted, all.Ended = ctx.Err() != nil, r.now()
	return all
}

// asidesLimit is how many deliveries that are not of a plan a run is taken to have made of each fixture: it makes them to
// explain failures, and stops before it has explained so many.
const asidesLimit = 64

// derivable records every event that a run of the fixtures may have sent, whichever cases it was of.
func (r *Runner) derivable(pointers []string) error {
	var failed []error
	for _, one := range r.receivers {
		for _, golden := range one.goldens {
			if golden.Err != nil {
				continue // it was not sent
			}
			failed = append(failed, r.derive(one, golden, golden, pointers))
			for i := range prove.Breaks {
				failed = append(failed, r.derive(one, golden, seededFixture(golden, &prove.Breaks[i]), pointers, prove.Breaks[i].Cases...))
			}
			failed = append(failed, r.derive(one, golden, seededFixture(golden, &prove.Break{Name: prove.None}), pointers, firstCase))
			for n := range asidesLimit {
				failed = append(failed, r.derive(one, golden, aside(golden, n+1), pointers, firstCase))
			}
		}
	}
	return errors.Join(failed...)
}

func (r *Runner) derive(one *receiver, golden, as fixtures.Fixture, pointers []string, only ...string) error {
	all, err := cases.Derive(as, one.contract, r.plan.ids, only...)
	if err != nil {
		return err
	}
	for _, c := range all {
		r.made.add(eventsOf(c, golden.Body, pointers))
	}
	return nil
}
