package verification

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/fridaygate/fridaygate/contracts/pact/wire"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Options are what to verify, and how to set up the states that pacts name.
type Options struct {
	Provider string // the provider's name in the pacts
	URL      string // its base URL; may be empty when only messages are verified
	Sources  []Source

	States States    // every state that the pacts name must have a function
	Before StateFunc // runs once before the states of each interaction, with or without one; nil: nothing

	// Filter may change a request on its way to the provider, such as sign it: its method, URL, Host and fields. It sees
	// the request as it is going to be sent. What it leaves alone stays as it is, and the body cannot be changed.
	Filter func(r *http.Request, body []byte, s *Setup) error

	// Message returns the message that the provider sent for an interaction of a message pact. If s.Request is
	// not nil, that is its answer to this message.
	Message func(ctx context.Context, s *Setup) (Message, error)

	// AcceptDuplicateKeys accepts JSON objects in which a name occurs twice, in answers, messages and pacts: the last one
	// counts then. Otherwise they are findings, as programs differ in which one they read (RFC 8259 section 4).
	AcceptDuplicateKeys bool

	// Answered is called with each JSON body that the provider really sent and that keeps to its pact. Nil: nothing is.
	Answered func(p *Payload, body []byte)

	// Select reports for each interaction, in the order of the pacts, whether it is verified. Nothing is sent for the
	// others, and of a pact with such ones no result is published. Nil: every one is.
	Select func(all []Interaction) []bool

	Timeout      time.Duration // of one request, and one message; zero: 10 s
	StateTimeout time.Duration // of preparing one interaction, and of its cleanup; zero: 30 s
}

// Verify verifies the provider against every interaction of the sources, one after the other. It returns a
// report in every case; what went wrong is in it. Several runs may go on at once.
func Verify(ctx context.Context, opts Options, native Native) Verification {
	started := time.Now()
	opts.Timeout = cmp.Or(opts.Timeout, 10*time.Second)
	opts.StateTimeout = cmp.Or(opts.StateTimeout, 30*time.Second)
	report := Verification{Provider: opts.Provider, Started: started}
	files := readAll(ctx, opts, &report)

	var plan []*planned
	numbers := map[*file]map[int]int{} // file -> place in the file -> number in plan
	for _, f := range files {
		numbers[f] = map[int]int{}
		for place, i := range f.interactions {
			p := &planned{file: f, of: i, setup: Setup{Interaction: i.Interaction, needs: i.needs}}
			if len(i.faults) > 0 {
				p.err = inconclusive(errors.New(strings.Join(i.faults, "\n")))
			} else if missing := opts.States.missing(i.Interaction); len(missing) > 0 {
				p.err = errors.New(strings.Join(missing, "\n"))
			} else {
				numbers[f][place] = len(plan)
			}
			plan = append(plan, p)
		}
	}
	if opts.Select != nil {
		choose(opts.Select, plan, numbers, &report)
	}
	found, err := run(ctx, opts, native, plan, files, numbers)
	if err != nil {
		report.Problem(err)
	}
	results := map[*file][]Result{}
	for n, p := range plan {
		if p.unselected {
			continue
		}
		r := p.settle(n, found, opts)
		report.Results = append(report.Results, r)
		results[p.file] = append(results[p.file], r)
	}
	if opts.AcceptDuplicateKeys {
		report.Notes = append(report.Notes, "a name that occurs twice in one JSON object is accepted (AcceptDuplicateKeys): the last one counts")
	}
	publish(ctx, results, files, &report)
	if len(files) > 0 {
		report.Unused = opts.States.unused(files)
	}
	report.Took = time.Since(started)
	report.Verdict = report.Report().Verdict()
	return report
}

// settle returns the result of one interaction: what the verifier found, and what it could not see.
func (p *planned) settle(n int, found *findings, opts Options) Result {
	r := p.result(n, found)
	p.lookAtFields(&r)
	p.lookAtCompression(&r)
	p.lookAtMetadata(&r)
	p.lookAtIntegers(&r)
	p.lookAtNull(&r)
	p.lookAgain(&r, opts.AcceptDuplicateKeys)
	p.refine(&r)
	p.show(&r)
	p.hand(r, opts.Answered)
	return r
}

// hand hands on what the provider really sent.
func (p *planned) hand(r Result, answered func(*Payload, []byte)) {
	if answered == nil || r.Verdict != verdict.Pass {
		return
	}
	for _, one := range p.file.payloadsOf(p.of) {
		if !one.Sent {
			answered(one, p.answer)
		}
	}
}

