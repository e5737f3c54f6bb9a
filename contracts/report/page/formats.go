package page

import (
	"fmt"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/report"
)

// formats is the section on the formats of payloads in logs, of one schema.
type formats struct {
	Subject string
	Rows    []formatRow
	From    string // the time at the left end of the spans; "" if the payloads have no times
	Until   string
}

// formatRow is one format.
type formatRow struct {
	report.Format

	Status      status
	ID          string // of its card; "" if it has none
	Name        string
	Share       string // of the payloads
	FirstSeen   string
	LastSeen    string
	Left, Width int // of the time in which it was seen, in percent of the time of all
}

// newFormats returns the sections of a report, one a schema. cards are the ids of results that have a card.
func newFormats(r report.Report, cards map[report.Check]string) []formats {
	var all []formats
	for _, result := range r.Results {
		if result.Format == nil {
			continue
		}
		if len(all) == 0 || all[len(all)-1].Subject != result.Subject {
			all = append(all, formats{Subject: result.Subject})
		}
		of := result.Format
		row := formatRow{
			Format: *of, Status: statusOf(result), ID: cards[result.Check], Name: result.Case,
			Share:     fmt.Sprintf("%.1f %%", 100*float64(of.Payloads)/float64(max(of.AllPayloads, 1))),
			FirstSeen: moment(of.First), LastSeen: moment(of.Last),
		}
		section := &all[len(all)-1]
		section.Rows = append(section.Rows, row)
	}
	for i := range all {
		all[i].span()
	}
	return all
}

// span places the formats on the time from the first payload to the last.
func (f *formats) span() {
	var from, until time.Time
	for _, row := range f.Rows {
		if row.First == nil || row.Last == nil {
			return // the order in the logs says little about when
		}
		if from.IsZero() || row.First.Before(from) {
			from = *row.First
		}
		if row.Last.After(until) {
			until = *row.Last
		}
	}
	f.From, f.Until = moment(&from), moment(&until)
	whole := max(until.Sub(from), 1)
	for i := range f.Rows {
		row := &f.Rows[i]
		row.Left = min(int(100*row.First.Sub(from)/whole), 99)
		row.Width = max(int(100*row.Last.Sub(*row.First)/whole), 1)
	}
}

func moment(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.UTC().Format("2006-01-02 15:04:05 UTC")
}

// Others says which members only some of the payloads have, shortly.
func (r formatRow) Others() string {
	const most = 8
	text := strings.Join(r.Optional[:min(len(r.Optional), most)], ", ")
	if more := len(r.Optional) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// Unknown says what the schema does not describe.
func (r formatRow) Unknown() string { return strings.Join(r.Undescribed, ", ") }
