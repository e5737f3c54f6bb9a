package providers

import (
	"context"
	"errors"
)

// ErrUnsupported is the cause when a runtime cannot do what was asked: a deployed service cannot be killed, a
// local process has no network of its own to cut.
var ErrUnsupported = errors.New("not supported by this runtime")

// Runtime starts providers somewhere. Process, URL and container.Runtime are the three. All are safe for
// concurrent use.
type Runtime interface {
	// Start brings up everything the Spec needs, then the service, and returns when the service is ready. When it
	// fails, nothing it started is left behind. The context bounds the start only: the provider lives until Stop.
	// In a test it also keeps go test from caching the result, which depends on the service.
	Start(ctx context.Context, spec Spec) (Provider, error)
}

// Provider is a running service.
type Provider interface {
	// Name is the Spec's name.
	Name() string
	// URL is the base URL under which the test reaches the service, without a slash at its end. It may change
	// with Restart.
	URL() string
	// Kill ends the service at once, as a crash does (SIGKILL). Killing what has ended is no error.
	Kill(ctx context.Context) error
	// Restart starts the service again, killing it first if it runs, and returns when it is ready.
	Restart(ctx context.Context) error
	// Pause freezes the service: connections stay open and nothing answers. Resume lets it go on.
	Pause(ctx context.Context) error
	Resume(ctx context.Context) error
	// Logs is what the service printed, standard output and standard error together, from its first start on. It
	// is bounded: of a very long log, the end.
	Logs(ctx context.Context) (string, error)
	// Need is a dependency by its name, nil if the provider has none of that name under this runtime. The needs of
	// a need are reached by path: "customers/postgres".
	Need(name string) Dependency
	// Stop ends the service and everything that was started for it. Calling it again is no error.
	Stop(ctx context.Context) error
}

// Dependency is something a provider needs, such as its database.
type Dependency interface {
	// URL is where the test itself reaches the dependency. It may change with Start.
	URL() string
	// Stop ends the dependency at once, as a crash does; its data stays. Start brings it back, and returns when it
	// is ready.
	Stop(ctx context.Context) error
	Start(ctx context.Context) error
	// Pause freezes it: connections stay open and nothing answers. Resume lets it go on.
	Pause(ctx context.Context) error
	Resume(ctx context.Context) error
	// Cut takes it off the provider's network: packets vanish, as with a pulled cable; the test still reaches it.
	// Heal connects it again, under the same name, and perhaps with another address, as after a failover.
	Cut(ctx context.Context) error
	Heal(ctx context.Context) error
}
