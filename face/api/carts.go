package api

import (
	"context"
	"time"

	"sauda/base/fault"
	"sauda/base/ident/phone"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/gift"
	"sauda/core/hold"
	"sauda/core/payment"
	"sauda/core/pricing"
	"sauda/core/promotion"
	"sauda/core/seller"
	"sauda/core/shipping"
	"sauda/flow/checkout"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/saga"
	"sauda/gear/web"
)

func (f face) mountCarts(api *web.API) {
	web.Command(api, "POST /v1/carts", f.openCart, web.Public(), web.Status(201),
		web.Doc("Open a basket. Its id is the key to it: whoever knows the id of a guest's basket may use it.", "Baskets"))
	web.Query(api, "GET /v1/carts/{id}", f.showCart, web.Public(),
		web.Doc("Show a basket with its quote, what has changed, and what is missing before it can be ordered.", "Baskets"),
		web.Faults(cart.ErrUnknown, cart.ErrClosed))
	web.Command(api, "POST /v1/carts/{id}/lines", f.addLine, web.Public(), web.Status(201),
		web.Doc("Put something into a basket. The same variant goes into its line.", "Baskets"),
		web.Faults(cart.ErrUnknown, cart.ErrClosed, cart.ErrVariant, cart.ErrEnded, cart.ErrQuantity, cart.ErrStep, cart.ErrFull,
			catalog.ErrAnswers, cart.ErrAnswered))
	web.Command(api, "PATCH /v1/carts/{id}/lines/{line}", changeLine, web.Public(),
		web.Doc("Change the quantity of a line.", "Baskets"), web.Faults(cart.ErrUnknown, cart.ErrNoLine, cart.ErrQuantity))
	web.Command(api, "DELETE /v1/carts/{id}/lines/{line}", removeLine, web.Public(),
		web.Doc("Take a line out of a basket.", "Baskets"), web.Faults(cart.ErrUnknown, cart.ErrNoLine))
	web.Command(api, "PUT /v1/carts/{id}/address", setAddress, web.Public(),
		web.Doc("Say where the goods shall go and how to reach the buyer.", "Baskets"), web.Faults(cart.ErrUnknown, cart.ErrContact))
	web.Command(api, "PUT /v1/carts/{id}/contact", setContact, web.Public(),
		web.Doc("Say how to reach the buyer, for a basket of which nothing is delivered to an address.", "Baskets"), web.Faults(cart.ErrUnknown, cart.ErrContact))
	web.Query(api, "GET /v1/carts/{id}/delivery-options", f.deliveryOptions, web.Public(),
		web.Doc("List the deliveries to the basket's address, with prices and days.", "Baskets"), web.Faults(cart.ErrUnknown))
	web.Command(api, "PUT /v1/carts/{id}/delivery", chooseDelivery, web.Public(),
		web.Doc("Choose one of the delivery options.", "Baskets"), web.Faults(cart.ErrUnknown, cart.ErrChoice))
	web.Command(api, "PUT /v1/carts/{id}/consent", setConsent, web.Public(),
		web.Doc("Say what the shop may do with the history of this basket.", "Baskets"), web.Faults(cart.ErrUnknown))
	f.mountCoupons(api)
	f.mountGifts(api)
	web.Act(api, "POST /v1/carts/{id}/checkout", f.checkout, web.Public(),
		web.Doc("Order a basket. The answer is the order, or the one next thing that the buyer must do; then ask again.", "Baskets"),
		web.Faults(cart.ErrUnknown, checkout.ErrEmpty, checkout.ErrMissing, checkout.ErrChanged, checkout.ErrNoCash,
			checkout.ErrSellers, hold.ErrSoldOut, payment.ErrDeclined, payment.ErrNoFunds, payment.ErrToken, payment.ErrMethod,
			payment.ErrNoCard, payment.ErrCardGone, promotion.ErrUsedUp, promotion.ErrUsed, gift.ErrHeld, gift.ErrEnded, gift.ErrSpent, gift.ErrNotFor))
}

