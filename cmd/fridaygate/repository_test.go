package main

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// mostBytes is how large a file of the repository may be.
const mostBytes = 1 << 20

// unfit returns why a file does not belong into the repository; "" when it does. Bodies of fixtures and test data may be
// anything but large.
func unfit(path string, text []byte) string {
	data := slices.ContainsFunc(strings.Split(path, "/"), func(folder string) bool { return folder == "testdata" || folder == "fixtures" })
	switch {
	case len(text) > mostBytes:
		return "it is larger than 1 MiB"
	case !data && bytes.IndexByte(text, 0) >= 0:
		return "it is binary"
	}
	return ""
}

func TestTheRepositoryHoldsNoBinary(t *testing.T) {
	files := tracked(t, "../..")
	require.Contains(t, files, "go.mod")
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join("../..", file))
		if os.IsNotExist(err) {
			continue // removed, and not committed yet
		}
		require.NoError(t, err)
		require.Empty(t, unfit(file, text), file)
	}
}

func TestWhatDoesNotBelongIntoTheRepository(t *testing.T) {
	large := bytes.Repeat([]byte("x"), mostBytes+1)
	require.NotEmpty(t, unfit("README.md", large))
	require.NotEmpty(t, unfit("smoke/testdata/body.json", large))
	require.NotEmpty(t, unfit("pact.test", []byte("\x7fELF\x00")))
	require.Empty(t, unfit("fixtures/photos/upload.bin", []byte("\x89PNG\x00")))
	require.Empty(t, unfit("smoke/testdata/upload.bin", []byte("\x00")))
	require.Empty(t, unfit("README.md", large[:mostBytes]))
}

// tracked lists the files that Git tracks below root, or all files where root is no checkout.
func tracked(t *testing.T, root string) []string {
	t.Helper()
	if _, err := os.Stat(filepath.Join(root, ".git")); err == nil {
		command := exec.CommandContext(t.Context(), "git", "-C", root, "ls-files", "-z")
		out, err := command.Output()
		require.NoError(t, err)
		return strings.Split(strings.TrimRight(string(out), "\x00"), "\x00")
	}
	var all []string
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			if err == nil && slices.Contains([]string{".bin", ".cache", "node_modules"}, entry.Name()) {
				return fs.SkipDir
			}
			return err
		}
		relative, err := filepath.Rel(root, path)
		all = append(all, filepath.ToSlash(relative))
		return err
	}))
	return all
}
