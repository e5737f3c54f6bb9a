// Package contracts is what a team's tests call to hold a provider to its contracts: VerifyPacts, CheckSchemas and
// CheckPayloads. Each turns what it checks into Go subtests. Package smoke/smoketest does the same for webhooks.
//
// Package contracts starts no provider: that is package providers. Only VerifyPacts needs cgo, and libpact_ffi when it
// runs. Folder suites shows how a team uses it.
package contracts
