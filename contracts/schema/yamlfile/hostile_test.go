package yamlfile_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFileThatIsNoTextSaysSo(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "pond.yaml:1:1: the file is empty",
		"# nothing\n":                "pond.yaml:1:1: the file is empty",
		"\xef\xbb\xbf":               "pond.yaml:1:1: the file is empty",
		"\xff\xfen\x00a\x00":         "pond.yaml:1:1: the file is UTF-16: save it as UTF-8",
		"name: a\nby: {x: \xe9}\n":   "pond.yaml:2:9: the byte 0xe9 is not UTF-8: save the file as UTF-8",
		"name: \x00":                 "pond.yaml:1:7: a NUL byte, which no text has: is this the right file?",
		strings.Repeat(" ", 1<<20+1): "pond.yaml:1:1: the file is larger than 1 MiB",
	} {
		_, err := read(t, text)
		require.EqualError(t, err, want, "%.40q", text)
	}
}

func TestByteOrderMarkIsNoPartOfTheFirstKey(t *testing.T) {
	_, err := read(t, "\xef\xbb\xbfname: a\n")
	require.NoError(t, err)
}

// The parser takes memory with the square of the depth, so what is nested too deep does not reach it.
func TestNestingIsBounded(t *testing.T) {
	const many = 200_000
	for _, text := range []string{
		strings.Repeat("[", many), strings.Repeat("{a: ", many), strings.Repeat("- ", many) + "a", strings.Repeat("[{", many/2),
	} {
		_, err := read(t, text)
		require.ErrorContains(t, err, "the file is nested more than 64 deep here", "%.8q", text)
	}
	for _, sign := range []string{"? ", "&a ", "!a ", "*a ", "<<: ", "| ", "' "} {
		_, err := read(t, strings.Repeat(sign, many/2)+"a")
		require.Error(t, err, "%q", sign)
	}
	for _, text := range []string{strings.Repeat("[", 40) + strings.Repeat("]", 40), strings.Repeat("- ", 40) + "a", "by:\n" + many64()} {
		_, err := read(t, text)
		require.NotContains(t, err.Error(), "nested", "%.8q", text)
	}
}

// many64 returns more entries beside each other than may be nested.
func many64() string { return strings.Repeat("  - [a]\n", 200) }
