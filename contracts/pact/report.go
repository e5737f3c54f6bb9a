package pact

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/smoke/verdict"
)

// Report is what a verification found. Planned interactions and Results are one to one.
type Report struct {
	Provider string
	Results  []Result
	Problems []string // why pacts, or all of them, could not be looked at
}

// Result is the verdict on one interaction.
type Result struct {
	Interaction Interaction
	Verdict     verdict.Verdict
	Mismatches  []Mismatch // how the provider's answer differs; only with Fail
	Reason      string     // why there was no answer to compare
	Duration    time.Duration
}

// Mismatch is one difference between what the pact expects and what the provider gave.
type Mismatch struct {
	Part     string // status, header, body or metadata
	Path     string // where in the part: a JSON path, or a header's name
	Expected string
	Actual   string
	Text     string // the verifier's own words
}

func (r *Report) problem(err error) { r.Problems = append(r.Problems, err.Error()) }

// Verdict is Pass only if there was at least one interaction, every one passed, and nothing was left out.
func (r Report) Verdict() verdict.Verdict {
	verdicts := make([]verdict.Verdict, len(r.Results))
	for i, result := range r.Results {
		verdicts[i] = result.Verdict
	}
	total := verdict.Of(len(verdicts), verdicts)
	if total == verdict.Pass && len(r.Problems) > 0 {
		return verdict.Unknown
	}
	return total
}

// String says where, what was expected and what came, on several lines. It ends without a newline.
func (r Result) String() string {
	var b strings.Builder
	i := r.Interaction
	fmt.Fprintf(&b, "%s: %s:%d: %s", strings.ToUpper(r.Verdict.String()), i.File, i.Line, i.Name())
	if r.Reason != "" {
		fmt.Fprintf(&b, "\n  %s", strings.ReplaceAll(r.Reason, "\n", "\n  "))
	}
	for _, m := range r.Mismatches {
		where := m.Part
		if m.Path != "" {
			where += " " + m.Path
		}
		fmt.Fprintf(&b, "\n  %s\n    expected: %s\n    actual:   %s", where, m.Expected, m.Actual)
		if m.Text != "" {
			fmt.Fprintf(&b, "\n    %s", strings.ReplaceAll(m.Text, "\n", "\n    "))
		}
	}
	return b.String()
}

func (m nativeMismatch) mismatch() Mismatch {
	part := map[string]string{
		"StatusMismatch": "status", "HeaderMismatch": "header", "BodyMismatch": "body",
		"BodyTypeMismatch": "body", "MetadataMismatch": "metadata",
	}[m.Type]
	if part == "" {
		part = m.Type
	}
	path := m.Path
	if path == "" {
		path = m.Key
	}
	return Mismatch{Part: part, Path: path, Expected: plain(m.Expected), Actual: plain(m.Actual), Text: m.Mismatch}
}

// plain shows a value of the verifier's report: it wraps most values into a JSON string.
func plain(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return string(raw)
	}
	if s == "" {
		return "(nothing)"
	}
	if unquoted, err := strconv.Unquote(s); err == nil {
		return strconv.Quote(unquoted)
	}
	return s
}
