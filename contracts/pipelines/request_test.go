package pipelines_test

import (
	"maps"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/internal/brokertest"
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

// The version that the broker names is verified, not the one that main has meanwhile.
func TestARequestVerifiesTheVersionThatItNames(t *testing.T) {
	b, client := newBroker(t)
	team := newRepository(t)
	deployed := team.head()
	files, err := broker.ReadPacts(filepath.Join(team.folder, "pacts"))
	require.NoError(t, err)
	_, err = client.Publish(t.Context(), broker.Publication{Version: "1", Branch: "main", Pacts: files})
	require.NoError(t, err)
	pacts, err := client.PactsForVerification(t.Context(), broker.Query{Provider: "shop"})
	require.NoError(t, err)
	payload := map[string]any{"pact_url": pacts[0].URL, "provider": "shop", "provider_version": deployed, "provider_branch": ""}
	answer := func(version string) string {
		d, err := client.CanIDeploy(t.Context(), broker.Question{
			Versions:    []broker.VersionSelector{{Pacticipant: "shop", Version: version}, {Pacticipant: "web", Version: "1"}},
			Environment: "staging",
		})
		require.NoError(t, err)
		return d.Answer()
	}

	broken := team.commit("404")
	r := team.request(b, payload)
	require.Equal(t, "checkout=success verify=success", r.outcomes(), r.transcript())
	require.Contains(t, r.summary, "PASS: 1 planned, 1 ran")
	require.FileExists(t, filepath.Join(team.folder, "reports/verify.xml"))
	require.Equal(t, "yes", answer(deployed))

	git(t, team.folder, "push", "-q", "origin", "main:next")
	other := repository{t, t.TempDir()}
	git(t, other.folder, "clone", "-q", git(t, team.folder, "remote", "get-url", "origin"), ".")
	payload["provider_version"], payload["provider_branch"] = broken, "next"
	r = other.request(b, payload)
	require.Equal(t, "checkout=success verify=failure", r.outcomes(), r.transcript())
	require.Equal(t, 1, r.at(t, "verify").code)
	require.Equal(t, "no", answer(broken))
}

// Whoever may send repository_dispatch chooses the texts: none of them reaches a shell as code, or checks out a fork's commit.
func TestARequestThatIsNotTheBrokersIsRefused(t *testing.T) {
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
