package idempotency_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/fridaygate/fridaygate/providers/database"
	"github.com/fridaygate/fridaygate/providers/idempotency"
	"github.com/fridaygate/fridaygate/providers/reference/service"
)

// A test's own server lingers for half a second over a connection that it closes, longer than goleak waits.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*conn).closeWriteAndWait"))
}

// open returns a store on SQLite. Package contracts/suites tests the same rules on PostgreSQL, in containers.
func open(t *testing.T, url string, o idempotency.Options) (*idempotency.Store, *database.DB) {
	t.Helper()
	db, err := service.OpenDatabase(url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	s, err := idempotency.Open(t.Context(), db, o)
	require.NoError(t, err)
	return s, db
}

func urls(t *testing.T) map[string]string {
	return map[string]string{"memory": service.MemoryDatabase, "file": "sqlite://" + filepath.Join(t.TempDir(), "events.db")}
}

func delivery(id, content string) idempotency.Delivery {
	return idempotency.Delivery{Source: "shop", EventID: id, Type: "order.paid", Fingerprint: idempotency.FingerprintBytes([]byte(content))}
}

func answering(body string, ran *atomic.Int64) idempotency.Work {
	return func(ctx context.Context, tx *idempotency.Tx) (idempotency.Result, error) {
		n := ran.Add(1)
		if err := tx.Emit(ctx, "order.paid", "", []byte(`{}`)); err != nil {
			return idempotency.Result{}, err
		}
		return idempotency.Result{Status: 201, ContentType: "application/json", Body: fmt.Appendf(nil, "%s %d", body, n)}, nil
	}
}

func TestSameContentGetsTheStoredResult(t *testing.T) {
	for name, url := range urls(t) {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t, url, idempotency.Options{})
			var ran atomic.Int64
			outcome, first, err := s.Process(t.Context(), delivery("1", "x"), answering("done", &ran))
			require.NoError(t, err)
			require.Equal(t, idempotency.First, outcome)
			outcome, again, err := s.Process(t.Context(), delivery("1", "x"), answering("done", &ran))
			require.NoError(t, err)
			require.Equal(t, idempotency.Replayed, outcome)
			require.Equal(t, first, again)
			require.Equal(t, "done 1", string(again.Body))
			require.EqualValues(t, 1, ran.Load())

			outcome, _, err = s.Process(t.Context(), delivery("1", "y"), answering("done", &ran))
			require.NoError(t, err)
			require.Equal(t, idempotency.Mismatch, outcome)
			other := delivery("1", "y")
			other.Source = "bank"
			outcome, _, err = s.Process(t.Context(), other, answering("done", &ran))
			require.NoError(t, err)
			require.Equal(t, idempotency.First, outcome, "ids of two sources do not collide")

			record, err := s.Find(t.Context(), "shop", "1")
			require.NoError(t, err)
			require.Equal(t, first, record.Result)
			require.WithinDuration(t, time.Now(), record.ReceivedAt, time.Minute)
			_, err = s.Find(t.Context(), "shop", "2")
			require.ErrorIs(t, err, idempotency.ErrUnknown)
		})
	}
}

func TestCopiesAtTheSameTimeTakeEffectOnce(t *testing.T) {
	for name, url := range urls(t) {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t, url, idempotency.Options{Wait: 10 * time.Second})
			var ran atomic.Int64
			var mu sync.Mutex
			outcomes := map[idempotency.Outcome]int{}
			var all sync.WaitGroup
			for range 64 {
				all.Go(func() {
					outcome, result, err := s.Process(t.Context(), delivery("1", "x"),
						func(ctx context.Context, tx *idempotency.Tx) (idempotency.Result, error) {
							time.Sleep(20 * time.Millisecond)
							return answering("done", &ran)(ctx, tx)
						})
					mu.Lock()
					defer mu.Unlock()
					outcomes[outcome]++
					if err != nil || string(result.Body) != "done 1" {
						t.Errorf("%s: %q %v", outcome, result.Body, err)
					}
				})
			}
			all.Wait()
			require.Equal(t, map[idempotency.Outcome]int{idempotency.First: 1, idempotency.Replayed: 63}, outcomes)
		})
	}
}

