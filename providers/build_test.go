package providers_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/providers"
)

func TestABuildThatATimeLimitEndsNamesTheLimit(t *testing.T) {
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	err := providers.Build{Package: testService}.Run(ctx, filepath.Join(t.TempDir(), "service"))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, "build "+testService+": the time that its caller gave ended it")
}

func TestABuildThatFailsShowsTheCompilersWords(t *testing.T) {
	err := providers.Build{Package: "./testdata/none"}.Run(t.Context(), filepath.Join(t.TempDir(), "service"))
	require.ErrorContains(t, err, "testdata/none")
}
