package catalog

import (
	"database/sql"
	"errors"
	"time"

	"sauda/base/fault"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog/catalogdb"
	"sauda/gear/db"
)

// CollectionID names a collection.
type CollectionID string

// Rule says which products on sale belong to a collection. What it leaves out does not matter; a rule that says nothing is
// everything.
type Rule struct {
	Category CategoryID    `json:"category,omitempty"`
	Brand    string        `json:"brand,omitempty"`
	Origin   place.Country `json:"origin,omitempty"`
	Proven   bool          `json:"proven,omitempty"` // Proven asks for evidence of the origin.
}

// Collection is products that are shown together for a while: chosen by hand, or all that a rule names.
type Collection struct {
	ID          CollectionID
	Slug        string // Slug is unique in the house.
	Name        text.Localized
	Description text.Localized
	Rule        *Rule     // Rule is nil when the products are chosen by hand.
	Starts      time.Time // Starts is zero for one that is shown at once.
	Ends        time.Time // Ends is zero for one that stays.
	Home        bool      // Home shows it on the first page.
	Position    int
}

// Shown tells whether a collection is shown at a time.
func (c Collection) Shown(at time.Time) bool {
	return !at.Before(c.Starts) && (c.Ends.IsZero() || at.Before(c.Ends))
}

// GatheredMax bounds the products that are chosen by hand for a collection.
const GatheredMax = 200

// Faults of collections.
var (
	ErrNoCollection    = fault.New(fault.Missing, "catalog.unknown_collection", "There is no such collection. It may be over; go back to the catalogue.")
	ErrCollection      = fault.New(fault.Invalid, "catalog.invalid_collection", "Correct the marked fields of the collection.")
	ErrCollectionTaken = fault.New(fault.Conflict, "catalog.collection_taken", "Another collection has this address. Choose another one.")
	ErrRuled           = fault.New(fault.Conflict, "catalog.collection_ruled", "The products of this collection are chosen by its rule. Take the rule away first.")
)

// CollectionChanged states that a collection was added, revised, filled or removed.
type CollectionChanged struct {
	Collection CollectionID `json:"collection"`
}

// Fact names the event.
func (CollectionChanged) Fact() string { return "catalog.collection_changed" }

// Key orders the reactions to the facts of one collection.
func (e CollectionChanged) Key() string { return string(e.Collection) }

func (c Collection) cleaned(tx *db.Tx) (Collection, error) {
	x := checker{}
	if c.Name = x.localized("/name", c.Name, NameMax); c.Name.IsEmpty() {
		x.wrong("/name", fault.Say("Write the name in at least one language."))
	}
	c.Description = x.localized("/description", c.Description, DescriptionMax)
	c.Slug = x.slug(c.Slug, c.Name)
	if !c.Starts.IsZero() && !c.Ends.IsZero() && !c.Ends.After(c.Starts) {
		x.wrong("/ends", fault.Say("Choose an end after the start."))
	}
	if c.Rule != nil {
		r := *c.Rule
		if r.Brand = x.plain("/rule/brand", r.Brand, BrandMax); r.Origin != "" && !r.Origin.Valid() {
			x.wrong("/rule/origin", fault.Say("Name the country by its two letters of ISO 3166, for example KZ."))
		}
		c.Rule = &r
	}
	if err := ErrCollection.Fields(x.fields...); err != nil || c.Rule == nil {
		return c, err
	}
	return c, needCategory(tx, c.Rule.Category)
}

// AddCollection puts a collection into the shop, empty unless a rule fills it.
func AddCollection(tx *db.Tx, c Collection) (Collection, error) {
	c, err := c.cleaned(tx)
	if err != nil {
		return Collection{}, err
	}
	c.ID = CollectionID(tx.Mint("col"))
	r := c.row()
	rows, err := catalogdb.New(tx).InsertCollection(tx.Context(), catalogdb.InsertCollectionParams(r))
	if err != nil {
		return Collection{}, err
	}
	if rows == 0 {
		return Collection{}, fault.With(ErrCollectionTaken.About("%s", c.Slug), "slug", c.Slug)
	}
	return c, errors.Join(addressed(tx, addressOfCollection, r.ID, "", c.Slug), tx.Emit(CollectionChanged{c.ID}))
}

// ReviseCollection changes all of a collection but the products that were chosen by hand; those wait while a rule chooses.
// Its former address leads to the new one.
func ReviseCollection(tx *db.Tx, c Collection) (Collection, error) {
	c, err := c.cleaned(tx)
	if err != nil {
		return Collection{}, err
	}
	other, err := oneCollection(catalogdb.New(tx).CollectionBySlug(tx.Context(), c.Slug))
	switch {
	case err == nil && other.ID != c.ID:
		return Collection{}, fault.With(ErrCollectionTaken.About("%s", c.Slug), "slug", c.Slug)
	case err != nil && !errors.Is(err, ErrNoCollection):
		return Collection{}, err
	}
	was, err := GetCollection(tx, c.ID)
	if err != nil {
		return Collection{}, err
	}
	r := c.row()
	rows, err := catalogdb.New(tx).SetCollection(tx.Context(), catalogdb.SetCollectionParams{Slug: r.Slug, Name: r.Name,
		Description: r.Description, Rule: r.Rule, Starts: r.Starts, Ends: r.Ends, Home: r.Home, Position: r.Position, ID: r.ID})
	if err != nil {
		return Collection{}, taken(err)
	}
	if rows == 0 {
		return Collection{}, ErrNoCollection.About("%.60s", string(c.ID))
	}
	if err := addressed(tx, addressOfCollection, r.ID, was.Slug, c.Slug); err != nil {
		return Collection{}, err
	}
	return c, tx.Emit(CollectionChanged{c.ID})
}

