package probe

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/fridaygate/fridaygate/smoke/process"
)

// command runs a program, which prints the count.
type command struct{ run []string }

func (p command) arguments(e Event) []string {
	fill := strings.NewReplacer("{event_id}", e.ID, "{tenant}", e.Tenant)
	all := make([]string, len(p.run))
	for i, part := range p.run {
		all[i] = fill.Replace(part)
	}
	return all
}

func (p command) Where(e Event) string { return strings.Join(p.arguments(e), " ") }

func (p command) Look(ctx context.Context, e Event) (Count, error) {
	arguments := p.arguments(e)
	run := process.Command(ctx, arguments[0], arguments[1:]...)
	var out, complaint head
	run.Stdout, run.Stderr = &out, &complaint
	if err := run.Run(); err != nil {
		if ctx.Err() != nil {
			return Count{}, ctx.Err()
		}
		if said := oneLine(complaint.String()); said != "" {
			err = fmt.Errorf("%w: %s", err, said)
		}
		return Count{}, err
	}
	n, err := strconv.Atoi(strings.TrimSpace(out.String()))
	if err != nil || n < 0 {
		return Count{}, fmt.Errorf("printed %q, and not a count", oneLine(out.String()))
	}
	return Count{N: n}, nil
}

func (p command) Close() error { return nil }

// head keeps the first bytes of what a program prints, however much that is.
type head struct{ kept bytes.Buffer }

const headLimit = 4 << 10

func (h *head) Write(b []byte) (int, error) {
	h.kept.Write(b[:min(len(b), headLimit-h.kept.Len())])
	return len(b), nil
}

func (h *head) String() string { return h.kept.String() }

// oneLine shortens what a program printed to what fits a line.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 200 {
		s = strings.ToValidUTF8(s[:200], "") + "…"
	}
	return s
}
