package service

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// A test's own server lingers for half a second over a connection that it closes, longer than goleak waits.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*conn).closeWriteAndWait"))
}

type sample struct {
	Base
	Token Secret        `env:"TOKEN" json:"token"`
	Wait  time.Duration `env:"WAIT" envDefault:"5m" json:"wait"`
	Group struct {
		Size int `env:"SIZE" envDefault:"3" json:"size"`
	} `envPrefix:"GROUP__" json:"group"`
}

func (s *sample) Check(p *Problems) {
	s.Base.Check(p)
	p.AtLeast("TOKEN", s.Token, 8)
	p.Between("GROUP__SIZE", s.Group.Size, 1, 9)
}

func TestSettingsAreReadWithDefaults(t *testing.T) {
	var s sample
	require.NoError(t, Load([]string{"APP_ENV=dev", "APP_PORT=8080", "APP_TOKEN=hunter2!", "APP_GROUP__SIZE=9", "PATH=/bin", "HOME="}, &s))
	require.Equal(t, "hunter2!", string(s.Token))
	require.Equal(t, 9, s.Group.Size)
	require.Equal(t, 5*time.Minute, s.Wait)
	require.Equal(t, 5000, s.RequestTimeoutMS)
}

func TestEveryMistakeIsReportedAtOnceWithoutItsValue(t *testing.T) {
	var s sample
	err := Load([]string{
		"APP_PORT=hunter2", "APP_TOKEN=hunter2", "APP_GROUP__SIZE=10", "APP_WAIT=hunter2", "APP_REQUEST_TIMEOUT_MS=100", "APP_PROT=hunter2",
	}, &s)
	var settings *SettingsError
	require.ErrorAs(t, err, &settings)
	require.Equal(t, []string{
		"APP_ENV must be dev, staging or prod",
		"APP_GROUP__SIZE must be a whole number from 1 to 9",
		"APP_PORT must be a whole number",
		"APP_PROT is no setting of this service: is it misspelt?",
		"APP_REQUEST_TIMEOUT_MS must be a whole number from 200 to 15000",
		"APP_TOKEN must have at least 8 characters",
		"APP_WAIT must be a duration such as 5m",
	}, settings.Lines)
	require.NotContains(t, err.Error(), "hunter2")
}

func TestSecretIsNeverShown(t *testing.T) {
	var s sample
	require.NoError(t, Load([]string{"APP_ENV=dev", "APP_PORT=8080", "APP_TOKEN=hunter2!"}, &s))
	var b bytes.Buffer
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "token", s.Token, "settings", s)
	text, err := json.Marshal(s)
	require.NoError(t, err)
	_, _ = fmt.Fprintf(&b, "%v %+v %#v %s %q %x", s, s, s, s.Token, s.Token, text)
	require.NotContains(t, b.String(), "hunter2")

	other := s
	other.Token = "another one"
	require.Equal(t, Hash(s), Hash(other), "a secret does not change the hash")
	other.Group.Size = 4
	require.NotEqual(t, Hash(s), Hash(other))
}

func newTasks() (*Tasks, *bytes.Buffer) {
	var b bytes.Buffer
	return NewTasks(NewLogger(&b, "test"), prometheus.NewRegistry()), &b
}

func TestTasksAreCountedByWhatBecameOfThem(t *testing.T) {
	tasks, log := newTasks()
	start := func(name string, timeout time.Duration, run func(context.Context) error) {
		require.NoError(t, tasks.Start(t.Context(), Task{Name: name, Owner: "test", Reason: "why not", Timeout: timeout, Run: run}))
	}
	wait := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	start("a", 0, func(context.Context) error { return nil })
	start("b", 0, func(context.Context) error { return errors.New("no") })
	start("c", 0, func(context.Context) error { panic("boom") })
	start("d", time.Millisecond, wait)
	start("e", time.Hour, wait)
	require.Eventually(t, func() bool { return len(tasks.Running()) == 1 }, 5*time.Second, time.Millisecond)
	running := tasks.Running()[0]
	require.Equal(t, []string{"e", "test", "why not"}, []string{running.Name, running.Owner, running.Reason})
	require.WithinDuration(t, time.Now().Add(time.Hour), running.Deadline, time.Minute)

	require.NoError(t, tasks.Close(t.Context()))
	require.Empty(t, tasks.Running())
	for name, state := range map[string]string{"a": "finished", "b": "failed", "c": "failed", "d": "timed_out", "e": "cancelled"} {
		require.InDelta(t, 1, testutil.ToFloat64(tasks.counts.WithLabelValues(name, state)), 0, "%s %s", name, state)
		require.InDelta(t, 1, testutil.ToFloat64(tasks.counts.WithLabelValues(name, "started")), 0)
	}
	require.Contains(t, log.String(), "boom")
	require.ErrorIs(t, tasks.Start(t.Context(), Task{Name: "late"}), ErrClosed)
}

func TestCloseNamesATaskThatDoesNotEnd(t *testing.T) {
	tasks, _ := newTasks()
	release := make(chan struct{})
	require.NoError(t, tasks.Start(t.Context(), Task{Name: "stubborn", Run: func(context.Context) error { <-release; return nil }}))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	require.ErrorContains(t, tasks.Close(ctx), "stubborn")
	close(release)
	require.NoError(t, tasks.Close(t.Context()))
}

var testSettings = sample{Base: Base{Env: "dev", RequestTimeoutMS: 200}, Token: "hunter2!"}

