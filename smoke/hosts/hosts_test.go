package hosts_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/dns/dnsmessage"

	"github.com/fridaygate/fridaygate/smoke/hosts"
)

func list(t *testing.T, entries ...string) hosts.List {
	t.Helper()
	l, err := hosts.New(entries)
	require.NoError(t, err)
	return l
}

func TestOnlyHostsOfTheListAreAllowed(t *testing.T) {
	l := list(t, "api.example.com", "*.staging.example.com", "10.1.0.0/16", "::1")
	for host, allowed := range map[string]bool{
		"api.example.com": true, "API.example.com.": true, "a.b.staging.example.com": true, "10.1.2.3": true, "[::1]": true,
		"[::ffff:10.1.2.3]": true,
		"example.com":       false, "staging.example.com": false, "xapi.example.com": false, "api.example.com.evil.org": false, "10.2.0.1": false,
		"localhost": false,
	} {
		err := l.Check(&url.URL{Scheme: "https", Host: host + ":443"})
		if allowed {
			require.NoError(t, err, host)
		} else {
			require.ErrorIs(t, err, hosts.ErrRefused, host)
		}
	}
}

func TestEntryThatIsNoHostIsAMistake(t *testing.T) {
	for _, entry := range []string{"", "*", "https://api.example.com", "api.example.com:443", "a.*.example.com", "user@host"} {
		_, err := hosts.New([]string{entry})
		require.Error(t, err, entry)
	}
}

var first, second = [4]byte{127, 0, 0, 1}, [4]byte{127, 0, 0, 2}

// resolver answers every question for an address with these.
func resolver(t *testing.T, addresses ...[4]byte) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Close() })
	go func() {
		buffer := make([]byte, 512)
		for {
			n, from, err := server.ReadFrom(buffer)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buffer[:n]) != nil {
				continue
			}
			m.Response, m.Additionals = true, nil
			if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
				for _, address := range addresses {
					m.Answers = append(m.Answers, dnsmessage.Resource{
						Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class}, Body: &dnsmessage.AResource{A: address},
					})
				}
			}
			if text, err := m.Pack(); err == nil {
				_, _ = server.WriteTo(text, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

// A name of the list that resolves to a private address, as under DNS rebinding, is refused when the connection is made.
func TestPrivateAddressThatTheListDoesNotNameIsRefused(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer server.Close()
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	require.NoError(t, err)
	for name, c := range map[string]struct {
		host    string
		entries []string
		refused string
	}{
		"the list names the network":   {"api.example.com", []string{"api.example.com", "127.0.0.0/8"}, ""},
		"the list names the name only": {"api.example.com", []string{"api.example.com"}, "127.0.0.1 is a private address"},
		"the list names localhost":     {"127.0.0.1", []string{"localhost"}, ""},
		"another name":                 {"www.example.com", []string{"api.example.com", "127.0.0.0/8"}, "www.example.com: not on the list"},
		"another address":              {"127.0.0.1", []string{"127.0.0.2"}, "127.0.0.1: not on the list"},
	} {
		t.Run(name, func(t *testing.T) {
			asked = 0
			l := list(t, c.entries...)
			l.Resolver = resolver(t, first)
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+net.JoinHostPort(c.host, port), nil)
			require.NoError(t, err)
			answer, err := (&http.Client{Transport: l.Guard(&http.Transport{})}).Do(request)
			if c.refused == "" {
				require.NoError(t, err)
				require.NoError(t, answer.Body.Close())
				return
			}
			require.ErrorIs(t, err, hosts.ErrRefused)
			require.ErrorContains(t, err, c.refused)
			require.Zero(t, asked)
		})
	}
}

func TestHostOfARedirectIsChecked(t *testing.T) {
	away := httptest.NewServer(http.RedirectHandler("http://169.254.169.254/latest", http.StatusFound))
	defer away.Close()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, away.URL, nil)
	require.NoError(t, err)
	_, err = (&http.Client{Transport: list(t, "localhost").Guard(&http.Transport{})}).Do(request)
	require.ErrorIs(t, err, hosts.ErrRefused)
}

// The request goes to the proxy, which the list must name too.
func TestProxyMustBeOnTheList(t *testing.T) {
	proxy := &url.URL{Scheme: "http", Host: "127.0.0.1:1"}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://api.example.com", nil)
	require.NoError(t, err)
	guarded := list(t, "api.example.com").Guard(&http.Transport{Proxy: http.ProxyURL(proxy)})
	_, err = (&http.Client{Transport: guarded}).Do(request)
	require.ErrorIs(t, err, hosts.ErrRefused)
}
