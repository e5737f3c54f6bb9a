package judge

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// agreed judges the answer to a challenge that the receiver must agree to.
func (r *round) agreed(a *history.Attempt, step cases.Step) {
	token := r.contract.Challenge.TokenEnv
	switch want := disagreement(step.Challenge.Answer, a); {
	case want != "" && token != "" && (a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden):
		r.couldNotTell("%s: %s, as for a wrong token: does %s hold the receiver's own token?", step.Name, answer(a), token)
	case want != "":
		r.find("agreed", a, want, answer(a), a.Number)
	}
	if step.Challenge.Confirm != "" && !a.Confirmed {
		r.find("confirmed", a, "a visit to the address in the request, which confirms it", "none came", a.Number)
	}
}

// declined judges the answer to a stranger's challenge: one that its sender would take for an agreement is wrong.
func (r *round) declined(a *history.Attempt, step cases.Step) {
	agrees := step.Challenge.Confirm == "" && disagreement(step.Challenge.Answer, a) == ""
	if a.Status >= 500 || agrees {
		r.find("declined", a, "4xx, or no agreement", answer(a), a.Number)
	}
	if a.Confirmed {
		r.find("declined", a, "no visit to the address in the request", "it was visited", a.Number)
	}
}

// disagreement returns what an answer to a challenge lacks, or "" if the sender accepts it.
func disagreement(want webhook.Answer, a *history.Attempt) string {
	switch media, _, _ := mime.ParseMediaType(a.ContentType); {
	case want.Status != 0 && a.Status != want.Status:
		return fmt.Sprintf("%d %s", want.Status, http.StatusText(want.Status))
	case a.Status < 200 || a.Status > 299:
		return "2xx"
	case want.Body != "" && strings.TrimSpace(string(a.Body)) != strings.TrimSpace(want.Body):
		return fmt.Sprintf("the body %s", want.Body)
	case want.Contains != "" && !strings.Contains(string(a.Body), want.Contains):
		return fmt.Sprintf("a body with %s in it", want.Contains)
	case want.ContentType != "" && media != want.ContentType:
		return fmt.Sprintf("the content type %s, not %q", want.ContentType, a.ContentType)
	case len(want.JSON) > 0 && !holds(a.Body, want.JSON):
		text, _ := json.Marshal(want.JSON) // it was YAML
		return fmt.Sprintf("JSON with the members %s", text)
	}
	for name, values := range want.Headers {
		if got := a.Header.Get(name); !slices.Contains(values, got) {
			return fmt.Sprintf("the header %s: %s, not %q", name, strings.Join(values, " or "), got)
		}
	}
	return ""
}

// holds reports whether a body is a JSON object with the wanted members, and perhaps others.
func holds(body []byte, want map[string]any) bool {
	text, err := json.Marshal(want)
	if err != nil {
		return false
	}
	got, okGot := value(body)
	wanted, okWanted := value(text)
	object, isObject := got.(map[string]any)
	if !okGot || !okWanted || !isObject {
		return false
	}
	for name, one := range wanted.(map[string]any) {
		if other, there := object[name]; !there || !reflect.DeepEqual(one, other) {
			return false
		}
	}
	return true
}
