package smoke

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

	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/history"
)

// answerLimit is how much of an answer is read, in bytes.
const answerLimit = 1 << 20

// delivery is one copy of a step on its way.
type delivery struct {
	*sender
	step  cases.Step
	index int
	rival bool
	way   *way
	once  sync.Once
}

// wrote tells a flight that this copy holds it up no longer.
func (d *delivery) wrote() {
	d.once.Do(func() {
		if d.way.written != nil {
			d.way.written <- struct{}{}
		}
	})
}

// send delivers the copy. A connection that was used before and is closed under the delivery is the client's
// trouble, not the receiver's: like any sender, the gate then sends again, as another attempt.
func (d *delivery) send(ctx context.Context) []history.Attempt {
	defer d.wrote()
	a, stale := d.attempt(ctx, d.way.transport)
	all := []history.Attempt{a}
	again := &delivery{sender: d.sender, step: d.step, index: d.index, rival: d.rival, way: &way{transport: d.connections.fresh}} // it waits for no other copy
	for stale && len(all) <= staleLimit && d.spend(ctx, 1) == nil {
		all[len(all)-1].Replaced = true
		a, stale = again.attempt(ctx, again.way.transport)
		a.Resend = true
		all = append(all, a)
	}
	return all
}

// staleLimit is how often a delivery is made again because of the connection that it was given. A new connection of
// HTTP/2 may be taken by another delivery before it is used.
const staleLimit = 3

// body is what is delivered, before a scheme puts a signature into it and before it is compressed.
func (d *delivery) body() []byte {
	if d.rival {
		return d.step.Rival
	}
	return d.step.Body
}

// watch is what the transport tells about a delivery, from goroutines of its own.
type watch struct {
	mu          sync.Mutex
	sent, first time.Time
	conn        net.Conn
	reused      bool
}

// attempt makes one delivery on the wire. stale tells that a connection which had been used before died under it.
func (d *delivery) attempt(ctx context.Context, transport *http.Transport) (a history.Attempt, stale bool) {
	now := d.options.Now
	digest := sha256.Sum256(d.body())
	a = history.Attempt{Number: d.number(), Step: d.index, Name: d.step.Name, Digest: hex.EncodeToString(digest[:]), Rival: d.rival, Started: now()}
	ctx, cancel := context.WithTimeout(ctx, max(d.options.Timeout, d.step.Within+time.Second))
	defer cancel()
	var w watch
	request, text, err := d.request(d.trace(ctx, &w, cancel), a.Number)
	body, arrive := d.reader(ctx, text, &w)
	defer arrive() // a copy that never got so far must not hold up the others
	if err != nil {
		a.Err, a.Ended = err.Error(), now()
		return a, false
	}
	switch {
	case d.step.Wire == cases.Chunked:
		request.Body, request.ContentLength = io.NopCloser(body), -1
	case len(text) > 0:
		request.Body, request.ContentLength = io.NopCloser(body), int64(len(text))
	}
	a.Request = sent(request, text)
	a.RequestID, a.TraceParent = request.Header.Get("X-Request-ID"), request.Header.Get("traceparent")
	if d.step.Wire == cases.LowerNames {
		request.Header = lowered(request.Header)
	}
	answer, err := transport.RoundTrip(request)
	if err == nil {
		err = read(answer, &a)
		_ = answer.Body.Close() // nothing can be done about an answer that was read
		d.confirm(ctx, answer, &a)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	a.Sent, a.FirstByte = w.sent, w.first
	a.Ended = now()
	switch {
	case err == nil:
	case d.cut(err, &w):
		a.Cut, a.Err = true, "not listened to, on purpose"
	default:
		a.Err, a.Unreachable = reason(err, d.options.Timeout), unreachable(err)
		a.Closed = w.first.IsZero() && closed(err)
		a.TimedOut = !w.sent.IsZero() && errors.Is(err, context.DeadlineExceeded)
		stale = a.Closed && (w.reused || unsent(err))
	}
	return a, stale
}

// cut tells whether a delivery ended as its wire asked.
func (d *delivery) cut(err error, w *watch) bool {
	switch d.step.Wire {
	case cases.Torn, cases.Reset:
		return errors.Is(err, errCut)
	case cases.LoseAnswer:
		return !w.sent.IsZero() && errors.Is(err, context.Canceled)
	}
	return false
}

// reader gives the body as its wire sends it, and what is to be called when the delivery is over.
func (d *delivery) reader(ctx context.Context, text []byte, w *watch) (io.Reader, func()) {
	switch {
	case d.step.Wire == cases.Torn:
		return &cutBody{half: text[:len(text)/2]}, func() {}
	case d.step.Wire == cases.Reset:
		return resetBody{w}, func() {}
	case d.step.Wire == cases.Drip:
		return newDripBody(text, ctx.Done()), func() {}
	case d.way.barrier == nil:
		return bytes.NewReader(text), func() {} // of which net/http knows that it does not block: one write sends it with the headers
	}
	held := newHeldBody(text, d.way.barrier, ctx.Done())
	held.parked = d.way.arrived
	return held, held.arrive
}

// trace follows a delivery through the transport.
func (d *delivery) trace(ctx context.Context, w *watch, cancel context.CancelFunc) context.Context {
	mark := func(at *time.Time) {
		w.mu.Lock()
		defer w.mu.Unlock()
		*at = d.options.Now()
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
			d.wrote()
			switch {
			case d.step.Wire != cases.LoseAnswer:
			case d.step.Delay == 0:
				cancel()
			default:
				time.AfterFunc(d.step.Delay, cancel)
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
	a.Date, _ = http.ParseTime(answer.Header.Get("Date")) // zero when there is none
	body, err := io.ReadAll(io.LimitReader(answer.Body, answerLimit+1))
	if len(body) > answerLimit {
		body, a.Truncated = body[:answerLimit], true
	}
	a.Body = body
	return err
}
