package drift_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/logfile"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/schema/drift"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

const invoice = `{"type": "object", "required": ["id", "total"], "properties": {
	"id": {"type": "string"}, "type": {"enum": ["paid", "open"]},
	"total": {"type": "integer", "minimum": 0}, "lines": {"type": "array", "items": {"type": "object"}}}}`

func load(t testing.TB, text string) *schema.Schema {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.schema.json")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	s, err := schema.Load(file)
	require.NoError(t, err)
	return s
}

// log is a log in memory.
func log(name string, text []byte) logfile.Log {
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
	return logfile.Log{Name: name, Size: int64(len(text)), Open: open}
}

func read(t testing.TB, opts drift.Options, lines ...string) *drift.Drift {
	t.Helper()
	if opts.Schema == nil {
		opts.Schema = load(t, invoice)
	}
	return drift.Read(t.Context(), []logfile.Log{log("app.jsonl", []byte(strings.Join(lines, "\n")))}, opts)
}

func TestFormatsAreSetsOfMembersAndTypes(t *testing.T) {
	for why, c := range map[string]struct {
		lines   []string
		formats int
	}{
		"the order of members":     {[]string{`{"id":"1","total":1}`, `{"total":1,"id":"2"}`}, 1},
		"white space and escapes":  {[]string{`{"id":"1","total":1}`, `{ "\u0069d" : "2", "total": 2 }`}, 1},
		"a member more":            {[]string{`{"id":"1","total":1}`, `{"id":"2","total":1,"due":"x"}`}, 2},
		"a member of another type": {[]string{`{"id":"1","total":1}`, `{"id":"2","total":"1"}`}, 2},
		"null":                     {[]string{`{"id":"1","total":1}`, `{"id":"2","total":null}`}, 2},
		"the number of items":      {[]string{`{"lines":[{"a":1}]}`, `{"lines":[{"a":1},{"a":2}]}`}, 1},
		"an item with more":        {[]string{`{"lines":[{"a":1}]}`, `{"lines":[{"a":1},{"a":2,"b":1}]}`}, 2},
		"names that are data": {[]string{`{"by":{"6f9619ff-8b86-d011-b42d-00cf4fc964ff":1}}`,
			`{"by":{"7f9619ff-8b86-d011-b42d-00cf4fc964ff":2}}`}, 1},
		"addresses and numbers as name": {[]string{`{"by":{"ada@example.com":1}}`, `{"by":{"bob@example.com":2}}`, `{"by":{"17":1}}`}, 1},
		"an integer and a fraction":     {[]string{`{"id":"1","total":1}`, `{"id":"1","total":1.5}`}, 1},
	} {
		require.Len(t, read(t, drift.Options{}, c.lines...).Formats, c.formats, why)
	}
}

// An object with more names than a format has is a map, also when what was read before did not show it.
func TestNamesBecomeThoseOfAMap(t *testing.T) {
	lines := make([]string, 500)
	for i := range lines {
		lines[i] = fmt.Sprintf(`{"id":"a","total":%d,"by":{"%s":{"n":1}}}`, i%2-1, strings.Repeat("x", i+1))
	}
	d := read(t, drift.Options{ID: "/id"}, append(lines, `{"id":"b","total":1}`)...)
	require.Len(t, d.Formats, 2)
	require.EqualValues(t, 500, d.Formats[0].Payloads)
	require.EqualValues(t, 250, d.Formats[0].Refused)
	require.EqualValues(t, 0, d.Events.Several, "one event in one format")
	require.Equal(t, "app.jsonl:1", d.Formats[0].First.Where)
	require.Equal(t, "app.jsonl:500", d.Formats[0].Last.Where)
}

func TestFormatsAboveTheBoundAreSaidAndChecked(t *testing.T) {
	lines := make([]string, 3000)
	for i := range lines {
		members := []string{`"id":"a"`, `"total":1`}
		for bit := range 12 {
			if i>>bit&1 == 1 {
				members = append(members, fmt.Sprintf(`"%c":1`, 'k'+bit))
			}
		}
		lines[i] = "{" + strings.Join(members, ",") + "}"
	}
	lines[2999] = strings.Replace(lines[2999], `"total":1`, `"total":-1`, 1)
	d := read(t, drift.Options{}, lines...)
	require.Len(t, d.Formats, 1001)
	rest := d.Formats[1000]
	require.True(t, rest.Rest)
	require.EqualValues(t, 2000, rest.Payloads)
	require.EqualValues(t, 1, rest.Refused, "they are checked all the same")
	require.Contains(t, d.Headline(), "format 1001 is all above the 1000 that are told apart")
	require.Equal(t, verdict.Fail, d.Report().Verdict())
}

