package pact

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"

	"github.com/fridaygate/fridaygate/providers/testcache"
)

// stage stands between the verifier and the provider: it prepares interactions, hands out messages and passes
// requests on, and it knows what the verifier cannot tell apart. The verifier works on one interaction at a time.
type stage struct {
	opts  Options
	plan  []*planned // by number
	ctx   context.Context
	proxy *httputil.ReverseProxy

	turn    sync.Mutex // held while a function of the caller's runs
	mu      sync.Mutex
	current *planned
}

// planned is one interaction on its way to a result.
type planned struct {
	setup   Setup
	file    *file
	of      *interaction
	answer  []byte // what the provider answered, or the message that it sent
	asked   bool   // the provider, or the message function, was asked
	err     error  // why it could not be looked at, or what failed before it was
	started time.Time
	took    time.Duration
}

const answerLimit = 32 << 20

func newStage(ctx context.Context, opts Options, plan []*planned) (*stage, error) {
	if err := testcache.Disable(); err != nil {
		return nil, err
	}
	s := &stage{opts: opts, plan: plan, ctx: ctx}
	if opts.URL == "" { // only messages
		return s, nil
	}
	target, err := url.Parse(opts.URL)
	if err != nil || target.Host == "" {
		return nil, fmt.Errorf("provider URL %q: want http://host:port", opts.URL)
	}
	s.proxy = &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true, ResponseHeaderTimeout: opts.Timeout},
		ModifyResponse: func(resp *http.Response) error { // an answer counts when it is whole
			body, err := io.ReadAll(io.LimitReader(resp.Body, answerLimit))
			resp.Body = io.NopCloser(bytes.NewReader(body))
			if err != nil {
				return fmt.Errorf("read the provider's answer: %w", err)
			}
			s.answered(body)
			return nil
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			s.fail(fmt.Errorf("%w: %w", errUnreachable, err))
			w.WriteHeader(http.StatusBadGateway)
		},
	}
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

// begin gives the interaction at hand, or false when there is nothing to ask: then the verifier is answered at once.
func (s *stage) begin(w http.ResponseWriter) (*planned, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current == nil || s.current.err != nil {
		w.WriteHeader(http.StatusFailedDependency)
		return nil, false
	}
	s.current.asked = true
	return s.current, true
}

// request passes one request on to the provider.
func (s *stage) request(w http.ResponseWriter, r *http.Request) {
	p, ok := s.begin(w)
	if !ok {
		return
	}
	body, err := io.ReadAll(r.Body)
	if err == nil && s.opts.Filter != nil {
		s.turn.Lock()
		err = guard(r.Context(), func() error { return s.opts.Filter(r, body, &p.setup) })
		s.turn.Unlock()
	}
	if err == nil && s.proxy == nil {
		err = errors.New("the provider's URL is not given, and this interaction needs it")
	}
	if err != nil {
		s.fail(fmt.Errorf("request filter: %w", err))
		w.WriteHeader(http.StatusFailedDependency)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.opts.Timeout)
	defer cancel()
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	s.proxy.ServeHTTP(w, r.WithContext(ctx))
}

// Message is a message as the provider sent it.
type Message struct {
	Body     []byte
	Metadata map[string]any // what travels beside the body; contentType is application/json unless it is set
}

// message gives the verifier the message of the interaction at hand.
func (s *stage) message(w http.ResponseWriter, r *http.Request) {
	p, ok := s.begin(w)
	if !ok {
		return
	}
	ctx, cancel := context.WithTimeout(s.ctx, s.opts.Timeout)
	defer cancel()
	var m Message
	s.turn.Lock()
	defer s.turn.Unlock()
	err := guard(ctx, func() (err error) {
		if s.opts.Message == nil {
			return errors.New("the pact has messages, and there is no message function")
		}
		if p.setup.Request, err = readRequest(r.Body); err != nil {
			return err
		}
		m, err = s.opts.Message(ctx, &p.setup)
		return err
	})
	metadata := map[string]any{"contentType": "application/json"}
	for k, v := range m.Metadata {
		metadata[k] = v
	}
	encoded, jsonErr := json.Marshal(metadata)
	if err = errors.Join(err, jsonErr); err != nil {
		s.fail(fmt.Errorf("message: %w", err))
		w.WriteHeader(http.StatusFailedDependency)
		return
	}
	w.Header().Set("Content-Type", fmt.Sprint(metadata["contentType"]))
	w.Header().Set("Pact-Message-Metadata", base64.StdEncoding.EncodeToString(encoded))
	s.answered(m.Body)
	_, _ = w.Write(m.Body)
}

// answered keeps what the provider answered, or the message that it sent.
func (s *stage) answered(body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.current != nil {
		s.current.answer = body
	}
}

// listen serves a handler on a port of the loopback interface that is already ours when its number is known.
func listen(ctx context.Context, handler http.HandlerFunc) (net.Addr, func(), error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(l) }()
	return l.Addr(), func() { _ = server.Close() }, nil
}
