package pact

import "encoding/json"

// rawInteraction is an interaction as its file has it; what is not looked at is kept as it is.
type rawInteraction map[string]json.RawMessage

func (r rawInteraction) text(key string) string {
	var s string
	if json.Unmarshal(r[key], &s) != nil {
		return ""
	}
	return s
}
