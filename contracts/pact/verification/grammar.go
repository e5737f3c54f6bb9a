package verification

import (
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

//go:embed grammar.yaml
var grammarText []byte

// grammar holds the members of every object of a pact file, by the object's name. See grammar.yaml.
type grammar map[string]*shape

// shape is what an object may hold.
type shape struct {
	types    map[string]kind // of the members
	required []string
	is       kind              // other shapes, one of which applies; nil: this one does
	open     bool              // unknown members are allowed
	by       string            // the member that names the shape that applies; "": this one does
	variants map[string]string // shapes by that member's value
	absent   kind              // what applies without that member; nil if it must be there
	when     *regexp.Regexp    // nil, or a pattern: it applies if a member's name matches
	names    *regexp.Regexp    // of all members, if they have one type
	hint     string            // what these names are, for people
	of       kind              // that type
}

// kind is a type of grammar.yaml: alternatives.
type kind []term

// term is one alternative: a word, or, if open is a bracket, an array or object of what is inside.
type term struct {
	word string
	open byte
	of   kind
}

func (k kind) String() string {
	var words []string
	for _, t := range k {
		words = append(words, t.word)
	}
	return strings.Join(words, " or ")
}

// pactGrammar reads grammar.yaml once.
var pactGrammar = sync.OnceValues(func() (grammar, error) {
	g, err := readGrammar(grammarText)
	if err != nil {
		return nil, fmt.Errorf("the grammar of pacts: %w", err)
	}
	return g, nil
})

func readGrammar(text []byte) (grammar, error) {
	var raw map[string]map[string]any
	if err := yaml.Unmarshal(text, &raw); err != nil {
		return nil, err
	}
	g := grammar{}
	var wrong []error
	for name, entries := range raw {
		s, err := readShape(entries)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", name, err))
		}
		g[name] = s
	}
	for name, s := range g {
		if err := g.resolves(s); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", name, err))
		}
	}
	return g, errors.Join(wrong...)
}

func readShape(entries map[string]any) (*shape, error) {
	s := &shape{types: map[string]kind{}, variants: map[string]string{}}
	s.by, _ = entries["$by"].(string)
	var err error
	for name, entry := range entries {
		text := fmt.Sprint(entry)
		switch bare, must := strings.CutSuffix(name, "!"); {
		case name == "$by":
		case name == "$open":
			s.open = text == "true"
		case name == "$is":
			s.is = parseKind(text)
		case name == "$absent":
			s.absent = parseKind(text)
		case name == "$when":
			s.when, err = regexp.Compile(text)
		case name == "$names":
			s.names, err = regexp.Compile(text)
		case name == "$hint":
			s.hint = text
		case name == "$of":
			s.of = parseKind(text)
		case s.by != "":
			s.variants[name] = text
		case must:
			s.required = append(s.required, bare)
			s.types[bare] = parseKind(text)
		default:
			s.types[name] = parseKind(text)
		}
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(s.required)
	return s, nil
}

// parseKind splits a type at the | outside brackets.
func parseKind(text string) kind {
	var all kind
	depth, from := 0, 0
	for at := range len(text) + 1 {
		switch {
		case at == len(text) || text[at] == '|' && depth == 0:
			t := term{word: strings.TrimSpace(text[from:at])}
			if t.word != "" && strings.ContainsRune("[{", rune(t.word[0])) {
				t.open, t.of = t.word[0], parseKind(t.word[1:len(t.word)-1])
			}
			all, from = append(all, t), at+1
		case text[at] == '[' || text[at] == '{':
			depth++
		case text[at] == ']' || text[at] == '}':
			depth--
		}
	}
	return all
}

// basic are the words that name no object of the grammar.
var basic = []string{"any", "text", "integer", "status", "number", "flag", "false", "null", "object"}

// resolves returns an error for a word that s uses and that nothing defines.
func (g grammar) resolves(s *shape) error {
	kinds := []kind{s.of, s.absent, s.is}
	for _, k := range s.types {
		kinds = append(kinds, k)
	}
	for _, word := range s.variants {
		kinds = append(kinds, kind{{word: word}})
	}
	for len(kinds) > 0 {
		k := kinds[0]
		kinds = kinds[1:]
		for _, t := range k {
			switch {
			case t.open != 0:
				kinds = append(kinds, t.of)
			case g[t.word] == nil && !slices.Contains(basic, t.word) && !strings.HasPrefix(t.word, `"`):
				return fmt.Errorf("nothing defines %q", t.word)
			}
		}
	}
	return nil
}
