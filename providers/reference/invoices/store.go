package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/fridaygate/fridaygate/providers/database"
	"github.com/fridaygate/fridaygate/providers/idempotency"
	"github.com/fridaygate/fridaygate/providers/reference/service"
)

// store keeps invoices, and a journal of every execution of an event.
type store struct {
	db *database.DB
}

func openStore(ctx context.Context, db *database.DB) (*store, error) {
	id := "BIGSERIAL PRIMARY KEY"
	if db.Dialect == database.SQLite {
		id = "INTEGER PRIMARY KEY AUTOINCREMENT"
	}
	return &store{db}, database.Migrate(ctx, db, "invoices", []string{`
CREATE TABLE invoices (
	id               TEXT PRIMARY KEY,
	source           TEXT NOT NULL,
	number           TEXT NOT NULL,
	customer         TEXT NOT NULL,
	customer_name    TEXT NOT NULL DEFAULT '',
	customer_country TEXT NOT NULL DEFAULT '',
	enrichment       TEXT NOT NULL, -- pending, done, unknown-customer or failed
	status           TEXT NOT NULL,
	currency         TEXT NOT NULL,
	total            BIGINT NOT NULL,
	paid             BIGINT NOT NULL,
	refunded         BIGINT NOT NULL,
	issued_at        BIGINT NOT NULL, -- microseconds since 1970
	memo             TEXT NOT NULL,
	purchase_order   TEXT NOT NULL
);
CREATE INDEX invoices_customer ON invoices (customer, issued_at, id);
CREATE INDEX invoices_issued ON invoices (issued_at);
CREATE INDEX invoices_pending ON invoices (id) WHERE enrichment = 'pending';
-- One row an execution. There is no unique key on the event: a doubled execution must show.
CREATE TABLE journal (
	id         ` + id + `,
	source     TEXT NOT NULL,
	event_id   TEXT NOT NULL,
	type       TEXT NOT NULL,
	invoice_id TEXT NOT NULL,
	outcome    TEXT NOT NULL, -- applied or superseded
	amount     BIGINT NOT NULL,
	at         BIGINT NOT NULL
);
CREATE INDEX journal_event ON journal (source, event_id);
`})
}

// ledgerMessage is what is published of an event on the stream.
type ledgerMessage struct {
	EventID    string    `json:"event_id"`
	Source     string    `json:"source"`
	Type       string    `json:"type"`
	InvoiceID  string    `json:"invoice_id"`
	Customer   string    `json:"customer"`
	Currency   string    `json:"currency"`
	Amount     int64     `json:"amount"`
	OccurredAt time.Time `json:"occurred_at"`
}

// carryOut applies an event within the transaction of its claim: the invoice, the journal and the outbox. What
// it returns is so once the transaction is committed.
func (s *store) carryOut(ctx context.Context, tx *idempotency.Tx, e event) (c change, err error) {
	i := e.Invoice
	// Of two events on a new invoice, one inserts the row and the other waits here for it.
	_, err = tx.ExecContext(ctx,
		`INSERT INTO invoices (id, source, number, customer, enrichment, status, currency, total, paid, refunded, issued_at, memo, purchase_order)
		VALUES ($1, $2, $3, $4, 'pending', '', $5, 0, 0, 0, 0, '', '') ON CONFLICT (id) DO NOTHING`, i.ID, i.Source, i.Number, i.Customer,
		i.Currency)
	if err != nil {
		return c, err
	}
	status, err := s.current(ctx, tx, i.ID)
	if err != nil {
		return c, err
	}
	c = change{Invoice: i.ID, Outcome: "superseded", From: status, To: status, Message: e.Change}
	if status == "" || rank[i.Status] >= rank[status] {
		c.Outcome, c.To = "applied", i.Status
		_, err = tx.ExecContext(ctx,
			`UPDATE invoices SET source = $2, number = $3, enrichment = CASE WHEN customer = $4 THEN enrichment ELSE 'pending' END, customer = $4,
			status = $5, currency = $6, total = $7, paid = CASE WHEN $8 > paid THEN $8 ELSE paid END, refunded = $9, issued_at = $10,
			memo = $11, purchase_order = $12 WHERE id = $1`,
			i.ID, i.Source, i.Number, i.Customer, i.Status, i.Currency, i.Total, i.Paid, i.Refunded, i.IssuedAt.UnixMicro(), i.Memo, i.PurchaseOrder)
		if err != nil {
			return c, err
		}
	}
	_, err = tx.ExecContext(ctx,
		`INSERT INTO journal (source, event_id, type, invoice_id, outcome, amount, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		e.Source, e.ID, e.Change, i.ID, c.Outcome, e.moved(), time.Now().UnixMicro())
	if err != nil {
		return c, err
	}
	message, err := json.Marshal(ledgerMessage{
		EventID: e.ID, Source: e.Source, Type: e.Change, InvoiceID: i.ID, Customer: i.Customer,
		Currency: i.Currency, Amount: e.moved(), OccurredAt: e.OccurredAt,
	})
	if err != nil {
		return c, err
	}
	return c, tx.Emit(ctx, e.Change, service.TraceParent(ctx), message)
}

// current locks an invoice and returns its status.
func (s *store) current(ctx context.Context, tx *idempotency.Tx, id string) (status string, err error) {
	query := `SELECT status FROM invoices WHERE id = $1`
	if s.db.Dialect == database.PostgreSQL {
		query += ` FOR UPDATE`
	}
	err = tx.QueryRowContext(ctx, query, id).Scan(&status)
	return status, err
}

// effects counts how often an event was carried out.
func (s *store) effects(ctx context.Context, source, eventID string) (n int, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT count(*) FROM journal WHERE source = $1 AND event_id = $2`, source, eventID).Scan(&n)
	return n, err
}

