package shop

import (
	"cmp"
	"errors"
	"slices"

	"sauda/base/fault"
	"sauda/base/place"
	"sauda/core/cart"
	"sauda/core/identity"
	"sauda/core/payment"
	"sauda/core/shipping"
	"sauda/flow/checkout"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f *face) mountCheckout(site *web.Site) {
	web.Page(site, "GET /checkout", f.checkout, web.Public())
	web.Form(site, "POST /checkout/address", f.setAddress, web.Public())
	web.Form(site, "POST /checkout/kept", f.chooseKept, web.Public())
	web.Form(site, "POST /checkout/contact", f.setContact, web.Public())
	web.Form(site, "POST /checkout/delivery", f.setDelivery, web.Public())
	f.mountPay(site)
}

// The steps of the checkout. One is open at a time; those before it are shown in short and can be opened again.
const (
	stepAddress  = "address"
	stepDelivery = "delivery"
	stepPayment  = "payment"
)

type checkoutAsk struct {
	visitor
	Step   string `query:"step" maxLength:"20"`
	Wrong  string `query:"wrong" maxLength:"100"`
	Method string `query:"method" maxLength:"100"`

	// The place of an address that is still being written, by which the deliveries are foreseen.
	Country place.Country `query:"country" maxLength:"2"`
	Region  place.Region  `query:"region" maxLength:"9"`
	City    string        `query:"city" maxLength:"100"`
}

// desk is the page of the checkout.
type desk struct {
	page
	checkout.Basket
	Step   string // Step is the open one.
	Form   form
	Cash   bool                   // Cash says that the chosen delivery takes cash.
	Card   bool                   // Card says that there is a page that takes cards.
	Cards  []payment.KeptCard     // Cards are those that a buyer keeps and may pay with here.
	Keeps  bool                   // Keeps says that a card which is entered may be kept.
	Ways   []way                  // Ways are all ways to pay, in the order of the page.
	Marked string                 // Marked is the way to pay that stands chosen; empty when none can be taken.
	Kept   []identity.KeptAddress // Kept are the addresses that a buyer may choose from.

	Foreseen []shipping.Option // Foreseen are the deliveries to the address that is still being written.
	Where    string            // Where is the place of that address.
	Module   string            // Module is what the page does more of where scripts run.
}

// checkout shows the one next step to an order. Once the address is known, that is the payment: the delivery stands chosen
// beside it and can be changed there.
func (f *face) checkout(tx *db.Tx, in checkoutAsk) (web.View, error) {
	if in.lapsed(tx.Context()) {
		return web.Onward(entranceTo("/checkout")), nil
	}
	d, there, err := f.deskOf(tx, in.visitor)
	if err != nil {
		return nil, err
	}
	if !there {
		v, err := f.basketView(tx, in.visitor)
		if err != nil {
			return nil, err
		}
		v.page, v.Form.Said = v.at("/basket"), complaint(tx.Context(), in.Wrong)
		return basketPage(v), nil
	}
	d.Step = d.open(in.Step)
	if d.Step == stepAddress {
		if err := d.prefill(tx, in.town()); err != nil {
			return nil, err
		}
		if in.Country != "" {
			v := d.Form.Values
			v["country"], v["region"], v["city"] = string(in.Country), string(in.Region), in.City
		}
		if err := f.foresee(tx, &d); err != nil {
			return nil, err
		}
		for _, w := range d.Missing {
			if w.Pointer == "/address/street" {
				d.Form.Wrong["street"] = i18n.Field(web.Lang(tx.Context()), w)
			}
		}
	}
	d.Marked = marked(d.Ways, in.Method)
	d.Form.Said = complaint(tx.Context(), in.Wrong)
	return checkoutPage(d), nil
}

