package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// tableRows is how many subjects the table shows: of more, those that passed are one row together.
const tableRows = 8

// tableRow is what became of the checks of one or more subjects.
type tableRow struct {
	Check        // the subject, without a case
	subjects int // that have no rows of their own; 0: it is the row of one
	all      int
	tally    Tally
	took     time.Duration
	notes    []string
}

// table writes a row a subject, and what their checks leave out.
func (t *Text) table(all []Result) {
	rows := tableOf(all)
	if len(rows) > tableRows {
		rows = shortTable(rows)
	}
	if len(rows) > 0 {
		t.printf("\n")
	}
	var notes []string
	for _, row := range rows {
		t.paint(marks[row.status()])
		title := t.title(row.Check)
		if row.subjects > 0 {
			title = fmt.Sprintf("%s that are not shown", plural(row.subjects, "subject"))
		}
		t.raw(" " + padded(title, subjectWidth) + " ")
		t.printf("%s  %s\n", padded(row.says(), tallyWidth), row.took.Round(time.Millisecond))
		for _, note := range row.notes {
			if !slices.Contains(notes, note) {
				notes = append(notes, note)
			}
		}
	}
	for _, note := range notes {
		t.indented("note: " + note)
	}
}

// Widths of the columns of the table.
const (
	subjectWidth = 40
	tallyWidth   = 18
)

func tableOf(all []Result) []*tableRow {
	var rows []*tableRow
	at := map[Check]*tableRow{}
	for _, r := range all {
		subject := Check{Kind: r.Kind, Subject: r.Subject}
		row := at[subject]
		if row == nil {
			row = &tableRow{Check: subject}
			at[subject] = row
			rows = append(rows, row)
		}
		row.all++
		row.took += r.Took
		*row.tally.counter(r)++
		if r.Status() == verdict.Pass.String() {
			for _, note := range r.Notes {
				if !slices.Contains(row.notes, note) {
					row.notes = append(row.notes, note)
				}
			}
		}
	}
	return rows
}

// shortTable returns the first rows that did not pass, and what is left in one row for each status.
func shortTable(rows []*tableRow) []*tableRow {
	slices.SortStableFunc(rows, func(a, b *tableRow) int { return cmp.Compare(a.rank(), b.rank()) })
	var short []*tableRow
	rest := map[int]*tableRow{}
	for _, row := range rows {
		if len(short) < tableRows-2 && row.rank() < 2 {
			short = append(short, row)
			continue
		}
		sum := rest[row.rank()]
		if sum == nil {
			sum = &tableRow{Check: Check{Kind: row.Kind}}
			rest[row.rank()] = sum
			short = append(short, sum)
		}
		sum.add(row)
	}
	return short
}

// add adds the numbers of another row.
func (row *tableRow) add(other *tableRow) {
	row.subjects++
	row.all, row.took = row.all+other.all, row.took+other.took
	a, b := &row.tally, other.tally
	a.Passed, a.Known, a.Pending = a.Passed+b.Passed, a.Known+b.Known, a.Pending+b.Pending
	a.Advice, a.Failed, a.Unknown = a.Advice+b.Advice, a.Failed+b.Failed, a.Unknown+b.Unknown
	row.notes = append(row.notes, other.notes...)
}

func (row *tableRow) status() string {
	switch {
	case row.tally.Failed > 0:
		return verdict.Fail.String()
	case row.tally.Unknown > 0:
		return verdict.Unknown.String()
	}
	return verdict.Pass.String()
}

// rank orders rows by how much they need a person: 2 when they need nobody.
func (row *tableRow) rank() int {
	return slices.Index([]string{verdict.Fail.String(), verdict.Unknown.String(), verdict.Pass.String()}, row.status())
}

// nouns are what the checks of a kind are called.
var nouns = map[Kind]string{Provider: "interaction", Consumer: "interaction", Schema: "example", Cleanup: "step"}

// says returns the numbers of a row.
func (row *tableRow) says() string {
	number := plural(row.all, cmp.Or(nouns[row.Kind], "case"))
	if row.tally.Passed == row.all {
		return number
	}
	parts := []string{fmt.Sprintf("%d of %s passed", row.tally.Passed, number)}
	for _, one := range []struct {
		n    int
		what string
	}{
		{row.tally.Failed, "failed"}, {row.tally.Unknown, "could not tell"}, {row.tally.Advice, "advice"}, {row.tally.Pending, "pending"},
		{row.tally.Known, "known"},
	} {
		if one.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", one.n, one.what))
		}
	}
	return strings.Join(parts, ", ")
}
