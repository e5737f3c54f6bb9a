// Package peers is tests alone: they run the corpus of package pact with other verifiers, and write down their answers
// beside the right ones. They decide nothing: contracts/README.md shows the table.
//
//	go test ./contracts/pact/peers -update -as "pact-go 2.7.0, libpact_ffi 0.5.8"
//	go test ./contracts/pact/peers -update -as "pact verifier 18.1.2" -command /path/to/pact
package peers
