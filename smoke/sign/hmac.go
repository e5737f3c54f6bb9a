package sign

import (
	"crypto/sha1" //nolint:gosec // what a downgraded delivery is signed with
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"hash"
	"net/http"
	"net/textproto"
	"regexp"
	"strings"
)

var (
	token       = regexp.MustCompile("^[0-9A-Za-z!#$%&'*+.^_`|~-]+$") // RFC 9110 section 5.6.2
	placeholder = regexp.MustCompile(`\{[a-z_]*\}`)
	versioned   = regexp.MustCompile(`^v\d+([=,:.]?)$`)
)

// configured is HMAC as webhook.yaml sets it up, for senders with a scheme of their own. The key is the secret's own
// bytes.
func configured(c Config) (Scheme, []error) {
	if c.Template == "" {
		c.Template = "{body}"
	}
	newHash, mistakes := map[string]func() hash.Hash{"": sha256.New, "sha256": sha256.New, "sha512": sha512.New}[c.Algorithm], c.mistakes()
	encoding := inHex
	if c.Encoding == "base64" {
		encoding = inBase64
	}
	if len(mistakes) > 0 {
		return Scheme{}, mistakes
	}
	signed := func(part string) bool { return strings.Contains(c.Template, part) }
	r := text(newHash, c.Prefix, c.write(encoding))
	old := oldPrefix(c.Prefix)
	if old != "sha1=" {
		r.old = old
	}
	s := r.fill(Scheme{
		Name:     "hmac",
		Header:   c.Header,
		IDHeader: c.IDHeader,
		// An id that travels in the body alone is covered with it, and cannot be changed after signing.
		Covers: Parts{ID: signed("{id}") && c.IDHeader != "", Time: signed("{timestamp}"), URL: signed("{url}")},
		other:  hexSecret(""),
		form:   form{encoding: encoding, before: c.Prefix},
	})
	if old == "sha1=" {
		s.Downgrade = text(sha1.New, old, c.write(encoding)).fill(Scheme{}).Sign
	}
	return s, nil
}

// write fills the template in one pass, so that no part of the message is taken for a placeholder.
func (c Config) write(e encoding) func(signer, Message, string) http.Header {
	return func(s signer, m Message, seconds string) http.Header {
		filled := strings.NewReplacer("{id}", m.ID, "{timestamp}", seconds, "{body}", string(m.Body), "{url}", m.URL).Replace(c.Template)
		h := headers(c.Header, s.version+e.encode(s.sign([]byte(filled))))
		if c.IDHeader != "" {
			h.Set(c.IDHeader, m.ID)
		}
		if c.TimestampHeader != "" {
			h.Set(c.TimestampHeader, seconds)
		}
		return h
	}
}

// oldPrefix gives the prefix of an older version, "" where the prefix names no version.
func oldPrefix(prefix string) string {
	switch {
	case prefix == "sha256=" || prefix == "sha512=":
		return "sha1="
	case !versioned.MatchString(prefix):
		return ""
	case strings.HasPrefix(prefix, "v0"):
		return "v1" + versioned.FindStringSubmatch(prefix)[1]
	}
	return "v0" + versioned.FindStringSubmatch(prefix)[1]
}

// mistakes checks the configuration of hmac.
func (c Config) mistakes() []error {
	var all []error
	wrong := func(key, format string, args ...any) {
		all = append(all, fmt.Errorf("%s: %s", key, fmt.Sprintf(format, args...)))
	}
	if c.Header == "" {
		all = append(all, errors.New("header: is missing: name the header that carries the signature"))
	}
	seen := map[string]string{}
	for _, h := range []struct{ key, name string }{{"header", c.Header}, {"id_header", c.IDHeader}, {"timestamp_header", c.TimestampHeader}} {
		name := textproto.CanonicalMIMEHeaderKey(h.name)
		switch {
		case name == "":
		case !token.MatchString(name):
			wrong(h.key, "%q: must be the name of a header", h.name)
		case seen[name] != "":
			wrong(h.key, "%q: is %s already", h.name, seen[name])
		}
		seen[name] = h.key
	}
	if !strings.Contains(c.Template, "{body}") {
		wrong("template", "%q: must contain {body}", c.Template)
	}
	for _, part := range placeholder.FindAllString(c.Template, -1) {
		switch part {
		case "{id}", "{body}", "{url}":
		case "{timestamp}":
			if c.TimestampHeader == "" {
				wrong("timestamp_header", "is missing: the template signs {timestamp}, so say which header carries it")
			}
		default:
			wrong("template", "%s: must be {id}, {timestamp}, {body} or {url}", part)
		}
	}
	if c.Algorithm != "" && c.Algorithm != "sha256" && c.Algorithm != "sha512" {
		wrong("algorithm", "%q: must be sha256 or sha512", c.Algorithm)
	}
	if c.Encoding != "" && c.Encoding != "hex" && c.Encoding != "base64" {
		wrong("encoding", "%q: must be hex or base64", c.Encoding)
	}
	if strings.ContainsFunc(c.Prefix, func(r rune) bool { return r < ' ' || r > '~' }) || strings.TrimSpace(c.Prefix) != c.Prefix {
		wrong("prefix", "%q: must be printable ASCII, without space at its ends", c.Prefix)
	}
	return all
}
