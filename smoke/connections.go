package smoke

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"sync"
	"time"
)

// idleLimit is how long a connection may lie idle and be used again. Servers close idle ones after seconds (Node
// after 5); one that is closed under a delivery costs a resend.
const idleLimit = time.Second

// connections are the ways to the receiver. Redirects are not followed: they would send what was signed for one
// address to another.
type connections struct {
	reused *http.Transport // may use a connection again
	fresh  *http.Transport // each delivery on a connection of its own
	bare   *http.Transport // the same over HTTP/1.1, and what is written is sent at once: for deliveries that stop in the middle
	asks   *http.Client    // for what is no delivery
	http2  bool            // the receiver speaks HTTP/2
}

func newConnections(template *http.Transport) *connections {
	base := template.Clone()
	base.DisableCompression = true
	base.MaxResponseHeaderBytes = 64 << 10
	base.IdleConnTimeout = idleLimit
	base.MaxIdleConnsPerHost = 64
	base.ForceAttemptHTTP2 = true
	fresh := base.Clone()
	fresh.DisableKeepAlives = true
	bare := fresh.Clone()
	bare.ForceAttemptHTTP2 = false
	bare.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	if bare.TLSClientConfig != nil {
		bare.TLSClientConfig.NextProtos = []string{"http/1.1"} // the template may offer h2
	}
	bare.WriteBufferSize = 1
	asks := &http.Client{
		Transport:     base,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &connections{reused: base, fresh: fresh, bare: bare, asks: asks}
}

func (c *connections) close() {
	for _, one := range []*http.Transport{c.reused, c.fresh, c.bare} {
		one.CloseIdleConnections()
	}
}

// flight is one HTTP/2 connection whose copies are let go in a single write: the network cannot spread them.
type flight struct {
	transport *http.Transport
	mu        sync.Mutex
	held      []*heldConn
}

func (c *connections) newFlight() *flight {
	f := &flight{}
	transport := c.reused.Clone()
	dial := transport.DialContext
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		held := &heldConn{Conn: conn}
		f.mu.Lock()
		defer f.mu.Unlock()
		f.held = append(f.held, held)
		return held, nil
	}
	f.transport = transport
	return f
}

// hold keeps what is written from now on.
func (f *flight) hold() { f.each((*heldConn).hold) }

// release sends all that was held, and what is written from then on at once.
func (f *flight) release() { f.each((*heldConn).release) }

func (f *flight) each(do func(*heldConn)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, one := range f.held {
		do(one)
	}
}

// heldConn is a connection that can keep back what is written to it.
type heldConn struct {
	net.Conn
	mu      sync.Mutex
	holding bool
	kept    []byte
}

func (c *heldConn) hold() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.holding = true
}

func (c *heldConn) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.holding = false
	_, _ = c.Conn.Write(c.kept) // a connection that is gone shows at the next write
	c.kept = nil
}

// Write writes, or keeps the bytes until they are released.
func (c *heldConn) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.holding {
		c.kept = append(c.kept, b...)
		return len(b), nil
	}
	return c.Conn.Write(b)
}
