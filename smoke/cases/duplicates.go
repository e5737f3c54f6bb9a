package cases

import (
	"cmp"
	"fmt"
	"time"
)

// raceRounds is how often copies are sent at once. Of check-then-insert races with a window of 100 µs, 29 % or
// more show in one round, so that 16 rounds miss fewer than 5 in 1,000; wider windows show in the first.
const raceRounds = 16

// retrySchedule is how long senders go on retrying of whom nothing else is known: Standard Webhooks' example schedule
// ends after 75 hours. The late duplicate comes an hour after the schedule's end.
const retrySchedule = 75 * time.Hour

// patience is the longest that a case waits for real for a signature to become too old.
const patience = 10 * time.Second

var duplicates = []definition{
	{
		name: "first", severity: Critical, basis: "every sender",
		sends: "the golden body, validly signed",
		holds: "2xx, one effect; within policy.acknowledge, where that is known",
		plan: func(p *plan) error {
			s := first
			s.Within = p.d.contract.Policy.Acknowledge
			return p.rounds(1, s)
		},
	},
	{
		name: "dup-seq", severity: Critical, basis: standardWebhooks + "; " + idempotencyKey,
		sends: "the golden body, then the same bytes under the same id",
		holds: "the first result again, still one effect",
		plan:  func(p *plan) error { return p.rounds(1, first, duplicate) },
	},
	{
		name: "dup-seq-x5", severity: Critical, basis: standardWebhooks + "; " + idempotencyKey,
		sends: "the same delivery five times, one after the other",
		holds: "the first result each time, one effect",
		plan:  func(p *plan) error { return p.rounds(1, first, duplicate, duplicate, duplicate, duplicate) },
	},
	{
		name: "dup-new-timestamp", severity: Critical, basis: standardWebhooks + ": the timestamp is the attempt's, not the event's",
		sends: "the golden body, then the same id and body with a later timestamp and its signature",
		holds: "the first result again, one effect",
		plan: func(p *plan) error {
			if !p.d.contract.Scheme.Covers.Time {
				return unrelated("the signature scheme has no timestamp")
			}
			earlier := first
			earlier.Age = 2 * time.Second
			return p.rounds(1, earlier, duplicate.named("duplicate with a new timestamp"))
		},
	},
	race("dup-concurrent-2", 2, Whole, "16 rounds of 2 copies of one event at the same time"),
	race("dup-concurrent-8", 8, Whole, "16 rounds of 8 copies of one event at the same time"),
	race("dup-lastbyte", 8, LastByte, "16 rounds of 8 copies, each parked with all but its last byte sent, then released together"),
	{
		name: "dup-other-connection", severity: High, basis: "receivers run as several replicas, and each connection may meet another one",
		sends: "the same delivery five times, each on a new connection",
		holds: "the first result each time, one effect",
		plan: func(p *plan) error {
			a, b := first, duplicate
			a.Wire, b.Wire = Fresh, Fresh
			return p.rounds(1, a, b, b, b, b)
		},
	},
	{
		name: "dup-late", severity: High, basis: "senders go on retrying for days: Standard Webhooks' example schedule ends after 75 hours",
		sends: "the golden body, then the same again after the signature tolerance has passed, signed anew",
		holds: "the first result again, one effect",
		plan: func(p *plan) error {
			late := duplicate.named("late duplicate")
			if tolerance := p.d.contract.Signature.Tolerance; tolerance <= patience {
				late.Pause = tolerance + time.Second
			} else {
				late.Before, late.Ahead = Advance, cmp.Or(p.d.contract.Retries.Span(), retrySchedule)+time.Hour
			}
			return p.rounds(1, first, late)
		},
	},
	{
		name: "dup-after-restart", severity: High, basis: "deduplication in memory is lost with the process",
		sends: "the golden body, then the same after the receiver was restarted",
		holds: "the first result again, one effect",
		plan: func(p *plan) error {
			after := duplicate.named("duplicate after a restart")
			after.Before = Restart
			return p.rounds(1, first, after)
		},
	},
	{
		name: "dup-after-many", severity: High, basis: "senders retry for days, and other events come in between",
		sends: "the golden body, then 600 other events, eight at a time, then the golden body again; once a folder",
		holds: "2xx, still one effect",
		once:  true, plan: afterMany,
	},
}

