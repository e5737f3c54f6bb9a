package broker

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhichAddressesGetTheCredentials(t *testing.T) {
	for _, c := range []struct {
		base, to string
		trusted  bool
	}{
		{"https://b.example", "https://b.example/pacts/1", true},
		{"https://b.example/broker/", "https://B.EXAMPLE:443/pacts", true},
		{"http://b.example", "https://b.example/pacts", true}, // the upgrade that proxies do
		{"http://b.example:80", "https://b.example:443/", true},
		{"http://b.example:9292", "http://b.example:9292/", true},
		{"https://b.example", "http://b.example/", false},
		{"http://b.example:9292", "https://b.example/", false},
		{"http://b.example", "https://b.example:8443/", false},
		{"https://b.example", "https://b.example:8443/", false},
		{"https://b.example", "https://evil.b.example/", false},
		{"https://b.example", "https://b.example.evil.example/", false},
		{"https://b.example", "https://b.example@evil.example/", false},
		{"https://b.example", "https://b.example./", false},
		{"http://127.0.0.1:9292", "http://localhost:9292/", false},
		{"http://[::1]:9292", "http://[::1]:9292/x", true},
	} {
		client, err := New(Config{URL: c.base, Token: "token"})
		require.NoError(t, err)
		to, err := url.Parse(c.to)
		require.NoError(t, err)
		require.Equal(t, c.trusted, client.trusts(to), "%s -> %s", c.base, c.to)
	}
}

func TestALinkIsFilledIn(t *testing.T) {
	base, err := url.Parse("https://b.example/broker/")
	require.NoError(t, err)
	to, ok := link{Href: "/broker/{a}/{b}"}.resolve(base, map[string]string{"a": "x/y z+ü", "b": "{a}"})
	require.True(t, ok)
	require.Equal(t, "https://b.example/broker/x%2Fy%20z%2B%C3%BC/%7Ba%7D", to.String())
	_, ok = link{Href: "/broker/{a}/{c}"}.resolve(base, map[string]string{"a": "x"})
	require.False(t, ok)
}
