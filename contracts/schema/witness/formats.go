package witness

import (
	"regexp"

	"github.com/fridaygate/fridaygate/contracts/schema/regular"
)

// samples are strings of each format.
var samples = map[string][]string{
	"date-time":             {"2026-01-02T03:04:05Z", "2026-01-02T03:04:05.123+01:00"},
	"date":                  {"2026-01-02", "2024-02-29"},
	"time":                  {"03:04:05Z", "03:04:05.5+01:00"},
	"duration":              {"P1D", "PT1H", "P1Y2M3DT4H5M6S", "P2W"},
	"email":                 {"a@example.com", "first.last@example.org"},
	"idn-email":             {"a@example.com", "ä@example.com"},
	"hostname":              {"example.com", "a", "localhost"},
	"idn-hostname":          {"example.com", "bücher.example"},
	"ipv4":                  {"192.0.2.1", "127.0.0.1"},
	"ipv6":                  {"2001:db8::1", "::1", "::"},
	"uri":                   {"https://example.com", "http://example.com/a", "urn:a:b", "mailto:a@example.com", "https://example.com/a?b=c#d"},
	"uri-reference":         {"https://example.com", "/a", "a", "", "#a"},
	"iri":                   {"https://example.com", "https://example.com/ä", "urn:a:b"},
	"iri-reference":         {"/a", "a", "", "ä"},
	"uri-template":          {"https://example.com/{a}", "/a", ""},
	"uuid":                  {"123e4567-e89b-12d3-a456-426614174000", "00000000-0000-0000-0000-000000000000"},
	"json-pointer":          {"", "/a", "/a/0"},
	"relative-json-pointer": {"0", "1/a", "0#"},
	"regex":                 {"a", "", "^a+$"},
	"byte":                  {"", "YQ==", "YWJj"},
}

// wider are formats that every string of a format has too.
var wider = map[string][]string{
	"uri":           {"uri-reference", "iri", "iri-reference"},
	"iri":           {"iri-reference"},
	"uri-reference": {"iri-reference"},
}

// shapes are expressions that every string of a format matches.
var shapes = map[string]string{
	"date-time": `^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}`,
	"date":      `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`,
	"ipv4":      `^[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}$`,
	"uuid":      `^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$`,
	"uri":       `^[A-Za-z][A-Za-z0-9+.\-]*:`,
	"email":     `.@.`,
	"ipv6":      `^[0-9A-Fa-f:.]{2,}$`,
	"duration":  `^P`,
}

// impliedBy returns the expression that every string of a format matches, or nil.
func (w *world) impliedBy(a opaque) *regular.Automaton {
	shape, ok := shapes[a.name]
	if !ok || !a.format {
		return nil
	}
	return w.pattern(regexp.MustCompile(shape), Label{a.checked, "format", a.name}).automaton
}
