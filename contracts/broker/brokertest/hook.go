package brokertest

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/fridaygate/fridaygate/providers/container"
)

// Hook receives the webhooks of a broker, as a CI system does.
type Hook struct {
	URL string // for the webhook

	t     *testing.T
	hooks hooks
}

// hooks is where webhooks come from: a real broker, or a recording.
type hooks interface {
	listen(t *testing.T) (url string)
	next(t *testing.T) []byte
}

// hook replaces the hook's URL in a recording, because each run has another port.
const hook = "{hook}"

var toHook = regexp.MustCompile(`http://` + regexp.QuoteMeta(container.HostName) + `:[0-9]+`)

// Hook returns a receiver of webhooks that a broker of StartOnPostgres can reach.
func (b Broker) Hook(t *testing.T) Hook {
	t.Helper()
	return Hook{URL: b.hooks.listen(t), t: t, hooks: b.hooks}
}

// Next waits for the next webhook, and returns its body.
func (h Hook) Next() []byte {
	h.t.Helper()
	return h.hooks.next(h.t)
}

// hookTimeout is how long a webhook may take. A Pact Broker 2.119 sends it 5 s after the event.
const hookTimeout = 2 * time.Minute

// listen serves the hook on all addresses, as the broker's container comes from its network's gateway.
func (p *proxy) listen(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", ":0")
	if err != nil {
		t.Fatalf("listen for webhooks: %v", err)
	}
	server := &http.Server{Handler: http.HandlerFunc(p.hook), ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	return "http://" + net.JoinHostPort(container.HostName, port)
}

// hook records a webhook.
func (p *proxy) hook(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.err = err
		return
	}
	p.exchanges = append(p.exchanges, exchange{
		Method: r.Method, Path: r.URL.Path, Hook: true, Status: http.StatusOK, Request: bytes.ReplaceAll(body, []byte(p.url), []byte(here)),
	})
	w.WriteHeader(http.StatusOK)
	p.hooks <- body
}

func (p *proxy) next(t *testing.T) []byte {
	t.Helper()
	select {
	case body := <-p.hooks:
		return body
	case <-time.After(hookTimeout):
		t.Fatalf("no webhook came within %s: the broker's container must reach this machine as %s", hookTimeout, container.HostName)
		return nil
	}
}

func (p *player) listen(*testing.T) string { return "http://" + container.HostName + ":1" }

func (p *player) next(t *testing.T) []byte {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, e := range p.exchanges {
		if e.Hook && !p.played[i] {
			p.played[i] = true
			return []byte(strings.ReplaceAll(string(e.Request), here, p.url))
		}
	}
	t.Fatal("recorded Pact Broker: no more webhook is in the recording, which -brokertest.record writes")
	return nil
}
