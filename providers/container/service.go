package container

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fridaygate/fridaygate/providers"
)

// dependent is a dependency that can be removed, and that may have needs.
type dependent interface {
	providers.Dependency
	Need(path string) providers.Dependency
	discard(ctx context.Context) error
}

func (d *dependency) Need(string) providers.Dependency { return nil }

func (d *dependency) discard(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.remove(ctx, 0)
}

// service is a service in its container, with its needs. As a Dependency it is seen from another service.
type service struct {
	dependency
	spec  providers.Spec
	needs map[string]dependent
}

// stopGrace is how long a service has to shut down before it is killed.
const stopGrace = 5 * time.Second

// service starts the needs of a service concurrently, while the service is built, and then the service. Call discard also
// after an error.
func (r *Runtime) service(ctx context.Context, e *engine, network, host, prefix string, spec providers.Spec) (*service, error) {
	s := &service{spec: spec, needs: map[string]dependent{}}
	s.instance = &instance{
		engine: e, name: host, network: network, port: spec.Port, timeout: spec.ReadyTimeout,
		check: func(ctx context.Context, address string) error {
			return providers.CheckHTTP(ctx, "http://"+address+spec.Ready)
		},
	}
	s.url = func(address string) string { return "http://" + address }
	if err := spec.Source(); err != nil {
		return s, err
	}
	image, addresses, err := r.prepare(ctx, s, prefix)
	if err != nil {
		return s, err
	}
	list, err := spec.Environment(addresses)
	if err != nil {
		return s, err
	}
	env := map[string]string{"APP_PORT": strconv.Itoa(spec.Port)}
	for _, entry := range list {
		key, value, _ := strings.Cut(entry, "=")
		env[key] = value
	}
	return s, s.run(ctx, image, env)
}

// prepare returns the image of a service, and the addresses of its needs.
func (r *Runtime) prepare(ctx context.Context, s *service, prefix string) (image string, addresses map[string]string, err error) {
	var group errgroup.Group // its context would end with the first error, and testcontainers panics then
	group.Go(func() (err error) {
		image, err = r.builder.image(ctx, s.engine, r.Dir, s.spec)
		return err
	})
	var mu sync.Mutex
	addresses = map[string]string{}
	for _, need := range s.spec.Needs {
		group.Go(func() error {
			started, address, err := r.need(ctx, s.engine, s.network, prefix, need)
			mu.Lock()
			defer mu.Unlock()
			s.needs[need.Name], addresses[need.Name] = started, address
			if err != nil {
				return fmt.Errorf("start %s: its need %s: %w", s.spec.Name, need.Name, err)
			}
			return nil
		})
	}
	err = group.Wait()
	return image, addresses, err
}

// Need is a need by path.
func (s *service) Need(path string) providers.Dependency {
	name, rest, nested := strings.Cut(path, "/")
	need, ok := s.needs[name]
	switch {
	case !ok:
		return nil
	case nested:
		return need.Need(rest)
	default:
		return need
	}
}

// discard removes the service, and then its needs.
func (s *service) discard(ctx context.Context) error {
	s.mu.Lock()
	failed := []error{s.remove(ctx, stopGrace)}
	s.mu.Unlock()
	for need := range maps.Values(s.needs) {
		failed = append(failed, need.discard(ctx))
	}
	return errors.Join(failed...)
}
