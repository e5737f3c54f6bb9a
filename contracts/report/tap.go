package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/printable"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// TAP writes the report in the Test Anything Protocol, version 14 (https://testanything.org/tap-version-14-specification.html): a
// test point a check. What could not be told, what did not run and what had a problem is "not ok"; a check that failed and may is
// a TODO, and one that was left out a SKIP. The verdict of each point stands in its YAML.
func TAP(w io.Writer, r Report) error {
	t := tap{}
	for _, result := range r.Results {
		switch {
		case result.Verdict == verdict.Pass && result.Known == "" && !result.Pending:
			t.point(true, result.name(), "", "", result.details())
		case result.Verdict == verdict.Pass:
			t.point(false, result.name(), "TODO "+result.Known, result.Status(), result.details())
		default:
			t.point(false, result.name(), "", result.Status(), result.details())
		}
	}
	for _, n := range r.NotRun() {
		t.point(false, n.name(), "", "not run", n.Why)
	}
	for _, p := range r.Problems {
		t.point(false, strings.TrimSpace("problem "+p.Subject), "", "unknown", p.Text)
	}
	for _, e := range r.Excluded {
		t.point(true, e.name(), "SKIP left out by --except", "", "")
	}
	if t.points == 0 {
		t.point(false, "nothing was planned", "", "unknown", "")
	}
	_, err := fmt.Fprintf(w, "TAP version 14\n1..%d\n%s", t.points, t.text.String())
	return err
}

// tap collects test points.
type tap struct {
	points int
	text   strings.Builder
}

func (t *tap) point(ok bool, name, directive, verdict, details string) {
	t.points++
	word := map[bool]string{true: "ok", false: "not ok"}[ok]
	fmt.Fprintf(&t.text, "%s %d - %s", word, t.points, tapText(name))
	if directive != "" {
		fmt.Fprintf(&t.text, " # %s", tapText(directive))
	}
	t.text.WriteString("\n")
	if verdict != "" {
		fmt.Fprintf(&t.text, "  ---\n  verdict: %s\n  details: %s\n  ...\n", quoted(verdict), quoted(printable.Text(details)))
	}
}

// tapText returns a text of one line in which "#" begins no directive.
func tapText(s string) string {
	return strings.NewReplacer(`\`, `\\`, "#", `\#`, "\n", " ").Replace(printable.Text(s))
}

// quoted returns a text as a JSON string, which is YAML too.
func quoted(s string) string {
	text, _ := json.Marshal(s) // a string always has JSON
	return string(text)
}
