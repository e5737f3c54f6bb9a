// Package providers starts the service under contract, and takes it away again: with Process as a local command,
// with URL as something already deployed, and with providers/container as a container beside a real PostgreSQL and
// Redis. What a suite wants to run is one Spec; where it runs is the Runtime's business.
//
// A started Provider can also be hurt: killed, restarted, paused, and, in containers, parted from its
// dependencies. Suites use this to prove that one delivery has one effect, whatever breaks in its middle.
//
// The package judges nothing, sends no webhook, and knows no service: the folders beside it (invoices, customers)
// are ordinary programs that import nothing of it. It links neither a Docker client nor testcontainers.
package providers
