// Package ledger is the reader with which the ledger team books what the invoices service publishes
// on its Redis stream.
//
// A message is delivered at least once, so booking is idempotent by event. A message that cannot be
// read is an error that stays in sight: it is never acknowledged, and never dropped.
package ledger
