package suites_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker/brokertest"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	smokeenv "github.com/fridaygate/fridaygate/smoke/environment"
	"github.com/fridaygate/fridaygate/smoke/outbound"
)

// askSmokeContract asks a broker the smoke contract of smoke/environments/broker.yaml.
func askSmokeContract(t *testing.T, b brokertest.Broker, password string) report.Result {
	t.Helper()
	text, err := os.ReadFile("../../smoke/environments/broker.yaml")
	require.NoError(t, err)
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "broker.yaml")
	local := strings.NewReplacer("http://localhost:9292", b.URL, "[localhost]", "[127.0.0.1]", "../..", root, "5s", "1m").Replace(string(text))
	require.NoError(t, os.WriteFile(file, []byte(local), 0o600))
	credentials := strings.TrimPrefix(basic(b.Username, password), "Basic ")
	e, err := smokeenv.Load(file, smokeenv.Options{LookupEnv: func(name string) (string, bool) {
		return credentials, name == "PACT_BROKER_BASIC"
	}})
	require.NoError(t, err)
	require.Empty(t, e.Problems, "the integration has a suite and a smoke contract")
	require.Len(t, e.Contracts, 1)
	require.Equal(t, brokerName, e.Contracts[0].Integration)
	return e.Contracts[0].Ask(t.Context(), outbound.Options{
		Client: http.DefaultClient, Timeout: time.Minute, Now: time.Now,
		Spend: func(context.Context, int) error { return nil },
	})
}

func TestSmokeContractOfThePactBroker(t *testing.T) {
	t.Parallel()
	b := brokertest.Start(t)
	found := askSmokeContract(t, b, b.Password)
	require.Equal(t, verdict.Pass, found.Verdict, "%+v", found)
	found = askSmokeContract(t, b, "not "+b.Password)
	require.Equal(t, verdict.Unknown, found.Verdict, "%+v", found)
	found = askSmokeContract(t, brokertest.Broker{URL: "http://127.0.0.1:1"}, "")
	require.Equal(t, verdict.Unknown, found.Verdict, "%+v", found)
}
