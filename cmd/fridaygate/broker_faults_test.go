package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/broker/tlstest"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// brokerLines are command lines of every command that asks a Pact Broker.
func brokerLines(t *testing.T) map[string][]string {
	t.Helper()
	pacts := t.TempDir()
	pact := `{"consumer":{"name":"web"},"provider":{"name":"api"},"interactions":[{"description":"a price"}]}`
	require.NoError(t, os.WriteFile(filepath.Join(pacts, "web-api.json"), []byte(pact), 0o600))
	hook := []string{"https://ci.example", "-X", "POST", "--contract-requiring-verification-published"}
	return map[string][]string{
		"publish":                  {"publish", pacts, "--consumer-app-version", "1"},
		"can-i-deploy":             {"can-i-deploy", "-a", "web", "-e", "1", "--to-environment", "production"},
		"record-deployment":        {"record-deployment", "-a", "web", "-e", "1", "--environment", "production"},
		"record-undeployment":      {"record-undeployment", "-a", "web", "--environment", "production"},
		"record-release":           {"record-release", "-a", "web", "-e", "1", "--environment", "production"},
		"deployed-versions":        {"deployed-versions", "-a", "web", "--environment", "production"},
		"environments":             {"environments"},
		"create-environment":       {"create-environment", "--name", "production"},
		"pacts":                    {"pacts", "--provider", "api"},
		"create-webhook":           append([]string{"create-webhook"}, hook...),
		"create-or-update-webhook": append([]string{"create-or-update-webhook", "--uuid", "1"}, hook...),
		"test-webhook":             {"test-webhook", "--uuid", "1"},
	}
}

// hidden is the credential of these tests; it holds what a URL and JSON escape.
const hidden = "hush-hush/+="

// brokenBroker is a broker that fails in one way, and how every command must end.
type brokenBroker struct {
	url   string // without credentials
	exit  int
	says  string
	token string
}

func brokenBrokers(t *testing.T) map[string]brokenBroker {
	t.Helper()
	answers := func(status int, contentType, said string) string {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body := said
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("Content-Type", contentType)
			w.WriteHeader(status)
			if contentType != "application/json" { // a careless server repeats what it was sent
				body += r.Header.Get("Authorization")
			}
			_, _ = io.WriteString(w, body)
		}))
		t.Cleanup(server.Close)
		return server.URL
	}
	elsewhere := httptest.NewServer(http.RedirectHandler("https://login.example/?token="+hidden, http.StatusFound))
	t.Cleanup(elsewhere.Close)
	const usage, unknown = verdict.ExitUsage, verdict.ExitUnknown
	page := "<!doctype html><title>Sign in</title>"
	return map[string]brokenBroker{
		"no URL":    {"", usage, "no Pact Broker is named: give --broker-base-url, or set PACT_BROKER_BASE_URL", ""},
		"no scheme": {"broker.example", usage, "want a URL such as https://broker.example.com", ""},
		"two credentials": {
			"http://ci:" + hidden[:9] + "@broker.example", usage, "there is a token (PACT_BROKER_TOKEN) and a user", hidden,
		},
		"a refused connection":   {"http://127.0.0.1:1", unknown, "the connection is refused", hidden},
		"credentials in the URL": {"http://ci:" + hidden[:9] + "@127.0.0.1:1", unknown, "http://127.0.0.1:1", ""},
		"an unknown host":        {"http://broker.invalid", unknown, "the host name broker.invalid is not known here", hidden},
		"an expired certificate": {tlstest.Expired(t, http.NotFoundHandler()), unknown, "its TLS certificate is not accepted", hidden},
		"an HTML page":           {answers(http.StatusOK, "text/html", page), unknown, "an HTML page", hidden},
		"a proxy's 502":          {answers(http.StatusBadGateway, "text/html", page), unknown, "502 Bad Gateway", hidden},
		"a wrong token": {
			answers(http.StatusUnauthorized, "text/plain", "no: "), unknown, "401 Unauthorized: no: Bearer [secret]", hidden,
		},
		"a wrong path":         {answers(http.StatusNotFound, "text/html", page), unknown, "404 Not Found", hidden},
		"another service":      {answers(http.StatusOK, "application/json", "{}"), unknown, "the answer ", hidden},
		"a redirect elsewhere": {elsewhere.URL, unknown, "it leads to https://login.example/", hidden},
	}
}

// Every command that asks a broker says what is wrong with it, in text and in JSON, and shows no credentials.
func TestEveryCommandSaysWhatIsWrongWithTheBroker(t *testing.T) {
	type ended struct {
		code int
		said string
	}
	var mu sync.Mutex
	all := map[string]ended{}
	lines, brokers := brokerLines(t), brokenBrokers(t)
	var trying errgroup.Group // no command returns an error: how it ended is noted
	trying.SetLimit(8)
	for fault, b := range brokers {
		for name, line := range lines {
			for _, format := range []string{"table", "json"} {
				trying.Go(func() error {
					variables := map[string]string{broker.VariableURL: b.url, broker.VariableToken: b.token, "PACT_BROKER_HTTP_RETRIES": "0"}
					var out, complaint bytes.Buffer
					std := streams{out: &out, err: &complaint, getenv: func(name string) string { return variables[name] }}
					code := run(t.Context(), slices.Concat(line, []string{"--output", format}), std)
					mu.Lock()
					defer mu.Unlock()
					all[fault+"/"+name+"/"+format] = ended{code, out.String() + complaint.String()}
					return nil
				})
			}
		}
	}
	require.NoError(t, trying.Wait())
	require.Len(t, all, 2*len(lines)*len(brokers))
	for name, e := range all {
		t.Run(name, func(t *testing.T) {
			fault, _, _ := strings.Cut(name, "/")
			b := brokers[fault]
			require.Equal(t, b.exit, e.code, e.said)
			require.Contains(t, e.said, b.says)
			require.NotContains(t, strings.ToLower(e.said), "hush")
		})
	}
}

// The commands above are all that ask a broker.
func TestEveryBrokerCommandIsTried(t *testing.T) {
	var out, complaint bytes.Buffer
	run(t.Context(), []string{"--help"}, streams{out: &out, err: &complaint, getenv: os.Getenv})
	for line := range strings.Lines(out.String()) {
		name, ok := strings.CutPrefix(line, "  ")
		name, _, _ = strings.Cut(name, " ")
		if !ok || name == "" || strings.HasPrefix(name, "-") {
			continue
		}
		var help bytes.Buffer
		run(t.Context(), []string{name, "--help"}, streams{out: &help, err: &complaint, getenv: os.Getenv})
		if strings.Contains(help.String(), "--request-timeout") && name != "doctor" { // it looks at more, and has scripts of its own
			require.Contains(t, brokerLines(t), name)
		}
	}
}
