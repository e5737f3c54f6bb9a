package judge

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Symptoms: what a receiver does with a delivery.
const (
	carriedOutAgain = "carried out again"   // of an event that it took before, as if it were new: an effect more, or other content accepted
	answeredAnew    = "answered with other" // it took it again, and these members of the result are others
	answeredError   = "answered status "    // that, though it had to take it
)

// answeredWith returns the symptom of an answer that is no acceptance.
func answeredWith(a *history.Attempt) string { return fmt.Sprintf("%s%d", answeredError, a.Status) }

// shows adds its symptom to the last finding.
func (r *round) shows(symptom string) { r.findings[len(r.findings)-1].Symptom = symptom }

// refusedNot returns the symptom of an answer to other content that had to be refused.
func (r *round) refusedNot(a *history.Attempt) string {
	if r.took(a) {
		return carriedOutAgain
	}
	return answeredWith(a)
}

// plain is the case of an exact copy that is delivered after the first was answered: no delivery of an event that was taken before is
// simpler to handle.
const plain = "dup-seq"

// Follow sets Follows of each result that the failure of the plain duplicate explains. What a receiver does with that, it does with
// every delivery of an event that it took before: with copies at once, with copies in other bytes, and, if it carries it out again,
// with other content under the known id. So a case that shows no other symptom has no cause of its own that could be seen: it would
// look the same without one.
func Follow(results []report.Result) {
	shown := map[string][]verdict.Finding{} // by subject, what the plain duplicate shows
	for _, r := range results {
		if r.Case == plain && r.Verdict == verdict.Fail {
			shown[r.Subject] = r.Findings
		}
	}
	for i := range results {
		r := &results[i]
		other := func(f verdict.Finding) bool {
			return !slices.ContainsFunc(shown[r.Subject], func(p verdict.Finding) bool { return explains(p, f) })
		}
		if r.Case != plain && r.Verdict == verdict.Fail && len(r.Findings) > 0 && !slices.ContainsFunc(r.Findings, other) {
			r.Follows = plain
		}
	}
}

// explains reports whether what one finding shows is also what the other shows: one symptom, and if that is an error, one error.
func explains(simple, other verdict.Finding) bool {
	if other.Symptom == "" || simple.Symptom != other.Symptom {
		return false
	}
	return !strings.HasPrefix(other.Symptom, answeredError) || report.SameAnswer(simple.Got, other.Got)
}

// anew returns the symptom of an answer that is not the first result again, with the members in which it differs.
func anew(first, again *history.Attempt) string {
	var left, right any
	if json.Unmarshal(first.Body, &left) != nil || json.Unmarshal(again.Body, &right) != nil {
		return answeredAnew
	}
	return strings.TrimSpace(answeredAnew + " " + strings.Join(differences("", left, right), " "))
}

// differences returns the JSON Pointers of the members in which two documents differ. Arrays are compared whole.
func differences(at string, a, b any) []string {
	left, isObject := a.(map[string]any)
	right, too := b.(map[string]any)
	if !isObject || !too {
		if fmt.Sprint(a) == fmt.Sprint(b) {
			return nil
		}
		return []string{at}
	}
	var all []string
	names := slices.Collect(maps.Keys(left))
	names = append(names, slices.Collect(maps.Keys(right))...)
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		all = append(all, differences(at+"/"+name, left[name], right[name])...)
	}
	return all
}
