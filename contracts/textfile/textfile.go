// Package textfile reads the files that people write, with a limit of size, and says in plain words why one cannot be read.
package textfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"unicode/utf8"
)

// Read returns what a file holds: at most limit bytes. The error is what is wrong, without the file's name; it wraps
// fs.ErrNotExist where there is no file.
func Read(path string, limit int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, reason(err)
	}
	defer func() { _ = file.Close() }() // it was only read
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, errors.New("it is a folder, and a file is wanted")
	}
	text, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err == nil && int64(len(text)) > limit {
		return nil, fmt.Errorf("it is larger than %s", size(limit))
	}
	return text, reason(err)
}

// reason drops the path from an error: the caller names the file as the user did.
func reason(err error) error {
	if at := new(fs.PathError); errors.As(err, &at) {
		return at.Err
	}
	return err
}

// size returns a number of bytes for people.
func size(n int64) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
}

// Error is a byte that no text in UTF-8 has, and its place.
type Error struct {
	Line, Column int // from 1; a column counts characters
	What         string
}

func (e *Error) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.What)
}

// mark is the byte order mark in UTF-8 (https://www.unicode.org/faq/utf_bom.html).
var mark = []byte("\xef\xbb\xbf")

// UTF8 returns a text without its byte order mark. The error, an *Error, says that the text is not in UTF-8, or holds
// a NUL.
func UTF8(text []byte) ([]byte, error) {
	text = bytes.TrimPrefix(text, mark)
	if name := wide(text); name != "" {
		return nil, &Error{Line: 1, Column: 1, What: "the file is " + name + ": save it as UTF-8"}
	}
	for at := 0; at < len(text); {
		r, n := utf8.DecodeRune(text[at:])
		switch {
		case r == utf8.RuneError && n == 1:
			return nil, place(text, at, fmt.Sprintf("the byte 0x%02x is not UTF-8: save the file as UTF-8", text[at]))
		case r == 0:
			return nil, place(text, at, "a NUL byte, which no text has: is this the right file?")
		}
		at += n
	}
	return text, nil
}

// wide returns the name of an encoding with units of two or four bytes that a text is in, or "". Without a byte order mark it
// shows by the zero bytes of the first character, which is of ASCII in every file that this program reads.
func wide(text []byte) string {
	for _, one := range []struct{ prefix, name string }{
		{"\xff\xfe\x00\x00", "UTF-32"}, {"\x00\x00\xfe\xff", "UTF-32"}, {"\xff\xfe", "UTF-16"}, {"\xfe\xff", "UTF-16"},
	} {
		if bytes.HasPrefix(text, []byte(one.prefix)) {
			return one.name
		}
	}
	if len(text) >= 4 && len(text)%2 == 0 && (text[0] == 0) != (text[1] == 0) && (text[0] == 0) == (text[2] == 0) &&
		(text[1] == 0) == (text[3] == 0) {
		return "UTF-16"
	}
	return ""
}

func place(text []byte, at int, what string) *Error {
	before := text[:at]
	start := bytes.LastIndexByte(before, '\n') + 1
	return &Error{Line: 1 + bytes.Count(before, []byte("\n")), Column: 1 + utf8.RuneCount(before[start:]), What: what}
}
