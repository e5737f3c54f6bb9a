package container_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/gomodule/redigo/redis"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"github.com/testcontainers/testcontainers-go"

	"github.com/fridaygate/fridaygate/providers"
	"github.com/fridaygate/fridaygate/providers/container"
)

const testService = "github.com/fridaygate/fridaygate/providers/testdata/service"

// runtime is the one that FromEnvironment returns on this machine.
var runtime providers.Runtime

// as makes the test binary behave as another program: see TestMain.
const as = "FRIDAYGATE_TEST_AS"

func TestMain(m *testing.M) {
	other := os.Getenv(as)
	if other == "silent" || other == "stalled" {
		os.Exit(m.Run()) // see TestEveryCallToASilentEngineEnds
	}
	if other == "absent" {
		if err := testcontainers.RegisterProvider("absent", func() testcontainers.RuntimeProvider { return absent{} }); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	var err error
	runtime, err = container.FromEnvironment(context.Background(), os.Getenv, os.Setenv)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	if other != "" {
		_, err := runtime.Start(context.Background(), providers.Spec{Name: "crashed", Package: testService})
		fmt.Println(err)
		os.Exit(0) // without any clean-up
	}
	os.Exit(m.Run())
}

// absent is a Docker that does not answer.
type absent struct{}

func (absent) Initialize(context.Context) (testcontainers.RuntimeConfig, error) {
	return testcontainers.RuntimeConfig{DockerHost: "tcp://127.0.0.1:1"}, nil
}

func start(t *testing.T, spec providers.Spec) providers.Provider {
	t.Helper()
	provider, err := runtime.Start(t.Context(), spec)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, provider.Stop(context.Background())) })
	return provider
}

