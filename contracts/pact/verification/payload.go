package verification

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Payload is a JSON body that a pact describes with an example and matching rules.
type Payload struct {
	Interaction Interaction
	Part        string // request, answer or message
	Sent        bool   // the pact's consumer sends it; otherwise it reads it
	Method      string // of the request, in upper case; "" for a message
	Path        string // likewise
	Status      int    // of the answer to it; 0 for a message
	Example     []byte // JSON

	file    *file
	body    *value
	example *value
	rules   []bodyRule
}

// Payloads returns the JSON bodies of a pact, in the order in which they are in it. The error names the interactions that
// cannot be read; the bodies of the others are returned beside it.
func Payloads(d Document) ([]*Payload, error) {
	f, err := read(d, false)
	if err != nil {
		return nil, err
	}
	var all []*Payload
	var failed []error
	for _, fault := range f.faults {
		failed = append(failed, fmt.Errorf("pact %s: %s", f.Name, fault))
	}
	for _, i := range f.interactions {
		if len(i.faults) > 0 {
			failed = append(failed, fmt.Errorf("pact %s: %q: %s", f.Name, i.Description, strings.Join(i.faults, "\n")))
			continue
		}
		all = append(all, f.payloadsOf(i)...)
	}
	return all, errors.Join(failed...)
}

// payloadsOf returns the JSON bodies of one interaction.
func (f *file) payloadsOf(i *interaction) []*Payload {
	var all []*Payload
	add := func(name string, sent bool, part, body *value) {
		p := &Payload{Interaction: i.Interaction, Part: name, Sent: sent, file: f, body: body, rules: withEach(bodyRules(part))}
		if body == nil || body.kind == 'n' {
			return
		}
		if p.example = expectedJSON(part, body, f.major); p.example == nil || body == p.example && f.major == 4 {
			return
		}
		p.Example = p.example.raw
		if !i.Message {
			p.Method, p.Path = strings.ToUpper(i.request().member("method").str()), i.request().member("path").str()
			p.Status, _ = strconv.Atoi(i.member("response").member("status").text)
		}
		all = append(all, p)
	}
	if request := i.request(); request != nil {
		body := request.member("body")
		if i.Message {
			body = request.member("contents")
		}
		add("request", true, request, body)
	}
	part, body := i.expected()
	add(map[bool]string{true: "message", false: "answer"}[i.Message], false, part, body)
	return all
}

// Name is that of the interaction and the part: consumer/state/description, answer.
func (p *Payload) Name() string { return p.Interaction.Name() + ", " + p.Part }

// Compare compares a document with the example, by the matching rules. A body that the consumer sends has no members but those
// of the example; one that it reads may have others.
func (p *Payload) Compare(document []byte) Comparison {
	m := &matching{rules: p.rules, closed: p.Sent}
	actual, faults, err := parse(document)
	if err != nil {
		m.differs("body", "$", "JSON", short(document), "expected JSON but it is none: %s", err)
		return m.Comparison
	}
	for _, one := range faults {
		m.differs("body", jsonPath(one.at.path()), "JSON that every program reads alike", short(one.at.raw), "%s", one.text)
	}
	m.compare([]string{"$"}, p.example, actual)
	return m.Comparison
}

// Described is where a pact describes a value of a payload.
type Described struct {
	File    string
	Line    int    // from 1
	Pointer string // JSON Pointer in the pact to the example of the value
	Rules   string // the names of its matching rules and their place, such as "type at $.total"; "" if it must be equal to the example
}

// Place returns where the pact describes the value at a JSON Pointer of a payload, or, if it does not describe that value, the
// nearest one around it.
func (p *Payload) Place(pointer string) Described {
	v, place := p.example, []string{"$"}
	for _, token := range pointerTokens(pointer) {
		inside := v.member(token)
		if n, err := strconv.Atoi(token); v.kind == '[' && err == nil && len(v.elements) > 0 {
			inside = v.elements[0]
			if n < len(v.elements) {
				inside = v.elements[n]
			}
		}
		if inside == nil {
			break
		}
		v, place = inside, append(place, token)
	}
	d := Described{File: p.file.Name, Line: line(p.file.Text, p.body.offset), Pointer: p.body.pointer()}
	if p.holds(v) {
		d.Line, d.Pointer = line(p.file.Text, v.offset), v.pointer()
	}
	if rule, found := bestRule(p.rules, place); found && !rule.equal {
		joined := strings.Join(rule.names(), map[bool]string{true: " or ", false: " and "}[rule.any()])
		d.Rules = joined + " at " + jsonPath(rule.path)
	}
	return d
}

// holds reports whether a value of the example is in the pact as it is, not inside a text.
func (p *Payload) holds(v *value) bool {
	for ; v != nil; v = v.parent {
		if v == p.file.root {
			return true
		}
	}
	return false
}