func TestExitCodes(t *testing.T) {
	one, more := `{"id":"1","total":1}`, `{"id":"1","total":1,"due":1}`
	paid, open := `{"id":"1","total":1,"type":"paid"}`, `{"id":"1","total":1,"type":"open"}`
	for why, c := range map[string]struct {
		opts  drift.Options
		lines []string
		want  verdict.Verdict
	}{
		"all accepted":                       {drift.Options{}, []string{`{"id":"1","total":1}`}, verdict.Pass},
		"several formats, all accepted":      {drift.Options{}, []string{one, more}, verdict.Pass},
		"more formats than allowed":          {drift.Options{MaxFormats: 1}, []string{one, more}, verdict.Fail},
		"as many formats as allowed":         {drift.Options{MaxFormats: 2}, []string{one, more}, verdict.Pass},
		"one format of each kind":            {drift.Options{MaxFormats: 1, By: "/type"}, []string{paid, open}, verdict.Pass},
		"refused":                            {drift.Options{}, []string{`{"id":"1","total":1}`, `{"id":"1"}`}, verdict.Fail},
		"refused for a value":                {drift.Options{}, []string{`{"id":"1","total":1}`, `{"id":"1","total":-1}`}, verdict.Fail},
		"a name twice":                       {drift.Options{}, []string{`{"id":"1","id":"2","total":1}`}, verdict.Fail},
		"nothing":                            {drift.Options{}, []string{``}, verdict.Unknown},
		"no line has the field":              {drift.Options{Field: "/body"}, []string{`{"id":"1","total":1}`}, verdict.Unknown},
		"a line is not JSON":                 {drift.Options{}, []string{`{"id":"1","total":1}`, `started`}, verdict.Unknown},
		"a line is not JSON, and one broken": {drift.Options{}, []string{`{"id":"1"}`, `started`}, verdict.Fail},
		"one event in two formats":           {drift.Options{ID: "/id"}, []string{one, more}, verdict.Fail},
		"one event twice":                    {drift.Options{ID: "/id"}, []string{`{"id":"1","total":1}`, `{"id":"1","total":2}`}, verdict.Pass},
		"no payload has the id":              {drift.Options{ID: "/event"}, []string{`{"id":"1","total":1}`}, verdict.Unknown},
	} {
		require.Equal(t, c.want, read(t, c.opts, c.lines...).Report().Verdict(), why)
	}
}

func TestOneEventInThreeFormats(t *testing.T) {
	d := read(t, drift.Options{ID: "/id"},
		`{"id":"evt_1","total":1}`, `{"id":"evt_2","total":1}`, `{"id":"evt_1","total":1,"due":"x"}`,
		`{"id":"evt_1","total":"1"}`, `{"id":"evt_1","total":1}`)
	require.EqualValues(t, 1, d.Events.Several)
	require.EqualValues(t, 2, d.Events.Distinct)
	require.Equal(t, []int{1, 2, 3}, d.Events.Conflicts[0].Formats)
	text := fmt.Sprint(d.Report().Results)
	require.Contains(t, text, `one format for "evt_1"`)
}

func TestDifferencesAreSentences(t *testing.T) {
	d := read(t, drift.Options{}, `{"id":"1","total":1,"lines":[{"a":1}]}`, `{"id":"1","total":1,"lines":[{"a":1}]}`,
		`{"id":"1","total":"x","due":{"day":1},"lines":[]}`, `{"total":1,"lines":[{"a":null}]}`)
	all := d.Report().Results
	want := []string{"/due is added (object)", "/total is of type string, and there of number", "/lines is empty"}
	require.Equal(t, want, all[1].Format.Differences)
	require.Equal(t, []string{"/due (object)"}, all[1].Format.Undescribed[:1])
	require.Equal(t, []string{"/lines/*/a is of type null, and there of number", "/id is missing (string)"}, all[2].Format.Differences)
	require.Equal(t, "required", all[2].Findings[0].Rule)
	require.Contains(t, all[1].Findings[0].Got, "at /total: expected integer, but got string, in 1 of 1 payloads")
}

