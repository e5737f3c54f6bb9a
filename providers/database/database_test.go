package database_test

import (
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/providers/database"
	"github.com/fridaygate/fridaygate/providers/reference/service"
)

func TestMigrateTakesEachStepOnce(t *testing.T) {
	for name, url := range map[string]string{"memory": service.MemoryDatabase, "file": "sqlite://" + filepath.Join(t.TempDir(), "x.db")} {
		t.Run(name, func(t *testing.T) {
			db, err := service.OpenDatabase(url)
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
