package vendors

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke"
	"github.com/fridaygate/fridaygate/smoke/senders"
)

// delivery is what a receiver got.
type delivery struct {
	*http.Request
	body []byte // all of it; Body can be read again
}

// event is one event of a delivery: the key that distinguishes it, and the id by which its effects are counted.
type event struct{ key, id string }

func identified(ids ...string) []event {
	all := make([]event, len(ids))
	for i, id := range ids {
		all[i] = event{id, id}
	}
	return all
}

// vendor is a receiver that is written with a vendor's library.
type vendor struct {
	sender string // the profile
	secret string // what the sender signs with; what verifies may be another key
	// read verifies a delivery with the library and returns its events. An event of a type that nobody handles here is
	// acknowledged, so it is none. An error refuses the delivery.
	read func(d delivery) ([]event, error)
	// agree, if not nil, answers the request with which the sender checks the endpoint; an empty answer says that d is
	// another one.
	agree func(d delivery) (answer string)
}

// receiver takes deliveries once each, or as often as they come.
type receiver struct {
	vendor
	forgetful bool // the usual bug

	mu      sync.Mutex
	taken   map[string]bool
	effects map[string]int
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	if id, ok := strings.CutPrefix(request.URL.Path, "/events/"); ok {
		r.mu.Lock()
		defer r.mu.Unlock()
		fmt.Fprintf(w, `{"effects":%d}`, r.effects[id])
		return
	}
	body, err := io.ReadAll(request.Body)
	if err != nil {
		http.Error(w, "the body cannot be read", http.StatusBadRequest)
		return
	}
	request.Body = io.NopCloser(bytes.NewReader(body))
	d := delivery{request, body}
	events, err := r.read(d)
	if r.agree != nil && (err == nil || request.Method == http.MethodGet) {
		if answer := r.agree(d); answer != "" {
			fmt.Fprint(w, answer)
			return
		}
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	for _, e := range events {
		r.take(e)
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprint(w, `{"received":true}`)
}

func (r *receiver) take(e event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.taken[e.key] || r.forgetful {
		r.taken[e.key] = true
		r.effects[e.id]++
	}
}

// replay runs cases against a receiver on target; every case if none is named.
func replay(t *testing.T, sender, secret, target string, only ...string) report.Report {
	t.Helper()
	runner, err := smoke.NewRunner(smoke.Options{
		Target: target, RunID: t.Name(), Cases: only, Parallel: 8, Fixtures: []string{filepath.Join("../examples", sender)},
		LookupEnv: func(string) (string, bool) { return secret, true },
	})
	require.NoError(t, err)
	defer func() { require.NoError(t, runner.Close()) }()
	return runner.Run(t.Context(), nil)
}

// duplicates are the cases that ask whether an event is carried out once.
var duplicates = []string{"dup-seq", "dup-concurrent-2", "lost-response-retry"}

// judge demands green of a receiver that deduplicates, and red of the same that forgets. start starts one.
func judge(t *testing.T, sender, secret string, start func(t *testing.T, forgetful bool) (target string)) {
	t.Helper()
	t.Run("green", func(t *testing.T) {
		r := replay(t, sender, secret, start(t, false))
		for _, result := range r.Results {
			if result.Verdict != verdict.Pass {
				t.Errorf("%s: %s %+v %v", result.Case, result.Verdict, result.Findings, result.Inconclusive)
			}
		}
		require.Equal(t, verdict.Pass, r.Verdict())
	})
	t.Run("red without deduplication", func(t *testing.T) {
		r := replay(t, sender, secret, start(t, true), duplicates...)
		require.Equal(t, verdict.Fail, r.Verdict())
		require.Len(t, r.Results, len(duplicates))
		for _, result := range r.Results {
			require.Equal(t, verdict.Fail, result.Verdict, result.Case)
		}
	})
}

func TestReceiversWithGoLibraries(t *testing.T) { judgeAll(t, goVendors) }

// Where a vendor has no library, its page says how a delivery is verified.
func TestReceiversByTheVendorsPages(t *testing.T) {
	judgeAll(t, pageVendors)
	judgeAll(t, map[string]vendor{"paypal": payPal(t)})
}

func judgeAll(t *testing.T, vendors map[string]vendor) {
	t.Helper()
	for name, v := range vendors {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			judge(t, v.sender, v.secret, func(t *testing.T, forgetful bool) string {
				server := httptest.NewServer(&receiver{vendor: v, forgetful: forgetful, taken: map[string]bool{}, effects: map[string]int{}})
				t.Cleanup(server.Close)
				return server.URL
			})
		})
	}
}

var errSignature = errors.New("the signature is not valid")

func valid(ok bool) error {
	if !ok {
		return errSignature
	}
	return nil
}

func TestEverySenderHasAReceiver(t *testing.T) {
	source, err := os.ReadFile("node/vendors.mjs")
	require.NoError(t, err)
	for _, name := range senders.Names() {
		here := strings.Contains(string(source), "sender: '"+name+"'")
		for _, v := range slices.Concat(slices.Collect(maps.Values(goVendors)), slices.Collect(maps.Values(pageVendors)), []vendor{payPal(t)}) {
			here = here || v.sender == name
		}
		require.True(t, here, name)
	}
}
