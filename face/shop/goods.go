package shop

import (
	"context"
	"errors"
	"slices"
	"strings"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/agreement"
	"sauda/core/catalog"
	"sauda/core/enquiry"
	"sauda/core/review"
	"sauda/core/search/index"
	"sauda/core/shelf"
	"sauda/core/shipping"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f *face) mountGoods(site *web.Site) {
	web.Page(site, "GET /{$}", f.home, web.Public())
	web.Page(site, "GET /catalogue", f.catalogue, web.Public())
	web.Page(site, "GET /c/{category}", f.category, web.Public())
	web.Page(site, "GET /collections/{slug}", f.collection, web.Public())
	web.Page(site, "GET /p/{id}", f.product, web.Public())
	web.Page(site, "GET /p/{id}/{slug...}", f.product, web.Public())
}

// listed is how many cards a page of a list has: it divides by two, three and four columns.
const listed = 24

type listAsk struct {
	visitor
	Category string     `path:"category" maxLength:"120"`
	After    string     `query:"after" maxLength:"100"`
	Filter   string     `query:"filter" maxLength:"2000"`
	Sort     index.Sort `query:"sort" enum:"newest,price,-price,popular"`
}

// listing is a page of cards with the categories around it.
type listing struct {
	page
	Category *catalog.Category
	Trail    []crumb
	Below    []catalog.Category
	First    string
	Found    found
}

// category shows what is for sale in a part of the catalogue and what it can be narrowed by, in five statements, one
// more for who keeps something, and one for the tree where it is not known yet.
func (f *face) category(tx *db.Tx, in listAsk) (web.View, error) {
	tree, err := f.Shelf.Tree(tx)
	if err != nil {
		return nil, err
	}
	own, ok := bySlug(tree, in.Category)
	if !ok {
		now, err := catalog.CategoryAt(tx, in.Category)
		return web.Elsewhere(moved(tx.Context(), shelfAddress(now))), err
	}
	lang := web.Lang(tx.Context())
	l := listing{
		page: f.page(tx.Context(), in.visitor, "goods", own.Name.In(lang)), Category: &own, Below: below(tree, own.ID),
		Trail: trailTo(tree, own, lang), First: shelfAddress(own),
	}
	l.Description = t(tx.Context(), "category.description", "category", l.Title, "name", l.Name)
	got, _, err := f.seek(tx, asked{base: l.First, category: own.ID, narrowing: narrowing{in.Filter, in.Sort}, after: in.After})
	if err != nil {
		return nil, err
	}
	l.Own = shelfAddress(own)
	if in.After != "" {
		l.Own = address(l.Own, "after", in.After)
	}
	l.Data = dataOf(map[string]any{"@context": "https://schema.org", "@graph": []any{l.trail(l.Trail)}})
	l.Found = got
	if err := f.fillHearts(tx, &l.page, in.visitor); err != nil {
		return nil, err
	}
	alike(tx.Context(), shelf.ListTags(), got.cards()...)
	return categoryPage(l), nil
}

// alike says that visitors without a cookie see the present page as it is, unless there are cards of which facts do not tell
// all that changes them.
func alike(ctx context.Context, tags []string, cards ...shelf.Card) {
	if !slices.ContainsFunc(cards, func(c shelf.Card) bool { return !c.Lasting() }) {
		web.Alike(ctx, tags...)
	}
}

// leads are the cards of what a product leads to.
func leads(all []shelf.Related) (cards []shelf.Card) {
	for _, r := range all {
		cards = append(cards, r.Cards...)
	}
	return cards
}

// moved is the present address of something that was asked for by a former one, with what was asked besides.
func moved(ctx context.Context, now string) string {
	if _, query, asked := strings.Cut(web.Path(ctx), "?"); asked {
		now += "?" + query
	}
	return now
}

func shelfAddress(c catalog.Category) string { return "/c/" + c.Slug }

func bySlug(tree []catalog.Category, slug string) (catalog.Category, bool) {
	for _, c := range tree {
		if c.Slug == slug {
			return c, true
		}
	}
	return catalog.Category{}, false
}

// below gives the categories directly under another, or the roots.
func below(tree []catalog.Category, parent catalog.CategoryID) []catalog.Category {
	var found []catalog.Category
	for _, c := range tree {
		if c.Parent == parent {
			found = append(found, c)
		}
	}
	return found
}

// trailTo is the way from the root to a category, itself last and without an address.
func trailTo(tree []catalog.Category, own catalog.Category, lang string) []crumb {
	var way []crumb
	for _, c := range tree { // Each comes after its parent.
		if strings.HasPrefix(own.Path, c.Path) && c.ID != own.ID {
			way = append(way, crumb{c.Name.In(lang), shelfAddress(c)})
		}
	}
	return append(way, crumb{Name: own.Name.In(lang)})
}

