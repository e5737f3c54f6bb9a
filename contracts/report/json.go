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

// Parse reads what JSON writes. It is an error if the text is no report, or a report of another version, or says another verdict
// than its results come to: somebody changed it, or it is not whole.
func Parse(text []byte) (Report, error) {
	var stated struct {
		Verdict *verdict.Verdict `json:"verdict"`
	}
	var r Report
	if err := errors.Join(json.Unmarshal(text, &stated), json.Unmarshal(text, &r)); err != nil {
		return Report{}, fmt.Errorf("not a report of fridaygate: %w", err)
	}
	if stated.Verdict == nil {
		return Report{}, errors.New("not a report of fridaygate: it has no verdict")
	}
	if v := r.Verdict(); v != *stated.Verdict {
		return Report{}, fmt.Errorf("it says %s, and its results come to %s: it was changed, or is not whole", *stated.Verdict, v)
	}
	return r, nil
}

// UnmarshalJSON reads what JSON writes. The verdict and the tally in it are not taken over: they follow from the results.
func (r *Report) UnmarshalJSON(text []byte) error {
	var of struct {
		Version int `json:"version"`
	}
	if err := json.Unmarshal(text, &of); err != nil {
		return err
	}
	if of.Version != Version {
		return fmt.Errorf("report of version %d: this program reads version %d", of.Version, Version)
	}
	return json.Unmarshal(text, (*plain)(r))
}
