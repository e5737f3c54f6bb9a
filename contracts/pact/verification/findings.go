package verification

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// findings is what the verifier found, by the interaction's number.
type findings struct {
	done   map[int]bool // true: the verifier reports success
	errors map[int]nativeError
	logs   string
	stray  []string // errors about no interaction in particular
}

func collect(result *NativeResult) *findings {
	f := &findings{done: map[int]bool{}, errors: map[int]nativeError{}, logs: result.Logs}
	for _, r := range result.Results {
		if n, ok := number(r.Description); ok {
			f.done[n] = r.Result == "OK"
		}
	}
	for _, e := range result.Errors {
		last := e.Interaction[strings.LastIndexByte(e.Interaction, ' ')+1:]
		if n, ok := number(last); ok {
			f.errors[n] = e
		} else {
			f.stray = append(f.stray, e.Interaction+": "+e.Mismatch.Message)
		}
	}
	return f
}

// result decides. What this package saw itself comes first: the verifier takes a provider that is down, or a state
// that could not be set up, for a wrong answer. Pass needs the verifier's word and a provider that was asked.
func (p *planned) result(n int, found *findings) Result {
	r := Result{Interaction: p.setup.Interaction, Duration: p.took}
	if p.err != nil {
		r.Verdict, r.Reason = verdict.Fail, p.err.Error()
		var unclear inconclusiveError
		if unreachable(p.err) || errors.Is(p.err, errUnreachable) || errors.As(p.err, &unclear) {
			r.Verdict = verdict.Unknown
		}
		return r
	}
	if found == nil {
		r.Reason = "the verification did not run"
		return r
	}
	ok, done := found.done[n]
	native, wrong := found.errors[n]
	switch {
	case wrong && len(native.Mismatch.Mismatches) > 0:
		r.Verdict = verdict.Fail
		for _, m := range native.Mismatch.Mismatches {
			r.Mismatches = append(r.Mismatches, m.mismatch())
		}
		if !slices.ContainsFunc(r.Mismatches, isComparison) {
			r.Verdict, r.Reason = verdict.Unknown, "the verifier could not compare what came with the pact: it cannot read a pattern of the "+
				"pact, or not the answer"
		}
	case wrong:
		r.Reason = strings.TrimSpace("the verifier: " + native.Mismatch.Message + "\n" + found.logs)
	case !done || !ok || !p.asked:
		r.Reason = strings.TrimSpace("the verifier did not get to this interaction\n" + strings.Join(found.stray, "\n") + "\n" + found.logs)
	default:
		r.Verdict = verdict.Pass
	}
	return r
}

// unreadable are the verifier's words where it compares nothing: it cannot read the pact's pattern, or JSON that is
// nested more than 127 deep. They are not about the provider.
var unreadable = []string{"is not a valid regular expression", `"Parsing datetime pattern '`, "recursion limit exceeded"}

// isComparison reports whether a mismatch is a difference between what was expected and what came.
func isComparison(m Mismatch) bool {
	return !slices.ContainsFunc(unreadable, func(words string) bool { return strings.Contains(m.Text, words) })
}

// lookAgain adds what the library could not see in the answer that it compared.
func (p *planned) lookAgain(r *Result, acceptDuplicates bool) {
	if r.Verdict == verdict.Unknown || p.err != nil {
		return
	}
	found := p.of.look(p.answer, p.file.major, acceptDuplicates)
	if m := p.wire.message; m != nil {
		if metadata, err := json.Marshal(m.Metadata); err == nil {
			found = append(found, p.of.lookMetadata(metadata)...)
		}
	}
	found = slices.DeleteFunc(found, func(m Mismatch) bool { // a number that the library found to differ too
		return slices.ContainsFunc(r.Mismatches, func(have Mismatch) bool {
			return have.Part == m.Part && have.Path == m.Path && have.Expected == m.Expected && have.Actual == m.Actual
		})
	})
	if len(found) > 0 {
		r.Verdict, r.Mismatches = verdict.Fail, append(r.Mismatches, found...)
	}
}
