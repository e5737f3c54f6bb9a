// Package pact verifies a running provider against pact files, over libpact_ffi.
//
// It decides only whether the provider, in the named state, answers as its consumer expects. It starts no provider, writes
// no pact, and uses no broker. Every planned interaction gets a verdict, and one that could not be checked is Unknown,
// never Fail and never Pass.
//
// The work is in package verification, which needs no cgo. This package adds libpact_ffi: it is opened when a verification
// begins, not linked, so that a plain error reports a missing one, and not the linker. It needs cgo, and only tests may
// import it.
package pact
