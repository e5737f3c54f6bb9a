package drift

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/fridaygate/fridaygate/contracts/schema/widen"
)

// The limits of what is remembered of refused values.
const (
	mostValues    = 32
	mostValueSize = 1 << 10 // bytes
)

// remember notes a value that a keyword about values refuses.
func (v *Violation) remember(payload []byte, at string) {
	if v.Refused.More || !slices.Contains(aboutValues, v.Keyword) {
		return
	}
	value, err := valueAt(payload, jsontext.Pointer(at))
	if err != nil || len(value) > mostValueSize || len(v.Refused.Values) >= mostValues {
		v.Refused.More = true
		return
	}
	if !slices.ContainsFunc(v.Refused.Values, func(other json.RawMessage) bool { return bytes.Equal(other, value) }) {
		v.Refused.Values = append(v.Refused.Values, bytes.Clone(value))
	}
}

// valueAt returns the text of the value at a pointer.
func valueAt(payload []byte, at jsontext.Pointer) ([]byte, error) {
	d := jsontext.NewDecoder(bytes.NewReader(payload), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	for at != d.StackPointer() || d.PeekKind() == '}' || d.PeekKind() == ']' {
		if _, err := d.ReadToken(); err != nil {
			return nil, err
		}
	}
	return d.ReadValue()
}

// Propose proposes a schema that accepts every format: see package widen. It knows the values that were refused if Options.Values is set.
func (d *Drift) Propose(ctx context.Context) widen.Proposal {
	var documents []widen.Document
	known := map[string]widen.Refused{}
	for _, f := range d.Formats {
		for _, text := range append(slices.Clone(f.refused), f.Sample) {
			if text != nil {
				documents = append(documents, widen.Document{Text: text, Group: f.Number})
			}
		}
		for _, v := range f.Violations {
			of := known[widen.Key(v.Violation)]
			of.Values, of.More = append(of.Values, v.Refused.Values...), of.More || v.Refused.More
			known[widen.Key(v.Violation)] = of
		}
	}
	return widen.Propose(ctx, d.Options.Schema, documents, known)
}
