package api

import (
	"time"

	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/shelf"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountCollections(api *web.API) {
	web.Query(api, "GET /v1/products/{id}/relations", f.showRelations, web.Public(),
		web.Doc("Show what a product leads to: accessories, spare parts, what goes well with it, substitutes.", "Products"), web.Faults(catalog.ErrUnknown))
	web.Query(api, "GET /v1/collections", listCollections, web.Public(),
		web.Doc("List the collections that are shown now.", "Products"))
	web.Query(api, "GET /v1/collections/{slug}/products", f.collectionProducts, web.Public(),
		web.Doc("List the products of a collection that is shown now.", "Products"), web.Faults(catalog.ErrNoCollection, catalog.ErrCursor))
	web.Query(api, "GET /v1/office/products/{id}/relations", officeRelations, web.Needs(scopeCatalogRead),
		web.Doc("Show what a product leads to, on sale or not.", "Office: goods"), web.Faults(catalog.ErrUnknown))
	web.Command(api, "PUT /v1/office/products/{id}/relations/{kind}", relate, web.Needs(scopeCatalogWrite),
		web.Doc("Say which products of the seller are what to a product, in this order.", "Office: goods"), web.Faults(catalog.ErrUnknown, catalog.ErrRelation))
	web.Query(api, "GET /v1/office/collections", ofHouse(officeCollections), web.Needs(scopeCatalogRead),
		web.Doc("List all collections.", "Office: goods"))
	web.Command(api, "POST /v1/office/collections", ofHouse(addCollection), web.Needs(scopeCatalogWrite), web.Status(201),
		web.Doc("Add a collection. Collections are of the house, so its own staff keeps them.", "Office: goods"),
		web.Faults(catalog.ErrCollection, catalog.ErrCollectionTaken))
	web.Command(api, "PUT /v1/office/collections/{id}", ofHouse(reviseCollection), web.Needs(scopeCatalogWrite),
		web.Doc("Revise a collection.", "Office: goods"), web.Faults(catalog.ErrNoCollection, catalog.ErrCollection, catalog.ErrCollectionTaken))
	web.Command(api, "DELETE /v1/office/collections/{id}", ofHouse(removeCollection), web.Needs(scopeCatalogWrite),
		web.Doc("Remove a collection. Its products stay what they are.", "Office: goods"), web.Faults(catalog.ErrNoCollection))
	web.Command(api, "PUT /v1/office/collections/{id}/products", ofHouse(gather), web.Needs(scopeCatalogWrite),
		web.Doc("Choose the products of a collection by hand, in this order.", "Office: goods"),
		web.Faults(catalog.ErrNoCollection, catalog.ErrCollection, catalog.ErrRuled, catalog.ErrUnknown))
}

type relationsView struct {
	Items []relatedView `json:"items"`
}

type relatedView struct {
	Kind     catalog.RelationKind `json:"kind" enum:"accessory,spare_part,goes_well,substitute"`
	Products []cardView           `json:"products"`
}

// showRelations shows what a product on sale leads to.
func (f face) showRelations(tx *db.Tx, in productAsk) (relationsView, error) {
	if _, err := shelf.Show(tx, in.ID, f.currency(in.Currency), ""); err != nil {
		return relationsView{}, err
	}
	all, err := shelf.Others(tx, in.ID, f.currency(in.Currency))
	for i := 0; err == nil && i < len(all); i++ {
		err = f.lower(tx, all[i].Cards)
	}
	view := relationsView{Items: make([]relatedView, len(all))}
	for i, r := range all {
		view.Items[i] = relatedView{Kind: r.Kind, Products: viewCards(r.Cards)}
	}
	return view, err
}

func viewCards(cards []shelf.Card) []cardView {
	views := make([]cardView, len(cards))
	for i, c := range cards {
		views[i] = viewCard(c)
	}
	return views
}

// collectionView is a collection as buyers see it.
type collectionView struct {
	Slug        string         `json:"slug"`
	Name        text.Localized `json:"name"`
	Description text.Localized `json:"description,omitempty"`
	Ends        *time.Time     `json:"ends,omitempty"`
}

// listCollections lists the collections that are shown now.
func listCollections(tx *db.Tx, _ struct{}) (web.List[collectionView], error) {
	all, err := catalog.Collections(tx)
	page := web.List[collectionView]{Items: []collectionView{}}
	for _, c := range all {
		if c.Shown(tx.Now()) {
			page.Items = append(page.Items, collectionView{Slug: c.Slug, Name: c.Name, Description: c.Description, Ends: instant(c.Ends)})
		}
	}
	return page, err
}

// instant is a time, or nothing where there is none.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

type collectionAsk struct {
	Slug     string         `path:"slug" maxLength:"120" doc:"The address of the collection."`
	Currency money.Currency `query:"currency" maxLength:"3" doc:"The currency of the prices."`
	Cursor   string         `query:"cursor" maxLength:"120" doc:"Where the page before ended."`
	Limit    int            `query:"limit" minimum:"1" maximum:"100" default:"24" doc:"How many at most; one that is chosen by hand is one page."`
}

