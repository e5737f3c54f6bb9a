// Package verification holds what a verification of pacts found, and writes it for people and machines. Package pact
// makes such reports, in the process of a Go test; the command reads them. It only aggregates.
package verification
