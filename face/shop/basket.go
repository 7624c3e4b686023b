package shop

import (
	"context"
	"errors"
	"slices"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/pricing"
	"sauda/flow/checkout"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f *face) mountBasket(site *web.Site) {
	web.Page(site, "GET /basket", f.basket, web.Public())
	web.Page(site, "GET /basket/beside", f.beside, web.Public())
	f.mountPromotions(site)
	f.mountGifts(site)
	web.Form(site, "POST /basket/lines", f.add, web.Public())
	web.Upload(site, "POST /basket/made", f.keepFiles, f.addWithFiles, web.Public(), web.BodyMax(madeBody), web.Time(madeTime))
	web.Form(site, "POST /basket/lines/{line}", f.change, web.Public())
	web.Form(site, "POST /basket/lines/{line}/remove", f.remove, web.Public())
}

// current names the open basket of who asks: that of the party that is signed in, or the one of the cookie. It is empty
// when there is none yet; the basket of a cookie may have ended.
func current(tx *db.Tx, v visitor) (cart.ID, error) {
	party := tx.Who().Party
	if party == "" {
		id, _ := v.basket()
		return id, nil
	}
	c, err := cart.Own(tx, party)
	if errors.Is(err, cart.ErrUnknown) {
		return "", nil
	}
	return c.ID, err
}

// look gives the basket of who asks with its quote. There is none when nothing was chosen yet, or when it was ordered.
func (f *face) look(tx *db.Tx, v visitor) (b checkout.Basket, there bool, err error) {
	id, err := current(tx, v)
	if err != nil || id == "" {
		return b, false, err
	}
	b, err = f.Desk.Look(tx, id)
	if errors.Is(err, cart.ErrUnknown) || errors.Is(err, cart.ErrClosed) {
		return b, false, nil
	}
	return b, err == nil, err
}

type basketAsk struct {
	visitor
	Removed  catalog.VariantID `query:"removed" maxLength:"60"`
	Quantity string            `query:"quantity" maxLength:"30"`
	Seen     string            `query:"seen" maxLength:"30"`
	Wrong    string            `query:"wrong" maxLength:"100"`
}

// basketView is the page of a basket.
type basketView struct {
	page
	checkout.Basket
	Rows    []row
	Removed *removed
	Form    form   // Form is what was wrong with the last change.
	At      string // At is the line that it was about.
	Key     string
}

// row is one line of a basket with what is said about it.
type row struct {
	cart.Line
	Offer   catalog.Offer
	Quote   *pricing.QuoteLine  // Quote is nil for a line that cannot be sold.
	Parts   []pricing.QuoteLine // Parts are those of a bundle.
	Notices []cart.Notice
}

// chosen says which one it is: of a service, the dates or the account that were chosen.
func (r row) chosen() text.Localized {
	if r.Quote != nil {
		return r.Quote.Label
	}
	return r.Offer.Label
}

// removed is what was just taken out and can be put back.
type removed struct {
	Offer    catalog.Offer
	Quantity string
	Seen     string
}

// basket shows the basket, in at most twelve statements.
func (f *face) basket(tx *db.Tx, in basketAsk) (web.View, error) {
	if in.lapsed(tx.Context()) {
		return web.Onward(entranceTo("/basket")), nil
	}
	v, err := f.basketView(tx, in.visitor)
	if err != nil {
		return nil, err
	}
	if in.Removed != "" {
		offers, err := catalog.Offers(tx, []catalog.VariantID{in.Removed})
		if err != nil {
			return nil, err
		}
		if o, ok := offers[in.Removed]; ok && o.ForSale() && o.Kind.Way() == "" { // A service is chosen anew.
			v.Removed = &removed{o, in.Quantity, in.Seen}
		}
	}
	if no := fault.Find(in.Wrong); no != nil && no.Kind != fault.Internal {
		v.Form.add(tx.Context(), no)
	}
	return basketPage(v), nil
}

type besideAsk struct {
	visitor
	Variant catalog.VariantID `query:"variant" maxLength:"60"` // Variant was just put in.
}

// beside is the basket as it opens beside a page, in at most twelve statements. What was just put in stands first, then
// the rest with the latest first.
func (f *face) beside(tx *db.Tx, in besideAsk) (web.View, error) {
	v, err := f.basketView(tx, in.visitor)
	slices.Reverse(v.Rows)
	slices.SortStableFunc(v.Rows, func(a, b row) int {
		switch {
		case (a.Variant == in.Variant) == (b.Variant == in.Variant):
			return 0
		case a.Variant == in.Variant:
			return -1
		}
		return 1
	})
	return drawer(v), err
}

