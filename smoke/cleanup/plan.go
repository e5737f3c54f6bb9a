package cleanup

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/fridaygate/fridaygate/contracts/report"
)

// Plan is how an environment is cleaned up.
type Plan struct {
	Steps  []Step
	Within time.Duration // all steps together; DefaultWithin when zero
}

// DefaultWithin is how long a clean-up may take.
const DefaultWithin = time.Minute

// Limit returns how long all steps together may take.
func (p *Plan) Limit() time.Duration {
	if p.Within > 0 {
		return p.Within
	}
	return DefaultWithin
}

// Step removes one kind of what a run made.
type Step struct {
	Name   string // unique in its plan
	Source string // where it is written: file:line
	Remove Action
	Verify *Action // counts what is left; nil: the removal is trusted
}

// Subject is what reports call a clean-up.
const Subject = "clean-up"

// Check returns the step's name in reports.
func (s Step) Check() report.Check {
	return report.Check{Kind: report.Cleanup, Subject: Subject, Case: s.Name}
}

// Action is one way to remove, or to count. One of its fields is set.
type Action struct {
	HTTP    *Request
	Command []string // the program and its arguments, without a shell
	SQL     *SQL
}

// Request is an HTTP request. Its path, its headers and its body may hold placeholders.
type Request struct {
	Base   *url.URL
	Method string
	Path   string // below Base, with its query
	Header http.Header
	Body   string
	Absent int    // the status that means that there is nothing; 0: none does
	Count  string // of a verification: JSON Pointer to a number, or to an array whose length counts
}

// SQL is statements, or one query that counts. Placeholders become parameters.
type SQL struct {
	URLEnv     string // the variable that holds Address
	Address    string // postgres://… or sqlite:///…
	Statements []string
}

// Made is what a run made.
type Made struct {
	RunID  string
	RunTag string
	Events []Event
	Taken  []Event // of Events: those that are known to have been carried out

	Earlier bool // an earlier run made it, and nothing is known of it but its name
}

// Event is an event of a run.
type Event struct {
	ID     string
	Tenant string              // "" if the contract has no tenants
	Values map[string][]string // by JSON Pointer: the ids there that the run made anew
	Golden map[string]string   // by JSON Pointer: the golden webhook's own id, where the event has that
}

// Pointers returns the JSON Pointers that the plan's placeholders name, each once.
func (p *Plan) Pointers() []string {
	var all []string
	for _, s := range p.Steps {
		for _, a := range s.actions() {
			if scope := a.scope(); scope.pointer != "" && !slices.Contains(all, scope.pointer) {
				all = append(all, scope.pointer)
			}
		}
	}
	return all
}

// Requests returns how many requests the clean-up of so many events needs.
func (p *Plan) Requests(events int) (n int) {
	for _, s := range p.Steps {
		for i, a := range s.actions() {
			if a.HTTP == nil && a.Command == nil {
				continue
			}
			if a.scope().of == theRun {
				n++
			} else {
				n += events
			}
			n += i // to see whether the verification sees anything
		}
	}
	return n
}

func (s Step) actions() []Action {
	if s.Verify == nil {
		return []Action{s.Remove}
	}
	return []Action{s.Remove, *s.Verify}
}
