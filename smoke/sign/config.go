package sign

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Config chooses a scheme and, for the configurable ones, sets it up. It is the part of webhook.yaml's `signature`
// that this package reads.
type Config struct {
	Scheme string `yaml:"scheme"` // one of Names

	// The rest is for hmac, and Algorithm and KeyID for http-message-signatures.

	Header          string `yaml:"header"`           // that carries the signature
	IDHeader        string `yaml:"id_header"`        // that carries the id; optional
	TimestampHeader string `yaml:"timestamp_header"` // that carries the time in Unix seconds; optional
	Template        string `yaml:"template"`         // of the signed bytes: {id}, {timestamp}, {body}, {url}; "{body}" when empty
	Algorithm       string `yaml:"algorithm"`        // hmac: sha256 (when empty), sha512; http-message-signatures: hmac-sha256 (when empty), ed25519
	Encoding        string `yaml:"encoding"`         // of the signature: hex (when empty), base64
	Prefix          string `yaml:"prefix"`           // before the encoded signature, such as sha256=
	KeyID           string `yaml:"key_id"`           // the keyid parameter; left out when empty
}

// settings gives the keys that configure a scheme, with their values.
func (c Config) settings() map[string]string {
	return map[string]string{
		"header": c.Header, "id_header": c.IDHeader, "timestamp_header": c.TimestampHeader, "template": c.Template,
		"algorithm": c.Algorithm, "encoding": c.Encoding, "prefix": c.Prefix, "key_id": c.KeyID,
	}
}

// entry is one known scheme.
type entry struct {
	name string
	keys []string // of Config that it reads, beside scheme
	make func(Config) (Scheme, []error)
}

func known() []entry {
	return []entry{
		fixed(standardWebhooks()), fixed(svix()), fixed(stripe()), fixed(github()), fixed(slack()), fixed(shopify()),
		fixed(square()), fixed(twilio()),
		{"http-message-signatures", []string{"algorithm", "key_id"}, messageSignatures},
		{"hmac", []string{"header", "id_header", "timestamp_header", "template", "algorithm", "encoding", "prefix"}, configured},
	}
}

func fixed(s Scheme) entry {
	return entry{name: s.Name, make: func(Config) (Scheme, []error) { return s, nil }}
}

// New gives the scheme that c describes. The error joins every mistake, each of which starts with its yaml key;
// a key that the scheme does not read is one.
func New(c Config) (Scheme, error) {
	all := known()
	i := slices.IndexFunc(all, func(e entry) bool { return e.name == c.Scheme })
	if i < 0 {
		return Scheme{}, errors.Join(fmt.Errorf("scheme: %q: must be one of %s", c.Scheme, Names()))
	}
	var mistakes []error
	settings := c.settings()
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		if settings[key] != "" && !slices.Contains(all[i].keys, key) {
			mistakes = append(mistakes, fmt.Errorf("%s: is not for %s: leave it out", key, c.Scheme))
		}
	}
	s, more := all[i].make(c)
	if mistakes = append(mistakes, more...); len(mistakes) > 0 {
		return Scheme{}, errors.Join(mistakes...)
	}
	return s, nil
}

// Names lists the known schemes, for messages.
func Names() string {
	var names []string
	for _, e := range known() {
		names = append(names, e.name)
	}
	return strings.Join(names, ", ")
}
