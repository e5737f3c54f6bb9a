package smoketest_test

import (
	"cmp"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/receivers"
	"github.com/fridaygate/fridaygate/smoke/smoketest"
)

// situation names the fault of TestReceiver. TestReplay sets it and runs that test in a separate process, which may fail.
const situation = "SMOKETEST_SITUATION"

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// TestReceiver is green, as long as nothing is wrong.
func TestReceiver(t *testing.T) {
	o := smoke.Options{
		Fixtures: []string{"../../fixtures/invoices/invoice.paid.json"}, Cases: []string{"first", "dup-seq"},
		LookupEnv: func(string) (string, bool) { return secret, true },
	}
	receiver := receivers.Correct
	if os.Getenv(situation) == "no deduplication" {
		receiver = receivers.All[slices.IndexFunc(receivers.All, func(r receivers.Receiver) bool { return r.Name == "no-deduplication" })]
	}
	server := httptest.NewServer(receiver.Start(secret))
	defer server.Close()
	o.Target = server.URL
	switch os.Getenv(situation) {
	case "gone":
		server.Close()
	case "no fixture":
		o.Fixtures = []string{t.TempDir()}
	}
	smoketest.Replay(t, o)
}

func TestReplay(t *testing.T) {
	for name, c := range map[string]struct {
		run  string
		want verdict.Verdict
		says []string
	}{
		"green":      {"", verdict.Pass, []string{"--- PASS: TestReceiver/fixtures/invoices/invoice.paid/dup-seq"}},
		"part of it": {"^TestReceiver$/./././^first$", verdict.Pass, []string{"1 of 2 checks were run: the others are not selected (-run)"}},
		"no deduplication": {"", verdict.Fail, []string{
			"FAIL: ../../fixtures/invoices/invoice.paid/dup-seq\n", "  got       ", "rerun: go test -run '^TestReceiver$/", " ./smoke/smoketest",
			"curl:  curl -sSi -X POST",
			"--- PASS: TestReceiver/fixtures/invoices/invoice.paid/first",
		}},
		"gone":       {"", verdict.Unknown, []string{"UNKNOWN: ../../fixtures/invoices/invoice.paid/first", "connection refused"}},
		"no fixture": {"", verdict.Unknown, []string{"UNKNOWN: "}},
		"nothing": {
			"^TestReceiver$/nothing", verdict.Unknown, []string{"UNKNOWN: no webhook was replayed: there are 2 checks, and none is selected (-run)"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			command := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run="+cmp.Or(c.run, "^TestReceiver$"))
			command.Env = append(os.Environ(), situation+"="+name, report.FolderVariable+"="+folder)
			out, failed := command.CombinedOutput()
			for _, says := range c.says {
				require.Contains(t, string(out), says)
			}
			require.Equal(t, c.want == verdict.Pass, failed == nil, string(out))
			sum, err := report.Collect(folder, nil, "")
			require.NoError(t, err)
			require.Equal(t, c.want, sum.Verdict(), "what is recorded says no more and no less than the test: %s", out)
			for _, planned := range sum.Planned {
				require.Equal(t, report.Webhook, planned.Kind)
			}
		})
	}
}
