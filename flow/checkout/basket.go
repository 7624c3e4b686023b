package checkout

import (
	"slices"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	where "sauda/base/place" // The package has a step of that name.
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/agreement"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/choice"
	"sauda/core/hold"
	"sauda/core/inventory"
	"sauda/core/payment"
	"sauda/core/pricing"
	"sauda/core/promotion"
	"sauda/core/seller"
	"sauda/core/shipping"
	"sauda/gear/db"
)

// Basket is a cart with everything that a buyer sees beside it.
type Basket struct {
	Cart    cart.Cart
	Offers  map[catalog.VariantID]catalog.Offer
	Quote   pricing.Quote     // Quote is of the lines that can be sold; it has delivery once one is chosen and offered.
	Notices []cart.Notice     // Notices are what changed since the buyer chose.
	Options []shipping.Option // Options are the deliveries to the address, none before there is one.
	Methods []payment.Method  // Methods are the ways to pay that are offered for the total.
	Missing []fault.Field     // Missing is what the buyer still has to say before the order, by field.
	Laid    Laid              // Laid is what a gift certificate pays.
	Coupons []Coupon          // Coupons are the codes that were entered, and what each saves.
	Hints   []promotion.Hint  // Hints are promotions that count as soon as a little more is bought.
	drafted pricing.Draft
	offered offered
	needs   []inventory.Need
	stocks  []inventory.Stock
	claims  []inventory.Allocation // Claims are what is taken and lies in no warehouse: licence codes, seats.
	chosen  map[string]choice.Chosen
	agreed  map[string]agreement.Chosen
	shop    text.Localized // Shop is the name of its seller, where it has one.
}

// Look gives a basket to whoever may see it, with its quote and what can be chosen. It only reads.
func (d *Desk) Look(tx *db.Tx, id cart.ID) (Basket, error) {
	c, err := cart.Get(tx, id)
	if err != nil {
		return Basket{}, err
	}
	b, err := d.basket(tx, c)
	if err != nil {
		return b, err
	}
	b.Hints = b.offered.set.Hints(b.offered.given, b.drafted, b.Quote)
	return b, nil
}

// basket gives a basket as it is said to be, without hints, which a story does not need.
func (d *Desk) basket(tx *db.Tx, c cart.Cart) (Basket, error) {
	b := Basket{Cart: c}
	if c.State != cart.StateOpen {
		return b, cart.ErrClosed.With("order", c.Order)
	}
	terms, err := d.terms.load(tx)
	if err != nil {
		return Basket{}, err
	}
	draft, conditions, err := d.draft(tx, &b, terms)
	if err != nil {
		return Basket{}, err
	}
	if b.offered, err = d.offered(tx, &b, draft); err != nil {
		return Basket{}, err
	}
	b.offered.calm(&b)
	b.drafted, conditions.Adjust = draft, append(b.subscribed(), b.offered.adjusters()...)
	if b.Quote, err = pricing.Price(draft, conditions); err != nil {
		return Basket{}, err
	}
	b.needs, b.claims = b.needsOf()
	if err := b.deliver(terms, draft, conditions); err != nil {
		return Basket{}, err
	}
	if err := b.laid(tx); err != nil {
		return Basket{}, err
	}
	if len(b.Quote.Lines) > 0 {
		b.Methods = payment.Offered(terms.methods, payment.Ask{Country: string(c.Address.Country), Amount: b.ToPay()})
		if b.Fetched() || ahead(b.Quote) { // Nobody comes to the door, or not before it is paid.
			b.Methods = slices.DeleteFunc(b.Methods, func(m payment.Method) bool { return m.Code == payment.Cash })
		}
	}
	b.Missing = b.missing()
	if of := c.Sellers(); len(of) == 1 {
		b.shop = terms.sellers[of[0]].Name
	}
	b.Coupons = b.offered.coupons(draft, b.Quote)
	return b, nil
}

// draft gathers what the quote depends on and says what has changed since the buyer chose.
func (d *Desk) draft(tx *db.Tx, b *Basket, t *standing) (pricing.Draft, pricing.Conditions, error) {
	day := span.DayOf(tx.Now(), span.Almaty)
	draft := pricing.Draft{Currency: b.Cart.Currency, Day: day, Destination: b.Cart.Address}
	conditions := pricing.Conditions{Sellers: t.sellers, Taxes: t.taxes}
	variants := make([]catalog.VariantID, len(b.Cart.Lines))
	for i, l := range b.Cart.Lines {
		variants[i] = l.Variant
		draft.Lines = append(draft.Lines, pricing.DraftLine{Line: string(l.ID), Variant: l.Variant, Quantity: l.Quantity, Answers: l.Answers})
	}
	if len(variants) == 0 {
		return draft, conditions, nil
	}
	var err error
	if conditions.Offers, err = catalog.Offers(tx, variants); err != nil {
		return draft, conditions, err
	}
	if variants, err = withParts(tx, variants, conditions.Offers); err != nil {
		return draft, conditions, err
	}
	if conditions.Prices, err = pricing.For(tx, variants, draft.Group, draft.Currency, day); err != nil {
		return draft, conditions, err
	}
	if b.chosen, err = d.choices(tx, b.Cart.Lines, conditions.Offers); err != nil {
		return draft, conditions, err
	}
	conditions.Services = priced(b.chosen)
	pools, err := hold.About(tx, variants)
	if err != nil {
		return draft, conditions, err
	}
	b.stocks = inventory.StocksIn(pools)
	b.Offers = conditions.Offers
	if b.agreed, err = agreed(tx, b.Cart.Lines); err != nil {
		return draft, conditions, err
	}
	b.Notices = append(review(b.Cart.Lines, conditions, leftOf(b.stocks, pools)), lapsed(b.Cart.Lines, b.Offers, b.agreed)...)
	draft, _ = pricing.Sellable(draft, conditions)
	return draft, conditions, nil
}

