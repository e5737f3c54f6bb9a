package probe

import (
	"context"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// answerLimit is how much of an answer is read, in bytes.
const answerLimit = 1 << 20

// StatusError is an answer to an HTTP probe that holds no count.
type StatusError struct{ Status int }

func (e *StatusError) Error() string {
	return fmt.Sprintf("answered %d (if that says that the event was never taken, declare it as effects.http.absent)", e.Status)
}

// NoCountError is an answer 200 to an HTTP probe in which there is no count.
type NoCountError struct{ Err error }

func (e *NoCountError) Error() string { return e.Err.Error() }
func (e *NoCountError) Unwrap() error { return e.Err }

// overHTTP counts effects by a request to the target.
type overHTTP struct {
	probe   webhook.HTTPProbe
	options Options
}

func (p *overHTTP) Where(e Event) string {
	return "GET " + p.path(e) + "#" + p.probe.Count
}

func (p *overHTTP) path(e Event) string {
	parts := []string{"{event_id}", e.ID, "{tenant}", e.Tenant}
	if e.Subject != nil {
		parts = append(parts, "{subject}", e.Subject.ID)
	}
	return Path(p.probe.Path, parts...)
}

func (p *overHTTP) Look(ctx context.Context, e Event) (Count, error) {
	body, status, err := Get(ctx, p.options, p.path(e))
	said := body
	switch {
	case err != nil:
		return Count{}, err
	case status == p.probe.Absent:
		body = nil
	case status != http.StatusOK:
		return Count{}, &StatusError{status}
	}
	if e.Subject != nil {
		return p.change(body, *e.Subject)
	}
	if status == p.probe.Absent {
		_, err := CountAt(said, p.probe.Count)
		return Count{Absent: true, Counted: err == nil}, nil
	}
	n, err := CountAt(body, p.probe.Count)
	if err != nil {
		return Count{}, &NoCountError{err}
	}
	return Count{N: n}, nil
}

// change counts by what became of a subject's number; one that is absent is 0.
func (p *overHTTP) change(body []byte, s Subject) (Count, error) {
	c := Count{Absent: body == nil, Number: new(big.Rat)}
	if body != nil {
		var err error
		if c.Number, err = numberAt(body, p.probe.Count); err != nil {
			return c, &NoCountError{err}
		}
	}
	if s.Before == nil {
		return c, nil
	}
	n, err := s.effects(c.Number)
	c.N = n
	return c, err
}

func (p *overHTTP) Close() error { return nil }

// Path fills a path, which may hold a query: each part of it by the value that comes after it, escaped for its place.
// A value is always one segment of the path.
func Path(template string, partsAndValues ...string) string {
	fill := func(in string, escape func(string) string) string {
		pairs := slices.Clone(partsAndValues)
		for i := 1; i < len(pairs); i += 2 {
			pairs[i] = escape(pairs[i])
		}
		return strings.NewReplacer(pairs...).Replace(in)
	}
	path, query, asks := strings.Cut(template, "?")
	path = fill(path, url.PathEscape)
	if asks {
		path += "?" + fill(query, url.QueryEscape)
	}
	return path
}

// Get reads what the target has at an escaped path, which may hold a query. An answer of more than 1 MiB is an error.
func Get(ctx context.Context, o Options, path string) (body []byte, status int, err error) {
	relative, err := url.ParseRequestURI(path)
	if err != nil {
		return nil, 0, err
	}
	address := o.Target.JoinPath(relative.EscapedPath())
	address.RawQuery = relative.RawQuery
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, 0, err
	}
	request.Header.Set("User-Agent", "fridaygate")
	request.Header.Set("Accept", "application/json")
	answer, err := o.Client.Do(request)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = answer.Body.Close() }() // nothing can be done about an answer that was read
	body, err = io.ReadAll(io.LimitReader(answer.Body, answerLimit+1))
	if err == nil && len(body) > answerLimit {
		err = fmt.Errorf("answered %d with more than %d bytes", answer.StatusCode, answerLimit)
	}
	return body, answer.StatusCode, err
}
