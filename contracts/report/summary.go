package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// summary writes what the run came to.
func (t *Text) summary(r Report) {
	if !t.Quiet {
		t.unplanned(r)
	}
	t.knownFailures(r)
	t.notRun(r)
	t.remarks(r)
	if r.Unselected > 0 {
		t.printf("\n%d of %d checks are not selected (-run)\n", r.Unselected, r.Unselected+len(r.Planned))
	}
	t.printf("\n")
	t.paint(strings.ToUpper(r.Verdict().String()))
	t.printf("%s: %d planned, %d ran%s: %s; %s%s\n", r.part(), len(r.Planned), len(r.Results), t.kinds(r),
		strings.Join(tally(r), ", ")+inapplicable(r)+leftOut(r),
		r.Ended.Sub(r.Started).Round(10*time.Millisecond), against(r))
	if r.Chain != nil && r.Chain.Deliveries > 1 && len(r.Results) > 0 {
		t.printf("longest chain: %d deliveries that follow each other, until %s has ended\n", r.Chain.Deliveries, r.Chain.Case)
	}
	for _, p := range r.Problems {
		if p.Subject == "" {
			t.printf("%s\n", p.Text)
		}
	}
	if r.Interrupted {
		t.printf("interrupted: %d of %d checks did not run\n", len(r.NotRun()), len(r.Planned))
	}
}

func against(r Report) string {
	text := ""
	if r.Revision != "" {
		text = " at revision " + r.Revision
	}
	if r.Target != "" {
		text += " against " + r.Target
		if run := cmp.Or(r.RunTag, r.RunID); run != "" {
			text += " (run " + run + ")"
		}
	}
	if r.ConfigHash != "" {
		text += fmt.Sprintf(", settings %.12s", r.ConfigHash)
	}
	return text
}

// kinds counts the results by their kind.
func (t *Text) kinds(r Report) string {
	if !t.Kinds || len(r.Results) == 0 {
		return ""
	}
	var all []string
	for _, kind := range Kinds {
		n := 0
		for _, result := range r.Results {
			if result.Kind == kind {
				n++
			}
		}
		if n > 0 {
			all = append(all, fmt.Sprintf("%d %s", n, kind))
		}
	}
	return " (" + strings.Join(all, ", ") + ")"
}

// remarks shows the problems and notes about a subject, below its name.
func (t *Text) remarks(r Report) {
	for _, p := range r.Problems {
		if p.Subject != "" {
			t.remark(p, "UNKNOWN ")
		}
	}
	for _, n := range r.Notes {
		if !t.Quiet {
			t.remark(n, "        note: ")
		}
	}
}

func (t *Text) remark(r Remark, mark string) {
	t.under(Check{Kind: r.Kind, Subject: r.Subject})
	t.printf("  %s%s\n", mark, strings.ReplaceAll(r.Text, "\n", "\n          "))
}

// tally counts by what became of the checks. Kinds that are the exception are named only where there are some.
func tally(r Report) []string {
	ran := r.Ran()
	all := []string{fmt.Sprintf("%d passed", ran.Passed)}
	if n := ran.Pending; n > 0 {
		all = append(all, fmt.Sprintf("%d pending", n))
	}
	if n := ran.Known; n > 0 {
		all = append(all, plural(n, "known failure"))
	}
	if n := ran.Advice; n > 0 {
		all = append(all, fmt.Sprintf("%d advice", n))
	}
	all = append(all, fmt.Sprintf("%d failed", ran.Failed), fmt.Sprintf("%d could not tell", ran.Unknown))
	if n := len(r.NotRun()); n > 0 {
		all = append(all, fmt.Sprintf("%d not run", n))
	}
	return all
}

// critical is the severity whose cases are named when they do not apply.
const critical = "critical"

// inapplicable counts the cases that do not apply, and names those among them whose failure would be critical,
// unless they cannot concern a contract of this kind.
func inapplicable(r Report) string {
	if len(r.NotApplicable) == 0 {
		return ""
	}
	var names []string
	for _, n := range r.NotApplicable {
		if n.Severity == critical && !n.Unrelated && !slices.Contains(names, n.Case) {
			names = append(names, n.Case)
		}
	}
	text := fmt.Sprintf("; %d not applicable", len(r.NotApplicable))
	if len(names) > 0 {
		text += " (critical: " + strings.Join(names, ", ") + ")"
	}
	return text
}

