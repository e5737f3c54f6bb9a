package smoke

import (
	"context"
	"fmt"
	"time"

	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/report"
)

// Run makes every check of the plan and reports on them. each, if not nil, is given every result, in the order
// of the plan, as soon as those before it are there. When ctx ends, the checks that run are broken off, the
// others do not start, and the report has what there is. No goroutine outlives Run.
func (p *Plan) Run(ctx context.Context, each func(report.Result)) report.Report {
	r := report.Report{
		Target: p.target.String(), RunID: p.options.RunID, RunTag: cases.RunTag(p.options.RunID),
		NotApplicable: p.NotApplicable, Except: p.options.Except, Excluded: p.Excluded, Started: p.options.Now(),
	}
	r.Planned, r.Results = make([]report.Planned, 0, len(p.Checks)), make([]report.Result, 0, len(p.Checks))
	for _, check := range p.Checks {
		r.Planned = append(r.Planned, report.Planned{Fixture: check.Fixture, Case: check.Case.Name})
	}
	if why := p.client.Reach(ctx, p.target); why != "" {
		r.Problem = fmt.Sprintf("%s cannot be reached: %s", p.target, why)
	} else {
		r.NotRun = p.run(ctx, func(result report.Result) {
			r.Results = append(r.Results, result)
			if each != nil {
				each(result)
			}
		})
	}
	if why := p.stopped.Load(); why != nil {
		r.Problem, r.Void = *why, true
	}
	r.Interrupted = ctx.Err() != nil
	r.Ended = p.options.Now()
	r.Judge()
	return r
}

// Run makes this check alone. One that would only repeat what an earlier check of the plan has shown is not run: its
// result is Unknown, and says why.
func (c Check) Run(ctx context.Context) report.Result {
	if why := c.plan.notRun(c); why != "" {
		return c.leftOut(why)
	}
	d := c.deliver(ctx, 0)
	c.plan.learn(ctx, d)
	d.settle(ctx)
	return d.conclude(ctx)
}

func (c Check) leftOut(why string) report.Result {
	r := c.result()
	r.Inconclusive = []string{"not run: " + why}
	return r
}

// excuse turns the verdict of a case that is known to fail around: it must fail, until the day that its entry
// names.
func (c Check) excuse(r *report.Result) {
	if c.known == nil {
		return
	}
	until := c.known.Until.Format(time.DateOnly)
	r.Known = fmt.Sprintf("known to fail until %s: %s", until, c.known.Reason)
	switch {
	case !c.plan.today.Before(c.known.Until.AddDate(0, 0, 1)):
		r.Verdict = verdict.Fail
		r.Findings = append(r.Findings, verdict.Finding{
			Rule: "known-failure", Where: c.contract.Path, Expected: "mended by " + until, Got: "still listed in known_failures: mend the receiver, drop the entry, or give it another day",
		})
	case r.Verdict == verdict.Fail:
		r.Verdict, r.Excused, r.Findings = verdict.Pass, r.Findings, nil
	case len(r.Advice) > 0:
		r.Excused, r.Advice = r.Advice, nil
	case r.Verdict == verdict.Pass:
		r.Verdict = verdict.Fail
		r.Findings = []verdict.Finding{{
			Rule: "known-failure", Where: c.contract.Path, Expected: "a failure, as known_failures says", Got: "it passed: drop the entry",
		}}
	}
}
