// Package suites holds the contract suites of the reference system and of Fridaygate's own client of a Pact Broker, and no
// code: it is what a team writes, and the example to copy. Read payments_test.go for a consumer, verify_test.go for a
// provider, schemas_test.go for JSON Schemas, webhooks_test.go for a receiver and broker_test.go for a service of somebody
// else's. The pacts and schemas are in ../pacts and ../schemas, the golden webhooks in ../../fixtures.
package suites
