package webhook

import (
	"net"
	"slices"
	"strconv"
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
	Settle time.Duration `yaml:"settle"` // how long after that they must still be right, so that one too many that comes late is seen; 1s when zero
}

// HTTPProbe counts effects by asking the target: those of an event, or those on what the event is about.
type HTTPProbe struct {
	Path   string `yaml:"path"`   // below the target's base URL; {event_id}, {tenant} and {subject} stand for their escaped values
	Count  string `yaml:"count"`  // JSON Pointer to a number, or to an array whose length counts
	Absent int    `yaml:"absent"` // the status that says that the event was never taken: zero effects; no status does when 0

	// Subject is a JSON Pointer into the body to the id of what the event is about, such as an account: then the number
	// at Count, such as its balance, is compared with what it was before the event. Checks about a subject that is not
	// made anew for each event (see Fresh) run one after the other.
	Subject string `yaml:"subject"`
	// Amount is a JSON Pointer into the body to how much one effect changes the number; one by one when empty.
	Amount string `yaml:"amount"`
}

// CommandProbe counts effects by running a command, which prints the count.
type CommandProbe struct {
	Run []string `yaml:"run"` // the program and its arguments, without a shell; {event_id} and {tenant} stand for their values
}

// SQLProbe counts effects in the receiver's own database.
type SQLProbe struct {
	URLEnv string `yaml:"url_env"` // the variable that holds postgres://… or sqlite:///…
	Query  string `yaml:"query"`   // gives just one row with one number; $1 is the event id, $2, where it is used, the tenant
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

func (e Effects) check(m *mistakes, key string) {
	var ways []string
	for name, there := range map[string]bool{
		"http": e.HTTP != nil, "command": e.Command != nil, "sql": e.SQL != nil, "sink": e.Sink != nil, "result": e.Result != nil, "none": e.None != "",
	} {
		if there {
			ways = append(ways, name)
		}
	}
	slices.Sort(ways)
	switch len(ways) {
	case 0:
		m.add(key, "is missing: say how to see what an event did (http, command, sql, sink or result), or why nobody can (none)")
	case 1:
	default:
		m.add(key, "has both %s: keep one", strings.Join(ways, " and "))
	}
	m.positive(key+".within", e.Within)
	m.positive(key+".settle", e.Settle)
	if http := e.HTTP; http != nil {
		http.check(m, key+".http")
	}
	if command := e.Command; command != nil && !runs(command.Run, eventIDPart) {
		m.add(key+".command.run", "%q: must be a program with its arguments, one of which contains {event_id}", command.Run)
	}
	if sql := e.SQL; sql != nil {
		if !variable.MatchString(sql.URLEnv) {
			m.add(key+".sql.url_env", "%q: must be the name of an environment variable; the URL itself, which may hold a password, never stands in a file", sql.URLEnv)
		}
		if !strings.Contains(sql.Query, "$1") {
			m.add(key+".sql.query", "%q: must count for the event id $1", sql.Query)
		}
	}
	if sink := e.Sink; sink != nil {
		_, port, err := net.SplitHostPort(sink.Listen)
		if n, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || n == 0 {
			m.add(key+".sink.listen", "%q: must be host:port, with the port that the receiver emits to", sink.Listen)
		}
		if (sink.Event.Header == "") == (sink.Event.Pointer == "") {
			m.add(key+".sink.event", "must say where a request holds the event id: as header or pointer")
		}
		m.place(key+".sink.event", sink.Event)
	}
	if result := e.Result; result != nil {
		if result.Pointer == "" {
			m.add(key+".result.pointer", "is missing: say where in an answer the id of the effect stands")
		}
		m.pointer(key+".result.pointer", result.Pointer)
	}
	if e.Also == nil {
		return
	}
	if e.None != "" || e.Also.None != "" || e.Also.PerSubject() || e.Also.Also != nil || e.Also.Within != 0 || e.Also.Settle != 0 {
		m.add(key+".also", "must be one more way to see effects, without none, also, within, settle and http.subject of its own")
	}
	e.Also.check(m, key+".also")
}

// eventIDPart and tenantPart stand in probes for the event id and the tenant; keyPart in a sequence's path for
// the id of the thing.
const (
	eventIDPart = "{event_id}"
	tenantPart  = "{tenant}"
	keyPart     = "{key}"
)

// TellTenants says whether effects can be counted for one tenant alone, or need not be counted at all.
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
