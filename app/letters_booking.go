package app

import (
	"strconv"

	"sauda/base/money"
	"sauda/core/booking"
	"sauda/core/notify"
	"sauda/core/order"
	"sauda/core/seller"
	"sauda/gear/bus"
	"sauda/gear/db"
)

// bookingLetters are what buyers are told of their bookings. Who left no mail address is told nothing.
func (h *House) bookingLetters() []bus.Reaction {
	return []bus.Reaction{
		bus.On("booking paid: a letter brings the way to the ticket", func(tx *db.Tx, e booking.Confirmed) error {
			return h.tellBooking(tx, e.Booking, notify.BookingBooked, "paid", nil)
		}),
		bus.On("booking changed: a letter tells the buyer", func(tx *db.Tx, e booking.Changed) error {
			back := money.Of(max(0, -e.Due.Minor), e.Due.Currency)
			return h.tellBooking(tx, e.Booking, notify.BookingChanged, strconv.FormatInt(e.Version, 10), map[string]money.Money{"back": back, "price": e.Price})
		}),
		bus.On("booking given up: a letter tells the buyer", func(tx *db.Tx, e booking.Cancelled) error {
			return h.tellBooking(tx, e.Booking, notify.BookingCancelled, "given up", map[string]money.Money{"back": e.Back, "kept": e.Kept})
		}),
		bus.On("booking missed: a letter tells the buyer", func(tx *db.Tx, e booking.Missed) error {
			return h.tellBooking(tx, e.Booking, notify.BookingMissed, "missed", map[string]money.Money{"back": e.Back, "kept": e.Kept})
		}),
		bus.On("booking begins soon: a letter reminds the buyer", func(tx *db.Tx, e booking.DueSoon) error {
			b, err := booking.Get(tx, e.Booking)
			if err != nil || b.State != booking.StateBooked { // It may have been given up since.
				return err
			}
			return h.tellBooking(tx, e.Booking, notify.BookingReminder, b.Starts.String(), nil)
		}),
	}
}

// tellBooking writes a letter about a booking as it is now; ref makes it one letter, however often its reason is told.
func (h *House) tellBooking(tx *db.Tx, id booking.ID, t notify.Template, ref string, sums map[string]money.Money) error {
	b, err := booking.Get(tx, id)
	if err != nil {
		return err
	}
	o, err := order.Get(tx, order.ID(b.Order))
	if err != nil || o.Contact.Email == "" {
		return err
	}
	s, err := seller.Get(tx, o.Seller)
	if err != nil {
		return err
	}
	params := map[string]string{
		"name": o.Contact.Name, "shop": s.Name.In(o.Lang), "items": b.Name.In(o.Lang), "when": b.Label.In(o.Lang), "door": b.Code(),
		"url": h.config.home() + "/" + o.Lang + "/orders/" + string(o.ID) + "/bookings/" + string(b.ID),
	}
	for name, sum := range sums {
		params[name] = sumIn(o.Lang, sum)
	}
	return notify.Send(tx, notify.Letter{
		Key: string(b.ID) + ":" + string(t) + ":" + ref, To: o.Contact.Email, Lang: o.Lang, Template: t, Params: params, Order: string(o.ID), Seller: string(o.Seller),
	})
}
