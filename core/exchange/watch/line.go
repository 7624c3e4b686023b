package watch

import (
	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/venue"
)

// What a line keeps at most. All of it together is about two megabytes.
const (
	ordersMax = 2048 // ordersMax is how many orders are known; the oldest are forgotten first.
	ownersMax = 512  // ownersMax, pairsMax and tradersMax: whoever has done nothing for longest is forgotten first.
	pairsMax  = 512
	tapeMax   = 1024 // tapeMax is how many trades before the end of a day are known.
	dealsMax  = 32   // dealsMax is how many trades of two with each other are known, and orders and trades of one alert at a time.
	sizesMax  = 256  // sizesMax is of how many trades the average is.
	probesMax = 128  // probesMax is how many trades wait to see what their owners take back.
)

// Line is one instrument with what was seen in it lately.
type Line struct {
	Instrument uint32           `json:"instrument"`
	Seq        uint64           `json:"seq"`
	Now        int64            `json:"now"`
	Orders     map[uint64]*live `json:"orders"`
	Queue      []uint64         `json:"queue"` // Queue are orders, the oldest first; some have ended.
	Owners     kept[*owner]     `json:"owners"`
	Pairs      kept[*pair]      `json:"pairs"`
	Traders    kept[*trader]    `json:"traders"`
	Sizes      []int64          `json:"sizes"` // Sizes are quantities of the last trades, in a ring.
	Size       int              `json:"size"`  // Size is where the next one goes.
	Sum        int64            `json:"sum"`   // Sum is all of them together.
	Probes     []*probe         `json:"probes"`
	Tape       []taped          `json:"tape"`
	Base       int64            `json:"base"`   // Base is the price of the last trade before the tape.
	Called     int64            `json:"called"` // Called is when the call of the closing auction began; zero for not yet.
	Volume     int64            `json:"volume"` // Volume is what was traded today.
	Phase      auction.Phase    `json:"phase"`
	Marked     bool             `json:"marked"` // Marked says that the end of this day was judged.
}

// live is an order that stands.
type live struct {
	Order
	Owner string `json:"owner"`
	Left  int64  `json:"left"`
	Seen  bool   `json:"seen"` // Seen says that it stands in the book, where others see it.
}

// owner is what a beneficial owner has done today and does now.
type owner struct {
	Open   [2]int64        `json:"open"` // Open is what he shows on each side.
	Orders map[uint64]bool `json:"orders"`
	Traded buckets         `json:"traded"`
	Own    int64           `json:"own"` // Own is how often he has traded with himself today, OwnQty how much.
	OwnQty int64           `json:"own_qty"`
	Layers [2]int64        `json:"layers"` // Layers is how often he has layered each side today.
	Probed int64           `json:"probed"` // Probed is how often he has traded today while he showed much on the other side.
	Held   held            `json:"held"`
}

// open notes that so much more is shown on a side. Of one who was forgotten meanwhile less may be known than he takes back.
func (o *owner) open(side book.Side, n int64) { o.Open[side] = max(0, o.Open[side]+n) }

// held are orders and trades that wait until there are enough for an alert.
type held struct {
	Orders []Order `json:"orders"`
	Deals  []Deal  `json:"deals"`
}

// add keeps some more, the last ones.
func (h *held) add(orders []Order, deals ...Deal) {
	h.Orders = last(append(h.Orders, orders...), dealsMax)
	h.Deals = last(append(h.Deals, deals...), dealsMax)
}

// spend gives what is kept, and keeps nothing of it.
func (h *held) spend() ([]Order, []Deal) {
	orders, deals := h.Orders, h.Deals
	*h = held{}
	return orders, deals
}

func last[T any](list []T, most int) []T {
	if len(list) > most {
		return append([]T(nil), list[len(list)-most:]...)
	}
	return list
}

func newLine(instrument uint32) *Line {
	return &Line{
		Instrument: instrument, Orders: make(map[uint64]*live), Owners: keeping[*owner](), Pairs: keeping[*pair](), Traders: keeping[*trader](),
	}
}

