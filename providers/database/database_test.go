package database_test

import (
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/providers/database"
)

func TestParse(t *testing.T) {
	for url, want := range map[string]database.Dialect{
		"postgres://u:p@host:5432/d": database.PostgreSQL, "postgresql://host/d": database.PostgreSQL,
		"sqlite:///var/lib/x.db": database.SQLite, database.Memory: database.SQLite,
	} {
		got, err := database.Parse(url)
		require.NoError(t, err, url)
		require.Equal(t, want, got)
	}
	for _, url := range []string{"", "mysql://hunter2@h/d", "sqlite://relative.db", "postgres:", "host=hunter2", "postgres://h:hunter2/d\x00"} {
		_, err := database.Parse(url)
		require.Error(t, err, url)
		require.NotContains(t, err.Error(), "hunter2")
	}
}

func TestMigrateTakesEachStepOnce(t *testing.T) {
	for name, url := range map[string]string{"memory": database.Memory, "file": "sqlite://" + filepath.Join(t.TempDir(), "x.db")} {
		t.Run(name, func(t *testing.T) {
			db, err := database.Open(url)
			require.NoError(t, err)
			defer func() { require.NoError(t, db.Close()) }()
			require.NoError(t, db.Wait(t.Context()))
			steps := []string{`CREATE TABLE a (n INTEGER)`, `INSERT INTO a VALUES (1); INSERT INTO a VALUES (2)`}
			var all sync.WaitGroup
			for range 4 { // several processes start at once
				all.Go(func() {
					if err := database.Migrate(t.Context(), db, "a", steps); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			var n int
			require.NoError(t, db.QueryRow(`SELECT count(*) FROM a`).Scan(&n))
			require.Equal(t, 2, n)
			require.NoError(t, database.Migrate(t.Context(), db, "b", nil), "modules have versions of their own")
			require.ErrorContains(t, database.Migrate(t.Context(), db, "a", steps[:1]), "too old")
			require.ErrorContains(t, database.Migrate(t.Context(), db, "a", append(steps, `nonsense`)), "migrate a")
		})
	}
}
