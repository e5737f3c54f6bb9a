// Package payments is the client with which the payments team delivers invoice events to the
// invoices service, as Standard Webhooks (https://www.standardwebhooks.com).
//
// It signs, sends and reads the answer of one delivery. It does not retry: the caller owns the
// retry schedule, and RefusedError.Retryable reports whether another delivery can help.
package payments
