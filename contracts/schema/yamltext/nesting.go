package yamltext

import "github.com/goccy/go-yaml/token"

// deepest returns the first token that is nested deeper than depth, or nil. It is asked before the text is parsed: the parser takes
// memory with the square of the depth.
func deepest(tokens token.Tokens, depth int) *token.Token {
	n := nesting{}
	for _, t := range tokens {
		n.next(t)
		if n.flow+len(n.blocks) > depth {
			return t
		}
	}
	return nil
}

// nesting is what surrounds a token.
type nesting struct {
	flow   int   // open brackets and braces
	blocks []int // the columns at which lists and mappings in block style start
}

func (n *nesting) next(t *token.Token) {
	switch t.Type {
	case token.SequenceStartType, token.MappingStartType:
		n.flow++
	case token.SequenceEndType, token.MappingEndType:
		n.flow = max(0, n.flow-1)
	case token.SequenceEntryType:
		n.block(t.Position.Column)
	case token.MappingValueType:
		if t.Prev != nil {
			n.block(t.Prev.Position.Column)
		}
	}
}

// block enters a list or mapping that has an entry at a column. Those that start further right have ended.
func (n *nesting) block(column int) {
	if n.flow > 0 {
		return
	}
	for len(n.blocks) > 0 && n.blocks[len(n.blocks)-1] >= column {
		n.blocks = n.blocks[:len(n.blocks)-1]
	}
	n.blocks = append(n.blocks, column)
}
