package brokertest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/fridaygate/fridaygate/providers/container"
	"github.com/fridaygate/fridaygate/providers/setup"
)

// Variables that this package reads.
const (
	// VariableRequire lists, separated by commas, what must not be replaced: "broker" allows no recording.
	VariableRequire = "FRIDAYGATE_REQUIRE"
	// VariableNotes names the file that gets one line for each test that ran against a recording.
	VariableNotes = "FRIDAYGATE_NOTES"
)

var record = flag.Bool("brokertest.record", false, "write the recordings of a Pact Broker anew, from a real one")

// Broker is a Pact Broker for one test.
type Broker struct {
	URL                string // its base URL
	Username, Password string // required by every request

	hooks hooks
}

// shared is a Pact Broker in Docker that the tests of a package use, one after the other.
type shared struct {
	options container.PactBrokerOptions
	lease   sync.Mutex // held by the test that uses the broker

	once   sync.Once
	broker *container.PactBroker
	err    error
}

var (
	onSQLite   shared
	onPostgres = shared{options: container.PactBrokerOptions{Postgres: true, Webhooks: true}}
)

// Start returns a broker on SQLite that no other test uses until this one has ended. It has no environments and no webhooks.
// Pacticipants of earlier tests of the package are still there, so a test uses pacticipants with names of its own: on SQLite,
// a broker cannot delete one with a letter beyond ASCII in its name.
func Start(t *testing.T) Broker {
	t.Helper()
	return onSQLite.start(t)
}

// StartOnPostgres returns an empty broker on PostgreSQL, as in production, that no other test uses until this one has ended.
// It sends webhooks to the test: see Broker.Hook.
func StartOnPostgres(t *testing.T) Broker {
	t.Helper()
	return onPostgres.start(t)
}

func (s *shared) start(t *testing.T) Broker {
	t.Helper()
	s.lease.Lock()
	t.Cleanup(s.lease.Unlock)
	s.once.Do(func() { s.broker, s.err = startReal(context.Background(), s.options) })
	if s.err == nil {
		if err := s.empty(t.Context()); err != nil {
			t.Fatalf("remove what earlier tests left in the Pact Broker: %v", err)
		}
	}
	return recorded(t, s.broker, s.err)
}

// StartUnrecorded returns a real broker on a PostgreSQL, for a measurement or for what another tool asks. There is no
// recording of it, and without an image the test fails.
func StartUnrecorded(tb testing.TB) Broker {
	tb.Helper()
	real, err := startReal(tb.Context(), onPostgres.options)
	if err != nil {
		tb.Fatalf("a real Pact Broker is needed: %v", err)
	}
	tb.Cleanup(func() {
		if err := real.Stop(context.WithoutCancel(tb.Context())); err != nil {
			tb.Errorf("stop the Pact Broker: %v", err)
		}
	})
	return Broker{URL: real.URL, Username: real.Username, Password: real.Password}
}

// recorded returns the real broker behind a proxy that checks or writes the test's recording, or the recording if there is
// no real broker for the reason why.
func recorded(t *testing.T, real *container.PactBroker, why error) Broker {
	t.Helper()
	file := filepath.Join("testdata", "broker", t.Name()+".jsonl")
	if why != nil {
		return replay(t, file, why)
	}
	p := &proxy{real: real, hooks: make(chan []byte, 100)}
	server := httptest.NewServer(p)
	p.url = server.URL
	t.Cleanup(func() {
		server.Close()
		p.finish(t, file)
	})
	return Broker{URL: server.URL, Username: real.Username, Password: real.Password, hooks: p}
}

// Stop ends the shared brokers that were started. TestMain calls it after the tests.
func Stop() error {
	var failed []error
	for _, s := range []*shared{&onSQLite, &onPostgres} {
		if s.broker != nil {
			failed = append(failed, s.broker.Stop(context.Background()))
		}
	}
	return errors.Join(failed...)
}

func startReal(ctx context.Context, options container.PactBrokerOptions) (*container.PactBroker, error) {
	runtime, err := container.FromEnvironment(ctx, func(name string) string {
		if name == container.VariableRuntime {
			return "" // a container, however providers are run
		}
		return os.Getenv(name)
	}, os.Setenv)
	if err != nil {
		return nil, err
	}
	return runtime.(*container.Runtime).PactBroker(ctx, options)
}

// replay returns a broker that answers from the recording, unless a real one is required.
func replay(t *testing.T, file string, why error) Broker {
	t.Helper()
	if *record || slices.Contains(strings.Split(os.Getenv(VariableRequire), ","), "broker") {
		t.Fatalf("a real Pact Broker is required (%s): %v", VariableRequire, why)
	}
	all, err := read(file)
	if err != nil {
		t.Fatalf("no real Pact Broker (%v), and no recording of one: %v", why, err)
	}
	t.Logf("runs against a recorded Pact Broker (%s); set %s to use a real one: %v", file, setup.PactBroker.Variable, why)
	if err := note(os.Getenv(VariableNotes), t.Name()); err != nil {
		t.Errorf("note that a recording was used: %v", err)
	}
	player := &player{t: t, exchanges: all, played: make([]bool, len(all))}
	server := httptest.NewServer(player)
	player.url = server.URL
	t.Cleanup(server.Close)
	return Broker{URL: server.URL, Username: username, Password: password, hooks: player}
}

// note adds a line to a file; "" is none.
func note(file, line string) error {
	if file == "" {
		return nil
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(f, line); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}
