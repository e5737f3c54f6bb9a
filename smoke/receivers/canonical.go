package receivers

import (
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// canonical writes equal JSON values as equal text, in the sense of RFC 8785: the order of keys, space and escapes
// are left out; the order of arrays and the composition of letters stay. Unlike there, numbers are exact.
type canonical struct {
	number func(json.Number) string
	sorted bool // whether the order of keys is left out
}

func (c canonical) fingerprint(v any) string {
	var text strings.Builder
	c.write(&text, v)
	sum := sha256.Sum256([]byte(text.String()))
	return string(sum[:])
}

func (c canonical) write(to *strings.Builder, v any) {
	switch v := v.(type) {
	case nil:
		to.WriteString("null")
	case bool:
		to.WriteString(strconv.FormatBool(v))
	case string:
		to.WriteString(strconv.Quote(v))
	case json.Number:
		to.WriteString(c.number(v))
	case []any:
		to.WriteByte('[')
		for _, item := range v {
			c.write(to, item)
			to.WriteByte(',')
		}
		to.WriteByte(']')
	case object:
		if c.sorted {
			v = slices.SortedFunc(slices.Values(v), func(a, b member) int { return strings.Compare(a.name, b.name) })
		}
		to.WriteByte('{')
		for _, m := range v {
			to.WriteString(strconv.Quote(m.name) + ":")
			c.write(to, m.value)
			to.WriteByte(',')
		}
		to.WriteByte('}')
	}
}

// exact is the number as a decimal, however large.
func exact(n json.Number) string {
	text, _ := decimal(n) // it was tried on reading
	return text
}
