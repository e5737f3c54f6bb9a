package compat

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/schema/witness"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Options are how two versions are compared. The zero value compares backward, exactly.
type Options struct {
	Direction Direction
	// Lenient assumes that a sender sends only members that its schema describes, and that a reader ignores members that
	// its schema does not describe, as Protobuf and Avro do. Adding and removing optional members then breaks nobody.
	Lenient bool
	// MaxBreaks is how many breaks are looked for in each direction. Zero is 20.
	MaxBreaks int
	// Timeout limits one direction; what is not found by then is undecided. Zero is a minute. Beside it, the number of
	// steps is limited, which is what ends a search first on all but very slow machines.
	Timeout time.Duration
	// Steps limits the work of one search. Zero is witness.DefaultSteps.
	Steps int
}

// Comparison is what came of comparing two versions in one direction.
type Comparison struct {
	Old, New  string // files; no Old: there is no older version
	Direction Direction
	Breaks    []Break
	Doubts    []Doubt // why it is undecided whether there are breaks, or more breaks
	Took      time.Duration
}

// Break is one demand that refuses a document that the other version accepts.
type Break struct {
	Direction Direction
	Keyword   string       // the keyword that refuses; "false" for the schema false
	Member    string       // the member that required or dependentRequired demands, else ""
	Refusing  schema.Place // of the keyword, in the version that refuses
	Accepting schema.Place // of the same place in the version that accepts, or of the nearest one around it
	Instance  string       // JSON Pointer to what is refused in the document; "" is the whole document
	Message   string       // what the validator says
	Document  []byte       // the counterexample, as JSON
	Allowed   *Allowed     // why it may be; nil if it may not
}

// Pointer returns the JSON Pointer to the keyword that refuses, by which a break is allowed. It does not have the
// index of a required member, which changes when another is added.
func (b Break) Pointer() string {
	if b.Member != "" && b.Keyword == "required" {
		return b.Refusing.Pointer[:strings.LastIndex(b.Refusing.Pointer, "/required")] + "/required"
	}
	return b.Refusing.Pointer
}

// Doubt is why something is undecided.
type Doubt struct {
	Place schema.Place // of the keyword that is not understood; the zero value if there is no single one
	Why   string
}

func (d Doubt) String() string {
	if d.Place.File == "" {
		return d.Why
	}
	return fmt.Sprintf("%s: %s", where(d.Place), d.Why)
}

// where names a place as file:line:column#pointer.
func where(p schema.Place) string {
	return fmt.Sprintf("%s:%d:%d#%s", p.File, p.Line, p.Column, p.Pointer)
}

// Verdict returns Fail if there is a break that is not allowed, and Pass if it is proved that there is none.
func (c Comparison) Verdict() verdict.Verdict {
	for _, b := range c.Breaks {
		if b.Allowed == nil {
			return verdict.Fail
		}
	}
	if len(c.Doubts) > 0 {
		return verdict.Unknown
	}
	return verdict.Pass
}

// Compare compares two versions, and returns a comparison for each direction.
func Compare(ctx context.Context, older, newer *schema.Schema, opts Options) []Comparison {
	return opts.compare(ctx, older, newer, nil)
}

// compare compares two versions. Breaks that a list allows do not count.
func (o Options) compare(ctx context.Context, older, newer *schema.Schema, allowed *AllowList) []Comparison {
	var all []Comparison
	for _, d := range o.Direction.single() {
		p := pair{options: o, direction: d, accepts: older, refuses: newer, allowed: allowed}
		if d == Forward {
			p.accepts, p.refuses = newer, older
		}
		started := time.Now()
		c := p.compare(ctx)
		c.Old, c.New, c.Took = older.Path(), newer.Path(), time.Since(started)
		all = append(all, c)
	}
	return all
}

// pair is one direction of a comparison.
type pair struct {
	options          Options
	direction        Direction
	accepts, refuses *schema.Schema
	allowed          *AllowList
	question         *witness.Question
	comparison       Comparison
	decided          bool // it is broken, and more breaks are only listed
}

