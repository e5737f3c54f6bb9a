package webhook

import (
	"errors"
	"fmt"
	"net"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/smoke/sign"
)

// mistakes collects what is wrong in a file, each under its key.
type mistakes []error

func (m *mistakes) add(key, format string, args ...any) {
	*m = append(*m, fmt.Errorf("%s: %s", key, fmt.Sprintf(format, args...)))
}

// mistakes checks the file by itself, without opening any other.
func (c *Contract) mistakes() []error {
	var m mistakes
	if c.Receiver == "" {
		m.add("receiver", "is missing: name the receiver")
	}
	c.Endpoint.check(&m)
	c.checkBody(&m)
	c.Challenge.check(&m)
	c.checkSignature(&m)
	c.checkIdentity(&m)
	c.checkSending(&m)
	c.Policy.check(&m)
	c.Effects.check(&m, "effects")
	c.Sequence.check(&m)
	c.Hooks.check(&m)
	for i, known := range c.KnownFailures {
		known.check(&m, fmt.Sprintf("known_failures[%d]", i))
	}
	for i, glob := range c.Enforce {
		if _, err := path.Match(glob, ""); glob == "" || err != nil {
			m.add(fmt.Sprintf("enforce[%d]", i), "%q: must be the name of a case or a pattern", glob)
		}
	}
	return m
}

func (c *Contract) checkSignature(m *mistakes) {
	var err error
	if c.Scheme, err = sign.New(c.Signature.Config); err != nil {
		for _, mistake := range strings.Split(err.Error(), "\n") {
			*m = append(*m, errors.New("signature."+mistake))
		}
	}
	switch unsigned := c.Scheme.Unsigned != "" || c.Signature.Scheme == "none"; {
	case unsigned && c.Signature.SecretEnv != "":
		m.add("signature.secret_env", "%q: is not for none: deliveries are not signed", c.Signature.SecretEnv)
	case !unsigned && !variable.MatchString(c.Signature.SecretEnv):
		m.add("signature.secret_env", "%q: must be the name of an environment variable; the secret itself never stands in a file", c.Signature.SecretEnv)
	}
	if c.Signature.Tolerance < 0 {
		m.add("signature.tolerance", "%s: must not be negative", c.Signature.Tolerance)
	}
}

func (m *mistakes) place(key string, p Place) {
	m.header(key+".header", p.Header)
	m.pointer(key+".pointer", p.Pointer)
}

func (m *mistakes) header(key, name string) {
	if name != "" && !token.MatchString(name) {
		m.add(key, "%q: must be the name of a header", name)
	}
}

// pointer checks a JSON Pointer (RFC 6901).
func (m *mistakes) pointer(key, pointer string) {
	if !jsonPointer.MatchString(pointer) {
		m.add(key, "%q: must be a JSON Pointer, which starts with a slash, and in which ~0 stands for ~ and ~1 for /", pointer)
	}
}

func (m *mistakes) positive(key string, d time.Duration) {
	if d < 0 {
		m.add(key, "%s: must not be negative", d)
	}
}

func (p Policy) check(m *mistakes) {
	if !slices.Contains([]Duplicate{SameResult, Success}, p.Duplicate) {
		m.add("policy.duplicate", "%q: must be same-result or success", p.Duplicate)
	}
	if !slices.Contains([]Mismatch{Reject409, Reject422, AckAndQuarantine, AnyMismatch}, p.Mismatch) {
		m.add("policy.mismatch", "%q: must be reject-409, reject-422, ack-and-quarantine or any", p.Mismatch)
	}
	if !slices.Contains([]Invalid{"", RejectInvalid, AcceptInvalid, AnyInvalid}, p.Invalid) {
		m.add("policy.invalid", "%q: must be reject, accept or any", p.Invalid)
	}
	if !slices.Contains([]Equality{EqualJSON, EqualBytes}, p.Equality) {
		m.add("policy.equality", "%q: must be json or bytes", p.Equality)
	}
	if !slices.Contains([]Unicode{UnicodeExact, UnicodeNFC}, p.Unicode) {
		m.add("policy.unicode", "%q: must be exact or nfc", p.Unicode)
	}
	for _, status := range p.InFlight {
		if status < 400 || status > 599 {
			m.add("policy.in_flight", "%d: must be statuses from 400 to 599", status)
		}
	}
	for _, pointer := range p.ResultIgnore {
		m.pointer("policy.result_ignore", pointer)
	}
	m.positive("policy.in_flight_limit", p.InFlightLimit)
	m.positive("policy.acknowledge", p.Acknowledge)
}

// check checks the way to see effects under a key of the file.
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

func (s Sequence) check(m *mistakes) {
	if len(s.Fixtures) == 0 && s.Key == "" && s.Path == "" && s.State == "" {
		return
	}
	if len(s.Fixtures) < 2 {
		m.add("sequence.fixtures", "%q: must name two fixtures or more, oldest first", s.Fixtures)
	}
	if !strings.HasPrefix(s.Path, "/") || !strings.Contains(s.Path, keyPart) {
		m.add("sequence.path", "%q: must start with a slash and contain {key}", s.Path)
	}
	if s.Key == "" {
		m.add("sequence.key", "is missing: say where the body holds the id of what it tells of")
	}
	m.pointer("sequence.key", s.Key)
	m.pointer("sequence.state", s.State)
}

func (h Hooks) check(m *mistakes) {
	if len(h.Restart) > 0 && !runs(h.Restart, "") {
		m.add("hooks.restart", "%q: must be a program with its arguments", h.Restart)
	}
	if len(h.FailNext) > 0 && !runs(h.FailNext, "") {
		m.add("hooks.fail_next", "%q: must be a program with its arguments", h.FailNext)
	}
	if len(h.Advance) > 0 && !runs(h.Advance, "{seconds}") {
		m.add("hooks.advance", "%q: must be a program with its arguments, one of which contains {seconds}", h.Advance)
	}
}

// runs tells whether words are a program with its arguments, one of which contains part; if that is "", no matter.
func runs(words []string, part string) bool {
	return len(words) > 0 && words[0] != "" &&
		(part == "" || slices.ContainsFunc(words[1:], func(arg string) bool { return strings.Contains(arg, part) }))
}

func (k KnownFailure) check(m *mistakes, key string) {
	for i, glob := range []string{k.Case, k.Fixture} {
		if _, err := path.Match(glob, ""); glob == "" || err != nil {
			m.add(key+[]string{".case", ".fixture"}[i], "%q: must be a name or a pattern", glob)
		}
	}
	if k.Reason == "" {
		m.add(key+".reason", "is missing: say why the failure is accepted")
	}
	if k.Until.IsZero() {
		m.add(key+".until", "is missing: say until which day, such as 2026-12-31")
	}
}

var (
	variable    = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	token       = regexp.MustCompile("^[0-9A-Za-z!#$%&'*+.^_`|~-]+$") // RFC 9110 section 5.6.2
	placeholder = regexp.MustCompile(`\{[^{}]*\}`)
	jsonPointer = regexp.MustCompile(`^(/([^~/]|~[01])*)*$`) // RFC 6901
)
