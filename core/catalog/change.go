package catalog

import (
	"database/sql"
	"errors"
	"math"
	"slices"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog/catalogdb"
	"sauda/gear/db"
)

// FieldState and FieldImport are what a change names beside the fields of Changes: the product went on sale or ended, or a
// source brought it anew. Of an import only the fact is kept.
const (
	FieldState  = "state"
	FieldImport = "import"
)

// Change is one entry of a product's history.
type Change struct {
	Version int64 // Version is the one that the change made.
	At      time.Time
	Kind    string // Kind and Who say who did it.
	Who     string
	Fields  []string // Fields are in the order of Changes.
	Before  Facts
	After   Facts
}

// Facts are the fields that a change touched, as they were before or after it.
type Facts struct {
	Changes
	State *State `json:"state,omitempty"`
}

// CanUndo tells whether a change is of a kind that can be taken back. A sale is ended by End, and an import by its source.
func (c Change) CanUndo() bool {
	return !slices.Contains(c.Fields, FieldState) && !slices.Contains(c.Fields, FieldImport)
}

// historyPage is how many changes a page shows.
const historyPage = 50

// Faults of the history.
var (
	ErrNoChange     = fault.New(fault.Missing, "catalog.unknown_change", "The product has no such change in its history.")
	ErrNotUndoable  = fault.New(fault.Conflict, "catalog.not_undoable", "This change cannot be taken back here. Put the product on sale or end it, or import it again.")
	ErrChangedSince = fault.New(fault.Conflict, "catalog.changed_since", "The same fields were changed again later. Take back the later change first.")
)

// History gives changes of a product before a version, the latest first; 0 begins with the last one. next is the version
// to go on with, and 0 when there is nothing more.
func History(tx *db.Tx, id ProductID, before int64) (page []Change, next int64, err error) {
	if before <= 0 {
		before = math.MaxInt64
	}
	rows, err := catalogdb.New(tx).ChangesOf(tx.Context(), catalogdb.ChangesOfParams{Product: string(id), Before: before,
		Most: historyPage + 1})
	if err != nil {
		return nil, 0, err
	}
	for _, r := range rows[:min(len(rows), historyPage)] {
		c, err := changeOf(r)
		if err != nil {
			return nil, 0, err
		}
		page = append(page, c)
	}
	if len(rows) > historyPage {
		next = rows[historyPage-1].Version
	}
	return page, next, nil
}

func changeOf(r catalogdb.ProductChange) (Change, error) {
	c := Change{Version: r.Version, At: span.FromMicros(r.At), Kind: r.WhoKind, Who: r.Who}
	d := decoder{of: r.Product}
	d.json(r.Fields, &c.Fields)
	d.json(r.Earlier, &c.Before)
	d.json(r.Later, &c.After)
	return c, d.err
}

// Undo gives the fields that a change touched the values that they had before it. The version is the one that was read.
// Fields that were changed again since are not taken back: that is ErrChangedSince. What is undone is a change itself, and
// can be undone.
func Undo(tx *db.Tx, id ProductID, version, change int64) (Product, error) {
	p, err := Get(tx, id)
	if err != nil {
		return Product{}, err
	}
	row, err := catalogdb.New(tx).ChangeAt(tx.Context(), catalogdb.ChangeAtParams{Product: string(id), Version: change})
	if errors.Is(err, sql.ErrNoRows) {
		return Product{}, ErrNoChange.About("%d of %s", change, id)
	}
	if err != nil {
		return Product{}, err
	}
	c, err := changeOf(row)
	if err != nil {
		return Product{}, err
	}
	switch {
	case p.Version != version:
		return Product{}, stale(id, p.Version, version)
	case !c.CanUndo():
		return Product{}, ErrNotUndoable.About("%d of %s", change, id)
	case encode(factsOf(p, c.Fields)) != row.Later:
		return Product{}, ErrChangedSince.About("%d of %s", change, id)
	}
	return Revise(tx, id, version, c.Before.Changes)
}

// factsOf gives fields of a product.
func factsOf(p Product, fields []string) Facts {
	f := Facts{}
	for _, field := range fields {
		switch field {
		case "slug":
			f.Slug = &p.Slug
		case "category":
			f.Category = &p.Category
		case "name":
			f.Name = worded(p.Name)
		case "description":
			f.Description = worded(p.Description)
		case "brand":
			f.Brand = &p.Brand
		case "origin":
			f.Origin = &p.Origin
		case "provenance":
			f.Provenance = &p.Provenance
		case "tax_class":
			f.TaxClass = &p.TaxClass
		case "kind":
			f.Kind = &p.Kind
		case "attributes":
			f.Attributes = listed(p.Attributes)
		case "options":
			f.Options = listed(p.Options)
		case "media":
			f.Media = listed(p.Media)
		case "variants":
			f.Variants = listed(p.Variants)
		case FieldState:
			f.State = &p.State
		}
	}
	return f
}

// listed and worded give what is empty as empty and not as absent: an absent field is one that did not change.
func listed[T any](list []T) *[]T {
	if list == nil {
		list = []T{}
	}
	return &list
}

func worded(words text.Localized) *text.Localized {
	if words == nil {
		words = text.Localized{}
	}
	return &words
}

// keepChange writes down who changed which fields of a product.
func keepChange(tx *db.Tx, before, after Product, fields []string) error {
	was, is := factsOf(before, fields), factsOf(after, fields)
	if err := tx.Changed(string(after.ID), was, is); err != nil {
		return err
	}
	return keep(tx, after.ID, after.Version, fields, [2]string{encode(was), encode(is)})
}

func keep(tx *db.Tx, id ProductID, version int64, fields []string, sides [2]string) error {
	who := tx.Who()
	return catalogdb.New(tx.Later()).KeepChange(tx.Context(), catalogdb.KeepChangeParams{Product: string(id), Version: version,
		At: span.Micros(tx.Now()), WhoKind: string(who.Kind), Who: who.ID, Fields: encode(fields), Earlier: sides[0], Later: sides[1]})
}