// deskOf gives the checkout of who asks. There is none without a basket that can be ordered.
func (f *face) deskOf(tx *db.Tx, of visitor) (desk, bool, error) {
	b, there, err := f.look(tx, of)
	if err != nil || !there {
		return desk{}, false, err
	}
	ctx := tx.Context()
	d := desk{page: f.page(ctx, of, "basket", t(ctx, "checkout.title")).at("/checkout"), Basket: b, Card: f.PayURL != ""}
	d.Own, d.Description = "/checkout", t(ctx, "checkout.description")
	d.Form, d.Module = form{Values: map[string]string{}, Wrong: map[string]string{}}, f.assets.Path("checkout.js")
	if o, ok := d.chosen(); ok {
		d.Cash = o.CashOnDelivery
	}
	if d.Card && signedIn(ctx) && d.Cart.Party != "" {
		if d.Cards, err = b.KeptCards(tx); err != nil {
			return desk{}, false, err
		}
		if d.Keeps, err = f.Desk.Keeps(tx, &b); err != nil {
			return desk{}, false, err
		}
	}
	d.Ways = d.ways(ctx)
	d.Marked = marked(d.Ways, "")
	return d, !(basketView{Basket: b}).stopped(), nil
}

// foresee notes which deliveries there are to the place that stands in the form of the address.
func (f *face) foresee(tx *db.Tx, d *desk) (err error) {
	v := d.Form.Values
	to := placed{Country: place.Country(v["country"]), Region: place.Region(v["region"]), City: v["city"]}.address().Cleaned()
	if d.Fetched() || to.Country == "" {
		return nil
	}
	lang := web.Lang(tx.Context())
	d.Where = cmp.Or(to.City, to.Region.Name(lang), to.Country.Name(lang))
	if town, known := place.TownNamed(to.City); known {
		d.Where = town.Name(lang)
	}
	d.Foreseen, err = f.Desk.Foresee(tx, d.Basket, to)
	return err
}

// usual has a basket delivered as most are, until its buyer chooses otherwise. What he chose stays while it is offered.
func (f *face) usual(tx *db.Tx, of visitor) error {
	b, there, err := f.look(tx, of)
	if err != nil || !there {
		return err
	}
	choice, ok := b.Usual()
	if !ok {
		return nil
	}
	return cart.ChooseDelivery(tx, b.Cart.ID, choice)
}

// open gives the step to show: the one that is asked for, if those before it are done, or else the first that is not.
func (d desk) open(asked string) string {
	switch {
	case asked == stepAddress, d.misses("/address"), d.misses("/email"):
		return stepAddress
	case d.Fetched():
		return stepPayment
	case asked == stepDelivery, d.misses("/delivery"), d.misses("/delivery/point"):
		return stepDelivery
	case d.misses("/address/street"):
		return stepAddress
	}
	return stepPayment
}

func (d desk) misses(pointer string) bool {
	return slices.ContainsFunc(d.Missing, func(w fault.Field) bool { return w.Pointer == pointer })
}

// chosen is the delivery that the buyer chose, if it is offered.
func (d desk) chosen() (shipping.Option, bool) {
	for _, o := range d.Options {
		if c, ok := d.Cart.Choice(o.Seller); ok && c.Method == string(o.Method) {
			return o, true
		}
	}
	return shipping.Option{}, false
}

// prefill puts what is known into the form of the address: from the basket, and of a buyer who is signed in. Town is where
// the visitor said that he lives.
func (d *desk) prefill(tx *db.Tx, town place.Region) error {
	c, v := d.Cart, d.Form.Values
	if err := d.known(tx, &c); err != nil {
		return err
	}
	a := c.Address
	v["name"], v["email"], v["phone"] = a.Name, c.Email, c.Phone
	v["country"], v["region"], v["city"], v["postcode"] = string(a.Country), string(a.Region), a.City, a.Postcode
	v["street"], v["house"], v["flat"], v["comment"] = a.Street, a.House, a.Flat, a.Comment
	if c.Consent.Learn {
		v["learn"] = "1"
	}
	if c.Consent.Remind {
		v["remind"] = "1"
	}
	if a.Country == "" {
		v["country"], v["region"] = string(place.KZ), string(town)
	}
	who := tx.Who()
	if who.Party == "" || v["email"] != "" && v["name"] != "" {
		return nil
	}
	u, err := identity.Get(tx, identity.UserID(who.ID))
	if err != nil {
		return err
	}
	if v["email"] == "" {
		v["email"] = u.Email
	}
	if v["name"] == "" {
		v["name"] = u.Name
	}
	return nil
}

