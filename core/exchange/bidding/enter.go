package bidding

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/bidding/biddingdb"
	"sauda/gear/db"
	"sauda/gear/seal"
)

// countMax is the most that a bid may be worth, as everywhere on the exchange.
const countMax = 1 << 60

// Enter takes a bid for an account; that the one who asks trades for it is for the caller to know. The moment counts, at
// the precision of a microsecond: at the end itself nothing is taken any more. Two bids at once are put into an order, and
// the second is judged behind the first.
//
// Who may not take part is ErrBarred, who has not lodged what is asked for ErrUnsecured, what is decided or withdrawn
// auction.ErrOver, and every other refusal is that of the machine. What is refused leaves no trace.
func Enter(tx *db.Tx, keys seal.Keys, id NoticeID, a exchange.Account, b Bid) (Bid, error) {
	tx.Strict() // It is judged by all bids before.
	tx.Lock(lockOf(id))
	n, err := Get(tx, id)
	if err != nil {
		return Bid{}, err
	}
	if !n.State.Live() {
		return Bid{}, auction.ErrOver.About("%s is %s", id, n.State)
	}
	if err := n.may(tx, a); err != nil {
		return Bid{}, err
	}
	b.Account, b.User, b.excludes = a.Code, tx.Who().ID, false
	if err := n.countable(b); err != nil {
		return Bid{}, err
	}
	return n.write(tx, keys, b)
}

// may refuses an account that cannot take part in a bidding: that of who announced and all others of his party, one that
// is not active, one that the notice is not for or whose offer was not admitted, and with ErrUnsecured one without its
// guarantee.
func (n Notice) may(tx *db.Tx, a exchange.Account) error {
	if err := n.admits(a); err != nil {
		return err
	}
	if err := n.qualified(tx, a.Code); err != nil || n.Guarantee == 0 {
		return err
	}
	pledges, err := Pledges(tx, n.ID)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(pledges, func(p Pledge) bool { return p.Account == a.Code && p.State == Held }) {
		return ErrUnsecured.About("%s for %s", a.Code, n.ID)
	}
	return nil
}

// admits refuses an account that the notice is not for.
func (n Notice) admits(a exchange.Account) error {
	switch {
	case a.Code == n.Account, a.Party != "" && a.Party == n.Party && a.Kind == exchange.Client:
		return auction.ErrSelf.About("%s", a.Code)
	case a.State != exchange.StateActive:
		return exchange.ErrStanding.About("%s is %s", a.Code, a.State)
	case !a.Suits(exchange.Instrument{Terms: exchange.Terms{Class: n.Class}}),
		len(n.Invited) > 0 && !slices.Contains(n.Invited, a.Code):
		return ErrBarred.About("%s for %s", a.Code, n.ID)
	}
	return nil
}

// countable refuses prices between two steps and what is worth more than can be counted.
func (n Notice) countable(b Bid) error {
	if len(b.Prices) > len(n.Items) || b.Quantity < 0 || b.Quantity > quantityMax {
		return auction.ErrBid.About("%d prices, a quantity of %d", len(b.Prices), b.Quantity)
	}
	for at, price := range b.Prices {
		quantity := n.Items[at].Quantity
		switch {
		case price < 0 || price > countMax/(n.Lot/n.Unit)/quantity:
			return auction.ErrOverflow.About("%d at %d", quantity, price)
		case price > 0 && !n.Ticks.Holds(price):
			return auction.ErrTick.About("%d", price)
		}
	}
	return nil
}

