package judge

import (
	"fmt"
	"time"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// Excuse turns the verdict of a case around that webhook.yaml lists as a known failure: it must fail, through the day that
// the entry names. What could not be looked at stays Unknown. A nil known leaves the result as it is.
func Excuse(r *report.Result, known *webhook.KnownFailure, file string, today time.Time) {
	if known == nil {
		return
	}
	until := known.Until.Format(time.DateOnly)
	r.Known = fmt.Sprintf("known to fail until %s: %s", until, known.Reason)
	listed := func(expected, got string) verdict.Finding {
		return verdict.Finding{Rule: "known-failure", Where: file, Expected: expected, Got: got}
	}
	switch {
	case !today.Before(known.Until.AddDate(0, 0, 1)):
		r.Verdict = verdict.Fail
		r.Findings = append(r.Findings, listed("fixed by "+until,
			"still listed in known_failures: fix the receiver, drop the entry, or set a later day"))
	case r.Verdict == verdict.Fail:
		r.Verdict, r.Excused, r.Findings = verdict.Pass, r.Findings, nil
	case len(r.Advice) > 0:
		r.Excused, r.Advice = r.Advice, nil
	case r.Verdict == verdict.Pass:
		r.Verdict = verdict.Fail
		r.Findings = []verdict.Finding{listed("a failure, as known_failures says", "it passed: drop the entry")}
	}
}
