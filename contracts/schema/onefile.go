package schema

import (
	"bytes"
	"io"
	"io/fs"
	"time"
)

// Parse compiles the schema in text, which refers to nothing but itself. Messages call it name. Options.Files and Root do not apply.
func (o Options) Parse(name string, text []byte) (*Schema, error) {
	o.Files, o.Root = oneFile{name, text}, ""
	return o.Load(name)
}

// oneFile is a file system with one file.
type oneFile struct {
	name string
	text []byte
}

// Open opens the file.
func (f oneFile) Open(name string) (fs.File, error) {
	if name != f.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return opened{f, bytes.NewReader(f.text)}, nil
}

// opened is the file while it is read.
type opened struct {
	oneFile
	io.Reader
}

func (o opened) Stat() (fs.FileInfo, error) { return o, nil }
func (o opened) Close() error               { return nil }
func (o opened) Name() string               { return o.name }
func (o opened) Size() int64                { return int64(len(o.text)) }
func (o opened) Mode() fs.FileMode          { return 0o444 }
func (o opened) ModTime() time.Time         { return time.Time{} }
func (o opened) IsDir() bool                { return false }
func (o opened) Sys() any                   { return nil }
