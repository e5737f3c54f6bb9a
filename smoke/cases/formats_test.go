package cases

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/fixtures"
	"github.com/fridaygate/fridaygate/smoke/payload"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// of returns a derivation of a body of one format.
func of(t testing.TB, body, media string, b webhook.Body, id webhook.EventID) *derivation {
	t.Helper()
	d, err := newDerivation(fixtures.Fixture{Name: "golden", Body: []byte(body)}, &webhook.Contract{
		Path: "webhook.yaml", Body: b, EventID: id, Endpoint: webhook.Endpoint{ContentType: media},
	}, "friday")
	require.NoError(t, err)
	return d
}

func at(pointer string) webhook.EventID {
	return webhook.EventID{Place: webhook.Place{Pointer: pointer}}
}

const (
	urlencoded = "application/x-www-form-urlencoded"
	uploads    = "multipart/form-data; boundary=bnd"
	mail       = "--bnd\r\nContent-Disposition: form-data; name=\"total\"\r\n\r\n12\r\n--bnd\r\n" +
		"Content-Disposition: form-data; name=\"a\"; filename=\"x\"\r\n\r\n\xff\r\n--bnd--\r\n"
	order = `<?xml version="1.0"?>` + "\n" +
		`<order id="e1" kind='café'><!-- note --><total>12</total><line sku="a">x</line><line sku="b">y</line>` +
		`<memo><![CDATA[a & b]]></memo><none/></order>`
)

func TestEditsHappenInsideTheFormat(t *testing.T) {
	form := "payload=" + url.QueryEscape(`{"id":"e1","n":7,"s":"café"}`)
	lines := "{\"id\":\"e1\",\"n\":7}\n{\"id\":\"e2\",\"n\":8}\n"
	array := `[ {"id":"e1","n":7} , {"id":"e2","n":8} ]`
	type document struct {
		body string
		d    *derivation
	}
	in := func(media, body string, b webhook.Body, id webhook.EventID) document {
		return document{body, of(t, body, media, b, id)}
	}
	inForm := func(body string) document { return in(urlencoded, body, webhook.Body{}, webhook.EventID{Form: "id"}) }
	inHeader := webhook.EventID{Place: webhook.Place{Header: "X-Id"}}
	inField := in(urlencoded, form, webhook.Body{}, at("/id"))
	inLines := in("application/x-ndjson", lines, webhook.Body{}, at("/id"))
	inArray := in("application/json", array, webhook.Body{Events: "/*"}, at("/id"))
	inParts := in(uploads, mail, webhook.Body{}, inHeader)
	inXML := in("text/xml", order, webhook.Body{}, at("/order/@id"))
	asText := in("text/plain", "hello", webhook.Body{}, inHeader)
	for name, c := range map[string]struct {
		document
		edit edit
		want string // "": it does not apply
	}{
		"form: changed":   {inField, changedField, strings.Replace(form, "A7", "A8", 1)},
		"form: key order": {inField, keyOrder, "payload=" + url.QueryEscape(`{"s":"café","n":7,"id":"e1"}`)},
		"form: whitespace": {
			inField, whitespace,
			"payload=" + url.QueryEscape("{\n  \"id\": \"e1\",\n  \"n\": 7,\n  \"s\": \"café\"\n}"),
		},
		"form: escapes":   {inField, escapes, "payload=" + url.QueryEscape(`{"id":"e1","n":7,"s":"caf\u00e9"}`)},
		"form: twice":     {inField, duplicateKey, "payload=" + url.QueryEscape(`{"n":8,"id":"e1","n":7,"s":"café"}`)},
		"form: truncated": {inField, truncated, "payload=" + url.QueryEscape(`{"id":"e1","n":7,"s`)},

		"flat form: changed": {inForm("id=e1&n=7&S=x+y"), changedField, "id=e1&n=8&S=x+y"},
		"flat form: added":   {inForm("id=e1&n=7"), addedField, "fridaygate_added=added&id=e1&n=7"},
		"flat form: order":   {inForm("id=e1&n=7&S=x"), keyOrder, "S=x&n=7&id=e1"},
		"flat form: escapes": {inForm("id=e1&S=x.Y"), escapes, "id=e1&S=%78.Y"},
		"flat form: multibyte": {
			inForm("id=e1&S=x"),
			writing("Zoë € 日本 🍮"), "id=e1&S=" + url.QueryEscape("Zoë € 日本 🍮"),
		},
		"flat form: big number": {inForm("id=e1&n=7"), bigInt(1), "id=e1&n=9007199254740993"},
		"flat form: whitespace": {inForm("id=e1&n=7"), whitespace, ""},
		"flat form: one order":  {inForm("id=tr_1"), keyOrder, ""},
		"flat form: an id only": {inForm("id=tr_1"), changedField, ""},

		"lines: changed":     {inLines, changedField, strings.Replace(lines, "7", "8", 1)},
		"lines: whitespace":  {inLines, whitespace, "{   \"id\": \"e1\",   \"n\": 7 }\n{\"id\":\"e2\",\"n\":8}\n"},
		"batch: changed":     {inArray, changedField, strings.Replace(array, "7", "8", 1)},
		"batch: key order":   {inArray, keyOrder, `[ {"n":7,"id":"e1"} , {"id":"e2","n":8} ]`},
		"multipart: changed": {inParts, changedField, strings.Replace(mail, "12", "13", 1)},
		"multipart: added": {
			inParts, addedField,
			"--bnd\r\nContent-Disposition: form-data; name=\"fridaygate_added\"\r\n\r\nadded\r\n" + mail,
		},

		"XML: changed": {inXML, changedField, strings.Replace(order, "12", "13", 1)},
		"XML: added":   {inXML, addedField, strings.Replace(order, "<!--", "<fridaygate_added>added</fridaygate_added><!--", 1)},
		"XML: order":   {inXML, keyOrder, strings.Replace(order, ` id="e1" kind='café'`, ` kind='café' id="e1"`, 1)},
		"XML: lists": {
			inXML, arrayOrder,
			strings.Replace(order, `<line sku="a">x</line><line sku="b">y</line>`, `<line sku="b">y</line><line sku="a">x</line>`, 1),
		},
		"XML: escapes": {inXML, escapes, strings.Replace(order, "é", "&#233;", 1)},
		"XML: whitespace": {
			inXML, whitespace,
			`<?xml version="1.0"?>` + "\n" +
				`<order id="e1" kind='café' ><!-- note --><total >12</total ><line sku="a" >x</line ><line sku="b" >y</line >` +
				`<memo ><![CDATA[a & b]]></memo ><none /></order >`,
		},
		"XML: truncated": {inXML, truncated, order[:len(order)*2/3]},
		"XML: numbers":   {inXML, numberForm(false), ""},
		"XML: a null":    {inXML, nullField(true), ""},
		"text: changed":  {asText, changedField, ""},
		"text: tampered": {asText, tampered, "hello "},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.edit(c.d, []byte(c.body))
			if c.want == "" {
				require.ErrorAs(t, err, new(notApplicable))
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, string(got))
		})
	}
}

