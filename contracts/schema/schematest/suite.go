package schematest

import (
	"fmt"
	"testing"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/report/reporttest"
	"github.com/fridaygate/fridaygate/contracts/rerun"
	"github.com/fridaygate/fridaygate/contracts/schema/examples"
)

// suite is one run of Check: it fails the test, and records what it found.
type suite struct {
	t        *testing.T
	dir      string
	recorder *reporttest.Recorder

	planned, entered int // examples: all, and those that -run selects
}

// unknown notes what could not be looked at.
func (s *suite) unknown(err error) {
	s.t.Helper()
	s.t.Errorf("UNKNOWN: %v", err)
	s.recorder.Problem(report.Schema, s.dir, err.Error())
}

// folder notes what is wrong with the folder.
func (s *suite) folder(r report.Result) {
	s.t.Helper()
	s.recorder.Plan(r.Check)
	s.record(s.t, r)
}

// example checks one example.
func (s *suite) example(t *testing.T, e examples.Example) {
	t.Helper()
	s.recorder.Plan(e.Named())
	s.record(t, e.Check())
}

// record fails the test of a result that is no pass, and records the result.
func (s *suite) record(t *testing.T, r report.Result) {
	t.Helper()
	for i := range r.Findings {
		r.Findings[i].Rerun = rerun.Command(t)
		t.Errorf("FAIL: %s\n  rerun: %s", r.Findings[i].Got, r.Findings[i].Rerun)
	}
	for _, what := range r.Inconclusive {
		t.Errorf("UNKNOWN: %s", what)
	}
	s.recorder.Add(r)
}

// end fails the test if -run selected none of its examples.
func (s *suite) end() {
	s.t.Helper()
	s.recorder.Change(func(r *report.Report) { r.Unselected = s.planned - s.entered })
	if s.planned > 0 && s.entered == 0 {
		s.unknown(fmt.Errorf("no example was checked: there are %d, and none is selected (-run)", s.planned))
	}
}
