package sign

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// layout is where and how a Config writes a signature.
type layout struct {
	place    string // the header, or inBody and a pointer
	config   Config
	template template
	form     form

	sha1Header string
	signsTime  bool
}

// scheme returns what follows from the layout.
func (l layout) scheme(name string) Scheme {
	c := l.config
	signs := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(c.Template, part) })
	}
	s := Scheme{
		Name: name, Header: l.name(1), IDHeader: c.IDHeader,
		Covers: Parts{
			Body: signs("{body}", "{body_"), ID: signs("{id}") && c.IDHeader != "", Time: l.signsTime, URL: signs("{url}", "{path}", "{query"),
		},
		Future: c.Freshness == "old" || c.Freshness == "none", Ageless: c.Freshness == "none", form: l.form,
	}
	if strings.Contains(l.place, "{n}") {
		s.Rotate = l.rotate
	}
	s.also = l.isFurther
	var inside []string
	for _, p := range []string{c.TimestampPointer, c.Pointer} {
		if p != "" {
			inside = append(inside, p)
		}
	}
	if len(inside) > 0 {
		s.Embed = embedAt(inside...)
	}
	return s
}

// name returns the name of the header of the n-th signature.
func (l layout) name(n int) string { return strings.ReplaceAll(l.place, "{n}", strconv.Itoa(n)) }

// isFurther reports whether a header carries a signature beside the one in name(1).
func (l layout) isFurther(header string) bool {
	before, after, numbered := strings.Cut(strings.ToLower(l.place), "{n}")
	n, ok := strings.CutPrefix(strings.ToLower(header), before)
	n, end := strings.CutSuffix(n, after)
	_, err := strconv.ParseUint(n, 10, 32)
	return l.sha1Header != "" && strings.EqualFold(header, l.sha1Header) || numbered && ok && end && err == nil && n != "1"
}

func (l layout) rotate(before []http.Header, valid http.Header, after []http.Header) http.Header {
	all := valid
	for i, h := range slices.Concat(before, []http.Header{valid}, after) {
		all = replaced(all, l.name(i+1), h.Get(l.name(1)))
	}
	return all
}

func (l layout) time(m Message) string {
	switch l.config.TimestampUnit {
	case "ms":
		return strconv.FormatInt(m.Time.UnixMilli(), 10)
	case "rfc3339":
		return m.Time.UTC().Format(time.RFC3339)
	}
	return unix(m)
}

func (l layout) write(s signer, m Message, at string) http.Header {
	c := l.config
	if c.TimestampPointer != "" {
		m.Body = put(m.Body, c.TimestampPointer, []string{at})
	}
	text := l.template.fill(m, at)
	value := func(format string, signature []byte) string {
		return strings.NewReplacer(
			signaturePart, l.form.encoding.encode(signature), "{timestamp}", at, "{id}", m.ID, "{key_id}", c.KeyID,
		).Replace(format)
	}
	h := headers(l.name(1), value(l.form.format, s.sign(text)))
	if c.IDHeader != "" && m.ID != "" {
		h.Set(c.IDHeader, m.ID)
	}
	if c.TimestampHeader != "" {
		h.Set(c.TimestampHeader, at)
	}
	if s.sha1 != nil {
		h.Set(l.sha1Header, value(strings.ReplaceAll(l.form.format, "sha256", "sha1"), s.sha1(text)))
	}
	if c.TimestampPointer != "" {
		h[inBody+c.TimestampPointer] = []string{at}
	}
	return h
}
