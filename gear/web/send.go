package web

import (
	"io"
	"mime"
	"net/http"

	"sauda/gear/db"
)

// Sent is a file with which an exchange is answered.
type Sent struct {
	Name   string
	Kind   string // Kind is its media type.
	Object string // Object is what the audit says was taken out.
}

// Send answers with a file while it is written, so that one of any size takes no room. Its row of the audit is written
// before the first byte. When write fails afterwards the connection is cut, so that nobody takes half a file for a whole
// one; before, the fault is answered as any other.
func (x Exchange) Send(f Sent, write func(io.Writer) error) error {
	err := x.Moment(func(tx *db.Tx) error { return x.c.audit(tx, x.c.route, f.Object, answer{}) })
	if err != nil {
		return err
	}
	h := x.Header()
	named := map[string]string{"Content-Type": f.Kind, "Content-Disposition": mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}), "Cache-Control": "no-store"}
	for name, value := range named {
		h.Set(name, value)
	}
	if err = write(x); err == nil {
		return nil
	}
	if x.c.status != 0 {
		x.c.server.o.Log.Error("web: a file was cut off", "request", x.c.id, "route", x.c.route.pattern, "error", err)
		panic(http.ErrAbortHandler)
	}
	for name := range named {
		h.Del(name)
	}
	return err
}
