package drift

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/fridaygate/fridaygate/contracts/logfile"
)

// mostSaid is how many unread lines of one log are named one by one.
const mostSaid = 5

// reader reads logs into a Drift.
type reader struct {
	Drift
	envelope *scanner // of the lines; nil: the line is the payload
	payload  *scanner
	shapes   *shapes
	read     int64
	total    int64
	told     time.Time
	log      string // that is being read
	bad      int64  // lines of it
	at       place
}

// place is a line of a log.
type place struct {
	log  string
	line int
}

func (p place) String() string { return fmt.Sprintf("%s:%d", p.log, p.line) }

// The wanted pointers: first those of the options, then the usual names of times.
const (
	wantField = iota
	wantID
	wantBy
	wantTime
)

// Read reads the logs, one after the other. What cannot be read is noted, and the rest is read all the same. A log is read in
// one pass, and only once. When ctx ends, so does the reading, and Interrupted is set.
func Read(ctx context.Context, logs []logfile.Log, opts Options) *Drift {
	r := &reader{Drift: Drift{Options: opts, Logs: len(logs), Started: time.Now()}, told: time.Now()}
	if r.Options.MaxLine == 0 {
		r.Options.MaxLine = DefaultMaxLine
	}
	demands, distinguishes := opts.Schema.Demands()
	r.payload = newScanner(newTree(demands, opts.pointers("")))
	if opts.Field != "" {
		r.envelope = newScanner(newTree(nil, opts.pointers(opts.Field)))
	}
	r.shapes = newShapes(r, distinguishes)
	for _, log := range logs {
		r.total += log.Size
	}
	for _, log := range logs {
		if ctx.Err() != nil {
			break
		}
		r.readLog(ctx, log)
	}
	r.Interrupted = ctx.Err() != nil
	r.root = r.payload.tree.root
	r.shapes.finish()
	r.limits()
	r.Ended = time.Now()
	return &r.Drift
}

// pointers returns the pointers whose values are wanted, in the order of the constants. The one that is not asked for leads nowhere.
func (o Options) pointers(field string) []string {
	all := []string{field, o.ID, o.By, o.Time}
	if o.Time == "" {
		for _, name := range timeNames {
			all = append(all, "/"+name)
		}
	}
	return all
}

func (r *reader) unread(where, format string, args ...any) {
	r.Unread = append(r.Unread, Unread{Where: where, What: fmt.Sprintf(format, args...)})
}

func (r *reader) readLog(ctx context.Context, log logfile.Log) {
	lines, err := log.Lines(r.Options.MaxLine, &r.read)
	if err != nil {
		r.unread(log.Name, "%v", err)
		return
	}
	defer func() { _ = lines.Close() }() // it was only read
	r.log, r.bad = log.Name, 0
	r.readLines(ctx, lines)
	if r.bad > mostSaid {
		r.unread(log.Name, "%s more lines were not read", count(r.bad-mostSaid))
	}
}

func (r *reader) readLines(ctx context.Context, from *logfile.Lines) {
	for {
		line, err := from.Next()
		r.at = place{r.log, from.Number}
		switch {
		case errors.Is(err, logfile.ErrTooLong):
			r.badLine("longer than %d MiB (raise it with --max-line)", r.Options.MaxLine>>20)
			continue
		case err != nil && !errors.Is(err, io.EOF):
			r.unread(r.at.String(), "the log ends here, in the middle: %v; what follows is not read", logfile.Cut(err))
			return
		case from.Number == 1 && bytes.HasPrefix(line, []byte("\ufeff")):
			line = line[3:]
			r.Notes = append(r.Notes, r.at.String()+": a byte order mark was passed over")
		}
		r.line(line)
		if err != nil {
			return
		}
		if from.Number%1024 == 0 {
			r.tell()
			if ctx.Err() != nil {
				return
			}
		}
	}
}

// tell reports the progress, a few times a second.
func (r *reader) tell() {
	if r.Options.Progress == nil || time.Since(r.told) < 200*time.Millisecond {
		return
	}
	r.told = time.Now()
	r.Options.Progress(Progress{Log: r.log, Read: r.read, Total: r.total, Payloads: r.Payloads, Took: time.Since(r.Started)})
}

func (r *reader) badLine(format string, args ...any) {
	if r.bad++; r.bad <= mostSaid {
		r.unread(r.at.String(), format, args...)
	}
}

// line reads one line.
func (r *reader) line(line []byte) {
	if line = bytes.TrimSpace(line); len(line) == 0 {
		return
	}
	r.Lines++
	payload := line
	if r.envelope != nil {
		if _, err := r.envelope.scan(line); err != nil {
			r.badLine("not JSON: %v", err)
			return
		}
		found, has := r.envelope.found(wantField)
		if !has || string(found) == "null" {
			r.Without++
			return
		}
		if payload = found; payload[0] == '"' {
			payload = []byte(unquoted(payload[1 : len(payload)-1]))
		}
	}
	distinct, err := r.payload.scan(payload)
	if err != nil {
		r.badLine("not JSON: %v%s", err, r.hint(line))
		return
	}
	r.Payloads++
	r.shapes.add(payload, distinct)
}

// hint says what a line that is not JSON may be.
func (r *reader) hint(line []byte) string {
	switch text := string(line); {
	case r.envelope != nil:
		return " (in " + r.Options.Field + ")"
	case text == "{" || text == "[":
		return "; a payload must stand on one line: jq -c . FILE writes it so"
	case bytes.IndexByte(line, 0) >= 0:
		return "; it is binary"
	}
	return ""
}

// found returns the wanted value of the payload, or of the line around it.
func (r *reader) found(want int) ([]byte, bool) {
	if value, ok := r.payload.found(want); ok {
		return value, true
	}
	if r.envelope == nil {
		return nil, false
	}
	return r.envelope.found(want)
}

// time returns the time of the payload. The time of the line around it, when it was received, comes first.
func (r *reader) time() time.Time {
	for _, from := range []*scanner{r.envelope, r.payload} {
		if from == nil {
			continue
		}
		for want := wantTime; want < len(from.wanted); want++ {
			if value, ok := from.found(want); ok {
				if at, ok := parseTime(value); ok {
					r.TimeOf = from.tree.pointers[want]
					return at
				}
			}
		}
	}
	return time.Time{}
}

// limits notes what was not found, and what limits the result.
func (r *reader) limits() {
	note := func(format string, args ...any) { r.Notes = append(r.Notes, fmt.Sprintf(format, args...)) }
	if r.Without > 0 {
		note("%s of %s lines have no %s, and were passed over", count(r.Without), count(r.Lines), r.Options.Field)
	}
	if r.payload.tree.full {
		note("the payloads have more than %s places: further names of an object count as one", count(maxNodes))
	}
	if r.Events.Forgot {
		note("there are more ids than are remembered: one that came again after %s others was not recognised", count(mostIDs))
	}
	if r.Events.Without > 0 && r.Events.Without < r.Payloads {
		note("%s payloads have no %s", count(r.Events.Without), r.Options.ID)
	}
	if r.Payloads > 0 && r.TimeOf == "" {
		note("no time was found: first and last are places in the logs (--time POINTER names it)")
	}
}

// count writes a number with commas.
func count(n int64) string {
	text := fmt.Sprint(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}
