package smoke

import (
	"context"
	"fmt"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/smoke/cases"
)

// Run makes every check of the plan and reports on them. each, if not nil, is given every result, in the order
// of the plan, as soon as those before it are there. When ctx ends, the checks that run are broken off, the
// others do not start, and the report has what there is. No goroutine outlives Run.
func (p *Plan) Run(ctx context.Context, each func(report.Result)) report.Report {
	r := report.Report{
		Command: "fridaygate smoke", Target: p.target.String(), RunID: p.options.RunID, RunTag: cases.RunTag(p.options.RunID),
		NotApplicable: p.NotApplicable, Except: p.options.Except, Excluded: p.Excluded, Started: p.options.Now(),
	}
	r.Planned, r.Results = make([]report.Check, 0, len(p.Checks)), make([]report.Result, 0, len(p.Checks))
	for _, check := range p.Checks {
		r.Planned = append(r.Planned, check.Named())
	}
	if why := p.client.Reach(ctx, p.target); why != "" {
		r.Problems = []report.Remark{{Text: fmt.Sprintf("%s cannot be reached: %s", p.target, why)}}
	} else {
		r.WhyNotRun = p.run(ctx, func(result report.Result) {
			r.Results = append(r.Results, result)
			if each != nil {
				each(result)
			}
		})
	}
	if why := p.stopped.Load(); why != nil {
		r.Problems, r.Void = []report.Remark{{Text: *why}}, true
	}
	r.Interrupted = ctx.Err() != nil
	r.Ended = p.options.Now()
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
