package receivers

import (
	"errors"
	"net/http"
	"time"
)

// look is how often a waiting duplicate looks whether the claim before it has ended.
const look = 2 * time.Millisecond

// claimFirst claims the key before the work. Duplicates wait until the first is done, and take over from it when
// it has died.
func claimFirst(i *Instance, d *delivery) reply {
	patience := time.After(i.wait)
	for {
		mine, known := i.db.claim(d, i.now(), i.lease)
		if mine != nil {
			answer, err := i.carryOut(i, d, mine)
			if errors.Is(err, errLost) {
				continue // another process has taken over: its result counts
			}
			if err != nil {
				return problem(http.StatusInternalServerError, err.Error())
			}
			return answer
		}
		if known.done && known.fingerprint != d.fingerprint {
			return i.mismatch(i, d, known)
		}
		if known.done {
			return i.repeat(i, d, known)
		}
		select {
		case <-known.changed:
		case <-time.After(look):
		case <-patience:
			return i.inFlight(i, d, known)
		}
	}
}

// commitTogether does the work and commits its effect and the record in one transaction.
func commitTogether(i *Instance, d *delivery, mine *row) (reply, error) {
	i.toil()
	if i.dies() {
		return reply{}, errDied // nothing was committed, and the claim ends with its lease
	}
	return i.db.commit(d, mine, i.now().Add(i.keep))
}

// storedResult is the first answer again, byte for byte.
func storedResult(_ *Instance, _ *delivery, known row) reply { return known.answer }

func conflict(*Instance, *delivery, row) reply {
	return problem(http.StatusConflict, "the event id was used for other content")
}

func tooEarly(*Instance, *delivery, row) reply {
	return problem(http.StatusTooEarly, "the first delivery of the event is still being worked on")
}
