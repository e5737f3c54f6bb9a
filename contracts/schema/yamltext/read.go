package yamltext

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/fridaygate/fridaygate/contracts/textfile"
)

// Read reads a text that holds one document. The error is a *Mistake.
func Read(text []byte, opts Options) (*Text, error) {
	tokens, err := tokenize(text, opts.depth())
	if err != nil {
		return nil, err
	}
	file, err := parser.Parse(tokens, 0)
	var wrong yaml.Error
	switch {
	case errors.As(err, &wrong):
		return nil, mistake(wrong)
	case err != nil:
		return nil, &Mistake{Place: Place{1, 1}, What: fmt.Sprintf("it is not YAML: %v", err)}
	case len(file.Docs) > 1:
		return nil, &Mistake{Place: start(file.Docs[1]), What: "a second document starts here: keep one in a file"}
	}
	r := reader{options: opts, text: newText(), anchors: map[string]ast.Node{}}
	if body := file.Docs[0].Body; body == nil || body.Type() == ast.CommentType {
		return nil, &Mistake{Place: Place{1, 1}, What: "the file is empty"}
	} else if r.text.Value, err = r.read(body, "", Place{}, 0); err != nil {
		return nil, err
	}
	return r.text, nil
}

// tokenize splits a text that a parser can read in bounded memory.
func tokenize(text []byte, depth int) (token.Tokens, error) {
	text, err := textfile.UTF8(text)
	if wrong := new(textfile.Error); errors.As(err, &wrong) {
		return nil, &Mistake{Place: Place{wrong.Line, wrong.Column}, What: wrong.What}
	}
	tokens := lexer.Tokenize(string(text))
	if t := deepest(tokens, depth); t != nil {
		return nil, &Mistake{Place: position(t), What: fmt.Sprintf("the file is nested more than %d deep here", depth)}
	}
	return tokens, nil
}

// reader turns nodes into JSON values, and notes their places.
type reader struct {
	options Options
	text    *Text
	anchors map[string]ast.Node // those that end before what is read
	values  int
}

func (r *reader) fault(node ast.Node, at jsontext.Pointer, format string, args ...any) error {
	return &Mistake{Place: start(node), Pointer: at, What: fmt.Sprintf(format, args...)}
}

// read returns the value of a node. key is the place of its key; zero if it has none.
func (r *reader) read(node ast.Node, at jsontext.Pointer, key Place, depth int) (any, error) {
	if r.values++; r.values > r.options.values() || depth > r.options.depth() {
		return nil, r.fault(node, at, "the file holds more than %d values, or is nested more than %d deep", r.options.values(), r.options.depth())
	}
	own := Places{key, start(node)}
	if key == (Place{}) {
		own.Key = own.Value
	}
	r.text.Places[at] = own
	switch n := node.(type) {
	case *ast.AnchorNode:
		value, err := r.read(n.Value, at, key, depth+1)
		r.anchors[n.Name.GetToken().Value] = n.Value
		return value, err
	case *ast.AliasNode:
		value, err := r.alias(n, at)
		if err != nil {
			return nil, err
		}
		return r.read(value, at, key, depth+1)
	case *ast.MappingNode:
		return r.mapping(n.Values, at, depth)
	case *ast.MappingValueNode:
		return r.mapping([]*ast.MappingValueNode{n}, at, depth)
	case *ast.SequenceNode:
		list := []any{}
		for i, item := range n.Values {
			value, err := r.read(item, at.AppendToken(strconv.Itoa(i)), Place{}, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, value)
		}
		return list, nil
	}
	return r.scalar(node, at)
}

// alias returns the value of an alias.
func (r *reader) alias(n *ast.AliasNode, at jsontext.Pointer) (ast.Node, error) {
	name := n.Value.GetToken().Value
	value, ok := r.anchors[name]
	if !ok {
		return nil, r.fault(n, at, "*%s: there is no value &%s that ends before it", name, name)
	}
	return value, nil
}

// mapping returns the members of a mapping. Its own members override those of a merge key (<<).
func (r *reader) mapping(pairs []*ast.MappingValueNode, at jsontext.Pointer, depth int) (any, error) {
	members := map[string]any{}
	var merged []ast.Node
	for _, pair := range pairs {
		if pair.Key.IsMergeKey() {
			merged = append(merged, pair.Value)
			continue
		}
		name, ok := keyName(pair.Key)
		if !ok {
			return nil, r.fault(pair.Key, at, "a key must be text")
		}
		below := at.AppendToken(name)
		value, err := r.read(pair.Value, below, start(pair.Key), depth+1)
		if err != nil {
			return nil, err
		}
		members[name] = value
	}
	for _, node := range merged {
		if err := r.merge(members, node, at, depth+1); err != nil {
			return nil, err
		}
	}
	return members, nil
}