func TestPayloadInAField(t *testing.T) {
	d := read(t, drift.Options{Field: "/request/body", ID: "/webhook-id"},
		`{"time":"2026-11-20T16:45:00Z","webhook-id":"a","request":{"body":{"id":"1","total":1}}}`,
		`{"time":"2026-11-20T17:45:00Z","webhook-id":"b","request":{"body":"{\"id\":\"1\",\"total\":2}"}}`,
		`{"time":"2026-11-20T18:45:00Z","message":"started"}`,
		`{"time":"2026-11-20T19:45:00Z","request":{"body":"not JSON"}}`)
	require.Len(t, d.Formats, 1)
	require.EqualValues(t, 2, d.Formats[0].Payloads)
	require.EqualValues(t, 2, d.Events.Distinct)
	require.EqualValues(t, 1, d.Without)
	require.Equal(t, "2026-11-20T16:45:00Z", d.Formats[0].First.At.Format("2006-01-02T15:04:05Z07:00"))
	require.Len(t, d.Unread, 1)
	require.Equal(t, "app.jsonl:4", d.Unread[0].Where)
}

func TestTimesOfSeveralForms(t *testing.T) {
	for _, written := range []string{
		`"2026-11-20T16:45:00Z"`, `"2026-11-20T17:45:00+01:00"`, `1795193100`, `1795193100000`, `"1795193100"`, `1795193100.0`,
		`"2026-11-20 16:45:00"`,
	} {
		d := read(t, drift.Options{Time: "/at"}, `{"id":"1","total":1,"at":`+written+`}`)
		require.Equal(t, "2026-11-20T16:45:00Z", d.Formats[0].First.At.Format("2006-01-02T15:04:05Z07:00"), written)
	}
}

// Neither a sample nor a finding shows what a payload holds.
func TestNothingShowsData(t *testing.T) {
	s := load(t, `{"additionalProperties": false, "properties": {"mail": {"pattern": "^z"}, "type": {"const": "paid"}, "card": {"maximum": 1},
		"by": {"additionalProperties": {"type": "integer"}}}}`)
	d := read(t, drift.Options{Schema: s},
		`{"mail":"ada@secret.example","type":"paid","card":4111111111111111,"by":{"bob@secret.example":1},"eve@secret.example":2}`)
	var text bytes.Buffer
	require.NoError(t, report.JSON(&text, d.Report()))
	require.NotContains(t, text.String(), "secret")
	require.NotContains(t, text.String(), "4111")
	require.Equal(t,
		`{"mail":"xxx@xxxxxx.xxxxxxx","type":"paid","card":0,"by":{"xxx@xxxxxx.xxxxxxx":0},"xxx@xxxxxx.xxxxxxx":0}`,
		d.Report().Results[0].Format.Sample)
}

func TestReportKeepsToItsSchema(t *testing.T) {
	s, err := schema.Load("../../report/report.schema.json")
	require.NoError(t, err)
	d := read(t, drift.Options{ID: "/id", MaxFormats: 1, By: "/type"},
		`{"id":"1","total":1,"created":"2026-11-20T16:45:00Z"}`, `{"id":"1","total":"1"}`, `x`)
	var text bytes.Buffer
	require.NoError(t, report.JSON(&text, d.Report()))
	require.Empty(t, s.Check(text.Bytes()))
}

