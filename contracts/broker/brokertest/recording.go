package brokertest

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/fridaygate/fridaygate/providers/container"
)

// here replaces the broker's base URL in a recording.
const here = "{broker}"

// username and password are those of a recorded broker. A real one has its own; a recording keeps only whether the
// right ones were sent.
const username, password = "recorded", "recorded"

// exchange is one request to a broker and its answer.
type exchange struct {
	Method      string          `json:"method"`
	Path        string          `json:"path"` // escaped, with the query
	Authorised  bool            `json:"authorised"`
	Request     json.RawMessage `json:"request,omitempty"`
	Status      int             `json:"status"`
	ContentType string          `json:"content_type,omitempty"`
	Response    string          `json:"response,omitempty"`
	Hook        bool            `json:"hook,omitempty"` // the broker sent it to the test, rather than the test to the broker
}

// asks returns the exchange of a request, without its answer.
func asks(r *http.Request, user, word string) (exchange, []byte, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return exchange{}, nil, err
	}
	name, secret, _ := r.BasicAuth()
	e := exchange{Method: r.Method, Path: r.URL.RequestURI(), Authorised: name == user && secret == word}
	if len(body) > 0 {
		var value any
		if err := json.Unmarshal(body, &value); err != nil {
			return exchange{}, nil, fmt.Errorf("the request's body: %w", err)
		}
		text, err := json.Marshal(value) // one spelling: names in order, no spaces
		if err != nil {
			return exchange{}, nil, err
		}
		e.Request = toHook.ReplaceAll(bytes.ReplaceAll(text, []byte("http://"+r.Host), []byte(here)), []byte(hook))
	}
	return e, body, nil
}

// same reports whether two exchanges have the same request.
func (e exchange) same(other exchange) bool {
	return e.Method == other.Method && e.Path == other.Path && e.Authorised == other.Authorised && bytes.Equal(e.Request, other.Request)
}

// read reads a recording.
func read(file string) ([]exchange, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var all []exchange
	for line := range bytes.Lines(text) {
		var e exchange
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, len(all)+1, err)
		}
		all = append(all, e)
	}
	return all, nil
}

func write(file string, all []exchange) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	for _, e := range all {
		if err := encoder.Encode(e); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, text.Bytes(), 0o644)
}

// proxy is a reverse proxy to a real broker that records the exchanges. The broker's links lead back to the proxy, because
// they contain the host of the request.
type proxy struct {
	real  *container.PactBroker
	url   string      // its own
	hooks chan []byte // the bodies of what the broker sent to the hook

	mu        sync.Mutex
	exchanges []exchange
	err       error // the first
}

// ServeHTTP passes a request on.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e, answer, err := p.pass(r)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		if p.err == nil {
			p.err = err
		}
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	p.exchanges = append(p.exchanges, e)
	w.Header().Set("Content-Type", e.ContentType)
	w.WriteHeader(e.Status)
	_, _ = w.Write(answer)
}

func (p *proxy) pass(r *http.Request) (exchange, []byte, error) {
	e, body, err := asks(r, p.real.Username, p.real.Password)
	if err != nil {
		return e, nil, err
	}
	out, err := http.NewRequestWithContext(r.Context(), r.Method, p.real.URL+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return e, nil, err
	}
	out.Header, out.Host = r.Header.Clone(), r.Host
	out.Header.Del("Accept-Encoding") // what is recorded is text
	answer, err := http.DefaultTransport.RoundTrip(out)
	if err != nil {
		return e, nil, err
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return e, nil, err
	}
	if err := answer.Body.Close(); err != nil {
		return e, nil, err
	}
	e.Status, e.ContentType = answer.StatusCode, answer.Header.Get("Content-Type")
	e.Response = toHook.ReplaceAllString(strings.ReplaceAll(string(text), "http://"+r.Host, here), hook)
	return e, text, nil
}

// finish writes the recording, or compares what was asked with it.
func (p *proxy) finish(t *testing.T, file string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		t.Errorf("the proxy before the Pact Broker: %v", p.err)
	}
	if t.Failed() {
		return
	}
	if *record {
		if err := write(file, p.exchanges); err != nil {
			t.Error(err)
		}
		return
	}
	recorded, err := read(file)
	if err != nil {
		t.Errorf("the recording of this test, for machines without a Pact Broker: %v; write it with -brokertest.record", err)
		return
	}
	now, then := outlines(p.exchanges), outlines(recorded)
	if !slices.Equal(now, then) && (!narrowed() || !within(now, then)) {
		t.Errorf("%s is of another version of this test: write it anew with -brokertest.record\nasked now:\n  %s\nrecorded:\n  %s",
			file, strings.Join(now, "\n  "), strings.Join(then, "\n  "))
	}
}

// narrowed reports whether -run or -skip may have left out subtests.
func narrowed() bool {
	return strings.Contains(flag.Lookup("test.run").Value.String()+flag.Lookup("test.skip").Value.String(), "/")
}

// within reports whether every text is among all, as often as it occurs. Both are sorted.
func within(some, all []string) bool {
	for _, one := range some {
		at, found := slices.BinarySearch(all, one)
		if !found {
			return false
		}
		all = all[at+1:]
	}
	return true
}

// made matches what a broker generates: UUIDs, the numbers of verification results, and the metadata in its URLs, which hold
// ids of its database.
var made = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|/metadata/[A-Za-z0-9=_-]+|/verification-results/[0-9]+`)

// outlines returns the requests as sorted texts, because some tests send them in no fixed order.
func outlines(all []exchange) []string {
	lines := make([]string, len(all))
	for i, e := range all {
		lines[i] = e.Method + " " + made.ReplaceAllString(e.Path, "*")
	}
	slices.Sort(lines)
	return lines
}

// player answers from a recording: a request gets the answer of the first unused exchange with the same
// request. It fails the test on any other request.
type player struct {
	t   *testing.T
	url string // its own

	mu        sync.Mutex
	exchanges []exchange
	played    []bool
}

// ServeHTTP answers one request.
func (p *player) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	asked, _, err := asks(r, username, password)
	if err != nil {
		p.t.Errorf("recorded Pact Broker: %s %s: %v", r.Method, r.URL, err)
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, e := range p.exchanges {
		if !p.played[i] && !e.Hook && e.same(asked) {
			p.played[i] = true
			w.Header().Set("Content-Type", e.ContentType)
			w.WriteHeader(e.Status)
			_, _ = io.WriteString(w, strings.ReplaceAll(e.Response, here, "http://"+r.Host))
			return
		}
	}
	p.t.Errorf("recorded Pact Broker: this request is not in the recording, which -brokertest.record writes: %s %s %s",
		asked.Method, asked.Path, asked.Request)
	w.WriteHeader(http.StatusTeapot)
}
