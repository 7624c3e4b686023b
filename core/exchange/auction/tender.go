package auction

import (
	"slices"

	"sauda/base/fault"
	"sauda/base/money"
)

// Extending says which bids move the end of a tender, when they come within the window before it.
type Extending uint8

// Which bids move the end.
const (
	ByRank Extending = iota // ByRank: one after which another bidder is first somewhere (ETS-Tender 2035744).
	ByAny                   // ByAny: every one that is taken (ETS-Tender 2066887).
)

// Item is one thing that a tender asks for.
type Item struct {
	Name     string
	Quantity int64
	Ceiling  int64 // Ceiling is the highest price of one unit, from the notice; zero for none.
}

// Terms are the notice of a tender: a buyer says what he needs, and sellers bid downwards.
type Terms struct {
	Buyer Party
	Items []Item
	// Whole says that a bid covers all items and that totals are compared. Otherwise a bid may leave items out, by a price
	// of zero, and each item is a competition of its own.
	Whole bool
	// Decrement is how much lower a further bid of the same bidder must be at least, as a share of his last one: of his
	// total, or of his price of an item (ETS-Tender: 0.01 % of the total). It is at least one.
	Decrement money.Rate
	// Beat says that each bid must be better than the best one, by StepMin to StepMax of the ceiling (a trade downwards:
	// 0.5 to 5 per cent of the starting price, obashneft.ru). Otherwise only one's own price matters, and ranks are shown.
	Beat             bool
	StepMin, StepMax money.Rate
	// AgainstSelf lets whoever is first better his own price. Otherwise that is ErrOwn.
	AgainstSelf bool
	// TwoStages says that bids are sealed until Unseal, and that only those who are admitted then may go on.
	TwoStages bool
	Opens     int64 // Opens, Unseals and Ends are moments in microseconds. Unseals is the end of the first of two stages.
	Unseals   int64
	Ends      int64
	Extending Extending
	Window    int64 // Window: a bid that comes so shortly before the end may move it; zero for never (ETS-Tender: 30 min).
	Extends   int64 // Extends is how long after such a bid the end lies (ETS-Tender: 30 min).
}

// Check refuses terms that ask for nothing, by nobody, or that contradict each other.
func (t Terms) Check() error {
	if t.Buyer == "" || len(t.Items) == 0 || t.Decrement.Check() != nil || t.StepMin.Check() != nil || t.StepMax.Check() != nil {
		return ErrRule.About("a tender of %q for %d items", t.Buyer, len(t.Items))
	}
	for i, item := range t.Items {
		if item.Quantity <= 0 || item.Ceiling < 0 || item.Ceiling > priceMax || t.Beat && item.Ceiling == 0 {
			return ErrRule.About("item %d: %d, not above %d", i, item.Quantity, item.Ceiling)
		}
	}
	if t.Whole {
		if _, err := t.total(t.ceilings()); err != nil {
			return err
		}
	}
	switch {
	case t.Opens < 0, t.Ends <= t.Opens, t.Ends > priceMax, t.Window < 0, t.Window > t.Ends-t.Opens, t.Extends < 0, t.Extends > priceMax, t.Extending > ByAny:
		return ErrRule.About("a tender from %d to %d, %d in the last %d", t.Opens, t.Ends, t.Extends, t.Window)
	case t.TwoStages && (t.Unseals <= t.Opens || t.Unseals >= t.Ends), t.TwoStages && t.Beat:
		return ErrRule.About("two stages with an end of the first at %d", t.Unseals) // What is sealed can't be beaten.
	case t.Beat && (t.StepMin == 0 || t.StepMax < t.StepMin), !t.Beat && (t.StepMin != 0 || t.StepMax != 0):
		return ErrRule.About("steps from %s to %s", t.StepMin, t.StepMax)
	}
	return nil
}

func (t Terms) ceilings() []int64 {
	all := make([]int64, len(t.Items))
	for i, item := range t.Items {
		all[i] = item.Ceiling
	}
	return all
}

// total gives what all items cost together at prices of one unit.
func (t Terms) total(prices []int64) (sum int64, err error) {
	for i, price := range prices {
		if err := countable(price, t.Items[i].Quantity); err != nil {
			return 0, err
		}
		if sum, err = added(sum, price*t.Items[i].Quantity); err != nil {
			return 0, err
		}
	}
	return sum, nil
}

// Offer is what a bidder asks at a tender: a price of one unit for each item, in their order, and zero for an item that
// he does not offer.
type Offer struct {
	Bidder Party
	Prices []int64
	At     int64
}

// Tender is a competition of sellers for what one buyer needs. What counts of a bidder is his last offer, by item.
//
//	one stage:   Opens ── bids, ranks shown, the end may move ── Ends ── Award
//	two stages:  Opens ── sealed bids ── Unseals ── Unseal(admitted) ── bids as above ── Ends ── Award
type Tender struct {
	terms    Terms
	ends     int64
	at       int64
	stands   []standing
	unsealed bool
	admitted map[Party]bool
	excluded map[Party]bool
}

// standing is the last offer of a bidder. A price of an item has the moment at which it was reached: of two equal prices
// the earlier one is first.
type standing struct {
	bidder Party
	prices []int64
	since  []int64 // since are the numbers of the bids by which the prices were reached.
	total  int64
	whole  int64 // whole is the number of the bid by which the total was reached.
}

