package main

import (
	"debug/elf"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The import rules. Each applies to every package but the named exceptions, so it covers new packages too. The named ones
// must exist, so that no rule is empty.

const module = "github.com/fridaygate/fridaygate"

// pkg is a package as go list describes it.
type pkg struct {
	ImportPath             string
	Standard               bool
	Imports, Deps          []string
	TestImports            []string
	XTestImports, CgoFiles []string
}

// packages are all packages of the module, and all that they import, by import path.
func packages(t *testing.T) map[string]pkg {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "list", "-deps",
		"-json=ImportPath,Standard,Imports,Deps,TestImports,XTestImports,CgoFiles", "./...")
	command.Dir = "../.."
	command.Env = append(os.Environ(), "CGO_ENABLED=1")
	command.Stderr = os.Stderr
	out, err := command.Output()
	require.NoError(t, err)
	all := map[string]pkg{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
		var p pkg
		require.NoError(t, decoder.Decode(&p))
		all[p.ImportPath] = p
	}
	return all
}

// own returns the module's packages in these folders. Each folder must hold one.
func own(t *testing.T, all map[string]pkg, folders ...string) []pkg {
	t.Helper()
	var found []pkg
	for _, folder := range folders {
		before := len(found)
		for path, p := range all {
			if path == module+"/"+folder || strings.HasPrefix(path, module+"/"+folder+"/") {
				found = append(found, p)
			}
		}
		require.Greater(t, len(found), before, "there is no package in %s", folder)
	}
	return found
}

// heavy lists the packages that may link what the command must not.
var heavy = []string{"contracts", "contracts/consumer", "contracts/broker/brokertest", "contracts/pact", "providers/container"}

func TestOnlyTheContractSuitesLinkPactAndDocker(t *testing.T) {
	all := packages(t)
	may := map[string]bool{}
	for _, folder := range heavy {
		require.Contains(t, all, module+"/"+folder)
		may[module+"/"+folder] = true
	}
	forbidden := []string{"github.com/pact-foundation/", "github.com/testcontainers/", "github.com/moby/", "github.com/docker/"}
	light := own(t, all, "cmd", "smoke", "fixtures", "consumers", "contracts/schema", "contracts/pact/ffi", "providers")
	light = append(light, own(t, all, "contracts")...) // and what no rule names yet, such as a new folder
	for _, p := range light {
		if may[p.ImportPath] {
			continue
		}
		for _, dep := range append(p.Deps, p.ImportPath) {
			require.False(t, may[dep], "%s links %s", p.ImportPath, dep)
			require.False(t, slices.ContainsFunc(forbidden, func(prefix string) bool { return strings.HasPrefix(dep, prefix) }), "%s links %s",
				p.ImportPath, dep)
			require.True(t, all[dep].Standard || len(all[dep].CgoFiles) == 0, "%s links %s, which is cgo", p.ImportPath, dep)
		}
	}
}

func TestOnlyContractsPactTouchesLibpactFFI(t *testing.T) {
	all := packages(t)
	require.NotEmpty(t, all[module+"/contracts/pact"].CgoFiles)
	require.Contains(t, all, module+"/contracts/consumer")
	for _, p := range own(t, all, "cmd", "smoke", "fixtures", "consumers", "contracts", "providers") {
		if p.ImportPath == module+"/contracts/pact" {
			continue
		}
		require.Empty(t, p.CgoFiles, p.ImportPath)
		if p.ImportPath == module+"/contracts/consumer" {
			continue // it wraps pact-go for the consumer suites
		}
		for _, imported := range p.Imports {
			require.False(t, strings.HasPrefix(imported, "github.com/pact-foundation/"), "%s imports %s", p.ImportPath, imported)
		}
		if p.ImportPath == module+"/contracts/suites" || p.ImportPath == module+"/contracts/pact/peers" {
			continue // the consumer suites; tests that run pact-go for comparison
		}
		for _, imported := range append(p.TestImports, p.XTestImports...) {
			require.False(t, strings.HasPrefix(imported, "github.com/pact-foundation/"), "the tests of %s import %s", p.ImportPath, imported)
		}
	}
}

// The services under test and what they share with teams: a fault in code that the harness also uses would be wrong on
// both sides, and pass. consumers/enrichment is client code of the invoices service.
func TestAServiceImportsNothingOfTheHarness(t *testing.T) {
	all := packages(t)
	require.Contains(t, all, module+"/consumers/enrichment")
	for _, p := range own(t, all, "providers/reference", "providers/idempotency", "providers/database", "consumers/enrichment") {
		for _, dep := range p.Deps {
			inside := slices.ContainsFunc([]string{"providers/reference/", "providers/idempotency", "providers/database", "consumers/enrichment"},
				func(folder string) bool { return strings.HasPrefix(dep, module+"/"+folder) })
			require.True(t, inside || !strings.HasPrefix(dep, module+"/"), "%s imports %s", p.ImportPath, dep)
		}
	}
	for _, folder := range []string{"providers/idempotency", "providers/database"} {
		for _, dep := range all[module+"/"+folder].Deps {
			require.False(t, strings.HasPrefix(dep, module+"/providers/reference/"), "%s imports the example %s", folder, dep)
		}
	}
}

// cmd uses smoke, and smoke uses contracts: never the other way. The suites of the reference system are what a team writes,
// and use everything.
func TestContractsImportNothingOfSmoke(t *testing.T) {
	all := packages(t)
	require.Contains(t, all[module+"/smoke"].Imports, module+"/contracts/report")
	for _, p := range own(t, all, "contracts") {
		if p.ImportPath == module+"/contracts/suites" {
			continue
		}
		for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			for _, above := range []string{module + "/smoke", module + "/cmd"} {
				require.False(t, imported == above || strings.HasPrefix(imported, above+"/"), "%s imports %s", p.ImportPath, imported)
			}
		}
	}
}

func TestFixturesAndSignaturesNeedTheStandardLibraryOnly(t *testing.T) {
	all := packages(t)
	for _, folder := range []string{"fixtures", "smoke/sign"} {
		require.Contains(t, all, module+"/"+folder)
		for _, dep := range all[module+"/"+folder].Deps {
			require.True(t, all[dep].Standard, "%s imports %s", folder, dep)
		}
	}
}

func TestTheCommandIsOneStaticBinary(t *testing.T) {
	file := filepath.Join(t.TempDir(), "fridaygate")
	build := exec.CommandContext(t.Context(), "go", "build", "-ldflags", "-s -w", "-o", file, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	said, err := build.CombinedOutput()
	require.NoError(t, err, string(said))
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Less(t, info.Size(), int64(25<<20), "stripped, in bytes: what weighs, go tool nm -size -sort size shows")
	if runtime.GOOS != "linux" {
		return // only there a binary without cgo has no dynamic part at all
	}
	binary, err := elf.Open(file)
	require.NoError(t, err)
	for _, part := range binary.Progs {
		require.NotContains(t, []elf.ProgType{elf.PT_INTERP, elf.PT_DYNAMIC}, part.Type)
	}
	require.NoError(t, binary.Close())
}
