package shop

import (
	"context"
	"slices"
	"strings"

	"sauda/base/ident"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/shelf"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f *face) mountCompare(site *web.Site) {
	web.Page(site, "GET /compare", f.compare, web.Public())
	web.Form(site, "POST /compare", f.setBeside, web.Public())
	web.Form(site, "POST /compare/{id}/remove", f.setAside, web.Public())
}

const (
	comparedCookie = "sauda_compare"
	comparedAge    = 30 * 24 * 3600 // comparedAge is how long a choice between things takes at most, in seconds.
	comparedMax    = 4              // comparedMax is what stands side by side on a screen.
)

// compared are the products that the browser has set side by side, in its order. What is no id of a product is left out.
func (v visitor) compared() []catalog.ProductID {
	var ids []catalog.ProductID
	for _, value := range v.Of(comparedCookie) {
		for part := range strings.SplitSeq(value, ".") {
			id := catalog.ProductID(part)
			if ident.Valid("prd", part) && !slices.Contains(ids, id) && len(ids) < comparedMax {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

func (f *face) rememberCompared(ctx context.Context, ids []catalog.ProductID) {
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = string(id)
	}
	f.setCookie(ctx, comparedCookie, strings.Join(parts, "."), comparedAge)
}

type besideForm struct {
	visitor
	Product catalog.ProductID `json:"product" maxLength:"60"`
	Back    string            `json:"back,omitempty" maxLength:"500"`
}

// setBeside sets a product beside the others. A fifth one is not taken: the page of the others says so. Set twice, it
// stands there once.
func (f *face) setBeside(tx *db.Tx, in besideForm) (web.Then, error) {
	ids := in.compared()
	if slices.Contains(ids, in.Product) {
		return web.See("/compare"), nil
	}
	if len(ids) == comparedMax {
		return web.See("/compare?full=true"), nil
	}
	if _, err := shelf.Show(tx, in.Product, f.Currency, ""); err != nil {
		return web.Then{}, err
	}
	f.rememberCompared(tx.Context(), append(ids, in.Product))
	return web.See(web.Local(in.Back)), nil
}

type asideForm struct {
	visitor
	ID catalog.ProductID `path:"id" maxLength:"60"`
}

// setAside takes a product out of the comparison. One that is not in it stays out.
func (f *face) setAside(tx *db.Tx, in asideForm) (web.Then, error) {
	ids := slices.DeleteFunc(in.compared(), func(id catalog.ProductID) bool { return id == in.ID })
	f.rememberCompared(tx.Context(), ids)
	return web.See("/compare"), nil
}

type compareAsk struct {
	visitor
	Full bool   `query:"full"`
	Only string `query:"only" maxLength:"20"`
}

// trait is one line of a comparison: what is compared and what each product says of it.
type trait struct {
	Name    string
	Values  []string
	Differs bool
}

// comparison is products side by side.
type comparison struct {
	page
	Cards  []shelf.Card
	Traits []trait
	Full   bool
	Only   bool // Only shows nothing but what differs.
}

// compare shows products on sale side by side, in eight statements.
func (f *face) compare(tx *db.Tx, in compareAsk) (web.View, error) {
	ctx := tx.Context()
	c := comparison{page: f.page(ctx, in.visitor, "compare", t(ctx, "compare.title")), Full: in.Full, Only: in.Only == "differences"}
	cards, err := shelf.Some(tx, in.compared(), f.Currency, "")
	if err == nil {
		err = f.lower(tx, cards)
	}
	if err != nil {
		return nil, err
	}
	c.Cards = cards
	ids := make([]catalog.ProductID, len(cards))
	for i, card := range cards {
		ids[i] = card.ID
	}
	side, err := catalog.Side(tx, ids)
	if err != nil {
		return nil, err
	}
	for _, line := range traits(ctx, side) {
		if line.Differs || !c.Only {
			c.Traits = append(c.Traits, line)
		}
	}
	return comparePage(c), nil
}

// traits gives what products say of themselves, each line once: brand, origin and weight, then the attributes in the order
// of their categories. An attribute that its category does not compare is left out.
func traits(ctx context.Context, side []catalog.Detailed) []trait {
	var lines []trait
	add := func(name string, value func(catalog.Detailed) string) {
		line := trait{Name: name}
		said := false
		for _, p := range side {
			v := value(p)
			said = said || v != ""
			line.Differs = line.Differs || len(line.Values) > 0 && v != line.Values[0]
			line.Values = append(line.Values, v)
		}
		if said {
			lines = append(lines, line)
		}
	}
	add(t(ctx, "product.brand"), func(p catalog.Detailed) string { return p.Brand })
	add(t(ctx, "product.made_in"), func(p catalog.Detailed) string { return originWords(ctx, p.Product) })
	add(t(ctx, "product.mass"), func(p catalog.Detailed) string {
		if len(p.Variants) == 0 || p.Variants[0].Mass == 0 {
			return ""
		}
		return p.Variants[0].Mass.Format(web.Lang(ctx))
	})
	seen := map[string]bool{}
	for _, p := range side {
		for _, g := range p.Groups() {
			for _, a := range g.Attributes {
				if seen[a.Code] || !comparable(p, a.Code) {
					continue
				}
				seen[a.Code] = true
				add(label(ctx, a), func(other catalog.Detailed) string { return stated(ctx, other, a.Code) })
			}
		}
	}
	return lines
}

// comparable tells whether a product's category compares an attribute; what no category asks for is compared.
func comparable(p catalog.Detailed, code string) bool {
	for _, d := range p.Definitions {
		if d.Code == code {
			return d.Comparable
		}
	}
	return true
}

func stated(ctx context.Context, p catalog.Detailed, code string) string {
	for _, a := range p.Attributes {
		if a.Code == code {
			return value(ctx, a)
		}
	}
	return ""
}

// originWords is the country of origin with what stands behind it.
func originWords(ctx context.Context, p catalog.Product) string {
	if p.Origin == "" {
		return ""
	}
	return p.Origin.Name(web.Lang(ctx)) + " · " + t(ctx, "proof."+string(gradeOf(p.Provenance)))
}

// gradeOf is what stands behind an origin: at least the seller's word.
func gradeOf(p catalog.Provenance) catalog.Grade {
	if p.Grade == "" {
		return catalog.GradeClaim
	}
	return p.Grade
}

// collectionAsk is a page of a collection.
type collectionAsk struct {
	visitor
	Slug  string `path:"slug" maxLength:"120"`
	After string `query:"after" maxLength:"100"`
}

// collection shows what was gathered by hand or by a rule, as long as it is shown at all.
func (f *face) collection(tx *db.Tx, in collectionAsk) (web.View, error) {
	c, err := catalog.CollectionAt(tx, in.Slug)
	if err != nil {
		return nil, err
	}
	if c.Slug != in.Slug {
		return web.Elsewhere(moved(tx.Context(), collectionAddress(c))), nil
	}
	lang := web.Lang(tx.Context())
	g := gathering{page: f.page(tx.Context(), in.visitor, "goods", c.Name.In(lang)), First: collectionAddress(c), Words: c.Description}
	if g.Description = clip(c.Description.In(lang), descriptionMax); g.Description == "" {
		g.Description = g.Title
	}
	cards, next, err := shelf.Gathered(tx, c, in.After, listed, f.Currency)
	if err == nil {
		err = f.lower(tx, cards)
	}
	if err != nil {
		return nil, err
	}
	g.Cards, g.Begun = cards, in.After != ""
	if next != "" {
		g.Next = address(g.First, "after", next)
	}
	if err := f.fillHearts(tx, &g.page, in.visitor); err != nil {
		return nil, err
	}
	alike(tx.Context(), shelf.ListTags(), cards...)
	return collectionPage(g), nil
}

// gathering is the page of a collection.
type gathering struct {
	page
	Words text.Localized
	Cards []shelf.Card
	Begun bool
	Next  string
	First string
}

func collectionAddress(c catalog.Collection) string { return "/collections/" + c.Slug }
