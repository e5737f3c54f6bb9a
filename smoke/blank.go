package smoke

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"reflect"
	"slices"
	"strings"
)

// blanks replaces secrets, and what they are written as, by the names of their variables. The zero value replaces
// nothing.
type blanks struct {
	replacer *strings.Replacer
	names    []string
}

// shortest is how long a text must be, in bytes, to be taken for a secret: shorter ones stand in any text.
const shortest = 4

// newBlanks takes secrets by the names of their variables.
func newBlanks(secrets map[string]string) blanks {
	pairs := map[string]string{}
	var names []string
	for name, secret := range secrets {
		names = append(names, name)
		for _, form := range forms(secret) {
			pairs[form] = "[" + name + ", encoded]"
		}
		if len(secret) >= shortest {
			pairs[secret] = "[" + name + "]"
		}
	}
	var list []string
	for form := range pairs {
		list = append(list, form)
	}
	slices.SortFunc(list, func(a, b string) int { return len(b) - len(a) }) // the longest first: one may hold another
	var all []string
	for _, form := range list {
		all = append(all, form, pairs[form])
	}
	return blanks{strings.NewReplacer(all...), names}
}

// forms returns what a secret may be written as: in hex, base64, a URL or JSON, whole or behind its prefix, and within a
// longer text that is written in base64, as in Basic authentication (RFC 7617).
func forms(secret string) []string {
	keys := []string{secret}
	if _, key, prefixed := strings.Cut(secret, "_"); prefixed {
		keys = append(keys, key)
		if raw, err := base64.StdEncoding.DecodeString(key); err == nil {
			keys = append(keys, string(raw))
		}
	}
	var all []string
	for _, key := range keys {
		if len(key) < shortest {
			continue
		}
		raw := []byte(key)
		all = append(all, key, hex.EncodeToString(raw), strings.ToUpper(hex.EncodeToString(raw)), url.QueryEscape(key), url.PathEscape(key))
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			for before := range 3 {
				all = append(all, within(encoding, before, raw))
			}
		}
	}
	return slices.DeleteFunc(all, func(form string) bool { return len(form) < shortest })
}

// within is the part of a base64 text that is the same whatever comes before and after key, which starts before bytes
// into a group of three.
func within(encoding *base64.Encoding, before int, key []byte) string {
	text := encoding.EncodeToString(append(make([]byte, before), key...))
	from := (before*8 + 5) / 6
	to := (before + len(key)) * 8 / 6
	return text[from:to]
}

func (b blanks) text(s string) string {
	if b.replacer == nil {
		return s
	}
	return b.replacer.Replace(s)
}

// inShell lets the shell fill in the secrets that are blanked in a command: the blank stands between single quotes.
func (b blanks) inShell(command string) string {
	for _, name := range b.names {
		command = strings.ReplaceAll(command, "["+name+"]", `'"$`+name+`"'`)
	}
	return command
}

func (b blanks) bytes(s []byte) []byte {
	if text := []byte(b.text(string(s))); !bytes.Equal(text, s) {
		return text
	}
	return s
}

// all replaces every secret in what p points to.
func (b blanks) all(p any) { b.walk(reflect.ValueOf(p).Elem()) }

func (b blanks) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() {
			v.SetString(b.text(v.String()))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			b.walk(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() && field.Tag.Get("json") != "-" { // what no report holds stays
				b.walk(v.Field(i))
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes(b.bytes(v.Bytes()))
			return
		}
		for i := range v.Len() {
			b.walk(v.Index(i))
		}
	case reflect.Map:
		for entries := v.MapRange(); entries.Next(); {
			value := reflect.New(entries.Value().Type()).Elem()
			value.Set(entries.Value())
			b.walk(value)
			v.SetMapIndex(entries.Key(), value)
		}
	}
}
