package app_test

import (
	"testing"
	"time"

	"sauda/app"
	"sauda/app/apptest"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/booking"
	"sauda/core/catalog"
	"sauda/core/hold"
	"sauda/core/seller"
	"sauda/core/utility"
	"sauda/gear/db"
)

// healthy fails with what the doctor finds.
func healthy(t *testing.T, h *apptest.House, when string) {
	t.Helper()
	for _, f := range examined(t, h) {
		if f.Severity == app.Wrong {
			t.Errorf("%s: %s", when, f.Say("en"))
		}
	}
}

// left is what is left of some nights of an inn.
func (i *inn) left(days span.Days) (all []int64) {
	i.Look(i.t, func(tx *db.Tx) error {
		var keys []string
		for d := days.From; d.Before(days.To); d = d.AddDays(1) {
			keys = append(keys, booking.DayKey(i.room.ID, d))
		}
		free, err := hold.Left(tx, keys)
		for _, key := range keys {
			all = append(all, free[key])
		}
		return err
	})
	return all
}

// TestAStayThatIsOver: the nights that a guest does not sleep are sold again, those that he did stay taken and are no fault, and so
// is a stay that was moved; when the order is given back, its nights are free and its money is back.
func TestAStayThatIsOver(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		i, c := openInn(t, h, 2), h.Guest()
		staff := h.As(h.Staffed(t, "desk@example.kz", string(seller.Own), "orders.*"))
		moved, some := i.books(c, nil, i.nights(30, 2))
		i.changes(c, moved, some[0], i.nights(40, 2))
		healthy(t, h, "a moved stay")
		id, all := i.books(c, nil, i.nights(1, 3))
		days := i.nights(1, 3)
		_, none := i.books(c, nil, days)
		h.Later(t, 30*time.Hour)
		h.Moment(t, func(tx *db.Tx) error { _, err := booking.CheckIn(tx, seller.Own, booking.ID(all[0])); return err })
		h.Moment(t, func(tx *db.Tx) error { _, err := booking.Miss(tx, seller.Own, booking.ID(none[0])); return err })
		if got := i.left(days); got[0] != 1 || got[2] != 1 {
			t.Errorf("one of two rooms is let, and left are %v", got)
		}
		h.Later(t, 24*time.Hour)
		h.Moment(t, func(tx *db.Tx) error { _, err := booking.Finish(tx, seller.Own, booking.ID(all[0])); return err })
		h.Settled(t)
		if got := i.left(days); got[1] != 2 || got[2] != 2 {
			t.Errorf("the guest has left, and left are %v", got)
		}
		healthy(t, h, "an early departure")
		staff.Do(t, 201, "POST", "/v1/office/orders/"+id+"/returns", map[string]any{"ref": "return_1", "reason": "cold"})
		h.Settled(t)
		if got := i.refunded(id); got != 60_000_00 {
			t.Errorf("%d came back", got)
		}
		healthy(t, h, "a stay that was given back")
		h.Sound(t)
	})
}

// TestAPaidBillIsHeldNoMore: what kept others from paying it is given back once it is paid.
func TestAPaidBillIsHeldNoMore(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		name := text.Localized{"kk": "Орталық", "en": "Centre"}
		h.Moment(t, func(tx *db.Tx) error {
			p, err := utility.Register(tx, utility.Provider{
				Seller: seller.Own, Code: "centre", Kind: utility.KindCentre, Name: name, Currency: money.KZT, DueDay: 25, SumMax: 100_000_00,
				Services: []utility.Service{{Code: "waste", Name: name, Tariffs: []utility.Tariff{{
					From: span.MustDay("2026-01-01"), Base: utility.BaseFixed, Steps: []utility.Step{{Price: 600_0000}},
				}}}},
			})
			if err != nil {
				return err
			}
			offers, err := catalog.Offers(tx, []catalog.VariantID{h.Goods[apptest.Kettle].Variant})
			if err != nil {
				return err
			}
			if p, err = utility.Sell(tx, p, offers[h.Goods[apptest.Kettle].Variant].Category); err != nil {
				return err
			}
			if _, err = utility.OpenMany(tx, p, []utility.Account{{Number: "100", Holder: "A", Address: "B", People: 1, Area: measure.One}}); err != nil {
				return err
			}
			if _, err = utility.Begin(tx, p, utility.MonthOf(h.Today())); err != nil {
				return err
			}
			_, err = utility.Issue(tx, 10)
			return err
		})
		h.Settled(t)
		c := h.Guest()
		account := c.Do(t, 200, "POST", "/v1/bill-accounts", map[string]any{"provider": "centre", "number": "100"}).Text("id")
		bill := c.Do(t, 201, "POST", "/v1/bill-accounts/"+account+"/choices", map[string]any{})
		cart := c.Basket(t, h)
		c.Do(t, 201, "POST", "/v1/carts/"+cart+"/lines", map[string]any{"variant_id": bill.Text("variant_id"), "answers": map[string]string{"chosen": bill.Text("id")}})
		(&inn{House: h, t: t}).pays(c, cart)
		h.Look(t, func(tx *db.Tx) error {
			held, err := hold.Of(tx, "cart/"+cart)
			if len(held) > 0 {
				t.Errorf("held is still %+v", held)
			}
			return err
		})
		healthy(t, h, "a paid bill")
	})
}
