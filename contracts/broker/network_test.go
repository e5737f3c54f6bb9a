package broker_test

import (
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
)

// environmentsOf answers as a broker that has one environment.
func environmentsOf(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/environments" {
		_, _ = fmt.Fprint(w, `{"_embedded":{"environments":[{"name":"production"}]}}`)
		return
	}
	_, _ = fmt.Fprint(w, `{"_links":{"pb:environments":{"href":"/environments"}}}`)
}

// The command goes through the proxy that the variables name, and says so when it is the proxy that is down.
func TestAProxyIsUsedAndNamed(t *testing.T) {
	t.Parallel()
	command := built(t)
	asked := ""
	proxy := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.Host
		environmentsOf(w, r)
	})
	for address, says := range map[string]string{proxy: "production", "http://u:hush@127.0.0.1:1": "the proxy on the way is not reached"} {
		run := exec.CommandContext(t.Context(), command, "environments")
		run.Env = append(os.Environ(), broker.VariableURL+"=http://broker.example", "HTTP_PROXY="+address)
		said, err := run.CombinedOutput()
		require.Contains(t, string(said), says)
		require.NotContains(t, string(said), "hush")
		require.Equal(t, address == proxy, err == nil)
	}
	require.Equal(t, "broker.example", asked)
}

// An authority of one's own is trusted beside the system's, and only if it is named.
func TestAnAuthorityIsTrustedIfItIsNamed(t *testing.T) {
	t.Parallel()
	command := built(t)
	server := httptest.NewUnstartedServer(http.HandlerFunc(environmentsOf))
	server.Config.ErrorLog = quiet
	server.StartTLS()
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "authority.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	require.NoError(t, os.WriteFile(file, text, 0o600))
	for arguments, trusted := range map[string]bool{"environments": false, "environments --ssl-certificate " + file: true} {
		run := exec.CommandContext(t.Context(), command, strings.Fields(arguments)...)
		run.Env = append(os.Environ(), broker.VariableURL+"="+server.URL)
		said, err := run.CombinedOutput()
		require.Equal(t, trusted, err == nil, string(said))
		require.Equal(t, !trusted, strings.Contains(string(said), "its TLS certificate is not accepted"), string(said))
	}
}
