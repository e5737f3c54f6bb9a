package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/providers/idempotency"
	"github.com/fridaygate/fridaygate/providers/reference/service"
)

const (
	invoicesSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	stripeSecret   = "whsec_0123456789012345678901234567890123456789"
)

func environ(more ...string) []string {
	return append([]string{
		"APP_ENV=dev", "APP_WEBHOOKS__INVOICES_SECRET=" + invoicesSecret, "APP_WEBHOOKS__STRIPE_SECRET=" + stripeSecret,
	}, more...)
}

// running is the service on SQLite in memory, without a port.
type running struct {
	t       *testing.T
	app     *app
	handler http.Handler
}

func start(t *testing.T, more ...string) *running {
	t.Helper()
	s, err := loadSettings(environ(more...))
	require.NoError(t, err)
	a, err := newApp(t.Context(), s, io.Discard)
	require.NoError(t, err)
	require.NoError(t, a.startTasks())
	t.Cleanup(func() {
		require.NoError(t, a.service.Tasks.Close(context.Background()))
		require.NoError(t, a.close())
	})
	return &running{t, a, a.service.Handler(a.routes())}
}

func (r *running) do(request *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r.handler.ServeHTTP(w, request)
	require.NotEmpty(r.t, w.Header().Get("X-Request-ID"))
	if w.Code >= 400 {
		require.Equal(r.t, "application/problem+json", w.Header().Get("Content-Type"))
		valid(r.t, "problem", w.Body.Bytes())
	}
	return w
}

func (r *running) get(path string) *httptest.ResponseRecorder {
	return r.do(httptest.NewRequest(http.MethodGet, path, nil))
}

