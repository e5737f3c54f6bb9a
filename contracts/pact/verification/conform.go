package verification

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/fridaygate/fridaygate/contracts/spelling"
)

// check returns a fault for everything in v that the grammar's object of that name does not provide for.
func (g grammar) check(name string, v *value) []fault {
	if v.kind != '{' {
		return []fault{{at: v, text: fmt.Sprintf("must be an object and is %s", describe(v))}}
	}
	s := g[name]
	switch {
	case s.is != nil:
		return g.checkKind(s.is, v)
	case s.by != "":
		return g.checkVariant(s, v)
	}
	var all []fault
	for _, m := range v.members {
		t, known := s.types[m.name]
		switch {
		case known:
			all = append(all, g.checkKind(t, m)...)
		case s.names != nil && s.names.MatchString(m.name):
			all = append(all, g.checkKind(s.of, m)...)
		default:
			if text := s.unknown(m.name); text != "" {
				all = append(all, fault{at: m, text: text})
			}
		}
	}
	for _, must := range s.required {
		if v.member(must) == nil {
			all = append(all, fault{at: v, text: fmt.Sprintf("%q is missing", must)})
		}
	}
	return all
}

// checkVariant checks v against the object that one of its members names.
func (g grammar) checkVariant(s *shape, v *value) []fault {
	names := slices.Sorted(maps.Keys(s.variants))
	by := v.member(s.by)
	switch {
	case by == nil && s.absent != nil:
		return g.checkKind(s.absent, v)
	case by == nil:
		return []fault{{at: v, text: fmt.Sprintf("%q is missing: it must be one of %s", s.by, strings.Join(names, ", "))}}
	}
	if next, ok := s.variants[by.str()]; ok {
		return g.check(next, v)
	}
	near, _ := spelling.Nearest(by.str(), names)
	return []fault{{at: by, text: fmt.Sprintf("%s is unknown: the nearest is %q", short(by.raw), near)}}
}

// unknown returns what is wrong with a member of that name; "" if nothing is.
func (s *shape) unknown(name string) string {
	known := slices.Sorted(maps.Keys(s.types))
	near, isNear := spelling.Nearest(name, known)
	switch {
	case strings.HasPrefix(name, "_"), s.open && !isNear:
		return ""
	case isNear:
		return fmt.Sprintf("the member %q is unknown, and would be ignored: write %q", name, near)
	case s.names != nil:
		return fmt.Sprintf("%q means nothing here: it must be %s", name, s.hint)
	default:
		return fmt.Sprintf("the member %q is unknown here, and would be ignored: take it out, or put it where this version of the "+
			"specification has it (here it has %s)",
			name, strings.Join(known, ", "))
	}
}

// checkKind checks v against the alternative that it comes nearest to.
func (g grammar) checkKind(k kind, v *value) []fault {
	var best []fault
	for _, t := range k {
		if s := g[t.word]; s != nil && s.when != nil && len(k) > 1 {
			if v.kind == '{' && slices.ContainsFunc(v.members, func(m *value) bool { return s.when.MatchString(m.name) }) {
				return g.check(t.word, v)
			}
			continue
		}
		faults, fits := g.checkTerm(t, v)
		switch {
		case !fits:
		case len(faults) == 0:
			return nil
		case best == nil || nearer(faults, best):
			best = faults
		}
	}
	if best == nil {
		return []fault{{at: v, text: fmt.Sprintf("must be %s and is %s", k, describe(v))}}
	}
	return best
}

// nearer reports whether the faults of one alternative make it likelier to be meant than those of another: they lie
// deeper, or are fewer.
func nearer(faults, others []fault) bool {
	at := func(all []fault) int {
		depths := make([]int, len(all))
		for n, one := range all {
			depths[n] = one.at.depth()
		}
		return slices.Min(depths)
	}
	return cmp.Or(cmp.Compare(at(faults), at(others)), cmp.Compare(len(others), len(faults))) > 0
}

// depth returns how many values v is inside.
func (v *value) depth() int {
	n := 0
	for ; v.parent != nil; v = v.parent {
		n++
	}
	return n
}

// checkTerm checks v against one alternative. It reports whether v is of its kind at all.
func (g grammar) checkTerm(t term, v *value) (all []fault, fits bool) {
	switch {
	case t.open != 0:
		for _, inside := range v.children() {
			all = append(all, g.checkKind(t.of, inside)...)
		}
		return all, v.kind == jsontext.Kind(t.open)
	case t.word[0] == '"':
		return nil, v.kind == '"' && strings.EqualFold(v.text, strings.Trim(t.word, `"`))
	case g[t.word] != nil:
		return g.check(t.word, v), v.kind == '{'
	case t.word == "integer":
		return nil, isInteger(v)
	case t.word == "status":
		return nil, isInteger(v) && (v.text == "0" || len(v.text) == 3 && v.text[0] >= '1' && v.text[0] <= '5')
	default:
		return nil, t.word == "any" || t.word == kindName(v.kind) || t.word == "false" && v.kind == 'f'
	}
}

func isInteger(v *value) bool { return v.kind == '0' && strings.Trim(v.text, "0123456789") == "" }

// kindName returns the grammar's word for a kind of JSON value.
func kindName(k jsontext.Kind) string {
	switch k {
	case 'n':
		return "null"
	case 't', 'f':
		return "flag"
	case '"':
		return "text"
	case '0':
		return "number"
	case '{':
		return "object"
	default:
		return "array"
	}
}

func describe(v *value) string {
	if v.kind == '{' || v.kind == '[' {
		return kindName(v.kind)
	}
	return short(v.raw)
}