// RemoveCollection ends a collection for good. Its products stay what they are.
func RemoveCollection(tx *db.Tx, id CollectionID) error {
	rows, err := catalogdb.New(tx).DeleteCollection(tx.Context(), string(id))
	if err != nil {
		return err
	}
	if rows == 0 {
		return ErrNoCollection.About("%.60s", string(id))
	}
	later := catalogdb.New(tx.Later())
	if err := later.EmptyCollection(tx.Context(), string(id)); err != nil {
		return err
	}
	if err := later.DropFormersOf(tx.Context(), catalogdb.DropFormersOfParams{Kind: addressOfCollection, Owner: string(id)}); err != nil {
		return err
	}
	return tx.Emit(CollectionChanged{id})
}

// Gather says by hand which products a collection has, in this order, in place of those that it had.
func Gather(tx *db.Tx, id CollectionID, products []ProductID) error {
	c, err := GetCollection(tx, id)
	if err != nil {
		return err
	}
	if c.Rule != nil {
		return ErrRuled.About("%s", id)
	}
	seen := make(map[ProductID]bool, len(products))
	for _, p := range products {
		if seen[p] {
			return ErrCollection.At("/products", fault.Say("Name each product once."))
		}
		seen[p] = true
	}
	if len(products) > GatheredMax {
		return ErrCollection.At("/products", fault.Say("Name at most {n} products; a rule can choose more.").With("n", GatheredMax))
	}
	if err := ofSeller(tx, "", products); err != nil {
		return err
	}
	later := catalogdb.New(tx.Later())
	if err := later.EmptyCollection(tx.Context(), string(id)); err != nil {
		return err
	}
	for i, p := range products {
		err := later.PutIntoCollection(tx.Context(), catalogdb.PutIntoCollectionParams{Collection: string(id), Product: string(p), Position: int64(i)})
		if err != nil {
			return err
		}
	}
	return tx.Emit(CollectionChanged{id})
}

// GetCollection gives a collection, shown or not, or ErrNoCollection.
func GetCollection(tx *db.Tx, id CollectionID) (Collection, error) {
	return oneCollection(catalogdb.New(tx).Collection(tx.Context(), string(id)))
}

// Collections gives all collections in their order, shown or not.
func Collections(tx *db.Tx) ([]Collection, error) {
	rows, err := catalogdb.New(tx).Collections(tx.Context())
	if err != nil {
		return nil, err
	}
	all := make([]Collection, len(rows))
	for i, r := range rows {
		if all[i], err = collectionOf(r); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Gathered gives the products that were chosen by hand for these collections, in their order, on sale or not.
func Gathered(tx *db.Tx, ids ...CollectionID) (map[CollectionID][]ProductID, error) {
	rows, err := catalogdb.New(tx).InCollections(tx.Context(), db.In(ids))
	if err != nil {
		return nil, err
	}
	all := make(map[CollectionID][]ProductID, len(ids))
	for _, r := range rows {
		all[CollectionID(r.Collection)] = append(all[CollectionID(r.Collection)], ProductID(r.Product))
	}
	return all, nil
}

func (c Collection) row() catalogdb.Collection {
	r := catalogdb.Collection{ID: string(c.ID), Slug: c.Slug, Name: c.Name.String(), Description: c.Description.String(),
		Home: bit(c.Home), Position: int64(c.Position)}
	if c.Rule != nil {
		r.Rule = encode(c.Rule)
	}
	if !c.Starts.IsZero() {
		r.Starts = span.Micros(c.Starts)
	}
	if !c.Ends.IsZero() {
		r.Ends = span.Micros(c.Ends)
	}
	return r
}

func oneCollection(row catalogdb.Collection, err error) (Collection, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Collection{}, ErrNoCollection
	}
	if err != nil {
		return Collection{}, err
	}
	return collectionOf(row)
}

func collectionOf(r catalogdb.Collection) (Collection, error) {
	c := Collection{ID: CollectionID(r.ID), Slug: r.Slug, Home: r.Home != 0, Position: int(r.Position)}
	d := decoder{of: r.ID}
	d.text(r.Name, &c.Name)
	d.text(r.Description, &c.Description)
	if r.Rule != "" {
		c.Rule = &Rule{}
		d.json(r.Rule, c.Rule)
	}
	if r.Starts > 0 {
		c.Starts = span.FromMicros(r.Starts)
	}
	if r.Ends > 0 {
		c.Ends = span.FromMicros(r.Ends)
	}
	return c, d.err
}
