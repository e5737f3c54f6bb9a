package schema

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// metaschemaOf returns the $schema of a file. A file without one may be a bundle of schemas that name theirs.
func metaschemaOf(value any) (string, error) {
	object, _ := value.(map[string]any)
	switch named := object["$schema"].(type) {
	case string:
		return named, nil
	case nil:
	default:
		return "", errors.New("$schema is no string")
	}
	for _, container := range []string{"definitions", "$defs"} {
		parts, _ := object[container].(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(parts)) {
			part, _ := parts[name].(map[string]any)
			if named, ok := part["$schema"].(string); ok {
				return named, nil
			}
		}
	}
	return latest, nil
}

// latest is the draft of a file that names none.
const latest = "https://json-schema.org/draft/2020-12/schema"

// vocabulary returns that of a draft, or of a metaschema in the folder.
func (f *folder) vocabulary(text string) (*vocabulary, error) {
	if v := standard[address(text)]; v != nil {
		return v, nil
	}
	target, err := f.find(metaschema(text), nil)
	if err != nil {
		return nil, fmt.Errorf("%q is no draft and no metaschema of the folder: the drafts are %s", text, strings.Join(draftURLs(), ", "))
	}
	if v, ok := f.metas[target]; ok {
		if v == nil {
			return nil, errors.New("the metaschema is described by itself")
		}
		return v, nil
	}
	f.metas[target] = nil
	compiled, _, err := f.compile(target, "")
	if err != nil {
		return nil, fmt.Errorf("its metaschema: %w", err)
	}
	compiled[0].steps.left = math.MaxInt // it checks files, whose size is limited
	f.metas[target] = newVocabulary(text, compiled[0].compiled)
	return f.metas[target], nil
}

func draftURLs() []string {
	var all []string
	for _, draft := range drafts {
		all = append(all, draft.URL())
	}
	return all
}