type openCart struct {
	Currency money.Currency `json:"currency,omitempty" maxLength:"3" doc:"The currency of the basket; the shop's own when absent."`
	Lang     string         `json:"lang,omitempty" maxLength:"35" doc:"The language in which the buyer reads."`
	Consent  cart.Consent   `json:"consent,omitzero"`
}

// openedCart is a fresh basket.
type openedCart struct {
	ID       cart.ID        `json:"id"`
	Currency money.Currency `json:"currency"`
	Lang     string         `json:"lang"`
}

// Location says where the basket can be seen.
func (c openedCart) Location() string { return "/v1/carts/" + string(c.ID) }

// openCart opens a basket, for the party that is signed in or for a guest.
func (f face) openCart(tx *db.Tx, in openCart) (openedCart, error) {
	if in.Lang == "" {
		in.Lang = web.Lang(tx.Context())
	}
	c, err := cart.Open(tx, cart.Opening{Currency: f.currency(in.Currency), Lang: in.Lang, Consent: in.Consent})
	return openedCart{ID: c.ID, Currency: c.Currency, Lang: c.Lang}, err
}

type cartAsk struct {
	ID cart.ID `path:"id" maxLength:"60" doc:"The basket."`
}

type addition struct {
	ID        cart.ID           `path:"id" maxLength:"60" doc:"The basket."`
	Variant   catalog.VariantID `json:"variant_id" maxLength:"60" doc:"What to put into it: a variant of a product."`
	Quantity  *measure.Quantity `json:"quantity,omitempty" doc:"How much, in the variant's unit; one when absent."`
	PriceSeen money.Money       `json:"price_seen,omitzero" doc:"The price of one unit that the buyer saw, to be told when it changes."`
	Source    string            `json:"source,omitempty" maxLength:"200" doc:"Where the buyer found it: a page, a search, a campaign."`
	Answers   map[string]string `json:"answers,omitempty" doc:"The answers to the questions of a thing that is made to order, by their codes. With other answers it is another line."`
}

// lineView is a line of a basket.
type lineView struct {
	ID        cart.LineID       `json:"id"`
	Variant   catalog.VariantID `json:"variant_id"`
	Product   catalog.ProductID `json:"product_id"`
	Seller    seller.ID         `json:"seller"`
	Quantity  measure.Quantity  `json:"quantity"`
	PriceSeen *money.Money      `json:"price_seen,omitempty"`
	Answers   map[string]string `json:"answers,omitempty"`
	Added     time.Time         `json:"added"`
}

// addLine puts something into a basket.
func (f face) addLine(tx *db.Tx, in addition) (lineView, error) {
	a := cart.Addition{Variant: in.Variant, Quantity: measure.One, PriceSeen: in.PriceSeen, Source: in.Source, Answers: in.Answers}
	if in.Quantity != nil {
		a.Quantity = *in.Quantity
	}
	if a.Source == "" {
		a.Source = "api"
	}
	l, err := f.Desk.Put(tx, in.ID, a)
	return viewLine(l), err
}

type lineChange struct {
	ID       cart.ID          `path:"id" maxLength:"60" doc:"The basket."`
	Line     cart.LineID      `path:"line" maxLength:"60" doc:"The line."`
	Quantity measure.Quantity `json:"quantity" doc:"The new quantity."`
}

// changeLine changes the quantity of a line.
func changeLine(tx *db.Tx, in lineChange) (lineView, error) {
	l, err := cart.Change(tx, in.ID, in.Line, in.Quantity)
	return viewLine(l), err
}

type lineAsk struct {
	ID   cart.ID     `path:"id" maxLength:"60" doc:"The basket."`
	Line cart.LineID `path:"line" maxLength:"60" doc:"The line."`
}

// removeLine takes a line out of a basket.
func removeLine(tx *db.Tx, in lineAsk) (web.None, error) {
	return web.None{}, cart.Remove(tx, in.ID, in.Line)
}

type addressing struct {
	ID cart.ID `path:"id" maxLength:"60" doc:"The basket."`
	place.Address
	Email string `json:"email,omitempty" maxLength:"254" doc:"Where the letters about the order go."`
}

