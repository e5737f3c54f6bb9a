package pipelines_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/broker/brokertest"
)

// ready are the steps that install what the suites need, which this machine has.
var ready = []string{"Make the machine ready"}

// repository is the clone of a team's repository, as actions/checkout makes it.
type repository struct {
	*testing.T
	folder string
}

func newRepository(t *testing.T) repository {
	t.Helper()
	origin, folder := t.TempDir(), t.TempDir()
	archive, err := txtar.ParseFile("testdata/team.txtar")
	require.NoError(t, err)
	require.NoError(t, txtar.Write(archive, origin))
	git(t, origin, "init", "-q", "-b", "main")
	git(t, origin, "add", ".")
	git(t, origin, "commit", "-q", "-m", "the shop")
	git(t, folder, "clone", "-q", origin, ".")
	return repository{t, folder}
}

// commit changes what the shop answers, and returns the commit.
func (r repository) commit(status string) string {
	r.Helper()
	require.NoError(r, os.WriteFile(filepath.Join(r.folder, "gate/answer"), []byte(status+"\n"), 0o600))
	git(r.T, r.folder, "commit", "-qam", "answer "+status)
	return r.head()
}

func (r repository) head() string {
	r.Helper()
	return git(r.T, r.folder, "rev-parse", "HEAD")
}

// modules is the go.mod with which the team's module is built from this repository, outside of its own, which Git tracks.
func (r repository) modules() string {
	r.Helper()
	file := filepath.Join(r.TempDir(), "go.mod")
	require.NoError(r, os.WriteFile(file, []byte(teamModule(r.T, "")), 0o600))
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	require.NoError(r, err)
	require.NoError(r, os.WriteFile(strings.TrimSuffix(file, "mod")+"sum", sums, 0o600))
	return file
}

// runner runs a job in the repository, on a build of main.
func (r repository) runner(b brokertest.Broker) *runner {
	r.Helper()
	return &runner{
		workspace: r.folder, temp: r.TempDir(), path: []string{command(r.T)}, done: ready,
		environ: environ("GOFLAGS=-mod=mod -modfile="+r.modules(), "GITHUB_ACTIONS=true", "GITHUB_REF=refs/heads/main", "GITHUB_SHA="+r.head()),
		contexts: contexts{
			"vars":    map[string]any{"PACT_BROKER_BASE_URL": b.URL, "PACT_BROKER_USERNAME": b.Username},
			"secrets": map[string]any{"PACT_BROKER_TOKEN": "", "PACT_BROKER_PASSWORD": b.Password},
		},
		outputs: map[string]map[string]any{"actions/checkout": nil, "./.github/actions/fridaygate": nil, "actions/upload-artifact": nil},
	}
}

// runContracts runs a job of contracts.yml, in which the team changed what it says a team changes.
func (r repository) runContracts(job string, b brokertest.Broker, reason string) *runner {
	r.Helper()
	w := load(r.T, "contracts.yml")
	for name, value := range map[string]string{
		"SUITES": "./gate", "PACTS": "pacts", "SCHEMAS": "schemas", "ALLOWED": "allowed.yaml", "PACTICIPANTS": "shop web",
		"WITHOUT_BROKER": reason,
	} {
		require.Contains(r, w.Env, name)
		w.Env[name] = value
	}
	require.Contains(r, w.Jobs, job)
	require.NoError(r, os.RemoveAll(filepath.Join(r.folder, "reports"))) // of the run before
	one := r.runner(b)
	require.NoError(r, one.run(r.Context(), w.Env, w.Jobs[job]))
	return one
}

// newBroker returns a broker with the environment staging.
func newBroker(t *testing.T) (brokertest.Broker, *broker.Client) {
	t.Helper()
	b := brokertest.StartOnPostgres(t)
	client, err := broker.New(broker.Config{URL: b.URL, Username: b.Username, Password: b.Password})
	require.NoError(t, err)
	require.NoError(t, client.CreateEnvironment(t.Context(), "staging", "", false))
	return b, client
}

// A pull request verifies what is committed, without any secret.
func TestContractsOfAPullRequestNeedNoSecret(t *testing.T) {
	t.Parallel()
	team := newRepository(t)
	require.NotContains(t, load(t, "contracts.yml").Jobs["suites"].Env, "PACT_BROKER_BASE_URL")
	r := team.runContracts("suites", brokertest.Broker{}, "")
	require.False(t, r.status.failed, r.transcript())
	require.Contains(t, r.summary, "1 planned, 1 ran: 1 passed")
	require.FileExists(t, filepath.Join(team.folder, "reports/suites.xml"))

	team.commit("404")
	r = team.runContracts("suites", brokertest.Broker{}, "")
	require.Equal(t, 1, r.at(t, "suites").code, r.transcript())
	require.Contains(t, r.summary, "expected 200 but was 404")
}

