//go:build unix

package pact

/*
#include <fcntl.h>
#include <unistd.h>

// The copy is not handed to child processes, which would keep the output of a finished test open.
static int copy_of(int fd) { return fcntl(fd, F_DUPFD_CLOEXEC, 3); }
*/
import "C"

import (
	"fmt"
	"io"
	"os"
)

// replaced keeps the first os.Stdout alive: collecting it would close descriptor 1 under the library.
var replaced *os.File

// Quiet redirects what libpact_ffi prints on standard output, a report of every run, and leaves Go's os.Stdout as it is.
// The returned function returns what the library has printed since.
//
// Call it once, before anything uses os.Stdout: from TestMain, before m.Run.
func Quiet() (printed func() string, err error) {
	file, err := os.CreateTemp("", "fridaygate-native-*.log")
	if err != nil {
		return nil, fmt.Errorf("silence libpact_ffi: %w", err)
	}
	if err := os.Remove(file.Name()); err != nil { // it exists as long as it is open
		return nil, fmt.Errorf("silence libpact_ffi: %w", err)
	}
	own, err := C.copy_of(1)
	if own < 0 {
		return nil, fmt.Errorf("silence libpact_ffi: copy descriptor 1: %w", err)
	}
	if fd, err := C.dup2(C.int(file.Fd()), 1); fd < 0 {
		return nil, fmt.Errorf("silence libpact_ffi: replace descriptor 1: %w", err)
	}
	replaced = os.Stdout                                //nolint:forbidigo // it is kept clear, not written to
	os.Stdout = os.NewFile(uintptr(own), "/dev/stdout") //nolint:forbidigo // it is kept clear, not written to
	return func() string {
		info, err := file.Stat()
		if err != nil {
			return ""
		}
		text, err := io.ReadAll(io.NewSectionReader(file, 0, info.Size()))
		if err != nil {
			return ""
		}
		return string(text)
	}, nil
}
