package compat_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/schema/compat"
)

// cell is one change of one member in the grid of 24.
type cell struct {
	change            string // add or remove
	member            string // required, default or optional
	content           string // open or closed: whether members that are not described are accepted
	policy            string // strict, or lenient: see compat.Options.Lenient
	backward, forward string
}

// grid is what adding or removing a member of type string means. Strict takes schemas as validators do: whoever adds a
// member to an open object refuses documents that had another value there, and whoever describes one in a closed object
// sends what the other version refuses. A default changes no verdict, as validators ignore it.
func grid() []cell {
	const c, b = "compatible", "broken"
	return []cell{
		{"add", "required", "open", "strict", b, c},
		{"add", "required", "open", "lenient", b, c},
		{"add", "required", "closed", "strict", b, b},
		{"add", "required", "closed", "lenient", b, c},
		{"add", "default", "open", "strict", b, c},
		{"add", "default", "open", "lenient", c, c},
		{"add", "default", "closed", "strict", c, b},
		{"add", "default", "closed", "lenient", c, c},
		{"add", "optional", "open", "strict", b, c},
		{"add", "optional", "open", "lenient", c, c},
		{"add", "optional", "closed", "strict", c, b},
		{"add", "optional", "closed", "lenient", c, c},
		{"remove", "required", "open", "strict", c, b},
		{"remove", "required", "open", "lenient", c, b},
		{"remove", "required", "closed", "strict", b, b},
		{"remove", "required", "closed", "lenient", c, b},
		{"remove", "default", "open", "strict", c, b},
		{"remove", "default", "open", "lenient", c, c},
		{"remove", "default", "closed", "strict", b, c},
		{"remove", "default", "closed", "lenient", c, c},
		{"remove", "optional", "open", "strict", c, b},
		{"remove", "optional", "open", "lenient", c, c},
		{"remove", "optional", "closed", "strict", b, c},
		{"remove", "optional", "closed", "lenient", c, c},
	}
}

// schemas returns the old and the new schema of a cell.
func (c cell) schemas() (older, newer []byte) {
	without := map[string]any{"type": "object", "properties": map[string]any{"id": map[string]any{"type": "string"}}, "required": []any{"id"}}
	member := map[string]any{"type": "string"}
	if c.member == "default" {
		member["default"] = "x"
	}
	with := map[string]any{
		"type": "object", "required": []any{"id"},
		"properties": map[string]any{"id": map[string]any{"type": "string"}, "note": member},
	}
	if c.member == "required" {
		with["required"] = []any{"id", "note"}
	}
	if c.content == "closed" {
		without["additionalProperties"], with["additionalProperties"] = false, false
	}
	before, after := without, with
	if c.change == "remove" {
		before, after = with, without
	}
	older, _ = json.Marshal(before)
	newer, _ = json.Marshal(after)
	return older, newer
}

func TestGridOfChangesOfOneMember(t *testing.T) {
	all := grid()
	require.Len(t, all, 2*3*2*2)
	seen := map[string]bool{}
	for _, c := range all {
		name := fmt.Sprintf("%s %s %s %s", c.change, c.member, c.content, c.policy)
		require.False(t, seen[name], name)
		seen[name] = true
		t.Run(name, func(t *testing.T) {
			older, newer := c.schemas()
			backward, forward := both(t, load(t, "old", older), load(t, "new", newer), compat.Options{Lenient: c.policy == "lenient"})
			require.Equal(t, []string{c.backward, c.forward}, []string{backward, forward})
		})
	}
}
