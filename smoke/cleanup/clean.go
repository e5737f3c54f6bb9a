package cleanup

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/pace"
)

// Clean removes what a run made, step by step, and calls each with what became of every step. A step passes when its
// verification counts nothing that is left; without one, when nothing that it did was refused. All that could not be removed,
// or could not be seen to be gone, is Unknown: it says nothing about a contract.
func (p *Plan) Clean(ctx context.Context, m Made, o Options, each func(report.Result)) {
	ctx, cancel := context.WithTimeout(ctx, p.Limit())
	defer cancel()
	if o.Pauses == nil {
		o.Pauses = []time.Duration{time.Second, 3 * time.Second}
	}
	for _, s := range p.Steps {
		each((&cleaning{Options: o, plan: p, step: s, made: m}).result(ctx))
	}
}

// cleaning is one step being carried out.
type cleaning struct {
	Options
	plan *Plan
	step Step
	made Made
}

func (c *cleaning) result(ctx context.Context) report.Result {
	started := c.Now()
	s := c.step
	targets := c.made.targets(s.Remove.scope(), c.made.Events)
	r := report.Result{
		Check: s.Check(), Source: s.Source, Holds: "nothing is left of what the run made",
		Sends: fmt.Sprintf("%s, for %s", s.Remove, counted(len(targets), s.Remove.scope())),
	}
	c.uncovered(&r)
	blind := c.blind(ctx)
	removed, left := c.remove(ctx, targets)
	remains := c.remains(left)
	r.Inconclusive = append(r.Inconclusive, remains...)
	switch failed := errorsOf(removed, targets); {
	case len(remains) > 0:
		r.Inconclusive = append(r.Inconclusive, failed...)
	case s.Verify == nil:
		r.Inconclusive = append(r.Inconclusive, failed...)
		r.Notes = append(r.Notes, "that nothing is left was not verified: the removal's own word is trusted; add verify to the step")
	case blind != "":
		r.Inconclusive = append(r.Inconclusive, append(failed, blind)...)
	default:
		r.Notes = append(r.Notes, failed...) // it is seen to be gone
	}
	if c.made.Earlier && !slices.ContainsFunc(removed, func(d did) bool { return d.count > 0 }) && len(r.Inconclusive) == 0 {
		r.Notes = append(r.Notes, "there was nothing to remove: if there should be, the run had another name, another shard or other fixtures")
	}
	if r.Verdict = verdict.Pass; len(r.Inconclusive) > 0 {
		r.Verdict = verdict.Unknown
	}
	r.Took = c.Now().Sub(started)
	return r
}

// remove carries the removal out, and again while something is left: what was under way when the run ended may have come
// late. It returns what became of the last removal and of the last verification, which is nil without one.
func (c *cleaning) remove(ctx context.Context, targets []target) (removed, left []did) {
	for try := 0; ; try++ {
		before := removed
		removed = c.act(ctx, c.step.Remove, false, targets)
		for i := range before {
			removed[i].count += before[i].count
		}
		again := slices.ContainsFunc(removed, func(d did) bool { return d.err != nil })
		if verify := c.step.Verify; verify != nil {
			left = c.act(ctx, *verify, true, c.counted())
			again = slices.ContainsFunc(left, func(d did) bool { return d.err != nil || d.count > 0 })
		}
		if !again || try == len(c.Pauses) || pace.Wait(ctx, c.Pauses[try]) != nil {
			return removed, left
		}
	}
}

// counted returns what the verification is made for.
func (c *cleaning) counted() []target { return c.made.targets(c.step.Verify.scope(), c.made.Events) }

// blind reports why a verification would prove nothing: it does not see an event that is known to be there. "" means that it
// sees one, or that none is known.
func (c *cleaning) blind(ctx context.Context) string {
	if c.step.Verify == nil || len(c.made.Taken) == 0 {
		return ""
	}
	taken := c.made.targets(c.step.Verify.scope(), c.made.Taken)
	if len(taken) == 0 {
		return ""
	}
	seen := c.act(ctx, *c.step.Verify, true, taken[:1])[0]
	switch {
	case seen.err != nil:
		return fmt.Sprintf("verify: before the removal: %s: %s", taken[0].name, seen.err)
	case seen.count == 0:
		return fmt.Sprintf("verify counted nothing of %s before the removal either, although the run's event %s was carried out: "+
			"it would not see what is left: correct it", taken[0].name, c.made.Taken[0].ID)
	}
	return ""
}

