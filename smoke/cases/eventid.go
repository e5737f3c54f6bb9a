package cases

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"math/big"
	"math/rand/v2"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// RunTag is the part that the event ids of one run share: `fg` and eight letters or digits. Ids that hold capitals
// alone spell it in capitals, ids of hexadecimal digits in eight of those, and ids of decimal digits in six. An id
// whose form has no room for it and eight more characters beside it does not hold it: such ids are found in the report.
func RunTag(runID string) string { return tagOf(runID, lowerAlphabet) }

// tagOf spells a run's tag in an alphabet; "" in one that has no spelling of it.
func tagOf(runID, alphabet string) string {
	run := sum("run", runID)
	switch alphabet {
	case digitAlphabet:
		return number(run, 6)
	case hexAlphabet, strings.ToUpper(hexAlphabet):
		tag := hex.EncodeToString(run[:4])
		if alphabet != hexAlphabet {
			tag = strings.ToUpper(tag)
		}
		return tag
	case lowerAlphabet, mixedAlphabet:
		return "fg" + letters(run)[:8]
	case strings.ToUpper(lowerAlphabet):
		return "FG" + strings.ToUpper(letters(run)[:8])
	}
	return ""
}

// freshID returns an event id in the form of the golden one, for one round of one run: its length, its alphabet and
// case, its punctuation and its prefix. A golden id whose form allows too few ids is only a hint: a short text becomes
// a longer one with the same prefix, and a short number one of ten digits that fits 32 bits with their sign.
func freshID(golden string, kind jsontext.Kind, runID, key string) string {
	f := formOf(golden)
	switch {
	case f.bits() >= enoughBits:
		return f.fill(runID, key)
	case kind == '0' || digits.MatchString(golden):
		return "1" + number(sum("event", runID, golden, key), 9)
	}
	return prefix.FindString(golden) + RunTag(runID) + letters(sum("event", runID, golden, key))[:16]
}

// fill returns an id of the form: its own characters follow from the run and the key alone.
func (f idForm) fill(runID, key string) string {
	own := rand.NewChaCha8(sum("event", runID, f.golden, key))
	id := []byte(f.golden)
	for _, v := range f.vary {
		id[v.at] = v.alphabet[own.Uint64()%uint64(len(v.alphabet))]
	}
	if at, tag := f.tag(runID); tag != "" {
		for i := range tag {
			id[f.vary[at+i].at] = tag[i]
		}
	}
	return f.withinLimits(string(id))
}

// tagRoom is how many characters an id must have besides the run's tag.
const tagRoom = 8

// tag returns the run's tag as the form spells it and at which of the varying characters it starts. It goes into the
// first part of the id that has room.
func (f idForm) tag(runID string) (at int, tag string) {
	for from := 0; from < len(f.vary); {
		to := from
		for to < len(f.vary) && f.vary[to].part == f.vary[from].part {
			to++
		}
		tag := tagOf(runID, f.vary[from].alphabet)
		if tag != "" && to-from >= len(tag) && len(f.vary)-len(tag) >= tagRoom {
			return from, tag
		}
		from = to
	}
	return 0, ""
}

// withinLimits keeps a number in the range of the integers that hold the golden one: 2^31-1, 2^32-1, 2^53-1, 2^63-1 and
// 2^64-1. Both have the same number of digits, of which the first is the golden one's.
func (f idForm) withinLimits(id string) string {
	golden, ok := new(big.Int).SetString(f.golden, 10)
	if !ok || !digits.MatchString(f.golden) {
		return id
	}
	for _, bits := range []uint{31, 32, 53, 63, 64} {
		limit := new(big.Int).Lsh(big.NewInt(1), bits)
		if fresh, _ := new(big.Int).SetString(id, 10); golden.Cmp(limit) >= 0 || fresh.Cmp(limit) < 0 {
			continue
		}
		if id[0] > '1' {
			return string(id[0]-1) + id[1:]
		}
		return id[:1] + "0" + id[2:]
	}
	return id
}

func sum(parts ...string) [sha256.Size]byte {
	return sha256.Sum256([]byte(strings.Join(parts, "\x00")))
}

// letters writes a sum in lowerAlphabet's letters and digits.
func letters(sum [sha256.Size]byte) string {
	text := strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))
	return strings.NewReplacer("i", "2", "l", "3", "o", "4", "u", "5", "=", "").Replace(text)
}

// number returns n decimal digits, the first not 0.
func number(sum [sha256.Size]byte, n int) string {
	low := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n-1)), nil)
	span := new(big.Int).Mul(low, big.NewInt(9))
	x := new(big.Int).SetBytes(sum[:])
	return x.Mod(x, span).Add(x, low).String()
}
