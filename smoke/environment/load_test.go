package environment_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/cases"
	"github.com/fridaygate/fridaygate/smoke/environment"
)

func lookup(values map[string]string) environment.Options {
	return environment.Options{LookupEnv: func(name string) (string, bool) { value, ok := values[name]; return value, ok }}
}

// load reads an environment file that stands in smoke/environments of a copy of this repository, as far as it is needed.
func load(t *testing.T, text string, values map[string]string) (*environment.Environment, error) {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "staging.yaml")
	require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(text, "ROOT", root)), 0o600))
	return environment.Load(file, lookup(values))
}

const (
	head = "name: staging\ntarget: https://api.example.com\nhosts: [api.example.com, customers.example.com]\n"
	asks = "contracts:\n  - name: found\n    target: https://customers.example.com\n"
	pact = asks + "    pact: ROOT/contracts/pacts/invoices-customers.json#a request for the customer\n"
)

func TestSmokeContractIsTakenFromThePact(t *testing.T) {
	e, err := load(t, head+pact+"    request: {path: /customers/cus_1, headers: {Authorization: 'Bearer {secret:TOKEN}'}}\n",
		map[string]string{"TOKEN": "swordfish"})
	require.NoError(t, err)
	require.Len(t, e.Contracts, 1)
	c := e.Contracts[0]
	require.Equal(t, "customers", c.Integration)
	require.Equal(t, "GET", c.Request.Method)
	require.Equal(t, "/customers/cus_1", c.Request.Target)
	require.Equal(t, "application/json", c.Request.Header.Get("Accept"))
	require.Equal(t, "Bearer swordfish", c.Request.Header.Get("Authorization"))
	require.Equal(t, "swordfish", e.Secrets["TOKEN"])
	require.Contains(t, c.Source, "staging.yaml:5")
}

// Every mistake has its line and column, and what to do.
func TestMistakeHasItsPlace(t *testing.T) {
	for name, c := range map[string]struct{ text, says string }{
		"a typo":           {head + "limts: {rate: 5}\n" + pact, "staging.yaml:4:1: limts: unknown key: did you mean limits?"},
		"nothing to check": {head, "staging.yaml:1:1: "},
		"a host with a scheme": {strings.Replace(head, "[api", "[https://api", 1) + pact,
			"staging.yaml:3:9: hosts[0]: \"https://api.example.com\": must be a host"},
		"a host that is not listed": {head + strings.Replace(pact, "customers.example", "billing.example", 1),
			"staging.yaml:6:13: contracts[0].target: billing.example.com: not on the list of hosts: add it to hosts"},
		"no such interaction":    {head + strings.Replace(pact, "for the customer", "for the custmer", 1), "contracts[0].pact: pact "},
		"no pact and no request": {head + asks, "staging.yaml:5:5: contracts[0]"},
		"it writes": {head + asks + "    integration: customers\n    request: {method: POST, path: /}\n",
			"contracts[0].writes: is missing: the request is a POST"},
		"a name twice": {head + pact + strings.TrimPrefix(pact, "contracts:\n"),
			"contracts[1].name: \"found\": another smoke contract has that name"},
		"no schema": {head + pact + "    expect: {schema: nowhere.json}\n", "contracts[0].expect.schema: load schema"},
		"a secret that is not set": {head + pact + "    request: {headers: {X-Key: '{secret:NO_KEY}'}}\n",
			"contracts[0].request.headers.X-Key: the variable NO_KEY is not set"},
		"a secret in the file": {head + "secrets: {TOKEN: swordfish}\n" + pact, "staging.yaml:4:18: secrets.TOKEN: "},
		"a secret file not there": {head + "secrets: {TOKEN: {file: /nowhere/token}}\n" + pact,
			"secrets.TOKEN.file: /nowhere/token: it is no file that holds a secret"},
		"production by its name": {strings.Replace(head, "staging", "eu-production", 1) + pact,
			"eu-production at api.example.com looks like production: say production: true"},
		"production by its host": {strings.ReplaceAll(head, "api.example", "api.prod.example") + pact, "looks like production"},
		"a suite is not there": {head + pact + "suites: {pacts: ROOT/contracts/pacts, consumer: invoice}\n",
			"suites.consumer: \"invoice\": no pact"},
		"without, and it is there": {head + pact + "suites: {pacts: ROOT/contracts/pacts, consumer: invoices, without: {customers: why}}\n",
			"it has a smoke contract: drop the entry"},
		"the revision is not set": {head + pact + "revision: {url: /version, revision: /revision, expect_env: NO_SHA}\n",
			"revision.expect_env: the variable NO_SHA is not set"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, c.text, nil)
			require.ErrorContains(t, err, c.says)
		})
	}
}

