package smoke

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/judge"
	"github.com/fridaygate/fridaygate/smoke/revision"
)

// Run makes every check of the plan and reports on them. each, if not nil, is given every result, in the order
// of the plan, as soon as those before it are there. When ctx ends, the checks that run are broken off, the
// others do not start, and the report has what there is. No goroutine outlives Run.
func (r *Runner) Run(ctx context.Context, each func(report.Result)) report.Report {
	all := report.Report{
		Command: "fridaygate smoke", Target: r.plan.Target, RunID: r.plan.RunID, RunTag: cases.RunTag(r.plan.ids),
		Planned: append(r.plan.planned(), r.steps()...),
		Shard:   r.plan.Shard, Chain: r.plan.longestChain(),
		NotApplicable: r.plan.NotApplicable, Except: r.plan.Except, Excluded: r.plan.Excluded,
		Started: r.now(), Results: make([]report.Result, 0, len(r.plan.Checks)),
	}
	if e := r.options.Environment; e != nil {
		all.Problems, all.Notes = slices.Clone(e.Problems), slices.Clone(e.Notes)
	}
	became := map[report.Check]verdict.Verdict{}
	add := func(result report.Result) {
		became[result.Check] = result.Verdict
		all.Results = append(all.Results, result)
		if each != nil {
			each(result)
		}
	}
	timed, cancel := r.timed(ctx)
	defer cancel()
	before, why := []revision.Seen(nil), r.plan.empty()
	if why == "" {
		before, why = r.begin(timed)
	}
	if all.Notes = append(all.Notes, r.clockNotes()...); why != "" {
		all.Problems = append(all.Problems, report.Remark{Text: why})
	} else {
		if all.WhyNotRun = r.run(timed, add); r.stopped.Load() == nil {
			r.prove(timed, became, add)
		}
	}
	if why := r.stopped.Load(); why != nil {
		all.Problems, all.Void = append(all.Problems, report.Remark{Text: *why}), true
	}
	if timed.Err() != nil && ctx.Err() == nil {
		all.Problems = append(all.Problems, report.Remark{Text: fmt.Sprintf("the limit of %s for the whole run was over before "+
			"all checks had run: raise it (--max-time; limits.wall_time of an environment), or choose fewer", r.options.MaxTime)})
	}
	judge.Follow(all.Results)
	r.end(ctx, before, &all)
	r.cleanUp(ctx, &all, add)
	all.Interrupted = ctx.Err() != nil
	all.Ended = r.now()
	return all
}

// timed returns a context that ends when the limit of the run is over.
func (r *Runner) timed(ctx context.Context) (context.Context, context.CancelFunc) {
	timed, cancel := context.WithCancel(ctx) // without a deadline, which a delivery would report as its own
	if r.options.MaxTime == 0 {
		return timed, cancel
	}
	r.budget.EndAt(r.now().Add(r.options.MaxTime))
	timer := time.AfterFunc(r.options.MaxTime, cancel)
	return timed, func() { timer.Stop(); cancel() }
}

// Check runs one check of the plan. It does not run one that would only repeat what an earlier check has shown: that result
// is Unknown, with the reason.
func (r *Runner) Check(ctx context.Context, c Check) report.Result {
	if _, planned := r.derived[c.Name()]; !planned && !slices.ContainsFunc(r.plan.Checks, c.isNamed) {
		return leftOut(c, "it is no check of this plan")
	}
	if _, why := r.begin(ctx); why != "" {
		return leftOut(c, why)
	}
	if why := r.notRun(c); why != "" {
		return leftOut(c, why)
	}
	if c.Contract != nil {
		return r.ask(ctx, c)
	}
	t := r.trial(c)
	t.deliver(ctx, 0)
	r.learn(ctx, t)
	t.settle(ctx)
	return t.conclude(ctx)
}

// leftOut is the result of a check that was not run.
func leftOut(c Check, why string) report.Result {
	result := c.result()
	result.Inconclusive = []string{"not run: " + why}
	return result
}

// Named returns the check's name, as reports have it.
func (c Check) Named() report.Check {
	if c.Contract != nil {
		return c.Contract.Check()
	}
	return report.Check{Kind: report.Webhook, Subject: c.Fixture, Case: c.Case}
}

// result is what a check reports of itself, without a verdict.
func (c Check) result() report.Result {
	return report.Result{
		Check: c.Named(), Source: filepath.ToSlash(c.File), Severity: string(c.Severity),
		Sends: c.Sends, Holds: c.Holds, Basis: c.Basis, WhyAdvice: c.Advice,
	}
}

// isNamed reports whether two checks have one name.
func (c Check) isNamed(other Check) bool { return c.Name() == other.Name() }
