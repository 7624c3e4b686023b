package booking

import (
	"slices"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/booking/bookingdb"
	"sauda/core/hold"
	"sauda/core/seller"
	"sauda/gear/db"
)

// Sale is the line of an order by which a draft was sold.
type Sale struct {
	Booking ID
	Order   string
	Line    string
	Owner   string      // Owner has the claims on what it takes, in core/hold, confirmed.
	Party   string      // Party is the buyer; empty for a guest.
	Total   money.Money // Total is what the line costs, after what promotions took off; the price of the draft where it is not said.
}

// Place makes a draft a booking, in the moment of its order. Placed again by the same line it changes nothing; by another it is
// ErrState. Its price is that of now, which the order has reckoned by the same function.
func Place(tx *db.Tx, s Sale) (Booking, error) {
	b, err := Get(tx, s.Booking)
	if err != nil {
		return Booking{}, err
	}
	if b.State != StateDraft {
		if b.Order == s.Order && b.Line == s.Line {
			return b, nil
		}
		return Booking{}, b.wrongState("place")
	}
	chosen, err := ChosenOf(tx, []ID{s.Booking})
	if err != nil {
		return Booking{}, err
	}
	c, there := chosen[s.Booking]
	if !there {
		return Booking{}, ErrNotOpen.About("%s cannot be booked any more", s.Booking)
	}
	b = c.Booking
	b.State, b.Order, b.Line = StateBooked, s.Order, s.Line
	if b.own() { // It came of an offer, and holds what it takes by itself.
		if err := hold.Confirm(tx, b.holder); err != nil {
			return Booking{}, err
		}
	} else {
		b.holder = s.Owner
	}
	if s.Total.Currency == b.Price.Currency && s.Total.Minor < b.Price.Minor {
		off := b.Price.Minor - s.Total.Minor
		b.Offs = []Off{{High: base(b.Parts), Minor: off}}
		b.Parts = append(b.Parts, Part{Code: PartOff, Amount: money.Of(-off, b.Price.Currency)})
		b.Price = s.Total
	}
	b.Payments = []Payment{{s.Order, s.Line, b.Price}}
	if s.Party != "" {
		b.Party = s.Party
	}
	if err := keep(tx, &b); err != nil {
		return Booking{}, err
	}
	if err := remarkOf(tx, b); err != nil {
		return Booking{}, err
	}
	return b, tx.Emit(Booked{b.ID, b.Plan, b.Seller, b.Product, b.Order, b.Line, b.Price})
}

// Pay notes that a booking is paid. Twice is the same as once.
func Pay(tx *db.Tx, id ID) (Booking, error) {
	b, err := Get(tx, id)
	if err != nil || b.Paid || b.State == StateCancelled {
		return b, err
	}
	b.Paid = true
	if err := keep(tx, &b); err != nil {
		return Booking{}, err
	}
	return b, tx.Emit(Confirmed{b.ID, b.Order})
}

// End notes that the line of a booking was cancelled or given back, whose claims on what it takes have been released. What a
// change has taken since is released here. All that was paid comes back, that of changes too: whoever may keep a part of it gives
// it up by Cancel. Twice is the same as once.
func End(tx *db.Tx, id ID) (Booking, error) {
	b, err := Get(tx, id)
	if err != nil || b.State == StateCancelled || b.State == StateDraft {
		return b, err
	}
	if b.own() || b.State == StateDone { // What is done is given back, not cancelled: its order has released nothing.
		if err := b.release(tx); err != nil {
			return Booking{}, err
		}
	}
	if b.State == StateMissed {
		return b, remarkOf(tx, b)
	}
	r := b.whole()
	back := b.give(r)
	b.State, b.Kept = StateCancelled, r.Kept
	if err := keep(tx, &b); err != nil {
		return Booking{}, err
	}
	if err := remarkOf(tx, b); err != nil {
		return Booking{}, err
	}
	return b, tx.Emit(Cancelled{b.ID, b.Order, b.Line, r.Back, r.Kept, back})
}

// Cancel gives up a booking that has not begun, releases what it takes and says what comes back. Given up twice, it is
// ErrState. The money moves where the fact Cancelled is heard.
func Cancel(tx *db.Tx, id ID) (Booking, Refund, error) {
	b, err := Get(tx, id)
	if err != nil {
		return Booking{}, Refund{}, err
	}
	if b.State != StateBooked {
		return Booking{}, Refund{}, b.wrongState("cancel")
	}
	if !b.Open(tx.Now()) {
		return Booking{}, Refund{}, ErrTooLate.About("%s began at %s", id, b.Starts)
	}
	if err := b.release(tx); err != nil {
		return Booking{}, Refund{}, err
	}
	r := b.Refund(tx.Now())
	back := b.give(r)
	b.State, b.Kept = StateCancelled, r.Kept
	if err := keep(tx, &b); err != nil {
		return Booking{}, Refund{}, err
	}
	if err := remarkOf(tx, b); err != nil {
		return Booking{}, Refund{}, err
	}
	return b, r, tx.Emit(Cancelled{b.ID, b.Order, b.Line, r.Back, r.Kept, back})
}