// requireTotal commits a schema that demands one member more, and a file of allowed breaks.
func (r repository) requireTotal(allowed string) {
	r.Helper()
	file := filepath.Join(r.folder, "schemas/order.schema.json")
	text, err := os.ReadFile(file)
	require.NoError(r, err)
	require.NoError(r, os.WriteFile(file, []byte(strings.Replace(string(text), `["id"]`, `["id", "total"]`, 1)), 0o600))
	require.NoError(r, os.WriteFile(filepath.Join(r.folder, "allowed.yaml"), []byte("allowed: ["+allowed+"]\n"), 0o600))
	git(r.T, r.folder, "add", ".")
	git(r.T, r.folder, "commit", "-qm", "orders have a total")
}

// A break of a schema is red, and marks the line that was changed.
func TestContractsOfAPullRequestCompareTheSchemas(t *testing.T) {
	t.Parallel()
	team := newRepository(t)
	team.requireTotal("")
	r := team.runContracts("schemas", brokertest.Broker{}, "")
	require.Equal(t, 1, r.at(t, "diff").code, r.transcript())
	require.Contains(t, r.summary, "total")
	require.Contains(t, r.transcript(), "::error file=schemas/order.schema.json,line=4,title=")
	require.Contains(t, git(t, team.folder, "diff", "-U0", "HEAD^1", "--", "schemas"), "@@ -4 +4 @@", "the line that is marked was changed")
	require.FileExists(t, filepath.Join(team.folder, "reports/schemas.xml"))

	team.commit("200 ") // a change that breaks nobody
	r = team.runContracts("schemas", brokertest.Broker{}, "")
	require.False(t, r.status.failed, r.transcript())
}

// A break that the repository allows is green until its last day, and shown with its reason.
func TestContractsOfAPullRequestMayBreakWhatIsAllowed(t *testing.T) {
	t.Parallel()
	const entry = "{schema: order.schema.json, pointer: /required, member: total, reason: every sender knows it, until: "
	team := newRepository(t)
	team.requireTotal(entry + "2999-01-01}")
	r := team.runContracts("schemas", brokertest.Broker{}, "")
	require.False(t, r.status.failed, r.transcript())
	require.Contains(t, r.summary, "allowed until 2999-01-01: every sender knows it")

	team = newRepository(t)
	team.requireTotal(entry + "2001-01-01}")
	r = team.runContracts("schemas", brokertest.Broker{}, "")
	require.Equal(t, 1, r.at(t, "diff").code, r.transcript())
	require.Contains(t, r.summary, "was allowed until 2001-01-01")
}

// On main, what breaks no contract may be deployed, and what breaks one may not.
func TestContractsOfMainArePublishedVerifiedAndAskedFor(t *testing.T) {
	t.Parallel()
	b, client := newBroker(t)
	team := newRepository(t)
	r := team.runContracts("broker", b, "")
	require.Equal(t, "broker=success publish=success verify=success ask=success", r.outcomes(), r.transcript())
	require.Contains(t, r.summary, "can-i-deploy: yes\n")
	web := broker.Deployment{Pacticipant: "web", Version: team.head(), Environment: "staging"}
	require.NoError(t, client.RecordDeployment(t.Context(), web))

	team.commit("404")
	r = team.runContracts("broker", b, "")
	require.Equal(t, "broker=success publish=success verify=failure ask=skipped", r.outcomes(), r.transcript())
	require.Equal(t, 1, r.at(t, "verify").code)
	require.Contains(t, r.summary, "expected 200 but was 404")
	d, err := client.CanIDeploy(t.Context(), broker.Question{
		Versions: []broker.VersionSelector{{Pacticipant: "shop", Version: team.head()}}, Environment: "staging",
	})
	require.NoError(t, err)
	require.Equal(t, "no", d.Answer(), "the result was published")
}

// Without a broker nothing is asked, and that is never green in silence.
func TestContractsWithoutABrokerAreRedOrSaySo(t *testing.T) {
	t.Parallel()
	team := newRepository(t)
	r := team.runContracts("broker", brokertest.Broker{}, "")
	require.Equal(t, 2, r.at(t, "broker").code, r.transcript())
	require.Contains(t, r.transcript(), "::error title=No Pact Broker was asked::")

	r = team.runContracts("broker", brokertest.Broker{}, "we have one consumer, in this repository")
	require.Equal(t, "broker=success publish=skipped verify=skipped ask=skipped", r.outcomes(), r.transcript())
	require.Contains(t, r.transcript(), "::warning title=No Pact Broker was asked::we have one consumer, in this repository\n")
	require.Contains(t, r.summary, "NOT ASKED: nothing was published")
	require.Contains(t, r.summary, "we have one consumer, in this repository.\n")
}
