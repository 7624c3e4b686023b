package itch

import (
	"slices"

	"sauda/core/exchange/book"
	"sauda/core/exchange/venue"
)

// Press makes messages of the events of a market. It must not be used by two goroutines at once.
type Press struct {
	midnight int64  // midnight is from when messages count, in microseconds since 1970.
	seq      uint64 // seq is the last event that was taken.
	refs     uint64 // refs is the last reference that was given.
	seen     map[uint64]order
	auctions map[uint32]byte // auctions are those that are on their way.
	listed   map[uint32]Listing
	parts    []part // parts are what has traded, whose trade has not been told yet.
	leaving  uint64 // leaving is an order that was replaced: it may stand somewhere else at once.
	event    *venue.Event
	say      func(*Message)
}

// order is one that is seen.
type order struct {
	ref   uint64
	price int64
	shown int64
	side  book.Side
}

// part is what an order has got of a trade.
type part struct {
	order
	seen   int64 // seen is how much of it could be seen before, hidden how much could not.
	hidden int64
}

// NewPress gives a press that has seen nothing, for a session that counts the time from a midnight.
func NewPress(midnight int64) *Press {
	return &Press{midnight: midnight, seen: make(map[uint64]order), auctions: make(map[uint32]byte), listed: make(map[uint32]Listing)}
}

// Begin says how a market is: what is listed, the phases, and all orders that are seen, each level in its order. It is said
// first.
func (p *Press) Begin(v *venue.Venue, listed map[uint32]Listing, say func(*Message)) {
	p.seq, p.say = v.Reported(), say
	p.event = &venue.Event{Time: v.Now()}
	p.tell(Message{Kind: System, Event: Begins})
	p.List(v.Now(), listed, say)
	for _, d := range v.Days() {
		p.event.Instrument = d.Instrument
		p.turn(byte(d.Phase), byte(d.Auction))
		for s := range [2]book.Side{} {
			for o := range v.Book(d.Instrument).Orders(book.Side(s)) {
				p.add(o.ID, order{price: o.Price, shown: o.Shown, side: book.Side(s)})
			}
		}
	}
}

// List says what is listed where that was not said yet or has changed.
func (p *Press) List(now int64, listed map[uint32]Listing, say func(*Message)) {
	p.say = say
	var fresh []uint32
	for number, l := range listed {
		if p.listed[number] != l {
			p.listed[number] = l
			fresh = append(fresh, number)
		}
	}
	slices.Sort(fresh)
	for _, number := range fresh {
		p.event = &venue.Event{Time: now, Instrument: number}
		p.tell(Message{Kind: Directory, Listing: p.listed[number]})
	}
}

// End says that the session is over.
func (p *Press) End(now int64, say func(*Message)) {
	p.say, p.event = say, &venue.Event{Time: now}
	p.tell(Message{Kind: System, Event: Ends})
}

// Take says what the public sees of events. Those that were taken already, or that Begin has shown, are passed over.
func (p *Press) Take(events []venue.Event, say func(*Message)) {
	p.say = say
	for n := range events {
		if e := &events[n]; e.Seq > p.seq {
			p.seq, p.event = e.Seq, e
			p.take(e)
		}
	}
}

func (p *Press) take(e *venue.Event) {
	if stays := e.Kind == venue.Reported && e.Report.Kind == book.Rested && e.Report.ID == p.leaving; p.leaving != 0 && !stays {
		p.delete(p.leaving)
		p.leaving = 0
	}
	switch e.Kind {
	case venue.Reported:
		p.report(&e.Report)
	case venue.Dealt:
		p.deal(&e.Trade)
	case venue.Busted:
		p.tell(Message{Kind: Broken, Match: e.Trade.ID})
	case venue.Turned:
		p.turn(byte(e.Phase), byte(e.Auction))
	case venue.Opened:
		p.tell(Message{Kind: System, Event: Opens})
	case venue.Indicated:
		i := e.Indication
		p.tell(Message{Kind: Indicated, Qty: i.Volume, Surplus: i.Surplus, Price: i.Price, Auction: letter(AuctionLetters, byte(e.Auction))})
	}
}

// tell says a message about what the event is about, at its time.
func (p *Press) tell(m Message) {
	m.Instrument, m.Time = p.event.Instrument, min(max(0, p.event.Time-p.midnight)*1000, timeMax)
	p.say(&m)
}

func (p *Press) turn(phase, held byte) {
	p.auctions[p.event.Instrument] = letter(AuctionLetters, held)
	p.tell(Message{Kind: State, Phase: letter(PhaseLetters, phase), Auction: letter(AuctionLetters, held)})
}

