package receivers

import "time"

// ExactID is correct: it takes the member id and passes over one called ID.
var ExactID = Receiver{Name: "exact-id", change: func(s *steps) {
	s.decode = func(d *delivery) error {
		return d.decode(func(name, wanted string) (bool, error) { return name == wanted, nil })
	}
}}

// CheckThenInsertFor is CheckThenInsert with work that takes so long: the window of the race.
func CheckThenInsertFor(work time.Duration) Receiver {
	r := CheckThenInsert
	r.change = func(s *steps) {
		CheckThenInsert.change(s)
		s.work = work
	}
	return r
}
