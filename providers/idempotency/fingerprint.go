package idempotency

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"
)

// Fingerprint returns a digest of the content of a JSON payload: payloads with equal content have equal fingerprints.
// The order of keys, white space, escapes and the form of numbers (1000, 1000.0, 1e3) do not matter; the order
// of arrays and the composition of letters do. Numbers are compared exactly, not as floating point, so that
// 9007199254740992 and 9007199254740993 differ, where RFC 8785 has them equal. A payload that is not one JSON
// value in UTF-8, or that has a key twice in one object (RFC 7493), is an error.
func Fingerprint(payload []byte) (string, error) {
	if !utf8.Valid(payload) {
		return "", errors.New("fingerprint: not UTF-8") // a decoder would make one text of two
	}
	d := json.NewDecoder(bytes.NewReader(payload))
	d.UseNumber()
	var canonical bytes.Buffer
	if err := canonicalize(&canonical, d, 0); err != nil {
		return "", fmt.Errorf("fingerprint: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return "", errors.New("fingerprint: more than one JSON value")
	}
	return FingerprintBytes(canonical.Bytes()), nil
}

// FingerprintBytes names the content of a payload whose every byte matters.
func FingerprintBytes(payload []byte) string {
	sum := sha256.Sum256(payload)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// maxDepth keeps a hostile payload from exhausting the stack.
const maxDepth = 200

func canonicalize(into *bytes.Buffer, d *json.Decoder, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("nested deeper than %d", maxDepth)
	}
	token, err := d.Token()
	if err != nil {
		if errors.Is(err, io.EOF) {
			return io.ErrUnexpectedEOF
		}
		return err
	}
	switch v := token.(type) {
	case json.Delim:
		if v == '{' {
			return canonicalizeObject(into, d, depth)
		}
		return canonicalizeArray(into, d, depth)
	case json.Number:
		into.WriteString(canonicalNumber(v.String()))
	default: // string, bool, nil
		text, err := json.Marshal(v)
		if err != nil {
			return err
		}
		into.Write(text)
	}
	return nil
}

func canonicalizeArray(into *bytes.Buffer, d *json.Decoder, depth int) error {
	into.WriteByte('[')
	for first := true; d.More(); first = false {
		if !first {
			into.WriteByte(',')
		}
		if err := canonicalize(into, d, depth+1); err != nil {
			return err
		}
	}
	into.WriteByte(']')
	_, err := d.Token()
	return err
}

func canonicalizeObject(into *bytes.Buffer, d *json.Decoder, depth int) error {
	members := map[string][]byte{}
	var keys []string
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		key, ok := token.(string)
		if !ok {
			return errors.New("a key is not a string")
		}
		if _, twice := members[key]; twice {
			return fmt.Errorf("the key %q occurs twice in one object", key)
		}
		var value bytes.Buffer
		if err := canonicalize(&value, d, depth+1); err != nil {
			return err
		}
		members[key] = value.Bytes()
		keys = append(keys, key)
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	slices.Sort(keys)
	into.WriteByte('{')
	for i, key := range keys {
		if i > 0 {
			into.WriteByte(',')
		}
		name, err := json.Marshal(key)
		if err != nil {
			return err
		}
		into.Write(name)
		into.WriteByte(':')
		into.Write(members[key])
	}
	into.WriteByte('}')
	return nil
}

// canonicalNumber writes a JSON number as its significant digits and a decimal exponent, so that equal values are
// equal texts. The value itself is never computed: an exponent may be astronomically large.
func canonicalNumber(written string) string {
	sign := ""
	if rest, negative := strings.CutPrefix(written, "-"); negative {
		sign, written = "-", rest
	}
	mantissa, power, _ := strings.Cut(strings.ToLower(written), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	exponent, ok := new(big.Int).SetString(strings.TrimPrefix(power, "+"), 10)
	if !ok {
		exponent = new(big.Int) // there was no exponent
	}
	digits := strings.TrimLeft(whole+fraction, "0")
	exponent.Sub(exponent, big.NewInt(int64(len(fraction))))
	significant := strings.TrimRight(digits, "0")
	exponent.Add(exponent, big.NewInt(int64(len(digits)-len(significant))))
	if significant == "" {
		return "0"
	}
	return sign + significant + "e" + exponent.String()
}
