package api

import (
	"bytes"
	"context"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"

	"sauda/core/attachment"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/order"
	"sauda/core/workshop"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountAttachments(api *web.API, server *web.Server) {
	web.Bring(api, "POST /v1/carts/{id}/files", f.keepAttachment, f.noteAttachment, web.Public(), web.Status(201), web.BodyMax(attachmentBody),
		web.Doc("Bring a file to a thing that is made to order: the bytes of a JPEG, PNG, WebP or PDF, at most 20 MB. What it tells about a place is taken out. Its id is the answer to the question for a file. Only who may see the basket, or the order that it becomes, may see it.", "Baskets"),
		web.Faults(cart.ErrUnknown, attachment.ErrKind, attachment.ErrBytes, attachment.ErrMany))
	server.Protocol("GET /v1/carts/{id}/files/{file}", f.showCartFile, web.Public())
	server.Protocol("GET /v1/orders/{id}/files/{file}", f.showOrderFile, web.Public())
}

// attachmentBody is as much as is read of a file: somewhat too large a one is refused as such.
const attachmentBody = attachment.BytesMax + 1<<20

type attached struct {
	ID   cart.ID `path:"id" maxLength:"60" doc:"The basket."`
	Name string  `query:"name" maxLength:"200" doc:"What the file is called."`
	Body web.RawBody
}

// attachedView is a file that a buyer brought.
type attachedView struct {
	ID    attachment.ID `json:"id" doc:"The answer to the question for a file."`
	Name  string        `json:"name,omitempty"`
	Type  string        `json:"type" doc:"The media type, as its content says."`
	Bytes int64         `json:"bytes"`
}

// keepAttachment keeps a file of which nobody knows yet.
func (f face) keepAttachment(ctx context.Context, in attached) (attachment.Kept, error) {
	return f.Attached.Keep(ctx, string(in.ID), attachment.Brought{Body: bytes.NewReader(in.Body), Size: int64(len(in.Body)), Name: in.Name})
}

// noteAttachment makes a file known to a basket of the actor.
func (f face) noteAttachment(tx *db.Tx, in attached, kept attachment.Kept) (attachedView, error) {
	if _, err := cart.Get(tx, in.ID); err != nil {
		return attachedView{}, err
	}
	files, err := attachment.Note(tx, string(in.ID), kept)
	if err != nil {
		return attachedView{}, err
	}
	a := files[0]
	return attachedView{ID: a.ID, Name: a.Name, Type: a.Type, Bytes: a.Bytes}, nil
}

// showCartFile gives a file that a line of a basket names, to whoever may see the basket.
func (f face) showCartFile(x web.Exchange) error {
	return f.showFile(x, func(tx *db.Tx, id string) (named bool, err error) {
		c, err := cart.Get(tx, cart.ID(x.Request.PathValue("id")))
		if err != nil {
			return false, err
		}
		for _, l := range c.Lines {
			for _, answer := range l.Answers {
				named = named || answer == id
			}
		}
		return named, attachment.Check(tx, []attachment.ID{attachment.ID(id)}, tx.Who().Party)
	})
}

// showOrderFile gives a file that a line of an order names or that shows how it is made, to whoever may see the order: its buyer, and the staff of its
// seller.
func (f face) showOrderFile(x web.Exchange) error {
	return f.showFile(x, func(tx *db.Tx, id string) (named bool, err error) {
		o, err := order.Get(tx, order.ID(x.Request.PathValue("id")))
		if err != nil {
			return false, err
		}
		for _, l := range o.Lines {
			named = named || slices.Contains(catalog.FilesIn(l.Answers), id)
		}
		if named {
			return true, nil
		}
		jobs, err := workshop.Of(tx, string(o.ID))
		for _, j := range jobs {
			named = named || j.Has(id)
		}
		return named, err
	})
}

// showFile gives a file to be saved, never to be shown as a page of the house.
func (f face) showFile(x web.Exchange, named func(*db.Tx, string) (bool, error)) error {
	id := attachment.ID(x.Request.PathValue("file"))
	var file attachment.File
	err := x.Moment(func(tx *db.Tx) error {
		ok, err := named(tx, string(id))
		if err != nil {
			return err
		}
		found, err := attachment.Some(tx, []attachment.ID{id})
		if file = found[id]; err == nil && (!ok || file.ID == "") {
			return attachment.ErrUnknown.About("%.60s", string(id))
		}
		return err
	})
	if err != nil {
		return err
	}
	body, err := f.Attached.Open(x.Context(), file)
	if err != nil {
		return err
	}
	defer body.Close() //nolint:errcheck // It was only read.
	h := x.Header()
	h.Set("Content-Type", file.Type)
	h.Set("Content-Length", strconv.FormatInt(file.Bytes, 10))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-store")
	x.WriteHeader(http.StatusOK)
	_, err = io.Copy(x, body)
	return err
}
