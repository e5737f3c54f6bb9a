package receivers

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Receiver is one way of taking webhooks.
type Receiver struct {
	Name string
	Bug  string // what is wrong with it; "" when it is correct
	Case string // the case that catches it; "" when it is correct

	take func(events *journal) func(w http.ResponseWriter, d delivery)
}

// All lists every receiver, the correct one first.
var All = []Receiver{Correct, CheckThenInsert}

// Handler gives a fresh receiver that shares secret, a Standard Webhooks secret, with its sender. It serves
// POST /webhooks/invoices, and GET /events/{id}, which tells how often an event was carried out.
func (r Receiver) Handler(secret string) http.Handler {
	events := &journal{effects: map[string]int{}}
	take := r.take(events)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /webhooks/invoices", func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, 1<<20))
		if err != nil {
			problem(w, http.StatusBadRequest, "the body cannot be read")
			return
		}
		if !signed(secret, request.Header, body) {
			problem(w, http.StatusUnauthorized, "the signature does not hold")
			return
		}
		d := delivery{body: body}
		if err := json.Unmarshal(body, &d); err != nil {
			problem(w, http.StatusBadRequest, "the body is not an event")
			return
		}
		take(w, d)
	})
	mux.HandleFunc("GET /events/{id}", func(w http.ResponseWriter, request *http.Request) {
		answer(w, http.StatusOK, map[string]int{"effects": events.count(request.PathValue("id"))})
	})
	return mux
}

// delivery is one delivery whose signature holds.
type delivery struct {
	ID   string `json:"id"`
	Type string `json:"type"`
	Data struct {
		Invoice struct {
			ID     string `json:"id"`
			Status string `json:"status"`
		} `json:"invoice"`
	} `json:"data"`
	body []byte
}

// fingerprint is equal for two deliveries that say the same, however they are written.
func (d delivery) fingerprint() string {
	var value any
	decoder := json.NewDecoder(strings.NewReader(string(d.body)))
	decoder.UseNumber()
	_ = decoder.Decode(&value) // it was decoded before
	text, _ := json.Marshal(value)
	sum := sha256.Sum256(text)
	return string(sum[:])
}

// journal counts what was really done. Nothing in it stops an event from being carried out twice.
type journal struct {
	mu      sync.Mutex
	effects map[string]int
}

// carryOut is the work: the invoice is charged. It takes as long as a round trip to a database.
func (j *journal) carryOut(d delivery) result {
	j.mu.Lock()
	j.effects[d.ID]++
	n := len(j.effects)
	j.mu.Unlock()
	time.Sleep(2 * time.Millisecond)
	return result{EventID: d.ID, Type: d.Type, Status: "processed", Invoice: map[string]string{"id": d.Data.Invoice.ID, "status": d.Data.Invoice.Status}, Sequence: n}
}

func (j *journal) count(id string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.effects[id]
}

// result is the answer to an event that was carried out.
type result struct {
	EventID  string            `json:"event_id"`
	Type     string            `json:"type"`
	Status   string            `json:"status"`
	Invoice  map[string]string `json:"invoice"`
	Sequence int               `json:"sequence"`
}

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // a client that is gone needs no answer
}

func problem(w http.ResponseWriter, status int, title string) {
	answer(w, status, map[string]any{"type": "about:blank", "title": title, "status": status})
}

// signed checks a Standard Webhooks signature, version v1, and its time.
func signed(secret string, h http.Header, body []byte) bool {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return false
	}
	seconds, err := strconv.ParseInt(h.Get("webhook-timestamp"), 10, 64)
	if err != nil || time.Since(time.Unix(seconds, 0)).Abs() > 5*time.Minute {
		return false
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(h.Get("webhook-id") + "." + h.Get("webhook-timestamp") + "."))
	mac.Write(body)
	want := mac.Sum(nil)
	for _, one := range strings.Fields(h.Get("webhook-signature")) {
		version, encoded, _ := strings.Cut(one, ",")
		got, err := base64.StdEncoding.DecodeString(encoded)
		if version == "v1" && err == nil && hmac.Equal(got, want) {
			return true
		}
	}
	return false
}
