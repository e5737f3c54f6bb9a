package sign

import (
	"crypto"
	"crypto/sha1" //nolint:gosec // some vendors sign with it
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// configurable lists the schemes that a Config describes by itself.
func configurable() []known {
	common := []string{
		"header", "pointer", "id_header", "timestamp_header", "timestamp_pointer", "timestamp_unit", "template",
		"encoding", "format", "prefix", "separator", "key_id", "freshness",
	}
	return []known{
		{"hmac", append(common, "algorithm", "key", "key_prefix", "sha1_header"), configuredHMAC},
		{"ed25519", common, func(c Config) (Scheme, []error) { return c.asymmetric(edSecret, otherEd25519, "hex") }},
		{"ecdsa", common, func(c Config) (Scheme, []error) { return c.asymmetric(ecdsaSecret, otherECDSA, "base64") }},
		{"rsa", append(common, "algorithm"), configuredRSA},
		{"token", []string{"header", "pointer", "id_header", "encoding", "format", "prefix"}, configuredToken},
		{"none", []string{"reason"}, unsigned},
	}
}

var hashes = map[string]func() hash.Hash{"": sha256.New, "sha256": sha256.New, "sha512": sha512.New, "sha1": sha1.New}

// configuredHMAC is HMAC (RFC 2104) over a template.
func configuredHMAC(c Config) (Scheme, []error) {
	newHash := hashes[c.Algorithm]
	written, mistakes := c.layout("hex")
	mistakes = append(mistakes, oneOf("algorithm", c.Algorithm, "sha256", "sha512", "sha1")...)
	mistakes = append(mistakes, oneOf("key", c.Key, "raw", "base64", "hex")...)
	if c.SHA1Header != "" && !token.MatchString(c.SHA1Header) {
		mistakes = append(mistakes, mistake("sha1_header", "%q: must be the name of a header", c.SHA1Header))
	}
	if len(mistakes) > 0 {
		return Scheme{}, mistakes
	}
	with := func(newHash func() hash.Hash, l layout) recipe {
		empty := l.signer(newHash, nil)
		return recipe{time: l.time, empty: &empty, write: l.write, signer: func(secret string) (signer, error) {
			key, err := c.secretKey(secret)
			return l.signer(newHash, key), err
		}}
	}
	s := with(newHash, written).fill(written.scheme("hmac"))
	s.other = c.otherKey
	old := written
	old.form.format = written.form.old()
	switch {
	case c.SHA1Header != "":
		old.place, old.sha1Header = c.SHA1Header, ""
		old.form.format = strings.ReplaceAll(written.form.format, "sha256", "sha1")
		s.Downgrade = with(sha1.New, old).fill(Scheme{}).Sign
	case strings.Contains(old.form.format, "sha1") && !strings.Contains(written.form.format, "sha1"):
		s.Downgrade = with(sha1.New, old).fill(Scheme{}).Sign
	case old.form.format != "":
		s.Downgrade = with(newHash, old).fill(Scheme{}).Sign
	}
	return s, nil
}

func configuredRSA(c Config) (Scheme, []error) {
	h := map[string]crypto.Hash{"": crypto.SHA256, "sha256": crypto.SHA256, "sha1": crypto.SHA1, "sha512": crypto.SHA512}[c.Algorithm]
	s, mistakes := c.asymmetric(rsaSecret(h), otherRSA, "base64")
	return s, append(mistakes, oneOf("algorithm", c.Algorithm, "sha256", "sha1", "sha512")...)
}

// asymmetric is a scheme whose secret is a private key. The receiver is configured with the public one.
func (c Config) asymmetric(
	read func(string) (signer, error), other func(string, [sha256.Size]byte) string, encoding string,
) (Scheme, []error) {
	written, mistakes := c.layout(encoding)
	if len(mistakes) > 0 {
		return Scheme{}, mistakes
	}
	with := func(l layout) recipe { return recipe{time: l.time, write: l.write, signer: read} }
	s := with(written).fill(written.scheme(c.Scheme))
	s.other = other
	old := written
	if old.form.format = written.form.old(); old.form.format != "" {
		s.Downgrade = with(old).fill(Scheme{}).Sign
	}
	return s, nil
}

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

// signer signs with an HMAC, and beside it with SHA-1 where the layout has a header for that.
func (l layout) signer(newHash func() hash.Hash, key []byte) signer {
	s := keyed(newHash, "", key)
	if l.sha1Header != "" {
		s.sha1 = keyed(sha1.New, "", key).sign
	}
	return s
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
