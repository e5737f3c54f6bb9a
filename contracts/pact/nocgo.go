//go:build !cgo || !unix

package pact

import (
	"errors"

	"github.com/fridaygate/fridaygate/contracts/pact/verification"
)

// execute returns an error: libpact_ffi is reached through cgo.
func execute(verification.NativeRun) (*verification.NativeResult, error) {
	return nil, errors.New("this test was built without cgo, or not for Linux or macOS, and pacts cannot be verified so: " +
		"set CGO_ENABLED=1, and install a C compiler such as gcc")
}

// Quiet does nothing: without cgo there is no libpact_ffi that prints. printed returns "".
func Quiet() (printed func() string, err error) { return func() string { return "" }, nil }