func TestSchemaOfASmokeContractMayBeOneOfAnOpenAPIDocument(t *testing.T) {
	file := filepath.Join(t.TempDir(), "openapi.yaml")
	require.NoError(t, os.WriteFile(file, []byte("openapi: 3.1.0\ncomponents: {schemas: {Customer: {type: object}}}\n"), 0o600))
	e, err := load(t, head+pact+"    expect: {schema: '"+file+"#/components/schemas/Customer'}\n", nil)
	require.NoError(t, err)
	require.Len(t, e.Contracts[0].Schema.Check([]byte("1")), 1)
	_, err = load(t, head+pact+"    expect: {schema: '"+file+"#/components/schemas/Custmer'}\n", nil)
	require.ErrorContains(t, err, "did you mean /components/schemas/Customer?")
}

func TestProductionMayBeDenied(t *testing.T) {
	e, err := load(t, strings.Replace(head, "staging", "live-test", 1)+"production: false\n"+pact, nil)
	require.NoError(t, err)
	require.False(t, e.Production)
}

func TestTwoEnvironmentsOfOneNameAreAMistake(t *testing.T) {
	folder := t.TempDir()
	text := head + asks + "    integration: customers\n    request: {path: /}\n"
	for _, name := range []string{"a.yaml", "b.yaml"} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
	}
	_, err := environment.Load(filepath.Join(folder, "b.yaml"), lookup(nil))
	require.ErrorContains(t, err, "b.yaml:1:7: name: \"staging\": "+filepath.Join(folder, "a.yaml")+" has that name too")
	require.NoError(t, os.Remove(filepath.Join(folder, "a.yaml")))
	_, err = environment.Load(filepath.Join(folder, "b.yaml"), lookup(nil))
	require.NoError(t, err)
}

func TestSecretFileThatOthersCanReadIsWarnedOf(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	for mode, warned := range map[os.FileMode]bool{0o600: false, 0o644: true, 0o640: true} {
		require.NoError(t, os.WriteFile(file, []byte("swordfish\n"), 0o600))
		require.NoError(t, os.Chmod(file, mode))
		e, err := load(t, head+"secrets: {TOKEN: {file: "+file+"}}\n"+pact, nil)
		require.NoError(t, err)
		require.Equal(t, "swordfish", e.Secrets["TOKEN"])
		require.Equal(t, warned, len(e.Notes) == 1, mode)
		if warned {
			require.Contains(t, e.Notes[0].Text, "can be read by others")
		}
	}
}

// An integration has a contract suite, which CI runs, and a smoke contract, which asks the deployed one.
func TestSuiteWithoutItsSmokeContractIsAProblem(t *testing.T) {
	suites := "suites: {pacts: ROOT/contracts/pacts, consumer: invoices}\n"
	other := asks + "    integration: billing\n    request: {path: /}\n"
	e, err := load(t, strings.Replace(head, "[", "[billing.example.com, ", 1)+other+suites, nil)
	require.NoError(t, err)
	require.Len(t, e.Problems, 1)
	require.Contains(t, e.Problems[0].Text, "customers has a contract suite and no smoke contract")
	require.Len(t, e.Notes, 1)
	require.Contains(t, e.Notes[0].Text, "billing has a smoke contract and no contract suite")

	e, err = load(t, head+pact+suites, nil)
	require.NoError(t, err)
	require.Empty(t, e.Problems)
	require.Empty(t, e.Notes)
}

const steps = "cleanup:\n  steps:\n    - name: events\n"

func TestCleanUpIsTakenOver(t *testing.T) {
	e, err := load(t, head+pact+"commands: [./count]\ncleanup:\n  within: 30s\n  steps:\n    - name: events\n"+
		"      http: {method: DELETE, path: '/events/{event_id}', headers: {Authorization: 'Bearer {secret:TOKEN}'}, absent: 404}\n"+
		"      verify: {command: {run: [./count, '{event_id}']}}\n"+
		"    - name: rows\n      sql: {url_env: DB, statements: ['delete from t where id = {event_id}']}\n"+
		"      verify: {http: {target: 'https://customers.example.com', path: '/left?tag={run_tag}', count: /n}}\n",
		map[string]string{"TOKEN": "swordfish", "DB": "postgres://u:hunter2@api.example.com/shop"})
	require.NoError(t, err)
	require.Equal(t, 30*time.Second, e.Cleanup.Limit())
	require.Len(t, e.Cleanup.Steps, 2)
	events, rows := e.Cleanup.Steps[0], e.Cleanup.Steps[1]
	require.Equal(t, "DELETE https://api.example.com/events/{event_id}", events.Remove.String())
	require.Equal(t, "Bearer swordfish", events.Remove.HTTP.Header.Get("Authorization"))
	require.Equal(t, []string{"./count", "{event_id}"}, events.Verify.Command)
	require.Contains(t, events.Source, "staging.yaml:12")
	require.Equal(t, "GET https://customers.example.com/left?tag={run_tag}", rows.Verify.String())
	require.Equal(t, "postgres://u:hunter2@api.example.com/shop", e.Secrets["DB"], "no report shows it")
}

