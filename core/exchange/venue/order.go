package venue

import (
	"slices"

	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
)

// State is how far an order is.
type State uint8

// The states of an order. Their numbers never change.
const (
	Open    State = iota // Open stands in the book, or waits there for its stop price.
	Waiting              // Waiting stands outside of the book until an auction.
	Filled
	Ended // Ended was taken back, or has expired; what it has traded stays.
)

// Order is an order of today as its owner knows it. It is known until the next day begins, also when it has ended.
type Order struct {
	ID         uint64       `json:"id"`
	Client     string       `json:"client"`
	Instrument uint32       `json:"instrument"`
	Account    uint32       `json:"account"`
	Trader     uint32       `json:"trader"`
	Member     uint16       `json:"member"`
	Side       book.Side    `json:"side"`
	Type       book.Type    `json:"type"` // Type is what was asked for; a market order has the limit of its protection as its Price.
	Life       book.Life    `json:"life"`
	Auction    auction.Kind `json:"auction,omitempty"`
	State      State        `json:"state"`
	Price      int64        `json:"price"`
	Stop       int64        `json:"stop,omitempty"`
	Qty        int64        `json:"qty"` // Qty is how much was asked for, as it was changed last; what its owner's own orders took off does not count.
	Left       int64        `json:"left"`
	Cum        int64        `json:"cum"`   // Cum is how much has traded.
	Value      int64        `json:"value"` // Value is the sum of price times quantity of what has traded.
	Entered    int64        `json:"entered"`
}

// Live says whether the order can still trade.
func (o *Order) Live() bool { return o.State == Open || o.State == Waiting }

// tradable gives the instrument of an input, if it is traded.
func (v *Venue) tradable(number uint32) (*instrument, Reason) {
	switch i := v.instrument(number); {
	case i == nil:
		return nil, UnknownInstrument
	case i.spec.State != Listed:
		return nil, Suspended
	default:
		return i, 0
	}
}

// admitted says whether a trader may trade for an account.
func (v *Venue) admitted(in *Input) Reason {
	a := v.account(in.Account)
	switch {
	case a == nil:
		return UnknownAccount
	case a.Closed, a.Member != in.Member, !slices.Contains(a.Traders, in.Trader):
		return NotAdmitted
	}
	return 0
}

// judgeClient refuses an id that a trader cannot give to a request.
func (v *Venue) judgeClient(in *Input) Reason {
	if in.Client == "" || len(in.Client) > ClientMax {
		return BadClient
	}
	for _, c := range []byte(in.Client) {
		if c <= ' ' || c > '~' {
			return BadClient
		}
	}
	if v.today.named(in.Trader, in.Client) != nil {
		return DuplicateClient
	}
	return 0
}

// enter takes in a new order, or refuses it.
func (v *Venue) enter(in *Input) Reason {
	i, why := v.tradable(in.Instrument)
	if why != 0 {
		return why
	}
	if why := v.admitted(in); why != 0 {
		return why
	}
	if why := v.judgeClient(in); why != 0 {
		return why
	}
	if i.allow(auction.Enter) != nil {
		return WrongPhase
	}
	o := in.Order
	o.Verb, o.Time, o.ID = book.Enter, v.now, v.lastOrder+1
	o.Owner, o.Trader, o.Member = in.Account, in.Trader, in.Member
	if in.Auction != 0 {
		return v.enterWaiting(i, in, &o)
	}
	if why := i.protect(&o); why != 0 {
		return why
	}
	if why := v.risk.Take(i.number, &o); why != 0 {
		return ofRisk(why)
	}
	if i.leaves(&o) {
		if why := v.interrupt(i, &o); why != 0 {
			return why
		}
	}
	noted := v.remember(in, &o, Open)
	i.fence(&o)
	v.reports = i.book.Apply(&o, v.reports[:0])
	if v.reports[0].Kind == book.Refused {
		v.forget(noted)
		v.risk.Follow(i.number, v.reports)
		return ofBook(v.reports[0].Reason)
	}
	v.lastOrder = o.ID
	if o.Life == book.Dated {
		i.soonest = min(i.soonest, o.Until)
	}
	v.follow(i, HowContinuous)
	v.holdStops(i)
	v.atClose(i)
	return 0
}

// remember notes a new order, before the book hears of it.
func (v *Venue) remember(in *Input, o *book.Input, state State) *record {
	return v.note(record{
		id: o.ID, instrument: in.Instrument, account: in.Account, trader: in.Trader, member: in.Member, side: o.Side, kind: in.Order.Type,
		life: o.Life, auction: in.Auction, state: state, price: o.Price, stop: o.Stop, qty: o.Qty, left: o.Qty, entered: v.now,
	}, in.Client)
}

