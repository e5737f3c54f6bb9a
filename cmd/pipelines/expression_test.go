package pipelines_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rhysd/actionlint"
)

// contexts are what expressions read: the contexts of GitHub Actions by name, as nested maps of strings and booleans. An
// expression that reads anything else is an error: what a test does not name must not count as empty.
type contexts map[string]any

// status is what the functions success(), failure(), cancelled() and always() depend on.
type status struct{ failed bool }

// interpolate replaces each ${{ expression }} in a text by its value.
func interpolate(text string, c contexts, s status) (string, error) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "${{")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		expression, after, found := strings.Cut(rest, "}}")
		if !found {
			return "", fmt.Errorf("%q: ${{ without }}", text)
		}
		value, _, err := evaluate(expression, c, s)
		if err != nil {
			return "", err
		}
		word, err := printed(value)
		if err != nil {
			return "", fmt.Errorf("%s: %w", expression, err)
		}
		b.WriteString(word)
		text = after
	}
}

func printed(value any) (string, error) {
	switch value := value.(type) {
	case string:
		return value, nil
	case bool:
		return fmt.Sprint(value), nil
	default:
		return "", fmt.Errorf("a %T is no text", value)
	}
}

// holds reports whether a step with this condition runs. Without a status function, it runs only if no step has failed.
func holds(condition string, c contexts, s status) (bool, error) {
	condition = strings.TrimSpace(condition)
	if inner, found := strings.CutPrefix(condition, "${{"); found {
		condition = strings.TrimSuffix(inner, "}}")
	}
	if condition == "" {
		condition = "success()"
	}
	value, asksStatus, err := evaluate(condition, c, s)
	if err != nil {
		return false, err
	}
	return truthy(value) && (asksStatus || !s.failed), nil
}

// evaluate returns an expression's value, and whether the expression calls a status function.
func evaluate(expression string, c contexts, s status) (value any, asksStatus bool, err error) {
	node, wrong := actionlint.NewExprParser().Parse(actionlint.NewExprLexer(expression + "}}"))
	if wrong != nil {
		return nil, false, fmt.Errorf("%s: %w", expression, wrong)
	}
	actionlint.VisitExprNode(node, func(n, _ actionlint.ExprNode, entering bool) {
		if call, ok := n.(*actionlint.FuncCallNode); ok && entering {
			asksStatus = asksStatus || slices.Contains([]string{"success", "failure", "cancelled", "always"}, call.Callee)
		}
	})
	value, err = valueOf(node, c, s)
	if err != nil {
		err = fmt.Errorf("%s: %w", expression, err)
	}
	return value, asksStatus, err
}

func valueOf(node actionlint.ExprNode, c contexts, s status) (any, error) {
	switch n := node.(type) {
	case *actionlint.StringNode:
		return n.Value, nil
	case *actionlint.BoolNode:
		return n.Value, nil
	case *actionlint.VariableNode:
		return member(map[string]any(c), n.Name)
	case *actionlint.ObjectDerefNode:
		receiver, err := valueOf(n.Receiver, c, s)
		if err != nil {
			return nil, err
		}
		object, ok := receiver.(map[string]any)
		if !ok {
			return nil, fmt.Errorf(".%s of a %T", n.Property, receiver)
		}
		return member(object, n.Property)
	case *actionlint.NotOpNode:
		operand, err := valueOf(n.Operand, c, s)
		return !truthy(operand), err
	case *actionlint.LogicalOpNode:
		left, err := valueOf(n.Left, c, s)
		if err != nil || truthy(left) != (n.Kind == actionlint.LogicalOpNodeKindAnd) {
			return left, err
		}
		return valueOf(n.Right, c, s)
	case *actionlint.CompareOpNode:
		return compared(n, c, s)
	case *actionlint.FuncCallNode:
		return called(n, c, s)
	default:
		return nil, fmt.Errorf("this test does not know a %T", node)
	}
}

// member returns a member, whose name is written in lower case in an expression's tree.
func member(object map[string]any, name string) (any, error) {
	for key, value := range object {
		if strings.EqualFold(key, name) {
			return value, nil
		}
	}
	return nil, fmt.Errorf("there is no %s among %s", name, strings.Join(slices.Sorted(maps.Keys(object)), ", "))
}

// compared compares texts, without regard to case as GitHub does, and booleans. Anything else would be converted first,
// and is refused.
func compared(n *actionlint.CompareOpNode, c contexts, s status) (any, error) {
	left, err := valueOf(n.Left, c, s)
	if err != nil {
		return nil, err
	}
	right, err := valueOf(n.Right, c, s)
	if err != nil {
		return nil, err
	}
	if fmt.Sprintf("%T", left) != fmt.Sprintf("%T", right) {
		return nil, fmt.Errorf("a %T is compared with a %T", left, right)
	}
	same := left == right
	if text, ok := left.(string); ok {
		same = strings.EqualFold(text, right.(string))
	}
	switch n.Kind {
	case actionlint.CompareOpNodeKindEq:
		return same, nil
	case actionlint.CompareOpNodeKindNotEq:
		return !same, nil
	default:
		return nil, errors.New("this test knows == and != only")
	}
}

func called(n *actionlint.FuncCallNode, c contexts, s status) (any, error) {
	switch n.Callee {
	case "success":
		return !s.failed, nil
	case "failure":
		return s.failed, nil
	case "cancelled":
		return false, nil
	case "always":
		return true, nil
	case "format":
		return formatted(n.Args, c, s)
	default:
		return nil, fmt.Errorf("this test does not know the function %s", n.Callee)
	}
}

func formatted(nodes []actionlint.ExprNode, c contexts, s status) (string, error) {
	words := make([]string, len(nodes))
	for i, node := range nodes {
		value, err := valueOf(node, c, s)
		if err == nil {
			words[i], err = printed(value)
		}
		if err != nil {
			return "", err
		}
	}
	text := words[0]
	for i, word := range words[1:] {
		text = strings.ReplaceAll(text, fmt.Sprintf("{%d}", i), word)
	}
	return text, nil
}

func truthy(value any) bool { return value != nil && value != false && value != "" }
