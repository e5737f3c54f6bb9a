package verification

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNumbersAreComparedByValue(t *testing.T) {
	for _, same := range [][2]string{
		{"1", "1.0"}, {"1e2", "100"}, {"0.10", "1E-1"}, {"-0", "0"}, {"12345678901234567890123", "1.2345678901234567890123e22"},
	} {
		require.True(t, sameNumber(same[0], same[1]), same)
	}
	for _, other := range [][2]string{
		{"12345678901234567890123", "12345678901234567890124"}, {"0.1", "0.10000000000000001"}, {"1e-400", "0"},
	} {
		require.False(t, sameNumber(other[0], other[1]), other)
	}
}

func TestNumbersThatNobodyCanBeReliedOnToReadAreNamed(t *testing.T) {
	for _, number := range []string{"1e309", "-1e309", "1e1000001", "1e-1000001", "1E+99999999999999999999", "0e500"} {
		require.NotEmpty(t, wild(number), number)
	}
	for _, number := range []string{"0", "1e308", "1e-308", "12345678901234567890123", "-1.5E+3", "1e-400"} {
		require.Empty(t, wild(number), number)
	}
}

func TestNumbersThatADoubleRounds(t *testing.T) {
	for number, want := range map[string]bool{
		"9223372036854775807": false, "18446744073709551615": false, "18446744073709551617": true, "0.5": false, "0.1": false,
		"0.1234567890123456789": true, "1e22": false,
	} {
		require.Equal(t, want, rounds(number), number)
	}
}

func TestTheRuleThatFitsAPlaceBestDecides(t *testing.T) {
	rule := func(path string, equal bool) bodyRule { return bodyRule{path: tokens(path), equal: equal} }
	place := []string{"$", "items", "0", "id"}
	for name, c := range map[string]struct {
		rules []bodyRule
		want  bool
	}{
		"none":                        {nil, true},
		"of another place":            {[]bodyRule{rule("$.items[*].name", false)}, true},
		"of this place":               {[]bodyRule{rule("$.items[*].id", false)}, false},
		"of what it is in":            {[]bodyRule{rule("$.items", false)}, false},
		"of everything":               {[]bodyRule{rule("$", false)}, false},
		"equality nearer":             {[]bodyRule{rule("$", false), rule("$.items[*].id", true)}, true},
		"equality farther":            {[]bodyRule{rule("$", true), rule("$.items[0].id", false)}, false},
		"equality at a wildcard":      {[]bodyRule{rule("$.items[*].id", true), rule("$.items[0].id", false)}, false},
		"quoted":                      {[]bodyRule{rule("$['items'][0]['id']", false)}, false},
		"longer than the place":       {[]bodyRule{rule("$.items[0].id.x", false)}, true},
		"without a path, of the root": {[]bodyRule{rule("", false)}, false},
	} {
		require.Equal(t, c.want, demandsEquality(c.rules, place), name)
	}
}

func TestPathsAreSplit(t *testing.T) {
	for path, want := range map[string][]string{
		"": nil, "$": {"$"}, "$.a.b": {"$", "a", "b"}, "$['a b'][0].*": {"$", "a b", "0", "*"}, "$[*]": {"$", "*"}, "$.a['.']": {"$", "a", "."},
	} {
		require.Equal(t, want, tokens(path), path)
	}
}

func TestPointerAndLineOfAFault(t *testing.T) {
	text := []byte("{\n \"a/b\": [{},\n  {\"~\": 1e999}]}")
	_, faults, err := parse(text)
	require.NoError(t, err)
	require.Len(t, faults, 1)
	require.Equal(t, "/a~1b/1/~0", faults[0].at.pointer())
	require.Equal(t, 3, line(text, faults[0].at.offset))
	require.Equal(t, []string{"$", "a/b", "1", "~"}, faults[0].at.path())
}

func TestInvalidJSONIsAnErrorWithItsLine(t *testing.T) {
	for text, want := range map[string]string{
		"{\n\"a\":\n}": "line 3", "{}\n{}": "line 2: more than one JSON value",
		"": "line 1", "[1,]": "line 1", "\"\xff\"": "UTF-8", "01": "line 1",
	} {
		_, _, err := parse([]byte(text))
		require.ErrorContains(t, err, want, text)
	}
}

// A symbolic link to a folder is followed, once: it may lead back.
func TestFolderFollowsLinksOnce(t *testing.T) {
	root := t.TempDir()
	pacts := filepath.Join(root, "pacts")
	require.NoError(t, os.MkdirAll(pacts, 0o700))
	require.NoError(t, os.MkdirAll(filepath.Join(root, "elsewhere"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(root, "elsewhere", "a.json"), []byte("{}"), 0o600))
	require.NoError(t, os.Symlink(filepath.Join(root, "elsewhere"), filepath.Join(pacts, "linked")))
	require.NoError(t, os.Symlink(pacts, filepath.Join(pacts, "again")))
	documents, err := Files(pacts)(t.Context())
	require.NoError(t, err)
	require.Len(t, documents, 1)
	require.Equal(t, filepath.Join(pacts, "linked", "a.json"), documents[0].Name)

	require.NoError(t, os.Symlink(filepath.Join(root, "gone"), filepath.Join(pacts, "b.json")))
	_, err = Files(pacts)(t.Context())
	require.ErrorContains(t, err, filepath.Join(pacts, "b.json"))
}
