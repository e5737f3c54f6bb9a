package payloads

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/pact/verification"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/fixtures"
)

// Check checks all that the file names. now decides which accepted differences have expired.
func (f *File) Check(ctx context.Context, now time.Time) report.Report {
	c := f.checker(now)
	c.report.Started = now
	bodies, broken := c.bodies(ctx)
	whole := report.Result{
		Check: report.Check{Kind: report.Schema, Subject: f.Path, Case: "every body has a schema"}, Source: f.Path,
		Holds: "every JSON body of the pacts has one schema, and every line of the file names something",
	}
	c.planned(whole.Check)
	var all []pair
	for _, body := range bodies {
		if entry := c.route(&whole, body); entry != nil {
			all = append(all, pair{entry, body})
		}
	}
	if len(broken) == 0 { // else nobody knows what a line names
		c.unused(&whole)
	}
	for _, err := range broken {
		whole.Inconclusive = append(whole.Inconclusive, err.Error())
	}
	c.add(decided(whole))
	for n := range f.Payloads {
		c.fixtures(&f.Payloads[n])
		for _, one := range all {
			if one.Payload == &f.Payloads[n] {
				c.body(ctx, one)
			}
		}
	}
	c.remarks()
	c.report.Ended, c.report.Interrupted = time.Now(), ctx.Err() != nil
	return c.report
}

func (f *File) checker(now time.Time) checker {
	return checker{File: f, accepting: newAccepting(f, now), loaded: map[string]*loaded{}, routed: map[string]bool{}}
}

// checker is one check of a file.
type checker struct {
	*File
	*accepting
	loaded map[string]*loaded
	routed map[string]bool // the routes, by their keys, that name a body
	report report.Report
}

// loaded is a schema, or why there is none.
type loaded struct {
	schema *schema.Schema
	err    error
}

func (c *checker) schema(path string) (*schema.Schema, error) {
	if c.loaded[path] == nil {
		s, err := schema.Load(path)
		c.loaded[path] = &loaded{s, err}
	}
	return c.loaded[path].schema, c.loaded[path].err
}

func (c *checker) planned(check report.Check) { c.report.Planned = append(c.report.Planned, check) }

func (c *checker) add(r report.Result) { c.report.Results = append(c.report.Results, r) }

// decided sets the verdict that follows from what a result holds.
func decided(r report.Result) report.Result {
	switch {
	case len(r.Findings) > 0:
		r.Verdict = verdict.Fail
		r.Notes, r.Inconclusive = append(r.Notes, r.Inconclusive...), nil
	case len(r.Inconclusive) == 0:
		r.Verdict = verdict.Pass
	}
	return r
}

// bodies returns the bodies of all pacts, and why some could not be read.
func (c *checker) bodies(ctx context.Context) (all []*verification.Payload, broken []error) {
	if len(c.Pacts) == 0 {
		return nil, nil
	}
	documents, err := verification.Files(c.Pacts...)(ctx)
	if err != nil {
		broken = append(broken, err)
	}
	for _, d := range documents {
		bodies, err := verification.Payloads(d)
		if err != nil {
			broken = append(broken, err)
		}
		all = append(all, bodies...)
	}
	return all, broken
}

// pair is a body and the entry that it is of.
type pair struct {
	*Payload
	body *verification.Payload
}

// route returns the entry of a body; nil if it has none, which is a finding, or is not to be checked.
func (c *checker) route(whole *report.Result, body *verification.Payload) *Payload {
	entry, wrong := c.entry(body)
	switch {
	case wrong != "":
		at := body.Place("")
		whole.Findings = append(whole.Findings, verdict.Finding{
			Rule: "one schema", Where: at.File + "#" + at.Pointer, File: at.File, Line: at.Line,
			Expected: "one schema for the body of " + described(body), Got: wrong,
		})
	case entry != nil && body.Sent && (body.Status == http.StatusBadRequest || body.Status == http.StatusUnprocessableEntity):
		c.report.NotApplicable = append(c.report.NotApplicable, report.NotApplicable{
			Check: report.Check{Kind: report.Schema, Subject: entry.Schema, Case: body.Name()},
			Why:   fmt.Sprintf("the pact wants the request to be refused with %d", body.Status),
		})
		return nil
	}
	return entry
}

