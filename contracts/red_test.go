package contracts_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts"
	"github.com/fridaygate/fridaygate/contracts/pact"
)

// breakage names what TestShop breaks: it is how TestRed runs it again, in a process that may fail.
const breakage = "CONTRACTS_TEST_BREAKAGE"

// shop is a provider for pact/testdata/web-shop.json.
type shop struct{ *httptest.Server }

func (shop) Name() string  { return "shop" }
func (s shop) URL() string { return s.Server.URL }

// TestShop is green, as long as nothing is broken.
func TestShop(t *testing.T) {
	s := shop{httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch r.Method + " " + r.URL.Path {
		case "GET /orders/7":
			_, _ = fmt.Fprint(w, `{"id":"7","total":1200}`)
		case "POST /orders":
			w.WriteHeader(http.StatusCreated)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))}
	defer s.Close()
	text, err := os.ReadFile("pact/testdata/web-shop.json")
	require.NoError(t, err)
	dir := t.TempDir()
	opts := contracts.PactOptions{
		Pacts: []string{dir}, Getenv: os.Getenv,
		States: pact.States{
			"an order exists":     func(_ context.Context, s *pact.Setup) error { s.Return("order", 7); return nil },
			"there are no orders": func(context.Context, *pact.Setup) error { return nil },
		},
	}
	switch os.Getenv(breakage) {
	case "edited pact":
		text = []byte(strings.Replace(string(text), `"status": 201`, `"status": 202`, 1))
	case "renamed state":
		text = []byte(strings.Replace(string(text), "there are no orders", "there are no order", 1))
	case "truncated pact":
		text = text[:len(text)-20]
	case "empty folder":
		text = nil
	case "provider down":
		s.Close()
	case "panic in a state":
		opts.States["an order exists"] = func(context.Context, *pact.Setup) error { panic("no such table") }
	}
	if text != nil {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "web-shop.json"), text, 0o600))
	}
	contracts.VerifyPacts(t, s, opts)
}

// Each way to break TestShop must turn it red, and say whether the contract is broken or nothing is known.
func TestRed(t *testing.T) {
	for _, c := range []struct {
		broken string
		run    string // what -run selects below TestShop
		env    string
		exit   int
		want   []string
	}{
		{exit: 0, want: []string{"--- PASS: TestShop/web/any_state/a_new_order"}},
		{broken: "edited pact", exit: 1, want: []string{
			"--- PASS: TestShop/web/an_order_exists/a_request_for_the_order", "--- FAIL: TestShop/web/any_state/a_new_order",
			"FAIL: ", "web-shop.json:27", "status", "expected: 202", "actual:   201",
			"again: go test -run '^TestShop$/^web$/^any_state$/^a_new_order$' .",
		}},
		{broken: "renamed state", exit: 1, want: []string{`no function for the provider state "there are no order": the nearest is "there are no orders"`}},
		{broken: "panic in a state", exit: 1, want: []string{"FAIL: ", "panic: no such table"}},
		{broken: "truncated pact", exit: 1, want: []string{"UNKNOWN: pact ", "unexpected end of JSON"}},
		{broken: "empty folder", exit: 1, want: []string{"UNKNOWN: ", "no pact in this folder", "there are 0"}},
		{broken: "provider down", exit: 1, want: []string{"UNKNOWN: ", "the provider could not be reached", "--- FAIL: TestShop/web/any_state/a_new_order"}},
		{env: "PACT_DESCRIPTION=a new order", exit: 1, want: []string{"UNKNOWN: the variable PACT_DESCRIPTION is set"}},
		{run: "/web/any_state/no_order", exit: 1, want: []string{"no interaction was verified: there are 3"}},
	} {
		t.Run(c.broken+c.env+c.run, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run=^TestShop$"+c.run)
			cmd.Env = append(os.Environ(), breakage+"="+c.broken, c.env)
			out, _ := cmd.CombinedOutput()
			require.Equal(t, c.exit, cmd.ProcessState.ExitCode(), string(out))
			for _, want := range c.want {
				require.Contains(t, string(out), want)
			}
			if c.exit == 0 {
				require.Equal(t, 4+4+1, strings.Count(string(out), "\n"), "a line for the start and the end of each test, and PASS:\n%s", out)
			}
		})
	}
}
