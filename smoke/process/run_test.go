package process_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/process"
)

func TestRunReturnsTheBeginningOfTheOutput(t *testing.T) {
	output, err := process.Run(t.Context(), []string{"sh", "-c", "echo careful >&2; echo first; yes | head -c 100000"})
	require.NoError(t, err)
	require.Len(t, output, 4096)
	require.True(t, strings.HasPrefix(output, "first\ny\n"))
	require.Len(t, process.Excerpt(output), 200+len("…"))
	require.Equal(t, "a b", process.Excerpt(" a\n\tb "))
}

func TestErrorEndsWithWhatTheProgramPrintedLast(t *testing.T) {
	for script, want := range map[string]string{
		"echo out; echo first >&2; echo last >&2; exit 3": "exit status 3: first last",
		"echo out; exit 3": "exit status 3: out",
		"exit 3":           "exit status 3",
	} {
		_, err := process.Run(t.Context(), []string{"sh", "-c", script})
		require.EqualError(t, err, want)
	}
	_, err := process.Run(t.Context(), []string{"sh", "-c", "(yes | head -c 100000; echo the end) >&2; exit 1"})
	require.ErrorContains(t, err, "exit status 1: …")
	require.ErrorContains(t, err, "y the end")
	require.Less(t, len(err.Error()), 300)
}

func TestErrorIsThatOfTheContextThatEnded(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := process.Run(ctx, []string{"sleep", "3600"})
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestProgramThatLeavesAnotherRunningHasNotFailed(t *testing.T) {
	output, err := process.Run(t.Context(), []string{"sh", "-c", "sleep 3 & echo done"})
	require.NoError(t, err)
	require.Equal(t, "done\n", output)
}
