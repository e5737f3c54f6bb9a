package cleanup_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
	"github.com/fridaygate/fridaygate/smoke/cleanup"
)

// store is a service that holds events, and removes them.
type store struct {
	*httptest.Server
	mu      sync.Mutex
	events  map[string]int  // their effects
	keeps   map[string]bool // those that it does not remove
	refuses int             // how many removals it answers 429 first
	asked   []string
	headers http.Header // of the last removal
}

func newStore(t *testing.T, events ...string) *store {
	t.Helper()
	s := &store{events: map[string]int{}, keeps: map[string]bool{}}
	for _, id := range events {
		s.events[id] = 1
	}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := strings.TrimPrefix(r.URL.Path, "/events/")
	s.asked = append(s.asked, r.Method+" "+r.URL.RequestURI())
	switch {
	case r.Method == http.MethodDelete && s.refuses > 0:
		s.refuses--
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(http.StatusTooManyRequests)
	case r.Method == http.MethodDelete && id == "/all":
		s.headers = r.Header
		for one := range s.events {
			if strings.Contains(one, r.URL.Query().Get("tag")) && !s.keeps[one] {
				delete(s.events, one)
			}
		}
	case r.Method == http.MethodGet && id == "/all":
		n := 0
		for one := range s.events {
			if strings.Contains(one, r.URL.Query().Get("tag")) {
				n++
			}
		}
		_, _ = fmt.Fprintf(w, `{"left": %d}`, n)
	case s.events[id] == 0:
		w.WriteHeader(http.StatusNotFound)
	case r.Method == http.MethodGet:
		_, _ = fmt.Fprintf(w, `{"effects": %d}`, s.events[id])
	case !s.keeps[id]:
		delete(s.events, id)
	default:
		w.WriteHeader(http.StatusInternalServerError)
	}
}

func (s *store) request(method, path string, absent int) cleanup.Action {
	base, _ := url.Parse(s.URL)
	return cleanup.Action{HTTP: &cleanup.Request{Base: base, Method: method, Path: path, Absent: absent, Count: "/effects"}}
}

// byID removes and verifies event by event.
func (s *store) byID() cleanup.Step {
	verify := s.request(http.MethodGet, "/events/{event_id}", http.StatusNotFound)
	return cleanup.Step{Name: "events", Remove: s.request(http.MethodDelete, "/events/{event_id}", http.StatusNotFound), Verify: &verify}
}

// byTag removes and verifies all events of the run at once.
func (s *store) byTag() cleanup.Step {
	verify := s.request(http.MethodGet, "/all?tag={run_tag}", 0)
	verify.HTTP.Count = "/left"
	return cleanup.Step{Name: "events", Remove: s.request(http.MethodDelete, "/all?tag={run_tag}", 0), Verify: &verify}
}

func made(ids ...string) cleanup.Made {
	m := cleanup.Made{RunID: "a run", RunTag: "fg1"}
	for _, id := range ids {
		m.Events = append(m.Events, cleanup.Event{ID: id})
	}
	m.Taken = m.Events[:min(1, len(m.Events))]
	return m
}

func options() cleanup.Options {
	return cleanup.Options{
		Client: http.DefaultClient, Spend: func(context.Context, int) error { return nil }, Timeout: 5 * time.Second, Parallel: 4,
		Now: time.Now, Pauses: []time.Duration{time.Millisecond},
	}
}

func clean(t *testing.T, m cleanup.Made, steps ...cleanup.Step) []report.Result {
	t.Helper()
	var all []report.Result
	(&cleanup.Plan{Steps: steps}).Clean(t.Context(), m, options(), func(r report.Result) { all = append(all, r) })
	require.Len(t, all, len(steps))
	return all
}

func TestEventsOfTheRunAreRemovedAndNoOthers(t *testing.T) {
	for name, step := range map[string]func(*store) cleanup.Step{"by their ids": (*store).byID, "by the run's tag": (*store).byTag} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t, "evt_fg1a", "evt_fg1b", "evt_other")
			r := clean(t, made("evt_fg1a", "evt_fg1b", "evt_fg1never"), step(s))[0]
			require.Equal(t, verdict.Pass, r.Verdict, r)
			require.Empty(t, r.Notes)
			require.Equal(t, map[string]int{"evt_other": 1}, s.events)
		})
	}
}

