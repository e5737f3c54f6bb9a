package receivers

import (
	"net/http"
	"sync"
)

// Correct claims the event id before the work, lets overlapping duplicates wait for the result, and refuses
// other content under a known id.
var Correct = Receiver{
	Name: "correct",
	take: func(events *journal) func(http.ResponseWriter, delivery) {
		type row struct {
			fingerprint string
			done        chan struct{}
			result      result
		}
		var mu sync.Mutex
		rows := map[string]*row{}
		return func(w http.ResponseWriter, d delivery) {
			mu.Lock()
			known, ok := rows[d.ID]
			if !ok {
				rows[d.ID] = &row{fingerprint: d.fingerprint(), done: make(chan struct{})}
			}
			mine := rows[d.ID]
			mu.Unlock()
			switch {
			case !ok:
				mine.result = events.carryOut(d)
				close(mine.done)
			case known.fingerprint != d.fingerprint():
				problem(w, http.StatusConflict, "the event id was used for other content")
				return
			default:
				<-known.done
			}
			answer(w, http.StatusOK, mine.result)
		}
	},
}
