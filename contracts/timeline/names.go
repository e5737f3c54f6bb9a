package timeline

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Names are the names of fields in log lines, by what they hold. Objects are flattened: trace.id is the member id of trace, or the
// member "trace.id". Case, hyphens and underscores do not matter. The first name that a line has decides.
type Names struct {
	Time     []string `json:"time"`
	Message  []string `json:"message"`
	Level    []string `json:"level"`
	Service  []string `json:"service"`
	Host     []string `json:"host"` // or what else has one clock: a pod, an instance
	Request  []string `json:"request"`
	Trace    []string `json:"trace"`
	Span     []string `json:"span"`
	Parent   []string `json:"parent"`
	Mutation []string `json:"mutation"` // what says that a state was changed; also the name of an object
	Writes   []string `json:"writes"`   // first words of a database's operations that change a state
	Secret   []string `json:"secret"`   // ends of names whose values are not shown
	Plumbing []string `json:"plumbing"` // attributes of spans, or their first parts, that are not shown: operation has what matters of them
	Wrapped  []string `json:"wrapped"`  // what may hold the service's own line as a text
	Within   []string `json:"within"`   // objects whose members count as the line's own
}

//go:embed names.json
var namesJSON []byte

// DefaultNames returns the names that common loggers and log shippers use: slog, zap, logrus, zerolog, pino, bunyan, winston,
// structlog, Serilog, the Elastic Common Schema, Google Cloud, AWS, Datadog, journald and Docker.
var DefaultNames = sync.OnceValue(func() Names {
	var n Names
	if err := json.Unmarshal(namesJSON, &n); err != nil {
		return Names{} // TestDefaultNamesAreRead
	}
	return n
})

// With returns the names with one more, which is tried first. kind is that of a field in JSON, such as request; name may be a JSON
// Pointer.
func (n Names) With(kind, name string) (Names, error) {
	lists := n.lists()
	list, known := lists[kind]
	if !known || name == "" {
		return n, fmt.Errorf("want KIND=NAME, where KIND is one of %s", strings.Join(slices.Sorted(maps.Keys(lists)), ", "))
	}
	if strings.HasPrefix(name, "/") {
		name = strings.ReplaceAll(strings.TrimPrefix(name, "/"), "/", ".")
	}
	*list = append([]string{name}, *list...)
	return n, nil
}

func (n *Names) lists() map[string]*[]string {
	return map[string]*[]string{
		"time": &n.Time, "message": &n.Message, "level": &n.Level, "service": &n.Service, "host": &n.Host, "request": &n.Request,
		"trace": &n.Trace, "span": &n.Span, "parent": &n.Parent, "mutation": &n.Mutation, "secret": &n.Secret, "wrapped": &n.Wrapped,
	}
}

// plainName returns a name as it is compared.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '_' || r == '-':
			return -1
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return r
	}, name)
}

// plain returns the names as they are compared.
func (n Names) plain() Names {
	lists := n.lists()
	lists["writes"], lists["plumbing"], lists["within"] = &n.Writes, &n.Plumbing, &n.Within
	for _, list := range lists {
		names := make([]string, len(*list))
		for i, name := range *list {
			names[i] = plainName(name)
		}
		*list = names
	}
	return n
}

// fields are the parts of a line.
type fields struct {
	within []string // objects whose members count as the line's own
	list   []Field
	names  [][]string // of each field, as they are compared: its own, and what is left of it without the objects that it is within
	used   []bool     // they are shown elsewhere
}

func (f *fields) add(name, value string) {
	f.list, f.names, f.used = append(f.list, Field{name, value}), append(f.names, f.own(plainName(name), nil)), append(f.used, false)
}

func (f *fields) own(plain string, all []string) []string {
	all = append(all, plain)
	for _, container := range f.within {
		if rest, ok := strings.CutPrefix(plain, container); ok && strings.HasPrefix(rest, ".") {
			all = f.own(rest[1:], all)
		}
	}
	return all
}

// each calls use with each field of these names, in the order of the names, until it returns true.
func (f *fields) each(names []string, use func(at int) bool) {
	for _, name := range names {
		for at, own := range f.names {
			if slices.Contains(own, name) && use(at) {
				return
			}
		}
	}
}

// first returns the first value of these names, and marks it as used; "" if there is none.
func (f *fields) first(names ...string) (value string) {
	f.each(names, func(at int) bool {
		if f.list[at].Value == "" {
			return false
		}
		value, f.used[at] = f.list[at].Value, true
		return true
	})
	return value
}

// named reports whether a field has one of the names, or belongs to an object that has.
func (f *fields) named(at int, names []string) bool {
	return slices.ContainsFunc(f.names[at], func(own string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return own == name || strings.HasPrefix(own, name+".") })
	})
}
