package prove

import (
	"fmt"
	"net/http"

	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// Break is one way in which a receiver is broken.
type Break struct {
	Name  string   // in kebab-case, unique
	Does  string   // what the receiver does then, for people
	Cases []string // the cases that look for it, the first best
	Rules []string // one of which must be broken
	Hint  string   // what to write where no case sees it

	Effects bool // only who looks at effects can see it

	// Unfit returns why the break cannot be made where a contract is as it is, or would be right there; "" if it can.
	Unfit func(*webhook.Contract) string

	answer func(*exchange) (*answer, error) // answers a delivery of the event; nil: it is forwarded
	counts int                              // of which delivery of the event on one effect too many is counted; 0: none is
}

// None is the name of no break.
const None = "no break"

// Breaks are all breaks, the worst first.
var Breaks = []Break{
	{
		Name: "lost-effect", Does: "answers that it took the event, and does nothing", Cases: []string{"first", "dup-seq"},
		Rules: []string{"effect-count"}, Effects: true,
		Hint:  "add effects to webhook.yaml: without them nobody sees that an event was answered and never carried out",
		Unfit: always, answer: (*exchange).forged,
	},
	{
		Name: "doubled-effect", Does: "carries the event out twice", Cases: []string{"first", "dup-seq"}, Rules: []string{"effect-count"},
		Hint:  "let effects.http.count name what grows with each effect",
		Unfit: countedOverHTTP, counts: 1,
	},
	{
		Name: "duplicate-carried-out", Does: "carries a duplicate out", Cases: []string{"dup-seq", "dup-seq-x5"}, Rules: []string{"effect-count"},
		Hint:  "let effects.http.count name what grows with each effect",
		Unfit: countedOverHTTP, counts: 2,
	},
	{
		Name: "mismatch-carried-out", Does: "carries other content under a known id out", Cases: []string{"mismatch-field"},
		Rules: []string{"effect-count"},
		Hint:  "let effects.http.count name what grows with each effect",
		Unfit: countedOverHTTP, counts: 2,
	},
	{
		Name: "delivery-refused", Does: "refuses a valid delivery", Cases: []string{"first", "dup-seq"}, Rules: []string{"accepted"},
		Hint:  "policy.delivered must not count a refusal as delivered",
		Unfit: always, answer: (*exchange).refused,
	},
	{
		Name: "duplicate-refused", Does: "refuses a duplicate", Cases: []string{"dup-seq", "dup-seq-x5"},
		Rules: []string{"same-result", "accepted"},
		Hint:  "policy.delivered must not count a refusal as delivered",
		Unfit: always, answer: afterFirst((*exchange).refused),
	},
	{
		Name: "duplicate-other-result", Does: "answers a duplicate with another result", Cases: []string{"dup-seq", "dup-seq-x5"},
		Rules: []string{"same-result", "effect-count"},
		Hint:  "write policy.duplicate: same-result, and leave out of policy.result_ignore what must not differ",
		Unfit: func(c *webhook.Contract) string {
			if c.Policy.Duplicate == webhook.Success {
				return "policy.duplicate is success: any result is right"
			}
			return ""
		},
		answer: afterFirst((*exchange).altered),
	},
	{
		Name: "mismatch-accepted", Does: "accepts other content under a known id", Cases: []string{"mismatch-field"},
		Rules: []string{"mismatch-answer"},
		Hint:  "write policy.mismatch: reject-409 or reject-422, whichever your receiver answers",
		Unfit: func(c *webhook.Contract) string {
			switch c.Policy.Mismatch {
			case webhook.AckAndQuarantine, webhook.AnyMismatch:
				return fmt.Sprintf("policy.mismatch is %s: to accept it is right, as long as nothing is carried out", c.Policy.Mismatch)
			}
			return ""
		},
		answer: afterFirst((*exchange).repeated),
	},
	{
		Name: "wrong-signature-accepted", Does: "accepts what a stranger signed", Cases: []string{"sig-wrong-key", "sig-missing"},
		Rules: []string{"rejected"},
		Hint:  "enforce the case, or correct signature",
		Unfit: func(c *webhook.Contract) string {
			if why := c.Scheme.Unsigned; why != "" {
				return "deliveries are not signed: " + why
			}
			return ""
		},
		answer: (*exchange).forged,
	},
}

func always(*webhook.Contract) string { return "" }

// countedOverHTTP returns why the proxy cannot double an effect.
func countedOverHTTP(c *webhook.Contract) string {
	switch e := c.Effects; {
	case e.HTTP == nil:
		return "a proxy can add to what the receiver says over HTTP alone, and effects are counted in another way"
	case e.PerSubject():
		return "a proxy would have to change the subject itself (effects.http.subject)"
	}
	return ""
}

func refusal() *answer {
	return &answer{
		status: http.StatusBadRequest, header: http.Header{"Content-Type": {"application/problem+json"}},
		body: []byte(`{"title":"Bad Request","status":400,"detail":"refused on purpose, to prove that the gate sees it"}`),
	}
}

// oneMore adds an effect to the answer to a probe.
func oneMore(c *webhook.Contract, a *answer) error {
	changed, err := added(a.body, c.Effects.HTTP.Count)
	if err != nil {
		return fmt.Errorf("effects.http.count: %w", err)
	}
	a.body = changed
	return nil
}
