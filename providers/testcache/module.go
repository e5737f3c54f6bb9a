package testcache

import (
	"os"
	"path/filepath"
	"strings"
)

// start is the folder of the package under test: go test runs tests there.
var start, _ = os.Getwd()

// Sees reports whether go test sees a change of the files in a folder: it does so in the module of the package under
// test, and nowhere else. A folder that cannot be placed is not seen.
func Sees(folder string) bool {
	root := moduleRoot(start)
	absolute, err := filepath.Abs(folder)
	if root == "" || err != nil {
		return false
	}
	path, err := filepath.Rel(root, absolute)
	return err == nil && path != ".." && !strings.HasPrefix(path, ".."+string(filepath.Separator))
}

// moduleRoot returns the nearest folder with a go.mod, at or above folder; "" if there is none.
func moduleRoot(folder string) string {
	for folder != "" {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder
		}
		above := filepath.Dir(folder)
		if above == folder {
			return ""
		}
		folder = above
	}
	return ""
}
