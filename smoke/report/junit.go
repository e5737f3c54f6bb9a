package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/smoke/verdict"
)

// JUnit writes the report in the XML that CI systems read: a test suite a fixture, a test case a check. A Fail
// is a failure, an Unknown an error. A check that was planned and did not run is an error too.
func JUnit(w io.Writer, r Report) error {
	doc := junitSuites{Name: "fridaygate smoke", Tests: len(r.Planned), Failures: r.Ran.Failed, Time: seconds(r.Ended.Sub(r.Started))}
	doc.Errors = len(r.Planned) - r.Ran.Passed - r.Ran.Failed
	for _, result := range r.Results {
		s := doc.suite(result.Fixture)
		one := junitCase{Name: result.Case, Class: result.Fixture, Time: seconds(result.Took)}
		one.Out = strings.Join(append(result.Notes, result.Known), "\n")
		switch result.Verdict {
		case verdict.Fail:
			s.Failures++
			one.Failure = &junitProblem{Type: result.Findings[0].Rule, Message: result.Findings[0].Got, Text: findings(result)}
		case verdict.Unknown:
			s.Errors++
			why := strings.Join(result.Unseen, "\n")
			one.Error = &junitProblem{Type: "unknown", Message: "could not tell", Text: why}
		}
		s.Tests++
		s.Cases = append(s.Cases, one)
	}
	for _, missing := range r.NotRun() {
		s := doc.suite(missing.Fixture)
		s.Tests++
		s.Errors++
		s.Cases = append(s.Cases, junitCase{
			Name: missing.Case, Class: missing.Fixture, Time: "0.000",
			Error: &junitProblem{Type: "unknown", Message: "planned and not run", Text: r.Problem},
		})
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

type junitSuites struct {
	XMLName  xml.Name      `xml:"testsuites"`
	Name     string        `xml:"name,attr"`
	Tests    int           `xml:"tests,attr"`
	Failures int           `xml:"failures,attr"`
	Errors   int           `xml:"errors,attr"`
	Time     string        `xml:"time,attr"`
	Suites   []*junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitProblem `xml:"failure,omitempty"`
	Error   *junitProblem `xml:"error,omitempty"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitProblem struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func (d *junitSuites) suite(name string) *junitSuite {
	for _, s := range d.Suites {
		if s.Name == name {
			return s
		}
	}
	s := &junitSuite{Name: name}
	d.Suites = append(d.Suites, s)
	return s
}

func findings(r Result) string {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s: %s\nexpected %s\ngot %s\nattempts %v\nagain: %s\n\n", f.Rule, f.Where, f.Expected, f.Got, f.Attempts, f.Again)
	}
	return b.String()
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