// merge adds the members of what a merge key names, a mapping or a list of mappings, that are not there yet.
func (r *reader) merge(into map[string]any, node ast.Node, at jsontext.Pointer, depth int) error {
	if alias, ok := node.(*ast.AliasNode); ok {
		value, err := r.alias(alias, at)
		if err != nil {
			return err
		}
		node = value
	}
	switch n := node.(type) {
	case *ast.SequenceNode:
		for _, item := range n.Values {
			if err := r.merge(into, item, at, depth+1); err != nil {
				return err
			}
		}
		return nil
	case *ast.MappingNode:
		for _, pair := range n.Values {
			name, ok := keyName(pair.Key)
			if _, own := into[name]; own || !ok {
				continue
			}
			value, err := r.read(pair.Value, at.AppendToken(name), start(pair.Key), depth+1)
			if err != nil {
				return err
			}
			into[name] = value
		}
		return nil
	}
	return r.fault(node, at, "<< must name a mapping, or a list of mappings")
}

// keyName returns the text of a key.
func keyName(key ast.MapKeyNode) (string, bool) {
	switch n := key.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode:
		return key.GetToken().Value, true
	}
	return "", false
}

var (
	jsonNumber  = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?$`)
	otherNumber = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`) // YAML 1.2.2, section 10.3.2
)

// scalar returns the value of a node that is neither a list nor a mapping.
func (r *reader) scalar(node ast.Node, at jsontext.Pointer) (any, error) {
	text := strings.TrimSpace(node.GetToken().Value)
	switch n := node.(type) {
	case *ast.NullNode:
		return nil, nil
	case *ast.BoolNode:
		return n.Value, nil
	case *ast.LiteralNode:
		return n.Value.Value, nil
	case *ast.StringNode:
		if n.Token.Type == token.StringType && otherNumber.MatchString(n.Value) {
			break
		}
		return n.Value, nil
	case *ast.IntegerNode, *ast.FloatNode:
		if jsonNumber.MatchString(text) {
			return json.Number(text), nil
		}
	case *ast.TagNode:
		return r.doubt(node, at, text, "%s: tags are not read: leave it out, and put text in quotes", text)
	}
	return r.doubt(node, at, text, "%s: versions of YAML read this number differently: put text in quotes, and write a number in plain digits",
		text)
}

// doubt returns the text of a value that readers of YAML disagree on, or a mistake.
func (r *reader) doubt(node ast.Node, at jsontext.Pointer, text, format string, args ...any) (any, error) {
	if !r.options.Doubtful {
		return nil, r.fault(node, at, format, args...)
	}
	r.text.Doubtful[at] = fmt.Sprintf(format, args...)
	return text, nil
}

// start returns where a node starts. The tokens of mappings that goccy/go-yaml keeps are their first colons.
func start(node ast.Node) Place {
	switch n := node.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return start(n.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return start(n.Key)
	case *ast.DocumentNode:
		if n.Body != nil {
			return start(n.Body)
		}
	}
	return position(node.GetToken())
}

func position(t *token.Token) Place {
	if t == nil || t.Position == nil {
		return Place{1, 1}
	}
	return Place{t.Position.Line, t.Position.Column}
}

var twice = regexp.MustCompile(`^mapping key "(.*)" already defined at \[(\d+):\d+\]$`)

// hints are what to do about errors of goccy/go-yaml.
var hints = []struct{ when, do string }{
	{"mapping value is not allowed", "put text that holds a colon in quotes, and start each key in a line of its own"},
	{"tab", "indent with spaces"},
	{"cannot start any token", "indent with spaces, not tabs, and put text that starts with a sign in quotes"},
	{"not found", "close what the line opens"},
	{"could not find end character", "close the quotes"},
	{"invalid key", "a key must be text"},
	{"", "check the line and the one before it"},
}

// mistake puts an error of goccy/go-yaml into words.
func mistake(wrong yaml.Error) *Mistake {
	m := &Mistake{Place: position(wrong.GetToken())}
	message := strings.TrimSpace(wrong.GetMessage())
	var syntax *yaml.SyntaxError
	if found := twice.FindStringSubmatch(message); found != nil {
		m.Name, m.What = found[1], "occurs again, after line "+found[2]+": keep one"
		return m
	}
	if m.What = message; !errors.As(wrong, &syntax) {
		return m
	}
	for _, hint := range hints {
		if strings.Contains(message, hint.when) {
			m.What = fmt.Sprintf("it is not YAML (%s): %s", message, hint.do)
			return m
		}
	}
	return m
}
