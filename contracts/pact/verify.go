package pact

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/verification"
	"github.com/fridaygate/fridaygate/smoke/verdict"
)

// Options says what to verify, and how to bring the provider into the states that pacts name.
type Options struct {
	Provider string // the provider's name in the pacts
	URL      string // its base URL; may be empty when only messages are verified
	Sources  []Source

	States States    // every state that the pacts name must have a function
	Before StateFunc // runs once before the states of each interaction, with or without one; nil: nothing

	// Filter may change a request on its way to the provider, such as sign it. Its body cannot be changed.
	Filter func(r *http.Request, body []byte, s *Setup) error

	// Message gives the message that the provider sent for an interaction of a message pact. If s.Request is
	// not nil, that is its answer to this message.
	Message func(ctx context.Context, s *Setup) (Message, error)

	Timeout      time.Duration // of one request, and one message; zero: 10 s
	StateTimeout time.Duration // of preparing one interaction, and of its cleanup; zero: 30 s
}

// Verify verifies the provider against every interaction of the sources, one after the other. It gives a
// report in every case; what went wrong is in it. Several runs may go on at once.
func Verify(ctx context.Context, opts Options) verification.Report {
	started := time.Now()
	opts.Timeout = cmp.Or(opts.Timeout, 10*time.Second)
	opts.StateTimeout = cmp.Or(opts.StateTimeout, 30*time.Second)
	report := verification.Report{Provider: opts.Provider}
	files := readAll(ctx, opts, &report)

	var plan []*planned
	numbers := map[*file]map[int]int{} // file -> place in the file -> number in plan
	for _, f := range files {
		numbers[f] = map[int]int{}
		for place, i := range f.interactions {
			p := &planned{setup: Setup{Interaction: i}}
			if missing := opts.States.missing(i); len(missing) > 0 {
				p.err = errors.New(strings.Join(missing, "\n"))
			} else {
				numbers[f][place] = len(plan)
			}
			plan = append(plan, p)
		}
	}
	found, err := run(ctx, opts, plan, files, numbers)
	if err != nil {
		report.Problem(err)
	}
	for n, p := range plan {
		report.Results = append(report.Results, p.result(n, found))
	}
	publish(ctx, files, &report)
	if len(files) > 0 {
		report.Unused = opts.States.unused(files)
	}
	report.Judge()
	report.Took = time.Since(started)
	return report
}

// readAll reads the sources and keeps the pacts of the provider.
func readAll(ctx context.Context, opts Options, r *verification.Report) []*file {
	if len(opts.Sources) == 0 {
		r.Problem(errors.New("no source of pacts is named"))
	}
	var files []*file
	others := []string{}
	for _, source := range opts.Sources {
		documents, err := source(ctx)
		if err != nil {
			r.Problem(err)
		}
		for _, d := range documents {
			f, err := read(d)
			switch {
			case err != nil:
				r.Problem(err)
			case f.provider == opts.Provider:
				files = append(files, f)
				r.Notes = append(r.Notes, d.Notes...)
			case !d.Any:
				r.Problem(fmt.Errorf("pact %s: its provider is %q, not %q", d.Name, f.provider, opts.Provider))
			default:
				others = append(others, fmt.Sprintf("%q (%s)", f.provider, d.Name))
			}
		}
	}
	if len(files) == 0 && len(r.Problems) == 0 {
		r.Problem(fmt.Errorf("no pact has the provider %q: they are of %s", opts.Provider, cmp.Or(strings.Join(others, ", "), "nobody, as there is none")))
	}
	return files
}

// publish tells those who gave the pacts what came of them. What is not known of a pact is not published as a failure.
func publish(ctx context.Context, files []*file, r *verification.Report) {
	from := 0
	for _, f := range files {
		results := r.Results[from : from+len(f.interactions)]
		from += len(f.interactions)
		if f.Publish == nil {
			continue
		}
		if slices.ContainsFunc(results, func(one verification.Result) bool { return one.Verdict == verdict.Unknown }) {
			r.Notes = append(r.Notes, fmt.Sprintf("pact %s: no result was published, as not all of it could be verified", f.Name))
			continue
		}
		notes, err := f.Publish(ctx, results)
		if err != nil {
			r.Problem(fmt.Errorf("pact %s: publish the result: %w", f.Name, err))
		}
		r.Notes = append(r.Notes, notes...)
	}
}

