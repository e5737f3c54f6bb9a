// Package contracts is what a team's tests call to hold a provider to its contracts: VerifyPacts and ReplayWebhooks.
// Each turns what it checks into Go subtests. Package schematest does the same for JSON Schemas without cgo.
//
// The tests of this folder are the suites of the reference system, and the example to copy: read
// payments_test.go for a consumer, and verify_test.go for a provider. The package starts no provider: that
// is package providers. It links libpact_ffi, so only tests may import it.
package contracts
