package triage

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/fridaygate/fridaygate/contracts/excerpt"
	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/timeline"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// logs judges what logs and spans tell of the event: a warning, or worse, is where to look.
func (r *run) logs(ctx context.Context) report.Result {
	result := r.result(Logs)
	t := timeline.Read(ctx, timeline.Options{Event: r.options.Event, Logs: r.options.Logs, Redact: r.options.Redact})
	var told []string
	for _, row := range t.Rows {
		said := row.Who + ": " + excerpt.Head(row.Said(), 200)
		if row.Kind == timeline.Mutation {
			told = append(told, clock(row)+said)
		}
		if row.Level != "" {
			result.Findings = append(result.Findings, verdict.Finding{Rule: Logs, Where: row.Where, Got: clock(row) + said})
		}
	}
	read := fmt.Sprintf("logs: %d; lines of the event: %d", len(r.options.Logs), len(t.Rows))
	result.Received = strings.Join(append([]string{read}, told...), "\n")
	switch {
	case len(result.Findings) > 0:
		result.Verdict = verdict.Fail
		result.Findings[0].Check = []string{described(Logs).Next}
	case len(t.Unread) > 0:
		return unknown(result, fmt.Errorf("%s: %s", t.Unread[0].Where, t.Unread[0].What))
	case !t.Whole():
		return unknown(result, errors.New("the logs could not be read to their end in time: raise --max-time"))
	case !t.Found():
		return unknown(result, errors.New("no line names the event: are these the logs of the time in which it came?"))
	default:
		result.Verdict = verdict.Pass
	}
	return result
}

// clock returns when a row happened, for people; "" if that is not known.
func clock(row timeline.Row) string {
	if row.At.IsZero() {
		return ""
	}
	return row.At.UTC().Format("15:04:05.000") + " "
}