// many is how many other events come between an event and its duplicate: enough for the sizes of caches that are written
// without thinking (100, 128, 256, 500, 512), and few enough for a staging system. manyBytes is how much they may be.
const (
	many      = 600
	manyBytes = 32 << 20
)

// afterMany sends a duplicate when a store with room for some hundred events has forgotten the first.
func afterMany(p *plan) error {
	if len(p.d.fixture.Body)*many > manyBytes {
		return notApplicable(fmt.Sprintf("%d bodies of its size are too much", many))
	}
	if p.d.contract.Effects.PerSubject() {
		return errMixed
	}
	p.round(Round{}, first)
	for i := range many {
		p.filler(i)
	}
	if p.err == nil {
		p.round(Round{EventID: p.c.Rounds[0].EventID}, duplicate.named("duplicate after many other events"))
	}
	return p.err
}

// race sends copies at the same time.
func race(name string, copies int, wire Wire, sends string) definition {
	return definition{
		name: name, severity: Critical, basis: idempotencyKey + ", concurrent requests",
		sends: sends,
		holds: "one copy accepted; every other the same result or an in-flight answer; one effect a round",
		plan: func(p *plan) error {
			return p.rounds(raceRounds, step{Step: Step{Name: "copies at once", Copies: copies, Wire: wire, Expect: Raced, Effects: One}})
		},
	}
}

var interruptions = []definition{
	{
		name: "lost-response-retry", severity: Critical, basis: idempotencyKey + "; Stripe's retries after a timeout",
		sends: "the whole golden body, the connection closed before the answer; then the same again",
		holds: "one result, one effect",
		plan: func(p *plan) error {
			for _, delay := range []time.Duration{0, 2 * time.Millisecond, 20 * time.Millisecond} {
				lost := step{Step: Step{Name: "delivery whose answer is lost", Wire: LoseAnswer, Delay: delay, Expect: Unheard, Effects: AtMostOne}}
				p.round(Round{}, lost, retry)
			}
			return p.err
		},
	},
	{
		name: "retry-overlap", severity: Critical, basis: "Slack retries after 3 s, whether the first attempt still runs or not",
		sends: "the golden body, and the same again while the first still waits for its answer, in six rounds from 1 to 50 ms apart",
		holds: "one copy accepted; the other the same result or an in-flight answer; one effect a round",
		plan: func(p *plan) error {
			for _, delay := range []time.Duration{1, 2, 5, 10, 20, 50} {
				p.round(Round{}, step{Step: Step{
					Name: "overlapping retry", Copies: 2, Wire: Staggered, Delay: delay * time.Millisecond, Expect: Raced, Effects: One,
				}})
			}
			return p.err
		},
	},
	interruption("torn-request-retry", High, Torn, "the connection cut in the middle of the body; then the whole delivery",
		"RFC 9112: a body that is cut short is not a request"),
	interruption("reset-after-headers", Medium, Reset, "the connection reset after the headers; then the whole delivery",
		"RFC 9112: a body that is cut short is not a request"),
	{
		name: "slow-drip", severity: Low, basis: "slow networks",
		sends: "the golden body a few bytes at a time, within a second",
		holds: "2xx, one effect",
		plan: func(p *plan) error {
			slow := first.named("slow delivery")
			slow.Wire = Drip
			return p.rounds(1, slow)
		},
	},
	{
		name: "fail-then-retry", severity: Critical, basis: "the reason why senders retry",
		sends: "the golden body while the receiver is made to fail in its work; then the same again",
		holds: "the retry is processed, one effect",
		plan: func(p *plan) error {
			return p.rounds(1, step{
				Step: Step{Name: "delivery that fails in the receiver", Before: FailNext, Expect: Failing, Effects: AtMostOne},
			}, retry)
		},
	},
}

// interruption cuts a delivery short and repeats it.
func interruption(name string, severity Severity, wire Wire, sends, basis string) definition {
	return definition{
		name: name, severity: severity, basis: basis, sends: sends,
		holds: "the cut delivery has no effect, the whole one has one",
		plan: func(p *plan) error {
			whole := first.named("whole delivery")
			whole.Retry = 1
			return p.rounds(1, step{Step: Step{Name: "delivery cut short", Wire: wire, Expect: Unheard, Effects: None}}, whole)
		},
	}
}
