package providers

import (
	"context"
	"errors"
)

// ErrUnsupported is the cause when a runtime does not support an operation: a deployed service cannot be killed, and a
// local process cannot be disconnected from a network.
var ErrUnsupported = errors.New("not supported by this runtime")

// Runtime starts providers. Process, URL and container.Runtime implement it. All are safe for concurrent use.
type Runtime interface {
	// Start brings up everything the Spec needs, then the service, and returns when the service is ready. When it
	// fails, it removes everything that it started. The context bounds the start only: the provider runs until Stop.
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
	// Kill ends the service at once, as a crash does (SIGKILL). It is idempotent.
	Kill(ctx context.Context) error
	// Restart starts the service again, killing it first if it runs, and returns when it is ready.
	Restart(ctx context.Context) error
	// Pause freezes the service: connections stay open and nothing answers. Resume continues it.
	Pause(ctx context.Context) error
	Resume(ctx context.Context) error
	// Logs returns the service's standard output and standard error, interleaved, since its first start. Of a very long
	// log it returns the end.
	Logs(ctx context.Context) (string, error)
	// Need returns a dependency by name, or nil if the provider has none of that name under this runtime. A path names
	// the need of a need: "customers/postgres".
	Need(name string) Dependency
	// Stop ends the service and everything that was started for it. It is idempotent.
	Stop(ctx context.Context) error
}

// Dependency is something a provider needs, such as its database.
type Dependency interface {
	// URL is the address under which the test reaches the dependency. It may change with Start.
	URL() string
	// Stop ends the dependency at once, as a crash does. Its data stays. Start restarts it, and returns when it is ready.
	Stop(ctx context.Context) error
	Start(ctx context.Context) error
	// Pause freezes it: connections stay open and nothing answers. Resume continues it.
	Pause(ctx context.Context) error
	Resume(ctx context.Context) error
	// Cut disconnects it from the provider's network: packets are lost, as with a pulled cable. The test still reaches it.
	// Heal reconnects it under the same name, perhaps with another address, as after a failover.
	Cut(ctx context.Context) error
	Heal(ctx context.Context) error
}
