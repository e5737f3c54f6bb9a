package payloads

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/schema/witness"
)

// completed returns a document that the schema accepts and that has all of the example; nil if there is none, which is a finding,
// or it is not known.
func (a *agreement) completed(ctx context.Context, refused []schema.Violation) []byte {
	whole, err := extends(a.body.Example)
	if err != nil {
		a.result.Inconclusive = append(a.result.Inconclusive, err.Error())
		return nil
	}
	answer := witness.Common(whole.Compiled(), a.schema.Compiled(), witness.Options{Formats: own(a.schema)}).Find(ctx)
	if answer.Outcome == witness.Found {
		text, err := json.Marshal(answer.Document)
		if err == nil && len(a.schema.Check(text)) == 0 && len(a.body.Compare(text).Mismatches) == 0 {
			return text
		}
		answer.Doubts = append(answer.Doubts, witness.Doubt{Why: fmt.Sprintf("%s should complete the example, and does not: "+
			"this is a mistake of fridaygate, please report it", text)})
	}
	if answer.Outcome == witness.None {
		cause := slices.DeleteFunc(slices.Clone(refused), func(v schema.Violation) bool { return v.Keyword == "required" })
		if len(cause) == 0 {
			cause = refused
		}
		for _, v := range cause {
			a.found(a.violation(v))
		}
		return nil
	}
	a.result.Inconclusive = append(a.result.Inconclusive, "the schema refuses the example alone, and it is not known whether it accepts it "+
		"with other members")
	for _, d := range answer.Doubts {
		a.result.Inconclusive = append(a.result.Inconclusive, d.Why)
	}
	return nil
}

func own(s *schema.Schema) map[string]bool {
	all := map[string]bool{}
	for _, name := range s.OwnFormats() {
		all[name] = true
	}
	return all
}

// extends returns the schema of the documents that have all of another one: objects may have more members.
func extends(document []byte) (*schema.Schema, error) {
	text, err := json.Marshal(extending(decoded(document)))
	if err != nil {
		return nil, err
	}
	return schema.Options{AsDraft: true}.Parse("example", text)
}

func extending(value any) map[string]any {
	switch value := value.(type) {
	case map[string]any:
		members, names := map[string]any{}, []string{}
		for name, member := range value {
			members[name], names = extending(member), append(names, name)
		}
		return map[string]any{"type": "object", "properties": members, "required": names}
	case []any:
		items := map[string]any{"type": "array", "minItems": len(value), "items": false}
		var all []any
		for _, item := range value {
			all = append(all, extending(item))
		}
		if len(all) > 0 {
			items["prefixItems"] = all
		}
		return items
	}
	return map[string]any{"const": value}
}

// unmentioned notes the members that the schema requires and the pact never mentions.
func (a *agreement) unmentioned(refused []schema.Violation) {
	for _, v := range refused {
		if v.Keyword == "required" {
			at := a.body.Place(v.InstancePath)
			a.result.Notes = append(a.result.Notes, fmt.Sprintf("%s:%d#%s never mentions what %s demands: %s",
				at.File, at.Line, at.Pointer, where(a.schema.Nearest(v.SchemaFile, v.SchemaPath)), v.Message))
		}
	}
}

// decoded reads JSON that was written by a program.
func decoded(document []byte) (value any) {
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	_ = d.Decode(&value)
	return value
}
