// Package bookmark knows lists of the office as people have set them up: which filters, which columns, under which name.
//
// A bookmark belongs to who made it and to the seller for whom he works; shared, all who work for that seller see it. It
// holds the query of an address and nothing of what the list shows: who opens it sees what his own scopes allow. It does
// not know which lists there are, nor what their filters mean; a query that no longer means anything shows the whole list.
package bookmark

import (
	"embed"
	"strings"
	"unicode/utf8"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/bookmark/bookmarkdb"
	"sauda/gear/db"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// Schema holds the table of bookmarks.
var Schema = db.Schema{Name: "bookmark", Files: schemaFiles}

// ID names a bookmark.
type ID string

// Bookmark is a list as somebody has set it up.
type Bookmark struct {
	ID     ID
	Seller string // Seller is for whom its owner works.
	Page   string // Page is which list it is: "orders".
	Owner  string
	Name   string
	Query  string // Query is what stands behind the question mark.
	Shared bool   // Shared shows it to all who work for the seller.
}

// Limits of what somebody keeps.
const (
	nameMax  = 60
	queryMax = 500
	ownMax   = 30  // ownMax is how many somebody keeps of one list: nobody reads more above it.
	shownMax = 100 // shownMax bounds what stands above a list, with those of colleagues.
)

// Faults of bookmarks.
var (
	ErrUnknown = fault.New(fault.Missing, "bookmark.unknown", "There is no such saved list, or it is a colleague's.")
	ErrInvalid = fault.New(fault.Invalid, "bookmark.invalid", "Some fields are not right: see each of them.")
	ErrTooMany = fault.New(fault.Conflict, "bookmark.too_many", "You keep as many saved lists here as fit. Remove one first.")
	ErrDenied  = fault.New(fault.Denied, "bookmark.denied", "Only the people of this seller may save lists here.")
)

// Keep keeps a list as the actor has set it up, for himself or for all who work for the seller. One of the same name
// on the same page takes its place.
func Keep(tx *db.Tx, b Bookmark) (Bookmark, error) {
	if !isStaff(tx.Who(), b.Seller) {
		return Bookmark{}, ErrDenied.About("%s keeps a list of %s", tx.Who().ID, b.Seller)
	}
	b.Name, b.Query, b.Owner = strings.TrimSpace(b.Name), strings.TrimPrefix(b.Query, "?"), tx.Who().ID
	if err := b.check(); err != nil {
		return Bookmark{}, err
	}
	q := bookmarkdb.New(tx)
	n, err := q.CountOf(tx.Context(), bookmarkdb.CountOfParams{Seller: b.Seller, Page: b.Page, Owner: b.Owner})
	if err != nil {
		return Bookmark{}, err
	}
	if n >= ownMax {
		return Bookmark{}, ErrTooMany.About("%d of %s", n, b.Owner)
	}
	shared := int64(0)
	if b.Shared {
		shared = 1
	}
	row, err := q.Keep(tx.Context(), bookmarkdb.KeepParams{
		ID: tx.Mint("bmk"), Seller: b.Seller, Page: b.Page, Owner: b.Owner, Name: b.Name, Address: b.Query, Shared: shared,
		At: span.Micros(tx.Now()),
	})
	return ofRow(row), err
}

func (b Bookmark) check() error {
	var wrong []fault.Field
	if b.Name == "" || utf8.RuneCountInString(b.Name) > nameMax || text.Fits(b.Name, 4*nameMax) != nil {
		wrong = append(wrong, fault.Say("Write the name in at most {n} characters.").With("n", nameMax).At("/name"))
	}
	if len(b.Query) > queryMax || text.Fits(b.Query, queryMax) != nil {
		wrong = append(wrong, fault.Say("Use at most {n} characters.").With("n", queryMax).At("/query"))
	}
	return ErrInvalid.Fields(wrong...)
}

// isStaff tells whether somebody works for a seller.
func isStaff(who db.Who, seller string) bool {
	return (who.Kind == db.KindStaff || who.Kind == db.KindAdmin) && who.ID != "" && who.For(seller)
}

// Of gives what the actor sees above a list, by name: his own ones and those that colleagues share. Who does not work for
// the seller sees none.
func Of(tx *db.Tx, seller, page string) ([]Bookmark, error) {
	if !isStaff(tx.Who(), seller) {
		return nil, nil
	}
	rows, err := bookmarkdb.New(tx).Of(tx.Context(), bookmarkdb.OfParams{Seller: seller, Page: page, Owner: tx.Who().ID, Most: shownMax})
	all := make([]Bookmark, len(rows))
	for i, r := range rows {
		all[i] = ofRow(r)
	}
	return all, err
}

// Drop forgets one of the actor's own. A colleague's is as unknown as none.
func Drop(tx *db.Tx, seller string, id ID) error {
	n, err := bookmarkdb.New(tx).Drop(tx.Context(), bookmarkdb.DropParams{ID: string(id), Seller: seller, Owner: tx.Who().ID})
	if err == nil && n == 0 {
		err = ErrUnknown.About("%s", id)
	}
	return err
}

func ofRow(r bookmarkdb.Bookmark) Bookmark {
	return Bookmark{ID: ID(r.ID), Seller: r.Seller, Page: r.Page, Owner: r.Owner, Name: r.Name, Query: r.Address, Shared: r.Shared == 1}
}
