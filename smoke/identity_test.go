package smoke_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke"
)

// shipment is an event of a sender that sends no ids: what is shipped, and what became of it.
type shipment struct {
	Order  string `json:"order"`
	Status string `json:"status"`
	Weight int    `json:"weight"`
}

// courier accepts shipments, each once by its key, and counts its effects for each order.
type courier struct {
	key func(shipment) string

	mu    sync.Mutex
	seen  map[string]bool
	moved map[string]int
}

func newCourier(key func(shipment) string) *courier {
	return &courier{key: key, seen: map[string]bool{}, moved: map[string]int{}}
}

func (c *courier) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if order, ok := strings.CutPrefix(r.URL.Path, "/orders/"); ok {
		_, _ = fmt.Fprintf(w, `{"moved":%d}`, c.moved[order])
		return
	}
	var s shipment
	if err := json.NewDecoder(r.Body).Decode(&s); err != nil || s.Order == "" {
		http.Error(w, "no shipment", http.StatusBadRequest)
		return
	}
	if key := c.key(s); !c.seen[key] {
		c.seen[key] = true
		c.moved[s.Order]++
	}
	_, _ = fmt.Fprint(w, `{"received":true}`)
}

// replay runs cases against a courier, whose sender signs nothing.
func (c *courier) replay(t *testing.T, only ...string) report.Report {
	t.Helper()
	server := httptest.NewServer(c)
	defer server.Close()
	return run(t, smoke.Options{Target: server.URL, RunID: t.Name(), Cases: only, Fixtures: []string{folder(t, map[string]string{
		"webhook.yaml": `
receiver: courier
endpoint: {path: /hook}
signature: {scheme: none, reason: a private network}
event_id: {fields: [/order, /status]}
policy: {duplicate: success, mismatch: any}
effects: {http: {path: "/orders/{event_id}", count: /moved}, within: 200ms, settle: 5ms}
`, "shipped.json": `{"order":"ord_8hTq2LmXz0","status":"shipped","weight":12}`,
	})}})
}

func TestEventsWithoutAnIDAreToldApartByTheirFields(t *testing.T) {
	t.Parallel()
	r := newCourier(func(s shipment) string { return s.Order + "/" + s.Status }).replay(t)
	for _, result := range r.Results {
		require.Equal(t, verdict.Pass, result.Verdict, "%s: %v %v", result.Case, result.Findings, result.Inconclusive)
	}
	require.True(t, slices.ContainsFunc(r.Results, func(result report.Result) bool { return result.Case == "id-differs-in-field" }))
}

func TestReceiverThatKnowsOneFieldAloneIsCaught(t *testing.T) {
	r := newCourier(func(s shipment) string { return s.Order }).replay(t, "id-differs-in-field")
	require.Equal(t, verdict.Fail, r.Verdict())
	require.Equal(t, "effect-count", r.Results[0].Findings[0].Rule)
}

func TestReceiverThatForgetsEventsWithoutAnIDIsCaught(t *testing.T) {
	n := 0
	r := newCourier(func(shipment) string { n++; return fmt.Sprint(n) }).replay(t, "dup-seq")
	require.Equal(t, verdict.Fail, r.Verdict())
}
