package smoke

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/history"
	"github.com/fridaygate/fridaygate/smoke/judge"
	"github.com/fridaygate/fridaygate/smoke/report"
)

// Run makes every check of the plan and reports on them. each, if not nil, is given every result, in the order
// of the plan, as soon as those before it are there. When ctx ends, the checks that run are broken off, the
// others do not start, and the report has what there is. No goroutine outlives Run.
func (p *Plan) Run(ctx context.Context, each func(report.Result)) report.Report {
	r := report.Report{
		Target: p.target.String(), Seed: p.options.Seed, RunTag: cases.RunTag(p.options.Seed),
		NotApplicable: p.NotFor, Started: p.options.Now(),
	}
	for _, check := range p.Checks {
		r.Planned = append(r.Planned, report.Planned{Fixture: check.Fixture, Case: check.Case.Name})
	}
	if why := p.unreachable(ctx); why != "" {
		r.Problem = fmt.Sprintf("%s cannot be reached: %s", p.target, why)
	} else {
		p.run(ctx, func(result report.Result) {
			r.Results = append(r.Results, result)
			if each != nil {
				each(result)
			}
		})
	}
	r.Interrupted = ctx.Err() != nil
	r.Ended = p.options.Now()
	r.Judge()
	return r
}

// run makes the checks, some at a time, and gives each the results in the order of the plan.
func (p *Plan) run(ctx context.Context, each func(report.Result)) {
	results := make([]*report.Result, len(p.Checks))
	done := make(chan int)
	var running errgroup.Group
	running.SetLimit(p.options.Parallel)
	go func() {
		defer close(done)
		for i, check := range p.Checks {
			running.Go(func() error {
				if ctx.Err() == nil {
					result := check.Run(ctx)
					results[i] = &result
				}
				done <- i
				return nil
			})
		}
		_ = running.Wait() // no check returns an error: what went wrong is in its result
	}()
	ready := make([]bool, len(results))
	next := 0
	for i := range done {
		ready[i] = true
		for ; next < len(ready) && ready[next]; next++ {
			if result := results[next]; result != nil {
				each(*result)
			}
		}
	}
}

// unreachable says why the target cannot be reached, or "". Any answer at all will do.
func (p *Plan) unreachable(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, p.options.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, p.target.String(), nil)
	if err != nil {
		return err.Error()
	}
	request.Header.Set("User-Agent", userAgent)
	answer, err := p.options.Client.Do(request)
	if err != nil {
		if unreachable(err) {
			return reason(err, p.options.Timeout)
		}
		return ""
	}
	_ = answer.Body.Close() // a HEAD answer has no body to lose
	return ""
}

// Run makes this check alone.
func (c Check) Run(ctx context.Context) report.Result {
	r := report.Result{Fixture: c.Fixture, Case: c.Case.Name, Severity: string(c.Case.Severity), Holds: c.Case.Holds}
	started := c.plan.options.Now()
	if c.broken != nil {
		r.Unseen = []string{c.broken.Error()}
		return r
	}
	r.Histories = c.send(ctx)
	opinion := judge.Case(c.Case, c.contract, r.Histories)
	r.Verdict, r.Findings, r.Unseen, r.Notes = opinion.Verdict, opinion.Findings, opinion.Unseen, opinion.Notes
	if again := c.plan.options.Again; again != nil {
		for i := range r.Findings {
			r.Findings[i].Again = again(c.folder, c.Case.Name)
		}
	}
	r.Took = c.plan.options.Now().Sub(started)
	return r
}

// send delivers every round of the case. Effects are looked at after each step, and those of a round's last
// step while the next round is already under way.
func (c Check) send(ctx context.Context) []history.History {
	o := c.plan.options
	s := &sender{client: o.Client, target: c.plan.target, contract: c.contract, secret: c.secret, timeout: o.Timeout, now: o.Now}
	all := make([]history.History, len(c.Case.Rounds))
	var looking errgroup.Group
	for i, round := range c.Case.Rounds {
		h := &all[i]
		h.EventID = round.EventID
		for j, step := range round.Steps {
			attempts := s.step(ctx, round.EventID, j, step)
			h.Attempts = append(h.Attempts, attempts...)
			answered := slices.ContainsFunc(attempts, func(a history.Attempt) bool { return a.Err == "" })
			last := j == len(round.Steps)-1 || !answered // after no answer, later steps would show nothing
			look := func() error {
				if probe := c.contract.Effects.HTTP; probe != nil {
					p := &prober{client: o.Client, target: c.plan.target, probe: *probe, timeout: o.Timeout, now: o.Now}
					patience := probe.Within
					if !answered {
						patience = settle // nobody promised an effect
					}
					seen := p.observe(ctx, round.EventID, step.Effects, patience)
					seen.Step = j
					h.Observations = append(h.Observations, seen)
				}
				return nil
			}
			if last {
				looking.Go(look)
				break
			}
			_ = look()
		}
	}
	_ = looking.Wait() // no look returns an error: what went wrong is in the observation
	return all
}
