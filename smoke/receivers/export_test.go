package receivers

import (
	"sync"
	"time"
)

// ExactID is correct: it takes the member id and passes over one called ID.
var ExactID = Receiver{Name: "exact-id", change: func(s *steps) {
	s.decode = func(d *delivery) error {
		return d.decode(func(name, wanted string) (bool, error) { return name == wanted, nil })
	}
}}

// Parking is correct: it stores an event of an invoice that it does not know yet, and carries it out once the invoice is
// created.
func Parking() Receiver {
	var mu sync.Mutex
	parked := map[account]*delivery{}
	return Receiver{Name: "parking", change: func(s *steps) {
		carryOut := s.carryOut
		s.carryOut = func(i *Instance, d *delivery, mine *row) (reply, error) {
			mu.Lock()
			defer mu.Unlock()
			if d.event.status != "open" && i.db.statusOf(d.invoice()) == "" {
				parked[d.invoice()] = d
				return i.db.record(mine, i.db.result(d), i.now().Add(i.keep)), nil
			}
			answer, err := carryOut(i, d, mine)
			if later := parked[d.invoice()]; later != nil && err == nil {
				delete(parked, d.invoice())
				i.db.charge(later)
			}
			return answer, err
		}
	}}
}

// CheckThenInsertFor is CheckThenInsert with work that takes so long: the window of the race.
func CheckThenInsertFor(work time.Duration) Receiver {
	r := CheckThenInsert
	r.change = func(s *steps) {
		CheckThenInsert.change(s)
		s.work = work
	}
	return r
}
