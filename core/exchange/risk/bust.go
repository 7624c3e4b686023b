package risk

import (
	"slices"

	"sauda/base/money"
	"sauda/core/exchange/book"
)

// Role is how an order came to its trade, which decides its fee.
type Role uint8

// The roles. Their numbers are written in journals and never change.
const (
	Made   Role = iota // Made is a trade of an order that rested.
	Took               // Took is a trade of an order that came in.
	Called             // Called is a trade of an auction.
	roles
)

// Trade is a trade of one side.
type Trade struct {
	Instrument uint32
	Account    uint32
	Trader     uint32
	Member     uint16
	Side       book.Side
	Role       Role
	Settled    bool // Settled says that it has been settled already: nothing of it is locked any more.
	Price      int64
	Qty        int64
	Charged    bool  // Charged says that Fee is what was paid for it; otherwise it is what its role would pay today.
	Fee        int64 // Fee comes back.
}

// Bust reverses a trade of one side: what it brought is due back, what it owed comes back and may be used, and the
// positions are as if it had not been. The order is not open again. What the account then lacks is told by an alarm:
// it may have used what it had. A trade that cannot be reversed is NotDue or TooMuch, and nothing has changed.
func (r *Risk) Bust(t Trade) Reason {
	back, why := r.reversalOf(&t)
	if why == NoReason {
		why = r.judgeBust(&back)
	}
	if why == NoReason {
		r.reverse(&back)
		r.warnOf(&back)
	}
	return why
}

// BustTrade reverses both sides of a trade, as Bust does one, the buyer's first; both are judged before anything changes,
// so that it is both or none. What one party has on both sides changes nothing for it. Sides that are not of one trade are
// Malformed.
func (r *Risk) BustTrade(buy, sell Trade) Reason {
	if buy.Side != book.Buy || sell.Side != book.Sell || buy.Instrument != sell.Instrument || buy.Price != sell.Price || buy.Qty != sell.Qty {
		return Malformed
	}
	var back [2]reversal
	for n, t := range [2]*Trade{&buy, &sell} {
		var why Reason
		if back[n], why = r.reversalOf(t); why != NoReason {
			return why
		}
	}
	for n := range back {
		back[n].beside = &back[1-n]
		if why := r.judgeBust(&back[n]); why != NoReason {
			return why
		}
	}
	for n := range back {
		r.reverse(&back[n])
	}
	r.warnOf(&back[0])
	if !back[0].even(back[1].seats[0]) {
		r.warnOf(&back[1])
	}
	return NoReason
}

// reversalOf gives what a bust of a side moves, or why there is no such trade.
func (r *Risk) reversalOf(t *Trade) (reversal, Reason) {
	if t.Side > book.Sell || t.Role >= roles {
		return reversal{}, Malformed
	}
	if t.Qty <= 0 {
		return reversal{}, BadQty
	}
	seats, why := r.seatsOf(t.Instrument, actor{t.Account, t.Trader, t.Member})
	if why != NoReason {
		return reversal{}, why
	}
	i := &r.instruments[r.stakes[seats[0]].ins]
	rate := [roles]money.Rate{Made: i.Maker, Took: i.Taker, Called: i.Auction}[t.Role]
	value, countable := i.worth(t.Price, t.Qty)
	amount, moves := i.amount(t.Qty)
	switch {
	case t.Price <= 0 && i.Kind == Cash:
		return reversal{}, BadPrice
	case !countable || !moves || t.Fee > value:
		return reversal{}, TooMuch
	case t.Fee < 0:
		return reversal{}, BadAmount
	}
	back := reversal{seats: seats, value: value, amount: amount, fee: share(value, rate), pieces: -t.Qty}
	if t.Charged {
		back.fee = t.Fee
	}
	if t.Side == book.Sell {
		back.pieces = t.Qty
	}
	if !t.Settled {
		back.locked = !i.Resale && t.Side == book.Buy || !i.Proceeds && t.Side == book.Sell
	}
	return back, NoReason
}

// reversal is what a bust moves.
type reversal struct {
	beside *reversal // beside is the other side, if it is reversed too.
	seats  seats
	value  int64
	amount int64
	fee    int64
	pieces int64 // pieces is what the position changes by.
	locked bool  // locked says that what it brought is locked.
}

// fees gives the fees that come back in all.
func (b *reversal) fees() int64 {
	if b.beside == nil {
		return b.fee
	}
	return b.fee + b.beside.fee
}

// even says whether a stake counts on the other side as well, where its position comes back.
func (b *reversal) even(stake int32) bool {
	return b.beside != nil && slices.Contains(b.beside.seats[:], stake)
}

func (r *Risk) judgeBust(b *reversal) Reason {
	own := &r.stakes[b.seats[0]]
	i := &r.instruments[own.ins]
	paid, asset := &r.balances[own.holds[book.Buy]], &r.balances[own.holds[book.Sell]]
	for _, slot := range b.seats {
		if slot != 0 && !b.even(slot) && !reaches(&r.stakes[slot], b.pieces) {
			return TooMuch
		}
	}
	if r.assets[i.money].fees < b.fees() {
		return NotDue
	}
	if i.Kind == Forward && b.even(b.seats[0]) {
		return NoReason // Its margin stays.
	}
	if i.Kind == Forward {
		margin, ok := i.margin(own.pos+b.pieces, own.open)
		if !ok || paid.margin-own.margin > most-margin {
			return TooMuch
		}
		return NoReason
	}
	if money := paid.settled + paid.due; money > 2*most-b.value-b.fee || money < b.value-2*most {
		return TooMuch
	}
	lent := [2]int64{r.assets[i.money].lent, r.assets[r.byAsset.Find(uint64(i.Asset))].lent}
	switch has := asset.settled + asset.due; {
	case b.pieces < 0 && b.locked && asset.locked < b.amount, b.pieces > 0 && b.locked && paid.locked < b.value-b.fee:
		return NotDue
	case b.pieces < 0 && (has-asset.held < b.amount-most || lent[1] > most-b.amount):
		return TooMuch
	case b.pieces > 0 && (has+asset.awaits > most-b.amount || lent[0] > most-b.value):
		return TooMuch
	}
	return NoReason
}

func (r *Risk) reverse(b *reversal) {
	r.shift(b.seats, b.pieces)
	own := &r.stakes[b.seats[0]]
	i := &r.instruments[own.ins]
	paid, asset := &r.balances[own.holds[book.Buy]], &r.balances[own.holds[book.Sell]]
	r.assets[i.money].fees -= b.fee
	switch {
	case i.Kind == Forward:
		paid.due += b.fee
		r.secure(own)
	case b.pieces < 0:
		paid.due += b.value + b.fee
		asset.due -= b.amount
		if b.locked {
			asset.locked -= b.amount
		}
		r.assets[r.byAsset.Find(uint64(i.Asset))].lent += b.amount
	default:
		paid.due -= b.value - b.fee
		asset.due += b.amount
		if b.locked {
			paid.locked -= b.value - b.fee
		}
		r.assets[i.money].lent += b.value
	}
}

// warnOf tells of what an account lacks after a reversal.
func (r *Risk) warnOf(b *reversal) {
	own := &r.stakes[b.seats[0]]
	r.warn(own.holds[book.Buy])
	if r.instruments[own.ins].Kind == Cash {
		r.warn(own.holds[book.Sell])
	}
}
