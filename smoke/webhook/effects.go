package webhook

import (
	"slices"
	"strings"
	"time"
)

// Effects is how to see what one event really did. One of the fields is set.
type Effects struct {
	HTTP    *HTTPProbe    `yaml:"http"`
	Command *CommandProbe `yaml:"command"`
	SQL     *SQLProbe     `yaml:"sql"`
	Sink    *SinkProbe    `yaml:"sink"`
	Result  *ResultProbe  `yaml:"result"`
	None    string        `yaml:"none"` // why effects cannot be seen here, and are therefore not judged

	// Also is a second, independent way to see them; it looks first, and the two must agree. nil: there is none.
	Also *Effects `yaml:"also"`

	Within time.Duration `yaml:"within"` // how long after an answer its effects may take to show; 2s when zero
	// how long after that they must still be right, so that one too many that comes late is seen; 1s when zero
	Settle time.Duration `yaml:"settle"`
}

// HTTPProbe counts effects by asking the target: those of an event, or those on what the event is about.
type HTTPProbe struct {
	Path   string `yaml:"path"`   // below the target's base URL; {event_id}, {tenant} and {subject} are replaced by their escaped values
	Count  string `yaml:"count"`  // JSON Pointer to a number, or to an array whose length counts
	Absent int    `yaml:"absent"` // the status that means that the event was never taken: zero effects; 0: none does

	// Subject is a JSON Pointer into the body to the id of what the event is about, such as an account: then the number
	// at Count, such as its balance, is compared with what it was before the event. Checks about a subject that is not
	// made anew for each event (see Fresh) run one after the other.
	Subject string `yaml:"subject"`
	// Amount is a JSON Pointer into the body to how much one effect changes the number; one by one when empty.
	Amount string `yaml:"amount"`
}

// CommandProbe counts effects by running a command, which prints the count.
type CommandProbe struct {
	Run []string `yaml:"run"` // the program and its arguments, without a shell; {event_id} and {tenant} are replaced by their values
}

// SQLProbe counts effects in the receiver's own database.
type SQLProbe struct {
	URLEnv string `yaml:"url_env"` // the variable that holds postgres://… or sqlite:///…
	Query  string `yaml:"query"`   // returns exactly one row with one number; $1 is the event id, $2, where it is used, the tenant
}

// SinkProbe counts what the receiver emits, over HTTP, to an address that the gate serves.
type SinkProbe struct {
	Listen string `yaml:"listen"` // host:port
	Event  Place  `yaml:"event"`  // where a request to it holds the event id
}

// ResultProbe counts the different values in the answers to one event: an id that each effect gets anew. It
// sees only effects that show in answers.
type ResultProbe struct {
	Pointer string `yaml:"pointer"` // JSON Pointer into an accepted delivery's answer; null there counts nothing
}

// tenantPart is replaced in probes by the tenant.
const tenantPart = "{tenant}"

// TellTenants reports whether effects can be counted for one tenant alone, or need not be counted at all.
func (e Effects) TellTenants() bool {
	if e.Also != nil && !e.Also.TellTenants() {
		return false
	}
	switch {
	case e.HTTP != nil:
		return strings.Contains(e.HTTP.Path, tenantPart)
	case e.Command != nil:
		return slices.ContainsFunc(e.Command.Run, func(arg string) bool { return strings.Contains(arg, tenantPart) })
	case e.SQL != nil:
		return strings.Contains(e.SQL.Query, "$2")
	}
	return e.None != ""
}
