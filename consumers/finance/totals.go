package finance

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"
)

// Month is a calendar month, UTC.
type Month struct {
	Year  int
	Month time.Month
}

// String returns the month as YYYY-MM.
func (m Month) String() string { return fmt.Sprintf("%04d-%02d", m.Year, int(m.Month)) }

// Total is what one currency came to in a month. Amounts are in the currency's minor unit.
type Total struct {
	Currency string `json:"currency"`
	Invoices int    `json:"invoices"`
	Invoiced int64  `json:"invoiced"`
	Paid     int64  `json:"paid"`
	Refunded int64  `json:"refunded"`
	Voided   int64  `json:"voided"`
}

// Totals reads the totals of the invoices issued in a month, one for each currency; none when nothing was issued.
func (c *Client) Totals(ctx context.Context, month Month) ([]Total, error) {
	var answer struct {
		Month  string  `json:"month"`
		Totals []Total `json:"totals"`
	}
	err := c.read(ctx, "/totals", url.Values{"month": {month.String()}}, &answer)
	if err == nil && answer.Month != month.String() {
		err = fmt.Errorf("the answer is about %q", answer.Month)
	}
	if err != nil {
		return nil, wrap("totals of "+month.String(), err)
	}
	return answer.Totals, nil
}

// Difference is one figure on which the books and the service disagree.
type Difference struct {
	Currency string
	Figure   string // invoices, invoiced, paid, refunded or voided
	Books    int64
	Service  int64
}

// Reconcile compares finance's own books with the service's totals: every figure that differs, in order
// of currency. A currency that one side lacks counts as zero there.
func Reconcile(books, service []Total) []Difference {
	type pair struct{ books, service Total }
	pairs := map[string]pair{}
	for _, t := range books {
		pairs[t.Currency] = pair{books: t}
	}
	for _, t := range service {
		p := pairs[t.Currency]
		p.service = t
		pairs[t.Currency] = p
	}
	var found []Difference
	for currency, p := range pairs {
		for _, f := range []struct {
			name           string
			books, service int64
		}{
			{"invoices", int64(p.books.Invoices), int64(p.service.Invoices)},
			{"invoiced", p.books.Invoiced, p.service.Invoiced},
			{"paid", p.books.Paid, p.service.Paid},
			{"refunded", p.books.Refunded, p.service.Refunded},
			{"voided", p.books.Voided, p.service.Voided},
		} {
			if f.books != f.service {
				found = append(found, Difference{currency, f.name, f.books, f.service})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Difference) int { return cmp.Compare(a.Currency, b.Currency) })
	return found
}
