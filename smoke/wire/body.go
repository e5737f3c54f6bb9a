package wire

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// barrier lets n deliveries go on together once each of them has arrived.
type barrier struct {
	mu      sync.Mutex
	missing int
	all     chan struct{} // closed when every delivery has arrived
	open    chan struct{} // closed when they may go on
}

// newBarrier returns a barrier that opens when all copies have arrived, or, if held, when open is closed.
func newBarrier(n int, held bool) *barrier {
	b := &barrier{missing: n, all: make(chan struct{})}
	b.open = b.all
	if held {
		b.open = make(chan struct{})
	}
	return b
}

func (b *barrier) arrive() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.missing--
	if b.missing == 0 {
		close(b.all)
	}
}

// heldBody is a request body that keeps its last byte back until every copy has written all the rest. The
// receiver cannot start on a body that is not whole, so the copies start together however long each took to
// connect.
type heldBody struct {
	text    []byte
	barrier *barrier
	giveUp  <-chan struct{} // ends the wait when the delivery is given up
	parked  chan<- struct{} // gets a value when this copy has arrived, if not nil
	once    sync.Once
	at      int
}

func newHeldBody(text []byte, b *barrier, giveUp <-chan struct{}) *heldBody {
	return &heldBody{text: text, barrier: b, giveUp: giveUp}
}

// arrive reports this copy to the barrier, once.
func (b *heldBody) arrive() {
	b.once.Do(func() {
		b.barrier.arrive()
		if b.parked != nil {
			b.parked <- struct{}{}
		}
	})
}

// Read returns the body.
func (b *heldBody) Read(into []byte) (int, error) {
	last := len(b.text) - 1
	if b.at < last {
		n := copy(into, b.text[b.at:last])
		b.at += n
		return n, nil
	}
	b.arrive()
	select {
	case <-b.barrier.open:
	case <-b.giveUp:
	}
	if b.at > last {
		return 0, io.EOF
	}
	n := copy(into, b.text[last:])
	b.at += n
	return n, io.EOF
}

// errCut ends a delivery that is meant not to arrive whole.
var errCut = errors.New("cut short on purpose")

// cutBody returns half of the body, and then an error that breaks the delivery off.
type cutBody struct{ half []byte }

// Read returns the first half.
func (b *cutBody) Read(into []byte) (int, error) {
	if len(b.half) == 0 {
		return 0, errCut
	}
	n := copy(into, b.half)
	b.half = b.half[n:]
	return n, nil
}

const headStart = 20 * time.Millisecond

// resetBody resets the connection before any of the body is sent.
type resetBody struct{ watch *watch }

// Read breaks the delivery off. A reset overtakes what was sent and not yet read, so the headers get a head start.
func (b resetBody) Read([]byte) (int, error) {
	time.Sleep(headStart)
	b.watch.mu.Lock()
	defer b.watch.mu.Unlock()
	reset(b.watch.conn)
	return 0, errCut
}

// reset makes closing a connection reset it (TCP RST), so that the other end sees an error and no end.
func reset(conn net.Conn) {
	if secure, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = secure.NetConn()
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // where it fails, the connection is closed in the ordinary way
	}
}

// A slow body takes at most dripSteps pauses of dripPause.
const (
	dripSteps = 40
	dripPause = 5 * time.Millisecond
)

// dripBody returns the body a few bytes at a time.
type dripBody struct {
	text   []byte
	size   int
	giveUp <-chan struct{}
}

func newDripBody(text []byte, giveUp <-chan struct{}) *dripBody {
	return &dripBody{text: text, size: len(text)/dripSteps + 1, giveUp: giveUp}
}

// Read returns the next few bytes.
func (b *dripBody) Read(into []byte) (int, error) {
	if len(b.text) == 0 {
		return 0, io.EOF
	}
	select {
	case <-time.After(dripPause):
	case <-b.giveUp:
	}
	n := copy(into, b.text[:min(b.size, len(b.text))])
	b.text = b.text[n:]
	return n, nil
}
