package drift_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/schema/drift"
)

// manyOptional is a schema with twelve optional members.
const manyOptional = `{"type": "object", "required": ["id", "total"], "properties": {"id": {"type": "string", "pattern": "^e"},
	"total": {"type": ["integer", "string"]}, "a": {"type": ["string", "null"]}, "b": {"type": "string"}, "c": {"type": "string"},
	"d": {"type": "string"}, "e": {"type": "string"}, "f": {"type": "string"}, "g": {"type": "string"}, "h": {"type": "string"},
	"i": {"type": "string"}, "j": {"type": "object", "properties": {"k": {"type": "string"}}},
	"l": {"type": "array", "items": {"type": "integer"}}}}`

// combinations are payloads with every combination of optional members.
func combinations(rest string) string {
	var b strings.Builder
	for bits := range 1 << 9 {
		b.WriteString(`{"id":"e1"` + rest)
		for i, name := range []string{`"a":null`, `"b":""`, `"c":""`, `"d":""`, `"e":""`, `"f":""`, `"g":""`, `"j":{"k":""}`, `"l":[1]`} {
			if bits&(1<<i) != 0 {
				b.WriteString("," + name)
			}
		}
		b.WriteString("}\n")
	}
	return b.String()
}

func TestOptionalMembersMakeOneFormat(t *testing.T) {
	found := read(t, drift.Options{Schema: load(t, manyOptional)}, combinations(`,"total":1`))
	require.Len(t, found.Formats, 1)
	text := found.Report().Results[0].Format.String()
	require.Contains(t, text, "512 of 512 payloads (100.0 %), accepted by the schema")
	require.Contains(t, text, "512 combinations of 9 optional members: /a (null) in 256 of 512, /b (string) in 256 of 512")
	require.Contains(t, text, "and 1 more")
}

// What an on-call person counts: the type of a member, a missing one that is required, one that nobody described.
func TestWhatMattersMakesAFormatOfItsOwn(t *testing.T) {
	log := combinations(`,"total":1`) + combinations(`,"total":"1"`) + combinations(``) + combinations(`,"total":1,"new":true`) +
		combinations(`,"total":1,"h":7`)
	found := read(t, drift.Options{Schema: load(t, manyOptional)}, log)
	require.Len(t, found.Formats, 5)
	var refused []int64
	for _, f := range found.Formats {
		require.Equal(t, int64(512), f.Payloads)
		refused = append(refused, f.Refused)
	}
	require.Equal(t, []int64{0, 0, 512, 0, 512}, refused)
	all := found.Report()
	require.Equal(t, []string{"/total is of type string, and there of number"}, all.Results[1].Format.Differences)
	require.Equal(t, []string{"/total is missing (number)"}, all.Results[2].Format.Differences)
	require.Equal(t, []string{"/new is added (boolean)"}, all.Results[3].Format.Differences)
	require.Equal(t, []string{"/h is added (number)"}, all.Results[4].Format.Differences)
}

// A value that the schema refuses is a payload of its format, not a format.
func TestRefusedValueStaysInItsFormat(t *testing.T) {
	found := read(t, drift.Options{Schema: load(t, manyOptional)}, strings.Replace(combinations(`,"total":1`), `"e1"`, `"x1"`, 3))
	require.Len(t, found.Formats, 1)
	require.Equal(t, int64(3), found.Formats[0].Refused)
}

// An id whose payload gets one more optional member came in one format.
func TestEventWithMoreOptionalMembersIsNoConflict(t *testing.T) {
	found := read(t, drift.Options{Schema: load(t, manyOptional), ID: "/id"}, combinations(`,"total":1`))
	require.Zero(t, found.Events.Several)
	found = read(t, drift.Options{Schema: load(t, manyOptional), ID: "/id"}, combinations(`,"total":1`)+`{"id":"e1","total":"1"}`)
	require.Equal(t, int64(1), found.Events.Several)
	require.Equal(t, []int{1, 2}, found.Events.Conflicts[0].Formats)
}

// Names that turn out to be data do not split a format, nor join two.
func TestFormatsStayWhenNamesBecomeThoseOfAMap(t *testing.T) {
	var b strings.Builder
	for i := range 80 {
		fmt.Fprintf(&b, "{\"id\":\"e1\",\"total\":%d,\"other\":{\"name%c%c\":1}}\n", i, 'a'+i/26, 'a'+i%26)
		if i%2 == 0 {
			fmt.Fprintf(&b, "{\"id\":\"e1\",\"total\":\"%d\",\"b\":\"\",\"other\":{\"name%c%c\":1}}\n", i, 'a'+i/26, 'a'+i%26)
		}
	}
	found := read(t, drift.Options{Schema: load(t, manyOptional)}, b.String())
	require.Len(t, found.Formats, 2)
	require.Equal(t, []int64{80, 40}, []int64{found.Formats[0].Payloads, found.Formats[1].Payloads})
}
