package verification

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/pact/wire"
)

// refused is the answer to the verifier when no request may be sent. The verifier's result is ignored then.
func refused() *wire.Message { return wire.New("HTTP/1.1 424 Failed Dependency", nil) }

// request passes one request on to the provider, and its answer back. Both are kept as they were on the wire.
func (s *stage) request(ctx context.Context, request *wire.Message) *wire.Message {
	p, ok := s.begin()
	if !ok {
		return refused()
	}
	answer, err := s.forward(ctx, p, request)
	if err != nil {
		s.fail(err)
		return refused()
	}
	seen := readable(answer)
	s.mu.Lock()
	p.wire.answer, p.answer = answer, seen.Content()
	s.mu.Unlock()
	return seen
}

// forward sends the request that the pact describes, and returns the provider's answer.
func (s *stage) forward(ctx context.Context, p *planned, request *wire.Message) (*wire.Message, error) {
	if s.client == nil || p.setup.Interaction.Message {
		return nil, errors.New("the provider's URL is not given, and this interaction needs it")
	}
	if err := p.restore(request, s.client.Target); err != nil {
		return nil, err
	}
	if s.opts.Filter != nil {
		if err := s.filter(ctx, p, request); err != nil {
			return nil, fmt.Errorf("request filter: %w", err)
		}
	}
	s.mu.Lock()
	p.wire.request = request
	s.mu.Unlock()
	answer, err := s.client.Do(ctx, request)
	switch {
	case errors.Is(err, wire.ErrTooLarge):
		return nil, inconclusive(fmt.Errorf("the provider's answer is not compared: %w", err))
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errUnreachable, err)
	}
	return answer, nil
}

// filter has the caller's filter change the request, and leaves the rest as it is.
func (s *stage) filter(ctx context.Context, p *planned, m *wire.Message) error {
	ctx, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	r := asHTTP(ctx, m)
	before, host, address := r.Header.Clone(), r.Host, *r.URL
	s.turn.Lock()
	err := guard(ctx, func() error { return s.opts.Filter(r, bytes.Clone(m.Content()), &p.setup) })
	s.turn.Unlock()
	if err != nil {
		return err
	}
	method, target, version := m.RequestLine()
	if *r.URL != address {
		target = r.URL.RequestURI()
	}
	if r.Method != method || *r.URL != address {
		m.SetStart(r.Method + " " + target + " " + version)
	}
	if r.Host != host {
		r.Header.Set("Host", r.Host)
	}
	return p.setFields(m, before, r.Header)
}

// setFields changes the fields of a request that differ from before.
func (p *planned) setFields(m *wire.Message, before, after http.Header) error {
	names := slices.Sorted(maps.Keys(after))
	for name := range before {
		if _, kept := after[name]; !kept {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if slices.Equal(before[name], after[name]) {
			continue
		}
		if strings.ContainsAny(strings.Join(after[name], ""), "\r\n") {
			return fmt.Errorf("the field %s has a line break in it", name)
		}
		m.Set(name, after[name]...)
		p.wire.filtered = append(p.wire.filtered, name)
	}
	return nil
}

// asHTTP returns the request as a filter sees it.
func asHTTP(ctx context.Context, m *wire.Message) *http.Request {
	method, target, version := m.RequestLine()
	address, err := url.ParseRequestURI(target)
	if err != nil { // such as one with a stray %
		path, query, _ := strings.Cut(target, "?")
		address = &url.URL{Opaque: path, RawQuery: query}
	}
	r := &http.Request{
		Method: method, URL: address, RequestURI: target, Proto: version, ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{},
		Body: io.NopCloser(bytes.NewReader(m.Content())), ContentLength: int64(len(m.Content())), Host: strings.Join(m.Values("Host"), ""),
	}
	for _, name := range m.Names() {
		key := http.CanonicalHeaderKey(name)
		if key != "Host" && r.Header[key] == nil {
			r.Header[key] = m.Values(name)
		}
	}
	return r.WithContext(ctx)
}
