package smoke

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/history"
)

// explain names the key or variable that is wrong, and what to do.
func (t *trial) explain(e evidence) string {
	to := " to " + t.to.wire.URL.String()
	answer := fmt.Sprintf("answered %d %s", e.attempt.Status, http.StatusText(e.attempt.Status))
	switch e.symptom {
	case unauthorized:
		if why := t.to.contract.Scheme.Unsigned; why != "" {
			return fmt.Sprintf("signature.scheme: %s %s, and they are not signed (%s): correct signature in %s",
				deliveries(e.times, ""), answer, why, t.to.contract.Path)
		}
		variable := t.to.contract.Signature.SecretEnv
		if e.attempt.Status != http.StatusUnauthorized && e.attempt.Status != http.StatusForbidden {
			answer += " with a text about the signature"
		}
		what := fmt.Sprintf("%s: %s %s: export the secret that the receiver checks with, or correct signature in %s (scheme %s, its template, "+
			"and timestamp_unit where the sender counts milliseconds); if they are right, the receiver verifies other bytes than those that come",
			variable, deliveries(e.times, ""), answer, t.to.contract.Path, t.to.contract.Scheme.Name)
		if off := clockOffset(e.attempt); off.Abs() >= notableOffset {
			what += "; " + clock(off)
		}
		return what
	case notFound:
		if base := strings.TrimSuffix(t.runner.target.Path, "/"); base != "" &&
			(strings.HasPrefix(t.to.contract.Endpoint.Path, base) || strings.HasSuffix(base, t.to.contract.Endpoint.Path)) {
			return fmt.Sprintf("--target: %s %s: the target's path %s is repeated in endpoint.path (%s): leave it out of --target",
				deliveries(e.times, to), answer, base, t.to.contract.Endpoint.Path)
		}
		return fmt.Sprintf("endpoint.path: %s %s: correct endpoint.path or endpoint.method in %s, or --target",
			deliveries(e.times, to), answer, t.to.contract.Path)
	case plainHTTP:
		return fmt.Sprintf("--target: %s %s, as the port speaks TLS: write https:// in --target", deliveries(e.times, to), answer)
	case webPage:
		return fmt.Sprintf("--target: %s %s with a web page (%s) where the contract has a result: is the target the receiver?",
			deliveries(e.times, to), answer, e.attempt.ContentType)
	case uncounted:
		return fmt.Sprintf("effects.http: %s, right after a delivery was accepted (%d of %d times): %s: "+
			"is --target the receiver, and are effects.http.path and count in %s right?",
			e.observed.Where, e.times, e.times, e.observed.Err, t.to.contract.Path)
	case probeNotFound:
		return fmt.Sprintf("effects.http.path: %s was answered 404 right after a delivery was accepted (%d of %d times): "+
			"correct the path in %s (or, if it is right, the receiver takes no event in within effects.within, %s)",
			e.observed.Where, e.times, e.times, t.to.contract.Path, t.to.contract.Effects.Within)
	}
	why := e.attempt.Err
	if why == "" {
		why = answer
	}
	return fmt.Sprintf("%s %s: none of the valid deliveries was answered by the receiver (%d sent): %s: "+
		"is it running, and is --target its address?", t.to.contract.Endpoint.Method, t.to.wire.URL, e.times, why)
}

func deliveries(n int, to string) string {
	if n == 1 {
		return "the valid delivery" + to + " was"
	}
	return fmt.Sprintf("all %d valid deliveries%s were", n, to)
}

// checklist returns what to check first when the golden delivery itself fails.
func (t *trial) checklist() []string {
	a := t.histories[0].Attempts[0]
	secret := fmt.Sprintf("secret: %s, for signature.scheme %s", t.to.contract.Signature.SecretEnv, t.to.contract.Scheme.Name)
	if why := t.to.contract.Scheme.Unsigned; why != "" {
		secret = "secret: none, the deliveries are not signed: " + why
	}
	list := []string{
		secret,
		fmt.Sprintf("path: %s %s", t.to.contract.Endpoint.Method, t.to.wire.URL),
	}
	if t.proof != "" {
		list = slices.Insert(list, 0, t.proof)
	}
	if a.Request != nil {
		list = append(list, "headers sent: "+strings.Join(a.Request.Names(), ", "))
	}
	if a.Status == http.StatusConflict || a.Status == http.StatusUnprocessableEntity {
		list = append(list, "ids in the body that an earlier run used up: name them under fresh")
	}
	if !a.Date.IsZero() {
		list = append(list, clock(clockOffset(a)))
	}
	return list
}

// notableOffset is how far two clocks may differ without a word. Date headers hold whole seconds.
const notableOffset = 30 * time.Second

// clockOffset is how far the receiver's clock is ahead of ours, as the Date header of its answer has it (RFC 9110,
// section 6.6.1); 0 when it has none.
func clockOffset(a history.Attempt) time.Duration {
	if a.Date.IsZero() {
		return 0
	}
	return a.Date.Sub(a.Ended).Truncate(time.Second)
}

func clock(off time.Duration) string {
	switch {
	case off >= notableOffset:
		return fmt.Sprintf("clock: the receiver's is %s ahead of this machine's", off)
	case off <= -notableOffset:
		return fmt.Sprintf("clock: the receiver's is %s behind this machine's", -off)
	}
	return "clock: the receiver's agrees with this machine's"
}
