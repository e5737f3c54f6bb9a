package finance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Client reads from one invoices service. It is safe for concurrent use once its fields are set.
type Client struct {
	URL     string        // base URL of the invoices service
	HTTP    *http.Client  // nil: http.DefaultClient
	Timeout time.Duration // of one request; zero: 5 s
}

// ErrNotFound means that the service has no such record. That is an answer, not a failure.
var ErrNotFound = errors.New("not found")

// StatusError is an answer that is neither success nor ErrNotFound.
type StatusError struct {
	Status int
	Title  string // title of the problem+json answer; empty if the answer was not one
}

// Error returns the status and the title.
func (e *StatusError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("status %d %s", e.Status, e.Title))
}

const (
	defaultTimeout = 5 * time.Second
	answerLimit    = 8 << 20
)

// read fetches one JSON answer into v.
func (c *Client) read(ctx context.Context, path string, query url.Values, v any) error {
	timeout := c.Timeout
	if timeout == 0 {
		timeout = defaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	address := strings.TrimSuffix(c.URL, "/") + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/json")
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, answerLimit))
	if err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return refusal(resp, body)
	}
	if err := json.Unmarshal(body, v); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	return nil
}

// refusal returns ErrNotFound only for the service's own 404. One of something in between, such as a proxy at a wrong
// base URL, must not read as "there is no such invoice".
func refusal(resp *http.Response, body []byte) error {
	var problem struct{ Type, Title string }
	if err := json.Unmarshal(body, &problem); err != nil {
		return &StatusError{Status: resp.StatusCode}
	}
	if resp.StatusCode == http.StatusNotFound && problem.Type == "/problems/not-found" {
		return ErrNotFound
	}
	return &StatusError{Status: resp.StatusCode, Title: problem.Title}
}

func wrap(what string, err error) error { return fmt.Errorf("read %s: %w", what, err) }
