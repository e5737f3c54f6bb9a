package revision

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/fridaygate/fridaygate/smoke/hosts"
	"github.com/fridaygate/fridaygate/smoke/pace"
	"github.com/fridaygate/fridaygate/smoke/probe"
	"github.com/fridaygate/fridaygate/smoke/wire"
)

// Options are what looking needs.
type Options struct {
	Client    *http.Client                                        // its connections must be new ones, and it must not follow redirects
	Addresses func(context.Context, string) ([]netip.Addr, error) // of a host; nil: whatever connecting leads to
	Spend     func(ctx context.Context, requests int) error
	Timeout   time.Duration   // of one request
	Date      func(time.Time) // called with the Date of each answer; nil: nothing
}

// answerLimit is how much of an answer is read, in bytes.
const answerLimit = 1 << 20

// Look asks every replica that can be told apart. The error says which one could not be asked.
func (c *Check) Look(ctx context.Context, o Options) ([]Seen, error) {
	var all []Seen
	for _, u := range c.URLs {
		seen, err := c.host(ctx, o, u)
		if err != nil {
			return nil, fmt.Errorf("revision: %w", err)
		}
		all = append(all, seen...)
	}
	return distinct(all), nil
}

// host asks every address of a URL's host.
func (c *Check) host(ctx context.Context, o Options, u *url.URL) ([]Seen, error) {
	addresses := []netip.Addr{{}}
	if o.Addresses != nil {
		found, err := o.Addresses(ctx, u.Hostname())
		if err != nil {
			return nil, fmt.Errorf("%s: %s", u, wire.Reason(err, o.Timeout))
		}
		addresses = found
	}
	var all []Seen
	var skipped error
	for _, address := range addresses {
		one, where := ctx, u.String()
		if len(addresses) > 1 {
			one, where = hosts.To(ctx, u.Hostname(), address), fmt.Sprintf("%s at %s", u, address.Unmap())
		}
		seen, err := c.address(one, o, u, where)
		switch {
		case err != nil && noRoute(err):
			skipped = err // such as IPv6 where this machine has none
		case err != nil:
			return nil, err
		}
		all = append(all, seen...)
	}
	if len(all) == 0 {
		return nil, skipped
	}
	return all, nil
}

// noRoute reports whether this machine has no way to a network.
func noRoute(err error) bool {
	return errors.Is(err, syscall.ENETUNREACH) || errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EHOSTUNREACH)
}

// address asks one address, and where replicas have names, often enough to meet others.
func (c *Check) address(ctx context.Context, o Options, u *url.URL, where string) ([]Seen, error) {
	times := 1
	if c.Instance.Named() {
		times = max(1, c.Asks)
	}
	var all []Seen
	for range times {
		one, err := c.ask(ctx, o, u, where)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// ask asks once.
func (c *Check) ask(ctx context.Context, o Options, u *url.URL, where string) (Seen, error) {
	if err := o.Spend(ctx, 1); err != nil {
		return Seen{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return Seen{}, err
	}
	request.Header.Set("User-Agent", wire.UserAgent)
	request.Header.Set("Cache-Control", "no-cache")
	answer, err := o.Client.Do(request)
	if err != nil {
		return Seen{}, &askError{where, wire.Reason(err, o.Timeout), err}
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(answer.Body, answerLimit))
	if err != nil {
		return Seen{}, &askError{where, wire.Reason(err, o.Timeout), err}
	}
	if at, err := http.ParseTime(answer.Header.Get("Date")); err == nil && o.Date != nil && answer.Header.Get("Age") == "" {
		o.Date(at)
	}
	return c.read(where, answer, body)
}

// read takes what is asked for out of an answer.
func (c *Check) read(where string, answer *http.Response, body []byte) (Seen, error) {
	if answer.StatusCode != http.StatusOK {
		said := fmt.Sprintf("answered %d %s", answer.StatusCode, http.StatusText(answer.StatusCode))
		if to := answer.Header.Get("Location"); to != "" {
			said += ", to " + to + ", which is not followed"
		}
		return Seen{}, fmt.Errorf("%s: %s: correct revision.url, or its credentials", where, said)
	}
	seen := Seen{Where: where}
	for _, part := range []struct {
		place Place
		into  *string
		key   string
	}{{c.Revision, &seen.Revision, "revision"}, {c.ConfigHash, &seen.ConfigHash, "config_hash"}, {c.Instance, new(string), "instance"}} {
		if !part.place.Named() {
			continue
		}
		if *part.into = part.place.in(answer.Header, body); *part.into == "" {
			return Seen{}, fmt.Errorf("%s: there is no text at %s: correct revision.%s", where, part.place, part.key)
		}
		if part.key == "instance" {
			seen.Where += " (" + *part.into + ")"
		}
	}
	return seen, nil
}

func (p Place) in(header http.Header, body []byte) string {
	if p.Header != "" {
		return strings.TrimSpace(header.Get(p.Header))
	}
	return probe.TextAt(body, p.Pointer)
}

// askError is an error of a request, in words for people.
type askError struct {
	where, why string
	err        error
}

func (e *askError) Error() string { return e.where + ": " + e.why }
func (e *askError) Unwrap() error { return e.err }

// between is the time between two looks of Await.
const between = 2 * time.Second

// Await looks until what is wanted answers everywhere, and at most for limit. progress is called with what was seen when that
// changes. problem says why it did not come; "" if it did.
func (c *Check) Await(ctx context.Context, o Options, limit time.Duration, progress func(string)) (seen []Seen, problem string) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for said := ""; ; {
		all, err := c.Look(ctx, o)
		if err != nil {
			problem = err.Error()
		} else if problem = c.Problem(all); problem == "" {
			return all, ""
		}
		if ctx.Err() == nil && problem != said {
			progress("waiting for " + c.Want + ": " + problem)
			said = problem
		}
		if ctx.Err() != nil || pace.Wait(ctx, between) != nil {
			return nil, fmt.Sprintf("%s did not come within %s: %s", c.Want, limit, said)
		}
	}
}
