package sign

import (
	"cmp"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed schemes/*.json
var files embed.FS

// schemes returns every known scheme, by name.
var schemes = sync.OnceValues(func() ([]known, error) {
	all := slices.Concat(configurable(), []known{
		fixed(standardWebhooks()), fixed(svix()), fixed(twilio()), fixed(adyen()),
		{"aws-sns", []string{"algorithm", "key_url"}, awsSNS},
		{"http-message-signatures", []string{"algorithm", "key_id"}, messageSignatures},
	})
	names, err := files.ReadDir("schemes")
	if err != nil {
		return nil, err
	}
	for _, file := range names {
		text, err := files.ReadFile(path.Join("schemes", file.Name()))
		if err != nil {
			return nil, err
		}
		vendor, err := parseVendor(strings.TrimSuffix(file.Name(), ".json"), text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file.Name(), err)
		}
		all = append(all, vendor.known())
	}
	slices.SortFunc(all, func(a, b known) int { return cmp.Compare(a.name, b.name) })
	return all, nil
})

func fixed(s Scheme) known {
	return known{name: s.Name, make: func(Config) (Scheme, []error) { return s, nil }}
}

// vendor is a file of the folder schemes: a scheme described by a Config. The file holds the Config's keys, and
// `source`, which names the vendor's page.
type vendor struct {
	name        string
	config      Config
	open        []string // keys that the user may set: those of `open`, separated by spaces, and freshness where a time is signed
	retryHeader string   // `retry_header`
	// `lenient`: malformed variants, downgrade, garbage-time, reformatted and body (any): what a library of the vendor accepts
	lenient []string
}

func parseVendor(name string, text []byte) (vendor, error) {
	var values map[string]string
	if err := json.Unmarshal(text, &values); err != nil {
		return vendor{}, err
	}
	v := vendor{
		name: name, config: Config{Scheme: values["scheme"]},
		open: strings.Fields(values["open"]), retryHeader: values["retry_header"],
		lenient: strings.Fields(values["lenient"]),
	}
	if values["source"] == "" {
		return vendor{}, errors.New("source: is missing")
	}
	for _, read := range []string{"source", "scheme", "open", "retry_header", "lenient"} {
		delete(values, read)
	}
	for key, value := range v.config.keys() {
		*value = values[key]
		delete(values, key)
	}
	if strings.Contains(v.config.Template+v.config.Claims, "{timestamp}") || v.config.TimestampPointer != "" {
		v.open = append(v.open, "freshness")
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		return vendor{}, fmt.Errorf("%s: is no key", key)
	}
	return v, nil
}

// known returns the scheme as New knows it: made by the configurable scheme that the file names.
func (v vendor) known() known {
	return known{name: v.name, keys: v.open, make: func(c Config) (Scheme, []error) {
		filled := v.config
		given := maps.Collect(c.keys())
		for key, value := range filled.keys() {
			if *given[key] != "" && slices.Contains(v.open, key) {
				*value = *given[key]
			}
		}
		for _, k := range configurable() {
			if k.name == filled.Scheme {
				s, mistakes := k.make(filled)
				s.Name, s.RetryHeader, s.lenient = v.name, v.retryHeader, v.lenient
				s.Rewrites = slices.Contains(v.lenient, "reformatted")
				s.Covers.Body = s.Covers.Body && !slices.Contains(v.lenient, "body")
				if slices.Contains(v.lenient, "downgrade") {
					s.Downgrade = nil
				}
				if slices.Contains(v.lenient, "garbage-time") {
					s.GarbageTime = nil
				}
				return s, mistakes
			}
		}
		return Scheme{}, []error{fmt.Errorf("scheme: %q: is no configurable one", filled.Scheme)}
	}}
}
