package shop

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"sauda/base/ident"
	"sauda/base/place"
	"sauda/core/catalog"
	"sauda/core/search"
	"sauda/core/search/index"
	"sauda/core/shelf"
	"sauda/core/window"
	"sauda/gear/db"
	"sauda/gear/web"
)

type homeAsk struct {
	visitor
	After string `query:"after" maxLength:"100"`
}

// front is the first page.
type front struct {
	page
	Below    []catalog.Category
	Cards    []shelf.Card
	Hero     []shelf.Card      // Hero are those whose pictures stand beside the first words.
	Shown    []shelf.Collected // Shown are collections.
	Domestic []shelf.Card
	Homeland bool // Homeland says that something is proven to be made in Kazakhstan.
	Popular  []shelf.Card
	Seen     []shelf.Card // Seen are those that the visitor has looked at last.
	Faces    map[catalog.CategoryID]shelf.Card
	Banners  []*window.Piece
	Posts    []*window.Piece
	Begun    bool   // Begun says that this is not the first page of the list; nothing but the list is shown then.
	Next     string // Next is the address of the next page.
}

const (
	gathered  = 6  // gathered is how many cards of a collection the first page shows: one row on a wide window.
	heroes    = 4  // heroes are the pictures beside the first words.
	seenKept  = 12 // seenKept is how many products a browser remembers.
	facesKept = time.Minute
)

// domesticAddress leads to what is proven to be made in Kazakhstan.
var domesticAddress = address("/search", "filter", search.WriteFilters(madeHere))

var madeHere = []index.Filter{{Name: search.NameProven, Values: []string{string(place.KZ)}}}

// home shows the categories, the collections, what is made in Kazakhstan, what is popular, what the visitor has looked at
// and the newest goods, in at most eleven statements, one more for who keeps something, and what the collections take.
func (f *face) home(tx *db.Tx, in homeAsk) (web.View, error) {
	h, err := f.front(tx, in)
	if err != nil {
		return nil, err
	}
	cards := slices.Concat(h.Cards, h.Popular, h.Domestic, slices.Collect(maps.Values(h.Faces)))
	for _, c := range h.Shown {
		cards = append(cards, c.Cards...)
	}
	alike(tx.Context(), shelf.ListTags(), cards...)
	return homePage(h), nil
}

// front puts the first page together.
func (f *face) front(tx *db.Tx, in homeAsk) (front, error) {
	ctx := tx.Context()
	tree, err := f.Shelf.Tree(tx)
	if err != nil {
		return front{}, err
	}
	h := front{page: f.page(ctx, in.visitor, "home", t(ctx, "home.title")), Below: below(tree, ""), Begun: in.After != ""}
	h.Description = t(ctx, "home.description", "name", h.Name)
	next := ""
	if h.Cards, next, err = shelf.List(tx, shelf.Ask{Filter: catalog.Filter{After: in.After, Limit: listed}, Currency: f.Currency}); err != nil {
		return front{}, err
	}
	if err := f.lower(tx, h.Cards); err != nil {
		return front{}, err
	}
	if next != "" {
		h.Next = address("/", "after", next)
	}
	if err := f.fillHearts(tx, &h.page, in.visitor); err != nil || h.Begun {
		return h, err
	}
	if h.Shown, err = shelf.Home(tx, gathered, f.Currency); err != nil {
		return front{}, err
	}
	for _, c := range h.Shown {
		if err := f.lower(tx, c.Cards); err != nil {
			return front{}, err
		}
	}
	w := f.Display.Window()
	h.Banners = first(w.Seen(window.KindBanner, tx.Now()), bannersMax)
	h.Posts = first(w.Seen(window.KindPost, tx.Now()), postsMax)
	err = f.fill(tx, &h, in.visitor)
	return h, err
}

// first gives as many of the first as there may be.
func first[T any](all []T, most int) []T { return all[:min(len(all), most)] }

// fill puts onto the first page what the index and the browser know of, in at most six statements.
func (f *face) fill(tx *db.Tx, h *front, v visitor) error {
	picked := f.picked(tx, h.Below)
	seen := v.seen()
	known, err := f.cards(tx, slices.Concat(picked.popular, picked.domestic, seen, picked.faces))
	if err != nil {
		return err
	}
	h.Homeland = len(picked.domestic) > 0
	told := func(c shelf.Collected) bool { return c.Rule != nil && c.Rule.Proven && c.Rule.Origin == place.KZ }
	if slices.ContainsFunc(h.Shown, told) {
		picked = &picks{popular: picked.popular, faces: picked.faces, of: picked.of} // The shop has a collection of its own of these.
	}
	// Bills are paid often, and are nothing to look at.
	popular := slices.DeleteFunc(slices.Clone(picked.popular), func(id catalog.ProductID) bool { return billed(known[id].Kind) })
	h.Popular, h.Domestic, h.Seen = known.of(popular, gathered), known.of(picked.domestic, gathered), known.of(seen, gathered)
	h.Faces = known.faces(picked)
	for _, c := range slices.Concat(h.Domestic, h.Popular, h.Cards) {
		if len(h.Hero) < heroes && c.Cover != nil && !slices.ContainsFunc(h.Hero, func(x shelf.Card) bool { return x.ID == c.ID }) {
			h.Hero = append(h.Hero, c)
		}
	}
	return nil
}

