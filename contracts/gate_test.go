package contracts_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts"
	"github.com/fridaygate/fridaygate/contracts/pact"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/providers"
	"github.com/fridaygate/fridaygate/providers/container"
)

var update = flag.Bool("update", false, "write the table of faults into README.md")

// injected names the fault that is injected into TestShop: TestGate sets it to run TestShop in a separate process.
const injected = "CONTRACTS_TEST_FAULT"

// world is what a fault may break: a provider, its one pact, and how the one is verified against the other.
type world struct {
	*testing.T
	*httptest.Server
	handler http.HandlerFunc
	url     string // of the provider, if it is not the server's
	dir     string // the folder of pacts
	pact    string // the text of web-shop.json in it; "": there is none
	opts    contracts.PactOptions
}

// Name is the provider's name in the pact.
func (*world) Name() string { return "shop" }

// URL returns the provider's address.
func (w *world) URL() string {
	if w.url != "" {
		return w.url
	}
	return w.Server.URL
}

// edit changes the pact.
func (w *world) edit(old, changed string) {
	require.Contains(w, w.pact, old)
	w.pact = strings.Replace(w.pact, old, changed, 1)
}

// needsDocker starts the provider where there is Docker alone.
func needsDocker(w *world) {
	r, err := container.FromEnvironment(w.Context(), os.Getenv, os.Setenv)
	require.NoError(w, err)
	_, err = r.Start(w.Context(), providers.Spec{
		Name: "customers", Package: "github.com/fridaygate/fridaygate/providers/reference/customers", Needs: []providers.Need{providers.Postgres},
	})
	require.NoError(w, err, "UNKNOWN")
}

func serveShop(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	switch r.Method + " " + r.URL.Path {
	case "GET /orders/7":
		_, _ = fmt.Fprint(w, `{"id":"7","total":1200}`)
	case "POST /orders":
		w.WriteHeader(http.StatusCreated)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// TestShop is green, as long as no fault is injected.
func TestShop(t *testing.T) {
	w := &world{T: t, dir: t.TempDir(), handler: serveShop}
	w.Server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.handler(rw, r) }))
	defer w.Close()
	text, err := os.ReadFile("pact/testdata/web-shop.json")
	require.NoError(t, err)
	w.pact = string(text)
	w.opts = contracts.PactOptions{
		Pacts: []string{w.dir},
		States: pact.States{
			"an order exists":     func(_ context.Context, s *pact.Setup) error { s.Return("order", 7); return nil },
			"there are no orders": func(context.Context, *pact.Setup) error { return nil },
		},
	}
	for _, f := range slices.Concat(faults, brokered, []fault{selectable}) {
		if f.name == os.Getenv(injected) && f.inject != nil {
			f.inject(w)
		}
	}
	if w.pact != "" {
		require.NoError(t, os.WriteFile(filepath.Join(w.dir, "web-shop.json"), []byte(w.pact), 0o600))
	}
	contracts.VerifyPacts(t, w, w.opts)
}

// fault is one way to break the gate on purpose, and what must become of it.
type fault struct {
	name    string // for people: a row of the README's table
	inject  func(*world)
	test    string   // what is run; TestShop if empty
	skip    string   // what of it is not
	env     []string // beside what this process has
	library string   // the version that the loaded libpact_ffi reports, if another one
	exit    int      // of fridaygate verify
	want    string   // what the output must contain
}

// run runs the tests with the fault, and sums them up as the command does.
func (f fault) run(t *testing.T) (sum report.Report, out string) {
	t.Helper()
	folder := t.TempDir()
	test := f.test
	if test == "" {
		test = "^TestShop$"
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.v", "-test.paniconexit0", "-test.run="+test, "-test.skip="+f.skip) // as go test has it
	cmd.Env = append(append(os.Environ(), injected+"="+f.name, report.FolderVariable+"="+folder), f.env...)
	if f.library != "" {
		cmd.Env = append(cmd.Env, "LD_PRELOAD="+otherLibrary(t, f.library))
	}
	printed, err := cmd.CombinedOutput()
	var exited *exec.ExitError
	if err != nil {
		require.True(t, errors.As(err, &exited), "%v", err)
	}
	sum, err = report.Collect(folder, err, string(printed))
	require.NoError(t, err)
	return sum, string(printed)
}

// otherLibrary builds a library that, loaded first, makes libpact_ffi report another version.
func otherLibrary(t *testing.T, version string) string {
	t.Helper()
	source, library := filepath.Join(t.TempDir(), "other.c"), filepath.Join(t.TempDir(), "other.so")
	require.NoError(t, os.WriteFile(source, []byte(fmt.Sprintf("const char *pactffi_version(void) { return %q; }\n", version)), 0o600))
	built, err := exec.CommandContext(t.Context(), "cc", "-shared", "-fPIC", "-o", library, source).CombinedOutput()
	require.NoError(t, err, string(built))
	return library
}

// Each fault must have its exit code, and go test must be red for every code but 0.
func TestGate(t *testing.T) {
	require.GreaterOrEqual(t, len(faults), 24)
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			sum, out := f.run(t)
			require.Equal(t, f.exit, sum.Exit(), out)
			require.Contains(t, out+sum.Problem(), f.want)
			if f.exit == verdict.ExitPass {
				require.NotContains(t, out, "--- FAIL")
			}
		})
	}
}

// Without a fault it is green, with a line for each interaction.
func TestGateIsGreen(t *testing.T) {
	sum, out := fault{name: "none"}.run(t)
	require.Equal(t, verdict.ExitPass, sum.Exit(), out)
	require.Len(t, sum.Results, 3)
	require.Contains(t, out, "--- PASS: TestShop/web/any_state/a_new_order")
	require.Equal(t, 4+4+1, strings.Count(out, "\n"), "a line for the start and the end of each test, and PASS:\n%s", out)
}

// What the gate promises is a table in this folder's README, and it is this one. -update writes it.
func TestGateIsWhatTheREADMESays(t *testing.T) {
	const (
		file = "README.md"
		from = "<!-- faults: contracts/faults_test.go, go test ./contracts -run README -update -->\n"
		to   = "<!-- end of faults -->"
	)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(text), from)
	require.True(t, found)
	_, after, found := strings.Cut(rest, to)
	require.True(t, found)
	answers := map[int]string{
		verdict.ExitPass: "0, and it shows", verdict.ExitFail: "1: the contract is broken", verdict.ExitUnknown: "3: could not tell",
	}
	table := "| What is wrong | `fridaygate verify` exits |\n|---|---|\n"
	for _, f := range faults {
		table += fmt.Sprintf("| %s | %s |\n", f.name, answers[f.exit])
	}
	now := before + from + table + to + after
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(now), 0o600))
		return
	}
	require.Equal(t, now, string(text), "the README's table is not this one: go test ./contracts -run README -update")
}