// execution is what carrying an event out did.
type execution struct {
	Times     int
	InvoiceID string    // of the last one
	Outcome   string    // likewise: applied or superseded
	At        time.Time // likewise
}

// execution returns how often an event was carried out, and what the last time did. The zero value means never.
func (s *store) execution(ctx context.Context, source, eventID string) (e execution, err error) {
	var at int64
	err = s.db.QueryRowContext(ctx, `SELECT count(*) OVER (), invoice_id, outcome, at FROM journal
		WHERE source = $1 AND event_id = $2 ORDER BY id DESC LIMIT 1`, source, eventID).Scan(&e.Times, &e.InvoiceID, &e.Outcome, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return execution{}, nil
	}
	e.At = time.UnixMicro(at).UTC()
	return e, err
}

// stored is an invoice with what enrichment added to it.
type stored struct {
	invoice
	CustomerName    string
	CustomerCountry string
	Enrichment      string
}

const columns = `id, source, number, customer, customer_name, customer_country, enrichment,
	status, currency, total, paid, refunded, issued_at, memo, purchase_order`

func scan(row interface{ Scan(into ...any) error }) (stored, error) {
	var i stored
	var issued int64
	err := row.Scan(&i.ID, &i.Source, &i.Number, &i.Customer, &i.CustomerName, &i.CustomerCountry, &i.Enrichment, &i.Status,
		&i.Currency, &i.Total, &i.Paid, &i.Refunded, &issued, &i.Memo, &i.PurchaseOrder)
	i.IssuedAt = time.UnixMicro(issued).UTC()
	return i, err
}

var errNotFound = errors.New("not found")

func (s *store) invoice(ctx context.Context, id string) (stored, error) {
	i, err := scan(s.db.QueryRowContext(ctx, `SELECT `+columns+` FROM invoices WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return stored{}, errNotFound
	}
	return i, err
}

// ofCustomer returns at most limit invoices of a customer that come after a place in the order of issue time and id.
func (s *store) ofCustomer(ctx context.Context, customer string, after place, limit int) ([]stored, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT `+columns+
		` FROM invoices WHERE customer = $1 AND (issued_at > $2 OR (issued_at = $2 AND id > $3))
		ORDER BY issued_at, id LIMIT $4`, customer, after.IssuedAt, after.ID, limit)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err has the error
	all := []stored{}
	for rows.Next() {
		i, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, i)
	}
	return all, rows.Err()
}

// total is what one currency came to in a month.
type total struct {
	Currency string `json:"currency"`
	Invoices int64  `json:"invoices"`
	Invoiced int64  `json:"invoiced"`
	Paid     int64  `json:"paid"`
	Refunded int64  `json:"refunded"`
	Voided   int64  `json:"voided"`
}

// totals sums the invoices issued from a time up to, not including, another.
func (s *store) totals(ctx context.Context, from, to time.Time) ([]total, error) {
	rows, err := s.db.QueryContext(ctx,
		`SELECT currency, count(*), CAST(sum(total) AS BIGINT), CAST(sum(paid) AS BIGINT), CAST(sum(refunded) AS BIGINT),
		CAST(sum(CASE WHEN status = 'void' THEN total ELSE 0 END) AS BIGINT)
		FROM invoices WHERE issued_at >= $1 AND issued_at < $2 GROUP BY currency ORDER BY currency`, from.UnixMicro(), to.UnixMicro())
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err has the error
	all := []total{}
	for rows.Next() {
		var t total
		if err := rows.Scan(&t.Currency, &t.Invoices, &t.Invoiced, &t.Paid, &t.Refunded, &t.Voided); err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, rows.Err()
}