func TestWhatIsStillThereIsListedAndUnknown(t *testing.T) {
	s := newStore(t, "evt_fg1a", "evt_fg1b", "evt_fg1c")
	s.keeps["evt_fg1b"], s.keeps["evt_fg1c"], s.events["evt_fg1c"] = true, true, 2
	r := clean(t, made("evt_fg1a", "evt_fg1b", "evt_fg1c"), s.byID())[0]
	require.Equal(t, verdict.Unknown, r.Verdict)
	require.Equal(t, []string{
		"still there after the removal: evt_fg1b, evt_fg1c (2 times)", "answered 500: evt_fg1b, evt_fg1c",
	}, r.Inconclusive)
	r = clean(t, made("evt_fg1a", "evt_fg1b"), s.byTag())[0]
	require.Equal(t, []string{"still there after the removal: run fg1 (2 times)"}, r.Inconclusive)
}

// What comes late is removed by a further try.
func TestRemovalIsTriedAgain(t *testing.T) {
	s := newStore(t, "evt_fg1a")
	s.keeps["evt_fg1a"] = true
	o := options()
	removals := 0
	o.Spend = func(context.Context, int) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		removals++
		s.keeps["evt_fg1a"] = removals < 4 // look, remove, look, remove
		return nil
	}
	(&cleanup.Plan{Steps: []cleanup.Step{s.byID()}}).Clean(t.Context(), made("evt_fg1a"), o, func(r report.Result) {
		require.Equal(t, verdict.Pass, r.Verdict, r)
	})
	require.Empty(t, s.events)
}

// A verification that cannot see what is there would be green by accident.
func TestBlindVerificationIsUnknown(t *testing.T) {
	s := newStore(t, "evt_fg1a")
	step := s.byID()
	step.Verify.HTTP.Path = "/evnts/{event_id}"
	r := clean(t, made("evt_fg1a"), step)[0]
	require.Equal(t, verdict.Unknown, r.Verdict)
	require.Contains(t, r.String(), "verify counted nothing of evt_fg1a before the removal either, although ")
	require.Empty(t, s.events, "it is removed all the same")
}

func TestRemovalWithoutVerificationIsTrustedAndSaid(t *testing.T) {
	s := newStore(t, "evt_fg1a", "evt_fg1b")
	step := s.byID()
	step.Verify = nil
	r := clean(t, made("evt_fg1a", "evt_fg1b"), step)[0]
	require.Equal(t, verdict.Pass, r.Verdict)
	require.Contains(t, r.String(), "note: that nothing is left was not verified")

	s.events["evt_fg1b"], s.keeps["evt_fg1b"] = 1, true
	r = clean(t, made("evt_fg1a", "evt_fg1b"), step)[0]
	require.Equal(t, []string{"answered 500: evt_fg1b"}, r.Inconclusive)
	step.Remove.HTTP.Absent = 0
	r = clean(t, made("evt_fg1a"), step)[0]
	require.Equal(t, []string{"answered 404 (if that says that there is nothing, declare it: absent: 404): evt_fg1a"}, r.Inconclusive)
}

func TestThrottledRemovalIsMadeAgain(t *testing.T) {
	s := newStore(t, "evt_fg1a")
	s.refuses = 2
	require.Equal(t, verdict.Pass, clean(t, made("evt_fg1a"), s.byID())[0].Verdict)
}

// A service that never answers holds the clean-up up no longer than its time.
func TestCleanUpEndsInItsTime(t *testing.T) {
	s := newStore(t, "evt_fg1a", "evt_fg1b")
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer slow.Close()
	step := s.byID()
	base, err := url.Parse(slow.URL)
	require.NoError(t, err)
	step.Remove.HTTP.Base = base
	plan := cleanup.Plan{Steps: []cleanup.Step{step, step}, Within: 50 * time.Millisecond}
	plan.Clean(t.Context(), made("evt_fg1a", "evt_fg1b"), options(), func(r report.Result) {
		require.Equal(t, verdict.Unknown, r.Verdict)
		require.Contains(t, r.String(), "the time of cleanup.within was over: all 2")
	})
}

