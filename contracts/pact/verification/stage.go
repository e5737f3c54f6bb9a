package verification

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/fridaygate/fridaygate/contracts/pact/wire"
	"github.com/fridaygate/fridaygate/providers/testcache"
)

// stage is between the verifier and the provider: it prepares interactions, serves messages and passes on requests, and
// it records the causes that the verifier does not distinguish. The verifier works on one interaction at a time.
type stage struct {
	opts   Options
	plan   []*planned // by number
	ctx    context.Context
	client *wire.Client // nil: only messages are verified

	turn    sync.Mutex // held while a function of the caller's runs
	mu      sync.Mutex
	current *planned
}

// planned is one interaction on its way to a result.
type planned struct {
	setup      Setup
	file       *file
	of         *interaction
	unselected bool // it is not verified
	wire       recorded
	answer     []byte // the body that is compared: decompressed, and text in UTF-8
	asked      bool   // the provider, or the message function, was asked
	err        error  // why it could not be looked at, or what failed before it was
	started    time.Time
	took       time.Duration
}

// answerLimit is how long the body of a message may be, in bytes.
const answerLimit = 256 << 20

func newStage(ctx context.Context, opts Options, plan []*planned) (*stage, error) {
	if err := testcache.Disable(); err != nil {
		return nil, err
	}
	s := &stage{opts: opts, plan: plan, ctx: ctx}
	if opts.URL == "" { // only messages
		return s, nil
	}
	target, err := url.Parse(opts.URL)
	if err != nil || target.Host == "" || target.Scheme != "http" && target.Scheme != "https" || target.RawQuery != "" {
		return nil, fmt.Errorf("provider URL %q: want a base URL such as http://host:port", opts.URL)
	}
	s.client = &wire.Client{Target: target, Timeout: opts.Timeout, Limit: answerLimit}
	return s, nil
}

// errUnreachable marks an error of reaching the provider.
var errUnreachable = errors.New("the provider could not be reached")

// fail keeps the first thing that went wrong with the interaction at hand.
func (s *stage) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current != nil && s.current.err == nil && err != nil {
		s.current.err = err
	}
}

// state answers the verifier's calls to set a state up and to tear it down. A failure is answered with 200
// all the same: the verifier would repeat the call for two minutes. It shows in the interaction's result.
func (s *stage) state(w http.ResponseWriter, r *http.Request) {
	var call struct{ Action, State string }
	if err := json.NewDecoder(r.Body).Decode(&call); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	n, ok := number(call.State)
	if !ok || n >= len(s.plan) {
		http.Error(w, "no interaction "+call.State, http.StatusBadRequest)
		return
	}
	p := s.plan[n]
	if call.Action == "teardown" {
		s.tearDown(p)
		w.WriteHeader(http.StatusOK)
		return
	}
	s.mu.Lock()
	s.current, p.started = p, time.Now()
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(s.ctx, s.opts.StateTimeout)
	defer cancel()
	s.turn.Lock()
	defer s.turn.Unlock()
	s.fail(p.setup.setUp(ctx, s.opts.Before, s.opts.States))
	w.Header().Set("Content-Type", "application/json")
	values, err := p.setup.forGenerators()
	if err != nil {
		s.fail(err)
		return
	}
	_, _ = w.Write(values)
}

// tearDown ends an interaction; a second call does nothing. It works after the run was cancelled too.
func (s *stage) tearDown(p *planned) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), s.opts.StateTimeout)
	defer cancel()
	s.turn.Lock()
	defer s.turn.Unlock()
	s.fail(p.setup.tearDown(ctx))
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == p {
		p.took = time.Since(p.started)
		s.current = nil
	}
}

// begin returns the current interaction, and records that its provider gets a request; false if no request may be sent.
func (s *stage) begin() (*planned, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == nil || s.current.err != nil {
		return nil, false
	}
	s.current.asked = true
	return s.current, true
}

// local listens on a port of the loopback interface that the system picks.
func local(ctx context.Context) (net.Listener, error) {
	return new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
}

// listen serves a handler, and returns its address and what ends it.
func listen(ctx context.Context, handler http.HandlerFunc) (net.Addr, func(), error) {
	l, err := local(ctx)
	if err != nil {
		return nil, nil, err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(l) }()
	return l.Addr(), func() { _ = server.Close() }, nil
}
