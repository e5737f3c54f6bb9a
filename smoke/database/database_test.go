package database_test

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/database"
	"github.com/fridaygate/fridaygate/smoke/hosts"
)

func TestDatabaseMustBeOnAHostOfTheList(t *testing.T) {
	list, err := hosts.New([]string{"db.example.com", "localhost", "10.1.0.0/16"})
	require.NoError(t, err)
	for address, refused := range map[string]string{
		"postgres://u:hunter2@db.example.com/shop":                "",
		"postgres://u:hunter2@10.1.2.3:6432/shop":                 "",
		"postgres://u:hunter2@[::1]:5432/shop":                    "",
		"postgres:///shop?host=/var/run/postgresql":               "",
		"sqlite:///tmp/shop.db":                                   "",
		"postgres://u:hunter2@other.example.com/shop":             "other.example.com: not on the list of hosts",
		"postgres://u:hunter2@10.2.0.1/shop":                      "10.2.0.1: not on the list of hosts",
		"postgresql://u:hunter2@db.example.com,10.2.0.1/shop":     "10.2.0.1: not on the list of hosts",
		"postgres://u:hunter2@db.example.com/shop?host=other.org": "other.org: not on the list of hosts",
	} {
		db, err := database.Open(address, database.Options{Hosts: &list})
		if refused == "" {
			require.NoError(t, err, address)
			require.NoError(t, db.Close())
			continue
		}
		require.ErrorIs(t, err, hosts.ErrRefused, address)
		require.ErrorContains(t, err, refused)
		require.NotContains(t, err.Error(), "hunter2")
	}
}

// Names are resolved where the list sees the address that they lead to.
func TestDatabaseIsReachedThroughTheListOfHosts(t *testing.T) {
	list, err := hosts.New([]string{"db.example.com"})
	require.NoError(t, err)
	list.Resolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New("the list was asked")
	}}
	db, err := database.Open("postgres://u:hunter2@db.example.com:1/shop", database.Options{Hosts: &list})
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	err = db.PingContext(t.Context())
	require.ErrorContains(t, err, "the list was asked")
	require.NotContains(t, err.Error(), "hunter2")
}

func TestURLThatNamesNoDatabaseIsAMistake(t *testing.T) {
	for _, address := range []string{"", "mysql://u:hunter2@h/db", "sqlite://relative.db", "postgres://u:hunter2@h:port/db"} {
		_, err := database.Open(address, database.Options{})
		require.EqualError(t, err, "must hold postgres://… or sqlite:///absolute/path", address)
	}
}

func TestDatabaseIsReadOnlyUnlessItMayBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "shop.db")
	made, err := sql.Open("sqlite", "file:"+file)
	require.NoError(t, err)
	_, err = made.ExecContext(t.Context(), "CREATE TABLE charges (event TEXT)")
	require.NoError(t, err)
	require.NoError(t, made.Close())
	for write, refused := range map[bool]string{false: "readonly", true: ""} {
		db, err := database.Open("sqlite://"+file, database.Options{Write: write})
		require.NoError(t, err)
		_, err = db.ExecContext(t.Context(), "INSERT INTO charges VALUES ('evt_1')")
		if refused != "" {
			require.ErrorContains(t, err, refused)
		} else {
			require.NoError(t, err)
		}
		require.NoError(t, db.Close())
	}
}
