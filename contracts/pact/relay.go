package pact

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

// refused answers the verifier when there is nothing to ask. What it makes of this is not read.
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
	p.wire.answer, p.answer = answer, decoded(seen)
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
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnreachable, err)
	}
	return answer, nil
}

// filter has the caller's filter change the request, and leaves the rest as it is.
func (s *stage) filter(ctx context.Context, p *planned, m *wire.Message) error {
	r := asHTTP(ctx, m)
	before, line, host := r.Header.Clone(), *r, r.Host
	address := *r.URL
	s.turn.Lock()
	err := guard(ctx, func() error { return s.opts.Filter(r, m.Content(), &p.setup) })
	s.turn.Unlock()
	if err != nil {
		return err
	}
	if *r.URL != address {
		m.SetTarget(r.URL.RequestURI())
	}
	if r.Method != line.Method {
		_, target, version := m.RequestLine()
		m.SetStart(r.Method + " " + target + " " + version)
	}
	if r.Host != host {
		r.Header.Set("Host", r.Host)
	}
	names := slices.Sorted(maps.Keys(r.Header))
	for name := range before {
		if _, kept := r.Header[name]; !kept {
			names = append(names, name)
		}
	}
	for _, name := range names {
		if slices.Equal(before[name], r.Header[name]) {
			continue
		}
		if strings.ContainsAny(strings.Join(r.Header[name], ""), "\r\n") {
			return fmt.Errorf("the field %s has a line break in it", name)
		}
		m.Set(name, r.Header[name]...)
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
