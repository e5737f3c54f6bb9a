package receivers

import (
	"net/http"
	"time"
)

// The bugs of copies that arrive one after the other, or together: who may do the work?

var noDeduplication = Receiver{
	Name: "no-deduplication", Number: 1,
	Bug:  "does the work for every delivery",
	Case: "dup-seq",
	change: func(s *steps) {
		s.take = workAlways
	},
}

// CheckThenInsert is the handler that is written first: look the event up, do the work, insert the row. Copies
// that arrive before the row is there all do the work; the unique key then stops all rows but one, too late.
var CheckThenInsert = Receiver{
	Name: "check-then-insert", Number: 2,
	Bug:  "reads the row, works, then inserts it",
	Case: "dup-concurrent-8",
	change: func(s *steps) {
		s.take = checkFirst
	},
}

var checkThenInsertQuick = Receiver{
	Name: "check-then-insert-quick", Number: 3,
	Bug:  "reads the row, works for 100 µs only, then inserts it",
	Case: "dup-concurrent-8",
	change: func(s *steps) {
		s.take = checkFirst
		s.work = 100 * time.Microsecond
	},
}

// The insert is tried, and its error is only logged.
var violationLogged = Receiver{
	Name: "violation-logged", Number: 4,
	Bug:  "logs that the row is there already, and works on",
	Case: "dup-seq",
	change: func(s *steps) {
		s.take = func(i *Instance, d *delivery) reply {
			if mine, _ := i.db.claim(d, i.now(), i.keep); mine == nil {
				i.log.Warn(uniqueViolation)
			}
			return workAlways(i, d)
		}
	},
}

// The effect is right. But a sender counts a 500 as a failure, and switches off a receiver that has many.
var violationAnswers500 = Receiver{
	Name: "violation-answers-500", Number: 5,
	Bug:  "answers 500 to a copy while the first is being worked on",
	Case: "dup-concurrent-8",
	change: func(s *steps) {
		s.wait = 0
		s.inFlight = func(*Instance, *delivery, row) reply {
			return problem(http.StatusInternalServerError, uniqueViolation)
		}
	},
}

// A lock with a time limit protects only what is done within it, or what is committed under it.
var lockTooShort = Receiver{
	Name: "lock-too-short", Number: 29,
	Bug:  "locks for 2 ms, works for 20, and does not look at the lock again",
	Case: "retry-overlap",
	change: func(s *steps) {
		s.lease, s.work = 2*time.Millisecond, 20*time.Millisecond
		s.carryOut = func(i *Instance, d *delivery, mine *row) (reply, error) {
			i.toil()
			if i.dies() {
				return reply{}, errDied
			}
			return i.db.record(mine, i.db.charge(d), i.now().Add(i.keep)), nil
		}
	},
}

const uniqueViolation = "duplicate key value violates unique constraint"

// workAlways ignores stored rows.
func workAlways(i *Instance, d *delivery) reply {
	i.toil()
	answer := i.db.charge(d)
	if i.dies() {
		return problem(http.StatusInternalServerError, errDied.Error())
	}
	return answer
}

// checkFirst reads, works and inserts.
func checkFirst(i *Instance, d *delivery) reply {
	known, found := i.db.find(d.key, i.now())
	switch {
	case !found:
		answer := workAlways(i, d)
		if answer.status != http.StatusOK {
			return answer
		}
		if !i.db.insert(d, answer, i.now(), i.keep) {
			return problem(http.StatusInternalServerError, uniqueViolation)
		}
		return answer
	case known.fingerprint != d.fingerprint:
		return i.mismatch(i, d, known)
	default:
		return i.repeat(i, d, known)
	}
}
