package bidding

import (
	"math"
	"slices"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/exchange/auction"
)

// machine judges what is said in one bidding, in its order. Each of them is a machine of core/exchange/auction.
type machine interface {
	take(b Bid) error // take judges a bid and takes it; what is refused changes nothing.
	tell(b Bid) error // tell takes what was judged before.
	ends() int64
	award(at int64) ([]auction.Trade, error)
}

// machine makes the machine of a notice. Terms that contradict each other are auction.ErrRule.
func (n Notice) machine() (machine, error) {
	switch n.Kind {
	case English:
		e, err := auction.NewEnglish(n.lot())
		return english{e}, err
	case Dutch:
		d, err := auction.NewDutch(n.lot(), n.Terms.Every)
		return &dutch{clock: d, closes: n.Planned}, err
	case SealedFirst, SealedSecond:
		s := &sealedLot{lot: n.lot(), pays: auction.FirstPrice}
		if n.Kind == SealedSecond {
			s.pays = auction.SecondPrice
		}
		return s, s.lot.Check()
	case Placement:
		p := &placing{issue: n.issue(), begins: span.Micros(n.Opens), closes: n.Planned, orders: make(map[string]int)}
		return p, p.issue.Check()
	case Tender, TenderTwo:
		t, err := auction.NewTender(n.need())
		return &tender{Tender: t, unseals: span.Micros(n.Unseals)}, err
	}
	return nil, auction.ErrRule.About("%q", string(n.Kind))
}

// told brings a machine to where the entries have brought it.
func (n Notice) told(entries []Bid) (machine, error) {
	m, err := n.machine()
	for _, b := range entries {
		if err != nil {
			break
		}
		err = m.tell(b)
	}
	return m, err
}

// priced gives the one price of a bid, or auction.ErrBid.
func priced(b Bid) (int64, error) {
	if len(b.Prices) != 1 || b.Quantity != 0 || b.Market {
		return 0, auction.ErrBid.About("%d prices for a lot", len(b.Prices))
	}
	return b.Prices[0], nil
}

func by(b Bid) auction.Party { return auction.Party(b.Account) }

type english struct{ *auction.English }

func (e english) take(b Bid) error {
	price, err := priced(b)
	if err != nil {
		return err
	}
	return e.Bid(auction.Bid{Bidder: by(b), Price: price, At: span.Micros(b.At)})
}

func (e english) tell(b Bid) error                        { return e.take(b) }
func (e english) ends() int64                             { return e.Ends() }
func (e english) award(at int64) ([]auction.Trade, error) { return e.Finish(at) }

// dutch ends when its lot is gone.
type dutch struct {
	clock  *auction.Dutch
	closes int64
}

func (d *dutch) take(b Bid) error {
	if len(b.Prices) != 0 || b.Market {
		return auction.ErrBid.About("the clock names the price")
	}
	_, err := d.clock.Accept(by(b), b.Quantity, span.Micros(b.At))
	if err == nil && d.clock.Left() == 0 {
		d.closes = min(d.closes, span.Micros(b.At)+1)
	}
	return err
}

func (d *dutch) tell(b Bid) error {
	b.Prices = nil // They say what the clock has shown then.
	return d.take(b)
}

func (d *dutch) ends() int64                             { return d.closes }
func (d *dutch) award(at int64) ([]auction.Trade, error) { return d.clock.Finish(at) }

// sealedLot keeps its bids closed until the end.
type sealedLot struct {
	lot  auction.Lot
	pays auction.Pays
	bids []auction.Bid
}

func (s *sealedLot) take(b Bid) error {
	price, err := priced(b)
	if err != nil {
		return err
	}
	switch at := span.Micros(b.At); {
	case at < s.lot.Begins:
		return auction.ErrNotBegun.About("%d before %d", at, s.lot.Begins)
	case at >= s.lot.Ends:
		return auction.ErrOver.About("%d after %d", at, s.lot.Ends)
	case price < s.lot.Start:
		return fault.With(auction.ErrLow.About("%d", price), "least", s.lot.Start)
	}
	s.bids = append(s.bids, auction.Bid{Bidder: by(b), Price: price, At: span.Micros(b.At)})
	if _, err := auction.Sealed(s.lot, s.bids, s.pays); err != nil {
		s.bids = s.bids[:len(s.bids)-1]
		return err
	}
	return nil
}

