package probe_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/probe"
)

// The document and the pointers are those of RFC 6901, section 5.
func TestAtFollowsRFC6901(t *testing.T) {
	const doc = `{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8,"~1":9}`
	for pointer, want := range map[string]any{
		"/foo/0": "bar", "/foo/1": "baz", "/": json.Number("0"), "/a~1b": json.Number("1"), "/c%d": json.Number("2"), "/e^f": json.Number("3"),
		"/g|h": json.Number("4"), `/i\j`: json.Number("5"), `/k"l`: json.Number("6"), "/ ": json.Number("7"), "/m~0n": json.Number("8"),
		"/~01": json.Number("9"),
	} {
		got, err := probe.At([]byte(doc), pointer)
		require.NoError(t, err, pointer)
		require.Equal(t, want, got, pointer)
	}
	whole, err := probe.At([]byte(doc), "")
	require.NoError(t, err)
	require.Len(t, whole, 11)
	for _, pointer := range []string{"/foo/2", "/foo/-", "/foo/-1", "/foo/01", "/foo/+1", "/foo/bar", "/foo/0/x", "/nope", "/a/b", "/foo/"} {
		_, err := probe.At([]byte(doc), pointer)
		require.ErrorContains(t, err, fmt.Sprintf("nothing at %q", pointer))
	}
}

func TestAtReadsOneWholeDocument(t *testing.T) {
	for _, doc := range []string{"", " ", "ok", `{"n":1`, `{"n":1}x`, `{"n":1}{"n":2}`, `{"n":1}]`, "1 2", "\xef\xbb\xbf{}", "{n:1}", "NaN"} {
		_, err := probe.At([]byte(doc), "")
		require.ErrorContains(t, err, "answered with no JSON", doc)
	}
	value, err := probe.At([]byte(" 1 \n"), "")
	require.NoError(t, err)
	require.Equal(t, json.Number("1"), value)
}

// Every value of a document is found at its pointer.
func FuzzAt(f *testing.F) {
	for _, doc := range []string{`{"effects":1}`, `[{"a/b":{"~":[null]}}]`, `{"":{"":1e9}}`, `"x"`, `[1,`, `{}{}`} {
		f.Add(doc, "/effects")
	}
	f.Fuzz(func(t *testing.T, doc, pointer string) {
		if _, err := probe.At([]byte(doc), pointer); err == nil {
			require.True(t, json.Valid([]byte(doc)))
		}
		whole, err := probe.At([]byte(doc), "")
		if err != nil {
			return
		}
		left := 100
		var walk func(at string, value any)
		walk = func(at string, value any) {
			if left--; left < 0 {
				return
			}
			got, err := probe.At([]byte(doc), at)
			require.NoError(t, err)
			require.Equal(t, value, got)
			switch value := value.(type) {
			case map[string]any:
				for key, child := range value {
					walk(at+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(key), child)
				}
			case []any:
				for i, child := range value {
					walk(fmt.Sprintf("%s/%d", at, i), child)
				}
			}
		}
		walk("", whole)
	})
}

func TestAtRefusesWhatCannotBeReadExactly(t *testing.T) {
	for _, doc := range []string{`{"n":1e1000001}`, `{"n":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + `}`} {
		_, err := probe.At([]byte(doc), "/n")
		require.ErrorContains(t, err, "answered with JSON that is not read")
	}
	n, err := probe.At([]byte(`{"n":123456789012345678901234567890.5}`), "/n")
	require.NoError(t, err)
	require.Equal(t, json.Number("123456789012345678901234567890.5"), n)
}
