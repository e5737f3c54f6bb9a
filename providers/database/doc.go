// Package database is what package idempotency and the reference services ask of PostgreSQL or SQLite: a *sql.DB that
// knows its dialect, and tables that are brought up to date. It imports no driver. It hides no SQL: queries are written so
// that both databases understand them, with $1, $2 for arguments.
package database
