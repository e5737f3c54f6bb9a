package receivers

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const testSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// sender signs deliveries and hands them to a receiver. It keeps what went wrong, so that one sequence of
// deliveries can be tried on a receiver that should withstand it and on one that should not.
type sender struct {
	to    *Instance
	ahead time.Duration // of its clock
	name  string
	ids   atomic.Int64
	mu    sync.Mutex
	err   error
}

func newSender(t *testing.T, r Receiver) *sender {
	return &sender{to: r.Start(testSecret), name: strings.NewReplacer("/", "_", "#", "_").Replace(t.Name())}
}

// id returns an event id that was not used before.
func (s *sender) id() string { return fmt.Sprintf("evt_%s_%d", s.name, s.ids.Add(1)) }

// body returns a golden body for an event id.
func body(id, fixture string) string {
	golden, err := os.ReadFile("../../fixtures/invoices/" + fixture + ".json")
	if err != nil {
		panic(err)
	}
	var old struct{ ID string }
	if err := json.Unmarshal(golden, &old); err != nil {
		panic(err)
	}
	return strings.Replace(string(golden), old.ID, id, 1)
}

type answered struct {
	status int
	kind   string
	body   string
}

func (a answered) String() string { return fmt.Sprintf("%d %q", a.status, a.body) }

func (a answered) accepted() bool { return a.status >= 200 && a.status < 300 }

// sign is the signature header for key.
func sign(key, id, timestamp, body string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(id + "." + timestamp + "." + body))
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func testKey() string {
	key, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(testSecret, "whsec_"))
	return string(key)
}

// request is one delivery, properly signed, and then changed by edit.
func (s *sender) request(id, body string, edit ...func(*http.Request)) *http.Request {
	timestamp := strconv.FormatInt(time.Now().Add(s.ahead).Unix(), 10)
	r := httptest.NewRequest(http.MethodPost, "/webhooks/invoices", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Request-ID", fmt.Sprintf("%s-attempt-%d", s.name, s.ids.Add(1)))
	r.Header.Set("webhook-id", id)
	r.Header.Set("webhook-timestamp", timestamp)
	r.Header.Set("webhook-signature", sign(testKey(), id, timestamp, body))
	for _, change := range edit {
		change(r)
	}
	return r
}

func (s *sender) send(id, body string, edit ...func(*http.Request)) (a answered) {
	w := httptest.NewRecorder()
	defer func() {
		if recover() != nil {
			a = answered{body: "the connection was closed"}
		}
	}()
	s.to.ServeHTTP(w, s.request(id, body, edit...))
	return answered{w.Code, w.Header().Get("Content-Type"), w.Body.String()}
}

// body returns a golden body under a fresh id.
func (s *sender) body() string { return body(s.id(), "invoice.paid") }

// idOf is the id in a body.
func idOf(body string) string {
	_, rest, _ := strings.Cut(body, `"id":"`)
	id, _, _ := strings.Cut(rest, `"`)
	return id
}

// takes wants a delivery to be accepted, with one effect.
func (s *sender) takes(body string, edit ...func(*http.Request)) {
	s.wantAccepted(s.send(idOf(body), body, edit...))
	s.wantEffects(1, idOf(body), "")
}

// survives wants a delivery to be accepted or refused, without a crash.
func (s *sender) survives(body string, edit ...func(*http.Request)) {
	a := s.send(idOf(body), body, edit...)
	s.check(a.status < 500, "it crashes: %v", a)
}

// invoice returns the body with another invoice id.
func invoice(name, body string) string {
	return strings.NewReplacer("inv_2026_0042", name, "inv_2026_0043", name).Replace(body)
}

// ends wants an invoice to have a status after one event of each kind.
func (s *sender) ends(status string, kinds ...string) {
	name := s.id()
	for _, kind := range kinds {
		id := s.id()
		s.wantAccepted(s.send(id, invoice(name, body(id, kind))))
		s.wantEffects(1, id, "")
	}
	s.wantStatusOf(status, name)
}

func (s *sender) wantStatusOf(status, invoice string) {
	got := s.to.db.statusOf(account{id: invoice})
	s.check(got == status, "the invoice is %s, not %s", got, status)
}

func (s *sender) effects(id, tenant string) (n int, status int) {
	w := httptest.NewRecorder()
	s.to.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/events/"+id+"?source=invoices&tenant="+tenant, nil))
	var seen struct{ Effects int }
	if err := json.Unmarshal(w.Body.Bytes(), &seen); err != nil {
		panic(err)
	}
	return seen.Effects, w.Code
}

func (s *sender) check(holds bool, format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !holds {
		s.err = errors.Join(s.err, fmt.Errorf(format, args...))
	}
}

func (s *sender) wantAccepted(a answered) answered {
	s.check(a.accepted(), "not accepted: %v", a)
	return a
}

func (s *sender) wantSame(first, again answered) {
	s.check(first == again, "not the first result again: %v, %v", first, again)
}

func (s *sender) wantStatus(status int, a answered) {
	s.check(a.status == status && a.kind == "application/problem+json", "not the problem %d: %v", status, a)
}

func (s *sender) wantEffects(n int, id, tenant string) {
	for range 50 { // one that comes late may come
		if got, _ := s.effects(id, tenant); got >= n {
			break
		}
		time.Sleep(time.Millisecond)
	}
	got, status := s.effects(id, tenant)
	s.check(got == n, "%d effects, not %d", got, n)
	s.check(status == http.StatusOK || n == 0 && status == http.StatusNotFound, "the effects answered %d", status)
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

// keyed signs with another key.
func keyed(key, body string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Set("webhook-signature", sign(key, r.Header.Get("webhook-id"), r.Header.Get("webhook-timestamp"), body))
	}
}

// dated signs for another time.
func dated(timestamp, body string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Set("webhook-timestamp", timestamp)
		keyed(testKey(), body)(r)
	}
}

func seconds(after time.Duration) string {
	return strconv.FormatInt(time.Now().Add(after).Unix(), 10)
}

// torn cuts the connection in the middle of the body.
func torn(body string) func(*http.Request) {
	return func(r *http.Request) {
		cut := func() (int, error) { return 0, io.ErrUnexpectedEOF }
		r.Body = io.NopCloser(io.MultiReader(strings.NewReader(body[:len(body)/2]), readerFunc(cut)))
	}
}

type readerFunc func() (int, error)

func (f readerFunc) Read([]byte) (int, error) { return f() }

// together sends n copies at the same time.
func (s *sender) together(n int, id, body string) []answered {
	answers, start := make([]answered, n), make(chan struct{})
	var copies sync.WaitGroup
	for c := range answers {
		copies.Go(func() {
			<-start
			answers[c] = s.send(id, body)
		})
	}
	close(start)
	copies.Wait()
	return answers
}

func indented(t testing.TB, body string) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, json.Indent(&out, []byte(body), "", "  "))
	return out.String()
}

// twins sends two events, each of which must have its effect.
func (s *sender) twins(ids ...string) {
	for _, id := range ids {
		s.wantAccepted(s.send(id, body(id, "invoice.paid")))
		s.wantEffects(1, id, "")
	}
}
