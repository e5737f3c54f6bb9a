package compat

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/schema/witness"
)

// placeOf returns the place of a demand, in whichever version it stands.
func (p *pair) placeOf(l witness.Label) schema.Place {
	for _, s := range []*schema.Schema{p.refuses, p.accepts} {
		if at := s.Place(l.Schema, tokensOf(s, l)...); at.File != "" {
			return at
		}
	}
	return schema.Place{}
}

// tokensOf returns the tokens of the pointer from a schema to one of its demands.
func tokensOf(s *schema.Schema, l witness.Label) []string {
	switch l.Keyword {
	case "":
		return nil
	case "required":
		at := s.Place(l.Schema, "required")
		list, _ := s.Written(at.File, at.Pointer)
		names, _ := list.([]any)
		if i := slices.Index(names, any(l.Detail)); i >= 0 {
			return []string{"required", strconv.Itoa(i)}
		}
		return []string{"required"}
	case "dependentRequired", "dependencies":
		name, _, _ := strings.Cut(l.Detail, " ")
		return []string{l.Keyword, name}
	case "properties", "allOf", "prefixItems", "items":
		if l.Detail != "" {
			return []string{l.Keyword, l.Detail}
		}
	}
	return []string{l.Keyword}
}

// breakOf describes a demand that refuses a document.
func (p *pair) breakOf(reason witness.Reason, document []byte, violations []schema.Violation) Break {
	b := Break{
		Direction: p.direction, Keyword: reason.Keyword, Document: document, Instance: pointerOf(reason.Instance),
		Refusing: p.refuses.Place(reason.Schema, tokensOf(p.refuses, reason.Label)...),
	}
	switch b.Keyword {
	case "":
		b.Keyword = schema.False
	case "required":
		b.Member = reason.Detail
	case "dependentRequired", "dependencies":
		_, b.Member, _ = strings.Cut(reason.Detail, " ")
	}
	b.Accepting = p.counterpart(b.Refusing)
	b.Message = fmt.Sprintf("the keyword %q refuses it", b.Keyword)
	for _, v := range violations {
		inside := v.SchemaPath == b.Refusing.Pointer || strings.HasPrefix(b.Refusing.Pointer, v.SchemaPath+"/")
		if inside && v.SchemaFile == b.Refusing.File && v.InstancePath == b.Instance {
			b.Message = v.Message
			break
		}
	}
	return b
}

// counterpart returns the place in the version that accepts with the pointer of a place in the other, or the nearest one.
func (p *pair) counterpart(refusing schema.Place) schema.Place {
	tokens := strings.Split(strings.TrimPrefix(refusing.Pointer, "/"), "/")
	for i, token := range tokens {
		tokens[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
	}
	file, _ := p.accepts.File()
	return p.accepts.Nearest(file, "", tokens...)
}

func pointerOf(path []any) string {
	var b strings.Builder
	for _, token := range path {
		fmt.Fprintf(&b, "/%s", strings.NewReplacer("~", "~0", "/", "~1").Replace(fmt.Sprint(token)))
	}
	return b.String()
}
