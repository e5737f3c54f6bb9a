package verification

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// wild returns why a JSON number is one that no program can be relied on to read (RFC 8259 section 6, RFC 7493
// section 2.2); "" if it is none. Every other number can be compared exactly at little cost.
func wild(number string) string {
	const mostDigits, mostExponent = 1000, 400 // a double ends at 1.8e308, and holds 17 digits
	if len(number) > mostDigits {
		return fmt.Sprintf("the number %s has %d characters, which no program can be relied on to read", short([]byte(number)), len(number))
	}
	_, power, _ := strings.Cut(strings.ToLower(number), "e")
	exponent, err := strconv.Atoi(power)
	_, tooLarge := strconv.ParseFloat(number, 64)
	if power != "" && (err != nil || max(exponent, -exponent) > mostExponent) || tooLarge != nil {
		return fmt.Sprintf("the number %s is beyond what a double holds, and no program can be relied on to read it (RFC 8259 section 6)",
			short([]byte(number)))
	}
	return ""
}

// sameNumber reports whether two JSON numbers that are not wild have exactly one value: 1.0 and 1e0 have.
func sameNumber(a, b string) bool {
	x, okX := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(b)
	return okX && okY && x.Cmp(y) == 0
}

// rounds reports whether a number that is not wild changes when a 64-bit integer or a double holds it.
func rounds(number string) bool {
	if _, err := strconv.ParseInt(number, 10, 64); err == nil {
		return false
	}
	if _, err := strconv.ParseUint(number, 10, 64); err == nil {
		return false
	}
	double, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return true
	}
	return !sameNumber(strconv.FormatFloat(double, 'g', -1, 64), number)
}
