package wire

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/smoke/probe"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// UserAgent is sent where neither the sender's profile nor the golden delivery names another.
const UserAgent = "fridaygate"

// request builds one delivery, and returns the body that it is to have on the wire, which a scheme may have changed.
// GetBody is nil, so that net/http cannot send it twice.
//
// Of two headers of one name the later wins: those of endpoint.headers without placeholders, the golden delivery's, those
// that tell who and when (id, type, signature, time, placeholders), and the step's own.
func (t *transmission) request(ctx context.Context, number int) (*http.Request, []byte, error) {
	if t.Step.Challenge != nil {
		return t.challenge(ctx, number)
	}
	contract := t.To.Contract
	request := (&http.Request{
		Method: contract.Endpoint.Method, Header: make(http.Header, 16), Body: http.NoBody,
	}).WithContext(ctx)
	values := t.values(number)
	request.URL = t.address(values)
	for name, value := range contract.Endpoint.Headers {
		request.Header.Set(name, t.fill(value, values, asItIs))
	}
	if encoding := contract.Body.Encoding; encoding != "" {
		request.Header.Set("Content-Encoding", string(encoding))
	}
	maps.Copy(request.Header, t.Round.Header)
	t.identify(request.Header, values)
	body, err := t.sign(request, values["{event_id}"])
	if err != nil {
		return nil, nil, fmt.Errorf("sign with %s: %w", contract.Signature.SecretEnv, err)
	}
	// These go over the one in which a scheme sends the id, unless the step changed that one.
	if name := contract.DeliveryID.Header; name != "" {
		request.Header.Set(name, values["{delivery_id}"])
	}
	if name := contract.EventID.Header; name != "" && t.Step.Variant != "id" {
		request.Header.Set(name, values["{event_id}"])
	}
	t.mark(request.Header, number)
	maps.Copy(request.Header, t.Step.Header)
	keepFromResending(request.Header)
	return request, body, nil
}

// lowered returns the headers with their names in lower case. net/http writes names as they stand, but adds a User-Agent
// of its own when it does not find one.
func lowered(h http.Header) http.Header {
	all := make(http.Header, len(h))
	for name, values := range h {
		if name != "User-Agent" {
			name = strings.ToLower(name)
		}
		all[name] = values
	}
	return all
}

// values returns what the placeholders of webhook.yaml stand for in one attempt.
func (t *transmission) values(number int) map[string]string {
	deliveryID := t.Round.DeliveryID
	if t.To.Contract.DeliveryID.Per == webhook.PerAttempt {
		deliveryID = t.Round.AttemptID(strconv.Itoa(number))
	}
	return map[string]string{
		"{event_id}":    cmp.Or(t.Step.ID, t.Round.EventID),
		"{event_type}":  cmp.Or(t.Step.Type, t.Round.EventType),
		"{timestamp}":   strconv.FormatInt(t.Signed.Add(-t.Step.Age).Unix(), 10),
		"{delivery_id}": deliveryID,
		"{attempt}":     strconv.Itoa(t.Step.Retry + 1),
	}
}

func asItIs(text string) string { return text }

// fill replaces the placeholders of a text. One that names a place in the body at which there is no text or number
// stands for nothing.
func (t *transmission) fill(text string, values map[string]string, escape func(string) string) string {
	return webhook.Fill(text, func(part string) string {
		value, ok := values[part]
		if !ok {
			value = probe.TextAt(t.body(), strings.Trim(part, "{}"))
		}
		return escape(value)
	})
}

// address returns where a delivery goes, with the query that webhook.yaml adds.
func (t *transmission) address(values map[string]string) *url.URL {
	address := *t.To.URL
	_, query := t.To.Contract.Endpoint.PathAndQuery()
	address.RawQuery = t.fill(query, values, url.QueryEscape)
	return &address
}

// identify sets the headers that tell of the event, beside its id.
func (t *transmission) identify(h http.Header, values map[string]string) {
	contract := t.To.Contract
	for name, value := range map[string]string{contract.EventType.Header: values["{event_type}"], contract.Tenant.Header: t.Round.Tenant} {
		if name != "" && value != "" {
			h.Set(name, value)
		}
	}
	if name := cmp.Or(contract.Endpoint.RetryHeader, contract.Scheme.RetryHeader); name != "" && t.Step.Retry > 0 {
		h.Set(name, strconv.Itoa(t.Step.Retry))
	}
}

// mark sets the headers by which an attempt is found in the receiver's logs and traces, unless the sender sets them:
// the trace context is the event's, its parent the attempt's.
func (t *transmission) mark(h http.Header, number int) {
	trace := sha256.Sum256([]byte(t.Round.EventID))
	parent := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", t.Round.EventID, number))
	for name, value := range map[string]string{
		"User-Agent":   UserAgent,
		"Traceparent":  "00-" + hex.EncodeToString(trace[:16]) + "-" + hex.EncodeToString(parent[:8]) + "-01",
		"X-Request-Id": "fg-" + hex.EncodeToString(parent[:12]),
	} {
		if h.Get(name) == "" {
			h.Set(name, value)
		}
	}
}

// keepFromResending spells the headers by which net/http takes a request for one that it may send twice in a way that
// it does not know. Names of headers have no case.
func keepFromResending(h http.Header) {
	for _, name := range []string{"Idempotency-Key", "X-Idempotency-Key"} {
		if values, ok := h[name]; ok {
			delete(h, name)
			h[strings.ToLower(name)] = values
		}
	}
}

// sent is what a request puts on the wire.
func sent(r *http.Request, body []byte) *history.Request {
	return &history.Request{Method: r.Method, URL: r.URL.String(), Header: r.Header.Clone(), Body: body, Size: len(body)}
}
