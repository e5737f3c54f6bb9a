package smoke

import (
	"cmp"
	"context"
	"path"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/fridaygate/fridaygate/contracts/report"
)

// settling is how many checks may wait at a time for their effects to settle: their histories are in memory.
const settling = 256

// underWay returns how many checks may be under way at a time, of which parallel deliver: the others look at effects, or
// wait for a place. What a check looks at around a delivery takes up to three times as long as the delivery.
func underWay(parallel int) int { return parallel + min(3*parallel, 32) }

// outcome is what became of a check of the plan.
type outcome struct {
	index  int
	result *report.Result // nil: it did not run
	notRun string         // why it did not; "" when the run was interrupted
}

// run runs the checks, some at a time, and calls each with the results in the order of the plan. It returns the checks that
// did not run for another reason than an interrupt. A check that only waits for its effects to settle frees its place.
func (r *Runner) run(ctx context.Context, each func(report.Result)) []report.NotRun {
	outcomes := make(chan outcome)
	go func() {
		defer close(outcomes)
		r.start(ctx, outcomes)
	}()
	done := make([]*outcome, len(r.plan.Checks))
	var left []report.NotRun
	next := 0
	for one := range outcomes {
		done[one.index] = &one
		for ; next < len(done) && done[next] != nil; next++ {
			switch check := r.plan.Checks[next]; {
			case done[next].result != nil:
				each(*done[next].result)
			case done[next].notRun != "":
				left = append(left, report.NotRun{Check: check.Named(), Why: done[next].notRun})
			}
			done[next].result = nil // it may be large
		}
	}
	return left
}

// start makes the checks and sends what becomes of each.
func (r *Runner) start(ctx context.Context, outcomes chan<- outcome) {
	var sending, waiting errgroup.Group // no check returns an error: what went wrong is in its result
	sending.SetLimit(underWay(r.options.Parallel))
	waiting.SetLimit(settling)
	for _, turn := range r.schedule() {
		if check := r.plan.Checks[turn.index]; check.Contract != nil {
			sending.Go(func() error {
				outcomes <- r.asked(ctx, turn.index, check)
				return nil
			})
			continue
		}
		t := r.trial(r.plan.Checks[turn.index])
		// What is done to the receiver itself, or to a subject of other events, would disturb other checks: those that do
		// it run alone.
		alone := len(t.check.Needs) > 0 || t.to.contract.SharedSubject()
		if alone {
			_ = sending.Wait()
			_ = waiting.Wait()
		}
		sending.Go(func() error {
			if why := r.await(ctx, turn); why != "" || ctx.Err() != nil {
				r.scouts[t.check.Fixture].leave()
				outcomes <- outcome{index: turn.index, notRun: why}
				return nil
			}
			t.deliver(ctx, 0)
			r.learn(ctx, t)
			conclude := func() error {
				result := t.conclude(ctx)
				outcomes <- outcome{index: turn.index, result: &result}
				return nil
			}
			if t.settled() {
				return conclude()
			}
			waiting.Go(func() error {
				t.settle(ctx)
				return conclude()
			})
			return nil
		})
		if alone {
			_ = sending.Wait()
			_ = waiting.Wait()
		}
	}
	_ = sending.Wait()
	_ = waiting.Wait()
}

// turn is a check's place in the schedule.
type turn struct {
	index int    // in the plan
	after string // the fixture whose first check it waits for; "" for none
}

// schedule orders the checks as the plan does, fixture by fixture, and those of a fixture by how many deliveries follow each
// other, the most first: a long one that begins late would end alone. The scout of each fixture comes so early that the
// others need not wait for it. The scouts of a folder's other fixtures wait for that of its first.
func (r *Runner) schedule() []turn {
	var scouts []turn // one of each fixture
	chosen := r.plan.scouts()
	place, first := map[string]int{}, map[string]string{}
	for _, check := range r.plan.Checks {
		if _, known := place[check.Fixture]; known || check.Contract != nil {
			continue
		}
		place[check.Fixture] = len(scouts)
		folder := path.Dir(check.Fixture)
		scouts = append(scouts, turn{chosen[check.Fixture], first[folder]})
		first[folder] = cmp.Or(first[folder], check.Fixture)
	}
	all := make([]turn, 0, len(r.plan.Checks))
	ahead := 0 // scouts that have their turn
	for _, i := range r.longestFirst() {
		check := r.plan.Checks[i]
		if check.Contract != nil {
			all = append(all, turn{i, ""})
			continue
		}
		for ; ahead < len(scouts) && ahead <= place[check.Fixture]+r.options.Parallel; ahead++ {
			if at := scouts[ahead].index; at > i && len(r.plan.Checks[at].Needs) > 0 {
				break // it runs alone, when those before it are done
			}
			all = append(all, scouts[ahead])
		}
		if scouts[place[check.Fixture]].index != i {
			all = append(all, turn{i, check.Fixture})
		}
	}
	return all
}

// longestFirst returns the indexes of the checks: of each fixture's, those with the longest chains come first, but for those
// that run alone.
func (r *Runner) longestFirst() []int {
	order := make([]int, len(r.plan.Checks))
	for i := range order {
		order[i] = i
	}
	checks := r.plan.Checks
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && checks[to].Fixture == checks[from].Fixture && len(checks[from].Needs) == 0 && len(checks[to].Needs) == 0 {
			to++
		}
		slices.SortStableFunc(order[from:to], func(a, b int) int { return cmp.Compare(checks[b].Chain, checks[a].Chain) })
		from = to
	}
	return order
}

// await waits for the check that this one depends on, and returns why this one need not run, or "" if it must.
func (r *Runner) await(ctx context.Context, t turn) string {
	if t.after != "" {
		select {
		case <-r.scouts[t.after].done:
		case <-ctx.Done():
			return ""
		}
	}
	return r.notRun(r.plan.Checks[t.index])
}