type productAsk struct {
	visitor
	Purpose string            `header:"Sec-Purpose" maxLength:"100"` // Purpose says that the browser asks for later.
	ID      catalog.ProductID `path:"id" maxLength:"60"`
	Variant catalog.VariantID `query:"variant" maxLength:"60"`
	Added   string            `query:"added" maxLength:"30"`
	Preview string            `query:"preview" maxLength:"60"`
	Words   string            `query:"q" maxLength:"200"` // Words were looked for before, and this stood at Place.
	Place   int               `query:"n"`
}

// shown is the page of a product.
type shown struct {
	page
	shelf.Page
	Chosen  catalog.Variant
	Form    form
	Key     string      // Key makes the form count once.
	Priced  money.Money // Priced is what it costs by the answers that were typed; none before they were.
	Added   string      // Added is the quantity that was just put into the basket.
	Slides  []slide
	Papers  []catalog.Media // Papers are documents.
	Trail   []crumb
	Others  []shelf.Related
	Reviews []review.Review   // Reviews are the latest ones.
	Asked   enquiry.Page      // Asked is the latest of what is asked.
	Coming  []shipping.Option // Coming are the deliveries of one piece to the town of the visitor.
	Town    place.Region
	Plan    agreement.Plan // Plan is how it can be had again and again, if it can.
}

// product shows a product, in at most eleven statements, one more where it has reviews, one where something was asked, five where it leads to others, one
// for who keeps something, and what the deliveries take when the desk does not know them yet. Its address is the one with
// its present slug. A link to a draft shows it to whoever has the link, and to no search engine.
func (f *face) product(tx *db.Tx, in productAsk) (web.View, error) {
	s, err := f.open(tx, in)
	if err != nil {
		return nil, err
	}
	path, _, _ := strings.Cut(web.Path(tx.Context()), "?")
	if right := pageOf(tx.Context(), in.ID, s.Slug, s.Product.Name); path != right {
		return web.Elsewhere(moved(tx.Context(), right)), nil
	}
	if s.Others, err = shelf.Others(tx, in.ID, f.Currency); err != nil {
		return nil, err
	}
	for _, o := range s.Others {
		if err := f.lower(tx, o.Cards); err != nil {
			return nil, err
		}
	}
	if s.Rating.Count() > 0 {
		if s.Reviews, _, err = review.ShownOf(tx, in.ID, "", reviewsBeside); err != nil {
			return nil, err
		}
	}
	if in.Words != "" {
		f.Search.Chosen(in.Words, in.ID, in.Place)
	}
	if err := f.showVariant(tx, &s, in.Variant); err != nil {
		return nil, err
	}
	own := map[string]string{} // Making a slug takes as long as a statement, and a page names its addresses ten times.
	s.OwnIn, s.Kind = func(lang string) string {
		a, made := own[lang]
		if !made {
			a = productAddress(lang, in.ID, s.Slug, s.Product.Name)
			own[lang] = a
		}
		return a
	}, "product"
	s.describe(tx.Context(), tx.Now())
	if err := f.fillHearts(tx, &s.page, in.visitor); err != nil {
		return nil, err
	}
	if q, err := quantity(in.Added); err == nil && q > 0 {
		s.Added = amountOf(tx.Context(), q, s.Chosen.Unit)
	}
	if in.Preview == "" && in.Purpose == "" {
		f.noteSeen(tx.Context(), in.visitor, in.ID)
	}
	if s.State == catalog.StateOnSale && s.Lasting() {
		alike(tx.Context(), slices.Concat(shelf.PageTags(s.Page), shelf.LeadTags(s.Others)), leads(s.Others)...)
	}
	return productPage(s), nil
}

// showVariant shows another variant than the one that stands chosen, with its pictures and its delivery.
func (f *face) showVariant(tx *db.Tx, s *shown, id catalog.VariantID) error {
	at := slices.IndexFunc(s.Variants, func(v catalog.Variant) bool { return v.ID == id })
	if at < 0 || id == s.Chosen.ID {
		return nil
	}
	s.Chosen = s.Variants[at]
	s.Slides = slidesOf(s.Product, s.Chosen)
	return f.promise(tx, s)
}

// open gives the page of a product as it is shown to the reader: by its address, or by a link to a draft.
func (f *face) open(tx *db.Tx, in productAsk) (shown, error) {
	if in.Preview == "" {
		return f.show(tx, in.ID, in.visitor)
	}
	p, err := shelf.Preview(tx, in.ID, in.Preview, f.Currency)
	if err == nil {
		err = f.lowerPage(tx, &p)
	}
	if err != nil {
		return shown{}, err
	}
	s := f.lay(tx, p, in.visitor)
	s.Description = "" // A page without one is not for search engines.
	return s, f.promise(tx, &s)
}

// show puts the page of a product together. The variant that can be ordered comes first in choice.
func (f *face) show(tx *db.Tx, id catalog.ProductID, v visitor) (shown, error) {
	p, err := f.Shelf.Show(tx, id, f.Currency)
	if err == nil {
		err = f.lowerPage(tx, &p)
	}
	if err != nil {
		return shown{}, err
	}
	s := f.lay(tx, p, v)
	if s.Plan, _, err = f.Desk.Plans.Of(tx, id); err != nil {
		return s, err
	}
	if s.Asked, err = enquiry.ShownOf(tx, id, "", enquiriesBeside); err != nil {
		return s, err
	}
	return s, f.promise(tx, &s)
}

