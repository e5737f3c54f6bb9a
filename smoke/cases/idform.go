package cases

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strings"
)

// The alphabets of ids. They have no letter or digit that Crockford's base32, RFC 4648's base32 or base58 leave out, so
// that an id is valid in all of them.
const (
	digitAlphabet = "0123456789"
	hexAlphabet   = "0123456789abcdef"
	lowerAlphabet = "abcdefghjkmnpqrstvwxyz234567"
	mixedAlphabet = "ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz123456789"
	wordAlphabet  = "abcdefghjkmnpqrstvwxyz"
)

// enoughBits is how many bits of an id must vary: a run of a thousand ids of 29 bits repeats one in a thousand times.
const enoughBits = 29

// amplyBits is how many varying bits make further parts of an id stay as they are.
const amplyBits = 100

// idForm is the form of a sender's ids, read from a golden one.
type idForm struct {
	golden string
	vary   []varying // in the order of the id
}

// varying is one character that differs from id to id.
type varying struct {
	at       int    // its offset
	part     int    // the part of the id that it belongs to
	alphabet string // the characters that it may have
}

var (
	digits = regexp.MustCompile(`^[0-9]+$`)
	prefix = regexp.MustCompile(`^[A-Za-z]{1,16}[_.:-]`)
	parts  = regexp.MustCompile(`[0-9A-Za-z]+`)
	// initials are letters without a separator before an id in another alphabet, as in Twilio's SM and Slack's Ev.
	initials = regexp.MustCompile(`^([A-Za-z]{1,4})([0-9A-Za-z]{6,})$`)
	// uuid is a UUID (RFC 9562), optionally within braces or after a prefix.
	uuid = regexp.MustCompile(`(?i)(?:^|[^0-9a-z])([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?:$|[^0-9a-z])`)
)

// formOf reads the form of an id.
func formOf(golden string) idForm {
	f := idForm{golden: golden}
	if at := uuid.FindStringSubmatchIndex(golden); at != nil {
		f.varyUUID(at[2], golden[at[2]:at[3]])
		return f
	}
	found := parts.FindAllStringIndex(golden, -1)
	order := make([]int, len(found))
	for i := range found {
		order[i] = i
	}
	long := func(i int) int { return found[i][1] - found[i][0] }
	text := func(i int) string { return golden[found[i][0]:found[i][1]] }
	words := func(i int) int { // sort last
		if isWord(text(i)) {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Or(words(a)-words(b), long(b)-long(a)) })
	for n, i := range order {
		if n > 0 && (f.bits() >= amplyBits || long(i) < 4 || isWord(text(i))) {
			break
		}
		f.varyPart(i, found[i][0], text(i))
	}
	slices.SortStableFunc(f.vary, func(a, b varying) int { return cmp.Compare(a.at, b.at) })
	return f
}

// bits is how many bits the form leaves to an id.
func (f idForm) bits() float64 {
	var bits float64
	for _, v := range f.vary {
		bits += math.Log2(float64(len(v.alphabet)))
	}
	return bits
}

// varyUUID lets the digits of a UUID vary, but not its version and variant, nor the time at the head of version 7.
func (f *idForm) varyUUID(from int, text string) {
	alphabet := hexAlphabet
	if strings.ContainsAny(text, "ABCDEF") {
		alphabet = strings.ToUpper(hexAlphabet)
	}
	for i := range text {
		timed := text[14] == '7' && i < 13
		if text[i] != '-' && i != 14 && i != 19 && !timed {
			f.vary = append(f.vary, varying{from + i, strings.Count(text[:i], "-"), alphabet})
		}
	}
}

// varyPart lets the characters of a part vary. Long ids start with the time at which they were made (ULID, KSUID,
// snowflakes), so their head stays; the last character of base64 has bits that must be zero, so it stays too.
func (f *idForm) varyPart(part, from int, text string) {
	head, tail := 0, 0
	alphabet := alphabetOf(text)
	if name := initials.FindStringSubmatch(text); name != nil && alphabet == mixedAlphabet && alphabetOf(name[2]) != mixedAlphabet {
		head, alphabet = len(name[1]), alphabetOf(name[2])
	}
	switch {
	case alphabet == digitAlphabet:
		head += 1 + len(text)/17
	case len(text) >= 22:
		head += 4
	}
	if alphabet == mixedAlphabet && len(text) >= 22 {
		tail = 1
	}
	for i := head; i < len(text)-tail; i++ {
		f.vary = append(f.vary, varying{from + i, part, alphabet})
	}
}

// alphabetOf returns the alphabet that a part of an id is written in.
func alphabetOf(text string) string {
	holds := func(from, to rune) bool {
		return strings.ContainsFunc(text, func(r rune) bool { return from <= r && r <= to })
	}
	numbers, lower, upper := holds('0', '9'), holds('a', 'z'), holds('A', 'Z')
	isHex := len(text) >= 8 && numbers && !holds('g', 'z') && !holds('G', 'Z')
	switch {
	case !lower && !upper:
		return digitAlphabet
	case lower && upper:
		return mixedAlphabet
	case isHex && lower:
		return hexAlphabet
	case isHex:
		return strings.ToUpper(hexAlphabet)
	case upper && numbers:
		return strings.ToUpper(lowerAlphabet)
	case upper:
		return strings.ToUpper(wordAlphabet)
	case numbers:
		return lowerAlphabet
	}
	return wordAlphabet
}

// isWord reports whether a part of an id is a word, such as evt or test, rather than random.
func isWord(text string) bool {
	return !strings.ContainsAny(text, digitAlphabet) && (strings.ToLower(text) == text || strings.ToUpper(text) == text)
}
