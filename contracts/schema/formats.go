package schema

import (
	"encoding/json"
	"maps"
	"math/big"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// FormatFunc reports whether a value has a format. A value of a type that the format does not describe has it.
type FormatFunc = func(value any) bool

// formats are the formats of all drafts, and those of the OpenAPI format registry
// (https://spec.openapis.org/registry/format/) that its documents use. Each is asserted in every draft that asserts
// formats, also where the draft is older than the format. A nil function asserts nothing.
var formats = map[string]FormatFunc{
	// JSON Schema 2020-12 validation, section 7.3.
	"date-time":             library("date-time"),
	"date":                  library("date"),
	"time":                  library("time"),
	"duration":              library("duration"),
	"email":                 library("email"),
	"idn-email":             ofText(isIDNEmail),
	"hostname":              ofText(isHostname),
	"idn-hostname":          ofText(isIDNHostname),
	"ipv4":                  ofText(isIPv4),
	"ipv6":                  library("ipv6"),
	"uri":                   ofText(uri.absolute),
	"uri-reference":         ofText(uri.reference),
	"iri":                   ofText(iri.absolute),
	"iri-reference":         ofText(iri.reference),
	"uri-template":          ofText(isURITemplate),
	"uuid":                  library("uuid"),
	"json-pointer":          library("json-pointer"),
	"relative-json-pointer": library("relative-json-pointer"),
	"regex":                 ofText(isRegex),
	// OpenAPI.
	"int32":    integer(32),
	"int64":    integer(64),
	"float":    nil,
	"double":   nil,
	"byte":     ofText(base64.MatchString),
	"binary":   nil,
	"password": nil,
}

// base64 is RFC 4648 section 4, with padding.
var base64 = regexp.MustCompile(`^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$`)

// library takes a format that the library checks rightly.
func library(name string) FormatFunc { return jsonschema.Formats[name] }

func ofText(is func(string) bool) FormatFunc {
	return func(value any) bool {
		s, ok := value.(string)
		return !ok || is(s)
	}
}

// integer reports whether a number is an integer of so many bits, two's complement.
func integer(bits uint) FormatFunc {
	limit := new(big.Int).Lsh(big.NewInt(1), bits-1)
	return func(value any) bool {
		n, ok := value.(json.Number)
		if !ok {
			return true
		}
		r, ok := new(big.Rat).SetString(n.String())
		return ok && r.IsInt() && r.Num().CmpAbs(limit) <= 0 && r.Num().Cmp(limit) != 0
	}
}

func isIPv4(s string) bool {
	a, err := netip.ParseAddr(s)
	return err == nil && a.Is4()
}

// isIDNEmail is RFC 6531: the address of RFC 5321 with letters of other scripts in both parts.
func isIDNEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return false
	}
	local, domain := s[:at], s[at+1:]
	literal := strings.HasPrefix(domain, "[")
	if !literal {
		if !isIDNHostname(domain) {
			return false
		}
		domain = "example.com" // of which only the form was still open
	}
	plain := strings.Map(func(r rune) rune {
		if r > 0x7f {
			return 'x'
		}
		return r
	}, local)
	return jsonschema.Formats["email"](plain + "@" + domain)
}

func formatNames() []string { return slices.Sorted(maps.Keys(formats)) }