func (f *face) basketView(tx *db.Tx, of visitor) (basketView, error) {
	ctx := tx.Context()
	v := basketView{page: f.page(ctx, of, "basket", t(ctx, "basket.title")), Key: web.FormKey(ctx), Form: form{Wrong: map[string]string{}}}
	b, there, err := f.look(tx, of)
	if err != nil {
		return v, err
	}
	if count := len(b.Cart.Lines); count != v.Count {
		v.Count = count
		if there {
			f.remember(ctx, b.Cart)
		} else {
			f.setCookie(ctx, basketCookie, "", -1)
		}
	}
	v.Basket, v.Rows = b, rowsOf(b)
	if v.Own = "/basket"; len(v.Rows) > 0 {
		v.Description = t(ctx, "basket.description") // An empty one, as robots have it, is not for search engines.
	}
	return v, nil
}

// rowsOf puts each line together with its offer, its quote and its notices.
func rowsOf(b checkout.Basket) []row {
	rows, shown := make([]row, len(b.Cart.Lines)), b.Quote.Shown()
	for i, l := range b.Cart.Lines {
		rows[i] = row{Line: l, Offer: b.Offers[l.Variant]}
		for n := range shown {
			if shown[n].Line == string(l.ID) {
				rows[i].Quote, rows[i].Parts = &shown[n], b.Quote.PartsOf(string(l.ID))
			}
		}
		for _, n := range b.Notices {
			if n.Line == l.ID {
				rows[i].Notices = append(rows[i].Notices, n)
			}
		}
	}
	return rows
}

// stopped tells whether a line keeps the basket from being ordered.
func (v basketView) stopped() bool {
	for _, n := range v.Notices {
		if n.Stops() {
			return true
		}
	}
	return len(v.Quote.Lines) == 0
}

// notice says what changed.
func notice(ctx context.Context, n cart.Notice, u measure.Unit) string {
	switch n.Kind {
	case cart.NoticeOnlyLeft:
		return t(ctx, "notice.only_left", "left", amountOf(ctx, n.Left, u))
	case cart.NoticeDearer, cart.NoticeCheaper:
		return t(ctx, "notice."+string(n.Kind), "seen", amount(ctx, n.Seen), "price", amount(ctx, n.Price))
	}
	return t(ctx, "notice."+string(n.Kind))
}

type picked struct {
	web.Typed
	visitor
	Product  catalog.ProductID `json:"product,omitempty" maxLength:"60"`
	Variant  catalog.VariantID `json:"variant" maxLength:"60"`
	Quantity string            `json:"quantity" maxLength:"30"`
	Key      string            `json:"key" maxLength:"60"`
	Source   string            `json:"source,omitempty" maxLength:"40"`
	Beside   bool              `json:"beside,omitempty"` // Beside asks for the basket beside the page instead of the page.
}

// add puts something into the basket, and opens one when there is none. The same form sent again adds nothing more.
func (f *face) add(tx *db.Tx, in picked) (web.Then, error) {
	if !in.OK() {
		return f.addAgain(tx, in, nil)
	}
	if in.Values.Get("act") == "quote" {
		return f.askPrice(tx, in)
	}
	q, err := quantity(in.Quantity)
	if err != nil {
		return f.addAgain(tx, in, fault.With(web.ErrInvalid.Fields(fault.Found("/quantity", err)), "product", string(in.Product)))
	}
	then := web.See("/basket")
	if in.Product != "" {
		then = web.See(address("/p/"+string(in.Product), "added", q.String(), "variant", string(in.Variant)))
	}
	if in.Beside {
		then = web.See(address("/basket/beside", "variant", string(in.Variant)))
	}
	if answersIn(in.Values) != nil {
		return f.addMade(tx, in, q, then)
	}
	// The choice belongs to the key: who goes back and chooses something else means to add that too.
	if first, err := web.Once(tx, in.Key+" "+string(in.Variant)+" "+q.String()); err != nil || !first {
		return then, err
	}
	a := cart.Addition{Variant: in.Variant, Quantity: q, PriceSeen: f.seen(in), Source: in.Source}
	err = f.put(tx, in.visitor, a)
	if refused(err) {
		return f.addAgain(tx, in, err)
	}
	return then, err
}

// put adds to the basket of who asks; one that has ended is followed by a new one.
func (f *face) put(tx *db.Tx, of visitor, a cart.Addition) error {
	id, err := current(tx, of)
	if err != nil {
		return err
	}
	if id != "" {
		_, err = f.Desk.Put(tx, id, a)
	}
	if id == "" || errors.Is(err, cart.ErrUnknown) || errors.Is(err, cart.ErrClosed) {
		var c cart.Cart
		if c, err = cart.Open(tx, cart.Opening{Currency: f.Currency, Lang: web.Lang(tx.Context())}); err != nil {
			return err
		}
		id = c.ID
		_, err = f.Desk.Put(tx, id, a)
	}
	if err != nil {
		return err
	}
	c, err := cart.Get(tx, id)
	if err == nil {
		f.remember(tx.Context(), c)
	}
	return err
}

