package service

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// Service is an HTTP service with its dependencies and its lifecycle.
type Service struct {
	Name     string
	Revision string // what it was built from; "" takes it from the build
	Base     Base
	Settings any    // those in force: GET /debug/settings shows them as JSON, which hides each Secret
	Hash     string // of Settings
	Log      *slog.Logger
	Metrics  *prometheus.Registry
	Tasks    *Tasks

	// Ready holds a readiness check for each dependency, by name.
	Ready map[string]func(ctx context.Context) error
}

// New returns a service with these settings, base among them, whose logs go to a writer.
func New(name, revision string, base Base, settings any, logs io.Writer) *Service {
	log, metrics := NewLogger(logs, name), prometheus.NewRegistry()
	metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return &Service{
		Name: name, Revision: revision, Base: base, Settings: settings, Hash: Hash(settings),
		Log: log, Metrics: metrics, Tasks: NewTasks(log, metrics),
	}
}

// Serve serves the routes, and what every service has beside them, until ctx ends: then requests under way are
// finished, tasks are cancelled, and it returns. Each of the two has ten seconds.
func (s *Service) Serve(ctx context.Context, routes *http.ServeMux) error {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", net.JoinHostPort(s.Base.Host, strconv.Itoa(s.Base.Port)))
	if err != nil {
		return err
	}
	timeout := time.Duration(s.Base.RequestTimeoutMS) * time.Millisecond
	server := &http.Server{
		Handler:           s.Handler(routes),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       timeout + 10*time.Second,
		WriteTimeout:      timeout + 15*time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn),
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	s.Log.Info("serving", "address", listener.Addr().String(), "env", s.Base.Env, "config_hash", s.Hash, "revision", s.revision())
	select {
	case err := <-served:
		return errors.Join(err, s.end(server))
	case <-ctx.Done():
	}
	err = s.end(server)
	if serving := <-served; !errors.Is(serving, http.ErrServerClosed) {
		err = errors.Join(err, serving)
	}
	return err
}

func (s *Service) end(server *http.Server) error {
	const bound = 10 * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), bound)
	defer cancel()
	err := server.Shutdown(ctx)
	ctx, cancel = context.WithTimeout(context.Background(), bound)
	defer cancel()
	return errors.Join(err, s.Tasks.Close(ctx))
}

// Handler returns the routes with what every service has beside them and around them.
func (s *Service) Handler(routes *http.ServeMux) http.Handler {
	routes.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		JSON(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	routes.HandleFunc("GET /readyz", s.ready)
	routes.HandleFunc("GET /version", s.version)
	routes.HandleFunc("GET /debug/tasks", func(w http.ResponseWriter, _ *http.Request) { JSON(w, http.StatusOK, s.Tasks.Running()) })
	routes.HandleFunc("GET /debug/settings", func(w http.ResponseWriter, _ *http.Request) {
		JSON(w, http.StatusOK, map[string]any{"config_hash": s.Hash, "settings": s.Settings})
	})
	routes.Handle("GET /metrics", promhttp.HandlerFor(s.Metrics, promhttp.HandlerOpts{}))
	routes.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		Problem(w, r, http.StatusNotFound, "not-found", "Nothing is served under this path and method.", "")
	})
	durations := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "http_request_duration_seconds", Help: "Requests, by route and status.", Buckets: prometheus.DefBuckets,
	}, []string{"route", "status"})
	s.Metrics.MustRegister(durations)
	timeout := time.Duration(s.Base.RequestTimeoutMS) * time.Millisecond
	inner := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		id := r.Header.Get("X-Request-ID")
		if !saneID.MatchString(id) {
			id = "req_" + rand.Text()
		}
		w.Header().Set("X-Request-ID", id)
		trace.SpanFromContext(r.Context()).SetAttributes(attribute.String("request_id", id))
		ctx, cancel := context.WithTimeout(context.WithValue(r.Context(), requestIDKey, id), timeout)
		defer cancel()
		_, route := routes.Handler(r)
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		r = r.WithContext(ctx)
		defer func() {
			if v := recover(); v != nil {
				s.Log.ErrorContext(ctx, "handler panicked", "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
				if !seen.wrote {
					Problem(seen, r, http.StatusInternalServerError, "internal", "Something went wrong here.", "")
				}
			}
			durations.WithLabelValues(route, strconv.Itoa(seen.status)).Observe(time.Since(started).Seconds())
		}()
		routes.ServeHTTP(seen, r)
	})
	return otelhttp.NewHandler(inner, s.Name)
}

type statusWriter struct {
	http.ResponseWriter
	status int
	wrote  bool
}

// WriteHeader remembers the status.
func (w *statusWriter) WriteHeader(status int) {
	if !w.wrote {
		w.status, w.wrote = status, true
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write remembers that there is an answer.
func (w *statusWriter) Write(b []byte) (int, error) {
	w.wrote = true
	return w.ResponseWriter.Write(b)
}

func (s *Service) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	missing := ""
	for name, check := range s.Ready {
		if err := check(ctx); err != nil {
			s.Log.WarnContext(ctx, "not ready", "needs", name, "error", err)
			missing += " " + name
		}
	}
	if missing != "" {
		Problem(w, r, http.StatusServiceUnavailable, "not-ready", "Not there:"+missing+".", "")
		return
	}
	JSON(w, http.StatusOK, map[string]string{"status": "ready"})
}

func (s *Service) version(w http.ResponseWriter, _ *http.Request) {
	JSON(w, http.StatusOK, map[string]string{
		"service": s.Name, "env": s.Base.Env, "revision": s.revision(), "config_hash": s.Hash, "go": runtime.Version(),
	})
}

func (s *Service) revision() string {
	if s.Revision != "" {
		return s.Revision
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				return setting.Value
			}
		}
	}
	return "unknown"
}

// Unavailable answers a request that the database did not.
func (s *Service) Unavailable(w http.ResponseWriter, r *http.Request, err error) {
	s.Log.ErrorContext(r.Context(), "request failed", "error", err)
	w.Header().Set("Retry-After", "5")
	Problem(w, r, http.StatusServiceUnavailable, "unavailable", "The database did not answer.", "")
}

// JSON answers with a value.
func JSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // a client that is gone needs no answer
}

// problem is an application/problem+json document (RFC 9457).
type problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail,omitempty"`
	EventID   string `json:"event_id,omitempty"`
	RequestID string `json:"request_id"`
}

// Problem answers with an error: its kind is the last part of the problem's type, its detail is for people.
func Problem(w http.ResponseWriter, r *http.Request, status int, kind, detail, eventID string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(problem{
		Type: "/problems/" + kind, Title: http.StatusText(status), Status: status,
		Detail: detail, EventID: eventID, RequestID: RequestID(r.Context()),
	}) // a client that is gone needs no answer
}
