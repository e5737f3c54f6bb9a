package report

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/printable"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// alert is one thing that a person should look at, in a file where there is one. The formats that mark places in code are made
// of alerts.
type alert struct {
	level level
	rule  string // the kind and the rule that was broken: "webhook/effect-count"
	title string // the check
	text  string // one or more lines
	file  string // with slashes; "" when it is about no file
	line  int    // from 1; 0 when it is about the whole file
}

// level is how much an alert matters.
type level int

const (
	note    level = iota // it changes no verdict
	warning              // it could not be told
	wrong                // a contract is broken
)

// alerts returns what a person should look at, in the order of the report.
func alerts(r Report) []alert {
	var all []alert
	for _, result := range r.Results {
		all = append(all, result.alerts()...)
	}
	return shownAlerts(append(all, r.aside()...))
}

// alertsOfCauses returns what a person should look at, each cause once.
func alertsOfCauses(r Report) []alert {
	var all []alert
	for _, c := range Causes(r) {
		some := c.First().alerts()
		if others := c.others(casesShown); others != "" && len(some) > 0 {
			some[len(some)-1].text += "\n" + others
		}
		all = append(all, some...)
	}
	return shownAlerts(append(all, r.aside()...))
}

// aside returns what is to be looked at beside the results.
func (r Report) aside() []alert {
	var all []alert
	for _, n := range r.NotRun() {
		all = append(all, alert{level: warning, rule: string(n.Kind) + "/not-run", title: n.name() + " did not run", text: n.Why})
	}
	for _, p := range r.Problems {
		all = append(all, alert{
			level: warning, rule: cmp.Or(string(p.Kind), "run") + "/problem", title: cmp.Or(p.Subject, "the run"), text: p.Text,
		})
	}
	return all
}

// shownAlerts returns alerts whose texts can be shown.
func shownAlerts(all []alert) []alert {
	for i := range all {
		all[i].title, all[i].text = printable.Text(all[i].title), printable.Text(all[i].text)
	}
	return all
}

func (r Result) alerts() []alert {
	file, line := r.place()
	var all []alert
	add := func(l level, rule, text string) *alert {
		all = append(all, alert{l, string(r.Kind) + "/" + rule, fmt.Sprintf("%s: %s", r.Status(), r.name()), text, file, line})
		return &all[len(all)-1]
	}
	for _, f := range r.Findings {
		add(wrong, f.Rule, r.findingText(f)).mark(f)
	}
	if r.Verdict == verdict.Fail && len(r.Findings) == 0 {
		add(wrong, "failed", "it failed")
	}
	for _, what := range r.Inconclusive {
		add(warning, "inconclusive", "could not tell: "+what)
	}
	if r.Verdict == verdict.Unknown && len(r.Inconclusive) == 0 {
		add(warning, "inconclusive", "could not tell")
	}
	for _, f := range r.Advice {
		add(note, f.Rule, "advice, not counted as a failure: "+r.WhyAdvice+"\n"+r.findingText(f)).mark(f)
	}
	for _, f := range r.Excused {
		add(note, f.Rule, "it may fail: "+r.Known+"\n"+r.findingText(f)).mark(f)
	}
	return all
}

// mark moves the alert to the place that a finding names.
func (a *alert) mark(f verdict.Finding) {
	if f.File != "" {
		a.file, a.line = filepath.ToSlash(f.File), f.Line
	}
}

// name returns the check as people name it.
func (c Check) name() string { return strings.TrimPrefix(c.Subject+"/"+c.Case, "/") }

// findingText returns what is wrong, where, what was expected and what came.
func (c Check) findingText(f verdict.Finding) string {
	var b strings.Builder
	c.finding(&b, f)
	return strings.TrimSuffix(b.String(), "\n")
}

// place returns the file and line that Source names; line is 0 when it names none.
func (r Result) place() (file string, line int) {
	file = filepath.ToSlash(r.Source)
	if at := strings.LastIndex(file, ":"); at > 0 {
		if n, err := strconv.Atoi(file[at+1:]); err == nil && n > 0 {
			return file[:at], n
		}
	}
	return file, 0
}
