package testcache

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
)

// Disable keeps go test from caching the result of this process's tests. It may be called before, during and after
// testing.M.Run, from any goroutine and as often as wanted. Outside go test it does nothing. An error means that go
// test would still cache the result.
func Disable() error { return once() }

var once = sync.OnceValue(disable)

// logFlag names the file in which a test records the variables and files that it uses, for go test.
const logFlag = "test.testlogfile"

// magic is how that file begins. go test caches no result whose record begins otherwise
// (saveOutput in cmd/go/internal/test/test.go).
const magic = "# test log\n"

func disable() error {
	option := flag.Lookup(logFlag)
	if option == nil {
		return nil // no test
	}
	if !flag.Parsed() {
		os.Args = without(os.Args, logFlag)
		return nil
	}
	path := option.Value.String()
	if path == "" {
		return nil // go test does not cache this run
	}
	// Package testing buffers the record. A name longer than any buffer has it write the beginning, which it never
	// writes again: what is changed there stays.
	_ = os.Getenv(strings.Repeat("-", 1<<16)) //nolint:forbidigo // for the record alone
	err := spoil(path)
	if errors.Is(err, fs.ErrNotExist) {
		return option.Value.Set("") // tests have not begun, and begin without a record
	}
	if err != nil {
		return fmt.Errorf("go test would cache this result, which depends on more than it can see: use -count=1: %w", err)
	}
	return nil
}

// without returns args without the flag of that name.
func without(args []string, name string) []string {
	var kept []string
	for _, arg := range args {
		if !strings.HasPrefix(strings.TrimLeft(arg, "-"), name+"=") {
			kept = append(kept, arg)
		}
	}
	return kept
}

// spoil changes the record's first byte. Windows would not let it be removed, as package testing has it open.
func spoil(path string) error {
	record, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(overwrite(record), record.Close())
}

func overwrite(record *os.File) error {
	head := make([]byte, len(magic))
	if _, err := record.ReadAt(head, 0); err != nil {
		return fmt.Errorf("read the beginning of %s: %w", record.Name(), err)
	}
	if string(head) != magic {
		return fmt.Errorf("%s begins with %q, and this version of Go is expected to begin it with %q", record.Name(), head, magic)
	}
	_, err := record.WriteAt([]byte("!"), 0)
	return err
}
