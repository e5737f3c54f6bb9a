package receivers

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// sequences are deliveries that a correct receiver withstands, by the case that they are a small form of. Those
// that race are tried again until the race shows.
var sequences = map[string]struct {
	rounds int // 0: one
	send   func(s *sender)
}{
	"first": {send: func(s *sender) {
		id := s.id()
		s.wantAccepted(s.send(id, body(id, "invoice.created")))
	}},
	"dup-seq": {send: func(s *sender) {
		id := s.id()
		first := s.wantAccepted(s.send(id, body(id, "invoice.paid")))
		s.wantSame(first, s.send(id, body(id, "invoice.paid")))
		s.wantEffects(1, id, "")
	}},
	"dup-new-timestamp": {send: func(s *sender) {
		id := s.id()
		text := body(id, "invoice.paid")
		first := s.wantAccepted(s.send(id, text))
		s.wantSame(first, s.send(id, text, dated(seconds(time.Minute), text)))
		s.wantEffects(1, id, "")
	}},
	"dup-concurrent-8": {rounds: 60, send: func(s *sender) {
		id := s.id()
		answers := s.together(8, id, body(id, "invoice.paid"))
		for _, a := range answers {
			s.wantSame(answers[0], s.wantAccepted(a))
		}
		s.wantEffects(1, id, "")
	}},
	"dup-late": {send: func(s *sender) {
		id := s.id()
		first := s.wantAccepted(s.send(id, body(id, "invoice.paid")))
		for _, d := range []time.Duration{tolerance, 7*24*time.Hour - tolerance} {
			s.ahead += d
			s.to.Advance(d)
			s.wantSame(first, s.send(id, body(id, "invoice.paid")))
		}
		s.wantEffects(1, id, "")
	}},
	"dup-after-restart": {send: func(s *sender) {
		id := s.id()
		first := s.wantAccepted(s.send(id, body(id, "invoice.paid")))
		s.to.Restart()
		s.wantSame(first, s.send(id, body(id, "invoice.paid")))
		s.wantEffects(1, id, "")
	}},
	"lost-response-retry": {send: func(s *sender) {
		id := s.id()
		s.send(id, body(id, "invoice.paid"), func(r *http.Request) {
			ctx, hangUp := context.WithCancel(r.Context())
			hangUp()
			*r = *r.WithContext(ctx)
		})
		s.wantAccepted(s.send(id, body(id, "invoice.paid")))
		s.wantEffects(1, id, "")
	}},
	"retry-overlap": {rounds: 5, send: func(s *sender) {
		id := s.id()
		first := make(chan answered)
		go func() { first <- s.send(id, body(id, "invoice.paid")) }()
		time.Sleep(time.Millisecond)
		again := s.send(id, body(id, "invoice.paid"))
		s.wantSame(s.wantAccepted(<-first), again)
		s.wantEffects(1, id, "")
	}},
	"torn-request-retry": {send: func(s *sender) {
		id := s.id()
		text := body(id, "invoice.paid")
		s.wantStatus(http.StatusBadRequest, s.send(id, text, torn(text)))
		s.wantEffects(0, id, "")
		s.wantAccepted(s.send(id, text, header("X-Webhook-Retry", "1")))
		s.wantEffects(1, id, "")
	}},
	"fail-then-retry": {send: func(s *sender) {
		id := s.id()
		s.to.FailNext()
		s.wantStatus(http.StatusInternalServerError, s.send(id, body(id, "invoice.paid")))
		if second := s.wantAccepted(s.send(id, body(id, "invoice.paid"))); second.accepted() {
			s.wantSame(second, s.send(id, body(id, "invoice.paid")))
		}
		s.wantEffects(1, id, "")
	}},
	"mismatch-field": {send: func(s *sender) {
		id := s.id()
		text := body(id, "invoice.paid")
		s.wantAccepted(s.send(id, text))
		s.wantStatus(http.StatusConflict, s.send(id, strings.Replace(text, "48250", "48251", 1)))
		s.wantEffects(1, id, "")
	}},
	"mismatch-then-original": {send: func(s *sender) {
		id := s.id()
		text := body(id, "invoice.paid")
		first := s.wantAccepted(s.send(id, text))
		s.send(id, strings.Replace(text, "48250", "48251", 1))
		s.wantSame(first, s.send(id, text))
		s.wantEffects(1, id, "")
	}},
	"mismatch-bigint": {send: func(s *sender) {
		id := s.id()
		text := strings.Replace(body(id, "invoice.paid"), "48250", "9007199254740992", 1)
		s.wantAccepted(s.send(id, text))
		s.wantStatus(http.StatusConflict, s.send(id, strings.Replace(text, "9007199254740992", "9007199254740993", 1)))
		s.wantEffects(1, id, "")
	}},
	"equal-key-order": {send: func(s *sender) {
		id := s.id()
		text := body(id, "invoice.paid")
		first := s.wantAccepted(s.send(id, text))
		s.wantSame(first, s.send(id, `{"type":"invoice.paid",`+strings.Replace(text[1:], `"type":"invoice.paid",`, "", 1)))
		s.wantEffects(1, id, "")
	}},
	"equal-whitespace": {send: func(s *sender) {
		id := s.id()
		text := body(id, "invoice.paid")
		first := s.wantAccepted(s.send(id, text))
		s.wantSame(first, s.send(id, strings.ReplaceAll(text, ",", ",\n  ")))
		s.wantEffects(1, id, "")
	}},
	"id-smuggle-case": {send: func(s *sender) {
		id := s.id()
		text := body(id, "invoice.paid")
		s.send(id, strings.Replace(text, "{", `{"ID":"`+id+`x",`, 1))
		s.send(id, strings.Replace(text, `"type"`, `"ID":"`+id+`x","type"`, 1))
		s.wantEffects(0, id+"x", "")
	}},
	"order-reverse": {send: func(s *sender) { s.ends("paid", "invoice.paid", "invoice.created") }},
	"order-forward": {send: func(s *sender) { s.ends("paid", "invoice.created", "invoice.paid") }},
	"order-together": {rounds: 40, send: func(s *sender) {
		id, name := s.id(), s.id()
		done := make(chan answered)
		go func() { done <- s.send(id, invoice(name, body(id, "invoice.created"))) }()
		later := s.id()
		s.wantAccepted(s.send(later, invoice(name, body(later, "invoice.paid"))))
		s.wantAccepted(<-done)
		s.wantStatusOf("paid", name)
	}},
	"dup-after-many": {send: func(s *sender) {
		id := s.id()
		s.wantAccepted(s.send(id, body(id, "invoice.paid")))
		for range 510 {
			other := s.id()
			s.wantAccepted(s.send(other, body(other, "invoice.paid")))
		}
		s.wantAccepted(s.send(id, body(id, "invoice.paid")))
		s.wantEffects(1, id, "")
	}},
	"sig-body-reformatted": {send: func(s *sender) {
		id := s.id()
		text := body(id, "invoice.paid")
		s.wantStatus(http.StatusUnauthorized, s.send(id, text+"\n", keyed(testKey(), text)))
		s.wantAccepted(s.send(id, text+"\n"))
	}},
	"sig-rotation": {send: func(s *sender) {
		s.takes(s.body(), func(r *http.Request) {
			r.Header.Set("webhook-signature", r.Header.Get("webhook-signature")+" v1,"+strings.Repeat("A", 43)+"=")
		})
	}},
	"schema-invalid": {send: func(s *sender) {
		text := strings.Replace(s.body(), `"total":48250,`, "", 1)
		s.wantStatus(http.StatusBadRequest, s.send(idOf(text), text))
		s.wantEffects(0, idOf(text), "")
	}},
	"wire-charset":               {send: func(s *sender) { s.takes(s.body(), header("Content-Type", "application/json; charset=utf-8")) }},
	"wire-chunked":               {send: func(s *sender) { s.takes(s.body(), func(r *http.Request) { r.ContentLength = -1 }) }},
	"wire-forwarded":             {send: func(s *sender) { s.takes(s.body(), header("X-Forwarded-For", "203.0.113.7, 198.51.100.2")) }},
	"wire-body-limit":            {send: func(s *sender) { s.takes(s.body() + strings.Repeat(" ", bodyLimit-2000)) }},
	"text-nul":                   {send: func(s *sender) { s.survives(strings.Replace(s.body(), "EUR", `\u0000`, 1)) }},
	"text-surrogate":             {send: func(s *sender) { s.survives(strings.Replace(s.body(), "EUR", `\ud83d`, 1)) }},
	"text-not-utf8":              {send: func(s *sender) { s.survives(strings.Replace(s.body(), "EUR", "\xf0\x9f", 1)) }},
	"id-differs-at-the-end":      {send: func(s *sender) { s.twins("evt_1SWcKqLkdIwHu7ix0aBcDeFg", "evt_1SWcKqLkdIwHu7ix0aBcDeFh") }},
	"id-differs-in-case":         {send: func(s *sender) { s.twins("evt_1SWcKqLkdIwHu7ix0aBcDeFg", "evt_1SWcKqLkdIwHu7ix0aBcDeFG") }},
	"id-differs-after-15-digits": {send: func(s *sender) { s.twins("evt_8209829119461545081", "evt_8209829119461545082") }},
	"mismatch-other-object": {send: func(s *sender) {
		id := s.id()
		text := body(id, "invoice.paid")
		s.wantAccepted(s.send(id, text))
		s.send(id, strings.Replace(text, `"inv_`, `"inv_other_`, 1))
		s.wantEffects(1, id, "")
	}},
	"tenant-scope": {send: func(s *sender) {
		id := s.id()
		first := s.wantAccepted(s.send(id, body(id, "invoice.paid"), header("X-Tenant", "north")))
		second := s.wantAccepted(s.send(id, body(id, "invoice.paid"), header("X-Tenant", "south")))
		s.check(first != second, "two tenants share one result")
		s.wantEffects(1, id, "north")
		s.wantEffects(1, id, "south")
		s.wantEffects(0, id, "")
	}},
	"sig-missing": {send: func(s *sender) {
		id := s.id()
		s.wantStatus(http.StatusUnauthorized, s.send(id, body(id, "invoice.paid"), func(r *http.Request) { r.Header.Del("webhook-signature") }))
		s.wantEffects(0, id, "")
	}},
	"sig-empty-secret": {send: func(s *sender) {
		id := s.id()
		s.wantStatus(http.StatusUnauthorized, s.send(id, body(id, "invoice.paid"), keyed("", body(id, "invoice.paid"))))
		s.wantEffects(0, id, "")
	}},
	"sig-malformed-non-ascii": {send: func(s *sender) {
		id := s.id()
		for _, malformed := range []string{"v1,\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", "\xc3\xa9t\xc3\xa9"} {
			s.wantStatus(http.StatusUnauthorized, s.send(id, body(id, "invoice.paid"), header("webhook-signature", malformed)))
		}
		s.wantEffects(0, id, "")
	}},
	"ts-old": {send: func(s *sender) {
		id := s.id()
		text := body(id, "invoice.paid")
		s.wantStatus(http.StatusUnauthorized, s.send(id, text, dated(seconds(-tolerance-time.Minute), text)))
		s.wantEffects(0, id, "")
	}},
	"bad-sig-no-poison": {send: func(s *sender) {
		id := s.id()
		text := body(id, "invoice.paid")
		s.wantStatus(http.StatusUnauthorized, s.send(id, text, keyed("a stranger", text)))
		s.wantEffects(0, id, "")
		s.wantAccepted(s.send(id, text))
		s.wantEffects(1, id, "")
	}},
}