func TestOverlappingDeliveryIsAnsweredAsInFlight(t *testing.T) {
	s, _ := open(t, service.MemoryDatabase, idempotency.Options{Wait: 20 * time.Millisecond})
	started, finish := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		_, _, err := s.Process(t.Context(), delivery("1", "x"), func(context.Context, *idempotency.Tx) (idempotency.Result, error) {
			close(started)
			<-finish
			return idempotency.Result{Status: 200}, nil
		})
		done <- err
	}()
	<-started
	outcome, _, err := s.Process(t.Context(), delivery("1", "x"), answering("", new(atomic.Int64)))
	require.NoError(t, err)
	require.Equal(t, idempotency.InFlight, outcome)
	close(finish)
	require.NoError(t, <-done)
	outcome, _, err = s.Process(t.Context(), delivery("1", "x"), answering("", new(atomic.Int64)))
	require.NoError(t, err)
	require.Equal(t, idempotency.Replayed, outcome)
}

func TestFailedWorkLeavesNothingBehind(t *testing.T) {
	s, db := open(t, service.MemoryDatabase, idempotency.Options{Lease: 50 * time.Millisecond})
	broken := errors.New("the bank said no")
	for name, work := range map[string]idempotency.Work{
		"error": func(ctx context.Context, tx *idempotency.Tx) (idempotency.Result, error) {
			return idempotency.Result{}, errors.Join(broken, tx.Emit(ctx, "order.paid", "", []byte("{}")))
		},
		"outlives its lease": func(ctx context.Context, _ *idempotency.Tx) (idempotency.Result, error) {
			<-ctx.Done()
			return idempotency.Result{Status: 200}, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := s.Process(t.Context(), delivery(name, "x"), work)
			require.Error(t, err)
			_, err = s.Find(t.Context(), "shop", name)
			require.ErrorIs(t, err, idempotency.ErrUnknown)
			var rows int
			require.NoError(t, db.QueryRow(`SELECT count(*) FROM outbox`).Scan(&rows))
			require.Zero(t, rows)
		})
	}
	var ran atomic.Int64
	outcome, _, err := s.Process(t.Context(), delivery("error", "x"), answering("done", &ran))
	require.NoError(t, err)
	require.Equal(t, idempotency.First, outcome, "a retry is carried out")
}

func TestStoredResultsSurviveARestart(t *testing.T) {
	url := "sqlite://" + filepath.Join(t.TempDir(), "events.db")
	var ran atomic.Int64
	first, db := open(t, url, idempotency.Options{})
	_, _, err := first.Process(t.Context(), delivery("1", "x"), answering("done", &ran))
	require.NoError(t, err)
	require.NoError(t, db.Close())
	second, _ := open(t, url, idempotency.Options{})
	outcome, result, err := second.Process(t.Context(), delivery("1", "x"), answering("done", &ran))
	require.NoError(t, err)
	require.Equal(t, idempotency.Replayed, outcome)
	require.Equal(t, "done 1", string(result.Body))
}

// flaky publishes each message, and returns an error every second time.
type flaky struct {
	mu    sync.Mutex
	calls int
	seen  map[int64]int
}

func (f *flaky) Publish(_ context.Context, m idempotency.Message) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	f.seen[m.ID]++
	if f.calls%2 == 1 {
		return errors.New("the connection broke")
	}
	return nil
}

func TestRelayPublishesUntilItIsDone(t *testing.T) {
	s, _ := open(t, service.MemoryDatabase, idempotency.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	stream := &flaky{seen: map[int64]int{}}
	var failures atomic.Int64
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Relay(ctx, stream, func(error) { failures.Add(1) })
	}()
	for i := range 3 {
		_, _, err := s.Process(t.Context(), delivery(fmt.Sprint(i), "x"), answering("done", new(atomic.Int64)))
		require.NoError(t, err)
	}
	for i := range 3 {
		require.Eventually(t, func() bool {
			n, err := s.Published(t.Context(), "shop", fmt.Sprint(i))
			return err == nil && n == 1
		}, 10*time.Second, 5*time.Millisecond)
	}
	cancel()
	<-done
	require.Len(t, stream.seen, 3)
	require.NotZero(t, failures.Load())
}

