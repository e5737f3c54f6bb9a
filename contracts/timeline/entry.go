package timeline

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// entry is a line of a log, or a span, in its parts.
type entry struct {
	fields
	text   string    // what is no field
	inner  []string  // names of the fields that held the service's own line
	at     time.Time // from the head of the line, which a log shipper may have written; zero: none
	unit   time.Duration
	who    string // from the head of the line; "" for none
	host   string
	broken string // why the line is no JSON, although it seems to be
}

// row returns the entry as a row. The trace ids that it names beside its own are linked.
func (p *parser) row(e *entry) (row Row, linked []string) {
	n := &p.names
	row = Row{Kind: Log, Who: e.who}
	row.Logged, row.Precision = p.time(e)
	row.Text = e.first(n.Message...)
	if row.Text == "" {
		row.Text = e.text
	}
	row.Level = level(e.first(n.Level...))
	if service := e.first(n.Service...); service != "" {
		row.Who = service
	}
	row.Clock = e.host
	if host := e.first(n.Host...); host != "" {
		row.Clock = host
	}
	row.Request = e.first(n.Request...)
	e.each(n.Trace, func(at int) bool {
		row.Trace = traceOf(e.list[at].Value)
		e.used[at] = row.Trace != ""
		return e.used[at]
	})
	for at := range e.list {
		if found := traceParent.FindStringSubmatch(e.list[at].Value); found != nil {
			linked = append(linked, found[1])
		}
	}
	row.Span, row.Parent = strings.ToLower(e.first(n.Span...)), strings.ToLower(e.first(n.Parent...))
	if p.mutates(e) {
		row.Kind = Mutation
	}
	for at, one := range e.list {
		if !e.used[at] && one.Value != "" {
			row.Fields = append(row.Fields, one)
		}
	}
	return row, linked
}

// time returns the time of an entry. What the service itself wrote comes before what a log shipper did.
func (p *parser) time(e *entry) (at time.Time, precision time.Duration) {
	own := func(i int) bool {
		return slices.ContainsFunc(e.inner, func(name string) bool { return strings.HasPrefix(e.list[i].Name, name+".") })
	}
	for _, inner := range []bool{true, false} {
		e.each(p.names.Time, func(i int) bool {
			if len(e.inner) > 0 && own(i) != inner {
				return false
			}
			var ok bool
			at, precision, ok = p.parseTime(e.list[i].Value)
			e.used[i] = ok
			return ok
		})
		if !at.IsZero() {
			break
		}
	}
	if len(e.inner) > 0 { // that of the shipper is not shown
		e.each(p.names.Time, func(i int) bool {
			e.used[i] = e.used[i] || !own(i) && len(e.names[i]) == 1
			return false
		})
	}
	if at.IsZero() {
		return e.at, e.unit
	}
	return at, precision
}

// mutates reports whether an entry says that a state was changed.
func (p *parser) mutates(e *entry) bool {
	for at, one := range e.list {
		if one.Value == "" || one.Value == "false" || !e.named(at, p.names.Mutation) {
			continue
		}
		if !strings.Contains(one.Name, "db.") || p.writes(one.Value) {
			return true
		}
	}
	return false
}

// writes reports whether an operation of a database changes a state.
func (p *parser) writes(operation string) bool {
	verb, _, _ := strings.Cut(strings.TrimSpace(strings.ToLower(operation)), " ")
	return slices.Contains(p.names.Writes, verb)
}

// level returns what a level is called here; "" for those below a warning. Numbers are those of pino and bunyan.
func level(written string) string {
	switch strings.ToLower(written) {
	case "warn", "warning", "40", "w":
		return "warn"
	case "error", "err", "50", "e", "severe":
		return "error"
	case "fatal", "critical", "crit", "panic", "dpanic", "alert", "emergency", "emerg", "60", "f":
		return "fatal"
	}
	return ""
}

// redactor leaves secrets out of what is shown.
type redactor struct {
	names   []string // ends of names
	written *regexp.Regexp
	more    func(string) string
}

const notShown = "[not shown]"

func newRedactor(names []string, more func(string) string) redactor {
	r := redactor{more: more}
	var patterns []string
	for _, name := range names {
		r.names = append(r.names, plainName(name))
		patterns = append(patterns, strings.ReplaceAll(regexp.QuoteMeta(strings.ReplaceAll(name, "-", "_")), "_", "[_-]?"))
	}
	if len(patterns) > 0 {
		r.written = regexp.MustCompile(`(?i)((?:` + strings.Join(patterns, "|") + `)\\?["']?\]?\s*[=:,]\s*\\?["'\[]*)([^\s&"',;\\}\]]+)`)
	}
	return r
}

// credentials matches what an Authorization header holds (RFC 9110, section 11.4).
var credentials = regexp.MustCompile(`(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}`)

func (r redactor) text(s string) string {
	s = credentials.ReplaceAllString(s, "$1 "+notShown)
	if r.written != nil {
		s = r.written.ReplaceAllStringFunc(s, func(all string) string {
			parts := r.written.FindStringSubmatch(all)
			if strings.EqualFold(parts[2], "bearer") || strings.EqualFold(parts[2], "basic") {
				return all
			}
			return parts[1] + notShown
		})
	}
	if r.more != nil {
		s = r.more(s)
	}
	return s
}

func (r redactor) row(row *Row) {
	row.Text = r.text(row.Text)
	for i, one := range row.Fields {
		last := plainName(one.Name[strings.LastIndexByte(one.Name, '.')+1:])
		if slices.ContainsFunc(r.names, func(name string) bool { return strings.HasSuffix(last, name) }) {
			row.Fields[i].Value = notShown
			continue
		}
		row.Fields[i].Value = r.text(one.Value)
	}
}
