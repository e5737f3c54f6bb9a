package contracts

import (
	"fmt"
	"testing"
	"time"

	"github.com/fridaygate/fridaygate/contracts/payloads"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/report/reporttest"
	"github.com/fridaygate/fridaygate/contracts/rerun"
)

// CheckPayloads checks that the descriptions of payloads agree: each JSON Schema that file, a payloads.yaml, names, the golden
// fixtures of its payload, and the examples and matching rules of the pacts that have it. Each fixture and each body of a pact is a
// subtest. It fails as well if a body in the pacts has no schema, and if a line of the file names nothing. It needs neither cgo nor
// libpact_ffi; fridaygate schema agree does the same without a test. PactOptions.Payloads is about what providers really send.
func CheckPayloads(t *testing.T, file string) {
	t.Helper()
	uncached(t)
	recorder := reporttest.New(t, nil)
	f, err := payloads.Read(file)
	if err != nil {
		t.Errorf("UNKNOWN: %v", err)
		recorder.Problem(report.Schema, file, err.Error())
		return
	}
	found := f.Check(t.Context(), time.Now())
	for _, problem := range found.Problems {
		t.Errorf("UNKNOWN: %s", problem.Text)
	}
	for _, note := range found.Notes {
		t.Log(note.Text)
	}
	recorder.Change(func(r *report.Report) {
		*r = found
		r.Planned, r.Results, r.Unselected = nil, nil, len(found.Results)
	})
	selected := 0
	for _, result := range found.Results {
		t.Run(result.Subject+"/"+result.Case, func(t *testing.T) {
			t.Helper()
			selected++
			recorder.Change(func(r *report.Report) { r.Unselected-- })
			record(t, recorder, result)
		})
	}
	if selected == 0 {
		err := fmt.Errorf("nothing of %s was checked: there are %d checks, and none is selected (-run)", file, len(found.Results))
		t.Errorf("UNKNOWN: %v", err)
		recorder.Problem(report.Schema, file, err.Error())
	}
}

// record plans a check and adds its result, and fails the test if it did not pass.
func record(t *testing.T, recorder *reporttest.Recorder, r report.Result) {
	t.Helper()
	for i := range r.Findings {
		r.Findings[i].Rerun = rerun.Command(t)
	}
	if r.Verdict.Exit() != 0 {
		t.Error(r.String())
	}
	for _, note := range r.Notes {
		t.Log(note)
	}
	recorder.Plan(r.Check)
	recorder.Add(r)
}

// answers returns the check of what providers really send, by a payloads.yaml; without one it checks nothing.
func answers(file string) (*payloads.Answers, error) {
	if file == "" {
		return &payloads.Answers{}, nil
	}
	f, err := payloads.Read(file)
	if err != nil {
		return nil, err
	}
	return f.Answers(), nil
}
