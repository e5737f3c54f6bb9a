package smoke

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/fridaygate/fridaygate/smoke/probe"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// userAgent is sent where neither the sender's profile nor the golden delivery names another.
const userAgent = "fridaygate"

// request builds one delivery, and returns the body that it is to have on the wire, which a scheme may have changed.
// GetBody is nil, so that net/http cannot send it twice.
//
// Of two headers of one name the later wins: those of endpoint.headers without placeholders, the golden delivery's, those
// that tell who and when (id, type, signature, time, placeholders), and the step's own.
func (d *delivery) request(ctx context.Context, number int) (*http.Request, []byte, error) {
	if d.step.Challenge != nil {
		return d.challenge(ctx, number)
	}
	contract := d.check.contract
	request := (&http.Request{
		Method: contract.Endpoint.Method, Header: make(http.Header, 16), Body: http.NoBody,
	}).WithContext(ctx)
	values := d.values(number)
	request.URL = d.address(values)
	for name, value := range contract.Endpoint.Headers {
		request.Header.Set(name, d.fill(value, values, asItIs))
	}
	if encoding := contract.Body.Encoding; encoding != "" {
		request.Header.Set("Content-Encoding", string(encoding))
	}
	maps.Copy(request.Header, d.round.Header)
	d.identify(request.Header, values)
	body, err := d.sign(request, values["{event_id}"])
	if err != nil {
		return nil, nil, fmt.Errorf("sign with %s: %w", contract.Signature.SecretEnv, err)
	}
	// These go over the one in which a scheme sends the id, unless the step changed that one.
	if name := contract.DeliveryID.Header; name != "" {
		request.Header.Set(name, values["{delivery_id}"])
	}
	if name := contract.EventID.Header; name != "" && d.step.Variant != "id" {
		request.Header.Set(name, values["{event_id}"])
	}
	d.mark(request.Header, number)
	maps.Copy(request.Header, d.step.Header)
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
func (d *delivery) values(number int) map[string]string {
	deliveryID := d.round.DeliveryID
	if d.check.contract.DeliveryID.Per == webhook.PerAttempt {
		deliveryID = d.round.AttemptID(strconv.Itoa(number))
	}
	return map[string]string{
		"{event_id}":    cmp.Or(d.step.ID, d.round.EventID),
		"{event_type}":  cmp.Or(d.step.Type, d.round.EventType),
		"{timestamp}":   strconv.FormatInt(d.base.Add(-d.step.Age).Unix(), 10),
		"{delivery_id}": deliveryID,
		"{attempt}":     strconv.Itoa(d.step.Retry + 1),
	}
}

func asItIs(text string) string { return text }

// fill replaces the placeholders of a text. One that names a place in the body at which there is no text or number
// stands for nothing.
func (d *delivery) fill(text string, values map[string]string, escape func(string) string) string {
	return webhook.Fill(text, func(part string) string {
		value, ok := values[part]
		if !ok {
			value = valueAt(d.body(), strings.Trim(part, "{}"))
		}
		return escape(value)
	})
}

// valueAt returns the text or number at a JSON Pointer into a body; "" when there is none.
func valueAt(body []byte, pointer string) string {
	value, err := probe.At(body, pointer)
	if err != nil {
		return ""
	}
	switch value := value.(type) {
	case string:
		return value
	case json.Number:
		return value.String()
	}
	return ""
}

// address returns where a delivery goes, with the query that webhook.yaml gives it.
func (d *delivery) address(values map[string]string) *url.URL {
	address := *d.check.address
	_, query := d.check.contract.Endpoint.PathAndQuery()
	address.RawQuery = d.fill(query, values, url.QueryEscape)
	return &address
}

// identify sets the headers that tell of the event, beside its id.
func (d *delivery) identify(h http.Header, values map[string]string) {
	contract := d.check.contract
	for name, value := range map[string]string{contract.EventType.Header: values["{event_type}"], contract.Tenant.Header: d.round.Tenant} {
		if name != "" && value != "" {
			h.Set(name, value)
		}
	}
	if name := cmp.Or(contract.Endpoint.RetryHeader, contract.Scheme.RetryHeader); name != "" && d.step.Retry > 0 {
		h.Set(name, strconv.Itoa(d.step.Retry))
	}
}

// mark sets the headers by which an attempt is found in the receiver's logs and traces, unless the sender sets them:
// the trace context is the event's, its parent the attempt's.
func (d *delivery) mark(h http.Header, number int) {
	trace := sha256.Sum256([]byte(d.round.EventID))
	parent := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", d.round.EventID, number))
	for name, value := range map[string]string{
		"User-Agent":   userAgent,
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
