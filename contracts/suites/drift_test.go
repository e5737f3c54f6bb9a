package suites_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/schema"
)

// bodies maps each body of a pact, by its provider and purpose, to its schema. Every body of every pact must have a line.
var bodies = map[string]string{
	"invoices POST /webhooks/invoices":     "invoice-event",
	"invoices POST /webhooks/invoices 200": "webhook-result",
	"invoices GET /invoices/* 200":         "invoice",
	"invoices GET /invoices 200":           "invoice-list",
	"invoices GET /totals 200":             "totals",
	"invoices message":                     "ledger-message",
	"problem":                              "problem",
	"customers GET /customers/* 200":       "customer",
}

// A pact and the schema of the same payload must not drift apart: the examples of the pacts are valid. An
// answer in a pact holds only what its consumer reads, so "required" is not checked there.
func TestPactsAgreeWithSchemas(t *testing.T) {
	type body struct {
		Content json.RawMessage `json:"content"`
	}
	type pact struct {
		Provider     struct{ Name string }
		Interactions []struct {
			Description string
			Request     *struct {
				Method, Path string
				Body         *body
			}
			Response *struct {
				Status int
				Body   *body
			}
			Contents *body
		}
	}
	files, err := filepath.Glob("../pacts/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	check := func(t *testing.T, what string, b *body, partial bool) {
		t.Helper()
		if b == nil {
			return
		}
		name, ok := bodies[what]
		require.True(t, ok, "no schema is named for %q", what)
		s, err := schema.Load(filepath.Join("../schemas", name+".schema.json"))
		require.NoError(t, err)
		for _, v := range s.Check(b.Content) {
			if !partial || v.Keyword != "required" {
				t.Errorf("FAIL: %s: the example in the pact is not valid under %s: %s", what, s.Path(), v)
			}
		}
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var p pact
		require.NoError(t, json.Unmarshal(text, &p))
		if p.Provider.Name == brokerName { // its schemas are its makers'
			continue
		}
		for _, i := range p.Interactions {
			t.Run(filepath.Base(file)+"/"+i.Description, func(t *testing.T) {
				if i.Request == nil {
					check(t, p.Provider.Name+" message", i.Contents, false)
					return
				}
				what := p.Provider.Name + " " + i.Request.Method + " " + route(i.Request.Path)
				check(t, what, i.Request.Body, false)
				if i.Response.Status >= 400 {
					what = "problem"
				} else {
					what += " 200"
				}
				check(t, what, i.Response.Body, true)
			})
		}
	}
}

// route replaces what follows a collection's name with a star.
func route(path string) string {
	for _, collection := range []string{"/invoices/", "/customers/"} {
		if strings.HasPrefix(path, collection) {
			return collection + "*"
		}
	}
	return path
}
