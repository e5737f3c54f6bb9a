package browser

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// axe names the accessibility checker by which pages are judged (https://github.com/dequelabs/axe-core, MPL-2.0), and its content.
//
//go:embed axe.json
var axe []byte

// axeScript returns the script of axe-core. It takes the package from the cache of this repository, or else from npm.
func axeScript(t *testing.T) string {
	t.Helper()
	var pinned struct{ Package, File, Integrity string }
	require.NoError(t, json.Unmarshal(axe, &pinned))
	cache := filepath.Join("..", "..", "..", "..", ".cache", strings.ReplaceAll(pinned.Package, "@", "-")+".tgz")
	packed, err := os.ReadFile(cache)
	if err != nil || integrity(packed) != pinned.Integrity {
		folder := t.TempDir()
		pack := exec.CommandContext(t.Context(), "npm", "pack", "--silent", "--pack-destination", folder, pinned.Package)
		said, err := pack.CombinedOutput()
		require.NoError(t, err, "npm pack %s: %s", pinned.Package, said)
		packed, err = os.ReadFile(filepath.Join(folder, strings.TrimSpace(string(said))))
		require.NoError(t, err)
		require.Equal(t, pinned.Integrity, integrity(packed))
		require.NoError(t, os.MkdirAll(filepath.Dir(cache), 0o755))
		require.NoError(t, os.WriteFile(cache, packed, 0o644))
	}
	text, err := unpacked(packed, pinned.File)
	require.NoError(t, err)
	return text
}

// integrity returns the hash of a package as npm has it.
func integrity(packed []byte) string {
	sum := sha512.Sum512(packed)
	return "sha512-" + base64.StdEncoding.EncodeToString(sum[:])
}

// unpacked returns one file of a package.
func unpacked(packed []byte, name string) (string, error) {
	plain, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return "", err
	}
	for files := tar.NewReader(plain); ; {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return "", fmt.Errorf("%s is not in the package", name)
		}
		if err != nil {
			return "", err
		}
		if header.Name == name {
			text, err := io.ReadAll(files)
			return string(text), err
		}
	}
}
