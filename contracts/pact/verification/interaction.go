package verification

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/exact"
)

// The types of interactions in version 4.
const (
	exchange     = "Synchronous/HTTP"
	asynchronous = "Asynchronous/Messages"
	synchronous  = "Synchronous/Messages" // a message with an answer
)

// interaction is one interaction of a file.
type interaction struct {
	Interaction
	*value
	faults []string     // what in it would be ignored, or read in two ways; it is not verified if there is any
	needs  []stateValue // the values that its generators need from its states
}

// newInteraction reads one interaction of version 1 to 3, or of version 4.
func (f *file) newInteraction(g grammar, v *value, message bool, line int) *interaction {
	kind := v.member("type").str()
	i := &interaction{value: v, Interaction: Interaction{
		Consumer: f.consumer, Provider: f.provider, Description: v.member("description").str(),
		Message: message || kind == asynchronous || kind == synchronous,
		Pact:    f.Name, Line: line, ID: v.member("_id").str(), Pending: f.Pending,
	}}
	if pending := v.member("pending"); pending != nil && pending.kind == 't' {
		i.Pending = true
	}
	form := "exchange"
	switch {
	case f.major == 4:
		form = "interaction-4"
	case message:
		form = "message"
	}
	faults := g.check(form, v)
	if len(faults) == 0 { // what follows reads only what has its right form
		var states []fault
		i.States, states = statesOf(v)
		faults = append(states, f.unsupported(i)...)
		i.needs = stateValues(i.request())
	}
	i.faults = f.texts(faults)
	return i
}

// statesOf reads the provider states, in the spelling of any version.
func statesOf(v *value) (states []State, faults []fault) {
	list := v.member("providerStates")
	for _, name := range []string{"providerState", "provider_state"} {
		one := v.member(name)
		switch {
		case one.str() == "":
		case len(states) > 0 && states[0].Name != one.text,
			list != nil && (len(list.elements) != 1 || nameOf(list.elements[0]) != one.text):
			faults = append(faults, fault{at: one, text: fmt.Sprintf("the state %q is named beside other states: leave one spelling", one.text)})
		default:
			states = []State{{Name: one.text}}
		}
	}
	if list == nil || list.kind != '[' {
		return states, faults
	}
	states = nil
	for _, one := range list.elements {
		state := State{Name: nameOf(one)}
		if params := one.member("params"); params != nil && params.kind == '{' {
			if err := exact.Decode(params.raw, &state.Params); err != nil {
				faults = append(faults, fault{at: params, text: err.Error()})
			}
		}
		states = append(states, state)
	}
	return states, faults
}

// nameOf returns the name of a state, which is an object, or the name alone.
func nameOf(state *value) string {
	if state.kind == '"' {
		return state.text
	}
	return state.member("name").str()
}

// unsupported returns what has its right form and cannot be verified all the same.
func (f *file) unsupported(i *interaction) []fault {
	var all []fault
	if plugins := i.member("pluginConfiguration"); plugins != nil && len(plugins.members) > 0 {
		all = append(all, fault{
			at:   plugins,
			text: fmt.Sprintf("it needs the plugin %q, and plugins are not supported: verify it with a tool that runs it", plugins.members[0].name),
		})
	}
	if transport := i.member("transport"); !i.Message && transport.str() != "" && !strings.HasPrefix(transport.text, "http") {
		all = append(all, fault{
			at: transport, text: fmt.Sprintf("the transport %q needs a plugin, and plugins are not supported", transport.text),
		})
	}
	if answers := i.member("response"); answers != nil && answers.kind == '[' && len(answers.elements) != 1 {
		all = append(all, fault{
			at: answers, text: fmt.Sprintf("a message with %d answers is not supported: only one would be compared", len(answers.elements)),
		})
	}
	all = append(all, uncompared(i)...)
	all = append(all, misplaced(i, f.major)...)
	all = append(all, misapplied(i, f.major)...)
	for _, body := range i.bodies() {
		if f.major == 4 {
			all = append(all, wrongEncoding(body)...)
		}
	}
	i.all(func(v *value) bool {
		all = append(all, unwritten(v)...)
		return true
	})
	return all
}

// request returns the part of the interaction that is sent; nil if nothing is.
func (i *interaction) request() *value { return i.member("request") }

// bodies returns the bodies and contents of an interaction, as the pact has them.
func (i *interaction) bodies() []*value {
	parts := []*value{i.value, i.member("request"), i.member("response")}
	if answers := i.member("response"); answers != nil {
		parts = append(parts, answers.elements...)
	}
	var all []*value
	for _, part := range parts {
		for _, name := range []string{"body", "contents"} {
			if body := part.member(name); body != nil {
				all = append(all, body)
			}
		}
	}
	return all
}

// wrongEncoding returns a fault if the body of a version 4 pact is declared as base64 and is not.
func wrongEncoding(body *value) []fault {
	content := body.member("content")
	if content == nil || !strings.EqualFold(body.member("encoded").str(), "base64") {
		return nil
	}
	if _, err := base64.StdEncoding.DecodeString(content.str()); err != nil || content.kind != '"' {
		return []fault{{at: content, text: "it is declared as base64, and is not"}}
	}
	return nil
}

// unwritten returns a fault for a matcher that was written into an example: the library would compare it as if it were
// data.
func unwritten(v *value) []fault {
	if class := v.member("json_class"); strings.HasPrefix(class.str(), "Pact::") {
		return []fault{{
			at: class,
			text: fmt.Sprintf("%s is a matcher in pact-ruby's own old form, and would be compared as data: "+
				"let pact-ruby write the pact as version 2", class.text),
		}}
	}
	for _, name := range []string{"pact:matcher:type", "pact:generator:type"} {
		if matcher := v.member(name); matcher != nil {
			return []fault{{
				at: matcher, text: name + " is the form of a consumer test, and would be compared as data: let the pact library write the pact",
			}}
		}
	}
	return nil
}
