package shop

import (
	"context"
	"strings"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/gift"
	"sauda/core/order"
	"sauda/core/pricing"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f *face) mountGifts(site *web.Site) {
	web.Page(site, "GET /gifts", f.gifts, web.Public())
	web.FormAct(site, "POST /gifts", f.lookUpGift, web.Public())
	web.Page(site, "GET /gift/{id}", f.giftForm, web.Public())
	web.Form(site, "POST /gift/{id}", f.chooseGift, web.Public())
	web.FormAct(site, "POST /basket/gift", f.layGift, web.Public())
	web.Form(site, "POST /basket/gift/remove", f.liftGift, web.Public())
}

type giftsAsk struct{ visitor }

// giftsView is where somebody looks up what is left of a certificate, and sees those that he has bought.
type giftsView struct {
	page
	Found  gift.Certificate // Found has no id until a code was looked up.
	Bought []gift.Certificate
	Today  span.Day
	Form   form
}

func (f *face) giftsView(tx *db.Tx, of visitor) (v giftsView, err error) {
	ctx := tx.Context()
	v = giftsView{page: f.page(ctx, of, "goods", t(ctx, "gift.title")), Today: gift.Today(tx), Form: form{Values: map[string]string{}, Wrong: map[string]string{}}}
	v.Bought, err = gift.Bought(tx, tx.Who().Party)
	return v, err
}

// gifts shows the page.
func (f *face) gifts(tx *db.Tx, in giftsAsk) (web.View, error) {
	v, err := f.giftsView(tx, in.visitor)
	return giftsPage(v), err
}

type giftCode struct {
	web.Typed
	visitor
	Code     string `json:"code" maxLength:"60"`
	Checkout bool   `json:"checkout,omitempty"` // Checkout leads back there.
}

// guessed is for what the tries of codes are counted.
const guessed = "gift"

// lookUpGift shows what is left of a certificate, or why it is not shown.
func (f *face) lookUpGift(ctx context.Context, in giftCode) (web.Then, error) {
	var found gift.Certificate
	no := web.Guess(ctx, guessed, func(tx *db.Tx) (err error) {
		found, err = gift.Find(tx, in.Code)
		return err
	})
	if no != nil && !refused(no) && !unknown(no) {
		return web.Then{}, no
	}
	var v giftsView
	err := web.Do(ctx, func(tx *db.Tx) (err error) {
		v, err = f.giftsView(tx, in.visitor)
		return err
	})
	v.page, v.Found = v.at("/gifts"), found
	if no != nil {
		v.Form = typed(ctx, in.Typed, web.ErrInvalid.Fields(fault.Found("/code", no)))
	}
	return web.Again(giftsPage(v)), err
}

type giftAsk struct {
	visitor
	ID catalog.ProductID `path:"id" maxLength:"60"`
}

type giftTyped struct {
	web.Typed
	giftAsk
}

// worth is one amount to choose from.
type worth struct {
	Variant catalog.VariantID
	Price   money.Money
}

// giftView is the form by which a certificate is chosen.
type giftView struct {
	page
	Product catalog.Product
	Worths  []worth
	Today   span.Day
	Form    form
}

// giftView gives the form, in at most three statements. What is no certificate on sale is as unknown as none.
func (f *face) giftView(tx *db.Tx, in giftAsk) (giftView, error) {
	p, err := catalog.Get(tx, in.ID)
	if err == nil && (p.State != catalog.StateOnSale || !gift.Is(p.Kind)) {
		err = catalog.ErrUnknown.About("%s is no certificate on sale", p.ID)
	}
	if err != nil {
		return giftView{}, err
	}
	ctx := tx.Context()
	v := giftView{page: f.page(ctx, in.visitor, "goods", p.Name.In(web.Lang(ctx))), Product: p, Today: gift.Today(tx)}
	v.Form = form{Values: map[string]string{}, Wrong: map[string]string{}}
	ids := make([]catalog.VariantID, len(p.Variants))
	for i, x := range p.Variants {
		ids[i] = x.ID
	}
	prices, err := pricing.For(tx, ids, "", f.Currency, v.Today)
	for _, id := range ids {
		if step, ok := prices.Unit(id, p.Seller, measure.One); ok {
			v.Worths = append(v.Worths, worth{id, step.Amount})
		}
	}
	return v, err
}