// send delivers a body to POST /webhooks/invoices, properly signed, and then changed.
func (r *running) send(id, body string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	request := httptest.NewRequest(http.MethodPost, "/webhooks/invoices", strings.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	signStandard(request.Header, id, time.Now(), body)
	for _, c := range change {
		c(request)
	}
	return r.do(request)
}

func (r *running) sendStripe(body string, at time.Time) *httptest.ResponseRecorder {
	request := httptest.NewRequest(http.MethodPost, "/webhooks/stripe", strings.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	seconds := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(stripeSecret))
	mac.Write([]byte(seconds + "." + body))
	request.Header.Set("Stripe-Signature", "t="+seconds+",v1="+strings.Repeat("0", 64)+",v1="+hex.EncodeToString(mac.Sum(nil)))
	return r.do(request)
}

func signStandard(h http.Header, id string, at time.Time, body string) {
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(invoicesSecret, "whsec_"))
	seconds := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + seconds + "." + body))
	h.Set("webhook-id", id)
	h.Set("webhook-timestamp", seconds)
	h.Set("webhook-signature", "v1,AAAA v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

func (r *running) record(source, id string) (effects, published int) {
	w := r.get("/events/" + id + "?source=" + source)
	require.Equal(r.t, 200, w.Code)
	valid(r.t, "event-record", w.Body.Bytes())
	var record struct{ Effects, Published int }
	require.NoError(r.t, json.Unmarshal(w.Body.Bytes(), &record))
	return record.Effects, record.Published
}

// hops returns the states of an event's hops, by their names.
func (r *running) hops(id string) map[string]string {
	w := r.get("/events/" + id + "/lineage")
	require.Equal(r.t, 200, w.Code, w.Body)
	var a lineageAnswer
	require.NoError(r.t, json.Unmarshal(w.Body.Bytes(), &a))
	return map[string]string{
		"received": a.Received.State, "executed": a.Executed.State, "published": a.Published.State, "enriched": a.Enriched.State,
	}
}

// valid checks an answer with the schema that its consumers go by.
func valid(t *testing.T, schema string, document []byte) {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat = true
	compiler.LoadURL = func(url string) (io.ReadCloser, error) {
		return os.Open("../../../contracts/schemas/" + url[strings.LastIndexByte(url, '/')+1:])
	}
	compiled, err := compiler.Compile("file:///" + schema + ".schema.json")
	require.NoError(t, err)
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	var value any
	require.NoError(t, d.Decode(&value), "%s", document)
	require.NoError(t, compiled.Validate(value), "%s", document)
}

// body is an event about invoice inv_1.
func body(id, kind string, change ...string) string {
	status := statusAfter[kind]
	more := map[string]string{
		invoicePaid:     `,"payment":{"id":"pay_1","amount":1000,"paid_at":"2026-11-20T16:45:10Z"}`,
		invoiceRefunded: `,"refund":{"id":"ref_1","amount":400,"refunded_at":"2026-11-21T16:45:10Z"}`,
	}[kind]
	text := fmt.Sprintf(`{"id":"%s","type":"%s","timestamp":"2026-11-20T16:45:12Z","data":{"invoice":{`+
		`"id":"inv_1","number":"1","customer":"cus_1","status":"%s","currency":"EUR","total":1000,"issued_at":"2026-11-03T08:30:00Z",`+
		`"lines":[{"description":"Oven","quantity":1,"amount":1000}]}%s}}`, id, kind, status, more)
	return strings.NewReplacer(change...).Replace(text)
}

func TestDeliveryIsCarriedOutOnceAndAnsweredTheSame(t *testing.T) {
	r := start(t)
	first := r.send("evt_1", body("evt_1", invoicePaid))
	require.Equal(t, 200, first.Code)
	valid(t, "webhook-result", first.Body.Bytes())
	require.Empty(t, first.Header().Get("Idempotent-Replayed"))

	again := r.send("evt_1", body("evt_1", invoicePaid, `"total":1000,`, "\n \"total\" : 1e3 ,"))
	require.Equal(t, 200, again.Code)
	require.Equal(t, first.Body.String(), again.Body.String())
	require.Equal(t, "true", again.Header().Get("Idempotent-Replayed"))

	other := r.send("evt_1", body("evt_1", invoicePaid, `"total":1000`, `"total":1001`))
	require.Equal(t, 409, other.Code)
	require.Contains(t, other.Body.String(), "/problems/event-mismatch")

	require.Eventually(t, func() bool { _, published := r.record("invoices", "evt_1"); return published == 1 }, 5*time.Second,
		5*time.Millisecond)
	effects, _ := r.record("invoices", "evt_1")
	require.Equal(t, 1, effects)
	messages := r.app.stream.(*memoryStream).messages
	require.Len(t, messages, 1)
	valid(t, "ledger-message", messages[0].Data)

	hops := r.hops("evt_1")
	require.Equal(t, map[string]string{"received": done, "executed": done, "published": done, "enriched": notNeeded}, hops)

	metrics := r.get("/metrics").Body.String()
	for _, outcome := range []string{"first", "replayed", "mismatch"} {
		require.Contains(t, metrics, `webhook_deliveries_total{outcome="`+outcome+`",source="invoices"} 1`)
	}
}

func TestConcurrentCopiesHaveOneEffect(t *testing.T) {
	r := start(t, "APP_REQUEST_TIMEOUT_MS=15000", "APP_IDEMPOTENCY__WAIT_MS=10000")
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			if w := r.send("evt_1", body("evt_1", invoiceCreated)); w.Code != 200 {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
	all.Wait()
	effects, _ := r.record("invoices", "evt_1")
	require.Equal(t, 1, effects)
}

func TestDeliveryDuringAnotherIsInFlight(t *testing.T) {
	r := start(t, "APP_IDEMPOTENCY__WAIT_MS=0")
	started, finish := make(chan struct{}), make(chan struct{})
	done := make(chan error)
	go func() {
		_, _, err := r.app.events.Process(t.Context(), idempotency.Delivery{Source: "invoices", EventID: "evt_1"},
			func(context.Context, *idempotency.Tx) (idempotency.Result, error) {
				close(started)
				<-finish
				return idempotency.Result{}, nil
			})
		done <- err
	}()
	<-started
	w := r.send("evt_1", body("evt_1", invoicePaid))
	require.Equal(t, 425, w.Code)
	require.Equal(t, "1", w.Header().Get("Retry-After"))
	require.Contains(t, w.Body.String(), "/problems/in-flight")
	close(finish)
	require.NoError(t, <-done)
}

func TestDeliveriesThatAreRejected(t *testing.T) {
	set := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	old := func(age time.Duration) func(*http.Request) {
		return func(r *http.Request) {
			signStandard(r.Header, "evt_1", time.Now().Add(-age), body("evt_1", invoicePaid))
		}
	}
	good := body("evt_1", invoicePaid)
	r := start(t)
	for name, c := range map[string]struct {
		body   string
		change func(*http.Request)
		status int
		kind   string
	}{
		"no signature":           {good, func(r *http.Request) { r.Header.Del("webhook-signature") }, 401, "signature"},
		"no timestamp":           {good, func(r *http.Request) { r.Header.Del("webhook-timestamp") }, 401, "signature"},
		"another id signed":      {good, set("webhook-id", "evt_2"), 401, "signature"},
		"signature no base64":    {good, set("webhook-signature", "v1,é%%%"), 401, "signature"},
		"empty signature":        {good, set("webhook-signature", "v1,"), 401, "signature"},
		"only commas":            {good, set("webhook-signature", ",,, ,"), 401, "signature"},
		"unknown version":        {good, set("webhook-signature", "v0,AAAA"), 401, "signature"},
		"timestamp no number":    {good, set("webhook-timestamp", "soon"), 401, "signature"},
		"too old":                {good, old(6 * time.Minute), 401, "signature"},
		"from the future":        {good, old(-6 * time.Minute), 401, "signature"},
		"not JSON":               {`{"id":`, nil, 400, "malformed"},
		"empty":                  {``, nil, 400, "malformed"},
		"a key twice":            {strings.Replace(good, `"total":1000`, `"total":1000,"total":1`, 1), nil, 400, "malformed"},
		"a key in another case":  {strings.Replace(good, `"id":"evt_1"`, `"id":"evt_1","ID":"evt_9"`, 1), nil, 400, "malformed"},
		"a nested key likewise":  {strings.Replace(good, `"total":1000`, `"total":1000,"Total":1`, 1), nil, 400, "malformed"},
		"U+0000 in a text":       {strings.Replace(good, `"number":"1"`, `"number":"1\u0000"`, 1), nil, 400, "malformed"},
		"header and body differ": {body("evt_2", invoicePaid), nil, 400, "event-id"},
		"negative total":         {body("evt_1", invoicePaid, `"total":1000`, `"total":-1`), nil, 422, "invalid-event"},
		"total as text":          {body("evt_1", invoicePaid, `"total":1000`, `"total":"1000"`), nil, 422, "invalid-event"},
		"fraction of a cent":     {body("evt_1", invoicePaid, `"total":1000`, `"total":1000.5`), nil, 422, "invalid-event"},
		"wrong status":           {body("evt_1", invoicePaid, `"status":"paid"`, `"status":"open"`), nil, 422, "invalid-event"},
		"no payment":             {body("evt_1", invoicePaid, `"payment"`, `"paymint"`), nil, 422, "invalid-event"},
		"no lines": {
			body("evt_1", invoiceCreated, `[{"description":"Oven","quantity":1,"amount":1000}]`, `[]`), nil, 422, "invalid-event",
		},
		"bad time":     {body("evt_1", invoicePaid, "2026-11-20T16:45:12Z", "Friday"), nil, 422, "invalid-event"},
		"bad currency": {body("evt_1", invoicePaid, "EUR", "euro"), nil, 422, "invalid-event"},
		"form":         {good, set("Content-Type", "application/x-www-form-urlencoded"), 415, "media-type"},
		"too large":    {strings.Repeat(" ", 1<<20) + good, nil, 413, "too-large"},
	} {
		t.Run(name, func(t *testing.T) {
			change := c.change
			if change == nil {
				change = func(*http.Request) {}
			}
			w := r.send("evt_1", c.body, change)
			require.Equal(t, c.status, w.Code, w.Body)
			require.Contains(t, w.Body.String(), "/problems/"+c.kind)
			require.Equal(t, 404, r.get("/events/evt_1").Code, "nothing was stored")
		})
	}
	require.Equal(t, 200, r.send("evt_1", good).Code, "a rejected delivery does not spoil the event")
}

func TestStateNeverGoesBackwards(t *testing.T) {
	for name, c := range map[string]struct {
		order []string
		want  string
	}{
		"in order":             {[]string{invoiceCreated, invoicePaid, invoiceRefunded}, "refunded"},
		"reversed":             {[]string{invoiceRefunded, invoicePaid, invoiceCreated}, "refunded"},
		"created comes late":   {[]string{invoicePaid, invoiceCreated}, "paid"},
		"voided, then created": {[]string{invoiceVoided, invoiceCreated}, "void"},
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t)
			for i, kind := range c.order {
				id := fmt.Sprintf("evt_%d", i)
				w := r.send(id, body(id, kind))
				require.Equal(t, 200, w.Code, w.Body)
				effects, _ := r.record("invoices", id)
				require.Equal(t, 1, effects)
			}
			w := r.get("/invoices/inv_1")
			valid(t, "invoice", w.Body.Bytes())
			var i invoiceAnswer
			require.NoError(t, json.Unmarshal(w.Body.Bytes(), &i))
			require.Equal(t, c.want, i.Status)
			if c.want == "refunded" {
				require.EqualValues(t, []int64{1000, 400}, []int64{i.Paid, i.Refunded})
			}
		})
	}
}

