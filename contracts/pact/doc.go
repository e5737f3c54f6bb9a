// Package pact verifies a running provider against pact files, over libpact_ffi.
//
// It decides only what a pact says: whether the provider, brought into the named state, answers as its
// consumer expects. It starts no provider, writes no pact, and talks to no broker. Every interaction that
// was planned gets a verdict of its own, and an interaction that could not be looked at is Unknown, never Fail
// and never Pass.
//
// A pact is read by the grammar of grammar.yaml before the library sees it: what the library would ignore is a fault, and
// an interaction with a fault is Unknown. The way of the data is document, file, interactions, plan, the verifier's
// findings, a second look at the answer, result.
//
// libpact_ffi is driven directly, through its verifier and its structured results. Three servers of this
// package stand between it and the provider, on ports of the loopback interface that the system picks: one that
// runs provider states, one that hands out messages, and a gateway in front of the provider, which
// applies the request filter and knows a provider that is down from one that answers wrongly.
//
// The gateway passes every byte of both messages on, and asks what the pact says where libpact_ffi would ask something
// else (see restore). Where the library could not see what the provider sent, this package looks again (see look and
// lookAtFields).
//
// It needs cgo, and libpact_ffi when a verification begins: the library is opened and not linked, so that where it is
// missing a sentence says so and not the linker. Only tests may import this package.
package pact
