package pact

import (
	"encoding/json"
	"strings"
)

// Interaction is one exchange of a pact file: a request and its answer, or one message.
type Interaction struct {
	Consumer    string
	Provider    string
	Description string
	States      []State // the states in which the provider must be, in order
	Message     bool    // a message that the provider sends, by itself or as the answer to one, rather than an HTTP answer
	File        string  // the pact file
	Line        int     // where the interaction begins in it, from 1
}

// State is one provider state that an interaction asks for.
type State struct {
	Name   string         `json:"name"`
	Params map[string]any `json:"params"`
}

// Name is consumer/state/description, which is unique in a sound set of pacts. An interaction without a state
// has "any state" in its place.
func (i Interaction) Name() string {
	return i.Consumer + "/" + i.state() + "/" + i.Description
}

func (i Interaction) state() string {
	if len(i.States) == 0 {
		return "any state"
	}
	names := make([]string, len(i.States))
	for n, s := range i.States {
		names[n] = s.Name
	}
	return strings.Join(names, " and ")
}

// In says whether the interaction asks for the state of that name.
func (i Interaction) In(state string) bool {
	for _, s := range i.States {
		if s.Name == state {
			return true
		}
	}
	return false
}

// rawInteraction is an interaction as its file has it; what is not looked at is kept as it is.
type rawInteraction map[string]json.RawMessage

func (r rawInteraction) text(key string) string {
	var s string
	if json.Unmarshal(r[key], &s) != nil {
		return ""
	}
	return s
}
