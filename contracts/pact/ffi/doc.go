// Package ffi puts libpact_ffi, the library that pacts are written and verified with, on a machine: one pinned version,
// whose SHA-256 is checked before it is installed, from the GitHub release or, where that is unreachable, from the npm
// package that carries the same file. Versions, sources and sums are in library.json.
//
// It neither loads the library nor links it, so it needs no cgo and the command can use it. A platform whose sum is not
// recorded is refused: an unchecked library is never installed.
package ffi
