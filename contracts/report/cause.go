package report

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Cause is checks that did not pass for one cause, as far as a report shows it.
type Cause struct {
	Results []Result // at least one; the first shows it most simply
	At      []int    // of each its index in the report
}

// Causes returns the checks that are not plainly passed, those of one cause together: first what failed, then what came to no
// verdict, then what changes none, each in the order of the report.
//
// Two checks have one cause if they are about one receiver, provider or schema, came to the same, and break the same rules in the
// same way: at the same place, with what was expected and what came of one shape. The shape leaves out ids, times and counts, not
// the status of an answer, nor what an error says. So two causes are never taken for one for want of a difference that the report
// has. A check that Follows another has the cause of that one.
func Causes(r Report) []Cause {
	keys := make([]string, len(r.Results))
	keyOf := map[Check]string{}
	for i, result := range r.Results {
		keys[i] = result.causeKey()
		keyOf[result.Check] = keys[i]
	}
	at := map[string]int{}
	var all []Cause
	for _, leads := range []bool{true, false} { // what follows comes after what it follows
		for i, result := range r.Results {
			if leads != (result.Follows == "") || result.Status() == verdict.Pass.String() && result.Format == nil {
				continue
			}
			key := cmp.Or(keyOf[Check{Kind: result.Kind, Subject: result.Subject, Case: result.Follows}], keys[i])
			if n, known := at[key]; known {
				all[n].Results, all[n].At = append(all[n].Results, result), append(all[n].At, i)
				continue
			}
			at[key] = len(all)
			all = append(all, Cause{[]Result{result}, []int{i}})
		}
	}
	slices.SortStableFunc(all, func(a, b Cause) int { return cmp.Compare(a.First().rank(), b.First().rank()) })
	return all
}

// First returns the check that shows the cause most simply.
func (c Cause) First() Result { return c.Results[0] }

// Subjects returns the subjects of the checks, each once.
func (c Cause) Subjects() []string {
	var all []string
	for _, r := range c.Results {
		if !slices.Contains(all, r.Subject) {
			all = append(all, r.Subject)
		}
	}
	return all
}

// rank orders results by how much they need a person.
func (r Result) rank() int {
	order := []string{verdict.Fail.String(), verdict.Unknown.String(), "advice", "pending", "known failure", verdict.Pass.String()}
	return slices.Index(order, r.Status())
}

// under returns what the check is about, where one cause can show in several subjects: golden webhooks of one folder are sent to one
// receiver.
func (c Check) under() string {
	if c.Kind == Webhook {
		return path.Dir(c.Subject)
	}
	return c.Subject
}

// causeKey returns a text that two results have in common if they have one cause.
func (r Result) causeKey() string {
	var parts []string
	for _, f := range r.found() {
		parts = append(parts, r.findingKey(f))
	}
	if r.Verdict == verdict.Unknown {
		why := r.Because
		if len(why) == 0 {
			why = r.Inconclusive
		}
		for _, text := range why {
			parts = append(parts, shape(text))
		}
	}
	slices.Sort(parts)
	parts = slices.Compact(parts)
	if len(parts) == 0 || r.Format != nil {
		parts = append(parts, r.Subject, r.Case) // nothing shows what else it would be the same as
	}
	head := []string{string(r.Kind), r.under(), r.Status(), r.Known, r.WhyAdvice}
	return strings.Join(append(head, parts...), "\x01")
}

// findingKey returns the shape of one broken rule.
func (r Result) findingKey(f verdict.Finding) string {
	parts := []string{f.Rule, f.Symptom, shape(f.Where), deviation(f.Expected, f.Got), shape(f.Words), f.File}
	if f.Line > 0 {
		parts = append(parts, r.Subject, r.Case)
	}
	if request, _, _ := strings.Cut(r.Sent, "\n"); r.Kind != Webhook { // webhooks of a receiver go to one place
		parts = append(parts, shape(cmp.Or(request, r.Case)))
	}
	return strings.Join(parts, "\x00")
}
