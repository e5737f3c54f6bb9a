package smoke

import (
	"io"
	"sync"
)

// barrier lets n deliveries go on together once each of them has arrived.
type barrier struct {
	mu      sync.Mutex
	missing int
	open    chan struct{}
}

func newBarrier(n int) *barrier { return &barrier{missing: n, open: make(chan struct{})} }

func (b *barrier) arrive() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.missing--
	if b.missing == 0 {
		close(b.open)
	}
}

// heldBody is a request body that keeps its last byte back until every copy has written all the rest. The
// receiver cannot start on a body that is not whole, so the copies start together however long each took to
// connect.
type heldBody struct {
	text    []byte
	barrier *barrier
	giveUp  <-chan struct{} // ends the wait when the delivery is given up
	once    sync.Once
	at      int
}

// arrive reports this copy to the barrier, once.
func (b *heldBody) arrive() { b.once.Do(b.barrier.arrive) }

// Read gives the body.
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
