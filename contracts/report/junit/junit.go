// Package junit writes the XML that CI systems read of test results, in the form that Jenkins' JUnit plugin set: a
// failure is a check that found something wrong, an error one that could not be made.
package junit

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/fridaygate/fridaygate/contracts/printable"
)

// Suites is a whole run.
type Suites struct {
	Name   string
	Took   time.Duration
	suites []*suite
}

// Case is one check. At most one of Failure, Error and Skipped is set; it passed when none is.
type Case struct {
	Name    string
	Took    time.Duration
	Failure *Problem
	Error   *Problem
	Skipped *Problem // it does not count: as a known failure does not
	Out     string   // what there is to say beside

	Properties []Property
}

// Property is a name and a value that readers show beside a case.
type Property struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

// properties is how XML has them.
type properties struct {
	All []Property `xml:"property"`
}

// Problem says what came of a check that did not pass.
type Problem struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// Add adds a case to the suite of that name.
func (s *Suites) Add(name string, c Case) {
	name, c = printable.Text(name), c.shown()
	at := s.suite(name)
	at.Tests++
	switch {
	case c.Failure != nil:
		at.Failures++
	case c.Error != nil:
		at.Errors++
	case c.Skipped != nil:
		at.Skipped++
	}
	var held *properties
	if len(c.Properties) > 0 {
		held = &properties{c.Properties}
	}
	at.Cases = append(at.Cases, testcase{
		Properties: held, Name: c.Name, Class: name, Time: seconds(c.Took), Failure: c.Failure, Error: c.Error, Skipped: c.Skipped, Out: c.Out,
	})
}

// shown returns the case with texts that can be shown: XML has no form for most control characters, and the package encoding/xml
// replaces them by one sign.
func (c Case) shown() Case {
	c.Name, c.Out = printable.Text(c.Name), printable.Text(c.Out)
	for _, p := range []**Problem{&c.Failure, &c.Error, &c.Skipped} {
		if *p != nil {
			*p = &Problem{printable.Text((*p).Type), printable.Text((*p).Message), printable.Text((*p).Text)}
		}
	}
	c.Properties = slices.Clone(c.Properties)
	for i, p := range c.Properties {
		c.Properties[i] = Property{printable.Text(p.Name), printable.Text(p.Value)}
	}
	return c
}

func (s *Suites) suite(name string) *suite {
	for _, one := range s.suites {
		if one.Name == name {
			return one
		}
	}
	one := &suite{Name: name}
	s.suites = append(s.suites, one)
	return one
}

// Write writes the run.
func (s *Suites) Write(w io.Writer) error {
	doc := document{Name: printable.Text(s.Name), Time: seconds(s.Took), Suites: s.suites}
	for _, one := range s.suites {
		doc.Tests += one.Tests
		doc.Failures += one.Failures
		doc.Errors += one.Errors
		doc.Skipped += one.Skipped
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(doc); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

type document struct {
	XMLName  xml.Name `xml:"testsuites"`
	Name     string   `xml:"name,attr"`
	Tests    int      `xml:"tests,attr"`
	Failures int      `xml:"failures,attr"`
	Errors   int      `xml:"errors,attr"`
	Skipped  int      `xml:"skipped,attr,omitempty"`
	Time     string   `xml:"time,attr"`
	Suites   []*suite `xml:"testsuite"`
}

type suite struct {
	Name     string     `xml:"name,attr"`
	Tests    int        `xml:"tests,attr"`
	Failures int        `xml:"failures,attr"`
	Errors   int        `xml:"errors,attr"`
	Skipped  int        `xml:"skipped,attr,omitempty"`
	Cases    []testcase `xml:"testcase"`
}

type testcase struct {
	Name  string `xml:"name,attr"`
	Class string `xml:"classname,attr"`
	Time  string `xml:"time,attr"`

	Properties *properties `xml:"properties"`

	Failure *Problem `xml:"failure,omitempty"`
	Error   *Problem `xml:"error,omitempty"`
	Skipped *Problem `xml:"skipped,omitempty"`
	Out     string   `xml:"system-out,omitempty"`
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
