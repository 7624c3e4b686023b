package checkout_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/choice"
	"sauda/core/hold"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/flow/checkout"
	"sauda/flow/deliver"
	"sauda/flow/flowtest"
	"sauda/flow/takeback"
	"sauda/gear/bus"
	"sauda/gear/db"
)

// boat sells seats on a boat: a choice is called by its seat and its price, "bow/500000".
type boat struct {
	mu    sync.Mutex
	trip  catalog.VariantID
	sold  map[string]choice.Sale
	paid  map[string]int
	ended map[string]int
	done  bool // done says that nothing is left to be delivered as soon as it is paid.
}

func (b *boat) Name() string { return "boat" }

func (b *boat) Chosen(_ *db.Tx, refs []string) (map[string]choice.Chosen, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := make(map[string]choice.Chosen)
	for _, ref := range refs {
		var seat string
		var price int64
		if _, err := fmt.Sscanf(ref, "%4s/%d", &seat, &price); err != nil || b.sold[ref].Order != "" {
			continue
		}
		all[ref] = choice.Chosen{
			Service: pricing.Service{
				Label: text.Localized{"kk": "Тұмсықтағы орын", "en": "A seat in the " + seat}, Price: money.Of(price, money.KZT),
				Reasons: []pricing.Reason{{Code: pricing.ServicePart, Params: pricing.Params{Name: text.Localized{"kk": "Орын", "en": "Seat"}, Amount: money.Of(price, money.KZT)}}},
			},
			Variant: b.trip, Wants: []hold.Want{{Key: "boat:" + seat, Quantity: 1}, {Key: "boat:guide", Quantity: 1}},
		}
	}
	return all, nil
}

func (b *boat) Placed(_ *db.Tx, s choice.Sale) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sold[s.Ref] = s
	return nil
}

func (b *boat) Paid(_ *db.Tx, ref string) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.paid[ref]++
	return b.done, nil
}

func (b *boat) Ended(_ *db.Tx, ref string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended[ref]++
	return nil
}

// launch puts a boat with one seat in the bow, one in the stern and two guides to water.
func launch(t *testing.T, w *flowtest.World, desk *checkout.Desk) *boat {
	t.Helper()
	b := &boat{sold: make(map[string]choice.Sale), paid: make(map[string]int), ended: make(map[string]int)}
	w.Moment(t, func(tx *db.Tx) error {
		offers, err := catalog.Offers(tx, []catalog.VariantID{w.Kettle})
		if err != nil {
			return err
		}
		p, err := catalog.Add(tx, catalog.Draft{
			Seller: seller.Own, Category: offers[w.Kettle].Category, Name: text.Localized{"kk": "Қайықпен серуен"}, State: catalog.StateOnSale,
			Kind: catalog.Kind{Service: &catalog.Service{Way: "boat"}}, Variants: []catalog.Variant{{SKU: "BOAT"}},
		})
		if err != nil {
			return err
		}
		b.trip = p.Variants[0].ID
		_, err = hold.SetMany(tx, []hold.Level{
			{Key: "boat:bow_", Subject: "boat", Capacity: 1}, {Key: "boat:ster", Subject: "boat", Capacity: 1}, {Key: "boat:guide", Subject: "boat", Capacity: 2},
		})
		return err
	})
	desk.Ways = choice.WaysOf(b)
	return b
}

const bow, stern = "bow_/500000", "ster/400000"

// aboard is a guest's basket with seats, and with what else is named.
func aboard(t *testing.T, w *flowtest.World, desk *checkout.Desk, b *boat, seats []string, more ...catalog.VariantID) cart.ID {
	t.Helper()
	id := w.Basket(t, "mth_courier", more...)
	w.As(flowtest.Guest).Moment(t, func(tx *db.Tx) error {
		for _, seat := range seats {
			if _, err := desk.Put(tx, id, sits(b, seat)); err != nil {
				return err
			}
		}
		return nil
	})
	return id
}

func sits(b *boat, seat string) cart.Addition {
	return cart.Addition{Variant: b.trip, Quantity: measure.One, Answers: map[string]string{catalog.ChosenCode: seat}}
}

func byCard(id cart.ID) checkout.Purchase {
	return checkout.Purchase{Cart: id, Method: payment.Card, Token: "tok_ok", ReturnURL: "/orders"}
}

