package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Joiner makes one report of several that were written to files: the shards of a run, or runs of different contracts. What
// is missing, double or of another run is a problem of the whole, so that it is no pass; a check that failed is a failure
// all the same. The zero value is ready to use.
type Joiner struct {
	Histories bool // keep the histories of checks that passed; without them, the shards of a large run fit into memory

	parts    []named
	problems []string
	texts    map[string]string // every text that results repeat, once
}

// named is a report with its file.
type named struct {
	file string
	Report
}

// Unreadable records a file that is no report, and why.
func (j *Joiner) Unreadable(file string, why error) {
	j.problems = append(j.problems, fmt.Sprintf("%s: %v", file, why))
}

// Add records the report of a file. It may change r.
func (j *Joiner) Add(file string, r Report) {
	for i := range r.Planned {
		j.share(&r.Planned[i])
	}
	for i := range r.Results {
		one := &r.Results[i]
		j.share(&one.Check)
		for _, text := range []*string{&one.Severity, &one.Sends, &one.Holds, &one.Basis, &one.Source, &one.WhyAdvice} {
			*text = j.text(*text)
		}
		if !j.Histories && one.Verdict == verdict.Pass && len(one.Advice) == 0 && len(one.Excused) == 0 {
			one.Histories = nil
		}
	}
	j.parts = append(j.parts, named{file, r})
}

func (j *Joiner) share(c *Check) {
	c.Kind, c.Subject, c.Case = Kind(j.text(string(c.Kind))), j.text(c.Subject), j.text(c.Case)
}

// text returns an equal text, the same one each time.
func (j *Joiner) text(s string) string {
	if j.texts == nil {
		j.texts = map[string]string{}
	}
	if known, ok := j.texts[s]; ok {
		return known
	}
	j.texts[s] = s
	return s
}

// Report returns the report of all together.
func (j *Joiner) Report() Report {
	slices.SortStableFunc(j.parts, func(a, b named) int { return cmp.Compare(a.index(), b.index()) })
	shards := slices.DeleteFunc(slices.Clone(j.parts), func(one named) bool { return one.index() == 0 })
	problems := slices.Concat(j.problems, incomplete(shards), j.revisions())
	if len(problems) == len(j.problems) {
		problems = append(problems, j.twice()...)
	}
	all := make([]Report, len(j.parts))
	for i, one := range j.parts {
		all[i] = one.Report
	}
	sum := Merge(all...)
	sum.Command = j.command()
	remarks := make([]Remark, len(problems))
	for i, text := range problems {
		remarks[i].Text = text
	}
	sum.Problems = append(remarks, sum.Problems...)
	if len(shards) > 0 { // the checks of one subject are in several
		slices.SortStableFunc(sum.Planned, bySubject)
		slices.SortStableFunc(sum.Results, func(a, b Result) int { return bySubject(a.Check, b.Check) })
	}
	return sum
}

func bySubject(a, b Check) int {
	return cmp.Or(strings.Compare(string(a.Kind), string(b.Kind)), strings.Compare(a.Subject, b.Subject))
}

// command returns the command that made all reports, or this one.
func (j *Joiner) command() string {
	for _, one := range j.parts {
		if one.Command != j.parts[0].Command || one.Command == "" {
			return "fridaygate report merge"
		}
	}
	if len(j.parts) == 0 {
		return "fridaygate report merge"
	}
	return j.parts[0].Command
}

// revisions returns which reports of one command and target are of different revisions, or settings.
func (j *Joiner) revisions() []string {
	type place struct{ command, target string }
	first := map[place]named{}
	var all []string
	for _, one := range j.parts {
		at := place{one.Command, one.Target}
		before, known := first[at]
		switch {
		case one.Revision == "":
		case !known:
			first[at] = one
		case before.Revision != one.Revision:
			all = append(all, fmt.Sprintf("two runs are mixed: %s is of revision %s, and %s of %s",
				before.file, before.Revision, one.file, one.Revision))
		case before.ConfigHash != one.ConfigHash:
			all = append(all, fmt.Sprintf("two runs are mixed: %s is of settings %s, and %s of %s",
				before.file, before.ConfigHash, one.file, one.ConfigHash))
		}
	}
	return few(all)
}

// twice returns which reports planned the same checks: of two runs of one contract, nobody knows which counts.
func (j *Joiner) twice() []string {
	owner := map[Check]int{}
	type pair struct{ a, b int }
	shared, example := map[pair]int{}, map[pair]Check{}
	var order []pair
	for i, one := range j.parts {
		for _, c := range one.Planned {
			first, known := owner[c]
			if !known {
				owner[c] = i
				continue
			}
			if first == i {
				continue // pacts may repeat themselves
			}
			p := pair{first, i}
			if shared[p]++; shared[p] == 1 {
				order, example[p] = append(order, p), c
			}
		}
	}
	var all []string
	for _, p := range order {
		all = append(all, fmt.Sprintf("%s of %s %s also in %s, such as %s: merge one run of each check",
			plural(shared[p], "check"), j.parts[p.a].file, map[bool]string{true: "is", false: "are"}[shared[p] == 1], j.parts[p.b].file,
			example[p].name()))
	}
	return few(all)
}

// few returns the first of many sentences, and how many there are more.
func few(all []string) []string {
	const most = 5
	if len(all) <= most {
		return all
	}
	return append(all[:most:most], fmt.Sprintf("and %d more like this", len(all)-most))
}
