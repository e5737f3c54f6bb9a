package logfile_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"github.com/fridaygate/fridaygate/contracts/logfile"
)

// inFile returns a log in a file of that text.
func inFile(t *testing.T, text []byte) logfile.Log {
	t.Helper()
	name := filepath.Join(t.TempDir(), "app.log")
	require.NoError(t, os.WriteFile(name, text, 0o600))
	return logfile.File(name)
}

// all returns the lines of a log, and the error that ends it.
func all(t *testing.T, log logfile.Log, longest int) (lines []string, err error) {
	t.Helper()
	var read int64
	from, err := log.Lines(longest, &read)
	if err != nil {
		return nil, err
	}
	for {
		line, err := from.Next()
		if errors.Is(err, logfile.ErrTooLong) {
			lines = append(lines, "(too long)")
			continue
		}
		lines = append(lines, string(line))
		if err != nil {
			require.Equal(t, len(lines), from.Number)
			require.Equal(t, log.Size, read)
			return lines, from.Close()
		}
	}
}

func TestCompressionIsRecognisedByTheFirstBytes(t *testing.T) {
	var gz, zs bytes.Buffer
	g := gzip.NewWriter(&gz)
	z, err := zstd.NewWriter(&zs)
	require.NoError(t, err)
	for _, w := range []io.WriteCloser{g, z} {
		_, err := io.WriteString(w, "one\ntwo")
		require.NoError(t, errors.Join(err, w.Close()))
	}
	for name, text := range map[string][]byte{"plain": []byte("one\ntwo"), "gzip": gz.Bytes(), "zstd": zs.Bytes()} {
		log := inFile(t, text)
		for range 2 { // it can be read again
			lines, err := all(t, log, 100)
			require.NoError(t, err, name)
			require.Equal(t, []string{"one", "two"}, lines, name)
		}
	}
	_, err = all(t, inFile(t, []byte("PK\x03\x04")), 100)
	require.EqualError(t, err, "it is zip, which is not read: decompress it first")
}

func TestLinesAboveTheLimitAreErrorsAndTheNextOnesAreRead(t *testing.T) {
	fits, long := strings.Repeat("a", 300<<10), strings.Repeat("b", 600<<10)
	lines, err := all(t, inFile(t, []byte(fits+"\n"+long+"\nlast")), 400<<10)
	require.NoError(t, err)
	require.Equal(t, []string{fits, "(too long)", "last"}, lines)
}

func TestFolderIsNoLog(t *testing.T) {
	_, err := logfile.File(t.TempDir()).Lines(100, new(int64))
	require.ErrorContains(t, err, "it is a folder: name the files in it, such as ")
	_, err = logfile.File(filepath.Join(t.TempDir(), "none")).Lines(100, new(int64))
	require.EqualError(t, err, "no such file or directory")
}
