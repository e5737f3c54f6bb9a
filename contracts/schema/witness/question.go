package witness

import (
	"cmp"
	"context"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// Options are how a question is understood. The zero value takes schemas exactly as a validator does.
type Options struct {
	// Lenient takes the schema that accepts for that of a sender who sends only members that it describes, and the one
	// that refuses for that of a reader who ignores members that it does not describe.
	Lenient bool
	// Formats are the names of formats that are not those of the drafts, although they may be named so.
	Formats map[string]bool
	// Steps limits the work of one search. Zero is DefaultSteps.
	Steps int
}

// DefaultSteps is about a second of work.
const DefaultSteps = 400_000

func (o Options) ownFormat(name string) bool { return o.Formats[name] }

// Question asks for documents that one schema accepts and another refuses, or, if Common made it, that both accept. It is not safe
// for concurrent use.
type Question struct {
	world           *world
	accepts, refuse *formula
	steps           int
	banned          map[Label]bool
	proved          map[string]bool // descriptions that an earlier search without bans found impossible
}

// Outcome is what a search came to. The zero value is Unknown.
type Outcome uint8

// The outcomes.
const (
	Unknown Outcome = iota // it could not be decided
	None                   // there is no such document: this is proved
	Found                  // there is one, which a validator should confirm
)

// Answer is the answer to a question.
type Answer struct {
	Outcome  Outcome
	Document any     // when Found; numbers are json.Number
	Doubts   []Doubt // why it is Unknown
}

// Ask returns the question for documents that accepts accepts and refuses refuses.
func Ask(accepts, refuses *jsonschema.Schema, options Options) *Question {
	w := newWorld()
	w.options = options
	w.classes = classes(reachable(accepts, refuses))
	q := &Question{world: w, steps: cmp.Or(options.Steps, DefaultSteps), banned: map[Label]bool{}, proved: map[string]bool{}}
	from, to := exact, exact
	if options.Lenient {
		from, to = senderValue, reader
	}
	q.accepts, q.refuse = w.ref(accepts, from), w.not(w.ref(refuses, to))
	return q
}

// Common returns the question for documents that both schemas accept. Options.Lenient does not apply to it.
func Common(one, other *jsonschema.Schema, options Options) *Question {
	q := Ask(one, other, Options{Formats: options.Formats, Steps: options.Steps})
	q.refuse = q.world.ref(other, exact)
	return q
}

// Find looks for a document. It must be refused for another reason than those that are banned.
func (q *Question) Find(ctx context.Context) Answer {
	s := q.world.newSearch(ctx, q.steps)
	s.banned, s.proved = q.banned, q.proved
	if ctx.Err() != nil {
		return Answer{Doubts: []Doubt{gaveUp}}
	}
	a := s.find([]*formula{q.accepts, q.refuse}, anyKind)
	if len(q.banned) == 0 {
		for key, one := range s.memory {
			if one.outcome == none {
				q.proved[key] = true
			}
		}
	}
	return Answer{Outcome: map[outcome]Outcome{none: None, found: Found}[a.outcome], Document: a.value, Doubts: a.doubts}
}

// Ban makes later searches look for documents that are refused for another reason than these.
func (q *Question) Ban(labels ...Label) {
	for _, l := range labels {
		q.banned[l] = true
	}
}

// Confirms reports whether a document is an answer, as far as this package can tell without a search.
func (q *Question) Confirms(document any) bool {
	j := judge{q.world, q.banned, map[seen]known{}}
	return j.holds(q.accepts, document) == yes && j.holds(q.refuse, document) == yes
}
