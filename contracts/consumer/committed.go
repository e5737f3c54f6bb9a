package consumer

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/diff"
)

// committed is the pact that is under version control, and the command that runs its suite.
type committed struct {
	file  string
	rerun string
}

// settle returns an error that shows the difference if the pact that was written is not the committed one, byte for
// byte. With update, it becomes the committed one.
func (c committed) settle(written []byte, update bool) error {
	old, err := os.ReadFile(c.file)
	missing := errors.Is(err, fs.ErrNotExist)
	switch {
	case err != nil && !missing:
		return fmt.Errorf("UNKNOWN: read the committed pact: %w", err)
	case err == nil && bytes.Equal(old, written):
		return nil
	case update:
		if err := os.MkdirAll(filepath.Dir(c.file), 0o755); err != nil {
			return fmt.Errorf("accept the pact: %w", err)
		}
		if err := os.WriteFile(c.file, written, 0o644); err != nil {
			return fmt.Errorf("accept the pact: %w", err)
		}
		return nil
	case missing:
		return fmt.Errorf("pact %s is not there yet\n  accept it: %s -update", c.file, c.rerun)
	}
	return &differsError{c, difference(old, written, diff.Diff("committed", old, "written", written))}
}

// differsError is a suite that writes another pact than the committed one.
type differsError struct {
	committed
	difference string
}

func (e *differsError) Error() string {
	return fmt.Sprintf("the suite writes another pact than the committed %s\n%s  accept it: %s -update", e.file, e.difference, e.rerun)
}
