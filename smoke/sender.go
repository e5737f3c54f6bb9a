package smoke

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/history"
	"github.com/fridaygate/fridaygate/smoke/sign"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// answerLimit is how much of an answer is read, in bytes.
const answerLimit = 1 << 20

// NewClient gives the HTTP client that deliveries need: each on a connection of its own, so that none dies
// under a delivery and none is resent in silence; redirects are not followed. proxy chooses a proxy for a
// request, as in http.Transport; nil uses none.
func NewClient(proxy func(*http.Request) (*url.URL, error)) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy:                  proxy,
			DisableKeepAlives:      true,
			DisableCompression:     true,
			MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// sender delivers the steps of one check and numbers its attempts.
type sender struct {
	client   *http.Client
	target   *url.URL
	contract *webhook.Contract
	secret   string
	timeout  time.Duration
	now      func() time.Time
	attempts int
}

// step sends one step and gives its attempts, one a copy, once all have ended.
func (s *sender) step(ctx context.Context, eventID string, index int, step cases.Step) []history.Attempt {
	all := make([]history.Attempt, step.Copies)
	release := newBarrier(step.Copies)
	var copies errgroup.Group
	for i := range all {
		s.attempts++
		number := s.attempts
		copies.Go(func() error {
			all[i] = s.deliver(ctx, eventID, number, step, release)
			all[i].Step = index
			return nil
		})
	}
	_ = copies.Wait() // no copy returns an error: what went wrong is in its attempt
	return all
}

func (s *sender) deliver(ctx context.Context, eventID string, number int, step cases.Step, release *barrier) history.Attempt {
	digest := sha256.Sum256(step.Body)
	a := history.Attempt{Number: number, Name: step.Name, Digest: hex.EncodeToString(digest[:]), Started: s.now()}
	body := &heldBody{text: step.Body, barrier: release}
	defer body.arrive() // a copy that never got so far must not hold up the others
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	body.giveUp = ctx.Done()

	var mu sync.Mutex // the transport calls the trace from goroutines of its own
	var sent, first time.Time
	mark := func(at *time.Time) {
		mu.Lock()
		defer mu.Unlock()
		*at = s.now()
	}
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteRequest:         func(httptrace.WroteRequestInfo) { mark(&sent) },
		GotFirstResponseByte: func() { mark(&first) },
	})
	request, err := s.request(traced, eventID, number, step, body)
	if err != nil {
		a.Err, a.Ended = err.Error(), s.now()
		return a
	}
	a.RequestID, a.TraceParent = request.Header.Get("X-Request-ID"), request.Header.Get("traceparent")
	answer, err := s.client.Do(request)
	if err == nil {
		err = read(answer, &a)
		_ = answer.Body.Close() // nothing can be done about an answer that was read
	}
	if err != nil {
		a.Err, a.Unreachable = reason(err, s.timeout), unreachable(err)
	}
	mu.Lock()
	a.Sent, a.FirstByte = sent, first
	mu.Unlock()
	a.Ended = s.now()
	return a
}

// request builds one delivery. GetBody stays nil, so that net/http cannot send it twice.
func (s *sender) request(ctx context.Context, eventID string, number int, step cases.Step, body io.Reader) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, s.contract.Endpoint.Method, s.target.JoinPath(s.contract.Endpoint.Path).String(), body)
	if err != nil {
		return nil, err
	}
	request.ContentLength = int64(len(step.Body))
	secret := s.secret
	if step.Key == cases.WrongKey {
		secret = s.contract.Scheme.OtherSecret(secret)
	}
	signed, err := s.contract.Scheme.Sign(secret, sign.Message{ID: eventID, Time: s.now(), Body: step.Body})
	if err != nil {
		return nil, fmt.Errorf("sign with %s: %w", s.contract.Signature.SecretEnv, err)
	}
	for name, values := range signed {
		request.Header[name] = values
	}
	if step.Key == cases.NoKey {
		request.Header.Del(s.contract.Scheme.Header)
	}
	if name := s.contract.EventID.Header; name != "" {
		request.Header.Set(name, eventID)
	}
	trace := sha256.Sum256([]byte(eventID))
	parent := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", eventID, number))
	request.Header.Set("Content-Type", s.contract.Endpoint.ContentType)
	request.Header.Set("User-Agent", userAgent)
	request.Header.Set("traceparent", fmt.Sprintf("00-%x-%x-01", trace[:16], parent[:8]))
	request.Header.Set("X-Request-ID", fmt.Sprintf("fg-%x", parent[:12]))
	return request, nil
}

const userAgent = "fridaygate"

// read takes the answer into a.
func read(answer *http.Response, a *history.Attempt) error {
	a.Status = answer.StatusCode
	a.ContentType = answer.Header.Get("Content-Type")
	a.Location = answer.Header.Get("Location")
	body, err := io.ReadAll(io.LimitReader(answer.Body, answerLimit+1))
	if len(body) > answerLimit {
		body, a.Truncated = body[:answerLimit], true
	}
	a.Body = body
	return err
}

// reason says in few words why there was no answer. The request is named where the reason is shown.
func reason(err error, timeout time.Duration) string {
	var request *url.Error
	if errors.As(err, &request) {
		err = request.Err
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("no whole answer within %s", timeout)
	case errors.Is(err, context.Canceled):
		return "interrupted"
	case errors.Is(err, io.EOF), errors.Is(err, net.ErrClosed), errors.Is(err, syscall.EPIPE):
		return "the connection was closed without an answer"
	case errors.Is(err, syscall.ECONNRESET):
		return "the connection was reset"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was closed in the middle of the answer"
	}
	return err.Error()
}

// unreachable tells an address where nothing can answer from a target that answered badly.
func unreachable(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &dns) || errors.As(err, &certificate) || (errors.As(err, &op) && op.Op == "dial")
}
