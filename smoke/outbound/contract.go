package outbound

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/pact/verification"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/schema"
)

// Contract is the smoke contract of one outbound integration: a question, and what its answer must be.
type Contract struct {
	Name        string // unique in its environment
	Integration string // whom the deployed service calls: the pact's provider
	Source      string // where it is written: file:line
	Target      *url.URL
	Request     verification.Request
	Writes      bool // the request may change something there

	Pact    *verification.Exchange // nil: no pact is asked for
	Status  []int                  // one of which the answer has; none: any that the pact has, or 2xx
	Header  map[string]string      // fields that the answer has; a media type may have parameters beside these
	Schema  *schema.Schema         // of the answer's body; nil: none
	Latency time.Duration          // the provider's own time for an answer, at most; 0: no bound
}

// Check returns the contract's name in reports.
func (c *Contract) Check() report.Check {
	return report.Check{Kind: report.Integration, Subject: c.Integration, Case: c.Name}
}

// Holds returns what the answer must be, for people.
func (c *Contract) Holds() string {
	text := c.Request.Method + " " + c.Request.Target + " is answered as "
	switch {
	case c.Pact != nil && c.Schema != nil:
		text += "its pact and its schema say"
	case c.Pact != nil:
		text += "its pact says"
	default:
		text += "its smoke contract says"
	}
	if c.Latency > 0 {
		text += ", within " + c.Latency.String()
	}
	return text
}

// What a request may hold to be found again by the name of its run.
const (
	runID  = "{run_id}"
	runTag = "{run_tag}"
)

// NamesRun reports whether the request holds the name of the run.
func (c *Contract) NamesRun() bool {
	other := c.Named("another run", "another tag")
	return other.Request.Target != c.Request.Target || !bytes.Equal(other.Request.Body, c.Request.Body) ||
		!maps.EqualFunc(other.Request.Header, c.Request.Header, slices.Equal)
}

// Named returns the contract as a run asks it: {run_id} and {run_tag} in its request stand for the run's.
func (c *Contract) Named(id, tag string) *Contract {
	named := *c
	named.Request.Target = strings.NewReplacer(runID, url.PathEscape(id), runTag, tag).Replace(c.Request.Target)
	text := strings.NewReplacer(runID, id, runTag, tag)
	if c.Request.Body != nil {
		named.Request.Body = []byte(text.Replace(string(c.Request.Body)))
	}
	named.Request.Header = c.Request.Header.Clone()
	for _, values := range named.Request.Header {
		for i := range values {
			values[i] = text.Replace(values[i])
		}
	}
	return &named
}

// Options are what asking needs.
type Options struct {
	Client  *http.Client                                  // it must not follow redirects: the answer is judged as it comes
	Spend   func(ctx context.Context, requests int) error // called before each request; an error prevents it
	Wait    func(context.Context, time.Duration) error    // waits as long as an answer asks for; the error says why not
	Timeout time.Duration                                 // of one request
	Now     func() time.Time
}
