package smoke_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke"
)

// bank books deposits, and shows the balance of an account. It starts with money on each.
type bank struct {
	forgetful bool

	mu       sync.Mutex
	seen     map[string]bool
	balances map[string]*big.Rat
}

func (b *bank) balance(account string) *big.Rat {
	if b.balances[account] == nil {
		b.balances[account] = big.NewRat(1000, 1)
	}
	return b.balances[account]
}

func (b *bank) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if account, ok := strings.CutPrefix(r.URL.Path, "/accounts/"); ok {
		_, _ = fmt.Fprintf(w, `{"balance":"%s"}`, b.balance(account).FloatString(2))
		return
	}
	var deposit struct {
		ID, Account string
		Amount      json.Number
	}
	if err := json.NewDecoder(r.Body).Decode(&deposit); err != nil || deposit.ID == "" {
		http.Error(w, "no deposit", http.StatusBadRequest)
		return
	}
	if amount, ok := new(big.Rat).SetString(deposit.Amount.String()); ok && (!b.seen[deposit.ID] || b.forgetful) {
		b.seen[deposit.ID] = true
		b.balance(deposit.Account).Sub(b.balance(deposit.Account), amount)
	}
	_, _ = fmt.Fprint(w, `{"received":true}`)
}

// book replays cases against a bank. more is a line of its webhook.yaml.
func book(t *testing.T, b *bank, more string, only ...string) report.Report {
	t.Helper()
	b.seen, b.balances = map[string]bool{}, map[string]*big.Rat{}
	server := httptest.NewServer(b)
	defer server.Close()
	return run(t, smoke.Options{Target: server.URL, RunID: t.Name(), Cases: only, Parallel: 8, Fixtures: []string{folder(t, map[string]string{
		"webhook.yaml": `
receiver: bank
endpoint: {path: /hook}
signature: {scheme: none, reason: a private network}
event_id: {pointer: /id}
policy: {duplicate: success, mismatch: any}
effects: {http: {path: "/accounts/{subject}", subject: /account, count: /balance, amount: /amount}, within: 100ms, settle: 1ms}
` + more, "paid.json": `{"id":"dep_8hTq2LmXz0Kq41","account":"acc_7Yt5Wc3Bn1Zr90","amount":12.50,"note":"rent"}`,
	})}})
}

// many are cases of several rounds, one of which would see the change of another if they ran at a time.
var many = []string{"first", "dup-*", "mismatch-*", "lost-response-retry", "id-differs-*", "id-smuggle-case", "truncated-json"}

func TestEffectsAreCountedByTheChangeOfASubject(t *testing.T) {
	t.Parallel()
	for name, more := range map[string]string{"one account for all": "", "an account for each event": "fresh: [/account]\n"} {
		t.Run(name, func(t *testing.T) {
			r := book(t, &bank{}, more, many...)
			require.Greater(t, len(r.Results), 12)
			for _, result := range r.Results {
				require.Equal(t, verdict.Pass, result.Verdict, "%s: %v %v", result.Case, result.Findings, result.Inconclusive)
			}
			r = book(t, &bank{forgetful: true}, more, "dup-seq")
			require.Equal(t, verdict.Fail, r.Verdict())
			require.Equal(t, "2 effects", r.Results[0].Findings[0].Got)
		})
	}
}

func TestSubjectThatMovesByItselfIsNotJudged(t *testing.T) {
	r := book(t, &bank{}, "", "first")
	require.Equal(t, verdict.Pass, r.Verdict())
	b := &bank{}
	b.seen, b.balances = map[string]bool{}, map[string]*big.Rat{}
	busy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/accounts/") {
			b.mu.Lock()
			account := strings.TrimPrefix(r.URL.Path, "/accounts/")
			b.balance(account).Add(b.balance(account), big.NewRat(1, 100))
			b.mu.Unlock()
		}
		b.ServeHTTP(w, r)
	}))
	defer busy.Close()
	r = run(t, smoke.Options{Target: busy.URL, RunID: t.Name(), Cases: []string{"first"}, Fixtures: []string{folder(t, map[string]string{
		"webhook.yaml": `
receiver: bank
endpoint: {path: /hook}
signature: {scheme: none, reason: a private network}
event_id: {pointer: /id}
effects: {http: {path: "/accounts/{subject}", subject: /account, count: /balance, amount: /amount}, within: 50ms, settle: 1ms}
`, "paid.json": `{"id":"dep_8hTq2LmXz0Kq41","account":"acc_7Yt5Wc3Bn1Zr90","amount":12.50}`,
	})}})
	require.Equal(t, verdict.Unknown, r.Verdict(), "%+v", r.Results)
	require.Contains(t, strings.Join(r.Results[0].Inconclusive, " "), "no multiple of 25/2")
}
