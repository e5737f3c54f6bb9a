package container

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
)

// ErrNoDocker is the cause when no Docker engine answers.
var ErrNoDocker = errors.New("no Docker engine answers: start Docker (on Debian, as root, \"fridaygate setup --only docker\" installs " +
	"and starts it), or run without containers with FRIDAYGATE_RUNTIME=process")

// ErrEngineSilent is the cause when the Docker engine runs but does not answer a call in time. It does not concern the
// service.
var ErrEngineSilent = errors.New("the Docker engine does not answer this call")

// callTimeout bounds one call to the engine, unless Runtime.EngineTimeout says otherwise. A busy one was seen to take
// minutes over removing a network.
const callTimeout = 2 * time.Minute

// askTimeout bounds one question about a service that starts. It is shorter than an attempt of providers.Readiness, so
// that the error names the engine and not the service.
const askTimeout = 4 * time.Second

// engine is the connection to Docker.
type engine struct {
	docker *testcontainers.DockerProvider
	client client.APIClient
	arch   string        // of its machine, as Go calls it
	limit  time.Duration // of one call

	mu   sync.Mutex
	host string // where its published ports are reached; empty: not found out yet
}

// connect finds Docker the way testcontainers does: DOCKER_HOST, contexts, the usual sockets. limit bounds each call;
// zero: callTimeout.
func connect(ctx context.Context, limit time.Duration) (*engine, error) {
	e := &engine{limit: cmp.Or(limit, callTimeout)}
	provider, err := e.provide(ctx)
	if err != nil {
		return nil, notFound(err)
	}
	docker, ok := provider.(*testcontainers.DockerProvider)
	if !ok {
		return nil, fmt.Errorf("%w: the container provider is a %T", ErrNoDocker, provider)
	}
	var version client.ServerVersionResult
	err = e.call(ctx, "ask for its version", func(ctx context.Context) (err error) {
		version, err = docker.Client().ServerVersion(ctx, client.ServerVersionOptions{})
		return err
	})
	if err != nil {
		return nil, notFound(err)
	}
	e.docker, e.client, e.arch = docker, docker.Client(), version.Arch
	return e, nil
}

// notFound is the error of a question whether there is an engine. A silent one is there.
func notFound(err error) error {
	if errors.Is(err, ErrEngineSilent) {
		return err
	}
	return fmt.Errorf("%w (%w)", ErrNoDocker, err)
}

// provide returns testcontainers' provider. It asks the engine without a context, so where the engine is silent, the
// question is left behind when the limit is reached.
func (e *engine) provide(ctx context.Context) (testcontainers.GenericProvider, error) {
	type answer struct {
		provider testcontainers.GenericProvider
		err      error
	}
	answers := make(chan answer, 1)
	go func() {
		provider, err := testcontainers.ProviderDefault.GetProvider(testcontainers.WithLogger(quiet{}))
		answers <- answer{provider, err}
	}()
	var a answer
	err := e.call(ctx, "find the Docker engine", func(ctx context.Context) error {
		select {
		case a = <-answers:
			return a.err
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	return a.provider, err
}

// call makes one call to the engine, within its limit. what names the call in the error.
func (e *engine) call(ctx context.Context, what string, do func(context.Context) error) error {
	return call(ctx, e.limit, "set "+VariableTimeout+" to a longer one, such as 5m", what, do)
}

// ask asks the engine about a service that starts.
func (e *engine) ask(ctx context.Context, what string, do func(context.Context) error) error {
	return call(ctx, min(askTimeout, e.limit), "give the service a longer ReadyTimeout", what, do)
}

// call makes one call to the engine, within limit. raise says how to have a longer one.
func call(ctx context.Context, limit time.Duration, raise, what string, do func(context.Context) error) error {
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := do(bounded)
	switch {
	case err == nil:
		return nil
	case ctx.Err() == nil && bounded.Err() != nil:
		return fmt.Errorf("%s: %w within %s; is the machine overloaded? If it is only slow, %s (%w)", what, ErrEngineSilent, limit, raise, err)
	default:
		return fmt.Errorf("%s: %w", what, err)
	}
}

// quiet is the logger that testcontainers is given: what goes wrong is in its errors, too.
type quiet struct{}

// Printf prints nothing.
func (quiet) Printf(string, ...any) {}

// address returns the HOST:PORT under which the test reaches a published port. It tries testcontainers' answer first. Inside
// a container that runs its own engine, that answer may be wrong and the loopback address right.
func (e *engine) address(ctx context.Context, port uint16) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	text := strconv.Itoa(int(port))
	if e.host != "" {
		return net.JoinHostPort(e.host, text), nil
	}
	var named string
	err := e.ask(ctx, "ask for its gateway", func(ctx context.Context) (err error) {
		named, err = e.docker.DaemonHost(ctx)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("find the address of Docker's published ports: %w", err)
	}
	failed := []error{
		fmt.Errorf("the published port %d is not reached; if it should be, set TESTCONTAINERS_HOST_OVERRIDE to the address where Docker "+
			"publishes ports", port),
	}
	for _, host := range hosts(named) {
		dialer := net.Dialer{Timeout: time.Second}
		connection, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(host, text))
		if err != nil {
			failed = append(failed, err)
			continue
		}
		e.host = host
		return net.JoinHostPort(host, text), connection.Close()
	}
	return "", errors.Join(failed...)
}

// hosts are the addresses at which published ports are tried. localhost may be ::1, where Docker 20.10 publishes a port
// under another number than at 127.0.0.1, so that another container answers.
func hosts(named string) []string {
	if named == "localhost" {
		return []string{"127.0.0.1"}
	}
	return []string{named, "127.0.0.1"}
}

// Labels of everything that is started here, besides those of testcontainers.
const (
	labelHost  = "com.fridaygate.host"  // the machine, or container, that started it
	labelOwner = "com.fridaygate.owner" // the process there that started it
	labelImage = "com.fridaygate.image" // an image of a service; its value is the service's name
)

// labels are those of a container or network of this process.
func labels() (map[string]string, error) {
	host, err := here()
	if err != nil {
		return nil, err
	}
	all := testcontainers.GenericLabels()
	all[labelHost] = host
	all[labelOwner] = strconv.Itoa(os.Getpid())
	return all, nil
}

// here names this machine, or this container of it: where process ids mean what they mean here.
func here() (string, error) {
	host, err := os.Hostname()
	if err != nil {
		return "", err
	}
	if space, err := os.Readlink("/proc/self/ns/pid"); err == nil { // on Linux only
		host += "/" + space
	}
	return host, nil
}
