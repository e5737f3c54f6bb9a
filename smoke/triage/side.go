package triage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/smoke/metrics"
	"github.com/fridaygate/fridaygate/smoke/revision"
	"github.com/fridaygate/fridaygate/smoke/wire"
)

// Side is one environment, and how it is reached.
type Side struct {
	Name      string
	File      string // the environment file
	Mapping   *Mapping
	Revision  *revision.Check                                     // nil: the service says none
	Client    *http.Client                                        // its connections must be new ones, and it must not follow redirects
	Addresses func(context.Context, string) ([]netip.Addr, error) // of a host
	Spend     func(ctx context.Context, requests int) error       // called before each request; an error prevents it
	Timeout   time.Duration                                       // of one request
}

const (
	metricsLimit = 16 << 20 // bytes of what a service exposes
	answerLimit  = 1 << 20  // bytes of any other answer
)

// ask asks for what a URL has, and reads the answer. The error says in words for people why there is none.
func (s *Side) ask(ctx context.Context, u, accept string, read func(io.Reader) error) error {
	if err := s.Spend(ctx, 1); err != nil {
		return fmt.Errorf("GET %s: %w", shownURL(u), err)
	}
	limited, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(limited, http.MethodGet, u, nil)
	if err != nil {
		return fmt.Errorf("GET %s: %w", shownURL(u), err)
	}
	for name, values := range s.Mapping.Header {
		request.Header[name] = values
	}
	request.Header.Set("User-Agent", wire.UserAgent)
	request.Header.Set("Accept", accept)
	request.Header.Set("Cache-Control", "no-cache")
	answer, err := s.Client.Do(request)
	if err == nil {
		defer func() { _ = answer.Body.Close() }() // it was read
		if err = refused(answer); err == nil {
			err = read(answer.Body)
		}
	}
	if err == nil {
		return nil
	}
	why := wire.Reason(err, s.Timeout)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		why = "the time of the run was over: raise --max-time"
	}
	return fmt.Errorf("GET %s: %s", shownURL(u), why)
}

// refused returns why an answer holds nothing to read; nil if it does.
func refused(a *http.Response) error {
	said := fmt.Sprintf("answered %d %s", a.StatusCode, http.StatusText(a.StatusCode))
	to := a.Header.Get("Location")
	switch {
	case a.StatusCode >= 300 && a.StatusCode <= 399 && to != "":
		return fmt.Errorf("%s, to %s, which is not followed", said, to)
	case a.StatusCode == http.StatusUnauthorized || a.StatusCode == http.StatusForbidden:
		return fmt.Errorf("%s: the credential is likely missing: see triage.headers", said)
	case a.StatusCode != http.StatusOK:
		return errors.New(said)
	case strings.HasPrefix(a.Header.Get("Content-Type"), "text/html"):
		return errors.New("answered with a web page: correct the URL, or sign in with triage.headers")
	}
	return nil
}

// shownURL returns a URL without what may be secret in it.
func shownURL(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "(no URL)"
	}
	return u.Redacted()
}

// json asks for a JSON document.
func (s *Side) json(ctx context.Context, u string) (body []byte, err error) {
	err = s.ask(ctx, u, "application/json", func(r io.Reader) error {
		if body, err = io.ReadAll(io.LimitReader(r, answerLimit+1)); err != nil {
			return err
		}
		if len(body) > answerLimit {
			return fmt.Errorf("answered with more than %d MiB", answerLimit>>20)
		}
		return nil
	})
	return body, err
}

// scrape reads the metrics of every replica.
func (s *Side) scrape(ctx context.Context) ([]metrics.Scrape, error) {
	var wanted []metrics.Selector
	for _, level := range s.Mapping.Levels {
		wanted = append(append(wanted, level.Count...), level.Of...)
	}
	all := make([]metrics.Scrape, len(s.Mapping.Metrics))
	for i, u := range s.Mapping.Metrics {
		err := s.ask(ctx, u.String(), metrics.ContentType, func(r io.Reader) (err error) {
			all[i], err = metrics.Read(r, metricsLimit, wanted...)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// look asks every replica which revision it runs, with which settings.
func (s *Side) look(ctx context.Context) ([]revision.Seen, error) {
	return s.Revision.Look(ctx, revision.Options{Client: s.Client, Addresses: s.Addresses, Spend: s.Spend, Timeout: s.Timeout})
}
