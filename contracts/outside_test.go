package contracts_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"
)

// team is the module of a team, outside this one, with the suite of testdata/shop.txtar in it. Pacts and schemas lie inside
// the module and, as in a monorepo, beside it.
type team struct {
	*testing.T
	root   string
	module string // root/shop
}

func newTeam(t *testing.T) team {
	t.Helper()
	root := t.TempDir()
	o := team{t, root, filepath.Join(root, "shop")}
	archive, err := txtar.ParseFile("testdata/shop.txtar")
	require.NoError(t, err)
	require.NoError(t, os.Mkdir(o.module, 0o700))
	require.NoError(t, txtar.Write(archive, o.module))
	for _, folder := range []string{"pacts", "schemas"} {
		require.NoError(t, os.CopyFS(filepath.Join(root, folder), os.DirFS(filepath.Join(o.module, "gate", folder))))
	}
	here, err := filepath.Abs("..")
	require.NoError(t, err)
	sums, err := os.ReadFile("../go.sum")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(o.module, "go.sum"), sums, 0o600))
	o.command("mod", "init", "example.com/shop")
	o.command("mod", "edit", "-require=github.com/fridaygate/fridaygate@v0.0.0", "-replace=github.com/fridaygate/fridaygate="+here)
	o.age(root, time.Hour)
	return o
}

// command runs the go command in the module, and demands that it succeeds.
func (o team) command(args ...string) string {
	o.Helper()
	out, passed := o.run(nil, args...)
	require.True(o, passed, out)
	return out
}

func (o team) run(env []string, args ...string) (out string, passed bool) {
	o.Helper()
	run := exec.CommandContext(o.Context(), "go", args...)
	run.Dir = o.module
	run.Env = append(append(os.Environ(), "GOFLAGS=-mod=mod"), env...)
	printed, err := run.CombinedOutput()
	return string(printed), err == nil
}

// test runs one test of the suite as a person would.
func (o team) test(name string, env ...string) (out string, passed bool) {
	o.Helper()
	return o.run(env, "test", "-run=^"+name+"$", "./gate")
}

// age makes every file old: go test caches nothing that depends on a file younger than two seconds.
func (o team) age(path string, by time.Duration) {
	o.Helper()
	require.NoError(o, filepath.WalkDir(path, func(path string, _ os.DirEntry, _ error) error {
		then := time.Now().Add(-by)
		return os.Chtimes(path, then, then)
	}))
}

// edit replaces text in a file until the test ends.
func (o team) edit(t *testing.T, path, old, changed string) {
	t.Helper()
	path = filepath.Join(o.root, path)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	broken := strings.Replace(string(text), old, changed, 1)
	require.NotEqual(t, string(text), broken)
	require.NoError(t, os.WriteFile(path, []byte(broken), 0o600))
	o.age(path, time.Minute)
	t.Cleanup(func() {
		require.NoError(t, os.WriteFile(path, text, 0o600))
		o.age(path, time.Hour)
	})
}

// A green result may be cached only as long as it is true: go test does not see that a service, an answer from the
// network or a file outside the module has changed.
func TestWhatIsNoLongerTrueIsNeverCached(t *testing.T) {
	o := newTeam(t)
	for _, c := range []struct{ test, file, old, changed, want string }{
		{"TestPactsOfStarted", "shop/cmd/orders/main.go", "http.StatusOK", "http.StatusTeapot", "actual:   418"},
		{"TestStarted", "shop/cmd/orders/main.go", "func main() {", "func main() {\n\tlog.Fatal(\"no database\")", "no database"},
		{"TestPactsOutside", "pacts/web-shop.json", `"status": 200`, `"status": 202`, "expected: 202"},
		{"TestPactsAtURL", "pacts/web-shop.json", `"status": 200`, `"status": 202`, "expected: 202"},
		{"TestPacts", "shop/gate/pacts/web-shop.json", `"status": 200`, `"status": 202`, "expected: 202"},
		{"TestPacts", "shop/gate/states_test.go", `"an order exists"`, `"an order exist"`, `no function for the provider state "an order exists"`},
		{"TestWebhooks", "shop/gate/fixtures/order.json", `1200`, `1300`, "SHA256SUMS"},
		{"TestSchemasOutside", "schemas/order.schema.json", `["id"]`, `["id", "currency"]`, "order/valid/whole"},
	} {
		t.Run(c.test+" "+filepath.Base(c.file), func(t *testing.T) {
			for range 2 {
				out, passed := o.test(c.test)
				require.True(t, passed, out)
				require.NotContains(t, out, "(cached)")
			}
			o.edit(t, c.file, c.old, c.changed)
			out, passed := o.test(c.test)
			require.False(t, passed, out)
			require.Contains(t, out, c.want)
		})
	}
}

