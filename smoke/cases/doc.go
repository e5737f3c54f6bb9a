// Package cases derives scenarios from one golden webhook: what to send, in which order, and what must hold.
//
// Derivation is pure: the same fixture, contract and run id give the same bytes. Signatures and times belong to
// an attempt, not to a case, so package smoke adds them as it sends. Package judge decides.
package cases
