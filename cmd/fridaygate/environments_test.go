package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/broker"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// A contact is sent as the Pact Broker takes it, and none is sent where none is named.
func TestCreateEnvironmentNamesAContact(t *testing.T) {
	var sent string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/hal+json")
		if r.Method == http.MethodPost {
			body, _ := io.ReadAll(r.Body)
			sent = string(body)
			w.WriteHeader(http.StatusCreated)
		}
		_, _ = fmt.Fprintf(w, `{"_links":{"pb:environments":{"href":"http://%s/environments"}}}`, r.Host)
	}))
	defer server.Close()
	for want, flags := range map[string][]string{
		`{"name":"live","production":true}`:                                  nil,
		`{"name":"live","production":true,"contacts":[{"name":"Payments"}]}`: {"--contact-name", "Payments"},
		`{"name":"live","production":true,"contacts":[{"details":{"emailAddress":"p@example.com"}}]}`: {
			"--contact-email-address", "p@example.com",
		},
		`{"name":"live","production":true,"contacts":[{"name":"Payments","details":{"emailAddress":"p@example.com"}}]}`: {
			"--contact-name", "Payments", "--contact-email-address", "p@example.com",
		},
	} {
		var out bytes.Buffer
		std := streams{out: &out, err: &out, getenv: func(name string) string { return map[string]string{broker.VariableURL: server.URL}[name] }}
		code := run(t.Context(), append([]string{"create-environment", "--name", "live", "--production"}, flags...), std)
		require.Equal(t, verdict.ExitPass, code, out.String())
		require.JSONEq(t, want, sent)
	}
}
