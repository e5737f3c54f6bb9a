package payloads

import (
	"fmt"
	"time"

	"github.com/fridaygate/fridaygate/contracts/pact/verification"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Answers checks what providers really sent. It is not safe for concurrent use.
type Answers struct {
	c checker
	// Of has the result for each interaction, by its name.
	Of map[string]report.Result
	// Notes are the bodies that no entry describes.
	Notes []string
}

// Answers returns a check of what providers really send.
func (f *File) Answers() *Answers {
	return &Answers{c: f.checker(time.Time{}), Of: map[string]report.Result{}}
}

// Check checks one body that a provider sent. It has the signature of verification.Options.Answered. The zero value of a checks nothing.
func (a *Answers) Check(p *verification.Payload, body []byte) {
	if a.Of == nil {
		return
	}
	entry, text := a.c.entry(p)
	switch {
	case text != "":
		a.Notes = append(a.Notes, fmt.Sprintf("%s: what was sent is not compared with a schema: %s", p.Name(), text))
		return
	case entry == nil:
		return
	}
	r := report.Result{
		Check: report.Check{Kind: report.Schema, Subject: entry.Schema, Case: p.Name() + ", as it was sent"},
		Holds: "the schema accepts what the provider really sent", Source: a.c.Path,
	}
	s, err := a.c.schema(entry.Schema)
	if err != nil {
		r.Inconclusive = []string{err.Error()}
		a.Of[p.Interaction.Name()] = r
		return
	}
	for _, v := range s.Check(body) {
		at := s.Nearest(v.SchemaFile, v.SchemaPath)
		r.Findings = append(r.Findings, verdict.Finding{
			Rule: "real " + p.Part, Where: fmt.Sprintf("what was sent, at %q", v.InstancePath), File: at.File, Line: at.Line,
			Expected: demand(s, v), Got: v.Message,
		})
	}
	a.Of[p.Interaction.Name()] = decided(r)
}
