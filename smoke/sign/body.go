package sign

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// inBody is the prefix of the pseudo-header that holds a value of the body until Embed puts it into its place. A JSON Pointer
// follows. The colon distinguishes it from the names of headers.
const inBody = "body:"

var pointer = regexp.MustCompile(`^(?:/(?:[^~/]|~[01])*)+$`) // RFC 6901

// embedAt returns the function Embed of a scheme that puts values at these pointers. A `*` in one matches each index of an
// array.
func embedAt(pointers ...string) func(http.Header, []byte) (http.Header, []byte) {
	return func(signed http.Header, body []byte) (http.Header, []byte) {
		signed = signed.Clone()
		for _, p := range pointers {
			body = put(body, p, signed[inBody+p])
			delete(signed, inBody+p)
		}
		return signed, body
	}
}

// put writes values at pointer: one at each index that `*` matches, and the last one at all further ones. Without values it
// removes what is there.
func put(body []byte, pointer string, values []string) []byte {
	for i := range body { // an array has no more elements than the body has bytes
		at := strings.Replace(pointer, "*", strconv.Itoa(i), 1)
		if _, ok := locate(body, at[:strings.LastIndexByte(at, '/')]); !ok {
			break
		}
		if len(values) == 0 {
			body = without(body, at)
		} else {
			body = with(body, at, values[min(i, len(values)-1)])
		}
		if at == pointer {
			break
		}
	}
	return body
}

// span is a value's place in a body: from start to before end. name is where the member starts that holds it.
type span struct{ name, start, end int }

// locate returns the position of the value at a JSON Pointer (RFC 6901). Of several members with one name it is the
// last, as most receivers read it. ok is false when there is none, or when the body is no JSON document.
func locate(body []byte, pointer string) (at span, ok bool) {
	at, err := (&scan{json.NewDecoder(bytes.NewReader(body)), body}).find(split(pointer))
	return at, err == nil && at.end > 0
}

func split(pointer string) []string {
	if pointer == "" {
		return nil
	}
	tokens := strings.Split(pointer[1:], "/")
	for i, t := range tokens {
		tokens[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(t)
	}
	return tokens
}

type scan struct {
	*json.Decoder
	body []byte
}

// next reads a token and returns where it starts.
func (s *scan) next() (t json.Token, start int, err error) {
	start = int(s.InputOffset())
	for start < len(s.body) && strings.IndexByte(" \t\r\n:,", s.body[start]) >= 0 {
		start++
	}
	t, err = s.Token()
	return t, start, err
}

// find reads one value and returns the position of the value at the path within it, or a span without an end if there is none.
func (s *scan) find(path []string) (found span, err error) {
	if len(path) == 0 {
		return s.skip()
	}
	open, _, err := s.next()
	if err != nil || (open != json.Delim('{') && open != json.Delim('[')) {
		return span{}, err
	}
	for i := 0; s.More(); i++ {
		var name json.Token = strconv.Itoa(i)
		var start int
		if open == json.Delim('{') {
			if name, start, err = s.next(); err != nil {
				return span{}, err
			}
		}
		if name != path[0] {
			if _, err := s.skip(); err != nil {
				return span{}, err
			}
			continue
		}
		if found, err = s.find(path[1:]); err != nil {
			return span{}, err
		}
		if len(path) == 1 {
			found.name = start
		}
	}
	_, _, err = s.next()
	return found, err
}

// skip reads one value of any depth, and returns its position.
func (s *scan) skip() (span, error) {
	at := span{start: -1}
	for depth := 0; ; {
		t, start, err := s.next()
		if err != nil {
			return span{}, err
		}
		if at.start < 0 {
			at.start = start
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			at.end = int(s.InputOffset())
			return at, nil
		}
	}
}

// textAt returns a string's value or any other value's text; "" when there is none.
func textAt(body []byte, pointer string) string {
	at, ok := locate(body, pointer)
	if !ok {
		return ""
	}
	var text string
	if json.Unmarshal(body[at.start:at.end], &text) == nil {
		return text
	}
	return string(body[at.start:at.end])
}

var number = regexp.MustCompile(`^-?\d+$`)

// with writes a value at pointer, as a number where a number stood. A member that the object lacks is added.
func with(body []byte, pointer, value string) []byte {
	text, _ := json.Marshal(value) // a string is always encoded
	if at, ok := locate(body, pointer); ok {
		if number.Match(body[at.start:at.end]) && number.MatchString(value) {
			text = []byte(value)
		}
		return slices.Concat(body[:at.start], text, body[at.end:])
	}
	cut := strings.LastIndexByte(pointer, '/')
	object, ok := locate(body, pointer[:cut])
	if !ok || body[object.start] != '{' {
		return body
	}
	name, _ := json.Marshal(split(pointer[cut:])[0])
	member := slices.Concat(name, []byte(":"), text)
	if inside := bytes.TrimLeft(body[object.start+1:object.end], " \t\r\n"); inside[0] != '}' {
		member = append(member, ',')
	}
	return slices.Insert(bytes.Clone(body), object.start+1, member...)
}

// without removes the member at pointer, with one of the commas beside it.
func without(body []byte, pointer string) []byte {
	at, ok := locate(body, pointer)
	object, _ := locate(body, pointer[:strings.LastIndexByte(pointer, '/')])
	if !ok || body[object.start] != '{' {
		return body
	}
	before := bytes.TrimRight(body[:at.name], " \t\r\n")
	if before, ok := bytes.CutSuffix(before, []byte(",")); ok {
		return slices.Concat(before, body[at.end:])
	}
	after := bytes.TrimLeft(body[at.end:], " \t\r\n")
	return slices.Concat(body[:at.name], bytes.TrimPrefix(after, []byte(",")))
}
