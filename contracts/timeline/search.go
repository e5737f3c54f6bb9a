package timeline

import (
	"slices"
	"strings"
)

// search looks for some of the ids.
type search struct {
	ids     *ids
	matcher *matcher
	near    []string // longer ids that hold the event's
	hits    []int    // ids of the last line
}

// newSearch returns a search for the ids from an index on.
func newSearch(all *ids, from int) *search {
	var needles []needle
	for i := from; i < len(all.all); i++ {
		forms := all.all[i].forms()
		slices.Sort(forms)
		for _, form := range slices.Compact(forms) {
			needles = append(needles, needle{[]byte(form), i})
		}
	}
	return &search{ids: all, matcher: newMatcher(needles)}
}

// match returns the ids that a line holds, each once, as indexes. The result is valid until the next call.
func (s *search) match(line []byte) []int {
	s.hits = s.hits[:0]
	for from := 0; ; {
		n, at := s.matcher.next(line, from)
		if n < 0 {
			return s.hits
		}
		found := s.matcher.needles[n]
		from = at + 1
		trace := s.ids.all[found.id].Kind == TraceID
		if !startsAt(line, at, trace) || !endsAt(line, at+len(found.text), trace) {
			if s.ids.all[found.id].Kind == EventID {
				s.noteNear(line, at, at+len(found.text))
			}
			continue
		}
		from = at + len(found.text)
		if !slices.Contains(s.hits, found.id) {
			s.hits = append(s.hits, found.id)
		}
	}
}

// idByte reports whether a byte may belong to an id. Trace ids are hex digits, and what stands between those of a traceparent is
// none.
func idByte(c byte, trace bool) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || !trace && (c == '_' || c == '-')
}

func startsAt(line []byte, at int, trace bool) bool {
	if at == 0 || !idByte(line[at-1], trace) {
		return true
	}
	before := string(line[max(0, at-6):at])
	n := len(before)
	switch {
	case n >= 2 && before[n-2] == '\\' && strings.IndexByte("nrtbf", before[n-1]) >= 0:
		return true // an escape in a JSON text within a JSON text
	case n >= 3 && before[n-3] == '%' && isHex(before[n-2:]):
		return true // an escape in a URL
	case n == 6 && before[:2] == `\u` && isHex(before[2:]):
		return true
	}
	return false
}

func endsAt(line []byte, at int, trace bool) bool { return at >= len(line) || !idByte(line[at], trace) }

func isHex(text string) bool { return strings.Trim(text, "0123456789abcdefABCDEF") == "" }

// mostNear is how many ids like the event's are named.
const mostNear = 5

// noteNear remembers the id of which a part of the line is a part.
func (s *search) noteNear(line []byte, from, to int) {
	if whole := token(line, from, to); len(s.near) < mostNear && !slices.Contains(s.near, whole) {
		s.near = append(s.near, whole)
	}
}

// token returns the id around a part of a line.
func token(line []byte, from, to int) string {
	const longest = 128
	for from > 0 && to-from < longest && idByte(line[from-1], false) && !startsAt(line, from, false) {
		from--
	}
	for to < len(line) && to-from < longest && idByte(line[to], false) {
		to++
	}
	return string(line[from:to])
}
