package broker

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/fridaygate/fridaygate/contracts/printable"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// spoken are the words for a Decision's verdict.
var spoken = map[verdict.Verdict]string{verdict.Pass: "yes", verdict.Fail: "no", verdict.Unknown: "could not tell"}

// Text writes the decision for a person: the answer, the rows, the reasons with the next command of each, and the notes.
func (d Decision) Text(w io.Writer) error {
	t := &printer{w: w}
	t.line("can-i-deploy: %s", spoken[d.Verdict()])
	if len(d.Matrix.Rows) > 0 {
		t.line("")
		t.table(d.Matrix.Rows)
	}
	for _, r := range d.Reasons {
		t.line("\n%s: %s", r.Kind, r.Text)
		for _, i := range r.Interactions {
			t.line("  %s", i.Description)
			for _, m := range i.Mismatches {
				t.line("    %s: %s", cmp.Or(words(m.Attribute, m.Identifier), "mismatch"), m.Description)
			}
			for _, x := range i.Exceptions {
				t.line("    %s", x.Message)
			}
		}
		if r.Link != "" {
			t.line("  see:  %s", r.Link)
		}
		t.line("  next: %s", r.Next)
	}
	for _, n := range d.Notes {
		t.line("\nnote: %s", n)
	}
	return t.err
}

// printer writes lines, and keeps the first error.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *printer) table(rows []Row) {
	table := tabwriter.NewWriter(p.w, 0, 0, 2, ' ', 0)
	inner := printer{w: table}
	inner.line("CONSUMER\tVERSION\tPROVIDER\tVERSION\tVERIFIED")
	for _, r := range rows {
		verified := map[verdict.Verdict]string{verdict.Pass: "yes", verdict.Fail: "failed", verdict.Unknown: "no result"}[r.Verified]
		if r.Ignored {
			verified += " (ignored)"
		}
		inner.line("%s\t%s\t%s\t%s\t%s", r.Consumer, cmp.Or(r.ConsumerVersion, "-"), r.Provider, cmp.Or(r.ProviderVersion, "-"), verified)
	}
	p.err = cmp.Or(p.err, inner.err, table.Flush())
}

// decisionJSON is a Decision as JSON. Its names are kept as long as Version is 1.
type decisionJSON struct {
	Version    int             `json:"version"`
	Verdict    verdict.Verdict `json:"verdict"`
	Answer     string          `json:"answer"`
	Exit       int             `json:"exit"`
	Deployable *bool           `json:"deployable"` // the broker's own answer
	Reasons    []Reason        `json:"reasons"`
	Notes      []string        `json:"notes"`
	Notices    []string        `json:"notices"` // the broker's own words
	Matrix     []Row           `json:"matrix"`
}

// JSON writes the decision as one JSON document. Lists are never null.
func (d Decision) JSON(w io.Writer) error {
	v := d.Verdict()
	encoder := json.NewEncoder(printable.JSON(w))
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(decisionJSON{
		Version: 1, Verdict: v, Answer: spoken[v], Exit: v.Exit(), Deployable: d.Matrix.Deployable,
		Reasons: append([]Reason{}, d.Reasons...), Notes: append([]string{}, d.Notes...),
		Notices: append([]string{}, d.Matrix.Notices...), Matrix: append([]Row{}, d.Matrix.Rows...),
	})
}

// Answer is "yes", "no" or "could not tell".
func (d Decision) Answer() string { return spoken[d.Verdict()] }
