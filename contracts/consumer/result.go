package consumer

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/rerun"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// name is the pact's, as its file has it.
func (s *Suite) name() string { return s.opts.Consumer + "-" + s.opts.Provider }

func (s *Suite) check(name string) report.Check {
	return report.Check{Kind: report.Consumer, Subject: s.name(), Case: name}
}

// refusedByMock is how pact-go begins the error of a client whose requests are not those that its pact describes.
const refusedByMock = "pact validation failed"

// interactionResult returns the result of an interaction for the report. A client whose test fails, or that sends other
// requests than it described, is broken. Other errors, such as a mock that cannot start, are not about the client.
func interactionResult(t *testing.T, c report.Check, took time.Duration, err error) report.Result {
	r := report.Result{Check: c, Holds: "the client sends what the pact says, and understands the answer", Took: took}
	broken := func(got string) {
		r.Verdict = verdict.Fail
		r.Findings = []verdict.Finding{{Rule: "client", Where: t.Name(), Expected: r.Holds, Got: got, Rerun: rerun.Command(t)}}
	}
	switch {
	case t.Skipped():
		r.Inconclusive = []string{"its test was skipped"}
	case err != nil && strings.HasPrefix(err.Error(), refusedByMock):
		broken(err.Error())
	case err != nil:
		r.Inconclusive, r.Rerun = []string{err.Error()}, rerun.Command(t)
	case t.Failed():
		broken("the test of the client failed: go test -v shows what it says")
	default:
		r.Verdict = verdict.Pass
	}
	return r
}

// committedResult returns what became of the comparison with the committed pact, as it is recorded.
func committedResult(c report.Check, file string, err error) report.Result {
	r := report.Result{Check: c, Holds: "the suite writes the committed pact, byte for byte", Source: file}
	var other *differsError
	switch {
	case err == nil:
		r.Verdict = verdict.Pass
	case errors.As(err, &other):
		r.Verdict = verdict.Fail
		r.Findings = []verdict.Finding{{Rule: "committed-pact", Where: file, Expected: r.Holds, Got: err.Error(), Rerun: other.rerun}}
	default:
		r.Inconclusive = []string{err.Error()}
	}
	return r
}
