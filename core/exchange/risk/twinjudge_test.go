package risk

import (
	"math/big"

	"sauda/base/money"
	"sauda/core/exchange/book"
)

// judge judges an order as it shall be, beside what it was, if it was.
func (w *twin) judge(all []Party, was, o *twinOrder) Reason {
	if w.ruled[Party{}].killed {
		return Killed
	}
	whose := []Who{Account, Trader, Member, Sponsor}
	for n, p := range all {
		if w.ruled[p].killed {
			return Killed.of(whose[n])
		}
	}
	i := w.ins[o.ins]
	before := twinOrder{}
	if was != nil {
		before = *was
	}
	eases := was != nil && o.left <= was.left && o.price == was.price
	value := product(o.price, o.left, i.Unit)
	_, marked := w.mark[o.ins]
	switch {
	case o.left <= 0:
		return BadQty
	case i.Kind == Cash && o.price <= 0:
		return BadPrice
	case tooMuch(value), tooMuch(product(o.left, i.Piece)):
		return TooMuch
	case i.Kind == Forward && !marked:
		return NoMark
	}
	if ref, told := w.ref[o.ins]; told && i.Collar > 0 && !eases {
		away := part(product(ref), i.Collar, false)
		if o.side == book.Buy && big.NewInt(o.price).Cmp(away.Add(away, big.NewInt(ref))) > 0 {
			return PriceCollar
		}
		if o.side == book.Sell && big.NewInt(o.price).Cmp(away.Sub(big.NewInt(ref), away)) < 0 {
			return PriceCollar
		}
	}
	more := o.left - before.left
	for n, p := range all {
		if why := w.judgeParty(p, o, value, more, [2]bool{was == nil, eases}); why != NoReason {
			return why.of(whose[n])
		}
	}
	if eases {
		return NoReason
	}
	need := w.holds(i, o.side, o.price, o.left)
	if was != nil {
		need.Sub(need, w.holds(i, was.side, was.price, was.left))
	}
	if i.Kind == Forward {
		return w.judgeForward(o, more, need)
	}
	return w.judgeCash(i, o, more, need)
}

// judgeParty judges by the limits of a party; of the two answers the first says that the order is new, the second that
// it eases.
func (w *twin) judgeParty(p Party, o *twinOrder, value *big.Int, more int64, is [2]bool) Reason {
	pos := w.pos[twinStake{p, o.ins}]
	buys, sells, open := w.openOf(p, o.ins)
	reach := plus(pos, buys, more)
	if o.side == book.Sell {
		reach = plus(-pos, sells, more)
	}
	if more > 0 && reach.Cmp(big.NewInt(most)) > 0 {
		return TooMuch
	}
	l := w.rules(p)
	if !is[1] {
		switch {
		case l.Qty != 0 && o.left > l.Qty:
			return OrderQty
		case l.Value != 0 && value.Cmp(big.NewInt(l.Value)) > 0:
			return OrderValue
		case l.Open != 0 && is[0] && open >= l.Open:
			return OpenOrders
		case l.Position != 0 && more > 0 && reach.Cmp(big.NewInt(l.Position)) > 0:
			return Position
		}
	}
	if l.Rate != 0 && w.tokens(p).Cmp(big.NewInt(1_000_000)) < 0 {
		return OrderRate
	}
	return NoReason
}

func (w *twin) lacking(k twinKey, need *big.Int, why Reason) Reason {
	free := w.free(k)
	if need.Cmp(free) <= 0 {
		return NoReason
	}
	if need.Cmp(free.Add(free, big.NewInt(w.locked[k]))) <= 0 {
		return Unsettled
	}
	return why
}

func (w *twin) judgeCash(i Instrument, o *twinOrder, more int64, need *big.Int) Reason {
	asset, paid := twinKey{o.account, i.Asset}, twinKey{o.account, i.Currency}
	has := plus(w.settled[asset], w.due[asset])
	if o.side == book.Buy && more > 0 && has.Add(has, w.awaits(asset)).Add(has, product(more, i.Piece)).Cmp(big.NewInt(most)) > 0 {
		return TooMuch
	}
	if need.Sign() <= 0 {
		return NoReason
	}
	if o.side == book.Buy {
		return w.lacking(paid, need, BuyingPower)
	}
	if !i.Short || !w.short[o.account] {
		return w.lacking(asset, need, Securities)
	}
	if has.Sub(has, w.held(asset)).Sub(has, need).Cmp(big.NewInt(-most)) < 0 {
		return TooMuch
	}
	return NoReason
}