func TestEventsWithoutTheTagAreNotFoundByIt(t *testing.T) {
	s := newStore(t, "evt_fg1a")
	m := made("evt_fg1a", "EVT_FG1B", "12345")
	r := clean(t, m, s.byTag())[0]
	require.Equal(t, []string{"{run_tag} is not in, so does not find: 12345: remove by {event_id}"}, r.Inconclusive)
	require.Equal(t, []string{"{run_tag} stands in capitals in EVT_FG1B: it must be compared without case"}, r.Notes)
	s.events["evt_fg1a"] = 1
	r = clean(t, m, s.byTag(), s.byID())[0]
	require.Empty(t, r.Inconclusive, "the other step finds it")
}

func TestIDsInBodiesAreRemovedUnlessTheyAreTheGoldenOnes(t *testing.T) {
	s := newStore(t, "ord_1", "ord_2", "ord_golden")
	step := cleanup.Step{Name: "orders", Remove: s.request(http.MethodDelete, "/events/{/data/order}", http.StatusNotFound)}
	m := made("evt_fg1a", "evt_fg1b")
	m.Events[0].Values = map[string][]string{"/data/order": {"ord_1", "ord_2"}}
	m.Events[1].Golden = map[string]string{"/data/order": "ord_golden"}
	r := clean(t, m, step)[0]
	require.Equal(t, map[string]int{"ord_golden": 1}, s.events)
	require.Equal(t, verdict.Unknown, r.Verdict)
	require.Contains(t, r.String(), "ord_golden is not removed: it is the golden webhook's own")
	m.Events[1].Golden = nil
	require.Contains(t, clean(t, m, step)[0].String(), "there is no id at /data/order in evt_fg1b: remove by {event_id}")
}

// A value is bound, or escaped for its place.
func TestValuesOfPlaceholdersDoNotReachOut(t *testing.T) {
	const hard = `a/../b?c=d" or '1'='1`
	s := newStore(t)
	step := s.byID()
	step.Remove.HTTP.Body = `{"id": "{event_id}"}`
	require.Equal(t, verdict.Pass, clean(t, made(hard), cleanup.Step{Name: "events", Remove: step.Remove})[0].Verdict)
	require.Equal(t, []string{"DELETE /events/" + url.PathEscape(hard)}, s.asked)

	db, address := charges(t, hard, "other")
	remove := cleanup.Action{SQL: &cleanup.SQL{Address: address, Statements: []string{"DELETE FROM charges WHERE event = {event_id}"}}}
	require.Equal(t, verdict.Pass, clean(t, made(hard), cleanup.Step{Name: "charges", Remove: remove})[0].Verdict)
	require.Equal(t, 1, count(t, db))
}

func charges(t *testing.T, events ...string) (*sql.DB, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "shop.db")
	db, err := sql.Open("sqlite", "file:"+file)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	_, err = db.ExecContext(t.Context(), "CREATE TABLE charges (event TEXT)")
	require.NoError(t, err)
	for _, event := range events {
		_, err = db.ExecContext(t.Context(), "INSERT INTO charges VALUES ($1)", event)
		require.NoError(t, err)
	}
	return db, "sqlite://" + file
}

func count(t *testing.T, db *sql.DB) (n int) {
	t.Helper()
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT count(*) FROM charges").Scan(&n))
	return n
}

// The statements of a step stand or fall together.
func TestSQLRemovesAndVerifies(t *testing.T) {
	const remove, left = "DELETE FROM charges WHERE event = {event_id}", "SELECT count(*) FROM charges WHERE event = {event_id}"
	for name, c := range map[string]struct {
		statements []string
		verify     string
		rows       int // afterwards
		shows      string
	}{
		"right":                        {[]string{remove}, left, 1, ""},
		"by the tag":                   {[]string{"DELETE FROM charges WHERE event LIKE 'evt_' || {run_tag} || '%'"}, left, 1, ""},
		"the second statement fails":   {[]string{remove, "DELETE FROM charge WHERE event = {event_id}"}, left, 3, "no such table"},
		"it removes something else":    {[]string{remove + " || 'x'"}, left, 3, "still there after the removal: evt_fg1a, evt_fg1b"},
		"the verification is no SQL":   {[]string{remove}, "count {event_id}", 1, "verify: "},
		"the verification is no sum":   {[]string{remove}, "SELECT event FROM charges WHERE event <> {event_id}", 1, "verify: "},
		"the verification would write": {[]string{remove}, "DELETE FROM charges WHERE event <> {event_id} RETURNING 1", 1, "verify: "},
	} {
		t.Run(name, func(t *testing.T) {
			db, address := charges(t, "evt_fg1a", "evt_fg1b", "evt_other")
			verify := cleanup.Action{SQL: &cleanup.SQL{Address: address, Statements: []string{c.verify}}}
			r := clean(t, made("evt_fg1a", "evt_fg1b"), cleanup.Step{
				Name: "charges", Remove: cleanup.Action{SQL: &cleanup.SQL{Address: address, Statements: c.statements}}, Verify: &verify,
			})[0]
			require.Equal(t, c.shows == "", r.Verdict == verdict.Pass, r)
			require.Contains(t, r.String(), c.shows)
			require.Equal(t, c.rows, count(t, db))
		})
	}
}

