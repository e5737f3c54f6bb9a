package consumer_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/report"
	"github.com/fridaygate/fridaygate/contracts/verdict"
)

// Each way to break TestShelf must turn it red, and must leave the committed pact alone. pact-go needs a
// real testing.T, and a suite reports when its T ends: so TestShelf runs in a separate process, which may fail.
func TestEveryBreakTurnsTheSuiteRed(t *testing.T) {
	accepted, err := os.ReadFile("testdata/web-shelf.json")
	require.NoError(t, err)
	for _, c := range []struct {
		broken string
		run    string // what -run selects below TestShelf
		absent bool   // no pact is committed yet
		update bool
		green  bool
		wrote  bool // the committed pact is another one afterwards
		fails  bool // it is recorded as a broken contract; what is red and not is recorded as unknown
		want   []string
	}{
		{green: true},
		{update: true, green: true},
		{broken: "another title", fails: true, want: []string{
			"the suite writes another pact than the committed ", "web-shelf.json\n",
			`changed: "a request for the book 7", in [{"name":"a book is there","params":{"id":"7"}}]`,
			"\n        --- committed\n        +++ written\n",
			`-            "title": "Dune"`, `+            "title": "Emma"`, "accept it: go test -run '^TestShelf$' ./contracts/consumer -update\n",
		}},
		{broken: "another title", update: true, green: true, wrote: true},
		{absent: true, want: []string{"web-shelf.json is not there yet", "-update\n"}},
		{absent: true, update: true, green: true, wrote: true},
		{broken: "another title", run: "/^book$", green: true},
		{broken: "another title", run: "/^book$", update: true, want: []string{"-update accepts nothing"}},
		{run: "/no_such_book", want: []string{"ran no interaction: there are 2, and -run selects none of them"}},
		{broken: "client fails", fails: true, want: []string{"--- FAIL: TestShelf/book"}},
		{broken: "client fails", fails: true, update: true, want: []string{"--- FAIL: TestShelf/book", "-update accepts nothing"}},
		{
			broken: "client asks for another", fails: true,
			want: []string{"--- FAIL: TestShelf/book", "no book 9: 500", "request-not-found", "/books/9"},
		},
		{broken: "client panics", update: true, want: []string{"no such shelf", "shelf_test.go"}},
		{broken: "client asks nothing", fails: true, update: true, want: []string{"--- FAIL: TestShelf/book", "missing-request", "/books/7"}},
		{broken: "interaction skipped", want: []string{"skipped some of its 2 interactions"}},
		{broken: "interaction skipped", update: true, want: []string{"skipped some", "-update accepts nothing"}},
		{broken: "suite skipped", want: []string{"ran no interaction: there are 0"}},
		{broken: "conflict", want: []string{`"TestShelf/book"`, `"TestShelf/book_again"`, `both write "a request for the book 7", in [{"name":`}},
		{broken: "conflict", update: true, want: []string{`"TestShelf/book"`, `"TestShelf/book_again"`}},
		{broken: "the same twice", green: true},
		{broken: "two suites", update: true, wrote: true, want: []string{"is written by two suites, TestShelf/another and TestShelf"}},
		{broken: "no consumer", want: []string{"Options.Consumer is empty"}},
		{broken: "slash in a name", want: []string{`Options.Provider is "../shelf"`}},
	} {
		name := c.broken + c.run
		if c.update {
			name += " -update"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, reports := filepath.Join(t.TempDir(), "pacts"), t.TempDir()
			file := filepath.Join(dir, "web-shelf.json")
			if !c.absent {
				require.NoError(t, os.Mkdir(dir, 0o700))
				require.NoError(t, os.WriteFile(file, accepted, 0o600))
			}
			command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestShelf$"+c.run)
			if c.update {
				command.Args = append(command.Args, "-update")
			}
			command.Env = append(os.Environ(), breakage+"="+c.broken, folder+"="+dir, report.FolderVariable+"="+reports)
			out, _ := command.CombinedOutput()
			want := map[bool]verdict.Verdict{true: verdict.Pass, false: verdict.Unknown}[c.green]
			if c.fails {
				want = verdict.Fail
			}
			require.Equal(t, want, recordedVerdict(t, reports), string(out))
			require.Equal(t, c.green, command.ProcessState.Success(), string(out))
			for _, want := range c.want {
				require.Contains(t, string(out), want)
			}
			if c.green {
				require.Equal(t, "PASS\n", strings.SplitAfter(string(out)+"\n", "\n")[0], "nothing else is printed:\n%s", out)
			}
			after, _ := os.ReadFile(file)
			before := string(accepted)
			if c.absent {
				before = ""
			}
			if c.wrote {
				require.NotEqual(t, before, string(after))
				require.Contains(t, string(after), `"a request for the book 7"`)
				return
			}
			require.Equal(t, before, string(after))
		})
	}
}

// recordedVerdict returns what fridaygate verify would make of the reports that a suite left.
func recordedVerdict(t *testing.T, folder string) verdict.Verdict {
	t.Helper()
	sum, err := report.Collect(folder, nil, "")
	require.NoError(t, err)
	return sum.Verdict()
}
