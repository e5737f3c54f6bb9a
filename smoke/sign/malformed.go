package sign

import (
	"net/http"
	"slices"
	"strings"
)

// Variant is a delivery with a malformed signature.
type Variant struct {
	Name   string // stable, and unique among a scheme's variants
	Header http.Header
	// Right means that it holds the right signature, and only its surroundings or encoding are not of the scheme's form.
	// Accepting it is careless but harmless.
	Right bool
}

// right are the names of the variants that hold the right signature.
var right = []string{
	"quoted", "wrong-encoding", "unknown-prefix", "no-prefix", "repeated-prefix", "wrong-separator", "wrong-list-separator",
	"input-other-label",
}

// Malformed returns variants of a signed delivery, each with a signature that is not of the scheme's form. A receiver
// refuses every one of them as it refuses a wrong signature. net/http can send all of them. Those that the vendor's own
// library accepts are left out.
func (s Scheme) Malformed(signed http.Header) []Variant {
	if s.Header == "" {
		return nil
	}
	signed = s.single(signed)
	valid := signed.Get(s.Header)
	prefix, signature, suffix := s.form.split(valid)
	var all []Variant
	value := func(name, v string) {
		if v != valid || v == "" { // a token may be anything
			all = append(all, Variant{Name: name, Header: replaced(signed, s.Header, v)})
		}
	}
	inside := func(name, v string) { value(name, prefix+v+suffix) }

	value("empty", "")
	value("garbage", "this is not a signature")
	value("only-separators", ",=:;.,")
	value("quoted", `"`+prefix+signature+suffix+`"`)
	inside("one-character", "a")
	inside("too-short", head(signature, len(signature)/2/4*4))
	inside("odd-length", oddLength(signature, s.form.encoding))
	inside("too-long", tooLong(signature, s.form.encoding))
	inside("very-long", strings.Repeat("a", 4096))
	inside("bad-alphabet", strangePair(signature, s.form.encoding, "!"))
	inside("non-ascii", strangePair(signature, s.form.encoding, "é"))
	inside("not-utf8", strangePair(signature, s.form.encoding, "\xff\xfe"))
	inside("wrong-encoding", reencoded(signature, s.form.encoding))
	if prefix == "" {
		value("unknown-prefix", "v0="+signature)
	} else {
		value("prefix-only", prefix+suffix)
		value("no-prefix", signature)
		// Of a prefix with several parts the last one is repeated: two whole ones would be a list with a valid member.
		value("repeated-prefix", prefix+prefix[strings.LastIndexAny(head(prefix, len(prefix)-1), ",; ")+1:]+signature+suffix)
		value("wrong-separator", otherSeparator(prefix)+signature+suffix)
	}
	s.malformedList(valid, value)
	if s.more != nil {
		all = append(all, s.more(signed)...)
	}
	for i := range all {
		all[i].Right = slices.Contains(right, all[i].Name)
	}
	return slices.DeleteFunc(all, func(v Variant) bool { return slices.Contains(s.lenient, v.Name) })
}

// malformedList adds variants of a list in which the signature has a neighbour, such as the time.
func (s Scheme) malformedList(valid string, value func(name, v string)) {
	lead, element, trail := s.form.element(valid)
	if lead+trail == "" {
		return
	}
	other := ";"
	if strings.Contains(s.form.separator, other) {
		other = ","
	}
	value("no-time", element)
	value("no-signature", strings.TrimSuffix(lead, s.form.separator)+trail)
	value("wrong-list-separator", strings.ReplaceAll(valid, s.form.separator, other))
}

// head returns the first n bytes of text, or as many as there are.
func head(text string, n int) string { return text[:max(0, min(n, len(text)))] }

// tail returns what follows the first n bytes of text.
func tail(text string, n int) string { return text[min(n, len(text)):] }

// strangePair writes strange, which no encoding contains, over the beginning of the signature. In hex it goes over the first
// byte that is not zero: JavaScript's parseInt makes NaN of strange digits, and a Uint8Array makes 0 of NaN, so over a byte
// that is zero the signature would stay the right one for the receivers that decode so.
func strangePair(signature string, e encoding, strange string) string {
	at := 0
	for !e.base64 && !e.plain && strings.HasPrefix(tail(signature, at), "00") {
		at += 2
	}
	return head(signature, at) + strange + tail(signature, at+len(strange))
}

// oddLength removes so much that what is left can be no encoding of anything: of hex one digit in the middle, of base64
// the end, so that one character is over. (Lenient decoders accept base64 that only lacks its padding. Lenient decoders of
// hex read a single last digit as a byte, or put a zero before the first: a digit removed at either end may change nothing.)
func oddLength(signature string, e encoding) string {
	bare := strings.TrimRight(signature, "=")
	switch {
	case e.base64:
		return head(bare, (len(bare)-1)/4*4-3)
	case e.plain:
		return head(signature, len(signature)-1)
	}
	if len(bare)%2 != 0 {
		return bare
	}
	return head(bare, len(bare)/2) + tail(bare, len(bare)/2+1)
}

func tooLong(signature string, e encoding) string {
	raw, err := e.decode(signature)
	if err != nil || e.plain {
		return signature + signature
	}
	return e.encode(append(raw, 0))
}

func reencoded(signature string, e encoding) string {
	raw, err := e.decode(signature)
	if err != nil {
		return signature
	}
	if e.base64 {
		return inHex.encode(raw)
	}
	return inBase64.encode(raw)
}

// otherSeparator puts another character in the place of the prefix's last one.
func otherSeparator(prefix string) string {
	last := prefix[len(prefix)-1]
	by := byte(':')
	switch last {
	case ',':
		by = '='
	case ':':
		by = '*'
	}
	return prefix[:len(prefix)-1] + string(by)
}
