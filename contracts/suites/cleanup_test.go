package suites_test

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/providers/reference/service"
	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/cases"
	stages "github.com/fridaygate/fridaygate/smoke/environment"
)

// The clean-up of the example removes what a run made from PostgreSQL too.
func TestExampleOfAnEnvironmentCleansPostgreSQL(t *testing.T) {
	r := invoicesProvider(t)
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	text, err := os.ReadFile("../../smoke/environments/reference.yaml")
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "reference.yaml")
	local := strings.NewReplacer("http://localhost:8080", r.URL(), "../..", root).Replace(string(text))
	require.NoError(t, os.WriteFile(file, []byte(local), 0o600))
	lookup := func(name string) (string, bool) {
		if name == "INVOICES_DATABASE_URL" {
			return r.Need("postgres").URL(), true
		}
		secret, ok := r.secrets[name]
		return secret, ok
	}
	e, err := stages.Load(file, stages.Options{LookupEnv: lookup})
	require.NoError(t, err)
	o := smoke.Options{
		Environment: e, Target: e.Target, Fixtures: e.Fixtures, Cases: []string{"first", "id-differs-*"}, RunID: rand.Text(), LookupEnv: lookup,
	}
	events := func() (n int) {
		db, err := service.OpenDatabase(r.Need("postgres").URL())
		require.NoError(t, err)
		defer func() { require.NoError(t, db.Close()) }()
		require.NoError(t, db.QueryRowContext(t.Context(),
			"SELECT (SELECT count(*) FROM journal WHERE lower(event_id) LIKE $1) + "+
				"(SELECT count(*) FROM inbound_events WHERE lower(event_id) LIKE $1)",
			"%"+cases.RunTag(o.RunID)+"%").Scan(&n))
		return n
	}
	o.Keep = true
	require.Equal(t, verdict.Pass, replayOnce(t, o).Verdict())
	require.NotZero(t, events())

	o.Keep = false
	runner, err := smoke.NewRunner(o)
	require.NoError(t, err)
	defer func() { require.NoError(t, runner.Close()) }()
	require.Equal(t, verdict.Pass, runner.CleanUp(t.Context(), nil).Verdict())
	require.Zero(t, events())

	o.RunID = rand.Text()
	got := replayOnce(t, o)
	require.Equal(t, verdict.Pass, got.Verdict(), "%+v", got.Results)
	require.Equal(t, report.Cleanup, got.Results[len(got.Results)-1].Kind)
	require.Zero(t, events())
}
