package timeline

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/logfile"
)

const (
	mostRounds = 4 // in which the logs are read
	mostSaid   = 5 // unread lines of one log that are named one by one
)

// reader builds a Timeline.
type reader struct {
	Timeline
	options Options
	parser  parser
	redact  redactor
	ids     ids
	clocks  clocks
	gate    gate

	round  int
	read   int64
	total  int64
	told   time.Time
	file   int             // index of the log that is read
	bad    int             // lines of it
	have   map[string]bool // rows, by where they are
	learnt []lesson        // of this round
	left   int             // rows above the limit
	near   []string
}

// lesson is what a row may teach.
type lesson struct {
	row    Row
	id     int
	linked []string
}

// Read makes the timeline of an event. What cannot be read is noted, and the rest is read all the same. When ctx ends, so does the
// reading, and Interrupted is set.
func Read(ctx context.Context, o Options) *Timeline {
	if o.MaxLine == 0 {
		o.MaxLine = DefaultMaxLine
	}
	if o.MaxRows == 0 {
		o.MaxRows = DefaultMaxRows
	}
	if o.Names.Time == nil {
		o.Names = DefaultNames()
	}
	r := &reader{
		Timeline: Timeline{Version: Version, Event: o.Event, Started: time.Now(), IDs: []ID{}, Rows: []Row{}},
		options:  o, parser: newParser(o.Names, o.Zone), redact: newRedactor(o.Names.Secret, o.Redact), have: map[string]bool{}, told: time.Now(),
	}
	short := shortNames(o.Logs)
	for i, log := range o.Logs {
		r.total += log.Size
		r.Files = append(r.Files, File{Name: log.Name, Short: short[i]})
	}
	r.ids.add(ID{Kind: EventID, Value: o.Event, Why: "asked for"})
	r.fromReport()
	r.rounds(ctx)
	r.Interrupted = ctx.Err() != nil
	r.IDs = r.ids.all
	r.order()
	if !r.Found() && !r.Interrupted {
		r.nearMisses(ctx)
	}
	r.limits()
	r.Ended = time.Now()
	return &r.Timeline
}

// rounds reads the logs until no more ids are learnt.
func (r *reader) rounds(ctx context.Context) {
	for r.round = 1; r.ids.scanned < len(r.ids.all) && ctx.Err() == nil; r.round++ {
		if r.round > mostRounds {
			r.note("%d more ids were learnt in the last of %d readings, and not looked for", len(r.ids.all)-r.ids.scanned, mostRounds)
			return
		}
		s := newSearch(&r.ids, r.ids.scanned)
		r.ids.scanned = len(r.ids.all)
		for i := range r.options.Logs {
			r.file, r.bad = i, 0
			r.readLog(ctx, s)
		}
		if r.round == 1 {
			r.near = s.near
		}
		for _, one := range r.learnt {
			r.ids.learn(one.row, r.ids.all[one.id], one.linked)
		}
		r.learnt = nil
	}
}

func (r *reader) note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

// unread notes what cannot be read. What was read before is not noted again.
func (r *reader) unread(where, format string, args ...any) {
	if r.round == 1 {
		r.Unread = append(r.Unread, Unread{where, fmt.Sprintf(format, args...)})
	}
}

func (r *reader) badLine(number int, format string, args ...any) {
	if r.bad++; r.bad <= mostSaid {
		r.unread(fmt.Sprintf("%s:%d", r.Files[r.file].Short, number), format, args...)
	}
}

func (r *reader) readLog(ctx context.Context, s *search) {
	log := r.options.Logs[r.file]
	lines, err := log.Lines(r.options.MaxLine, &r.read)
	if err != nil {
		r.unread(log.Name, "%v", err)
		return
	}
	defer func() { _ = lines.Close() }() // it was only read
	r.readLines(ctx, lines, s)
	if r.bad > mostSaid {
		r.unread(log.Name, "%d more lines like these", r.bad-mostSaid)
	}
}

func (r *reader) readLines(ctx context.Context, lines *logfile.Lines, s *search) {
	for {
		line, err := lines.Next()
		if err == nil || len(line) > 0 {
			r.Files[r.file].Lines = max(r.Files[r.file].Lines, lines.Number)
		}
		switch {
		case errors.Is(err, logfile.ErrTooLong):
			r.badLine(lines.Number, "longer than %d MiB: it was not read (--max-line)", r.options.MaxLine>>20)
			continue
		case err != nil && !errors.Is(err, io.EOF):
			r.badLine(lines.Number, "the log ends here, in the middle: %v", logfile.Cut(err))
			return
		}
		if hits := s.match(line); len(hits) > 0 {
			r.line(line, lines.Number, hits, s)
		} else if r.round == 1 && brokenOff(line) {
			r.badLine(lines.Number, "it begins as JSON and does not end as such%s", hint(line))
		}
		if err != nil {
			return
		}
		if lines.Number%4096 == 0 {
			r.tell()
			if ctx.Err() != nil {
				return
			}
		}
	}
}

// brokenOff reports whether a line is the beginning of a JSON object.
func brokenOff(line []byte) bool {
	if len(line) == 0 || line[0] != '{' {
		return false
	}
	line = bytes.TrimRight(line, " \t\r")
	return line[len(line)-1] != '}'
}

