package receivers_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke"
)

// ordinary is what teams write after Stripe's own example: check the signature, decode the body with encoding/json,
// carry an event out unless its id is known. It is correct.
type ordinary struct {
	mu      sync.Mutex
	effects map[string]int
}

func (o *ordinary) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		o.count(w, path.Base(r.URL.Path))
		return
	}
	body, err := io.ReadAll(r.Body)
	var event struct {
		ID   string `json:"id"`
		Data struct {
			Object struct {
				Amount int64 `json:"amount_due"`
			} `json:"object"`
		} `json:"data"`
	}
	if err != nil || !signedByStripe(r.Header.Get("Stripe-Signature"), body) || json.Unmarshal(body, &event) != nil || event.ID == "" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.effects[event.ID] = 1
	w.WriteHeader(http.StatusOK)
}

func (o *ordinary) count(w http.ResponseWriter, id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.effects[id] == 0 {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	_, _ = fmt.Fprintf(w, `{"effects":%d}`, o.effects[id])
}

func signedByStripe(header string, body []byte) bool {
	at, signed := "", []string{}
	for part := range strings.SplitSeq(header, ",") {
		switch key, value, _ := strings.Cut(part, "="); key {
		case "t":
			at = value
		case "v1":
			signed = append(signed, value)
		}
	}
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil || time.Since(time.Unix(seconds, 0)) > 5*time.Minute {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(at + "."))
	mac.Write(body)
	return slices.Contains(signed, hex.EncodeToString(mac.Sum(nil)))
}

// lazy carries out an event when its effects are read. Reading them does not reveal that.
type lazy struct {
	ordinary
	pending map[string]bool
}

func (l *lazy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		answer := httptest.NewRecorder()
		taken := ordinary{effects: map[string]int{}}
		taken.ServeHTTP(answer, r)
		l.mu.Lock()
		defer l.mu.Unlock()
		for id := range taken.effects {
			l.pending[id] = true
		}
		w.WriteHeader(answer.Code)
		return
	}
	l.mu.Lock()
	if id, asked := strings.CutPrefix(r.URL.Path, "/events/"); asked && l.pending[id] {
		l.effects[id] = 1
	}
	l.mu.Unlock()
	l.count(w, path.Base(r.URL.Path))
}

// The effects must be there before the receiver is asked for them.
func TestWorkThatWaitsToBeAskedIsSeenBySecondProbe(t *testing.T) {
	t.Parallel()
	const second = ", also: {http: {path: \"/charges/{event_id}\", count: /effects, absent: 404}}, within: 100ms"
	for name, c := range map[string]struct {
		receiver http.Handler
		also     string
		want     verdict.Verdict
	}{
		"lazy, asked by itself":      {&lazy{ordinary{effects: map[string]int{}}, map[string]bool{}}, "", verdict.Pass},
		"lazy, and a second probe":   {&lazy{ordinary{effects: map[string]int{}}, map[string]bool{}}, second, verdict.Fail},
		"prompt, and a second probe": {&ordinary{effects: map[string]int{}}, second, verdict.Pass},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := replay(t, c.receiver, c.also, "", "first", "dup-seq")
			require.Equal(t, c.want, r.Verdict(), "%+v", r.Results)
			if c.want == verdict.Fail {
				require.Equal(t, "effect-count", r.Results[0].Findings[0].Rule)
				require.Contains(t, r.Results[0].Findings[0].Where, "/charges/")
			}
		})
	}
}

// replay sends the golden Stripe event to a receiver. also is more of the effects, more of the file.
func replay(t *testing.T, receiver http.Handler, also, more string, only ...string) report.Report {
	t.Helper()
	server := httptest.NewServer(receiver)
	defer server.Close()
	dir := t.TempDir()
	body, err := os.ReadFile("../../fixtures/stripe/invoice.paid.json")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "invoice.paid.json"), body, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "webhook.yaml"), []byte(`
receiver: billing
endpoint: {path: /webhooks/stripe}
signature: {scheme: stripe, secret_env: SECRET, tolerance: 5m}
event_id: {pointer: /id}
policy: {duplicate: success, mismatch: any}
effects: {http: {path: "/events/{event_id}", count: /effects, absent: 404}, settle: 20ms`+also+`}
`+more), 0o600))
	runner, err := smoke.NewRunner(smoke.Options{
		Target: server.URL, Fixtures: []string{dir}, RunID: t.Name() + more, Cases: only,
		LookupEnv: func(string) (string, bool) { return secret, true },
	})
	require.NoError(t, err)
	defer func() { require.NoError(t, runner.Close()) }()
	return runner.Run(t.Context(), nil)
}

// What no sender sends does not make an ordinary receiver red, unless its team enforces it.
func TestOrdinaryReceiverIsGreenWithAdvice(t *testing.T) {
	t.Parallel()
	r := replay(t, &ordinary{effects: map[string]int{}}, "", "")
	var advised []string
	for _, result := range r.Results {
		require.Equal(t, verdict.Pass, result.Verdict, "%s: %v %v", result.Case, result.Findings, result.Inconclusive)
		if len(result.Advice) > 0 {
			require.NotEmpty(t, result.WhyAdvice)
			advised = append(advised, result.Case)
		}
	}
	require.Equal(t, verdict.Pass, r.Verdict())
	require.Equal(t, []string{"equal-number-form", "dup-json-key", "id-smuggle-case", "content-type-wrong"}, advised)
	require.Equal(t, len(advised), r.Ran().Advice)

	require.Equal(t, []string{"dup-json-key"}, failed(replay(t, &ordinary{effects: map[string]int{}}, "", "enforce: [dup-*-key]\n")))
}
