package service_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/providers/database"
	"github.com/fridaygate/fridaygate/providers/reference/service"
)

func TestParseDatabase(t *testing.T) {
	for url, want := range map[string]database.Dialect{
		"postgres://u:p@host:5432/d": database.PostgreSQL, "postgresql://host/d": database.PostgreSQL,
		"sqlite:///var/lib/x.db": database.SQLite, service.MemoryDatabase: database.SQLite,
	} {
		got, err := service.ParseDatabase(url)
		require.NoError(t, err, url)
		require.Equal(t, want, got)
	}
	for _, url := range []string{
		"", "mysql://hunter2@h/d", "sqlite://relative.db", "postgres:", "host=hunter2", "postgres://h:hunter2/d\x00",
	} {
		_, err := service.ParseDatabase(url)
		require.Error(t, err, url)
		require.NotContains(t, err.Error(), "hunter2")
	}
}
