package smoke

import (
	"context"
	"fmt"
	"path"
	"sync"
	"time"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/judge"
	"github.com/fridaygate/fridaygate/smoke/outbound"
	"github.com/fridaygate/fridaygate/smoke/revision"
)

// contracts plans the smoke contracts. They come first: where they fail, the service has lost what it depends on.
func (p *planner) contracts() {
	var checks []Check
	for _, c := range p.options.contracts() {
		check := Check{Contract: c, Fixture: c.Integration, Case: c.Name, Holds: c.Holds(), Severity: cases.Critical, Deliveries: 1, Chain: 1}
		switch {
		case p.other[c.Name]:
		case p.options.excepted(c.Name):
			p.plan.Excluded = append(p.plan.Excluded, check.Named())
		case p.options.chosen(c.Name):
			checks = append(checks, check)
		}
	}
	p.plan.Checks = append(checks, p.plan.Checks...)
}

// excuse marks the checks that the environment knows to fail. A known failure that is of no check is an error.
func (p *planner) excuse() error {
	e := p.options.Environment
	if e == nil {
		return nil
	}
	used := make([]bool, len(e.KnownFailures))
	for i := range p.plan.Checks {
		c := &p.plan.Checks[i]
		if one := known(e.KnownFailures, path.Base(c.Fixture), c.Case, used); one != nil && c.Known == nil {
			c.Known, c.KnownIn = one, e.Path
		}
	}
	for i, found := range used {
		if k := e.KnownFailures[i]; !found && len(p.options.Cases) == 0 && len(p.options.Except) == 0 && !p.alone() {
			return fmt.Errorf("%s: known_failures[%d]: no check matches %q and %q: drop it", e.Path, i, k.Fixture, k.Case)
		}
	}
	return nil
}

// alone reports whether only a part of the fixtures was chosen.
func (p *planner) alone() bool {
	for _, f := range p.folders {
		if f.alone {
			return true
		}
	}
	return false
}

// asked runs the check of a smoke contract.
func (r *Runner) asked(ctx context.Context, index int, c Check) outcome {
	if why := r.notRun(c); why != "" || ctx.Err() != nil {
		return outcome{index: index, notRun: why}
	}
	if r.sends.Take(ctx, false) != nil {
		return outcome{index: index}
	}
	defer r.sends.Leave()
	result := r.ask(ctx, c)
	return outcome{index: index, result: &result}
}

// ask asks the question of a smoke contract.
func (r *Runner) ask(ctx context.Context, c Check) report.Result {
	if c.Contract.Writes {
		r.made.write()
	}
	result := c.Contract.Named(r.plan.ids, cases.RunTag(r.plan.ids)).Ask(ctx, outbound.Options{
		Client: r.client.Fresh(), Spend: r.budget.Spend, Wait: r.budget.WaitAsAsked, Timeout: r.options.Timeout, Now: r.options.Now,
	})
	result.Severity = string(c.Severity)
	judge.Excuse(&result, c.Known, c.KnownIn, r.today)
	if again := r.options.Rerun; again != nil && result.Verdict != verdict.Pass {
		result.Rerun = again("", c.Case)
	}
	r.redactor.Value(&result)
	return result
}

// begun is what came before the first check, once in a run.
type begun struct {
	mu   sync.Mutex
	done bool
	seen []revision.Seen
	why  string
}

// begin proves which revision answers, and that the target can be reached. It returns why nothing must be sent, or "". An
// attempt that was interrupted does not count.
func (r *Runner) begin(ctx context.Context) (seen []revision.Seen, why string) {
	r.begun.mu.Lock()
	defer r.begun.mu.Unlock()
	if r.begun.done {
		return r.begun.seen, r.begun.why
	}
	seen, why = r.revisions(ctx)
	if why == "" && len(r.receivers) > 0 {
		why = r.reach(ctx)
	}
	if why == "" {
		why = r.clockProblem()
	}
	if ctx.Err() == nil {
		r.begun.done, r.begun.seen, r.begun.why = true, seen, why
	}
	return seen, why
}

// revisions asks every replica for its revision, if the environment says where.
func (r *Runner) revisions(ctx context.Context) ([]revision.Seen, string) {
	e := r.options.Environment
	if e == nil || e.Revision == nil {
		return nil, ""
	}
	seen, err := e.Revision.Look(ctx, r.looking())
	if err != nil {
		return nil, r.redactor.Text(err.Error())
	}
	return seen, e.Revision.Problem(seen)
}

func (r *Runner) looking() revision.Options {
	return revision.Options{
		Client: r.client.Fresh(), Addresses: r.options.Environment.Hosts.Addresses, Spend: r.budget.Spend, Timeout: r.options.Timeout,
		Date: r.dated,
	}
}

// Await waits until the revision that the environment wants answers everywhere, for at most limit. These requests are not of
// the budget. It returns why the revision did not come, or "".
func (r *Runner) Await(ctx context.Context, limit time.Duration, progress func(string)) string {
	o := r.looking()
	o.Spend = func(context.Context, int) error { return nil }
	_, why := r.options.Environment.Revision.Await(ctx, o, limit, progress)
	return r.redactor.Text(why)
}

// end asks for the revision again. A deploy in the middle makes the run void.
func (r *Runner) end(ctx context.Context, before []revision.Seen, all *report.Report) {
	if len(before) == 0 {
		return
	}
	all.Revision, all.ConfigHash = before[0].Revision, before[0].ConfigHash
	if ctx.Err() != nil || len(all.Results) == 0 {
		return
	}
	after, err := r.options.Environment.Revision.Look(ctx, r.looking())
	if err != nil {
		all.Problems = append(all.Problems, report.Remark{Text: r.redactor.Text("at the end: " + err.Error())})
	} else if why := revision.Moved(before, after); why != "" {
		all.Problems, all.Void = append(all.Problems, report.Remark{Text: why}), true
	}
}

// dated learns from the Date of an answer how far the receiver's clock is ahead.
func (r *Runner) dated(at time.Time) { r.clock.Store(int64(at.Sub(r.now()).Truncate(time.Second))) }

// clockNotes says how far the clocks differ, if that is notable.
func (r *Runner) clockNotes() []report.Remark {
	if off := time.Duration(r.clock.Load()); r.options.Environment != nil && off.Abs() >= notableOffset {
		return []report.Remark{{Text: clock(off) + " (by the Date of its answer)"}}
	}
	return nil
}

// clockProblem returns why signatures would be refused: the clocks differ by more than a contract tolerates.
func (r *Runner) clockProblem() string {
	off := time.Duration(r.clock.Load())
	if r.options.Environment == nil {
		return ""
	}
	for _, one := range r.receivers {
		if signature := one.contract.Signature; one.contract.Scheme.Unsigned == "" && off.Abs() > signature.Tolerance {
			return fmt.Sprintf("%s, which is more than signature.tolerance of %s in %s: what is signed now would be refused as too old or "+
				"too new: set the clock",
				clock(off), signature.Tolerance, one.contract.Path)
		}
	}
	return ""
}
