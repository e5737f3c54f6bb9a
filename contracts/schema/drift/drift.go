package drift

import (
	"time"

	"github.com/fridaygate/fridaygate/contracts/schema"
	"github.com/fridaygate/fridaygate/contracts/schema/widen"
)

// Options are what is looked for in the logs. Pointers are JSON Pointers (RFC 6901) into the payload; with a Field, what the
// payload lacks is also looked for in the line around it.
type Options struct {
	Schema *schema.Schema // what the payloads are checked against; required

	Field string // pointer to the payload in a line; "": the line is the payload. The payload may be a string that holds JSON
	ID    string // pointer to an event's id; "": nothing is known of events
	Time  string // pointer to the time; "": the usual names are tried
	By    string // pointer to what names a kind of payload, such as /type: formats are counted for each; "": all are of one kind

	MaxFormats int // how many formats of one kind there may be, accepted ones included; 0: any number
	MaxLine    int // bytes of a line; longer ones are not read; 0: DefaultMaxLine

	Values bool // remember some of the values that the schema refuses, for Propose

	Progress func(Progress) // called now and then; nil: not at all
}

// DefaultMaxLine is how long a line may be, in bytes, when nothing else is said.
const DefaultMaxLine = 16 << 20

// Progress is how far the reading has come.
type Progress struct {
	Log         string
	Read, Total int64 // bytes of all logs; Total is 0 when it is not known
	Payloads    int64
	Took        time.Duration
}

// Drift is what the logs hold.
type Drift struct {
	Options Options
	Logs    int
	Started time.Time
	Ended   time.Time

	Payloads    int64     // that were read
	Lines       int64     // that were read, empty ones not counted
	Without     int64     // lines without the field
	TimeOf      string    // pointer to the times that were found; "": there were none
	Formats     []*Format // most frequent first
	Unread      []Unread  // what could not be read, in the order of the logs
	Events      Events
	Notes       []string // what limits the above
	Interrupted bool

	root *node
}

// Format is the payloads of one form: the same places with values of the same types. The items of an array count as one
// place, and so do members whose names are data. Members that the schema describes and does not require may be absent or null. See
// form.
type Format struct {
	Number   int    // from 1
	Kind     string // value of Options.By, as JSON; "": there is none
	Payloads int64
	IDs      int64 // distinct ids; 0 without Options.ID
	Refused  int64 // by the schema
	Unknown  int64 // the check was given up
	First    Seen
	Last     Seen

	Violations []*Violation // most frequent first
	Sample     []byte       // as it was logged; of a refused payload if there is one; nil: it is too large
	Rest       bool         // the payloads of all shapes above the bound

	form
	counts    map[*node]int64 // payloads that have each place
	variants  int
	uncounted bool     // some payloads are not in counts
	refused   [][]byte // payloads of different violations
	number    uint16   // in the order of the logs
	kindHash  hash
	last      place
	lastMoved bool
	into      *Format // that this one became a part of
}

// Seen is one end of the time in which a format was seen.
type Seen struct {
	At    time.Time // zero: the payload has none
	Where string    // file:line
}

// Violation is one way in which payloads of a format break the schema.
type Violation struct {
	schema.Violation        // of the first payload
	Place            string // pointer in the payload, with * for items and for names that are data
	Got              string // what the first payload has there, redacted
	Expected         string // what the schema says
	Payloads         int64
	Refused          widen.Refused // the values, with Options.Values
}

// Unread is a part of a log that could not be read.
type Unread struct {
	Where string // file, or file:line
	What  string
}

// Events is what is known of ids.
type Events struct {
	Distinct  int64
	Several   int64      // ids that came in more than one format
	Conflicts []Conflict // the first of these
	Forgot    bool       // there were too many ids to remember all of them
	Without   int64      // payloads without an id
}

// Conflict is an id that came in more than one format.
type Conflict struct {
	ID      string
	Formats []int // numbers
	Where   string

	all []*Format
}
