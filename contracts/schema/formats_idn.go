package schema

import (
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

// isHostname is RFC 1123 section 2.1. A label that starts with xn-- must be the A-label of a right U-label (RFC 5890).
func isHostname(s string) bool {
	for _, r := range s {
		if r > 0x7f {
			return false
		}
	}
	return isIDNHostname(s) && strings.IndexFunc(s, func(r rune) bool { return r > 0x7f }) < 0
}

// idn checks labels as they are, without mapping them: RFC 5891 section 4.
var idn = idna.New(idna.ValidateLabels(true), idna.CheckHyphens(false), idna.CheckJoiners(true), idna.BidiRule(),
	idna.StrictDomainName(true), idna.VerifyDNSLength(true))

// isIDNHostname is RFC 5890: labels of ASCII or of other scripts, at most 253 octets when they are converted.
func isIDNHostname(s string) bool {
	s = dots.Replace(s)
	if s == "" || strings.HasSuffix(s, ".") {
		return false
	}
	if _, err := idn.ToASCII(s); err != nil {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if !isLabel(label) {
			return false
		}
	}
	return true
}

// dots are the separators that RFC 3490 section 3.1 treats as a full stop.
var dots = strings.NewReplacer("\u3002", ".", "\uff0e", ".", "\uff61", ".")

func isLabel(label string) bool {
	if strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
		return false
	}
	ascii := !strings.ContainsFunc(label, func(r rune) bool { return r > 0x7f })
	coded := len(label) >= 4 && strings.EqualFold(label[:4], "xn--")
	switch {
	case ascii && !coded:
		return !strings.ContainsFunc(label, func(r rune) bool { return !allowed(r) })
	case ascii:
		decoded, err := idna.Punycode.ToUnicode(strings.ToLower(label))
		if err != nil || decoded == strings.ToLower(label) {
			return false
		}
		label = decoded
	}
	letters := []rune(label)
	if len(letters) >= 4 && letters[2] == '-' && letters[3] == '-' || unicode.Is(unicode.M, letters[0]) {
		return false // RFC 5891 section 4.2.3
	}
	for i, r := range letters {
		if !allowed(r) || !inContext(letters, i) {
			return false
		}
	}
	return true
}

// allowed reports whether RFC 5892 section 3 allows the character: stable letters, digits and marks, and the exceptions
// of section 2.6. Of ASCII, these are letters, digits and the hyphen.
func allowed(r rune) bool {
	switch r {
	case 0x0640, 0x07fa, 0x302e, 0x302f, 0x3031, 0x3032, 0x3033, 0x3034, 0x3035, 0x303b:
		return false
	}
	if r <= 0x7f {
		return r == '-' || unicode.IsLetter(r) || unicode.IsDigit(r)
	}
	switch r {
	case 0x00b7, 0x0375, 0x05f3, 0x05f4, 0x30fb, 0x200c, 0x200d, 0x06fd, 0x06fe, 0x0f0b, 0x3007:
		return true // in context, or as an exception
	}
	stable := norm.NFKC.IsNormalString(string(r)) && unicode.ToLower(r) == r // section 2.2
	return stable && unicode.In(r, unicode.Ll, unicode.Lo, unicode.Lm, unicode.Mn, unicode.Mc, unicode.Nd)
}

// inContext applies the rules of RFC 5892 appendix A.3 to A.9; idna applies those of the joiners (A.1, A.2).
func inContext(label []rune, i int) bool {
	at := func(i int) rune {
		if i < 0 || i >= len(label) {
			return -1
		}
		return label[i]
	}
	holds := func(tables ...*unicode.RangeTable) bool {
		for _, r := range label {
			if r != 0x30fb && unicode.IsOneOf(tables, r) {
				return true
			}
		}
		return false
	}
	between := func(low, high rune) bool {
		for _, r := range label {
			if r >= low && r <= high {
				return true
			}
		}
		return false
	}
	switch r := label[i]; {
	case r == 0x00b7: // middle dot
		return at(i-1) == 'l' && at(i+1) == 'l'
	case r == 0x0375: // Greek keraia
		return unicode.Is(unicode.Greek, at(i+1))
	case r == 0x05f3 || r == 0x05f4: // Hebrew geresh, gershayim
		return unicode.Is(unicode.Hebrew, at(i-1))
	case r == 0x30fb: // katakana middle dot
		return holds(unicode.Hiragana, unicode.Katakana, unicode.Han)
	case r >= 0x0660 && r <= 0x0669: // Arabic-Indic digits
		return !between(0x06f0, 0x06f9)
	}
	return true
}
