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

// Readiness waits until a service that was just started answers 200. Runtimes share it, so that a service that does
// not come up is described the same way wherever it runs.
type Readiness struct {
	Name    string
	Path    string        // polled with GET
	Timeout time.Duration // how long the service has

	// URL is the service's base URL. It is asked again for every attempt.
	URL func(ctx context.Context) (string, error)
	// Ended is an error when the service is known to run no longer: the wait ends with it at once.
	Ended func(ctx context.Context) error
	// Logs is what the service printed so far, for the error.
	Logs func(ctx context.Context) string
}

// readyInterval is the pause between two attempts.
const readyInterval = 25 * time.Millisecond

// Wait returns nil at the first 200, and a *StartError when the service ended, or its time is over.
func (r Readiness) Wait(ctx context.Context) error {
	bounded, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	last := errors.New("no attempt was made")
	for bounded.Err() == nil {
		if err := r.Ended(bounded); err != nil {
			return r.failure(ctx, fmt.Errorf("%w before GET %s answered 200; look at its settings and at its log", err, r.Path))
		}
		err := r.attempt(bounded)
		if err == nil {
			return nil
		}
		if bounded.Err() == nil {
			last = err // the one that our own deadline broke off says less
		}
		select {
		case <-time.After(readyInterval):
		case <-bounded.Done():
		}
	}
	if ctx.Err() != nil {
		return r.failure(ctx, fmt.Errorf("%w while waiting for GET %s: %w", ctx.Err(), r.Path, last))
	}
	return r.failure(ctx, fmt.Errorf("not ready after %s: %w; look at its log, or give it a longer ReadyTimeout", r.Timeout, last))
}

func (r Readiness) attempt(ctx context.Context) error {
	base, err := r.URL(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+r.Path, nil)
	if err != nil {
		return err
	}
	response, err := readyClient.Do(request)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, 2048))
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return fmt.Errorf("GET %s: %w", request.URL, err)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s: %s", request.URL, response.Status, strings.TrimSpace(string(body)))
	}
	return nil
}

func (r Readiness) failure(ctx context.Context, cause error) error {
	return &StartError{Name: r.Name, Cause: cause, Logs: r.Logs(context.WithoutCancel(ctx))}
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

// Unwrap gives the cause.
func (e *StartError) Unwrap() error { return e.Cause }
