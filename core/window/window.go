// Package window knows how a seller dresses the shop window around the goods: one look (colours, letters, first words, the
// order of the blocks, the ways above and below), pages, posts of the blog, and banners.
//
// All four are pieces. A piece is written as a draft, published as an edition that stays as it was, and ended. What was
// published before can be published again. A piece may begin and end by itself at a time. It does not know what the goods
// are, nor how a page is laid out; pictures are files that somebody else keeps (media), known here by their address.
//
//	draft ──Publish──▶ shown ──End──▶ ended
//	                    ▲  └─Restore─┘  │
//	                    └────Publish────┘
package window

import (
	"embed"
	"time"

	"sauda/base/fault"
	"sauda/base/text"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the tables of pieces, their editions, their addresses, links to their drafts, and the names of windows.
var Schema = db.Schema{Name: "window", Files: schemaFiles}

// ID names a piece.
type ID string

// Kind says what a piece is.
type Kind string

// The kinds of pieces. A seller has one look, and of the others as many as are wanted.
const (
	KindLook   Kind = "look"
	KindPage   Kind = "page"
	KindPost   Kind = "post"
	KindBanner Kind = "banner"
)

// Kinds are those of which there may be several, in the order of the office.
var Kinds = []Kind{KindPage, KindPost, KindBanner}

// Addressed tells whether pieces of a kind have an address of their own.
func (k Kind) Addressed() bool { return k == KindPage || k == KindPost }

// State says how far a piece has come.
type State string

// The states of a piece.
const (
	StateDraft State = "draft" // StateDraft was never published.
	StateShown State = "shown" // StateShown is published; its times say whether it is seen now.
	StateEnded State = "ended" // StateEnded was taken out of the shop. Its address says so.
)

// Picture is a picture that the house keeps.
type Picture struct {
	URL    string         `json:"url"` // URL begins with /media/.
	Width  int64          `json:"width"`
	Height int64          `json:"height"`
	Alt    text.Localized `json:"alt,omitempty"` // Alt says what it shows; a picture without is an ornament.
}

// Body is what a piece says. A look has its first words in Title and Lead and their picture in Picture.
type Body struct {
	Slug    string         `json:"slug,omitempty"` // Slug is the end of the address of a page or post.
	Title   text.Localized `json:"title,omitempty"`
	Lead    text.Localized `json:"lead,omitempty"` // Lead is the first sentence or two, also for search engines.
	Text    text.Localized `json:"text,omitempty"` // Text is Markdown.
	Picture *Picture       `json:"picture,omitempty"`
	Link    string         `json:"link,omitempty"` // Link is where a banner leads.
	Starts  time.Time      `json:"starts,omitzero"`
	Ends    time.Time      `json:"ends,omitzero"`
	Look    *Look          `json:"look,omitempty"` // Look is set for a look and for nothing else.
}

// Piece is a piece with its draft, and what is published of it.
type Piece struct {
	ID      ID
	Seller  string
	Kind    Kind
	State   State
	Slug    string // Slug is the published address; none before.
	Draft   Body
	Shown   Body  // Shown is the published edition.
	Edition int64 // Edition is its number; zero before the first.
	Version int64 // Version grows with every change, so that nobody writes over a colleague's.
	First   time.Time
	Changed time.Time
	By      string
}

// Fresh tells whether the draft says something else than what is published.
func (p Piece) Fresh() bool { return p.Edition == 0 || encode(p.Draft) != encode(p.Shown) }

// Seen tells whether buyers see a piece at a time.
func (p Piece) Seen(now time.Time) bool {
	return p.State == StateShown && !p.Shown.Starts.After(now) && (p.Shown.Ends.IsZero() || p.Shown.Ends.After(now))
}

// Over tells whether a piece was shown and is not any more.
func (p Piece) Over(now time.Time) bool {
	return p.State == StateEnded || p.State == StateShown && !p.Shown.Ends.IsZero() && !p.Shown.Ends.After(now)
}

// Since is when a piece could first be seen.
func (p Piece) Since() time.Time {
	if p.Shown.Starts.After(p.First) {
		return p.Shown.Starts
	}
	return p.First
}

// Missing gives the languages of the pages in which something is not said that another language says.
func (b Body) Missing() []string {
	var missing []string
	for _, lang := range text.Languages {
		for _, words := range []text.Localized{b.Title, b.Lead, b.Text} {
			if !words.IsEmpty() && words[lang] == "" {
				missing = append(missing, lang)
				break
			}
		}
	}
	return missing
}

// Limits of what a seller writes.
const (
	titleMax  = 160
	leadMax   = 400
	altMax    = 200
	textMax   = 40_000
	slugMax   = 80
	linkMax   = 300
	piecesMax = 1000 // piecesMax is of a seller: what is published of them is kept in memory.
	listedMax = 50   // listedMax is how many editions of a piece are shown.
)

// Faults of windows.
var (
	ErrUnknown = fault.New(fault.Missing, "window.unknown", "There is no such page. It may have moved; begin at the first page of the shop.")
	ErrGone    = fault.New(fault.Gone, "window.gone", "This page has ended and will not come back. The catalogue and the help below lead on.")
	ErrInvalid = fault.New(fault.Invalid, "window.invalid", "Some fields are not right: see each of them.")
	ErrStale   = fault.New(fault.Precondition, "window.stale", "Somebody else changed this meanwhile. Look at what is stored now and save again.")
	ErrTaken   = fault.New(fault.Conflict, "window.slug_taken", "Another page has this address. Choose another one.")
	ErrTooMany = fault.New(fault.Conflict, "window.too_many", "A shop may have 1,000 pages, posts and banners. End some and write over them.")
	ErrDenied  = fault.New(fault.Denied, "window.denied", "Only the people of this seller may change its window.")
	ErrNoLink  = fault.New(fault.Missing, "window.preview_over", "This link to a draft is over. Ask for a new one in the office.")
	ErrUnready = fault.New(fault.Conflict, "window.not_published", "This was not published yet, so there is nothing to end.")
)