func TestStripe(t *testing.T) {
	r := start(t)
	golden, err := os.ReadFile("../../../fixtures/stripe/invoice.paid.json")
	require.NoError(t, err)
	text := string(golden)
	w := r.sendStripe(text, time.Now())
	require.Equal(t, 200, w.Code, w.Body)
	valid(t, "webhook-result", w.Body.Bytes())
	w = r.get("/invoices/in_1SWFridayGolden0001")
	valid(t, "invoice", w.Body.Bytes())
	require.Contains(t, w.Body.String(), `"currency":"EUR","total":24990,"paid":24990`)

	require.Equal(t, 401, r.sendStripe(text, time.Now().Add(-6*time.Minute)).Code)
	require.Equal(t, 200, r.sendStripe(text, time.Now().Add(6*time.Minute)).Code, "as Stripe's own library")
	require.Equal(t, 409, r.sendStripe(strings.Replace(text, "24990", "24991", 1), time.Now()).Code)
	require.Equal(t, 422, r.sendStripe(strings.Replace(text, `"currency": "eur"`, `"currency": "EURO"`, 1), time.Now()).Code)

	w = r.sendStripe(`{"id":"evt_9","object":"event","type":"customer.created","data":{"object":{"id":7}}}`, time.Now())
	require.Equal(t, 200, w.Code, w.Body)
	require.Contains(t, w.Body.String(), `"status":"ignored"`)
	effects, _ := r.record("stripe", "evt_9")
	require.Zero(t, effects)
}

