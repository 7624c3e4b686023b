// Package media knows the files that sellers bring: pictures, films, three-dimensional models and documents. It judges
// them by what is in them, takes out what they tell about a place, keeps each content once, and makes the smaller copies
// of pictures that pages show.
//
// It does not know what the files show: a product (catalog) names them by their address and says in which order they
// stand, for which variants, and in which words.
//
//	an upload:  begun ─▶ whole ─▶ kept            a picture:  waiting ─▶ ready
//	              └─────────┴───▶ forgotten                      └─────▶ refused
package media

import (
	"embed"
	"time"

	"sauda/base/fault"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema is the tables of files and uploads.
var Schema = db.Schema{Name: "media", Files: schemaFiles}

// Kind says what a file is for people.
type Kind string

// The kinds of files.
const (
	KindImage    Kind = "image"
	KindVideo    Kind = "video"
	KindModel    Kind = "model"
	KindDocument Kind = "document"
)

// Form is what a file is, by its content.
type Form struct {
	Kind   Kind
	Type   string // Type is the media type under which it is served.
	Ending string // Ending ends its name: ".jpg".
	Width  int64  // Width and Height are those of a picture or film as it is seen, after it was turned; else zero.
	Height int64
	Turn   int // Turn is how a picture is to be turned to be seen, 1 to 8 as EXIF counts; 0 where that says nothing.

	located bool // located says that it told a place.
}

// State says how far a file has come.
type State string

// The states of a file.
const (
	StateWaiting State = "waiting" // StateWaiting is a picture whose smaller copies are not all made.
	StateReady   State = "ready"
	StateRefused State = "refused" // StateRefused is a picture that could not be unpacked.
)

// File is what is kept.
type File struct {
	Form
	Name   string // Name is its address below /media/: a hash of the content and an ending.
	Label  string // Label is what it was called by who brought it; it may be empty.
	Bytes  int64
	State  State
	Done   int64 // Done is how many of its copies are made, of All.
	All    int64
	Kept   time.Time
	Buyers bool // Buyers says that a buyer brought it: it is not the house's to throw away.
}

// Limits of what is brought. Any photograph and any film of a telephone that stands on a product's page fits.
const (
	ImageMax    = 32 << 20
	VideoMax    = 500 << 20
	ModelMax    = 64 << 20
	DocumentMax = 50 << 20
	PixelsMax   = 50_000_000 // PixelsMax is width times height: unpacked, that fills 200 MB.
	SideMax     = 16_383     // SideMax is what WebP can be wide or high; no browser paints more.
	UploadMax   = VideoMax   // UploadMax bounds any upload, before it is known what it is.
)

// Faults of files.
var (
	ErrKind = fault.New(fault.Invalid, "media.kind",
		"Files of this kind are not taken. Choose a picture (JPEG, PNG, WebP), a film (MP4), a 3D model (GLB, glTF, USDZ) or a document (PDF).")
	ErrDamaged = fault.New(fault.Invalid, "media.damaged",
		"The file is damaged or not whole. Open it on your computer, save it again and bring that one.")
	ErrBytes = fault.New(fault.TooLarge, "media.bytes",
		"The file is too large: pictures may have 32 MB, films 500 MB, models 64 MB, documents 50 MB. Make it smaller and bring it again.")
	ErrPixels = fault.New(fault.Invalid, "media.pixels",
		"The picture has more than 50 million pixels, or a side of more than 16,383. Make it smaller and bring it again.")
	ErrDrawing = fault.New(fault.Invalid, "media.drawing",
		"Drawings in SVG can hold scripts and are not taken. Save the drawing as PNG and bring that one.")
	ErrDouble = fault.New(fault.Invalid, "media.double",
		"The file is two things at once, such as a document and an archive. Save it again as one of them.")
	ErrActive = fault.New(fault.Invalid, "media.active",
		"The file holds scripts, attachments or addresses of other files. Save it without them and bring it again.")
	ErrCodec = fault.New(fault.Invalid, "media.codec",
		"Not every browser can show this film or model. Save films as MP4 with H.264, and models without compressed meshes.")
	ErrTracks = fault.New(fault.Invalid, "media.tracks",
		"The film has a track beside picture, sound and subtitles, such as positions on a map. Save it without and bring it again.")
	ErrLocated = fault.New(fault.Invalid, "media.located",
		"A picture inside the model tells where it was taken. Save the model with textures that do not, and bring it again.")
	ErrUnknown = fault.New(fault.Missing, "media.unknown", "There is no such file or upload. It may have been too long ago; bring the file again.")
	ErrOffset  = fault.New(fault.Conflict, "media.offset", "The upload goes on at another byte. Ask how far it has come and go on from there.")
	ErrPart    = fault.New(fault.Conflict, "media.unfinished", "The upload is not whole yet. Bring the rest first.")
	ErrUsed    = fault.New(fault.Conflict, "media.used", "The file is shown somewhere. Take it off there first, then throw it away.")
	ErrUnsure  = fault.New(fault.Conflict, "media.unsure", "The shop still counts where its files are shown. Throw the file away in a few minutes.")
	ErrCursor  = fault.New(fault.Invalid, "media.cursor", "Start again from the first page: this list cannot go on from here.")
	ErrMany    = fault.New(fault.Limited, "media.many_uploads", "Too many uploads have been begun and not finished. Finish or end some of them first.")
)
