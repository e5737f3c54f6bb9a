package formats

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"sync"
	"sync/atomic"
)

// Receiver is one way of taking webhooks.
type Receiver struct {
	Name string // in kebab-case, unique
	Bug  string // what is wrong with it; "" when it is correct
	Case string // the case that must catch it; "" when it is correct

	steps steps
}

// event is one event of a delivery.
type event struct {
	id      string
	content string // equal for events of equal content
}

// steps is a receiver taken apart.
type steps struct {
	media  string                                                          // the media type that is taken
	plain  func(sent []byte) ([]byte, error)                               // undoes the content coding
	signed func(sent, plain []byte) []byte                                 // what the signature covers; nil: deliveries are not signed
	read   func(contentType string, plain []byte) (all []event, err error) // finds the events
	take   func(i *Instance, all []event) reply                            // carries them out
}

// reply is an answer.
type reply struct {
	status int
	body   any
}

func refuse(status int, why string) reply { return reply{status, map[string]string{"error": why}} }

// Instance is a running receiver. It serves POST /hook and GET /events/{id}, which returns how often an event was carried
// out. All its methods may be called at any time, from several goroutines.
type Instance struct {
	steps
	secret string
	doomed atomic.Bool
	mux    http.ServeMux

	mu      sync.Mutex
	known   map[string]string // the content of each event that was taken
	effects map[string]int
}

// Start returns a running receiver that shares secret with its sender.
func (r Receiver) Start(secret string) *Instance {
	i := &Instance{steps: r.steps, secret: secret, known: map[string]string{}, effects: map[string]int{}}
	i.mux.HandleFunc("POST /hook", func(w http.ResponseWriter, r *http.Request) { i.receive(w, r).write(w) })
	i.mux.HandleFunc("GET /events/{id}", func(w http.ResponseWriter, r *http.Request) { i.count(r.PathValue("id")).write(w) })
	return i
}

// ServeHTTP serves the receiver.
func (i *Instance) ServeHTTP(w http.ResponseWriter, r *http.Request) { i.mux.ServeHTTP(w, r) }

// FailNext makes the work of the next delivery die after its first event.
func (i *Instance) FailNext() { i.doomed.Store(true) }

func (r reply) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(r.status)
	_ = json.NewEncoder(w).Encode(r.body) // a client that is gone needs no answer
}

func (i *Instance) count(id string) reply {
	i.mu.Lock()
	defer i.mu.Unlock()
	if _, known := i.known[id]; !known && i.effects[id] == 0 {
		return refuse(http.StatusNotFound, "the event was never taken")
	}
	return reply{http.StatusOK, map[string]int{"effects": i.effects[id]}}
}

// bodyLimit is the size of the largest body, compressed or not, in bytes.
const bodyLimit = 64 << 10

func (i *Instance) receive(w http.ResponseWriter, r *http.Request) reply {
	sent, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit))
	if long := new(http.MaxBytesError); errors.As(err, &long) {
		return refuse(http.StatusRequestEntityTooLarge, "the body is too long")
	}
	if err != nil {
		return refuse(http.StatusBadRequest, "the body is cut off")
	}
	contentType := r.Header.Get("Content-Type")
	if media, _, err := mime.ParseMediaType(contentType); err != nil || media != i.media {
		return refuse(http.StatusUnsupportedMediaType, "another media type")
	}
	plain, unpacked := i.plain(sent)
	if i.signed != nil && !i.holds(r.Header.Get("X-Signature"), i.signed(sent, plain)) {
		return refuse(http.StatusUnauthorized, "the signature does not hold")
	}
	if unpacked != nil {
		return refuse(http.StatusBadRequest, unpacked.Error())
	}
	if len(plain) > bodyLimit {
		return refuse(http.StatusRequestEntityTooLarge, "the body is too long")
	}
	all, err := i.read(contentType, plain)
	if err != nil {
		return refuse(http.StatusBadRequest, err.Error())
	}
	return i.take(i, all)
}

func (i *Instance) holds(signature string, signed []byte) bool {
	got, err := hex.DecodeString(signature)
	mac := hmac.New(sha256.New, []byte(i.secret))
	mac.Write(signed)
	return err == nil && hmac.Equal(got, mac.Sum(nil))
}