func (s *sealedLot) tell(b Bid) error {
	s.bids = append(s.bids, auction.Bid{Bidder: by(b), Price: b.Prices[0], At: span.Micros(b.At)})
	return nil
}

func (s *sealedLot) ends() int64 { return s.lot.Ends }

func (s *sealedLot) award(at int64) ([]auction.Trade, error) {
	if at < s.lot.Ends {
		return nil, auction.ErrRunning.About("%d before %d", at, s.lot.Ends)
	}
	return auction.Sealed(s.lot, s.bids, s.pays)
}

// ordersMax is how many orders one bidder may have in a placement.
const ordersMax = 10

// placing collects the orders of a placement until its end.
type placing struct {
	issue          auction.Placement
	begins, closes int64
	bids           []auction.Order
	orders         map[string]int
}

func (p *placing) take(b Bid) error {
	at := span.Micros(b.At)
	switch {
	case b.Market != (len(b.Prices) == 0) || len(b.Prices) > 1 || b.Quantity <= 0 || b.Quantity > p.issue.Quantity:
		return auction.ErrBid.About("%d at %v", b.Quantity, b.Prices)
	case by(b) == p.issue.Issuer:
		return auction.ErrSelf.About("%s", b.Account)
	case b.Market && p.issue.MarketShare == 0:
		return auction.ErrMarket.About("%s", b.Account)
	case at < p.begins:
		return auction.ErrNotBegun.About("%d before %d", at, p.begins)
	case at >= p.closes:
		return auction.ErrOver.About("%d after %d", at, p.closes)
	case p.orders[b.Account] >= ordersMax:
		return ErrFull.About("%s has %d orders", b.Account, ordersMax)
	case !b.Market && p.issue.Floor.Known && b.Prices[0] < p.issue.Floor.Price:
		return fault.With(auction.ErrLow.About("%d", b.Prices[0]), "least", p.issue.Floor.Price)
	case !b.Market && (b.Prices[0] <= 0 || b.Prices[0] > priceMax):
		return auction.ErrBid.About("a price of %d", b.Prices[0])
	}
	if err := p.tell(b); err != nil {
		return err
	}
	if _, err := auction.Place(p.bids, p.issue); err != nil {
		p.bids = p.bids[:len(p.bids)-1]
		p.orders[b.Account]--
		return err
	}
	return nil
}

func (p *placing) tell(b Bid) error {
	o := auction.Order{ID: uint64(b.Number), Party: by(b), Side: auction.Buy, Market: b.Market, Quantity: b.Quantity}
	if !b.Market {
		o.Limit = b.Prices[0]
	}
	p.bids = append(p.bids, o)
	p.orders[b.Account]++
	return nil
}

func (p *placing) ends() int64 { return p.closes }

func (p *placing) award(at int64) ([]auction.Trade, error) {
	if at < p.closes {
		return nil, auction.ErrRunning.About("%d before %d", at, p.closes)
	}
	placed, err := auction.Place(p.bids, p.issue)
	return placed.Trades, err
}

// tender opens what is sealed when its first stage is over, and admits all who have bid in it.
type tender struct {
	*auction.Tender
	unseals int64
	bidders []auction.Party
}

// turn opens the seals if their moment has come.
func (t *tender) turn(at int64) error {
	if !t.Sealed() || at < t.unseals {
		return nil
	}
	return t.Unseal(t.unseals, t.bidders)
}

func (t *tender) take(b Bid) error {
	if err := t.turn(span.Micros(b.At)); err != nil {
		return err
	}
	if b.excludes {
		t.Exclude(by(b))
		return nil
	}
	if b.Quantity != 0 || b.Market {
		return auction.ErrBid.About("a quantity of %d", b.Quantity)
	}
	if err := t.Bid(auction.Offer{Bidder: by(b), Prices: b.Prices, At: span.Micros(b.At)}); err != nil {
		return err
	}
	if !slices.Contains(t.bidders, by(b)) {
		t.bidders = append(t.bidders, by(b))
	}
	return nil
}

func (t *tender) tell(b Bid) error { return t.take(b) }
func (t *tender) ends() int64      { return t.Ends() }

func (t *tender) award(at int64) ([]auction.Trade, error) {
	if err := t.turn(math.MaxInt64); err != nil {
		return nil, err
	}
	return t.Award(at)
}