func TestDeployedProviderThatIsGoneIsNeverCached(t *testing.T) {
	o := newTeam(t)
	for _, name := range []string{"TestPactsOfDeployed", "TestWebhooksDeployed", "TestPlanOfDeployed"} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
		env := "SHOP_URL=" + s.URL
		for range 2 {
			out, passed := o.test(name, env)
			require.True(t, passed, out)
			require.NotContains(t, out, "(cached)")
		}
		s.Close()
		out, passed := o.test(name, env)
		require.False(t, passed, out)
		require.Contains(t, out, "UNKNOWN")
	}
}

// Schemas inside the module are files that go test watches.
func TestSchemasInsideTheModuleAreCachedUntilAnEdit(t *testing.T) {
	o := newTeam(t)
	o.test("TestSchemas")
	out, passed := o.test("TestSchemas")
	require.True(t, passed, out)
	require.Contains(t, out, "(cached)", "or the tests beside prove nothing")
	for file, edit := range map[string][2]string{
		"shop/gate/schemas/order.schema.json":               {`["id"]`, `["id", "currency"]`},
		"shop/gate/schemas/examples/valid/order/whole.json": {`"id":"7"`, `"id":7`},
	} {
		t.Run(filepath.Base(file), func(t *testing.T) {
			o.edit(t, file, edit[0], edit[1])
			out, passed := o.test("TestSchemas")
			require.False(t, passed, out)
			require.Contains(t, out, "order/valid/whole")
		})
	}
}

// A team without a C compiler can check schemas, and is told what verifying pacts needs.
func TestOnlyPactsNeedCgo(t *testing.T) {
	o := newTeam(t)
	out, passed := o.test("TestSchemas", "CGO_ENABLED=0")
	require.True(t, passed, out)
	out, passed = o.test("TestPacts", "CGO_ENABLED=0")
	require.False(t, passed, out)
	require.Contains(t, out, "UNKNOWN: this test was built without cgo")
}

// What is green is quiet: neither the tests, nor pact-go, nor libpact_ffi say a word about it.
func TestAHundredGreenInteractionsPrintLittle(t *testing.T) {
	o := newTeam(t)
	var interactions []string
	for n := range 100 {
		interactions = append(interactions, fmt.Sprintf(
			`{"type": "Synchronous/HTTP", "description": "request %d", "providerStates": [{"name": "an order exists"}],
			"request": {"method": "GET", "path": "/orders/%d"}, "response": {"status": 200}}`, n, n))
	}
	pact := `{"consumer": {"name": "web"}, "provider": {"name": "shop"}, "metadata": {"pactSpecification": {"version": "4.0"}}, "interactions": [` +
		strings.Join(interactions, ",") + "]}"
	require.NoError(t, os.WriteFile(filepath.Join(o.module, "gate/pacts/web-shop.json"), []byte(pact), 0o600))
	for verbose, most := range map[string]int{"-v=false": 10, "-v=true": 2*(100+2) + 10} {
		out := o.command("test", verbose, "-run=^TestPacts$", "./gate")
		require.LessOrEqual(t, strings.Count(out, "\n"), most, out)
		if verbose == "-v=true" {
			require.Equal(t, 100, strings.Count(out, "--- PASS: TestPacts/web/an_order_exists/request_"), "one line an interaction")
		}
	}
}
