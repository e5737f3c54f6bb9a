package probe

import (
	"context"
	"fmt"
	"io"
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

// overHTTP asks the target.
type overHTTP struct {
	probe   webhook.HTTPProbe
	options Options
}

func (p *overHTTP) Where(e Event) string {
	return "GET " + p.path(e) + "#" + p.probe.Count
}

func (p *overHTTP) path(e Event) string {
	return Path(p.probe.Path, "{event_id}", e.ID, "{tenant}", e.Tenant)
}

func (p *overHTTP) Look(ctx context.Context, e Event) (Count, error) {
	body, status, err := Get(ctx, p.options, p.path(e))
	switch {
	case err != nil:
		return Count{}, err
	case status == p.probe.Absent:
		return Count{Absent: true}, nil
	case status != http.StatusOK:
		return Count{}, &StatusError{status}
	}
	n, err := countAt(body, p.probe.Count)
	return Count{N: n}, err
}

func (p *overHTTP) Close() error { return nil }

// Path fills a path, which may hold a query: each part of it by the value that comes after it, escaped as its place
// asks. A value is one segment of the path, whatever is in it.
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
