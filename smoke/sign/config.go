package sign

import (
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"
)

// Config selects a scheme and configures it. It is the part of webhook.yaml's `signature` that this package reads;
// the package documentation lists which scheme reads which key. An empty key means its default.
type Config struct {
	Scheme string `yaml:"scheme"` // one of Names
	Reason string `yaml:"reason"` // none: why deliveries are not signed

	// Where the signature and what belongs to it travel.

	Header           string `yaml:"header"`            // carries the signature; {n} in it numbers several from 1
	Pointer          string `yaml:"pointer"`           // JSON Pointer into the body, for a signature that travels there instead
	SHA1Header       string `yaml:"sha1_header"`       // hmac: carries an HMAC-SHA1 of the same text too, for old receivers
	IDHeader         string `yaml:"id_header"`         // carries the event id
	TimestampHeader  string `yaml:"timestamp_header"`  // carries the time
	TimestampPointer string `yaml:"timestamp_pointer"` // JSON Pointer into the body, where each delivery's time is put
	TimestampUnit    string `yaml:"timestamp_unit"`    // s (default), ms or rfc3339

	// What is signed, how, and how the signature is written.

	Template string `yaml:"template"` // of the signed text; "{body}" by default
	// a hash; of http-message-signatures hmac-sha256 (default) or ed25519; of jwt HS256 (default), HS512, RS256, ES256 or EdDSA
	Algorithm string `yaml:"algorithm"`
	Encoding  string `yaml:"encoding"`  // hex, hex-upper, base64 or base64url (unpadded)
	Format    string `yaml:"format"`    // of the signature header's value; "{signature}" by default
	Prefix    string `yaml:"prefix"`    // short for the format "PREFIX{signature}"
	Claims    string `yaml:"claims"`    // jwt: the token's payload, a JSON object that may contain the parts of a template
	Lifetime  string `yaml:"lifetime"`  // jwt: how long after {timestamp} {expires} is, such as 1m (default)
	Separator string `yaml:"separator"` // between the parts of Format; a header with one may carry several signatures

	// How the secret holds the key, and what the vendor's own verification does.

	Key       string `yaml:"key"`        // raw (default of hmac), base64 or hex
	KeyPrefix string `yaml:"key_prefix"` // the prefix of the encoded key in the secret
	KeyID     string `yaml:"key_id"`     // {key_id} in Template and Format; the keyid parameter of http-message-signatures
	KeyURL    string `yaml:"key_url"`    // aws-sns: where the receiver fetches the certificate
	Freshness string `yaml:"freshness"`  // which signed times are refused: both (default) old and future ones, old, or none
}

// keys returns c's keys by their names in the file, without scheme, and where their values are.
func (c *Config) keys() iter.Seq2[string, *string] {
	return func(yield func(string, *string) bool) {
		v := reflect.ValueOf(c).Elem()
		for i := range v.NumField() {
			name := v.Type().Field(i).Tag.Get("yaml")
			if value, ok := v.Field(i).Addr().Interface().(*string); ok && name != "scheme" && !yield(name, value) {
				return
			}
		}
	}
}

// known is one scheme of New.
type known struct {
	name string
	keys []string // of Config that it reads, beside scheme
	make func(Config) (Scheme, []error)
}

// New returns the scheme that c describes. The error joins every mistake, each of which starts with its yaml key;
// a key that the scheme does not read is one.
func New(c Config) (Scheme, error) {
	all, err := schemes()
	if err != nil {
		return Scheme{}, err
	}
	i := slices.IndexFunc(all, func(k known) bool { return k.name == c.Scheme })
	if i < 0 {
		return Scheme{}, errors.Join(fmt.Errorf("scheme: %q: must be one of %s", c.Scheme, Names()))
	}
	var mistakes []error
	for key, value := range c.keys() {
		if *value != "" && !slices.Contains(all[i].keys, key) {
			mistakes = append(mistakes, fmt.Errorf("%s: is not for %s: leave it out", key, c.Scheme))
		}
	}
	s, more := all[i].make(c)
	if mistakes = append(mistakes, more...); len(mistakes) > 0 {
		return Scheme{}, errors.Join(mistakes...)
	}
	return s, nil
}

// Names lists the known schemes in alphabetical order, for messages.
func Names() string {
	all, err := schemes()
	if err != nil {
		return err.Error()
	}
	names := make([]string, len(all))
	for i, k := range all {
		names[i] = k.name
	}
	return strings.Join(names, ", ")
}
