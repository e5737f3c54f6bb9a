package broker

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
)

// call is one question to a broker.
type call struct {
	op        string // for errors
	method    string
	url       *url.URL
	body      any    // sent as JSON; nil: none
	format    string // the body's media type; "": application/json
	repeats   bool   // idempotent, so it may be sent again whatever became of it
	anonymous bool   // without the configured credentials, as it goes elsewhere
}

// answer is a 2xx answer.
type answer struct {
	url  *url.URL // where it came from, after redirects
	body []byte
	sent bool          // the request, or a part of it, was sent
	wait time.Duration // how long a refusal asks to wait (Retry-After, RFC 9110 section 10.2.3); zero: it does not say
}

// pause is the time before an attempt after the first: 250 ms, 1 s, 4 s, and then maxWait.
func pause(attempt int) time.Duration { return min(250*time.Millisecond<<min(2*attempt, 6), maxWait) }

// accept prefers the broker's own format, and its structured errors.
const accept = "application/hal+json, application/problem+json;q=0.9, application/json;q=0.8, */*;q=0.1"

// maxWait bounds what a Retry-After is followed for: a build should fail rather than sleep.
const maxWait = 10 * time.Second

// do sends a request and returns the 2xx answer. After a broken connection, a 429 or a 5xx it sends an idempotent one
// again, with back-off. Any other request is sent again only if its connection was refused, as the broker never saw it.
func (c *Client) do(ctx context.Context, k call) (answer, error) {
	if !k.anonymous && !c.trusts(k.url) {
		return answer{}, c.elsewhere(k.op, k.url, k.url)
	}
	for attempt := 0; ; attempt++ {
		a, again, err := c.attempt(ctx, k)
		if err == nil {
			return a, nil
		}
		if !again || attempt == c.retries || !k.repeats && !errors.Is(err, syscall.ECONNREFUSED) {
			var e *Error
			if attempt > 0 && errors.As(err, &e) {
				e.Reason += fmt.Sprintf(" (%d attempts)", attempt+1)
			}
			return answer{}, doubtful(err, k, a)
		}
		select {
		case <-ctx.Done():
			return answer{}, c.transport(ctx, k, ctx.Err())
		case <-time.After(max(pause(attempt), a.wait)):
		}
	}
}

// doubtful adds to an error that a request may have had its effect, and is not sent again. A 3xx or 4xx had none.
func doubtful(err error, k call, a answer) error {
	var e *Error
	var interrupted *cancelled
	switch {
	case k.repeats || !a.sent:
	case errors.As(err, &interrupted):
		interrupted.text += inDoubt
	case errors.As(err, &e) && e.Status/100 != 3 && e.Status/100 != 4:
		e.Sent, e.Reason = true, e.Reason+inDoubt
	}
	return err
}

const inDoubt = "; the request was sent, and whether it took effect is not known"

// attempt sends the request once. again reports whether another attempt may succeed.
func (c *Client) attempt(ctx context.Context, k call) (a answer, again bool, err error) {
	request, err := c.request(ctx, k)
	if err != nil {
		return a, false, err
	}
	bounded, cancel := context.WithTimeout(ctx, c.timeout+time.Duration(request.ContentLength>>20)*time.Second)
	defer cancel()
	var sent atomic.Bool
	bounded = httptrace.WithClientTrace(bounded, &httptrace.ClientTrace{WroteHeaders: func() { sent.Store(true) }})
	defer func() { a.sent = sent.Load() }()
	request = request.WithContext(bounded)
	client := *c.http
	client.CheckRedirect = c.redirects(k)
	response, err := client.Do(request)
	if err != nil {
		return a, mayPass(err), c.transport(ctx, k, err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, c.limit+1))
	if err != nil {
		return a, mayPass(err), c.transport(ctx, k, err)
	}
	a = answer{url: response.Request.URL, body: body}
	if int64(len(body)) > c.limit {
		return a, false, &Error{Op: k.op, URL: c.redact(a.url), Kind: ErrUnexpected, Status: response.StatusCode,
			Reason: fmt.Sprintf("the answer is longer than %d bytes", c.limit), Advice: "check the URL"}
	}
	contentType, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if response.StatusCode/100 == 2 {
		if isHTML(contentType, body) {
			return a, false, &Error{Op: k.op, URL: c.redact(a.url), Kind: ErrUnexpected, Status: response.StatusCode,
				Reason: "the answer is " + c.clean(message(contentType, body)) + " instead of JSON",
				Advice: "check the URL; if it is a sign-in page, use a token (" + VariableToken + ")"}
		}
		return a, false, nil
	}
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil && seconds > 0 {
		a.wait = min(time.Duration(seconds)*time.Second, maxWait)
	}
	return a, transient(response.StatusCode), c.refusal(k, response, message(contentType, body))
}

func (c *Client) request(ctx context.Context, k call) (*http.Request, error) {
	var body io.Reader
	if k.body != nil {
		text, err := json.Marshal(k.body)
		if err != nil {
			return nil, usage(k.op, "write the request: %s", err)
		}
		body = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, k.method, k.url.String(), body)
	if err != nil {
		return nil, usage(k.op, "the request cannot be made for %s", c.redact(k.url))
	}
	if !k.repeats { // net/http must not send it again by itself, as it would with an Idempotency-Key header
		request.GetBody = nil
	}
	if !k.anonymous {
		maps.Copy(request.Header, c.header)
	}
	request.Header.Set("Accept", accept)
	request.Header.Set("User-Agent", "fridaygate")
	if k.body != nil {
		request.Header.Set("Content-Type", cmp.Or(k.format, "application/json"))
	}
	switch {
	case k.anonymous: // user:password@ in the URL itself is sent by net/http
	case c.token != "":
		request.URL.User = nil
		request.Header.Set("Authorization", "Bearer "+c.token)
	case c.username != "":
		request.URL.User = nil
		request.SetBasicAuth(c.username, c.password)
	}
	return request, nil
}

// transient reports whether a status may be gone the next time.
func transient(status int) bool { return status == http.StatusTooManyRequests || status >= 500 }
