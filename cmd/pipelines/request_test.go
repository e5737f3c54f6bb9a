package pipelines_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/broker/brokertest"
)

// request runs verify-on-request.yml with what a webhook sent.
func (r repository) request(b brokertest.Broker, payload map[string]any) *runner {
	r.Helper()
	w := load(r.T, "verify-on-request.yml")
	j := w.Jobs["verify"]
	j.Env["PROVIDERS"], j.Env["SUITES"] = "shop", "./gate"
	one := r.runner(b)
	one.contexts["github"] = map[string]any{"event": map[string]any{"client_payload": payload}}
	require.NoError(r, one.run(r.Context(), w.Env, j))
	return one
}

// typed types the command of README.md that begins so, with the hook in place of GitHub.
func (r repository) typed(b brokertest.Broker, begins, hook string) {
	r.Helper()
	page, err := os.ReadFile("README.md")
	require.NoError(r, err)
	_, rest, found := strings.Cut(string(page), "\n"+begins)
	require.True(r, found, "README.md has no command %s", begins)
	line, _, _ := strings.Cut(rest, "\n")
	bash := exec.CommandContext(r.Context(), "bash", "-c", strings.Replace(begins+line, "https://api.github.com", hook, 1))
	bash.Dir = root
	bash.Env = environ("PATH="+command(r.T)+":"+os.Getenv("PATH"), "DISPATCH_TOKEN=dispatch", "STATUS_TOKEN=status",
		"PACT_BROKER_BASE_URL="+b.URL, "PACT_BROKER_USERNAME="+b.Username, "PACT_BROKER_PASSWORD="+b.Password)
	said, err := bash.CombinedOutput()
	require.NoError(r, err, string(said))
}

// publishes publishes web's pact, in which old is changed into another description.
func (r repository) publishes(client *broker.Client, version, changed string) {
	r.Helper()
	files, err := broker.ReadPacts(filepath.Join(r.folder, "pacts"))
	require.NoError(r, err)
	files[0].Content = bytes.Replace(files[0].Content, []byte("a request for the order"), []byte(changed), 1)
	_, err = client.Publish(r.Context(), broker.Publication{Version: version, Branch: "main", Pacts: files})
	require.NoError(r, err)
}

// sent returns the bodies of the next webhooks, as JSON, by the member that tells them apart: those of a commit's status have
// a state.
func sent(t *testing.T, hook brokertest.Hook, number int) map[string]map[string]any {
	t.Helper()
	all := map[string]map[string]any{}
	for range number {
		var body map[string]any
		text := hook.Next()
		require.NoError(t, json.Unmarshal(text, &body), string(text))
		if _, is := body["state"]; is {
			all["status"] = body
		} else {
			all["dispatch"] = body
		}
	}
	require.Len(t, all, number)
	return all
}

