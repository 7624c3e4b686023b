package clearing

import (
	"slices"

	"sauda/base/money"
	"sauda/core/ledger"
)

// claim is what is open of one trade, and how much of it a settlement takes.
type claim struct {
	trade      int64
	buyer      string
	seller     string
	asset      string
	currency   string
	instrument string
	day        string // day is that of the trade.
	due        string
	open       int64
	owed       int64
	fails      int64
	failing    bool // failing says that the seller lacked last time.
	forward    bool

	take  int64 // take is how many units are settled.
	pay   int64 // pay is what is paid for them.
	cuts  int   // cuts counts how often it was cut.
	lacks Side  // lacks is whose lack leaves a part of it open.
}

// cutsMax is how often a trade is cut by a part. The next time it waits whole: else trades in a circle could cut each
// other unit by unit.
const cutsMax = 3

// fillsMax bounds how often what was cut is gone through again.
const fillsMax = 100

// worth gives what is paid for some of the units that are open: the whole for all of them, the exact part rounded down
// for less, so that the parts of a trade always add up to it.
func (c *claim) worth(units int64) int64 {
	if units == c.open {
		return c.owed
	}
	part, ok := money.MulDiv(c.owed, units, c.open, money.Down)
	if !ok { // The result is below what is owed.
		panic("clearing: a part is larger than the whole")
	}
	return part
}

// unitsFor gives the most units, up to some, whose worth is no more than an amount below the worth of those.
func (c *claim) unitsFor(amount, most int64) int64 {
	if amount < 0 {
		return 0
	}
	// worth(q) ≤ a exactly when owed·q < (a+1)·open.
	above, ok := money.MulDiv(amount+1, c.open, c.owed, money.Up)
	if !ok {
		return 0
	}
	return max(0, min(above-1, most))
}

// choice is a settlement on paper: claims, the oldest first, and what every place would have after it.
type choice struct {
	claims []*claim
	after  sums
	queue  []held
	takers map[held][]*claim // takers are the claims that take something from a place, the oldest first.
}

// choose says how much of each claim settles together, so that nobody ends below zero, given what everybody has.
//
// It begins with everything and takes back, so that who passes on what he gets the same day needs none of it before.
// Where somebody would lack an asset, his youngest delivery of it is cut first, and where he would lack money, his
// youngest purchase: the oldest trade is served first. A cut may make others lack; they are cut in turn. Places are
// gone through in the order of their names, so that the same claims are always cut in the same way. At last what was cut
// too much, because its other side was cut as well, is filled up again, the oldest first: of no claim could more be settled
// than is.
func choose(claims []*claim, have sums) sums {
	c := &choice{claims: claims, after: make(sums, len(have)), takers: make(map[held][]*claim)}
	for h, n := range have {
		c.after[h] = n
	}
	for _, one := range claims {
		one.take, one.pay = one.open, one.owed
		c.move(one, one.take, one.pay)
		if one.buyer != one.seller {
			c.takers[sold(one)] = append(c.takers[sold(one)], one)
			c.takers[bought(one)] = append(c.takers[bought(one)], one)
		}
	}
	for _, h := range c.after.inOrder() {
		if c.after[h] < 0 {
			c.queue = append(c.queue, h)
		}
	}
	for len(c.queue) > 0 {
		h := c.queue[0]
		c.queue = c.queue[1:]
		c.serve(h)
	}
	for range fillsMax {
		if !c.fill() {
			break
		}
	}
	for _, one := range claims {
		c.blame(one)
	}
	return c.after
}

// fill settles more of what was cut, the oldest first, as far as both sides have it, and says whether it did.
func (c *choice) fill() (filled bool) {
	for _, one := range c.claims {
		target := min(one.open, one.take+max(0, c.after[sold(one)]))
		if target == one.take || one.buyer == one.seller {
			continue
		}
		if there := one.pay + max(0, c.after[bought(one)]); one.worth(target) > there {
			target = max(one.take, one.unitsFor(there, target))
		}
		if units, pay := target-one.take, one.worth(target); units > 0 {
			c.move(one, units, pay-one.pay)
			one.take, one.pay, filled = target, pay, true
		}
	}
	return filled
}

// blame says who lacks what is still open of a claim: the seller when he has nothing more of it, else the buyer when he
// cannot pay for one unit more, else who was cut first.
func (c *choice) blame(one *claim) {
	switch {
	case one.take == one.open:
		one.lacks = ""
	case c.after[sold(one)] <= 0:
		one.lacks = Sell
	case one.worth(one.take+1)-one.pay > c.after[bought(one)]:
		one.lacks = Buy
	}
}

// sold is what the seller of a claim gives, bought what its buyer gives.
func sold(c *claim) held   { return held{ledger.Exchange(c.seller), c.asset} }
func bought(c *claim) held { return held{ledger.Exchange(c.buyer), c.currency} }

// move settles some more units of a claim on paper, or fewer.
func (c *choice) move(one *claim, units, amount int64) {
	buyer, seller := ledger.Exchange(one.buyer), ledger.Exchange(one.seller)
	c.after.pass(seller, buyer, one.asset, units)
	c.after.pass(buyer, seller, one.currency, amount)
}

// serve cuts what takes from a place, the youngest first, until it is not below zero or nothing more takes from it.
func (c *choice) serve(h held) {
	for _, one := range slices.Backward(c.takers[h]) {
		short := -c.after[h]
		if short <= 0 {
			return
		}
		take, side := one.take, Sell
		if h == sold(one) {
			take = max(0, one.take-short)
		} else if one.pay > 0 {
			take, side = one.unitsFor(one.pay-short, one.take), Buy
		}
		if take == one.take {
			continue
		}
		if one.cuts++; one.cuts > cutsMax {
			take = 0
		}
		if one.lacks == "" {
			one.lacks = side
		}
		pay := one.worth(take)
		units, amount := one.take-take, one.pay-pay
		one.take, one.pay = take, pay
		c.move(one, -units, -amount)
		c.wake(held{ledger.Exchange(one.buyer), one.asset})
		c.wake(held{ledger.Exchange(one.seller), one.currency})
	}
}

// wake puts a place that lacks now at the end of the queue.
func (c *choice) wake(h held) {
	if c.after[h] < 0 && !slices.Contains(c.queue, h) {
		c.queue = append(c.queue, h)
	}
}
