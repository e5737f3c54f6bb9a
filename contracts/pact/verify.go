package pact

import (
	"context"

	"github.com/fridaygate/fridaygate/contracts/pact/verification"
)

type (
	// Options are what to verify, and how to set up the states that pacts name.
	Options = verification.Options

	// Source returns pacts.
	Source = verification.Source

	// Document is one pact as its source has it.
	Document = verification.Document

	// States names the state functions as pacts name the states.
	States = verification.States

	// StateFunc brings the provider into a state.
	StateFunc = verification.StateFunc

	// State is one provider state of an interaction.
	State = verification.State

	// Setup is the preparation of one interaction.
	Setup = verification.Setup

	// Message is a message as the provider sent it.
	Message = verification.Message

	// Interaction is one exchange of a pact.
	Interaction = verification.Interaction

	// Verification is what a verification of one provider found.
	Verification = verification.Verification

	// Result is the verdict on one interaction.
	Result = verification.Result

	// Mismatch is one difference between what the pact expects and what came.
	Mismatch = verification.Mismatch
)

// Verify verifies the provider against every interaction of the sources, one after the other, with libpact_ffi. It returns
// a report in every case; what went wrong is in it. Several runs may go on at once.
func Verify(ctx context.Context, opts Options) Verification {
	return verification.Verify(ctx, opts, execute)
}

// Files is the source of pact files. A folder is every *.json in it and in the folders below it, whatever the case of
// these letters. A pact under any other name in such a folder is an error, so that none is left out unnoticed.
func Files(paths ...string) Source { return verification.Files(paths...) }