type addressed struct {
	web.Typed
	visitor
	placed
	Email  string `json:"email" maxLength:"254"`
	Learn  bool   `json:"learn,omitempty"`
	Remind bool   `json:"remind,omitempty"`
	Keep   bool   `json:"keep,omitempty"`
}

// setAddress notes where the goods shall go and how to reach the buyer.
func (f *face) setAddress(tx *db.Tx, in addressed) (web.Then, error) {
	if in.lapsed(tx.Context()) {
		e := f.entrance(tx.Context(), in.visitor, "sign_in", "/checkout")
		e.page, e.Kept = e.at("/sign-in"), kept(in.Values, "")
		return web.Again(signInPage(e)), nil
	}
	id, err := current(tx, in.visitor)
	if err != nil || id == "" {
		return web.See("/basket"), err
	}
	if in.OK() {
		err = f.note(tx, id, in)
	}
	switch {
	case errors.Is(err, cart.ErrUnknown), errors.Is(err, cart.ErrClosed):
		return web.See("/basket"), nil
	case err != nil && !refused(err):
		return web.Then{}, err
	case in.OK() && err == nil:
		return web.See("/checkout"), nil
	}
	d, there, bad := f.deskOf(tx, in.visitor)
	if bad != nil || !there {
		return web.See("/basket"), bad
	}
	d.Step, d.Form = stepAddress, typed(tx.Context(), in.Typed, err)
	if err := f.foresee(tx, &d); err != nil {
		return web.Then{}, err
	}
	return web.Again(checkoutPage(d)), nil
}

// note writes address, contact, consent and language into the basket. What is wrong in either is said together.
func (f *face) note(tx *db.Tx, id cart.ID, in addressed) error {
	a := in.placed.address()
	a.Phone = "" // That of the checkout is how to reach the buyer.
	if err := cart.SendTo(tx, id, a, cart.Contact{Email: in.Email, Phone: in.Phone}); err != nil {
		return err
	}
	if err := f.allow(tx, id, in, a); err != nil {
		return err
	}
	if err := cart.Speak(tx, id, web.Lang(tx.Context())); err != nil {
		return err
	}
	return f.usual(tx, in.visitor)
}

type deliverySaid struct {
	web.Typed
	visitor
	Delivery string `json:"delivery" maxLength:"200"`
}

// setDelivery notes how the goods shall come: seller, method and point, as the page named them.
func (f *face) setDelivery(tx *db.Tx, in deliverySaid) (web.Then, error) {
	if in.lapsed(tx.Context()) {
		return web.See(entranceTo("/checkout")), nil
	}
	d, there, err := f.deskOf(tx, in.visitor)
	if err != nil || !there {
		return web.See("/basket"), err
	}
	for _, o := range d.Options {
		for _, p := range append(o.Points, shipping.Point{}) {
			if choiceOf(o, p) != in.Delivery || p.ID == "" && len(o.Points) > 0 {
				continue
			}
			return web.See("/checkout"), cart.ChooseDelivery(tx, d.Cart.ID, cart.Choice{
				Seller: o.Seller, Method: string(o.Method), Point: string(p.ID),
			})
		}
	}
	d.Step, d.Form = stepDelivery, typed(tx.Context(), in.Typed, shipping.ErrNotOffered)
	return web.Again(checkoutPage(d)), nil
}

// choiceOf names a delivery, and a point where it has some, in a form.
func choiceOf(o shipping.Option, p shipping.Point) string {
	return string(o.Seller) + "|" + string(o.Method) + "|" + string(p.ID)
}

// isChosen tells whether this is what the buyer chose.
func (d desk) isChosen(o shipping.Option, p shipping.Point) bool {
	c, ok := d.Cart.Choice(o.Seller)
	return ok && c.Method == string(o.Method) && (c.Point == string(p.ID) || len(o.Points) == 0)
}

// several tells whether the basket holds goods of more than one seller, which are ordered each by themselves.
func (d desk) several() bool { return len(d.Cart.Sellers()) > 1 }
