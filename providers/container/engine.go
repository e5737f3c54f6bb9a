package container

import (
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

// callTimeout bounds one call to the engine. A busy one was seen to take minutes over removing a network.
const callTimeout = 2 * time.Minute

// engine is the connection to Docker.
type engine struct {
	docker *testcontainers.DockerProvider
	client client.APIClient
	arch   string // of its machine, as Go calls it

	mu   sync.Mutex
	host string // where its published ports are reached; empty: not found out yet
}

// connect finds Docker the way testcontainers does: DOCKER_HOST, contexts, the usual sockets.
func connect(ctx context.Context) (*engine, error) {
	provider, err := testcontainers.ProviderDefault.GetProvider(testcontainers.WithLogger(quiet{}))
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrNoDocker, err)
	}
	docker, ok := provider.(*testcontainers.DockerProvider)
	if !ok {
		return nil, fmt.Errorf("%w: the container provider is a %T", ErrNoDocker, provider)
	}
	var version client.ServerVersionResult
	err = call(ctx, callTimeout, "ask for its version", func(ctx context.Context) (err error) {
		version, err = docker.Client().ServerVersion(ctx, client.ServerVersionOptions{})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrNoDocker, err)
	}
	return &engine{docker: docker, client: docker.Client(), arch: version.Arch}, nil
}

// call makes one call to the engine, within limit. what names the call in the error.
func call(ctx context.Context, limit time.Duration, what string, do func(context.Context) error) error {
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := do(bounded)
	switch {
	case err == nil:
		return nil
	case ctx.Err() == nil && bounded.Err() != nil:
		return fmt.Errorf("%s: %w: %s were not enough; is the machine overloaded? (%w)", what, ErrEngineSilent, limit, err)
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
	named, err := e.docker.DaemonHost(ctx)
	if err != nil {
		return "", fmt.Errorf("find the address of Docker's published ports: %w", err)
	}
	failed := []error{
		fmt.Errorf("the published port %d is not reached; if it should be, set TESTCONTAINERS_HOST_OVERRIDE to the address where Docker "+
			"publishes ports", port),
	}
	for _, host := range []string{named, "127.0.0.1"} {
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
