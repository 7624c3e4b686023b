package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/cart"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/seller"
	"sauda/core/shipping"
	"sauda/flow/checkout"
	"sauda/gear/db"
)

// trade is one basket and what became of it.
type trade struct {
	buyer  string       // buyer is the first part of the address in the data.
	day    int          // day is how many days before the end it is ordered; 0 counts from the end back by minutes.
	hour   int          // hour is the hour in Almaty, or the minutes before the end on day 0.
	goods  string       // goods are SKUs with quantities: "TEA-GREEN 2, APPLES-APORT 3.5".
	by     string       // by is the method of delivery, and after a slash the point.
	pay    payment.Code // pay is empty for a basket that was left.
	tokens []string     // tokens are the cards that are tried; all but the last are refused.
	fate   []step

	cart  cart.ID
	order order.ID
}

// step is something that happens to an order some time after it was placed.
type step struct {
	after time.Duration
	do    func(*sower, context.Context, *trade) error
}

// event is something at its time.
type event struct {
	at time.Time
	do func(context.Context) error
}

// called is the first part of an address.
func called(email string) string {
	name, _, _ := strings.Cut(email, "@")
	return name
}

// live lives through the month: every event at its time, and after each of them all that follows from it.
func (s *sower) live(ctx context.Context, end time.Time) error {
	events := s.events(month(), end)
	for n, e := range events {
		s.clock.until(e.at)
		if err := e.do(ctx); err != nil {
			return err
		}
		if err := s.house.Settle(ctx); err != nil {
			return err
		}
		s.say(len(events)+n+1, 2*len(events))
	}
	return nil
}

// newsEvery is how often the shop asks its carriers for news in the month.
const newsEvery = 12 * time.Hour

// events are all that happens in a month, by its time.
func (s *sower) events(trades []*trade, end time.Time) []event {
	var all []event
	last := end.Add(-20 * time.Second) // What would come later has happened just now.
	add := func(at time.Time, do func(context.Context) error) {
		if at.After(last) {
			at = last
		}
		all = append(all, event{at, do})
	}
	s.addExchange(end, add)
	s.addSubscriptions(end, add)
	s.addWaiting(end, add)
	for _, t := range trades {
		at := t.at(end)
		add(at, func(ctx context.Context) error { return s.buy(ctx, t) })
		for _, step := range t.fate {
			add(at.Add(step.after), func(ctx context.Context) error { return step.do(s, ctx, t) })
		}
	}
	for _, o := range opinions() {
		add(end.AddDate(0, 0, -o.day), func(ctx context.Context) error { return s.opine(ctx, o) })
	}
	for _, c := range commissions() {
		add(end.AddDate(0, 0, -c.day), func(ctx context.Context) error { return s.commission(ctx, c) })
	}
	for _, d := range doubts() {
		add(end.AddDate(0, 0, -d.day), func(ctx context.Context) error { return s.enquire(ctx, d) })
	}
	for _, l := range longings() {
		add(end.AddDate(0, 0, -l.day), func(ctx context.Context) error { return s.long(ctx, l) })
	}
	for at := end.Add(-life + newsEvery); at.Before(end); at = at.Add(newsEvery) {
		add(at, func(ctx context.Context) error { return s.house.Packing.AskCarriers(ctx, s.house.Store) })
	}
	slices.SortStableFunc(all, func(a, b event) int { return a.at.Compare(b.at) })
	return all
}

// at is when the basket is ordered.
func (t *trade) at(end time.Time) time.Time {
	if t.day == 0 {
		return end.Add(-time.Duration(t.hour) * time.Minute)
	}
	day := span.DayOf(end, span.Almaty).AddDays(-t.day)
	return day.Start(span.Almaty).Add(time.Duration(t.hour)*time.Hour + time.Duration(len(t.goods)%60)*time.Minute)
}

