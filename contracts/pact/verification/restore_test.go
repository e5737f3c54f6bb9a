package verification

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A path that can be sent is sent as it is; any other one becomes one that can.
func FuzzPathIsKept(f *testing.F) {
	for _, path := range []string{"/", "//a/../b", "/%2e%zz", "/a;b=c|[d]~", "/ü \x00#?x=1", "no slash", "/\xff"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		sent := pathOf(path)
		require.True(t, strings.HasPrefix(sent, "/"))
		require.Equal(t, -1, strings.IndexFunc(sent, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '#' }), sent)
		require.Equal(t, sent, pathOf(sent), "what can be sent is left alone")
		plain, err := url.PathUnescape(sent)
		if wanted, failed := url.PathUnescape(path); err == nil && failed == nil {
			require.Equal(t, strings.TrimPrefix(wanted, "/"), strings.TrimPrefix(plain, "/"), "it means the same")
		}
	})
}

func FuzzQueryValuesArrive(f *testing.F) {
	f.Add("a", "1 2", "b+c", "&=#~%zz")
	f.Add("ü", "", "", "\x00;")
	f.Fuzz(func(t *testing.T, name, value, other, second string) {
		pair := component(name) + "=" + component(value) + "&" + component(other) + "=" + component(second)
		require.NotContains(t, pair, "+")
		values, err := url.ParseQuery(pair)
		require.NoError(t, err)
		require.Contains(t, values[name], value)
		require.Contains(t, values[other], second)
	})
}