// entry returns the entry of a body; nil if it has none, and what is wrong with that.
func (c *checker) entry(body *verification.Payload) (entry *Payload, wrong string) {
	provider := body.Interaction.Provider
	if slices.ContainsFunc(c.WithoutSchema, func(w Without) bool { return w.Provider == provider }) {
		c.routed[provider] = true
		return nil, ""
	}
	var found []string // their places
	for n := range c.Payloads {
		one := &c.Payloads[n]
		for _, r := range one.routes {
			if (one.Provider == "" || one.Provider == provider) && r.matches(body) {
				c.routed[r.key], entry, found = true, one, append(found, c.document.Place(r.key))
			}
		}
	}
	switch len(found) {
	case 0:
		return nil, "no entry of payloads names it: add it to one, or its provider to without_schema"
	case 1:
		return entry, ""
	}
	return nil, fmt.Sprintf("%d lines name it: %s", len(found), strings.Join(found, ", "))
}

// described names a body as payloads.yaml would.
func described(p *verification.Payload) string {
	switch p.Part {
	case "message":
		return "the message " + p.Interaction.Description
	case "request":
		return fmt.Sprintf("the request %s %s", p.Method, p.Path)
	}
	return fmt.Sprintf("the answer %s %s %d", p.Method, p.Path, p.Status)
}

// unused adds a finding for each line that names nothing.
func (c *checker) unused(whole *report.Result) {
	add := func(key, what string) {
		m := c.document.Mistake(key, "%s", what)
		whole.Findings = append(whole.Findings, verdict.Finding{
			Rule: "unused line", Where: fmt.Sprintf("%s:%d", m.File, m.Line), File: m.File, Line: m.Line,
			Expected: "a body in a pact", Got: what + ": correct the line, or take it out",
		})
	}
	for _, entry := range c.Payloads {
		for _, r := range entry.routes {
			if !c.routed[r.key] {
				add(r.key, fmt.Sprintf("%q names no body of the pacts", r.text))
			}
		}
	}
	for n, w := range c.WithoutSchema {
		if !c.routed[w.Provider] {
			add(fmt.Sprintf("without_schema[%d]", n), fmt.Sprintf("no pact has the provider %q", w.Provider))
		}
	}
}

// fixtures checks the fixtures of an entry.
func (c *checker) fixtures(entry *Payload) {
	for _, path := range entry.Fixtures {
		check := report.Check{Kind: report.Schema, Subject: entry.Schema, Case: "fixtures of " + path}
		var all []fixtures.Fixture
		info, err := os.Stat(path)
		switch {
		case err == nil && info.IsDir():
			if all, err = fixtures.Load(path); err == nil && len(all) == 0 {
				err = fmt.Errorf("there is no fixture in %s", path)
			}
		case err == nil:
			body, failed := os.ReadFile(path)
			all = []fixtures.Fixture{{Path: path, Body: body, Err: failed}}
		}
		if err != nil {
			c.planned(check)
			c.add(report.Result{Check: check, Inconclusive: []string{err.Error()}})
		}
		for _, one := range all {
			check.Case = "fixture " + filepath.Base(one.Path)
			if slices.Contains(c.report.Planned, check) {
				check.Case = "fixture " + one.Path
			}
			c.planned(check)
			c.add(c.fixture(check, one))
		}
	}
}

func (c *checker) fixture(check report.Check, one fixtures.Fixture) report.Result {
	r := report.Result{Check: check, Holds: "the schema accepts the fixture", Source: one.Path}
	s, err := c.schema(check.Subject)
	if err == nil {
		err = one.Err
	}
	if err != nil {
		r.Inconclusive = []string{err.Error()}
		return r
	}
	for _, v := range s.Check(one.Body) {
		r.Findings = append(r.Findings, verdict.Finding{
			Rule: "fixture", Where: fmt.Sprintf("%s:%d:%d#%s", one.Path, v.Line, v.Column, v.InstancePath), File: one.Path, Line: v.Line,
			Expected: demand(s, v), Got: v.Message,
		})
	}
	return decided(r)
}

// demand names the keyword of a violation, with its file, line and pointer.
func demand(s *schema.Schema, v schema.Violation) string {
	return v.Keyword + ", as in " + where(s.Nearest(v.SchemaFile, v.SchemaPath))
}

// where names a place as file:line:column#pointer.
func where(p schema.Place) string {
	return fmt.Sprintf("%s:%d:%d#%s", p.File, p.Line, p.Column, p.Pointer)
}
