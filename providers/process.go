package providers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/fridaygate/fridaygate/providers/testcache"
)

// Process is the Runtime that runs a service as a command on this machine. PostgreSQL and Redis among its Needs are
// not started: such a service uses its embedded database, as its Env says. The zero value is ready to use.
//
// The service gets the Env of its Spec and nothing of the test's own environment, except APP_PORT, a free port that
// Process picks and keeps across restarts, and APP_HOST, 127.0.0.1 unless Env says otherwise. It runs in a new
// process group, which Stop ends; on Linux the group also ends when the test itself is killed.
type Process struct {
	Dir string // folder of the module that Spec.Package is built from; empty: the current one
}

// stopTimeout is how long Stop waits for a service to end before it kills it.
const stopTimeout = 5 * time.Second

// Start builds the service if the Spec names a Package, runs it, and returns when it is ready.
func (r Process) Start(ctx context.Context, spec Spec) (Provider, error) {
	spec, err := spec.Complete()
	if err != nil {
		return nil, err
	}
	if err := spec.Source(); err != nil {
		return nil, err
	}
	if err := testcache.Disable(); err != nil {
		return nil, fmt.Errorf("start %s: %w", spec.Name, err)
	}
	p := &process{spec: spec, needs: map[string]Dependency{}}
	if err := r.prepare(ctx, p); err != nil {
		return nil, errors.Join(err, p.Stop(context.WithoutCancel(ctx)))
	}
	if err := p.start(ctx); err != nil {
		return nil, errors.Join(err, p.Stop(context.WithoutCancel(ctx)))
	}
	return p, nil
}

// prepare starts what the service needs, finds its port, and builds it.
func (r Process) prepare(ctx context.Context, p *process) error {
	addresses := map[string]string{}
	for _, need := range p.spec.Needs {
		if need.Kind != KindService {
			continue
		}
		service, err := r.Start(ctx, need.Spec)
		if err != nil {
			return fmt.Errorf("start %s: its need %s: %w", p.spec.Name, need.Name, err)
		}
		p.needs[need.Name] = asNeed{service}
		addresses[need.Name] = service.URL()
	}
	var err error
	if p.env, err = p.spec.Environment(addresses); err != nil {
		return err
	}
	if p.port, err = freePort(ctx); err != nil {
		return fmt.Errorf("start %s: %w", p.spec.Name, err)
	}
	p.env = append(p.env, "APP_PORT="+strconv.Itoa(p.port))
	if _, chosen := p.spec.Env["APP_HOST"]; !chosen {
		p.env = append(p.env, "APP_HOST=127.0.0.1")
	}
	if p.binary = p.spec.Binary; p.binary != "" {
		return nil
	}
	if p.folder, err = os.MkdirTemp("", "fridaygate-"+p.spec.Name+"-"); err != nil {
		return fmt.Errorf("start %s: %w", p.spec.Name, err)
	}
	p.binary = filepath.Join(p.folder, p.spec.Name+executableSuffix)
	return Build{Package: p.spec.Package, Dir: r.Dir}.Run(ctx, p.binary)
}

func freePort(ctx context.Context) (int, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return listener.Addr().(*net.TCPAddr).Port, listener.Close()
}

// process is the Provider of Process.
type process struct {
	spec   Spec
	binary string
	folder string // made for the binary; empty: none
	env    []string
	port   int
	logs   tail
	needs  map[string]Dependency

	mu      sync.Mutex // held by every operation that changes what runs
	running *group     // nil: never started
	stopped bool
}

func (p *process) Name() string { return p.spec.Name }

func (p *process) URL() string { return "http://127.0.0.1:" + strconv.Itoa(p.port) }

func (p *process) start(ctx context.Context) error {
	if p.stopped {
		return fmt.Errorf("start %s: it was stopped for good", p.spec.Name)
	}
	running, err := launch(ctx, p.binary, p.env, &p.logs)
	if err != nil {
		return fmt.Errorf("start %s: %w", p.spec.Name, err)
	}
	p.running = running
	return Readiness{
		Name: p.spec.Name, Timeout: p.spec.ReadyTimeout,
		Check: func(ctx context.Context) error { return CheckHTTP(ctx, p.URL()+p.spec.Ready) },
		Ended: func(context.Context) error { return running.ended() },
		Logs:  func(context.Context) string { return p.logs.String() },
	}.Wait(ctx)
}

func (p *process) Kill(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.kill(ctx)
}

func (p *process) kill(ctx context.Context) error {
	if p.running == nil {
		return nil
	}
	if err := p.running.kill(ctx); err != nil {
		return fmt.Errorf("kill %s: %w", p.spec.Name, err)
	}
	return nil
}

func (p *process) Restart(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.kill(ctx); err != nil {
		return err
	}
	return p.start(ctx)
}

func (p *process) Pause(ctx context.Context) error {
	if err := p.signal("pause", pauseSignal); err != nil {
		return err
	}
	for !paused(p.running.command.Process.Pid) {
		select {
		case <-ctx.Done():
			return fmt.Errorf("pause %s: %w", p.spec.Name, ctx.Err())
		case <-time.After(time.Millisecond):
		}
	}
	return nil
}

func (p *process) Resume(context.Context) error { return p.signal("resume", resumeSignal) }

func (p *process) signal(what string, signal os.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running == nil {
		return fmt.Errorf("%s %s: it does not run", what, p.spec.Name)
	}
	if err := p.running.signal(signal); err != nil {
		return fmt.Errorf("%s %s: %w", what, p.spec.Name, err)
	}
	return nil
}

func (p *process) Logs(context.Context) (string, error) { return p.logs.String(), nil }

func (p *process) Need(path string) Dependency { return find(p.needs, path) }

func (p *process) Stop(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = true
	var failed []error
	if p.running != nil {
		if err := p.running.stop(ctx, stopTimeout); err != nil {
			failed = append(failed, fmt.Errorf("stop %s: %w", p.spec.Name, err))
		}
	}
	for _, need := range p.needs {
		failed = append(failed, need.(asNeed).service.Stop(ctx))
	}
	if p.folder != "" {
		failed = append(failed, os.RemoveAll(p.folder))
	}
	return errors.Join(failed...)
}

// find looks a dependency up by path.
func find(needs map[string]Dependency, path string) Dependency {
	name, rest, nested := strings.Cut(path, "/")
	dependency, ok := needs[name]
	if !ok {
		return nil
	}
	if !nested {
		return dependency
	}
	if service, ok := dependency.(asNeed); ok {
		return service.service.Need(rest)
	}
	return nil
}

// asNeed is a provider seen as another one's dependency.
type asNeed struct{ service Provider }

func (n asNeed) URL() string                      { return n.service.URL() }
func (n asNeed) Stop(ctx context.Context) error   { return n.service.Kill(ctx) }
func (n asNeed) Start(ctx context.Context) error  { return n.service.Restart(ctx) }
func (n asNeed) Pause(ctx context.Context) error  { return n.service.Pause(ctx) }
func (n asNeed) Resume(ctx context.Context) error { return n.service.Resume(ctx) }

func (n asNeed) Cut(context.Context) error {
	return fmt.Errorf("cut %s off: local processes share one network: %w", n.service.Name(), ErrUnsupported)
}

func (n asNeed) Heal(context.Context) error {
	return fmt.Errorf("heal %s: local processes share one network: %w", n.service.Name(), ErrUnsupported)
}
