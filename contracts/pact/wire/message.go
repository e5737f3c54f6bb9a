package wire

import (
	"bytes"
	"strconv"
	"strings"
)

// Message is a request or an answer.
type Message struct {
	Head
	interim []byte // of an answer: the informational answers (1xx) before it
	raw     []byte // the body with its framing, and the trailers
	content []byte
	closed  bool // it ends with the connection
}

// New returns a message with these fields, which are names and values in turn, and a Content-Length.
func New(start string, content []byte, fields ...string) *Message {
	m := &Message{Head: Head{start: start + "\r\n", end: "\r\n"}}
	for i := 0; i+1 < len(fields); i += 2 {
		m.fields = append(m.fields, newField(fields[i], fields[i+1]))
	}
	m.SetContent(content)
	return m
}

// Bytes returns the message as it is sent. It is what was read, but for what was changed.
func (m *Message) Bytes() []byte {
	var b bytes.Buffer
	b.Write(m.interim)
	m.writeTo(&b)
	b.Write(m.raw)
	return b.Bytes()
}

// Content returns the body without its framing. It is not decompressed.
func (m *Message) Content() []byte { return m.content }

// SetContent replaces the body, and its framing by a Content-Length. Trailers are removed.
func (m *Message) SetContent(content []byte) {
	m.Set("Transfer-Encoding")
	name := "Content-Length"
	for _, have := range m.Names() {
		if strings.EqualFold(have, name) {
			name = have
		}
	}
	m.Set(name, strconv.Itoa(len(content)))
	m.raw, m.content, m.closed = content, content, false
}

// UntilClose reports whether the message ends with its connection, which must then be closed.
func (m *Message) UntilClose() bool { return m.closed }

// Status returns the status code of an answer; 0 if it has none.
func (m *Message) Status() int {
	_, rest, _ := strings.Cut(m.Start(), " ")
	code, _, _ := strings.Cut(rest, " ")
	status, err := strconv.Atoi(code)
	if err != nil || len(code) != 3 {
		return 0
	}
	return status
}

// RequestLine returns the parts of a request's start line.
func (m *Message) RequestLine() (method, target, version string) {
	method, rest, _ := strings.Cut(m.Start(), " ")
	at := strings.LastIndexByte(rest, ' ')
	if at < 0 {
		return method, rest, ""
	}
	return method, rest[:at], rest[at+1:]
}

// SetTarget replaces the target of a request.
func (m *Message) SetTarget(target string) {
	method, _, version := m.RequestLine()
	m.SetStart(method + " " + target + " " + version)
}
