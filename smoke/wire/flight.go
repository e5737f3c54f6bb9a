package wire

import (
	"context"
	"net"
	"net/http"
	"sync"
)

// flight is one HTTP/2 connection whose copies are let go in a single write: the network cannot spread them.
type flight struct {
	transport *http.Transport
	mu        sync.Mutex
	held      []*heldConn
}

func (c *Client) newFlight() *flight {
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
