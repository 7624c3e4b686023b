package shop

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/core/cart"
	"sauda/core/hold"
	"sauda/core/identity"
	"sauda/core/payment"
	"sauda/core/pricing"
	"sauda/core/shipping"
	"sauda/flow/checkout"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/saga"
	"sauda/gear/web"
)

func (f *face) mountCheckout(site *web.Site) {
	web.Page(site, "GET /checkout", f.checkout, web.Public())
	web.Form(site, "POST /checkout/address", f.setAddress, web.Public())
	web.Form(site, "POST /checkout/delivery", f.setDelivery, web.Public())
	web.FormAct(site, "POST /checkout", f.order, web.Public())
	web.PageAct(site, "GET /checkout/return", f.comeBack, web.Public())
}

// The steps of the checkout. One is open at a time; those before it are shown in short and can be opened again.
const (
	stepAddress  = "address"
	stepDelivery = "delivery"
	stepPayment  = "payment"
)

type checkoutAsk struct {
	visitor
	Step   string       `query:"step" maxLength:"20"`
	Wrong  string       `query:"wrong" maxLength:"100"`
	Method payment.Code `query:"method" maxLength:"40"`
}

// desk is the page of the checkout.
type desk struct {
	page
	checkout.Basket
	Step   string // Step is the open one.
	Form   form
	Method payment.Code
	Cash   bool // Cash says that the chosen delivery takes cash.
	Card   bool // Card says that there is a page that takes cards.
}

// checkout shows the one next step to an order.
func (f *face) checkout(tx *db.Tx, in checkoutAsk) (web.View, error) {
	d, there, err := f.deskOf(tx, in.visitor)
	if err != nil {
		return nil, err
	}
	if !there {
		v, err := f.basketView(tx, in.visitor)
		if err != nil {
			return nil, err
		}
		v.page = v.at("/basket")
		return basketPage(v), nil
	}
	d.Step = d.open(in.Step)
	if d.Step == stepAddress {
		if err := d.prefill(tx); err != nil {
			return nil, err
		}
	}
	d.Method = in.Method
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
	d.Form = form{Values: map[string]string{}, Wrong: map[string]string{}}
	if o, ok := d.chosen(); ok {
		d.Cash = o.CashOnDelivery
	}
	return d, !(basketView{Basket: b}).stopped(), nil
}

