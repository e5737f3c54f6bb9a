// Package enrichment is the client through which invoices reads customers from the customers service. It is the
// code under contract of contracts/pacts/invoices-customers.json. It caches nothing and does not retry.
package enrichment
