package smoke

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/smoke/cases"
)

// symptom is how a mistake in the set-up shows: on every valid delivery in the same way. The zero value is none.
type symptom int

const (
	healthy       symptom = iota
	unauthorized          // answered 401 or 403, or another 4xx that names the signature: a wrong secret or scheme
	notFound              // answered 404 or 405: a wrong path
	unanswered            // not answered, or 502 to 504: the receiver is not available
	plainHTTP             // answered by a TLS server that it does not speak HTTP without: a wrong scheme of the target
	webPage               // a web page, where the contract has a result: a wrong target
	uncounted             // accepted, but the probe's answer had no count: a wrong target or path of the probe
	probeNotFound         // accepted, but the probe was answered 404: a wrong path of the probe
)

// evidence is what the valid deliveries of a check have in common.
type evidence struct {
	symptom  symptom
	times    int // deliveries that show it
	attempt  history.Attempt
	observed history.Observation // of probeNotFound
}

// evidence returns the symptom that every valid delivery of the check shows. One that shows another, or none, makes
// the check healthy.
func (t *trial) evidence() evidence {
	var all evidence
	for i, h := range t.histories {
		for _, a := range h.Attempts {
			if a.Replaced || a.Cut || a.Step >= len(t.Case.Rounds[i].Steps) {
				continue
			}
			if step := t.Case.Rounds[i].Steps[a.Step]; !valid(step) {
				if t.trusts(step, a) {
					return evidence{}
				}
				continue
			}
			one, look := t.symptom(a, h.Observations)
			if one == healthy || (all.times > 0 && one != all.symptom) {
				return evidence{}
			}
			if all.times == 0 {
				all.symptom, all.attempt, all.observed = one, a, look
			}
			all.times++
		}
	}
	return all
}

// trusts reports whether a delivery was accepted whose signature is of another layer of its body: the receiver has the
// secret, and verifies the wrong bytes.
func (t *trial) trusts(s cases.Step, a history.Attempt) bool {
	inside := s.OtherLayer || (s.Signed != nil && t.Case.Name == insideCase)
	return inside && a.Err == "" && a.Status >= 200 && a.Status <= 299
}

// otherLayer returns what the receiver verifies instead of the received bytes, or "" if that did not show.
func (t *trial) otherLayer() string {
	for i, h := range t.histories {
		for _, a := range h.Attempts {
			if a.Step < len(t.Case.Rounds[i].Steps) && t.trusts(t.Case.Rounds[i].Steps[a.Step], a) {
				return fmt.Sprintf("signature: one over another layer of the body, such as the JSON in a form, was accepted (%s): "+
					"the bytes that come are not what the receiver verifies", insideCase)
			}
		}
	}
	return ""
}

// rewritten returns that the receiver accepts the same event in another form, or "" if that did not show.
func (t *trial) rewritten() string {
	if t.Case.Name == firstCase || t.Case.Name == insideCase {
		return ""
	}
	for _, h := range t.histories {
		for _, a := range h.Attempts {
			if a.Err == "" && t.to.contract.Policy.Delivers(a.Status) {
				return fmt.Sprintf("signature: the same event was accepted in another form, signed in that form (%s): "+
					"the receiver verifies the body as it writes it again, not the bytes that come; take the raw body before any parser", t.Case.Name)
			}
		}
	}
	return ""
}

// insideCase is the case of a delivery that is signed over another layer of its body.
const insideCase = "sig-inside"

// valid reports whether a step sends a validly signed delivery.
func valid(s cases.Step) bool {
	if s.Signature != cases.Valid || s.Signed != nil || s.OtherLayer {
		return false
	}
	switch s.Expect {
	case cases.Accepted, cases.AcceptedOnce, cases.Repeated, cases.Raced, cases.OneWins, cases.Refused, cases.Settled:
		return true
	}
	return false
}

// symptom returns what one delivery shows, and the look that shows it.
func (t *trial) symptom(a history.Attempt, looks []history.Observation) (symptom, history.Observation) {
	switch {
	case a.TimedOut && slices.ContainsFunc(looks, func(o history.Observation) bool { return o.Proves(a) }):
		return healthy, history.Observation{} // the receiver is there, and slow
	case a.Err == "" && t.to.contract.Policy.Delivers(a.Status):
		return t.lost(a, looks)
	case a.Err != "", unavailable(a):
		return unanswered, history.Observation{}
	case a.Status == http.StatusBadRequest && notTLS.Match(a.Body):
		return plainHTTP, history.Observation{}
	case disbelieved(a):
		return unauthorized, history.Observation{}
	case a.Status == http.StatusNotFound, a.Status == http.StatusMethodNotAllowed, a.Status == http.StatusNotImplemented:
		return notFound, history.Observation{}
	}
	return healthy, history.Observation{}
}

// notTLS matches the answers of TLS servers to a request without TLS: of Go's net/http, nginx and Apache.
var notTLS = regexp.MustCompile(`HTTP request to an HTTPS server|plain HTTP request was sent to HTTPS port|` +
	`speaking plain HTTP to an SSL-enabled server port`)

// aboutSignature matches the words of an answer that refuses a signature.
var aboutSignature = regexp.MustCompile(`(?i)signature|hmac|unauthori[sz]ed|unauthenticated`)

// disbelieved reports whether an answer rejects the sender's authenticity: by its status, or, as in Stripe's own examples
// (https://docs.stripe.com/webhooks), by 400 and a text that names the signature.
func disbelieved(a history.Attempt) bool {
	switch {
	case a.Err != "":
		return false
	case a.Status == http.StatusUnauthorized, a.Status == http.StatusForbidden:
		return true
	}
	return a.Status >= 400 && a.Status <= 499 && aboutSignature.Match(a.Body)
}

// lost returns what a delivery shows that was answered as delivered.
func (t *trial) lost(a history.Attempt, looks []history.Observation) (symptom, history.Observation) {
	if a.Truncated {
		return healthy, history.Observation{}
	}
	if t.to.contract.ResultSchema != nil && strings.HasPrefix(a.ContentType, "text/html") {
		return webPage, history.Observation{}
	}
	shows, last := healthy, history.Observation{}
	for _, look := range looks {
		if look.Step != a.Step {
			continue
		}
		one := healthy
		switch {
		case look.NotFound:
			one = probeNotFound
		case look.NoCount:
			one = uncounted
		}
		if one == healthy || (shows != healthy && shows != one) {
			return healthy, history.Observation{}
		}
		shows, last = one, look
	}
	return shows, last
}

// unavailable reports whether an answer is of a gateway whose receiver is not there (RFC 9110, sections 15.6.3 to
// 15.6.5), or of a receiver that calls itself unavailable.
func unavailable(a history.Attempt) bool {
	return a.Err == "" && a.Status >= http.StatusBadGateway && a.Status <= http.StatusGatewayTimeout
}
