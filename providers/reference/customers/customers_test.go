package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/providers/database"
	"github.com/fridaygate/fridaygate/providers/reference/service"
)

const token = "a-token-of-at-least-32-characters"

func start(t *testing.T) (func(method, path, body, authorization string) *httptest.ResponseRecorder, *database.DB) {
	t.Helper()
	s, err := loadSettings([]string{"APP_ENV=dev", "APP_TOKEN=" + token})
	require.NoError(t, err)
	db, err := service.OpenDatabase(string(s.Database.URL))
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	customers, err := openStore(t.Context(), db)
	require.NoError(t, err)
	app := service.New("customers", "", s.Base, s, io.Discard)
	handler := app.Handler(routes(app, customers, string(s.Token)))
	return func(method, path, body, authorization string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Authorization", authorization)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w
	}, db
}

func TestCustomerIsWhatWasPut(t *testing.T) {
	call, db := start(t)
	require.Equal(t, 404, call(http.MethodGet, "/customers/cus_1", "", "").Code)
	for _, body := range []string{
		`{"name":"Zon","country":"NL","vat_id":"NL123456789B01"}`, `{"id":"cus_1","name":"Zön 🍮","country":"BE"}`,
	} {
		w := call(http.MethodPut, "/customers/cus_1", body, "Bearer "+token)
		require.Equal(t, 200, w.Code, w.Body)
		got := call(http.MethodGet, "/customers/cus_1", "", "")
		require.Equal(t, w.Body.String(), got.Body.String())
		valid(t, got.Body.Bytes())
	}
	require.NoError(t, db.Close())
	require.Equal(t, 503, call(http.MethodGet, "/customers/cus_1", "", "").Code)
	require.Equal(t, 503, call(http.MethodPut, "/customers/cus_1", `{"name":"Zon","country":"NL"}`, "Bearer "+token).Code)
}

func valid(t *testing.T, document []byte) {
	t.Helper()
	schema, err := jsonschema.Compile("../../../contracts/schemas/customer.schema.json")
	require.NoError(t, err)
	var value any
	require.NoError(t, json.Unmarshal(document, &value))
	require.NoError(t, schema.Validate(value))
}

func TestWritingNeedsTheToken(t *testing.T) {
	call, _ := start(t)
	for _, authorization := range []string{"", token, "Bearer ", "Bearer x", "Basic " + token} {
		require.Equal(t, 401, call(http.MethodPut, "/customers/cus_1", `{"name":"Zon","country":"NL"}`, authorization).Code)
	}
	require.Equal(t, 404, call(http.MethodGet, "/customers/cus_1", "", "").Code)
}

func TestCustomersThatAreRejected(t *testing.T) {
	call, _ := start(t)
	for path, body := range map[string]string{
		"/customers/cus_1": `{"name":"","country":"NL"}`,
		"/customers/cus_2": `{"name":"Zon","country":"nl"}`,
		"/customers/cus_3": `{"id":"cus_4","name":"Zon","country":"NL"}`,
		"/customers/cus_5": `{"name":"Zon","country":"NL","vat_id":"x"}`,
		"/customers/cus_6": `not JSON`,
		"/customers/7":     `{"name":"Zon","country":"NL"}`,
		"/customers/cus_8": `{"name":"` + strings.Repeat("x", 70<<10) + `","country":"NL"}`,
	} {
		require.Equal(t, 422, call(http.MethodPut, path, body, "Bearer "+token).Code, path)
		require.Equal(t, 404, call(http.MethodGet, path, "", "").Code, path)
	}
}

func TestWrongSettingsEndTheProcessAndShowNoValue(t *testing.T) {
	var stderr bytes.Buffer
	p := service.Process{Name: "customers", Environ: []string{"APP_ENV=prod", "APP_PORT=1", "APP_TOKEN=hunter2"}, Stderr: &stderr}
	require.Equal(t, 2, p.Run(context.Background(), run))
	for _, want := range []string{
		"APP_PORT must be", "APP_TOKEN must have at least 32", "APP_DATABASE__URL must be a database that outlives",
	} {
		require.Contains(t, stderr.String(), want)
	}
	require.NotContains(t, stderr.String(), "hunter2")
}
