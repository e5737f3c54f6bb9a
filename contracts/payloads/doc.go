// Package payloads checks that the descriptions of one payload agree: its JSON Schema, golden fixtures of it, and the examples
// and matching rules of the pacts that have it. A file, payloads.yaml, says which of them are about the same payload.
//
// A body that a pact's consumer sends is to be in the schema whatever the matching rules let through: else the consumer's test
// passes with what its provider refuses. Of a body that the consumer reads, the example, with members that the consumer ignores, is to
// be in the schema: else the test answers the consumer what its provider may not send. What the rules let through beyond the schema
// harms nobody who reads, so there it is a note, or, if the file says strict, a failure too.
//
// A verdict of Pass is a proof over all documents, see package compat. A failure has a document that the pact lets through and the
// schema refuses, as the matcher and the validator found. The package starts nothing and asks no provider: what a provider
// really answered is checked by contracts.VerifyPacts.
package payloads
