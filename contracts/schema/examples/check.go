package examples

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Folder is the schemas of a folder, NAME.schema.json, with their examples: see schematest.Options for its layout.
type Folder struct {
	Dir      string
	Empty    error    // why there is nothing to check: no schema; nil if there is one
	Notes    []string // on how the schemas are read
	Examples []Example
	Broken   []Broken // schemas that cannot be loaded or lack examples, examples without a schema, files that are not read
	Unread   error    // why the examples could not be listed
}

// Broken is something in a folder that cannot be used.
type Broken struct {
	File string // "" is the folder
	Line int    // from 1; 0 is the whole file
	What string // what is wrong and what to do, with its place
}

// Read reads a folder. The root of the schemas is dir when the options name none.
func Read(dir string, opts schema.Options) Folder {
	schemas, err := opts.LoadFolder(dir)
	return read(dir, schemas, err, func(string) bool { return true })
}

// ReadFile reads what a name stands for, such as openapi.yaml#/components/schemas/Order, with the examples beside the file. Examples
// of other schemas are left alone.
func ReadFile(name string, opts schema.Options) Folder {
	schemas, err := opts.LoadAll(name)
	file, pointer, _ := opts.Split(name) // its error is that of LoadAll
	dir := filepath.Dir(file)
	own := nameIn(dir, file, pointer)
	f := read(dir, schemas, err, func(other string) bool { return other == own || strings.HasPrefix(other, own+"/") })
	f.Dir = name
	return f
}

// read finds the examples of schemas, among those whose names are wanted. err is why others could not be loaded.
func read(dir string, schemas []*schema.Schema, err error, wanted func(name string) bool) Folder {
	f := Folder{Dir: dir}
	for _, problem := range each(err) {
		if errors.Is(problem, schema.ErrNoSchema) {
			f.Empty = problem
			continue
		}
		one := Broken{What: problem.Error()}
		var mistake *schema.Mistake
		if errors.As(problem, &mistake) {
			one.File, one.Line = mistake.File, mistake.Line
		}
		f.Broken = append(f.Broken, one)
	}
	found, err := list(dir, wanted)
	f.Unread = err
	f.Broken = append(f.Broken, found.problems(dir, schemas)...)
	for _, one := range schemas {
		f.note(one.Notes())
		for _, kind := range kinds {
			for _, e := range found.files[kind][nameOf(dir, one)] {
				e.Schema, e.of = one, nameOf(dir, one)
				f.Examples = append(f.Examples, e)
			}
		}
	}
	return f
}

// note adds the notes that are not there yet: two schemas of one file have many in common.
func (f *Folder) note(notes []string) {
	for _, note := range notes {
		if !slices.Contains(f.Notes, note) {
			f.Notes = append(f.Notes, note)
		}
	}
}

// Of returns the name of the example's schema below the folder.
func (f Folder) Of(e Example) string { return e.of }

// Whole returns the check of the folder itself: nothing in it is broken, and nothing is left unread.
func (f Folder) Whole() report.Result {
	r := report.Result{
		Check: report.Check{Kind: report.Schema, Subject: f.Dir, Case: "folder"}, Verdict: verdict.Pass,
		Holds: "every schema can be loaded and has examples, and every example has a schema", Notes: f.Notes,
	}
	if f.Empty != nil {
		r.Verdict, r.Inconclusive = verdict.Unknown, []string{f.Empty.Error()}
	}
	for _, one := range f.Broken {
		r.Verdict = verdict.Fail
		r.Findings = append(r.Findings, verdict.Finding{
			Rule: "folder", Where: f.Dir, File: one.File, Line: one.Line, Expected: r.Holds, Got: one.What,
		})
	}
	return r
}

// Check checks the folder and every example in it.
func (f Folder) Check() report.Report {
	r := report.Report{Started: time.Now()}
	add := func(result report.Result) {
		r.Planned = append(r.Planned, result.Check)
		r.Results = append(r.Results, result)
	}
	add(f.Whole())
	for _, e := range f.Examples {
		add(e.Check())
	}
	if f.Unread != nil {
		r.Problems = append(r.Problems, report.Remark{Kind: report.Schema, Subject: f.Dir, Text: f.Unread.Error()})
	}
	r.Ended = time.Now()
	return r
}

// each returns the errors that err joins.
func each(err error) []error {
	var several interface{ Unwrap() []error }
	switch {
	case err == nil:
		return nil
	case errors.As(err, &several):
		return several.Unwrap()
	}
	return []error{err}
}
