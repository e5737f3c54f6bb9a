package compat_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/schema/compat"
)

// neighbours returns documents near one that a schema accepts: it, and for each member that either schema names, those without
// the member and with each of many other values for it, among them every value that the schemas' texts hold.
func neighbours(t *testing.T, accepts, other *schema.Schema) [][]byte {
	t.Helper()
	found := compat.Compare(t.Context(), accepts, load(t, "nothing", []byte("false")), compat.Options{MaxBreaks: 1})
	require.NotEmpty(t, found[0].Breaks, "it accepts nothing")
	var document any
	require.NoError(t, json.Unmarshal(found[0].Breaks[0].Document, &document))
	object, ok := document.(map[string]any)
	if !ok {
		object = map[string]any{}
	}
	values := []any{nil, true, false, 0, 1, -1, 1.5, "", "a", "2026-01-02", "https://example.com"}
	values = append(values, []any{}, []any{"a"}, []any{1}, map[string]any{})
	for _, s := range []*schema.Schema{accepts, other} {
		for _, text := range s.Texts() {
			var value any
			require.NoError(t, json.Unmarshal(text, &value))
			values = append(values, scalars(value)...)
		}
	}
	all := [][]byte{found[0].Breaks[0].Document}
	add := func(object map[string]any) {
		text, err := json.Marshal(object)
		require.NoError(t, err)
		all = append(all, text)
	}
	names := slices.Compact(slices.Sorted(slices.Values(slices.Concat(accepts.Properties(), other.Properties(), []string{"another"}))))
	for _, name := range names {
		without := maps.Clone(object)
		delete(without, name)
		add(without)
		for _, value := range values {
			with := maps.Clone(object)
			with[name] = value
			add(with)
		}
	}
	return all
}

// scalars returns the values of enum and const in a schema, and lists of each.
func scalars(value any) []any {
	var all []any
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			if list, ok := value[name].([]any); ok && name == "enum" {
				for _, one := range list {
					all = append(all, one, []any{one})
				}
			} else {
				all = append(all, scalars(value[name])...)
			}
		}
	case []any:
		for _, item := range value {
			all = append(all, scalars(item)...)
		}
	}
	return all
}
