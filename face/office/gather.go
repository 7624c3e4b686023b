package office

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"sauda/base/fault"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountGather(site *web.Site) {
	web.Page(site, "GET /office/products/{id}/relations", f.relations, web.Needs(ScopeCatalogRead))
	web.Form(site, "POST /office/products/{id}/relations/{kind}", f.relate, web.Needs(ScopeCatalogWrite))
	web.Page(site, "GET /office/duplicates", f.duplicates, web.Needs(ScopeCatalogRead))
	web.Page(site, "GET /office/collections", f.collections, web.Needs(ScopeCatalogRead))
	web.Form(site, "POST /office/collections", f.addCollection, web.Needs(ScopeCatalogWrite))
	web.Page(site, "GET /office/collections/{id}", f.collection, web.Needs(ScopeCatalogRead))
	web.Form(site, "POST /office/collections/{id}", f.reviseCollection, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/collections/{id}/products", f.gather, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/collections/{id}/end", f.endCollection, web.Needs(ScopeCatalogWrite))
}

// relations is what a product leads to, as SKUs that people type.
type relations struct {
	form
	Product catalog.Product
	Known   map[catalog.ProductID]catalog.Summary
	Related map[catalog.RelationKind][]catalog.ProductID
}

func loadRelations(tx *db.Tx, id catalog.ProductID) (relations, error) {
	r := relations{form: form{Values: url.Values{}, Wrong: map[string]string{}}}
	var err error
	if r.Product, err = ownProduct(tx, id); err != nil {
		return r, err
	}
	if r.Related, err = catalog.Relations(tx, id); err != nil {
		return r, err
	}
	var ids []catalog.ProductID
	for _, kind := range catalog.RelationKinds {
		ids = append(ids, r.Related[kind]...)
	}
	if r.Known, err = summariesOf(tx, ids); err != nil {
		return r, err
	}
	for _, kind := range catalog.RelationKinds {
		r.Values.Set(string(kind), skuLines(r.Related[kind], r.Known))
	}
	return r, nil
}

func summariesOf(tx *db.Tx, ids []catalog.ProductID) (map[catalog.ProductID]catalog.Summary, error) {
	summaries, err := catalog.Summaries(tx, ids, catalog.StateAny)
	known := make(map[catalog.ProductID]catalog.Summary, len(summaries))
	for _, s := range summaries {
		known[s.ID] = s
	}
	return known, err
}

// skuLines writes products by the SKU of their first variant, a line each.
func skuLines(ids []catalog.ProductID, known map[catalog.ProductID]catalog.Summary) string {
	var lines []string
	for _, id := range ids {
		if s, ok := known[id]; ok && len(s.Variants) > 0 {
			lines = append(lines, s.Variants[0].SKU)
		}
	}
	return strings.Join(lines, "\n")
}

// readSKUs reads products of a seller by SKUs, a line each; unknown are those that he does not have.
func readSKUs(tx *db.Tx, typed string) (ids []catalog.ProductID, unknown []string, err error) {
	var skus []string
	for line := range strings.SplitSeq(clean(typed), "\n") {
		if sku := strings.TrimSpace(line); sku != "" && len(skus) <= catalog.GatheredMax {
			skus = append(skus, sku)
		}
	}
	found, err := catalog.BySKU(tx, sellerOf(tx), skus)
	if err != nil {
		return nil, nil, err
	}
	for _, sku := range skus {
		id, there := found[sku]
		switch {
		case !there:
			unknown = append(unknown, sku)
		case !slices.Contains(ids, id):
			ids = append(ids, id)
		}
	}
	return ids, unknown, nil
}

// relations shows what a product leads to.
func (f face) relations(tx *db.Tx, in productAsk) (web.View, error) {
	r, err := loadRelations(tx, in.ID)
	if err != nil {
		return nil, err
	}
	return relationsPage(f.page("products", r.Product.Name.In(web.Lang(tx.Context()))), r), nil
}

type relationForm struct {
	web.Typed
	ID   catalog.ProductID    `path:"id" maxLength:"60"`
	Kind catalog.RelationKind `path:"kind" enum:"accessory,spare_part,goes_well,substitute"`
}

