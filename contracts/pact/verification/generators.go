package verification

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// stateValue is a value that a generator takes from the provider state.
type stateValue struct {
	name string
	at   *value // the generator's expression
}

// stateValues returns the values that the ProviderState generators of a part of an interaction need.
func stateValues(part *value) []stateValue {
	var all []stateValue
	part.all(func(v *value) bool {
		if isData(v) {
			return false
		}
		if expression := v.member("expression"); v.member("type").str() == "ProviderState" && expression != nil {
			for _, name := range namesIn(expression.str()) {
				all = append(all, stateValue{name, expression})
			}
		}
		return true
	})
	return all
}

// isData reports whether v is an example or a comment, whose members mean nothing to a pact, and not what is said of one
// in generators and matching rules.
func isData(v *value) bool {
	switch v.name {
	case "body", "contents", "metadata", "metaData", "headers", "params", "comments":
		return v.parent.name != "generators" && v.parent.name != "matchingRules"
	}
	return false
}

// uncompared returns a fault for each place of an expected body that takes its value from the provider state, and that no
// matching rule is for: the library fills what it sends, and compares the example with what comes.
func uncompared(i *interaction) []fault {
	part, _ := i.expected()
	var all []fault
	for _, name := range bodyCategories {
		generators := part.member("generators").member(name)
		if generators == nil {
			continue
		}
		for _, g := range generators.members {
			if g.member("type").str() == "ProviderState" && demandsEquality(bodyRules(part), tokens(g.name)) {
				all = append(all, fault{
					at: g,
					text: "a value of the provider state is expected here, and the example would be compared: " +
						"give the place a matching rule, such as type",
				})
			}
		}
	}
	return all
}

// namesIn returns the names in an expression such as /users/${id}; an expression without ${ is a name itself.
func namesIn(expression string) []string {
	if !strings.Contains(expression, "${") {
		return []string{expression}
	}
	var names []string
	for _, part := range strings.Split(expression, "${")[1:] {
		name, _, _ := strings.Cut(part, "}")
		names = append(names, name)
	}
	return names
}

// stateValues returns the values of the interaction's states: the parameters in the pact, and over these what
// the state functions returned.
func (s *Setup) stateValues() map[string]any {
	values := map[string]any{}
	for _, state := range s.Interaction.States {
		maps.Copy(values, state.Params)
	}
	maps.Copy(values, s.values)
	return values
}

// forGenerators returns the values of the interaction's states, as a JSON object. Every value that a generator needs must be among them.
func (s *Setup) forGenerators() ([]byte, error) {
	values := s.stateValues()
	var missing []error
	for _, need := range s.needs {
		if values[need.name] == nil {
			missing = append(missing, inconclusive(fmt.Errorf("the generator at %s needs a value for %q, and neither the states' parameters nor "+
				"Setup.Return gave one (there are: %s)",
				need.at.pointer(), need.name, strings.Join(slices.Sorted(maps.Keys(values)), ", "))))
		}
	}
	if err := errors.Join(missing...); err != nil {
		return nil, err
	}
	text, err := json.Marshal(values)
	if err != nil {
		return nil, fmt.Errorf("returned values: %w", err)
	}
	return text, s.carried(text)
}

// carried returns an error if a value that a generator needs is a number that the library would round.
func (s *Setup) carried(text []byte) error {
	values, faults, err := parse(text)
	if err != nil {
		return fmt.Errorf("returned values: %w", err)
	}
	for _, one := range faults {
		return inconclusive(fmt.Errorf("the state's value %s: %s", one.at.pointer(), one.text))
	}
	for _, need := range s.needs {
		if v := values.member(need.name); v.kind == '0' && rounds(v.text) {
			return inconclusive(fmt.Errorf("the state's value %q is %s, which a generator would round: return it as text", need.name, short(v.raw)))
		}
		if got, ok := need.converts(values); !ok {
			return inconclusive(fmt.Errorf("the generator at %s makes %s of its value, and of %s it cannot: the example would be sent",
				need.at.pointer(), need.dataType(), got))
		}
	}
	return nil
}

func (n stateValue) dataType() string {
	return strings.ToUpper(n.at.parent.member("dataType").str())
}

// converts reports whether the library can make the generator's data type of the values, and returns its source.
// If it cannot, the library silently sends the example.
func (n stateValue) converts(values *value) (got string, ok bool) {
	v := values.member(n.name)
	text, isText := v.str(), v.kind == '"'
	if strings.Contains(n.at.text, "${") { // the values are put into a text
		text, isText = n.at.text, true
		for _, m := range values.members {
			text = strings.ReplaceAll(text, "${"+m.name+"}", m.text)
		}
	}
	if got = text; !isText {
		got = short(v.raw)
	}
	switch n.dataType() {
	case "INTEGER":
		if isText {
			_, err := strconv.ParseUint(text, 10, 64)
			return got, err == nil
		}
		return got, v.kind != '{' && v.kind != '[' && (v.kind != '0' || strings.Trim(v.text, "-0123456789") == "")
	case "DECIMAL", "FLOAT":
		_, err := strconv.ParseFloat(text, 64)
		return got, v.kind != '{' && v.kind != '[' && (!isText || err == nil)
	case "BOOLEAN":
		return got, v.kind != '{' && v.kind != '[' && (!isText || text == "true" || text == "false")
	default:
		return got, true
	}
}

// inconclusiveError is an error that is not about the provider.
type inconclusiveError struct{ error }

func (e inconclusiveError) Unwrap() error { return e.error }

// inconclusive marks an error as not being about the provider.
func inconclusive(err error) error { return inconclusiveError{err} }
