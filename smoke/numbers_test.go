package smoke_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke"
)

// No number and no nesting ends the run: in a fixture it is a broken fixture, in an answer a finding or "could not tell".
func TestEndlessNumbersAndNestingDoNotEndTheRun(t *testing.T) {
	deep := strings.Repeat("[", 9000) + strings.Repeat("]", 9000)
	for name, c := range map[string]struct {
		golden, answer, effects string
		want                    verdict.Verdict
	}{
		"a fixture's number":   {`{"id":"e","n":1e1000001}`, `{"ok":1}`, `{"effects":1}`, verdict.Unknown},
		"a fixture's nesting":  {`{"id":"e","n":` + deep + `}`, `{"ok":1}`, `{"effects":1}`, verdict.Unknown},
		"an answer's number":   {`{"id":"e","n":1}`, `{"ok":1e1000001}`, `{"effects":1}`, verdict.Fail},
		"an answer's nesting":  {`{"id":"e","n":1}`, `{"ok":` + deep + `}`, `{"effects":1}`, verdict.Fail},
		"the probe's number":   {`{"id":"e","n":1}`, `{"ok":1}`, `{"effects":1e1000001}`, verdict.Unknown},
		"the probe's nesting":  {`{"id":"e","n":1}`, `{"ok":1}`, `{"effects":1,"n":` + deep + `}`, verdict.Unknown},
		"everything is proper": {`{"id":"e","n":1}`, `{"ok":1}`, `{"effects":1}`, verdict.Pass},
	} {
		t.Run(name, func(t *testing.T) {
			taken := map[string]bool{}
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodGet {
					if !taken[r.URL.Path] {
						taken[r.URL.Path] = true // the first look comes before the delivery
						w.WriteHeader(http.StatusNotFound)
						return
					}
					_, _ = io.WriteString(w, c.effects)
					return
				}
				_, _ = io.WriteString(w, c.answer)
			}))
			defer server.Close()
			dir := t.TempDir()
			require.NoError(t, os.Mkdir(filepath.Join(dir, "schemas"), 0o700))
			for file, text := range map[string]string{
				"golden.json":           c.golden,
				"schemas/r.schema.json": `{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"ok":{"const":1}}}`,
				"webhook.yaml": "receiver: x\nendpoint: {path: /hook}\nsignature: {scheme: hmac, header: X-S, secret_env: S}\n" +
					"event_id: {pointer: /id}\n" +
					"result_schema: schemas/r.schema.json\neffects: {http: {path: \"/e/{event_id}\", count: /effects, absent: 404}, within: " +
					"50ms, settle: 1ms}\n",
			} {
				require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600))
			}
			runner, err := smoke.NewRunner(smoke.Options{
				Target: server.URL, Fixtures: []string{dir}, RunID: "x", Cases: []string{"first"},
				LookupEnv: func(string) (string, bool) { return "c2VjcmV0", true },
			})
			require.NoError(t, err)
			defer func() { require.NoError(t, runner.Close()) }()
			r := runner.Run(t.Context(), nil)
			require.Equal(t, c.want, r.Verdict(), "%+v", r.Results)
		})
	}
}