// giftForm shows the form.
func (f *face) giftForm(tx *db.Tx, in giftAsk) (web.View, error) {
	v, err := f.giftView(tx, in)
	if err != nil {
		return nil, err
	}
	v.Own = "/gift/" + string(v.Product.ID)
	return giftPage(v), nil
}

// chooseGift puts a certificate into the basket as it was wished.
func (f *face) chooseGift(tx *db.Tx, in giftTyped) (web.Then, error) {
	v, err := f.giftView(tx, in.giftAsk)
	if err != nil {
		return web.Then{}, err
	}
	var day span.Day // None goes as soon as it is paid.
	if typed := strings.TrimSpace(in.Values.Get("day")); typed != "" {
		if day, err = span.Parse(typed); err != nil {
			day = span.MustDay("0001-01-01") // What is no day is refused as one that has passed.
		}
	}
	c, err := gift.Choose(tx, gift.Wish{
		Variant: catalog.VariantID(in.Values.Get("variant")), Currency: f.Currency, Day: day, Lang: web.Lang(tx.Context()),
		To: gift.Present{Name: in.Values.Get("to/name"), Email: in.Values.Get("to/email"), From: in.Values.Get("to/from"), Words: in.Values.Get("to/words")},
	})
	if refused(err) {
		v.page, v.Form = v.at("/gift/"+string(v.Product.ID)), typed(tx.Context(), in.Typed, err)
		return web.Again(giftPage(v)), nil
	}
	if err != nil {
		return web.Then{}, err
	}
	return web.See("/basket"), f.put(tx, in.visitor, cart.Addition{
		Variant: c.Variant, Quantity: measure.One, PriceSeen: c.Face, Source: "gift", Answers: map[string]string{catalog.ChosenCode: string(c.ID)},
	})
}

// layGift has a certificate pay for the basket; one that cannot is talked about beside its field.
func (f *face) layGift(ctx context.Context, in giftCode) (then web.Then, err error) {
	there := false
	no := web.Guess(ctx, guessed, func(tx *db.Tx) error {
		id, err := current(tx, in.visitor)
		if there = id != ""; err != nil || !there {
			return err
		}
		_, err = f.Desk.Lay(tx, id, in.Code)
		return err
	})
	back := couponForm{Typed: in.Typed, visitor: in.visitor, Checkout: in.Checkout}
	switch {
	case no == nil || !there:
		return web.See(back.back()), nil
	case !refused(no) && !unknown(no):
		return web.Then{}, no
	}
	err = web.Do(ctx, func(tx *db.Tx) (err error) {
		then, err = f.refusedAt(tx, back, "gift", no)
		return err
	})
	return then, err
}

// liftGift has no certificate pay. Twice is the same as once.
func (f *face) liftGift(tx *db.Tx, in giftCode) (web.Then, error) {
	back := couponForm{Checkout: in.Checkout}.back()
	id, err := current(tx, in.visitor)
	if err != nil || id == "" {
		return web.See("/basket"), err
	}
	if err = cart.LayGift(tx, id, ""); unknown(err) {
		err = nil
	}
	return web.See(back), err
}

// used is what a certificate has paid of an order; Paid has no currency where none has.
type used struct {
	Masked string
	Paid   money.Money
	Back   money.Money
}

// usedFor says what a certificate has paid of an order.
func usedFor(tx *db.Tx, o order.Order) (used, error) {
	u, ok, err := gift.UseOf(tx, string(o.ID))
	if err != nil || !ok {
		return used{}, err
	}
	c, err := gift.Get(tx, u.Gift)
	return used{c.Masked(), money.Of(u.Paid, o.Quote.Currency), money.Of(u.Back, o.Quote.Currency)}, err
}
