package risk

import "sauda/core/exchange/book"

// judge gives the first reason against what is asked, or NoReason: switches first, then the order itself, then the
// limits of the account, the trader, the member and its sponsor, and at last what the account has. An order that is
// changed is given as it was.
func (r *Risk) judge(seats seats, was *order) Reason {
	if why := r.judgeSwitches(seats); why != NoReason {
		return why
	}
	own := &r.stakes[seats[0]]
	i := &r.instruments[own.ins]
	if why := r.judgeTerms(i); why != NoReason {
		return why
	}
	for n, slot := range seats {
		if slot == 0 {
			continue
		}
		s := &r.stakes[slot]
		why := r.ask.judgeReach(s)
		if s.bound && why == NoReason {
			why = r.ask.judgeLimits(&r.parties[s.party], s, n)
		}
		if why != NoReason {
			return why.of(limited[n])
		}
	}
	if r.ask.eases {
		return NoReason
	}
	if i.Kind == Forward {
		return r.judgeMargin(i, own, was)
	}
	return r.judgeCash(i, own, was)
}

func (r *Risk) judgeSwitches(seats seats) Reason {
	if r.parties[0].killed {
		return Killed
	}
	for n, slot := range seats {
		if r.stakes[slot].killed {
			return Killed.of(limited[n])
		}
	}
	return NoReason
}

// judgeTerms judges the numbers of an order by themselves, and notes what it is worth.
func (r *Risk) judgeTerms(i *instrument) Reason {
	a := &r.ask
	value, countable := i.worth(a.price, max(a.left, 0))
	_, moves := i.amount(max(a.left, 0))
	a.value = value
	switch {
	case a.left <= 0:
		return BadQty
	case a.price <= 0 && i.Kind == Cash:
		return BadPrice
	case !countable || !moves:
		return TooMuch
	case i.Kind == Forward && !i.marked:
		return NoMark
	case a.eases || !i.referred || i.Collar == 0:
		return NoReason
	case a.side == book.Buy && a.price > i.dearest, a.side == book.Sell && a.price < i.cheapest:
		return PriceCollar
	}
	return NoReason
}

// judgeReach sees that a position can be counted, whatever is filled.
func (a *asking) judgeReach(s *stake) Reason {
	if a.more > 0 && s.reach(a.side) > most-a.more {
		return TooMuch
	}
	return NoReason
}

// reach gives the position that the orders of a side could lead to, on that side.
func (s *stake) reach(side book.Side) int64 { return s.pos*(1-2*int64(side)) + s.open[side&1] }

// judgeLimits judges by the limits of a party. What eases is only counted by the second.
func (a *asking) judgeLimits(p *party, s *stake, seat int) Reason {
	l := p.rules(a.now)
	if !a.eases {
		switch {
		case l.Qty != 0 && a.left > l.Qty:
			return OrderQty
		case l.Value != 0 && a.value > l.Value:
			return OrderValue
		case l.Open != 0 && a.enter && p.open >= l.Open:
			return OpenOrders
		case l.Position != 0 && a.more > 0 && s.reach(a.side)+a.more > l.Position:
			return Position
		}
	}
	if l.Rate != 0 {
		if a.tokens[seat] = p.fill(l, a.now); a.tokens[seat] < perToken {
			return OrderRate
		}
	}
	return NoReason
}

// judgeCash judges whether the account has what it would pay or deliver.
func (r *Risk) judgeCash(i *instrument, own *stake, was *order) Reason {
	a := &r.ask
	need := i.worst(a.side, a.price, a.left)
	if was != nil {
		need -= was.held
	}
	asset := &r.balances[own.holds[book.Sell]]
	if a.side == book.Buy {
		if a.more > 0 && asset.settled+asset.due+asset.awaits > most-a.more*i.Piece {
			return TooMuch
		}
		if need <= 0 {
			return NoReason
		}
		return r.balances[own.holds[book.Buy]].enough(need, BuyingPower)
	}
	if need <= 0 {
		return NoReason
	}
	if i.Short && r.parties[own.party].short {
		if asset.settled+asset.due-asset.held < need-most {
			return TooMuch
		}
		return NoReason
	}
	return asset.enough(need, Securities)
}

// judgeMargin judges whether the account has the margin that a forward would need. An order that needs none more, as
// one that closes a position, is taken whatever the account lacks: it can only become better.
func (r *Risk) judgeMargin(i *instrument, own *stake, was *order) Reason {
	a := &r.ask
	open := own.open
	open[a.side&1] += a.more
	margin, ok := i.margin(own.pos, open)
	paid := &r.balances[own.holds[book.Buy]]
	if !ok || r.assets[i.money].lent > most || paid.margin-own.margin > most-margin {
		return TooMuch
	}
	need := i.worst(a.side, a.price, a.left)
	if was != nil {
		need -= was.held
	}
	if margin > own.margin {
		return paid.enough(need+margin-own.margin, BuyingPower)
	}
	a.lends = max(0, need-max(0, paid.free()+own.margin-margin))
	return NoReason
}
