package app_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/booking"
	"sauda/core/catalog"
	"sauda/core/course"
	"sauda/core/hold"
	"sauda/core/notify"
	"sauda/core/order"
	"sauda/core/seller"
	"sauda/gear/db"
)

// inn is a house in which the kettle is a room by the lake, of which there are some.
type inn struct {
	*apptest.House
	t    *testing.T
	room booking.Resource
	plan booking.Plan
}

func openInn(t *testing.T, h *apptest.House, rooms int64) *inn {
	t.Helper()
	i := &inn{House: h, t: t}
	h.Moment(t, func(tx *db.Tx) error {
		name := text.Localized{"kk": "Бөлме", "ru": "Номер", "en": "Room"}
		p, err := catalog.Get(tx, h.Goods[apptest.Kettle].Product)
		if err != nil {
			return err
		}
		if _, err := catalog.Revise(tx, p.ID, p.Version, catalog.Changes{Kind: &catalog.Kind{Service: &catalog.Service{Way: booking.WayName}}}); err != nil {
			return err
		}
		i.room, err = booking.AddResource(tx, booking.Resource{Seller: seller.Own, Grain: booking.GrainDay, Name: name, Zone: "Asia/Almaty", Units: rooms, Ahead: 90})
		if err != nil {
			return err
		}
		i.plan, err = booking.AddPlan(tx, booking.Plan{
			Seller: seller.Own, Product: p.ID, Variant: h.Goods[apptest.Kettle].Variant, Form: booking.FormNights, Name: name,
			PlaceName: text.Localized{"kk": "Сәті", "en": "Saty"}, Zone: "Asia/Almaty", Needs: []booking.Need{{Resource: i.room.ID, Per: booking.PerUnit}},
			Terms: booking.Terms{Currency: money.KZT, Base: 20_000_00, PeopleMax: 2,
				Back: []booking.BackStep{{Days: 20, Share: money.One}, {Days: 2, Share: money.Percent(50)}}},
		})
		return err
	})
	return i
}

// books orders stays by one order, with goods beside them, and gives the order and its bookings in the order of the stays.
func (i *inn) books(c *apptest.Client, goods []string, stays ...span.Days) (string, []string) {
	i.t.Helper()
	cart := c.Basket(i.t, i.House, goods...)
	var chosen []string
	for _, d := range stays {
		ask := map[string]any{"plan_id": i.plan.ID, "from": d.From.String(), "to": d.To.String(), "adults": 2}
		chosen = append(chosen, c.Do(i.t, 201, "POST", "/v1/bookings", ask).Text("id"))
		line := map[string]any{"variant_id": i.Goods[apptest.Kettle].Variant, "answers": map[string]string{"chosen": chosen[len(chosen)-1]}}
		c.Do(i.t, 201, "POST", "/v1/carts/"+cart+"/lines", line)
	}
	if len(goods) > 0 {
		c.Do(i.t, 204, "PUT", "/v1/carts/"+cart+"/address", apptest.AlmatyAddress)
		c.Do(i.t, 204, "PUT", "/v1/carts/"+cart+"/delivery", map[string]any{"method": "mth_courier"})
	}
	return i.pays(c, cart), chosen
}

func (i *inn) pays(c *apptest.Client, cart string) string {
	i.t.Helper()
	c.Do(i.t, 204, "PUT", "/v1/carts/"+cart+"/contact", map[string]any{"email": "aigul@example.kz", "phone": "+77011234567"})
	id := c.Do(i.t, 200, "POST", "/v1/carts/"+cart+"/checkout", map[string]any{"method": "card", "token": "tok_ok"}).Text("order.id")
	i.Settled(i.t)
	return id
}

// changes changes a booking, and buys the change where it is dearer; it gives the order of that.
func (i *inn) changes(c *apptest.Client, id, b string, to span.Days) string {
	i.t.Helper()
	a := c.Do(i.t, 200, "POST", "/v1/orders/"+id+"/bookings/"+b+"/change", map[string]any{"from": to.From.String(), "to": to.To.String()})
	i.Settled(i.t)
	change := a.Text("buy.id")
	if change == "" {
		return ""
	}
	cart := c.Basket(i.t, i.House)
	c.Do(i.t, 201, "POST", "/v1/carts/"+cart+"/lines", map[string]any{"variant_id": i.Goods[apptest.Kettle].Variant, "answers": map[string]string{"chosen": change}})
	return i.pays(c, cart)
}

