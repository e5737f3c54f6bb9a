package smoke_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/receivers"
)

// A receiver that speaks HTTP/2 alone is judged as any other: what stops in the middle ends its stream there.
func TestReceiverWithoutHTTP1IsJudgedAsAnyOther(t *testing.T) {
	for _, receiver := range []receivers.Receiver{receivers.Correct, receivers.CheckThenInsert} {
		server := onlyHTTP2(t, receiver.Start(secret))
		o := options(server.URL)
		o.Transport = server.Client().Transport.(*http.Transport)
		o.Fixtures, o.Cases, o.RunID = []string{quick(t)}, []string{"*"}, receiver.Name
		failed := map[string]bool{}
		for _, result := range run(t, o).Results {
			require.NotEqual(t, verdict.Unknown, result.Verdict, "%s", result)
			failed[result.Case] = result.Verdict == verdict.Fail
		}
		require.Equal(t, receiver.Number != 0, failed["dup-lastbyte"], "%s", receiver.Name)
		require.Equal(t, receiver.Number != 0, slices.Contains(slices.Collect(maps.Values(failed)), true), "%s: %v", receiver.Name, failed)
	}
}

// onlyHTTP2 starts a server that refuses HTTP/1.1 while it shakes hands (TLS ALPN, RFC 7301).
func onlyHTTP2(t *testing.T, h http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.Proto, "HTTP/2") {
			t.Errorf("%s %s came over %s", r.Method, r.URL, r.Proto)
		}
		h.ServeHTTP(w, r)
	}))
	server.EnableHTTP2 = true
	server.Config.Protocols = new(http.Protocols)
	server.Config.Protocols.SetHTTP2(true)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}
