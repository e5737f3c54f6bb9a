package providers

import (
	"bytes"
	"fmt"
	"sync"
)

// tail keeps the end of what is written to it. It is safe for concurrent use; the zero value keeps tailSize bytes.
type tail struct {
	mu      sync.Mutex
	kept    []byte
	dropped int
}

// tailSize is how many bytes of a log are kept, at least.
const tailSize = 1 << 20

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p...)
	if surplus := len(t.kept) - tailSize; surplus > tailSize {
		t.dropped += surplus
		t.kept = append([]byte(nil), t.kept[surplus:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.dropped == 0 {
		return string(t.kept)
	}
	whole, left := t.kept, t.dropped
	if end := bytes.IndexByte(whole, '\n'); end >= 0 {
		whole, left = whole[end+1:], left+end+1
	}
	return fmt.Sprintf("(%d earlier bytes left out)\n%s", left, whole)
}
