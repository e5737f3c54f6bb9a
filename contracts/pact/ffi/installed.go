package ffi

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrMissing is the cause when the library is not where it is installed, or is another one there. Install puts it
// there.
var ErrMissing = errors.New("not installed")

// StrayError is another library in a folder that is searched earlier: it would be loaded instead of the pinned one, and
// Install cannot help that.
type StrayError struct{ Path, Want, Got string }

func (e *StrayError) Error() string {
	return fmt.Sprintf("%s is loaded before the pinned libpact_ffi, and is not it: its SHA-256 is %s, want %s; remove it: rm %s",
		e.Path, e.Got, e.Want, e.Path)
}

// Installed returns the path of the installed library after checking it, and every folder that is searched before.
func (l Library) Installed(platform Platform) (string, error) {
	for _, dir := range l.Paths {
		path := filepath.Join(dir, platform.File)
		got, err := sum(path)
		last := dir == l.Dir()
		switch {
		case errors.Is(err, fs.ErrNotExist) && last:
			return "", fmt.Errorf("libpact_ffi %s: %s: %w", l.Version, path, ErrMissing)
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return "", fmt.Errorf("libpact_ffi %s: %w", l.Version, err)
		case got == platform.SHA256 && last:
			return path, nil
		case got == platform.SHA256:
		case last:
			return "", fmt.Errorf("libpact_ffi %s: %s is another one (SHA-256 %s, want %s): %w", l.Version, path, got, platform.SHA256, ErrMissing)
		default:
			return "", &StrayError{Path: path, Want: platform.SHA256, Got: got}
		}
	}
	return "", errors.New("libpact_ffi: library.json names no folder")
}

func sum(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	digest := sha256.New()
	_, err = io.Copy(digest, file)
	return hex.EncodeToString(digest.Sum(nil)), errors.Join(err, file.Close())
}