// hint says what a line may be.
func hint(line []byte) string {
	switch text := strings.TrimSpace(string(line[:min(len(line), 8)])); text {
	case "{":
		return "; an entry must stand on one line: jq -c . FILE writes it so"
	}
	return ""
}

// tell reports the progress, a few times a second.
func (r *reader) tell() {
	if r.options.Progress == nil || time.Since(r.told) < 200*time.Millisecond {
		return
	}
	r.told = time.Now()
	r.options.Progress(Progress{
		Log: r.options.Logs[r.file].Name, Round: r.round, Read: r.read, Total: r.total * int64(r.round), Took: time.Since(r.Started),
	})
}

// line adds a line that holds an id, or what in it does.
func (r *reader) line(line []byte, number int, hits []int, s *search) {
	where := fmt.Sprintf("%s:%d", r.Files[r.file].Short, number)
	if line = bytes.TrimSpace(line); isOTLP(line) {
		err := r.parser.batch(line, s, func(one found) {
			if one.row.Clock == "" {
				one.row.Clock = spansOf(one.row.Who)
			}
			one.row.line = number
			r.add(one.row, one.linked, one.hits, where+"."+one.place)
		})
		if err != nil {
			r.badLine(number, "it is no OTLP: %v", err)
		}
		return
	}
	e := r.parser.line(line)
	if e.broken != "" {
		r.badLine(number, "%s; it is shown as text", e.broken)
	}
	row, linked := r.parser.row(e)
	row.line = number
	r.add(row, linked, hits, where)
}

// add adds a row, unless it is there already.
func (r *reader) add(row Row, linked []string, hits []int, where string) {
	hits = slices.DeleteFunc(slices.Clone(hits), func(id int) bool { return r.count(id) })
	if len(hits) == 0 || r.have[where] {
		return
	}
	because := slices.MinFunc(hits, func(a, b int) int { return rank(r.ids.all[a].Kind) - rank(r.ids.all[b].Kind) })
	id := r.ids.all[because]
	if len(r.Rows) >= r.options.MaxRows {
		r.left++
		return
	}
	r.have[where] = true
	r.Files[r.file].Rows++
	row.Where, row.serial, row.file = where, len(r.Rows), r.file
	if row.Who == "" {
		row.Who = serviceOf(r.Files[r.file].Short)
	}
	if row.Clock == "" {
		row.Clock = row.Who + "\x00" + r.Files[r.file].Short
	}
	row.Why = r.why(id, row)
	row.Fields = slices.DeleteFunc(row.Fields, func(f Field) bool { return f.Value == r.Event })
	r.learnt = append(r.learnt, lesson{row, because, linked})
	r.redact.row(&row)
	r.Rows = append(r.Rows, row)
}

// count counts one more line with an id, and reports whether there are too many.
func (r *reader) count(id int) (full bool) {
	of := &r.ids.all[id]
	of.Rows++
	of.full = of.full || of.Kind != EventID && of.Rows > mostOfID
	return of.full
}

func rank(k IDKind) int { return slices.Index([]IDKind{EventID, RequestID, TraceID}, k) }

// why says which id a row is there for.
func (r *reader) why(id ID, row Row) string {
	text := "the " + id.name()
	switch of := r.gate.attempts[id.Value]; {
	case id.Kind == EventID:
		for _, f := range row.Fields {
			if strings.Contains(f.Value, id.Value) {
				text += " in " + f.Name
				break
			}
		}
	case of > 0:
		text += fmt.Sprintf(" of #%d", of)
	case id.depth == 0:
		text += " of the attempts"
	default:
		text += " " + id.Why
	}
	return text
}

// shortNames returns the names of the logs without their folders, or the whole names if two logs would have the same.
func shortNames(logs []logfile.Log) []string {
	short, whole := make([]string, len(logs)), make([]string, len(logs))
	for i, log := range logs {
		whole[i] = log.Name
		short[i] = log.Name[strings.LastIndexAny(log.Name, `/\`)+1:]
	}
	if unique := slices.Compact(slices.Sorted(slices.Values(short))); len(unique) < len(logs) {
		return whole
	}
	return short
}

// serviceOf returns what a service is called of which only the log is known.
func serviceOf(file string) string {
	name := file[strings.LastIndexAny(file, `/\`)+1:]
	short, _, _ := strings.Cut(name, ".")
	return cmp.Or(short, name)
}

// limits notes what limits the result.
func (r *reader) limits() {
	if r.left > 0 {
		r.note("%d more lines hold an id: a timeline has at most %d rows", r.left, r.options.MaxRows)
	}
	for _, id := range r.ids.all {
		if id.full {
			r.note("%s %s stands in more than %d lines: further ones are left out, and nothing is learnt from it", id.name(), id.Value, mostOfID)
		}
	}
	if r.ids.refused {
		r.note("more than %d ids belong to the event: further ones are not looked for", mostIDs)
	}
	undated := 0
	for _, row := range r.Rows {
		if row.At.IsZero() {
			undated++
		}
	}
	if undated > 0 {
		r.note("%d rows have no time that can be read, and come last (--field time=NAME names the field)", undated)
	}
}
