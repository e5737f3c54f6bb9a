package wire

import (
	"bytes"
	"slices"
	"strings"
)

// Head is the start line and the fields of a message, as they were sent.
type Head struct {
	start  string // with its line end
	fields []field
	end    string // the empty line
}

// field is one field line, with its line end and the lines that continue it.
type field struct {
	name, raw string
}

func newField(name, value string) field { return field{name, name + ": " + value + "\r\n"} }

// value returns the field's value without the space around it, and with its line folds read as spaces.
func (f field) value() string {
	_, value, _ := strings.Cut(f.raw, ":")
	lines := strings.Split(value, "\n")
	for i, line := range lines {
		lines[i] = strings.Trim(line, " \t\r")
	}
	return strings.TrimSpace(strings.Join(lines, " "))
}

// Start returns the start line without its line end.
func (h *Head) Start() string { return strings.TrimRight(h.start, "\r\n") }

// SetStart replaces the start line.
func (h *Head) SetStart(line string) { h.start = line + "\r\n" }

// Names returns the name of each field line, in order, as it is written.
func (h *Head) Names() []string {
	names := make([]string, len(h.fields))
	for i, f := range h.fields {
		names[i] = f.name
	}
	return names
}

// Value returns the value of the field line at the place i of Names.
func (h *Head) Value(i int) string { return h.fields[i].value() }

// Values returns the values of the fields of a name, in order. The case of names does not matter.
func (h *Head) Values(name string) []string {
	var values []string
	for _, f := range h.fields {
		if strings.EqualFold(f.name, name) {
			values = append(values, f.value())
		}
	}
	return values
}

// Set replaces the fields of a name by one field for each value, at the place of the first; without a value it removes
// them. New fields come last.
func (h *Head) Set(name string, values ...string) {
	at := slices.IndexFunc(h.fields, func(f field) bool { return strings.EqualFold(f.name, name) })
	h.fields = slices.DeleteFunc(h.fields, func(f field) bool { return strings.EqualFold(f.name, name) })
	if at < 0 || at > len(h.fields) {
		at = len(h.fields)
	}
	added := make([]field, len(values))
	for i, value := range values {
		added[i] = newField(name, value)
	}
	h.fields = slices.Insert(h.fields, at, added...)
}

// Order puts the fields in the order of names; the others come last, in the order that they had.
func (h *Head) Order(names []string) {
	rank := func(f field) int {
		at := slices.IndexFunc(names, func(name string) bool { return strings.EqualFold(name, f.name) })
		if at < 0 {
			return len(names)
		}
		return at
	}
	slices.SortStableFunc(h.fields, func(a, b field) int { return rank(a) - rank(b) })
}

func (h *Head) writeTo(b *bytes.Buffer) {
	b.WriteString(h.start)
	for _, f := range h.fields {
		b.WriteString(f.raw)
	}
	b.WriteString(h.end)
}

// Unfold returns a copy in which each field is on one line.
func (h *Head) Unfold() Head {
	copied := Head{h.start, slices.Clone(h.fields), h.end}
	for i, f := range copied.fields {
		if strings.Count(f.raw, "\n") > 1 {
			copied.fields[i] = newField(f.name, f.value())
		}
	}
	return copied
}