// run tries a case on a receiver and returns what went wrong.
func run(t *testing.T, r Receiver, name string) error {
	t.Helper()
	sequence, ok := sequences[name]
	require.True(t, ok, "no sequence for %s", name)
	s := newSender(t, r)
	for range max(1, sequence.rounds) {
		if sequence.send(s); s.err != nil {
			break
		}
	}
	return s.err
}

func TestCorrectReceiverWithstandsEverySequence(t *testing.T) {
	t.Parallel()
	for name := range sequences {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, run(t, Correct, name))
		})
	}
}

// shows holds the expected finding of each bug, where one case catches several bugs in different ways.
var shows = map[string]string{
	"no-deduplication":             "2 effects",
	"violation-logged":             "2 effects",
	"key-of-attempt":               "2 effects",
	"duplicate-conflict":           "not the first result again: 200 .*, 409 ",
	"duplicate-new-result":         "^not the first result again: 200 .*, 200 .*$",
	"duplicate-redirected":         "not the first result again: 200 .*, 303 ",
	"malformed-signature-crashes":  "not the problem 401: 500",
	"malformed-signature-hangs-up": "not the problem 401: 0 .*closed",
	"effect-doubled":               "^2 effects, not 1$",
	"check-then-insert":            "[2-8] effects",
	"check-then-insert-quick":      "[2-8] effects",
	"violation-answers-500":        "^not accepted: 500",
	"marked-before-work":           "^0 effects",
	"work-before-mark":             "^2 effects, not 1$",
	"acknowledged-before-commit":   "(?s)^not the problem 500.*0 effects",
	"lock-never-expires":           "^not accepted: 425",
	"key-body-hash":                "(?s)not the problem 409: 200.*2 effects",
	"mismatch-old-result":          "^not the problem 409: 200 .*$",
}

