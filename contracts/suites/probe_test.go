package suites_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/database"
)

// sqlFixtures is one golden invoice, whose effects are counted in the service's own PostgreSQL.
func sqlFixtures(t *testing.T, query string) string {
	t.Helper()
	dir := t.TempDir()
	schemas, err := filepath.Abs("../schemas")
	require.NoError(t, err)
	require.NoError(t, os.Symlink(schemas, filepath.Join(dir, "schemas")))
	for _, name := range []string{"webhook.yaml", "invoice.paid.json"} {
		text, err := os.ReadFile(filepath.Join("../../fixtures/invoices", name))
		require.NoError(t, err)
		if name == "webhook.yaml" {
			before, _, found := strings.Cut(string(text), "effects:\n")
			require.True(t, found)
			text = []byte(strings.ReplaceAll(before, "../../contracts/schemas", "schemas") +
				"effects:\n  sql:\n    url_env: INVOICES_DATABASE\n    query: " + query + "\n")
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
	return dir
}

// The service is correct: what is wrong is how a query counts in its journal.
func TestSQLProbeCountsInPostgreSQL(t *testing.T) {
	t.Parallel()
	r := invoicesProvider(t)
	database := r.Need("postgres").URL()
	address, err := url.Parse(database)
	require.NoError(t, err)
	stranger := *address
	stranger.User = url.UserPassword(address.User.Username(), "hunter2")
	for name, c := range map[string]struct {
		query, database string
		want            verdict.Verdict
		shows           string
	}{
		"one row an execution":      {"SELECT count(*) FROM journal WHERE event_id = $1", database, verdict.Pass, ""},
		"a sum, which is a numeric": {"SELECT coalesce(sum(1::numeric), 0) FROM journal WHERE event_id = $1", database, verdict.Pass, ""},
		"every execution seen twice": {
			"SELECT count(*) FROM journal, generate_series(1, 2) WHERE event_id = $1", database, verdict.Fail, "2 effects",
		},
		"no execution seen": {"SELECT count(*) FROM journal WHERE event_id = $1 || 'x'", database, verdict.Fail, "0 effects"},
		"a row each": {
			"SELECT 1 FROM journal, generate_series(1, 2) WHERE event_id = $1", database, verdict.Unknown, "more than one row",
		},
		"a query that writes": {"DELETE FROM journal WHERE event_id = $1 RETURNING 1", database, verdict.Unknown, "read-only transaction"},
		"a wrong password": {
			"SELECT count(*) FROM journal WHERE event_id = $1", stranger.String(), verdict.Unknown, "password authentication failed",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // each waits for effects that may come late
			cases := []string{"dup-seq", "dup-concurrent-2"}
			if c.want != verdict.Pass {
				cases = cases[:1]
			}
			got := replayOnce(t, smoke.Options{
				Target: r.URL(), Fixtures: []string{sqlFixtures(t, c.query)}, Cases: cases, RunID: rand.Text(),
				LookupEnv: func(name string) (string, bool) {
					if name == "INVOICES_DATABASE" {
						return c.database, true
					}
					s, ok := r.secrets[name]
					return s, ok
				},
			})
			require.Equal(t, c.want, got.Verdict(), "%+v", got.Results)
			require.Len(t, got.Results, len(cases))
			var said strings.Builder
			require.NoError(t, report.JSON(&said, got))
			require.Contains(t, said.String(), c.shows)
			require.NotContains(t, said.String(), "hunter2")
		})
	}
}

// What the gate uses of a database works on PostgreSQL as database/sql has it.
func TestDatabasesOfReceiversAreUsedAsSQL(t *testing.T) {
	address := invoicesProvider(t).Need("postgres").URL()
	if strings.Contains(address, "?") {
		address += "&"
	} else {
		address += "?"
	}
	db, err := database.Open(address+"default_query_exec_mode=exec", database.Options{Write: true})
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	db.SetMaxOpenConns(1)
	ctx := t.Context()
	_, err = db.ExecContext(ctx, `CREATE TEMPORARY TABLE things (name text, n integer, share float8, known boolean)`)
	require.NoError(t, err)

	tx, err := db.BeginTx(ctx, nil)
	require.NoError(t, err)
	_, err = tx.ExecContext(ctx, `INSERT INTO things VALUES ($1, $2, $3, $4), (NULL, 2, 0, false)`, "it's", 1, 0.5, true)
	require.NoError(t, err)
	require.NoError(t, tx.Commit())
	tx, err = db.BeginTx(ctx, nil)
	require.NoError(t, err)
	made, err := tx.ExecContext(ctx, `DELETE FROM things WHERE n > $1`, 0)
	require.NoError(t, err)
	n, err := made.RowsAffected()
	require.NoError(t, err)
	require.EqualValues(t, 2, n)
	require.NoError(t, tx.Rollback())

	var name sql.NullString
	var share float64
	var known bool
	require.NoError(t, db.QueryRowContext(ctx, `SELECT name, share, known FROM things WHERE n = $1`, 1).Scan(&name, &share, &known))
	require.Equal(t, sql.NullString{String: "it's", Valid: true}, name)
	require.InDelta(t, 0.5, share, 0)
	require.True(t, known)
	require.NoError(t, db.QueryRowContext(ctx, `SELECT name, share, known FROM things WHERE name IS NULL`).Scan(&name, &share, &known))
	require.False(t, name.Valid)

	tx, err = db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	require.NoError(t, err)
	_, err = tx.ExecContext(ctx, `DELETE FROM invoices`)
	require.ErrorContains(t, err, "read-only transaction")
	require.NoError(t, tx.Rollback())
	require.ErrorIs(t, db.QueryRowContext(ctx, `SELECT 1 WHERE false`).Scan(&share), sql.ErrNoRows, "the connection is whole after an error")

	short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	require.Error(t, db.QueryRowContext(short, `SELECT pg_sleep(60)`).Scan(&name), "a statement ends with its context")
	require.NoError(t, db.PingContext(ctx), "another connection is opened")
}

func replayOnce(t *testing.T, o smoke.Options) report.Report {
	t.Helper()
	runner, err := smoke.NewRunner(o)
	require.NoError(t, err)
	defer func() { require.NoError(t, runner.Close()) }()
	return runner.Run(t.Context(), nil)
}
