package receivers

// The bugs of the events of one invoice: their order, and their coming together.

// Upserts take the last event that comes for the last that happened.
var lateMovesBack = Receiver{
	Name: "late-moves-back", Number: 46,
	Bug:  "sets the status of the event that came last",
	Case: "order-reverse",
	change: func(s *steps) {
		s.state = func(_, next string) string { return next }
	},
}

// INSERT … ON CONFLICT DO NOTHING keeps the first event's status for ever.
var firstStatusStays = Receiver{
	Name: "first-status-stays", Number: 47,
	Bug:  "keeps an invoice as the first event made it",
	Case: "order-forward",
	change: func(s *steps) {
		s.state = func(now, next string) string {
			if now != "" {
				return now
			}
			return next
		}
	},
}

// Each event alone is carried out once, and in order. Of two at once the slower one writes what it read before.
var statusReadBeforeWork = Receiver{
	Name: "status-read-before-work", Number: 48,
	Bug:  "reads an invoice, works, and writes it back, without a lock or a look at its version",
	Case: "order-together",
	change: func(s *steps) {
		carryOut := s.carryOut
		s.carryOut = func(i *Instance, d *delivery, mine *row) (reply, error) {
			before := i.db.statusOf(d.invoice())
			if d.event.status == "open" {
				i.toil() // the first event of an invoice makes more work than the others
			}
			answer, err := carryOut(i, d, mine)
			if err == nil && !d.event.ignored {
				i.db.put(d.invoice(), furthest(before, d.event.status))
			}
			return answer, err
		}
	},
}