// NewTender opens a tender. Terms that contradict themselves are ErrRule.
func NewTender(t Terms) (*Tender, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	t.Items = slices.Clone(t.Items)
	return &Tender{terms: t, ends: t.Ends, at: t.Opens, admitted: map[Party]bool{}, excluded: map[Party]bool{}}, nil
}

// Ends gives the end as it stands now.
func (t *Tender) Ends() int64 { return t.ends }

// Sealed says whether the bids are sealed still.
func (t *Tender) Sealed() bool { return t.terms.TwoStages && !t.unsealed }

// places are the competitions of a tender: one for all of it, or one an item.
func (t *Tender) places() int {
	if t.terms.Whole {
		return 1
	}
	return len(t.terms.Items)
}

// asks gives what a bidder asks in a competition and when he reached it; zero when he does not take part.
func (s standing) asks(whole bool, place int) (price, since int64) {
	if whole {
		return s.total, s.whole
	}
	return s.prices[place], s.since[place]
}

// order gives the places of those who take part in a competition, the best first.
func (t *Tender) order(place int) (line []int) {
	for i, s := range t.stands {
		if price, _ := s.asks(t.terms.Whole, place); price > 0 && !t.excluded[s.bidder] {
			line = append(line, i)
		}
	}
	slices.SortFunc(line, func(a, b int) int {
		priceA, sinceA := t.stands[a].asks(t.terms.Whole, place)
		priceB, sinceB := t.stands[b].asks(t.terms.Whole, place)
		if priceA != priceB {
			return sign(priceA, priceB)
		}
		return sign(sinceA, sinceB)
	})
	return line
}

func sign(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// first gives who leads in a competition, and with what; nobody with zero.
func (t *Tender) first(place int) (Party, int64) {
	line := t.order(place)
	if len(line) == 0 {
		return "", 0
	}
	price, _ := t.stands[line[0]].asks(t.terms.Whole, place)
	return t.stands[line[0]].bidder, price
}

// Rank gives the place of a bidder for an item, from 1, and 0 for whoever takes no part in it. In a tender for the whole,
// the item means nothing. While bids are sealed nobody is told: ErrSealed. A first rank is not yet a won tender: the
// buyer may exclude an offer (ETS-Tender 2035744).
func (t *Tender) Rank(bidder Party, item int) (int, error) {
	if t.Sealed() {
		return 0, ErrSealed.About("the rank of %s", bidder)
	}
	if item < 0 || item >= len(t.terms.Items) {
		return 0, ErrBid.About("item %d", item)
	}
	if t.terms.Whole {
		item = 0
	}
	return slices.IndexFunc(t.order(item), func(i int) bool { return t.stands[i].bidder == bidder }) + 1, nil
}

// Leader gives who is first for an item and what he asks for one of it, or in a tender for the whole its total; nobody and
// zero without an offer. While bids are sealed nobody is told: ErrSealed.
func (t *Tender) Leader(item int) (Party, int64, error) {
	if t.Sealed() {
		return "", 0, ErrSealed.About("the leader")
	}
	if item < 0 || item >= len(t.terms.Items) {
		return "", 0, ErrBid.About("item %d", item)
	}
	if t.terms.Whole {
		item = 0
	}
	leader, price := t.first(item)
	return leader, price, nil
}

// Unseal opens the sealed bids, once their stage is over, and says who may go on. The offers of all others count no more.
// Too early it is ErrEarly, in a tender of one stage or for the second time ErrTurn, after the end ErrOver.
func (t *Tender) Unseal(at int64, admitted []Party) error {
	switch {
	case !t.terms.TwoStages || t.unsealed:
		return fault.With(fault.With(ErrTurn.About("nothing is sealed"), "phase", "open"), "step", "unseal")
	case at < t.terms.Unseals:
		return ErrEarly.About("%d before %d", at, t.terms.Unseals)
	case at < t.at:
		return ErrBackwards.About("%d after %d", at, t.at)
	case at >= t.ends:
		return ErrOver.About("%d after %d", at, t.ends)
	}
	t.unsealed, t.at = true, at
	for _, p := range admitted {
		t.admitted[p] = true
	}
	t.stands = slices.DeleteFunc(t.stands, func(s standing) bool { return !t.admitted[s.bidder] })
	return nil
}

// Exclude takes all offers of a bidder out, for instance since his documents do not bear them. He cannot bid again. It is
// allowed until the award, and twice is the same as once.
func (t *Tender) Exclude(bidder Party) { t.excluded[bidder] = true }

// Award gives a trade for each item that somebody has offered, with whoever is first. Before the end it is ErrRunning;
// when sealed bids were never opened ErrSealed. It changes nothing.
func (t *Tender) Award(at int64) ([]Trade, error) {
	if at < t.ends {
		return nil, ErrRunning.About("%d before %d", at, t.ends)
	}
	if t.Sealed() {
		return nil, ErrSealed.About("the award")
	}
	var trades []Trade
	for i, item := range t.terms.Items {
		place := i
		if t.terms.Whole {
			place = 0
		}
		line := t.order(place)
		if len(line) == 0 {
			continue
		}
		s := t.stands[line[0]]
		trades = append(trades, Trade{Buyer: t.terms.Buyer, Seller: s.bidder, Item: i, Price: s.prices[i], Quantity: item.Quantity})
	}
	return trades, nil
}
