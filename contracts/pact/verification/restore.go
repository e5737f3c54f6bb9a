package verification

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/pact/wire"
)

// restore turns a request of libpact_ffi's into that of the pact. The library's URL parser resolves . and .. in a path,
// reads a backslash as a slash and drops everything from a #; its query drops a name without a value; it splits some
// fields at commas, writes JSON in an order and with numbers of its own, and accepts compressed answers that the pact
// does not ask for. What a generator fills is left as the library filled it. It
// returns an error if the request cannot be sent.
func (p *planned) restore(m *wire.Message, base *url.URL) error {
	asked := p.of.request()
	generated := asked.member("generators")
	method, sent, _ := m.RequestLine()
	if said := asked.member("method").str(); said != "" && !strings.EqualFold(said, method) {
		return inconclusive(fmt.Errorf("the pact's method %q cannot be sent: libpact_ffi sends %s", said, method))
	}
	path, query, found := strings.Cut(sent, "?")
	if said := asked.member("path"); said != nil && generated.member("path") == nil {
		path = pathOf(said.str())
	} else if filled, ok := p.filledPath(generated.member("path")); ok {
		path = pathOf(filled)
	}
	if generated.member("query") == nil {
		query, found = queryOf(asked.member("query"))
	}
	if path = strings.TrimRight(base.EscapedPath(), "/") + path; found {
		separator := "?"
		if strings.Contains(path, "?") {
			separator = "&"
		}
		path += separator + query
	}
	m.SetTarget(path)
	body := asked.member("body")
	if p.file.major == 4 {
		body = body.member("content")
	}
	restoreBody(m, body, generatedPaths(asked))
	restoreFields(m, asked, generated, base.Host)
	return p.unfilled(m.Bytes())
}

// filledPath returns the path that a generator takes from the provider state. Other generators are the library's.
func (p *planned) filledPath(generator *value) (string, bool) {
	expression := generator.member("expression").str()
	if generator.member("type").str() != "ProviderState" || expression == "" {
		return "", false
	}
	values := p.setup.stateValues()
	for _, name := range namesIn(expression) {
		text, ok := values[name].(string)
		if !ok {
			text = fmt.Sprint(values[name])
		}
		if expression == name {
			return text, true
		}
		expression = strings.ReplaceAll(expression, "${"+name+"}", text)
	}
	return expression, true
}

// pathOf returns a path as it can be sent: what no request may have in it is percent-encoded, and nothing else.
func pathOf(said string) string {
	if !strings.HasPrefix(said, "/") {
		said = "/" + said
	}
	return encode(said, "\"#<>\\^`{}")
}

// encode percent-encodes the bytes that no request target may have, and those in also.
func encode(text, also string) string {
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(also, c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// queryOf returns the query of a pact, and whether it has one. Versions 1 and 2 have it as it is sent, the others have
// names with values; null is a name without a value.
func queryOf(said *value) (query string, found bool) {
	if said == nil || said.kind == 'n' {
		return "", false
	}
	if said.kind == '"' {
		return encode(said.text, "\"#<>\\^`{}"), said.text != ""
	}
	var pairs []string
	for _, name := range said.members {
		values := name.elements
		if name.kind != '[' {
			values = []*value{name}
		}
		for _, v := range values {
			pair := component(name.name)
			if v.kind != 'n' {
				pair += "=" + component(v.text)
			}
			pairs = append(pairs, pair)
		}
	}
	return strings.Join(pairs, "&"), len(pairs) > 0
}

// component encodes a name or a value so that a reader of forms and a reader of URIs read it alike.
func component(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }

// restoreFields writes the pact's fields with its names and in its order. The framing stays that of the message, and
// Host is the provider's if the pact says none.
func restoreFields(m *wire.Message, asked, generated *value, host string) {
	names := []string{"Host"}
	said := asked.member("headers")
	if said != nil {
		for _, field := range said.members {
			names = append(names, field.name)
			if framing(field.name) || field.kind == 'n' {
				continue
			}
			values := fieldValues(field)
			if isGenerated(generated, field.name) {
				values = m.Values(field.name)
			}
			m.Set(field.name, values...)
		}
	}
	says := func(name string) bool {
		return slices.ContainsFunc(names[1:], func(n string) bool { return strings.EqualFold(n, name) })
	}
	if !says("Host") {
		m.Set("Host", host)
	}
	if !says("Accept-Encoding") {
		m.Set("Accept-Encoding")
	}
	if method, _, _ := m.RequestLine(); slices.Contains([]string{"POST", "PUT", "PATCH"}, method) && !slices.ContainsFunc(m.Names(), framing) {
		m.Set("Content-Length", "0") // as clients send it when there is no body (RFC 9110 section 8.6)
	}
	m.Order(names)
}

func framing(name string) bool {
	return strings.EqualFold(name, "Content-Length") || strings.EqualFold(name, "Transfer-Encoding")
}

// fieldValues returns the values of a field in a pact: one, or several in an array.
func fieldValues(field *value) []string {
	elements := field.elements
	if field.kind != '[' {
		elements = []*value{field}
	}
	values := make([]string, len(elements))
	for i, e := range elements {
		values[i] = strings.TrimSpace(strings.NewReplacer("\r", " ", "\n", " ").Replace(e.text))
	}
	return values
}

// isGenerated reports whether a generator fills the field of that name.
func isGenerated(generated *value, name string) bool {
	for _, category := range []string{"header", "headers"} {
		if fields := generated.member(category); fields != nil {
			for _, field := range fields.members {
				if base, _, _ := strings.Cut(field.name, "["); strings.EqualFold(base, name) {
					return true
				}
			}
		}
	}
	return false
}

// restoreBody writes a JSON body as the pact has it, without the space between its parts. What generators fill in it is
// as the library filled it.
func restoreBody(m *wire.Message, body *value, paths [][]string) {
	if body == nil || body.kind == '"' || body.kind == 'n' {
		return
	}
	sent, _, err := parse(m.Content())
	if err != nil {
		return
	}
	var whole, written bytes.Buffer
	merged(&whole, body, sent, []string{"$"}, paths)
	if json.Compact(&written, whole.Bytes()) == nil && !bytes.Equal(written.Bytes(), m.Content()) {
		m.SetContent(written.Bytes())
	}
}
