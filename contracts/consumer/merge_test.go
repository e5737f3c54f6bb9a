package consumer

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// written is a pact as pact-go writes it.
func written(t *testing.T, test string, interactions ...string) part {
	t.Helper()
	p, err := parse([]byte(`{"provider":{"name":"shelf"},"consumer":{"name":"web"},
		"metadata":{"pact-go":{"version":"2.7.0"},"pactRust":{"ffi":"0.5.6"},"pactSpecification":{"version":"4.0"}},
		"interactions":[`+strings.Join(interactions, ",")+`]}`), test)
	require.NoError(t, err)
	return p
}

// A committed pact, taken apart and merged in any order, is itself.
func TestMergeReturnsTheCommittedPacts(t *testing.T) {
	files, err := filepath.Glob("../pacts/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		whole, err := parse(text, "")
		require.NoError(t, err)
		for range 5 {
			var parts []part
			for _, i := range rand.Perm(len(whole.all)) {
				one := whole
				one.all = whole.all[i : i+1]
				parts = append(parts, one)
			}
			merged, err := merge(parts)
			require.NoError(t, err)
			require.Equal(t, string(text), string(merged))
		}
	}
}

func TestNumbersStayAsTheyWereWritten(t *testing.T) {
	numbers := `[9007199254740993,1.0,1.10,-0,1e3,1E+400,0.1000000000000000055511151231257827]`
	merged, err := merge([]part{written(t, "a", `{"description":"d","response":{"body":{"content":`+numbers+`}}}`)})
	require.NoError(t, err)
	require.Contains(t, strings.Join(strings.Fields(string(merged)), ""), numbers)
}

func TestVersionsOfTheToolsAreLeftOut(t *testing.T) {
	merged, err := merge([]part{written(t, "a", `{"description":"d < e & \u00e9"}`)})
	require.NoError(t, err)
	require.JSONEq(t, `{"consumer":{"name":"web"},"provider":{"name":"shelf"},
		"interactions":[{"description":"d < e & é"}],"metadata":{"pactSpecification":{"version":"4.0"}}}`, string(merged))
	require.Contains(t, string(merged), "d < e & é", "nothing is escaped that need not be")
}

func TestConflictsNameBothTests(t *testing.T) {
	ok := `{"description":"d","providerStates":[{"name":"s","params":{"n":1}}],"response":{"status":200}}`
	for name, c := range map[string]struct {
		second string
		want   string
	}{
		"another answer": {strings.Replace(ok, "200", "201", 1), `both write "d", in [{"name":"s","params":{"n":1}}]`},
		"another type":   {strings.Replace(ok, `"response"`, `"type":"Asynchronous/Messages","response"`, 1), "both write"},
		"the same":       {ok, ""},
		"keys shuffled":  {`{"response":{"status":200},"providerStates":[{"params":{"n":1},"name":"s"}],"description":"d"}`, ""},
		"another state":  {strings.Replace(ok, `"n":1`, `"n":2`, 1), ""},
		"another name":   {strings.Replace(ok, `"d"`, `"e"`, 1), ""},
	} {
		t.Run(name, func(t *testing.T) {
			ab, errAB := merge([]part{written(t, "a", ok), written(t, "b", c.second)})
			ba, errBA := merge([]part{written(t, "b", c.second), written(t, "a", ok)})
			require.Equal(t, string(ab), string(ba))
			if c.want == "" {
				require.NoError(t, errAB)
				return
			}
			for _, want := range []string{c.want, `"a"`, `"b"`} {
				require.ErrorContains(t, errAB, want)
				require.ErrorContains(t, errBA, want)
			}
		})
	}
	odd := written(t, "odd", ok)
	odd.metadata = map[string]json.RawMessage{"pactSpecification": json.RawMessage(`{"version":"3.0"}`)}
	_, err := merge([]part{written(t, "a", ok), odd})
	require.ErrorContains(t, err, `test "odd" has the metadata pactSpecification {"version":"3.0"}`)
}

func TestWhatIsNoPactIsAnError(t *testing.T) {
	for text, want := range map[string]string{
		`{`:                    "unexpected end",
		`{"interactions":[]}`:  "no interaction",
		`{}`:                   "no interaction",
		`{"interactions":[7]}`: "an interaction is no object: 7",
	} {
		_, err := parse([]byte(text), "t")
		require.ErrorContains(t, err, want)
	}
	empty := t.TempDir()
	_, err := read(empty, "t")
	require.ErrorContains(t, err, "want one file, there are 0")
}

// The boundary of a multipart body is random when libpact_ffi makes it, and the consumer's when the consumer does.
func TestMultipartBoundaryIsReproducible(t *testing.T) {
	interaction := func(boundary, text, rule string) string {
		body := fmt.Sprintf("--%[1]s\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n%[2]s\r\n--%[1]s--\r\n", boundary, text)
		encoded, err := json.Marshal([]byte(body))
		require.NoError(t, err)
		return fmt.Sprintf(`{"description":"d","request":{"body":{"content":%s,"encoded":"base64"},
			"headers":{"Content-Type":["multipart/form-data; boundary=%s"]},
			"matchingRules":{"header":{"Content-Type":{"matchers":[{"match":"regex","regex":"multipart/form-data;%s"}]}}}}}`, encoded, boundary,
			rule)
	}
	merged := func(i string) string {
		text, err := merge([]part{written(t, "a", i)})
		require.NoError(t, err)
		return string(text)
	}
	const open = `boundary=.*`
	require.Equal(t, merged(interaction("x1", "hello", open)), merged(interaction("y22", "hello", open)))
	require.NotEqual(t, merged(interaction("x1", "hello", open)), merged(interaction("x1", "other", open)))
	require.NotContains(t, merged(interaction("x1", "hello", open)), "boundary=x1")
	require.Contains(t, merged(interaction("mine", "hello", "boundary=mine")), "boundary=mine")
}

func TestLongDifferenceIsCut(t *testing.T) {
	lines := []byte("diff a b\n" + strings.Repeat("+ line\n", 500))
	text := difference([]byte(`{`), []byte(`{}`), lines)
	require.Contains(t, text, "the committed file is no pact")
	require.Less(t, strings.Count(text, "\n"), 130)
	require.Contains(t, text, "lines more\n")
}

func TestDifferenceNamesTheInteractions(t *testing.T) {
	pact := func(interactions ...string) []byte {
		text, err := merge([]part{written(t, "a", interactions...)})
		require.NoError(t, err)
		return text
	}
	state := `"providerStates":[{"name":"` + strings.Repeat("s", 200) + `"}]`
	old := pact(`{"description":"kept"}`, `{"description":"left"}`, `{"description":"edited",`+state+`}`)
	now := pact(`{"description":"kept"}`, `{"description":"edited","pending":true,`+state+`}`, `{"description":"added"}`)
	all := changes(old, now)
	require.Len(t, all, 3)
	require.Regexp(t, `^changed: "edited", in \[\{"name":"s{80,}\.\.\.$`, all[0])
	require.Equal(t, []string{`gone: "left"`, `new: "added"`}, all[1:])
	require.Empty(t, changes(old, old))
}
