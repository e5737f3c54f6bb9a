package cases

import (
	"cmp"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/schema"
)

// changed gives the document with one business field changed so that it stays valid under s (nil allows all),
// and the pointer of that field. It prefers amounts to texts, and leaves the event id alone.
func (doc document) changed(eventID string, s *schema.Schema) (text []byte, pointer string, ok bool) {
	fields := slices.DeleteFunc(slices.Clone(doc.leaves), func(l leaf) bool { return l.pointer == eventID })
	slices.SortStableFunc(fields, func(a, b leaf) int { return cmp.Compare(a.rank(), b.rank()) })
	for _, field := range fields {
		for _, raw := range field.others() {
			text := doc.with(field, raw)
			if s == nil || len(s.Check(text)) == 0 {
				return text, field.pointer, true
			}
		}
	}
	return nil, "", false
}

// envelope matches names that describe the delivery rather than the business: times, versions, ids.
var envelope = regexp.MustCompile(`(?i)(^|_)(id|at|time|timestamp|date|created|updated|version|type|object|attempts?|pending_webhooks)$`)

// rank orders fields by how surely a change of one is a change of the business: numbers, then texts, then
// booleans; what looks like part of the envelope, or stands at the top where envelopes stand, after them.
func (l leaf) rank() int {
	rank := 8
	switch l.kind {
	case '0':
		rank = 0
	case '"':
		rank = 1
	case 't', 'f':
		rank = 2
	}
	if strings.Count(l.pointer, "/") < 2 {
		rank += 3
	}
	if envelope.MatchString(l.pointer[strings.LastIndexByte(l.pointer, '/')+1:]) {
		rank += 16
	}
	return rank
}

// others proposes other values of the same kind, most harmless first.
func (l leaf) others() [][]byte {
	switch l.kind {
	case '0':
		return l.otherNumbers()
	case '"':
		s := l.text()
		proposals := [][]byte{l.as(s + "x")}
		if n := len(s); n > 0 && s[n-1] < 0x80 {
			for _, last := range []byte("1a") {
				if s[n-1] != last {
					proposals = append(proposals, l.as(s[:n-1]+string(last)))
				}
			}
		}
		return proposals
	case 't':
		return [][]byte{[]byte("false")}
	case 'f':
		return [][]byte{[]byte("true")}
	default:
		return nil
	}
}

func (l leaf) otherNumbers() [][]byte {
	written := string(l.raw)
	if strings.ContainsAny(written, "eE") {
		return nil // an exponent may be astronomically large; other fields do as well
	}
	x, ok := new(big.Rat).SetString(written)
	if !ok {
		return nil
	}
	decimals := 0
	if _, fraction, ok := strings.Cut(written, "."); ok {
		decimals = len(fraction)
	}
	one := big.NewRat(1, 1)
	return [][]byte{
		[]byte(new(big.Rat).Add(x, one).FloatString(decimals)),
		[]byte(new(big.Rat).Sub(x, one).FloatString(decimals)),
	}
}
