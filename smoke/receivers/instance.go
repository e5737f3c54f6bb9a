package receivers

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"sync/atomic"
	"time"
)

// Instance is a running receiver. It serves POST /webhooks/invoices, GET /events/{id}, which returns how often the
// event was carried out, and GET /invoices/{id}; ?tenant= asks for a tenant other than the default one. All its methods may be called
// at any time, from several goroutines.
type Instance struct {
	steps
	secret string
	db     *database
	log    *slog.Logger
	ahead  atomic.Int64 // how far its clock is ahead, in nanoseconds
	doomed atomic.Bool
	mux    http.ServeMux
}

func newInstance(s steps, secret string) *Instance {
	i := &Instance{steps: s, secret: secret, db: newDatabase(s.capacity, s.state), log: slog.New(slog.DiscardHandler)}
	i.mux.HandleFunc("POST /webhooks/invoices", func(w http.ResponseWriter, r *http.Request) {
		i.receive(w, r).write(w)
	})
	i.mux.HandleFunc("GET /events/{id}", func(w http.ResponseWriter, r *http.Request) {
		i.event(account{tenant: r.URL.Query().Get("tenant"), id: r.PathValue("id")}).write(w)
	})
	i.mux.HandleFunc("GET /invoices/{id}", func(w http.ResponseWriter, r *http.Request) {
		i.invoice(account{tenant: r.URL.Query().Get("tenant"), id: r.PathValue("id")}).write(w)
	})
	return i
}

// ServeHTTP answers 500 when a handler panics, and nothing when it panics with http.ErrAbortHandler.
func (i *Instance) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer func() {
		cause := recover()
		if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(cause) // net/http closes the connection
		}
		if cause != nil {
			i.log.Error("panic", "cause", cause)
			problem(http.StatusInternalServerError, "something went wrong").write(w)
		}
	}()
	i.mux.ServeHTTP(w, r)
}

// Restart ends the process and starts it again: what is only in its memory is gone, and what is in its database
// stays. Work that is under way is allowed to end.
func (i *Instance) Restart() {
	if !i.durable {
		i.db.forget()
	}
}

// FailNext lets the next delivery that reaches the work die once, at the worst moment for this receiver. The
// correct one answers 500 and loses its transaction, and its claim ends with its lease, a tenth of a second later.
// One that acknowledges too early has answered 200 by then.
func (i *Instance) FailNext() { i.doomed.Store(true) }

// Advance moves the receiver's clock ahead by d: for the time-to-live of its records, for leases, and for the
// tolerance of signatures.
func (i *Instance) Advance(d time.Duration) { i.ahead.Add(int64(d)) }

func (i *Instance) now() time.Time { return time.Now().Add(time.Duration(i.ahead.Load())) }

// receive is the pipeline.
func (i *Instance) receive(w http.ResponseWriter, r *http.Request) reply {
	d, refused := i.read(w, r)
	if refused != nil {
		return *refused
	}
	if answer, ok := i.screen(d); ok {
		return answer
	}
	if err := i.verify(i, d); err != nil {
		return problem(http.StatusUnauthorized, err.Error())
	}
	if err := i.decode(d); err != nil {
		return problem(http.StatusBadRequest, err.Error())
	}
	d.key, d.fingerprint = i.identify(d), i.fingerprint(d.value)
	return i.take(i, d)
}

// event answers how often an event had its effect.
func (i *Instance) event(a account) reply {
	n, known := i.db.count(a)
	if !known {
		return problem(http.StatusNotFound, "the event was never taken")
	}
	return reply{status: http.StatusOK, contentType: "application/json", body: fmt.Appendf(nil, "{\"effects\":%d}\n", n)}
}

// invoice answers with an invoice's status.
func (i *Instance) invoice(a account) reply {
	status := i.db.statusOf(a)
	if status == "" {
		return problem(http.StatusNotFound, "there is no such invoice")
	}
	return reply{status: http.StatusOK, contentType: "application/json", body: fmt.Appendf(nil, "{\"status\":%q}\n", status)}
}

var errDied = errors.New("the process died")

// toil is the time that the work takes. A short time is spent awake, since timers are not that exact.
func (i *Instance) toil() {
	if i.work >= time.Millisecond {
		time.Sleep(i.work)
		return
	}
	for start := time.Now(); time.Since(start) < i.work; {
		runtime.Gosched()
	}
}

// dies reports whether the process crashes here. Each receiver calls it at its most vulnerable moment.
func (i *Instance) dies() bool { return i.doomed.CompareAndSwap(true, false) }
