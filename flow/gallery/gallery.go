// Package gallery brings together what a house keeps of pictures, films and documents, and where it shows them: products
// (catalog) and pieces of the window. It keeps nothing itself: media knows the files and their uses, each context what it
// shows.
package gallery

import (
	"strings"

	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/media"
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

// NotePiece writes down which files a piece of the window shows, in its draft or as it is published.
func NotePiece(tx *db.Tx, p window.Piece) error {
	var uses []media.Use
	pictures, named := p.Pictures()
	for _, picture := range pictures {
		uses = append(uses, media.Use{Object: string(p.ID), URL: picture.URL, Alt: picture.Alt, Silent: picture.Alt.IsEmpty()})
	}
	for _, url := range named {
		uses = append(uses, media.Use{Object: string(p.ID), URL: url, Silent: true})
	}
	return media.Shown(tx, []string{string(p.ID)}, uses)
}

// Follow is the reaction to a piece that was published.
func Follow(tx *db.Tx, e window.Published) error {
	p, err := window.Get(tx, e.Seller, e.Piece)
	if err != nil {
		return err
	}
	return NotePiece(tx, p)
}

// Products gives the products that show a file, at most so many.
func Products(uses []media.Use) []catalog.ProductID {
	var ids []catalog.ProductID
	for _, u := range uses {
		if strings.HasPrefix(u.Object, "prd_") {
			ids = append(ids, catalog.ProductID(u.Object))
		}
	}
	return ids
}

// OfReview tells whether a use is that of a buyer's review.
func OfReview(u media.Use) bool { return strings.HasPrefix(u.Object, "rev_") }

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
