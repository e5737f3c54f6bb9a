package verdict

import "fmt"

// Verdict is the answer of one check. The zero value is Unknown, so that a forgotten assignment never passes.
type Verdict int

// The three verdicts.
const (
	Unknown Verdict = iota // it could not be looked at: unreachable, timed out, interrupted, not observable
	Pass                   // it was looked at, and it holds
	Fail                   // it was looked at, and it is broken
)

// String returns "unknown", "pass" or "fail".
func (v Verdict) String() string {
	switch v {
	case Pass:
		return "pass"
	case Fail:
		return "fail"
	default:
		return "unknown"
	}
}

// MarshalText writes the verdict as String does.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads what MarshalText writes, and refuses everything else.
func (v *Verdict) UnmarshalText(text []byte) error {
	for _, known := range []Verdict{Unknown, Pass, Fail} {
		if string(text) == known.String() {
			*v = known
			return nil
		}
	}
	return fmt.Errorf("verdict %q: must be unknown, pass or fail", text)
}

// Of returns the verdict of a run that planned so many checks and got these verdicts. It is Fail when one
// failed, and Pass only when at least one check was planned, every planned one ran, and each passed.
func Of(planned int, ran []Verdict) Verdict {
	passed := 0
	for _, v := range ran {
		switch v {
		case Fail:
			return Fail
		case Pass:
			passed++
		}
	}
	if planned > 0 && len(ran) == planned && passed == planned {
		return Pass
	}
	return Unknown
}

// Exit codes, the same for every command.
const (
	ExitPass        = 0   // all that was planned ran and passed
	ExitFail        = 1   // a contract is broken
	ExitUsage       = 2   // wrong usage or configuration
	ExitUnknown     = 3   // could not tell
	ExitInterrupted = 130 // interrupted; what ran so far is in the reports
)

// Exit returns the exit code for v.
func (v Verdict) Exit() int {
	switch v {
	case Pass:
		return ExitPass
	case Fail:
		return ExitFail
	default:
		return ExitUnknown
	}
}

// Finding is one rule broken, with what a person needs to see it for themselves.
type Finding struct {
	Rule string `json:"rule"` // the rule's name, such as "effect-count"
	// what was looked at: a request, file#/json/pointer, or a place in an answer; "" when the rule says it
	Where    string `json:"where"`
	File     string `json:"file,omitempty"`  // to mark for it; "" marks where the check is written
	Line     int    `json:"line,omitempty"`  // in File, from 1; 0 marks the whole file
	Expected string `json:"expected"`        // what the contract says; "" when it is the rule's name
	Got      string `json:"got"`             // what was seen
	Words    string `json:"words,omitempty"` // how the program that found it puts it; "" when it says no more
	// what was done wrong, in the same words whichever rule shows it, such as "carried out again"; "" when the rule says it
	Symptom string `json:"symptom,omitempty"`
	// which key of webhook.yaml decides it, and what to write if it is so on purpose; "" when none does
	Choice   string   `json:"choice,omitempty"`
	Attempts []int    `json:"attempts,omitempty"` // numbers of the attempts that show it, in the order they were sent
	Check    []string `json:"check,omitempty"`    // what to check first, if the cause may not be the receiver
	Rerun    string   `json:"rerun,omitempty"`    // the command that runs just this check again
}
