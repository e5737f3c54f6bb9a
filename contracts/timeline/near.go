package timeline

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"

	"github.com/fridaygate/fridaygate/contracts/logfile"
	"github.com/fridaygate/fridaygate/contracts/spelling"
)

// mostLooked is how many ids that share a half with the event's are compared with it.
const mostLooked = 10_000

// nearMisses finds ids like the event's: longer ones that hold it, those of the report, and those in the logs that share a half with
// it, as every id with one mistake does.
func (r *reader) nearMisses(ctx context.Context) {
	all := slices.Clone(r.near)
	if nearest, near := spelling.Nearest(r.Event, r.gate.events); near {
		all = append(all, nearest)
	}
	if half := len(r.Event) / 2; half >= 4 {
		found := map[string]bool{}
		for i := range r.options.Logs {
			r.file = i
			r.likeIt(ctx, halves(r.Event, half), found)
		}
		for id := range found {
			all = append(all, id)
		}
	}
	all = slices.DeleteFunc(all, func(id string) bool { return id == r.Event })
	distance := func(id string) int { return levenshtein.ComputeDistance(strings.ToLower(id), strings.ToLower(r.Event)) }
	slices.SortFunc(all, func(a, b string) int {
		if by := distance(a) - distance(b); by != 0 {
			return by
		}
		return strings.Compare(a, b)
	})
	all = slices.Compact(all)
	r.Near = all[:min(len(all), mostNear)]
}

// halves returns a matcher of both halves of an id, as it is written and in the other cases.
func halves(id string, half int) *matcher {
	var needles []needle
	for _, form := range []string{id, strings.ToLower(id), strings.ToUpper(id)} {
		needles = append(needles, needle{text: []byte(form[:half])}, needle{text: []byte(form[half:])})
	}
	return newMatcher(needles)
}

// likeIt collects the ids of a log that a matcher finds a part of, and that differ little from the event's.
func (r *reader) likeIt(ctx context.Context, m *matcher, found map[string]bool) {
	lines, err := r.options.Logs[r.file].Lines(r.options.MaxLine, &r.read)
	if err != nil {
		return // it was said before
	}
	defer func() { _ = lines.Close() }() // it was only read
	for looked := 0; looked < mostLooked && ctx.Err() == nil; {
		line, err := lines.Next()
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, logfile.ErrTooLong) {
			return // it was said before
		}
		for from := 0; ; looked++ {
			n, at := m.next(line, from)
			if n < 0 {
				break
			}
			from = at + len(m.needles[n].text)
			if id := token(line, at, from); len(found) < mostLooked && !found[id] && spelled(r.Event, id) {
				found[id] = true
			}
		}
		if errors.Is(err, io.EOF) {
			return
		}
	}
}

// spelled reports whether one id may be meant by another.
func spelled(meant, id string) bool {
	_, near := spelling.Nearest(meant, []string{id})
	return near
}
