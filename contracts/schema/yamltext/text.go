package yamltext

import (
	"cmp"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
)

// Options are the limits of a text, and what it may hold.
type Options struct {
	// MaxValues and MaxDepth are how many values there may be, and how deep they may be nested: aliases can repeat a value so
	// often that reading it would not end. Zero: 100,000 and 64.
	MaxValues, MaxDepth int
	// Doubtful reads what versions of YAML read differently, such as 010, as text and notes it. Unset, it is a mistake.
	Doubtful bool
}

func (o Options) values() int { return cmp.Or(o.MaxValues, 100_000) }

func (o Options) depth() int { return cmp.Or(o.MaxDepth, 64) }

// Text is what a text holds.
type Text struct {
	Value    any                         // of maps, lists, strings, json.Number, bool and nil
	Places   map[jsontext.Pointer]Places // of every value in it
	Doubtful map[jsontext.Pointer]string // what is doubtful about values, see Options
}

func newText() *Text {
	return &Text{Places: map[jsontext.Pointer]Places{}, Doubtful: map[jsontext.Pointer]string{}}
}

// Place is a line and a column, from 1. Columns count characters.
type Place struct{ Line, Column int }

// Places are those of a value and of its key; a value without a key has one place.
type Places struct{ Key, Value Place }

// Mistake is why a text cannot be read.
type Mistake struct {
	Place

	Pointer jsontext.Pointer // to the value
	Name    string           // of a key that occurs twice; "" otherwise
	What    string           // what is wrong, and what to do
}

func (m *Mistake) Error() string { return fmt.Sprintf("%d:%d: %s", m.Line, m.Column, m.What) }
