package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5/pgconn"
)

// postgres opens connections of PostgreSQL for database/sql. It stands on pgconn alone. Package stdlib of pgx does the same, and links
// the types of PostgreSQL as well: a tenth of the command, for values that are counts and texts here.
type postgres struct{ config *pgconn.Config }

// Connect opens a connection.
func (p postgres) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := pgconn.ConnectConfig(ctx, p.config)
	if err != nil {
		return nil, err
	}
	return &connection{c}, nil
}

// Driver returns the connector as a driver.
func (p postgres) Driver() driver.Driver { return p }

// Open is for drivers that are found by a name, which this one is not.
func (p postgres) Open(string) (driver.Conn, error) { return nil, errors.ErrUnsupported }

// connection is one connection. Statements are not prepared: each runs once.
type connection struct{ *pgconn.PgConn }

// Prepare is not supported: see QueryContext and ExecContext.
func (c *connection) Prepare(string) (driver.Stmt, error) { return nil, errors.ErrUnsupported }

// Begin begins a transaction.
func (c *connection) Begin() (driver.Tx, error) {
	return c.BeginTx(context.Background(), driver.TxOptions{})
}

// BeginTx begins a transaction of the database's own isolation level.
func (c *connection) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if o.Isolation != 0 {
		return nil, fmt.Errorf("isolation level %d: %w", o.Isolation, errors.ErrUnsupported)
	}
	statement := "BEGIN"
	if o.ReadOnly {
		statement = "BEGIN READ ONLY"
	}
	return transaction{c}, c.run(ctx, statement)
}

func (c *connection) run(ctx context.Context, statement string) error {
	return c.broken(c.Exec(ctx, statement).Close())
}

// broken returns an error, as driver.ErrBadConn if the connection was lost before anything was sent: database/sql then takes another one.
func (c *connection) broken(err error) error {
	if err != nil && c.IsClosed() && pgconn.SafeToRetry(err) {
		return driver.ErrBadConn
	}
	return err
}

// Close closes the connection.
func (c *connection) Close() error { return c.PgConn.Close(context.Background()) }

// Ping asks for an answer.
func (c *connection) Ping(ctx context.Context) error { return c.broken(c.PgConn.Ping(ctx)) }

// IsValid reports whether the connection can be used again.
func (c *connection) IsValid() bool { return !c.IsClosed() && c.TxStatus() == 'I' }

// QueryContext runs a statement, and returns its rows as they come, each value as text.
func (c *connection) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	values, err := texts(args)
	if err != nil {
		return nil, err
	}
	return &rows{connection: c, result: c.ExecParams(ctx, query, values, nil, nil, nil)}, nil
}

// ExecContext runs a statement without rows.
func (c *connection) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	values, err := texts(args)
	if err != nil {
		return nil, err
	}
	tag, err := c.ExecParams(ctx, query, values, nil, nil, nil).Close()
	if err != nil {
		return nil, c.broken(err)
	}
	return driver.RowsAffected(tag.RowsAffected()), nil
}

// texts returns arguments as PostgreSQL reads them: as text, whose type it finds out.
func texts(args []driver.NamedValue) ([][]byte, error) {
	all := make([][]byte, len(args))
	for i, arg := range args {
		switch value := arg.Value.(type) {
		case nil:
		case string:
			all[i] = []byte(value)
		case int64, float64, bool:
			all[i] = fmt.Append(nil, value)
		default:
			return nil, fmt.Errorf("argument %d is a %T: %w", arg.Ordinal, value, errors.ErrUnsupported)
		}
	}
	return all, nil
}

// transaction is a transaction of a connection.
type transaction struct{ connection *connection }

// Commit commits it.
func (t transaction) Commit() error { return t.connection.run(context.Background(), "COMMIT") }

// Rollback rolls it back.
func (t transaction) Rollback() error { return t.connection.run(context.Background(), "ROLLBACK") }

// rows are the rows of a result.
type rows struct {
	connection *connection
	result     *pgconn.ResultReader
}

// Columns returns the names of the columns. A statement that was refused has none.
func (r *rows) Columns() []string {
	var names []string
	for _, f := range r.result.FieldDescriptions() {
		names = append(names, f.Name)
	}
	return names
}

// Next reads the next row. io.EOF says that there is none.
func (r *rows) Next(into []driver.Value) error {
	if !r.result.NextRow() {
		if err := r.Close(); err != nil {
			return err
		}
		return io.EOF
	}
	for i, value := range r.result.Values() {
		if into[i] = nil; value != nil {
			into[i] = string(value)
		}
	}
	return nil
}

// Close reads what is left of the result.
func (r *rows) Close() error {
	_, err := r.result.Close()
	return r.connection.broken(err)
}
