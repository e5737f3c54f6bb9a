package pact_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/pact"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

func TestMain(m *testing.M) {
	if _, err := pact.Quiet(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	os.Exit(m.Run())
}

// shop is a provider with one order, as long as a state put it there.
type shop struct {
	*httptest.Server
	mu       sync.Mutex
	total    string // the order's total, as JSON
	requests int
}

func newShop(t *testing.T) *shop {
	s := &shop{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.requests++
		w.Header().Set("Content-Type", "application/json")
		if r.Method == http.MethodPost {
			body, _ := io.ReadAll(r.Body)
			if r.Header.Get("X-Signature") != fmt.Sprintf("signed %d", len(body)) {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			w.WriteHeader(http.StatusCreated)
			return
		}
		if s.total == "" || r.URL.Path != "/orders/7" {
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"title":"none"}`)
			return
		}
		_, _ = io.WriteString(w, `{"id":"7","total":`+s.total+`}`)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *shop) put(total string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total = total
}

// states are functions for every state of testdata/web-shop.json.
func (s *shop) states() pact.States {
	return pact.States{
		"an order exists": func(_ context.Context, c *pact.Setup) error {
			s.put(fmt.Sprint(c.Params["total"]))
			c.Return("order", 7)
			c.Cleanup(func(context.Context) error { s.put(""); return nil })
			return nil
		},
		"there are no orders": func(context.Context, *pact.Setup) error { return nil },
	}
}

func (s *shop) options(sources ...string) pact.Options {
	return pact.Options{
		Provider: "shop", URL: s.URL, Sources: []pact.Source{pact.Files(sources...)}, States: s.states(),
		Filter: func(r *http.Request, body []byte, _ *pact.Setup) error {
			if r.Method == http.MethodPost {
				r.Header.Set("X-Signature", fmt.Sprintf("signed %d", len(body)))
			}
			return nil
		},
	}
}

// edited is a copy of testdata/web-shop.json with some text replaced.
func edited(t *testing.T, pairs ...string) string {
	text, err := os.ReadFile("testdata/web-shop.json")
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "web-shop.json")
	changed := strings.NewReplacer(pairs...).Replace(string(text))
	require.NotEqual(t, string(text), changed)
	require.NoError(t, os.WriteFile(path, []byte(changed), 0o600))
	return path
}

// one returns the result of one interaction, and demands that every other one passed.
func one(t *testing.T, r pact.Verification, description string) pact.Result {
	t.Helper()
	var found *pact.Result
	for _, result := range r.Results {
		if result.Interaction.Description == description {
			found = &result
		} else {
			require.Equal(t, verdict.Pass, result.Verdict, result)
		}
	}
	require.NotNil(t, found, r)
	return *found
}

func TestEveryInteractionHasItsResult(t *testing.T) {
	s := newShop(t)
	before := 0
	opts := s.options("testdata/web-shop.json")
	opts.Before = func(context.Context, *pact.Setup) error {
		require.Empty(t, s.total, "the state of the interaction before was torn down")
		before++
		return nil
	}
	report := pact.Verify(t.Context(), opts)
	require.Equal(t, verdict.Pass, report.Verdict, report)
	var names []string
	for _, r := range report.Results {
		names = append(names, r.Interaction.Name())
		require.Positive(t, r.Duration)
	}
	require.Equal(t, []string{
		"web/an order exists/a request for the order",
		"web/there are no orders/a request for an order that is gone",
		"web/any state/a new order",
	}, names)
	require.Equal(t, 3, before, "once for each interaction, with or without a state")
	require.Equal(t, 3, s.requests)
}

func TestFailShowsPathExpectedAndActual(t *testing.T) {
	s := newShop(t)
	path := edited(t, `"id": "7", "total": 1200`, `"id": "7", "total": "12"`, `"status": 201`, `"status": 202`)
	report := pact.Verify(t.Context(), s.options(path))
	require.Equal(t, verdict.Fail, report.Verdict)
	r := report.Results[0]
	require.Equal(t, verdict.Fail, r.Verdict)
	require.Len(t, r.Mismatches, 1)
	require.Equal(t, "body", r.Mismatches[0].Part)
	require.Equal(t, "$.total", r.Mismatches[0].Path)
	require.Equal(t, `"12"`, r.Mismatches[0].Expected)
	require.Equal(t, "1200", r.Mismatches[0].Actual)
	require.Contains(t, r.String(), path+":5: web/an order exists/a request for the order")

	require.Equal(t, verdict.Pass, report.Results[1].Verdict)
	require.Equal(t, []pact.Mismatch{{Part: "status", Expected: "202", Actual: "201", Text: "expected 202 but was 201"}},
		report.Results[2].Mismatches)
}

func TestStateWithoutAFunctionFailsAndNamesTheNearest(t *testing.T) {
	s := newShop(t)
	r := one(t, pact.Verify(t.Context(), s.options(edited(t, "an order exists", "An order exist"))), "a request for the order")
	require.Equal(t, verdict.Fail, r.Verdict)
	require.Equal(t, `no function for the provider state "An order exist": the nearest is "an order exists"`, r.Reason)
	require.Equal(t, 2, s.requests, "the provider is not asked")
}

func TestStateThatFailsOrPanicsFailsAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		state pact.StateFunc
		want  string
		is    verdict.Verdict
	}{
		"error":   {func(context.Context, *pact.Setup) error { return errors.New("no such table") }, "no such table", verdict.Fail},
		"panic":   {func(context.Context, *pact.Setup) error { panic("oh") }, "panic: oh", verdict.Fail},
		"FailNow": {func(context.Context, *pact.Setup) error { runtime.Goexit(); return nil }, "must return an error", verdict.Fail},
		"network": {func(context.Context, *pact.Setup) error {
			_, err := net.Dial("tcp", "127.0.0.1:1")
			return err
		}, "refused", verdict.Unknown},
		"deaf": {func(context.Context, *pact.Setup) error { select {} }, "did not end with its context", verdict.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			opts := s.options("testdata/web-shop.json")
			opts.States["an order exists"], opts.StateTimeout = c.state, time.Hour // what fails is not waited for
			if name == "deaf" {
				opts.StateTimeout = 100 * time.Millisecond
			}
			r := one(t, pact.Verify(t.Context(), opts), "a request for the order")
			require.Equal(t, c.is, r.Verdict)
			require.Contains(t, r.Reason, `provider state "an order exists"`)
			require.Contains(t, r.Reason, c.want)
			require.LessOrEqual(t, s.requests, 2, "the provider is not asked: only for the other interactions")
		})
	}
}

func TestCleanupThatFailsIsAFailure(t *testing.T) {
	s := newShop(t)
	opts := s.options("testdata/web-shop.json")
	opts.States["there are no orders"] = func(_ context.Context, c *pact.Setup) error {
		c.Cleanup(func(context.Context) error { panic("stuck") })
		return nil
	}
	r := one(t, pact.Verify(t.Context(), opts), "a request for an order that is gone")
	require.Equal(t, verdict.Fail, r.Verdict)
	require.Contains(t, r.Reason, "cleanup: panic: stuck")
}

func TestProviderDownIsUnknown(t *testing.T) {
	s := newShop(t)
	opts := s.options("testdata/web-shop.json")
	s.Close()
	report := pact.Verify(t.Context(), opts)
	require.Equal(t, verdict.Unknown, report.Verdict)
	require.Len(t, report.Results, 3)
	for _, r := range report.Results {
		require.Equal(t, verdict.Unknown, r.Verdict)
		require.Contains(t, r.Reason, "the provider could not be reached")
	}
}

func TestProviderThatAnswersHalfOrTooLateIsUnknown(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	for name, answer := range map[string]http.HandlerFunc{
		"half": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "{")
		},
		"never":    func(http.ResponseWriter, *http.Request) { <-release },
		"hangs up": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(answer)
			t.Cleanup(server.CloseClientConnections)
			s := newShop(t)
			opts := s.options("testdata/web-shop.json")
			opts.URL, opts.Timeout = server.URL, 50*time.Millisecond
			report := pact.Verify(t.Context(), opts)
			require.Equal(t, verdict.Unknown, report.Verdict, report)
		})
	}
}

func TestCancelledRunIsUnknown(t *testing.T) {
	s := newShop(t)
	ctx, cancel := context.WithCancel(t.Context())
	opts := s.options("testdata/web-shop.json")
	opts.States["an order exists"] = func(ctx context.Context, _ *pact.Setup) error {
		cancel()
		return ctx.Err()
	}
	require.Equal(t, verdict.Unknown, pact.Verify(ctx, opts).Verdict)
}

func TestNothingVerifiedIsNeverAPass(t *testing.T) {
	s := newShop(t)
	empty := t.TempDir()
	whole, err := os.ReadFile("testdata/web-shop.json")
	require.NoError(t, err)
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "x.json")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	pactOf := func(version, interactions string) string {
		return file(`{"consumer":{"name":"web"},"provider":{"name":"shop"},"interactions":` + interactions +
			`,"metadata":{"pactSpecification":{"version":"` + version + `"}}}`)
	}
	for name, c := range map[string]struct {
		sources []string
		want    string
	}{
		"no source":           {nil, "no pact file"},
		"empty folder":        {[]string{empty}, "no pact in this folder"},
		"no such folder":      {[]string{filepath.Join(empty, "gone")}, "no such file"},
		"truncated":           {[]string{file(string(whole[:len(whole)/2]))}, "unexpected EOF"},
		"not a pact":          {[]string{file(`{}`)}, "it is no pact"},
		"no interaction":      {[]string{pactOf("4.0", "[]")}, "it has no interaction"},
		"no interactions":     {[]string{pactOf("4.0", "null")}, "it has no interaction"},
		"version of tomorrow": {[]string{pactOf("5.0", "[{}]")}, `specification version "5.0" is not supported`},
		"plugin": {
			[]string{file(`{"consumer":{"name":"web"},"provider":{"name":"shop"},"metadata":{"plugins":[{"name":"protobuf"}]}}`)}, "protobuf",
		},
	} {
		t.Run(name, func(t *testing.T) {
			report := pact.Verify(t.Context(), s.options(c.sources...))
			require.Equal(t, verdict.Unknown, report.Verdict)
			require.Len(t, report.Problems, 1)
			require.Contains(t, report.Problems[0], c.want)

			if c.sources != nil {
				report = pact.Verify(t.Context(), s.options(append(c.sources, "testdata/web-shop.json")...))
			}
			require.Equal(t, verdict.Unknown, report.Verdict, "nor beside a pact that passes")
		})
	}
}

func TestPactOfAnotherProvider(t *testing.T) {
	s := newShop(t)
	folder := t.TempDir()
	for _, name := range []string{"books-events.json", "web-shop.json"} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), text, 0o600))
	}
	opts := s.options(folder)
	opts.Provider = "stop"
	report := pact.Verify(t.Context(), opts)
	require.Equal(t, verdict.Unknown, report.Verdict)
	require.Contains(t, report.Problems[0], fmt.Sprintf("no pact has the provider %q: they are of %q (%s), %q (%s)",
		"stop", "events", filepath.Join(folder, "books-events.json"), "shop", filepath.Join(folder, "web-shop.json")))

	opts.Sources = []pact.Source{pact.Files("testdata/web-shop.json")}
	require.Contains(t, pact.Verify(t.Context(), opts).Problems[0], `its provider is "shop", not "stop"`)
}

func TestTwoInteractionsOfOneNameAreTwoResults(t *testing.T) {
	s := newShop(t)
	report := pact.Verify(t.Context(), s.options(edited(t,
		`"a request for an order that is gone"`, `"a request for the order"`, "there are no orders", "an order exists",
		`"request": {"method": "GET", "path": "/orders/1"}`, `"request": {"method": "GET", "path": "/orders/7"}`)))
	require.Equal(t, report.Results[0].Interaction.Name(), report.Results[1].Interaction.Name())
	require.Equal(t, verdict.Pass, report.Results[0].Verdict)
	require.Equal(t, verdict.Fail, report.Results[1].Verdict, "its pact says 404")
}

func TestSeveralRunsAtOnce(t *testing.T) {
	for range 4 {
		t.Run("run", func(t *testing.T) {
			t.Parallel()
			s := newShop(t)
			report := pact.Verify(t.Context(), s.options("testdata/web-shop.json"))
			require.Equal(t, verdict.Pass, report.Verdict, report)
		})
	}
}
