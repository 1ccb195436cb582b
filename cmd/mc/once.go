package main

import (
	"bytes"
	"io"
	"io/fs"
	"sync"
)

// A onceFS reads each file once. A model is built anew for every scenario, and a
// search or a page may go on for hours: who edits the file meanwhile shall not get an
// answer that is half of the one text and half of the other.
type onceFS struct {
	fs.FS
	mu   sync.Mutex
	seen map[string]*onceFile
}

// A onceFile is what was found by a name: a text, or why there is none.
type onceFile struct {
	info fs.FileInfo
	data []byte
	err  error
}

func newOnceFS(fsys fs.FS) *onceFS { return &onceFS{FS: fsys, seen: map[string]*onceFile{}} }

// onceMost bounds what is kept of a file, in bytes. It is more than a model may have,
// so that who reads it sees that it is too large.
const onceMost = 1 << 20

func (o *onceFS) Open(name string) (fs.File, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f := o.seen[name]
	if f == nil {
		f = o.read(name)
		o.seen[name] = f
	}
	if f.err != nil {
		return nil, f.err
	}
	return &openedFile{f.info, bytes.NewReader(f.data)}, nil
}

func (o *onceFS) read(name string) *onceFile {
	f, err := o.FS.Open(name)
	if err != nil {
		return &onceFile{err: err}
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.IsDir() {
		return &onceFile{info: info, err: err}
	}
	data, err := io.ReadAll(io.LimitReader(f, onceMost))
	return &onceFile{info, data, err}
}

// An openedFile is a text that is being read.
type openedFile struct {
	info fs.FileInfo
	*bytes.Reader
}

func (f *openedFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *openedFile) Close() error               { return nil }