func compressed(t *testing.T, w io.WriteCloser, into *bytes.Buffer, text string) []byte {
	t.Helper()
	_, err := io.WriteString(w, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return into.Bytes()
}

func TestBadInputIsSaidAndTheRestIsRead(t *testing.T) {
	const good = `{"id":"1","total":1}` + "\n"
	many := strings.Repeat(good, 20_000)
	var gz, zs bytes.Buffer
	packed := compressed(t, gzip.NewWriter(&gz), &gz, many)
	z, err := zstd.NewWriter(&zs)
	require.NoError(t, err)
	zpacked := compressed(t, z, &zs, many)
	for why, c := range map[string]struct {
		text     []byte
		where    string // "": nothing is wrong
		what     string
		payloads int64
	}{
		"plain":                   {[]byte(good + good), "", "", 2},
		"no line end":             {[]byte(good + strings.TrimSpace(good)), "", "", 2},
		"carriage returns":        {[]byte(strings.ReplaceAll(good+good, "\n", "\r\n")), "", "", 2},
		"empty lines":             {[]byte("\n \n" + good), "", "", 1},
		"gzip":                    {packed, "", "", 20_000},
		"zstd":                    {zpacked, "", "", 20_000},
		"two gzip files in one":   {append(append([]byte{}, packed...), packed...), "", "", 40_000},
		"a broken line":           {[]byte(good + "{\"id\":\n" + good), "a.log:2", "not JSON: column 7: the JSON text ends early", 2},
		"binary":                  {[]byte(good + "\x00\x01\x02\n" + good), "a.log:2", "it is binary", 2},
		"not UTF-8":               {[]byte("{\"id\":\"\xff\"}\n" + good), "a.log:1", "the byte 0xff is not UTF-8", 1},
		"byte order mark":         {[]byte("\ufeff" + good), "", "", 1},
		"a long line":             {[]byte(good + `{"id":"` + strings.Repeat("x", 2<<20) + "\"}\n" + good), "a.log:2", "longer than 1 MiB", 2},
		"a long line at the end":  {[]byte(good + `{"id":"` + strings.Repeat("x", 2<<20)), "a.log:2", "longer than 1 MiB", 1},
		"a line just long enough": {[]byte(`{"total":1,"id":"` + strings.Repeat("x", 1<<19) + "\"}\n" + good), "", "", 2},
		"truncated zstd":          {zpacked[:len(zpacked)-20], "a.log", "cut off", -1},
		"rubbish after gzip":      {append(append([]byte{}, packed...), "rubbish"...), "a.log:20001", "the log ends here", 20_000},
		"over several lines":      {[]byte("{\n\"id\": 1\n}\n"), "a.log:1", "jq -c", 0},
		"xz":                      {[]byte("\xfd7zXZ\x00abc"), "a.log", "decompress it first", 0},
		"two values on a line":    {[]byte(`{"id":"1","total":1} {}` + "\n"), "a.log:1", "more follows", 0},
		"a comma at the end":      {[]byte(`{"id":"1","total":1,}` + "\n"), "a.log:1", "a member without a name", 0},
		"a number with a zero":    {[]byte(`{"id":"1","total":01}` + "\n"), "a.log:1", "where a comma", 0},
		"NaN":                     {[]byte(`{"id":"1","total":NaN}` + "\n"), "a.log:1", "no JSON value starts", 0},
		"nested without end":      {[]byte(strings.Repeat("[", 100_000) + "\n" + good), "a.log:1", "nested more than 128 deep", 1},
		"a control character":     {[]byte("{\"id\":\"\t\"}\n" + good), "a.log:1", "control character", 1},
		"more than are named":     {[]byte(strings.Repeat("x\n", 20) + good), "a.log:1", "no JSON value", 1},
		"truncated gzip":          {packed[:len(packed)/2], "a.log", "cut off", -1},
	} {
		logs := []logfile.Log{log("a.log", c.text), log("b.log", []byte(good))}
		d := drift.Read(t.Context(), logs, drift.Options{Schema: load(t, invoice), MaxLine: 1 << 20})
		if c.where == "" {
			require.Empty(t, d.Unread, why)
		} else {
			require.NotEmpty(t, d.Unread, why)
			require.Contains(t, d.Unread[0].Where, c.where, why)
			require.Contains(t, d.Unread[0].What, c.what, why)
			require.LessOrEqual(t, len(d.Unread), 6, why)
			require.Equal(t, verdict.Unknown, d.Report().Verdict(), why)
		}
		if c.payloads >= 0 {
			require.Equal(t, c.payloads+1, d.Payloads, "%s: the next log is read", why)
		}
	}
}

func TestWhatCannotBeOpenedIsSaid(t *testing.T) {
	dir := t.TempDir()
	logs := []logfile.Log{logfile.File(dir), logfile.File(filepath.Join(dir, "none"))}
	d := drift.Read(t.Context(), logs, drift.Options{Schema: load(t, invoice)})
	require.Len(t, d.Unread, 2)
	require.Contains(t, d.Unread[0].What, "it is a folder")
	require.Contains(t, d.Unread[1].What, "no such file")
	require.Equal(t, verdict.Unknown, d.Report().Verdict())
}

func TestInterruptedRunKeepsWhatItRead(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d := drift.Read(ctx, []logfile.Log{log("a", []byte(`{}`))}, drift.Options{Schema: load(t, invoice)})
	require.Equal(t, verdict.ExitInterrupted, d.Report().Exit())
}