// moreBreaks is how long other breaks are looked for once the verdict is known.
const moreBreaks = time.Second / 2

func (p *pair) compare(ctx context.Context) Comparison {
	p.comparison.Direction = p.direction
	if sameText(p.accepts, p.refuses) {
		return p.comparison
	}
	whole, cancel := context.WithTimeout(ctx, cmp.Or(p.options.Timeout, time.Minute))
	defer cancel()
	own := map[string]bool{}
	for _, name := range append(p.accepts.OwnFormats(), p.refuses.OwnFormats()...) {
		own[name] = true
	}
	p.question = witness.Ask(p.accepts.Compiled(), p.refuses.Compiled(), witness.Options{
		Lenient: p.options.Lenient, Formats: own, Steps: p.options.Steps,
	})
	for p.next(whole) {
		if p.comparison.Verdict() == verdict.Fail && !p.decided {
			p.decided = true
			more, stop := context.WithTimeout(whole, moreBreaks)
			defer stop()
			whole = more
		}
	}
	return p.comparison
}

// sameText reports whether two schemas are one place in one file with the same text.
func sameText(a, b *schema.Schema) bool {
	one, other := a.Texts(), b.Texts()
	file, at := a.File()
	otherFile, otherAt := b.File()
	return at == otherAt && len(one) == 1 && len(other) == 1 && string(one[file]) == string(other[otherFile]) && len(one[file]) > 0
}

// next looks for one more document, and reports whether there may be others.
func (p *pair) next(ctx context.Context) bool {
	counted := 0
	for _, b := range p.comparison.Breaks {
		if b.Allowed == nil {
			counted++
		}
	}
	if counted >= cmp.Or(p.options.MaxBreaks, 20) {
		p.doubt(Doubt{Why: fmt.Sprintf("more breaks than the %d that are reported were not looked for", counted)})
		return false
	}
	a := p.question.Find(ctx)
	if a.Outcome == witness.Unknown && p.decided && ctx.Err() != nil {
		p.doubt(Doubt{Why: "more breaks were not looked for: there was no time"})
		return false
	}
	switch a.Outcome {
	case witness.None:
		return false
	case witness.Found:
		return p.found(a.Document)
	}
	for _, d := range a.Doubts {
		doubt := Doubt{Why: d.Why}
		if d.Label.Schema != nil {
			doubt.Place = p.placeOf(d.Label)
		}
		p.doubt(doubt)
	}
	if len(a.Doubts) == 0 {
		p.doubt(Doubt{Why: "the schemas cannot be compared"})
	}
	return false
}

func (p *pair) doubt(d Doubt) { p.comparison.Doubts = append(p.comparison.Doubts, d) }

// found checks a document, and adds the breaks that it shows.
func (p *pair) found(document any) bool {
	if !p.isCounterexample(document) {
		text, _ := json.Marshal(document)
		p.doubt(Doubt{Why: fmt.Sprintf("%s should be a counterexample, and the validator judges it otherwise: "+
			"this is a mistake of fridaygate, please report it", text)})
		return false
	}
	document = p.shrunk(document)
	reasons := p.question.Reasons(document)
	if len(reasons) == 0 {
		p.doubt(Doubt{Why: "a document is refused for a reason that is not known"})
		return false
	}
	text, err := json.Marshal(document)
	if err != nil {
		p.doubt(Doubt{Why: err.Error()})
		return false
	}
	violations := p.refuses.Check(text)
	for _, reason := range reasons {
		b := p.breakOf(reason, text, violations)
		b.Allowed = p.allowed.find(b)
		p.comparison.Breaks = append(p.comparison.Breaks, b)
		p.question.Ban(reason.Label)
	}
	return true
}

// isCounterexample reports whether the validators judge a document differently.
func (p *pair) isCounterexample(document any) bool {
	text, err := json.Marshal(document)
	if err != nil || len(p.accepts.Check(text)) > 0 {
		return false
	}
	refused := p.refuses.Check(text)
	return len(refused) > 0 && refused[0].Keyword != schema.GivenUp && refused[0].Keyword != "json"
}
