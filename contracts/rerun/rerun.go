// Package rerun names the command that runs one test again. It does not run it.
package rerun

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"al.essio.dev/pkg/shellescape"
)

// Command returns the go test command that runs only t, to be typed at the root of the module.
func Command(t *testing.T) string { return Test(t.Name()) }

// Test returns the command that runs the test of that name. Its package is that of the current folder, as under go test.
func Test(name string) string {
	levels := strings.Split(name, "/")
	for i, level := range levels {
		levels[i] = "^" + regexp.QuoteMeta(level) + "$"
	}
	return shellescape.QuoteCommand([]string{"go", "test", "-run", strings.Join(levels, "/"), folder()})
}

// folder is the working folder as seen from the root of its module; "." where there is no module.
func folder() string {
	here, err := os.Getwd()
	if err != nil {
		return "."
	}
	for root := here; ; root = filepath.Dir(root) {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			if relative, err := filepath.Rel(root, here); err == nil && relative != "." {
				return "./" + filepath.ToSlash(relative)
			}
			return "."
		}
		if root == filepath.Dir(root) {
			return "."
		}
	}
}
