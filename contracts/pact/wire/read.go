package wire

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// HeadLimit is how long the head of a message, or its trailers, may be, in bytes.
const HeadLimit = 1 << 20

// ErrTooLarge is the cause when a message is longer than the limit.
var ErrTooLarge = errors.New("the message is too large")

// ReadRequest reads one request whose body has at most limit bytes. The error is io.EOF if there is none.
func ReadRequest(r *bufio.Reader, limit int64) (*Message, error) {
	m := &Message{}
	if _, err := r.Peek(1); err != nil {
		return nil, err
	}
	if err := m.readHead(r, (*Message).isRequest); err != nil {
		return nil, err
	}
	chunked, length, err := m.framing()
	switch {
	case err != nil:
		return nil, err
	case chunked:
		return m, m.readChunks(r, limit)
	case length > 0:
		return m, m.readLength(r, length, limit)
	}
	return m, nil
}

// ReadAnswer reads the whole answer to a request of that method (RFC 9112 section 6.3), with the informational answers
// before it. An answer that is cut off is an error.
func ReadAnswer(r *bufio.Reader, method string, limit int64) (*Message, error) {
	m := &Message{}
	for {
		if err := m.readHead(r, (*Message).isAnswer); err != nil {
			return nil, err
		}
		if status := m.Status(); status/100 != 1 || status == 101 {
			break
		}
		m = &Message{interim: m.Bytes()}
		if len(m.interim) > HeadLimit {
			return nil, fmt.Errorf("informational answers: %w", ErrTooLarge)
		}
	}
	if status := m.Status(); method == "HEAD" || status == 101 || status == 204 || status == 304 {
		return m, nil
	}
	chunked, length, err := m.framing()
	switch {
	case err != nil:
		return nil, err
	case chunked:
		return m, m.readChunks(r, limit)
	case length >= 0:
		return m, m.readLength(r, length, limit)
	}
	m.closed = true
	return m, m.readUntilClose(r, limit)
}

// framing returns how the body ends: with a last chunk, after length bytes, or, if length is -1, without either.
func (m *Message) framing() (chunked bool, length int64, err error) {
	if codings := m.Values("Transfer-Encoding"); len(codings) > 0 {
		all := strings.Split(strings.Join(codings, ","), ",")
		return strings.EqualFold(strings.TrimSpace(all[len(all)-1]), "chunked"), -1, nil
	}
	lengths := m.Values("Content-Length")
	if len(lengths) == 0 {
		return false, -1, nil
	}
	all := strings.Split(strings.Join(lengths, ","), ",")
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	if length, err = size(all[0], 10); err != nil || len(slices.Compact(all)) > 1 {
		return false, 0, fmt.Errorf("the Content-Length %.80q is no length", strings.Join(lengths, ", "))
	}
	return false, length, nil
}

