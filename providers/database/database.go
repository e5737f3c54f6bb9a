package database

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Dialect is the kind of a database.
type Dialect string

// The dialects.
const (
	PostgreSQL Dialect = "postgres"
	SQLite     Dialect = "sqlite"
)

// DB is an open database.
type DB struct {
	*sql.DB
	Dialect Dialect
}

// Migrate brings the tables of one module up to date. Step n of steps takes it from version n to n+1; a step
// that was released is never changed. It is safe when several processes start at once. A database that
// is newer than steps is an error.
func Migrate(ctx context.Context, db *DB, module string, steps []string) error {
	if err := migrate(ctx, db, module, steps); err != nil {
		return fmt.Errorf("migrate %s: %w", module, err)
	}
	return nil
}

func migrate(ctx context.Context, db *DB, module string, steps []string) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	if db.Dialect == PostgreSQL {
		// CREATE TABLE IF NOT EXISTS is not safe against itself.
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(7264112)`); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx,
		`CREATE TABLE IF NOT EXISTS module_versions (module TEXT PRIMARY KEY, version INTEGER NOT NULL)`); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO module_versions (module, version) VALUES ($1, 0) ON CONFLICT (module) DO NOTHING`,
		module); err != nil {
		return err
	}
	var version int
	if err := tx.QueryRowContext(ctx, `SELECT version FROM module_versions WHERE module = $1`, module).Scan(&version); err != nil {
		return err
	}
	if version > len(steps) {
		return fmt.Errorf("the database has version %d, and this program knows %d: it is too old", version, len(steps))
	}
	for _, step := range steps[version:] {
		if _, err := tx.ExecContext(ctx, step); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, `UPDATE module_versions SET version = $2 WHERE module = $1`, module, len(steps)); err != nil {
		return err
	}
	return tx.Commit()
}

// Wait waits until the database answers, or ctx ends.
func (db *DB) Wait(ctx context.Context) error {
	for {
		err := db.PingContext(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the database did not answer: %w", err)
		case <-time.After(200 * time.Millisecond):
		}
	}
}
