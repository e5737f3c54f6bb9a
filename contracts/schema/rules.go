package schema

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/spelling"
)

// keywords refuses unknown keywords, and those that the draft ignores beside $ref.
func (s *source) keywords(object map[string]any, at string) {
	if s.options.AsDraft {
		return
	}
	_, refers := object["$ref"].(string)
	for keyword := range object {
		if slices.Contains(s.options.Keywords, keyword) {
			continue
		}
		if what := s.vocabulary.unknown(keyword); what != "" {
			s.fault(child(at, keyword), "%s", what)
			continue
		}
		beside := keyword == "$ref" || keyword == s.idKeyword() || annotations[keyword] || extension(keyword)
		if refers && !beside && s.before2019() {
			s.fault(child(at, keyword), `%s ignores %q beside "$ref": %s`, s.vocabulary.name, keyword, s.insteadOf(keyword))
		}
	}
}

// insteadOf returns what to write instead of a keyword beside $ref.
func (s *source) insteadOf(keyword string) string {
	switch {
	case keyword == "nullable":
		return "write " + `"anyOf" with the reference and ` + onlyNull
	case s.openAPI != "":
		return `put both into "allOf", or use OpenAPI 3.1`
	}
	return `put both into "allOf", or use draft 2019-09 or later`
}

// oneDraft refuses a schema of another draft inside a file.
func (s *source) oneDraft(object map[string]any, at string) {
	if own, ok := object["$schema"].(string); ok && address(own) != address(s.meta) {
		s.fault(child(at, "$schema"), "%s differs from the $schema of the file, which is %s: a file has one draft", own, s.meta)
	}
}

func (s *source) format(object map[string]any, at string) {
	name, ok := object["format"].(string)
	if !ok {
		return
	}
	if _, ok := formats[name]; ok {
		return
	}
	if _, ok := s.options.Formats[name]; ok || s.options.AsDraft {
		return
	}
	near, meant := spelling.Nearest(name, formatNames())
	if s.openAPI != "" && !meant {
		s.note(child(at, "format"), "the format %q is not known, and accepts everything", name) // OpenAPI allows any name
		return
	}
	s.fault(child(at, "format"), "%q is no format of any draft, so it would be ignored: did you mean %q? "+
		"(one of your own is named in the options)", name, near)
}

// maxCount is the largest count that a keyword such as minLength may demand: 2^53-1 (RFC 7493 section 2.2).
var maxCount = big.NewRat(1<<53-1, 1)

func (s *source) counts(object map[string]any, at string) {
	for keyword, value := range object {
		counts := strings.HasSuffix(keyword, "Length") || strings.HasSuffix(keyword, "Items") || strings.HasSuffix(keyword, "Properties") ||
			strings.HasSuffix(keyword, "Contains")
		number, ok := value.(json.Number)
		if !ok || !counts {
			continue
		}
		if n, ok := new(big.Rat).SetString(number.String()); ok && n.Cmp(maxCount) > 0 {
			s.fault(child(at, keyword), "%s is above %s, more than any document has", short(number.String()), maxCount.RatString())
		}
	}
}

// choices refuses an empty enum, or notes it for Options.AsDraft: the library ignores it.
func (s *source) choices(object map[string]any, at string) {
	list, ok := object["enum"].([]any)
	if !ok || len(list) > 0 {
		return
	}
	s.never = append(s.never, at)
	s.ignored(child(at, "enum"), "an empty enum allows no value: write false for the schema, or name the values")
}
