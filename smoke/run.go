package smoke

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/history"
	"github.com/fridaygate/fridaygate/smoke/judge"
	"github.com/fridaygate/fridaygate/smoke/report"
	"github.com/fridaygate/fridaygate/smoke/verdict"
)

// Run makes every check of the plan and reports on them. each, if not nil, is given every result, in the order
// of the plan, as soon as those before it are there. When ctx ends, the checks that run are broken off, the
// others do not start, and the report has what there is. No goroutine outlives Run.
func (p *Plan) Run(ctx context.Context, each func(report.Result)) report.Report {
	r := report.Report{
		Target: p.target.String(), Seed: p.options.Seed, RunTag: cases.RunTag(p.options.Seed),
		NotApplicable: p.NotFor, Started: p.options.Now(),
	}
	r.Planned, r.Results = make([]report.Planned, 0, len(p.Checks)), make([]report.Result, 0, len(p.Checks))
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
			// What is done to the receiver itself would disturb other checks: those that do it run alone.
			if alone := len(check.Case.Needs) > 0; alone {
				_ = running.Wait() // no check returns an error: what went wrong is in its result
			}
			running.Go(func() error {
				if ctx.Err() == nil {
					result := check.Run(ctx)
					results[i] = &result
				}
				done <- i
				return nil
			})
		}
		_ = running.Wait()
	}()
	ready := make([]bool, len(results))
	next := 0
	for i := range done {
		ready[i] = true
		for ; next < len(ready) && ready[next]; next++ {
			if result := results[next]; result != nil {
				each(*result)
				results[next] = nil
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
	if err := p.spend(ctx, 1); err != nil {
		return err.Error()
	}
	answer, err := p.connections.reused.Do(request)
	if err != nil {
		if unreachable(err) {
			return reason(err, p.options.Timeout)
		}
		return ""
	}
	_ = answer.Body.Close() // a HEAD answer has no body to lose
	p.connections.http2 = answer.ProtoMajor == 2
	return ""
}

// Run makes this check alone.
func (c Check) Run(ctx context.Context) report.Result {
	r := report.Result{Fixture: c.Fixture, Case: c.Case.Name, Severity: string(c.Case.Severity), Holds: c.Case.Holds}
	started := c.plan.options.Now()
	if c.broken == nil {
		c.Case, c.broken = c.Case.WithRounds()
	}
	if c.broken != nil {
		r.Unseen = []string{c.broken.Error()}
		return r
	}
	for _, round := range c.Case.Rounds {
		r.Histories = append(r.Histories, history.History{EventID: round.EventID})
	}
	c.send(ctx, r.Histories)
	opinion := judge.Case(c.Case, c.contract, r.Histories)
	r.Verdict, r.Findings, r.Unseen, r.Notes = opinion.Verdict, opinion.Findings, opinion.Unseen, opinion.Notes
	r.Counterexamples = opinion.Counterexamples
	if opinion.Verdict == verdict.Pass && !c.plan.options.Histories {
		r.Histories = nil
	}
	c.excuse(&r)
	if again := c.plan.options.Again; again != nil {
		for i := range r.Findings {
			r.Findings[i].Again = again(c.folder, c.Case.Name)
		}
	}
	r.Took = c.plan.options.Now().Sub(started)
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
	case r.Verdict == verdict.Pass:
		r.Verdict = verdict.Fail
		r.Findings = []verdict.Finding{{
			Rule: "known-failure", Where: c.contract.Path, Expected: "a failure, as known_failures says", Got: "it passed: drop the entry",
		}}
	}
}

// send delivers every round of the case. Effects are looked at after each step, and those of a round's last
// step while the next round is already under way.
func (c Check) send(ctx context.Context, all []history.History) {
	var looking errgroup.Group
	for i, round := range c.Case.Rounds {
		h := &all[i]
		o := c.plan.options
		s := &sender{Plan: c.plan, check: c, round: round, base: o.Now().Add(time.Duration(c.plan.ahead.Load()))}
		s.attempts = c.sent(all[:i])
		for j, step := range round.Steps {
			attempts, err := s.step(ctx, j, step)
			h.Attempts = append(h.Attempts, attempts...)
			if err != nil {
				h.Problem = fmt.Sprintf("%s: %s", step.Name, err)
				break
			}
			if step.State.Key != "" {
				h.States = append(h.States, s.state(ctx, j, step.State.Key))
			}
			answered := slices.ContainsFunc(attempts, func(a history.Attempt) bool { return a.Err == "" || a.Cut })
			last := j == len(round.Steps)-1 || (!answered && step.Expect != cases.Failing) // after no answer, later steps would show nothing
			if c.probe == nil {
				if last {
					break
				}
				continue
			}
			patience := c.contract.Effects.Within
			if !answered {
				patience = settle // nobody promised an effect
			}
			results := accepted(h.Attempts)
			look := func() error {
				h.Observations = append(h.Observations, s.observe(ctx, j, step.Effects, patience, results))
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
}

// sent counts the attempts of the rounds before. It reads nothing else of them: their last effects may still be
// looked at.
func (c Check) sent(all []history.History) (n int) {
	for i := range all {
		n += len(all[i].Attempts)
	}
	return n
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
