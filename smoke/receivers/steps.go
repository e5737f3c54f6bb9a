package receivers

import (
	"math"
	"time"
)

// steps are the parts of a receiver. A delivery passes through the functions in this order.
type steps struct {
	typed       func(contentType string) bool        // whether the body is of the type that is taken
	limit       int64                                // the size of the largest body that is read, in bytes
	screen      func(d *delivery) (reply, bool)      // may answer before anything is checked
	verify      func(i *Instance, d *delivery) error // whether the sender is who it should be
	signature   signature                            // how verify does it
	decode      func(d *delivery) error              // reads the event, or refuses the body
	identify    func(d *delivery) string             // the key under which the delivery is recorded
	fingerprint func(v any) string                   // equal for bodies of equal content
	take        func(i *Instance, d *delivery) reply // claim, carry out, answer

	// What take does with a delivery whose key it could claim: the work, the effect and the record.
	carryOut func(i *Instance, d *delivery, mine *row) (reply, error)

	// What take does with a delivery whose key is taken.
	repeat   func(i *Instance, d *delivery, known row) reply // the same content, done
	mismatch func(i *Instance, d *delivery, known row) reply // other content
	inFlight func(i *Instance, d *delivery, known row) reply // the same content, not done in time

	work     time.Duration                 // how long the work takes
	lease    time.Duration                 // how long a claim holds if its process dies
	wait     time.Duration                 // how long a duplicate waits for the result of the first
	keep     time.Duration                 // how long a result is kept
	capacity int                           // how many results are kept; 0: any number
	state    func(now, next string) string // an invoice's status after an event
	durable  bool                          // whether claims and results are in the database, not in the process
}

const forever = time.Duration(math.MaxInt64 / 2)

// correct returns the steps of the correct receiver.
func correct() steps {
	return steps{
		typed:       ofJSON,
		limit:       bodyLimit,
		screen:      func(*delivery) (reply, bool) { return reply{}, false },
		verify:      verify,
		signature:   signature{keys: configuredKey, fresh: withinTolerance, parse: version1},
		decode:      namedByHeader,
		identify:    tenantAndEvent,
		fingerprint: canonical{number: exact, sorted: true}.fingerprint,
		take:        claimFirst,
		carryOut:    commitTogether,
		repeat:      storedResult,
		mismatch:    conflict,
		inFlight:    tooEarly,

		work:    2 * time.Millisecond, // a round trip to a database
		lease:   100 * time.Millisecond,
		wait:    time.Second,
		keep:    30 * 24 * time.Hour,
		state:   furthest,
		durable: true,
	}
}
