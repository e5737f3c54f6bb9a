package verification

import "strings"

// Interaction is one exchange of a pact: a request and its answer, or one message.
type Interaction struct {
	Consumer    string
	Provider    string
	Description string
	States      []State // the states in which the provider must be, in order
	Message     bool    // a message that the provider sends, unasked or as the answer to one, rather than an HTTP answer
	Pact        string  // the pact's file, or its URL
	Line        int     // where the interaction begins in it, from 1; 0: not known
	ID          string  // the broker's; "" if it is from none
	Pending     bool    // the provider never kept it yet, or the pact marks it: it may fail
}

// State is one provider state of an interaction.
type State struct {
	Name   string
	Params map[string]any
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

// In reports whether the interaction has the state of that name.
func (i Interaction) In(state string) bool {
	for _, s := range i.States {
		if s.Name == state {
			return true
		}
	}
	return false
}
