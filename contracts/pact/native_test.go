//go:build cgo && unix

package pact

import (
	"debug/elf"
	"os"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMissingLibraryIsASentenceWithACommand(t *testing.T) {
	err := open([]string{"/nowhere/libpact_ffi.so"})
	require.ErrorContains(t, err, "libpact_ffi is not installed, and pacts cannot be verified without it: run: "+
		"go run github.com/fridaygate/fridaygate/cmd/fridaygate@latest setup --only library\n(/nowhere/libpact_ffi.so: ")
}

// A suite builds where libpact_ffi is missing: the linker does not ask for it.
func TestLibraryIsNotLinked(t *testing.T) {
	if runtime.GOOS != "linux" {
		return // elf is how binaries are there
	}
	binary, err := elf.Open(os.Args[0])
	require.NoError(t, err)
	defer func() { require.NoError(t, binary.Close()) }()
	linked, err := binary.ImportedLibraries()
	require.NoError(t, err)
	require.NotEmpty(t, linked)
	require.NotContains(t, linked, "libpact_ffi.so")
}
