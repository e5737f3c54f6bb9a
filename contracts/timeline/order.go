package timeline

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/contracts/history"
)

// order finds the clocks, compares them, and puts the rows in order.
func (r *reader) order() {
	if len(r.Rows) == 0 {
		return
	}
	r.name()
	r.belong()
	r.evidence()
	reference := slices.IndexFunc(r.clocks.all, func(c Clock) bool { return c.Name == Gate })
	if reference < 0 {
		most := slices.MaxFunc(r.clocks.all, func(a, b Clock) int { return cmp.Compare(a.Rows, b.Rows) })
		reference = slices.IndexFunc(r.clocks.all, func(c Clock) bool { return c.Name == most.Name })
	}
	r.clocks.compare(reference)
	r.Clocks = r.clocks.all
	if r.clocks.contrary {
		r.note("the times of the services contradict each other, so no clock is corrected")
	}
	for i := range r.Rows {
		if row := &r.Rows[i]; !row.Logged.IsZero() {
			row.At = row.Logged.Add(-r.clocks.all[row.clock].Shift)
		}
	}
	slices.SortStableFunc(r.Rows, inOrder)
	for i := range r.Rows {
		r.Rows[i].Number = i + 1
	}
	for i := range r.Rows {
		r.Rows[i].Either = r.either(i)
	}
}

func inOrder(a, b Row) int {
	if a.At.IsZero() != b.At.IsZero() {
		return map[bool]int{true: 1, false: -1}[a.At.IsZero()]
	}
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(late(a), late(b)), cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line),
		cmp.Compare(a.serial, b.serial))
}

// late is where a row stands among those of the same instant: what was sent comes first, and what was answered last.
func late(r Row) int {
	switch r.Kind {
	case Sent:
		return -2
	case Span:
		return -1
	case Answered:
		return 1
	case Effect, State:
		return 2
	}
	return 0
}

// name makes the clocks of the rows' keys. Spans without a host have the clock of the service's log, if it has only one.
func (r *reader) name() {
	var keys []string
	for _, row := range r.Rows {
		if !slices.Contains(keys, row.Clock) {
			keys = append(keys, row.Clock)
		}
	}
	same := map[string]string{}
	for _, key := range keys {
		service, file, ofLog := strings.Cut(key, "\x00")
		if !ofLog || file != "" {
			continue
		}
		logs := slices.DeleteFunc(slices.Clone(keys), func(other string) bool { return !isFileOf(other, service) })
		if len(logs) == 1 {
			same[key] = logs[0]
		}
	}
	index := map[string]int{}
	for i := range r.Rows {
		row := &r.Rows[i]
		key := cmp.Or(same[row.Clock], row.Clock)
		at, known := index[key]
		if !known {
			at = len(r.clocks.all)
			index[key] = at
			r.clocks.all = append(r.clocks.all, Clock{Name: r.clockName(key, keys)})
		}
		row.clock, row.Clock = at, r.clocks.all[at].Name
		r.clocks.all[at].Rows++
	}
}

// clockName returns what people call a clock: the host, the service, or the service in its log if there are several.
func (r *reader) clockName(key string, keys []string) string {
	service, file, ofLog := strings.Cut(key, "\x00")
	alone := !slices.ContainsFunc(keys, func(other string) bool { return other != key && isFileOf(other, service) })
	switch {
	case !ofLog || alone:
		return service
	case file == "":
		return service + " (spans)"
	}
	return fmt.Sprintf("%s (%s)", service, file)
}

// belong finds the attempt that each row belongs to: by its request id, or as a span that the attempt caused.
func (r *reader) belong() {
	ofSpan := map[string]int{}
	for id, number := range r.gate.attempts {
		ofSpan[id] = number
	}
	for again := true; again; {
		again = false
		for i := range r.Rows {
			row := &r.Rows[i]
			if row.Attempt == 0 {
				for _, id := range []string{row.Request, row.Parent, row.Span} {
					if number := ofSpan[id]; id != "" && number > 0 {
						row.Attempt, again = number, true
						break
					}
				}
			}
			if row.Attempt > 0 && row.Span != "" && ofSpan[row.Span] == 0 {
				ofSpan[row.Span], again = row.Attempt, true
			}
		}
	}
}

