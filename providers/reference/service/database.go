package service

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"github.com/fridaygate/fridaygate/providers/database"
)

// MemoryDatabase is the URL of an SQLite database that exists as long as the process.
const MemoryDatabase = "sqlite://:memory:"

// ParseDatabase returns the dialect of a database URL: postgres://…, sqlite:///path or sqlite://:memory:. The error does
// not repeat the URL, which may hold a password.
func ParseDatabase(databaseURL string) (database.Dialect, error) {
	if path, ok := strings.CutPrefix(databaseURL, "sqlite://"); ok {
		if path != ":memory:" && !strings.HasPrefix(path, "/") {
			return "", errors.New("an SQLite URL is sqlite:///absolute/path, or sqlite://:memory: for a database in memory")
		}
		return database.SQLite, nil
	}
	u, err := url.Parse(databaseURL)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") || u.Host == "" {
		return "", errors.New("must be sqlite://:memory:, sqlite:///absolute/path or postgres://user:password@host/database")
	}
	return database.PostgreSQL, nil
}

// OpenDatabase opens the database without connecting: a service may start before its database, and reports that it
// is not ready until then.
func OpenDatabase(databaseURL string) (*database.DB, error) {
	dialect, err := ParseDatabase(databaseURL)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	driver, source := "pgx", databaseURL
	if dialect == database.SQLite {
		// Transactions take the write lock when they begin, so that none fails for it half-way.
		driver = "sqlite"
		source = "file:" + strings.TrimPrefix(databaseURL, "sqlite://") +
			"?_txlock=immediate&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)"
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db.SetMaxOpenConns(20)
	db.SetMaxIdleConns(20) // two would have PostgreSQL start a process and check a password for most of what comes at once
	db.SetConnMaxIdleTime(time.Minute)
	if databaseURL == MemoryDatabase {
		// Each connection would open a separate database, which ends with it.
		db.SetMaxOpenConns(1)
		db.SetConnMaxIdleTime(0)
	}
	return &database.DB{DB: db, Dialect: dialect}, nil
}
