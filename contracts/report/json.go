package report

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/fridaygate/fridaygate/contracts/printable"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Version is the version of the JSON format. A reader of version 1 understands every later report of version 1: members are
// added and never change their meaning.
const Version = 1

// JSONSchema is the JSON Schema of what JSON writes.
//
//go:embed report.schema.json
var JSONSchema []byte

// plain is a report without its methods.
type plain Report

// document is a report with what follows from it.
type document struct {
	Version int             `json:"version"`
	Verdict verdict.Verdict `json:"verdict"`
	Ran     Tally           `json:"ran"`
	NotRun  []NotRun        `json:"not_run,omitempty"`
	plain
}

func (r Report) document() document {
	d := document{Version: Version, Verdict: r.Verdict(), Ran: r.Ran(), NotRun: r.NotRun(), plain: plain(r)}
	if d.Planned == nil {
		d.Planned = []Check{}
	}
	if d.Results == nil {
		d.Results = []Result{}
	}
	return d
}

// JSON writes the whole report as one indented JSON object.
func JSON(w io.Writer, r Report) error {
	return encoder(w).Encode(r.document())
}

// encoder returns what writes indented JSON for people and programs.
func encoder(w io.Writer) *json.Encoder {
	e := json.NewEncoder(printable.JSON(w))
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e
}

// MarshalJSON returns the report as JSON writes it, without indentation.
func (r Report) MarshalJSON() ([]byte, error) { return json.Marshal(r.document()) }

// read is a report with what it says of itself.
type read struct {
	Version int              `json:"version"`
	Verdict *verdict.Verdict `json:"verdict"`
	plain
}

// Parse reads what JSON writes. It is an error if the text is no report, or a report of another version, or says another verdict
// than its results come to: somebody changed it, or it is not whole.
func Parse(text []byte) (Report, error) {
	r, err := decode(text)
	if err != nil {
		return Report{}, fmt.Errorf("not a report of fridaygate: %w", err)
	}
	if r.Verdict == nil {
		return Report{}, errors.New("not a report of fridaygate: it has no verdict")
	}
	if v := Report(r.plain).Verdict(); v != *r.Verdict {
		return Report{}, fmt.Errorf("it says %s, and its results come to %s: it was changed, or is not whole", *r.Verdict, v)
	}
	return Report(r.plain), nil
}

// UnmarshalJSON reads what JSON writes. The verdict and the tally in it are not taken over: they follow from the results.
func (r *Report) UnmarshalJSON(text []byte) error {
	of, err := decode(text)
	if err == nil {
		*r = Report(of.plain)
	}
	return err
}

// decode reads a report in one pass: it may be large.
func decode(text []byte) (read, error) {
	var r read
	err := json.Unmarshal(text, &r)
	var other struct {
		Version int `json:"version"`
	}
	if r.Version != Version && json.Unmarshal(text, &other) == nil { // another version may have other types
		return read{}, fmt.Errorf("report of version %d: this program reads version %d", other.Version, Version)
	}
	return r, err
}