// refunded is what of an order went back.
func (i *inn) refunded(id string) (back int64) {
	i.t.Helper()
	i.Look(i.t, func(tx *db.Tx) error {
		all, err := order.Repaid(tx, []order.ID{order.ID(id)})
		back = all[order.ID(id)].Minor
		return err
	})
	return back
}

// givesUp gives a booking up at the sum that is shown to whoever asks.
func (i *inn) givesUp(c *apptest.Client, id, b string) int64 {
	i.t.Helper()
	all := c.Do(i.t, 200, "GET", "/v1/orders/"+id+"/bookings", nil)
	for n := range 9 {
		at := "items." + string(rune('0'+n))
		if all.Text(at+".id") != b {
			continue
		}
		back := all.Number(at + ".back.amount")
		c.Do(i.t, 204, "POST", "/v1/orders/"+id+"/bookings/"+b+"/cancellation", map[string]any{"back": map[string]any{"amount": back, "currency": "KZT"}})
		i.Settled(i.t)
		return back
	}
	i.t.Fatalf("%s has no booking %s: %s", id, b, all.Body)
	return 0
}

func (i *inn) nights(from, n int) span.Days {
	first := i.Today().AddDays(from)
	return span.Days{From: first, To: first.AddDays(n)}
}

// TestWhatCameBackDoesNotComeAgain: a booking that became cheaper and is then given up for all of its price brings back no more than
// it has cost, though the order has other lines whose money is still here.
func TestWhatCameBackDoesNotComeAgain(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		i, c := openInn(t, h, 3), h.Guest()
		id, all := i.books(c, nil, i.nights(30, 2), i.nights(40, 2))
		i.changes(c, id, all[0], i.nights(30, 1))
		if got := i.refunded(id); got != 20_000_00 {
			t.Fatalf("a night less brings %d", got)
		}
		if back := i.givesUp(c, id, all[0]); back != 20_000_00 || i.refunded(id) != 40_000_00 {
			t.Errorf("shown was %d, in all came back %d of 40000.00", back, i.refunded(id))
		}
		i.givesUp(c, id, all[1])
		if got := i.refunded(id); got != 80_000_00 {
			t.Errorf("in the end came back %d", got)
		}
		h.Sound(t)
	})
}

// TestTheSellerKeepsNothing of what he does not give: all that was paid comes back, that of a change too, whatever the terms say.
func TestTheSellerKeepsNothing(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		i, c := openInn(t, h, 3), h.Guest()
		staff := h.As(h.Staffed(t, "desk@example.kz", string(seller.Own), "orders.*"))
		for name, end := range map[string]func(id, b string){
			"by the booking": func(id, b string) { i.givesUp(staff, id, b) },
			"by the order": func(id, _ string) {
				staff.Do(t, 200, "POST", "/v1/orders/"+id+"/cancellation", map[string]any{"reason": "A storm"})
				i.Settled(t)
			},
		} {
			id, all := i.books(c, nil, i.nights(5, 2))
			more := i.changes(c, id, all[0], i.nights(5, 3))
			if shown := c.Do(t, 200, "GET", "/v1/orders/"+id+"/bookings", nil).Number("items.0.back.amount"); shown != 30_000_00 {
				t.Errorf("%s: the buyer would have %d back", name, shown)
			}
			end(id, all[0])
			if first, second := i.refunded(id), i.refunded(more); first != 40_000_00 || second != 20_000_00 {
				t.Errorf("%s: back come %d and %d", name, first, second)
			}
			h.Look(t, func(tx *db.Tx) error {
				b, err := booking.Get(tx, booking.ID(all[0]))
				if b.State != booking.StateCancelled || b.Kept.IsPositive() {
					t.Errorf("%s: it is %s, kept are %s", name, b.State, b.Kept)
				}
				return err
			})
		}
		h.Sound(t)
	})
}