func TestFingerprint(t *testing.T) {
	same := [][]string{
		{`{"a":1,"b":[true,null]}`, ` { "b" : [ true , null ] , "a" : 1 } `},
		{`{"é":"\/"}`, `{"\u00e9":"/"}`},
		{`1000`, `1000.0`, `1e3`, `1E+3`, `10.00e2`, `0.1e4`},
		{`0`, `-0`, `0.0`, `0e999999999999999999999`},
		{`-1.5`, `-15e-1`},
		{`1e999999999999999999999`, `10e999999999999999999998`},
	}
	for _, group := range same {
		first, err := idempotency.Fingerprint([]byte(group[0]))
		require.NoError(t, err)
		for _, text := range group[1:] {
			got, err := idempotency.Fingerprint([]byte(text))
			require.NoError(t, err)
			require.Equal(t, first, got, "%s and %s", group[0], text)
		}
	}
	different := []string{
		`9007199254740992`, `9007199254740993`, `1000`, `"1000"`, `-1000`, `[1,2]`, `[2,1]`, `[12]`, `{"a":null}`, `{}`, `[]`, `null`, `""`,
		`"null"`,
		`{"a":1,"b":2}`, `{"a":2,"b":1}`, "\"\u00e9\"", "\"e\u0301\"", `1e1`, `1e2`, `0.1`, `{"a":{"b":1}}`, `{"a":["b",1]}`,
	}
	seen := map[string]string{}
	for _, text := range different {
		got, err := idempotency.Fingerprint([]byte(text))
		require.NoError(t, err)
		require.Empty(t, seen[got], "%s and %s", text, seen[got])
		require.Regexp(t, `^sha256:[0-9a-f]{64}$`, got)
		seen[got] = text
	}
	for _, text := range []string{
		``, `{`, `{"a":1,"a":1}`, `{"a":{"b":1,"\u0062":2}}`, `1 2`, `nope`, `{"a" 1}`, "\"\xff\"", strings.Repeat("[", 10_000),
	} {
		_, err := idempotency.Fingerprint([]byte(text))
		require.Error(t, err, "%.20s", text)
	}
}

func FuzzFingerprint(f *testing.F) {
	golden, err := filepath.Glob("../../fixtures/*/*.json")
	if err != nil || len(golden) == 0 {
		f.Fatal("no golden webhook to start from")
	}
	for _, file := range golden {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"a":[1e400,-0.0,"\ud83c\udf6e"]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		first, err := idempotency.Fingerprint(text)
		if err != nil {
			return
		}
		padded, err := idempotency.Fingerprint([]byte(" " + string(text) + "\n"))
		require.NoError(t, err)
		require.Equal(t, first, padded)
		wrapped, err := idempotency.Fingerprint([]byte("[" + string(text) + "]"))
		if err == nil { // it may be nested too deep now
			require.NotEqual(t, first, wrapped)
		}
	})
}

func ExampleStore_Process() {
	ctx := context.Background()
	db, err := service.OpenDatabase(service.MemoryDatabase)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = db.Close() }()
	events, err := idempotency.Open(ctx, db, idempotency.Options{Wait: 2 * time.Second})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, payload := range []string{`{"total": 1000}`, `{"total":1e3}`, `{"total": 9}`} {
		fingerprint, err := idempotency.Fingerprint([]byte(payload))
		if err != nil {
			fmt.Println(err)
			return
		}
		d := idempotency.Delivery{Source: "shop", EventID: "evt_1", Type: "order.paid", Fingerprint: fingerprint}
		outcome, result, err := events.Process(ctx, d, func(ctx context.Context, tx *idempotency.Tx) (idempotency.Result, error) {
			// The work: everything through tx happens once, or not at all.
			err := tx.Emit(ctx, "order.charged", "", []byte(payload))
			return idempotency.Result{Status: 200, Body: []byte("charged")}, err
		})
		fmt.Println(outcome, string(result.Body), err)
	}
	// Output:
	// first charged <nil>
	// replayed charged <nil>
	// mismatch  <nil>
}
