//go:build linux

// Only Linux has the whole of 127.0.0.0/8 without being asked.

package hosts_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/revision"
)

// replicas starts a server on each address, all on one port, which answers its revision. It returns the port.
func replicas(t *testing.T, revisions map[[4]byte]string) string {
	t.Helper()
	port := "0"
	for _, address := range [][4]byte{first, second} {
		name, ok := revisions[address]
		if !ok {
			continue
		}
		listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", net.JoinHostPort(netip.AddrFrom4(address).String(), port))
		require.NoError(t, err)
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = fmt.Fprintf(w, `{"revision": %q, "host": %q}`, name, r.Host)
		}))
		require.NoError(t, server.Listener.Close())
		server.Listener = listener
		server.Start()
		t.Cleanup(server.Close)
		_, port, err = net.SplitHostPort(listener.Addr().String())
		require.NoError(t, err)
	}
	return port
}

// look asks api.example.com for its revision on each of its addresses.
func look(t *testing.T, revisions map[[4]byte]string) (*revision.Check, []revision.Seen, error) {
	t.Helper()
	l := list(t, "api.example.com", "127.0.0.0/8")
	l.Resolver = resolver(t, first, second)
	u, err := url.Parse("http://api.example.com:" + replicas(t, revisions))
	require.NoError(t, err)
	c := &revision.Check{URLs: []*url.URL{u}, Revision: revision.Place{Pointer: "/revision"}}
	seen, err := c.Look(t.Context(), revision.Options{
		Client:    &http.Client{Transport: l.Guard(&http.Transport{DisableKeepAlives: true})},
		Addresses: l.Addresses, Spend: func(context.Context, int) error { return nil }, Timeout: time.Minute,
	})
	return c, seen, err
}

// A host that has several addresses is several replicas: each is asked, and they must agree.
func TestEachAddressOfAHostIsAsked(t *testing.T) {
	c, seen, err := look(t, map[[4]byte]string{first: "1234567", second: "1234567"})
	require.NoError(t, err)
	require.Len(t, seen, 2)
	require.True(t, strings.HasSuffix(seen[0].Where, " at 127.0.0.1"), seen[0].Where)
	require.True(t, strings.HasSuffix(seen[1].Where, " at 127.0.0.2"), seen[1].Where)
	require.Empty(t, c.Problem(seen))

	c, seen, err = look(t, map[[4]byte]string{first: "1234567", second: "7654321"})
	require.NoError(t, err)
	require.Regexp(t, "the replicas differ: .* at 127.0.0.1 runs 1234567, and .* at 127.0.0.2 runs 7654321", c.Problem(seen))
}

// One address that does not answer is an error that names it: nobody knows what runs there.
func TestAddressThatDoesNotAnswerIsNamed(t *testing.T) {
	_, _, err := look(t, map[[4]byte]string{first: "1234567"})
	require.ErrorContains(t, err, " at 127.0.0.2: ")
}
