package web

import (
	"errors"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Files in the input of a form are what it brings along under one name, in the order in which they were chosen. Such a
// form is sent as multipart/form-data (RFC 7578); its route says by BodyMax how much all of it may be. Files are there
// until the request has been answered. A name that ends in a star, "answer_*", is of all fields that begin so; then they are
// in the order of their fields, and each says by which it came.
type Files []File

// File is one of them. Its name and its kind are what the sender says; what is in it is for the handler to judge.
type File struct {
	Name  string
	Field string // Field is the name of the field of the form.
	Size  int64
	head  *multipart.FileHeader
}

// Open opens the file. The caller closes it.
func (f File) Open() (multipart.File, error) { return f.head.Open() }

// filesMemory is as much of a form with files as is kept in memory; the rest waits in the folder for temporary files.
const filesMemory = 1 << 20

// readFiles reads a form with files and gives its other fields.
func (b *binder) readFiles(c *call) (url.Values, Files, error) {
	if c.r.ContentLength > b.rt.bodyMax {
		return nil, nil, ErrTooLarge.With("max", b.rt.bodyMax)
	}
	c.r.Body = http.MaxBytesReader(c.w, c.r.Body, b.rt.bodyMax)
	err := c.r.ParseMultipartForm(filesMemory)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge), errors.Is(err, multipart.ErrMessageTooLarge):
		return nil, nil, ErrTooLarge.With("max", b.rt.bodyMax)
	case err != nil && c.r.Context().Err() != nil:
		return nil, nil, errGone
	case err != nil:
		return nil, nil, ErrMalformed.About("the form: %w", err)
	}
	var files Files
	for _, field := range slices.Sorted(maps.Keys(c.r.MultipartForm.File)) {
		if !b.takesFiles(field) {
			continue
		}
		for _, h := range c.r.MultipartForm.File[field] {
			files = append(files, File{Name: h.Filename, Field: field, Size: h.Size, head: h})
		}
	}
	return c.r.MultipartForm.Value, files, nil
}

// takesFiles tells whether files of a field are wanted.
func (b *binder) takesFiles(field string) bool {
	begin, many := strings.CutSuffix(b.filesName, "*")
	return field == b.filesName || many && strings.HasPrefix(field, begin)
}

// patient gives a route that may take long the time on its connection, too.
func (c *call) patient() {
	if c.route.time <= readTime {
		return
	}
	until := time.Now().Add(c.route.time)
	control := http.NewResponseController(c.w)
	// A connection that knows no deadlines has none to move.
	_ = control.SetReadDeadline(until)
	_ = control.SetWriteDeadline(until.Add(writeTime))
}