// begin begins a day: what was counted for the day before is no more.
func (s *sight) begin() {
	s.Marked, s.Called, s.Volume, s.Phase = false, 0, 0, auction.PreOpen
	for _, o := range s.Owners.Of {
		o.Own, o.OwnQty, o.Layers, o.Probed, o.Held = 0, 0, [2]int64{}, 0, held{}
	}
	s.Probes = nil
}

// ownerOf gives what is known of an owner.
func (s *sight) ownerOf(who string) *owner {
	return s.Owners.get(who, ownersMax, func() *owner { return &owner{Orders: make(map[uint64]bool)} })
}

// follow keeps in step with an order.
func (s *sight) follow(e *venue.Event) {
	r := &e.Report
	if r.Kind == book.Accepted {
		s.enter(e)
		return
	}
	o := s.Orders[e.Order]
	if o == nil {
		return
	}
	switch r.Kind {
	case book.Armed:
		s.show(o, false)
	case book.Rested:
		s.show(o, true)
	case book.Reduced:
		s.taken(o, o.Left-r.Left)
		s.leave(o, r.Left)
	case book.Replaced:
		s.show(o, false)
		o.Price, o.Left, o.From = r.Price, r.Left, s.Now
		if o.Left == 0 {
			o.Left = r.Qty
		}
		o.Qty = o.Left
	case book.Cancelled:
		if r.Reason == book.Asked || r.Reason == book.AskedAll {
			s.taken(o, o.Left)
		}
		s.forget(o)
	}
}

// enter begins to know an order.
func (s *sight) enter(e *venue.Event) {
	r := &e.Report
	who := s.whose(e.Account)
	s.Orders[e.Order] = &live{Order: Order{
		ID: e.Order, Account: e.Account, Trader: e.Trader, Side: r.Side & 1, Price: r.Price, Qty: r.Qty, From: s.Now,
	}, Owner: who, Left: r.Qty}
	s.ownerOf(who).Orders[e.Order] = true
	s.Queue = append(s.Queue, e.Order)
	for len(s.Orders) > ordersMax || len(s.Queue) > 2*ordersMax {
		if oldest := s.Orders[s.Queue[0]]; oldest != nil {
			s.forget(oldest)
		}
		s.Queue = s.Queue[1:]
	}
	if e.Kind == venue.Waited {
		s.show(s.Orders[e.Order], true) // It stands outside of the book, and the indication of the auction shows it.
	}
}

// show says whether others see an order.
func (s *sight) show(o *live, seen bool) {
	if o.Seen == seen {
		return
	}
	o.Seen = seen
	n := o.Left
	if !seen {
		n = -n
	}
	s.ownerOf(o.Owner).open(o.Side, n)
	if seen {
		s.again(o)
	}
}

// leave says how much of an order is left.
func (s *sight) leave(o *live, left int64) {
	left = max(left, 0)
	if o.Seen {
		s.ownerOf(o.Owner).open(o.Side, left-o.Left)
	}
	o.Left = left
	if left == 0 {
		s.forget(o)
	}
}

// forget knows an order no longer.
func (s *sight) forget(o *live) {
	s.show(o, false)
	delete(s.Orders, o.ID)
	delete(s.ownerOf(o.Owner).Orders, o.ID)
}

// average is the quantity of a trade lately; at least one.
func (l *Line) average() int64 {
	if len(l.Sizes) == 0 {
		return 1
	}
	return max(l.Sum/int64(len(l.Sizes)), 1)
}

// size notes the quantity of a trade.
func (l *Line) size(n int64) {
	n = min(n, 1<<50) // So that the sum of all cannot overflow.
	if len(l.Sizes) < sizesMax {
		l.Sizes = append(l.Sizes, n)
		l.Sum += n
		return
	}
	l.Sum += n - l.Sizes[l.Size]
	l.Sizes[l.Size] = n
	l.Size = (l.Size + 1) % sizesMax
}
