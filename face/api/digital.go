package api

import (
	"bytes"
	"context"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"time"

	"sauda/core/catalog"
	"sauda/core/digital"
	"sauda/core/order"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountDigital(api *web.API, server *web.Server) {
	server.Protocol("GET /v1/orders/{id}/downloads/{grant}/{file}", f.download, web.Public(), web.Time(downloadTime))
	web.Query(api, "GET /v1/office/products/{id}/files", officeFiles, web.Needs(scopeCatalogRead),
		web.Doc("List the files that buyers of a digital product may fetch.", "Office: goods"), web.Faults(catalog.ErrUnknown))
	web.Bring(api, "POST /v1/office/products/{id}/files", f.keepSold, addSold, web.Needs(scopeCatalogWrite), web.Status(201), web.BodyMax(soldBody),
		web.Doc("Add a file for the buyers of a digital product: its bytes, at most 64 MB; larger ones come by the page of the product. It is only ever given to be saved.", "Office: goods"),
		web.Faults(catalog.ErrUnknown, digital.ErrEmpty, digital.ErrBytes, digital.ErrMany))
	web.Command(api, "DELETE /v1/office/products/{id}/files/{file}", dropSold, web.Needs(scopeCatalogWrite),
		web.Doc("Offer a file to later buyers no more. Who has bought it may still fetch it.", "Office: goods"), web.Faults(catalog.ErrUnknown, digital.ErrUnknown))
	web.Command(api, "POST /v1/office/variants/{id}/codes", addCodes, web.Needs(scopeCatalogWrite),
		web.Doc("Add licence codes of a variant. Codes that it has or had already are passed over.", "Office: goods"), web.Faults(catalog.ErrUnknown, digital.ErrCodes))
}

const (
	downloadTime = 30 * time.Minute // downloadTime is how long a film may take over a slow line.
	soldBody     = 64 << 20
)

// grantView is what the buyer of a line may fetch.
type grantView struct {
	ID    digital.GrantID `json:"id"`
	Line  string          `json:"line"`
	Open  bool            `json:"open" doc:"It may be fetched now."`
	Until time.Time       `json:"until"`
	Codes []string        `json:"codes,omitempty" doc:"Licence codes, each sold once."`
	Files []downloadView  `json:"files,omitempty"`
}

// downloadView is a file to be fetched.
type downloadView struct {
	ID    digital.FileID `json:"id"`
	Name  string         `json:"name"`
	Bytes int64          `json:"bytes"`
	Left  int64          `json:"left" doc:"How many times it may still be fetched."`
	URL   string         `json:"url"`
}

// viewGrants gives what an order has of files and codes, without a statement for an order of things.
func viewGrants(tx *db.Tx, o order.Order) ([]grantView, error) {
	if !slices.ContainsFunc(o.Lines, func(l order.Line) bool { return l.Digital != nil }) {
		return nil, nil
	}
	grants, err := digital.Of(tx, string(o.ID))
	if err != nil {
		return nil, err
	}
	var views []grantView
	for _, g := range grants {
		v := grantView{ID: g.ID, Line: g.Line, Open: g.Open(tx.Now()), Until: g.Until}
		if buys(tx.Who()) {
			v.Codes = g.Codes
		}
		for _, x := range g.Files {
			v.Files = append(v.Files, downloadView{
				ID: x.ID, Name: x.Name, Bytes: x.Bytes, Left: x.Left, URL: "/v1/orders/" + string(o.ID) + "/downloads/" + string(g.ID) + "/" + string(x.ID),
			})
		}
		views = append(views, v)
	}
	return views, nil
}

// buys says whether somebody asks as a buyer: what was bought is not for the staff.
func buys(who db.Who) bool { return who.Kind == db.KindBuyer || who.Kind == db.KindGuest }

// download gives a file that was bought to whoever bought it, as often and as long as was agreed.
func (f face) download(x web.Exchange) error {
	var file digital.File
	err := x.Moment(func(tx *db.Tx) error {
		o, err := order.Get(tx, order.ID(x.Request.PathValue("id")))
		if err != nil {
			return err
		}
		if !buys(tx.Who()) {
			return order.ErrDenied.About("%s fetches what %s bought", tx.Who().ID, o.ID)
		}
		file, err = digital.Fetch(tx, string(o.ID), digital.GrantID(x.Request.PathValue("grant")), digital.FileID(x.Request.PathValue("file")))
		return err
	})
	if err != nil {
		return err
	}
	body, err := f.Sold.Open(x.Context(), file)
	if err != nil {
		return err
	}
	defer body.Close() //nolint:errcheck // It was only read.
	h := x.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Length", strconv.FormatInt(file.Bytes, 10))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-store")
	x.WriteHeader(http.StatusOK)
	_, err = io.Copy(x, body)
	return err
}

// soldView is a file that buyers of a product may fetch.
type soldView struct {
	ID    digital.FileID `json:"id"`
	Name  string         `json:"name"`
	Bytes int64          `json:"bytes"`
}

func viewSold(f digital.File) soldView { return soldView{ID: f.ID, Name: f.Name, Bytes: f.Bytes} }

// officeFiles lists the files of a product.
func officeFiles(tx *db.Tx, in officeProductAsk) (web.List[soldView], error) {
	if _, err := own(tx, in.ID); err != nil {
		return web.List[soldView]{}, err
	}
	files, err := digital.Files(tx, in.ID)
	page := web.List[soldView]{Items: make([]soldView, len(files))}
	for i, x := range files {
		page.Items[i] = viewSold(x)
	}
	return page, err
}

type soldFile struct {
	ID   catalog.ProductID `path:"id" maxLength:"60" doc:"The product."`
	Name string            `query:"name" maxLength:"200" doc:"What the file is called when it is saved."`
	Body web.RawBody
}

// keepSold keeps a file of which nobody knows yet.
func (f face) keepSold(ctx context.Context, in soldFile) (digital.Kept, error) {
	return f.Sold.Keep(ctx, in.ID, bytes.NewReader(in.Body), in.Name)
}

func addSold(tx *db.Tx, in soldFile, kept digital.Kept) (soldView, error) {
	if _, err := own(tx, in.ID); err != nil {
		return soldView{}, err
	}
	file, err := digital.AddFile(tx, in.ID, kept)
	return viewSold(file), err
}

type soldAsk struct {
	ID   catalog.ProductID `path:"id" maxLength:"60" doc:"The product."`
	File digital.FileID    `path:"file" maxLength:"60" doc:"The file."`
}

// dropSold offers a file no more.
func dropSold(tx *db.Tx, in soldAsk) (web.None, error) {
	if _, err := own(tx, in.ID); err != nil {
		return web.None{}, err
	}
	return web.None{}, digital.DropFile(tx, in.ID, in.File)
}

type codesAdded struct {
	ID    catalog.VariantID `path:"id" maxLength:"60" doc:"The variant."`
	Codes []string          `json:"codes" minItems:"1" maxItems:"1000"`
}

// addCodes adds licence codes of a variant of the actor's seller.
func addCodes(tx *db.Tx, in codesAdded) (changed, error) {
	offers, err := catalog.Offers(tx, []catalog.VariantID{in.ID})
	if err != nil {
		return changed{}, err
	}
	if o, known := offers[in.ID]; !known || !tx.Who().For(string(o.Seller)) {
		return changed{}, catalog.ErrUnknown.About("%.60s", string(in.ID))
	}
	n, err := digital.AddCodes(tx, in.ID, in.Codes)
	return changed{n}, err
}
