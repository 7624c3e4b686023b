package risk

import (
	"sauda/core/exchange/book"
	"sauda/core/exchange/slots"
)

// stake is what a party has to do with an instrument, in 64 bytes: a line of the cache. What is asked of the party with
// every order is written here too, so that a party without limits is not looked at.
type stake struct {
	party  int32
	ins    int32
	holds  [2]int32 // holds are the balances of an account from which its buys and its sells take: money, and the asset or in forwards money.
	above  int32    // above is the stake of the sponsor of a member; of others the party of their member.
	next   int32    // next is another stake of the party.
	orders int32    // orders is how many are open.
	who    Who
	killed bool
	bound  bool
	pos    int64    // pos is what it has bought in the instrument, less what it has sold.
	open   [2]int64 // open is what is open of each side.
	margin int64
}

func stakeKey(id, ins uint32) uint64 { return uint64(id)<<32 | uint64(ins) }

// seats are the stakes that an order counts for: the account's, the trader's, the member's, and its sponsor's or zero.
type seats [4]int32

// limited says whose limits those of each seat are.
var limited = [4]Who{Account, Trader, Member, Sponsor}

// seat gives the stake of a party in an instrument, which need not have been there before; zero if either is unknown.
func (r *Risk) seat(who Who, id, ins uint32) int32 {
	slot := r.byStake[who].Find(stakeKey(id, ins))
	if slot != 0 {
		return slot
	}
	party, i := r.byParty[who].Find(uint64(id)), r.byIns.Find(uint64(ins))
	if party == 0 || i == 0 {
		return 0
	}
	p := &r.parties[party]
	s := stake{who: who, party: party, ins: i, above: p.above, next: p.first, killed: p.killed, bound: p.bound}
	switch who {
	case Account:
		s.holds = [2]int32{r.balance(id, r.instruments[i].Currency), r.balance(id, r.instruments[i].Asset)}
		if r.instruments[i].Kind == Forward {
			s.holds[book.Sell] = s.holds[book.Buy]
		}
	case Member:
		if sponsor := p.above; sponsor != 0 {
			s.above = r.seat(Member, r.parties[sponsor].id, ins)
		}
	}
	r.stakes = append(r.stakes, s)
	slot = int32(len(r.stakes) - 1)
	p.first = slot
	r.byStake[who].Put(stakeKey(id, ins), slot)
	return slot
}

// actor is who acts in an instrument.
type actor struct {
	account uint32
	trader  uint32
	member  uint16
}

// seatsOf gives the stakes of who acts, or why he cannot.
func (r *Risk) seatsOf(ins uint32, a actor) (seats, Reason) {
	account, trader := r.seat(Account, a.account, ins), r.seat(Trader, a.trader, ins)
	member := r.seat(Member, uint32(a.member), ins)
	switch {
	case account != 0 && trader != 0 && member != 0:
	case r.byIns.Find(uint64(ins)) == 0:
		return seats{}, UnknownInstrument
	case account == 0:
		return seats{}, UnknownAccount
	case trader == 0:
		return seats{}, UnknownTrader
	default:
		return seats{}, UnknownMember
	}
	m := &r.stakes[member]
	if r.stakes[account].above != m.party || r.stakes[trader].above != m.party {
		return seats{}, NotOfMember
	}
	return seats{account, trader, member, m.above}, NoReason
}

// bound says whether there are limits on any of them.
func (r *Risk) bound(seats seats) bool {
	return r.stakes[seats[0]].bound || r.stakes[seats[1]].bound || r.stakes[seats[2]].bound || r.stakes[seats[3]].bound
}

// seats gives the stakes that an order counts for.
func (r *Risk) seats(o *order) seats {
	return seats{o.account, o.trader, o.member, r.stakes[o.member].above}
}

// reform lets an order be open with another price and quantity, or with none, and hold what that can cost; one that has
// something left counts as open. Of a trade the pieces are what the position changes by.
func (r *Risk) reform(o *order, price, left, pieces int64) {
	own := &r.stakes[o.account]
	i := &r.instruments[own.ins]
	side, more, opens := o.side&1, left-o.left, int32(0)
	switch {
	case left == 0 && o.left != 0:
		opens = -1
	case left != 0 && o.left == 0:
		opens = 1
	}
	for _, slot := range r.seats(o) {
		if slot != 0 {
			s := &r.stakes[slot]
			s.open[side] += more
			s.pos += pieces
			s.orders += opens
			if s.bound {
				r.parties[s.party].open += int64(opens)
			}
		}
	}
	held := i.worst(side, price, left)
	r.balances[own.holds[side]].held += held - o.held
	if i.Kind == Forward {
		r.secure(own)
	} else if side == book.Buy {
		r.balances[own.holds[book.Sell]].awaits += more * i.Piece
	}
	o.price, o.left, o.held = price, left, held
}

// shift changes the positions of all that a trade counts for.
func (r *Risk) shift(seats seats, pieces int64) {
	for _, slot := range seats {
		if slot != 0 {
			r.stakes[slot].pos += pieces
		}
	}
}

// secure holds the margin that a stake of an account in a forward needs now.
func (r *Risk) secure(s *stake) {
	margin, ok := r.instruments[s.ins].margin(s.pos, s.open)
	if !ok {
		panic("risk: a margin that nobody has counted before")
	}
	r.balances[s.holds[book.Buy]].margin += margin - s.margin
	s.margin = margin
}

// end forgets an order, and gives back what it still holds.
func (r *Risk) end(slot int32) {
	o := r.orders.At(slot)
	if o.left != 0 {
		r.reform(o, o.price, 0, 0)
	}
	r.byOrder.Drop(slots.Hash(o.id), slot)
	*o = order{next: r.free}
	r.free = slot
}