// catalogue shows the whole tree, each root with a picture from it, in at most seven statements.
func (f *face) catalogue(tx *db.Tx, in struct{ visitor }) (web.View, error) {
	ctx := tx.Context()
	tree, err := f.Shelf.Tree(tx)
	if err != nil {
		return nil, err
	}
	b := branches{page: f.page(ctx, in.visitor, "goods", t(ctx, "nav.goods")), Tree: tree}
	b.Description = t(ctx, "catalogue.description", "name", b.Name)
	picked := f.picked(tx, below(tree, ""))
	known, err := f.cards(tx, picked.faces)
	if err != nil {
		return nil, err
	}
	b.Faces = known.faces(picked)
	alike(ctx, shelf.ListTags(), slices.Collect(maps.Values(b.Faces))...)
	return cataloguePage(b), nil
}

// branches is the page of the whole tree.
type branches struct {
	page
	Tree  []catalog.Category
	Faces map[catalog.CategoryID]shelf.Card
}

// picks are what the index has chosen for the first page. They are kept for a while: they cost a question a category.
type picks struct {
	at                       time.Time
	popular, domestic, faces []catalog.ProductID
	of                       []catalog.CategoryID // of are the categories of the faces.
}

// keptPicks is where the picks are.
type keptPicks = atomic.Pointer[picks]

// picked gives the picks for some roots; none while the index is being built.
func (f *face) picked(tx *db.Tx, roots []catalog.Category) *picks {
	if !f.Search.Ready() {
		return &picks{}
	}
	if p := f.picks.Load(); p != nil && tx.Now().Sub(p.at) < facesKept && !tx.Now().Before(p.at) {
		return p
	}
	p := &picks{at: tx.Now(), popular: f.top(gathered + heroes), domestic: f.top(gathered, madeHere...)}
	for _, c := range roots {
		own := f.top(1, index.Filter{Name: index.NameCategory, Values: []string{string(c.ID)}})
		if len(own) == 1 {
			p.faces, p.of = append(p.faces, own[0]), append(p.of, c.ID)
		}
	}
	f.picks.Store(p)
	return p
}

// top gives the most popular goods that pass some filters.
func (f *face) top(most int, filters ...index.Filter) []catalog.ProductID {
	answer, err := f.Search.Ask(search.Question{Filters: filters, Sort: index.ByPopular, Limit: most, Silent: true})
	if err != nil {
		return nil // Such a question has no mark that could be wrong.
	}
	ids := make([]catalog.ProductID, len(answer.Hits))
	for i, h := range answer.Hits {
		ids[i] = catalog.ProductID(h.ID)
	}
	return ids
}

// knownCards are cards by their products.
type knownCards map[catalog.ProductID]shelf.Card

// cards gives the cards of products, each once, in at most six statements.
func (f *face) cards(tx *db.Tx, ids []catalog.ProductID) (knownCards, error) {
	cards, err := shelf.Some(tx, slices.Compact(slices.Sorted(slices.Values(ids))), f.Currency, "")
	if err == nil {
		err = f.lower(tx, cards)
	}
	k := make(knownCards, len(cards))
	for _, c := range cards {
		k[c.ID] = c
	}
	return k, err
}

// of gives the first of those products that are known.
func (k knownCards) of(ids []catalog.ProductID, most int) []shelf.Card {
	var cards []shelf.Card
	for _, id := range ids {
		if c, ok := k[id]; ok && len(cards) < most {
			cards = append(cards, c)
		}
	}
	return cards
}

// faces gives the card whose picture stands for each category.
func (k knownCards) faces(p *picks) map[catalog.CategoryID]shelf.Card {
	all := make(map[catalog.CategoryID]shelf.Card, len(p.of))
	for i, c := range p.of {
		if card, ok := k[p.faces[i]]; ok && card.Cover != nil {
			all[c] = card
		}
	}
	return all
}

const (
	seenCookie = "sauda_seen"
	seenAge    = 30 * 24 * 3600
)

// seen are the products that the browser has shown last, the latest first.
func (v visitor) seen() []catalog.ProductID {
	var ids []catalog.ProductID
	for _, value := range v.Of(seenCookie) {
		for part := range strings.SplitSeq(value, ".") {
			id := catalog.ProductID(part)
			if ident.Valid("prd", part) && !slices.Contains(ids, id) && len(ids) < seenKept {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// noteSeen remembers that a product was looked at. Only the browser knows of it.
func (f *face) noteSeen(ctx context.Context, v visitor, id catalog.ProductID) {
	before := v.seen()
	if len(before) > 0 && before[0] == id {
		return
	}
	parts := []string{string(id)}
	for _, other := range before {
		if other != id && len(parts) < seenKept {
			parts = append(parts, string(other))
		}
	}
	f.setCookie(ctx, seenCookie, strings.Join(parts, "."), seenAge)
}
