// Package idempotency makes inbound events take effect once, however often they are delivered. It is for any
// Go service that takes webhooks or messages at least once.
//
// The key of an event (its source and id) is claimed with a unique key before the work. The claim, the work, the
// stored result and the messages to publish are one transaction: either all of it happened, or none. A later
// delivery of the same content gets the stored result, of other content a mismatch, and one that overlaps the
// first waits for it, up to a bound.
//
// It does not verify signatures, parse payloads or answer over HTTP.
package idempotency
