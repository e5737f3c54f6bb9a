package finance_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/consumers/finance"
)

func service(t *testing.T, answer http.HandlerFunc) *finance.Client {
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return &finance.Client{URL: server.URL}
}

func TestInvoicesFollowsPagination(t *testing.T) {
	pages := map[string]string{
		"":  `{"invoices":[{"id":"inv_1"},{"id":"inv_2"}],"next":"b"}`,
		"b": `{"invoices":[{"id":"inv_3"}]}`,
	}
	client := service(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, pages[r.URL.Query().Get("after")])
	})
	var ids []string
	for invoice, err := range client.Invoices(t.Context(), "cus_1", 2) {
		require.NoError(t, err)
		ids = append(ids, invoice.ID)
	}
	require.Equal(t, []string{"inv_1", "inv_2", "inv_3"}, ids)
}

func TestPageThatRepeatsItselfIsAnError(t *testing.T) {
	client := service(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"invoices":[{"id":"inv_1"}],"next":"again"}`)
	})
	var last error
	for _, err := range client.Invoices(t.Context(), "cus_1", 0) {
		last = err
	}
	require.ErrorContains(t, last, "the next page is this page")
}

func TestNotFoundIsOnlyWhatTheServiceCallsSo(t *testing.T) {
	answer := `{"type":"/problems/not-found","title":"Not found","status":404}`
	client := service(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, answer)
	})
	_, err := client.Invoice(t.Context(), "inv_1")
	require.ErrorIs(t, err, finance.ErrNotFound)

	answer = "404 page not found"
	_, err = client.Invoice(t.Context(), "inv_1")
	require.NotErrorIs(t, err, finance.ErrNotFound)
	var status *finance.StatusError
	require.ErrorAs(t, err, &status)
	require.Equal(t, http.StatusNotFound, status.Status)
}

func TestAnswerAboutSomethingElseIsAnError(t *testing.T) {
	client := service(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"id":"inv_2","month":"2026-10"}`)
	})
	_, err := client.Invoice(t.Context(), "inv_1")
	require.ErrorContains(t, err, "another invoice")
	_, err = client.Totals(t.Context(), finance.Month{Year: 2026, Month: 11})
	require.ErrorContains(t, err, `the answer is about "2026-10"`)
}

func TestReconcileNamesEveryDifference(t *testing.T) {
	books := []finance.Total{{Currency: "EUR", Invoices: 2, Invoiced: 300, Paid: 100}, {Currency: "USD", Invoices: 1, Invoiced: 50}}
	service := []finance.Total{{Currency: "EUR", Invoices: 2, Invoiced: 300, Paid: 200}}
	require.Equal(t, []finance.Difference{
		{"EUR", "paid", 100, 200},
		{"USD", "invoices", 1, 0},
		{"USD", "invoiced", 50, 0},
	}, finance.Reconcile(books, service))
	require.Empty(t, finance.Reconcile(service, service))
}
