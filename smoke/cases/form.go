package cases

import (
	"bytes"
	"errors"
	"net/url"
	"strings"
)

// formType is the media type of a form (WHATWG URL, application/x-www-form-urlencoded).
const formType = "application/x-www-form-urlencoded"

// form is a form-encoded body: its fields in order, as they are written.
type form []pair

type pair struct{ name, value []byte }

func parseForm(body []byte) form {
	var f form
	for field := range bytes.SplitSeq(body, []byte("&")) {
		name, value, _ := bytes.Cut(field, []byte("="))
		f = append(f, pair{name, value})
	}
	return f
}

func (f form) bytes() []byte {
	parts := make([][]byte, len(f))
	for i, p := range f {
		parts[i] = bytes.Join([][]byte{p.name, p.value}, []byte("="))
	}
	return bytes.Join(parts, []byte("&"))
}

func (f form) find(name string) int {
	for i, p := range f {
		if decoded, err := url.QueryUnescape(string(p.name)); err == nil && decoded == name {
			return i
		}
	}
	return -1
}

func (f form) value(name string) (string, error) {
	i := f.find(name)
	if i < 0 {
		return "", errors.New("no such field")
	}
	return url.QueryUnescape(string(f[i].value))
}

// with gives the body with one field's value replaced.
func (f form) with(name, value string) []byte {
	changed := append(form(nil), f...)
	if i := f.find(name); i >= 0 {
		changed[i].value = []byte(url.QueryEscape(value))
	}
	return changed.bytes()
}

// changedPair changes one field of a form: a number if there is one, else a text, and never the event id.
func (d *derivation) changedPair(golden []byte) ([]byte, error) {
	f := parseForm(golden)
	own := -1
	if name := d.contract.EventID.Form; name != "" {
		own = f.find(name)
	}
	for _, digits := range []bool{true, false} {
		for i, p := range f {
			name, value := string(p.name), string(p.value)
			if i == own || value == "" || envelope.MatchString(name) || strings.HasSuffix(name, "Sid") {
				continue
			}
			last := value[len(value)-1]
			switch {
			case digits && strings.Trim(value, "0123456789") == "":
				f[i].value = []byte(value[:len(value)-1] + string('0'+(last-'0'+1)%10))
				return f.bytes(), nil
			case !digits:
				f[i].value = []byte(value + "x")
				return f.bytes(), nil
			}
		}
	}
	return nil, notFor("no field of the form can be changed")
}
