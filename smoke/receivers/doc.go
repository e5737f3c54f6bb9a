// Package receivers holds webhook receivers to try the gate on: one that is correct, and ones with one bug each.
// They take the events of fixtures/invoices and keep everything in memory. They are for tests and for the
// demonstration, not for copying: providers/invoices is the receiver to copy. They import the standard library
// alone, and share no code with the gate.
package receivers
