package webhook_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/smoke/webhook"
)

var update = flag.Bool("update", false, "write the errors of testdata/wrong into its files")

// testdata/wrong holds files with a mistake each, with the errors as the comments at their end: those that the schema
// refuses, and editors therefore too; those that break a rule which no schema can say; and those that are not YAML as it
// is read here.
func TestEveryWrongFileHasItsError(t *testing.T) {
	files, err := filepath.Glob("testdata/wrong/*/*.yaml")
	require.NoError(t, err)
	require.Greater(t, len(files), 100)
	for _, file := range files {
		t.Run(strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(file), "testdata/wrong/"), ".yaml"), func(t *testing.T) {
			whole, err := os.ReadFile(file)
			require.NoError(t, err)
			text, want := withoutErrors(string(whole))
			_, err = load(t, text)
			require.Error(t, err)
			got := errorsOf(err)
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(text+"# "+strings.ReplaceAll(got, "\n", "\n# ")+"\n"), 0o600))
				return
			}
			require.Equal(t, want, got)
		})
	}
}

// errorsOf returns the lines of an error of Load without the path of the file, and without lists that grow with new profiles and
// schemes.
func errorsOf(err error) string {
	text := regexp.MustCompile(`(?m)^\S*webhook\.yaml:|\S*/\d+/`).ReplaceAllString(err.Error(), "")
	return regexp.MustCompile(`(profiles are|must be one of) \S.*`).ReplaceAllString(text, "$1 ...")
}

// withoutErrors separates the comments at the end of a file, which hold its errors.
func withoutErrors(text string) (file, errors string) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	end := len(lines)
	for end > 0 && regexp.MustCompile(`^# \d+:\d+: `).MatchString(lines[end-1]) {
		end--
	}
	for i := end; i < len(lines); i++ {
		lines[i] = strings.TrimPrefix(lines[i], "# ")
	}
	return strings.Join(lines[:end], "\n") + "\n", strings.Join(lines[end:], "\n")
}

// A sentence of the schema that no file calls forth may be one that nothing can.
func TestEverySentenceOfTheSchemaHasAWrongFile(t *testing.T) {
	files, err := filepath.Glob("testdata/wrong/schema/*.yaml")
	require.NoError(t, err)
	var said strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		_, errors := withoutErrors(string(text))
		said.WriteString(errors + "\n")
	}
	text, err := webhook.Schema()
	require.NoError(t, err)
	var schema any
	require.NoError(t, json.Unmarshal(text, &schema))
	sentences := 0
	each(schema, func(object map[string]any) {
		for _, keyword := range []string{"errorMessage", "patternErrorMessage"} {
			if sentence, ok := object[keyword].(string); ok {
				sentences++
				require.Contains(t, said.String(), sentence+"\n")
			}
		}
	})
	require.Greater(t, sentences, 30)
}

// each calls do for every object in a JSON value.
func each(value any, do func(map[string]any)) {
	switch v := value.(type) {
	case map[string]any:
		do(v)
		for _, member := range v {
			each(member, do)
		}
	case []any:
		for _, item := range v {
			each(item, do)
		}
	}
}
