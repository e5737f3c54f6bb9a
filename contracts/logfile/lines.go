package logfile

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

// bufferSize is how much of a log is read at a time, in bytes. Shorter lines are not copied.
const bufferSize = 256 << 10

// Lines reads a log line by line. It takes no more memory than the longest line that it may return.
type Lines struct {
	Number int // of the line that was read last, from 1

	from    *bufio.Reader
	longest int
	long    []byte // a line that does not fit into the reader's buffer
	file    io.Closer
	done    func()
}

// ErrTooLong is the error for a line above the limit. The next one can be read.
var ErrTooLong = errors.New("too long")

// Lines opens the log and recognises its compression. Longer lines than longest, in bytes, are an error. The bytes that are read of
// it, before decompression, are added to read. The error does not name the log.
func (l Log) Lines(longest int, read *int64) (*Lines, error) {
	file, err := l.Open()
	if err != nil {
		return nil, err
	}
	from, done, err := decompressed(bufio.NewReaderSize(counted{file, read}, bufferSize))
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &Lines{from: bufio.NewReaderSize(from, bufferSize), longest: longest, file: file, done: done}, nil
}

// Close closes the log.
func (l *Lines) Close() error {
	l.done()
	return l.file.Close()
}

// Next returns the next line, without its end. It is valid until the next call. The error is io.EOF after the last one,
// and a line may come with it.
func (l *Lines) Next() ([]byte, error) {
	line, err := l.from.ReadSlice('\n')
	l.Number++
	if errors.Is(err, bufio.ErrBufferFull) {
		line, err = l.rest(line)
	}
	return bytes.TrimSuffix(line, []byte("\n")), err
}

// rest reads a line of which this is the beginning.
func (l *Lines) rest(beginning []byte) ([]byte, error) {
	l.long = append(l.long[:0], beginning...)
	tooLong := false
	for {
		part, err := l.from.ReadSlice('\n')
		if tooLong = tooLong || len(l.long)+len(part) > l.longest; !tooLong {
			l.long = append(l.long, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case tooLong && (err == nil || errors.Is(err, io.EOF)):
			l.long = nil
			return nil, ErrTooLong
		default:
			return l.long, err
		}
	}
}

// Cut says why a log ends in the middle of a line.
func Cut(err error) string {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return "the compressed data is cut off"
	}
	return strings.TrimPrefix(err.Error(), "flate: ")
}
