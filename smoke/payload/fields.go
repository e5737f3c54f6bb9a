package payload

import (
	"bytes"
	"errors"
	"net/url"
	"strings"
)

// Field is a field of a form, with its position in the body.
type Field struct {
	Name  string // decoded
	Value []byte // decoded; nil for an uploaded file, and for a name without =

	From, To   int // the whole field, without what separates it from others
	Start, End int // its value

	at     []int
	encode func([]byte) []byte
}

// Fields returns the fields of a form, in order, as Form or Multipart writes them.
func Fields(kind Kind, body []byte) ([]Field, error) {
	if kind == Multipart {
		return multipartFields(body)
	}
	return formFields(body)
}

func (f Field) part() part {
	return part{start: f.Start, end: f.End, plain: f.Value, at: f.at, encode: f.encode}
}

// Encode writes a value in the way of the field.
func (f Field) Encode(value []byte) []byte {
	if f.encode == nil {
		return value
	}
	return f.encode(value)
}

func formFields(body []byte) ([]Field, error) {
	encode := escapePlus
	if bytes.Contains(body, []byte("%20")) && !bytes.ContainsRune(body, '+') {
		encode = escapePercent
	}
	var all []Field
	from := 0
	for pair := range bytes.SplitSeq(body, []byte("&")) {
		to := from + len(pair)
		if len(pair) > 0 {
			name, value, found := bytes.Cut(pair, []byte("="))
			decodedName, _, err := unescape(name, 0)
			if err != nil {
				return nil, err
			}
			field := Field{Name: string(decodedName), From: from, To: to, Start: to - len(value), End: to, encode: encode}
			if found {
				if field.Value, field.at, err = unescape(value, field.Start); err != nil {
					return nil, err
				}
			}
			all = append(all, field)
		}
		from = to + 1
	}
	if len(all) == 0 {
		return nil, errors.New("it has no field")
	}
	return all, nil
}

func escapePlus(text []byte) []byte { return []byte(url.QueryEscape(string(text))) }

func escapePercent(text []byte) []byte {
	return []byte(strings.ReplaceAll(url.QueryEscape(string(text)), "+", "%20"))
}

// unescape decodes a name or value. at holds where each decoded byte starts, from start on, and where the last
// one ends.
func unescape(text []byte, start int) (decoded []byte, at []int, err error) {
	decoded, at = make([]byte, 0, len(text)), make([]int, 0, len(text)+1)
	for i := 0; i < len(text); i++ {
		at = append(at, start+i)
		switch text[i] {
		case '+':
			decoded = append(decoded, ' ')
		case '%':
			one, err := url.QueryUnescape(string(text[i:min(i+3, len(text))]))
			if err != nil {
				return nil, nil, err
			}
			decoded = append(decoded, one...)
			i += 2
		default:
			decoded = append(decoded, text[i])
		}
	}
	return decoded, append(at, start+len(text)), nil
}