// letter gives the letter of a number; one that has none yet is a space, which no reader takes for anything else.
func letter(of string, number byte) byte {
	if int(number) >= len(of) {
		return ' '
	}
	return of[number]
}

// report follows an order of the book, as book.Report says how.
func (p *Press) report(r *book.Report) {
	switch r.Kind {
	case book.Rested, book.Refreshed:
		o := order{price: r.Price, shown: r.Shown, side: r.Side}
		if p.leaving == r.ID && p.leaving != 0 {
			p.leaving = 0
			p.replace(r.ID, o)
			return
		}
		p.delete(r.ID)
		p.add(r.ID, o)
	case book.Traded, book.Struck:
		p.parts = append(p.parts, p.get(r))
	case book.Reduced:
		o, seen := p.seen[r.ID]
		switch {
		case !seen || o.shown <= r.Shown:
		case r.Shown == 0:
			p.delete(r.ID)
		default:
			p.tell(Message{Kind: Reduced, Ref: o.ref, Qty: o.shown - r.Shown})
			o.shown = r.Shown
			p.seen[r.ID] = o
		}
	case book.Replaced:
		if _, seen := p.seen[r.ID]; seen {
			p.leaving = r.ID
		}
	case book.Cancelled:
		p.delete(r.ID)
	}
}

func (p *Press) add(id uint64, o order) {
	p.refs++
	o.ref = p.refs
	p.seen[id] = o
	p.tell(Message{Kind: Add, Ref: o.ref, Side: sideLetter(o.side), Qty: o.shown, Price: o.price})
}

func (p *Press) replace(id uint64, o order) {
	was := p.seen[id]
	p.refs++
	o.ref = p.refs
	p.seen[id] = o
	p.tell(Message{Kind: Replaced, Ref: was.ref, Next: o.ref, Qty: o.shown, Price: o.price})
}

// delete says that an order is gone, if it was seen.
func (p *Press) delete(id uint64) {
	if o, seen := p.seen[id]; seen {
		delete(p.seen, id)
		p.tell(Message{Kind: Deleted, Ref: o.ref})
	}
}

// get notes what an order got of a trade, which is told next.
func (p *Press) get(r *book.Report) part {
	o, seen := p.seen[r.ID]
	if !seen {
		return part{order: order{side: r.Side}, hidden: r.Qty}
	}
	got := part{order: o, seen: min(r.Qty, o.shown-r.Shown)}
	got.hidden = r.Qty - got.seen
	o.shown = r.Shown
	if p.seen[r.ID] = o; o.shown == 0 {
		delete(p.seen, r.ID)
	}
	return got
}

// deal tells of a trade, and what each order got of it that is known.
func (p *Press) deal(t *venue.Trade) {
	cross := t.How == venue.HowAuction || t.How == venue.HowClose
	for _, o := range p.parts {
		switch {
		case o.seen > 0 && cross:
			p.tell(Message{Kind: Priced, Ref: o.ref, Qty: o.seen, Match: t.ID, Printable: 'N', Price: t.Price})
		case o.seen > 0 && o.price != t.Price:
			p.tell(Message{Kind: Priced, Ref: o.ref, Qty: o.seen, Match: t.ID, Printable: 'Y', Price: t.Price})
		case o.seen > 0:
			p.tell(Message{Kind: Executed, Ref: o.ref, Qty: o.seen, Match: t.ID})
		}
		if o.hidden > 0 && !cross {
			p.tell(Message{Kind: Traded, Side: sideLetter(o.side), Qty: o.hidden, Price: t.Price, Match: t.ID})
		}
	}
	alone := len(p.parts) == 0 && !cross
	p.parts = p.parts[:0]
	switch held := p.auctions[t.Instrument]; {
	case alone:
		p.tell(Message{Kind: Traded, Side: 'B', Qty: t.Qty, Price: t.Price, Match: t.ID})
	case t.How == venue.HowClose:
		p.tell(Message{Kind: Crossed, Qty: t.Qty, Price: t.Price, Match: t.ID, Auction: AtClose})
	case cross && (held == 0 || held == ' '):
		p.tell(Message{Kind: Crossed, Qty: t.Qty, Price: t.Price, Match: t.ID, Auction: 'I'})
	case cross:
		p.tell(Message{Kind: Crossed, Qty: t.Qty, Price: t.Price, Match: t.ID, Auction: held})
	}
}

func sideLetter(s book.Side) byte {
	if s == book.Sell {
		return 'S'
	}
	return 'B'
}
