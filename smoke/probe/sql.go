package probe

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/fridaygate/fridaygate/smoke/database"
	"github.com/fridaygate/fridaygate/smoke/webhook"
)

// overSQL counts in the receiver's own database.
type overSQL struct {
	probe webhook.SQLProbe
	db    *sql.DB
}

func newOverSQL(p webhook.SQLProbe, o Options) (Probe, error) {
	address, ok := o.LookupEnv(p.URLEnv)
	if !ok {
		return nil, fmt.Errorf("effects.sql.url_env: the variable %s is not set: export the URL of the receiver's database", p.URLEnv)
	}
	db, err := database.Open(address, database.Options{Hosts: o.Hosts})
	if err != nil {
		return nil, fmt.Errorf("effects.sql.url_env: the variable %s: %w", p.URLEnv, err)
	}
	db.SetMaxOpenConns(4)
	return &overSQL{probe: p, db: db}, nil
}

func (p *overSQL) Where(e Event) string {
	where := strings.Join(strings.Fields(p.probe.Query), " ") + " [" + e.ID
	if strings.Contains(p.probe.Query, "$2") {
		where += ", " + e.Tenant
	}
	return where + "]"
}

func (p *overSQL) Look(ctx context.Context, e Event) (Count, error) {
	arguments := []any{e.ID}
	if strings.Contains(p.probe.Query, "$2") {
		arguments = append(arguments, e.Tenant)
	}
	look, err := p.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // a probe changes nothing
	if err != nil {
		return Count{}, err
	}
	defer func() { _ = look.Rollback() }() // it read what it read
	n, err := CountRows(ctx, look, p.probe.Query, arguments...)
	return Count{N: n}, err
}

// CountRows returns the one number that a query gives. More rows than one are no count: they would be one effect each, of
// which only the first was read.
func CountRows(ctx context.Context, tx *sql.Tx, query string, arguments ...any) (int, error) {
	rows, err := tx.QueryContext(ctx, query, arguments...)
	if err != nil {
		return 0, err
	}
	defer func() { _ = rows.Close() }() // all of them were read, or the error is reported
	var n sql.NullInt64
	if rows.Next() {
		if err := rows.Scan(&n); err != nil {
			return 0, err
		}
		if rows.Next() {
			return 0, errors.New("the query gave more than one row: it must count")
		}
	} else if rows.Err() == nil {
		return 0, errors.New("the query gave no row: it must count")
	}
	switch {
	case rows.Err() != nil:
		return 0, rows.Err()
	case !n.Valid:
		return 0, errors.New("the query gave NULL, and not a count")
	case n.Int64 < 0:
		return 0, fmt.Errorf("the query gave %d, and not a count", n.Int64)
	}
	return int(n.Int64), nil
}

func (p *overSQL) Close() error { return p.db.Close() }
