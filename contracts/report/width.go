package report

import (
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/fridaygate/fridaygate/contracts/printable"
)

// padded returns a text on one line of that many columns at least, as a terminal shows it: an ideograph has two, an accent none.
func padded(text string, columns int) string {
	text = printable.Line(text)
	return text + strings.Repeat(" ", max(0, columns-runewidth.StringWidth(text)))
}

// fold breaks a line so that no part has more columns than that, between words where it can, and lets what follows stand two columns
// further in than the line. 0 columns break nothing.
func fold(line string, columns int) string {
	if columns <= 0 || runewidth.StringWidth(line) <= columns {
		return line
	}
	margin := strings.Repeat(" ", min(len(line)-len(strings.TrimLeft(line, " "))+2, columns/2))
	var b strings.Builder
	for runewidth.StringWidth(line) > columns {
		part := runewidth.Truncate(line, columns, "")
		if part == "" {
			break // one character is wider than the line
		}
		if space := strings.LastIndexByte(part, ' '); space > len(margin) && space > len(part)/2 {
			part = part[:space]
		}
		b.WriteString(part + "\n")
		line = margin + strings.TrimLeft(line[len(part):], " ")
	}
	return b.String() + line
}
