package main

import (
	"context"
	"crypto/subtle"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/fridaygate/fridaygate/providers/database"
	"github.com/fridaygate/fridaygate/providers/reference/service"
)

// customer is one row, and the answer that shows it.
type customer struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Country string `json:"country"` // ISO 3166-1 alpha-2
	VATID   string `json:"vat_id,omitempty"`
}

var (
	customerID = regexp.MustCompile(`^cus_[A-Za-z0-9_-]{1,60}$`)
	country    = regexp.MustCompile(`^[A-Z]{2}$`)
)

func (c customer) check() error {
	switch {
	case !customerID.MatchString(c.ID):
		return errors.New("id must be cus_ and letters or digits, and the one in the path")
	case c.Name == "" || len([]rune(c.Name)) > 200:
		return errors.New("name must have from 1 to 200 characters")
	case !country.MatchString(c.Country):
		return errors.New("country must be two capital letters")
	case c.VATID != "" && (len(c.VATID) < 4 || len(c.VATID) > 20):
		return errors.New("vat_id must have from 4 to 20 characters")
	}
	return nil
}

// store keeps customers.
type store struct {
	db *database.DB
}

func openStore(ctx context.Context, db *database.DB) (*store, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := db.Wait(ctx); err != nil {
		return nil, err
	}
	return &store{db}, database.Migrate(ctx, db, "customers", []string{`
CREATE TABLE customers (
	id      TEXT PRIMARY KEY,
	name    TEXT NOT NULL,
	country TEXT NOT NULL,
	vat_id  TEXT NOT NULL
);
`})
}

var errNotFound = errors.New("not found")

func (s *store) customer(ctx context.Context, id string) (customer, error) {
	c := customer{ID: id}
	err := s.db.QueryRowContext(ctx, `SELECT name, country, vat_id FROM customers WHERE id = $1`, id).Scan(&c.Name, &c.Country, &c.VATID)
	if errors.Is(err, sql.ErrNoRows) {
		return customer{}, errNotFound
	}
	return c, err
}

func (s *store) put(ctx context.Context, c customer) error {
	_, err := s.db.ExecContext(ctx, `INSERT INTO customers (id, name, country, vat_id) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, country = excluded.country, vat_id = excluded.vat_id`, c.ID, c.Name, c.Country,
		c.VATID)
	return err
}

func routes(app *service.Service, s *store, token string) *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /customers/{id}", func(w http.ResponseWriter, r *http.Request) {
		c, err := s.customer(r.Context(), r.PathValue("id"))
		switch {
		case errors.Is(err, errNotFound):
			service.Problem(w, r, http.StatusNotFound, "not-found", "There is no such customer.", "")
		case err != nil:
			app.Unavailable(w, r, err)
		default:
			service.JSON(w, http.StatusOK, c)
		}
	})
	mux.HandleFunc("PUT /customers/{id}", func(w http.ResponseWriter, r *http.Request) {
		given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok || subtle.ConstantTimeCompare([]byte(given), []byte(token)) != 1 {
			w.Header().Set("WWW-Authenticate", "Bearer")
			service.Problem(w, r, http.StatusUnauthorized, "token", "Writing needs the token.", "")
			return
		}
		c, err := read(w, r)
		if err != nil {
			service.Problem(w, r, http.StatusUnprocessableEntity, "invalid-customer", err.Error(), "")
			return
		}
		if err := s.put(r.Context(), c); err != nil {
			app.Unavailable(w, r, err)
			return
		}
		service.JSON(w, http.StatusOK, c)
	})
	return mux
}

func read(w http.ResponseWriter, r *http.Request) (customer, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
	if err != nil {
		return customer{}, err
	}
	c := customer{ID: r.PathValue("id")}
	if err := json.Unmarshal(body, &c); err != nil {
		return customer{}, err
	}
	if c.ID != r.PathValue("id") {
		c.ID = ""
	}
	return c, c.check()
}
