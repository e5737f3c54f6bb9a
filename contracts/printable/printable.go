package printable

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Text returns text as it can be shown everywhere. Control characters, marks that change the direction of text, and bytes that are
// no UTF-8 become escapes as in Go, such as \x1b and \u202e. So does the first character of what a CI system takes for a command.
// Tabs and line ends stay. Text of its result is that result.
func Text(text string) string {
	var b strings.Builder
	(&scanner{write: func(s string) { b.WriteString(s) }, as: asGo}).scan(text)
	return b.String()
}

// Line returns text on one line: as Text does, with a space for each line end.
func Line(text string) string { return Text(strings.ReplaceAll(text, "\n", " ")) }

// scanner replaces what must not be obeyed. The zero value with its functions stands at the start of a line.
type scanner struct {
	write   func(string)
	as      func(r rune) string // the escape of a character
	midline bool                // the line holds more than white space
	numbers int                 // of the number signs just before
}

func (s *scanner) scan(text string) {
	from := 0 // of what is not written yet
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		if shown := s.escape(r, text[at:at+size], text[at:]); shown != "" {
			s.write(text[from:at] + shown)
			from = at + size
		}
		s.midline = r != '\n' && (s.midline || !unicode.IsSpace(r))
		if r == '#' {
			s.numbers++
		} else {
			s.numbers = 0
		}
		at += size
	}
	s.write(text[from:])
}

// escape returns what stands for a character; "" when it may stay. raw is its bytes, rest begins with them.
func (s *scanner) escape(r rune, raw, rest string) string {
	switch {
	case r == utf8.RuneError && len(raw) == 1:
		return fmt.Sprintf(`\x%02x`, raw[0])
	case !s.midline && strings.HasPrefix(rest, "::"), s.numbers >= 2 && begins(rest, "[", "vso[", "teamcity["):
		return s.as(r)
	case shows(r):
		return ""
	}
	return s.as(r)
}

func asGo(r rune) string {
	switch {
	case r == '\r':
		return `\r`
	case r < 0x80:
		return fmt.Sprintf(`\x%02x`, r)
	case r <= 0xffff:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

func asJSON(r rune) string {
	if r > 0xffff {
		high, low := utf16.EncodeRune(r)
		return fmt.Sprintf(`\u%04x\u%04x`, high, low)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// Commands of CI systems. A runner of GitHub obeys a line that has "::" after its white space, and "##[" anywhere in it
// (https://github.com/actions/runner, ActionCommand.cs); an agent of Azure obeys "##vso[", and TeamCity "##teamcity["
// (https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands,
// https://www.jetbrains.com/help/teamcity/service-messages.html).

func begins(text string, with ...string) bool {
	for _, one := range with {
		if len(text) >= len(one) && strings.EqualFold(text[:len(one)], one) {
			return true
		}
	}
	return false
}

// shows reports whether r may stand in a text that is shown: it is a tab, a line end, or a character that only shows itself. The
// two joiners are such: they change how the characters beside them look, as in emoji, and not where they stand.
func shows(r rune) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	return r == '\n' || r == '\t' || r == nonJoiner || r == joiner || unicode.IsGraphic(r)
}
