package shop

import (
	"context"
	"slices"
	"strconv"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/shelf"
	"sauda/core/wish"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f *face) mountWishes(site *web.Site) {
	web.Page(site, "GET /wishlist", f.wishes, web.Public())
	web.Form(site, "POST /wishlist", f.heart, web.Public())
	web.Form(site, "POST /wishlist/{id}/remove", f.dropWish, web.Public())
	web.Page(site, "GET /letters/{stop}", f.askStop, web.Public())
	web.Form(site, "POST /letters/{stop}", f.stopLetters, web.Public())
}

const (
	wishCookie = "sauda_wish"
	wishAge    = 180 * 24 * 3600 // wishAge is as long as a guest's list waits for him, in seconds.
)

// wishes gives the list of the cookie, and how many things were on it. A signed-in buyer's cookie has the number only.
func (v visitor) wishes() (of wish.ListID, things int) {
	id, things := v.counted(wishCookie, "wsh")
	return wish.ListID(id), things
}

// rememberWishes sends the browser the cookie of its list. That of a party is found by the party: its id stays here.
func (f *face) rememberWishes(ctx context.Context, l wish.List) {
	id := l.ID
	if l.Party != "" {
		id = ""
	}
	f.setCookie(ctx, wishCookie, string(id)+"."+strconv.Itoa(l.Things), wishAge)
}

// joinWishes brings the list of the cookie to a party, and says to the browser how much is on the party's.
func (f *face) joinWishes(tx *db.Tx, v visitor, party string) error {
	guest, _ := v.wishes()
	l, err := wish.Join(tx, guest, party)
	if err == nil {
		l.Party = party // Who has none yet is not a guest any more.
		f.rememberWishes(tx.Context(), l)
	}
	return err
}

// fillHearts tells a page what its visitor keeps, in one statement; in none for who keeps nothing.
func (f *face) fillHearts(tx *db.Tx, p *page, v visitor) error {
	if p.Wishes == 0 {
		return nil
	}
	guest, _ := v.wishes()
	things, err := wish.Things(tx, guest)
	if err != nil {
		return err
	}
	p.Wishes, p.Wished = len(things), make(map[catalog.ProductID]bool, len(things))
	for _, thing := range things {
		p.Wished[thing.Product] = true
	}
	return nil
}

type hearted struct {
	web.Typed
	visitor
	Product catalog.ProductID `json:"product" maxLength:"60"`
	Variant catalog.VariantID `json:"variant,omitempty" maxLength:"60"`
	Keep    bool              `json:"keep,omitempty"` // Keep is what shall be; twice is the same as once.
	Seen    string            `json:"seen,omitempty" maxLength:"30"`
	Source  string            `json:"source,omitempty" maxLength:"40"`
	Back    string            `json:"back,omitempty" maxLength:"500"`
	Script  bool              `json:"script,omitempty"` // Script says that a script asks, which fills the heart by itself.
}

// heart keeps a product or lets it go, and leads back to where that was wished.
func (f *face) heart(tx *db.Tx, in hearted) (web.Then, error) {
	if !in.OK() {
		return web.See("/wishlist"), nil
	}
	guest, _ := in.wishes()
	var l wish.List
	var err error
	if in.Keep {
		c := wish.Choice{Product: in.Product, Variant: in.Variant, Source: in.Source}
		if c.Seen, err = f.wishSeen(tx, in); err == nil {
			_, l, err = wish.Keep(tx, guest, c)
		}
	} else {
		_, l, err = wish.Drop(tx, guest, in.Product)
	}
	if refused(err) {
		v, bad := f.openWishes(tx, wishesAsk{visitor: in.visitor})
		v.page = v.at("/wishlist")
		v.Form.add(tx.Context(), err)
		return web.Again(wishesPage(v)), bad
	}
	if err != nil {
		return web.Then{}, err
	}
	f.rememberWishes(tx.Context(), l)
	if in.Script {
		return web.Show(heartCount(l.Things)), nil
	}
	return web.See(web.Local(in.Back)), nil
}

