// Package vendors runs receivers that are written with the vendors' own libraries against the gate, with each sender's
// profile and example delivery: one that deduplicates must be green, and the same without its deduplication red. It is
// a separate module, so that none of these libraries is a dependency of Fridaygate.
package vendors
