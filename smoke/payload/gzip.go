package payload

import (
	"bytes"
	"compress/gzip"
)

// Gzip compresses a body (RFC 1952). The result is reproducible: it holds no time and no name.
func Gzip(body []byte) []byte { return packed(body, gzip.DefaultCompression) }

// Stored wraps a body as Gzip does, but uncompressed: the result is longer than the body.
func Stored(body []byte) []byte { return packed(body, gzip.NoCompression) }

func packed(body []byte, level int) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, level) // both levels are valid
	_, _ = w.Write(body)                     // a buffer takes everything
	_ = w.Close()
	return out.Bytes()
}

// Gzipped reports whether a body is compressed already.
func Gzipped(body []byte) bool { return bytes.HasPrefix(body, []byte{0x1f, 0x8b, 8}) }
