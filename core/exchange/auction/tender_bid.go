package auction

import (
	"slices"

	"sauda/base/fault"
	"sauda/base/money"
)

// Bid takes an offer. What it leaves out by a price of zero stays as the bidder has offered it before.
//
// Too early is ErrNotBegun, too late ErrOver, by the buyer ErrSelf, by somebody who was not admitted or was excluded
// ErrBarred, before the last bid ErrBackwards, between the two stages ErrSealed. Above the ceiling, above one's own last
// price or not enough below it, or not below the best where it must be, is ErrHigh with the value most; lower than a step
// may be ErrLow with the value least. Whoever is first already gets ErrOwn. A refused offer changes nothing.
func (t *Tender) Bid(o Offer) error {
	if err := t.may(o); err != nil {
		return err
	}
	i := slices.IndexFunc(t.stands, func(s standing) bool { return s.bidder == o.Bidder })
	now := standing{bidder: o.Bidder, prices: make([]int64, len(o.Prices)), since: make([]int64, len(o.Prices))}
	if i >= 0 {
		now.prices, now.since = slices.Clone(t.stands[i].prices), slices.Clone(t.stands[i].since)
		now.total, now.whole = t.stands[i].total, t.stands[i].whole
	}
	number := t.number()
	for item, price := range o.Prices {
		if price != 0 {
			now.prices[item], now.since[item] = price, number
		}
	}
	total, err := t.terms.total(now.prices)
	if err != nil {
		return err
	}
	if t.terms.Whole {
		if err := t.judge(o.Bidder, 0, now.total, total); err != nil {
			return err
		}
	}
	for item := range o.Prices {
		if o.Prices[item] == 0 || t.terms.Whole {
			continue
		}
		var before int64
		if i >= 0 {
			before = t.stands[i].prices[item]
		}
		if err := t.judge(o.Bidder, item, before, o.Prices[item]); err != nil {
			return err
		}
	}
	now.total, now.whole = total, number
	leaders := t.leaders()
	if i >= 0 {
		t.stands[i] = now
	} else {
		t.stands = append(t.stands, now)
	}
	t.at = o.At
	if !t.Sealed() && (t.terms.Extending == ByAny || !slices.Equal(leaders, t.leaders())) {
		t.ends = extended(t.ends, o.At, t.terms.Window, t.terms.Extends)
	}
	return nil
}

// number counts the bids: each gets a number above all that stand.
func (t *Tender) number() int64 {
	var last int64
	for _, s := range t.stands {
		last = max(last, s.whole)
	}
	return last + 1
}

func (t *Tender) leaders() []Party {
	all := make([]Party, t.places())
	for place := range all {
		all[place], _ = t.first(place)
	}
	return all
}

// may refuses an offer for its bidder, its moment or its shape.
func (t *Tender) may(o Offer) error {
	switch {
	case o.Bidder == "" || len(o.Prices) != len(t.terms.Items):
		return ErrBid.About("%q names %d prices", o.Bidder, len(o.Prices))
	case o.Bidder == t.terms.Buyer:
		return ErrSelf.About("%s", o.Bidder)
	case t.excluded[o.Bidder] || t.unsealed && !t.admitted[o.Bidder]:
		return ErrBarred.About("%s", o.Bidder)
	case o.At < t.terms.Opens:
		return ErrNotBegun.About("%d before %d", o.At, t.terms.Opens)
	case o.At >= t.ends:
		return ErrOver.About("%d after %d", o.At, t.ends)
	case o.At < t.at:
		return ErrBackwards.About("%d after %d", o.At, t.at)
	case t.Sealed() && o.At >= t.terms.Unseals:
		return ErrSealed.About("between the stages")
	}
	named := 0
	for item, price := range o.Prices {
		if price < 0 || price > priceMax {
			return ErrBid.About("item %d at %d", item, price)
		}
		if ceiling := t.terms.Items[item].Ceiling; ceiling > 0 && price > ceiling {
			return tooHigh(price, ceiling)
		}
		if price > 0 {
			named++
		}
	}
	if named == 0 || t.terms.Whole && named < len(o.Prices) {
		return ErrBid.About("%d of %d items", named, len(o.Prices))
	}
	return nil
}

func tooHigh(price, most int64) error {
	return fault.With(ErrHigh.About("%d", price), "most", most)
}

// judge refuses an amount in a competition: the total, or the price of an item. before is the bidder's own last amount, or
// zero.
func (t *Tender) judge(bidder Party, place int, before, amount int64) error {
	leader, best := t.first(place)
	if t.Sealed() { // Nobody knows who is first; only one's own price counts.
		leader, best = "", 0
	}
	if leader == bidder && !t.terms.AgainstSelf {
		return ErrOwn.About("%s", bidder)
	}
	if before > 0 {
		step := max(1, portion(before, t.terms.Decrement))
		if amount > before-step {
			return tooHigh(amount, before-step)
		}
	}
	if !t.terms.Beat {
		return nil
	}
	from := t.terms.Items[place].Ceiling
	if t.terms.Whole {
		from, _ = t.terms.total(t.terms.ceilings()) // Check has counted it.
	}
	if best == 0 {
		best = from
	}
	least, most := best-portion(from, t.terms.StepMax), best-max(1, portion(from, t.terms.StepMin))
	switch {
	case amount > most:
		return tooHigh(amount, most)
	case amount < least:
		return fault.With(ErrLow.About("%d", amount), "least", least)
	}
	return nil
}

// portion gives a share of an amount, rounded up: a step is at least what the terms say.
func portion(of int64, rate money.Rate) int64 {
	part, _ := money.MulDiv(of, int64(rate), int64(money.One), money.Up) // A share is at most the whole.
	return part
}