// write judges an entry behind all others and writes it down as the next one.
func (n Notice) write(tx *db.Tx, keys seal.Keys, b Bid) (Bid, error) {
	if n.Entries >= entriesMax {
		return Bid{}, ErrFull.About("%s has %d entries", n.ID, n.Entries)
	}
	m, entries, err := n.tell(tx, keys)
	if err != nil {
		return Bid{}, err
	}
	// A moment that has waited for another one may have begun before it; what is behind it happened at its time.
	b.Number, b.At = n.Entries+1, span.FromMicros(max(span.Micros(tx.Now()), n.last))
	state := n.stateAt(b.At)
	if err := m.take(b); err != nil {
		return Bid{}, err
	}
	if d, falls := m.(*dutch); falls {
		b.Prices = []int64{d.clock.Price(span.Micros(b.At))}
	}
	n.State, n.Ends = state, span.FromMicros(m.ends())
	n.Best = n.best(m, append(entries, b))
	body, sealed, err := n.body(keys, b)
	if err != nil {
		return Bid{}, err
	}
	q := biddingdb.New(tx)
	rows, err := q.Entered(tx.Context(), biddingdb.EnteredParams{
		State: string(n.State), Number: b.Number, At: span.Micros(b.At), EndsAt: span.Micros(n.Ends), TurnsAt: n.turns(), Best: n.Best, ID: string(n.ID),
	})
	if err != nil {
		return Bid{}, err
	}
	if rows == 0 {
		return Bid{}, ErrStanding.About("%s has another entry %d", n.ID, b.Number)
	}
	what := "bid"
	if b.excludes {
		what = "exclusion"
	}
	err = q.AddEntry(tx.Context(), biddingdb.AddEntryParams{
		Notice: string(n.ID), Number: b.Number, What: what, Account: b.Account, ByUser: b.User, At: span.Micros(b.At), Sealed: sealed, Body: body,
	})
	if err != nil {
		return Bid{}, err
	}
	return b, tx.Emit(Entered{n.ID, b.Number, span.Micros(n.Ends)})
}

// stateAt is how a notice stands at a moment, whether or not the clock has said so yet.
func (n Notice) stateAt(at time.Time) State {
	switch {
	case !n.State.Live() || at.Before(n.Opens):
		return n.State
	case n.Kind == TenderTwo && !at.Before(n.Second()):
		return Second
	}
	return Open
}

// body writes an entry, sealed as long as bids are.
func (n Notice) body(keys seal.Keys, b Bid) (body string, sealed int64, err error) {
	plain, err := json.Marshal(b)
	if err != nil || !n.Sealed() {
		return string(plain), 0, err
	}
	if !keys.Ready() {
		return "", 0, ErrNoSeal
	}
	body, err = keys.Seal(string(plain), n.purpose(b.Number, b.Account))
	return body, 1, err
}

// purpose is what a bid is sealed for: nobody can put it under another number, another bidder or another notice.
func (n Notice) purpose(number int64, account string) string {
	return fmt.Sprintf("bid %d of %s in %s", number, account, n.ID)
}

// tell gives the machine as all entries have left it, and these.
func (n Notice) tell(tx *db.Tx, keys seal.Keys) (machine, []Bid, error) {
	entries, err := n.entries(tx, keys)
	if err != nil {
		return nil, nil, err
	}
	m, err := n.told(entries)
	return m, entries, err
}

// entries gives all that was said, opened.
func (n Notice) entries(tx *db.Tx, keys seal.Keys) ([]Bid, error) {
	if n.Entries == 0 {
		return nil, nil
	}
	rows, err := biddingdb.New(tx).Entries(tx.Context(), string(n.ID))
	if err != nil {
		return nil, err
	}
	all := make([]Bid, len(rows))
	for i, row := range rows {
		body := row.Body
		if row.Sealed == 1 {
			if body, err = keys.Open(body, n.purpose(row.Number, row.Account)); err != nil {
				return nil, fmt.Errorf("entry %d of %s: %w", row.Number, n.ID, err)
			}
		}
		if err := json.Unmarshal([]byte(body), &all[i]); err != nil {
			return nil, fmt.Errorf("entry %d of %s: %w", row.Number, n.ID, err)
		}
		all[i].Number, all[i].Account, all[i].User, all[i].At = row.Number, row.Account, row.ByUser, span.FromMicros(row.At)
		all[i].excludes = row.What == "exclusion"
	}
	return all, nil
}

// Exclude takes all offers of a bidder out of a tender, for instance since his papers do not bear them, until it is
// decided. He cannot bid again. Only who announced does it: ErrStranger; of what is no tender it is ErrStanding.
func Exclude(tx *db.Tx, keys seal.Keys, id NoticeID, account, bidder string) (Notice, error) {
	tx.Strict() // It is judged among all bids.
	tx.Lock(lockOf(id))
	n, err := own(tx, id, account)
	if err != nil {
		return Notice{}, err
	}
	if !n.Kind.Buys() || !n.State.Live() || n.stateAt(tx.Now()) == Announced || bidder == "" || bidder == account {
		return Notice{}, ErrStanding.About("%s is %s, a %s", id, n.State, n.Kind)
	}
	if _, err := n.write(tx, keys, Bid{Account: bidder, User: tx.Who().ID, excludes: true}); err != nil {
		return Notice{}, err
	}
	return Get(tx, id)
}
