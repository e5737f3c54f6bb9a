package setup

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A dockerd that was killed leaves its process id behind, and another program may have that by now.
func TestRemoveStale(t *testing.T) {
	name, err := os.ReadFile("/proc/self/comm")
	require.NoError(t, err)
	mine := strconv.Itoa(os.Getpid())
	for what, test := range map[string]struct {
		id, program string
		stays       bool
	}{
		"the program runs":              {mine, strings.TrimSpace(string(name)), true},
		"another program has the id":    {mine, "dockerd", false},
		"no process has it":             {"999999999", "dockerd", false},
		"the file holds something else": {"", "dockerd", false},
	} {
		t.Run(what, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "docker.pid")
			require.NoError(t, os.WriteFile(file, []byte(test.id), 0o644))
			require.NoError(t, removeStale(file, test.program))
			if test.stays {
				require.FileExists(t, file)
			} else {
				require.NoFileExists(t, file)
			}
			require.NoError(t, removeStale(filepath.Join(t.TempDir(), "none"), test.program))
		})
	}
}
