package consumer

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/report/reporttest"
	"github.com/fridaygate/fridaygate/contracts/rerun"
	"github.com/fridaygate/fridaygate/providers/testcache"
)

// Options names the pact that a suite writes.
type Options struct {
	Consumer string // required; together the two name the file: Consumer-Provider.json
	Provider string // required
	Folder   string // of the committed pacts, seen from the test's folder; empty: pacts
	Parallel bool   // the interactions run concurrently, each with its own mock; false: sequentially
	Update   bool   // accept what the suite writes as the committed pact; the value of the test's -update flag
}

// Suite is the run of one consumer's suite. Its methods may be called from several goroutines.
type Suite struct {
	t    *testing.T
	opts Options
	file string // the committed pact
	dir  string // of what pact-go writes

	recorder *reporttest.Recorder

	mu      sync.Mutex
	planned int
	began   int
	parts   []part // of the interactions that passed
}

// New begins a suite, which is whole when t and its subtests end: then it is compared with the committed
// pact, or becomes it. One pact is the work of one suite, and a suite is that of one test.
//
// A suite that failed, or that -run narrowed, has no whole pact: it compares and writes nothing. A
// suite that ran nothing, or skipped something, fails.
func New(t *testing.T, opts Options) *Suite {
	t.Helper()
	if opts.Folder == "" {
		opts.Folder = "pacts"
	}
	s := &Suite{t: t, opts: opts, file: filepath.Join(opts.Folder, opts.Consumer+"-"+opts.Provider+".json"), dir: t.TempDir()}
	s.recorder = reporttest.New(t, nil) // it records after finish
	err := opts.check()
	if err == nil {
		err = claim(s.file, t.Name())
	}
	if err == nil {
		err = errors.Join(testcache.Disable(), prepare()) // libpact_ffi is outside the module
	}
	if err != nil {
		s.recorder.Problem(report.Consumer, s.name(), err.Error())
		t.Fatalf("UNKNOWN: %s", err)
	}
	t.Cleanup(s.finish)
	return s
}

func (o Options) check() error {
	for what, name := range map[string]string{"Consumer": o.Consumer, "Provider": o.Provider} {
		if name == "" {
			return fmt.Errorf("consumer suite: Options.%s is empty: give the name that the pact has", what)
		}
		if strings.ContainsAny(name, `/\`) {
			return fmt.Errorf("consumer suite: Options.%s is %q: it becomes part of a file's name, and cannot have a slash", what, name)
		}
	}
	return nil
}

// claims has the test that writes each pact, by the pact's absolute path.
var claims sync.Map

// claim takes a pact for a test, once and for all: a second suite of the pact would undo the work of the first.
func claim(file, test string) error {
	path, err := filepath.Abs(file)
	if err != nil {
		return fmt.Errorf("pact %s: %w", file, err)
	}
	if owner, taken := claims.LoadOrStore(path, test); taken && owner != test {
		return fmt.Errorf("pact %s is written by two suites, %s and %s: make them one, or give one of them another name", file, owner, test)
	}
	return nil
}

// Orphans returns the pacts in a folder that no suite of this process has written, sorted. After a whole run of a package's
// tests there should be none: nothing would notice if such a pact no longer matched its consumer.
func Orphans(folder string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return nil, fmt.Errorf("pacts in %s: %w", folder, err)
	}
	var orphans []string
	for _, file := range files {
		path, err := filepath.Abs(file)
		if err != nil {
			return nil, fmt.Errorf("pact %s: %w", file, err)
		}
		if _, written := claims.Load(path); !written {
			orphans = append(orphans, file)
		}
	}
	return orphans, nil
}

// run runs one interaction as a subtest; f has pact-go write its pact into a folder.
func (s *Suite) run(name string, f func(t *testing.T, dir string) error) {
	s.t.Helper()
	s.mu.Lock()
	s.planned++
	s.mu.Unlock()
	s.t.Run(name, func(t *testing.T) {
		t.Helper()
		s.mu.Lock()
		s.began++
		dir := filepath.Join(s.dir, strconv.Itoa(s.began)) // libpact_ffi makes it
		s.mu.Unlock()
		if s.opts.Parallel {
			t.Parallel()
		}
		check := s.check(name)
		s.recorder.Plan(check)
		started := time.Now()
		err := f(t, dir)
		s.recorder.Add(interactionResult(t, check, time.Since(started), err))
		if t.Skipped() {
			t.SkipNow() // finish reports it
		}
		if err != nil {
			t.Fatal(err)
		}
		if t.Failed() {
			return
		}
		written, err := read(dir, t.Name())
		if err = errors.Join(err, os.RemoveAll(dir)); err != nil {
			t.Fatalf("UNKNOWN: the pact that pact-go wrote: %s", err)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.parts = append(s.parts, written)
	})
}

// finish merges what the interactions wrote, and settles it with the committed pact.
func (s *Suite) finish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	whole, err := s.whole()
	switch {
	case err != nil:
		s.recorder.Problem(report.Consumer, s.name(), err.Error())
	case whole:
		check := s.check("the committed pact")
		s.recorder.Plan(check)
		err = s.settle()
		s.recorder.Add(committedResult(check, s.file, err))
	}
	s.recorder.Change(func(r *report.Report) { r.Unselected = s.planned - s.began })
	if err != nil {
		s.t.Error(err)
	}
	if !whole && s.opts.Update {
		refused := fmt.Sprintf("-update accepts nothing: pact %s needs its whole suite, and all of it must pass", s.file)
		s.recorder.Problem(report.Consumer, s.name(), refused)
		s.t.Error(refused)
	}
}

// whole reports whether every interaction of the suite passed. It returns an error for a suite that is green and must not be.
func (s *Suite) whole() (bool, error) {
	done := len(s.parts)
	switch {
	case s.t.Failed():
		return false, nil
	case done == 0 && s.began == 0:
		return false, fmt.Errorf("the suite of pact %s ran no interaction: there are %d, and -run selects none of them", s.file, s.planned)
	case done < s.began || s.t.Skipped():
		return false, fmt.Errorf("the suite of pact %s skipped some of its %d interactions, so its pact cannot be compared: do not skip",
			s.file, s.planned)
	}
	return done == s.planned, nil
}

func (s *Suite) settle() error {
	written, err := merge(s.parts)
	if err != nil {
		return fmt.Errorf("pact %s: %w", s.file, err)
	}
	return committed{file: s.file, rerun: rerun.Test(s.t.Name())}.settle(written, s.opts.Update)
}
