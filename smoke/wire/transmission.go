package wire

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync"
	"time"

	"github.com/fridaygate/fridaygate/contracts/history"
	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/pace"
)

// answerLimit is how much of an answer is read, in bytes.
const answerLimit = 1 << 20

// transmission is one copy of a delivery on its way.
type transmission struct {
	Delivery
	client *Client
	rival  bool // it sends Step.Rival
	way    *way
	once   sync.Once
}

// wrote reports to a flight that this copy no longer holds it up.
func (t *transmission) wrote() {
	t.once.Do(func() {
		if t.way.written != nil {
			t.way.written <- struct{}{}
		}
	})
}

// send delivers the copy. A connection that was used before and is closed under the delivery is the client's
// trouble, not the receiver's, unless that is gone: like any sender, the gate then sends again, as another attempt.
func (t *transmission) send(ctx context.Context) []history.Attempt {
	defer t.wrote()
	a, stale := t.attempt(ctx, t.way.transport)
	all := []history.Attempt{a}
	// it waits for no other copy
	again := &transmission{Delivery: t.Delivery, client: t.client, rival: t.rival, way: &way{transport: t.client.fresh}}
	for stale && len(all) <= staleLimit && t.client.options.Spend(ctx, 1) == nil {
		all[len(all)-1].Replaced = true
		a, stale = again.attempt(ctx, again.way.transport)
		a.Resend = true
		if a.Unreachable { // nothing listens any more: what became of the connection before is the receiver's
			a.Replaced, all[len(all)-1].Replaced = true, false
		}
		all = append(all, a)
	}
	for n := 0; again.waits(ctx, all[len(all)-1]); n++ {
		if n == throttleLimit {
			t.client.throttled.Store(true) // waiting does not help: the others of the run need not
			break
		}
		all[len(all)-1].Replaced = true
		a, _ = again.attempt(ctx, again.way.transport)
		a.Resend = true
		all = append(all, a)
	}
	return all
}

// throttleLimit is how often a delivery is made again because of a limit of requests.
const throttleLimit = 5

// waits reports whether a delivery is to be made again after the time that its answer asked for. Only a delivery that must be
// accepted is: elsewhere 429 may be the answer that the case is about.
func (t *transmission) waits(ctx context.Context, a history.Attempt) bool {
	must := t.Step.Copies == 1 && (t.Step.Expect == cases.Accepted || t.Step.Expect == cases.AcceptedOnce)
	if t.client.options.Wait == nil || t.client.throttled.Load() || !must || a.Err != "" || a.Status != http.StatusTooManyRequests {
		return false
	}
	wait, asked := pace.RetryAfter(a.Status, http.Header{"Retry-After": {a.RetryAfter}}, t.client.options.Now())
	return asked && t.client.options.Wait(ctx, wait) == nil && t.client.options.Spend(ctx, 1) == nil
}

// staleLimit is how often a delivery is made again because of the connection that it was given. A new connection of
// HTTP/2 may be taken by another delivery before it is used.
const staleLimit = 3

// body is what is delivered, before a scheme puts a signature into it and before it is compressed.
func (t *transmission) body() []byte {
	if t.rival {
		return t.Step.Rival
	}
	return t.Step.Body
}

// watch collects the transport's events about a delivery, from its goroutines.
type watch struct {
	mu          sync.Mutex
	sent, first time.Time
	conn        net.Conn
	reused      bool
}

