package widen

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tailscale/hujson"

	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/schema/compat"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Document is a document that the schema should accept.
type Document struct {
	Text  []byte
	Group int // what it is an example of, such as the number of a format
}

// Refused is what is known of the values that a keyword refuses, beyond those in the documents.
type Refused struct {
	Values []json.RawMessage
	More   bool // there were others
}

// Key identifies a keyword in a schema file, FILE#POINTER.
func Key(v schema.Violation) string { return v.SchemaFile + "#" + v.SchemaPath }

// Change is one change of the schema.
type Change struct {
	File    string
	Line    int    // in the text before
	Pointer string // to the keyword, or to where it is added
	Was, Is string // as JSON; "" is nothing
	Groups  []int  // which documents need it
}

func (c Change) String() string {
	groups := make([]string, len(c.Groups))
	for i, group := range c.Groups {
		groups[i] = fmt.Sprint(group)
	}
	change := fmt.Sprintf("%s becomes %s", c.Was, c.Is)
	switch {
	case c.Was == "":
		change = "new, " + c.Is
	case c.Is == "":
		change = c.Was + " is dropped"
	}
	return fmt.Sprintf("%s:%d: %s: %s (format %s)", c.File, c.Line, c.Pointer, change, strings.Join(groups, ", "))
}

// Proposal is a changed schema.
type Proposal struct {
	Text    []byte   // of the file; nil: nothing was changed
	Changes []Change // in the order in which they were made
	Open    []string // what the changed schema still refuses, or why nothing could be proposed
	Proved  bool     // it accepts all that the schema accepts
	Proof   string   // why that is not known; "" if it is proved
}

// maxRounds bounds how often the schema is changed: one change may show what the next document is refused for.
const maxRounds = 64

// proofTime is how long the proof may take.
const proofTime = 20 * time.Second

// Propose changes the schema until it accepts the documents, and verifies that it does. known is what more is known of refused
// values, by Key. A schema whose file is YAML is not changed.
func Propose(ctx context.Context, s *schema.Schema, documents []Document, known map[string]Refused) Proposal {
	w := &widening{before: s, now: s, documents: slices.Clone(documents), known: known}
	file, _ := s.File()
	if end := filepath.Ext(file); end == ".yaml" || end == ".yml" {
		w.proposal.Open = []string{file + ": it is YAML, and only JSON is changed"}
		return w.proposal
	}
	w.file, w.text = file, s.Texts()[file]
	w.widen()
	for range maxRounds { // documents that only the old schema accepts show what went wrong
		if w.text == nil || ctx.Err() != nil || len(w.proposal.Changes) == 0 || !w.verify(ctx) {
			break
		}
		w.widen()
	}
	w.leftover()
	return w.proposal
}

// widening is the state of one proposal.
type widening struct {
	before, now *schema.Schema
	file        string
	text        []byte
	documents   []Document
	known       map[string]Refused
	proposal    Proposal
}

// widen changes the schema until it accepts the documents, or nothing can be changed.
func (w *widening) widen() {
	for range maxRounds {
		r := w.round()
		if len(r.operations) == 0 || !w.apply(r) {
			return
		}
	}
}

// operation is one of JSON Patch (RFC 6902).
type operation struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value,omitempty"`
}

// apply changes the text, and reports whether that is a schema.
func (w *widening) apply(r *round) bool {
	patch, err := json.Marshal(r.operations)
	if err != nil {
		return w.fail(err)
	}
	value, err := hujson.Parse(slices.Clone(w.text))
	if err != nil {
		return w.fail(err)
	}
	if err := value.Patch(patch); err != nil {
		return w.fail(err)
	}
	text := value.Pack()
	now, err := w.before.With(text)
	if err != nil {
		return w.fail(err)
	}
	w.now, w.text, w.proposal.Text = now, text, text
	w.proposal.Changes = append(w.proposal.Changes, r.changes...)
	return true
}

// fail notes why the schema cannot be changed further.
func (w *widening) fail(err error) bool {
	w.open(fmt.Sprintf("the schema cannot be changed further: %v", err))
	return false
}

func (w *widening) open(what string) {
	if !slices.Contains(w.proposal.Open, what) {
		w.proposal.Open = append(w.proposal.Open, what)
	}
}

// verify finds out whether the schema still accepts what it accepted, and reports whether there is a document to repair it with.
func (w *widening) verify(ctx context.Context) bool {
	found := compat.Compare(ctx, w.before, w.now, compat.Options{Direction: compat.Backward, Timeout: proofTime, MaxBreaks: 1})
	w.proposal.Proved, w.proposal.Proof = false, ""
	for _, c := range found {
		switch c.Verdict() {
		case verdict.Pass:
			w.proposal.Proved = true
		case verdict.Fail:
			w.documents = append(w.documents, Document{Text: c.Breaks[0].Document})
			w.proposal.Proof = fmt.Sprintf("the schema accepted %s, and the proposal refuses it", c.Breaks[0].Document)
			return true
		default:
			w.proposal.Proof = "it could not be decided"
		}
	}
	return false
}

// leftover notes what the schema still refuses.
func (w *widening) leftover() {
	for _, d := range w.documents {
		for _, v := range w.now.Check(d.Text) {
			w.open(fmt.Sprintf("format %d: %s:%s: %s still refuses it", d.Group, v.SchemaFile, v.SchemaPath, v.Keyword))
		}
	}
}
