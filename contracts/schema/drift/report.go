package drift

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// mostFindings is how many violations of one format are reported, and mostConflicts how many ids.
const (
	mostFindings  = 10
	mostConflicts = 10
)

// Report returns the drift as a report: a check for each format, one for the number of formats if that is limited, and one
// for the ids if there are some. It fails when the schema refuses a payload, when an id came in several formats, and
// when there are too many formats. It is unknown when nothing was read, or not all.
func (d *Drift) Report() report.Report {
	r := report.Report{Command: "fridaygate drift", Started: d.Started, Ended: d.Ended, Interrupted: d.Interrupted}
	add := func(result report.Result) {
		result.Kind, result.Subject = report.Schema, d.Options.Schema.Path()
		r.Planned = append(r.Planned, result.Check)
		r.Results = append(r.Results, result)
	}
	for _, f := range d.Formats {
		add(d.result(f))
	}
	if d.Options.MaxFormats > 0 && d.Payloads > 0 {
		add(d.limit())
	}
	if d.Options.ID != "" && d.Payloads > 0 {
		add(d.events())
	}
	for _, u := range d.Unread {
		r.Problems = append(r.Problems, report.Remark{Kind: report.Schema, Subject: u.Where, Text: u.What})
	}
	if d.Payloads == 0 && !d.Interrupted {
		r.Problems = append(r.Problems, report.Remark{Text: "nothing was checked: no payload was read"})
	}
	notes := slices.Concat(d.Options.Schema.Notes(), d.Notes)
	if d.Payloads > 0 {
		notes = append([]string{d.Headline()}, notes...)
	}
	for _, text := range notes {
		r.Notes = append(r.Notes, report.Remark{Kind: report.Schema, Subject: d.Options.Schema.Path(), Text: text})
	}
	return r
}

// Headline says how many formats there are, in a sentence.
func (d *Drift) Headline() string {
	refused, kinds := 0, map[string]bool{}
	for _, f := range d.Formats {
		kinds[f.Kind] = true
		if f.Refused > 0 {
			refused++
		}
	}
	text := fmt.Sprintf("%s in %s payloads of %s", many(len(d.Formats), "format"), count(d.Payloads), many(d.Logs, "log"))
	if len(kinds) > 1 {
		text += fmt.Sprintf(", of %d values of %s", len(kinds), d.Options.By)
	}
	if n := len(d.Formats); n > 0 && d.Formats[n-1].Rest {
		text += fmt.Sprintf(" (format %d is all above the %d that are told apart)", n, maxShapes)
	}
	switch {
	case refused == 1:
		text += "; the schema refuses one"
	case refused > 1:
		text += fmt.Sprintf("; the schema refuses %d", refused)
	default:
		text += "; the schema accepts all"
	}
	if d.TimeOf != "" {
		text += "; times are those of " + d.TimeOf
	}
	return text
}

func many(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return count(int64(n)) + " " + noun + "s"
}

// result returns the check of one format.
func (d *Drift) result(f *Format) report.Result {
	r := report.Result{
		Check: report.Check{Case: fmt.Sprintf("format %d", f.Number)}, Verdict: verdict.Pass, Holds: "the schema accepts it", Format: d.format(f),
	}
	if f.Kind != "" {
		r.Case += " of " + f.Kind
	}
	if f.Unknown > 0 {
		r.Verdict = verdict.Unknown
		const why = "the check of %s payloads was given up: the schema's alternatives make it take too many steps"
		r.Inconclusive = []string{fmt.Sprintf(why, count(f.Unknown))}
	}
	if f.Refused == 0 {
		return r
	}
	r.Verdict = verdict.Fail
	for i, v := range f.Violations {
		if i == mostFindings {
			r.Notes = append(r.Notes, fmt.Sprintf("%d more ways to break the schema", len(f.Violations)-i))
			break
		}
		r.Findings = append(r.Findings, v.finding(f))
	}
	return r
}

