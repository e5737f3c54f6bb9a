package contracts_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
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
	run.Env = append(append(os.Environ(), "GOFLAGS=-mod=mod", report.FolderVariable+"="), env...)
	printed, err := run.CombinedOutput()
	return string(printed), err == nil
}

// linked begins a go test that links a binary only if the last one is out of date: go test keeps none unless -o says where.
func (o team) linked() []string {
	return []string{"test", "-ldflags=-s", "-o=" + filepath.Join(o.root, "gate.test")}
}

// test runs one test of the suite as a person would.
func (o team) test(name string, env ...string) (out string, passed bool) {
	o.Helper()
	return o.run(env, append(o.linked(), "-run=^"+name+"$", "./gate")...)
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

// change is an edit of a file, and the expected message of each test that it breaks.
type change struct {
	file, old, changed string
	says               map[string]string
}

// A green result may be cached only as long as it is true: go test does not see that a service, an answer from the
// network or a file outside the module has changed. What is not cached while nothing changes cannot be when something does.
//
// Every change of a Go file has a binary linked anew, so changes of different files are made together.
func TestOutdatedResultIsNeverCached(t *testing.T) {
	t.Parallel()
	o := newTeam(t)
	rounds := [][]change{{
		{"shop/cmd/orders/main.go", "http.StatusOK", "http.StatusTeapot", map[string]string{"TestPactsOfStarted": "got       418"}},
		{
			"pacts/web-shop.json", `"status": 200`, `"status": 202`,
			map[string]string{"TestPactsOutside": "expected  202", "TestPactsAtURL": "expected  202"},
		},
		{"shop/gate/pacts/web-shop.json", `"status": 200`, `"status": 202`, map[string]string{"TestPacts": "expected  202"}},
		{"shop/gate/fixtures/order.json", `1200`, `1300`, map[string]string{"TestWebhooks": "SHA256SUMS"}},
		{"schemas/order.schema.json", `["id"]`, `["id", "currency"]`, map[string]string{"TestSchemasOutside": "order/valid/whole"}},
	}, {
		{
			"shop/cmd/orders/main.go", "func main() {", "func main() {\n\tlog.Fatal(\"no database\")",
			map[string]string{"TestStarted": "no database"},
		},
		{
			"shop/gate/states_test.go", `"an order exists"`, `"an order exist"`,
			map[string]string{"TestPacts": `no function for the provider state "an order exists"`},
		},
	}}
	o.command(append(o.linked(), "-c", "./gate")...)
	t.Run("unchanged", func(t *testing.T) {
		tests := map[string]bool{}
		for _, c := range slices.Concat(rounds...) {
			for test := range c.says {
				tests[test] = true
			}
		}
		for test := range tests {
			t.Run(test, func(t *testing.T) {
				t.Parallel()
				o.passesUncached(t, test)
			})
		}
	})
	for n, changes := range rounds {
		t.Run(fmt.Sprintf("changed %d", n+1), func(t *testing.T) {
			says := map[string]string{}
			for _, c := range changes {
				o.edit(t, c.file, c.old, c.changed)
				maps.Copy(says, c.says)
			}
			failed := o.failing(t, slices.Sorted(maps.Keys(says)))
			for test, want := range says {
				require.Contains(t, failed, test)
				require.Contains(t, failed[test], want)
			}
		})
	}
}

// saved is what the go command prints when it caches a result, if it was asked to (saveOutput in cmd/go/internal/test/test.go).
const asked, saved = "GODEBUG=gocachetest=1", "save test ID"

// passesUncached runs one test.
func (o team) passesUncached(t *testing.T, test string, env ...string) {
	t.Helper()
	out, passed := o.test(test, append(env, asked)...)
	require.True(t, passed, out)
	require.Contains(t, out, "testcache: ", "the go command was asked what it caches")
	require.NotContains(t, out, saved)
}

// failing runs tests, and returns what each that failed printed.
func (o team) failing(t *testing.T, tests []string, env ...string) map[string]string {
	t.Helper()
	out, passed := o.run(env, append(o.linked(), "-json", "-run=^("+strings.Join(tests, "|")+")$", "./gate")...)
	require.False(t, passed, out)
	failed, printed := map[string]string{}, map[string]string{}
	for line := range strings.Lines(out) {
		var event struct{ Action, Test, Output string }
		if err := json.Unmarshal([]byte(line), &event); err != nil {
			continue // output of the go command that is not an event
		}
		test, _, _ := strings.Cut(event.Test, "/")
		printed[test] += event.Output
		if event.Action == "fail" {
			failed[test] = printed[test]
		}
	}
	require.NotEmpty(t, failed, out)
	return failed
}

func TestDeployedProviderThatIsGoneIsNeverCached(t *testing.T) {
	t.Parallel()
	o := newTeam(t)
	tests := []string{"TestPactsOfDeployed", "TestWebhooksDeployed", "TestPlanOfDeployed"}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
	env := "SHOP_URL=" + s.URL
	o.command(append(o.linked(), "-c", "./gate")...)
	t.Run("there", func(t *testing.T) {
		for _, test := range tests {
			t.Run(test, func(t *testing.T) {
				t.Parallel()
				o.passesUncached(t, test, env)
			})
		}
	})
	s.Close()
	failed := o.failing(t, tests, env)
	for _, test := range tests {
		require.Contains(t, failed, test)
		require.Contains(t, failed[test], "UNKNOWN")
	}
}

// Schemas inside the module are files that go test watches.
func TestSchemasInsideTheModuleAreCachedUntilAnEdit(t *testing.T) {
	t.Parallel()
	o := newTeam(t)
	out, passed := o.test("TestSchemas", asked)
	require.True(t, passed, out)
	require.Contains(t, out, saved, "or the tests beside prove nothing")
	out, passed = o.test("TestSchemas", asked)
	require.True(t, passed, out)
	require.Contains(t, out, "(cached)")
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

// A team without a C compiler can check schemas, and gets an error that names what verifying pacts needs.
func TestOnlyPactsNeedCgo(t *testing.T) {
	t.Parallel()
	o := newTeam(t)
	out, passed := o.test("TestSchemas", "CGO_ENABLED=0")
	require.True(t, passed, out)
	out, passed = o.test("TestPacts", "CGO_ENABLED=0")
	require.False(t, passed, out)
	require.Contains(t, out, "UNKNOWN: this test was built without cgo")
}

// Green tests are quiet: neither they, nor pact-go, nor libpact_ffi print anything.
func TestAHundredGreenInteractionsPrintLittle(t *testing.T) {
	t.Parallel()
	o := newTeam(t)
	var interactions []string
	for n := range 100 {
		interactions = append(interactions, fmt.Sprintf(
			`{"type": "Synchronous/HTTP", "description": "request %d", "providerStates": [{"name": "an order exists"}],
			"request": {"method": "GET", "path": "/orders/%d"}, "response": {"status": 200}}`, n, n))
	}
	pact := `{"consumer": {"name": "web"}, "provider": {"name": "shop"}, 
		"metadata": {"pactSpecification": {"version": "4.0"}}, "interactions": [` +
		strings.Join(interactions, ",") + "]}"
	require.NoError(t, os.WriteFile(filepath.Join(o.module, "gate/pacts/web-shop.json"), []byte(pact), 0o600))
	for verbose, most := range map[string]int{"-v=false": 10, "-v=true": 2*(100+2) + 10} {
		out := o.command(append(o.linked(), verbose, "-run=^TestPacts$", "./gate")...)
		require.LessOrEqual(t, strings.Count(out, "\n"), most, out)
		if verbose == "-v=true" {
			require.Equal(t, 100, strings.Count(out, "--- PASS: TestPacts/web/an_order_exists/request_"), "one line an interaction")
		}
	}
}
