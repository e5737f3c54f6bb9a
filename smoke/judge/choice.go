package judge

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// choose adds to the last finding what to write in webhook.yaml if the receiver answers so on purpose; "" adds nothing.
func (r *round) choose(choice string) {
	r.findings[len(r.findings)-1].Choice = choice
}

// choice returns the sentence that names the key which decided an answer, and what to write for the other choice.
func choice(key, does, value string) string {
	return fmt.Sprintf("%s decides this: if your receiver %s on purpose, write %s: %s", key, does, key, value)
}

// acknowledgeChoice is the choice for an answer that came too late.
const acknowledgeChoice = "policy.acknowledge decides this: write how long your sender waits for an answer"

// mismatchChoice returns the choice for an answer to other content. There is none for a server error.
func (r *round) mismatchChoice(a *history.Attempt, step cases.Step) string {
	const key = "policy.mismatch"
	switch {
	case r.took(a) && step.Choice != "":
		return step.Choice
	case r.took(a):
		return choice(key, "acknowledges other content under a known id", string(webhook.AckAndQuarantine))
	case a.Status == http.StatusConflict:
		return choice(key, "answers 409", string(webhook.Reject409))
	case a.Status == http.StatusUnprocessableEntity:
		return choice(key, "answers 422", string(webhook.Reject422))
	case clientError(a):
		return choice(key, fmt.Sprintf("answers %d", a.Status), string(webhook.AnyMismatch))
	}
	return ""
}

// inFlightChoice returns the choice for an answer to a copy that came while another one was worked on.
func inFlightChoice(a *history.Attempt) string {
	statuses := []int{http.StatusConflict, http.StatusLocked, http.StatusTooEarly, http.StatusTooManyRequests, http.StatusServiceUnavailable}
	if !slices.Contains(statuses, a.Status) {
		return ""
	}
	return fmt.Sprintf("policy.in_flight decides this: if your receiver answers %d while the first delivery runs, add it there", a.Status)
}

// acknowledges reports whether other content under a known id may be answered with 2xx.
func acknowledges(m webhook.Mismatch) bool {
	return m == webhook.AckAndQuarantine || m == webhook.AnyMismatch
}

// clientError reports whether an answer is 4xx.
func clientError(a *history.Attempt) bool { return a.Err == "" && a.Status >= 400 && a.Status <= 499 }
