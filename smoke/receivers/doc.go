// Package receivers holds webhook receivers to try the gate on: one that is correct, and many with one bug each.
// They take the events of fixtures/invoices and keep everything in memory, a pretended database included.
//
// A receiver is taken apart into steps (see the type steps): read, verify, identify, fingerprint, claim, work,
// record, answer. A broken receiver is the correct one with one step replaced, so its bug can be read in a few
// lines. The files signature.go, identity.go, race.go, loss.go, repeat.go, order.go, wire.go and text.go hold the bugs; all others are the
// correct receiver.
//
// They are for tests and for the demonstration, not for copying: providers/reference/invoices is the receiver to copy. They
// import the standard library alone, and share no code with the gate.
package receivers
