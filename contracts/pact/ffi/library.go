package ffi

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Library is the pinned libpact_ffi, as library.json describes it.
type Library struct {
	Version    string              `json:"version"`
	Release    string              `json:"release"`     // base URL of the release's assets
	NPMVersion string              `json:"npm_version"` // of the npm packages that carry this version
	Paths      []string            `json:"paths"`       // folders the library is loaded from: the first one that has it wins
	Platforms  map[string]Platform `json:"platforms"`   // by os/arch, with /musl where the C library is musl
}

// Platform is the library for one platform.
type Platform struct {
	File     string `json:"file"`     // its name in a library folder
	Asset    string `json:"asset"`    // its name in the release, compressed with gzip
	Package  string `json:"package"`  // the npm package that carries it
	Prebuilt string `json:"prebuilt"` // its path in that package
	SHA256   string `json:"sha256"`   // of the library itself, not compressed
}

//go:embed library.json
var pinned []byte

// Pinned reads the library that this version of Fridaygate works with.
func Pinned() (Library, error) {
	decoder := json.NewDecoder(bytes.NewReader(pinned))
	decoder.DisallowUnknownFields()
	var l Library
	if err := decoder.Decode(&l); err != nil {
		return l, fmt.Errorf("library.json: %w", err)
	}
	return l, nil
}

// Dir is the folder the library is installed in: the last one it is loaded from.
func (l Library) Dir() string { return l.Paths[len(l.Paths)-1] }

// Files returns what to open the library by, the best first: its bare name, by which the system finds it if it is loaded
// already or if LD_LIBRARY_PATH names its folder, and its paths, the one that it is installed in first.
func (l Library) Files() []string {
	name := "libpact_ffi.so"
	if runtime.GOOS == "darwin" {
		name = "libpact_ffi.dylib"
	}
	files := []string{name}
	for _, dir := range slices.Backward(l.Paths) {
		files = append(files, filepath.Join(dir, name))
	}
	return files
}

// Platform returns the library for a platform; "" is this one. It returns an error for a platform
// without a recorded checksum.
func (l Library) Platform(name string) (Platform, error) {
	name = cmp.Or(name, ThisPlatform())
	platform, ok := l.Platforms[name]
	if !ok {
		return platform, fmt.Errorf("libpact_ffi %s: no SHA-256 is recorded for %s (there are %s), so it is not installed here; "+
			"install it with pact-go's own command (go run github.com/pact-foundation/pact-go/v2 install --libDir %s), "+
			"or run the suites on one of those platforms, in a container for example",
			l.Version, name, strings.Join(slices.Sorted(maps.Keys(l.Platforms)), ", "), l.Dir())
	}
	return platform, nil
}

// ThisPlatform is the name of the platform this runs on.
func ThisPlatform() string {
	name := runtime.GOOS + "/" + runtime.GOARCH
	musl, _ := filepath.Glob("/lib/ld-musl-*")   // the pattern is right
	glibc, _ := filepath.Glob("/lib*/ld-linux*") // and this one
	if len(musl) > 0 && len(glibc) == 0 {
		name += "/musl"
	}
	return name
}
