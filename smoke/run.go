package smoke

import (
	"context"
	"path/filepath"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/smoke/cases"
)

// Run makes every check of the plan and reports on them. each, if not nil, is given every result, in the order
// of the plan, as soon as those before it are there. When ctx ends, the checks that run are broken off, the
// others do not start, and the report has what there is. No goroutine outlives Run.
func (r *Runner) Run(ctx context.Context, each func(report.Result)) report.Report {
	all := report.Report{
		Command: "fridaygate smoke", Target: r.plan.Target, RunID: r.plan.RunID, RunTag: cases.RunTag(r.plan.RunID), Planned: r.plan.planned(),
		NotApplicable: r.plan.NotApplicable, Except: r.plan.Except, Excluded: r.plan.Excluded,
		Started: r.now(), Results: make([]report.Result, 0, len(r.plan.Checks)),
	}
	if why := r.reach(ctx); why != "" {
		all.Problems = []report.Remark{{Text: why}}
	} else {
		all.WhyNotRun = r.run(ctx, func(result report.Result) {
			all.Results = append(all.Results, result)
			if each != nil {
				each(result)
			}
		})
	}
	if why := r.stopped.Load(); why != nil {
		all.Problems, all.Void = []report.Remark{{Text: *why}}, true
	}
	all.Interrupted = ctx.Err() != nil
	all.Ended = r.now()
	return all
}

// Check runs one check of the plan. It does not run one that would only repeat what an earlier check has shown: that result
// is Unknown, with the reason.
func (r *Runner) Check(ctx context.Context, c Check) report.Result {
	if _, planned := r.derived[c.Name()]; !planned {
		return leftOut(c, "it is no check of this plan")
	}
	if why := r.reach(ctx); why != "" {
		return leftOut(c, why)
	}
	if why := r.notRun(c); why != "" {
		return leftOut(c, why)
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
	return report.Check{Kind: report.Webhook, Subject: c.Fixture, Case: c.Case}
}

// result is what a check reports of itself, without a verdict.
func (c Check) result() report.Result {
	return report.Result{Check: c.Named(), Source: filepath.ToSlash(c.File), Severity: string(c.Severity), Sends: c.Sends, Holds: c.Holds, Basis: c.Basis, WhyAdvice: c.Advice}
}
