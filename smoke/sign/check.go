package sign

import (
	"fmt"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
)

var token = regexp.MustCompile("^[0-9A-Za-z!#$%&'*+.^_`|~-]+$") // RFC 9110 section 5.6.2

func mistake(key, format string, args ...any) error {
	return fmt.Errorf("%s: %s", key, fmt.Sprintf(format, args...))
}

// oneOf checks a key that has a few values; empty is its default.
func oneOf(key, value string, allowed ...string) []error {
	if value == "" || slices.Contains(allowed, value) {
		return nil
	}
	last := len(allowed) - 1
	return []error{mistake(key, "%q: must be %s or %s", value, strings.Join(allowed[:last], ", "), allowed[last])}
}

// layout checks the keys for the place and form of a signature.
func (c Config) layout(encoding string) (layout, []error) {
	c.Template = orElse(c.Template, "{body}")
	c.Encoding = orElse(c.Encoding, encoding)
	l := layout{config: c, place: c.Header, sha1Header: c.SHA1Header}
	if c.Pointer != "" {
		l.place = inBody + c.Pointer
	}
	var all []error
	all = append(all, c.checkPlaces()...)
	all = append(all, oneOf("timestamp_unit", c.TimestampUnit, "s", "ms", "rfc3339")...)
	all = append(all, oneOf("freshness", c.Freshness, "both", "old", "none")...)
	all = append(all, oneOf("encoding", c.Encoding, "hex", "hex-upper", "base64", "base64url")...)
	format, wrong := c.valueFormat()
	all = append(all, wrong...)
	all = append(all, c.checkTemplate(&l, format)...)
	if len(all) == 0 {
		l.form = newForm(format, c.Separator, encodings[c.Encoding])
	}
	return l, all
}

func orElse(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}

// checkPlaces checks the names of headers and the pointers.
func (c Config) checkPlaces() []error {
	var all []error
	switch {
	case c.Header == "" && c.Pointer == "":
		all = append(all, mistake("header", "is missing: name the header that carries the signature"))
	case c.Header != "" && c.Pointer != "":
		all = append(all, mistake("pointer", "is there beside header: the signature travels in one of them"))
	}
	seen := map[string]string{}
	for _, h := range []struct{ key, name string }{
		{"header", strings.ReplaceAll(c.Header, "{n}", "1")}, {"id_header", c.IDHeader}, {"timestamp_header", c.TimestampHeader},
	} {
		name := textproto.CanonicalMIMEHeaderKey(h.name)
		switch {
		case name == "":
		case !token.MatchString(name):
			all = append(all, mistake(h.key, "%q: must be the name of a header", h.name))
		case seen[name] != "":
			all = append(all, mistake(h.key, "%q: is %s already", h.name, seen[name]))
		}
		seen[name] = h.key
	}
	for _, p := range []struct{ key, value string }{{"pointer", c.Pointer}, {"timestamp_pointer", c.TimestampPointer}} {
		if p.value != "" && !pointer.MatchString(p.value) {
			all = append(all, mistake(p.key, "%q: must be a JSON Pointer such as /signature", p.value))
		}
	}
	return all
}

// valueFormat returns the format of the signature header's value.
func (c Config) valueFormat() (string, []error) {
	var all []error
	format := orElse(c.Format, c.Prefix+signaturePart)
	if c.Format != "" && c.Prefix != "" {
		all = append(all, mistake("prefix", "is there beside format: write it into the format"))
	}
	for _, text := range []struct{ key, value string }{{"prefix", c.Prefix}, {"format", c.Format}, {"key_id", c.KeyID}} {
		if strings.ContainsFunc(text.value, func(r rune) bool { return r < ' ' || r > '~' }) || strings.TrimSpace(text.value) != text.value {
			all = append(all, mistake(text.key, "%q: must be printable ASCII, without space at its ends", text.value))
		}
	}
	if strings.ContainsFunc(c.Separator, func(r rune) bool { return r < ' ' || r > '~' }) {
		all = append(all, mistake("separator", "%q: must be printable ASCII", c.Separator))
	}
	if strings.Count(format, signaturePart) != 1 {
		all = append(all, mistake("format", "%q: must contain {signature} once", format))
	}
	for _, part := range placeholder.FindAllString(format, -1) {
		if !slices.Contains([]string{signaturePart, "{timestamp}", "{id}", "{key_id}"}, part) {
			all = append(all, mistake("format", "%s: must be {signature}, {timestamp}, {id} or {key_id}", part))
		}
	}
	if strings.Contains(format, "}"+signaturePart) || strings.Contains(format, signaturePart+"{") {
		all = append(all, mistake("format", "%q: needs text between {signature} and what stands beside it", format))
	}
	return format, all
}

// checkTemplate parses the template into l, and checks that the time which it signs travels somewhere.
func (c Config) checkTemplate(l *layout, format string) []error {
	var all []error
	var err error
	if l.template, err = parseTemplate(c.Template, c.ownParts(), nil); err != nil {
		all = append(all, mistake("template", "%s", err))
	}
	if !placeholder.MatchString(c.Template) {
		all = append(all, mistake("template", "%q: must contain a part of the delivery, such as {body}", c.Template))
	}
	signed := strings.Contains(c.Template, "{timestamp}")
	if signed && c.TimestampHeader == "" && c.TimestampPointer == "" && !strings.Contains(format, "{timestamp}") {
		all = append(all, mistake("timestamp_header",
			"is missing: the template signs {timestamp}, so say which header carries it, or put it into the format"))
	}
	l.signsTime = signed || c.TimestampPointer != "" &&
		(strings.Contains(c.Template, "{body") || strings.Contains(c.Template, "{"+c.TimestampPointer+"}"))
	return all
}

// ownParts returns the values of the configuration's own placeholders.
func (c Config) ownParts() map[string]part {
	return map[string]part{"{key_id}": func(Message, string) string { return c.KeyID }}
}