// holderOf names who has the claims of a booking that was changed so often.
func holderOf(b Booking) string {
	return holderBegin + string(b.ID) + "/" + time.UnixMicro(b.version).UTC().Format("150405.000000")
}

// own says whether a change has taken what a booking takes under its own name.
func (b Booking) own() bool { return strings.HasPrefix(b.holder, holderBegin) }

const holderBegin = "booking/"

// release gives back what a booking takes: by its own name all, from an order's only its part.
func (b Booking) release(tx *db.Tx) error {
	if b.own() {
		return hold.Release(tx, b.holder)
	}
	return hold.ReleasePart(tx, b.holder, b.wants())
}

// wants gives what a booking takes, as it was judged when it was booked.
func (b Booking) wants() []hold.Want {
	p := Plan{Form: FormNights, Zone: b.Zone, Terms: b.Terms}
	var all []hold.Want
	for _, u := range b.Uses {
		if u.Quarters {
			j := judged{Starts: b.Starts, Ends: b.Ends, First: b.From, Last: b.To}
			p.takeTime(&j, u.Resource, u.Units)
			all = append(all, j.Wants...)
			continue
		}
		for d := u.From; d.Before(u.To); d = d.AddDays(1) {
			all = append(all, wantsOf(DayKey(u.Resource, d), u.Units))
		}
	}
	if b.Draft.Departure != "" {
		seats := int64(b.Draft.Adults + (Plan{Terms: b.Terms}).seated(b.Draft.Children))
		all = append(all, wantsOf(SeatKey(b.Draft.Departure), seats))
	}
	return all
}

// remarkOf notes what is left where a booking has moved something.
func remarkOf(tx *db.Tx, b Booking) error {
	if b.Draft.Departure != "" {
		if err := remarkDepartures(tx, b.Plan, b.From); err != nil {
			return err
		}
	}
	return remark(tx, b.Uses)
}

// Get gives a booking, a draft too. Whoever asks has been let in by the order or by the seller.
func Get(tx *db.Tx, id ID) (Booking, error) {
	all, err := some(tx, []ID{id})
	if err != nil {
		return Booking{}, err
	}
	if len(all) == 0 {
		return Booking{}, ErrUnknown.About("booking %.60q", string(id))
	}
	return all[0], nil
}

// Of gives a seller's booking; another seller's, and a draft, are as unknown as none.
func Of(tx *db.Tx, of seller.ID, id ID) (Booking, error) {
	b, err := Get(tx, id)
	if err == nil && (b.Seller != of || b.State == StateDraft) {
		return Booking{}, ErrUnknown.About("booking %s of %s", id, of)
	}
	return b, err
}

// OfOrder gives what an order has booked, and only what is of that order.
func OfOrder(tx *db.Tx, order string) ([]Booking, error) {
	rows, err := bookingdb.New(tx).BookingsOf(tx.Context(), order)
	if err != nil {
		return nil, err
	}
	return bookingsOf(rows)
}

// InOrder gives one booking of an order; another order's is as unknown as none.
func InOrder(tx *db.Tx, order string, id ID) (Booking, error) {
	b, err := Get(tx, id)
	if err == nil && (order == "" || b.Order != order) {
		return Booking{}, ErrUnknown.About("booking %s of %s", id, order)
	}
	return b, err
}

// keep writes a booking as it is now.
func keep(tx *db.Tx, b *Booking) error {
	body, err := b.body()
	if err != nil {
		return err
	}
	rows, err := bookingdb.New(tx).Keep(tx.Context(), bookingdb.KeepParams{
		State: string(b.State), Party: b.Party, OrderRef: b.Order, Line: b.Line, Holder: b.holder, DayFrom: b.From.String(),
		DayTo: b.To.String(), StartsAt: span.Micros(b.Starts), EndsAt: span.Micros(b.Ends), Paid: number(b.Paid),
		Reminded: number(b.Reminded), UsedAt: span.Micros(b.Used), Body: body, ID: string(b.ID), Version: b.version,
	})
	if err == nil && rows == 0 {
		return ErrStale.About("%s is not at %d any more", b.ID, b.version)
	}
	b.version++
	return err
}

func number(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

func (b Booking) wrongState(verb string) error {
	return fault.With(ErrState.About("%s %s, which is %s", verb, b.ID, b.State), "state", string(b.State))
}

// has says whether a booking is in one of some states.
func (b Booking) has(states ...State) bool { return slices.Contains(states, b.State) }
