//go:build unix

package main

import (
	"io"
	"maps"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/mattn/go-runewidth"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/receivers"
)

const terminalSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// onTerminal runs the command on a terminal of so many columns, and returns what it wrote and its exit code.
func onTerminal(t *testing.T, columns uint16, variables []string, args ...string) (string, int) {
	t.Helper()
	run := exec.CommandContext(t.Context(), "fridaygate", args...)
	run.Env = append(os.Environ(), "INVOICES_WEBHOOK_SECRET="+terminalSecret, "TERM=xterm", "NO_COLOR=", "GITHUB_ACTIONS=", "COLUMNS=")
	run.Env = append(run.Env, variables...)
	screen, err := pty.StartWithSize(run, &pty.Winsize{Rows: 24, Cols: columns})
	require.NoError(t, err)
	text, _ := io.ReadAll(screen) // a terminal whose program has ended is an error on Linux
	_ = run.Wait()                // its exit code is what matters
	return string(text), run.ProcessState.ExitCode()
}

// The escapes of our own: colours, and going back to the start of the status line.
var ownEscapes = regexp.MustCompile(`\x1b\[[0-9;]*m|\r\x1b\[K`)

func TestOnATerminal(t *testing.T) {
	correct := httptest.NewServer(receivers.Correct.Start(terminalSecret))
	defer correct.Close()
	broken := httptest.NewServer(receivers.CheckThenInsert.Start(terminalSecret))
	defer broken.Close()
	for name, c := range map[string]struct {
		target string
		code   int
		want   []string
	}{
		"green": {correct.URL, verdict.ExitPass, []string{"\x1b[32mok     \x1b[0m", "\x1b[1;32mPASS\x1b[0m: 8 planned"}},
		"red": {broken.URL, verdict.ExitFail, []string{
			"\x1b[1;31mFAIL   \x1b[0m dup-concurrent-8", "One event took effect more than once.", "same cause",
		}},
		"could not tell": {"http://127.0.0.1:9", verdict.ExitUnknown, []string{"\x1b[1;33mUNKNOWN\x1b[0m: 8 planned", "connection"}},
	} {
		for _, columns := range []uint16{40, 80} {
			text, code := onTerminal(t, columns, nil, "smoke", "--target", c.target, "--fixtures", "../../fixtures/invoices", "--case", "dup-seq",
				"--case", "dup-concurrent-8")
			require.Equal(t, c.code, code, "%s: %s", name, text)
			for _, want := range c.want {
				require.Contains(t, strings.Join(strings.Fields(text), " "), strings.Join(strings.Fields(want), " "), "%s at %d", name, columns)
			}
			bars := strings.Count(text, "\r\x1b[K[")
			require.Equal(t, name != "could not tell", bars > 0, "a bar while it runs")
			for line := range strings.Lines(ownEscapes.ReplaceAllString(text, "\n")) {
				line = strings.TrimRight(line, "\r\n")
				require.LessOrEqual(t, runewidth.StringWidth(line), int(columns), "%s at %d: %q", name, columns, line)
				require.NotContains(t, line, "\x1b")
			}
		}
	}
}

func TestVariablesTurnColoursOff(t *testing.T) {
	correct := httptest.NewServer(receivers.Correct.Start(terminalSecret))
	defer correct.Close()
	args := []string{"smoke", "--target", correct.URL, "--fixtures", "../../fixtures/invoices", "--case", "dup-seq"}
	for variable, escapes := range map[string]bool{"NO_COLOR=1": false, "TERM=dumb": false, "CLICOLOR=0": false, "TERM=xterm": true} {
		text, code := onTerminal(t, 80, []string{variable}, args...)
		require.Zero(t, code)
		require.Equal(t, escapes, strings.Contains(text, "\x1b[32m"), variable)
		require.Equal(t, variable != "TERM=dumb", strings.Contains(text, "\r\x1b[K"), variable)
	}
	quiet, code := onTerminal(t, 80, nil, append(args, "--quiet")...)
	require.Zero(t, code)
	require.Regexp(t, "^\r\n\x1b\\[1;32mPASS\x1b\\[0m: 4 planned", quiet)
}

// CLICOLOR_FORCE colours what is no terminal, NO_COLOR nothing at all.
func TestColoured(t *testing.T) {
	for _, c := range []struct {
		terminal  bool
		variables map[string]string
		coloured  bool
	}{
		{true, nil, true}, {false, nil, false},
		{true, map[string]string{"NO_COLOR": "1"}, false}, {true, map[string]string{"NO_COLOR": ""}, true},
		{false, map[string]string{"CLICOLOR_FORCE": "1"}, true}, {false, map[string]string{"CLICOLOR_FORCE": "0"}, false},
		{false, map[string]string{"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, false}, {true, map[string]string{"CLICOLOR": "0"}, false},
		{true, map[string]string{"TERM": "dumb"}, false}, {false, map[string]string{"TERM": "dumb", "CLICOLOR_FORCE": "1"}, true},
	} {
		names := slices.Sorted(maps.Keys(c.variables))
		require.Equal(t, c.coloured, coloured(c.terminal, func(name string) string { return c.variables[name] }), "%v %v", c.terminal, names)
	}
}

func TestProgressBar(t *testing.T) {
	var b strings.Builder
	now := time.Unix(0, 0)
	p := newProgressBar(statusLine{&b, 80}, 200, func() time.Time { return now })
	for i := range 100 {
		now = now.Add(50 * time.Millisecond)
		r := report.Result{Check: report.Check{Subject: "fixtures/\x1b[31mshop", Case: "dup-seq"}, Verdict: verdict.Pass}
		if i == 50 {
			r.Verdict = verdict.Fail
		}
		p.result(r)
	}
	shown := strings.Split(b.String(), "\r\x1b[K")
	require.Len(t, shown, 51, "not more often than ten times a second")
	require.Equal(t, `[=========           ] 99/200, 1 not passed, 20/s, 5s left  fixtures/\x1b[31ms…`, shown[50])
	for _, line := range shown {
		require.Less(t, runewidth.StringWidth(line), 80)
	}
	none := newProgressBar(statusLine{}, 1, time.Now)
	none.result(report.Result{})
}
