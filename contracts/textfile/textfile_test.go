package textfile_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/textfile"
)

func TestReadSaysWhatIsWrongInPlainWords(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.txt")
	require.NoError(t, os.WriteFile(file, []byte("four"), 0o600))
	text, err := textfile.Read(file, 4)
	require.NoError(t, err)
	require.Equal(t, "four", string(text))
	_, err = textfile.Read(file, 3)
	require.EqualError(t, err, "it is larger than 3 bytes")
	require.NoError(t, os.WriteFile(file, make([]byte, 2<<20+1), 0o600))
	_, err = textfile.Read(file, 2<<20)
	require.EqualError(t, err, "it is larger than 2 MiB")
	_, err = textfile.Read(dir, 3)
	require.EqualError(t, err, "it is a folder, and a file is wanted")
	_, err = textfile.Read(file+"x", 3)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.EqualError(t, err, "no such file or directory")
}

func TestOnlyUTF8IsText(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "",
		"é\n":                              "",
		"\xef\xbb\xbfa":                    "",
		"\xff\xfea\x00":                    "line 1, column 1: the file is UTF-16: save it as UTF-8",
		"\xfe\xff\x00a":                    "line 1, column 1: the file is UTF-16: save it as UTF-8",
		"a\x00b\x00":                       "line 1, column 1: the file is UTF-16: save it as UTF-8",
		"\x00a\x00b":                       "line 1, column 1: the file is UTF-16: save it as UTF-8",
		"\xff\xfe\x00\x00a\x00\x00\x00":    "line 1, column 1: the file is UTF-32: save it as UTF-8",
		"a: b\né: \xe9\n":                  "line 2, column 4: the byte 0xe9 is not UTF-8: save the file as UTF-8",
		"a: b\n\x00":                       "line 2, column 1: a NUL byte, which no text has: is this the right file?",
		"\xef\xbb\xbf\xef\xbb\xbfthe mark": "",
	} {
		got, err := textfile.UTF8([]byte(text))
		if want == "" {
			require.NoError(t, err, "%q", text)
			require.LessOrEqual(t, len(got), len(text))
			continue
		}
		require.EqualError(t, err, want, "%q", text)
	}
	got, err := textfile.UTF8([]byte("\xef\xbb\xbfa"))
	require.NoError(t, err)
	require.Equal(t, "a", string(got), "the byte order mark is no text")
}

func FuzzUTF8(f *testing.F) {
	for _, seed := range []string{"", "a: b\n", "\xef\xbb\xbfa", "a\x00b\x00", "\xff"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := textfile.UTF8(text)
		if err == nil && !utf8.Valid(got) {
			t.Fatalf("%q is no text", got)
		}
	})
}
