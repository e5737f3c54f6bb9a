package enrichment_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/consumers/enrichment"
)

func TestAnswerDecidesCustomerOrError(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		want   error
	}{
		"found":            {200, `{"id":"cus_1","name":"Zon","country":"NL","vat_id":"more is fine"}`, nil},
		"not found":        {404, ``, enrichment.ErrNotFound},
		"down":             {503, ``, enrichment.ErrUnavailable},
		"too many":         {429, ``, enrichment.ErrUnavailable},
		"another status":   {301, ``, enrichment.ErrMalformed},
		"not JSON":         {200, `<html>`, enrichment.ErrMalformed},
		"another customer": {200, `{"id":"cus_2","name":"Zon","country":"NL"}`, enrichment.ErrMalformed},
		"no name":          {200, `{"id":"cus_1","country":"NL"}`, enrichment.ErrMalformed},
		"bad country":      {200, `{"id":"cus_1","name":"Zon","country":"Netherlands"}`, enrichment.ErrMalformed},
		"endless":          {200, strings.Repeat(" ", 1<<20), enrichment.ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/base/customers/cus_1" {
					w.WriteHeader(http.StatusTeapot)
					return
				}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			}))
			defer server.Close()
			got, err := enrichment.Client{BaseURL: server.URL + "/base/"}.Customer(t.Context(), "cus_1")
			require.ErrorIs(t, err, c.want)
			if c.want == nil {
				require.Equal(t, enrichment.Customer{ID: "cus_1", Name: "Zon", Country: "NL"}, got)
			}
		})
	}
}

func TestUnreachableServiceIsErrUnavailable(t *testing.T) {
	_, err := enrichment.Client{BaseURL: "http://127.0.0.1:1"}.Customer(t.Context(), "cus_1")
	require.ErrorIs(t, err, enrichment.ErrUnavailable)

	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer silent.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	_, err = enrichment.Client{BaseURL: silent.URL}.Customer(ctx, "cus_1")
	require.ErrorIs(t, err, enrichment.ErrUnavailable)
	require.ErrorIs(t, err, context.DeadlineExceeded)
}