func (v *Violation) finding(f *Format) verdict.Finding {
	at := v.Place
	if at == "" {
		at = "the payload"
	}
	where := v.SchemaFile
	if where != "" {
		where += "#" + v.SchemaPath
	}
	return verdict.Finding{
		Rule: v.Keyword, Where: where, Expected: v.Expected,
		Got: fmt.Sprintf("at %s: %s, in %s of %s payloads", at, v.Got, count(v.Payloads), count(f.Payloads)),
	}
}

// format returns the data of one format.
func (d *Drift) format(f *Format) *report.Format {
	all := &report.Format{
		Number: f.Number, Of: f.Kind, Payloads: f.Payloads, AllPayloads: d.Payloads, Refused: f.Refused, IDs: f.IDs,
		First: moment(f.First.At), Last: moment(f.Last.At), FirstAt: f.First.Where, LastAt: f.Last.Where,
		Sample: redacted(f.Sample, d.root),
	}
	if f.Rest {
		return all
	}
	all.Undescribed, all.Optional, all.Combinations = f.undescribed(), f.optional(), f.variants
	if usual := d.usual(f.Kind); usual != f && usual != nil {
		all.Beside, all.Differences = usual.Number, f.differences(usual)
	}
	return all
}

func moment(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	return &at
}

// usual returns the format of a kind that others are compared with: the most frequent one that the schema
// accepts, or else the most frequent one.
func (d *Drift) usual(kind string) *Format {
	var usual *Format
	for _, f := range d.Formats {
		if f.Kind != kind || f.Rest {
			continue
		}
		if usual == nil || usual.Refused > 0 && f.Refused == 0 {
			usual = f
		}
	}
	return usual
}

// limit is the check of the number of formats.
func (d *Drift) limit() report.Result {
	r := report.Result{Check: report.Check{Case: "number of formats"}, Verdict: verdict.Pass}
	r.Holds = "at most " + many(d.Options.MaxFormats, "format")
	numbers := map[string][]string{}
	var kinds []string
	for _, f := range d.Formats {
		if !slices.Contains(kinds, f.Kind) {
			kinds = append(kinds, f.Kind)
		}
		numbers[f.Kind] = append(numbers[f.Kind], fmt.Sprint(f.Number))
	}
	for _, kind := range kinds {
		if len(numbers[kind]) <= d.Options.MaxFormats {
			continue
		}
		r.Verdict = verdict.Fail
		r.Findings = append(r.Findings, verdict.Finding{
			Rule: "max-formats", Where: strings.TrimSpace(d.Options.By + " " + kind), Expected: r.Holds,
			Got: fmt.Sprintf("%d: formats %s", len(numbers[kind]), strings.Join(numbers[kind], ", ")),
		})
	}
	return r
}

// events is the check that an event has one format.
func (d *Drift) events() report.Result {
	r := report.Result{Check: report.Check{Case: "one format an event"}, Verdict: verdict.Pass, Holds: "an id comes in one format only"}
	r.Notes = append(r.Notes, fmt.Sprintf("%s ids at %s", count(d.Events.Distinct), d.Options.ID))
	if d.Events.Distinct == 0 {
		r.Verdict = verdict.Unknown
		r.Inconclusive = []string{"no payload has " + d.Options.ID}
	}
	if d.Events.Several == 0 {
		return r
	}
	r.Verdict = verdict.Fail
	for _, c := range d.Events.Conflicts[:min(len(d.Events.Conflicts), mostConflicts)] {
		numbers := make([]string, len(c.Formats))
		for i, n := range c.Formats {
			numbers[i] = fmt.Sprint(n)
		}
		r.Findings = append(r.Findings, verdict.Finding{
			Rule: "one-format-an-event", Where: c.Where, Expected: "one format for " + c.ID,
			Got: fmt.Sprintf("%d: formats %s", len(numbers), strings.Join(numbers, ", ")),
		})
	}
	if more := d.Events.Several - int64(len(r.Findings)); more > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("%s more ids came in several formats", count(more)))
	}
	return r
}
