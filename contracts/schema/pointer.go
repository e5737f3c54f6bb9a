package schema

import (
	"bytes"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// A JSON Pointer (RFC 6901) is a string of tokens, each after a slash.

// child returns the pointer to a member or an item of what pointer points to.
func child(pointer, token string) string { return string(jsontext.Pointer(pointer).AppendToken(token)) }

func index(pointer string, i int) string { return pointer + "/" + strconv.Itoa(i) }

// tokens splits a pointer.
func tokens(pointer string) []string { return slices.Collect(jsontext.Pointer(pointer).Tokens()) }

func lastToken(pointer string) string { return jsontext.Pointer(pointer).LastToken() }

// parent drops the last token.
func parent(pointer string) string { return string(jsontext.Pointer(pointer).Parent()) }

// Lookup returns what a JSON Pointer (RFC 6901) points to in a value of maps and lists, and whether there is anything.
func Lookup(value any, pointer string) (any, bool) {
	for _, token := range tokens(pointer) {
		switch in := value.(type) {
		case map[string]any:
			member, ok := in[token]
			if !ok {
				return nil, false
			}
			value = member
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(in) {
				return nil, false
			}
			value = in[i]
		default:
			return nil, false
		}
	}
	return value, true
}

// wanted is a tree of the tokens of the pointers that locate looks for.
type wanted struct {
	pointer string
	wanted  bool
	below   map[string]*wanted
}

// locate returns the offset at which the value of each pointer starts; a pointer to nothing is left out. It reads the
// text as far as it is JSON.
func locate(text []byte, pointers ...string) map[string]int64 {
	root := &wanted{}
	for _, pointer := range pointers {
		at := root
		for _, token := range tokens(pointer) {
			if at.below == nil {
				at.below = map[string]*wanted{}
			}
			if at.below[token] == nil {
				at.below[token] = &wanted{}
			}
			at = at.below[token]
		}
		at.pointer, at.wanted = pointer, true
	}
	found := map[string]int64{}
	d := dialect{duplicateNames: true, loneSurrogates: true}.decoder(text)
	_ = root.find(d, text, found) // where the text stops being JSON, so does the search
	return found
}

func (w *wanted) find(d *jsontext.Decoder, text []byte, found map[string]int64) error {
	if w == nil {
		return d.SkipValue()
	}
	if w.wanted {
		found[w.pointer] = skip(text, d.InputOffset())
	}
	if w.below == nil {
		return d.SkipValue()
	}
	open, err := d.ReadToken()
	if err != nil || open.Kind() != '{' && open.Kind() != '[' {
		return err
	}
	for i := 0; ; i++ {
		switch d.PeekKind() {
		case '}', ']':
			_, err := d.ReadToken()
			return err
		case 0:
			return io.ErrUnexpectedEOF
		}
		token := strconv.Itoa(i)
		if open.Kind() == '{' {
			name, err := d.ReadToken()
			if err != nil {
				return err
			}
			token = name.String()
		}
		if err := w.below[token].find(d, text, found); err != nil {
			return err
		}
	}
}

// skip returns the offset of the first byte at or after offset that is not between two tokens.
func skip(text []byte, offset int64) int64 {
	for offset < int64(len(text)) && strings.IndexByte(" \t\r\n,:", text[offset]) >= 0 {
		offset++
	}
	return offset
}

// position converts an offset to a line and a column in characters, both from 1.
func position(text []byte, offset int64) (line, column int) {
	before := text[:min(offset, int64(len(text)))]
	start := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[start:]) + 1
}

// liner converts offsets in rising order, in one pass.
type liner struct {
	text         []byte
	offset       int64
	line, column int
}

func (l *liner) position(offset int64) (line, column int) {
	part := l.text[l.offset:offset]
	if n := bytes.Count(part, []byte("\n")); n > 0 {
		l.line += n
		l.column = 0
		part = part[bytes.LastIndexByte(part, '\n')+1:]
	}
	l.column += utf8.RuneCount(part)
	l.offset = offset
	return l.line + 1, l.column + 1
}
