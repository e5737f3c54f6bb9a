package logfile

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Log is one log.
type Log struct {
	Name string                        // as messages name it
	Size int64                         // in bytes, compressed or not; 0: not known
	Open func() (io.ReadCloser, error) // called once by each reading
}

// File is a log in a file.
func File(name string) Log {
	var size int64
	if info, err := os.Stat(name); err == nil {
		size = info.Size()
	}
	return Log{Name: name, Size: size, Open: func() (io.ReadCloser, error) {
		info, err := os.Stat(name)
		if err == nil && info.IsDir() {
			err = errors.New("it is a folder: name the files in it, such as " + name + "/*.jsonl")
		}
		if err != nil {
			return nil, reason(err)
		}
		return os.Open(name)
	}}
}

// reason drops the path from an error: the caller names the log.
func reason(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// counted counts what is read of a log.
type counted struct {
	from io.Reader
	read *int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	*c.read += int64(n)
	return n, err
}

// The first bytes of what is not plain text.
var (
	gzipMagic = []byte{0x1f, 0x8b}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
	bz2Magic  = []byte("BZh")
	others    = []struct {
		magic []byte
		name  string
	}{{[]byte{0xfd, '7', 'z', 'X', 'Z', 0}, "xz"}, {[]byte("PK\x03\x04"), "zip"}, {[]byte{0x04, 0x22, 0x4d, 0x18}, "LZ4"}}
)

// maxWindow is how far back a zstd stream may refer: what the zstd command needs no --long for.
const maxWindow = 8 << 20

// decompressed recognises a compression by the first bytes, whatever the name of the log.
func decompressed(from *bufio.Reader) (r io.Reader, done func(), err error) {
	done = func() {}
	head, _ := from.Peek(6) // fewer bytes, or an error that the next Read returns again
	switch {
	case bytes.HasPrefix(head, gzipMagic):
		r, err = gzip.NewReader(from)
	case bytes.HasPrefix(head, zstdMagic):
		var z *zstd.Decoder
		z, err = zstd.NewReader(from, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderLowmem(true))
		if err == nil {
			r, done = z, z.Close
		}
	case bytes.HasPrefix(head, bz2Magic):
		r = bzip2.NewReader(from)
	default:
		for _, other := range others {
			if bytes.HasPrefix(head, other.magic) {
				return nil, done, fmt.Errorf("it is %s, which is not read: decompress it first", other.name)
			}
		}
		r = from
	}
	return r, done, err
}
