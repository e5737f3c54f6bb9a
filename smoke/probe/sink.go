package probe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// sink serves an address to which the receiver emits, and counts what comes.
type sink struct {
	probe  webhook.SinkProbe
	server *http.Server
	served chan error

	mu      sync.Mutex
	counts  map[string]int
	unknown int // requests that held no event id, or were too long to look for one
}

func newSink(p webhook.SinkProbe) (Probe, error) {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", p.Listen)
	if err != nil {
		return nil, fmt.Errorf("effects.sink.listen: %w", err)
	}
	s := &sink{probe: p, counts: map[string]int{}, served: make(chan error, 1)}
	s.server = &http.Server{Handler: http.HandlerFunc(s.take), ReadTimeout: 10 * time.Second}
	go func() { s.served <- s.server.Serve(listener) }()
	return s, nil
}

func (s *sink) take(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, answerLimit))
	if long := new(http.MaxBytesError); errors.As(err, &long) {
		s.count("")
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	if err != nil {
		w.WriteHeader(http.StatusBadRequest) // half a message is none
		return
	}
	id := r.Header.Get(s.probe.Event.Header)
	if s.probe.Event.Header == "" {
		switch v, _ := At(body, s.probe.Event.Pointer); v := v.(type) {
		case string:
			id = v
		case json.Number:
			id = v.String()
		}
	}
	s.count(id)
	w.WriteHeader(http.StatusNoContent)
}

// count records a message about an event. An empty id counts as unattributed.
func (s *sink) count(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id == "" {
		s.unknown++
	} else {
		s.counts[id]++
	}
}

func (s *sink) Where(e Event) string {
	return fmt.Sprintf("what was emitted to %s about %s", s.probe.Listen, e.ID)
}

// Look returns what has come so far. A message that names no event might be about this one.
func (s *sink) Look(_ context.Context, e Event) (Count, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unknown > 0 {
		return Count{}, fmt.Errorf("%d of the messages that came hold no event id where effects.sink.event says it is, or are longer than 1 MiB",
			s.unknown)
	}
	return Count{N: s.counts[e.ID]}, nil
}

func (s *sink) Close() error {
	err := s.server.Close()
	if serving := <-s.served; !errors.Is(serving, http.ErrServerClosed) {
		err = errors.Join(err, serving)
	}
	s.served <- http.ErrServerClosed // closing twice is no error
	return err
}
