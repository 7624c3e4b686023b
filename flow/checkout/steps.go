package checkout

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/attachment"
	"sauda/core/books"
	"sauda/core/cart"
	"sauda/core/choice"
	"sauda/core/digital"
	"sauda/core/gift"
	"sauda/core/hold"
	"sauda/core/inventory"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/pricing"
	"sauda/core/promotion"
	"sauda/core/utility"
	"sauda/gear/db"
	"sauda/gear/saga"
)

// owner names the claims of a basket; the order that it becomes keeps them under the same name.
func owner(id cart.ID) string { return "cart/" + string(id) }

// quote prices the basket once more, now for good, and refuses what is not ready to be ordered or not what the buyer saw.
func (d *Desk) quote(tx *db.Tx, s *State) error {
	if s.Purchase.Method == "" {
		return rest(tx, s.Purchase.Cart)
	}
	c, err := cart.Get(tx, s.Purchase.Cart)
	if err != nil {
		return err
	}
	b, err := d.basket(tx, c)
	if err != nil {
		return err
	}
	if err := b.ready(); err != nil {
		return err
	}
	if seen := s.Purchase.Total; seen.Currency != "" {
		if seen.Currency != b.Quote.Currency {
			return ErrCurrency.With("currency", string(b.Quote.Currency))
		}
		if due := b.ToPay(); seen.Minor != due.Minor {
			return ErrChanged.With("total", due.Minor)
		}
	}
	if seen := s.Purchase.Seen; seen != 0 && seen != b.Cart.Version {
		return ErrAltered.About("%s is at %d, seen was %d", b.Cart.ID, b.Cart.Version, seen)
	}
	if err := attachment.Check(tx, filesOf(b.Quote), b.Cart.Party); err != nil {
		return err
	}
	if err := d.mandate(tx, s, b); err != nil {
		return err
	}
	if b.ToPay().IsZero() { // Whatever he chose to pay with: the total that he agrees to needs none of it.
		s.Purchase.Method, s.Purchase.Token, s.Purchase.Card, s.Purchase.Keep = payment.Nothing, "", "", false
	}
	option, point := b.delivery()
	if s.Purchase.Method == payment.Cash && !option.CashOnDelivery {
		return ErrNoCash.With("delivery", string(option.Method))
	}
	s.Cart, s.Quote, s.Seller, s.Gift = b.Cart, b.Quote, b.Cart.Sellers()[0], b.Laid
	s.Purchase.Keep = s.Purchase.Keep && d.Keys.Ready()
	s.Contact = order.Contact{Name: b.Cart.Address.Name, Email: b.Cart.Email, Phone: b.Cart.Phone}
	s.Delivery = order.Delivery{
		Method: string(option.Method), Name: option.Name, Carrier: option.Carrier, Point: string(point.ID),
		From: option.EarliestDay, To: option.LatestDay,
	}
	if point.ID != "" {
		s.Delivery.Place = text.Localized{b.Cart.Lang: point.Name.In(b.Cart.Lang) + ", " + point.Address.City + ", " + point.Address.Street}
	}
	s.methods, s.claims = b.Methods, b.used()
	terms, err := d.terms.load(tx)
	if err != nil {
		return err
	}
	s.Shop = terms.sellers[s.Seller].Name.In(b.Cart.Lang)
	s.Allocations, err = inventory.Assign(b.needs, terms.warehouses, b.stocks, b.Cart.Address)
	s.Allocations = append(s.Allocations, b.claims...)
	return counted(err)
}

// rest ends the story of a basket that nobody orders now, with the reason for which the last try to pay came to nothing.
func rest(tx *db.Tx, id cart.ID) error {
	if _, err := cart.Get(tx, id); err != nil {
		return err
	}
	tries, err := payment.ByCart(tx, string(id))
	if err != nil {
		return err
	}
	if len(tries) == 0 {
		return &idle{}
	}
	last := tries[len(tries)-1]
	if no := last.Refusal(); no != nil {
		return &idle{setback: no}
	}
	if last.Order == "" {
		return &idle{setback: ErrUndone.About("%s is %s", last.ID, last.State())}
	}
	return &idle{}
}

