package risk

import "sauda/core/exchange/book"

// Balance is what an account has of one asset.
type Balance struct {
	Settled int64 // Settled is what is there.
	Due     int64 // Due is what trades bring until settlement, less what they owe.
	Locked  int64 // Locked is what of that may not be used before.
	Held    int64 // Held is what open orders may cost.
	Margin  int64 // Margin is what is held for forwards.
	Free    int64 // Free is what may be used; below zero it is lacking.
}

// Balance gives what an account has of an asset; nothing if either is unknown.
func (r *Risk) Balance(account, asset uint32) Balance {
	b := &r.balances[r.byBalance.Find(balanceKey(account, asset))]
	return Balance{b.settled, b.due, b.locked, b.held, b.margin, b.free()}
}

// Kept is what an account has of one asset.
type Kept struct {
	Account uint32
	Asset   uint32
	Balance
}

// Kept gives what all accounts have of all assets, in no order; it only copies. What is nothing may be absent.
func (r *Risk) Kept() []Kept {
	all := make([]Kept, 0, len(r.balances))
	for i := range r.balances {
		b := &r.balances[i]
		all = append(all, Kept{b.account, b.asset, Balance{b.settled, b.due, b.locked, b.held, b.margin, b.free()}})
	}
	return all
}

// Stake is what a party has to do with an instrument.
type Stake struct {
	Position int64 // Position is what it has bought less what it has sold; below zero it is short.
	Buys     int64 // Buys and Sells are open.
	Sells    int64
}

// Stake gives what a member, a trader or an account has to do with an instrument. That of a sponsor counts the members
// it answers for.
func (r *Risk) Stake(p Party, ins uint32) Stake {
	if p.Who == Everybody || p.Who >= whos {
		return Stake{}
	}
	s := &r.stakes[r.byStake[p.Who].Find(stakeKey(p.ID, ins))]
	return Stake{s.pos, s.open[book.Buy], s.open[book.Sell]}
}

// Standing gives how many orders of a party are open, and whether its switch is thrown.
func (r *Risk) Standing(p Party) (open int64, killed bool) {
	slot, why := r.party(p)
	if why != NoReason {
		return 0, false
	}
	return r.openOf(&r.parties[slot]), r.parties[slot].killed
}

// Supply gives what all accounts have of an asset together with the fees, and what of that are fees.
func (r *Risk) Supply(asset uint32) (all, fees int64) {
	a := &r.assets[r.byAsset.Find(uint64(asset))]
	return a.supply, a.fees
}

// Open is an order that is open.
type Open struct {
	ID         uint64
	Instrument uint32
	Account    uint32
	Trader     uint32
	Member     uint16
	Side       book.Side
	Price      int64
	Left       int64
	Traded     int64
	Held       int64 // Held is what it holds: money, or of a seller for cash the asset. Margins are held by accounts.
}

// Find gives an open order.
func (r *Risk) Find(id uint64) (Open, bool) {
	slot := r.find(id)
	if slot == 0 {
		return Open{}, false
	}
	return r.show(slot), true
}

// holder gives the id of whose a stake is.
func (r *Risk) holder(stake int32) uint32 { return r.parties[r.stakes[stake].party].id }

func (r *Risk) show(slot int32) Open {
	o := r.orders.At(slot)
	own := &r.stakes[o.account]
	return Open{
		ID: o.id, Instrument: r.instruments[own.ins].ID, Account: r.holder(o.account), Trader: r.holder(o.trader),
		Member: uint16(r.holder(o.member)), Side: o.side, Price: o.price, Left: o.left, Traded: o.traded, Held: o.held,
	}
}

// Live says how many orders are open.
func (r *Risk) Live() int { return r.byOrder.Len() }
