package broker

import (
	"encoding/json"
	"net/url"
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

// answers are the answers of the recorded broker.
func answers(t testing.TB) [][]byte {
	t.Helper()
	text, err := os.ReadFile("testdata/exchanges.jsonl")
	require.NoError(t, err)
	var all [][]byte
	for line := range strings.Lines(string(text)) {
		var e struct{ Response json.RawMessage }
		require.NoError(t, json.Unmarshal([]byte(line), &e))
		all = append(all, e.Response)
	}
	require.NotEmpty(t, all)
	return all
}

// Whatever a broker answers, reading it ends, credentials stay with the broker, and an error is fit for a terminal.
func FuzzAnswer(f *testing.F) {
	for _, body := range answers(f) {
		f.Add(body)
	}
	f.Add([]byte(`{"_embedded":{"pacts":[{"_links":{"self":[{"href":"//evil.example/"}]}}]}}`))
	f.Add([]byte(`<html><title>Sign in s3cret-t0ken</title>`))
	f.Add([]byte("s3cret\x00-t0\xffken"))
	f.Add([]byte("{\"error\":[\"\\u001b[2Jgone\",{\"message\":{}}]}"))
	base, err := url.Parse("http://127.0.0.1:9292/")
	require.NoError(f, err)
	c, err := New(Config{URL: base.String(), Token: "s3cret-t0ken"})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, body []byte) {
		a := answer{url: base, body: body}
		said := c.clean(message("application/json", body))
		require.NotContains(t, said, "s3cret-t0ken")
		require.False(t, strings.ContainsFunc(said, unicode.IsControl), "%q", said)
		require.LessOrEqual(t, len([]rune(said)), maxText+3)
		selected, err := c.selected("read", a)
		for _, s := range selected {
			require.NoError(t, err)
			require.Equal(t, base.Host, s.url.Host)
			require.Equal(t, base.Scheme, s.url.Scheme)
		}
		p, perr := c.pact("read", a)
		if perr == nil {
			require.NotEmpty(t, p.Consumer)
			require.NotEmpty(t, p.Provider)
		}
		for _, err := range []error{err, perr} {
			if err != nil {
				require.NotContains(t, err.Error(), "s3cret-t0ken")
				require.False(t, strings.ContainsFunc(err.Error(), unicode.IsControl), "%q", err)
			}
		}
	})
}

// What is read as selectors is valid, and is read the same from what is written of it.
func FuzzSelectors(f *testing.F) {
	for _, text := range []string{
		`[{"mainBranch":true},{"deployedOrReleased":true}]`, `[{"tag":"x","fallbackTag":"y","latest":true,"consumer":"web"}]`,
		`[{"branch":"x","latest":false}]`,
		`[{"environment":"production","released":true}]`, `[{}]`, `[{"mainBranch":true,"mainBranch":true}]`, `{"a":`, `[{"tag":"\ud800"}]`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		selectors, err := ParseSelectors(text)
		if err != nil {
			require.ErrorIs(t, err, ErrUsage)
			require.Empty(t, selectors)
			return
		}
		require.NotEmpty(t, selectors)
		for _, s := range selectors {
			require.NoError(t, s.Validate())
		}
		written, err := json.Marshal(selectors)
		require.NoError(t, err)
		again, err := ParseSelectors(string(written))
		require.NoError(t, err, string(written))
		require.Equal(t, selectors, again)
	})
}
