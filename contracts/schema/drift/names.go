package drift

import (
	"regexp"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// dynamicName matches names that are data and not of a format: UUIDs, numbers, dates, addresses, long hexadecimal or mixed
// identifiers.
var dynamicName = regexp.MustCompile(`^(?:` + strings.Join([]string{
	`[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}`, // UUID
	`-?[0-9]+`,                          // number
	`[0-9]{4}-[0-9]{2}(?:-[0-9]{2}.*)?`, // date, time
	`[0-9a-fA-F]{16,}`,                  // digest
	`[^@\s]+@[^@\s]+`,                   // address
	`[A-Za-z]{1,8}[_-][0-9A-Za-z]*[0-9][0-9A-Za-z]{5,}`, // prefixed identifier: cus_9f3k2a1
	`[0-9A-HJKMNP-TV-Z]{26}`,                            // ULID
	`[0-9]{1,3}(?:\.[0-9]{1,3}){3}`,                     // IPv4
}, "|") + `)$`)

// dynamic reports whether a name is data. Names of a format rarely have digits: without one, the name is none.
func dynamic(name string) bool {
	return strings.ContainsAny(name, "0123456789@") && dynamicName.MatchString(name)
}

// unquoted decodes what stands between the quotes of a JSON string.
func unquoted(raw []byte) string {
	quoted := make([]byte, 0, len(raw)+2)
	quoted = append(append(append(quoted, '"'), raw...), '"')
	decoded, _ := jsontext.AppendUnquote(nil, quoted) // lone surrogates become U+FFFD, as schema.Check reads them
	return string(decoded)
}
