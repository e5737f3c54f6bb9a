// Package database has what package idempotency and the reference services need of PostgreSQL and SQLite: a *sql.DB with
// its dialect, and migrations. It imports no driver and hides no SQL: queries are written for both databases, with $1, $2
// as arguments.
package database
