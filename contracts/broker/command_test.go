package broker_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// built returns the command, which is built once.
func built(tb testing.TB) string {
	tb.Helper()
	command, err := build()
	require.NoError(tb, err)
	return command
}

var build = sync.OnceValues(func() (string, error) {
	command := filepath.Join(temporary, "fridaygate")
	build := exec.Command("go", "build", "-ldflags=-s", "-o", command, "github.com/fridaygate/fridaygate/cmd/fridaygate")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the command: %w: %s", err, said)
	}
	return command, nil
})
