package metrics

import (
	"errors"
	"fmt"
	"strings"
)

// lexer reads what sample lines and selectors share: a metric's name and its labels.
type lexer struct{ rest string }

var errEnd = errors.New("it ends in the middle")

// take drops a prefix, after blanks, and reports whether it was there.
func (l *lexer) take(prefix string) bool {
	rest, found := strings.CutPrefix(strings.TrimLeft(l.rest, " \t"), prefix)
	if found {
		l.rest = rest
	}
	return found
}

// name reads a name, which may be quoted; "" if there is none.
func (l *lexer) name() (string, error) {
	if l.quoted() {
		return l.text()
	}
	l.take("")
	n := 0
	for n < len(l.rest) && named(l.rest[n], n) {
		n++
	}
	name := l.rest[:n]
	l.rest = l.rest[n:]
	return name, nil
}

// named reports whether a character may stand at a place of a name.
func named(c byte, at int) bool {
	return c == '_' || c == ':' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' && at > 0
}

func (l *lexer) quoted() bool { return strings.HasPrefix(strings.TrimLeft(l.rest, " \t"), `"`) }

// text reads a quoted text, in which \\, \" and \n are escapes.
func (l *lexer) text() (string, error) {
	if !l.take(`"`) {
		return "", fmt.Errorf("want a quoted text at %q", clip(l.rest))
	}
	if end := strings.IndexAny(l.rest, `"\`); end >= 0 && l.rest[end] == '"' {
		text := l.rest[:end]
		l.rest = l.rest[end+1:]
		return text, nil
	}
	var b strings.Builder
	for i := 0; i < len(l.rest); i++ {
		switch c := l.rest[i]; c {
		case '"':
			l.rest = l.rest[i+1:]
			return b.String(), nil
		case '\\':
			if i++; i == len(l.rest) {
				return "", errEnd
			}
			switch escaped := l.rest[i]; escaped {
			case 'n':
				b.WriteByte('\n')
			case '\\', '"':
				b.WriteByte(escaped)
			default:
				b.WriteString(l.rest[i-1 : i+1]) // as Prometheus reads it
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", errEnd
}

// series reads a metric's name and its labels, each with an operator of ops. A name in UTF-8 stands quoted within the braces.
func (l *lexer) series(ops ...string) (name string, labels []label, err error) {
	if l.quoted() {
		return "", nil, fmt.Errorf("want the name of a metric at %q", clip(l.rest))
	}
	if name, err = l.name(); err != nil {
		return "", nil, err
	}
	if l.take("{") {
		if labels, err = l.labels(&name, ops); err != nil {
			return "", nil, err
		}
	}
	if name == "" {
		return "", nil, fmt.Errorf("want the name of a metric at %q", clip(l.rest))
	}
	return name, labels, nil
}

// label is a label with its value, and how they are compared.
type label struct{ name, op, value string }

// labels reads what follows an opening brace.
func (l *lexer) labels(metric *string, ops []string) (all []label, err error) {
	for !l.take("}") {
		quoted := l.quoted()
		one := label{}
		if one.name, err = l.name(); err != nil {
			return nil, err
		}
		for _, op := range ops {
			if one.op == "" && l.take(op) {
				one.op = op
			}
		}
		switch {
		case one.op == "" && quoted && *metric == "":
			*metric = one.name
		case one.op == "" || one.name == "":
			return nil, fmt.Errorf("want a label with its value at %q", clip(one.name+l.rest))
		default:
			if one.value, err = l.text(); err != nil {
				return nil, err
			}
			all = append(all, one)
		}
		if !l.take(",") {
			if !l.take("}") {
				return nil, fmt.Errorf("want a comma or a brace at %q", clip(l.rest))
			}
			return all, nil
		}
	}
	return all, nil
}

// clip shortens what a message shows.
func clip(text string) string {
	const most = 40
	if len(text) > most {
		return text[:most] + "…"
	}
	return text
}