// size reads a number of bytes, which has digits alone.
func size(text string, base int) (int64, error) {
	if strings.HasPrefix(text, "+") || strings.HasPrefix(text, "-") {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseInt(text, base, 64)
}

// isRequest returns an error if the start line is not that of a request.
func (m *Message) isRequest() error {
	if _, target, version := m.RequestLine(); target == "" || !strings.HasPrefix(version, "HTTP/1.") {
		return fmt.Errorf("%.80q is no HTTP/1 request", m.Start())
	}
	return nil
}

// isAnswer returns an error if the start line is not that of an answer.
func (m *Message) isAnswer() error {
	if !strings.HasPrefix(m.start, "HTTP/1.") || m.Status() == 0 {
		return fmt.Errorf("%.80q is no HTTP/1 answer", m.Start())
	}
	return nil
}

// readHead reads the start line, which must be of the right kind, and the fields.
func (m *Message) readHead(r *bufio.Reader, kind func(*Message) error) error {
	var err error
	if m.start, err = readLine(r, HeadLimit); err != nil {
		return fmt.Errorf("read the start line: %w", err)
	}
	if err := kind(m); err != nil {
		return err
	}
	lines, err := readLines(r)
	if err != nil {
		return fmt.Errorf("read the head: %w", err)
	}
	m.end = lines[len(lines)-1]
	for _, line := range lines[:len(lines)-1] {
		if continued := line[0] == ' ' || line[0] == '\t'; continued && len(m.fields) > 0 {
			m.fields[len(m.fields)-1].raw += line
			continue
		}
		name, _, found := strings.Cut(line, ":")
		if !found || name == "" {
			return fmt.Errorf("read the head: %.80q is no field", strings.TrimRight(line, "\r\n"))
		}
		m.fields = append(m.fields, field{strings.TrimSpace(name), line})
	}
	return nil
}

// readLines reads lines with their ends, up to and with the first empty one.
func readLines(r *bufio.Reader) ([]string, error) {
	var lines []string
	for size := 0; ; {
		line, err := readLine(r, HeadLimit-size)
		if err != nil {
			return nil, err
		}
		size += len(line)
		lines = append(lines, line)
		if line == "\r\n" || line == "\n" {
			return lines, nil
		}
	}
}

// readLine reads one line with its end.
func readLine(r *bufio.Reader, limit int) (string, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > limit {
			return "", ErrTooLarge
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return string(line), whole(err)
		}
	}
}

// whole replaces io.EOF in the middle of a message by a distinct error.
func whole(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (m *Message) readLength(r io.Reader, length, limit int64) error {
	if length > limit {
		return fmt.Errorf("%w: %d bytes, and no more than %d are read", ErrTooLarge, length, limit)
	}
	var b bytes.Buffer
	if _, err := io.CopyN(&b, r, length); err != nil {
		return fmt.Errorf("read the body, %d of %d bytes: %w", b.Len(), length, whole(err))
	}
	m.raw, m.content = b.Bytes(), b.Bytes()
	return nil
}

func (m *Message) readUntilClose(r io.Reader, limit int64) error {
	body, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return fmt.Errorf("read the body: %w", err)
	}
	if int64(len(body)) > limit {
		return fmt.Errorf("%w: no more than %d bytes are read", ErrTooLarge, limit)
	}
	m.raw, m.content = body, body
	return nil
}

// readChunks reads a chunked body with its trailers (RFC 9112 section 7.1).
func (m *Message) readChunks(r *bufio.Reader, limit int64) error {
	var raw, content bytes.Buffer
	for {
		line, err := readLine(r, HeadLimit)
		if err != nil {
			return fmt.Errorf("read a chunk's size: %w", err)
		}
		raw.WriteString(line)
		digits, _, _ := strings.Cut(line, ";")
		length, err := size(strings.TrimSpace(digits), 16)
		if err != nil {
			return fmt.Errorf("%.80q is no size of a chunk", strings.TrimRight(line, "\r\n"))
		}
		if length == 0 {
			break
		}
		if length > limit-int64(content.Len()) {
			return fmt.Errorf("%w: no more than %d bytes are read", ErrTooLarge, limit)
		}
		if _, err := io.CopyN(io.MultiWriter(&raw, &content), r, length); err != nil {
			return fmt.Errorf("read a chunk: %w", whole(err))
		}
		if line, err = readLine(r, 2); err != nil || strings.TrimRight(line, "\r\n") != "" {
			return fmt.Errorf("a chunk of %d bytes is longer than it says (%w)", length, cause(err))
		}
		raw.WriteString(line)
	}
	trailers, err := readLines(r)
	if err != nil {
		return fmt.Errorf("read the trailers: %w", err)
	}
	raw.WriteString(strings.Join(trailers, ""))
	m.raw, m.content = raw.Bytes(), content.Bytes()
	return nil
}

func cause(err error) error {
	if err == nil {
		return errors.New("no line end follows")
	}
	return err
}