// run puts the plan on stage and gives what the verifier found. Interactions without a number are left out.
func run(ctx context.Context, opts Options, plan []*planned, files []*file, numbers map[*file]map[int]int) (*findings, error) {
	dir, err := os.MkdirTemp("", "fridaygate-pacts-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	n := nativeRun{provider: opts.Provider, messages: "/", timeout: opts.Timeout + opts.StateTimeout + 5*time.Second}
	for _, f := range files {
		if len(numbers[f]) == 0 {
			continue
		}
		path, err := f.write(dir, numbers[f])
		if err != nil {
			return nil, fmt.Errorf("pact %s: copy it for the verifier: %w", f.Name, err)
		}
		n.files = append(n.files, path)
	}
	if len(n.files) == 0 {
		return &findings{}, nil
	}
	s, err := newStage(ctx, opts, plan)
	if err != nil {
		return nil, err
	}
	requests, closeRequests, err := listen(ctx, s.request)
	if err != nil {
		return nil, err
	}
	defer closeRequests()
	messages, closeMessages, err := listen(ctx, s.message)
	if err != nil {
		return nil, err
	}
	defer closeMessages()
	states, closeStates, err := listen(ctx, s.state)
	if err != nil {
		return nil, err
	}
	defer closeStates()
	n.http, n.msgAddr, n.states = requests, messages, "http://"+states.String()+"/"
	result, err := n.execute()
	for _, p := range plan { // what the verifier did not come to tear down
		s.tearDown(p)
	}
	if err != nil {
		return nil, err
	}
	return collect(result), nil
}

// findings is what the verifier found, by the interaction's number.
type findings struct {
	done   map[int]bool // true: it says that all is well
	errors map[int]nativeError
	logs   string
	stray  []string // errors about no interaction in particular
}

func collect(result *nativeResult) *findings {
	f := &findings{done: map[int]bool{}, errors: map[int]nativeError{}, logs: result.logs}
	for _, r := range result.Results {
		if n, ok := number(r.Description); ok {
			f.done[n] = r.Result == "OK"
		}
	}
	for _, e := range result.Errors {
		last := e.Interaction[strings.LastIndexByte(e.Interaction, ' ')+1:]
		if n, ok := number(last); ok {
			f.errors[n] = e
		} else {
			f.stray = append(f.stray, e.Interaction+": "+e.Mismatch.Message)
		}
	}
	return f
}

// result decides. What this package saw itself comes first: the verifier takes a provider that is down, or a state
// that could not be set up, for a wrong answer. Pass needs the verifier's word and a provider that was asked.
func (p *planned) result(n int, found *findings) verification.Result {
	r := verification.Result{Interaction: p.setup.Interaction, Duration: p.took}
	if p.err != nil {
		r.Verdict, r.Reason = verdict.Fail, p.err.Error()
		if unreachable(p.err) || errors.Is(p.err, errUnreachable) {
			r.Verdict = verdict.Unknown
		}
		return r
	}
	if found == nil {
		r.Reason = "the verification did not run"
		return r
	}
	ok, done := found.done[n]
	native, wrong := found.errors[n]
	switch {
	case wrong && len(native.Mismatch.Mismatches) > 0:
		r.Verdict = verdict.Fail
		for _, m := range native.Mismatch.Mismatches {
			r.Mismatches = append(r.Mismatches, m.mismatch())
		}
	case wrong:
		r.Reason = strings.TrimSpace("the verifier: " + native.Mismatch.Message + "\n" + found.logs)
	case !done || !ok || !p.asked:
		r.Reason = strings.TrimSpace("the verifier did not get to this interaction\n" + strings.Join(found.stray, "\n") + "\n" + found.logs)
	default:
		r.Verdict = verdict.Pass
	}
	return r
}