func TestUnknownTypeIsRecordedAndNotUsed(t *testing.T) {
	r := start(t)
	text := `{"id":"evt_1","type":"invoice.archived","timestamp":"2026-11-20T16:45:12Z","data":{}}`
	w := r.send("evt_1", text)
	require.Equal(t, 200, w.Code)
	valid(t, "webhook-result", w.Body.Bytes())
	require.Equal(t, 409, r.send("evt_1", strings.Replace(text, "{}", "{\"a\":1}", 1)).Code)
	hops := r.hops("evt_1")
	require.Equal(t, map[string]string{"received": done, "executed": notNeeded, "published": notNeeded, "enriched": notNeeded}, hops)
	require.Equal(t, 404, r.get("/events/evt_2/lineage").Code)
}

// An event whose message is not on the stream, and one that was carried out twice, are half-processed: the lineage says where.
func TestLineageSaysHowFarAnEventGot(t *testing.T) {
	r := start(t, "APP_REDIS__URL=redis://127.0.0.1:1/0")
	require.Equal(t, 200, r.send("evt_1", body("evt_1", invoiceCreated)).Code)
	require.Equal(t, "waiting", r.hops("evt_1")["published"])
	_, err := r.app.db.ExecContext(t.Context(), `INSERT INTO journal (source, event_id, type, invoice_id, outcome, amount, at)
		SELECT source, event_id, type, invoice_id, outcome, amount, at FROM journal`)
	require.NoError(t, err)
	require.Equal(t, "repeated", r.hops("evt_1")["executed"])
}