// setAddress says where the goods shall go. A mail address and a phone number in it are kept as the contact; a mail
// address that was given before stays when none is in it.
func setAddress(tx *db.Tx, in addressing) (web.None, error) {
	if number, err := phone.Parse(in.Phone, string(in.Country)); err == nil {
		in.Phone = number // What is no number SetContact refuses, with its field.
	}
	if in.Email == "" && in.Phone == "" {
		return web.None{}, cart.SetAddress(tx, in.ID, in.WithTown())
	}
	return web.None{}, cart.SendTo(tx, in.ID, in.WithTown(), cart.Contact{Email: in.Email, Phone: in.Phone})
}

type contacting struct {
	ID    cart.ID `path:"id" maxLength:"60" doc:"The basket."`
	Email string  `json:"email,omitempty" maxLength:"254" doc:"Where the letters about the order go."`
	Phone string  `json:"phone,omitempty" maxLength:"30" doc:"In the international form."`
}

// setContact says how to reach the buyer.
func setContact(tx *db.Tx, in contacting) (web.None, error) {
	return web.None{}, cart.SetContact(tx, in.ID, cart.Contact{Email: in.Email, Phone: in.Phone})
}

type deliveryChoice struct {
	ID     cart.ID   `path:"id" maxLength:"60" doc:"The basket."`
	Method string    `json:"method" maxLength:"60" doc:"A method of the delivery options."`
	Point  string    `json:"point,omitempty" maxLength:"60" doc:"The pickup point, where the method has some."`
	Seller seller.ID `json:"seller,omitempty" maxLength:"60" doc:"Whose goods; the own shop's when absent."`
}

// chooseDelivery says how the goods of one seller shall come.
func chooseDelivery(tx *db.Tx, in deliveryChoice) (web.None, error) {
	if in.Seller == "" {
		in.Seller = seller.Own
	}
	return web.None{}, cart.ChooseDelivery(tx, in.ID, cart.Choice{Seller: in.Seller, Method: in.Method, Point: in.Point})
}

type consent struct {
	ID cart.ID `path:"id" maxLength:"60" doc:"The basket."`
	cart.Consent
}

// setConsent says what the buyer allows.
func setConsent(tx *db.Tx, in consent) (web.None, error) {
	return web.None{}, cart.Allow(tx, in.ID, in.Consent)
}

// cartView is a basket as a buyer sees it.
type cartView struct {
	ID       cart.ID            `json:"id"`
	Version  int64              `json:"version"`
	Currency money.Currency     `json:"currency"`
	Lang     string             `json:"lang"`
	Lines    []lineView         `json:"lines" nullable:"false"`
	Address  *place.Address     `json:"address,omitempty"`
	Email    string             `json:"email,omitempty"`
	Phone    string             `json:"phone,omitempty"`
	Delivery []cart.Choice      `json:"delivery,omitempty"`
	Notices  []cart.Notice      `json:"notices,omitempty" doc:"What has changed since the buyer chose."`
	Coupons  []couponView       `json:"coupons,omitempty" doc:"The codes that were entered, and what each saves."`
	Hints    []promotion.Hint   `json:"hints,omitempty" doc:"Promotions that count as soon as a little more is bought."`
	Quote    quoteView          `json:"quote"`
	Gift     *laidView          `json:"gift,omitempty" doc:"The gift certificate that was entered, and what it pays."`
	ToPay    *money.Money       `json:"to_pay,omitempty" doc:"What is left to pay of what is due beside the certificate; absent where none is entered."`
	Methods  []methodView       `json:"payment_methods,omitempty"`
	Missing  []web.ProblemField `json:"missing,omitempty" doc:"What has to be said before it can be ordered."`
}

// Revision makes the version the tag of the basket.
func (c cartView) Revision() int64 { return c.Version }

// methodView is a way to pay.
type methodView struct {
	Code payment.Code   `json:"code"`
	Name text.Localized `json:"name"`
}

