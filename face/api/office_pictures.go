package api

import (
	"bytes"
	"context"

	"sauda/gear/blob"
	"sauda/gear/web"
)

func (f face) mountOfficePictures(api *web.API) {
	web.Act(api, "POST /v1/office/pictures", f.keepPicture, web.Needs(scopeCatalogWrite), web.Status(201), web.BodyMax(pictureBody),
		web.Doc("Keep a picture: the bytes of a JPEG, PNG or WebP, at most 10 MB and 50 million pixels. The same picture has the same URL. Products show it when its URL is among their media; one that is left out of a product can be shown again by its URL.", "Office: goods"),
		web.Faults(blob.ErrPicture, blob.ErrHeavy, blob.ErrPixels))
}

// pictureBody is as much as is read of a picture: somewhat too large a one is refused as such.
const pictureBody = 2 * blob.PictureMax

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

// mediaPath is where the files of the house are shown.
const mediaPath = "/media/"

// keepPicture keeps a picture, which nobody sees before a product shows it.
func (f face) keepPicture(_ context.Context, in picture) (pictureView, error) {
	p, err := f.Pictures.PutPicture(bytes.NewReader(in.Body), int64(len(in.Body)))
	return pictureView{URL: mediaPath + p.Name, Type: p.Type, Width: p.Width, Height: p.Height}, err
}
