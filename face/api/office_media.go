package api

import (
	"context"
	"slices"

	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/media"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountOfficeMedia(api *web.API) {
	web.Query(api, "GET /v1/office/products/{id}/media", officeMedia, web.Needs(scopeCatalogRead),
		web.Doc("List what a product shows, in its order, and how far the smaller copies of its pictures are.", "Office: goods"),
		web.Faults(catalog.ErrUnknown))
	web.Bring(api, "POST /v1/office/products/{id}/media", f.finishUpload, showUpload, web.Needs(scopeCatalogWrite), web.Status(201),
		web.Doc("Show an upload on a product, after what it shows already. Bring the file first: POST /v1/office/uploads opens an upload by tus 1.0 (headers Tus-Resumable: 1.0.0 and Upload-Length), PATCH to its address brings the bytes and may be gone on with after a break.", "Office: goods"),
		web.Faults(catalog.ErrUnknown, catalog.ErrInvalid, media.ErrUnknown, media.ErrPart, media.ErrKind, media.ErrDamaged, media.ErrBytes,
			media.ErrPixels, media.ErrDrawing, media.ErrDouble, media.ErrActive, media.ErrCodec, media.ErrTracks, media.ErrLocated))
}

// shownView is a medium of a product with what is known of its file.
type shownView struct {
	mediaView
	Type   string      `json:"type,omitempty" doc:"The media type, as the content says; absent for what is kept elsewhere."`
	Bytes  int64       `json:"bytes,omitempty"`
	Width  int64       `json:"width,omitempty"`
	Height int64       `json:"height,omitempty"`
	State  media.State `json:"state,omitempty" enum:"waiting,ready,refused" doc:"Whether the smaller copies of a picture are made."`
	Done   int64       `json:"copies_done,omitempty"`
	All    int64       `json:"copies,omitempty"`
}

type albumView struct {
	Items   []shownView `json:"items" nullable:"false"`
	Version int64       `json:"version" doc:"The version of the product, for If-Match."`
}

// officeMedia lists what a product shows, in two statements more than the product.
func officeMedia(tx *db.Tx, in officeProductAsk) (albumView, error) {
	p, err := own(tx, in.ID)
	if err != nil {
		return albumView{}, err
	}
	return viewAlbum(tx, p)
}

func viewAlbum(tx *db.Tx, p catalog.Product) (albumView, error) {
	v := albumView{Items: make([]shownView, len(p.Media)), Version: p.Version}
	urls := make([]string, len(p.Media))
	for i, m := range p.Media {
		urls[i] = m.URL
	}
	known, err := media.Of(tx, urls...)
	for i, m := range p.Media {
		f := known[m.URL]
		v.Items[i] = shownView{mediaView: viewMedia(m), Type: f.Type, Bytes: f.Bytes, Width: f.Width, Height: f.Height, State: f.State, Done: f.Done, All: f.All}
	}
	return v, err
}

type uploaded struct {
	ID      catalog.ProductID `path:"id" maxLength:"60" doc:"The product."`
	Upload  media.UploadID    `json:"upload" maxLength:"60" doc:"The id of an upload that is whole."`
	Alt     text.Localized    `json:"alt,omitempty" doc:"What it shows, in words, for those who do not see it."`
	Options map[string]string `json:"options,omitempty" doc:"The choices of the variants that it shows; all of them when absent."`
	Poster  string            `json:"poster,omitempty" maxLength:"1000" doc:"The URL of the picture that stands for a film or a model."`
}

// finishUpload judges what has come and keeps it.
func (f face) finishUpload(ctx context.Context, in uploaded) (media.File, error) {
	var u media.Upload
	err := web.Look(ctx, func(tx *db.Tx) error {
		if _, err := own(tx, in.ID); err != nil {
			return err
		}
		var err error
		u, err = media.Find(tx, in.Upload)
		return err
	})
	if err != nil {
		return media.File{}, err
	}
	return f.Media.Finish(ctx, u)
}

// showUpload shows a file that has come. Shown twice, it stands once.
func showUpload(tx *db.Tx, in uploaded, kept media.File) (shownView, error) {
	if _, err := own(tx, in.ID); err != nil {
		return shownView{}, err
	}
	if err := media.Become(tx, in.Upload, kept); err != nil {
		return shownView{}, err
	}
	p, err := catalog.AddMedia(tx, in.ID, catalog.Media{
		Kind: catalog.MediaKind(kept.Kind), URL: kept.URL(), Alt: in.Alt, Options: in.Options, Poster: in.Poster,
	})
	if err != nil {
		return shownView{}, err
	}
	i := slices.IndexFunc(p.Media, func(m catalog.Media) bool { return m.URL == kept.URL() })
	return shownView{mediaView: viewMedia(p.Media[i]), Type: kept.Type, Bytes: kept.Bytes, Width: kept.Width, Height: kept.Height, State: kept.State, Done: kept.Done, All: kept.All}, nil
}
