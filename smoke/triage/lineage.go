package triage

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/excerpt"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/probe"
	"github.com/fridaygate/fridaygate/smoke/wire"
)

// lineage judges how far an event got.
func (r *run) lineage(ctx context.Context) report.Result {
	result, a := r.result(Lineage), r.options.A
	event := a.Mapping.Event
	result.Source = event.Source
	u := wire.Below(event.Base, probe.Path(event.Path, "{event_id}", r.options.Event))
	result.Sent = "GET " + shownURL(u)
	body, err := a.json(ctx, u)
	if err != nil {
		return unknown(result, fmt.Errorf("%w: the event never arrived, or its id is another one", err))
	}
	if _, err := probe.At(body, ""); err != nil {
		return unknown(result, fmt.Errorf("GET %s: %w", shownURL(u), err))
	}
	var way []string
	found := 0
	for _, hop := range event.Hops {
		got, ok := hop.look(body)
		if got != absent {
			found++
		}
		way = append(way, hop.Name+" "+got)
		if !ok {
			result.Findings = append(result.Findings, verdict.Finding{
				Rule: Lineage, Where: hop.Name + " " + hop.At, Expected: hop.wants(), Got: got,
			})
		}
	}
	if found == 0 {
		return unknown(result, fmt.Errorf("GET %s: it has none of the hops: correct triage.event.hops in %s", shownURL(u), a.File))
	}
	result.Received = strings.Join(way, " → ")
	result.Verdict = verdict.Pass
	if len(result.Findings) > 0 {
		result.Verdict = verdict.Fail
		result.Findings[0].Check = []string{described(Lineage).Next}
	}
	return result
}

// absent is what is shown of a hop that an answer does not have.
const absent = "(nothing)"

// look returns what an answer says of a hop, and whether it is done.
func (h Hop) look(body []byte) (string, bool) {
	value, err := probe.At(body, h.At)
	if err != nil {
		return absent, false
	}
	got := scalar(value)
	if len(h.Is) == 0 {
		return excerpt.Head(got, 60), value != nil
	}
	return excerpt.Head(got, 60), slices.ContainsFunc(h.Is, func(is string) bool { return same(is, got) })
}

// same reports whether two values are one: equal texts, or equal numbers, however they are written.
func same(a, b string) bool {
	n, isNumber := probe.NumberOf(a)
	m, alsoNumber := probe.NumberOf(b)
	return a == b || isNumber && alsoNumber && n.Cmp(m) == 0
}

// wants returns what a hop must be, for people.
func (h Hop) wants() string {
	if len(h.Is) == 0 {
		return "any value"
	}
	return strings.Join(h.Is, " or ")
}

// scalar returns a text as it is, and any other value as JSON.
func scalar(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	text, err := json.Marshal(value)
	if err != nil {
		return absent
	}
	return string(text)
}