// TestServices: what was chosen of a service is priced by who knows it, held with the goods beside it, ordered once, served
// when it is paid, and what it took is free again when it is cancelled.
func TestServices(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		life := w.Alive()
		desk := checkout.New(life.Teller, w.Cards)
		b := launch(t, w, desk)
		counter, returns := deliver.Counter{Ways: desk.Ways}, takeback.New(life.Teller, w.Cards)
		life.React(w,
			bus.On("served", func(tx *db.Tx, e choice.Due) error { return counter.Serve(tx, e) }),
			bus.On("cancelled", func(tx *db.Tx, e order.LinesCancelled) error {
				if err := returns.LinesCancelled(tx, e); err != nil {
					return err
				}
				return counter.Ended(tx, e.Order, e.Lines)
			}),
		)
		id := aboard(t, w, desk, b, []string{bow, stern}, w.Kettle)
		w.As(flowtest.Guest).Look(t, func(tx *db.Tx) error {
			seen, err := desk.Look(tx, id)
			if err != nil {
				return err
			}
			if l := seen.Quote.Lines[1]; l.Total.Minor != 500_000 || l.Label["en"] != "A seat in the bow_" || l.Service == nil || l.Service.Ref != bow || l.Reasons[0].Code != pricing.ServicePart {
				t.Errorf("it is priced as %+v", l)
			}
			if len(seen.Notices) != 0 || seen.Fetched() {
				t.Errorf("notices %v, fetched %v", seen.Notices, seen.Fetched())
			}
			return nil
		})
		if a, err := desk.Order(t.Context(), flowtest.Guest, byCard(id)); err != nil || a.Order == "" {
			t.Fatalf("%+v, %v", a, err)
		}
		life.Settle(t)
		o := w.Order(t, id)
		if claims := w.Claims(t, id); len(claims) != 4 || b.paid[bow] != 1 || b.paid[stern] != 1 || b.sold[bow].Owner != "cart/"+string(id) || o.State != order.StatePlaced {
			t.Errorf("claims %v, paid %v, sold %v, %s", claims, b.paid, b.sold, o.State)
		}
		w.Moment(t, func(tx *db.Tx) error { return deliver.Done(tx, string(o.ID), o.Lines[2].Line) })
		w.Moment(t, func(tx *db.Tx) error { return deliver.Done(tx, string(o.ID), o.Lines[2].Line) }) // Twice is once.
		w.As(flowtest.Staff).Moment(t, func(tx *db.Tx) error {
			_, err := order.CancelLines(tx, o.ID, []order.Part{{Line: o.Lines[1].Line, Quantity: measure.One}}, "It rains")
			return err
		})
		life.Settle(t)
		o = w.Order(t, id)
		if b.ended[bow] != 1 || b.ended[stern] != 0 || o.Lines[2].Delivered != measure.One || o.Lines[1].Cancelled != measure.One {
			t.Errorf("ended %v, the order is %+v", b.ended, o.Lines)
		}
		left := map[string]int64{}
		w.Look(t, func(tx *db.Tx) (err error) {
			left, err = hold.Left(tx, []string{"boat:bow_", "boat:ster", "boat:guide"})
			return err
		})
		if left["boat:bow_"] != 1 || left["boat:ster"] != 0 || left["boat:guide"] != 1 {
			t.Errorf("left are %v", left)
		}
		w.Sound(t)
	})
}

// TestChoicesThatAreGone: a choice is in a basket once, is refused where it is not to be had, and stops a basket when it has
// gone meanwhile; the last seat is sold once.
func TestChoicesThatAreGone(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		desk := checkout.New(w.Alive().Teller, w.Cards)
		b := launch(t, w, desk)
		first, second := aboard(t, w, desk, b, []string{bow}), aboard(t, w, desk, b, []string{bow})
		for _, c := range []struct {
			a    cart.Addition
			want error
		}{
			{sits(b, bow), cart.ErrChosen}, {sits(b, "nowhere"), choice.ErrUnknown}, {sits(b, ""), cart.ErrChosen},
			{cart.Addition{Variant: b.trip, Quantity: measure.One}, cart.ErrChosen},
			{cart.Addition{Variant: b.trip, Quantity: measure.Of(2), Answers: sits(b, stern).Answers}, cart.ErrChosen},
			{cart.Addition{Variant: w.Kettle, Quantity: measure.One, Answers: sits(b, stern).Answers}, cart.ErrAnswered},
		} {
			err := w.As(flowtest.Guest).Try(func(tx *db.Tx) error {
				_, err := desk.Put(tx, first, c.a)
				return err
			})
			if !errors.Is(err, c.want) {
				t.Errorf("%+v: %v", c.a, err)
			}
		}
		w.As(flowtest.Guest).Look(t, func(tx *db.Tx) error {
			seen, err := desk.Look(tx, first)
			if err == nil && (!seen.Fetched() || len(seen.Quote.Lines) != 1) {
				t.Errorf("%+v is delivered", seen.Quote.Lines)
			}
			return err
		})
		if a, err := desk.Order(t.Context(), flowtest.Guest, byCard(first)); err != nil || a.Order == "" {
			t.Fatalf("%+v, %v", a, err)
		}
		w.As(flowtest.Guest).Look(t, func(tx *db.Tx) error {
			seen, err := desk.Look(tx, second)
			if err == nil && (len(seen.Notices) != 1 || seen.Notices[0].Kind != cart.NoticeGone || !seen.Notices[0].Stops()) {
				t.Errorf("what has gone is noticed as %+v", seen.Notices)
			}
			return err
		})
		if _, err := desk.Order(t.Context(), flowtest.Guest, byCard(second)); !errors.Is(err, choice.ErrUnknown) {
			t.Errorf("a second time: %v", err)
		}
		delete(b.sold, bow) // As if it could be chosen still: then the pool says no.
		if _, err := desk.Order(t.Context(), flowtest.Guest, byCard(second)); !errors.Is(err, hold.ErrSoldOut) {
			t.Errorf("the last seat twice: %v", err)
		}
		untouched(t, w, second)
		w.Sound(t)
	})
}
