package timeline

import (
	"time"

	"github.com/fridaygate/fridaygate/contracts/logfile"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Options are what a timeline is made of.
type Options struct {
	Event  string         // id of the event; required
	Report *report.Report // of a smoke run; nil: there is none, as for an event of production
	Logs   []logfile.Log  // each is read once for each round of ids, so its Open must work several times

	Names   Names               // of fields; the zero value is DefaultNames
	Zone    *time.Location      // of times without a zone; nil is UTC
	Redact  func(string) string // replaces secrets in what is shown; nil: only fields that are named as secrets are left out
	MaxLine int                 // bytes of a line; longer ones are not read; 0: DefaultMaxLine
	MaxRows int                 // further rows are counted alone; 0: DefaultMaxRows

	Progress func(Progress) // called now and then; nil: not at all
}

// The limits when nothing else is said.
const (
	DefaultMaxLine = 16 << 20
	DefaultMaxRows = 20_000
)

// Progress is how far the reading has come.
type Progress struct {
	Log         string
	Round       int   // from 1: the logs are read once for each round of ids
	Read, Total int64 // bytes of all logs in all rounds so far; Total is 0 when it is not known
	Took        time.Duration
}

// Version is the version of a timeline as JSON. Within a version members are added, and none changes its meaning.
const Version = 1

// Timeline is what is known of an event, in order.
type Timeline struct {
	Version     int       `json:"version"`
	Event       string    `json:"event"`
	Started     time.Time `json:"started"` // the reading
	Ended       time.Time `json:"ended"`
	Checks      []Check   `json:"checks,omitempty"` // of the report, that sent the event
	IDs         []ID      `json:"ids"`              // what was looked for, in the order in which it was learnt
	Clocks      []Clock   `json:"clocks,omitempty"`
	Rows        []Row     `json:"rows"` // in order; those without a time come last
	Files       []File    `json:"files,omitempty"`
	Unread      []Unread  `json:"unread,omitempty"`
	Near        []string  `json:"near,omitempty"` // ids like the event's, when nothing was found
	Notes       []string  `json:"notes,omitempty"`
	Interrupted bool      `json:"interrupted,omitempty"`
}

// Check is a check of the report that sent the event.
type Check struct {
	Subject string          `json:"subject"`
	Case    string          `json:"case"`
	Verdict verdict.Verdict `json:"verdict"`
	Rules   []string        `json:"rules,omitempty"` // that it broke
}

// Gate is what the gate and its clock are called.
const Gate = "gate"

// Kind is what a row is about.
type Kind string

// The kinds.
const (
	Sent     Kind = "sent"     // the gate began to send an attempt
	Answered Kind = "answered" // an attempt ended
	Effect   Kind = "effect"   // the gate saw how many effects there are
	State    Kind = "state"    // the gate saw the state of the event's subject
	Log      Kind = "log"      // a service logged a line
	Mutation Kind = "mutation" // a service said that it changed a state
	Span     Kind = "span"     // a service began an operation, and ended it after Took
)

// Row is one thing that happened.
type Row struct {
	Number    int           `json:"number"`               // from 1
	At        time.Time     `json:"at,omitzero"`          // by the reference clock, corrected; zero: no time was found
	Logged    time.Time     `json:"logged,omitzero"`      // as it was written
	Precision time.Duration `json:"precision_ns"`         // it may have happened up to that much later
	Took      time.Duration `json:"took_ns,omitempty"`    // of a span, and of an answered attempt
	Clock     string        `json:"clock"`                // name of the clock
	Who       string        `json:"who"`                  // service, or Gate
	Kind      Kind          `json:"kind"`                 //
	Level     string        `json:"level,omitempty"`      // warn, error or fatal; "" for others
	Text      string        `json:"text"`                 // what happened
	Fields    []Field       `json:"fields,omitempty"`     // what else the line says
	Status    int           `json:"status,omitempty"`     // of an answered attempt, and of one that was sent; 0: no answer
	Attempt   int           `json:"attempt,omitempty"`    // number of the attempt that it belongs to; 0: not known
	Request   string        `json:"request_id,omitempty"` //
	Trace     string        `json:"trace_id,omitempty"`   //
	Span      string        `json:"span_id,omitempty"`    //
	Parent    string        `json:"parent_span_id,omitempty"`
	Why       string        `json:"why"`                    // the id by which it was found
	Where     string        `json:"where"`                  // file:line, or the check
	Either    []int         `json:"either_order,omitempty"` // numbers of earlier rows that may have come later

	clock    int  // index
	file     int  // index of the log
	line     int  // in it
	serial   int  // order of reading
	server   bool // a span that answers a request
	client   bool // a span that waits for an answer
	failed   bool // a span with an error
	answered bool // a span of a request that was answered
}

// Field is a part of a line. Objects in it are flattened: their names are joined by points.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// File is one log.
type File struct {
	Name  string `json:"name"`
	Short string `json:"short"` // as rows name it
	Lines int    `json:"lines"`
	Rows  int    `json:"rows"`
}

// Unread is a part of a log that could not be read, or not as it was meant.
type Unread struct {
	Where string `json:"where"` // file, or file:line
	What  string `json:"what"`
}

// Found reports whether anything is known of the event.
func (t *Timeline) Found() bool { return len(t.Rows) > 0 }

// Whole reports whether everything was read that was named.
func (t *Timeline) Whole() bool { return len(t.Unread) == 0 && !t.Interrupted }

// Exit returns the exit code: a timeline is found and whole, or nothing can be said for sure.
func (t *Timeline) Exit() int {
	switch {
	case t.Interrupted:
		return verdict.ExitInterrupted
	case !t.Found() || !t.Whole():
		return verdict.ExitUnknown
	}
	return verdict.ExitPass
}
