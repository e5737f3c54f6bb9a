package schema

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/fridaygate/fridaygate/contracts/excerpt"
)

// Limits of a JSON text, which RFC 8259 section 9 allows. They are far above what payloads hold, and bound the time that
// one text can take.
const (
	maxDepth  = 128  // nested objects and arrays in a document; in a schema, of which an object takes two, four times that
	maxDigits = 1000 // digits of a number, and its decimal exponent: a double has 17 and 308
)

// syntaxError is the first place at which a text is not one JSON value in UTF-8 without a byte order mark and without
// duplicate member names (RFC 8259, RFC 7493), or is beyond the limits.
type syntaxError struct {
	Pointer      string // JSON Pointer to the value or member; "" is the whole text
	Line, Column int    // from 1; columns count characters
	What         string
}

func (e *syntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.What)
}

// dialect is what a text may use beyond strict JSON.
type dialect struct {
	duplicateNames bool // a member name may repeat; the last one counts
	depth          int  // how deep it may be nested; maxDepth when zero
	loneSurrogates bool // \ud800 without its other half may be in a string; it is read as U+FFFD
}

// read decodes a text. Numbers are json.Number, as written. The error is a *syntaxError.
func (s dialect) read(text []byte) (any, error) {
	if err := encoding(text); err != nil {
		return nil, err
	}
	d := s.decoder(text)
	value, err := s.value(d, text)
	if err != nil {
		return nil, inWords(text, err)
	}
	end := skip(text, d.InputOffset())
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, problem(text, end, "", "more than one JSON value")
	}
	return value, nil
}

func (s dialect) decoder(text []byte) *jsontext.Decoder {
	return jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(s.duplicateNames),
		jsontext.AllowInvalidUTF8(s.loneSurrogates))
}

// encoding refuses what is not UTF-8.
func encoding(text []byte) error {
	if bytes.HasPrefix(text, []byte("\ufeff")) {
		return problem(text, 0, "", "it starts with a byte order mark (RFC 8259 section 8.1 forbids it): save it as UTF-8 without BOM")
	}
	if utf8.Valid(text) {
		return nil
	}
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			return problem(text, int64(at), "", fmt.Sprintf("the byte 0x%02x at offset %d is not UTF-8", text[at], at))
		}
		at += size
	}
	return nil
}

// value reads the next value.
func (s dialect) value(d *jsontext.Decoder, text []byte) (any, error) {
	token, err := d.ReadToken()
	if err != nil {
		return nil, err
	}
	if most := cmp.Or(s.depth, maxDepth); d.StackDepth() > most {
		return nil, refuse(d, text, "it is nested more than %d deep", most)
	}
	switch token.Kind() {
	case 'n':
		return nil, nil
	case 't', 'f':
		return token.Bool(), nil
	case '"':
		return token.String(), nil
	case '0':
		number := token.String()
		if !sized(number) {
			return nil, refuse(d, text, "the number %s is too large to compare exactly: at most %d digits, exponent included",
				short(number), maxDigits)
		}
		return json.Number(number), nil
	case '[':
		return s.array(d, text)
	default:
		return s.object(d, text)
	}
}

func (s dialect) array(d *jsontext.Decoder, text []byte) (any, error) {
	array := []any{}
	for d.PeekKind() != ']' {
		value, err := s.value(d, text)
		if err != nil {
			return nil, err
		}
		array = append(array, value)
	}
	_, err := d.ReadToken()
	return array, err
}

func (s dialect) object(d *jsontext.Decoder, text []byte) (any, error) {
	object := map[string]any{}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		key := name.String()
		if object[key], err = s.value(d, text); err != nil {
			return nil, err
		}
	}
	_, err := d.ReadToken()
	return object, err
}

// sized reports whether the number has at most maxDigits digits when it is written out.
func sized(number string) bool {
	mantissa, exponent, scaled := strings.Cut(strings.ToLower(number), "e")
	if len(mantissa) > maxDigits {
		return false
	}
	if !scaled {
		return true
	}
	n, err := strconv.Atoi(exponent)
	return err == nil && n >= -maxDigits && n <= maxDigits
}

func refuse(d *jsontext.Decoder, text []byte, format string, args ...any) error {
	pointer := string(d.StackPointer())
	return problem(text, locate(text, pointer)[pointer], pointer, fmt.Sprintf(format, args...))
}

func problem(text []byte, offset int64, pointer, what string) *syntaxError {
	e := &syntaxError{Pointer: pointer, What: what}
	e.Line, e.Column = position(text, offset)
	return e
}

// inWords puts the decoder's error in plain words.
func inWords(text []byte, err error) error {
	var ours *syntaxError
	var theirs *jsontext.SyntacticError
	switch {
	case errors.As(err, &ours):
		return ours
	case errors.As(err, &theirs) && errors.Is(theirs.Err, jsontext.ErrDuplicateName):
		pointer := string(theirs.JSONPointer)
		return problem(text, skip(text, theirs.ByteOffset), pointer,
			fmt.Sprintf("the member %q occurs twice in one object (RFC 8259 section 4)", lastToken(pointer)))
	case errors.As(err, &theirs):
		return problem(text, theirs.ByteOffset, string(theirs.JSONPointer), theirs.Err.Error())
	case errors.Is(err, io.EOF):
		return problem(text, 0, "", "it is empty")
	default:
		return problem(text, int64(len(text)), "", err.Error())
	}
}

// short cuts a long text for a message.
func short(text string) string { return excerpt.Head(text, 200) }
