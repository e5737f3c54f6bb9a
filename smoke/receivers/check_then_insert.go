package receivers

import (
	"net/http"
	"sync"
)

// CheckThenInsert is the handler that is written first: look the event up, do the work, insert the row. Copies
// that arrive before the row is there all do the work; the unique key then stops all rows but one, too late.
var CheckThenInsert = Receiver{
	Name: "check-then-insert",
	Bug:  "reads the row, works, then inserts it",
	Case: "dup-concurrent-8",
	take: func(events *journal) func(http.ResponseWriter, delivery) {
		type row struct {
			fingerprint string
			result      result
		}
		var mu sync.Mutex
		rows := map[string]row{}
		find := func(id string) (row, bool) {
			mu.Lock()
			defer mu.Unlock()
			found, ok := rows[id]
			return found, ok
		}
		insert := func(id string, r row) bool {
			mu.Lock()
			defer mu.Unlock()
			if _, taken := rows[id]; taken {
				return false
			}
			rows[id] = r
			return true
		}
		return func(w http.ResponseWriter, d delivery) {
			found, ok := find(d.ID)
			switch {
			case !ok:
				found = row{fingerprint: d.fingerprint(), result: events.carryOut(d)}
				if !insert(d.ID, found) {
					problem(w, http.StatusInternalServerError, "duplicate key value violates unique constraint")
					return
				}
			case found.fingerprint != d.fingerprint():
				problem(w, http.StatusConflict, "the event id was used for other content")
				return
			}
			answer(w, http.StatusOK, found.result)
		}
	},
}