// quoteView is every number of a purchase with its reasons.
type quoteView struct {
	Lines    []quoteLineView     `json:"lines" nullable:"false"`
	Bundles  []quoteBundleView   `json:"bundles,omitempty" doc:"Bundles that are bought; the lines that name one are its parts and share its price."`
	Delivery []quoteDeliveryView `json:"delivery,omitempty"`
	Taxes    []taxView           `json:"taxes,omitempty"`
	Goods    money.Money         `json:"goods"`
	Shipping money.Money         `json:"delivery_total"`
	Discount money.Money         `json:"discount"`
	Tax      money.Money         `json:"tax_total" doc:"The tax that is part of the total."`
	Total    money.Money         `json:"total"`
	Due      money.Money         `json:"due" doc:"What is to be paid; zero is ordered by the method nothing."`
}

type quoteLineView struct {
	Line      string            `json:"line"`
	Bundle    string            `json:"bundle,omitempty" doc:"The line of the bundle of which it is a part."`
	Variant   catalog.VariantID `json:"variant_id"`
	SKU       string            `json:"sku"`
	Name      text.Localized    `json:"name"`
	Label     text.Localized    `json:"label,omitempty"`
	Unit      measure.Unit      `json:"unit"`
	Quantity  measure.Quantity  `json:"quantity"`
	Answers   []answerView      `json:"answers,omitempty" doc:"By what it is made, when it is made to order."`
	UnitPrice money.Money       `json:"unit_price"`
	Discount  money.Money       `json:"discount"`
	Tax       money.Money       `json:"tax"`
	Total     money.Money       `json:"total"`
	Reasons   []pricing.Reason  `json:"reasons,omitempty"`
}

// answerView is what a buyer answered to a question.
type answerView struct {
	Code  string               `json:"code"`
	Kind  catalog.QuestionKind `json:"kind" enum:"text,number,choice,file"`
	Label text.Localized       `json:"label"`
	Value string               `json:"value" doc:"The text, the number, the code of the choice, or the id of the file."`
	Name  text.Localized       `json:"name,omitempty" doc:"What the chosen value is called."`
	Unit  string               `json:"unit,omitempty"`
}

func viewAnswers(answers []catalog.Answer) []answerView {
	var views []answerView
	for _, a := range answers {
		views = append(views, answerView{Code: a.Code, Kind: a.Kind, Label: a.Label, Value: a.Text, Name: a.Name, Unit: a.Unit})
	}
	return views
}

// quoteBundleView is a bundle with what it costs.
type quoteBundleView struct {
	Line      string            `json:"line"`
	Variant   catalog.VariantID `json:"variant_id"`
	SKU       string            `json:"sku"`
	Name      text.Localized    `json:"name"`
	Label     text.Localized    `json:"label,omitempty"`
	Quantity  measure.Quantity  `json:"quantity"`
	UnitPrice money.Money       `json:"unit_price"`
	Total     money.Money       `json:"total"`
	Reasons   []pricing.Reason  `json:"reasons,omitempty"`
}

type quoteDeliveryView struct {
	Method  string           `json:"method"`
	Name    text.Localized   `json:"name"`
	Seller  seller.ID        `json:"seller"`
	Total   money.Money      `json:"total"`
	Tax     money.Money      `json:"tax"`
	Reasons []pricing.Reason `json:"reasons,omitempty"`
}

type taxView struct {
	Seller  seller.ID     `json:"seller"`
	Country place.Country `json:"country"`
	Class   string        `json:"class"`
	Rate    string        `json:"rate" example:"16" doc:"In percent."`
	Mark    string        `json:"mark,omitempty" doc:"Said in place of the rate when nothing is taxed."`
	Net     money.Money   `json:"net"`
	Amount  money.Money   `json:"amount"`
}

// showCart shows a basket.
func (f face) showCart(tx *db.Tx, in cartAsk) (cartView, error) {
	b, err := f.Desk.Look(tx, in.ID)
	if err != nil {
		return cartView{}, err
	}
	c := b.Cart
	v := cartView{
		ID: c.ID, Version: c.Version, Currency: c.Currency, Lang: c.Lang, Email: c.Email, Phone: c.Phone, Delivery: c.Delivery,
		Notices: b.Notices, Quote: viewQuote(b.Quote), Lines: make([]lineView, len(c.Lines)), Missing: fieldsOf(tx, b.Missing),
		Hints: b.Hints, Gift: viewLaid(tx, b.Laid),
	}
	if v.Gift != nil {
		left := b.ToPay()
		v.ToPay = &left
	}
	if !c.Address.IsZero() {
		v.Address = &c.Address
	}
	for i, l := range c.Lines {
		v.Lines[i] = viewLine(l)
	}
	for _, x := range b.Coupons {
		v.Coupons = append(v.Coupons, viewCoupon(tx, x))
	}
	for _, m := range b.Methods {
		v.Methods = append(v.Methods, methodView{Code: m.Code, Name: m.Name})
	}
	return v, nil
}

