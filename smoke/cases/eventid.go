package cases

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"math/big"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// RunTag is the part that all event ids of one run share: `fg` and eight letters or digits. In ids that only
// allow digits or hexadecimal digits it is spelt in those.
func RunTag(seed string) string {
	return "fg" + letters(sum("run", seed))[:8]
}

var (
	uuid   = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)
	digits = regexp.MustCompile(`^[0-9]+$`)
	prefix = regexp.MustCompile(`^[A-Za-z]{1,16}[_.:-]`)
)

// freshID gives an event id in the form of the golden one, for one round of one run. It keeps what receivers
// check: a UUID stays a UUID of its version, a number stays a number that a double holds exactly, and a prefix
// such as evt_ stays.
func freshID(golden string, kind jsontext.Kind, seed, key string) string {
	own := sum("event", seed, golden, key)
	switch {
	case kind == '0' || digits.MatchString(golden):
		return number(sum("run", seed), 6) + number(own, 9)
	case uuid.MatchString(golden):
		run := sum("run", seed)
		x := hex.EncodeToString(run[:4]) + hex.EncodeToString(own[:12])
		return x[:8] + "-" + x[8:12] + "-" + golden[14:15] + x[13:16] + "-" + golden[19:20] + x[17:20] + "-" + x[20:32]
	default:
		return prefix.FindString(golden) + RunTag(seed) + letters(own)[:16]
	}
}

func sum(parts ...string) [sha256.Size]byte {
	return sha256.Sum256([]byte(strings.Join(parts, "\x00")))
}

func letters(sum [sha256.Size]byte) string {
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))
}

// number gives n decimal digits, the first not 0.
func number(sum [sha256.Size]byte, n int) string {
	low := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n-1)), nil)
	span := new(big.Int).Mul(low, big.NewInt(9))
	x := new(big.Int).SetBytes(sum[:])
	return x.Mod(x, span).Add(x, low).String()
}
