package providers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Readiness waits until something that was just started answers. Runtimes share it, so that a service that does
// not come up is described the same way wherever it runs.
type Readiness struct {
	Name    string
	Timeout time.Duration // how long it has

	// Check is one attempt: nil when it is ready, and otherwise why not. See CheckHTTP.
	Check func(ctx context.Context) error
	// Ended is an error when it is known to run no longer: the wait ends with it at once.
	Ended func(ctx context.Context) error
	// Logs is what it printed so far, for the error.
	Logs func(ctx context.Context) string
}

// Attempts are bounded one by one, and have a pause between them.
const (
	readyAttempt  = 5 * time.Second
	readyInterval = 25 * time.Millisecond
)

// Wait returns nil at the first check that holds, and a *StartError when it ended, or its time is over.
func (r Readiness) Wait(ctx context.Context) error {
	bounded, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	last := errors.New("no attempt was made")
	for bounded.Err() == nil {
		ended := r.Ended(bounded)
		if ended != nil && bounded.Err() == nil {
			return r.failure(ctx, fmt.Errorf("%w before it was ready; look at its settings and at its log", ended))
		}
		attempt, done := context.WithTimeout(bounded, readyAttempt)
		err := r.Check(attempt)
		done()
		if err == nil {
			return nil
		}
		if bounded.Err() == nil {
			last = err // an attempt that the deadline cut short has a less useful error
		}
		select {
		case <-time.After(readyInterval):
		case <-bounded.Done():
		}
	}
	if ctx.Err() != nil {
		return r.failure(ctx, fmt.Errorf("%w while waiting until it is ready: %w", ctx.Err(), last))
	}
	return r.failure(ctx, fmt.Errorf("not ready after %s: %w; look at its log, or give it a longer ReadyTimeout", r.Timeout, last))
}

func (r Readiness) failure(ctx context.Context, cause error) error {
	return &StartError{Name: r.Name, Cause: cause, Logs: r.Logs(context.WithoutCancel(ctx))}
}

// CheckHTTP is one attempt of a Readiness: GET url answers 200.
func CheckHTTP(ctx context.Context, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := readyClient.Do(request)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, 2048))
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return fmt.Errorf("GET %s: %w", url, err)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s: %s", url, response.Status, strings.TrimSpace(string(body)))
	}
	return nil
}

// readyClient goes straight to the service: no proxy, no redirect, no connection kept.
var readyClient = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// StartError is a service that did not come up. Its text ends with the last lines the service printed.
type StartError struct {
	Name  string
	Cause error
	Logs  string // what the service printed
}

// errorLines is how many of the last log lines an error shows.
const errorLines = 15

func (e *StartError) Error() string {
	text := fmt.Sprintf("start %s: %v", e.Name, e.Cause)
	logs := strings.TrimRight(e.Logs, "\n")
	if logs == "" {
		return text + "; it printed nothing"
	}
	lines := strings.Split(logs, "\n")
	if len(lines) > errorLines {
		lines = lines[len(lines)-errorLines:]
	}
	return text + "\n  its last log lines:\n    " + strings.Join(lines, "\n    ")
}

// Unwrap returns the cause.
func (e *StartError) Unwrap() error { return e.Cause }
