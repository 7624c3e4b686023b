package catalog

import (
	"errors"

	"sauda/core/catalog/catalogdb"
	"sauda/gear/db"
)

// What has addresses that can change, beside products, whose address holds their id.
const (
	addressOfCategory   = "category"
	addressOfCollection = "collection"
)

// addressed notes that something has an address now, and another one before, which is empty for what is new: links to that
// one lead on, until something else has it.
func addressed(tx *db.Tx, kind, owner, before, now string) error {
	if before == now {
		return nil
	}
	q := catalogdb.New(tx)
	if err := q.DropFormer(tx.Context(), catalogdb.DropFormerParams{Kind: kind, Slug: now}); err != nil || before == "" {
		return err
	}
	return q.AddFormer(tx.Context(), catalogdb.AddFormerParams{Kind: kind, Slug: before, Owner: owner})
}

// CategoryAt gives the category that has an address or, when none has it, the one that had it last: its Slug says where it
// is now.
func CategoryAt(tx *db.Tx, slug string) (Category, error) {
	c, err := CategoryBySlug(tx, slug)
	if errors.Is(err, ErrNoCategory) {
		c, err = oneCategory(catalogdb.New(tx).FormerCategory(tx.Context(), slug))
	}
	return c, err
}

// CollectionAt gives the collection that has an address or, when none has it, the one that had it last: its Slug says where
// it is now. One that is not shown now is as unknown as none.
func CollectionAt(tx *db.Tx, slug string) (Collection, error) {
	c, err := oneCollection(catalogdb.New(tx).CollectionBySlug(tx.Context(), slug))
	if errors.Is(err, ErrNoCollection) {
		c, err = oneCollection(catalogdb.New(tx).FormerCollection(tx.Context(), slug))
	}
	if err == nil && !c.Shown(tx.Now()) {
		return Collection{}, ErrNoCollection.About("%s is not shown", c.ID)
	}
	return c, err
}