func TestListsAndTotals(t *testing.T) {
	r := start(t)
	for i := range 5 {
		id := fmt.Sprintf("evt_%d", i)
		w := r.send(id, body(id, invoicePaid, `"inv_1"`, fmt.Sprintf(`"inv_%d"`, i), "2026-11-03", fmt.Sprintf("2026-11-0%d", 1+i/2)))
		require.Equal(t, 200, w.Code)
	}
	var seen []string
	for path := "/invoices?customer=cus_1&limit=2"; ; {
		w := r.get(path)
		require.Equal(t, 200, w.Code)
		valid(t, "invoice-list", w.Body.Bytes())
		var page struct {
			Invoices []invoiceAnswer
			Next     string
		}
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &page))
		for _, i := range page.Invoices {
			seen = append(seen, i.ID)
		}
		if page.Next == "" {
			break
		}
		path = "/invoices?customer=cus_1&limit=2&after=" + page.Next
	}
	require.Equal(t, []string{"inv_0", "inv_1", "inv_2", "inv_3", "inv_4"}, seen)
	w := r.get("/totals?month=2026-11")
	valid(t, "totals", w.Body.Bytes())
	require.JSONEq(t, `{"month":"2026-11","totals":[{"currency":"EUR","invoices":5,"invoiced":5000,"paid":5000,"refunded":0,"voided":0}]}`,
		w.Body.String())
	valid(t, "totals", r.get("/totals?month=2026-10").Body.Bytes())
	for path, status := range map[string]int{
		"/totals": 400, "/totals?month=2026-13": 400, "/invoices": 400, "/invoices?customer=c&limit=0": 400,
		"/invoices?customer=c&limit=101": 400,
		"/invoices?customer=c&after=!":   400, "/invoices?customer=nobody": 200, "/invoices/nothing": 404, "/events/nothing": 404,
		"/nowhere": 404,
	} {
		require.Equal(t, status, r.get(path).Code, path)
	}
}

func TestOneIDFromTwoSourcesIsTwoEvents(t *testing.T) {
	r := start(t)
	golden, err := os.ReadFile("../../../fixtures/stripe/invoice.paid.json")
	require.NoError(t, err)
	id := "evt_1SWFridayGoldenPaid0001"
	require.Equal(t, 200, r.sendStripe(string(golden), time.Now()).Code)
	require.Equal(t, 200, r.get("/events/"+id).Code)
	require.Equal(t, 200, r.send(id, body(id, invoicePaid)).Code, "ids of two sources do not collide")
	require.Equal(t, 400, r.get("/events/"+id).Code)
	effects, _ := r.record("invoices", id)
	require.Equal(t, 1, effects)
}