func (w *twin) judgeForward(o *twinOrder, more int64, need *big.Int) Reason {
	buys, sells := more, int64(0)
	if o.side == book.Sell {
		buys, sells = 0, more
	}
	now, _ := w.marginFor(o.account, o.ins, 0, 0)
	then, ok := w.marginFor(o.account, o.ins, buys, sells)
	k := twinKey{o.account, w.ins[o.ins].Currency}
	all := w.margins(k)
	if !ok || all.Sub(all, now).Add(all, then).Cmp(big.NewInt(most)) > 0 {
		return TooMuch
	}
	if then.Cmp(now) <= 0 {
		return NoReason
	}
	return w.lacking(k, need.Add(need, then).Sub(need, now), BuyingPower)
}

func (w *twin) rules(p Party) Limits {
	if r := w.ruled[p]; w.now < r.until {
		return r.other
	}
	return w.ruled[p].limits
}

func (w *twin) tokens(p Party) *big.Int {
	r, l := w.ruled[p], w.rules(p)
	burst := l.Burst
	if burst == 0 {
		burst = l.Rate
	}
	whole := product(burst, 1_000_000)
	if r.tokens == nil {
		return whole
	}
	have := new(big.Int).Set(r.tokens)
	if have.Cmp(whole) > 0 {
		have.Set(whole)
	}
	if w.now > r.at {
		have.Add(have, product(w.now-r.at, l.Rate))
	}
	if have.Cmp(whole) > 0 {
		have = whole
	}
	return have
}

func (w *twin) spend(all []Party) {
	for _, p := range all {
		if r := w.ruled[p]; w.rules(p).Rate != 0 {
			r.tokens = new(big.Int).Sub(w.tokens(p), big.NewInt(1_000_000))
			r.at = max(r.at, w.now)
		}
	}
}

func (w *twin) count(all []Party, messages, refusals int64) {
	for _, p := range all {
		r, l := w.ruled[p], w.rules(p)
		if l.Window == 0 {
			continue
		}
		if r.messages+r.refusals == 0 || w.now-r.began >= l.Window {
			r.began, r.messages, r.refusals = w.now, 0, 0
		}
		r.messages += messages
		r.refusals += refusals
		if l.Messages != 0 && r.messages > l.Messages || l.Refusals != 0 && r.refusals > l.Refusals {
			r.killed = true
		}
	}
}

// follow learns from the reports of a book.
func (w *twin) follow(reports []book.Report) {
	for _, rep := range reports {
		switch o := w.orders[rep.ID]; rep.Kind {
		case book.Traded:
			w.trade(o, rep.Price, rep.Qty, w.ins[o.ins].Maker)
			w.trade(w.orders[rep.Other], rep.Price, rep.Qty, w.ins[o.ins].Taker)
		case book.Cancelled:
			delete(w.orders, rep.ID)
		case book.Reduced, book.Replaced:
			o.left = rep.Left
		case book.Refused:
			if w.undo != nil {
				w.undo()
			}
		}
	}
	w.undo = nil
}

func (w *twin) trade(o *twinOrder, price, qty int64, rate money.Rate) {
	w.move(o, price, qty, rate, 1)
	o.left -= qty
	o.traded += qty
	if o.left == 0 {
		delete(w.orders, o.id)
	}
}

// move lets a trade of one side happen, or with a sign of -1 not have happened.
func (w *twin) move(o *twinOrder, price, qty int64, rate money.Rate, sign int64) {
	i := w.ins[o.ins]
	value := sign * product(price, qty, i.Unit).Int64()
	fee := sign * part(product(price, qty, i.Unit), rate, false).Int64()
	pieces, amount := sign*qty, sign*qty*i.Piece
	asset, paid := twinKey{o.account, i.Asset}, twinKey{o.account, i.Currency}
	for _, p := range w.parties(o.account, o.trader, o.member) {
		if o.side == book.Buy {
			w.pos[twinStake{p, o.ins}] += pieces
		} else {
			w.pos[twinStake{p, o.ins}] -= pieces
		}
	}
	w.fees[i.Currency] += fee
	w.due[paid] -= fee
	switch {
	case i.Kind == Forward:
	case o.side == book.Buy:
		w.due[paid] -= value
		w.due[asset] += amount
		if !i.Resale {
			w.locked[asset] += amount
		}
	default:
		w.due[paid] += value
		w.due[asset] -= amount
		if !i.Proceeds {
			w.locked[paid] += value - fee
		}
	}
}
