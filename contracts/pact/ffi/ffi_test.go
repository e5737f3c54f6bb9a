package ffi_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/pact/ffi"
)

var (
	library  = []byte("the library")
	platform = ffi.Platform{
		File: "lib.so", Asset: "lib-linux.so.gz", Package: "@pact/lib", Prebuilt: "package/prebuilds/lib.so", SHA256: sum(library),
	}
)

func sum(content []byte) string {
	digest := sha256.Sum256(content)
	return hex.EncodeToString(digest[:])
}

// source is a release and an npm package, each with its own content; nil: it is unreachable.
func source(t *testing.T, release, pack []byte) (ffi.Options, string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/lib-linux.so.gz" {
			http.NotFound(w, r)
			return
		}
		z := gzip.NewWriter(w)
		_, _ = z.Write(release)
		_ = z.Close()
	}))
	t.Cleanup(server.Close)
	if release == nil {
		server.Close()
	}
	root := t.TempDir()
	l := ffi.Library{
		Version: "1.2.3", Release: server.URL + "/v1", NPMVersion: "4.5.6",
		Paths:     []string{filepath.Join(root, "tmp"), filepath.Join(root, "opt"), filepath.Join(root, "usr")},
		Platforms: map[string]ffi.Platform{"plan9/mips": platform},
	}
	for _, dir := range l.Paths[:2] {
		require.NoError(t, os.Mkdir(dir, 0o755))
	}
	return ffi.Options{Library: &l, Platform: "plan9/mips", NPM: npm(t, pack)}, filepath.Join(l.Dir(), "lib.so")
}

// npm writes a command that packs a package of one file, and fails when there is no content.
func npm(t *testing.T, content []byte) string {
	t.Helper()
	dir := t.TempDir()
	script := "#!/bin/sh\necho 'npm error code E404' >&2\nexit 1\n"
	if content != nil {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		w := tar.NewWriter(z)
		require.NoError(t, w.WriteHeader(&tar.Header{Name: "package/prebuilds/lib.so", Mode: 0o644, Size: int64(len(content))}))
		_, err := w.Write(content)
		require.NoError(t, err)
		require.NoError(t, w.Close())
		require.NoError(t, z.Close())
		require.NoError(t, os.WriteFile(filepath.Join(dir, "a.tgz"), b.Bytes(), 0o644))
		script = fmt.Sprintf("#!/bin/sh\n[ \"$1 $2 $3 $5\" = 'pack --silent --pack-destination @pact/lib@4.5.6' ] || exit 9\n"+
			"cp %s/a.tgz \"$4/pact-lib-4.5.6.tgz\"\n", dir)
	}
	path := filepath.Join(dir, "npm")
	require.NoError(t, os.WriteFile(path, []byte(script), 0o755))
	return path
}

func TestTheLibraryComesFromTheRelease(t *testing.T) {
	options, path := source(t, library, nil)
	_, err := options.Library.Installed(platform)
	require.ErrorIs(t, err, ffi.ErrMissing)
	result, err := ffi.Install(t.Context(), options)
	require.NoError(t, err)
	require.Equal(t, ffi.Result{Path: path, Source: options.Library.Release + "/lib-linux.so.gz"}, result)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, library, content)
	found, err := options.Library.Installed(platform)
	require.NoError(t, err)
	require.Equal(t, path, found)
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing else is left in the folder")
}

func TestTheLibraryComesFromNPMWhereTheReleaseIsUnreachable(t *testing.T) {
	options, path := source(t, nil, library)
	result, err := ffi.Install(t.Context(), options)
	require.NoError(t, err)
	require.Equal(t, ffi.Result{Path: path, Source: "npm pack @pact/lib@4.5.6"}, result)
	again, err := ffi.Install(t.Context(), options)
	require.NoError(t, err)
	require.Equal(t, ffi.Result{Path: path}, again, "what is there is not fetched again")
}

