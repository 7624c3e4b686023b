package cart

import "time"

// Rule says how long a fact may be kept, and how.
type Rule struct {
	Keep    time.Duration // Keep is how long the fact is kept as it is; zero is without end.
	Detach  bool          // Detach says that the basket's id is cut off afterwards and the rest stays, for statistics; otherwise it is deleted.
	Learned bool          // Learned says that it may be used to learn about the buyer, and not only about the goods.
}

const day = 24 * time.Hour

// Retention says how long the facts of a basket are kept:
//
//   - what became of a basket (merged, ordered) belongs to the record of the order: five years, the time in which taxes are
//     looked at;
//   - what was consented to is kept for as long, to prove it;
//   - where it shall go, whether the buyer can be reached and which codes he has entered is deleted after 90 days, as the
//     basket's own address and codes are: a code can be one that was given to him alone;
//   - everything else (added, removed, quantities, prices seen) is what sellers learn from. With consent it stays with its
//     basket for two years; without, 90 days, so that the basket works and faults can be found. Then the basket's id, the
//     only way to a person, is cut off, and the bare change stays for the statistics of the goods.
//
// A fact that is not of a basket gets the strictest rule: deleted after 90 days.
func Retention(fact string, c Consent) Rule {
	switch fact {
	case Ordered{}.Fact(), Merged{}.Fact(), ConsentChanged{}.Fact():
		return Rule{Keep: 5 * 365 * day}
	case Opened{}.Fact(), Added{}.Fact(), QuantityChanged{}.Fact(), Removed{}.Fact(), DeliveryChosen{}.Fact(), Lapsed{}.Fact():
		if c.Learn {
			return Rule{Keep: 2 * 365 * day, Detach: true, Learned: true}
		}
		return Rule{Keep: 90 * day, Detach: true}
	case AddressSet{}.Fact(), ContactSet{}.Fact(), CouponEntered{}.Fact(), CouponWithdrawn{}.Fact():
		return Rule{Keep: 90 * day}
	}
	return Rule{Keep: 90 * day}
}
