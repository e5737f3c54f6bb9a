// Package enrichment is the client with which invoices asks the customers service who a customer is. It is the
// code under contract of contracts/pacts/invoices-customers.json. It keeps nothing and retries nothing.
package enrichment
