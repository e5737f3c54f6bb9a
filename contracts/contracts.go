package contracts

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/pact"
	"github.com/fridaygate/fridaygate/contracts/pact/verification"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/report/reporttest"
	"github.com/fridaygate/fridaygate/contracts/rerun"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Provider is a running service under contract. Every providers.Provider is one.
type Provider interface {
	Name() string // as pacts name it
	URL() string  // base URL, reachable from the test
}

// PactOptions are the pacts to verify, and how. Its functions are those of package pact.
type PactOptions struct {
	Pacts   []string      // files, folders of them, and URLs
	Broker  *Broker       // the pacts of a Pact Broker; nil: none
	Sources []pact.Source // where else pacts come from
	States  pact.States   // a function for every provider state that the pacts name
	Before  pact.StateFunc
	Filter  func(r *http.Request, body []byte, s *pact.Setup) error
	Message func(ctx context.Context, s *pact.Setup) (pact.Message, error)

	// Payloads is a payloads.yaml: what the provider really sends must be accepted by the schemas that it names, see
	// CheckPayloads. Empty: it is not compared with schemas.
	Payloads string

	// AcceptDuplicateKeys accepts JSON objects in which a name occurs twice, in answers, messages and pacts: the last one
	// counts then, and the report notes it. Otherwise they are findings, as programs differ in which one they read.
	AcceptDuplicateKeys bool

	Timeout      time.Duration                             // of one request; zero: 10 s
	StateTimeout time.Duration                             // of preparing one interaction; zero: 30 s
	LookupEnv    func(name string) (value string, ok bool) // nil: os.LookupEnv
}

// narrowing are the variables with which other Pact tools verify only a part. They have no effect here, so a run with one
// of them set is refused rather than misunderstood.
var narrowing = []string{"PACT_DESCRIPTION", "PACT_PROVIDER_STATE", "PACT_PROVIDER_NO_STATE"}

// VerifyPacts verifies the provider against every interaction of the pacts that -run and -skip select, each in a subtest
// named consumer/state/description. Nothing is sent for the others, and the log says how many were verified. All
// subtests begin before the verification and end with their results, so go test shows its time for each.
//
// A subtest that fails says FAIL when the provider broke the contract, and UNKNOWN when that could not be decided, such
// as when the provider is down. One of a pending pact that fails is not red: its log says PENDING. The test also fails when
// there was nothing to verify, when a pact cannot be read, and when -run selects no interaction. The whole report is written
// to the folder that report.FolderVariable names, for fridaygate verify. go test never caches the result, as it cannot see a change
// of the provider.
func VerifyPacts(t *testing.T, provider Provider, opts PactOptions) {
	t.Helper()
	uncached(t)
	if opts.LookupEnv == nil {
		opts.LookupEnv = os.LookupEnv //nolint:forbidigo // the default of what a test calls
	}
	tests := newSubtests(t)
	defer tests.end()
	recorder := reporttest.New(t, opts.LookupEnv)
	sent, err := answers(opts.Payloads)
	if err != nil {
		t.Errorf("UNKNOWN: %v", err)
		recorder.Problem(report.Schema, opts.Payloads, err.Error())
		return
	}
	found := verify(t, provider, opts, tests.begin, sent.Check)
	if opts.Broker == nil && opts.getenv(broker.VariablePublish) != "" {
		found.Notes = append(found.Notes, broker.VariablePublish+" is set, and nothing is published: this verification asks no broker")
	}
	found.Notes = append(found.Notes, sent.Notes...)
	recorder.Change(func(r *report.Report) { *r = found.Report() })
	for _, problem := range found.Problems {
		t.Errorf("UNKNOWN: %s", problem)
	}
	for _, name := range found.Unused {
		t.Logf("no pact asks for the state %q", name)
	}
	for _, note := range found.Notes {
		t.Log(note)
	}
	for _, result := range found.Results {
		tests.next(func(t *testing.T) {
			t.Helper()
			switch {
			case result.Pending():
				t.Log(result)
			case result.Verdict != verdict.Pass:
				t.Errorf("%s\n  rerun: %s", result, rerun.Command(t))
			}
			if r, compared := sent.Of[result.Interaction.Name()]; compared {
				record(t, recorder, r)
			}
		})
	}
}

// getenv returns the value of a variable, or "" if it is not set.
func (o PactOptions) getenv(name string) string {
	value, _ := o.LookupEnv(name)
	return value
}

func verify(t *testing.T, provider Provider, opts PactOptions, selects func([]pact.Interaction) []bool,
	answered func(*verification.Payload, []byte)) pact.Verification {
	t.Helper()
	sources, err := opts.sources(provider.Name())
	for _, name := range narrowing {
		if opts.getenv(name) != "" {
			err = fmt.Errorf("the variable %s is set, and this verification cannot be narrowed by it: unset it, and use -run", name)
		}
	}
	if err != nil {
		refused := pact.Verification{Provider: provider.Name()}
		refused.Problem(err)
		return refused
	}
	return pact.Verify(t.Context(), pact.Options{
		Provider: provider.Name(), URL: provider.URL(), Sources: sources,
		States: opts.States, Before: opts.Before, Filter: opts.Filter, Message: opts.Message,
		AcceptDuplicateKeys: opts.AcceptDuplicateKeys, Select: selects, Answered: answered,
		Timeout: opts.Timeout, StateTimeout: opts.StateTimeout,
	})
}

// Main runs a package's tests with standard output kept clear of what libpact_ffi prints there: it is shown on
// standard error if the tests fail and -v is given. It returns the exit code. Call it from TestMain:
//
//	func TestMain(m *testing.M) { os.Exit(contracts.Main(m)) }
func Main(m *testing.M) int {
	printed, err := pact.Quiet()
	if err != nil {
		fmt.Fprintln(os.Stderr, err) //nolint:forbidigo // a test binary has nowhere else
		return verdict.ExitUnknown
	}
	code := m.Run()
	if code != 0 && testing.Verbose() {
		fmt.Fprint(os.Stderr, printed()) //nolint:forbidigo // a test binary has nowhere else
	}
	return code
}
