package schematest

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/report/reporttest"
	"github.com/fridaygate/fridaygate/contracts/rerun"
	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/verdict"
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

// folder notes what is wrong with the folder: schemas that cannot be loaded, examples that would not be read.
func (s *suite) folder(broken []string) {
	s.t.Helper()
	r := report.Result{
		Check: report.Check{Kind: report.Schema, Subject: s.dir, Case: "folder"}, Verdict: verdict.Pass,
		Holds: "every schema can be loaded and has examples, and every example has a schema",
	}
	for _, problem := range broken {
		s.t.Errorf("FAIL: %s", problem)
		r.Verdict = verdict.Fail
		r.Findings = append(r.Findings, verdict.Finding{Rule: "folder", Where: s.dir, Expected: r.Holds, Got: problem, Rerun: rerun.Command(s.t)})
	}
	s.recorder.Plan(r.Check)
	s.recorder.Add(r)
}

// example checks one example.
func (s *suite) example(t *testing.T, of *schema.Schema, kind string, e example) {
	t.Helper()
	r := report.Result{
		Check: report.Check{Kind: report.Schema, Subject: of.Path(), Case: kind + "/" + e.name}, Source: e.file,
		Holds: "the schema accepts it", Verdict: verdict.Pass,
	}
	s.recorder.Plan(r.Check)
	started := time.Now()
	document, err := os.ReadFile(e.file)
	if err != nil {
		r.Verdict, r.Inconclusive = verdict.Unknown, []string{err.Error()}
		s.recorder.Add(r)
		t.Fatalf("UNKNOWN: %v", err)
	}
	judge := accepted
	if kind == invalid {
		judge, r.Holds = refused, "the keyword of its name refuses it, and nothing else does"
	}
	for _, problem := range judge(of, e, document) {
		t.Errorf("FAIL: %s\n  rerun: %s", problem, rerun.Command(t))
		r.Verdict = verdict.Fail
		r.Findings = append(r.Findings, verdict.Finding{
			Rule: kind + "-example", Where: e.file, Expected: r.Holds, Got: problem, Rerun: rerun.Command(t),
		})
	}
	r.Took = time.Since(started)
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
