package payload

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/textproto"
)

// Boundary returns the boundary with which a multipart body separates its parts: what follows the first -- at the
// start of a line (RFC 2046, section 5.1.1).
func Boundary(body []byte) (string, error) {
	for line := range bytes.Lines(body) {
		if found, ok := bytes.CutPrefix(bytes.TrimRight(line, " \t\r\n"), []byte("--")); ok && len(found) > 0 && len(found) <= 70 {
			return string(found), nil
		}
	}
	return "", errors.New("it has no line with a boundary of multipart/form-data")
}

func multipartFields(body []byte) ([]Field, error) {
	boundary, err := Boundary(body)
	if err != nil {
		return nil, err
	}
	delimiter := []byte("\r\n--" + boundary)
	from := bytes.Index(body, delimiter[2:]) + len(delimiter) - 2
	var all []Field
	for {
		rest := body[from:]
		if bytes.HasPrefix(rest, []byte("--")) {
			return all, nil
		}
		head := bytes.Index(rest, []byte("\r\n"))
		length := bytes.Index(rest, delimiter)
		if head < 0 || length < 0 {
			return nil, errors.New("it has no closing boundary")
		}
		if len(bytes.Trim(rest[:head], " \t")) > 0 {
			return nil, errors.New("one of its lines only begins with the boundary")
		}
		field, err := onePart(rest[:length], head+2)
		if err != nil {
			return nil, err
		}
		field.From, field.To = from+head+2, from+length
		field.Start, field.End = field.Start+from, from+length
		all = append(all, field)
		from += length + len(delimiter)
	}
}

// onePart reads one part, whose headers start at head.
func onePart(text []byte, head int) (Field, error) {
	if head > len(text) {
		return Field{}, errors.New("one of its parts has no headers")
	}
	length := bytes.Index(text[head:], []byte("\r\n\r\n"))
	if length < 0 {
		return Field{}, errors.New("one of its parts has no empty line after its headers")
	}
	start := head + length + 4
	if lines := text[head:start]; bytes.Count(lines, []byte("\n")) != bytes.Count(lines, []byte("\r\n")) {
		return Field{}, errors.New("one of its parts has a header line that does not end with CRLF (RFC 2046)")
	}
	header, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(text[head:start]))).ReadMIMEHeader()
	if err != nil {
		return Field{}, fmt.Errorf("one of its parts: %w", err)
	}
	_, parameters, err := mime.ParseMediaType(header.Get("Content-Disposition"))
	if err != nil {
		return Field{}, fmt.Errorf("one of its parts: Content-Disposition: %w", err)
	}
	field := Field{Name: parameters["name"], Start: start}
	if _, file := parameters["filename"]; !file {
		field.Value = text[start:]
	}
	return field, nil
}
