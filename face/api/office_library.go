package api

import (
	"context"

	"sauda/core/catalog"
	"sauda/core/media"
	"sauda/flow/gallery"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountOfficeLibrary(api *web.API) {
	faults := web.Faults(media.ErrUnknown, media.ErrPart, media.ErrKind, media.ErrDamaged, media.ErrBytes, media.ErrPixels, media.ErrDrawing,
		media.ErrDouble, media.ErrActive, media.ErrCodec, media.ErrTracks, media.ErrLocated, catalog.ErrOtherKind, catalog.ErrManyShow)
	web.Bring(api, "POST /v1/office/media", f.finishFile, noteFile, web.Needs(scopeCatalogWrite), web.Status(201),
		web.Doc("Keep an upload in the library of the house. Nothing shows it until a product or a page names its URL. The file is brought before, as for POST /v1/office/products/{id}/media.", "Office: goods"), faults)
	web.Bring(api, "POST /v1/office/media/{id}/replacement", f.finishOther, swapFile, web.Needs(scopeCatalogWrite), web.Status(201),
		web.Doc("Show an upload in the place of a file of the library, on every product that shows it. Their words stay. Pages of the window are changed by whoever writes them.", "Office: goods"), faults)
}

type fileAsk struct {
	Upload media.UploadID `json:"upload" maxLength:"60" doc:"The id of an upload that is whole."`
}

type otherAsk struct {
	Name   string         `path:"id" maxLength:"80" doc:"The file that is replaced, as its URL ends."`
	Upload media.UploadID `json:"upload" maxLength:"60" doc:"The id of an upload that is whole."`
}

// libraryView is a file of the library.
type libraryView struct {
	Name   string      `json:"name" doc:"What its URL ends with."`
	URL    string      `json:"url" doc:"What a product names in its media."`
	Label  string      `json:"label,omitempty" doc:"What it was called by who brought it."`
	Kind   media.Kind  `json:"kind" enum:"image,video,model,document"`
	Type   string      `json:"type" doc:"The media type, as the content says."`
	Bytes  int64       `json:"bytes"`
	Width  int64       `json:"width,omitempty"`
	Height int64       `json:"height,omitempty"`
	State  media.State `json:"state" enum:"waiting,ready,refused" doc:"Whether the smaller copies of a picture are made."`
}

// Location is where the file can be seen.
func (v libraryView) Location() string { return v.URL }

func viewFile(f media.File) libraryView {
	return libraryView{Name: f.Name, URL: f.URL(), Label: f.Label, Kind: f.Kind, Type: f.Type, Bytes: f.Bytes, Width: f.Width, Height: f.Height, State: f.State}
}

// finish judges what has come for the library and keeps it.
func (f face) finish(ctx context.Context, id media.UploadID) (media.File, error) {
	var u media.Upload
	err := web.Look(ctx, func(tx *db.Tx) error {
		if err := gallery.Keeper(tx); err != nil {
			return err
		}
		var err error
		u, err = media.Find(tx, id)
		return err
	})
	if err != nil {
		return media.File{}, err
	}
	return f.Media.Finish(ctx, u)
}

func (f face) finishFile(ctx context.Context, in fileAsk) (media.File, error) {
	return f.finish(ctx, in.Upload)
}

func (f face) finishOther(ctx context.Context, in otherAsk) (media.File, error) {
	return f.finish(ctx, in.Upload)
}

// noteFile writes a file down that has come for the library.
func noteFile(tx *db.Tx, in fileAsk, kept media.File) (libraryView, error) {
	if err := gallery.Keeper(tx); err != nil {
		return libraryView{}, err
	}
	return viewFile(kept), media.Become(tx, in.Upload, kept)
}

// swapFile shows a file that has come in the place of another.
func swapFile(tx *db.Tx, in otherAsk, kept media.File) (libraryView, error) {
	if err := gallery.Keeper(tx); err != nil {
		return libraryView{}, err
	}
	if err := media.Become(tx, in.Upload, kept); err != nil {
		return libraryView{}, err
	}
	return viewFile(kept), gallery.Swap(tx, in.Name, kept)
}