// optionView is a delivery that can be chosen.
type optionView struct {
	Method         shipping.MethodID `json:"method"`
	Seller         seller.ID         `json:"seller"`
	Kind           shipping.Kind     `json:"kind" enum:"courier,parcel,pickup,post"`
	Name           text.Localized    `json:"name"`
	Note           text.Localized    `json:"note,omitempty"`
	Price          money.Money       `json:"price"`
	Free           bool              `json:"free,omitempty" doc:"The price fell away because of the sum of goods."`
	FreeFrom       *money.Money      `json:"free_from,omitempty"`
	Earliest       span.Day          `json:"earliest"`
	Latest         span.Day          `json:"latest"`
	CashOnDelivery bool              `json:"cash_on_delivery"`
	Points         []pointView       `json:"points,omitempty"`
}

type pointView struct {
	ID      shipping.PointID `json:"id"`
	Name    text.Localized   `json:"name"`
	Address place.Address    `json:"address"`
	Hours   []shipping.Hours `json:"hours,omitempty"`
}

// deliveryOptions lists the deliveries to the basket's address; before there is one, none.
func (f face) deliveryOptions(tx *db.Tx, in cartAsk) (web.List[optionView], error) {
	b, err := f.Desk.Look(tx, in.ID)
	page := web.List[optionView]{Items: make([]optionView, len(b.Options))}
	for i, o := range b.Options {
		page.Items[i] = optionView{
			Method: o.Method, Seller: o.Seller, Kind: o.Kind, Name: o.Name, Note: o.Note, Price: o.Price, Free: o.Free,
			FreeFrom: priceOf(o.FreeFrom), Earliest: o.EarliestDay, Latest: o.LatestDay, CashOnDelivery: o.CashOnDelivery,
		}
		for _, p := range o.Points {
			page.Items[i].Points = append(page.Items[i].Points, pointView{ID: p.ID, Name: p.Name, Address: p.Address, Hours: p.Hours})
		}
	}
	return page, err
}

type purchase struct {
	ID        cart.ID        `path:"id" maxLength:"60" doc:"The basket."`
	Method    payment.Code   `json:"method" enum:"card,cash_on_delivery,nothing" doc:"How it is paid; nothing where the basket has nothing due."`
	Token     string         `json:"token,omitempty" maxLength:"200" doc:"Stands for a card; the gateway's own page makes it."`
	Card      payment.CardID `json:"card,omitempty" maxLength:"60" doc:"A card that the buyer keeps, in place of a token; see GET /v1/me/cards."`
	KeepCard  bool           `json:"keep_card,omitempty" doc:"The buyer agrees to have the card of the token kept for his next orders. Without an account it is not kept."`
	ReturnURL string         `json:"return_url,omitempty" maxLength:"1000" format:"uri-reference" doc:"Where the buyer comes back to from the bank."`
	Mandate   string         `json:"mandate,omitempty" enum:"kk,ru,en,zh" doc:"The language in which the buyer read the consent of GET /v1/products/{id}/plan, and agreed to it: a subscription is paid by a card that is kept."`
	Total     money.Money    `json:"total,omitzero" doc:"What the buyer saw and agrees to pay, beside a certificate; another total is refused with checkout.price_changed."`
}

// purchaseView is the order, or the one next thing to do.
type purchaseView struct {
	State string            `json:"state" enum:"ordered,waiting,running" doc:"ordered: here is the order. waiting: the buyer has to do the next step, then ask again. running: it goes on by itself, ask again."`
	Order *orderedView      `json:"order,omitempty"`
	Next  *payment.NextStep `json:"next,omitempty"`
}

