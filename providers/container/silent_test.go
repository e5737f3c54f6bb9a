package container

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	apicontainer "github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	"github.com/stretchr/testify/require"
)

// as is the variable that makes the test binary another program: see TestMain.
const as = "FRIDAYGATE_TEST_AS"

// fakeEngine is a Docker engine that answers nothing, or, where it only stalls, what is asked when it is looked for, and
// the first question about a container.
func fakeEngine(t *testing.T, stalled bool) *httptest.Server {
	t.Helper()
	var found atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text := `{"ApiVersion":"1.44","MinAPIVersion":"1.24","Arch":"amd64","OSType":"linux"}`
		switch name := path.Base(r.URL.Path); {
		case stalled && (name == "_ping" || name == "info" || name == "version"):
		case stalled && name == "json" && found.CompareAndSwap(false, true):
			text = `{"Id":"c0ffeec0ffee","State":{"Running":true},"Config":{},"NetworkSettings":{}}`
		default:
			<-r.Context().Done()
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Api-Version", "1.44")
		_, _ = io.WriteString(w, text)
	}))
	t.Cleanup(server.CloseClientConnections)
	return server
}

// testcontainers looks for an engine once in a process, so each fake one has a process of its own: this test again.
func TestEveryCallToASilentEngineEnds(t *testing.T) {
	program := os.Getenv(as)
	if program == "" {
		for program, stalled := range map[string]bool{"silent": false, "stalled": true} {
			again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
			again.Env = append(os.Environ(), as+"="+program, "TESTCONTAINERS_RYUK_DISABLED=true",
				"DOCKER_HOST="+strings.Replace(fakeEngine(t, stalled).URL, "http:", "tcp:", 1))
			said, err := again.CombinedOutput()
			require.NoError(t, err, string(said))
			require.Contains(t, string(said), "--- PASS: "+t.Name())
		}
		return
	}
	if program == "silent" {
		_, err := connect(t.Context(), 50*time.Millisecond)
		ends(t, "connect", err)
		require.NotErrorIs(t, err, ErrNoDocker, "it is there")
		return
	}
	e, err := connect(t.Context(), time.Minute)
	require.NoError(t, err)
	found, err := e.docker.ContainerFromType(t.Context(), apicontainer.Summary{ID: "c0ffeec0ffee", Names: []string{"/web"}})
	require.NoError(t, err)
	e.limit = 50 * time.Millisecond
	i := &instance{engine: e, name: "web", network: "net", port: 80, timeout: time.Minute, container: found}
	for name, ask := range map[string]func(context.Context) error{
		"run": func(ctx context.Context) error {
			return (&instance{engine: e, name: "web", network: "net", port: 80}).run(ctx, "web:1", nil)
		},
		"start":          i.start,
		"kill":           i.kill,
		"pause":          i.pause,
		"resume":         i.resume,
		"cut":            i.cut,
		"heal":           i.heal,
		"logs":           func(ctx context.Context) error { _, err := i.logs(ctx); return err },
		"state":          func(ctx context.Context) error { _, err := i.state(ctx, e.call); return err },
		"find":           func(ctx context.Context) error { _, err := i.find(ctx); return err },
		"remove":         func(ctx context.Context) error { return i.remove(ctx, time.Second) },
		"create network": func(ctx context.Context) error { _, err := e.createNetwork(ctx); return err },
		"remove network": func(ctx context.Context) error { return e.removeNetwork(ctx, "net", "web") },
		"present":        func(ctx context.Context) error { _, err := e.present(ctx, "web:1"); return err },
		"build image":    func(ctx context.Context) error { _, err := e.buildImage(ctx, "web", []byte("web")); return err },
		"sweep":          func(ctx context.Context) error { return e.call(ctx, "sweep", e.sweep) },
	} {
		ends(t, name, ask(t.Context()))
	}
	err = call(t.Context(), e.limit, "run: docker pull web:1", "pull it", func(ctx context.Context) error {
		response, err := e.client.ImagePull(ctx, "web:1", client.ImagePullOptions{})
		if err != nil {
			return err
		}
		return response.Wait(ctx)
	})
	ends(t, "pull", err)
}

func ends(t *testing.T, what string, err error) {
	t.Helper()
	require.ErrorIs(t, err, ErrEngineSilent, what)
	require.ErrorContains(t, err, "does not answer this call within 50ms", what)
	require.Regexp(t, "If it is only slow, (set FRIDAYGATE_DOCKER_TIMEOUT to a longer one|run: docker pull|give the service)",
		err.Error(), what)
}
