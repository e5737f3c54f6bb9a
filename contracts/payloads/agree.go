package payloads

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/fridaygate/fridaygate/contracts/excerpt"
	"github.com/fridaygate/fridaygate/contracts/pact/verification"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/schema/compat"
	"github.com/fridaygate/fridaygate/contracts/schema/witness"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// agreement is the comparison of one body of a pact with its schema.
type agreement struct {
	*checker
	entry  *Payload
	body   *verification.Payload
	schema *schema.Schema
	result report.Result
	doubts []string
	seen   map[string]bool // the loose rules that were found
}

// body compares a body with its schema.
func (c *checker) body(ctx context.Context, one pair) {
	at := one.body.Place("")
	a := agreement{checker: c, entry: one.Payload, body: one.body, seen: map[string]bool{}, result: report.Result{
		Check:  c.check(one),
		Source: fmt.Sprintf("%s:%d", at.File, at.Line),
		Holds:  "the schema accepts the example, with what else its provider sends",
	}}
	if one.body.Sent {
		a.result.Holds = "the schema accepts all that the pact lets its consumer send"
		a.result.Severity = "the consumer may send what its provider refuses"
	} else {
		a.result.Severity = "the consumer is tested with what its provider may not send"
	}
	c.planned(a.result.Check)
	started := time.Now()
	var err error
	if a.schema, err = c.schema(one.Schema); err != nil {
		a.result.Inconclusive = []string{err.Error()}
	} else {
		a.compare(ctx)
	}
	a.result.Took = time.Since(started)
	a.result = decided(a.result)
	switch r := &a.result; {
	case r.Verdict == verdict.Fail && one.body.Interaction.Pending:
		r.Verdict, r.Excused, r.Findings = verdict.Pass, append(r.Excused, r.Findings...), nil
		r.Pending, r.Known = true, "pending: the pact marks it"
	case r.Verdict == verdict.Pass && len(r.Excused) > 0:
		r.Known = r.Excused[0].Choice
	}
	c.add(a.result)
}

// check names the check of a body. A pact may have two interactions of one name.
func (c *checker) check(one pair) report.Check {
	check := report.Check{Kind: report.Schema, Subject: one.Schema, Case: one.body.Name()}
	if slices.Contains(c.report.Planned, check) {
		check.Case += fmt.Sprintf(" (%s:%d)", one.body.Interaction.Pact, one.body.Interaction.Line)
	}
	return check
}

func (a *agreement) compare(ctx context.Context) {
	refused := a.schema.Check(a.body.Example)
	if a.body.Sent {
		for _, v := range refused {
			a.found(a.violation(v))
		}
		if len(refused) == 0 {
			a.loose(ctx, nil)
		}
		return
	}
	completed := a.body.Example
	if len(refused) > 0 {
		if completed = a.completed(ctx, refused); completed == nil {
			return
		}
		a.unmentioned(refused)
	}
	a.loose(ctx, completed)
}

// loose compares what the matching rules let through with the schema. completed is a document that both accept, of which only
// what the pact mentions varies; nil takes the example alone.
func (a *agreement) loose(ctx context.Context, completed []byte) {
	language, err := a.body.Language(completed)
	var through *schema.Schema
	if err == nil {
		through, err = schema.Options{AsDraft: true}.Parse(a.body.Name(), language.Schema)
	}
	if err != nil {
		a.result.Inconclusive = append(a.result.Inconclusive, err.Error())
		return
	}
	if own := a.body.Compare(a.body.Example).Mismatches; len(own) > 0 && empty(ctx, through) {
		why := fmt.Sprintf("no document keeps to the pact's rules, nor does its own example: %s: %s", own[0].Path, own[0].Text)
		a.result.Inconclusive = append(a.result.Inconclusive, why)
		return
	}
	for _, comparison := range compat.Compare(ctx, through, a.schema, compat.Options{}) {
		for _, b := range comparison.Breaks {
			a.broken(b.Document, language)
		}
		for _, d := range comparison.Doubts {
			a.doubt(a.inPact(d, through.Path()))
		}
	}
	a.doubted()
}

// empty reports whether it is proved that a schema accepts nothing.
func empty(ctx context.Context, s *schema.Schema) bool {
	return witness.Common(s.Compiled(), s.Compiled(), witness.Options{}).Find(ctx).Outcome == witness.None
}

// inPact returns a doubt, with the place in the pact if it is about the language of the pact, a schema of that name.
func (a *agreement) inPact(d compat.Doubt, language string) string {
	if d.Place.File != language {
		return d.String()
	}
	var place jsontext.Pointer
	tokens := slices.Collect(jsontext.Pointer(d.Place.Pointer).Tokens())
	for n := 0; n < len(tokens); n++ {
		switch token := tokens[n]; {
		case token == "items":
			place = place.AppendToken("0")
		case (token == "properties" || token == "prefixItems") && n+1 < len(tokens):
			n++
			place = place.AppendToken(tokens[n])
		}
	}
	at := a.body.Place(string(place))
	return fmt.Sprintf("%s:%d#%s: the rule %s: %s", at.File, at.Line, at.Pointer, at.Rules, d.Why)
}

