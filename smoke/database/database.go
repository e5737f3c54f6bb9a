package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	_ "modernc.org/sqlite" // the driver of SQLite

	"github.com/fridaygate/fridaygate/smoke/hosts"
)

// Options say how a database may be used.
type Options struct {
	Write bool        // statements may change it
	Hosts *hosts.List // the hosts that it may be on; nil: any
}

// errURL reports a text that is no URL of a database, without repeating it: it may hold a password.
var errURL = errors.New("must hold postgres://… or sqlite:///absolute/path")

// Open reads the URL of a database, postgres://… or sqlite:///absolute/path, and does not connect to it yet. The error, which is
// hosts.ErrRefused for a host that is not listed, does not repeat the URL.
func Open(address string, o Options) (*sql.DB, error) {
	if path, found := strings.CutPrefix(address, "sqlite://"); found && strings.HasPrefix(path, "/") {
		mode := "ro"
		if o.Write {
			mode = "rw"
		}
		return sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode="+mode+"&_pragma=busy_timeout(5000)")
	}
	if !strings.HasPrefix(address, "postgres://") && !strings.HasPrefix(address, "postgresql://") {
		return nil, errURL
	}
	config, err := pgconn.ParseConfig(address)
	if err != nil {
		return nil, errURL
	}
	for _, one := range ofPGX {
		delete(config.RuntimeParams, one)
	}
	if o.Hosts != nil {
		if err := keep(config, *o.Hosts); err != nil {
			return nil, err
		}
	}
	return sql.OpenDB(postgres{config}), nil
}

// ofPGX are parameters that services which use pgx have in their URLs, and that are none of PostgreSQL.
var ofPGX = []string{"default_query_exec_mode", "statement_cache_capacity", "description_cache_capacity"}

// keep holds the connections of a database to a list. Names are resolved when a connection is made, where the list sees it.
func keep(config *pgconn.Config, list hosts.List) error {
	all := []string{config.Host}
	for _, other := range config.Fallbacks {
		all = append(all, other.Host)
	}
	for _, host := range all {
		if filepath.IsAbs(host) { // the folder of a Unix socket, which is on this machine
			host = "localhost"
		}
		if err := list.Check(&url.URL{Host: net.JoinHostPort(host, "0")}); err != nil {
			return fmt.Errorf("the host of the database, %w", err)
		}
	}
	config.LookupFunc = func(_ context.Context, host string) ([]string, error) { return []string{host}, nil }
	config.DialFunc = list.Dial
	return nil
}
