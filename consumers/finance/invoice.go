package finance

import (
	"context"
	"errors"
	"iter"
	"net/url"
	"strconv"
	"time"
)

// Invoice is an invoice as finance sees it. Amounts are in the currency's minor unit.
type Invoice struct {
	ID       string    `json:"id"`
	Number   string    `json:"number"`
	Customer Customer  `json:"customer"`
	Status   string    `json:"status"` // open, paid, void or refunded
	Currency string    `json:"currency"`
	Total    int64     `json:"total"`
	Paid     int64     `json:"paid"`
	Refunded int64     `json:"refunded"`
	IssuedAt time.Time `json:"issued_at"`
}

// Customer is whom an invoice is for.
type Customer struct {
	ID         string `json:"id"`
	Name       string `json:"name,omitempty"` // empty until Enrichment is "done"
	Enrichment string `json:"enrichment"`
}

// Open is what is still to be paid.
func (i Invoice) Open() int64 {
	if i.Status != "open" {
		return 0
	}
	return i.Total - i.Paid
}

// Invoice returns one invoice, or ErrNotFound if there is none with that id.
func (c *Client) Invoice(ctx context.Context, id string) (Invoice, error) {
	var invoice Invoice
	err := c.read(ctx, "/invoices/"+url.PathEscape(id), nil, &invoice)
	if err == nil && invoice.ID != id {
		err = errors.New("the answer is another invoice: " + strconv.Quote(invoice.ID))
	}
	if err != nil {
		return Invoice{}, wrap("invoice "+id, err)
	}
	return invoice, nil
}

// Invoices reads every invoice of a customer, in order of issue, pageSize at a time (1 to 100; zero leaves
// the size to the service). It stops after the first error.
func (c *Client) Invoices(ctx context.Context, customer string, pageSize int) iter.Seq2[Invoice, error] {
	return func(yield func(Invoice, error) bool) {
		after := ""
		for {
			page, err := c.page(ctx, customer, pageSize, after)
			if err == nil && page.Next != "" && page.Next == after {
				err = errors.New("the next page is this page")
			}
			if err != nil {
				yield(Invoice{}, wrap("invoices of "+customer, err))
				return
			}
			for _, invoice := range page.Invoices {
				if !yield(invoice, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			after = page.Next
		}
	}
}

type page struct {
	Invoices []Invoice `json:"invoices"`
	Next     string    `json:"next"`
}

func (c *Client) page(ctx context.Context, customer string, size int, after string) (page, error) {
	query := url.Values{"customer": {customer}}
	if size > 0 {
		query.Set("limit", strconv.Itoa(size))
	}
	if after != "" {
		query.Set("after", after)
	}
	var p page
	err := c.read(ctx, "/invoices", query, &p)
	return p, err
}