// take holds what the basket asks for and begins the payment, if something is due.
func (d *Desk) take(tx *db.Tx, s *State) error {
	uses, err := promotion.Wants(tx, s.claims, d.buyerOf(s.Cart))
	if err != nil {
		return err
	}
	s.Uses = len(uses) > 0
	wants := append(append(inventory.Wants(s.Allocations), uses...), s.Gift.wants()...)
	if err := hold.Take(tx, owner(s.Cart.ID), wants, tx.Now().Add(holdTime)); err != nil {
		return utility.Held(gift.Gone(promotion.Gone(counted(err))))
	}
	if s.Purchase.Method == payment.Nothing && s.toPay().IsZero() {
		return nil
	}
	p, err := payment.BeginBy(tx, payment.Opening{
		Cart: string(s.Cart.ID), Seller: string(s.Seller), Party: s.Cart.Party, Method: s.Purchase.Method,
		Country: string(s.Cart.Address.Country), Amount: s.toPay(),
	}, s.methods)
	s.Payment, s.Gateway = p.ID, p.Gateway
	if err != nil {
		return err
	}
	return choose(tx, s)
}

// release gives back what was held and writes down why the payment came to nothing.
func release(tx *db.Tx, s *State) error {
	if err := hold.Release(tx, owner(s.Cart.ID)); err != nil {
		return err
	}
	if err := unchosen(tx, s); err != nil || s.Result.Ref == "" {
		return err
	}
	_, err := payment.Note(tx, s.Payment, s.Result)
	return err
}

// authorize asks the gateway for the money, or, once it has answered, how far it has come.
func (d *Desk) authorize(ctx context.Context, key string, s *State) error {
	if s.Gateway == "" {
		return nil // Cash: the buyer's word is enough. Or nothing is due.
	}
	gateway, err := d.gateway(s)
	if err != nil {
		return err
	}
	var r payment.Result
	if s.Result.Ref == "" {
		charge, bad := d.charge(s)
		if bad != nil {
			return bad
		}
		r, err = gateway.Authorize(ctx, key, charge)
		s.Gone = errors.Is(err, payment.ErrCardGone)
	} else {
		r, err = gateway.Look(ctx, s.Result.Ref)
	}
	if err != nil {
		return worldly(err)
	}
	s.Result = r
	if r.State == payment.SaidChallenge || r.State == payment.SaidPending {
		return saga.ErrWait
	}
	s.Purchase.Token = "" // It was for one use.
	return r.Refusal()
}

// void gives up what was authorized, or a challenge that nobody answered, and finds the card that was put on file all the
// same, so that release discards it.
func (d *Desk) void(ctx context.Context, key string, s *State) error {
	if s.Gateway == "" || s.Result.Ref == "" || s.Result.State == payment.SaidDeclined {
		return nil
	}
	gateway, err := d.gateway(s)
	if err != nil {
		return err
	}
	r, err := gateway.Void(ctx, key, s.Result.Ref)
	if errors.Is(err, payment.ErrSettled) { // It was declined or voided meanwhile: nothing is left to give up.
		r, err = gateway.Look(ctx, s.Result.Ref)
	}
	if err == nil {
		s.Result = r
		err = d.leftover(ctx, key, s)
	}
	return worldly(err)
}

// place makes the order: from here on it stands.
func (d *Desk) place(tx *db.Tx, s *State) error {
	if s.Uses || s.Gift.Gift != "" || len(inventory.Wants(s.Allocations)) > 0 { // What is not counted holds nothing.
		if err := hold.Confirm(tx, owner(s.Cart.ID)); err != nil {
			return err
		}
	}
	o, err := order.Place(tx, order.Placement{
		Cart: string(s.Cart.ID), Seller: s.Seller, Party: s.Cart.Party, Contact: s.Contact, Lang: s.Cart.Lang,
		Address: s.Cart.Address, Delivery: s.Delivery, Method: string(s.Purchase.Method), Payment: string(s.Payment),
		Allocations: allocated(s.Allocations), Quote: s.Quote,
	})
	if err != nil {
		return err
	}
	s.Order, s.Code = o.ID, o.Code
	if err := d.sell(tx, s, o); err != nil {
		return err
	}
	if err := s.subscribe(tx, o); err != nil {
		return err
	}
	if err := promotion.Note(tx, string(o.ID), s.Quote); err != nil {
		return err
	}
	if files := filesOf(s.Quote); len(files) > 0 {
		if err := attachment.Bind(tx, files, string(o.ID)); err != nil {
			return err
		}
	}
	if s.Payment != "" {
		if _, err := payment.Bind(tx, s.Payment, string(o.ID), s.Result); err != nil {
			return err
		}
	}
	if err := books.Charge(tx, o); err != nil {
		return err
	}
	if err := s.spend(tx, o); err != nil {
		return err
	}
	if err := cart.Close(tx, s.Cart.ID, s.Cart.Version, string(o.ID)); err != nil {
		return err
	}
	s.forget()
	return nil
}