// get returns the status of a request to the service, or 0 if it does not answer.
func get(provider interface{ URL() string }, path string) int {
	client := &http.Client{Timeout: 3 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(provider.URL() + path)
	if err != nil {
		return 0
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
	return response.StatusCode
}

// dials reports whether the service reaches an address.
func dials(provider providers.Provider, address string) bool {
	return get(provider, "/dial?address="+url.QueryEscape(address)) == http.StatusOK
}

// docker runs the docker command, and returns its output.
func docker(t *testing.T, args ...string) string {
	t.Helper()
	said, err := exec.CommandContext(t.Context(), "docker", args...).CombinedOutput()
	require.NoError(t, err, string(said))
	return strings.TrimSpace(string(said))
}

func query(t *testing.T, url, sql string) (answer string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	connection, err := pgx.Connect(ctx, url)
	if err != nil {
		return "", err
	}
	defer func() { _ = connection.Close(context.Background()) }()
	err = connection.QueryRow(ctx, sql).Scan(&answer)
	return answer, err
}

// whole is a service with everything it can need.
func whole() providers.Spec {
	return providers.Spec{
		Name: "service", Package: testService,
		Needs: []providers.Need{
			providers.Postgres, providers.Redis,
			providers.Service(providers.Spec{Name: "customers", Package: testService, Port: 8081, Needs: []providers.Need{providers.Redis}}),
		},
		Env: map[string]string{"DATABASE": "{postgres}", "STREAM": "{redis}", "CUSTOMERS": "{customers}"},
	}
}

func TestAServiceReachesItsNeeds(t *testing.T) {
	provider := start(t, whole())
	require.Equal(t, "service", provider.Name())
	for _, address := range []string{"postgres:5432", "redis:6379", "customers:8081", "customers-redis:6379"} {
		require.True(t, dials(provider, address), address)
	}
	answer, err := query(t, provider.Need("postgres").URL(), "select current_user || '@' || current_database()")
	require.NoError(t, err)
	require.Equal(t, "fridaygate@fridaygate", answer)
	require.Equal(t, http.StatusOK, get(provider.Need("customers"), "/readyz"))
	require.Nil(t, provider.Need("kafka"))
	require.Nil(t, provider.Need("postgres/kafka"))
	require.NotNil(t, provider.Need("customers/redis"))
	logs, err := provider.Logs(t.Context())
	require.NoError(t, err)
	require.Contains(t, logs, "service: listens on 0.0.0.0:8080\n")

	require.NoError(t, provider.Stop(t.Context()))
	require.NoError(t, provider.Stop(t.Context()), "stopping twice is no error")
	require.Zero(t, get(provider, "/readyz"))
	require.ErrorContains(t, provider.Restart(t.Context()), "was removed")
	require.ErrorContains(t, provider.Need("postgres").Start(t.Context()), "was removed")
	mine := fmt.Sprintf("label=com.fridaygate.owner=%d", os.Getpid())
	require.Empty(t, docker(t, "ps", "-aq", "--filter", mine))
	require.Empty(t, docker(t, "network", "ls", "-q", "--filter", mine))
}

func TestKillRestartPauseResume(t *testing.T) {
	provider := start(t, providers.Spec{Name: "service", Package: testService})
	require.NoError(t, provider.Kill(t.Context()))
	require.NoError(t, provider.Kill(t.Context()), "killing what has ended is no error")
	require.Zero(t, get(provider, "/pid"))
	require.NoError(t, provider.Restart(t.Context()))
	require.Equal(t, http.StatusOK, get(provider, "/pid"))
	require.NoError(t, provider.Restart(t.Context()), "a running one is killed first")
	require.NoError(t, provider.Pause(t.Context()))
	require.Zero(t, get(provider, "/pid"))
	require.NoError(t, provider.Resume(t.Context()))
	require.Equal(t, http.StatusOK, get(provider, "/pid"))
	require.NoError(t, provider.Pause(t.Context()))
	require.NoError(t, provider.Stop(t.Context()), "a paused one can be stopped")
}

func TestAStoppedNeedKeepsItsData(t *testing.T) {
	provider := start(t, providers.Spec{Name: "service", Package: testService, Needs: []providers.Need{providers.Postgres, providers.Redis}})

	postgres := provider.Need("postgres")
	_, err := query(t, postgres.URL(), "with made as (select 1) select 'x'")
	require.NoError(t, err)
	connection, err := pgx.Connect(t.Context(), postgres.URL())
	require.NoError(t, err)
	_, err = connection.Exec(t.Context(), "create table kept as select 'still here' as word")
	require.NoError(t, err)
	require.NoError(t, postgres.Stop(t.Context()))
	require.Error(t, connection.Ping(t.Context()))
	require.False(t, dials(provider, "postgres:5432"))
	require.NoError(t, postgres.Start(t.Context()))
	require.True(t, dials(provider, "postgres:5432"))
	word, err := query(t, postgres.URL(), "select word from kept")
	require.NoError(t, err)
	require.Equal(t, "still here", word)

	stream := provider.Need("redis")
	require.NoError(t, write(t, stream.URL()))
	require.NoError(t, stream.Stop(t.Context()))
	require.Error(t, write(t, stream.URL()))
	require.NoError(t, stream.Start(t.Context()))
	require.NoError(t, write(t, stream.URL()))
	client, err := redis.DialURLContext(t.Context(), stream.URL())
	require.NoError(t, err)
	length, err := redis.Int(redis.DoContext(client, t.Context(), "XLEN", "events"))
	require.NoError(t, err)
	require.Equal(t, 2, length)
	require.NoError(t, client.Close())
}

// write puts one entry on a stream.
func write(t *testing.T, url string) error {
	client, err := redis.DialURLContext(t.Context(), url)
	if err != nil {
		return err
	}
	_, err = redis.DoContext(client, t.Context(), "XADD", "events", "*", "k", "v")
	return errors.Join(err, client.Close())
}

func TestANeedIsPausedAndCutOff(t *testing.T) {
	provider := start(t, providers.Spec{Name: "service", Package: testService, Needs: []providers.Need{providers.Postgres}})
	postgres := provider.Need("postgres")

	require.NoError(t, postgres.Pause(t.Context()))
	_, err := query(t, postgres.URL(), "select 'x'")
	require.Error(t, err)
	require.NoError(t, postgres.Resume(t.Context()))
	_, err = query(t, postgres.URL(), "select 'x'")
	require.NoError(t, err)

	url := postgres.URL()
	require.NoError(t, postgres.Cut(t.Context()))
	require.False(t, dials(provider, "postgres:5432"))
	_, err = query(t, url, "select 'x'")
	require.NoError(t, err, "the test itself still reaches what it cut off")
	require.NoError(t, postgres.Heal(t.Context()))
	require.True(t, dials(provider, "postgres:5432"))
	require.Equal(t, url, postgres.URL())
	_, err = query(t, url, "select 'x'")
	require.NoError(t, err)
}

func TestAServiceThatEndsWhileStartingFailsAtOnce(t *testing.T) {
	began := time.Now()
	_, err := runtime.Start(t.Context(), providers.Spec{
		Name: "service", Package: testService, Env: map[string]string{"MODE": "refuse"}, ReadyTimeout: time.Minute,
	})
	require.Less(t, time.Since(began), 30*time.Second)
	var failed *providers.StartError
	require.ErrorAs(t, err, &failed)
	require.ErrorContains(t, err, "start service: it ended with exit code 2 before it was ready")
	require.ErrorContains(t, err, "\n    APP_ENV: required")
}

func TestAServiceThatIsNeverReadySaysWhatItAnswered(t *testing.T) {
	_, err := runtime.Start(t.Context(), providers.Spec{
		Name: "service", Package: testService, Env: map[string]string{"MODE": "unready"}, ReadyTimeout: 2 * time.Second,
	})
	require.ErrorContains(t, err, "start service: not ready after 2s: GET http://")
	require.ErrorContains(t, err, "503 Service Unavailable: database: not reachable")
}

func TestUnavailableImageIsReported(t *testing.T) {
	began := time.Now()
	missing := &container.Runtime{Images: container.Images{Postgres: "registry.invalid/none/postgres:1"}}
	_, err := missing.Start(t.Context(), providers.Spec{Name: "service", Package: testService, Needs: []providers.Need{providers.Postgres}})
	require.ErrorContains(t, err,
		"start service: its need postgres: the image registry.invalid/none/postgres:1 is not on this machine, and cannot be pulled")
	require.ErrorContains(t, err, "FRIDAYGATE_IMAGE_POSTGRES")
	_, err = (&container.Runtime{Images: container.Images{PactBroker: "registry.invalid/none/broker:1"}}).PactBroker(t.Context(),
		container.PactBrokerOptions{})
	require.ErrorContains(t, err, "start a Pact Broker: the image registry.invalid/none/broker:1 is not on this machine, and cannot be pulled")
	require.ErrorContains(t, err, "set FRIDAYGATE_IMAGE_PACT_BROKER to an image")
	require.Less(t, time.Since(began), 30*time.Second)
}

func TestAnUnchangedServiceIsNotBuiltAgain(t *testing.T) {
	image := func() string {
		provider, err := (&container.Runtime{}).Start(t.Context(), providers.Spec{Name: "service", Package: testService})
		require.NoError(t, err)
		defer func() { require.NoError(t, provider.Stop(context.Background())) }()
		return docker(t, "ps", "--format", "{{.Image}}", "--filter", fmt.Sprintf("label=com.fridaygate.owner=%d", os.Getpid()))
	}
	first := image()
	created := docker(t, "inspect", "--format", "{{.Created}}", first)
	require.Regexp(t, `^fridaygate/service:[0-9a-f]{16}$`, first)
	require.Equal(t, first, image())
	require.Equal(t, created, docker(t, "inspect", "--format", "{{.Created}}", first))
}

func TestTheLeftoversOfACrashedRunAreSwept(t *testing.T) {
	crash := exec.CommandContext(t.Context(), os.Args[0])
	crash.Env = append(os.Environ(), as+"=crash", "TESTCONTAINERS_RYUK_DISABLED=true")
	said, err := crash.CombinedOutput()
	require.NoError(t, err, string(said))
	left := fmt.Sprintf("label=com.fridaygate.owner=%d", crash.Process.Pid)
	require.NotEmpty(t, docker(t, "ps", "-aq", "--filter", left), string(said))
	mine := start(t, providers.Spec{Name: "service", Package: testService})
	require.NoError(t, (&container.Runtime{}).Sweep(t.Context()))
	require.Empty(t, docker(t, "ps", "-aq", "--filter", left))
	require.Empty(t, docker(t, "network", "ls", "-q", "--filter", left))
	require.Equal(t, http.StatusOK, get(mine, "/readyz"), "what belongs to a living process stays")
}

func TestNoDockerIsAnErrorThatSaysWhatToDo(t *testing.T) {
	without := exec.CommandContext(t.Context(), os.Args[0])
	without.Env = append(os.Environ(), as+"=absent", "TESTCONTAINERS_PROVIDER=absent")
	said, err := without.CombinedOutput()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	require.Equal(t, 1, exit.ExitCode(), string(said))
	require.Contains(t, string(said), "no Docker engine answers: start Docker")
	require.NotContains(t, string(said), "goroutine")
}

func TestTheRuntimeIsChosenByName(t *testing.T) {
	from := func(variables map[string]string) (providers.Runtime, error) {
		getenv := func(key string) string { return variables[key] }
		return container.FromEnvironment(t.Context(), getenv, func(string, string) error { return nil })
	}
	choose := func(name string) (providers.Runtime, error) {
		return from(map[string]string{container.VariableRuntime: name, "FRIDAYGATE_IMAGE_REDIS": "redis:mine"})
	}
	for _, name := range []string{"", "container"} {
		chosen, err := choose(name)
		require.NoError(t, err)
		require.Equal(t, container.Images{Redis: "redis:mine"}, chosen.(*container.Runtime).Images)
	}
	chosen, err := choose("process")
	require.NoError(t, err)
	require.Equal(t, providers.Process{}, chosen)
	chosen, err = choose("invoices=https://invoices.example.com")
	require.NoError(t, err)
	require.Equal(t, providers.URL{"invoices": "https://invoices.example.com"}, chosen)
	_, err = choose("docker")
	require.ErrorContains(t, err, "FRIDAYGATE_RUNTIME=docker: want container, process, or the URLs")

	chosen, err = from(map[string]string{container.VariableTimeout: "5m"})
	require.NoError(t, err)
	require.Equal(t, 5*time.Minute, chosen.(*container.Runtime).EngineTimeout)
	for _, wrong := range []string{"5", "soon", "0s", "-1m"} {
		_, err = from(map[string]string{container.VariableTimeout: wrong})
		require.ErrorContains(t, err, "FRIDAYGATE_DOCKER_TIMEOUT="+wrong+": want a duration, such as 5m")
	}
}
