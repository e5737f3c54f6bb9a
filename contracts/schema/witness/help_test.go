package witness_test

import (
	"maps"
	"slices"
)

func sorted(all []string) []string { return slices.Sorted(slices.Values(all)) }

func keys(m map[string]any) []string { return slices.Collect(maps.Keys(m)) }
