package cleanup

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// placeholder matches what the templates of an action may hold.
var placeholder = regexp.MustCompile(`\{(?:run_id|run_tag|event_id|tenant|/[^{}]+)\}`)

// The placeholders, beside those of JSON Pointers.
const (
	runID   = "{run_id}"
	runTag  = "{run_tag}"
	eventID = "{event_id}"
	tenant  = "{tenant}"
)

// of is what an action is carried out once for.
type of int

const (
	nothing of = iota // it would remove what other runs made
	theRun
	eachEvent
	eachValue
)

// scope is how often an action is carried out.
type scope struct {
	of      of
	pointer string // of eachValue
	err     error
}

// scope reads the placeholders of an action.
func (a Action) scope() scope {
	found := a.placeholders()
	s := scope{}
	for _, one := range found {
		switch {
		case one == runID || one == runTag:
			s.of = max(s.of, theRun)
		case one == eventID || one == tenant:
			s.of = eachEvent
		case s.pointer == "":
			s.pointer = strings.Trim(one, "{}")
		default:
			s.err = fmt.Errorf("holds %s and {%s}: name one id of the body in each action", one, s.pointer)
		}
	}
	if s.pointer != "" && slices.Contains(found, eventID) {
		s.err = fmt.Errorf("holds %s and {%s}: name one of them in each action", eventID, s.pointer)
	}
	if s.pointer != "" {
		s.of = eachValue
	}
	if s.of == nothing || s.of == eachEvent && !slices.Contains(found, eventID) {
		s.err = errors.New("holds neither {run_tag}, {run_id}, {event_id} nor the place of an id such as {/data/id}: " +
			"it must be about what this run made, and nothing else")
	}
	return s
}

// placeholders returns those that an action holds, each once.
func (a Action) placeholders() []string {
	var all []string
	for _, text := range a.templates() {
		all = append(all, placeholder.FindAllString(text, -1)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Check returns what is wrong with the placeholders of an action.
func (a Action) Check() error {
	if a.SQL != nil {
		for i, statement := range a.SQL.Statements {
			if !placeholder.MatchString(statement) {
				return fmt.Errorf("statement %d holds no placeholder such as {event_id}: it must be about what this run made, and nothing else", i+1)
			}
		}
	}
	return a.scope().err
}

// templates returns the texts that may hold placeholders.
func (a Action) templates() []string {
	switch {
	case a.HTTP != nil:
		all := []string{a.HTTP.Path, a.HTTP.Body}
		for _, values := range a.HTTP.Header {
			all = append(all, values...)
		}
		return all
	case a.SQL != nil:
		return a.SQL.Statements
	}
	return a.Command
}

// String describes the action, for people.
func (a Action) String() string {
	switch {
	case a.HTTP != nil:
		return a.HTTP.method() + " " + a.HTTP.Base.String() + a.HTTP.Path
	case a.SQL != nil:
		return strings.Join(strings.Fields(strings.Join(a.SQL.Statements, "; ")), " ")
	}
	return strings.Join(a.Command, " ")
}

func (r *Request) method() string {
	if r.Method == "" {
		return http.MethodGet
	}
	return r.Method
}

// target is one thing that an action is carried out for.
type target struct {
	name   string            // for people
	values map[string]string // by placeholder
}

// targets returns what an action is carried out for.
func (m Made) targets(s scope, events []Event) []target {
	whole := map[string]string{runID: m.RunID, runTag: m.RunTag}
	with := func(name string, pairs ...string) target {
		values := maps.Clone(whole)
		for i := 0; i < len(pairs); i += 2 {
			values[pairs[i]] = pairs[i+1]
		}
		return target{name, values}
	}
	if s.of == theRun {
		return []target{with("run " + m.RunTag)}
	}
	var all []target
	seen := map[string]bool{}
	for _, e := range events {
		if s.of == eachEvent {
			all = append(all, with(e.ID, eventID, e.ID, tenant, e.Tenant))
			continue
		}
		for _, value := range e.Values[s.pointer] {
			if key := value + "\x00" + e.Tenant; !seen[key] {
				seen[key] = true
				all = append(all, with(value, "{"+s.pointer+"}", value, tenant, e.Tenant))
			}
		}
	}
	return all
}

// fill replaces the placeholders of a template.
func (t target) fill(template string, escape func(string) string) string {
	return placeholder.ReplaceAllStringFunc(template, func(one string) string { return escape(t.values[one]) })
}

// numbered turns placeholders into parameters, and returns these.
func (t target) numbered(statement string) (string, []any) {
	var arguments []any
	var names []string
	text := placeholder.ReplaceAllStringFunc(statement, func(one string) string {
		at := slices.Index(names, one)
		if at < 0 {
			at, names, arguments = len(names), append(names, one), append(arguments, t.values[one])
		}
		return fmt.Sprintf("$%d", at+1)
	})
	return text, arguments
}
