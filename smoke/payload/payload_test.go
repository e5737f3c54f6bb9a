package payload

import (
	"bytes"
	"compress/gzip"
	"io"
	"mime/multipart"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const parts = "--xYzZY\r\nContent-Disposition: form-data; name=\"to\"\r\n\r\na@example.com\r\n" +
	"--xYzZY\r\nContent-Disposition: form-data; name=\"event\"\r\nContent-Type: application/json\r\n\r\n{\"id\":\"e\"}\r\n" +
	"--xYzZY\r\nContent-Disposition: form-data; name=\"attachment1\"; filename=\"a.bin\"\r\n\r\n\x00\xff\r\n--xYzZY--\r\n"

func TestDocumentsAreFoundAndReplaced(t *testing.T) {
	for name, c := range map[string]struct {
		format    Format
		body      string
		documents []string
		at        int
		replace   string
		want      string
	}{
		"plain JSON": {Format{Kind: JSON}, ` {"id":"e"} `, []string{` {"id":"e"} `}, 0, `[]`, `[]`},
		"a form field": {
			Format{Kind: Form, Field: "payload"}, "a=1&payload=%7B%22id%22%3a%22e+f%22%7D&b=",
			[]string{`{"id":"e f"}`}, 0, `{"id":"é f"}`, "a=1&payload=%7B%22id%22%3a%22%C3%A9+f%22%7D&b=",
		},
		"spaces as %20": {
			Format{Kind: Form, Field: "p"}, "p=%7B%22a%22:%20%22x%22}", []string{`{"a": "x"}`}, 0, `{"a":   "x"}`, "p=%7B%22a%22:%20%20%20%22x%22}",
		},
		"a line": {
			Format{Kind: NDJSON}, "{\"id\":1}\r\n\n{\"id\":2}\n", []string{`{"id":1}`, `{"id":2}`},
			1, "{\n  \"id\":3}", "{\"id\":1}\r\n\n{   \"id\":3}\n",
		},
		"an array": {
			Format{Kind: JSON, Events: "/*"}, `[ {"id":1} , {"id":2} ]`, []string{`{"id":1}`, `{"id":2}`}, 0, `{"id":7}`, `[ {"id":7} , {"id":2} ]`,
		},
		"deep events": {
			Format{Kind: JSON, Events: "/items/*/it"}, `{"live":true,"items":[{"it":{"id":1}},{"x":0,"it":{"id":2}},{}]}`,
			[]string{`{"id":1}`, `{"id":2}`}, 1, `{}`, `{"live":true,"items":[{"it":{"id":1}},{"x":0,"it":{}},{}]}`,
		},
		"in a form": {
			Format{Kind: Form, Field: "p", Events: "/*"}, "p=%5B1%2C22%5D&q=1", []string{`1`, `22`}, 1, `" "`, "p=%5B1%2C%22+%22%5D&q=1",
		},
		"a member": {Format{Kind: JSON, Events: "/a~1b"}, `{"a":0,"a/b":5}`, []string{`5`}, 0, `6`, `{"a":0,"a/b":6}`},
		"multipart": {
			Format{Kind: Multipart, Field: "event"}, parts, []string{`{"id":"e"}`}, 0, `{"id":"f"}`, strings.Replace(parts, `"e"`, `"f"`, 1),
		},
		"flat form":      {Format{Kind: Form}, "a=1&b=2", []string{"a=1&b=2"}, 0, "a=1&b=3", "a=1&b=3"},
		"text, as it is": {Format{Kind: Text}, "\x00\xff", []string{"\x00\xff"}, 0, "\xfe", "\xfe"},
	} {
		t.Run(name, func(t *testing.T) {
			body, err := c.format.Parse([]byte(c.body))
			require.NoError(t, err)
			require.Equal(t, len(c.documents), body.Len())
			for i, document := range c.documents {
				require.Equal(t, document, string(body.Document(i)))
				require.Equal(t, c.body, string(body.With(i, body.Document(i))))
			}
			require.Equal(t, c.want, string(body.With(c.at, []byte(c.replace))))
			all := make([][]byte, body.Len())
			for i := range all {
				all[i] = body.Document(i)
			}
			require.Equal(t, c.body, string(body.WithAll(all)))
			all[c.at] = []byte(c.replace)
			require.Equal(t, c.want, string(body.WithAll(all)))
			require.Equal(t, c.body, string(body.text), "the golden bytes stay")
		})
	}
}

func TestBodyThatIsNotOfItsFormatIsAnError(t *testing.T) {
	for name, c := range map[string]struct {
		format Format
		body   string
		want   string
	}{
		"no such field":         {Format{Kind: Form, Field: "payload"}, "a=1", "no field payload"},
		"a name without value":  {Format{Kind: Form, Field: "a"}, "a", "no field a"},
		"a bad escape":          {Format{Kind: Form, Field: "a"}, "a=%zz", "%zz"},
		"an escape cut short":   {Format{Kind: Form, Field: "a"}, "a=%4", "%4"},
		"nothing":               {Format{Kind: Form, Field: "a"}, "", "no field"},
		"only blank lines":      {Format{Kind: NDJSON}, "\n \n", "no line"},
		"no JSON":               {Format{Kind: JSON, Events: "/*"}, "<a/>", "not JSON"},
		"no event":              {Format{Kind: JSON, Events: "/*"}, "[]", "no event at /*"},
		"nothing at pointer":    {Format{Kind: JSON, Events: "/a/*"}, `{"b":[1]}`, "no event at /a/*"},
		"cut off":               {Format{Kind: JSON, Events: "/*"}, "[1,", "not JSON"},
		"too deep":              {Format{Kind: JSON, Events: "/*"}, strings.Repeat("[", 501) + strings.Repeat("]", 501), "deeper than 500"},
		"no boundary":           {Format{Kind: Multipart, Field: "a"}, "a=1", "no line with a boundary"},
		"no closing boundary":   {Format{Kind: Multipart, Field: "a"}, strings.TrimSuffix(parts, "--\r\n"), "no closing boundary"},
		"an upload is no field": {Format{Kind: Multipart, Field: "attachment1"}, parts, "no field attachment1"},
		"part without a name":   {Format{Kind: Multipart, Field: "a"}, "--b\r\nX: y\r\n\r\n1\r\n--b--", "Content-Disposition"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.format.Parse([]byte(c.body))
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestMediaTypeNamesTheKind(t *testing.T) {
	for media, want := range map[string]Kind{
		"application/json; charset=utf-8": JSON, "application/cloudevents-batch+json": JSON, "application/x-www-form-urlencoded": Form,
		"multipart/form-data; boundary=x": Multipart, "application/x-ndjson": NDJSON, "text/xml": XML, "application/soap+xml": XML,
		"text/plain": "", "application/octet-stream": "", "not a type;;": "",
	} {
		require.Equal(t, want, KindOf(media), media)
	}
}

func TestBoundedRefusesWhatExactArithmeticCannotHold(t *testing.T) {
	for _, good := range []string{
		`1e400`, `{"a":[12345678901234567890.5,-1e-300]}`,
		strings.Repeat("[", 500) + strings.Repeat("]", 500), `no JSON`, ``, `[1`, `"1e1000001"`,
	} {
		require.NoError(t, Bounded([]byte(good)), good)
	}
	for _, bad := range []string{
		`1e1000001`, `{"a":[1E-1000001]}`, `1e99999999999999999999`, strings.Repeat("[", 501), strings.Repeat("1", 10001),
	} {
		require.Error(t, Bounded([]byte(bad)), bad)
	}
}

func TestPadAddsBytesAndNoMeaning(t *testing.T) {
	for _, n := range []int{1, 2, 3, 50} {
		for _, kind := range Kinds {
			require.Len(t, Format{Kind: kind}.Pad([]byte("a=1"), n), n+3)
		}
		values, err := url.ParseQuery(string(Format{Kind: Form}.Pad([]byte("a=1"), n)))
		require.NoError(t, err)
		require.Equal(t, "1", values.Get("a"))
	}
}

func FuzzBody(f *testing.F) {
	f.Add(byte(0), []byte(`[{"id":1},{"id":"é"}]`), []byte(`{}`))
	f.Add(byte(1), []byte("p=%7B%22a%22:+1%7D&q"), []byte(`{"a":2}`))
	f.Add(byte(2), []byte("{}\n{\"a\":1}\r\n"), []byte(`[]`))
	f.Add(byte(3), []byte(parts), []byte(`x`))
	formats := []Format{{Kind: JSON, Events: "/*"}, {Kind: Form, Field: "p"}, {Kind: NDJSON}, {Kind: Multipart, Field: "event"}}
	f.Fuzz(func(t *testing.T, which byte, text, other []byte) {
		format := formats[int(which)%len(formats)]
		body, err := format.Parse(text)
		if err != nil {
			return
		}
		require.Positive(t, body.Len())
		for i := range body.Len() {
			require.Equal(t, string(text), string(body.With(i, body.Document(i))))
			if format.Kind == Form {
				again, err := format.Parse(body.With(i, other))
				require.NoError(t, err)
				require.Equal(t, string(other), string(again.Document(i)))
			}
		}
	})
}

// The standard library reads the same fields from the same bytes.
func FuzzFields(f *testing.F) {
	f.Add([]byte(parts))
	f.Add([]byte("preamble\r\n--b\r\nContent-Disposition: form-data; name=a\r\n\r\n--c\r\n--b--epilogue"))
	f.Fuzz(func(t *testing.T, text []byte) {
		fields, err := Fields(Multipart, text)
		if err != nil {
			return
		}
		boundary, err := Boundary(text)
		require.NoError(t, err)
		for _, field := range fields {
			require.LessOrEqual(t, field.From, field.Start)
			require.LessOrEqual(t, field.Start, field.End)
		}
		reader := multipart.NewReader(bytes.NewReader(text), boundary)
		for _, field := range fields {
			part, err := reader.NextRawPart()
			if err != nil {
				return // stricter about headers than we need to be
			}
			value, err := io.ReadAll(part)
			if err != nil {
				return
			}
			require.Equal(t, string(text[field.Start:field.End]), string(value))
		}
	})
}

func TestGzipIsDeterministicAndCanBeRead(t *testing.T) {
	text := []byte(strings.Repeat(`{"id":"evt_1"}`, 100))
	require.Equal(t, Gzip(text), Gzip(text))
	require.True(t, Gzipped(Gzip(text)))
	require.False(t, Gzipped(text))
	reader, err := gzip.NewReader(bytes.NewReader(Gzip(text)))
	require.NoError(t, err)
	again, err := io.ReadAll(reader)
	require.NoError(t, err)
	require.Equal(t, text, again)
}

func TestStoredIsLongerThanTheBody(t *testing.T) {
	text := bytes.Repeat([]byte(" "), 5000)
	require.Less(t, len(Gzip(text)), len(text))
	require.Greater(t, len(Stored(text)), len(text))
	reader, err := gzip.NewReader(bytes.NewReader(Stored(text)))
	require.NoError(t, err)
	plain, err := io.ReadAll(reader)
	require.NoError(t, err)
	require.Equal(t, text, plain)
}