// deliver lists the deliveries to the address and prices the basket again with the one that was chosen.
func (b *Basket) deliver(t *standing, draft pricing.Draft, conditions pricing.Conditions) error {
	if b.Cart.Address.IsZero() || len(b.Quote.Lines) == 0 {
		return nil
	}
	b.Options = b.deliveries(t, b.Cart.Address, draft.Day)
	for _, choice := range b.Cart.Delivery {
		if o, ok := b.option(choice); ok {
			draft.Delivery = append(draft.Delivery, pricing.Delivery{
				Method: string(o.Method), Name: o.Name, Amount: o.Price, TaxClass: taxClass(o.TaxClass), Seller: o.Seller,
			})
		}
	}
	if len(draft.Delivery) == 0 {
		return nil
	}
	var err error
	b.Quote, err = pricing.Price(draft, conditions)
	return err
}

// deliveries lists those of what is in the basket to an address.
func (b *Basket) deliveries(t *standing, to where.Address, day span.Day) (all []shipping.Option) {
	for _, of := range b.Cart.Sellers() {
		goods, mass, some := b.load(of)
		if !some {
			continue
		}
		all = append(all, t.tariff.Options(shipping.Request{
			Seller: of, Destination: to, Mass: mass, Goods: goods, Day: day.AddDays(b.made(of)),
		})...)
	}
	return all
}

// Foresee lists the deliveries of a basket to an address that is still being written, so that its buyer sees days and
// prices first. It costs no statement once the desk knows the terms.
func (d *Desk) Foresee(tx *db.Tx, b Basket, to where.Address) ([]shipping.Option, error) {
	terms, err := d.terms.load(tx)
	if err != nil || len(b.Quote.Lines) == 0 {
		return nil, err
	}
	return b.deliveries(terms, to, span.DayOf(tx.Now(), span.Almaty)), nil
}

// Usual gives the delivery that a basket has until its buyer chooses another: the first of those that bring it to the
// door. None is given where one was chosen that is offered, where he has to choose a point first, and where no street was named.
func (b Basket) Usual() (cart.Choice, bool) {
	if len(b.Cart.Sellers()) != 1 || b.Cart.Address.Street == "" {
		return cart.Choice{}, false
	}
	if o, _ := b.delivery(); o.Method != "" {
		return cart.Choice{}, false
	}
	for _, o := range b.Options {
		if len(o.Points) == 0 && o.Kind != shipping.Pickup {
			return cart.Choice{Seller: o.Seller, Method: string(o.Method)}, true
		}
	}
	return cart.Choice{}, false
}

// load is the sum and the mass of what is delivered of one seller's goods, if there is some; promotions may have left a sum of
// zero.
func (b *Basket) load(of seller.ID) (goods money.Money, mass measure.Mass, some bool) {
	goods = money.Of(0, b.Quote.Currency)
	for _, l := range b.Quote.Lines {
		if l.Seller != of || l.Bodiless() {
			continue
		}
		some = true
		goods.Minor += l.Total.Minor
		if m, err := b.Offers[l.Variant].Mass.Times(l.Quantity); err == nil {
			mass += m
		}
	}
	return goods, mass, some
}

// option finds what a choice means among the options.
func (b *Basket) option(c cart.Choice) (shipping.Option, bool) {
	for _, o := range b.Options {
		if o.Seller == c.Seller && string(o.Method) == c.Method {
			return o, true
		}
	}
	return shipping.Option{}, false
}

// delivery is the delivery of a basket of one seller, and its pickup point where it has one.
func (b *Basket) delivery() (shipping.Option, shipping.Point) {
	for _, c := range b.Cart.Delivery {
		o, ok := b.option(c)
		if !ok {
			continue
		}
		for _, p := range o.Points {
			if string(p.ID) == c.Point {
				return o, p
			}
		}
		return o, shipping.Point{}
	}
	return shipping.Option{}, shipping.Point{}
}

// missing says what the buyer still has to say.
func (b *Basket) missing() []fault.Field {
	var fields []fault.Field
	add := func(pointer string, said fault.Sentence) { fields = append(fields, said.At(pointer)) }
	fetched := b.Fetched()
	if b.Cart.Address.IsZero() && !fetched {
		add("/address", fault.Say("Say where the goods shall go."))
	}
	if b.Cart.Email == "" && b.Cart.Phone == "" && b.Cart.Address.Phone == "" {
		add("/email", fault.Say("Say how to reach you: a mail address or a phone number."))
	}
	switch o, p := b.delivery(); {
	case fetched:
	case o.Method == "":
		add("/delivery", fault.Say("Choose one of the deliveries that are offered."))
	case o.Kind == shipping.Pickup && len(o.Points) > 0 && p.ID == "":
		add("/delivery/point", fault.Say("Choose the point where you take the parcel."))
	case o.Kind != shipping.Pickup && b.Cart.Address.Street == "":
		add("/address/street", fault.Say("Write the street: this delivery comes to the door."))
	}
	return fields
}

// ready refuses a basket that cannot be ordered as it is, with the first thing to do.
func (b *Basket) ready() error {
	if len(b.Cart.Lines) == 0 {
		return ErrEmpty
	}
	if len(b.Cart.Sellers()) > 1 {
		return ErrSellers
	}
	for _, n := range b.Notices {
		if n.Stops() {
			return stopped(n)
		}
	}
	if len(b.Missing) > 0 {
		return ErrMissing.Fields(b.Missing...)
	}
	return b.Laid.Err
}
