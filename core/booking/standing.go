package booking

import (
	"slices"

	"sauda/base/money"
	"sauda/gear/db"
)

// Standing is how a line stands that has paid for a booking, or for a change of one.
type Standing struct {
	Back money.Money // Back is what of its price has not been given back yet.
	Held bool        // Held says that its order still has the claims on what it took; a change has claims of its own.
}

// StandingOf says how a line of an order stands; not ok is a line that has paid for nothing, such as a change that was not made.
func StandingOf(tx *db.Tx, ref, order, line string) (s Standing, ok bool, err error) {
	id := ID(ref)
	if change, is := amendmentOf(ref); is {
		all, err := amendments(tx, []AmendmentID{change})
		if err != nil || len(all) == 0 || all[0].state != amendMade {
			return Standing{}, false, err
		}
		id = all[0].Booking
	}
	b, err := Get(tx, id)
	if err != nil {
		return Standing{}, false, err
	}
	at := slices.IndexFunc(b.Payments, func(p Payment) bool { return p.Order == order && p.Line == line })
	if at < 0 {
		return Standing{}, false, nil
	}
	return Standing{b.Payments[at].Amount, ID(ref) == b.ID && !b.own() && b.State != StateCancelled}, true, nil
}