func TestCommandsRemoveAndVerify(t *testing.T) {
	folder := t.TempDir()
	for _, id := range []string{"evt_fg1a", "evt_fg1b"} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, id), nil, 0o600))
	}
	verify := cleanup.Action{Command: []string{"sh", "-c", `find "$0" -name "*$1*" | wc -l`, folder, "{run_tag}"}}
	step := cleanup.Step{Name: "files", Remove: cleanup.Action{Command: []string{"rm", filepath.Join(folder, "{event_id}")}}, Verify: &verify}
	require.Equal(t, verdict.Pass, clean(t, made("evt_fg1a", "evt_fg1b"), step)[0].Verdict)
	r := clean(t, made("evt_fg1a"), cleanup.Step{Name: "files", Remove: step.Remove})[0]
	require.Contains(t, r.String(), "exit status 1: rm: ")
	verify.Command = []string{"echo", "none", "{run_tag}"}
	require.Contains(t, clean(t, made("evt_fg1a"), step)[0].String(), `printed "none fg1", and not a count`)
}

func TestActionMustBeAboutTheRun(t *testing.T) {
	for text, wrong := range map[string]string{
		"delete {event_id}": "", "delete {run_tag}": "", "delete {run_id}": "", "delete {/data/id}": "", "delete {event_id} {tenant}": "",
		"delete all": "must be about what this run made", "delete {tenant}": "must be about what this run made",
		"delete {/data/id} {/data/other}": "name one id of the body", "delete {/data/id} {event_id}": "name one of them",
	} {
		for _, action := range []cleanup.Action{{Command: strings.Fields(text)}, {SQL: &cleanup.SQL{Statements: []string{text}}}} {
			if err := action.Check(); wrong == "" {
				require.NoError(t, err, text)
			} else {
				require.ErrorContains(t, err, wrong, text)
			}
		}
	}
	two := cleanup.Action{SQL: &cleanup.SQL{Statements: []string{"delete {event_id}", "delete everything"}}}
	require.ErrorContains(t, two.Check(), "statement 2 holds no placeholder")
}

func TestRequestsOfAPlanAreCounted(t *testing.T) {
	s := newStore(t)
	rows := cleanup.Step{Remove: cleanup.Action{SQL: &cleanup.SQL{Statements: []string{"{run_tag}"}}}}
	plan := cleanup.Plan{Steps: []cleanup.Step{s.byID(), s.byTag(), rows}}
	require.Equal(t, 10+11+1+2, plan.Requests(10))
}

func TestEarlierRunThatLeftNothingIsSaid(t *testing.T) {
	s := newStore(t, "evt_fg1a")
	db, address := charges(t, "evt_fg1a")
	remove := cleanup.Action{SQL: &cleanup.SQL{Address: address, Statements: []string{"DELETE FROM charges WHERE event = {event_id}"}}}
	rows := cleanup.Step{Name: "charges", Remove: remove, Verify: s.byID().Verify}
	m := made("evt_fg1a")
	m.Taken, m.Earlier = nil, true
	for _, shows := range []string{"", "note: there was nothing to remove: if there should be, the run had another name"} {
		for _, r := range clean(t, m, s.byID(), rows) {
			require.Equal(t, verdict.Pass, r.Verdict)
			require.Equal(t, shows != "", len(r.Notes) > 0)
			require.Contains(t, r.String(), shows)
		}
	}
	require.Zero(t, count(t, db))
}
