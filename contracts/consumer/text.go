package consumer

import "encoding/json"

// Given is a provider state with parameters, which keep their types: a string "7" stays a string.
func Given(name string, params map[string]any) ProviderState {
	kept := make(map[string]any, len(params))
	for key, value := range params {
		if s, ok := value.(string); ok {
			value = Text(s)
		}
		kept[key] = value
	}
	return ProviderState{Name: name, Parameters: kept}
}

// Text makes a string stay one where pact-go hands text on that libpact_ffi reads as JSON if it can: in the parameters
// of a provider state, for which Given does it, and in the metadata of a message with an answer. There 7 and true
// would become a number and a truth value.
func Text(s string) string {
	if !json.Valid([]byte(s)) {
		return s
	}
	quoted, err := json.Marshal(s)
	if err != nil {
		return s
	}
	return string(quoted)
}
