package enrichment

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"time"
)

// Customer holds the details of a customer that invoices needs.
type Customer struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Country string `json:"country"` // ISO 3166-1 alpha-2
}

// What can be wrong. ErrNotFound is final; ErrUnavailable may pass; ErrMalformed is a broken contract.
var (
	ErrNotFound    = errors.New("no such customer")
	ErrUnavailable = errors.New("the customers service is not available")
	ErrMalformed   = errors.New("the customers service answered with something else")
)

// answerLimit bounds an answer, in bytes.
const answerLimit = 64 << 10

// Client is a client of one customers service. It is safe for concurrent use.
type Client struct {
	BaseURL string
	HTTP    *http.Client // nil: one with a timeout of 5 s
}

// Customer looks a customer up. The error is one of ErrNotFound, ErrUnavailable and ErrMalformed.
func (c Client) Customer(ctx context.Context, id string) (Customer, error) {
	customer, err := c.customer(ctx, id)
	if err != nil {
		return Customer{}, fmt.Errorf("customer %s: %w", id, err)
	}
	return customer, nil
}

func (c Client) customer(ctx context.Context, id string) (Customer, error) {
	address, err := url.JoinPath(c.BaseURL, "customers", url.PathEscape(id))
	if err != nil {
		return Customer{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return Customer{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	request.Header.Set("Accept", "application/json")
	client := c.HTTP
	if client == nil {
		client = &http.Client{Timeout: 5 * time.Second}
	}
	answer, err := client.Do(request)
	if err != nil {
		return Customer{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	defer func() { _ = answer.Body.Close() }() // nothing can be done about an answer that was read
	body, err := io.ReadAll(io.LimitReader(answer.Body, answerLimit))
	switch {
	case err != nil:
		return Customer{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
	case answer.StatusCode == http.StatusNotFound:
		return Customer{}, ErrNotFound
	case answer.StatusCode >= 500 || answer.StatusCode == http.StatusTooManyRequests:
		return Customer{}, fmt.Errorf("%w: it answered %d", ErrUnavailable, answer.StatusCode)
	case answer.StatusCode != http.StatusOK:
		return Customer{}, fmt.Errorf("%w: status %d", ErrMalformed, answer.StatusCode)
	}
	return read(body, id)
}

var country = regexp.MustCompile(`^[A-Z]{2}$`)

// read takes nothing on trust: what is stored here is shown to people.
func read(body []byte, id string) (Customer, error) {
	var customer Customer
	if err := json.Unmarshal(body, &customer); err != nil {
		return Customer{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	switch {
	case customer.ID != id:
		return Customer{}, fmt.Errorf("%w: customer %q", ErrMalformed, customer.ID)
	case customer.Name == "":
		return Customer{}, fmt.Errorf("%w: no name", ErrMalformed)
	case !country.MatchString(customer.Country):
		return Customer{}, fmt.Errorf("%w: country %q", ErrMalformed, customer.Country)
	}
	return customer, nil
}
