package providers_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/providers"
)

const testService = "github.com/fridaygate/fridaygate/providers/testdata/service"

// binary is the test service, built once for the tests that do not test building.
var binary string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "fridaygate-test-")
	if err == nil {
		binary = folder + "/service"
		err = providers.Build{Package: testService}.Run(context.Background(), binary)
	}
	code := 1
	if err != nil {
		println(err.Error())
	} else {
		code = m.Run()
	}
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

func start(t *testing.T, spec providers.Spec) providers.Provider {
	t.Helper()
	provider, err := providers.Process{}.Start(t.Context(), spec)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, provider.Stop(context.Background())) })
	return provider
}

// get returns the body of a 200 answer.
func get(url string) (string, error) {
	client := &http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(url)
	if err != nil {
		return "", err
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return "", io.ErrUnexpectedEOF
	}
	return string(body), err
}

func TestAPackageIsBuiltAndRunWithItsOwnEnvironmentOnly(t *testing.T) {
	t.Setenv("LEAKED", "from the test")
	provider := start(t, providers.Spec{Name: "service", Package: testService, Env: map[string]string{"MODE": "plain"}})
	require.Equal(t, "service", provider.Name())
	body, err := get(provider.URL() + "/env")
	require.NoError(t, err)
	var env []string
	require.NoError(t, json.Unmarshal([]byte(body), &env))
	port := provider.URL()[strings.LastIndex(provider.URL(), ":")+1:]
	require.ElementsMatch(t, []string{"MODE=plain", "APP_PORT=" + port, "APP_HOST=127.0.0.1"}, env)
	logs, err := provider.Logs(t.Context())
	require.NoError(t, err)
	require.Contains(t, logs, "service: MODE is plain\n")
}

func TestKillRestartPauseResume(t *testing.T) {
	provider := start(t, providers.Spec{Name: "service", Binary: binary})
	first, err := get(provider.URL() + "/pid")
	require.NoError(t, err)

	require.NoError(t, provider.Kill(t.Context()))
	require.NoError(t, provider.Kill(t.Context()), "killing what has ended is no error")
	_, err = get(provider.URL() + "/pid")
	require.Error(t, err)

	url := provider.URL()
	require.NoError(t, provider.Restart(t.Context()))
	require.Equal(t, url, provider.URL(), "a process keeps its port")
	second, err := get(provider.URL() + "/pid")
	require.NoError(t, err)
	require.NotEqual(t, first, second)

	require.NoError(t, provider.Pause(t.Context()))
	_, err = get(provider.URL() + "/pid")
	require.Error(t, err, "a paused service must not answer")
	require.NoError(t, provider.Resume(t.Context()))
	third, err := get(provider.URL() + "/pid")
	require.NoError(t, err)
	require.Equal(t, second, third)

	require.NoError(t, provider.Pause(t.Context()))
	require.NoError(t, provider.Restart(t.Context()), "a paused service can be restarted")
	require.NoError(t, provider.Stop(t.Context()))
	require.NoError(t, provider.Stop(t.Context()), "stopping twice is no error")
	require.ErrorContains(t, provider.Restart(t.Context()), "stopped for good")
	require.ErrorContains(t, provider.Pause(t.Context()), "it has ended")
}

func TestAServiceThatEndsWhileStartingFailsAtOnce(t *testing.T) {
	began := time.Now()
	_, err := providers.Process{}.Start(t.Context(), providers.Spec{
		Name: "service", Binary: binary, Env: map[string]string{"MODE": "refuse"}, ReadyTimeout: time.Minute,
	})
	require.Less(t, time.Since(began), 10*time.Second)
	var failed *providers.StartError
	require.ErrorAs(t, err, &failed)
	require.ErrorContains(t, err, "start service: it ended with exit code 2 before it was ready")
	require.ErrorContains(t, err, "\n    APP_ENV: required")
}

func TestAServiceThatIsNeverReadySaysWhatItAnswered(t *testing.T) {
	_, err := providers.Process{}.Start(t.Context(), providers.Spec{
		Name: "service", Binary: binary, Env: map[string]string{"MODE": "unready"}, ReadyTimeout: 500 * time.Millisecond,
	})
	require.ErrorContains(t, err, "start service: not ready after 500ms: GET http://127.0.0.1:")
	require.ErrorContains(t, err, "503 Service Unavailable: database: not reachable")
}

func TestACancelledStartLeavesNothing(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := providers.Process{}.Start(ctx, providers.Spec{Name: "service", Binary: binary, Env: map[string]string{"MODE": "unready"}})
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestAServiceIsANeedAndADatabaseIsNot(t *testing.T) {
	customers := providers.Spec{Name: "customers", Binary: binary}
	provider := start(t, providers.Spec{
		Name: "service", Binary: binary,
		Needs: []providers.Need{providers.Postgres, providers.Redis, providers.Service(customers)},
		Env:   map[string]string{"APP_CUSTOMERS__URL": "{customers}/v1"},
	})
	require.Nil(t, provider.Need("postgres"))
	require.Nil(t, provider.Need("customers/postgres"))
	need := provider.Need("customers")
	body, err := get(provider.URL() + "/env")
	require.NoError(t, err)
	require.Contains(t, body, "APP_CUSTOMERS__URL="+need.URL()+"/v1")

	require.NoError(t, need.Stop(t.Context()))
	_, err = get(need.URL() + "/pid")
	require.Error(t, err)
	require.NoError(t, need.Start(t.Context()))
	_, err = get(need.URL() + "/pid")
	require.NoError(t, err)
	require.NoError(t, need.Pause(t.Context()))
	require.NoError(t, need.Resume(t.Context()))
	require.ErrorIs(t, need.Cut(t.Context()), providers.ErrUnsupported)
	require.ErrorIs(t, need.Heal(t.Context()), providers.ErrUnsupported)
	require.NoError(t, provider.Stop(t.Context()))
	_, err = get(need.URL() + "/pid")
	require.Error(t, err, "a need ends with its provider")
}

func TestFailedStartIsReported(t *testing.T) {
	for name, c := range map[string]struct {
		spec providers.Spec
		want string
	}{
		"no source":   {providers.Spec{Name: "a"}, "give either Package or Binary"},
		"two sources": {providers.Spec{Name: "a", Package: "b", Binary: "c"}, "give either Package or Binary"},
		"no binary":   {providers.Spec{Name: "a", Binary: "/no/such/file"}, "start a: fork/exec /no/such/file"},
		"no package":  {providers.Spec{Name: "a", Package: "example.com/none"}, "build example.com/none for"},
		"a library":   {providers.Spec{Name: "a", Package: "github.com/fridaygate/fridaygate/providers"}, "want a package main"},
		"address of nothing": {
			providers.Spec{Name: "a", Binary: binary, Env: map[string]string{"X": "{postgres}"}}, "Env X: {postgres} has no address",
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := providers.Process{}.Start(t.Context(), c.spec)
			require.ErrorContains(t, err, c.want)
		})
	}
}
