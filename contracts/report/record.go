package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/excerpt"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// FolderVariable is the variable that names a folder in which tests leave their reports. Unset: they leave none.
const FolderVariable = "FRIDAYGATE_REPORTS"

const recorded = "report-*.json"

// Record writes the report to a folder, under a unique name.
func Record(folder string, r Report) error {
	text, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("record the report: %w", err)
	}
	f, err := os.CreateTemp(folder, recorded)
	if err != nil {
		return fmt.Errorf("record the report: %w", err)
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("record the report: %w", err)
	}
	return nil
}

// Collect combines the reports that tests left in a folder with how the command that ran them ended: failed is its error,
// printed what it printed. A command that failed is never a pass, and one whose tests left no report is none either.
func Collect(folder string, failed error, printed string) (Report, error) {
	all, err := recordedIn(folder)
	if err != nil {
		return Report{}, err
	}
	r := Merge(all...)
	switch {
	case failed != nil && len(all) == 0:
		r.problem("the tests failed, and no test that failed left a report: %v\n%s", failed, tail(printed))
	case failed != nil && r.Verdict() == verdict.Pass:
		r.problem("the tests failed, and all that left a report passed: what failed is a test beside them: %v\n%s", failed, tail(printed))
	case failed != nil && r.Verdict() == verdict.Unknown && len(r.NotRun()) > 0:
		r.problem("the tests ended before all that was planned had run: %v\n%s", failed, tail(printed))
	case len(all) == 0:
		r.problem("nothing was verified: no test that was run calls contracts.VerifyPacts, contracts.CheckSchemas, "+
			"contracts.CheckPayloads, consumer.New or smoketest.Replay\n%s", tail(printed))
	}
	return r, nil
}

func (r *Report) problem(format string, a ...any) {
	r.Problems = append(r.Problems, Remark{Text: strings.TrimSpace(fmt.Sprintf(format, a...))})
}

// recordedIn reads what Record left in a folder.
func recordedIn(folder string) ([]Report, error) {
	files, err := filepath.Glob(filepath.Join(folder, recorded))
	if err != nil {
		return nil, err
	}
	all := make([]Report, len(files))
	for i, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(text, &all[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return all, nil
}

// tail returns the last lines of what was printed. A panic ends it: its stack would push everything else out.
func tail(text string) string {
	const lines = 30
	all := strings.Split(strings.TrimSpace(text), "\n")
	panicked := slices.IndexFunc(all, func(line string) bool { return strings.HasPrefix(line, "panic: ") })
	if panicked >= 0 {
		if stack := slices.IndexFunc(all[panicked:], func(line string) bool { return strings.HasPrefix(line, "goroutine ") }); stack >= 0 {
			all = append(all[:panicked+stack], "(go test shows where)")
		}
	}
	return strings.Join(excerpt.LastLines(strings.Join(all, "\n"), lines), "\n")
}
