package probe_test

import (
	"database/sql"
	"net/url"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/probe"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

func variable(value string) probe.Options {
	return probe.Options{LookupEnv: func(name string) (string, bool) { return value, name == "DATABASE_URL" && value != "" }}
}

func sqlEffects(query string) webhook.Effects {
	return webhook.Effects{SQL: &webhook.SQLProbe{URLEnv: "DATABASE_URL", Query: query}}
}

// charges makes a receiver's database, and returns its URL. Its name needs escaping.
func charges(t *testing.T) (*sql.DB, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a b?c#d%.db")
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	_, err = db.ExecContext(t.Context(), `CREATE TABLE charges (event TEXT, tenant TEXT);
		INSERT INTO charges VALUES ('evt_1', 'a'), ('evt_1', 'a'), ('evt_1', 'b'), ('evt_2', 'a')`)
	require.NoError(t, err)
	return db, "sqlite://" + file
}

func TestSQLCountsInTheReceiversDatabase(t *testing.T) {
	db, address := charges(t)
	for name, c := range map[string]struct {
		query string
		want  int
		err   string
	}{
		"by the event":              {"SELECT count(*) FROM charges WHERE event = $1", 3, ""},
		"and by the tenant":         {"SELECT count(*) FROM charges WHERE event = $1 AND tenant = $2", 2, ""},
		"the tenant first":          {"SELECT count(*) FROM charges WHERE tenant = $2 AND event = $1", 2, ""},
		"one parameter twice":       {"SELECT count(*) FROM charges WHERE event = $1 OR event = $1 || 'x'", 3, ""},
		"no row":                    {"SELECT 1 FROM charges WHERE event = $1 || 'x'", 0, "gave no row: it must count"},
		"a row for each effect":     {"SELECT 1 FROM charges WHERE event = $1", 0, "gave more than one row: it must count"},
		"two columns":               {"SELECT count(*), 1 FROM charges WHERE event = $1", 0, "expected 2 destination arguments"},
		"NULL":                      {"SELECT max(tenant) FROM charges WHERE event = $1 || 'x'", 0, "gave NULL, and not a count"},
		"less than none":            {"SELECT -count(*) FROM charges WHERE event = $1", 0, "gave -3, and not a count"},
		"a word":                    {"SELECT max(event) FROM charges WHERE event = $1", 0, "converting"},
		"no such table":             {"SELECT count(*) FROM charge WHERE event = $1", 0, "no such table"},
		"no SQL":                    {"count $1", 0, "syntax error"},
		"a parameter without value": {"SELECT count(*) FROM charges WHERE event = $1 AND tenant = $3", 0, "missing"},
	} {
		t.Run(name, func(t *testing.T) {
			e := probe.Event{ID: "evt_1", Tenant: "a"}
			p := start(t, sqlEffects(c.query), variable(address))
			n, err := look(t.Context(), p, e)
			require.Equal(t, c.err == "", err == "", err)
			require.Contains(t, err, c.err)
			require.Equal(t, c.want, n.N)
			require.Contains(t, p.Where(e), "evt_1")
		})
	}
	_, err := db.ExecContext(t.Context(), "INSERT INTO charges VALUES ('evt_2', 'a')")
	require.NoError(t, err, "nothing holds the database")
}

func TestSQLIsNoWayIntoTheQuery(t *testing.T) {
	_, address := charges(t)
	p := start(t, sqlEffects("SELECT count(*) FROM charges WHERE event = $1"), variable(address))
	n, err := look(t.Context(), p, probe.Event{ID: "' OR 1=1 --"})
	require.Empty(t, err)
	require.Zero(t, n.N)
}

func TestSQLChangesNothing(t *testing.T) {
	db, address := charges(t)
	for _, query := range []string{
		"DELETE FROM charges WHERE event = $1 RETURNING 1",
		"INSERT INTO charges VALUES ($1, 'c') RETURNING 1",
		"UPDATE charges SET tenant = 'x' WHERE event = $1 RETURNING 1",
	} {
		_, err := look(t.Context(), start(t, sqlEffects(query), variable(address)), probe.Event{ID: "evt_2"})
		require.Contains(t, err, "readonly", query)
	}
	var n int
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT count(*) FROM charges WHERE tenant = 'a'").Scan(&n))
	require.Equal(t, 3, n)
}

func TestSQLNeedsADatabase(t *testing.T) {
	effects := sqlEffects("SELECT count(*) FROM charges WHERE event = $1")
	for _, address := range []string{
		"", "hunter2", "mysql://u:hunter2@db/x", "sqlite://hunter2.db", "sqlite:hunter2.db", "postgres://u:hunter2@db:port/x",
		"postgres://u:hun@ter2:hunter2@[db/x",
		"postgresql://u:hunter2%@db/x", "postgres://u:hunter2@db/x?sslmode=perhaps", "host=db password=hunter2",
	} {
		_, err := probe.New(effects, variable(address))
		require.ErrorContains(t, err, "effects.sql.url_env: the variable DATABASE_URL", address)
		require.NotContains(t, err.Error(), "hunter2")
		require.NotContains(t, err.Error(), "ter2")
	}
	for _, address := range []string{"sqlite:///no/such/folder/x.db", "postgres://u:hunter2@127.0.0.1:1/x?sslmode=disable"} {
		p := start(t, effects, variable(address)) // connects at the first look
		_, err := look(t.Context(), p, probe.Event{ID: "evt_1"})
		require.NotEmpty(t, err)
		require.NotContains(t, err, "hunter2")
		require.NotContains(t, p.Where(probe.Event{ID: "evt_1"}), "hunter2")
	}
}
