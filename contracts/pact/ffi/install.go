package ffi

import (
	"archive/tar"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/renameio/v2/maybe"

	"github.com/fridaygate/fridaygate/contracts/excerpt"
)

// Options are those of Install. The zero value installs the pinned library on this platform.
type Options struct {
	Library  *Library // nil: Pinned
	Platform string   // empty: this one
	// Proxy is what a download goes through, such as http.ProxyFromEnvironment; nil: nothing.
	Proxy func(*http.Request) (*url.URL, error)
	NPM   string // the npm command; empty: "npm"
}

// Result is what Install did.
type Result struct {
	Path   string
	Source string // where it came from; empty: it was there already
}

// SumError is a library whose SHA-256 is not the recorded one. It is not installed, and no other source is tried.
type SumError struct{ Source, Want, Got string }

func (e *SumError) Error() string {
	return fmt.Sprintf("%s: the SHA-256 is %s, want %s: not installed; the file was changed on the way, or library.json is wrong",
		e.Source, e.Got, e.Want)
}

// maxLibrary is the size beyond which what is downloaded cannot be the library.
const maxLibrary = 256 << 20

// Bounds of one source, after which the next one is tried.
const (
	connectTimeout = 4 * time.Second
	releaseTimeout = 3 * time.Minute
	npmTimeout     = 3 * time.Minute
)

// Install writes the library into its folder unless it is there, atomically. It installs nothing while another library
// shadows it (StrayError).
func Install(ctx context.Context, o Options) (Result, error) {
	library, platform, path, err := o.find()
	if !errors.Is(err, ErrMissing) {
		return Result{Path: path}, err
	}
	o.Library = library
	content, source, err := o.fetch(ctx, platform)
	if err != nil {
		return Result{}, err
	}
	path = filepath.Join(o.Library.Dir(), platform.File)
	if err := place(path, content); err != nil {
		return Result{}, fmt.Errorf("install libpact_ffi %s: %w; run this as a user who may write to %s, with sudo for example",
			o.Library.Version, err, o.Library.Dir())
	}
	return Result{Path: path, Source: source}, nil
}

// Find returns the pinned version of the library, and its path if it is installed. The cause of an error is ErrMissing where
// Install would mend it. It installs nothing.
func Find(o Options) (version, path string, err error) {
	library, _, path, err := o.find()
	if library != nil {
		version = library.Version
	}
	return version, path, err
}

func (o Options) find() (*Library, Platform, string, error) {
	library := o.Library
	if library == nil {
		pinned, err := Pinned()
		if err != nil {
			return nil, Platform{}, "", err
		}
		library = &pinned
	}
	platform, err := library.Platform(o.Platform)
	if err != nil {
		return library, platform, "", err
	}
	path, err := library.Installed(platform)
	return library, platform, path, err
}

// fetch returns the checked library from the first source that has it.
func (o Options) fetch(ctx context.Context, platform Platform) (content []byte, source string, err error) {
	release := o.Library.Release + "/" + platform.Asset
	pack := platform.Package + "@" + o.Library.NPMVersion
	var failed []error
	for _, from := range []struct {
		name string
		get  func(context.Context) ([]byte, error)
	}{
		{release, func(ctx context.Context) ([]byte, error) { return o.fromRelease(ctx, release) }},
		{"npm pack " + pack, func(ctx context.Context) ([]byte, error) { return o.fromNPM(ctx, pack, platform.Prebuilt) }},
	} {
		content, err := from.get(ctx)
		if ctx.Err() != nil {
			return nil, "", fmt.Errorf("%s: %w", from.name, ctx.Err())
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("  %s: %w", from.name, err))
			continue
		}
		digest := sha256.Sum256(content)
		if got := hex.EncodeToString(digest[:]); got != platform.SHA256 {
			return nil, "", &SumError{Source: from.name, Want: platform.SHA256, Got: got}
		}
		return content, from.name, nil
	}
	return nil, "", fmt.Errorf("libpact_ffi %s can be had from neither source:\n%w\n  make one of them reachable, "+
		"or put the library (SHA-256 %s) at %s yourself",
		o.Library.Version, errors.Join(failed...), platform.SHA256, filepath.Join(o.Library.Dir(), platform.File))
}

// fromRelease downloads the release's asset.
func (o Options) fromRelease(ctx context.Context, url string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, releaseTimeout)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{
		Proxy:                 o.Proxy,
		DialContext:           (&net.Dialer{Timeout: connectTimeout}).DialContext,
		TLSHandshakeTimeout:   connectTimeout,
		ResponseHeaderTimeout: 10 * time.Second,
		DisableKeepAlives:     true,
	}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, errors.New(response.Status)
	}
	content, err := gzip.NewReader(response.Body)
	if err != nil {
		return nil, err
	}
	return readAll(content)
}

// fromNPM takes the library out of the npm package that carries it.
func (o Options) fromNPM(ctx context.Context, pack, file string) (content []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, npmTimeout)
	defer cancel()
	folder, err := os.MkdirTemp("", "fridaygate-npm-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	command := exec.CommandContext(ctx, cmp.Or(o.NPM, "npm"), "pack", "--silent", "--pack-destination", folder, pack)
	command.Dir = folder
	command.WaitDelay = time.Second
	said, err := command.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, strings.Join(excerpt.LastLines(string(said), 5), "; "))
	}
	archives, err := filepath.Glob(filepath.Join(folder, "*.tgz"))
	if err != nil || len(archives) != 1 {
		return nil, fmt.Errorf("it left %d archives, want 1", len(archives))
	}
	archive, err := os.ReadFile(archives[0])
	if err != nil {
		return nil, err
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return nil, err
	}
	for files := tar.NewReader(unzipped); ; {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("the package has no file %s", file)
		}
		if err != nil {
			return nil, err
		}
		if header.Name == file {
			return readAll(files)
		}
	}
}

func readAll(r io.Reader) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(r, maxLibrary+1))
	if err == nil && len(content) > maxLibrary {
		err = fmt.Errorf("more than %d bytes: this cannot be the library", maxLibrary)
	}
	return content, err
}

// place writes a file beside its destination, and moves it there.
func place(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return maybe.WriteFile(path, content, 0o755)
}
