package sign

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestLocateFindsWhatAReceiverReads(t *testing.T) {
	const body = ` { "a" : [ 1, {"b/~": "x\"y"} , [] ], "c":{"d":null}, "c" : {"d": true}, "":{"" : -1.5e3} } `
	for pointer, want := range map[string]string{
		"": strings.TrimSpace(body), "/a/0": "1", "/a/1/b~1~0": `"x\"y"`, "/a/2": "[]", "/c/d": "true", "/c": `{"d": true}`, "//": "-1.5e3",
	} {
		at, ok := locate([]byte(body), pointer)
		require.True(t, ok, pointer)
		require.Equal(t, want, body[at.start:at.end], pointer)
	}
	for _, pointer := range []string{"/b", "/a/3", "/a/-", "/a/0/x", "/c/d/e", "/A"} {
		_, ok := locate([]byte(body), pointer)
		require.False(t, ok, pointer)
	}
	for _, broken := range []string{"", "{", `{"a":1`, `{"a"}`, `{"a":}`, "to=1&a=2", `{"a":1,`} {
		_, ok := locate([]byte(broken), "/a")
		require.False(t, ok, broken)
	}
}

func TestPutChangesOneValueAndNoOtherByte(t *testing.T) {
	for _, c := range []struct{ body, pointer, want string }{
		{`{"a" : 1, "b":2}`, "/a", `{"a" : 77, "b":2}`},
		{`{"a":"1"}`, "/a", `{"a":"77"}`},
		{`{"a":null}`, "/a", `{"a":"77"}`},
		{`{}`, "/a", `{"a":"77"}`},
		{`{ "b":1}`, "/a", `{"a":"77", "b":1}`},
		{`{"c":{"b":1}}`, "/c/a~1", `{"c":{"a/":"77","b":1}}`},
		{`{"c":[1,2]}`, "/c/1", `{"c":[1,77]}`},
		{`{"c":[1,2]}`, "/c/2", `{"c":[1,2]}`},
		{`{"c":1}`, "/d/e", `{"c":1}`},
		{`{"a":1`, "/a", `{"a":1`},
		{`a=1&b=2`, "/a", `a=1&b=2`},
	} {
		require.Equal(t, c.want, string(put([]byte(c.body), c.pointer, []string{"77"})), c.body)
	}
	require.Equal(t, `{"a":"not-a-number"}`, string(put([]byte(`{"a":1}`), "/a", []string{"not-a-number"})),
		"a number stays one only if it is one")
}

func TestPutRemovesAMemberWithOneComma(t *testing.T) {
	for body, want := range map[string]string{
		`{"a":1}`: `{}`, `{"a":1,"b":2}`: `{"b":2}`, `{"b":2 , "a":1}`: `{"b":2 }`, `{"b":2, "a" : 1 ,"c":3}`: `{"b":2 ,"c":3}`,
		`{"b":"\"a\"","a":"x"}`: `{"b":"\"a\""}`, `{"b":2}`: `{"b":2}`, `[1]`: `[1]`, `{"a":1`: `{"a":1`,
	} {
		require.Equal(t, want, string(put([]byte(body), "/a", nil)), body)
	}
}

func TestPutWritesOneValueForEachElementAndTheLastOneForTheRest(t *testing.T) {
	const body, pointer = `{"i":[{"s":"a"},{"s":"b"},{}]}`, "/i/*/s"
	require.Equal(t, `{"i":[{"s":"1"},{"s":"2"},{"s":"3"}]}`, string(put([]byte(body), pointer, []string{"1", "2", "3"})))
	require.Equal(t, `{"i":[{"s":"1"},{"s":"1"},{"s":"1"}]}`, string(put([]byte(body), pointer, []string{"1"})))
	require.Equal(t, `{"i":[{},{},{}]}`, string(put([]byte(body), pointer, nil)))
}

func TestEmbedMovesTheBodysValuesOutOfTheHeaders(t *testing.T) {
	signed := http.Header{"X": {"1"}, inBody + "/s": {"é\xff"}}
	headers, body := embedAt("/t", "/s")(signed, []byte(`{"s":"","t":1}`))
	require.Equal(t, http.Header{"X": {"1"}}, headers)
	require.Equal(t, `{"s":"é\ufffd"}`, string(body), "what is missing is removed")
	require.Len(t, signed, 2, "what was given is left alone")
}

func TestDeepBodiesAreReadInOneGo(t *testing.T) {
	deep := `{"x":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `,"a":1}`
	_, ok := locate([]byte(deep), "/a")
	require.True(t, ok)
}

// What put returns of a JSON document is one, holds the value, and is the document itself but for it.
func FuzzPut(f *testing.F) {
	f.Add([]byte(`{"a":[{"b":1},null],"c":"é"}`), "/a/0/b", "x")
	f.Add([]byte(`{"a":1,"a":2}`), "/a", "3")
	f.Add([]byte(`{`), "/a", "3")
	f.Fuzz(func(t *testing.T, body []byte, at, value string) {
		if !pointer.MatchString(at) || !utf8.ValidString(at) || strings.Contains(at, "*") {
			return
		}
		before := bytes.Clone(body)
		got := put(body, at, []string{value})
		require.Equal(t, before, body)
		if !json.Valid(body) {
			return
		}
		require.True(t, json.Valid(got), "%s", got)
		if !bytes.Equal(got, body) {
			require.Equal(t, string([]rune(value)), textAt(got, at)) // bytes that are no UTF-8 are replaced
		}
		require.True(t, json.Valid(put(body, at, nil)))
	})
}
