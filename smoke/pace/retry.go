package pace

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Patience is how long a run without a wall time waits where an answer asks it to.
const Patience = 10 * time.Second

// throttled are the answers whose sender asks for fewer requests (RFC 6585, section 4; RFC 9110, section 15.6.4).
var throttled = map[int]bool{http.StatusTooManyRequests: true, http.StatusServiceUnavailable: true}

// RetryAfter returns how long an answer of 429 or 503 asks to wait (RFC 9110, section 10.2.3), and whether it does.
func RetryAfter(status int, header http.Header, now time.Time) (time.Duration, bool) {
	text := header.Get("Retry-After")
	if !throttled[status] || text == "" {
		return 0, false
	}
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	at, err := http.ParseTime(text)
	return max(0, at.Sub(now)), err == nil
}

// EndAt says when the wall time is over.
func (b *Budget) EndAt(at time.Time) { b.end.Store(&at) }

// WaitAsAsked waits as long as an answer asks for, if the wall time, or Patience without one, leaves that time.
func (b *Budget) WaitAsAsked(ctx context.Context, d time.Duration) error {
	left, limit := Patience, "this command waits at most"
	if end := b.end.Load(); end != nil {
		left, limit = time.Until(*end), "the wall time leaves"
	}
	if d > left {
		return fmt.Errorf("it asks to wait %s (Retry-After), and %s %s", d, limit, max(0, left).Round(time.Second))
	}
	return Wait(ctx, d)
}
