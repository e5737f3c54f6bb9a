package probe

import (
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
	output, err := process.Run(ctx, p.arguments(e))
	if err != nil {
		return Count{}, err
	}
	n, err := strconv.Atoi(strings.TrimSpace(output))
	if err != nil || n < 0 {
		return Count{}, fmt.Errorf("printed %q, and not a count", process.Excerpt(output))
	}
	return Count{N: n}, nil
}

func (p command) Close() error { return nil }
