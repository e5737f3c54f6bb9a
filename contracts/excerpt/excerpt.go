// Package excerpt shortens texts for messages. It does not redact them.
package excerpt

import (
	"strings"
	"unicode/utf8"
)

// Head returns the first characters of a text, most at most, and an ellipsis if that is not the whole text.
func Head(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most]) + "…"
}

// LastLines returns the last lines of a text, most at most, without the white space around the text.
func LastLines(text string, most int) []string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[max(0, len(lines)-most):]
}
