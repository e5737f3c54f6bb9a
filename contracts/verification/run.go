package verification

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/report"
	"github.com/fridaygate/fridaygate/smoke/report/junit"
)

// Folder is the variable that names a folder: every verification leaves its report there. Unset: no report is left.
const Folder = "FRIDAYGATE_VERIFICATIONS"

// Record leaves the report in a folder.
func Record(folder string, r Report) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("record the verification: %w", err)
	}
	f, err := os.CreateTemp(folder, "verification-*.json")
	if err != nil {
		return fmt.Errorf("record the verification: %w", err)
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("record the verification: %w", err)
	}
	return nil
}

// Run is every verification of one run of a test command, which may have failed for other reasons.
type Run struct {
	Verdict     verdict.Verdict `json:"verdict"`
	Reports     []Report        `json:"verifications"`
	Problem     string          `json:"problem,omitempty"` // what else went wrong
	Interrupted bool            `json:"interrupted,omitempty"`
	Took        time.Duration   `json:"took_ns"`
}

// Sum combines the reports in a folder with the result of the test command that left them there. failed is how the command
// ended, printed what it said. A command that failed is never a pass, and one that verified nothing is none either.
func Sum(folder string, failed error, printed string) (Run, error) {
	r, err := read(folder)
	if err != nil {
		return r, err
	}
	r.Judge()
	switch {
	case failed != nil && (len(r.Reports) == 0 || r.Verdict == verdict.Pass):
		r.Problem = fmt.Sprintf("the tests failed, and no verification says why: %v\n%s", failed, tail(printed))
	case len(r.Reports) == 0:
		r.Problem = "nothing was verified: no test that was run calls contracts.VerifyPacts\n" + tail(printed)
	}
	r.Judge()
	return r, nil
}

// read reads what Record left in a folder, by provider.
func read(folder string) (Run, error) {
	var r Run
	files, err := filepath.Glob(filepath.Join(folder, "verification-*.json"))
	if err != nil {
		return r, err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return r, err
		}
		var one Report
		if err := json.Unmarshal(text, &one); err != nil {
			return r, fmt.Errorf("%s: %w", file, err)
		}
		one.Judge() // the results are the word that counts
		r.Reports = append(r.Reports, one)
	}
	slices.SortStableFunc(r.Reports, func(a, b Report) int { return strings.Compare(a.Provider, b.Provider) })
	return r, nil
}

// tail returns the last lines of what was printed.
func tail(text string) string {
	const lines = 30
	all := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

// Judge sets the verdict: Pass only if there was at least one verification, all passed, and nothing else went wrong.
func (r *Run) Judge() {
	all := make([]verdict.Verdict, len(r.Reports))
	for i, one := range r.Reports {
		all[i] = one.Verdict
	}
	r.Verdict = verdict.Of(len(all), all)
	if r.Verdict == verdict.Pass && (r.Problem != "" || r.Interrupted) {
		r.Verdict = verdict.Unknown
	}
}

// Exit returns the exit code of the run.
func (r *Run) Exit() int {
	if r.Interrupted {
		return verdict.ExitInterrupted
	}
	return r.Verdict.Exit()
}

// count counts results by status.
func (r *Run) count() map[string]int {
	n := map[string]int{}
	for _, one := range r.Reports {
		for _, result := range one.Results {
			n[result.Status()]++
		}
	}
	return n
}

// unselected counts the interactions that were not to be verified.
func (r *Run) unselected() int {
	n := 0
	for _, one := range r.Reports {
		n += one.Unselected
	}
	return n
}

// JSON writes the run as one indented JSON object.
func (r *Run) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// JUnit writes the run in the XML that CI systems read: a test suite a provider, a test case an interaction. A pending
// failure passes, and says so beside.
func (r *Run) JUnit(w io.Writer) error {
	doc := junit.Suites{Name: "fridaygate verify", Took: r.Took}
	for _, one := range r.Reports {
		for _, result := range one.Results {
			c := junit.Case{Name: result.Interaction.Name(), Took: result.Duration}
			switch result.Status() {
			case "pending":
				c.Out = result.String()
			case "fail":
				c.Failure = &junit.Problem{Type: "fail", Message: "the contract is broken", Text: result.String()}
			case "unknown":
				c.Error = &junit.Problem{Type: "unknown", Message: "could not tell", Text: result.String()}
			}
			doc.Add(one.Provider, c)
		}
		for _, problem := range one.Problems {
			doc.Add(one.Provider, junit.Case{Name: "pacts", Error: &junit.Problem{Type: "unknown", Message: "could not tell", Text: problem}})
		}
	}
	if r.Problem != "" || len(r.Reports) == 0 {
		doc.Add("fridaygate verify", junit.Case{Name: "run", Error: &junit.Problem{Type: "unknown", Message: "could not tell", Text: r.Problem}})
	}
	return doc.Write(w)
}

// Text writes the run for a terminal: what passed as a number, or, if verbose, one by one; everything else in full.
func (r *Run) Text(w io.Writer, verbose bool) error {
	var b strings.Builder
	for _, one := range r.Reports {
		fmt.Fprintf(&b, "\n%s\n", one.Provider)
		passed, took := 0, time.Duration(0)
		for _, result := range one.Results {
			switch {
			case result.Verdict != verdict.Pass:
				indent(&b, result.String())
			case verbose:
				fmt.Fprintf(&b, "  ok: %s (%s)\n", result.Interaction.Name(), result.Duration.Round(time.Millisecond))
			default:
				passed, took = passed+1, took+result.Duration
			}
		}
		if passed > 0 {
			noun := "interactions"
			if passed == 1 {
				noun = "interaction"
			}
			fmt.Fprintf(&b, "  ok: %d %s (%s)\n", passed, noun, took.Round(time.Millisecond))
		}
		for _, problem := range one.Problems {
			indent(&b, "UNKNOWN: "+problem)
		}
		for _, name := range one.Unused {
			fmt.Fprintf(&b, "  note: no pact asks for the state %q\n", name)
		}
		for _, note := range one.Notes {
			indent(&b, "note: "+note)
		}
	}
	if r.Problem != "" {
		fmt.Fprintf(&b, "\nUNKNOWN: %s\n", r.Problem)
	}
	n := r.count()
	verified := n["pass"] + n["fail"] + n["pending"]
	if unselected := r.unselected(); unselected > 0 {
		fmt.Fprintf(&b, "\n%d of %d interactions are not selected (-run).\n", unselected, verified+n["unknown"]+unselected)
	}
	fmt.Fprintf(&b, "\n%s: %d verified: %d passed, %d failed, %d pending, %d could not tell; %s\n",
		strings.ToUpper(r.Verdict.String()), verified, n["pass"], n["fail"], n["pending"], n["unknown"], r.Took.Round(time.Millisecond))
	_, err := io.WriteString(w, report.Printable(b.String()))
	return err
}

func indent(b *strings.Builder, text string) {
	fmt.Fprintf(b, "  %s\n", strings.ReplaceAll(text, "\n", "\n  "))
}
