package pipelines_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/receivers"
)

// matrix is one run of smoke-shards.yml, whose artifacts are in a folder.
type matrix struct {
	workspace, temp, artifacts string
	workflow                   workflow
	target                     string
}

func newMatrix(t *testing.T, receiver receivers.Receiver) *matrix {
	t.Helper()
	server := httptest.NewServer(receiver.Start(invoicesSecret))
	t.Cleanup(server.Close)
	workspace, _ := checkout(t, "shards")
	m := &matrix{workspace: workspace, temp: t.TempDir(), artifacts: t.TempDir(), workflow: load(t, "smoke-shards.yml"), target: server.URL}
	require.Contains(t, m.workflow.Jobs["shard"].Env, "FIXTURES")
	m.workflow.Jobs["shard"].Env["FIXTURES"] = fixtures
	return m
}

// run runs a job, as job index of total of a matrix.
func (m *matrix) run(t *testing.T, job, attempt string, index, total int, needs string) *runner {
	t.Helper()
	r := &runner{
		workspace: m.workspace, temp: m.temp, environ: environ(), path: []string{command(t)},
		contexts: contexts{
			"github":   map[string]any{"run_id": "17", "run_attempt": attempt},
			"strategy": map[string]any{"job-index": fmt.Sprint(index), "job-total": fmt.Sprint(total)},
			"needs":    map[string]any{"shard": map[string]any{"result": needs}},
			"vars":     map[string]any{"INVOICES_URL": m.target},
			"secrets":  map[string]any{"INVOICES_WEBHOOK_SECRET": invoicesSecret},
		},
		outputs: map[string]map[string]any{
			"actions/checkout": nil, "./.github/actions/fridaygate": nil, "actions/upload-artifact": nil, "actions/download-artifact": nil,
		},
	}
	require.NoError(t, r.run(t.Context(), m.workflow.Env, m.workflow.Jobs[job]))
	return r
}

// shards runs the jobs of the matrix, and keeps their reports as artifacts.
func (m *matrix) shards(t *testing.T, attempt string, total int) {
	t.Helper()
	for index := range total {
		r := m.run(t, "shard", attempt, index, total, "")
		report := fmt.Sprintf("shard-%d.json", index)
		require.FileExists(t, filepath.Join(m.workspace, "reports", report), r.transcript())
		require.NoError(t, os.Rename(filepath.Join(m.workspace, "reports", report), filepath.Join(m.artifacts, report)))
	}
}

// merge runs the job that decides, with the artifacts that are there.
func (m *matrix) merge(t *testing.T, needs string) *runner {
	t.Helper()
	require.NoError(t, os.RemoveAll(filepath.Join(m.workspace, "shards")))
	require.NoError(t, os.CopyFS(filepath.Join(m.workspace, "shards"), os.DirFS(m.artifacts)))
	return m.run(t, "verdict", "1", 0, 1, needs)
}

func TestShardsOfAMatrixAreGreenOnlyTogether(t *testing.T) {
	t.Parallel()
	m := newMatrix(t, receivers.Correct)
	require.Equal(t, "shard", m.workflow.Jobs["verdict"].Needs)
	require.Equal(t, "always()", m.workflow.Jobs["verdict"].If, "a job that is skipped counts as green")
	m.shards(t, "1", 2)

	r := m.merge(t, "success")
	require.Equal(t, "success", r.at(t, "shards").outcome, r.transcript())
	require.Contains(t, r.at(t, "merge").said, "PASS: ")

	r = m.merge(t, "failure") // as when a shard could not keep its report
	require.Equal(t, "failure", r.at(t, "shards").outcome, r.transcript())

	require.NoError(t, os.Remove(filepath.Join(m.artifacts, "shard-1.json"))) // its job was cancelled
	r = m.merge(t, "cancelled")
	require.Equal(t, verdict.ExitUnknown, r.at(t, "merge").code, r.transcript())
	require.Contains(t, r.at(t, "merge").said, "of 2 shards 2 is missing: ")

	require.NoError(t, os.Remove(filepath.Join(m.artifacts, "shard-0.json")))
	r = m.merge(t, "cancelled")
	require.Equal(t, verdict.ExitUnknown, r.at(t, "merge").code, "without any report: %s", r.transcript())
}

func TestShardsOfTwoRunsAreNoVerdict(t *testing.T) {
	t.Parallel()
	m := newMatrix(t, receivers.Correct)
	m.workflow.Jobs["shard"].Env["FIXTURES"] = fixtures
	m.shards(t, "1", 2)
	old := filepath.Join(m.artifacts, "shard-0.json")
	text, err := os.ReadFile(old)
	require.NoError(t, err)
	m.shards(t, "2", 2)
	require.NoError(t, os.WriteFile(old, text, 0o600))
	r := m.merge(t, "success")
	require.Equal(t, verdict.ExitUnknown, r.at(t, "merge").code, r.transcript())
	require.Contains(t, r.at(t, "merge").said, "two runs are mixed: ")
}

func TestRedShardMakesTheVerdictRed(t *testing.T) {
	t.Parallel()
	m := newMatrix(t, receivers.CheckThenInsert)
	m.shards(t, "1", 2)
	r := m.merge(t, "failure")
	require.Equal(t, verdict.ExitFail, r.at(t, "merge").code, r.transcript())
	require.Contains(t, r.at(t, "merge").said, "FAIL: ")
}