// readAll reads the sources and keeps the pacts of the provider.
func readAll(ctx context.Context, opts Options, r *Verification) []*file {
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
			f, err := read(d, opts.AcceptDuplicateKeys)
			switch {
			case err != nil:
				r.Problem(err)
			case f.provider == opts.Provider:
				files = append(files, f)
				r.Notes = append(r.Notes, d.Notes...)
				f.report(r)
			case plainName(f.provider) == plainName(opts.Provider):
				r.Problem(fmt.Errorf("pact %s: its provider is %q, and %q is verified: write the name the same way, "+
					"or give the other provider a name that differs more", d.Name, f.provider, opts.Provider))
			case !d.Any:
				r.Problem(fmt.Errorf("pact %s: its provider is %q, not %q", d.Name, f.provider, opts.Provider))
			default:
				others = append(others, fmt.Sprintf("%q (%s)", f.provider, d.Name))
			}
		}
	}
	if len(files) == 0 && len(r.Problems) == 0 {
		found := "there is no pact at all"
		if len(others) > 0 {
			found = "they are of " + strings.Join(others, ", ")
		}
		r.Problem(fmt.Errorf("no pact has the provider %q: %s", opts.Provider, found))
	}
	return files
}

// report notes what is to be known of the pact as a whole.
func (f *file) report(r *Verification) {
	for _, text := range f.faults {
		r.Problem(fmt.Errorf("pact %s: %s", f.Name, text))
	}
	if f.Pending {
		return
	}
	for _, i := range f.interactions {
		if i.Pending {
			r.Notes = append(r.Notes, fmt.Sprintf("pact %s: line %d: the pact itself marks the interaction %q as pending: "+
				"if it fails, that is not red", f.Name, i.Line, i.Description))
		}
	}
}

// plainName returns a name without what people write in different ways: case, spaces and punctuation.
func plainName(name string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return unicode.ToLower(c)
		}
		return -1
	}, name)
}

// choose marks what is not selected, and takes its number away.
func choose(selects func([]Interaction) []bool, plan []*planned, numbers map[*file]map[int]int, r *Verification) {
	all := make([]Interaction, len(plan))
	for n, p := range plan {
		all[n] = p.setup.Interaction
	}
	selected := selects(all)
	for n, p := range plan {
		if p.unselected = n >= len(selected) || !selected[n]; p.unselected {
			r.Unselected++
			maps.DeleteFunc(numbers[p.file], func(_, number int) bool { return number == n })
		}
	}
	switch {
	case len(plan) > 0 && r.Unselected == len(plan):
		r.Problem(fmt.Errorf("no interaction was verified: there are %d, and none is selected", len(plan)))
	case r.Unselected > 0:
		r.Notes = append(r.Notes, fmt.Sprintf("%d of %d interactions were verified: the others are not selected (-run)",
			len(plan)-r.Unselected, len(plan)))
	}
}

// publish reports the results to those who gave the pacts. What is not known of a pact is not published as a failure,
// and a part of it not as the whole.
func publish(ctx context.Context, all map[*file][]Result, files []*file, r *Verification) {
	for _, f := range files {
		if f.Publish == nil {
			continue
		}
		results := all[f]
		if len(results) < len(f.interactions) {
			r.Notes = append(r.Notes, fmt.Sprintf("pact %s: no result was published, as %d of its %d interactions were verified",
				f.Name, len(results), len(f.interactions)))
			continue
		}
		if slices.ContainsFunc(results, func(one Result) bool { return one.Verdict == verdict.Unknown }) {
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

// run runs the verifier on the plan and returns what it found. Interactions without a number are left out.
func run(ctx context.Context, opts Options, native Native, plan []*planned, files []*file,
	numbers map[*file]map[int]int) (*findings, error) {
	dir, err := os.MkdirTemp("", "fridaygate-pacts-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	n := NativeRun{Provider: opts.Provider, Messages: "/", Timeout: opts.Timeout + opts.StateTimeout + 5*time.Second}
	for _, f := range files {
		if len(numbers[f]) == 0 {
			continue
		}
		paths, err := f.write(dir, numbers[f])
		if err != nil {
			return nil, fmt.Errorf("pact %s: copy it for the verifier: %w", f.Name, err)
		}
		n.Files = append(n.Files, paths...)
	}
	if len(n.Files) == 0 {
		return &findings{}, nil
	}
	s, err := newStage(ctx, opts, plan)
	if err != nil {
		return nil, err
	}
	requests, err := local(ctx)
	if err != nil {
		return nil, err
	}
	defer wire.Serve(ctx, requests, answerLimit, s.request).Close()
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
	n.HTTP, n.MsgAddr, n.States = requests.Addr(), messages, "http://"+states.String()+"/"
	result, err := native(n)
	for _, p := range plan { // states that the verifier did not tear down
		s.tearDown(p)
	}
	if err != nil {
		return nil, err
	}
	return collect(result), nil
}
