package triage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/fridaygate/fridaygate/contracts/logfile"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/metrics"
	"github.com/fridaygate/fridaygate/smoke/pace"
)

// Options say what to look at.
type Options struct {
	A      *Side
	B      *Side  // what A is compared with; nil: nothing
	Event  string // whose lineage is followed; "": none
	Target string // base URL of A, for reports

	Logs   []logfile.Log       // in which the event is looked for; none: they are not looked at
	Redact func(string) string // replaces secrets in what logs say; nil: nothing is a secret

	// Contracts asks the smoke contracts, and replays webhooks if that is wanted; nil asks nothing, for the reason in WhyNoContracts.
	Contracts      func(context.Context) report.Report
	WhyNoContracts string // why the contracts cannot be asked

	Now func() time.Time
}

// run is one triage.
type run struct {
	options      Options
	seenA, seenB seen
	a, b         readings
	report       report.Report
}

// Run looks at everything, in the order of the playbook. When ctx ends, what was not looked at is not run. The verdict of a step that
// shows something is Fail: it is where to look.
func Run(ctx context.Context, o Options) report.Report {
	r := &run{options: o, report: report.Report{Command: "fridaygate triage", Target: o.Target, Started: o.Now()}}
	todo := r.plan()
	r.a.before, r.a.err = r.read(ctx, o.A)
	began := o.Now()
	r.seenA = o.A.seen(ctx)
	if o.B != nil {
		r.seenB = o.B.seen(ctx)
		if r.needsB() {
			r.b.after, r.b.err = r.read(ctx, o.B)
		}
	}
	if r.a.err == nil {
		if err := pace.Wait(ctx, o.A.Mapping.Window-o.Now().Sub(began)); err != nil {
			r.a.err = errors.New("the time was over before the metrics were read again: raise --max-time, or lower --window")
		} else {
			r.a.after, r.a.err = r.read(ctx, o.A)
			r.a.took = o.Now().Sub(began)
		}
	}
	r.look(ctx, todo)
	if r.seenA.err == nil && o.A.Revision != nil {
		r.report.Revision, r.report.ConfigHash = r.seenA.all[0].Revision, r.seenA.all[0].ConfigHash
	}
	r.report.Interrupted = errors.Is(ctx.Err(), context.Canceled)
	r.report.Ended = o.Now()
	return r.report
}

// look looks at what is to be looked at.
func (r *run) look(ctx context.Context, todo []string) {
	for _, name := range todo {
		if errors.Is(ctx.Err(), context.Canceled) {
			return
		}
		if name == Contracts && r.options.Contracts != nil {
			r.merge(ctx, r.options.Contracts(ctx))
			continue
		}
		started := r.options.Now()
		result := r.step(ctx, name)
		result.Took = r.options.Now().Sub(started)
		r.report.Results = append(r.report.Results, result)
	}
}

// step looks at one step.
func (r *run) step(ctx context.Context, name string) report.Result {
	if why := r.unmapped(name); why != "" {
		return unknown(r.result(name), errors.New(why))
	}
	switch name {
	case Replicas:
		return r.replicas()
	case Config:
		return r.config(ctx)
	case Lineage:
		return r.lineage(ctx)
	case Logs:
		return r.logs(ctx)
	default:
		return r.level(name)
	}
}

// plan plans the steps, and returns their names in order.
func (r *run) plan() (todo []string) {
	for _, one := range steps() {
		check := r.check(one.Name)
		if why := r.notAsked(one.Name); why != "" {
			r.report.NotApplicable = append(r.report.NotApplicable, report.NotApplicable{Check: check, Why: why})
			continue
		}
		todo = append(todo, one.Name)
		if one.Name != Contracts || r.options.Contracts == nil {
			r.report.Planned = append(r.report.Planned, check)
		}
	}
	return todo
}

// notAsked returns why a step is not looked at, by the file or by the command; "" if it is.
func (r *run) notAsked(name string) string {
	switch {
	case r.options.A.Mapping.Without[name] != "":
		return r.options.A.Mapping.Without[name]
	case name == Config && r.options.B == nil:
		return "compare with another environment: --against FILE"
	case name == Lineage && r.options.Event == "":
		return "name an event: --event ID"
	case name == Logs && (r.options.Event == "" || len(r.options.Logs) == 0):
		return "name an event and logs: --event ID --logs FILE"
	}
	return ""
}

// unmapped returns why a step cannot be looked at: the file does not say where.
func (r *run) unmapped(name string) string {
	m, file := r.options.A.Mapping, r.options.A.File
	because := fmt.Sprintf("or the reason to triage.without.%s", name)
	switch name {
	case Replicas, Config, Logs:
		return ""
	case Contracts:
		return r.options.WhyNoContracts
	case Lineage:
		if m.Event == nil {
			return fmt.Sprintf("%s does not say where events are shown: add triage.event", file)
		}
		return ""
	}
	switch {
	case len(m.Metrics) == 0:
		return fmt.Sprintf("%s does not say where metrics are: add triage.metrics, %s", file, because)
	case m.Levels[name] == nil:
		return fmt.Sprintf("%s does not say how %s are counted: add triage.levels.%s, %s", file, name, name, because)
	}
	return ""
}

// needsB reports whether the levels of the other side are needed.
func (r *run) needsB() bool {
	for _, level := range r.options.A.Mapping.Levels {
		if level.Usual == nil {
			return true
		}
	}
	return false
}

// read reads the metrics of a side, if it says where they are.
func (r *run) read(ctx context.Context, s *Side) ([]metrics.Scrape, error) {
	if len(s.Mapping.Metrics) == 0 {
		return nil, fmt.Errorf("%s does not say where metrics are: add triage.metrics", s.File)
	}
	return s.scrape(ctx)
}

// merge takes over what asking the contracts came to.
func (r *run) merge(ctx context.Context, asked report.Report) {
	missing := asked.NotRun()
	for i := range missing {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			missing[i].Why = "the time of the run was over: raise --max-time"
		}
	}
	r.report.Planned = append(r.report.Planned, asked.Planned...)
	r.report.Results = append(r.report.Results, asked.Results...)
	r.report.WhyNotRun = append(r.report.WhyNotRun, missing...)
	r.report.NotApplicable = append(r.report.NotApplicable, asked.NotApplicable...)
	r.report.Excluded = append(r.report.Excluded, asked.Excluded...)
	r.report.Problems = append(r.report.Problems, asked.Problems...)
	r.report.Notes = append(r.report.Notes, asked.Notes...)
	r.report.Void = r.report.Void || asked.Void
	r.report.RunID, r.report.RunTag = asked.RunID, asked.RunTag
}

func (r *run) check(name string) report.Check {
	return report.Check{Kind: report.Triage, Subject: r.options.A.Name, Case: name}
}

// result returns the result of a step, without a verdict yet.
func (r *run) result(name string) report.Result {
	return report.Result{Check: r.check(name), Holds: described(name).Asks, Source: r.options.A.File}
}

// unknown returns a result that could not be told.
func unknown(r report.Result, why error) report.Result {
	r.Verdict, r.Findings, r.Inconclusive = verdict.Unknown, nil, []string{why.Error()}
	return r
}