// The webhook of README.md starts verify-on-request.yml, which verifies the version that the broker names, and not the one
// that main has meanwhile; and the consumer may be deployed.
func TestAWebhookHasTheVersionVerifiedThatItNames(t *testing.T) {
	t.Parallel()
	b := brokertest.StartOnPostgres(t)
	client, err := broker.New(broker.Config{URL: b.URL, Username: b.Username, Password: b.Password})
	require.NoError(t, err)
	require.NoError(t, client.CreateEnvironment(t.Context(), "staging", "", false))
	team, hook := newRepository(t), b.Hook(t)
	deployed := team.head()

	team.publishes(client, "1", "a request for the order")
	r := team.runContracts("broker", b, "") // web and shop, as main has them
	require.False(t, r.status.failed, r.transcript())
	team.typed(b, "fridaygate create-or-update-webhook https://api.github.com/repos/example/shop/dispatches", hook.URL)
	team.typed(b, "fridaygate create-or-update-webhook 'https://api.github.com/repos/example/web/statuses/", hook.URL)
	answer := func(version string) string {
		d, err := client.CanIDeploy(t.Context(), broker.Question{
			Versions:    []broker.VersionSelector{{Pacticipant: "shop", Version: version}, {Pacticipant: "web", Version: "2"}},
			Environment: "staging",
		})
		require.NoError(t, err)
		return d.Answer()
	}

	team.publishes(client, "2", "another request for the order")
	hooks := sent(t, hook, 2)
	require.Equal(t, "pending", hooks["status"]["state"])
	dispatch := hooks["dispatch"]
	on := load(t, "verify-on-request.yml").On.(map[string]any)["repository_dispatch"].(map[string]any)
	require.Equal(t, []any{dispatch["event_type"]}, on["types"])
	payload := dispatch["client_payload"].(map[string]any)
	broken := team.commit("404")
	require.Equal(t, "could not tell", answer(deployed))
	r = team.request(b, payload)
	require.Equal(t, "checkout=success verify=success", r.outcomes(), r.transcript())
	require.Contains(t, r.summary, "1 planned, 1 ran: 1 passed")
	require.FileExists(t, filepath.Join(team.folder, "reports/verify.xml"))
	require.Equal(t, "yes", answer(deployed))

	// A version of a branch that does not keep the pact: its result is published too.
	git(t, team.folder, "push", "-q", "origin", "main:next")
	other := repository{t, t.TempDir()}
	git(t, other.folder, "clone", "-q", git(t, team.folder, "remote", "get-url", "origin"), ".")
	payload["provider_version"], payload["provider_branch"] = broken, "next"
	r = other.request(b, payload)
	require.Equal(t, "checkout=success verify=failure", r.outcomes(), r.transcript())
	require.Equal(t, 1, r.at(t, "verify").code)
	require.Equal(t, "no", answer(broken))
	require.Equal(t, "success", sent(t, hook, 1)["status"]["state"], "of the first result, for the consumer's commit")
}

// Whoever may send repository_dispatch chooses the texts: none of them reaches a shell as code, or checks out a fork's commit.
func TestARequestThatIsNotTheBrokersIsRefused(t *testing.T) {
	t.Parallel()
	b := brokertest.Broker{URL: "https://broker.example/pacts", Username: "a", Password: "b"}
	team := newRepository(t)
	good := map[string]any{
		"pact_url": b.URL + "/pacts/1", "provider": "shop", "provider_version": team.head(), "provider_branch": "main",
	}
	fork := team.commit("500")
	git(t, team.folder, "reset", "-q", "--hard", "HEAD~1")
	for name, c := range map[string]struct{ what, is, says string }{
		"another broker":        {"pact_url", "https://elsewhere.example/pacts/1", "pact_url is of another broker"},
		"a host that begins so": {"pact_url", "https://broker.example/pacts.elsewhere.example/1", "pact_url is of another broker"},
		"no pact":               {"pact_url", "", "pact_url is of another broker"},
		"a command":             {"provider", "$(touch injected)", "provider is not one of this repository: shop"},
		"a pattern":             {"provider", ".*", "provider is not one of this repository"},
		"nobody's provider":     {"provider", "invoices", "provider is not one of this repository"},
		"a branch":              {"provider_version", "main", "provider_version is no commit"},
		"a command as version":  {"provider_version", "$(touch injected)", "provider_version is no commit"},
		"a fork's commit":       {"provider_version", fork, "provider_version is on no branch"},
		"an unknown commit":     {"provider_version", "0123456789012345678901234567890123456789", "provider_version is on no branch"},
	} {
		t.Run(name, func(t *testing.T) {
			payload := maps.Clone(good)
			payload[c.what] = c.is
			r := repository{t, team.folder}.request(b, payload)
			require.Equal(t, "checkout=failure verify=skipped", r.outcomes(), r.transcript())
			require.Equal(t, 2, r.at(t, "checkout").code)
			require.Contains(t, r.transcript(), "::error title=Nothing was verified::"+c.says)
			require.NoFileExists(t, filepath.Join(team.folder, "injected"))
		})
	}
}
