package contracts_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// copySuite copies testdata/suite to a folder of its own. It is inside this module: of files outside, Go's test cache
// does not know when they change.
func copySuite(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("testdata", "suite-copy-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	require.NoError(t, os.CopyFS(dir, os.DirFS("testdata/suite")))
	age(t, dir, time.Hour)
	return dir
}

// age makes every file old: what is younger than two seconds is never cached.
func age(t *testing.T, path string, by time.Duration) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(path, func(path string, _ os.DirEntry, _ error) error {
		then := time.Now().Add(-by)
		return os.Chtimes(path, then, then)
	}))
}

// goTest runs a suite as a person would, and gives what it prints.
func goTest(t *testing.T, dir string, env ...string) (out string, passed bool) {
	t.Helper()
	test := exec.CommandContext(t.Context(), "go", "test", "./"+dir)
	test.Env = append(os.Environ(), env...)
	printed, err := test.CombinedOutput()
	return string(printed), err == nil
}

// An edit of whatever a verdict depends on must be seen, though Go keeps the results of tests.
func TestWhatWasEditedIsTestedAgain(t *testing.T) {
	dir := copySuite(t)
	out, passed := goTest(t, dir)
	require.True(t, passed, out)
	out, _ = goTest(t, dir)
	require.Contains(t, out, "(cached)", "an unchanged suite is cached, or the rest of this test proves nothing")
	for _, edit := range []struct{ file, old, new, want string }{
		{"pacts/web-shop.json", `"status": 200`, `"status": 202`, "expected: 202"},
		{"schemas/order.schema.json", `["id"]`, `["id", "currency"]`, "order/valid/whole"},
		{"schemas/examples/valid/order/whole.json", `"id":"7"`, `"id":7`, "order/valid/whole"},
		{"fixtures/order.json", `1200`, `1300`, "SHA256SUMS"},
		{"fixtures/webhook.yaml", `path: /webhooks/orders`, `path: webhooks/orders`, "endpoint.path"},
		{"states_test.go", `"an order exists"`, `"an order exist"`, `no function for the provider state "an order exists"`},
	} {
		t.Run(edit.file, func(t *testing.T) {
			file := filepath.Join(dir, edit.file)
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			broken := strings.Replace(string(text), edit.old, edit.new, 1)
			require.NotEqual(t, string(text), broken)
			require.NoError(t, os.WriteFile(file, []byte(broken), 0o600))
			age(t, file, time.Minute)
			out, passed := goTest(t, dir)
			require.False(t, passed, out)
			require.Contains(t, out, edit.want)
			require.NoError(t, os.WriteFile(file, text, 0o600))
			age(t, file, time.Hour)
		})
	}
	t.Run("another pact", func(t *testing.T) {
		text, err := os.ReadFile(filepath.Join(dir, "pacts/web-shop.json"))
		require.NoError(t, err)
		file := filepath.Join(dir, "pacts/app-shop.json")
		require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(text), `"status": 200`, `"status": 404`, 1)), 0o600))
		age(t, file, time.Minute)
		out, passed := goTest(t, dir)
		require.False(t, passed, out)
		require.NoError(t, os.Remove(file))
	})
}

// Pacts that are not files of the module may change at any time.
func TestWhatComesFromElsewhereIsNeverCached(t *testing.T) {
	dir := copySuite(t)
	for range 3 {
		out, passed := goTest(t, dir, "SHOP_ELSEWHERE=yes")
		require.True(t, passed, out)
		require.NotContains(t, out, "(cached)")
	}
}

// What is green is quiet: neither the tests, nor pact-go, nor libpact_ffi say a word about it.
func TestAHundredGreenInteractionsPrintLittle(t *testing.T) {
	dir := copySuite(t)
	var interactions []string
	for n := range 100 {
		interactions = append(interactions, fmt.Sprintf(
			`{"type": "Synchronous/HTTP", "description": "request %d", "providerStates": [{"name": "an order exists"}],
			"request": {"method": "GET", "path": "/orders/%d"}, "response": {"status": 200}}`, n, n))
	}
	pact := `{"consumer": {"name": "web"}, "provider": {"name": "shop"}, "metadata": {"pactSpecification": {"version": "4.0"}}, "interactions": [` +
		strings.Join(interactions, ",") + "]}"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "pacts/web-shop.json"), []byte(pact), 0o600))
	binary := filepath.Join(t.TempDir(), "suite.test")
	built, err := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", binary, "./"+dir).CombinedOutput()
	require.NoError(t, err, string(built))
	for verbose, most := range map[string]int{"-test.v=false": 10, "-test.v=true": 2*(100+2) + 10} {
		run := exec.CommandContext(t.Context(), binary, verbose, "-test.run=^TestPacts$")
		run.Dir = dir
		out, err := run.CombinedOutput()
		require.NoError(t, err, string(out))
		require.LessOrEqual(t, strings.Count(string(out), "\n"), most, string(out))
		if verbose == "-test.v=true" {
			require.Equal(t, 100, strings.Count(string(out), "--- PASS: TestPacts/web/an_order_exists/request_"), "one line an interaction")
		}
	}
}
