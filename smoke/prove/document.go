package prove

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// decoded reads a JSON document and keeps its numbers as they are written.
func decoded(text []byte) (any, error) {
	reader := json.NewDecoder(bytes.NewReader(text))
	reader.UseNumber()
	var doc any
	err := reader.Decode(&doc)
	return doc, err
}

// added returns a document whose count at a pointer is one more. A count of nothing stays: the event was not carried out yet.
func added(text []byte, pointer string) ([]byte, error) {
	doc, err := decoded(text)
	if err != nil {
		return nil, err
	}
	doc, err = changed(doc, slices.Collect(jsontext.Pointer(pointer).Tokens()), func(value any) (any, error) {
		switch v := value.(type) {
		case []any:
			if len(v) > 0 {
				v = append(v, v[0])
			}
			return v, nil
		case json.Number:
			n, ok := new(big.Int).SetString(v.String(), 10)
			if ok && n.Sign() > 0 {
				n.Add(n, big.NewInt(1))
			}
			return json.Number(n.String()), nil
		}
		return nil, fmt.Errorf("no count at %q", pointer)
	})
	if err != nil {
		return nil, err
	}
	return json.Marshal(doc)
}

// changed replaces the value at a place in a document.
func changed(doc any, path []string, change func(any) (any, error)) (any, error) {
	if len(path) == 0 {
		return change(doc)
	}
	var err error
	switch d := doc.(type) {
	case map[string]any:
		d[path[0]], err = changed(d[path[0]], path[1:], change)
		return d, err
	case []any:
		i, wrong := strconv.Atoi(path[0])
		if wrong != nil || i < 0 || i >= len(d) {
			return nil, fmt.Errorf("no element %s", path[0])
		}
		d[i], err = changed(d[i], path[1:], change)
		return d, err
	}
	return nil, fmt.Errorf("nothing at %s", path[0])
}

// another returns a result that differs from one in every value.
func another(text []byte) []byte {
	doc, err := decoded(text)
	if err != nil || len(bytes.TrimSpace(text)) == 0 {
		return append(slices.Clone(text), "another result"...)
	}
	out, err := json.Marshal(differing(doc))
	if err != nil {
		return append(slices.Clone(text), "another result"...)
	}
	return out
}

func differing(value any) any {
	switch v := value.(type) {
	case map[string]any:
		if len(v) == 0 {
			return map[string]any{"another": "result"}
		}
		for key := range v {
			v[key] = differing(v[key])
		}
		return v
	case []any:
		for i := range v {
			v[i] = differing(v[i])
		}
		return append(v, "another")
	case string:
		return v + "-another"
	case json.Number:
		return json.Number(v.String() + "1")
	case bool:
		return !v
	}
	return "another"
}
