package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"reflect"
	"slices"
	"strings"
)

// Redactor replaces secrets, and every form in which one may be written, with the names of their variables. The zero value
// replaces nothing. It is safe for concurrent use.
type Redactor struct {
	replacer *strings.Replacer
	names    []string
}

// shortest is how long a text must be, in bytes, to count as a secret: a shorter one occurs by chance.
const shortest = 4

// New returns a Redactor of secrets, which are keyed by the names of their variables.
func New(secrets map[string]string) Redactor {
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
	return Redactor{strings.NewReplacer(all...), names}
}

// forms returns the texts that reveal a secret: in hex, base64, a URL or JSON, whole or behind its prefix, and within a
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

// Text returns s without secrets.
func (r Redactor) Text(s string) string {
	if r.replacer == nil {
		return s
	}
	return r.replacer.Replace(s)
}

// Shell turns a redacted command into one in which the shell expands the variables. Each redacted secret must be within
// single quotes.
func (r Redactor) Shell(command string) string {
	for _, name := range r.names {
		command = strings.ReplaceAll(command, "["+name+"]", `'"$`+name+`"'`)
	}
	return command
}

func (r Redactor) bytes(s []byte) []byte {
	if text := []byte(r.Text(string(s))); !bytes.Equal(text, s) {
		return text
	}
	return s
}

// Value redacts every exported field, element and map value below p, which must be a pointer. Fields that JSON leaves out
// stay as they are.
func (r Redactor) Value(p any) { r.walk(reflect.ValueOf(p).Elem()) }

func (r Redactor) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() {
			v.SetString(r.Text(v.String()))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			r.walk(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() && field.Tag.Get("json") != "-" {
				r.walk(v.Field(i))
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes(r.bytes(v.Bytes()))
			return
		}
		for i := range v.Len() {
			r.walk(v.Index(i))
		}
	case reflect.Map:
		for entries := v.MapRange(); entries.Next(); {
			value := reflect.New(entries.Value().Type()).Elem()
			value.Set(entries.Value())
			r.walk(value)
			v.SetMapIndex(entries.Key(), value)
		}
	}
}
