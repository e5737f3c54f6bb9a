package payments_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/consumers/payments"
)

const secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

func receiver(t *testing.T, answer http.HandlerFunc) *payments.Client {
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return &payments.Client{URL: server.URL, Secret: secret}
}

func TestDeliveryIsSigned(t *testing.T) {
	verifier, err := standardwebhooks.NewWebhook(secret)
	require.NoError(t, err)
	client := receiver(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if err := verifier.Verify(body, r.Header); err != nil || r.Header.Get("webhook-id") != "evt_1" {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		_, _ = io.WriteString(w, `{"event_id":"evt_1","type":"invoice.voided","status":"processed"}`)
	})
	receipt, err := client.Deliver(t.Context(), payments.Event{ID: "evt_1"})
	require.NoError(t, err)
	require.Equal(t, payments.Accepted, receipt.Outcome)
}

func TestRefusalNamesItsOutcome(t *testing.T) {
	for status, want := range map[int]payments.Outcome{
		http.StatusConflict:            payments.Mismatch,
		http.StatusUnauthorized:        payments.BadSignature,
		http.StatusTooEarly:            payments.InFlight,
		http.StatusServiceUnavailable:  payments.Unavailable,
		http.StatusUnprocessableEntity: payments.Invalid,
	} {
		client := receiver(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/problem+json")
			w.Header().Set("Retry-After", "3")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, `{"type":"/problems/x","title":"No","status":400,"detail":"because"}`)
		})
		_, err := client.Deliver(t.Context(), payments.Event{ID: "evt_1"})
		var refused *payments.RefusedError
		require.ErrorAs(t, err, &refused)
		require.Equal(t, want, refused.Outcome)
		require.Equal(t, 3*time.Second, refused.RetryAfter)
		require.Equal(t, want == payments.InFlight || want == payments.Unavailable, refused.Retryable())
		require.ErrorContains(t, err, "deliver event evt_1: "+want.String())
	}
}

func TestAnswerThatSaysNothingLeavesTheDeliveryUnsettled(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"a proxy's page":        func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") },
		"an empty result":       func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") },
		"a crash":               func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"a 409 of someone else": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "busy", http.StatusConflict) },
		"no answer":             func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			_, err := receiver(t, answer).Deliver(t.Context(), payments.Event{ID: "evt_1"})
			require.Error(t, err)
			var refused *payments.RefusedError
			require.NotErrorAs(t, err, &refused)
		})
	}
}

func TestTimeoutIsAnError(t *testing.T) {
	release := make(chan struct{})
	client := receiver(t, func(http.ResponseWriter, *http.Request) { <-release })
	defer close(release)
	client.Timeout = 20 * time.Millisecond
	_, err := client.Deliver(t.Context(), payments.Event{ID: "evt_1"})
	require.ErrorContains(t, err, "deadline")
}

func TestSecretIsNeverInAnError(t *testing.T) {
	client := &payments.Client{URL: "http://127.0.0.1:1", Secret: "hunter2 is not base64"}
	_, err := client.Deliver(t.Context(), payments.Event{ID: "evt_1"})
	require.ErrorContains(t, err, "whsec_")
	require.NotContains(t, err.Error(), "hunter2")
}