func TestBrokenReceiverShowsItsBug(t *testing.T) {
	t.Parallel()
	for _, r := range All[1:] {
		t.Run(r.Name, func(t *testing.T) {
			t.Parallel()
			err := run(t, r, r.Case)
			require.Error(t, err)
			require.Regexp(t, shows[r.Name], err.Error())
		})
	}
}

// A receiver that refuses everything would be caught by any case, and show nothing.
func TestBrokenReceiverTakesAProperDelivery(t *testing.T) {
	for _, r := range All {
		require.NoError(t, run(t, r, "first"), r.Name)
	}
}

func TestCatalogueIsWhole(t *testing.T) {
	used := map[string]bool{"first": true}
	names := map[string]bool{}
	require.Equal(t, "correct", All[0].Name)
	for number, r := range All {
		require.Equal(t, number, r.Number, r.Name)
		require.Regexp(t, regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`), r.Name)
		require.False(t, names[r.Name], "%s is there twice", r.Name)
		names[r.Name], used[r.Case] = true, true
		require.Equal(t, number == 0, r.Bug == "", r.Name)
		require.Equal(t, number == 0, r.Case == "", r.Name)
		require.Equal(t, number == 0, r.change == nil, r.Name)
	}
	for name := range sequences {
		require.True(t, used[name], "no receiver is caught by %s", name)
	}
	for name := range shows {
		require.True(t, names[name], "no receiver is %s", name)
	}
}