func TestEnrichment(t *testing.T) {
	answers := map[string]func(http.ResponseWriter){
		"/customers/cus_1": func(w http.ResponseWriter) {
			service.JSON(w, 200, map[string]string{"id": "cus_1", "name": "Zon", "country": "NL"})
		},
		"/customers/cus_2": func(w http.ResponseWriter) { service.JSON(w, 404, nil) },
		"/customers/cus_3": func(w http.ResponseWriter) {
			service.JSON(w, 200, map[string]string{"id": "cus_9", "name": "Zon", "country": "NL"})
		},
		"/customers/cus_4": func(w http.ResponseWriter) { service.JSON(w, 503, nil) },
	}
	customers := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answers[r.URL.Path](w) }))
	defer customers.Close()
	r := start(t, "APP_CUSTOMERS__URL="+customers.URL)
	for i, want := range []string{"done", "unknown-customer", "failed", "pending"} {
		id := fmt.Sprintf("evt_%d", i)
		require.Equal(t, 200, r.send(id, body(id, invoiceCreated, `"inv_1"`, `"inv_`+id+`"`, `"cus_1"`, fmt.Sprintf(`"cus_%d"`, i+1))).Code)
		var got invoiceAnswer
		require.Eventually(t, func() bool {
			w := r.get("/invoices/inv_" + id)
			valid(t, "invoice", w.Body.Bytes())
			return json.Unmarshal(w.Body.Bytes(), &got) == nil && got.Customer.Enrichment == want
		}, 5*time.Second, 5*time.Millisecond, "%s", want)
		if want == "done" {
			require.Equal(t, "Zon", got.Customer.Name)
		}
		require.Equal(t, want, r.hops(id)["enriched"])
	}
	require.Eventually(t, func() bool {
		return strings.Contains(r.get("/metrics").Body.String(), `tasks_total{name="enrich invoice",state="failed"} 2`)
	}, 5*time.Second, 5*time.Millisecond)

	answers["/customers/cus_4"] = answers["/customers/cus_2"]
	ids, err := r.app.store.pending(t.Context(), 10)
	require.NoError(t, err)
	require.Equal(t, []string{"inv_evt_3"}, ids, "what is pending is found again after a restart")
}