// buy fills a basket and orders it, unless it is one that was left.
func (s *sower) buy(ctx context.Context, t *trade) error {
	who, b, err := s.who(t.buyer)
	if err != nil {
		return err
	}
	what := fmt.Sprintf("%s buys %s", t.buyer, t.goods)
	err = s.as(ctx, who, what, func(tx *db.Tx) error { return s.basket(tx, t, b) })
	if err != nil || t.pay == "" {
		return err
	}
	tokens := t.tokens
	if t.pay == payment.Cash {
		tokens = []string{"cash"}
	}
	for n, token := range tokens {
		if token == givesUp {
			return nil
		}
		if t.pay == payment.Cash {
			token = ""
		}
		answer, err := s.house.Desk.Order(ctx, who, checkout.Purchase{Cart: t.cart, Method: t.pay, Token: token, ReturnURL: cameBack})
		t.order = answer.Order
		if err == nil {
			return nil
		}
		if n == len(tokens)-1 || fault.Of(err).Kind == fault.Internal {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
	return nil
}

// cameBack is the page of the shop to which a bank sends buyers back.
const cameBack = "/checkout/return"

// who gives a buyer as an actor, and what is known of them.
func (s *sower) who(name string) (db.Who, buyer, error) {
	for _, b := range s.said.Buyers {
		if called(b.Email) == name {
			who, registered := s.buyers[name]
			if !registered {
				who = db.Who{Kind: db.KindGuest}
			}
			return who, b, nil
		}
	}
	return db.Who{}, buyer{}, fmt.Errorf("the month names %s, whom nobody knows", name)
}

// basket fills a basket as a buyer does.
func (s *sower) basket(tx *db.Tx, t *trade, b buyer) error {
	c, err := cart.Open(tx, cart.Opening{Currency: money.KZT, Lang: b.Lang, Consent: cart.Consent{Learn: true}})
	if err != nil {
		return err
	}
	t.cart = c.ID
	for one := range strings.SplitSeq(t.goods, ", ") {
		sku, number, _ := strings.Cut(one, " ")
		q, err := measure.Parse(number)
		if err != nil {
			return fmt.Errorf("%s: %w", one, err)
		}
		source := []string{"product", "search", "list"}[len(sku)%3]
		if _, err := cart.Add(tx, c.ID, cart.Addition{Variant: s.goods[sku], Quantity: q, PriceSeen: s.prices[sku], Source: source}); err != nil {
			return fmt.Errorf("%s: %w", one, err)
		}
	}
	if t.by == "" {
		return nil
	}
	if err := cart.SetContact(tx, c.ID, cart.Contact{Email: b.Email, Phone: b.Phone}); err != nil {
		return err
	}
	if err := cart.SetAddress(tx, c.ID, b.home()); err != nil {
		return err
	}
	method, point, picked := strings.Cut(t.by, "/")
	choice := cart.Choice{Seller: seller.Own, Method: string(methodID(method))}
	if picked {
		choice.Point = "pnt_" + point
	}
	return cart.ChooseDelivery(tx, c.ID, choice)
}

// packer is who packs, takes back and soothes.
const packer = "erbolat"

// pack packs all of an order.
func pack(s *sower, ctx context.Context, t *trade) error {
	return s.as(ctx, s.staff[packer], "pack "+t.goods, func(tx *db.Tx) error {
		_, err := s.house.Packing.Pack(tx, t.order, nil)
		return err
	})
}

// packFirst packs the first line of an order and leaves the rest.
func packFirst(s *sower, ctx context.Context, t *trade) error {
	return s.as(ctx, s.staff[packer], "pack some of "+t.goods, func(tx *db.Tx) error {
		o, err := order.Get(tx, t.order)
		if err != nil {
			return err
		}
		_, err = s.house.Packing.Pack(tx, t.order, []order.Part{{Line: o.Lines[0].Line, Quantity: o.Lines[0].Live()}})
		return err
	})
}

// leave hands over whatever is packed and has not left.
func leave(s *sower, ctx context.Context, t *trade) error {
	return s.as(ctx, s.staff[packer], "hand over "+t.goods, func(tx *db.Tx) error {
		return each(tx, t, func(p shipping.Shipment) error {
			if p.State != shipping.StatePrepared && p.State != shipping.StateBooked {
				return nil
			}
			_, err := s.house.Packing.HandOver(tx, p.ID)
			return err
		})
	})
}

// arrive says of what the shop brings by itself that it has arrived.
func arrive(s *sower, ctx context.Context, t *trade) error {
	return s.as(ctx, s.staff[packer], "bring "+t.goods, func(tx *db.Tx) error {
		return each(tx, t, func(p shipping.Shipment) error {
			if p.Carrier != "" || p.State != shipping.StateHandedOver {
				return nil
			}
			_, err := s.house.Packing.Arrived(tx, p.ID)
			return err
		})
	})
}

// each does something with each shipment of an order.
func each(tx *db.Tx, t *trade, do func(shipping.Shipment) error) error {
	shipments, err := shipping.ByOrder(tx, string(t.order))
	for _, p := range shipments {
		err = errors.Join(err, do(p))
	}
	return err
}

// cancel has the buyer think better of all of it.
func cancel(s *sower, ctx context.Context, t *trade) error {
	who, _, err := s.who(t.buyer)
	if err != nil {
		return err
	}
	return s.as(ctx, who, "cancel "+t.goods, func(tx *db.Tx) error {
		_, err := order.Cancel(tx, t.order, "")
		return err
	})
}

// cancelLast has the shop take the last line away.
func cancelLast(s *sower, ctx context.Context, t *trade) error {
	return s.as(ctx, s.staff[packer], "cancel some of "+t.goods, func(tx *db.Tx) error {
		o, err := order.Get(tx, t.order)
		if err != nil {
			return err
		}
		last := o.Lines[len(o.Lines)-1]
		_, err = order.CancelLines(tx, t.order, []order.Part{{Line: last.Line, Quantity: last.Live()}}, "Соңғысы сынып қалған, басқасы келгенше күту керек.")
		return err
	})
}

// takeBack takes all of it back from the buyer.
func takeBack(s *sower, ctx context.Context, t *trade) error {
	return s.as(ctx, s.staff[packer], "take back "+t.goods, func(tx *db.Tx) error {
		_, err := order.TakeBack(tx, t.order, order.Back{Ref: "back-" + string(t.order), Reason: "Не подошёл размер."})
		return err
	})
}

// takeBackFirst takes the first line back.
func takeBackFirst(s *sower, ctx context.Context, t *trade) error {
	return s.as(ctx, s.staff[packer], "take back some of "+t.goods, func(tx *db.Tx) error {
		o, err := order.Get(tx, t.order)
		if err != nil {
			return err
		}
		first := order.Part{Line: o.Lines[0].Line, Quantity: o.Lines[0].Delivered}
		_, err = order.TakeBack(tx, t.order, order.Back{Ref: "back-" + string(t.order), Reason: "Түсі ұнамады.", Parts: []order.Part{first}})
		return err
	})
}

// allow gives a thousand tenge back out of goodwill.
func allow(s *sower, ctx context.Context, t *trade) error {
	return s.as(ctx, s.staff[packer], "allow on "+t.goods, func(tx *db.Tx) error {
		_, err := s.house.Returns.Allow(tx, t.order, "allow-"+string(t.order), money.Of(100_000, money.KZT), "Жеткізу кешікті.")
		return err
	})
}
