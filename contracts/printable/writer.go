package printable

import (
	"io"
	"strings"
	"unicode/utf8"
)

// Writer returns a writer that writes to w what Text returns. A character may come in several writes; what a CI system takes for
// a command must come in one.
func Writer(w io.Writer) io.Writer { return &writer{w: w, state: scanner{as: asGo}} }

// JSON returns a writer for JSON text, which becomes other text that means the same: in its strings the characters that Text
// replaces are escapes of JSON.
func JSON(w io.Writer) io.Writer { return &writer{w: w, state: scanner{as: asJSON}} }

type writer struct {
	w     io.Writer
	state scanner
	part  []byte // the beginning of a character
}

// Write returns len(p), or the error of the writer below.
func (w *writer) Write(p []byte) (int, error) {
	text := string(w.part) + string(p)
	whole := complete(text)
	w.part = []byte(text[whole:])
	var b strings.Builder
	w.state.write = func(s string) { b.WriteString(s) }
	w.state.scan(text[:whole])
	if _, err := io.WriteString(w.w, b.String()); err != nil {
		return 0, err
	}
	return len(p), nil
}

// complete returns the length of text without the beginning of a character at its end.
func complete(text string) int {
	for at := max(0, len(text)-utf8.UTFMax+1); at < len(text); at++ {
		if utf8.RuneStart(text[at]) && !utf8.FullRuneInString(text[at:]) {
			return at
		}
	}
	return len(text)
}