func TestSettingsNameEveryMistake(t *testing.T) {
	deployed := []string{
		"APP_ENV=prod", "APP_DATABASE__URL=postgres://u:p@db/d", "APP_REDIS__URL=redis://r:6379/0", "APP_CUSTOMERS__URL=http://customers:8081",
	}
	_, err := loadSettings(environ(deployed...))
	require.NoError(t, err)
	for name, c := range map[string]struct {
		environ []string
		want    string
	}{
		"no environment": {environ("APP_ENV="), "APP_ENV must be dev, staging or prod"},
		"low port":       {environ("APP_PORT=1023"), "APP_PORT must be"},
		"high port":      {environ("APP_PORT=65536"), "APP_PORT must be"},
		"short timeout":  {environ("APP_REQUEST_TIMEOUT_MS=199"), "APP_REQUEST_TIMEOUT_MS must be"},
		"long timeout":   {environ("APP_REQUEST_TIMEOUT_MS=15001"), "APP_REQUEST_TIMEOUT_MS must be"},
		"short secret": {
			environ("APP_WEBHOOKS__STRIPE_SECRET=0123456789012345678901234567890"), "APP_WEBHOOKS__STRIPE_SECRET must have at least 32",
		},
		"no secret": {environ("APP_WEBHOOKS__STRIPE_SECRET="), "APP_WEBHOOKS__STRIPE_SECRET is missing"},
		"secret of another form": {
			environ("APP_WEBHOOKS__INVOICES_SECRET=01234567890123456789012345678901"), "APP_WEBHOOKS__INVOICES_SECRET must be whsec_",
		},
		"secret no base64": {
			environ("APP_WEBHOOKS__INVOICES_SECRET=whsec_!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!"), "APP_WEBHOOKS__INVOICES_SECRET must be base64",
		},
		"short stream":         {environ("APP_REDIS__MAX_LENGTH=999"), "APP_REDIS__MAX_LENGTH must be"},
		"nameless stream":      {environ("APP_REDIS__STREAM=", "APP_REDIS__URL=http://r"), "APP_REDIS__URL must be"},
		"redis database":       {environ("APP_REDIS__URL=redis://r:6379/events"), "APP_REDIS__URL must be"},
		"memory in staging":    {environ("APP_ENV=staging"), "APP_DATABASE__URL must be a database that outlives"},
		"no redis":             {environ("APP_DATABASE__URL=postgres://u:p@db/d"), "APP_REDIS__URL is missing"},
		"no customers in prod": {environ("APP_ENV=prod"), "APP_CUSTOMERS__URL is missing"},
		"bad customers":        {environ("APP_CUSTOMERS__URL=customers"), "APP_CUSTOMERS__URL must be"},
		"password in customers": {
			environ("APP_CUSTOMERS__URL=http://u:p@customers"), "APP_CUSTOMERS__URL must hold no user and password",
		},
		"long tolerance": {environ("APP_WEBHOOKS__TOLERANCE=16m"), "APP_WEBHOOKS__TOLERANCE must be"},
		"waits too long": {environ("APP_IDEMPOTENCY__WAIT_MS=5000"), "APP_IDEMPOTENCY__WAIT_MS must be less"},
		"short lease":    {environ("APP_IDEMPOTENCY__LEASE_MS=999"), "APP_IDEMPOTENCY__LEASE_MS must be"},
		"misspelt":       {environ("APP_WEBHOOK__SECRET=x"), "APP_WEBHOOK__SECRET is no setting"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := loadSettings(c.environ)
			require.ErrorContains(t, err, c.want)
		})
	}
	var stderr bytes.Buffer
	p := service.Process{Name: "invoices", Environ: []string{"APP_PORT=1", "APP_WEBHOOKS__STRIPE_SECRET=hunter2"}, Stderr: &stderr}
	require.Equal(t, 2, p.Run(t.Context(), run))
	require.GreaterOrEqual(t, strings.Count(stderr.String(), "\nAPP_"), 4)
	require.NotContains(t, stderr.String(), "hunter2")
}

func FuzzEvents(f *testing.F) {
	for _, kind := range []string{invoiceCreated, invoicePaid, invoiceVoided, invoiceRefunded} {
		f.Add([]byte(body("evt_1", kind)))
	}
	golden, err := os.ReadFile("../../../fixtures/stripe/invoice.paid.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden)
	f.Fuzz(func(t *testing.T, text []byte) {
		h := http.Header{"Webhook-Id": {"evt_1"}}
		for _, read := range []func(http.Header, []byte) (event, error){readInvoicesEvent, readStripeEvent} {
			if e, err := read(h, text); err == nil && e.Change != "" {
				require.NotEmpty(t, e.Invoice.ID)
				require.Contains(t, rank, e.Invoice.Status)
			}
		}
	})
}

func FuzzSignatureHeaders(f *testing.F) {
	f.Add("evt_1", "1763657112", "v1,AAAA", "t=1763657112,v1=00")
	f.Add("", "-1", "v1, v1,=", "t=,t=1,v1")
	f.Fuzz(func(t *testing.T, id, timestamp, signature, stripeSignature string) {
		h := http.Header{
			"Webhook-Id": {id}, "Webhook-Timestamp": {timestamp}, "Webhook-Signature": {signature}, "Stripe-Signature": {stripeSignature},
		}
		require.Error(t, standardWebhooks(invoicesSecret, time.Minute)(h, nil, time.Now()))
		require.Error(t, stripe(stripeSecret, time.Minute)(h, nil, time.Now()))
	})
}
