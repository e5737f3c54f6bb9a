package smoke

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/smoke/history"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// Effects are looked at again after settle, so that one that comes a moment late is not missed.
const (
	settle    = 25 * time.Millisecond
	lookAgain = 20 * time.Millisecond
)

// prober counts effects by asking the target over HTTP.
type prober struct {
	client  *http.Client
	target  *url.URL
	probe   webhook.HTTPProbe
	timeout time.Duration // of one look
	now     func() time.Time
}

// observe looks until the count of eventID is want and stays so, is more than want, or patience has run out; it
// gives the last look.
func (p *prober) observe(ctx context.Context, eventID string, want int, patience time.Duration) history.Observation {
	ctx, cancel := context.WithTimeout(ctx, patience+p.timeout)
	defer cancel()
	deadline := p.now().Add(patience)
	settled := false
	for {
		seen := p.look(ctx, eventID)
		wait := lookAgain
		switch {
		case seen.Err == "" && seen.Count > want, settled && seen.Err == "" && seen.Count == want:
			return seen
		case seen.Err == "" && seen.Count == want:
			settled, wait = true, settle
		case !p.now().Before(deadline):
			return seen
		}
		select {
		case <-ctx.Done():
			return seen
		case <-time.After(wait):
		}
	}
}

func (p *prober) look(ctx context.Context, eventID string) history.Observation {
	seen := history.Observation{At: p.now(), Where: "GET " + strings.ReplaceAll(p.probe.Path, "{event_id}", url.QueryEscape(eventID)) + "#" + p.probe.Count}
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	count, absent, err := p.ask(ctx, eventID)
	if err != nil {
		seen.Err = reason(err, p.timeout)
	}
	seen.Count, seen.Absent = count, absent
	return seen
}

func (p *prober) ask(ctx context.Context, eventID string) (count int, absent bool, err error) {
	path := strings.ReplaceAll(p.probe.Path, "{event_id}", url.QueryEscape(eventID))
	relative, err := url.Parse(strings.TrimPrefix(path, "/"))
	if err != nil {
		return 0, false, err
	}
	address := p.target.JoinPath(relative.Path)
	address.RawQuery = relative.RawQuery
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return 0, false, err
	}
	request.Header.Set("User-Agent", userAgent)
	answer, err := p.client.Do(request)
	if err != nil {
		return 0, false, err
	}
	defer func() { _ = answer.Body.Close() }()
	if p.probe.Absent != 0 && answer.StatusCode == p.probe.Absent {
		return 0, true, nil
	}
	if answer.StatusCode != http.StatusOK {
		return 0, false, fmt.Errorf("answered %d (if that says that the event was never taken, declare it as effects.http.absent)", answer.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, answerLimit))
	if err != nil {
		return 0, false, err
	}
	count, err = countAt(body, p.probe.Count)
	return count, false, err
}

// countAt reads the number at pointer in a JSON document, or the length of the array there.
func countAt(doc []byte, pointer string) (int, error) {
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return 0, fmt.Errorf("answered with no JSON: %w", err)
	}
	value, ok := at(value, pointer)
	if !ok {
		return 0, fmt.Errorf("its answer has nothing at %q", pointer)
	}
	switch v := value.(type) {
	case []any:
		return len(v), nil
	case json.Number:
		n, err := strconv.Atoi(v.String())
		if err == nil && n >= 0 {
			return n, nil
		}
	}
	return 0, fmt.Errorf("its answer has no count and no array at %q", pointer)
}

// at evaluates a JSON Pointer (RFC 6901).
func at(value any, pointer string) (any, bool) {
	if pointer == "" {
		return value, true
	}
	for _, key := range strings.Split(pointer, "/")[1:] {
		switch v := value.(type) {
		case map[string]any:
			key = strings.ReplaceAll(strings.ReplaceAll(key, "~1", "/"), "~0", "~")
			found, ok := v[key]
			if !ok {
				return nil, false
			}
			value = found
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(v) {
				return nil, false
			}
			value = v[i]
		default:
			return nil, false
		}
	}
	return value, true
}