// cancel takes back one order.
func (v *Venue) cancel(in *Input) Reason {
	o, i, why := v.meant(in)
	if why != 0 {
		return why
	}
	if i.allow(auction.Cancel) != nil {
		return WrongPhase
	}
	if o.state == Waiting {
		v.dropWaiting(i, []uint64{o.id}, book.Asked)
		return 0
	}
	v.reports = i.book.Apply(&book.Input{Verb: book.Cancel, ID: o.id, Time: v.now}, v.reports[:0])
	if v.reports[0].Kind == book.Refused {
		return ofBook(v.reports[0].Reason)
	}
	v.follow(i, HowContinuous)
	return 0
}

// replace changes an order. One that waits for an auction can only be taken back.
func (v *Venue) replace(in *Input) Reason {
	o, i, why := v.meant(in)
	if why != 0 {
		return why
	}
	if _, why := v.tradable(o.instrument); why != 0 {
		return why
	}
	if why := v.judgeClient(in); why != 0 {
		return why
	}
	if i.allow(auction.Replace) != nil {
		return WrongPhase
	}
	if o.state == Waiting {
		return BadAuction
	}
	r := in.Order
	r.Verb, r.Time, r.ID, r.Side = book.Replace, v.now, o.id, o.side
	r.Owner, r.Trader, r.Member = o.account, o.trader, o.member
	if why := v.risk.Take(i.number, &r); why != 0 {
		return ofRisk(why)
	}
	if i.leaves(&r) {
		if why := v.interrupt(i, &r); why != 0 {
			return why
		}
	}
	i.fence(&r)
	v.reports = i.book.Apply(&r, v.reports[:0])
	if v.reports[0].Kind == book.Refused {
		v.risk.Follow(i.number, v.reports)
		return ofBook(v.reports[0].Reason)
	}
	v.today.call(o, in.Client)
	o.price, o.stop = r.Price, r.Stop
	if r.Until != 0 {
		i.soonest = min(i.soonest, r.Until)
	}
	v.follow(i, HowContinuous)
	v.holdStops(i)
	v.atClose(i)
	return 0
}

// meant gives the order that a request is about, if whoever asks may touch it: its trader, anybody of its member who asks
// without a trader, or the exchange itself, which has neither.
func (v *Venue) meant(in *Input) (*record, *instrument, Reason) {
	var o *record
	if id := in.Order.ID; id != 0 {
		o = v.today.find(id)
	} else {
		o = v.today.named(in.Trader, in.Target)
	}
	switch {
	case o == nil, in.Trader != 0 && o.trader != in.Trader, in.Member != 0 && o.member != in.Member:
		return nil, nil, UnknownOrder
	case !o.live():
		return nil, nil, ofBook(book.Finished)
	}
	return o, v.instrument(o.instrument), 0
}

// cancelAll takes back the orders that the input means, of one instrument or of all, where the phase allows it.
func (v *Venue) cancelAll(in *Input) Reason {
	if in.Instrument != 0 && v.instrument(in.Instrument) == nil {
		return UnknownInstrument
	}
	n := v.sweep(in, false)
	e := v.say(Swept)
	e.Instrument, e.Account, e.Trader, e.Member, e.Client = in.Instrument, in.Account, in.Trader, in.Member, in.Client
	e.Report.Qty = n
	return 0
}

// sweep takes back orders, the oldest first, and says how many. It may be told not to ask the phase.
func (v *Venue) sweep(in *Input, whatever bool) (n int64) {
	oneSide := in.Order.Flags&book.OneSide != 0
	for _, number := range v.ranked {
		i := v.instrument(number)
		if in.Instrument != 0 && in.Instrument != number || !whatever && i.allow(auction.Cancel) != nil {
			continue
		}
		var gone, waiting []uint64
		meant := func(id uint64) bool {
			o := v.today.find(id)
			return (in.Account == 0 || o.account == in.Account) && (in.Trader == 0 || o.trader == in.Trader) &&
				(in.Member == 0 || o.member == in.Member) && (!oneSide || o.side == in.Order.Side)
		}
		for s := range [2]book.Side{} {
			for o := range i.book.Orders(book.Side(s)) {
				if meant(o.ID) {
					gone = append(gone, o.ID)
				}
			}
			for o := range i.book.Stops(book.Side(s)) {
				if meant(o.ID) {
					gone = append(gone, o.ID)
				}
			}
		}
		for _, id := range i.waiting {
			if meant(id) {
				waiting = append(waiting, id)
			}
		}
		slices.Sort(gone)
		for _, id := range gone {
			v.reports = i.book.Apply(&book.Input{Verb: book.Cancel, ID: id, Time: v.now}, v.reports[:0])
			v.reports[0].Verb, v.reports[0].Reason = book.CancelAll, book.AskedAll
			v.follow(i, HowContinuous)
		}
		v.dropWaiting(i, waiting, book.AskedAll)
		n += int64(len(gone) + len(waiting))
	}
	return n
}
