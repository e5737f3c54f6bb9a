package page

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// textLimit is how much of one text the page shows, in bytes: the JSON report has the rest.
const textLimit = 4 << 10

// text is a text of somebody else's, whole or its beginning.
type text struct {
	Shown string
	More  int // bytes that are left out
}

func shortened(s string) text {
	if len(s) <= textLimit {
		return text{s, 0}
	}
	shown := strings.ToValidUTF8(s[:textLimit], "")
	return text{shown, len(s) - len(shown)}
}

// sides are two texts beside each other, in pieces, so that what differs is marked.
type sides struct{ Expected, Got []piece }

// piece is a part of a text.
type piece struct {
	Text    string
	Differs bool
}

// compareLimit is how many words and signs two texts may have together to be compared.
const compareLimit = 2000

// newSides compares what was expected with what came; nil when there is neither.
func newSides(expected, got string) *sides {
	if expected == "" && got == "" {
		return nil
	}
	s := &sides{Got: []piece{{cmp.Or(got, "(nothing)"), false}}}
	if expected != "" {
		s.Expected = []piece{{expected, false}}
	}
	if parts := compare(expected, got); parts != nil {
		s.Expected, s.Got = nil, nil
		for _, part := range parts {
			if part.Type != diffmatchpatch.DiffInsert {
				s.Expected = append(s.Expected, piece{part.Text, part.Type == diffmatchpatch.DiffDelete})
			}
			if part.Type != diffmatchpatch.DiffDelete {
				s.Got = append(s.Got, piece{part.Text, part.Type == diffmatchpatch.DiffInsert})
			}
		}
	}
	s.Expected, s.Got = limited(s.Expected), limited(s.Got)
	return s
}

// compare returns how two texts differ, word by word; nil when they have so little in common that marks would not help, or are
// long.
func compare(a, b string) []diffmatchpatch.Diff {
	if a == "" || b == "" {
		return nil
	}
	wordsA, wordsB := words.FindAllString(a, compareLimit), words.FindAllString(b, compareLimit)
	if len(wordsA)+len(wordsB) > compareLimit {
		return nil
	}
	// The library compares runes: each word that occurs becomes one.
	var table []string
	runeOf := map[string]rune{}
	next := rune(0)
	encoded := func(all []string) []rune {
		runes := make([]rune, len(all))
		for i, word := range all {
			if _, known := runeOf[word]; !known {
				next++
				table = append(table, word)
				runeOf[word] = next
			}
			runes[i] = runeOf[word]
		}
		return runes
	}
	parts := (&diffmatchpatch.DiffMatchPatch{}).DiffMainRunes(encoded(wordsA), encoded(wordsB), false)
	common := 0
	for i := range parts {
		var plain strings.Builder
		for _, r := range parts[i].Text {
			plain.WriteString(table[r-1])
		}
		if parts[i].Text = plain.String(); parts[i].Type == diffmatchpatch.DiffEqual {
			common += len(parts[i].Text)
		}
	}
	if 2*common < max(len(a), len(b)) {
		return nil
	}
	return parts
}

// words matches a word, or one character between words.
var words = regexp.MustCompile(`[\pL\pN_]+|(?s:.)`)

// limited cuts pieces where together they reach the limit of a text.
func limited(pieces []piece) []piece {
	left := textLimit
	for i := range pieces {
		if len(pieces[i].Text) > left {
			pieces[i].Text = strings.ToValidUTF8(pieces[i].Text[:left], "") + "…"
			return pieces[:i+1]
		}
		left -= len(pieces[i].Text)
	}
	return pieces
}
