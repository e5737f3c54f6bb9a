package outbound

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync"
	"time"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/pace"
	"github.com/fridaygate/fridaygate/smoke/wire"
)

// answerLimit is how long the body of an answer may be, in bytes.
const answerLimit = 1 << 20

// answer is what came back.
type answer struct {
	status    int
	header    http.Header
	body      []byte
	truncated bool
	connect   time.Duration // one round trip of the network, as connecting took it; 0: not known
	took      time.Duration // from the last byte of the request to the last one of the answer
}

// own returns how long the provider took, without a round trip of the network.
func (a answer) own() time.Duration { return max(0, a.took-a.connect) }

const (
	latencyTries  = 3 // a read-only question that is answered too late is asked so often: the best time counts
	throttleTries = 5 // answers of 429 in a row
)

// Ask asks the question and judges the answer. What keeps the answer away, such as the network or a credential, is Unknown.
func (c *Contract) Ask(ctx context.Context, o Options) report.Result {
	r := report.Result{Check: c.Check(), Holds: c.Holds(), Source: c.Source}
	started := o.Now()
	best, err := c.patient(ctx, o)
	for range latencyTries - 1 {
		if err != nil || c.Writes || c.Latency == 0 || best.own() <= c.Latency {
			break
		}
		again, failed := c.patient(ctx, o)
		if failed != nil {
			break // the first answer stands
		}
		if again.own() < best.own() {
			best = again
		}
	}
	r.Took = o.Now().Sub(started)
	if err != nil {
		r.Sent = c.sent()
		r.Inconclusive = []string{fmt.Sprintf("%s %s: %s", c.Request.Method, c.Target, err)}
		return r
	}
	c.judge(&r, best)
	if r.Verdict != verdict.Pass {
		r.Sent, r.Received = c.sent(), received(best)
	}
	return r
}

// patient asks, and asks again where the answer says when to.
func (c *Contract) patient(ctx context.Context, o Options) (answer, error) {
	for range throttleTries {
		a, err := c.once(ctx, o)
		if err != nil || c.accepts(a.status) {
			return a, err
		}
		wait, asked := pace.RetryAfter(a.status, a.header, o.Now())
		if !asked {
			return a, nil
		}
		if err := o.Wait(ctx, wait); err != nil {
			return answer{}, fmt.Errorf("answered %d: %w", a.status, err)
		}
	}
	return answer{}, fmt.Errorf("answered 429 or 503 with Retry-After %d times in a row", throttleTries)
}

// once sends the request once. The error says in words for people why there is no answer.
func (c *Contract) once(ctx context.Context, o Options) (a answer, err error) {
	if err := o.Spend(ctx, 1); err != nil {
		return a, err
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	watched := &watch{now: o.Now, written: o.Now()}
	request, err := c.request(watched.trace(ctx))
	if err != nil {
		return a, err
	}
	response, err := o.Client.Do(request)
	if err != nil {
		return a, errors.New(wire.Reason(err, o.Timeout))
	}
	defer func() { _ = response.Body.Close() }()
	a.status, a.header = response.StatusCode, response.Header
	a.body, err = io.ReadAll(io.LimitReader(response.Body, answerLimit+1))
	if a.truncated = len(a.body) > answerLimit; a.truncated {
		a.body = a.body[:answerLimit]
	}
	if err != nil {
		return a, errors.New(wire.Reason(err, o.Timeout))
	}
	watched.Lock()
	defer watched.Unlock()
	a.took, a.connect = o.Now().Sub(watched.written), watched.connect
	return a, nil
}

// watch collects the transport's events about a request, from its goroutines.
type watch struct {
	sync.Mutex
	now                 func() time.Time
	connecting, written time.Time
	connect             time.Duration
}

func (w *watch) trace(ctx context.Context) context.Context {
	locked := func(do func()) {
		w.Lock()
		defer w.Unlock()
		do()
	}
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		ConnectStart: func(string, string) { locked(func() { w.connecting = w.now() }) },
		ConnectDone:  func(string, string, error) { locked(func() { w.connect = w.now().Sub(w.connecting) }) },
		WroteRequest: func(httptrace.WroteRequestInfo) { locked(func() { w.written = w.now() }) },
	})
}

func (c *Contract) request(ctx context.Context) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, c.Request.Method, wire.Below(c.Target, c.Request.Target), bytes.NewReader(c.Request.Body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", wire.UserAgent)
	for name, values := range c.Request.Header {
		request.Header[name] = values
	}
	if host := request.Header.Get("Host"); host != "" {
		request.Host = host
	}
	return request, nil
}