// orderedView is an order in short.
type orderedView struct {
	ID    string      `json:"id"`
	Code  string      `json:"code" doc:"Short enough to be read out."`
	Total money.Money `json:"total"`
}

// checkout orders a basket.
func (f face) checkout(ctx context.Context, in purchase) (purchaseView, error) {
	if in.Card != "" && (in.Token != "" || in.KeepCard || in.Method != payment.Card) {
		return purchaseView{}, web.ErrInvalid.At("/card", fault.Say("Send either a kept card or the token of another one."))
	}
	a, err := f.Desk.Order(ctx, web.WhoFrom(ctx), checkout.Purchase{
		Cart: in.ID, Method: in.Method, Token: in.Token, Card: in.Card, Keep: in.KeepCard, ReturnURL: in.ReturnURL, Total: in.Total,
		Mandate: in.Mandate,
	})
	if err != nil {
		return purchaseView{}, err
	}
	return viewPurchase(a), nil
}

func viewPurchase(a checkout.Answer) purchaseView {
	switch {
	case a.Order != "":
		return purchaseView{State: "ordered", Order: &orderedView{ID: string(a.Order), Code: a.Code, Total: a.Total}}
	case a.Outcome == saga.Waiting && a.Next.URL != "":
		return purchaseView{State: "waiting", Next: &a.Next}
	}
	return purchaseView{State: "running"}
}

func viewLine(l cart.Line) lineView {
	return lineView{
		ID: l.ID, Variant: l.Variant, Product: l.Product, Seller: l.Seller, Quantity: l.Quantity,
		PriceSeen: priceOf(l.PriceSeen), Answers: l.Answers, Added: l.Added,
	}
}

func viewQuote(q pricing.Quote) quoteView {
	v := quoteView{
		Goods: q.Goods, Shipping: q.DeliveryTotal, Discount: q.Discount, Tax: q.TaxTotal, Total: q.Total, Due: q.Due,
		Lines: make([]quoteLineView, len(q.Lines)),
	}
	for i, l := range q.Lines {
		v.Lines[i] = quoteLineView{
			Line: l.Line, Bundle: l.Bundle, Variant: l.Variant, SKU: l.SKU, Name: l.Name, Label: l.Label, Unit: l.Unit,
			Quantity: l.Quantity, Answers: viewAnswers(l.Answers), UnitPrice: l.UnitPrice, Discount: l.Discount, Tax: l.Tax.Amount, Total: l.Total, Reasons: l.Reasons,
		}
	}
	if len(q.Bundles) > 0 {
		v.Bundles = viewBundles(q)
	}
	for _, d := range q.Delivery {
		v.Delivery = append(v.Delivery, quoteDeliveryView{
			Method: d.Method, Name: d.Name, Seller: d.Seller, Total: d.Total, Tax: d.Tax.Amount, Reasons: d.Reasons,
		})
	}
	for _, t := range q.Taxes {
		v.Taxes = append(v.Taxes, taxView{
			Seller: t.Seller, Country: t.Country, Class: string(t.Class), Rate: t.Rate.String(), Mark: t.Mark, Net: t.Net, Amount: t.Amount,
		})
	}
	return v
}

func viewBundles(q pricing.Quote) []quoteBundleView {
	totals := make(map[string]money.Money)
	for _, l := range q.Shown() {
		totals[l.Line] = l.Total
	}
	views := make([]quoteBundleView, len(q.Bundles))
	for i, b := range q.Bundles {
		views[i] = quoteBundleView{
			Line: b.Line, Variant: b.Variant, SKU: b.SKU, Name: b.Name, Label: b.Label, Quantity: b.Quantity, UnitPrice: b.UnitPrice,
			Total: totals[b.Line], Reasons: b.Reasons,
		}
	}
	return views
}

// fieldsOf gives what is missing as the fields of a problem document would.
func fieldsOf(tx *db.Tx, fields []fault.Field) []web.ProblemField {
	var out []web.ProblemField
	for _, f := range fields {
		out = append(out, web.ProblemField{Pointer: f.Pointer, Detail: i18n.Field(web.Lang(tx.Context()), f)})
	}
	return out
}
