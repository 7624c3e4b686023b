// Package venue is the whole market as one machine: instruments with their books, sessions and auctions, accounts with what
// they may still buy and sell, and who may trade for whom.
//
// One Input goes in after the other, and Events come out. The same inputs give the same events, byte for byte: there is no
// clock, no dice, no goroutine and no store in it; the time comes with the input, and a random end was drawn outside. Whoever
// keeps the inputs in their order (flow/floor, in a journal) can tell the whole market again, and Export gives what a snapshot
// needs.
//
//	Input ─▶ known? admitted? phase? ─▶ collar ─▶ risk.Take ─▶ book.Apply ─▶ risk.Follow ─▶ Events
//	              │                        │            │
//	              └── Refused ◀────────────┼────────────┘      a refusal changes nothing but counts
//	                                       ▼
//	                     a volatility call, in which the order waits
//
//	a call:  Step(Freeze) ─▶ the orders of the book and those that wait for this auction ─▶ Step(Strike) ─▶ one price ─▶ Events
//
// It does not know who people are: accounts, traders and members are numbers that core/exchange gives, and what a trade leads
// to is the work of core/exchange/clearing.
package venue

import (
	"math"

	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/risk"
	"sauda/core/exchange/slots"
)

// Venue is a market. It must not be used by two goroutines at once.
type Venue struct {
	now         int64
	applied     uint64 // applied counts the inputs.
	seq         uint64 // seq numbers the events.
	lastOrder   uint64
	lastTrade   uint64
	instruments []*instrument // Slot zero is none.
	byNumber    slots.Index
	ranked      []uint32 // ranked are the numbers of the instruments, rising.
	holders     []holder // Slot zero is nobody.
	byAccount   slots.Index
	today       today
	movedUpTo   int64 // movedUpTo is the latest time of what was paid in and out.
	moved       references
	risk        *risk.Risk
	out         []Event
	reports     []book.Report
}

// instrument is one that is traded here, with all that happens to it.
type instrument struct {
	number  uint32
	spec    Instrument
	book    *book.Book
	session *auction.Session
	last    auction.Reference // last is the price of the last trade.
	static  auction.Reference // static is the price of the last auction, or of the day before.
	closing int64             // closing is the price at which one can trade after the close.
	waiting []uint64          // waiting are the orders that stand outside of the book until an auction, the oldest first.
	since   int64             // since is when its phase began, begun when its day did.
	begun   int64
	soonest int64 // soonest is when the first dated order may end.
	ended   int32 // ended are its orders that have ended since its day began, the last one first.
	overdue bool  // overdue says that a missing auction was told of today.
	stirred bool  // stirred says that something has changed since the last indication.
}

const (
	never       = math.MaxInt64
	ordersUsual = 1 << 10 // ordersUsual is for how many open orders there is memory at first.
)

// New gives a market without instruments and accounts.
func New() *Venue {
	return &Venue{
		instruments: make([]*instrument, 1), byNumber: slots.NewIndex(0), holders: make([]holder, 1), byAccount: slots.NewIndex(0),
		today: newToday(), moved: newReferences(), risk: risk.New(ordersUsual),
	}
}

// instrument gives an instrument, or nil.
func (v *Venue) instrument(number uint32) *instrument {
	return v.instruments[v.byNumber.Find(uint64(number))]
}

// account gives an account, or nil.
func (v *Venue) account(number uint32) *Account {
	return v.holders[v.byAccount.Find(uint64(number))].Account
}

// Apply does what an input asks and appends what happened to events, at least one. What is refused leaves one event, Refused,
// and changes nothing else but the time and what risk counts. Nothing of the input is kept but its texts.
//
// The time of the market never goes back: an input from before counts as one of now.
func (v *Venue) Apply(in *Input, events []Event) []Event {
	v.out = events
	v.now = max(v.now, in.Time)
	v.applied++
	if why := v.apply(in); why != 0 {
		e := v.say(Refused)
		e.Instrument, e.Account, e.Trader, e.Member, e.Client = in.Instrument, in.Account, in.Trader, in.Member, in.Client
		e.Order, e.Reason, e.Verb = in.Order.ID, why, in.Verb
	}
	v.alarm()
	return v.out
}

