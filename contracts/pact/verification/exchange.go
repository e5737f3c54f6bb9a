package verification

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/pact/wire"
	"github.com/fridaygate/fridaygate/contracts/spelling"
)

// Exchange is one HTTP interaction of a pact, for a program that sends the request itself and has no libpact_ffi.
type Exchange struct {
	Interaction Interaction

	file *file
	of   *interaction
}

// Request is what an Exchange sends.
type Request struct {
	Method string
	Target string // path and query, below the provider's base URL
	Header http.Header
	Body   []byte // nil: none
}

// OpenExchange reads the interaction of that description from a pact file. Where several have it, name may be
// state/description or consumer/state/description. What keeps libpact_ffi from verifying the interaction is an error here as
// well.
func OpenExchange(path, name string) (*Exchange, error) {
	documents, err := Files(path)(context.Background())
	if err != nil {
		return nil, err
	}
	if len(documents) != 1 {
		return nil, fmt.Errorf("pact source %s: name one pact file", path)
	}
	f, err := read(documents[0], false)
	if err != nil {
		return nil, err
	}
	i, err := f.interaction(name)
	if err != nil {
		return nil, fmt.Errorf("pact %s: %w", path, err)
	}
	e := &Exchange{Interaction: i.Interaction, file: f, of: i}
	if _, err := e.Request(); err != nil {
		return nil, fmt.Errorf("pact %s:%d: %w", path, i.Line, err)
	}
	return e, nil
}

// interaction returns the interaction that a name means, if it is one that can be sent.
func (f *file) interaction(name string) (*interaction, error) {
	var found []*interaction
	var all []string
	for _, i := range f.interactions {
		whole := i.Name()
		all = append(all, i.Description)
		if name == i.Description || name == whole || name == strings.TrimPrefix(whole, i.Consumer+"/") {
			found = append(found, i)
		}
	}
	switch {
	case len(found) == 0:
		near, _ := spelling.Nearest(name, all)
		return nil, fmt.Errorf("no interaction is called %q: the nearest is %q", name, near)
	case len(found) > 1:
		return nil, fmt.Errorf("%d interactions are called %q: name one as state/description, such as %q",
			len(found), name, strings.TrimPrefix(found[0].Name(), found[0].Consumer+"/"))
	case found[0].Message:
		return nil, fmt.Errorf("line %d: %q is a message, which no request asks for", found[0].Line, name)
	case len(found[0].faults) > 0:
		return nil, fmt.Errorf("%q: %s", name, strings.Join(found[0].faults, "\n"))
	}
	return found[0], nil
}

// Request returns the request as the pact has it. The error is that a generator fills a part of it.
func (e *Exchange) Request() (Request, error) {
	asked := e.of.request()
	if generators := asked.member("generators"); len(generators.children()) > 0 {
		return Request{}, fmt.Errorf("a generator fills the request (%s), which only a verifier with provider states can do: "+
			"choose another interaction, or write the request without the pact", generators.pointer())
	}
	r := Request{Method: strings.ToUpper(asked.member("method").str()), Target: pathOf(asked.member("path").str()), Header: http.Header{}}
	if query, found := queryOf(asked.member("query")); found {
		r.Target += "?" + query
	}
	for _, field := range asked.member("headers").children() {
		if !framing(field.name) && field.kind != 'n' {
			r.Header[http.CanonicalHeaderKey(field.name)] = fieldValues(field)
		}
	}
	var contentType string
	if r.Body, contentType = e.body(asked); contentType != "" && r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", contentType)
	}
	return r, nil
}

// body returns the body of a request, and the content type that the pact has beside it.
func (e *Exchange) body(asked *value) ([]byte, string) {
	body, contentType := asked.member("body"), ""
	if e.file.major == 4 {
		contentType = body.member("contentType").str()
		if strings.EqualFold(body.member("encoded").str(), "base64") {
			decoded, _ := base64.StdEncoding.DecodeString(body.member("content").str()) // another text is a fault of the pact
			return decoded, contentType
		}
		body = body.member("content")
	}
	switch {
	case body == nil || body.kind == 'n':
		return nil, ""
	case body.kind == '"' && !strings.Contains(contentType+contentTypeOf(asked), "json"):
		return []byte(body.text), contentType
	}
	var text bytes.Buffer
	_ = json.Compact(&text, body.raw) // it was JSON
	return text.Bytes(), contentType
}

// Comparison is what an Exchange finds in an answer.
type Comparison struct {
	Mismatches []Mismatch
	Unclear    []string // what could not be compared without libpact_ffi: without a mismatch, nothing is known then
}

// Compare compares an answer with the pact's, by its matching rules. body is what came, with its compression.
func (e *Exchange) Compare(status int, header http.Header, body []byte) Comparison {
	answer := wire.New(fmt.Sprintf("HTTP/1.1 %d", status), body)
	for name, values := range header {
		answer.Set(name, values...)
	}
	body = readable(answer).Content()
	part, expected := e.of.expected()
	m := &matching{rules: withEach(bodyRules(part))}
	m.status(part, status)
	m.header(part, header)
	m.body(part, expected, e.file.major, body)
	if len(m.Mismatches) == 0 {
		m.Mismatches = e.of.look(body, e.file.major, false)
	}
	slices.Sort(m.Unclear)
	m.Unclear = slices.Compact(m.Unclear)
	return m.Comparison
}

// Status returns the status of the pact's answer.
func (e *Exchange) Status() int {
	part, _ := e.of.expected()
	status, _ := strconv.Atoi(string(part.member("status").raw)) // the grammar demands one
	return status
}

// JSON reports whether the body of the pact's answer is JSON.
func (e *Exchange) JSON() bool {
	part, body := e.of.expected()
	return body != nil && expectedJSON(part, body, e.file.major) != nil
}

// Providers returns the providers that the pacts of a file or a folder have for a consumer, each once, sorted.
func Providers(path, consumer string) ([]string, error) {
	documents, err := Files(path)(context.Background())
	if err != nil {
		return nil, err
	}
	var all []string
	for _, d := range documents {
		f, err := read(d, false)
		if err != nil {
			return nil, err
		}
		if f.consumer == consumer {
			all = append(all, f.provider)
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}