// relate says which products are what to a product.
func (f face) relate(tx *db.Tx, in relationForm) (web.Then, error) {
	r, err := loadRelations(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	name := string(in.Kind)
	typed := in.Values.Get(name)
	ids, unknown, err := readSKUs(tx, typed)
	if err != nil {
		return web.Then{}, err
	}
	if len(unknown) == 0 {
		if err = catalog.Relate(tx, in.ID, in.Kind, ids); err == nil {
			return see("products/"+url.PathEscape(string(in.ID))+"/relations", "saved"), nil
		}
	}
	if err != nil && !mendable(err) {
		return web.Then{}, err
	}
	r.Values.Set(name, typed)
	r.Wrong[name] = t(tx.Context(), "relations.unknown", "skus", strings.Join(unknown, ", "))
	p := f.page("products", r.Product.Name.In(web.Lang(tx.Context())))
	p.Wrong = t(tx.Context(), "fields_wrong")
	if err != nil {
		r.Wrong[name] = i18n.Fault(web.Lang(tx.Context()), err)
	}
	return web.Again(relationsPage(p, r)), nil
}

// duplicates shows products of the seller that may be the same.
func (f face) duplicates(tx *db.Tx, _ struct{}) (web.View, error) {
	twins, err := catalog.Twinned(tx, sellerOf(tx))
	if err != nil {
		return nil, err
	}
	var ids []catalog.ProductID
	for i, pair := range twins {
		if len(ids)+len(pair.Products) > catalog.OffersMax { // Those below are shown when these are mended.
			twins = twins[:i]
			break
		}
		ids = append(ids, pair.Products...)
	}
	known, err := summariesOf(tx, ids)
	return duplicatesPage(f.page("duplicates", t(tx.Context(), "nav.duplicates")), twins, known), err
}

// collections shows all collections, and the form of a new one.
func (f face) collections(tx *db.Tx, _ struct{}) (web.View, error) {
	g, err := loadGathering(tx, "")
	return collectionsPage(f.page("collections", t(tx.Context(), "nav.collections")), g), err
}

// gathering is the collections, one of them with what it has, and the form of that one or of a new one.
type gathering struct {
	form
	All        []catalog.Collection
	One        catalog.Collection
	Categories []catalog.Category
	Chosen     string // Chosen is the SKUs of what was chosen by hand.
	Unknown    string // Unknown says what is wrong with them.
}

func loadGathering(tx *db.Tx, id catalog.CollectionID) (gathering, error) {
	g := gathering{form: form{Values: url.Values{"position": {"0"}}, Wrong: map[string]string{}}}
	var err error
	if g.Categories, err = catalog.Tree(tx); err != nil {
		return g, err
	}
	if id == "" {
		g.All, err = catalog.Collections(tx)
		return g, err
	}
	if g.One, err = catalog.GetCollection(tx, id); err != nil {
		return g, err
	}
	chosen, err := catalog.Gathered(tx, id)
	if err != nil {
		return g, err
	}
	known, err := summariesOf(tx, chosen[id])
	g.Chosen, g.Values = skuLines(chosen[id], known), collectionValues(g.One)
	return g, err
}

// collectionValues gives the fields of the form as a collection is stored.
func collectionValues(c catalog.Collection) url.Values {
	v := url.Values{"slug": {c.Slug}, "position": {number(c.Position)}, "starts": {typedTime(c.Starts)}, "ends": {typedTime(c.Ends)}}
	for _, l := range text.Languages {
		v.Set("name_"+l, c.Name[l])
		v.Set("description_"+l, c.Description[l])
	}
	if c.Home {
		v.Set("home", "1")
	}
	if r := c.Rule; r != nil {
		v.Set("ruled", "1")
		v.Set("category", string(r.Category))
		v.Set("brand", r.Brand)
		v.Set("origin", string(r.Origin))
		if r.Proven {
			v.Set("proven", "1")
		}
	}
	return v
}

// collection shows one collection to be edited.
func (f face) collection(tx *db.Tx, in collectionAsk) (web.View, error) {
	g, err := loadGathering(tx, in.ID)
	return collectionsPage(f.page("collections", g.One.Name.In(web.Lang(tx.Context()))), g), err
}

type collectionAsk struct {
	ID catalog.CollectionID `path:"id" maxLength:"60"`
}

type collectionForm struct {
	web.Typed
	ID catalog.CollectionID `path:"id" maxLength:"60"`
}

// newCollectionForm is the same for one that has no id yet.
type newCollectionForm struct{ web.Typed }

// read gives what was typed of a collection; texts in languages that the form does not show stay.
func (g *gathering) read(tx *db.Tx, typed url.Values) catalog.Collection {
	g.Values = typed
	c := g.One
	old := c
	c.Slug, c.Name, c.Description = clean(typed.Get("slug")), readLocalized(typed, "name"), readLocalized(typed, "description")
	for lang, words := range old.Name {
		if !slices.Contains(text.Languages, lang) {
			c.Name[lang] = words
		}
	}
	c.Home, c.Rule = ticked(typed, "home"), nil
	var err error
	if c.Position, err = strconv.Atoi(clean(typed.Get("position"))); err != nil || c.Position < 0 {
		g.Wrong["position"] = said(tx.Context(), fault.Say("Write a whole number that is not below zero."))
	}
	if c.Starts, err = readTime(typed.Get("starts")); err != nil {
		g.Wrong["starts"] = said(tx.Context(), fault.Say("Choose a day and a time."))
	}
	if c.Ends, err = readTime(typed.Get("ends")); err != nil {
		g.Wrong["ends"] = said(tx.Context(), fault.Say("Choose a day and a time."))
	}
	if ticked(typed, "ruled") {
		c.Rule = &catalog.Rule{Category: catalog.CategoryID(typed.Get("category")), Brand: clean(typed.Get("brand")),
			Origin: place.Country(typed.Get("origin")), Proven: ticked(typed, "proven")}
	}
	return c
}

// addCollection puts a collection into the shop.
func (f face) addCollection(tx *db.Tx, in newCollectionForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	g, err := loadGathering(tx, "")
	if err != nil {
		return web.Then{}, err
	}
	c := g.read(tx, in.Values)
	if len(g.Wrong) == 0 {
		if c, err = catalog.AddCollection(tx, c); err == nil {
			return see("collections/"+url.PathEscape(string(c.ID)), "added"), nil
		}
	}
	return f.gatherAgain(tx, g, err)
}

// reviseCollection changes a collection.
func (f face) reviseCollection(tx *db.Tx, in collectionForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	g, err := loadGathering(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	c := g.read(tx, in.Values)
	if len(g.Wrong) == 0 {
		if _, err = catalog.ReviseCollection(tx, c); err == nil {
			return see("collections/"+url.PathEscape(string(in.ID)), "saved"), nil
		}
	}
	return f.gatherAgain(tx, g, err)
}

// gatherAgain shows the form with what was typed and what is wrong.
func (f face) gatherAgain(tx *db.Tx, g gathering, err error) (web.Then, error) {
	if err != nil && !mendable(err) {
		return web.Then{}, err
	}
	g.note(tx.Context(), err, func(pointer string) string {
		parts := strings.Split(strings.TrimPrefix(strings.TrimPrefix(pointer, "/rule"), "/"), "/")
		switch {
		case parts[0] != "name" && parts[0] != "description":
			return parts[0]
		case len(parts) > 1:
			return parts[0] + "_" + parts[1]
		}
		return parts[0] + "_kk"
	})
	p := f.page("collections", t(tx.Context(), "nav.collections"))
	p.Wrong = t(tx.Context(), "fields_wrong")
	if err != nil {
		p.Wrong = i18n.Fault(web.Lang(tx.Context()), err)
	}
	return web.Again(collectionsPage(p, g)), nil
}

// gather chooses the products of a collection by hand.
func (f face) gather(tx *db.Tx, in collectionForm) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	g, err := loadGathering(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	ids, unknown, err := readSKUs(tx, in.Values.Get("products"))
	if err != nil {
		return web.Then{}, err
	}
	if len(unknown) == 0 {
		return see("collections/"+url.PathEscape(string(in.ID)), "saved"), catalog.Gather(tx, in.ID, ids)
	}
	g.Chosen, g.Unknown = in.Values.Get("products"), t(tx.Context(), "relations.unknown", "skus", strings.Join(unknown, ", "))
	return f.gatherAgain(tx, g, nil)
}

// endCollection ends a collection.
func (f face) endCollection(tx *db.Tx, in collectionAsk) (web.Then, error) {
	if err := keeper(tx); err != nil {
		return web.Then{}, err
	}
	return see("collections", "dropped_collection"), catalog.RemoveCollection(tx, in.ID)
}
