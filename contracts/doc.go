// Package contracts is what a team's tests call to hold a provider to its contracts: VerifyPacts, CheckSchemas and
// ReplayWebhooks. Each turns what it checks into Go subtests.
//
// The tests of this folder are the suites of the reference system, and the example to copy: read
// payments_test.go for a consumer, and verify_test.go for a provider. The package starts no provider: that
// is package providers. Only VerifyPacts needs cgo, and libpact_ffi when it runs.
package contracts
