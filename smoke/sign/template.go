package sign

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

var placeholder = regexp.MustCompile(`\{(?:[a-z][a-z0-9_]*(?::[^{}]+)?|/[^{}]*)\}`)

// parts are the values of the placeholders of every template, without those that take a name.
var parts = map[string]part{
	"{id}":                 func(m Message, _ string) string { return m.ID },
	"{timestamp}":          func(_ Message, at string) string { return at },
	"{body}":               func(m Message, _ string) string { return string(m.Body) },
	"{body_sha256}":        func(m Message, _ string) string { return hex.EncodeToString(digest(m.Body)) },
	"{body_sha256_base64}": func(m Message, _ string) string { return inBase64.encode(digest(m.Body)) },
	"{body_crc32}":         func(m Message, _ string) string { return strconv.FormatUint(uint64(crc32.ChecksumIEEE(m.Body)), 10) },
	"{form_pairs}":         func(m Message, _ string) string { return formPairs(m.Body) },
	"{method}":             func(m Message, _ string) string { return m.Method },
	"{url}":                func(m Message, _ string) string { return m.URL },
	"{path}":               func(m Message, _ string) string { return address(m).EscapedPath() },
	"{query}":              func(m Message, _ string) string { return address(m).RawQuery },
}

func digest(body []byte) []byte {
	sum := sha256.Sum256(body)
	return sum[:]
}

// address returns the parsed URL of m, empty if it cannot be parsed.
func address(m Message) *url.URL {
	u, err := url.Parse(m.URL)
	if err != nil {
		return &url.URL{}
	}
	return u
}

// part returns the value of a placeholder in a message that is signed at a time.
type part = func(m Message, at string) string

// template is a text with placeholders, cut into its pieces.
type template []part

// parseTemplate parses a text whose placeholders are those of parts and own. written escapes
// their values; nil leaves them as they are. The error names an unknown placeholder.
func parseTemplate(text string, own map[string]part, written func(string) string) (template, error) {
	var all template
	literal := func(s string) { all = append(all, func(Message, string) string { return s }) }
	end := 0
	for _, at := range placeholder.FindAllStringIndex(text, -1) {
		literal(text[end:at[0]])
		piece, err := parsePart(text[at[0]:at[1]], own)
		if err != nil {
			return nil, err
		}
		if written != nil {
			plain := piece
			piece = func(m Message, at string) string { return written(plain(m, at)) }
		}
		all = append(all, piece)
		end = at[1]
	}
	literal(text[end:])
	return all, nil
}

func parsePart(text string, own map[string]part) (part, error) {
	for _, fixed := range []map[string]part{own, parts} {
		if fixed[text] != nil {
			return fixed[text], nil
		}
	}
	inner := text[1 : len(text)-1]
	if upper, ok := strings.CutSuffix(inner, "|lower"); ok {
		value, err := parsePart("{"+upper+"}", own)
		return func(m Message, at string) string { return strings.ToLower(value(m, at)) }, err
	}
	kind, name, _ := strings.Cut(inner, ":")
	switch {
	case text[1] == '/' && pointer.MatchString(inner):
		return func(m Message, _ string) string { return textAt(m.Body, inner) }, nil
	case kind == "header" && token.MatchString(name):
		return func(m Message, _ string) string { return m.Header.Get(name) }, nil
	case kind == "query" && name != "":
		return func(m Message, _ string) string { return address(m).Query().Get(name) }, nil
	}
	return nil, fmt.Errorf("%s: is no part of a delivery: the package documentation of smoke/sign lists them", text)
}

// fill puts the parts of m into the template, in one pass: no part of m is taken for a placeholder.
func (t template) fill(m Message, at string) []byte {
	var text bytes.Buffer
	for _, piece := range t {
		text.WriteString(piece(m, at))
	}
	return text.Bytes()
}
