// Package suite is a small suite of a team, with one of everything. contracts/suite_copy_test.go copies and breaks it.
package suite

import (
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/fridaygate/fridaygate/contracts"
	"github.com/fridaygate/fridaygate/smoke"
)

func TestMain(m *testing.M) { os.Exit(contracts.Main(m)) }

type shop struct{ *httptest.Server }

func (shop) Name() string  { return "shop" }
func (s shop) URL() string { return s.Server.URL }

func start(t *testing.T) shop {
	s := shop{httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))}
	t.Cleanup(s.Close)
	return s
}

func TestPacts(t *testing.T) {
	contracts.VerifyPacts(t, start(t), contracts.PactOptions{Pacts: []string{"pacts"}, States: states})
}

func TestSchemas(t *testing.T) {
	contracts.CheckSchemas(t, contracts.SchemaOptions{Dir: "schemas"})
}

func TestWebhooks(t *testing.T) {
	contracts.ReplayWebhooks(t, smoke.Options{
		Target: start(t).URL(), Fixtures: []string{"fixtures"}, Cases: []string{"first"},
		Variable: func(string) (string, bool) { return "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", true },
	})
}

// A verification of what may change without any file of this module is never cached.
func TestElsewhere(t *testing.T) {
	if os.Getenv("SHOP_ELSEWHERE") == "" {
		return
	}
	pacts := httptest.NewServer(http.FileServer(http.Dir("pacts")))
	defer pacts.Close()
	contracts.VerifyPacts(t, start(t), contracts.PactOptions{Pacts: []string{pacts.URL + "/web-shop.json"}, States: states})
}