func TestAnotherLibraryInItsPlaceIsReplaced(t *testing.T) {
	options, path := source(t, library, nil)
	require.NoError(t, os.Mkdir(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte("an older one"), 0o644))
	_, err := options.Library.Installed(platform)
	require.ErrorIs(t, err, ffi.ErrMissing)
	require.ErrorContains(t, err, "is another one (SHA-256 "+sum([]byte("an older one")))
	_, err = ffi.Install(t.Context(), options)
	require.NoError(t, err)
	_, err = options.Library.Installed(platform)
	require.NoError(t, err)
}

func TestWithoutAnySourceBothAreNamed(t *testing.T) {
	options, path := source(t, nil, nil)
	_, err := ffi.Install(t.Context(), options)
	require.ErrorContains(t, err, "libpact_ffi 1.2.3 can be had from neither source")
	require.ErrorContains(t, err, "/v1/lib-linux.so.gz: ")
	require.ErrorContains(t, err, "connection refused")
	require.ErrorContains(t, err, "npm pack @pact/lib@4.5.6: exit status 1: npm error code E404")
	require.ErrorContains(t, err, "at "+path+" yourself")
	require.NoFileExists(t, path)

	options.NPM = "no-such-npm"
	_, err = ffi.Install(t.Context(), options)
	require.ErrorContains(t, err, `exec: "no-such-npm": executable file not found`)
}

func TestAWrongSumIsAnErrorAndNoOtherSourceIsTried(t *testing.T) {
	for name, sources := range map[string][2][]byte{
		"release": {[]byte("changed on the way"), library},
		"npm":     {nil, []byte("changed on the way")},
	} {
		t.Run(name, func(t *testing.T) {
			options, path := source(t, sources[0], sources[1])
			_, err := ffi.Install(t.Context(), options)
			var wrong *ffi.SumError
			require.ErrorAs(t, err, &wrong)
			require.ErrorContains(t, err, "the SHA-256 is "+sum([]byte("changed on the way"))+", want "+sum(library))
			require.NoFileExists(t, path)
		})
	}
}

func TestAStrayLibraryIsReportedAndNothingInstalled(t *testing.T) {
	options, path := source(t, library, library)
	stray := filepath.Join(options.Library.Paths[0], "lib.so")
	require.NoError(t, os.WriteFile(stray, []byte("of another project"), 0o644))
	_, err := ffi.Install(t.Context(), options)
	var found *ffi.StrayError
	require.ErrorAs(t, err, &found)
	require.ErrorContains(t, err, stray+" is loaded before the pinned libpact_ffi")
	require.ErrorContains(t, err, "remove it: rm "+stray)
	require.NoFileExists(t, path)

	require.NoError(t, os.WriteFile(stray, library, 0o644))
	_, err = ffi.Install(t.Context(), options)
	require.NoError(t, err, "the same library in an earlier folder is no stray")
}

func TestAnUnreachableReleaseIsGivenUpWithinSeconds(t *testing.T) {
	options, _ := source(t, nil, library)
	options.Library.Release = "http://192.0.2.1:81/v1" // an unassigned address (RFC 5737)
	began := time.Now()
	_, err := ffi.Install(t.Context(), options)
	require.NoError(t, err)
	require.Less(t, time.Since(began), 10*time.Second)
}

func TestAnInterruptedInstallationLeavesNothing(t *testing.T) {
	options, path := source(t, library, library)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := ffi.Install(ctx, options)
	require.ErrorIs(t, err, context.Canceled)
	require.NoFileExists(t, path)
}

func TestThePinnedLibraryIsWhole(t *testing.T) {
	l, err := ffi.Pinned()
	require.NoError(t, err)
	require.Equal(t, "/usr/local/lib", l.Dir())
	require.NotEmpty(t, l.Platforms)
	for name, p := range l.Platforms {
		require.Regexp(t, "^[0-9a-f]{64}$", p.SHA256, name)
		for _, text := range []string{p.File, p.Asset, p.Package, p.Prebuilt, l.Version, l.Release, l.NPMVersion} {
			require.NotEmpty(t, text, name)
		}
	}
	_, err = l.Platform("plan9/mips")
	require.ErrorContains(t, err, "no SHA-256 is recorded for plan9/mips (there are linux/amd64, linux/amd64/musl)")
}
