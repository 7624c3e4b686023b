package api

import (
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/core/media"
	"sauda/gear/db"
	"sauda/gear/web"
)

// Faults of the protocol of uploads.
var (
	errTus     = fault.New(fault.Precondition, "api.tus_version", "Uploads speak tus 1.0.0: send the header Tus-Resumable: 1.0.0.")
	errTusHead = fault.New(fault.Malformed, "api.tus_headers", "A header of the upload is missing or no number: see tus 1.0.0.")
	errTusType = fault.New(fault.Malformed, "api.tus_type", "Send the bytes of an upload as application/offset+octet-stream.")
)

// uploadTime is how long one part may take over a slow line.
const uploadTime = 30 * time.Minute

// uploadsPath is where uploads are opened and gone on with.
const uploadsPath = "/v1/office/uploads"

// mountUploads adds the protocol of uploads: tus 1.0.0 with the extensions creation, termination and expiration. Only who
// opened an upload may see or go on with it.
func (f face) mountUploads(server *web.Server) {
	write := []web.Option{web.Needs(scopeCatalogWrite), web.Time(uploadTime)}
	server.Protocol("OPTIONS "+uploadsPath, tusOptions, web.Public())
	server.Protocol("POST "+uploadsPath, tus(openUpload), write...)
	server.Protocol("HEAD "+uploadsPath+"/{id}", tus(askUpload), write...)
	server.Protocol("PATCH "+uploadsPath+"/{id}", tus(f.bringPart), write...)
	server.Protocol("DELETE "+uploadsPath+"/{id}", tus(endUpload), write...)
}

func tusOptions(x web.Exchange) error {
	h := x.Header()
	h.Set("Tus-Resumable", "1.0.0")
	h.Set("Tus-Version", "1.0.0")
	h.Set("Tus-Extension", "creation,termination,expiration")
	h.Set("Tus-Max-Size", strconv.Itoa(media.UploadMax))
	x.WriteHeader(http.StatusNoContent)
	return nil
}

// tus holds an exchange to the version of the protocol (tus 1.0.0, Tus-Resumable).
func tus(do func(web.Exchange) error) func(web.Exchange) error {
	return func(x web.Exchange) error {
		x.Header().Set("Tus-Resumable", "1.0.0")
		x.Header().Set("Cache-Control", "no-store")
		if x.Request.Header.Get("Tus-Resumable") != "1.0.0" {
			x.Header().Set("Tus-Version", "1.0.0")
			return errTus
		}
		return do(x)
	}
}

// whole reads a header that is a number of bytes.
func whole(x web.Exchange, name string) (int64, error) {
	n, err := strconv.ParseInt(x.Request.Header.Get(name), 10, 64)
	if err != nil || n < 0 {
		return 0, errTusHead.With("header", name)
	}
	return n, nil
}

// openUpload opens an upload (tus 1.0.0, Creation). Its length must be known: what is too much is refused before it is
// sent.
func openUpload(x web.Exchange) error {
	length, err := whole(x, "Upload-Length")
	if err != nil {
		return err
	}
	var u media.Upload
	err = x.Moment(func(tx *db.Tx) error {
		u, err = media.Begin(tx, length, labelOf(x.Request.Header.Get("Upload-Metadata")))
		return err
	})
	if err != nil {
		return err
	}
	x.Header().Set("Location", uploadsPath+"/"+string(u.ID))
	expire(x, u)
	x.WriteHeader(http.StatusCreated)
	return nil
}

// labelOf gives the file name of the metadata: "filename d29ybGQ=,type …".
func labelOf(metadata string) string {
	for pair := range strings.SplitSeq(metadata, ",") {
		key, coded, _ := strings.Cut(strings.TrimSpace(pair), " ")
		if key == "filename" {
			if name, err := base64.StdEncoding.DecodeString(coded); err == nil {
				return strings.ToValidUTF8(string(name), "�")
			}
		}
	}
	return ""
}

func expire(x web.Exchange, u media.Upload) {
	x.Header().Set("Upload-Expires", u.Until.UTC().Format(http.TimeFormat))
}

// askUpload says how far an upload has come (tus 1.0.0, HEAD).
func askUpload(x web.Exchange) error {
	u, err := findUpload(x)
	if err != nil {
		return err
	}
	h := x.Header()
	h.Set("Upload-Offset", strconv.FormatInt(u.Come, 10))
	h.Set("Upload-Length", strconv.FormatInt(u.Length, 10))
	expire(x, u)
	x.WriteHeader(http.StatusOK)
	return nil
}

func findUpload(x web.Exchange) (u media.Upload, err error) {
	err = x.Moment(func(tx *db.Tx) error {
		u, err = media.Find(tx, media.UploadID(x.PathValue("id")))
		return err
	})
	return u, err
}

// bringPart takes what comes of an upload (tus 1.0.0, PATCH), also when it breaks off.
func (f face) bringPart(x web.Exchange) error {
	if x.Request.Header.Get("Content-Type") != "application/offset+octet-stream" {
		return errTusType
	}
	at, err := whole(x, "Upload-Offset")
	if err != nil {
		return err
	}
	u, err := findUpload(x)
	if err != nil {
		return err
	}
	part, err := f.Media.Receive(x.Context(), u, at, x.Body)
	if err != nil {
		return err
	}
	err = x.MomentAfter(func(tx *db.Tx) error {
		u, err = media.Add(tx, part)
		return err
	})
	if err != nil {
		return f.Media.Drop(x.Context(), part, err)
	}
	x.Header().Set("Upload-Offset", strconv.FormatInt(u.Come, 10))
	expire(x, u)
	x.WriteHeader(http.StatusNoContent)
	return nil
}

// endUpload gives up an upload (tus 1.0.0, Termination).
func endUpload(x web.Exchange) error {
	err := x.Moment(func(tx *db.Tx) error { return media.End(tx, media.UploadID(x.PathValue("id"))) })
	if err != nil {
		return err
	}
	x.WriteHeader(http.StatusNoContent)
	return nil
}
