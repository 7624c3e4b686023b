package api

import (
	"bytes"
	"context"

	"sauda/core/media"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountOfficePictures(api *web.API) {
	web.Bring(api, "POST /v1/office/pictures", f.keepPicture, notePicture, web.Needs(scopeCatalogWrite), web.Status(201), web.BodyMax(pictureBody),
		web.Doc("Keep a picture: the bytes of a JPEG, PNG or WebP, at most 32 MB and 50 million pixels. What it tells about a place is taken out. The same picture has the same URL. Products show it when its URL is among their media; one that is left out of a product can be shown again by its URL. Films, models and documents come by /v1/office/uploads.", "Office: goods"),
		web.Faults(media.ErrKind, media.ErrDamaged, media.ErrBytes, media.ErrPixels, media.ErrDrawing))
}

// pictureBody is as much as is read of a picture: somewhat too large a one is refused as such.
const pictureBody = media.ImageMax + 1<<20

type picture struct {
	Body web.RawBody
}

// pictureView is a picture that is kept.
type pictureView struct {
	URL    string `json:"url" doc:"What a product names in its media."`
	Type   string `json:"type" doc:"The media type by which it is served, as its content says."`
	Width  int64  `json:"width"`
	Height int64  `json:"height"`
}

// Location is where the picture can be seen.
func (p pictureView) Location() string { return p.URL }

// keepPicture keeps a picture, which nobody sees before a product shows it.
func (f face) keepPicture(ctx context.Context, in picture) (media.File, error) {
	return f.Media.KeepImage(ctx, bytes.NewReader(in.Body), int64(len(in.Body)))
}

func notePicture(tx *db.Tx, _ picture, kept media.File) (pictureView, error) {
	return pictureView{URL: kept.URL(), Type: kept.Type, Width: kept.Width, Height: kept.Height}, media.Note(tx, kept)
}