// lay puts what is known of a product onto its page.
func (f *face) lay(tx *db.Tx, p shelf.Page, v visitor) shown {
	ctx := tx.Context()
	lang := web.Lang(ctx)
	s := shown{page: f.page(ctx, v, "goods", p.Product.Name.In(lang)), Page: p, Key: web.FormKey(ctx), Form: form{}}
	s.Description = clip(p.Product.Description.In(lang), descriptionMax)
	if s.Description == "" {
		s.Description = s.page.Title
	}
	for _, c := range p.Detailed.Trail {
		s.Trail = append(s.Trail, crumb{c.Name.In(lang), shelfAddress(c)})
	}
	for _, m := range p.Media {
		if m.Kind == catalog.MediaDocument {
			s.Papers = append(s.Papers, m)
		}
	}
	s.Gallery = f.assets.Path("gallery.js")
	s.Chosen = p.Variants[0]
	for _, v := range p.Variants {
		if s.sells(v) {
			s.Chosen = v
			break
		}
	}
	s.Slides = slidesOf(p.Product, s.Chosen)
	s.Town = v.town()
	return s
}

// descriptionMax is as much of a description as search engines show, in characters.
const descriptionMax = 160

// clip gives the beginning of a text, in whole words.
func clip(s string, limit int) string {
	s = strings.Join(strings.Fields(s), " ")
	runes := []rune(s)
	if len(runes) <= limit {
		return s
	}
	cut := string(runes[:limit])
	if i := strings.LastIndexByte(cut, ' '); i > 0 {
		cut = cut[:i]
	}
	return cut + "…"
}

// productAddress is the page of a product by its name in a language. It is found by the id: what follows is for people.
func productAddress(lang string, id catalog.ProductID, slug string, name text.Localized) string {
	if slug = catalog.SlugIn(lang, slug, name); slug == "" {
		return "/p/" + string(id)
	}
	return "/p/" + string(id) + "/" + slug
}

// pageOf is the page of a product in the language of the reader.
func pageOf(ctx context.Context, id catalog.ProductID, slug string, name text.Localized) string {
	return productAddress(web.Lang(ctx), id, slug, name)
}

// sells tells whether a variant can be put into the basket now.
func (s shown) sells(v catalog.Variant) bool {
	o := s.Offers[v.ID]
	return s.State == catalog.StateOnSale && s.Seller.ForSale() && o.Price.Currency != "" && o.Availability != shelf.OutOfStock
}

// buyable tells whether any variant can.
func (s shown) buyable() bool {
	for _, v := range s.Variants {
		if s.sells(v) {
			return true
		}
	}
	return false
}

// price is the lowest of the variants, and whether others cost more.
func (s shown) price() (offer shelf.Offer, from bool) {
	for _, v := range s.Variants {
		o := s.Offers[v.ID]
		switch {
		case o.Price.Currency == "":
		case offer.Price.Currency == "":
			offer = o
		case o.Price.Minor < offer.Price.Minor:
			offer, from = o, true
		case o.Price.Minor > offer.Price.Minor:
			from = true
		}
	}
	return offer, from
}

// typedQuantity is what stands in the field: what was typed, or one.
func (s shown) typedQuantity() string {
	if typed := s.Form.Values["quantity"]; typed != "" {
		return typed
	}
	return measure.One.String()
}

// homeland tells whether it is proven that goods were made in Kazakhstan: a word alone makes no badge.
func homeland(c place.Country, proof catalog.Grade) bool { return c == place.KZ && proof.Proven() }

// alternative is what a picture shows; its product's name when nobody wrote that.
func alternative(ctx context.Context, m catalog.Media, name string) string {
	if words := in(ctx, m.Alt); words != "" {
		return words
	}
	return name
}

// paragraphs takes a description apart at its line ends.
func paragraphs(s string) []string {
	var parts []string
	for part := range strings.SplitSeq(s, "\n") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// unknown tells whether an error says that something is not there.
func unknown(err error) bool {
	f := fault.Of(err)
	return f != nil && f.Kind == fault.Missing && !errors.Is(err, fault.ErrInternal)
}

// optionNames names what the variants differ by: "Өлшемі, Түсі".
func optionNames(ctx context.Context, p catalog.Product) string {
	var names []string
	for _, o := range p.Options {
		names = append(names, in(ctx, o.Name))
	}
	if len(names) == 0 {
		return t(ctx, "product.variant")
	}
	return strings.Join(names, ", ")
}

// variantName is what a variant is called among the others.
func variantName(ctx context.Context, v catalog.Variant) string {
	if name := in(ctx, v.Label); name != "" {
		return name
	}
	return v.SKU
}

// around gives what stands before and after a value in a text.
func around(words, value string) (before, after string) {
	before, after, _ = strings.Cut(words, value)
	return before, after
}
