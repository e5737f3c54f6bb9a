package page

import (
	"path"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/report"
)

// matrix shows every check of one kind as a cell: a row a case, a column a subject. Where subjects share no cases, as
// interactions of providers do not, it is a list of the checks of each subject instead.
type matrix struct {
	Kind     report.Kind
	Title    string
	Subjects []string
	Folder   string   // in which all subjects are; "" when they are in several
	Columns  []string // their names in it
	Rows     []row    // with a cell that did not pass
	Green    []row    // in which every cell passed or does not apply
	Lists    []list
}

// row is a case with its cells, one a subject.
type row struct {
	Case  string
	Cells []cell
}

// cell is one check. The zero value is a check that does not exist.
type cell struct {
	Status status
	ID     string // of its card; "" when it has none
	Name   string
}

// list is the checks of a subject.
type list struct {
	Subject string
	Checks  []cell // that did not pass
	Passed  []cell
}

var titles = map[report.Kind]string{
	report.Schema: "Schemas: checks of each", report.Webhook: "Webhooks: cases of each golden webhook",
	report.Consumer: "Consumers: interactions of each pact", report.Provider: "Providers: interactions of each pact",
	report.Integration: "Integrations: smoke contracts of each", report.Deploy: "Versions to be deployed",
	report.Triage:  "Triage: what to look at in each environment",
	report.Proof:   "Proof: breaks made on purpose, and whether the gate saw them",
	report.Cleanup: "Clean-up: what the run made is removed",
}

// place is where a cell stands.
type place struct{ Case, Subject string }

func matrices(r report.Report) []matrix {
	var all []matrix
	for _, kind := range report.Kinds {
		if m, some := newMatrix(kind, r); some {
			all = append(all, m)
		}
	}
	return all
}

// newMatrix returns the matrix of one kind, and reports whether the report has checks of it.
func newMatrix(kind report.Kind, r report.Report) (matrix, bool) {
	m := matrix{Kind: kind, Title: titles[kind]}
	cells := map[place][]cell{}
	var names []string
	seen := map[string]bool{}
	add := func(c report.Check, s status, id string) {
		if c.Kind != kind {
			return
		}
		if !seen["subject "+c.Subject] {
			seen["subject "+c.Subject] = true
			m.Subjects = append(m.Subjects, c.Subject)
		}
		if !seen["case "+c.Case] {
			seen["case "+c.Case] = true
			names = append(names, c.Case)
		}
		at := place{c.Case, c.Subject}
		cells[at] = append(cells[at], cell{s, id, c.Case})
	}
	ids := newAnchors()
	for _, result := range r.Results {
		id, s := ids.of(result.Check), statusOf(result)
		if s == passed {
			id = ""
		}
		add(result.Check, s, id)
	}
	for _, n := range r.NotRun() {
		add(n.Check, notRun, "")
	}
	if len(cells) == 0 {
		return m, false
	}
	for _, n := range r.NotApplicable {
		if at := (place{n.Case, n.Subject}); cells[at] == nil && seen["case "+n.Case] && seen["subject "+n.Subject] {
			cells[at] = []cell{{absent, "", n.Case}}
		}
	}
	if kind == report.Webhook {
		m.rows(names, cells)
	} else {
		m.lists(names, cells)
	}
	return m, true
}

func (m *matrix) rows(names []string, cells map[place][]cell) {
	m.Folder = path.Dir(m.Subjects[0])
	for _, subject := range m.Subjects {
		if path.Dir(subject) != m.Folder {
			m.Folder = "."
		}
	}
	if m.Folder == "." {
		m.Folder = ""
	}
	for _, subject := range m.Subjects {
		m.Columns = append(m.Columns, strings.TrimPrefix(subject, m.Folder+"/"))
	}
	for _, name := range names {
		one := row{Case: name}
		green := true
		for _, subject := range m.Subjects {
			var worst cell
			for _, c := range cells[place{name, subject}] {
				if worst == (cell{}) || slices.Index(rank, c.Status) < slices.Index(rank, worst.Status) {
					worst = c
				}
			}
			one.Cells = append(one.Cells, worst)
			green = green && (worst == cell{} || worst.Status == passed || worst.Status == absent)
		}
		if green {
			m.Green = append(m.Green, one)
		} else {
			m.Rows = append(m.Rows, one)
		}
	}
}

func (m *matrix) lists(names []string, cells map[place][]cell) {
	for _, subject := range m.Subjects {
		one := list{Subject: subject}
		for _, name := range names {
			for _, c := range cells[place{name, subject}] {
				if c.Status == passed {
					one.Passed = append(one.Passed, c)
				} else {
					one.Checks = append(one.Checks, c)
				}
			}
		}
		m.Lists = append(m.Lists, one)
	}
}