// wishSeen is the price at which something is kept: the one that stood on the page of what is put back, or today's.
func (f *face) wishSeen(tx *db.Tx, in hearted) (money.Money, error) {
	if m, err := money.Parse(in.Seen, f.Currency); err == nil && m.IsPositive() {
		return m, nil
	}
	summaries, err := catalog.Summaries(tx, []catalog.ProductID{in.Product}, catalog.StateOnSale)
	if err != nil || len(summaries) == 0 {
		return money.Money{}, err
	}
	stands, err := f.stands(tx, summaries)
	return shelf.Meant(summaries[0], stands, in.Variant).Price, err
}

type wishesAsk struct {
	visitor
	Begin   string            `query:"begin" maxLength:"6"`
	Removed catalog.ProductID `query:"removed" maxLength:"60"`
	Variant catalog.VariantID `query:"variant" maxLength:"60"`
	Seen    string            `query:"seen" maxLength:"30"`
}

// wishesView is the page of what somebody keeps.
type wishesView struct {
	page
	Rows    []wishRow
	Removed *removedWish
	Key     string
	Form    form
	Begun   bool
	Next    string
}

// wishRow is one thing with what became of it since it was kept.
type wishRow struct {
	wish.Thing
	Of    catalog.Summary // Of has no name when the product is not shown to anybody any more.
	Label text.Localized  // Label is that of the variant that is meant.
	Price money.Money     // Price is today's, the lowest of the variants that may be meant; none when it is not for sale.
	From  bool            // From says that others of them cost more.
	Stock shelf.Availability
	Buys  catalog.VariantID // Buys is what a button puts into the basket; empty when something has to be chosen first.
}

// removedWish is what was just taken off and can be put back.
type removedWish struct {
	Name    text.Localized
	Product catalog.ProductID
	Variant catalog.VariantID
	Seen    string
}

// wishes shows what somebody keeps, the latest first, in at most seven statements and one more for what can be put back.
func (f *face) wishes(tx *db.Tx, in wishesAsk) (web.View, error) {
	ctx := tx.Context()
	guest, count := in.wishes()
	if guest == "" && count > 0 && !signedIn(ctx) { // The list of somebody whose session has ended.
		return web.Onward(entranceTo("/wishlist")), nil
	}
	v, err := f.openWishes(tx, in)
	if err == nil {
		err = v.putBack(tx, in)
	}
	return wishesPage(v), err
}

func (f *face) openWishes(tx *db.Tx, in wishesAsk) (wishesView, error) {
	ctx := tx.Context()
	v := wishesView{page: f.page(ctx, in.visitor, "wishlist", t(ctx, "wish.title")), Key: web.FormKey(ctx), Form: form{Wrong: map[string]string{}}}
	guest, _ := in.wishes()
	things, err := wish.Things(tx, guest)
	if err != nil {
		return v, err
	}
	if len(things) != v.Wishes {
		v.Wishes = len(things)
		f.rememberWishes(ctx, wish.List{ID: guest, Party: tx.Who().Party, Things: len(things)})
	}
	begin, _ := strconv.Atoi(in.Begin) // What is no number begins at the beginning.
	begin = min(max(begin, 0), len(things))
	end := min(begin+listed, len(things))
	v.Begun = begin > 0
	if end < len(things) {
		v.Next = address("/wishlist", "begin", strconv.Itoa(end))
	}
	v.Rows, err = f.wishRows(tx, things[begin:end])
	return v, err
}

// putBack offers to put back what was just taken off, if it is still sold.
func (v *wishesView) putBack(tx *db.Tx, in wishesAsk) error {
	if in.Removed == "" {
		return nil
	}
	found, err := catalog.Summaries(tx, []catalog.ProductID{in.Removed}, catalog.StateOnSale)
	if err == nil && len(found) == 1 {
		v.Removed = &removedWish{found[0].Name, in.Removed, in.Variant, in.Seen}
	}
	return err
}