// attempt makes one delivery on the wire. stale reports that a reused connection broke under it.
func (t *transmission) attempt(ctx context.Context, transport *http.Transport) (a history.Attempt, stale bool) {
	now := t.client.options.Now
	digest := sha256.Sum256(t.body())
	a = history.Attempt{
		Number: t.Number(), Step: t.Index, Name: t.Step.Name, Digest: hex.EncodeToString(digest[:]), Rival: t.rival, Started: now(),
	}
	limit := t.client.options.Timeout
	if t.Step.Within > 0 {
		limit = max(limit, t.Step.Within+time.Second)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var w watch
	request, text, err := t.request(t.trace(ctx, &w, cancel), a.Number)
	body, arrive := t.reader(ctx, text, &w)
	defer arrive() // a copy that never got so far must not hold up the others
	if err != nil {
		a.Err, a.Ended = err.Error(), now()
		return a, false
	}
	switch {
	case t.Step.Wire == cases.Chunked:
		request.Body, request.ContentLength = io.NopCloser(body), -1
	case len(text) > 0:
		request.Body, request.ContentLength = io.NopCloser(body), int64(len(text))
	}
	a.Request = sent(request, text)
	a.RequestID, a.TraceParent = request.Header.Get("X-Request-ID"), request.Header.Get("traceparent")
	if t.Step.Wire == cases.LowerNames {
		request.Header = lowered(request.Header)
	}
	answer, err := transport.RoundTrip(request)
	if err == nil {
		err = read(answer, &a)
		_ = answer.Body.Close() // nothing can be done about an answer that was read
		t.confirm(ctx, answer, &a)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	a.Sent, a.FirstByte = w.sent, w.first
	if w.conn != nil {
		a.Connection = w.conn.LocalAddr().String()
	}
	a.Ended = now()
	switch {
	case err == nil:
	case t.cut(err, &w):
		a.Cut, a.Err = true, "not listened to, on purpose"
	default:
		a.Err, a.Unreachable = Reason(err, limit), unreachable(err)
		a.Closed = w.first.IsZero() && closed(err)
		a.TimedOut = !w.sent.IsZero() && errors.Is(err, context.DeadlineExceeded)
		stale = a.Closed && (w.reused || unsent(err))
	}
	return a, stale
}

// cut reports whether a delivery ended as its wire asked.
func (t *transmission) cut(err error, w *watch) bool {
	switch t.Step.Wire {
	case cases.Torn, cases.Reset:
		return errors.Is(err, errCut)
	case cases.LoseAnswer:
		return !w.sent.IsZero() && errors.Is(err, context.Canceled)
	}
	return false
}

// reader returns the body as its wire sends it, and what is to be called when the delivery is over.
func (t *transmission) reader(ctx context.Context, text []byte, w *watch) (io.Reader, func()) {
	switch {
	case t.Step.Wire == cases.Torn:
		return &cutBody{half: text[:len(text)/2]}, func() {}
	case t.Step.Wire == cases.Reset:
		return resetBody{w}, func() {}
	case t.Step.Wire == cases.Drip:
		return newDripBody(text, ctx.Done()), func() {}
	case t.way.barrier == nil:
		return bytes.NewReader(text), func() {} // net/http knows that this reader does not block, and sends it in one write with the headers
	}
	held := newHeldBody(text, t.way.barrier, ctx.Done())
	held.parked = t.way.arrived
	return held, held.arrive
}

// trace follows a delivery through the transport.
func (t *transmission) trace(ctx context.Context, w *watch, cancel context.CancelFunc) context.Context {
	mark := func(at *time.Time) {
		w.mu.Lock()
		defer w.mu.Unlock()
		*at = t.client.options.Now()
	}
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.conn, w.reused = info.Conn, info.Reused
		},
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if info.Err == nil {
				mark(&w.sent)
			}
			t.wrote()
			switch {
			case t.Step.Wire != cases.LoseAnswer:
			case t.Step.Delay == 0:
				cancel()
			default:
				time.AfterFunc(t.Step.Delay, cancel)
			}
		},
		GotFirstResponseByte: func() { mark(&w.first) },
	})
}

// read takes the answer into a.
func read(answer *http.Response, a *history.Attempt) error {
	a.Status = answer.StatusCode
	a.ContentType = answer.Header.Get("Content-Type")
	a.Location = answer.Header.Get("Location")
	a.RetryAfter = answer.Header.Get("Retry-After")
	a.Date, _ = http.ParseTime(answer.Header.Get("Date")) // zero when there is none
	body, err := io.ReadAll(io.LimitReader(answer.Body, answerLimit+1))
	if len(body) > answerLimit {
		body, a.Truncated = body[:answerLimit], true
	}
	a.Body = body
	return err
}
