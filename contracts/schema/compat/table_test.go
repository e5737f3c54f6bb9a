package compat_test

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// tally counts verdicts, one for each direction of a pair.
type tally struct{ all, right, wrongCompatible, wrongBroken, undecided int }

func (c *tally) add(verdict, label string) {
	c.all++
	switch verdict {
	case "undecided":
		c.undecided++
	case label:
		c.right++
	case "compatible":
		c.wrongCompatible++
	default:
		c.wrongBroken++
	}
}

// table counts verdicts by part of the corpus and by tool.
type table struct {
	of        map[string]map[string]*tally
	parts     []string
	labels    map[string]int // where the labels of histories come from
	durations []time.Duration
	slowest   string
	wrong     []string
}

func newTable() *table { return &table{of: map[string]map[string]*tally{}, labels: map[string]int{}} }

var tools = []string{"fridaygate", "jsoncompat", "json-schema-diff-validator", "json-schema-diff"}

func (t *table) add(q question, peers asked, withPeers bool) {
	said := map[string][2]string{"fridaygate": q.ours}
	if withPeers {
		said["jsoncompat"], said["json-schema-diff-validator"], said["json-schema-diff"] = peers.JSONCompat, peers.Validator, peers.Diff
	}
	if !slices.Contains(t.parts, q.Part) {
		t.parts = append(t.parts, q.Part)
	}
	for i, label := range []string{q.Backward, q.Forward} {
		for tool, verdicts := range said {
			for _, part := range []string{q.Part, "all"} {
				if t.of[part] == nil {
					t.of[part] = map[string]*tally{}
				}
				if t.of[part][tool] == nil {
					t.of[part][tool] = &tally{}
				}
				t.of[part][tool].add(verdicts[i], label)
			}
		}
		if q.because[i] != "" {
			t.labels[q.because[i]]++
		}
		if q.ours[i] != label {
			t.wrong = append(t.wrong, fmt.Sprintf("%s: %s, and labelled %s", q.Name, q.ours[i], label))
		}
	}
	if len(t.durations) == 0 || q.took > slices.Max(t.durations) {
		t.slowest = q.Name
	}
	t.durations = append(t.durations, q.took)
}

func (t *table) String() string {
	var b strings.Builder
	fmt.Fprintln(&b, "| part | verdicts | tool | right | wrong: compatible | wrong: broken | undecided |")
	fmt.Fprintln(&b, "|---|---:|---|---:|---:|---:|---:|")
	for _, part := range append(slices.Clone(t.parts), "all") {
		for _, tool := range tools {
			if c := t.of[part][tool]; c != nil {
				fmt.Fprintf(&b, "| %s | %d | %s | %d | %d | %d | %d |\n", part, c.all, tool, c.right, c.wrongCompatible, c.wrongBroken, c.undecided)
			}
		}
	}
	slices.Sort(t.durations)
	n := len(t.durations)
	fmt.Fprintf(&b, "\n%d pairs; a direction of one took %s at the median, %s for 95 %%, %s at most (%s)\n", n,
		t.durations[n/2].Round(time.Microsecond), t.durations[n*95/100].Round(time.Microsecond),
		t.durations[n-1].Round(time.Millisecond), t.slowest)
	fmt.Fprintln(&b, "labels compatible of histories:", t.labels)
	for _, line := range t.wrong {
		fmt.Fprintln(&b, line)
	}
	return b.String()
}
