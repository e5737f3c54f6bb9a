package container

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"

	"github.com/fridaygate/fridaygate/providers"
	"github.com/fridaygate/fridaygate/providers/testcache"
)

// Runtime starts services in containers. The zero value is ready to use, and safe for concurrent use.
type Runtime struct {
	Images Images
	Dir    string // folder of the module that services are built from; empty: the current one

	// EngineTimeout bounds one call to the Docker engine; zero: two minutes. Downloads of images have their own bound.
	EngineTimeout time.Duration

	builder builder
	mu      sync.Mutex
	engine  *engine
}

// removeTimeout bounds the clean-up after a start that failed.
const removeTimeout = time.Minute

func (r *Runtime) connect(ctx context.Context) (*engine, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := testcache.Disable(); err != nil {
		return nil, err
	}
	if r.engine == nil {
		connected, err := connect(ctx, r.EngineTimeout)
		if err != nil {
			return nil, err
		}
		r.engine = connected
	}
	return r.engine, nil
}

// Start builds the service, starts it and its needs in containers on a network of their own, and returns when it is
// ready. APP_PORT is set to the Spec's Port unless its Env sets it.
func (r *Runtime) Start(ctx context.Context, spec providers.Spec) (providers.Provider, error) {
	spec, err := spec.Complete()
	if err != nil {
		return nil, err
	}
	e, err := r.connect(ctx)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", spec.Name, err)
	}
	network, err := e.createNetwork(ctx)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", spec.Name, err)
	}
	s, err := r.service(ctx, e, network, spec.Name, "", spec)
	p := &provider{service: s}
	if err != nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeTimeout)
		defer cancel()
		return nil, errors.Join(err, p.Stop(ctx))
	}
	return p, nil
}

// createNetwork makes a private network. Its name sorts after "bridge", so that Docker publishes ports over the bridge.
func (e *engine) createNetwork(ctx context.Context) (string, error) {
	marks, err := labels()
	if err != nil {
		return "", err
	}
	name := "fridaygate-" + strings.ToLower(rand.Text())
	err = e.call(ctx, "create a network", func(ctx context.Context) error {
		_, err := e.client.NetworkCreate(ctx, name, client.NetworkCreateOptions{Driver: "bridge", Labels: marks})
		return err
	})
	return name, err
}

// removeNetwork removes the private network of a service. It is idempotent.
func (e *engine) removeNetwork(ctx context.Context, network, service string) error {
	err := e.call(ctx, "stop "+service+": remove its network", func(ctx context.Context) error {
		_, err := e.client.NetworkRemove(ctx, network, client.NetworkRemoveOptions{})
		return err
	})
	if errdefs.IsNotFound(err) {
		return nil
	}
	return err
}

// provider is the Provider of a service that was started for itself.
type provider struct {
	service *service

	mu      sync.Mutex
	stopped bool
}

func (p *provider) Name() string { return p.service.spec.Name }
func (p *provider) URL() string  { return p.service.URL() }

func (p *provider) Kill(ctx context.Context) error { return p.service.locked(ctx, p.service.kill) }
func (p *provider) Restart(ctx context.Context) error {
	return p.service.locked(ctx, p.service.restart)
}
func (p *provider) Pause(ctx context.Context) error  { return p.service.locked(ctx, p.service.pause) }
func (p *provider) Resume(ctx context.Context) error { return p.service.locked(ctx, p.service.resume) }

func (p *provider) Logs(ctx context.Context) (logs string, err error) {
	err = p.service.locked(ctx, func(ctx context.Context) error {
		logs, err = p.service.logs(ctx)
		return err
	})
	return logs, err
}

func (p *provider) Need(path string) providers.Dependency { return p.service.Need(path) }

func (p *provider) Stop(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped {
		return nil
	}
	if err := p.service.discard(ctx); err != nil {
		return err
	}
	s := p.service
	if err := s.engine.removeNetwork(ctx, s.network, s.spec.Name); err != nil {
		return err
	}
	p.stopped = true
	return nil
}
