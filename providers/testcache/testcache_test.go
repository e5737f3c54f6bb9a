package testcache_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/providers/testcache"
)

// module is the folder of a module outside this one, with the packages of testdata/module.txtar.
type module string

func newModule(t *testing.T) module {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/module.txtar")
	require.NoError(t, err)
	dir := module(t.TempDir())
	require.NoError(t, txtar.Write(archive, string(dir)))
	here, err := filepath.Abs("../..")
	require.NoError(t, err)
	dir.run(t, "mod", "edit", "-replace=github.com/fridaygate/fridaygate="+here)
	return dir
}

func (m module) run(t *testing.T, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", args...)
	command.Dir = string(m)
	said, err := command.CombinedOutput()
	require.NoError(t, err, string(said))
	return string(said)
}

// test runs the tests of a package as a person would.
func (m module) test(t *testing.T, name string, flags ...string) string {
	t.Helper()
	return m.run(t, append(append([]string{"test"}, flags...), "./"+name)...)
}

func TestAResultThatWasDisabledIsNeverCached(t *testing.T) {
	m := newModule(t)
	for _, flags := range [][]string{nil, {"-json"}, {"-v"}} {
		m.test(t, "untouched", flags...)
		require.Contains(t, m.test(t, "untouched", flags...), "(cached)", "or the rest of this test proves nothing")
		for _, name := range []string{"during", "unparsed", "parsed", "after", "twice", "parallel"} {
			m.test(t, name, flags...)
			require.NotContains(t, m.test(t, name, flags...), "(cached)", "%s %v", name, flags)
		}
	}
}

func TestWithoutGoTestNothingHappens(t *testing.T) {
	m := newModule(t)
	binary := filepath.Join(t.TempDir(), "during.test")
	m.test(t, "during", "-c", "-o", binary)
	said, err := exec.CommandContext(t.Context(), binary).CombinedOutput()
	require.NoError(t, err, string(said))
	require.True(t, bytes.HasPrefix(said, []byte("PASS")), string(said))
}

func TestOnlyTheModuleOfTheTestIsSeen(t *testing.T) {
	outside := t.TempDir()
	for folder, seen := range map[string]bool{
		".": true, "testdata": true, "../..": true, "../../contracts/none": true,
		"../../..": false, outside: false, os.TempDir(): false,
	} {
		require.Equal(t, seen, testcache.Sees(folder), folder)
	}
	inside, err := os.Getwd()
	require.NoError(t, err)
	t.Chdir(outside)
	require.False(t, testcache.Sees("."), "a relative path is one from the current folder")
	require.True(t, testcache.Sees(inside), "the module is that of the test's package, wherever the test is")
}