func leftOut(r Report) string {
	if len(r.Excluded) == 0 {
		return ""
	}
	return fmt.Sprintf("; %d left out", len(r.Excluded))
}

// unplanned lists what was not planned.
func (t *Text) unplanned(r Report) {
	t.notApplicable(r)
	t.excluded(r)
}

// excluded lists the cases that --except left out.
func (t *Text) excluded(r Report) {
	if len(r.Excluded) == 0 {
		return
	}
	var names []string
	for _, e := range r.Excluded {
		if !slices.Contains(names, e.Case) {
			names = append(names, e.Case)
		}
	}
	t.printf("\nleft out by --except %s: %s: %s\n", strings.Join(r.Except, ", "), plural(len(r.Excluded), "check"), strings.Join(names, ", "))
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// knownFailures lists the checks that failed as they are known to.
func (t *Text) knownFailures(r Report) {
	if r.Ran().Known > 0 {
		t.printf("\nknown failures, not counted as passed\n")
	}
	for _, result := range r.Results {
		if result.Status() == "known failure" {
			t.printf("  known   %s/%s: %s\n", result.Subject, result.Case, result.Known)
		}
	}
}

// notRun lists what did not run, one line for each reason.
func (t *Text) notRun(r Report) {
	if r.Interrupted || len(r.NotRun()) == 0 || len(r.Results) == 0 {
		return // one line below covers all
	}
	t.printf("\nnot run, so the run cannot pass\n")
	n, fixtures, order := map[string]int{}, map[string][]string{}, []string(nil)
	for _, one := range r.NotRun() {
		if n[one.Why]++; n[one.Why] == 1 {
			order = append(order, one.Why)
		}
		if !slices.Contains(fixtures[one.Why], one.Subject) {
			fixtures[one.Why] = append(fixtures[one.Why], one.Subject)
		}
	}
	for _, why := range order {
		of, because := fixtures[why][0], why
		if many := len(fixtures[why]); many > 1 {
			of = plural(many, "fixture")
		}
		if slices.Contains(t.said, why) || why == r.Problem() {
			because = "for the reason given"
		}
		t.printf("  %s of %s: %s\n", plural(n[why], "case"), of, because)
	}
}

// reasonsListed is how many reasons why cases do not apply are listed: more with --verbose.
const reasonsListed = 5

// notApplicable lists what was not planned, each reason once, those first whose case is critical.
func (t *Text) notApplicable(r Report) {
	if ran := r.Ran(); len(r.NotApplicable) == 0 || (ran == Tally{Unknown: ran.Unknown}) {
		return // where nothing came to a verdict, what stops the run is all that matters
	}
	lines := r.inapplicableLines()
	t.group(plural(len(r.NotApplicable), "check") + " not applicable")
	t.printf("\nnot applicable, and not counted\n")
	for i, line := range lines {
		if i == reasonsListed && len(lines) > reasonsListed+1 && !t.Verbose {
			t.printf("  … and %d cases more: --verbose lists them\n", len(lines)-i)
			break
		}
		t.printf("  ")
		t.paint("n/a    ")
		t.printf(" %s\n", line)
	}
	t.endGroup(true)
}

// inapplicableLines returns which cases do not apply, and why.
func (r Report) inapplicableLines() []string {
	subjects := map[string]bool{}
	for _, p := range r.Planned {
		if p.Kind != Integration {
			subjects[p.Subject] = true
		}
	}
	times, matters := map[string]int{}, map[string]bool{}
	var order []string
	for _, n := range r.NotApplicable {
		subjects[n.Subject] = true
		line := fmt.Sprintf("%-*s %s", nameWidth, n.Case, n.Why)
		if times[line]++; times[line] == 1 {
			order = append(order, line)
		}
		matters[line] = matters[line] || n.Severity == critical && !n.Unrelated
	}
	slices.SortStableFunc(order, func(a, b string) int {
		switch {
		case matters[a] == matters[b]:
			return 0
		case matters[a]:
			return -1
		}
		return 1
	})
	for i, line := range order {
		if times[line] < len(subjects) {
			order[i] = fmt.Sprintf("%s (%d of %d fixtures)", line, times[line], len(subjects))
		}
	}
	return order
}
