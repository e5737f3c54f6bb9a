package reporttest

import (
	"os"
	"sync"
	"testing"
	"time"

	"github.com/fridaygate/fridaygate/contracts/report"
)

// Recorder collects what one test planned and found. Its methods may be called from several goroutines.
type Recorder struct {
	mu     sync.Mutex
	report report.Report
}

// New begins a recording. When t and its subtests have ended, however they ended, the report is left in the folder that
// report.FolderVariable names, and t fails if that cannot be done. lookupEnv is asked for the variable; nil: os.LookupEnv.
func New(t *testing.T, lookupEnv func(name string) (value string, ok bool)) *Recorder {
	t.Helper()
	if lookupEnv == nil {
		lookupEnv = os.LookupEnv //nolint:forbidigo // the default of what a test calls
	}
	r := &Recorder{report: report.Report{Started: time.Now()}}
	folder, _ := lookupEnv(report.FolderVariable)
	if folder == "" {
		return r
	}
	t.Cleanup(func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.report.Ended.IsZero() {
			r.report.Ended = time.Now()
		}
		if err := report.Record(folder, r.report); err != nil {
			t.Errorf("UNKNOWN: %v", err)
		}
	})
	return r
}

// Plan notes a check that is about to run. Without a result it keeps the run from passing.
func (r *Recorder) Plan(c report.Check) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Planned = append(r.report.Planned, c)
}

// Add notes the result of a check that was planned.
func (r *Recorder) Add(result report.Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Results = append(r.report.Results, result)
}

// Change changes the report under a lock.
func (r *Recorder) Change(change func(*report.Report)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.report)
}

// Problem notes why checks could not be planned, or not be run.
func (r *Recorder) Problem(kind report.Kind, subject, text string) {
	r.Change(func(all *report.Report) {
		all.Problems = append(all.Problems, report.Remark{Kind: kind, Subject: subject, Text: text})
	})
}
