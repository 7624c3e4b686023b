package day

import (
	"maps"
	"slices"
	"strings"

	"sauda/base/span"
	"sauda/core/booking"
	"sauda/core/hold"
	"sauda/core/seller"
	"sauda/core/utility"
)

// ofServices says whether a pool is of a service: what is claimed of it is held to the bookings, not to the lines of orders.
func ofServices(key string) bool {
	begin, _, _ := strings.Cut(key, ":")
	return slices.Contains([]string{"day", "quarter", "seat", "place", "bill", "gift", "estimate"}, begin)
}

// bookings: of each night and each seat to come so many are taken as the bookings take that stand.
func (w *witness) bookings() error {
	today := span.DayOf(w.tx.Now(), span.Almaty)
	all, err := booking.Board(w.tx, seller.Own, span.Days{From: today, To: today.AddDays(60)}, 10_000)
	if err != nil {
		return err
	}
	want := map[string]int64{}
	for _, b := range all {
		if b.State != booking.StateBooked && b.State != booking.StateIn {
			continue
		}
		for _, u := range b.Uses {
			for d := u.From; !u.Quarters && d.Before(u.To); d = d.AddDays(1) {
				if !d.Before(today) {
					want[booking.DayKey(u.Resource, d)] += u.Units
				}
			}
		}
		if b.Draft.Departure != "" && b.Starts.After(w.tx.Now()) {
			want[booking.SeatKey(b.Draft.Departure)] += int64(b.Draft.People())
		}
	}
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if w.taken[key] != want[key] {
			w.find("%d of %s are held, and what is booked takes %d", w.taken[key], key, want[key])
		}
		delete(w.taken, key)
	}
	for _, key := range slices.Sorted(maps.Keys(w.taken)) {
		if parts := strings.Split(key, ":"); len(parts) == 3 && parts[0] == "day" && parts[2] >= today.String() {
			w.find("%d of %s are held, and nothing is booked", w.taken[key], key)
		}
	}
	return nil
}

// claimed counts a claim of a service.
func (w *witness) claimed(c hold.Claim) {
	if c.State == hold.StateConfirmed {
		w.taken[c.Key] += int64(c.Quantity)
	}
}

// telecom: what the telecom took is what was paid for it here, once and to the tiyn; what it refused went back.
func (w *witness) telecom() error {
	p, err := utility.ByCode(w.tx, telecom)
	if err != nil {
		return err
	}
	took := map[string]int64{}
	for _, x := range w.town.lines.Register() {
		took[x.Txn] = x.Sum
	}
	accounts, err := utility.Accounts(w.tx, p.ID, "", 1000)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		paid, err := utility.PaymentsOf(w.tx, a.ID, 10_000)
		if err != nil {
			return err
		}
		for _, x := range paid {
			sum, there := took[x.TxnElsewhere()]
			delete(took, x.TxnElsewhere())
			switch {
			case x.Told == utility.StateTold && (!there || sum != x.Sum):
				w.find("payment %s of %d is told, and the telecom took %d", x.ID, x.Sum, sum)
			case x.Told == utility.StateRefused && there:
				w.find("payment %s is refused, and the telecom took %d", x.ID, sum)
			case x.Told == utility.StateWaiting:
				w.find("payment %s still waits for the telecom", x.ID)
			}
		}
	}
	for _, txn := range slices.Sorted(maps.Keys(took)) {
		w.find("the telecom took %d by %s, which nobody has paid", took[txn], txn)
	}
	return nil
}

// bank: each payment of which the bank was told that it was taken stands once in the books.
func (w *witness) bank() error {
	p, err := utility.ByCode(w.tx, centre)
	if err != nil {
		return err
	}
	for _, txn := range slices.Sorted(maps.Keys(w.town.banked)) {
		paid, err := utility.PaymentByTxn(w.tx, p.ID, bank, txn)
		if err != nil || paid.Sum != w.town.banked[txn] {
			w.find("the bank was told that %d were taken by %s, and the books have %d: %v", w.town.banked[txn], txn, paid.Sum, err)
		}
	}
	return nil
}