func (v *Venue) apply(in *Input) Reason {
	switch in.Verb {
	case Enter:
		return v.enter(in)
	case Cancel:
		return v.cancel(in)
	case Replace:
		return v.replace(in)
	case CancelAll:
		return v.cancelAll(in)
	case Step:
		return v.step(in)
	case Tick:
		return v.tick()
	}
	return v.rare(in)
}

// say appends an event and numbers it.
func (v *Venue) say(kind Kind) *Event {
	v.seq++
	v.out = append(v.out, Event{Seq: v.seq, Time: v.now, Kind: kind})
	return &v.out[len(v.out)-1]
}

// Now gives the time of the last input.
func (v *Venue) Now() int64 { return v.now }

// Applied gives how many inputs there have been.
func (v *Venue) Applied() uint64 { return v.applied }

// Reported gives the number of the last event.
func (v *Venue) Reported() uint64 { return v.seq }

// Dealt gives the number of the last trade.
func (v *Venue) Dealt() uint64 { return v.lastTrade }

// MovedUpTo gives the latest time at which the books moved something that the market was told of.
func (v *Venue) MovedUpTo() int64 { return v.movedUpTo }

// HasMoved says whether something that was paid in or out, or settled, was told under that reference.
func (v *Venue) HasMoved(ref string) bool { return v.moved.has(ref) }

// Find gives an order of today, also one that has ended.
func (v *Venue) Find(id uint64) (Order, bool) {
	return v.shown(v.today.find(id))
}

// OrdersOf gives the orders of today of an account, the youngest first, at most so many; only those that can still trade if live.
func (v *Venue) OrdersOf(account uint32, live bool, most int) []Order {
	h := &v.holders[v.byAccount.Find(uint64(account))]
	slot := h.youngest
	if live {
		slot = h.live
	}
	var list []Order
	for slot != 0 && len(list) < most {
		o := v.today.orders.At(slot)
		list = append(list, v.today.show(o))
		if slot = o.before; live {
			slot = o.below
		}
	}
	return list
}

// FindClient gives the order to which a trader has given an id today.
func (v *Venue) FindClient(trader uint32, client string) (Order, bool) {
	return v.shown(v.today.named(trader, client))
}

func (v *Venue) shown(o *record) (Order, bool) {
	if o == nil {
		return Order{}, false
	}
	return v.today.show(o), true
}

// Book gives the book of an instrument, to be read only, and nil for one that is not known.
func (v *Venue) Book(number uint32) *book.Book {
	if i := v.instrument(number); i != nil {
		return i.book
	}
	return nil
}

// Risk gives what accounts have and hold, to be read only.
func (v *Venue) Risk() *risk.Risk { return v.risk }

// Day is how far the day of an instrument is.
type Day struct {
	Instrument uint32
	State      Listing
	Phase      auction.Phase
	Auction    auction.Kind // Auction is the one that is on its way, or none.
	Since      int64        // Since is when that began, Begun when the day did; zero before the first.
	Begun      int64
	EndsAt     int64        // EndsAt is when a random end is over.
	Owed       auction.Kind // Owed is the first auction that has yet to be held.
	Plan       auction.Plan
	Last       auction.Reference
	Static     auction.Reference
}

// Day gives how far the day of an instrument is. One that is not known is closed.
func (v *Venue) Day(number uint32) Day {
	i := v.instrument(number)
	if i == nil {
		return Day{Instrument: number, Phase: auction.Closed}
	}
	d := Day{
		Instrument: number, State: i.spec.State, Phase: i.phase(), Since: i.since, Begun: i.begun, Plan: i.spec.Plan, Last: i.last, Static: i.static,
	}
	if i.session != nil {
		d.Auction, d.EndsAt = i.session.Auction(), i.session.EndsAt()
		if owed := i.session.Owed(); len(owed) > 0 {
			d.Owed = owed[0].Auction
		}
	}
	return d
}

// Days gives how far the days of all instruments are, by their numbers.
func (v *Venue) Days() []Day {
	days := make([]Day, len(v.ranked))
	for n, number := range v.ranked {
		days[n] = v.Day(number)
	}
	return days
}

// Waiting gives the orders of an instrument that stand outside of its book until an auction, the oldest first.
func (v *Venue) Waiting(number uint32) []uint64 {
	if i := v.instrument(number); i != nil {
		return i.waiting
	}
	return nil
}
