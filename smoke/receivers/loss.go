package receivers

import "time"

// The bugs of losing what was recorded, or recording what was not done.

var memoryOnly = Receiver{
	Name: "memory-only", Number: 6,
	Bug:  "remembers events in the memory of the process only",
	Case: "dup-after-restart",
	change: func(s *steps) {
		s.durable = false
	},
}

// Senders retry for days; a cache whose time-to-live is the signature tolerance forgets after minutes.
var shortTimeToLive = Receiver{
	Name: "short-time-to-live", Number: 7,
	Bug:  "forgets an event after 5 minutes",
	Case: "dup-late",
	change: func(s *steps) {
		s.keep = tolerance
	},
}

// A cache with room for so many events forgets the oldest, however fresh it is.
var storeForgets = Receiver{
	Name: "store-forgets", Number: 49,
	Bug:  "remembers the last 500 events only",
	Case: "dup-after-many",
	change: func(s *steps) {
		s.capacity = 500
	},
}

var markedBeforeWork = Receiver{
	Name: "marked-before-work", Number: 8,
	Bug:  "marks the event as done, then works: a failure loses the event",
	Case: "fail-then-retry",
	change: func(s *steps) {
		s.carryOut = func(i *Instance, d *delivery, mine *row) (reply, error) {
			answer := i.db.record(mine, i.db.result(d), i.now().Add(i.keep))
			i.toil()
			if i.dies() {
				return reply{}, errDied
			}
			i.db.charge(d)
			return answer, nil
		}
	},
}

var workBeforeMark = Receiver{
	Name: "work-before-mark", Number: 9,
	Bug:  "works, then marks the event as done: a crash between them doubles the effect",
	Case: "fail-then-retry",
	change: func(s *steps) {
		s.carryOut = func(i *Instance, d *delivery, mine *row) (reply, error) {
			i.toil()
			answer := i.db.charge(d)
			if i.dies() {
				return reply{}, errDied
			}
			return i.db.record(mine, answer, i.now().Add(i.keep)), nil
		}
	},
}

// The answer is quick, and the work is left to a goroutine that nothing brings back.
var acknowledgedBeforeCommit = Receiver{
	Name: "acknowledged-before-commit", Number: 10,
	Bug:  "answers before the effect is committed: a crash loses the event",
	Case: "fail-then-retry",
	change: func(s *steps) {
		s.carryOut = func(i *Instance, d *delivery, mine *row) (reply, error) {
			go func() {
				i.toil()
				if !i.dies() {
					i.db.charge(d)
				}
			}()
			return i.db.record(mine, i.db.result(d), i.now().Add(i.keep)), nil
		}
	},
}

// The sender times out and retries, and finds the claim of its own first attempt.
var claimAbandoned = Receiver{
	Name: "claim-abandoned", Number: 45,
	Bug:  "stops working when the sender hangs up, and keeps its claim",
	Case: "lost-response-retry",
	change: func(s *steps) {
		carryOut := s.carryOut
		s.lease = forever
		s.carryOut = func(i *Instance, d *delivery, mine *row) (reply, error) {
			select {
			case <-d.gone:
				return reply{}, errDied
			case <-time.After(10 * time.Millisecond):
				return carryOut(i, d, mine)
			}
		}
	},
}

var lockNeverExpires = Receiver{
	Name: "lock-never-expires", Number: 28,
	Bug:  "keeps the lock of a process that died for ever",
	Case: "fail-then-retry",
	change: func(s *steps) {
		s.lease = forever
	},
}
