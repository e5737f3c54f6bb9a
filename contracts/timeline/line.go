package timeline

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/logfile"
)

// parser reads lines of logs.
type parser struct {
	names Names
	zone  *time.Location
}

// newParser returns a parser that knows the fields of lines by these names.
func newParser(names Names, zone *time.Location) parser { return parser{names.plain(), zone} }

func (p *parser) entry() *entry { return &entry{fields: fields{within: p.names.Within}} }

// The bounds of what is kept of a line.
const (
	mostNested  = 8       // objects in objects
	mostFields  = 200     // of a line
	longestText = 4 << 10 // bytes of a value
)

func (p *parser) parseTime(written string) (time.Time, time.Duration, bool) {
	return logfile.Time(written, p.zone)
}

// line reads a line: JSON, key=value pairs or text, alone or behind what docker, Docker Compose, kubectl or a container runtime of
// Kubernetes wrote before it.
func (p *parser) line(line []byte) *entry {
	e := p.entry()
	line = bytes.TrimSpace(line)
	if len(line) > 0 && line[0] == '{' {
		err := p.object(e, line, "", 0)
		if err == nil {
			return e
		}
		e = p.entry()
		e.broken = err.Error()
	}
	p.behind(e, p.head(e, line))
	return e
}

// The heads of lines.
var (
	composeHead = regexp.MustCompile(`^([\w.-]+)\s+\| `)                        // docker compose logs
	kubectlHead = regexp.MustCompile(`^\[pod/([^/\]]+)/([^\]]+)\] `)            // kubectl logs --prefix
	runtimeHead = regexp.MustCompile(`^(\S+) (?:stdout|stderr) [FP](?::\S*)? `) // CRI
	timeHead    = regexp.MustCompile(`^(\d{4}-\d\d-\d\dT\S+) `)                 // docker logs --timestamps
)

// head reads what stands before the service's own line, and returns the rest.
func (p *parser) head(e *entry, line []byte) []byte {
	if found := composeHead.FindSubmatch(line); found != nil {
		e.who, line = string(found[1]), line[len(found[0]):]
	}
	if found := kubectlHead.FindSubmatch(line); found != nil {
		e.host, e.who, line = string(found[1]), string(found[2]), line[len(found[0]):]
	}
	for _, head := range []*regexp.Regexp{runtimeHead, timeHead} {
		if found := head.FindSubmatch(line); found != nil {
			if at, unit, ok := p.parseTime(string(found[1])); ok {
				e.at, e.unit = at, unit
				return line[len(found[0]):]
			}
		}
	}
	return line
}

// behind reads the service's own line, which may be JSON behind some text.
func (p *parser) behind(e *entry, line []byte) {
	line = bytes.TrimSpace(line)
	if open := bytes.IndexByte(line, '{'); open >= 0 && line[len(line)-1] == '}' {
		kept := *e
		if err := p.object(e, line[open:], "", 0); err == nil {
			e.text = p.said(e, string(line[:open]))
			return
		} else if open == 0 {
			kept.broken = err.Error()
		}
		*e = kept
	}
	e.text = p.said(e, string(line))
	p.pairs(e, string(line))
}

// said returns a text without the time in it, which it notes.
func (p *parser) said(e *entry, text string) string {
	at, unit, from, to, ok := logfile.TimeIn(text, p.zone)
	if ok {
		e.at, e.unit = at, unit
		if from <= 1 {
			text = text[to:]
		}
	}
	return strings.Trim(text, " \t[]:-|,")
}

// pair matches key=value, with a value in quotes or without.
var pair = regexp.MustCompile(`([A-Za-z_@][\w.@/-]*)=("(?:[^"\\]|\\.)*"|[^\s"]+)`)

// pairs adds the key=value pairs of a text as fields, if it has any that are wanted.
func (p *parser) pairs(e *entry, text string) {
	for _, found := range pair.FindAllStringSubmatch(text, mostFields) {
		value := found[2]
		if value[0] == '"' {
			var unquoted string
			if json.Unmarshal([]byte(value), &unquoted) == nil {
				value = unquoted
			}
		}
		e.keep(found[1], value)
	}
}

// keep adds a field.
func (e *entry) keep(name, value string) {
	if len(e.list) < mostFields {
		if len(value) > longestText {
			value = strings.ToValidUTF8(value[:longestText], "") + "…"
		}
		e.add(name, value)
	}
}

// object adds the members of an object as fields, and those of the objects in it.
func (p *parser) object(e *entry, text []byte, prefix string, depth int) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil {
		return notJSON(err)
	}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return notJSON(err)
		}
		name, _ := token.(string)
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return notJSON(err)
		}
		if err := p.member(e, prefix+name, value, depth); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return notJSON(err)
	}
	if d.More() {
		return errors.New("more follows the JSON object")
	}
	return nil
}

func notJSON(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || strings.Contains(err.Error(), "unexpected end") {
		return errors.New("the JSON ends early")
	}
	return fmt.Errorf("not JSON: %w", err)
}

func (p *parser) member(e *entry, name string, value json.RawMessage, depth int) error {
	switch {
	case value[0] == '{' && depth < mostNested:
		return p.object(e, value, name+".", depth+1)
	case value[0] == '"':
		var text string
		if err := json.Unmarshal(value, &text); err != nil {
			return err
		}
		if !p.unwrap(e, name, text, depth) {
			e.keep(name, text)
		}
	case string(value) != "null":
		e.keep(name, string(value))
	}
	return nil
}

// unwrap reads a text that is a line of the service's own, and reports whether it is JSON.
func (p *parser) unwrap(e *entry, name, text string, depth int) bool {
	last := plainName(name[strings.LastIndexByte(name, '.')+1:])
	if depth >= mostNested || !slices.Contains(p.names.Wrapped, last) {
		return false
	}
	trimmed := strings.TrimSpace(text)
	if !strings.HasPrefix(trimmed, "{") {
		if strings.Contains(trimmed, "=") {
			p.pairs(e, trimmed)
		}
		return false
	}
	before := *e
	if err := p.object(e, []byte(trimmed), name+".", depth+1); err != nil {
		*e = before
		return false
	}
	e.inner = append(e.inner, name)
	return true
}
