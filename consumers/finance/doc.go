// Package finance is the client with which the finance team reads invoices and monthly totals from the
// invoices service, and compares the totals with its own books.
//
// It only reads. What it does not read, such as an invoice's memo, is no part of its contract.
package finance
