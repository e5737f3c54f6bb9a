// Package verification reads pacts, verifies a provider against them with a verifier that it is given, and compares single
// answers with them by itself.
//
// A pact is read by the grammar of grammar.yaml before the verifier sees it: what the verifier would ignore is a fault, and
// an interaction with a fault is Unknown. Data flows from document to file, interactions, plan, the verifier's
// findings, a second look at the answer, result.
//
// The verifier is libpact_ffi's, through its structured results. Three servers of this
// package are between it and the provider, on free ports of the loopback interface: one runs provider states, one serves
// messages, and a gateway in front of the provider applies the request filter and distinguishes a provider that is down
// from one that answers wrongly.
//
// The gateway passes on every byte of both messages. Where libpact_ffi would send another request than the pact's, it sends
// the pact's (see restore). Where the library could not see what the provider sent, this package compares it (see look and
// lookAtFields).
//
// It needs no cgo: whoever has libpact_ffi passes it to Verify. An Exchange needs no verifier: it is for
// programs that have none, and answers Unknown where it cannot be as exact as libpact_ffi.
package verification
