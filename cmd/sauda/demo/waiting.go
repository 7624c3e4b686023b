package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/booking"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/course"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/seller"
	"sauda/flow/checkout"
	"sauda/flow/takeback"
	"sauda/gear/db"
)

// traveller is somebody who wants seats of the full departure: he has them, or waits for them.
type traveller struct {
	buyer    string
	adults   int
	children []int // children are their ages.
}

// travellers are those who take all sixteen seats, and those who wait. When the last who has some gives them up, they are enough
// for the first who waits.
func travellers() (have, wait []traveller) {
	return []traveller{
			{buyer: "mektep", adults: 1, children: []int{10, 10, 10, 11, 11, 11, 11}}, {buyer: "zhandos", adults: 2, children: []int{8, 12, 13}},
			{buyer: "marina", adults: 3},
		}, []traveller{
			{buyer: "aisulu", adults: 2, children: []int{7}}, {buyer: "igor", adults: 2, children: []int{8}}, {buyer: "bekzat", adults: 1},
		}
}

// addWaiting has a departure and a group filled in the last days of the month, and people wait for them. A seat comes free at the
// end, and is offered.
func (s *sower) addWaiting(end time.Time, add func(time.Time, func(context.Context) error)) {
	have, wait := travellers()
	var last order.ID
	for i, t := range have {
		add(end.AddDate(0, 0, -6).Add(hours(i)), func(ctx context.Context) (err error) {
			last, err = s.travel(ctx, t, end)
			return err
		})
	}
	for i, t := range wait {
		add(end.AddDate(0, 0, -4).Add(hours(5*i)), func(ctx context.Context) error { return s.awaitSeats(ctx, t, end) })
	}
	add(end.Add(-hours(2)), func(ctx context.Context) error { return s.stayHome(ctx, have[len(have)-1].buyer, last) })
	for i, name := range []string{"perizat", "dmitry"} {
		add(end.AddDate(0, 0, -5).Add(hours(i)), func(ctx context.Context) error { return s.enrol(ctx, name, "1994-06-17", s.pair) })
	}
	for i, name := range []string{"svetlana", "rustam"} {
		add(end.AddDate(0, 0, -2).Add(hours(3*i)), func(ctx context.Context) error {
			return s.await(ctx, name, func(tx *db.Tx, b buyer) error {
				_, err := course.Await(tx, s.pair, 1, b.Lang)
				return err
			})
		})
	}
}

// seats is what a traveller wants of the full departure, the first that leaves two weeks after the end of the month or later.
func (t traveller) seats(tx *db.Tx, end time.Time) (booking.Draft, error) {
	plans, err := booking.Plans(tx, seller.Own)
	if err != nil {
		return booking.Draft{}, err
	}
	p := plans[slices.IndexFunc(plans, func(p booking.Plan) bool { return p.PlaceName.In("en") == "Charyn" })]
	first := span.DayOf(end, p.Location()).AddDays(14)
	all, err := booking.Departures(tx, p.ID, span.Days{From: first, To: first.AddDays(7)})
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("nobody leaves for Charyn after %s", first)
	}
	if err != nil {
		return booking.Draft{}, err
	}
	return booking.Draft{Plan: p.ID, Departure: all[0].ID, Adults: t.adults, Children: t.children}, nil
}

// travel has a buyer book seats and pay for them by card.
func (s *sower) travel(ctx context.Context, t traveller, end time.Time) (order.ID, error) {
	return s.buyChosen(ctx, t.buyer, func(tx *db.Tx, _ buyer) (cart.Addition, error) {
		d, err := t.seats(tx, end)
		if err != nil {
			return cart.Addition{}, err
		}
		b, err := booking.Choose(tx, d)
		return cart.Addition{Variant: b.Variant, PriceSeen: b.Price, Source: "product", Answers: map[string]string{catalog.ChosenCode: string(b.ID)}}, err
	})
}

// buyChosen has a buyer choose one thing that is sold by time, and pay for it by card.
func (s *sower) buyChosen(ctx context.Context, name string, choose func(*db.Tx, buyer) (cart.Addition, error)) (order.ID, error) {
	who, b, err := s.who(name)
	if err != nil {
		return "", err
	}
	var basket cart.ID
	err = s.as(ctx, who, name+" chooses", func(tx *db.Tx) error {
		add, err := choose(tx, b)
		if err != nil {
			return err
		}
		c, err := cart.Open(tx, cart.Opening{Currency: money.KZT, Lang: b.Lang})
		if err != nil {
			return err
		}
		basket, add.Quantity = c.ID, measure.One
		if _, err = s.house.Desk.Put(tx, c.ID, add); err != nil {
			return err
		}
		return cart.SetContact(tx, c.ID, cart.Contact{Email: b.Email, Phone: b.Phone})
	})
	if err != nil {
		return "", err
	}
	answer, err := s.house.Desk.Order(ctx, who, checkout.Purchase{Cart: basket, Method: payment.Card, Token: "tok_ok", ReturnURL: cameBack})
	return answer.Order, err
}

// await has somebody join a waiting list.
func (s *sower) await(ctx context.Context, name string, join func(*db.Tx, buyer) error) error {
	who, b, err := s.who(name)
	if err != nil {
		return err
	}
	return s.as(ctx, who, name+" waits", func(tx *db.Tx) error { return join(tx, b) })
}

// awaitSeats has a traveller wait for seats of the full departure.
func (s *sower) awaitSeats(ctx context.Context, t traveller, end time.Time) error {
	return s.await(ctx, t.buyer, func(tx *db.Tx, b buyer) error {
		d, err := t.seats(tx, end)
		if err == nil {
			_, err = booking.Await(tx, d, b.Email, b.Lang)
		}
		return err
	})
}

// stayHome has a traveller give up his seats.
func (s *sower) stayHome(ctx context.Context, name string, id order.ID) error {
	who, _, err := s.who(name)
	if err != nil {
		return err
	}
	return s.as(ctx, who, name+" stays at home", func(tx *db.Tx) error {
		o, err := order.ToChange(tx, id)
		if err != nil {
			return err
		}
		all, err := booking.OfOrder(tx, string(id))
		for _, b := range all {
			err = errors.Join(err, takeback.GiveUp(tx, o, b, ""))
		}
		return err
	})
}