func TestEventIDIsFoundInEveryFormat(t *testing.T) {
	for name, c := range map[string]struct {
		body, media string
		b           webhook.Body
		id          webhook.EventID
		want        string // with $ for each id
	}{
		"JSON in a form": {
			"payload=" + url.QueryEscape(`{"id":"evt_1"}`), urlencoded, webhook.Body{}, at("/id"), "payload=%7B%22id%22%3A%22$%22%7D",
		},
		"named field": {
			"a=1&p=" + url.QueryEscape(`{"id":"evt_1"}`), urlencoded, webhook.Body{Field: "p"}, at("/id"), "a=1&p=%7B%22id%22%3A%22$%22%7D",
		},
		"XML attribute":  {`<a><b id="evt_1"/></a>`, "application/xml", webhook.Body{}, at("/a/b/@id"), `<a><b id="$"/></a>`},
		"second element": {`<a><b>x</b><b>evt_1</b></a>`, "application/xml", webhook.Body{}, at("/a/b[2]"), `<a><b>x</b><b>$</b></a>`},
		"XML CDATA": {
			`<xml><ID><![CDATA[evt_1]]></ID></xml>`, "text/xml", webhook.Body{}, at("/xml/ID"), `<xml><ID><![CDATA[$]]></ID></xml>`,
		},
		"multipart": {
			strings.Replace(mail, "12", "evt_1", 1), uploads, webhook.Body{}, webhook.EventID{Form: "total"}, strings.Replace(mail, "12", "$", 1),
		},
		"multipart field": {
			strings.Replace(mail, "12", `{"id":"evt_1"}`, 1), uploads,
			webhook.Body{Field: "total"}, at("/id"), strings.Replace(mail, "12", `{"id":"$"}`, 1),
		},
		"lines": {"{\"id\":\"evt_1\"}\n{\"id\":\"evt_2\"}", "application/x-ndjson", webhook.Body{}, at("/id"), "{\"id\":\"$\"}\n{\"id\":\"$\"}"},
		"Adyen": {
			`{"live":"false","notificationItems":[{"NotificationRequestItem":{"pspReference":"evt_1"}}]}`, "application/json",
			webhook.Body{Events: "/notificationItems/*/NotificationRequestItem"}, at("/pspReference"),
			`{"live":"false","notificationItems":[{"NotificationRequestItem":{"pspReference":"$"}}]}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := of(t, c.body, c.media, c.b, c.id)
			ids := d.batch("evt_new")
			require.Len(t, ids, strings.Count(c.want, "$"))
			got, err := d.under("evt_new", []byte(c.body))
			require.NoError(t, err)
			want := c.want
			for _, id := range ids {
				require.Regexp(t, "^evt_", id)
				want = strings.Replace(want, "$", id, 1)
			}
			require.Equal(t, want, string(got))
		})
	}
}

func TestBodyThatIsNotAsDeclaredIsABrokenFixture(t *testing.T) {
	for name, c := range map[string]struct {
		body, media string
		b           webhook.Body
		id          webhook.EventID
		want        string
	}{
		"no such field":        {"a=1", urlencoded, webhook.Body{Field: "payload"}, at("/id"), "no field payload"},
		"no JSON in the field": {"payload=x", urlencoded, webhook.Body{Field: "payload"}, at("/id"), "invalid character"},
		"no XML":               {"{}", "", webhook.Body{Format: payload.XML}, at("/id"), "text stands outside"},
		"no event":             {"[]", "application/json", webhook.Body{Events: "/*"}, at("/id"), "no event at /*"},
		"an event without id":  {`[{"id":"a"},{}]`, "application/json", webhook.Body{Events: "/*"}, at("/id"), "at /id of event 2"},
		"no id in text": {
			"hello", "text/plain", webhook.Body{Format: payload.Text}, at("/id"),
			"its body is plain text (body.format is text), so the event id cannot be at /id",
		},
		"boundary not sent": {mail, "multipart/form-data", webhook.Body{}, webhook.EventID{Form: "total"}, "boundary=bnd"},
		"compressed already": {
			string(payload.Gzip([]byte("{}"))), "application/json", webhook.Body{Encoding: webhook.Gzip}, at("/id"), "fixtures hold it plain",
		},
		"astronomical number": {`{"id":"a","n":1e1000001}`, "application/json", webhook.Body{}, at("/id"), "exponent is beyond"},
		"endless nesting": {
			`{"id":"a","n":` + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + "}",
			"application/json", webhook.Body{}, at("/id"), "deeper than 500",
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newDerivation(fixtures.Fixture{Body: []byte(c.body)}, &webhook.Contract{
				Path: "webhook.yaml", Body: c.b, EventID: c.id, Endpoint: webhook.Endpoint{ContentType: c.media},
			}, "friday")
			require.ErrorContains(t, err, c.want)
		})
	}
}

var everyEdit = []edit{
	changedField, keyOrder, whitespace, escapes, numberForm(false), numberForm(true), addedField, arrayOrder, bigInt(0), quotedNumber,
	nullField(true), writing("Zoë"), unicodeForm(1), duplicateKey, truncated,
}

func FuzzXML(f *testing.F) {
	f.Add([]byte(order))
	f.Add([]byte("<a>x&amp;<b/>y</a>"))
	f.Add([]byte("<order><line A=\"a\">a</line></order>"))
	f.Add([]byte("<s:a xmlns:s='u'><s:b s:c=\"&#233;\">1</s:b>\r\n</s:a>"))
	f.Fuzz(func(t *testing.T, text []byte) {
		doc, err := asXML{}.parse(text)
		if err != nil {
			return
		}
		for _, n := range doc.scalars() {
			require.Equal(t, string(text), string(doc.with(n, n.raw)))
			again, err := asXML{}.parse(doc.with(n, n.as("a<\"'>&é]]>")))
			if n.quote == cData || err != nil {
				continue
			}
			replaced, ok := again.at(n.pointer)
			require.True(t, ok)
			require.Equal(t, "a<\"'>&é]]>", replaced.text())
		}
		d := &derivation{contract: &webhook.Contract{}, syntax: asXML{}, format: payload.Format{Kind: payload.XML}}
		for _, do := range everyEdit[:len(everyEdit)-1] {
			edited, err := do(d, text)
			if err != nil {
				require.ErrorAs(t, err, new(notApplicable))
				continue
			}
			reader := xml.NewDecoder(strings.NewReader(string(edited)))
			for err == nil {
				_, err = reader.RawToken()
			}
			require.True(t, errors.Is(err, io.EOF), "%v: %s", err, edited)
		}
	})
}

func FuzzForm(f *testing.F) {
	f.Add([]byte("id=e1&n=7&S=x+y&flag&n=8"), false)
	f.Add([]byte("payload=%7B%22id%22%3A1%2C%22s%22%3A%22%C3%A9%22%7D"), true)
	f.Fuzz(func(t *testing.T, text []byte, inside bool) {
		d := &derivation{contract: &webhook.Contract{}, syntax: asFields{payload.Form}, format: payload.Format{Kind: payload.Form}}
		if inside {
			d.syntax, d.format.Field = asJSON{}, singleJSON(text)
		}
		if _, _, err := d.document(text, 0); err != nil || (inside && d.format.Field == "") {
			return
		}
		for _, do := range everyEdit {
			edited, err := do(d, text)
			if err != nil {
				require.ErrorAs(t, err, new(notApplicable))
				continue
			}
			_, doc, err := d.document(edited, 0)
			if inside && err == nil {
				require.True(t, json.Valid(doc.text), "%s", edited)
			}
		}
	})
}
