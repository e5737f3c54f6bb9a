// Package pact verifies a running provider against pact files, over libpact_ffi.
//
// It decides only whether the provider, in the named state, answers as its consumer expects. It starts no provider, writes
// no pact, and uses no broker. Every planned interaction gets a verdict, and one that could not be checked is Unknown,
// never Fail and never Pass.
//
// A pact is read by the grammar of grammar.yaml before the library sees it: what the library would ignore is a fault, and
// an interaction with a fault is Unknown. Data flows from document to file, interactions, plan, the verifier's
// findings, a second look at the answer, result.
//
// libpact_ffi is driven directly, through its verifier and its structured results. Three servers of this
// package are between it and the provider, on free ports of the loopback interface: one runs provider states, one serves
// messages, and a gateway in front of the provider applies the request filter and distinguishes a provider that is down
// from one that answers wrongly.
//
// The gateway passes on every byte of both messages. Where libpact_ffi would send another request than the pact's, it sends
// the pact's (see restore). Where the library could not see what the provider sent, this package compares it (see look and
// lookAtFields).
//
// It needs cgo, and libpact_ffi when a verification begins: the library is opened at run time, not linked, so that a
// plain error reports a missing one, and not the linker. Only tests may import this package.
package pact
