package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// view is what the page shows, in the order in which it does.
type view struct {
	Title    string
	Status   status
	Heading  string // the verdict
	Summary  string // one sentence under the verdict
	Counts   []count
	Facts    []fact
	Problems []report.Remark
	Formats  []formats // of payloads in logs
	Matrices []matrix
	Cards    []card // of what did not pass, worst first
	Reasons  []reason
	Absent   []reason // what does not apply
	Excluded []string
	Except   string
	Notes    []report.Remark
}

// status is what became of a check, as the page marks it: by a word, a sign and a colour.
type status struct {
	Class string // of its colour in style.css
	Mark  string // one character
	Word  string
}

var (
	passed  = status{"pass", "✓", "passed"}
	failed  = status{"fail", "✗", "failed"}
	unknown = status{"unknown", "?", "could not tell"}
	pending = status{"known", "◌", "pending"}
	known   = status{"known", "◌", "known failure"}
	advice  = status{"advice", "!", "advice"}
	absent  = status{"absent", "–", "does not apply"}
	notRun  = status{"unknown", "·", "not run"}
)

// rank orders what needs a person by how much it does.
var rank = []status{failed, unknown, notRun, advice, pending, known, passed}

func statusOf(r report.Result) status {
	switch {
	case r.Verdict == verdict.Fail:
		return failed
	case r.Verdict != verdict.Pass:
		return unknown
	case r.Pending:
		return pending
	case r.Known != "":
		return known
	case len(r.Advice) > 0:
		return advice
	}
	return passed
}

// count is one number of the summary.
type count struct {
	Status status
	Number int
}

type fact struct{ Name, Value string }

func newView(r report.Report) view {
	v := view{Status: overall(r), Facts: facts(r), Problems: r.Problems, Notes: r.Notes, Except: strings.Join(r.Except, ", ")}
	v.Heading = map[status]string{passed: "Passed", failed: "Failed", unknown: "Could not tell"}[v.Status]
	v.Title = v.Heading + ": " + cmp.Or(r.Command, "fridaygate")
	v.Summary = summary(r)
	v.Counts = counts(r)
	ids := map[report.Check]string{}
	v.Cards = cards(r, ids)
	v.Formats = newFormats(r, ids)
	v.Matrices = matrices(r)
	for _, n := range r.NotRun() {
		v.Reasons = grouped(v.Reasons, n.Why, name(n.Check))
	}
	for _, n := range r.NotApplicable {
		v.Absent = grouped(v.Absent, n.Why, n.Case)
	}
	for _, e := range r.Excluded {
		v.Excluded = append(v.Excluded, name(e))
	}
	return v
}

// cards returns a card for each cause, worst first, with those of the other checks that have it. It adds the ids of all of them.
func cards(r report.Report, ids map[report.Check]string) []card {
	names := newAnchors()
	idOf := make([]string, len(r.Results))
	for i, result := range r.Results {
		idOf[i] = names.of(result.Check)
	}
	var all []card
	made := 0
	for _, c := range report.Causes(r) {
		var some []card
		for n, result := range c.Results {
			if statusOf(result) == passed {
				continue // a format of payloads, which has no card
			}
			one := newCard(idOf[c.At[n]], result)
			ids[result.Check] = one.ID
			if made++; made > wholeCards {
				one.Exchanges = nil
			}
			if n > 0 {
				one.repeat()
			}
			some = append(some, one)
		}
		if len(some) > 0 {
			some[0].Same, some[0].Open = some[1:], len(all) < openCards
			all = append(all, some[0])
		}
	}
	return all
}

// overall returns the verdict of the run.
func overall(r report.Report) status {
	switch r.Verdict() {
	case verdict.Pass:
		return passed
	case verdict.Fail:
		return failed
	}
	return unknown
}

// summary returns what the verdict means, in one sentence.
func summary(r report.Report) string {
	ran, planned := len(r.Results), len(r.Planned)
	switch tally := r.Ran(); {
	case r.Interrupted:
		return fmt.Sprintf("The run was interrupted: %d of %s ran.", ran, number(planned, "planned check"))
	case r.Verdict() == verdict.Fail && r.Results[0].Kind == report.Triage:
		return fmt.Sprintf("Look at these, in their order: %d of %s showed something.", tally.Failed, number(ran, "step"))
	case r.Verdict() == verdict.Fail:
		return fmt.Sprintf("A contract is broken: %d of %s failed.", tally.Failed, number(ran, "check"))
	case r.Verdict() == verdict.Pass:
		if r.Shard != nil && r.Shard.Of > 1 {
			return fmt.Sprintf("All that was planned for %s ran, and nothing is broken: %s. The other shards have reports of their own.",
				r.Shard, number(ran, "check"))
		}
		return fmt.Sprintf("All that was planned ran, and nothing is broken: %s.", number(ran, "check"))
	case planned == 0:
		return "Nothing was planned, so nothing is known about the contract."
	case len(r.NotRun()) > 0:
		return fmt.Sprintf("Nothing is known to be broken, and not everything was looked at: %d of %s did not run.",
			len(r.NotRun()), number(planned, "planned check"))
	case tally.Unknown > 0:
		return fmt.Sprintf("Nothing is known to be broken, and %d of %s came to no verdict.", tally.Unknown, number(ran, "check"))
	}
	return "Nothing is known to be broken, and the run had problems, so it is no pass."
}

func number(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// counts returns how many checks came to what. What is an exception is counted only where there is some.
func counts(r report.Report) []count {
	ran := r.Ran()
	all := []count{{passed, ran.Passed}, {failed, ran.Failed}, {unknown, ran.Unknown}}
	for _, one := range []count{{notRun, len(r.NotRun())}, {pending, ran.Pending}, {known, ran.Known}, {advice, ran.Advice}} {
		if one.Number > 0 {
			all = append(all, one)
		}
	}
	return all
}

func facts(r report.Report) []fact {
	all := []fact{
		{"command", r.Command}, {"target", r.Target}, {"revision", r.Revision}, {"run id", r.RunID}, {"event ids contain", r.RunTag},
	}
	if !r.Started.IsZero() {
		took := r.Ended.Sub(r.Started)
		all = append(all, fact{"started", r.Started.UTC().Format("2006-01-02 15:04:05 UTC")}, fact{"took", took.Round(rounding(took)).String()})
	}
	if r.Shard != nil {
		all = append(all, fact{"part of the run", fmt.Sprintf("%s, with %d of %d %ss", r.Shard, r.Shard.Has, r.Shard.Units, r.Shard.Kind)})
	}
	if r.Unselected > 0 {
		all = append(all, fact{"not selected", fmt.Sprintf("%d of %d checks (-run)", r.Unselected, r.Unselected+len(r.Planned))})
	}
	return slices.DeleteFunc(all, func(f fact) bool { return f.Value == "" })
}

// rounding returns how exactly people want to read a duration: three digits of it.
func rounding(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d.Abs()/unit >= 1000 {
		unit *= 10
	}
	return unit
}

// reason is why checks are missing, and which.
type reason struct {
	Why    string
	Checks []string
}

func grouped(all []reason, why, check string) []reason {
	at := slices.IndexFunc(all, func(one reason) bool { return one.Why == why })
	if at < 0 {
		return append(all, reason{why, []string{check}})
	}
	if !slices.Contains(all[at].Checks, check) {
		all[at].Checks = append(all[at].Checks, check)
	}
	return all
}

func name(c report.Check) string { return strings.TrimPrefix(c.Subject+"/"+c.Case, "/") }