func TestMistakesInACleanUp(t *testing.T) {
	remove := "      http: {method: DELETE, path: '/events/{event_id}'}\n"
	for name, c := range map[string]struct{ step, says string }{
		"no way":               {"", "cleanup.steps[0]: must have one of http, command and sql"},
		"two ways":             {remove + "      command: {run: [./rm, '{run_tag}']}\n", "must have one of http, command and sql"},
		"about everything":     {"      http: {method: DELETE, path: /events}\n", "cleanup.steps[0].http: holds neither {run_tag}, "},
		"verifying everything": {remove + "      verify: {http: {path: /events, count: /n}}\n", "cleanup.steps[0].verify.http: holds neither"},
		"one of its statements": {"      sql: {url_env: DB, statements: ['delete from t where id = {event_id}', 'delete from u']}\n",
			"statement 2 holds no placeholder"},
		"a host that is not listed": {"      http: {target: 'https://other.example.com', method: DELETE, path: '/events/{event_id}'}\n",
			"cleanup.steps[0].http.target: other.example.com: not on the list of hosts"},
		"a program that is not listed": {"      command: {run: [./rm, '{run_tag}']}\n",
			"cleanup.steps[0].command.run: ./rm: not on the list of commands"},
		"a database that is not listed": {"      sql: {url_env: FAR, statements: ['delete from t where id = {event_id}']}\n",
			"cleanup.steps[0].sql.url_env: the variable FAR: the host of the database, far.example.com: not on the list of hosts"},
		"a secret in a command": {"      command: {run: [./rm, '{run_tag}', '{secret:TOKEN}']}\n", "the list of processes would show it"},
		"a name twice":          {remove + "    - name: events\n" + remove, "cleanup.steps[1].name: \"events\": another step has that name"},
		"a verification that does not count": {remove + "      verify: {http: {path: '/events/{event_id}'}}\n",
			"cleanup.steps[0].verify.http.count"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, head+pact+steps+c.step, map[string]string{
				"DB": "sqlite:///tmp/shop.db", "FAR": "postgres://u:hunter2@far.example.com/shop", "TOKEN": "swordfish",
			})
			require.ErrorContains(t, err, c.says)
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
}

// What a smoke contract writes is found by the name of the run.
func TestSmokeContractsHoldTheNameOfTheRun(t *testing.T) {
	writes := head + asks + "    integration: customers\n    writes: true\n" +
		"    request: {method: POST, path: /customers, body: '{\"id\":\"%s\"}'}\n" +
		steps + "      http: {target: 'https://customers.example.com', method: DELETE, path: '/customers?tag={run_tag}'}\n"
	for body, noted := range map[string]bool{"cus_{run_tag}": false, "cus_1": true} {
		root := filepath.Join(t.TempDir(), "staging.yaml")
		require.NoError(t, os.WriteFile(root, []byte(strings.Replace(writes, "%s", body, 1)), 0o600))
		e, err := environment.Load(root, lookup(nil))
		require.NoError(t, err)
		require.Equal(t, noted, len(e.Notes) == 1, e.Notes)
		tag := cases.RunTag("friday")
		named := string(e.Contracts[0].Named("friday", tag).Request.Body)
		require.Equal(t, `{"id":"`+strings.Replace(body, "{run_tag}", tag, 1)+`"}`, named)
	}
}

// Only a run that cleans up needs its variables.
func TestVariableThatACleanUpLacksIsKept(t *testing.T) {
	e, err := load(t, head+pact+steps+"      sql: {url_env: NO_DB, statements: ['delete from t where id = {event_id}']}\n", nil)
	require.NoError(t, err)
	require.Len(t, e.Unset, 1)
	require.ErrorContains(t, e.Unset[0], "cleanup.steps[0].sql.url_env: the variable NO_DB is not set: export the URL of the database")
}
