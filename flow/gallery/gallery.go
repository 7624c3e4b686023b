// Package gallery brings together what a house keeps of pictures, films and documents, and where it shows them: products
// (catalog), pieces of the window, and reviews. It keeps nothing itself: media knows the files and their uses, each context what it
// shows.
package gallery

import (
	"strings"

	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/media"
	"sauda/core/review"
	"sauda/core/seller"
	"sauda/core/window"
	"sauda/gear/db"
	"sauda/gear/web"
)

// usesMost is how many places of a file are looked at: one more than are changed together.
const usesMost = 51

// Keeper refuses who does not keep the house: its library belongs to no seller.
func Keeper(tx *db.Tx) error {
	if who := tx.Who(); !who.For(string(seller.Own)) {
		return web.ErrDenied.About("%s works for %s", who.ID, who.Seller)
	}
	return nil
}

// Note writes down which files some products show now.
func Note(tx *db.Tx, products []catalog.Product) error {
	all := make([]catalog.Shows, len(products))
	for i, p := range products {
		all[i] = catalog.Shows{ID: p.ID, Media: p.Media}
	}
	return note(tx, all)
}

func note(tx *db.Tx, products []catalog.Shows) error {
	var uses []media.Use
	objects := make([]string, len(products))
	for i, p := range products {
		objects[i] = string(p.ID)
		for _, m := range p.Media {
			uses = append(uses, media.Use{Object: objects[i], URL: m.URL, Alt: m.Alt})
			if m.Poster != "" {
				uses = append(uses, media.Use{Object: objects[i], URL: m.Poster, Silent: true})
			}
		}
	}
	return media.Shown(tx, objects, uses)
}

// NotePieces writes down which files some pieces of the window show: in their drafts, as they are published, and as they
// were, for each edition can be published again. Who keeps a draft calls it; what is published is followed.
func NotePieces(tx *db.Tx, pieces ...window.Piece) error {
	files, err := window.FilesOf(tx, pieces)
	if err != nil {
		return err
	}
	var uses []media.Use
	objects := make([]string, len(pieces))
	for i, p := range pieces {
		objects[i] = string(p.ID)
		for _, picture := range files[p.ID].Pictures {
			uses = append(uses, media.Use{Object: objects[i], URL: picture.URL, Alt: picture.Alt, Silent: picture.Alt.IsEmpty()})
		}
		for _, url := range files[p.ID].Named {
			uses = append(uses, media.Use{Object: objects[i], URL: url, Silent: true})
		}
	}
	return media.Shown(tx, objects, uses)
}

// Follow is the reaction to a piece that was published.
func Follow(tx *db.Tx, e window.Published) error {
	p, err := window.Get(tx, e.Seller, e.Piece)
	if err != nil {
		return err
	}
	return NotePieces(tx, p)
}

// How many pieces, products and reviews are noted together: few enough that buyers hardly wait behind them. Pieces have many
// editions.
const (
	piecesStep   = 10
	productsStep = 100
	reviewsStep  = 100
)

// productsBegin comes before the ids of all products, after those of all pieces have been walked through; reviewsBegin
// before those of all reviews, after the products.
const (
	productsBegin = "prd_"
	reviewsBegin  = "rev_"
)

// Walk notes which files everything shows, the pieces of the window first, then the products and the reviews, a part at a
// time, and says whether there is more to do. A house that was upgraded knows so where the files are shown that it has; what changes is
// noted where it changes.
func Walk(tx *db.Tx) (more bool, err error) {
	upto, due, err := media.Walked(tx)
	if err != nil || !due {
		return false, err
	}
	if !strings.HasPrefix(upto, productsBegin) && !strings.HasPrefix(upto, reviewsBegin) {
		pieces, err := window.Walk(tx, window.ID(upto), piecesStep)
		if err != nil {
			return false, err
		}
		if err := NotePieces(tx, pieces...); err != nil {
			return false, err
		}
		if upto = productsBegin; len(pieces) == piecesStep {
			upto = string(pieces[piecesStep-1].ID)
		}
		return true, media.NoteWalked(tx, upto)
	}
	if strings.HasPrefix(upto, reviewsBegin) {
		last, err := review.Walk(tx, review.ID(upto), reviewsStep)
		if err != nil {
			return false, err
		}
		return last != "", media.NoteWalked(tx, string(last))
	}
	products, err := catalog.WalkShows(tx, catalog.ProductID(upto), productsStep)
	if err != nil {
		return false, err
	}
	if err := note(tx, products); err != nil {
		return false, err
	}
	if upto = reviewsBegin; len(products) == productsStep {
		upto = string(products[productsStep-1].ID)
	}
	return true, media.NoteWalked(tx, upto)
}

// Products gives the products that show a file, at most so many.
func Products(uses []media.Use) []catalog.ProductID {
	var ids []catalog.ProductID
	for _, u := range uses {
		if strings.HasPrefix(u.Object, productsBegin) {
			ids = append(ids, catalog.ProductID(u.Object))
		}
	}
	return ids
}

// OfReview tells whether a use is that of a buyer's review.
func OfReview(u media.Use) bool { return strings.HasPrefix(u.Object, reviewsBegin) }

// Redescribe says in other words what a file shows, on every product that shows it: all or none, and no more than fifty. For
// keepers of the house who may change each of the products.
func Redescribe(tx *db.Tx, name string, alt text.Localized) error {
	ids, err := changeable(tx, name)
	if err != nil {
		return err
	}
	return renote(tx, ids, catalog.Redescribe(tx, ids, media.Path+name, alt))
}

// Swap shows a file that was kept in the place of another, on every product that shows it: all or none, and no more than
// fifty. Their words stay. For keepers of the house who may change each of the products.
func Swap(tx *db.Tx, name string, with media.File) error {
	ids, err := changeable(tx, name)
	if err != nil {
		return err
	}
	return renote(tx, ids, catalog.Swap(tx, ids, media.Path+name, catalog.Media{Kind: catalog.MediaKind(with.Kind), URL: with.URL()}))
}

// changeable gives the products that show a file, if the actor may change them all.
func changeable(tx *db.Tx, name string) ([]catalog.ProductID, error) {
	if err := Keeper(tx); err != nil {
		return nil, err
	}
	if _, err := media.Get(tx, name); err != nil {
		return nil, err
	}
	uses, err := media.UsesOf(tx, name, usesMost)
	if err != nil {
		return nil, err
	}
	ids := Products(uses)
	known, err := catalog.Summaries(tx, ids, catalog.StateAny)
	for _, p := range known {
		if !tx.Who().For(string(p.Seller)) {
			return nil, web.ErrDenied.About("%s changes what %s shows", tx.Who().ID, p.Seller)
		}
	}
	return ids, err
}

// renote writes down at once what products show that were changed here, for whoever looks at the library next.
func renote(tx *db.Tx, ids []catalog.ProductID, err error) error {
	if err != nil || len(ids) == 0 {
		return err
	}
	products, err := catalog.Some(tx, ids)
	if err != nil {
		return err
	}
	return Note(tx, products)
}
