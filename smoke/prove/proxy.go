package prove

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// Options say what a proxy stands in front of.
type Options struct {
	Target    *url.URL
	Transport http.RoundTripper // by which it reaches the target
	Contract  *webhook.Contract
	EventID   string  // of the event for which the receiver is broken
	Template  *Answer // the answer to a valid delivery of another event; nil: none is known
	Break     *Break  // nil: everything is forwarded
}

// Answer is what a receiver answered to the delivery of an event.
type Answer struct {
	EventID string
	answer
}

// Proxy serves on a loopback address what its target would, but for a break.
type Proxy struct {
	URL *url.URL // its base URL, with the path of the target's

	options Options
	server  *http.Server
	served  chan error

	mu     sync.Mutex
	before int     // deliveries of the event so far
	first  *answer // to the first of them
	broken error   // why the break could not be made
}

// answer is an answer of HTTP, read whole.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// Start serves a proxy until it is closed.
func Start(o Options) (*Proxy, error) {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the proxy: %w", err)
	}
	address := *o.Target
	address.Scheme, address.Host = "http", listener.Addr().String()
	p := &Proxy{URL: &address, options: o, served: make(chan error, 1)}
	p.server = &http.Server{Handler: p, ReadHeaderTimeout: 10 * time.Second}
	go func() { p.served <- p.server.Serve(listener) }()
	return p, nil
}

// Close ends the proxy.
func (p *Proxy) Close() error {
	err := p.server.Close()
	if serving := <-p.served; !errors.Is(serving, http.ErrServerClosed) {
		err = errors.Join(err, serving)
	}
	return err
}

// Broken returns why the break could not be made, or nil.
func (p *Proxy) Broken() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.broken
}

// First returns the receiver's answer to the event; nil: there was none.
func (p *Proxy) First() *Answer {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.first == nil {
		return nil
	}
	return &Answer{p.options.EventID, *p.first}
}

// bodyLimit is how much of a request or an answer the proxy passes on, in bytes.
const bodyLimit = 16 << 20

// ServeHTTP forwards a request, or answers it as the break says.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit))
	if err != nil {
		hangUp(w) // as a receiver does to a request that is cut short
		return
	}
	var a *answer
	switch delivery := r.Method == p.options.Contract.Endpoint.Method; {
	case delivery && p.about(r, body):
		a, err = p.deliver(r, body)
	default:
		if a, err = p.forward(r, body); err == nil && !delivery {
			err = p.looked(r, a)
		}
	}
	if err != nil {
		p.fail(err)
		hangUp(w)
		return
	}
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // the gate sees an answer that is cut short
}

// hangUp closes the connection without an answer.
func hangUp(w http.ResponseWriter) {
	if connection, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = connection.Close() // nobody is told anything more over it
	}
}

// fail records that the break could not be made.
func (p *Proxy) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.broken = errors.Join(p.broken, err)
}

// about reports whether a delivery is one of the event. The gate's trace context is the event's; a sender's profile may
// replace it.
func (p *Proxy) about(r *http.Request, body []byte) bool {
	id := p.options.EventID
	trace := sha256.Sum256([]byte(id))
	if strings.Contains(r.Header.Get("Traceparent"), hex.EncodeToString(trace[:16])) || bytes.Contains(body, []byte(id)) {
		return true
	}
	for _, values := range r.Header {
		if strings.Contains(strings.Join(values, "\n"), id) {
			return true
		}
	}
	return strings.Contains(r.URL.RawQuery, url.QueryEscape(id))
}

// deliver answers a delivery of the event.
func (p *Proxy) deliver(r *http.Request, body []byte) (*answer, error) {
	p.mu.Lock() // deliveries of the event are answered one after the other: the break goes by their order
	defer p.mu.Unlock()
	x := &exchange{
		before: p.before, first: p.first, template: p.options.Template, event: p.options.EventID,
		forward: func() (*answer, error) { return p.forward(r, body) },
	}
	p.before++
	answers := (*exchange).untouched
	if b := p.options.Break; b != nil && b.answer != nil {
		answers = b.answer
	}
	a, err := answers(x)
	if err == nil && p.first == nil {
		p.first = a
	}
	return a, err
}

// looked changes what a probe is answered about the event, if the break says so.
func (p *Proxy) looked(r *http.Request, a *answer) error {
	b := p.options.Break
	about := strings.Contains(r.URL.Path, p.options.EventID) || strings.Contains(r.URL.RawQuery, url.QueryEscape(p.options.EventID))
	p.mu.Lock()
	defer p.mu.Unlock()
	if b == nil || b.counts == 0 || p.before < b.counts || !about || a.status != http.StatusOK {
		return nil
	}
	if err := a.plain(); err != nil {
		return err
	}
	return oneMore(p.options.Contract, a)
}

// hopByHop are the fields that are of one connection alone (RFC 9110, section 7.6.1), and those that the body decides.
var hopByHop = []string{"Connection", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Content-Length"}

// forward sends a request to the target, once, and reads the answer.
func (p *Proxy) forward(r *http.Request, body []byte) (*answer, error) {
	target := p.options.Target
	address := target.Scheme + "://" + target.Host + r.URL.RequestURI()
	//nolint:gosec // scheme and host are those of the run's target
	request, err := http.NewRequestWithContext(r.Context(), r.Method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.GetBody = nil // net/http must not send it twice
	request.Header = r.Header.Clone()
	if r.Host != p.URL.Host {
		request.Host = r.Host
	}
	for _, name := range hopByHop {
		request.Header.Del(name)
	}
	response, err := p.options.Transport.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }() // nothing can be done about an answer that was read
	a := &answer{status: response.StatusCode, header: response.Header}
	a.body, err = io.ReadAll(io.LimitReader(response.Body, bodyLimit))
	for _, name := range hopByHop {
		a.header.Del(name)
	}
	return a, err
}

// plain decompresses the body of an answer.
func (a *answer) plain() error {
	if !strings.EqualFold(a.header.Get("Content-Encoding"), "gzip") {
		return nil
	}
	reader, err := gzip.NewReader(bytes.NewReader(a.body))
	if err != nil {
		return err
	}
	body, err := io.ReadAll(io.LimitReader(reader, bodyLimit))
	a.header.Del("Content-Encoding")
	a.body = body
	return errors.Join(err, reader.Close())
}