// seen is the price that stood on the page; none when it cannot be read.
func (f *face) seen(in picked) money.Money {
	m, err := money.Parse(in.Values.Get("seen."+string(in.Variant)), f.Currency)
	if err != nil || !m.IsPositive() {
		return money.Money{}
	}
	return m
}

// addAgain shows the product again with what is wrong.
func (f *face) addAgain(tx *db.Tx, in picked, no error) (web.Then, error) {
	if in.Product == "" {
		if f := fault.Of(no); f != nil {
			return web.See(address("/basket", "wrong", f.Code)), nil
		}
		return web.See("/basket"), nil
	}
	s, err := f.show(tx, in.Product, in.visitor)
	if err != nil {
		return web.Then{}, err
	}
	return f.showAgain(tx, in, s, no), nil
}

// showAgain shows a product with what was typed and what is wrong with it.
func (f *face) showAgain(tx *db.Tx, in picked, s shown, no error) web.Then {
	s.page = s.at(pageOf(tx.Context(), in.Product, s.Slug, s.Product.Name))
	s.Form = typed(tx.Context(), in.Typed, nil)
	if f := fault.Of(no); f != nil {
		s.Form.add(tx.Context(), onQuantity(no))
	}
	for _, v := range s.Variants {
		if v.ID == in.Variant && s.sells(v) {
			s.Chosen = v
		}
	}
	return web.Again(productPage(s))
}

// onQuantity puts a refusal of a quantity beside the field in which it was typed.
func onQuantity(no error) error {
	for _, about := range []*fault.Fault{cart.ErrQuantity, cart.ErrStep} {
		if errors.Is(no, about) {
			w := fault.Found("/quantity", no)
			return web.ErrInvalid.Fields(w)
		}
	}
	return no
}

type requantity struct {
	web.Typed
	visitor
	Line     cart.LineID `path:"line" maxLength:"60"`
	Quantity string      `json:"quantity" maxLength:"30"`
}

// change gives a line another quantity.
func (f *face) change(tx *db.Tx, in requantity) (web.Then, error) {
	id, err := current(tx, in.visitor)
	if err != nil {
		return web.Then{}, err
	}
	q, err := quantity(in.Quantity)
	if err != nil {
		err = web.ErrInvalid.Fields(fault.Found("/quantity", err))
	} else {
		_, err = cart.Change(tx, id, in.Line, q)
	}
	switch {
	case errors.Is(err, cart.ErrNoLine), errors.Is(err, cart.ErrUnknown), errors.Is(err, cart.ErrClosed):
		return web.See("/basket"), nil // It is gone: the page shows what is there now.
	case refused(err):
		v, bad := f.basketView(tx, in.visitor)
		if bad != nil {
			return web.Then{}, bad
		}
		v.page = v.at("/basket")
		v.Form, v.At = typed(tx.Context(), in.Typed, onQuantity(err)), string(in.Line)
		return web.Again(basketPage(v)), nil
	}
	return web.See("/basket"), err
}

type dropped struct {
	visitor
	Line cart.LineID `path:"line" maxLength:"60"`
}

// remove takes a line out and offers to put it back. Twice is the same as once.
func (f *face) remove(tx *db.Tx, in dropped) (web.Then, error) {
	id, err := current(tx, in.visitor)
	if err != nil || id == "" {
		return web.See("/basket"), err
	}
	c, err := cart.Get(tx, id)
	if unknown(err) {
		return web.See("/basket"), nil
	}
	if err != nil {
		return web.Then{}, err
	}
	for i, l := range c.Lines {
		if l.ID != in.Line || c.State != cart.StateOpen {
			continue
		}
		if err := cart.Remove(tx, id, l.ID); err != nil {
			return web.Then{}, err
		}
		c.Lines = append(c.Lines[:i:i], c.Lines[i+1:]...)
		f.remember(tx.Context(), c)
		if l.Answers != nil {
			return web.See("/basket"), nil // It is not put back without being asked anew.
		}
		seen := ""
		if l.PriceSeen.IsPositive() {
			seen = l.PriceSeen.Decimal()
		}
		return web.See(address("/basket", "removed", string(l.Variant), "quantity", l.Quantity.String(), "seen", seen)), nil
	}
	return web.See("/basket"), nil
}

// lineName is what a line is called; a product that is gone has no name any more.
func lineName(ctx context.Context, r row) string {
	if name := in(ctx, r.Offer.Name); name != "" {
		return name
	}
	return t(ctx, "basket.gone")
}
