package receivers

import "time"

// CheckThenInsertFor is CheckThenInsert with work that takes so long: the window of the race.
func CheckThenInsertFor(work time.Duration) Receiver {
	r := CheckThenInsert
	r.change = func(s *steps) {
		CheckThenInsert.change(s)
		s.work = work
	}
	return r
}
