package witness

// differs returns what holds of every array or object that is none of some values.
func (b *branch) differs(a among) []*formula {
	var all []*formula
	for _, key := range sortedKeys(a.values) {
		switch value := a.values[key].(type) {
		case []any:
			all = append(all, b.otherArray(value))
		case map[string]any:
			all = append(all, b.otherObject(value))
		}
	}
	return all
}

func (b *branch) otherArray(value []any) *formula {
	ways := []*formula{b.not(b.atom(sized{array, len(value)})), b.atom(sized{array, len(value) + 1})}
	if len(value) == 0 {
		ways = ways[1:]
	}
	for i, item := range value {
		ways = append(ways, b.not(b.atom(items{i, i + 1, b.oneOfValues([]any{item})})))
	}
	return b.or(ways...)
}

func (b *branch) otherObject(value map[string]any) *formula {
	known := sortedKeys(value)
	ways := []*formula{b.some(names{except: known}, b.yes)}
	for _, name := range known {
		ways = append(ways, b.absent(name), b.some(named(name), b.not(b.oneOfValues([]any{value[name]}))))
	}
	return b.or(ways...)
}