func (row Row) reading() reading { return reading{row.clock, row.Logged, row.Precision} }

// evidence notes which of two readings by different clocks was the earlier one.
func (r *reader) evidence() {
	spans := map[string]Row{}
	for _, row := range r.Rows {
		if row.Span != "" && (row.client || row.server) {
			spans[row.Span] = row
		}
	}
	for _, row := range r.Rows {
		if parent, known := spans[row.Parent]; known && row.server && parent.client {
			r.clocks.before(parent.reading(), row.reading())
			if parent.answered || !parent.failed { // it may have been given up before it was taken
				end := parent.reading()
				end.at = end.at.Add(parent.Took)
				r.clocks.before(row.reading(), end)
			}
		}
	}
	answering := r.answering()
	for _, a := range r.gate.sent {
		r.ofAttempt(a, answering)
	}
}

// answering returns the clock of the service that answers the attempts, as far as its log tells: the one with lines of the most
// attempts. Another service may log the ids of an attempt long after its answer. It returns -1 if two have as many.
func (r *reader) answering() int {
	of := map[int]map[int]bool{}
	for _, row := range r.Rows {
		if row.Who != Gate && row.Attempt > 0 && (row.Kind == Log || row.Kind == Mutation) {
			if of[row.clock] == nil {
				of[row.clock] = map[int]bool{}
			}
			of[row.clock][row.Attempt] = true
		}
	}
	best, most := -1, 0
	for clock, attempts := range of {
		switch {
		case len(attempts) > most:
			best, most = clock, len(attempts)
		case len(attempts) == most:
			best = -1
		}
	}
	return best
}

// ofAttempt notes what is known of the rows of an attempt: they come after it was sent, and the first one of the service that answers
// before its answer.
func (r *reader) ofAttempt(a history.Attempt, answering int) {
	sent := reading{clock: r.gateClock(), at: a.Started}
	answered := reading{clock: sent.clock, at: ended(a)}
	decisive := a.Status != 0 && !a.Cut && a.Persisted == 0 && !r.gate.twice[a.RequestID]
	var first Row
	lines := 0
	for _, row := range r.Rows {
		if row.Attempt != a.Number || row.Who == Gate || row.Logged.IsZero() {
			continue
		}
		r.clocks.before(sent, row.reading())
		if row.server && r.gate.attempts[row.Parent] == a.Number && decisive {
			r.clocks.before(row.reading(), answered)
		}
		if row.clock == answering && (row.Kind == Log || row.Kind == Mutation) {
			if lines++; lines == 1 || row.Logged.Before(first.Logged) {
				first = row
			}
		}
	}
	if lines == 1 { // it may be written after the answer
		answered.at = answered.at.Add(answered.at.Sub(a.Started))
	}
	if lines > 0 && decisive {
		r.clocks.before(first.reading(), answered)
	}
}

func (r *reader) gateClock() int {
	return slices.IndexFunc(r.clocks.all, func(c Clock) bool { return c.Name == Gate })
}

// nearby is how many rows before one are compared with it.
const nearby = 100

// either returns the numbers of the rows before one that may have come after it.
func (r *reader) either(i int) []int {
	row := r.Rows[i]
	var all []int
	for j := i - 1; j >= max(0, i-nearby) && !row.At.IsZero(); j-- {
		other := r.Rows[j]
		if caused(other, row) || row.clock == other.clock && (row.file == other.file || row.At.Sub(other.At) >= other.Precision) {
			continue
		}
		if maybe, _ := r.clocks.after(other.reading(), row.reading()); maybe {
			all = append(all, other.Number)
		}
	}
	slices.Reverse(all)
	return all
}

// caused reports whether one row is what another one follows from.
func caused(cause, row Row) bool {
	return cause.Kind == Sent && row.Attempt == cause.Attempt || cause.Span != "" && row.Parent == cause.Span && cause.Who != Gate
}

// Span returns the times of the first and of the last row; zero if none has a time.
func (t *Timeline) Span() (from, to time.Time) {
	for _, row := range t.Rows {
		if row.At.IsZero() {
			continue
		}
		if from.IsZero() || row.At.Before(from) {
			from = row.At
		}
		if row.At.After(to) {
			to = row.At
		}
	}
	return from, to
}