// remains lists what a verification still counts, or could not count.
func (c *cleaning) remains(left []did) (all []string) {
	var names []string
	if left == nil {
		return nil
	}
	counted := c.counted()
	for i, d := range left {
		switch {
		case d.err != nil:
			continue
		case d.count == 1:
			names = append(names, counted[i].name)
		case d.count > 1:
			names = append(names, fmt.Sprintf("%s (%d times)", counted[i].name, d.count))
		}
	}
	if len(names) > 0 {
		all = append(all, "still there after the removal: "+listed(names))
	}
	for _, why := range errorsOf(left, counted) {
		all = append(all, "verify: "+why)
	}
	return all
}

// errorsOf says what failed, and for which targets, an error a line.
func errorsOf(all []did, targets []target) (lines []string) {
	names := map[string][]string{}
	var order []string
	for i, d := range all {
		if d.err == nil {
			continue
		}
		why := d.err.Error()
		if names[why] == nil {
			order = append(order, why)
		}
		names[why] = append(names[why], targets[i].name)
	}
	for _, why := range order {
		if len(all) > 1 && len(names[why]) == len(all) {
			lines = append(lines, fmt.Sprintf("%s: all %d", why, len(all)))
			continue
		}
		lines = append(lines, fmt.Sprintf("%s: %s", why, listed(names[why])))
	}
	return lines
}

// listedLimit is how many names a line lists.
const listedLimit = 20

func listed(names []string) string {
	if len(names) <= listedLimit {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:listedLimit], ", "), len(names)-listedLimit)
}

func counted(n int, s scope) string {
	what := map[of]string{theRun: "the run", eachEvent: "event", eachValue: "id at " + s.pointer}[s.of]
	switch {
	case s.of == theRun:
		return what
	case n == 1:
		return "1 " + what
	case s.of == eachValue:
		return fmt.Sprintf("%d ids at %s", n, s.pointer)
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// uncovered says which events the removal cannot find.
func (c *cleaning) uncovered(r *report.Result) {
	switch s := c.step.Remove.scope(); s.of {
	case theRun:
		c.untagged(r)
	case eachValue:
		c.valueless(r, s.pointer)
	}
}

// untagged says which events cannot be found by the run's tag, unless another step goes by their ids.
func (c *cleaning) untagged(r *report.Result) {
	byID := func(s Step) bool { return s.Remove.scope().of != theRun }
	if !slices.Contains(c.step.Remove.placeholders(), runTag) || slices.ContainsFunc(c.plan.Steps, byID) {
		return
	}
	var other, none []string
	for _, e := range c.made.Events {
		switch {
		case strings.Contains(e.ID, c.made.RunTag):
		case strings.Contains(strings.ToLower(e.ID), c.made.RunTag):
			other = append(other, e.ID)
		default:
			none = append(none, e.ID)
		}
	}
	if len(other) > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("{run_tag} stands in capitals in %s: it must be compared without case", listed(other)))
	}
	if len(none) > 0 {
		r.Inconclusive = append(r.Inconclusive, "{run_tag} is not in, so does not find: "+listed(none)+": remove by {event_id}")
	}
}

// valueless says which events cannot be found by an id in their bodies.
func (c *cleaning) valueless(r *report.Result, pointer string) {
	golden := map[string]bool{}
	var none []string
	for _, e := range c.made.Events {
		if kept := e.Golden[pointer]; kept != "" && !golden[kept] {
			golden[kept] = true
			r.Inconclusive = append(r.Inconclusive, fmt.Sprintf("%s is not removed: it is the golden webhook's own, and may be somebody's: "+
				"list %s in fresh of webhook.yaml, so that each event has an id of its own there", kept, pointer))
		}
		if e.Golden[pointer] == "" && len(e.Values[pointer]) == 0 {
			none = append(none, e.ID)
		}
	}
	if len(none) > 0 {
		r.Inconclusive = append(r.Inconclusive, fmt.Sprintf("there is no id at %s in %s: remove by {event_id}", pointer, listed(none)))
	}
}
