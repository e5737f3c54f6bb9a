package sign

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVendorsFileNamesItsSourceAndNoUnknownKey(t *testing.T) {
	for text, want := range map[string]string{
		`{"scheme":"hmac","header":"X"}`:                               "source: is missing",
		`{"source":"s","scheme":"hmac","heade":"X"}`:                   "heade: is no key",
		`{"source":"s","scheme":"hmac","header":1}`:                    "cannot unmarshal",
		`{"source":"s","scheme":"hmac","header":"X","tolerance":"5m"}`: "tolerance: is no key",
	} {
		_, err := parseVendor("a", []byte(text))
		require.ErrorContains(t, err, want)
	}
	v, err := parseVendor("a", []byte(`{"source":"s","scheme":"stripe"}`))
	require.NoError(t, err)
	_, mistakes := v.known().make(Config{})
	require.ErrorContains(t, mistakes[0], `"stripe": is no configurable one`)
}

func TestEveryVendorsFileMakesAScheme(t *testing.T) {
	all, err := schemes()
	require.NoError(t, err)
	entries, err := files.ReadDir("schemes")
	require.NoError(t, err)
	require.Greater(t, len(all), len(entries))
	for _, k := range all {
		s, mistakes := k.make(Config{Scheme: k.name, Header: "X", Reason: "r"})
		require.Empty(t, mistakes, k.name)
		require.Equal(t, k.name, s.Name)
	}
}
