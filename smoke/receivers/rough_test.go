package receivers_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/fridaygate/fridaygate/smoke/receivers"
)

// roughReceivers are broken in ways too plain for the catalogue. They are for the cases that its receivers pass.
var roughReceivers = []struct {
	start func() instance
	cases []string // that are tried on it; none is all
}{
	{func() instance { return &credulous{effects: map[string]int{}, status: map[string]string{}} }, nil},
	{func() instance { return &touchy{receivers.Correct.Start(secret)} }, []string{"multibyte", "unknown-type", "sig-rotation", "slow-drip"}},
	{func() instance { return &late{receivers.Correct.Start(secret)} }, []string{"ack-time"}},
	{func() instance { return &out{receivers.Correct.Start(secret)} }, []string{"first"}},
}

// credulous believes and carries out whatever it is sent, under the id that Go's decoder finds.
type credulous struct {
	mu      sync.Mutex
	effects map[string]int
	status  map[string]string
}

func (c *credulous) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.Method == http.MethodPost:
		var event struct {
			ID, Type string
			Data     struct{ Invoice struct{ ID, Status string } }
		}
		_ = json.Unmarshal(body, &event)
		if event.ID == "" {
			event.ID = r.Header.Get("Webhook-Id")
		}
		c.effects[event.ID]++
		c.status[event.Data.Invoice.ID] = event.Data.Invoice.Status
		_, _ = fmt.Fprintf(w, `{"event_id":%q,"type":"invoice.created","status":"processed","invoice":{"id":"inv_1","status":"open"}}`, event.ID)
	case parts[0] == "invoices":
		_, _ = fmt.Fprintf(w, `{"status":%q}`, c.status[parts[1]])
	case len(parts) == 2:
		_, _ = fmt.Fprintf(w, `{"effects":%d}`, c.effects[parts[1]])
	}
}

func (*credulous) Restart()              {}
func (*credulous) FailNext()             {}
func (*credulous) Advance(time.Duration) {}

// touchy cannot bear what it has not seen before.
type touchy struct{ *receivers.Instance }

func (i *touchy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	body, err := io.ReadAll(r.Body)
	switch {
	case err != nil, r.Method == http.MethodPost && time.Since(start) > 100*time.Millisecond,
		bytes.Contains(body, []byte("\u65e5")), bytes.Contains(body, []byte("fridaygate.unknown")),
		strings.Contains(r.Header.Get("Webhook-Signature"), " "):
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	i.Instance.ServeHTTP(w, r)
}

// late takes its time, beyond what its sender grants.
type late struct{ *receivers.Instance }

func (i *late) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		time.Sleep(2500 * time.Millisecond)
	}
	i.Instance.ServeHTTP(w, r)
}

// out of order.
type out struct{ *receivers.Instance }

func (*out) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusInternalServerError)
}
