package probe_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/probe"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

func commandProbe(t *testing.T, run ...string) probe.Probe {
	t.Helper()
	return start(t, webhook.Effects{Command: &webhook.CommandProbe{Run: run}}, probe.Options{})
}

func TestCommandCountsWhatIsPrinted(t *testing.T) {
	for name, c := range map[string]struct {
		run  []string
		want int
		err  string
	}{
		"a number":               {[]string{"echo", "2"}, 2, ""},
		"a number among spaces":  {[]string{"printf", `\n  7 \t\n`}, 7, ""},
		"nothing":                {[]string{"true"}, 0, `printed "", and not a count`},
		"words":                  {[]string{"echo", "no such table"}, 0, `printed "no such table", and not a count`},
		"two numbers":            {[]string{"echo", "1 2"}, 0, `printed "1 2"`},
		"less than none":         {[]string{"echo", "-1"}, 0, `printed "-1"`},
		"a fraction":             {[]string{"echo", "1.0"}, 0, `printed "1.0"`},
		"complaints beside it":   {[]string{"sh", "-c", "echo careful >&2; echo 1"}, 1, ""},
		"a failure":              {[]string{"sh", "-c", "echo 1; echo no way >&2; exit 3"}, 0, "exit status 3: no way"},
		"a failure without word": {[]string{"false"}, 0, "exit status 1"},
		"no such program":        {[]string{"fridaygate-no-such-program"}, 0, `"fridaygate-no-such-program": executable file not found`},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := look(t.Context(), commandProbe(t, c.run...), probe.Event{ID: "evt_1"})
			require.Equal(t, c.err == "", err == "", err)
			require.Contains(t, err, c.err)
			require.NotRegexp(t, `: $`, err)
			require.Equal(t, c.want, n.N)
		})
	}
}

// No shell reads an id: it arrives as it is, in one argument.
func TestCommandIsGivenTheEventWithoutAShell(t *testing.T) {
	file := filepath.Join(t.TempDir(), "arguments")
	p := commandProbe(t, "sh", "-c", `printf '%s\n' "$@" > "$0"; echo $#`, file, "--id={event_id}", "{tenant}", "{event_id}{tenant}")
	e := probe.Event{ID: "$(rm -rf x); `id` 'a' *", Tenant: "{event_id}"}
	n, err := look(t.Context(), p, e)
	require.Empty(t, err)
	require.Equal(t, 3, n.N)
	text, failed := os.ReadFile(file)
	require.NoError(t, failed)
	require.Equal(t, "--id="+e.ID+"\n{event_id}\n"+e.ID+"{event_id}\n", string(text))
	require.Contains(t, p.Where(e), e.ID)
}

// Each command runs for an hour or for ever: that the test ends is the proof.
func TestCommandEndsWithItsContext(t *testing.T) {
	for name, run := range map[string][]string{
		"it sleeps":                {"sleep", "3600"},
		"what it started sleeps":   {"sh", "-c", "sleep 3600 | cat"},
		"it prints without an end": {"sh", "-c", "exec yes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			_, err := commandProbe(t, run...).Look(ctx, probe.Event{ID: "evt_1"})
			require.ErrorIs(t, err, context.DeadlineExceeded)
		})
	}
}

func TestCommandThatPrintsTooMuchIsCutShort(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := look(t.Context(), commandProbe(t, "sh", "-c", "yes | head -c 100000000"), probe.Event{ID: "evt_1"})
	runtime.ReadMemStats(&after)
	require.Contains(t, err, `printed "y y y`)
	require.Less(t, len(err), 300)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(16<<20))
}
