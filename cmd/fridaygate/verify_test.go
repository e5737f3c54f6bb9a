package main

import (
	"bytes"
	"context"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/ci"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

func TestVerifyWithoutGo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	var out, complaint bytes.Buffer
	require.Equal(t, verdict.ExitUsage, run(t.Context(), []string{"verify"}, streams{out: &out, err: &complaint, getenv: os.Getenv}))
	require.Contains(t, complaint.String(), "Go must be installed and on the PATH")
}

func TestVerifyInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	var out, complaint bytes.Buffer
	require.Equal(t, verdict.ExitInterrupted, run(ctx, []string{"verify", "."}, streams{out: &out, err: &complaint, getenv: os.Getenv}))
	require.Contains(t, out.String(), "UNKNOWN: 0 planned, 0 ran")
}

func TestRevisionSaysThatFilesDiffer(t *testing.T) {
	require.Equal(t, "a1", revisionOf(ci.Build{Version: "a1"}))
	require.Equal(t, "a1-dirty", revisionOf(ci.Build{Version: "a1", Dirty: true}))
	require.Empty(t, revisionOf(ci.Build{Dirty: true}))
}
