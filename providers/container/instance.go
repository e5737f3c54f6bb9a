package container

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"

	"github.com/fridaygate/fridaygate/providers"
)

// instance is one container on a private network, with one port that the test reaches.
type instance struct {
	engine  *engine
	name    string // its host name on the network
	network string
	port    int
	timeout time.Duration
	check   func(ctx context.Context, address string) error // one attempt to find it ready
	hosts   []string                                        // more host names that it knows, as NAME:ADDRESS

	container *testcontainers.DockerContainer
	address   string // HOST:PORT from the test; empty: not ready yet
}

// kept is how many lines of a container's log are read.
const kept = "20000"

// run creates and starts the container, and waits until it is ready. Call remove also after an error.
func (i *instance) run(ctx context.Context, image string, env map[string]string, command ...string) error {
	marks, err := labels()
	if err != nil {
		return fmt.Errorf("start %s: %w", i.name, err)
	}
	request := testcontainers.GenericContainerRequest{
		ContainerRequest: testcontainers.ContainerRequest{
			Image: image, Env: env, Cmd: command, Labels: marks,
			ExposedPorts: []string{fmt.Sprintf("%d/tcp", i.port)},
			// The port is published over the bridge, so the test keeps it while the container is cut off its network.
			Networks:       []string{testcontainers.Bridge, i.network},
			NetworkAliases: map[string][]string{i.network: {i.name}},
			HostConfigModifier: func(h *container.HostConfig) {
				h.LogConfig = container.LogConfig{Type: "json-file", Config: map[string]string{"max-size": "20m"}}
				h.ExtraHosts = i.hosts
			},
		},
		Logger: quiet{},
	}
	err = i.call(ctx, "create", func(ctx context.Context) error {
		created, err := testcontainers.GenericContainer(ctx, request)
		i.container, _ = created.(*testcontainers.DockerContainer)
		return err
	})
	if err != nil {
		return err
	}
	return i.start(ctx)
}

func (i *instance) id() string { return i.container.GetContainerID() }

// call makes one call to the engine about this container.
func (i *instance) call(ctx context.Context, verb string, do func(context.Context) error) error {
	return i.engine.call(ctx, verb+" "+i.name, do)
}

// start starts the created or ended container, and waits until it is ready.
func (i *instance) start(ctx context.Context) error {
	err := i.call(ctx, "start", func(ctx context.Context) error {
		_, err := i.engine.client.ContainerStart(ctx, i.id(), client.ContainerStartOptions{})
		return err
	})
	if err != nil {
		return err
	}
	return providers.Readiness{
		Name: i.name, Timeout: i.timeout,
		Check: func(ctx context.Context) error {
			address, err := i.find(ctx)
			if err != nil {
				return err
			}
			if err := i.check(ctx, address); err != nil {
				return err
			}
			i.address = address
			return nil
		},
		Ended: i.ended,
		Logs: func(ctx context.Context) string {
			logs, err := i.logs(ctx)
			if err != nil {
				return logs + err.Error()
			}
			return logs
		},
	}.Wait(ctx)
}

// find returns the address of the published port as it is now.
func (i *instance) find(ctx context.Context) (string, error) {
	var port network.Port
	err := i.engine.ask(ctx, "find the port of "+i.name, func(ctx context.Context) (err error) {
		port, err = i.container.MappedPort(ctx, fmt.Sprintf("%d/tcp", i.port))
		return err
	})
	if err != nil {
		return "", err
	}
	return i.engine.address(ctx, port.Num())
}

// caller makes a call to the engine: engine.call or engine.ask.
type caller func(ctx context.Context, what string, do func(context.Context) error) error

func (i *instance) state(ctx context.Context, call caller) (*container.State, error) {
	var inspected client.ContainerInspectResult
	err := call(ctx, "inspect "+i.name, func(ctx context.Context) (err error) {
		inspected, err = i.engine.client.ContainerInspect(ctx, i.id(), client.ContainerInspectOptions{})
		return err
	})
	if err != nil {
		return nil, err
	}
	return inspected.Container.State, nil
}

// ended returns an error if the container has stopped, and nil if it runs or its state is not known.
func (i *instance) ended(ctx context.Context) error {
	state, err := i.state(ctx, i.engine.ask)
	switch {
	case errdefs.IsNotFound(err):
		return fmt.Errorf("its container is gone")
	case err != nil || state.Running:
		return nil
	case state.OOMKilled:
		return fmt.Errorf("it was killed, as it used too much memory,")
	default:
		return fmt.Errorf("it ended with exit code %d", state.ExitCode)
	}
}

// kill ends the container at once, and returns when it has ended.
func (i *instance) kill(ctx context.Context) error {
	killed := i.call(ctx, "kill", func(ctx context.Context) error {
		_, err := i.engine.client.ContainerKill(ctx, i.id(), client.ContainerKillOptions{Signal: "SIGKILL"})
		return err
	})
	for {
		state, err := i.state(ctx, i.engine.call)
		if err != nil {
			return errors.Join(killed, err)
		}
		if !state.Running {
			return nil
		}
		if killed != nil {
			return killed
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("kill %s: %w", i.name, ctx.Err())
		}
	}
}

func (i *instance) restart(ctx context.Context) error {
	if err := i.kill(ctx); err != nil {
		return err
	}
	return i.start(ctx)
}

func (i *instance) pause(ctx context.Context) error {
	return i.call(ctx, "pause", func(ctx context.Context) error {
		_, err := i.engine.client.ContainerPause(ctx, i.id(), client.ContainerPauseOptions{})
		return err
	})
}

func (i *instance) resume(ctx context.Context) error {
	return i.call(ctx, "resume", func(ctx context.Context) error {
		_, err := i.engine.client.ContainerUnpause(ctx, i.id(), client.ContainerUnpauseOptions{})
		return err
	})
}

func (i *instance) cut(ctx context.Context) error {
	return i.call(ctx, "disconnect", func(ctx context.Context) error {
		_, err := i.engine.client.NetworkDisconnect(ctx, i.network, client.NetworkDisconnectOptions{Container: i.id()})
		return err
	})
}

func (i *instance) heal(ctx context.Context) error {
	endpoint := &network.EndpointSettings{Aliases: []string{i.name}}
	return i.call(ctx, "reconnect", func(ctx context.Context) error {
		_, err := i.engine.client.NetworkConnect(ctx, i.network, client.NetworkConnectOptions{Container: i.id(), EndpointConfig: endpoint})
		return err
	})
}

func (i *instance) logs(ctx context.Context) (string, error) {
	var b bytes.Buffer
	err := i.call(ctx, "read the log of", func(ctx context.Context) error {
		stream, err := i.engine.client.ContainerLogs(ctx, i.id(), client.ContainerLogsOptions{ShowStdout: true, ShowStderr: true, Tail: kept})
		if err != nil {
			return err
		}
		_, err = stdcopy.StdCopy(&b, &b, stream)
		return errors.Join(err, stream.Close())
	})
	return b.String(), err
}

// remove removes the container and its data, after a graceful stop if grace is more than zero. It is idempotent.
func (i *instance) remove(ctx context.Context, grace time.Duration) error {
	if i.container == nil {
		return nil
	}
	if grace > 0 {
		_ = i.resume(ctx) // a paused one hears nothing; of any other, this is refused
	}
	err := i.call(ctx, "remove", func(ctx context.Context) error {
		return i.container.Terminate(ctx, testcontainers.StopTimeout(grace))
	})
	if err != nil && !errdefs.IsNotFound(err) {
		return err
	}
	i.container = nil
	return nil
}