func testService(logs io.Writer) *Service {
	return New("test", "r1", testSettings.Base, testSettings, logs)
}

func TestHandlerAroundEveryRoute(t *testing.T) {
	var logs bytes.Buffer
	s := testService(&logs)
	down := errors.New("connection refused")
	var database error
	s.Ready = map[string]func(context.Context) error{"database": func(context.Context) error { return database }}
	routes := http.NewServeMux()
	routes.HandleFunc("GET /panic", func(http.ResponseWriter, *http.Request) { panic("boom") })
	routes.HandleFunc("GET /deadline", func(w http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		s.Unavailable(w, r, r.Context().Err())
	})
	routes.HandleFunc("GET /log", func(w http.ResponseWriter, r *http.Request) {
		s.Log.InfoContext(WithEventID(r.Context(), "evt_1"), "hello")
		JSON(w, http.StatusOK, TraceParent(r.Context()))
	})
	handler := s.Handler(routes)
	call := func(path string, headers ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w
	}
	require.Equal(t, 200, call("/healthz").Code)
	require.Equal(t, 200, call("/readyz").Code)
	database = down
	w := call("/readyz")
	require.Equal(t, 503, w.Code)
	require.Contains(t, w.Body.String(), "database")
	require.JSONEq(t, `{"service":"test","env":"dev","revision":"r1","config_hash":"`+Hash(testSettings)+`","go":"`+runtime.Version()+`"}`,
		call("/version").Body.String())
	shown := call("/debug/settings").Body.String()
	require.Contains(t, shown, `"config_hash":"`+Hash(testSettings)+`"`)
	require.Contains(t, shown, `"request_timeout_ms":200,"token":"(secret)"`)
	require.NotContains(t, shown, "hunter2")
	require.JSONEq(t, `[]`, call("/debug/tasks").Body.String())

	w = call("/nowhere")
	require.Equal(t, 404, w.Code)
	require.Equal(t, "application/problem+json", w.Header().Get("Content-Type"))
	require.Equal(t, 500, call("/panic").Code)
	require.Contains(t, logs.String(), "boom")
	require.Equal(t, 503, call("/deadline").Code)

	w = call("/log", "X-Request-ID", "mine-1")
	require.Equal(t, "mine-1", w.Header().Get("X-Request-ID"))
	for _, want := range []string{`"request_id":"mine-1"`, `"event_id":"evt_1"`, `"service":"test"`} {
		require.Contains(t, logs.String(), want)
	}
	w = call("/log", "X-Request-ID", "two\nlines "+strings.Repeat("x", 200))
	require.Regexp(t, `^req_[A-Z2-7]+$`, w.Header().Get("X-Request-ID"))
	metrics := call("/metrics").Body.String()
	require.Contains(t, metrics, `http_request_duration_seconds_count{route="GET /panic",status="500"} 1`)
	require.NoError(t, s.Tasks.Close(t.Context()))
}

func TestProcessContinuesATrace(t *testing.T) {
	var logs bytes.Buffer
	s := testService(&logs)
	p := Process{Name: "test", Stderr: &logs}
	code := p.Run(t.Context(), func(ctx context.Context, p Process) error {
		return p.Traced(ctx, func(context.Context) error {
			routes := http.NewServeMux()
			routes.HandleFunc("GET /trace", func(w http.ResponseWriter, r *http.Request) {
				s.Log.InfoContext(r.Context(), "traced")
				_, _ = io.WriteString(w, TraceParent(r.Context()))
			})
			r := httptest.NewRequest(http.MethodGet, "/trace", nil)
			r.Header.Set("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
			w := httptest.NewRecorder()
			s.Handler(routes).ServeHTTP(w, r)
			require.Regexp(t, `^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$`, w.Body.String())
			require.NotContains(t, w.Body.String(), "b7ad6b7169203331", "this process is a span of its own")
			return nil
		})
	})
	require.Zero(t, code)
	require.Contains(t, logs.String(), `"trace_id":"0af7651916cd43dd8448eb211c80319c"`)
}

func TestExitCodes(t *testing.T) {
	var stderr bytes.Buffer
	p := Process{Name: "test", Stderr: &stderr}
	run := func(err error) int {
		stderr.Reset()
		return p.Run(t.Context(), func(context.Context, Process) error { return err })
	}
	require.Equal(t, ExitAsked, run(nil))
	require.Empty(t, stderr.String())
	require.Equal(t, ExitFailed, run(errors.New("port taken")))
	require.Equal(t, "test: port taken\n", stderr.String())
	require.Equal(t, ExitSettings, run(&SettingsError{[]string{"APP_ENV must be"}}))
	require.Equal(t, "test: the settings are wrong:\nAPP_ENV must be\n", stderr.String())
}

func TestServeEndsWhenAsked(t *testing.T) {
	var logs bytes.Buffer
	s := testService(&logs)
	s.Base.Host = "127.0.0.1" // and port 0: any
	ctx, cancel := context.WithCancel(t.Context())
	require.NoError(t, s.Tasks.Start(ctx, Task{Name: "forever", Run: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }}))
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, http.NewServeMux()) }()
	time.Sleep(20 * time.Millisecond)
	cancel()
	select {
	case err := <-served:
		require.NoError(t, err)
	case <-time.After(10 * time.Second):
		t.Fatal("it does not end")
	}
	require.Empty(t, s.Tasks.Running())
}