// broken judges a document that the schema refuses, and that the pact lets through as far as its language says.
func (a *agreement) broken(document []byte, l verification.Language) {
	document = a.body.Spelled(document)
	compared := a.body.Compare(document)
	switch {
	case len(compared.Mismatches)+len(compared.Unclear) == 0:
		for _, v := range a.schema.Check(document) {
			a.through(v, document)
		}
	case len(l.Doubts) > 0:
		for _, what := range l.Doubts {
			a.doubt("what the pact lets through is not known exactly: " + what)
		}
	default:
		a.doubt(fmt.Sprintf("%s should be let through, and the matcher judges it otherwise: "+
			"this is a mistake of fridaygate, please report it", document))
	}
}

// through adds that a pact lets a document through and a schema refuses it, once for all elements of an array.
func (a *agreement) through(v schema.Violation, document []byte) {
	at := a.body.Place(v.InstancePath)
	key := fmt.Sprint(v.SchemaFile, v.SchemaPath, "of", numbers.ReplaceAllString(at.Pointer, "/*"))
	if a.seen[key] {
		return
	}
	a.seen[key] = true
	through := "by the example alone"
	if at.Rules != "" {
		through = "by the rule " + at.Rules
	}
	value, _ := schema.Lookup(decoded(document), v.InstancePath)
	pact, demanding := fmt.Sprintf("%s:%d#%s", at.File, at.Line, at.Pointer), where(a.schema.Nearest(v.SchemaFile, v.SchemaPath))
	a.found(difference{
		keyword: v.Keyword, at: v.InstancePath, loose: true, Finding: verdict.Finding{
			Rule: "loose match", Where: pact, File: at.File, Line: at.Line,
			Expected: v.Keyword + ", as in " + demanding,
			Got:      fmt.Sprintf("the pact lets %s through %s: %s", short(value), through, v.Message),
			Words:    "counterexample: " + string(document),
		},
		note: fmt.Sprintf("%s lets %s through %s, and %s refuses it: %s", pact, short(value), through, demanding, v.Message),
	})
}

// numbers are the indices of a JSON Pointer.
var numbers = regexp.MustCompile(`/[0-9]+`)

// short writes a value for people.
func short(value any) string {
	text, _ := json.Marshal(value)
	return excerpt.Head(string(text), 60)
}

func (a *agreement) doubt(what string) {
	if !slices.Contains(a.doubts, what) {
		a.doubts = append(a.doubts, what)
	}
}

// doubted adds what is not known. It counts where a difference would, unless there is one already.
func (a *agreement) doubted() {
	switch {
	case a.counts(true):
		a.result.Inconclusive = append(a.result.Inconclusive, a.doubts...)
	case len(a.seen) == 0:
		for _, what := range a.doubts {
			a.result.Notes = append(a.result.Notes, "whether the pact lets through more than the schema is not decided: "+what)
		}
	}
}

// counts reports whether a difference is a failure: one of a loose rule is none for who only reads.
func (a *agreement) counts(loose bool) bool { return !loose || a.body.Sent || a.entry.Strict }

// difference is a finding, with what accepts it.
type difference struct {
	verdict.Finding
	keyword, at string
	loose       bool   // a matching rule lets through what the schema refuses
	note        string // it in a sentence, if it is loose
}

// violation is that the schema refuses the example.
func (a *agreement) violation(v schema.Violation) difference {
	at := a.body.Place(v.InstancePath)
	return difference{keyword: v.Keyword, at: v.InstancePath, Finding: verdict.Finding{
		Rule: "example", Where: fmt.Sprintf("%s:%d#%s", at.File, at.Line, at.Pointer), File: at.File, Line: at.Line,
		Expected: demand(a.schema, v), Got: v.Message,
	}}
}

// found adds a difference: as a finding, as one that may be, or as a note where it harms nobody.
func (a *agreement) found(d difference) {
	counts := a.counts(d.loose)
	may := a.accepted(a.entry.Schema, a.body.Interaction.Consumer, d.keyword, d.at, counts)
	switch {
	case may != nil && counts:
		d.Choice = fmt.Sprintf("accepted until %s: %s", may.Until, may.Reason)
		a.result.Excused = append(a.result.Excused, d.Finding)
	case may != nil:
	case counts:
		a.result.Findings = append(a.result.Findings, d.Finding)
	default:
		a.result.Notes = append(a.result.Notes, d.note)
	}
}