// stands gives how the variants of products stand, at the prices that promotions leave for everybody.
func (f *face) stands(tx *db.Tx, of []catalog.Summary) (map[catalog.VariantID]shelf.Stood, error) {
	stands, err := shelf.Stands(tx, of, f.Currency, "")
	if err != nil {
		return nil, err
	}
	set, err := f.Desk.Promotions.Load(tx)
	if err == nil {
		shelf.LowerStands(tx, set, of, stands)
	}
	return stands, err
}

// wishRows puts things together with how they stand today, in at most five statements.
func (f *face) wishRows(tx *db.Tx, things []wish.Thing) ([]wishRow, error) {
	ids := make([]catalog.ProductID, len(things))
	for i, thing := range things {
		ids[i] = thing.Product
	}
	summaries, err := catalog.Summaries(tx, ids, catalog.StateAny)
	if err != nil {
		return nil, err
	}
	summaries = slices.DeleteFunc(summaries, func(s catalog.Summary) bool { return s.State == catalog.StateDraft })
	stands, err := f.stands(tx, summaries)
	if err != nil {
		return nil, err
	}
	rows := make([]wishRow, len(things))
	for i, thing := range things {
		rows[i] = wishRow{Thing: thing, Stock: shelf.OutOfStock}
		if at := slices.IndexFunc(summaries, func(s catalog.Summary) bool { return s.ID == thing.Product }); at >= 0 {
			rows[i].stand(summaries[at], stands)
		}
	}
	return rows, nil
}

// stand says how the product of a row stands today.
func (r *wishRow) stand(of catalog.Summary, stands map[catalog.VariantID]shelf.Stood) {
	r.Of = of
	if of.State != catalog.StateOnSale {
		return
	}
	c := shelf.Meant(of, stands, r.Variant)
	r.Price, r.From, r.Stock = c.Price, c.From, c.Availability
	if len(c.Variants) != 1 {
		return
	}
	one := c.Variants[0]
	if r.Variant != "" {
		r.Label = one.Label
	}
	if of.Kind.Made == nil && of.Kind.Service == nil && r.Price.Currency != "" && r.Stock != shelf.OutOfStock {
		r.Buys = one.ID
	}
}

// sold tells whether the product is still sold.
func (r wishRow) sold() bool { return r.Of.State == catalog.StateOnSale }

// moved tells how the price has moved since the thing was kept: below zero it fell. A price in another currency says nothing.
func (r wishRow) moved() int {
	switch {
	case r.Price.Currency == "" || r.Price.Currency != r.Seen.Currency || r.Price.Minor == r.Seen.Minor:
		return 0
	case r.Price.Minor < r.Seen.Minor:
		return -1
	}
	return 1
}

// unit is in what the product is sold.
func (r wishRow) unit() measure.Unit {
	for _, v := range r.Of.Variants {
		if r.Buys == "" || v.ID == r.Buys {
			return v.Unit
		}
	}
	return measure.Piece
}

// wishName is what a thing is called; one that is not shown any more has no name.
func wishName(ctx context.Context, r wishRow) string {
	if name := in(ctx, r.Of.Name); name != "" {
		return name
	}
	return t(ctx, "basket.gone")
}

type droppedWish struct {
	visitor
	ID catalog.ProductID `path:"id" maxLength:"60"`
}

// dropWish takes a thing off the list and offers to put it back. Twice is the same as once.
func (f *face) dropWish(tx *db.Tx, in droppedWish) (web.Then, error) {
	guest, _ := in.wishes()
	was, l, err := wish.Drop(tx, guest, in.ID)
	if err != nil || was == nil {
		return web.See("/wishlist"), err
	}
	f.rememberWishes(tx.Context(), l)
	seen := ""
	if was.Seen.IsPositive() {
		seen = was.Seen.Decimal()
	}
	return web.See(address("/wishlist", "removed", string(was.Product), "variant", string(was.Variant), "seen", seen)), nil
}