// open gives the step to show: the one that is asked for, if those before it are done, or else the first that is not.
func (d desk) open(asked string) string {
	switch {
	case asked == stepAddress, d.misses("/address"), d.misses("/email"):
		return stepAddress
	case asked == stepDelivery, d.misses("/delivery"), d.misses("/delivery/point"):
		return stepDelivery
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

// point is the pickup point that the buyer chose.
func (d desk) point() (shipping.Point, bool) {
	o, _ := d.chosen()
	c, _ := d.Cart.Choice(o.Seller)
	for _, p := range o.Points {
		if string(p.ID) == c.Point {
			return p, true
		}
	}
	return shipping.Point{}, false
}

// prefill puts what is known into the form of the address: from the basket, and of a buyer who is signed in.
func (d *desk) prefill(tx *db.Tx) error {
	c, v := d.Cart, d.Form.Values
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
		v["country"], v["region"] = string(place.KZ), string(place.Almaty)
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

// complaints are the faults that the page of the checkout says when the address asks for one: nobody can make it say
// others.
var complaints = []*fault.Fault{
	checkout.ErrEmpty, checkout.ErrMissing, checkout.ErrChanged, checkout.ErrSellers, checkout.ErrNoCash, checkout.ErrCurrency,
	hold.ErrSoldOut, hold.ErrLapsed, payment.ErrMethod, payment.ErrDeclined, payment.ErrNoFunds, payment.ErrCancelled,
	payment.ErrToken, payment.ErrNoAnswer, payment.ErrRefused, pricing.ErrNotForSale, pricing.ErrNoPrice,
}

func complaint(ctx context.Context, code string) string {
	for _, known := range complaints {
		if known.Code == code {
			return i18n.Fault(web.Lang(ctx), known)
		}
	}
	return ""
}

type addressed struct {
	web.Typed
	visitor
	Name     string        `json:"name" maxLength:"150"`
	Email    string        `json:"email" maxLength:"254"`
	Phone    string        `json:"phone" maxLength:"30"`
	Country  place.Country `json:"country" maxLength:"2"`
	Region   place.Region  `json:"region,omitempty" maxLength:"9"`
	City     string        `json:"city,omitempty" maxLength:"100"`
	Postcode string        `json:"postcode,omitempty" maxLength:"16"`
	Street   string        `json:"street,omitempty" maxLength:"200"`
	House    string        `json:"house,omitempty" maxLength:"20"`
	Flat     string        `json:"flat,omitempty" maxLength:"20"`
	Comment  string        `json:"comment,omitempty" maxLength:"500"`
	Learn    bool          `json:"learn,omitempty"`
	Remind   bool          `json:"remind,omitempty"`
}

// setAddress notes where the goods shall go and how to reach the buyer.
func (f *face) setAddress(tx *db.Tx, in addressed) (web.Then, error) {
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
	return web.Again(checkoutPage(d)), nil
}

// note writes address, contact, consent and language into the basket. What is wrong in either is said together.
func (f *face) note(tx *db.Tx, id cart.ID, in addressed) error {
	a := place.Address{
		Country: in.Country, Region: in.Region, City: in.City, Postcode: in.Postcode, Street: in.Street, House: in.House,
		Flat: in.Flat, Name: in.Name, Comment: in.Comment,
	}
	if a.Country != place.KZ {
		a.Region = "" // The list of regions is for Kazakhstan; elsewhere it was left as it stood.
	}
	err := cart.SetAddress(tx, id, a)
	if err != nil && !refused(err) {
		return err
	}
	also := cart.SetContact(tx, id, cart.Contact{Email: in.Email, Phone: in.Phone})
	if also != nil && !refused(also) {
		return also
	}
	fields := append(fault.FieldsOf(err), fault.FieldsOf(also)...)
	if len(fault.FieldsOf(also)) > 0 && in.Email != "" { // The mail was judged first: what is wrong with the phone is said too.
		fields = append(fields, fault.FieldsOf(cart.SetContact(tx, id, cart.Contact{Phone: in.Phone}))...)
	}
	if len(fields) > 0 {
		return web.ErrInvalid.Fields(fields...)
	}
	if err := cmp.Or(err, also); err != nil {
		return err
	}
	if err := cart.Allow(tx, id, cart.Consent{Learn: in.Learn, Remind: in.Remind}); err != nil {
		return err
	}
	return cart.Speak(tx, id, web.Lang(tx.Context()))
}

type deliverySaid struct {
	web.Typed
	visitor
	Delivery string `json:"delivery" maxLength:"200"`
}

// setDelivery notes how the goods shall come: seller, method and point, as the page named them.
func (f *face) setDelivery(tx *db.Tx, in deliverySaid) (web.Then, error) {
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

type ordering struct {
	visitor
	Cart   cart.ID      `json:"cart" maxLength:"60"`
	Total  int64        `json:"total" minimum:"0"`
	Method payment.Code `json:"method,omitempty" maxLength:"40"`
}

// order orders the basket for the total that stood on the button. For a card it leads to the gateway's page first, which
// leads back with a token. A basket that was ordered already leads to its order.
func (f *face) order(ctx context.Context, in ordering) (web.Then, error) {
	total := money.Of(in.Total, f.Currency)
	switch {
	case in.Method == "":
		return web.See(address("/checkout", "wrong", payment.ErrMethod.Code)), nil
	case in.Method == payment.Card && f.PayURL != "":
		f.setCookie(ctx, buyingCookie, string(in.Cart)+"."+strconv.FormatInt(in.Total, 10), buyingAge)
		if f.payElsewhere() {
			return web.See("/checkout/return"), nil // A form may not lead to another site, but a page may have a link there.
		}
		return web.See(f.cardPage(ctx, total)), nil
	}
	a, err := f.Desk.Order(ctx, web.WhoFrom(ctx), checkout.Purchase{
		Cart: in.Cart, Method: in.Method, Total: total, ReturnURL: f.returnURL(ctx),
	})
	if err != nil {
		return refusedOrder(err, in.Method)
	}
	return web.See(f.arrive(ctx, a)), nil
}

// refusedOrder leads back to the checkout with what was wrong.
func refusedOrder(err error, method payment.Code) (web.Then, error) {
	back, err := backTo(err, method)
	return web.See(back), err
}

// backTo is the address where the buyer can mend what was refused. What is nobody's to mend stays an error.
func backTo(err error, method payment.Code) (string, error) {
	no := fault.Of(err)
	switch {
	case unknown(err), errors.Is(err, cart.ErrClosed):
		return "/basket", nil
	case slices.Contains(complaints, no):
		return address("/checkout", "wrong", no.Code, "method", string(method)), nil
	}
	return "", err
}

// arrive is where an answer leads: to the order, or to the page that waits for the bank.
func (f *face) arrive(ctx context.Context, a checkout.Answer) string {
	if a.Order == "" {
		return "/checkout/return"
	}
	f.setCookie(ctx, buyingCookie, "", -1)
	f.setCookie(ctx, basketCookie, "", -1)
	return "/orders/" + string(a.Order) + "?placed=1"
}

// returnURL is where the gateway sends the buyer back to: a path when the gateway is in this house.
func (f *face) returnURL(ctx context.Context) string {
	path := web.Link(ctx, "/checkout/return")
	if !f.payElsewhere() {
		return path
	}
	return strings.TrimSuffix(f.PublicURL, "/") + path
}

// payElsewhere tells whether the gateway's page is on another site.
func (f *face) payElsewhere() bool { return f.PayURL != "" && !strings.HasPrefix(f.PayURL, "/") }

// cardPage is the address of the gateway's page that turns a card into a token.
func (f *face) cardPage(ctx context.Context, total money.Money) string {
	q := url.Values{
		"amount": {total.Decimal()}, "currency": {string(total.Currency)}, "lang": {web.Lang(ctx)},
		"return_url": {f.returnURL(ctx)}, "description": {t(ctx, "pay.description")},
	}
	return f.PayURL + "?" + q.Encode()
}

type comingBack struct {
	visitor
	Token string `query:"token" maxLength:"200"`
}

// waitingPage is what the buyer has to do, or waits for.
type waitingPage struct {
	page
	CardPage string // CardPage is the gateway's page that takes the card; empty while there is nothing to do but wait.
	Total    money.Money
}

// waitSeconds is how soon a page that waits for the bank looks again.
const waitSeconds = 3

// comeBack goes on with a purchase: to the page that takes the card, with its token to the bank, with the bank's answer to
// the order. The purchase stands in a cookie, so that an address that somebody sends can buy nothing.
func (f *face) comeBack(ctx context.Context, in comingBack) (web.View, error) {
	id, total, ok := f.buying(in.visitor)
	if !ok {
		return web.Elsewhere("/checkout"), nil
	}
	a, err := f.goOn(ctx, id, total, in.Token)
	if err != nil {
		back, err := backTo(err, payment.Card)
		return web.Elsewhere(back), err
	}
	p := waitingPage{page: f.page(ctx, in.visitor, "basket", t(ctx, "pay.title")).at("/checkout/return"), Total: total}
	switch {
	case a.Order != "":
		return web.Elsewhere(f.arrive(ctx, a)), nil
	case a.Outcome == saga.Waiting && a.Next.URL != "":
		return web.Elsewhere(a.Next.URL), nil
	case a.Outcome == saga.Waiting || a.Outcome == saga.Running:
		p.Refresh = waitSeconds
	case f.payElsewhere():
		p.CardPage = f.cardPage(ctx, total)
	default:
		return web.Elsewhere("/checkout"), nil
	}
	return waitPage(p), nil
}

// goOn tells the purchase with a fresh token, or asks how far it has come.
func (f *face) goOn(ctx context.Context, id cart.ID, total money.Money, token string) (checkout.Answer, error) {
	if token == "" {
		return f.Desk.Continue(ctx, web.WhoFrom(ctx), id)
	}
	return f.Desk.Order(ctx, web.WhoFrom(ctx), checkout.Purchase{
		Cart: id, Method: payment.Card, Token: token, Total: total, ReturnURL: f.returnURL(ctx),
	})
}

// buying reads the cookie of the purchase.
func (f *face) buying(v visitor) (cart.ID, money.Money, bool) {
	id, minor, _ := strings.Cut(v.cookie(buyingCookie), ".")
	n, err := strconv.ParseInt(minor, 10, 64)
	return cart.ID(id), money.Of(n, f.Currency), err == nil && n >= 0 && id != ""
}

// offered are the ways to pay for the chosen delivery, and whether each can be taken now.
func (d desk) offered(m payment.Method) bool {
	switch m.Code {
	case payment.Cash:
		return d.Cash
	case payment.Card:
		return d.Card
	}
	return m.Gateway == ""
}

// marked is the way to pay that stands chosen: that of the last try, or the first that can be taken.
func (d desk) marked() payment.Code {
	first := payment.Code("")
	for _, m := range d.Methods {
		if d.offered(m) && m.Code == d.Method {
			return m.Code
		}
		if first == "" && d.offered(m) {
			first = m.Code
		}
	}
	return first
}

// several tells whether the basket holds goods of more than one seller, which are ordered each by themselves.
func (d desk) several() bool { return len(d.Cart.Sellers()) > 1 }

// payHint says how a way to pay goes.
func payHint(ctx context.Context, code payment.Code) string {
	if id := "pay." + string(code); hasText(ctx, id) {
		return t(ctx, id)
	}
	return ""
}
