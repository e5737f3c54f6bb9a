package providers

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/providers/testcache"
)

// URL is the Runtime of services that already run: it maps each name to a base URL. It starts nothing. Killing, pausing
// and disconnecting return ErrUnsupported.
type URL map[string]string

// ParseURLs reads a URL runtime from "name=https://host,name=https://host".
func ParseURLs(text string) (URL, error) {
	urls := URL{}
	for part := range strings.SplitSeq(text, ",") {
		name, base, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok {
			return nil, fmt.Errorf("%q: want NAME=URL", part)
		}
		parsed, err := url.Parse(base)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if (parsed.Scheme != "http" && parsed.Scheme != "https") || parsed.Host == "" || parsed.RawQuery != "" || parsed.Fragment != "" {
			return nil, fmt.Errorf("%s=%s: want a base URL such as https://%s.example.com", name, base, name)
		}
		if _, twice := urls[name]; twice {
			return nil, fmt.Errorf("%s is given twice", name)
		}
		urls[name] = strings.TrimRight(base, "/")
	}
	return urls, nil
}

// Start waits until the service that the Spec names is ready. Needs, Env, Package and Binary are not looked at.
func (u URL) Start(ctx context.Context, spec Spec) (Provider, error) {
	spec, err := spec.Complete()
	if err != nil {
		return nil, err
	}
	base, ok := u[spec.Name]
	if !ok {
		return nil, fmt.Errorf("start %s: no URL is given for it; there are: %s", spec.Name, strings.Join(slices.Sorted(maps.Keys(u)), ", "))
	}
	if err := testcache.Disable(); err != nil {
		return nil, fmt.Errorf("reach %s: %w", spec.Name, err)
	}
	err = Readiness{
		Name: spec.Name, Timeout: spec.ReadyTimeout,
		Check: func(ctx context.Context) error { return CheckHTTP(ctx, base+spec.Ready) },
		Ended: func(context.Context) error { return nil },
		Logs:  func(context.Context) string { return "" },
	}.Wait(ctx)
	var failed *StartError
	if errors.As(err, &failed) {
		return nil, fmt.Errorf("reach %s at %s: %w", spec.Name, base, failed.Cause)
	}
	return deployed{spec.Name, base}, err
}

// deployed is the Provider of URL.
type deployed struct{ name, url string }

func (d deployed) Name() string { return d.name }
func (d deployed) URL() string  { return d.url }

func (d deployed) Kill(context.Context) error    { return d.cannot("kill") }
func (d deployed) Restart(context.Context) error { return d.cannot("restart") }
func (d deployed) Pause(context.Context) error   { return d.cannot("pause") }
func (d deployed) Resume(context.Context) error  { return d.cannot("resume") }

func (d deployed) Logs(context.Context) (string, error) { return "", d.cannot("read the log of") }
func (d deployed) Need(string) Dependency               { return nil }
func (d deployed) Stop(context.Context) error           { return nil }

func (d deployed) cannot(what string) error {
	return fmt.Errorf("%s %s: it was not started here, it runs at %s: %w", what, d.name, d.url, ErrUnsupported)
}
