package checkout

import (
	"slices"

	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/gift"
	"sauda/core/order"
	"sauda/core/pricing"
	"sauda/core/promotion"
	"sauda/core/seller"
	"sauda/gear/db"
)

// Coupon is a code that was entered into a basket.
type Coupon struct {
	Code  string         // Code is as its seller wrote it.
	Key   string         // Key is the code as the basket has it.
	Name  text.Localized // Name is that of its promotion; empty when nobody knows the code.
	Saved money.Money
	Err   error // Err is why it saves nothing now; nil for what waits for a delivery to be chosen.
}

// offered is what promotions there are for one basket.
type offered struct {
	set    *promotion.Set
	given  promotion.Given
	claims []promotion.Claim
}

// buyerOf names to whom the uses of codes in a basket are counted.
func (d *Desk) buyerOf(c cart.Cart) string {
	phone := c.Phone
	if phone == "" {
		phone = c.Address.Phone
	}
	return promotion.Buyer(d.Keys, c.Party, c.Email, phone)
}

// offered gathers the promotions that a basket may have. It asks no statement as long as no code was entered and no
// promotion is for first orders.
func (d *Desk) offered(tx *db.Tx, b *Basket, draft pricing.Draft) (offered, error) {
	set, err := d.Promotions.Load(tx)
	if err != nil || set.Empty() && len(b.Cart.Coupons) == 0 {
		return offered{}, err
	}
	o := offered{set: set, given: promotion.Given{Day: draft.Day, Wares: waresOf(b.Offers), Codes: make(map[promotion.ID]string)}}
	if o.claims, err = promotion.Claims(tx, b.Cart.Coupons, d.buyerOf(b.Cart), owner(b.Cart.ID)); err != nil {
		return offered{}, err
	}
	for _, c := range o.claims { // Of several codes of a promotion the first good one counts.
		if _, other := o.given.Codes[c.Promotion.ID]; !other && c.Check(draft.Day) == nil {
			o.given.Codes[c.Promotion.ID] = c.Shown()
		}
	}
	if set.AsksFirst() && b.Cart.Party != "" {
		before, err := order.Ordered(tx, b.Cart.Party)
		if err != nil {
			return offered{}, err
		}
		o.given.First = !before
	}
	return o, nil
}

func waresOf(offers map[catalog.VariantID]catalog.Offer) map[catalog.VariantID]promotion.Ware {
	wares := make(map[catalog.VariantID]promotion.Ware, len(offers))
	for id, o := range offers {
		if gift.Is(o.Kind) {
			continue // Nothing is taken off money.
		}
		wares[id] = promotion.Ware{Product: o.Product, Seller: o.Seller, Category: o.Category, Brand: o.Brand, Origin: o.Origin,
			Proven: o.Proof.Proven()}
	}
	return wares
}

func (o offered) adjusters() []pricing.Adjuster { return o.set.Adjusters(o.given) }

// calm says of a price that has changed what the buyer sees: as promotions lower it for everybody. Where that is what he saw
// before, there is nothing to say.
func (o offered) calm(b *Basket) {
	variants := make(map[cart.LineID]catalog.VariantID, len(b.Cart.Lines))
	for _, l := range b.Cart.Lines {
		variants[l.ID] = l.Variant
	}
	for i := range b.Notices {
		n := &b.Notices[i]
		if n.Kind != cart.NoticeDearer && n.Kind != cart.NoticeCheaper {
			continue
		}
		n.Price, _ = o.set.Lower(o.given.Wares[variants[n.Line]], n.Price, o.given.Day)
		n.Kind = cart.NoticeDearer
		if n.Price.Minor < n.Seen.Minor {
			n.Kind = cart.NoticeCheaper
		}
	}
	b.Notices = slices.DeleteFunc(b.Notices, func(n cart.Notice) bool {
		return (n.Kind == cart.NoticeDearer || n.Kind == cart.NoticeCheaper) && n.Price == n.Seen
	})
}

// coupons says of each code what it saves, or why it saves nothing.
func (o offered) coupons(draft pricing.Draft, q pricing.Quote) []Coupon {
	saved := promotion.GivenAway(q)
	coupons := make([]Coupon, len(o.claims))
	for i, c := range o.claims {
		coupons[i] = Coupon{Code: c.Shown(), Key: c.Code, Name: c.Promotion.Name, Err: c.Check(draft.Day)}
		x := &coupons[i]
		if x.Err != nil {
			continue
		}
		if o.given.Codes[c.Promotion.ID] != x.Code {
			x.Err = promotion.ErrAnother.About("%s counts", o.given.Codes[c.Promotion.ID])
			continue
		}
		if x.Saved = saved[c.Promotion.ID]; x.Saved.IsPositive() {
			continue
		}
		x.Err = o.set.Fit(c.Promotion.ID, o.given, draft, q)
		if waits := c.Promotion.Effect.Kind == promotion.DeliveryOff && !delivered(q, c.Promotion.Seller); x.Err == nil && !waits {
			x.Err = promotion.ErrWorse
		}
	}
	return coupons
}

// delivered says whether a delivery of a seller has a price from which something could be taken off.
func delivered(q pricing.Quote, of seller.ID) bool {
	return slices.ContainsFunc(q.Delivery, func(d pricing.QuoteDelivery) bool { return d.Seller == of && d.Price.IsPositive() })
}

// used are the claims of the codes that save something.
func (b *Basket) used() []promotion.Claim {
	var used []promotion.Claim
	for i, c := range b.Coupons {
		if c.Saved.IsPositive() {
			used = append(used, b.offered.claims[i])
		}
	}
	return used
}

// Redeem enters a code into a basket, typed in any case, with blanks or look-alikes, and gives what it saves. A code that
// does not count is refused with the reason, and the basket stays as it is. Twice is the same as once.
func (d *Desk) Redeem(tx *db.Tx, id cart.ID, typed string) (Coupon, error) {
	c, err := cart.Get(tx, id)
	if err != nil {
		return Coupon{}, err
	}
	code := promotion.Fold(typed)
	if code == "" {
		return Coupon{}, promotion.ErrNoCode
	}
	c.Coupons = append(without(c.Coupons, code), code)
	b, err := d.basket(tx, c)
	if err != nil {
		return Coupon{}, err
	}
	last := b.Coupons[len(b.Coupons)-1]
	if last.Err != nil {
		return last, last.Err
	}
	return last, cart.EnterCoupon(tx, id, code)
}

// Withdraw takes a code out of a basket, typed as Redeem takes it. One that is not there changes nothing.
func (d *Desk) Withdraw(tx *db.Tx, id cart.ID, typed string) error {
	return cart.WithdrawCoupon(tx, id, promotion.Fold(typed))
}

func without(codes []string, code string) []string {
	var others []string
	for _, c := range codes {
		if c != code {
			others = append(others, c)
		}
	}
	return others
}