// collectionProducts lists the products of a collection.
func (f face) collectionProducts(tx *db.Tx, in collectionAsk) (web.List[cardView], error) {
	c, err := catalog.CollectionAt(tx, in.Slug)
	if err != nil {
		return web.List[cardView]{}, err
	}
	cards, next, err := shelf.Gathered(tx, c, in.Cursor, in.Limit, f.currency(in.Currency))
	if err == nil {
		err = f.lower(tx, cards)
	}
	return web.List[cardView]{Items: viewCards(cards), Next: next}, err
}

// officeRelations shows what a product leads to.
func officeRelations(tx *db.Tx, in officeProductAsk) (map[catalog.RelationKind][]catalog.ProductID, error) {
	if _, err := own(tx, in.ID); err != nil {
		return nil, err
	}
	return catalog.Relations(tx, in.ID)
}

type relationDraft struct {
	officeProductAsk
	Kind     catalog.RelationKind `path:"kind" enum:"accessory,spare_part,goes_well,substitute" doc:"What the others are to it."`
	Products []catalog.ProductID  `json:"products" maxItems:"24" nullable:"false"`
}

// relate says what other products are to a product.
func relate(tx *db.Tx, in relationDraft) (map[catalog.RelationKind][]catalog.ProductID, error) {
	if _, err := own(tx, in.ID); err != nil {
		return nil, err
	}
	if err := catalog.Relate(tx, in.ID, in.Kind, in.Products); err != nil {
		return nil, err
	}
	return catalog.Relations(tx, in.ID)
}

// collectionDraft is a collection as the office keeps it.
type collectionDraft struct {
	Slug        string         `json:"slug,omitempty" maxLength:"120" doc:"Made of the name when absent."`
	Name        text.Localized `json:"name"`
	Description text.Localized `json:"description,omitempty"`
	Rule        *catalog.Rule  `json:"rule,omitempty" doc:"What is on sale and fits; without one, products are chosen by hand."`
	Starts      *time.Time     `json:"starts,omitempty"`
	Ends        *time.Time     `json:"ends,omitempty"`
	Home        bool           `json:"home,omitempty" doc:"Shown on the first page of the shop."`
	Position    int            `json:"position,omitempty" minimum:"0" maximum:"100000"`
}

func (d collectionDraft) collection(id catalog.CollectionID) catalog.Collection {
	c := catalog.Collection{ID: id, Slug: d.Slug, Name: d.Name, Description: d.Description, Rule: d.Rule, Home: d.Home, Position: d.Position}
	if d.Starts != nil {
		c.Starts = *d.Starts
	}
	if d.Ends != nil {
		c.Ends = *d.Ends
	}
	return c
}

type officeCollectionView struct {
	ID catalog.CollectionID `json:"id"`
	collectionDraft
	Products []catalog.ProductID `json:"products,omitempty" doc:"Those that were chosen by hand."`
}

func viewCollection(c catalog.Collection, products []catalog.ProductID) officeCollectionView {
	return officeCollectionView{ID: c.ID, Products: products, collectionDraft: collectionDraft{Slug: c.Slug, Name: c.Name,
		Description: c.Description, Rule: c.Rule, Starts: instant(c.Starts), Ends: instant(c.Ends), Home: c.Home, Position: c.Position}}
}

// officeCollections lists all collections with what was chosen for them.
func officeCollections(tx *db.Tx, _ struct{}) (web.List[officeCollectionView], error) {
	all, err := catalog.Collections(tx)
	if err != nil {
		return web.List[officeCollectionView]{}, err
	}
	ids := make([]catalog.CollectionID, len(all))
	for i, c := range all {
		ids[i] = c.ID
	}
	chosen, err := catalog.Gathered(tx, ids...)
	page := web.List[officeCollectionView]{Items: make([]officeCollectionView, len(all))}
	for i, c := range all {
		page.Items[i] = viewCollection(c, chosen[c.ID])
	}
	return page, err
}

// addCollection adds a collection.
func addCollection(tx *db.Tx, in collectionDraft) (officeCollectionView, error) {
	c, err := catalog.AddCollection(tx, in.collection(""))
	return viewCollection(c, nil), err
}

type collectionID struct {
	ID catalog.CollectionID `path:"id" maxLength:"60" doc:"The collection."`
}

type collectionRevision struct {
	collectionID
	collectionDraft
}

// reviseCollection revises a collection.
func reviseCollection(tx *db.Tx, in collectionRevision) (officeCollectionView, error) {
	old, err := catalog.GetCollection(tx, in.ID)
	if err != nil {
		return officeCollectionView{}, err
	}
	if err := web.Before(tx, viewCollection(old, nil)); err != nil {
		return officeCollectionView{}, err
	}
	c, err := catalog.ReviseCollection(tx, in.collection(in.ID))
	return viewCollection(c, nil), err
}

// removeCollection removes a collection.
func removeCollection(tx *db.Tx, in collectionID) (web.None, error) {
	return web.None{}, catalog.RemoveCollection(tx, in.ID)
}

type gathering struct {
	collectionID
	Products []catalog.ProductID `json:"products" maxItems:"200" nullable:"false"`
}

// gather chooses the products of a collection by hand.
func gather(tx *db.Tx, in gathering) (officeCollectionView, error) {
	if err := catalog.Gather(tx, in.ID, in.Products); err != nil {
		return officeCollectionView{}, err
	}
	c, err := catalog.GetCollection(tx, in.ID)
	return viewCollection(c, in.Products), err
}