// TestARefundByHandStopsNothing: what staff gave back before is not given twice, what is left comes back, and the history says what
// did not.
func TestARefundByHandStopsNothing(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		i, c := openInn(t, h, 3), h.Guest()
		staff := h.As(h.Staffed(t, "desk@example.kz", string(seller.Own), "orders.*"))
		id, all := i.books(c, nil, i.nights(5, 2))
		staff.Do(t, 201, "POST", "/v1/office/orders/"+id+"/refunds", map[string]any{"ref": "kind_1", "amount": map[string]any{"amount": 30_000_00, "currency": "KZT"}, "reason": "Kindness"})
		if back := i.givesUp(c, id, all[0]); back != 20_000_00 {
			t.Errorf("%d is shown", back)
		}
		if got := i.refunded(id); got != 40_000_00 {
			t.Errorf("in all came back %d", got)
		}
		h.Look(t, func(tx *db.Tx) error {
			happened, err := order.History(tx, order.ID(id))
			said := int64(0)
			for _, x := range happened {
				if x.Kind == "short" && strings.HasPrefix(x.Ref, "booking/") {
					said += x.Amount.Minor
				}
			}
			if said != 10_000_00 {
				t.Errorf("the history says %d: %+v", said, happened)
			}
			return err
		})
		h.Sound(t)
	})
}

// TestAMovedBookingLeavesTheOthersTheirs: two rooms of the same nights in one order, of which one is moved and then given up: the
// other keeps its nights.
func TestAMovedBookingLeavesTheOthersTheirs(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		i, c := openInn(t, h, 2), h.Guest()
		id, all := i.books(c, nil, i.nights(30, 1), i.nights(30, 1))
		i.changes(c, id, all[0], i.nights(40, 1))
		i.givesUp(c, id, all[0])
		h.Look(t, func(tx *db.Tx) error {
			night, other := booking.DayKey(i.room.ID, i.nights(30, 1).From), booking.DayKey(i.room.ID, i.nights(40, 1).From)
			left, err := hold.Left(tx, []string{night, other})
			if left[night] != 1 || left[other] != 2 {
				t.Errorf("left are %v of two", left)
			}
			return err
		})
		h.Sound(t)
	})
}

// TestALessonMovedThereAndBack is told each time: the last letter says when it is.
func TestALessonMovedThereAndBack(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		family := h.As(h.Registered(t, "aigul@example.kz"))
		var g course.Cohort
		h.Moment(t, func(tx *db.Tx) error {
			c, err := course.Add(tx, seller.Own, course.Draft{Name: text.Localized{"kk": "Ағылшын тілі", "en": "English"}, State: course.StateShown,
				Product: h.Goods[apptest.Kettle].Product, Variant: h.Goods[apptest.Kettle].Variant})
			if err != nil {
				return err
			}
			first := h.Today().AddDays(7)
			g, err = course.Open(tx, c.ID, course.CohortDraft{
				Days: span.Days{From: first, To: first.AddDays(14)}, Zone: "Asia/Almaty", Slots: []course.Slot{{Weekday: time.Monday, At: "18:30", Minutes: 90}},
				Places: 5, Price: money.Of(0, money.KZT), State: course.CohortOpen,
			})
			return err
		})
		id := family.Do(t, 201, "POST", "/v1/groups/"+string(g.ID)+"/enrolments", map[string]any{"student": "Айгүл", "birth": "1990-04-01", "agrees": true}).Text("id")
		var l course.Lesson
		h.Moment(t, func(tx *db.Tx) error {
			if err := course.Place(tx, course.Sold{Ref: id, Order: "ord_1", Line: "1", Owner: "cart/1"}); err != nil {
				return err
			}
			all, err := course.Lessons(tx, g.ID)
			l = all[0]
			return errors.Join(err, course.Begin(tx, id))
		})
		for n, act := range []course.LessonDraft{
			{Begins: l.Begins.Add(time.Hour)}, {Begins: l.Begins}, {Begins: l.Begins.Add(time.Hour)}, {Begins: l.Begins, CallOff: true}, {Begins: l.Begins}, {Begins: l.Begins, CallOff: true},
		} {
			act.Minutes = 90
			h.Moment(t, func(tx *db.Tx) error { _, err := course.ChangeLesson(tx, g.ID, l.ID, act); return err })
			h.Settled(t)
			h.Later(t, time.Second)
			h.Look(t, func(tx *db.Tx) error {
				all, err := notify.To(tx, "aigul@example.kz")
				told := 0
				for _, x := range all {
					if x.Template == notify.LessonMoved || x.Template == notify.LessonCalledOff {
						told++
					}
				}
				if told != n+1 {
					t.Errorf("after %d changes there are %d letters", n+1, told)
				}
				return err
			})
		}
	})
}
