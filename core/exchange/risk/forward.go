package risk

import "sauda/core/exchange/book"

// Mark says what a forward is worth now. All its margins are held anew; whoever lacks something then is told by an
// alarm, goes on holding what he holds, and can close. A mark at which a margin cannot be counted is TooMuch, and
// changes nothing.
func (r *Risk) Mark(ins uint32, price int64) Reason {
	slot := r.byIns.Find(uint64(ins))
	i := &r.instruments[slot]
	switch {
	case slot == 0:
		return UnknownInstrument
	case i.Kind != Forward:
		return BadTerms
	case price > most || price < -most:
		return TooMuch
	}
	was, marked := i.mark, i.marked
	i.mark, i.marked = price, true
	for n := range r.stakes {
		s := &r.stakes[n]
		if s.ins != slot || s.who != Account {
			continue
		}
		margin, ok := i.margin(s.pos, s.open)
		if !ok || r.balances[s.holds[book.Buy]].margin-s.margin > most-margin {
			i.mark, i.marked = was, marked
			return TooMuch
		}
	}
	for n := range r.stakes {
		s := &r.stakes[n]
		if s.ins != slot || s.who != Account {
			continue
		}
		before := s.margin
		if r.secure(s); s.margin > before {
			r.warn(s.holds[book.Buy])
		}
	}
	return NoReason
}

// warn tells of what an account lacks, if it does.
func (r *Risk) warn(slot int32) {
	b := &r.balances[slot]
	if free := b.free(); free < 0 {
		r.alarms = append(r.alarms, Alarm{Kind: Shortfall, Party: Party{Account, b.account}, Asset: b.asset, Amount: -free})
	}
}

// Delivered takes what has been delivered, or settled in money, off the position of an account in an instrument, and off
// those of its member and sponsor; what is delivered is credited and debited beside it. Pieces are above zero of a purchase.
// Each trade is delivered by itself, and one that the position was closed by before or after it: so it may be more than the
// position, which then is that of the trades that are still open. A forward that never had
// a mark was not traded, and is NotDue. Positions of traders end with the instrument.
func (r *Risk) Delivered(account, ins uint32, pieces int64) Reason {
	if r.byParty[Account].Find(uint64(account)) == 0 {
		return UnknownAccount
	}
	i := &r.instruments[r.byIns.Find(uint64(ins))]
	switch {
	case pieces == 0:
		return BadAmount
	case i.ID == 0:
		return UnknownInstrument
	case pieces > most, pieces < -most:
		return TooMuch
	case i.Kind == Forward && !i.marked:
		return NotDue
	}
	slot := r.seat(Account, account, ins) // One whose trades have closed each other is not remembered.
	own := &r.stakes[slot]
	member := r.seat(Member, r.parties[r.parties[own.party].above].id, ins)
	whose := [3]int32{slot, member, r.stakes[member].above}
	for _, n := range whose {
		if n != 0 && !reaches(&r.stakes[n], -pieces) {
			return TooMuch
		}
	}
	own = &r.stakes[slot] // Whoever was seated may have moved it.
	if i.Kind == Forward {
		margin, ok := i.margin(own.pos-pieces, own.open)
		if !ok || r.balances[own.holds[book.Buy]].margin-own.margin > most-margin {
			return TooMuch
		}
	}
	for _, n := range whose {
		if n != 0 {
			r.stakes[n].pos -= pieces
		}
	}
	if i.Kind == Forward {
		r.secure(own)
		r.warn(own.holds[book.Buy])
	}
	return NoReason
}

// reaches says whether a position can still be counted after a change, whatever is filled.
func reaches(s *stake, more int64) bool {
	return s.reach(book.Buy) <= most-more && s.pos+more <= most && s.reach(book.Sell) <= most+more && s.pos+more >= -most
}