// forget drops what the order has from now on: addresses belong in one place, and what is saved with each step is small.
func (s *State) forget() {
	s.Digital, s.Served = isDigital(s.Quote), hasServices(s.Quote)
	s.Cart = cart.Cart{ID: s.Cart.ID, Party: s.Cart.Party, Currency: s.Cart.Currency, Lang: s.Cart.Lang}
	s.Quote = pricing.Quote{Currency: s.Quote.Currency, Due: s.Quote.Due}
	s.Contact, s.Delivery, s.Allocations = order.Contact{}, order.Delivery{}, nil
	s.Sealed = ""
}

// allocated is where each line is taken from, in the order's own words.
func allocated(all []inventory.Allocation) []order.Allocation {
	own := make([]order.Allocation, len(all))
	for i, a := range all {
		own[i] = order.Allocation{Line: a.Line, Warehouse: string(a.Warehouse), Key: a.Key, Quantity: a.Quantity}
	}
	return own
}

// capture takes the money that was authorized.
func (d *Desk) capture(ctx context.Context, key string, s *State) error {
	if s.Gateway == "" {
		return nil
	}
	gateway, err := d.gateway(s)
	if err != nil {
		return err
	}
	r, err := gateway.Capture(ctx, key, s.Result.Ref, s.toPay())
	if errors.Is(err, payment.ErrSettled) || errors.Is(err, payment.ErrOver) {
		// Somebody cancelled the order between placing and capturing; what the gateway says now is the truth.
		r, err = gateway.Look(ctx, s.Result.Ref)
	}
	if err == nil {
		s.Result = r
	}
	if fault := worldly(err); fault != nil {
		return fmt.Errorf("%w: %w", saga.ErrUnknown, fault) // The order stands: this is tried again, never taken back.
	}
	return nil
}

// settle writes down the money that was taken. What is digital is handed over when it is paid.
func settle(tx *db.Tx, s *State) error {
	if s.Payment == "" {
		return due(tx, s)
	}
	if s.Gateway == "" || !s.Result.Captured.IsPositive() {
		return nil
	}
	p, err := payment.Note(tx, s.Payment, s.Result)
	if err != nil {
		return err
	}
	ref, taken := "capture/"+string(p.ID), s.Result.Captured
	if err := books.Paid(tx, p, ref, taken, ""); err != nil {
		return err
	}
	if err := books.Fee(tx, p, ref, feeOf(taken)); err != nil {
		return err
	}
	return due(tx, s)
}

// due states that what comes without a parcel of an order is paid, if it has something.
func due(tx *db.Tx, s *State) error {
	if s.Served {
		if err := tx.Emit(choice.Due{Order: string(s.Order)}); err != nil {
			return err
		}
	}
	if !s.Digital && !isDigital(s.Quote) { // An older release left the quote as it was.
		return nil
	}
	return tx.Emit(digital.Due{Order: string(s.Order)})
}

// isDigital says whether anything of a quote is.
func isDigital(q pricing.Quote) bool {
	return slices.ContainsFunc(q.Lines, func(l pricing.QuoteLine) bool { return l.Digital != nil })
}

// feeOf is what the test gateway keeps of a payment: 1.5 %, rounded half up, as acquirers of the market ask. A gateway of
// the outside world says it in its settlement report instead.
func feeOf(taken money.Money) money.Money { return acquirerFee.Of(taken, money.HalfUp) }

const acquirerFee money.Rate = 15_000 // Parts per million.

func (d *Desk) gateway(s *State) (payment.Gateway, error) {
	g, ok := d.gateways[s.Gateway]
	if !ok {
		return nil, payment.ErrRefused.About("no gateway is called %q", s.Gateway)
	}
	return g, nil
}

// worldly tells a teller which errors of the world mean that nobody knows whether it acted.
func worldly(err error) error {
	if errors.Is(err, payment.ErrNoAnswer) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", saga.ErrUnknown, err)
	}
	return err
}
