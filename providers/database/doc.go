// Package database opens the database of a reference service, PostgreSQL or SQLite, and brings its tables up to
// date. It hides no SQL: the queries of a service are written so that both understand them, with $1, $2
// for arguments.
package database
