//go:build unix

package providers_test

import (
	"context"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/providers"
)

func TestNothingTheServiceStartedSurvivesIt(t *testing.T) {
	for name, end := range map[string]func(providers.Provider) error{
		"kill": func(p providers.Provider) error { return p.Kill(context.Background()) },
		"stop": func(p providers.Provider) error { return p.Stop(context.Background()) },
	} {
		t.Run(name, func(t *testing.T) {
			provider := start(t, providers.Spec{Name: "service", Binary: binary, Env: map[string]string{"MODE": "parent"}})
			logs, err := provider.Logs(t.Context())
			require.NoError(t, err)
			child, err := strconv.Atoi(regexp.MustCompile(`child (\d+)`).FindStringSubmatch(logs)[1])
			require.NoError(t, err)
			require.NoError(t, syscall.Kill(child, 0))
			require.NoError(t, end(provider))
			require.Eventually(t, func() bool { return gone(child) }, 2*time.Second, 10*time.Millisecond)
		})
	}
}

// gone reports whether a process has ended. A zombie has.
func gone(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return true
	}
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return runtime.GOOS == "linux" && (err != nil || strings.Contains(string(status), ") Z "))
}
