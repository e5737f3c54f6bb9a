package triage

import (
	"net/http"
	"net/url"
	"time"

	"github.com/fridaygate/fridaygate/smoke/metrics"
)

// Mapping is where a service tells what triage asks: the triage part of an environment file. Its zero value tells nothing.
type Mapping struct {
	Metrics  []*url.URL        // of every replica; none: it exposes no metrics
	Window   time.Duration     // between the two times that metrics are read
	Levels   map[string]*Level // by step
	Settings *Settings         // nil: it does not show them
	Event    *Event            // nil: it does not show events
	Header   http.Header       // of each request
	Without  map[string]string // by step: why it is not looked at
}

// Level is a share that is usual up to a bound, such as that of duplicates among all deliveries.
type Level struct {
	Source       string // where it is written: file:line
	Count        []metrics.Selector
	Of           []metrics.Selector
	AbsentIsZero bool     // a count that is not exposed is 0: the service exposes a counter from its first event on
	Usual        *float64 // the largest share that is usual, from 0 to 1; nil: that of the other environment
}

// Settings is where a service shows its settings.
type Settings struct {
	URL       *url.URL
	At        string   // JSON Pointer to them; "": the whole answer
	MayDiffer []string // JSON Pointers, from there, to those that are other ones in each environment
}

// Event is where a service shows what became of one event.
type Event struct {
	Source string // where it is written: file:line
	Base   *url.URL
	Path   string // below Base, with {event_id}
	Hops   []Hop  // in the order in which an event takes them
}

// Hop is one step on the way of an event.
type Hop struct {
	Name string
	At   string   // JSON Pointer into the answer
	Is   []string // one of which is the value there; none: any value but null
}
