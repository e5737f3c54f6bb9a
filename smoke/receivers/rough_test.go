package receivers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/fridaygate/fridaygate/smoke/receivers"
)

// roughReceivers are broken in ways too plain for the catalogue. They are for the cases that its receivers pass.
var roughReceivers = []struct {
	start func() instance
	cases []string // that are tried on it; none is all
}{
	{func() instance { return &credulous{effects: map[string]int{}, status: map[string]string{}} }, nil},
	{func() instance { return &touchy{receivers.Correct.Start(secret)} }, []string{"multibyte", "unknown-type", "sig-rotation", "slow-drip"}},
	{func() instance { return &caseSensitive{receivers.Correct.Start(secret)} }, []string{"wire-header-case"}},
	{func() instance { return &http1Only{overHTTP2{receivers.Correct.Start(secret)}} }, []string{"wire-http2"}},
	{func() instance { return &late{receivers.Correct.Start(secret)} }, []string{"ack-time"}},
	{func() instance { return &out{receivers.Correct.Start(secret)} }, []string{"first"}},
}

// credulous believes and carries out whatever it is sent, under the id that Go's decoder finds.
type credulous struct {
	mu      sync.Mutex
	effects map[string]int
	status  map[string]string
}

func (c *credulous) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.Method == http.MethodPost:
		var event struct {
			ID, Type string
			Data     struct{ Invoice struct{ ID, Status string } }
		}
		_ = json.Unmarshal(body, &event)
		if event.ID == "" {
			event.ID = r.Header.Get("Webhook-Id")
		}
		c.effects[event.ID]++
		c.status[event.Data.Invoice.ID] = event.Data.Invoice.Status
		_, _ = fmt.Fprintf(w, `{"event_id":%q,"type":"invoice.created","status":"processed","invoice":{"id":"inv_1","status":"open"}}`, event.ID)
	case parts[0] == "invoices":
		_, _ = fmt.Fprintf(w, `{"status":%q}`, c.status[parts[1]])
	case len(parts) == 2:
		_, _ = fmt.Fprintf(w, `{"effects":%d}`, c.effects[parts[1]])
	}
}

func (*credulous) Restart()              {}
func (*credulous) FailNext()             {}
func (*credulous) Advance(time.Duration) {}

// touchy cannot bear what it has not seen before.
type touchy struct{ *receivers.Instance }

func (i *touchy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	body, err := io.ReadAll(r.Body)
	switch {
	case err != nil, r.Method == http.MethodPost && time.Since(start) > 100*time.Millisecond,
		bytes.Contains(body, []byte("\u65e5")), bytes.Contains(body, []byte("fridaygate.unknown")),
		strings.Contains(r.Header.Get("Webhook-Signature"), " "):
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	i.Instance.ServeHTTP(w, r)
}

// caseSensitive reads its headers in one spelling only, like a function behind a gateway that passes names on unchanged.
// net/http normalises names, so it reads the bytes of the connection.
type caseSensitive struct{ *receivers.Instance }

func (i *caseSensitive) serve(server *httptest.Server) {
	server.Listener = sniffing{server.Listener}
	server.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, sniffing{}, c)
	}
	server.Start()
}

func (i *caseSensitive) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // so that all of the request was heard
	heard := r.Context().Value(sniffing{}).(*sniffed).heard()
	if r.Method == http.MethodPost && !bytes.Contains(heard, []byte("\nWebhook-Signature:")) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	i.Instance.ServeHTTP(w, r)
}

type sniffing struct{ net.Listener }

func (l sniffing) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return &sniffed{Conn: c}, err
}

// sniffed is a connection that keeps what came.
type sniffed struct {
	net.Conn
	mu   sync.Mutex
	kept []byte
}

func (s *sniffed) Read(into []byte) (int, error) {
	n, err := s.Conn.Read(into)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = append(s.kept, into[:n]...)
	return n, err
}

// heard returns what came since it was asked the last time.
func (s *sniffed) heard() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := s.kept
	s.kept = nil
	return kept
}

// overHTTP2 offers HTTP/2.
type overHTTP2 struct{ *receivers.Instance }

func (overHTTP2) serve(server *httptest.Server) {
	server.EnableHTTP2 = true
	server.StartTLS()
}

// http1Only cannot bear the HTTP/2 that it offers.
type http1Only struct{ overHTTP2 }

func (i *http1Only) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost && r.ProtoMajor == 2 {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	i.Instance.ServeHTTP(w, r)
}

// late takes its time, beyond what its sender grants.
type late struct{ *receivers.Instance }

func (i *late) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		time.Sleep(2500 * time.Millisecond)
	}
	i.Instance.ServeHTTP(w, r)
}

// out of order.
type out struct{ *receivers.Instance }

func (*out) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusInternalServerError)
}
