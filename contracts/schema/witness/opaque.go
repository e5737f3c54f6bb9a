package witness

import (
	"fmt"
	"reflect"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// The library keeps in private fields whether it asserts a format and the content of strings. Their being nil is all that
// is read.

func isSet(s *jsonschema.Schema, field string) bool {
	return !reflect.ValueOf(s).Elem().FieldByName(field).IsNil()
}

func assertsFormat(s *jsonschema.Schema) bool { return s.Format != "" && isSet(s, "format") }

func assertsContent(s *jsonschema.Schema) bool {
	return (s.ContentEncoding != "" || s.ContentMediaType != "") && (isSet(s, "decoder") || isSet(s, "mediaType"))
}

// alone returns a schema with nothing but the format and the content keywords of another.
func alone(s *jsonschema.Schema) *jsonschema.Schema {
	private := *s
	fields := reflect.ValueOf(&private).Elem()
	empty := reflect.ValueOf(&jsonschema.Schema{
		Draft: s.Draft, MinProperties: -1, MaxProperties: -1, MinItems: -1, MaxItems: -1,
		MinContains: 1, MaxContains: -1, MinLength: -1, MaxLength: -1,
	}).Elem()
	for i := range fields.NumField() {
		if fields.Field(i).CanSet() {
			fields.Field(i).Set(empty.Field(i))
		}
	}
	private.Format, private.ContentEncoding, private.ContentMediaType = s.Format, s.ContentEncoding, s.ContentMediaType
	private.ContentSchema = s.ContentSchema
	return &private
}

// opaque is a demand on strings that only the validator can check: a format, or what a string encodes.
type opaque struct {
	name    string // of the format, or of what else it is
	format  bool   // nothing but a format
	checked *jsonschema.Schema
}

func (opaque) kind() kind        { return text }
func (a opaque) key(bool) string { return a.name }

func (a opaque) holds(j judge, value any) truth {
	s, _ := value.(string)
	key := [2]string{a.name, s}
	is, ok := j.formatted[key]
	if !ok {
		is = truthOf(a.checked.Validate(value) == nil)
		j.formatted[key] = is
	}
	return is
}

// opaque returns what the format and the content keywords of a schema demand.
func (w *world) opaque(s *jsonschema.Schema) []part {
	format, content := assertsFormat(s), assertsContent(s)
	switch {
	case content:
		name := fmt.Sprintf("content %q %q %q", s.ContentEncoding, s.ContentMediaType, s.Format)
		if s.ContentSchema != nil {
			name += fmt.Sprint(w.classes[s.ContentSchema])
		}
		keyword := "contentEncoding"
		if s.ContentEncoding == "" {
			keyword = "contentMediaType"
		}
		return []part{{Label{s, keyword, ""}, w.when(opaque{name: name, checked: alone(s)})}}
	case format:
		return []part{{Label{s, "format", s.Format}, w.format(s)}}
	}
	return nil
}

// integerBits are OpenAPI's formats of numbers (https://spec.openapis.org/registry/format/).
var integerBits = map[string]uint{"int32": 32, "int64": 64}

// free are formats of OpenAPI that describe and refuse nothing.
var free = map[string]bool{"float": true, "double": true, "binary": true, "password": true}

// ofText are the formats that refuse nothing but strings.
var ofText = map[string]bool{
	"date-time": true, "date": true, "time": true, "duration": true, "email": true, "idn-email": true, "hostname": true,
	"idn-hostname": true, "ipv4": true, "ipv6": true, "uri": true, "uri-reference": true, "iri": true, "iri-reference": true,
	"uri-template": true, "uuid": true, "json-pointer": true, "relative-json-pointer": true, "regex": true, "byte": true,
}

func (w *world) format(s *jsonschema.Schema) *formula {
	bits, isInteger := integerBits[s.Format]
	switch {
	case w.options.ownFormat(s.Format):
		return w.unknown(s, "format", "the format "+s.Format+" is the team's own")
	case free[s.Format]:
		return w.yes
	case isInteger:
		return w.or(w.kinds(anyKind&^only(number)), w.integerOf(bits))
	case ofText[s.Format]:
		return w.when(opaque{name: s.Format, format: true, checked: alone(s)})
	}
	return w.unknown(s, "format", "the format "+s.Format+" is not known here")
}
