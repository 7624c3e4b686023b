package floor

import (
	"context"
	"time"

	"sauda/base/fault"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/risk"
	"sauda/core/exchange/venue"
	"sauda/gear/db"
)

// Faults of the desk.
var (
	// ErrRefused has the value reason: the code that FIX and the API share.
	ErrRefused = fault.New(fault.Conflict, "floor.refused", "The exchange has refused this. The reason says why; correct it and try again.")
	ErrUnknown = fault.New(fault.Missing, "floor.unknown", "There is no such instrument or order here. Look at the list and try again.")
	ErrSeat    = fault.New(fault.Denied, "floor.seat", "You may not trade for this account. Ask the member who keeps it.")
	// ErrQuantity has the value unit.
	ErrQuantity = fault.New(fault.Invalid, "floor.quantity", "The quantity is no whole number of what the price is for. Choose a multiple of the unit.")
	// ErrLeast has the value least.
	ErrLeast    = fault.New(fault.Invalid, "floor.least", "The order is smaller than the smallest that is taken. Choose a larger quantity.")
	ErrUnsuited = fault.New(fault.Denied, "floor.unsuited", "This instrument is for investors who know its risks better. Answer the questions for investors again, or choose another one.")
)

// Seat is from where somebody trades: for one account, as one trader of one member. The numbers are those of the market.
type Seat struct {
	Account uint32
	Trader  uint32
	Member  uint16
	Code    string // Code is what people call the account.
	// Holder is the account as the books know it: what suits its owner is judged by it.
	Holder exchange.Account
}

// SeatOf gives the seat of a user for an account, by its code or id. Whoever may not trade for it, and whoever asks for an
// account that is not there, hears the same: ErrSeat.
func SeatOf(tx *db.Tx, user, account string) (Seat, error) {
	a, err := exchange.GetAccount(tx, account)
	if err != nil {
		return Seat{}, ErrSeat.About("%s for %s: %w", user, account, err)
	}
	traders, err := exchange.TradersOf(tx, user)
	if err != nil {
		return Seat{}, err
	}
	for _, t := range traders {
		if t.Member != a.Member || exchange.MayTrade(tx, t.ID, a.ID) != nil {
			continue
		}
		m, err := exchange.GetMember(tx, string(t.Member))
		return Seat{Account: a.Number, Trader: t.Number, Member: m.Number, Code: a.Code, Holder: a}, err
	}
	return Seat{}, ErrSeat.About("%s for %s", user, account)
}

// Seats gives from where a user may trade by what the market was taught last, by the numbers of the accounts. Whether the market
// takes an order from there, it says itself: who was suspended meanwhile hears its reason. The list must not be changed.
func (f *Floor) Seats(user string) []Seat {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.roll.seats[user]
}

// Holder gives an account as the market was taught it last, by its number.
func (f *Floor) Holder(account uint32) (exchange.Account, bool) {
	if f == nil {
		return exchange.Account{}, false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	a, known := f.roll.holders[account]
	return a, known
}

// Entered gives the order to which a trader has given an id today; not ok for none.
func (f *Floor) Entered(ctx context.Context, s Seat, client string) (o venue.Order, ok bool, err error) {
	err = f.Look(ctx, func(v *venue.Venue) { o, ok = v.FindClient(s.Trader, client) })
	return o, ok && o.Account == s.Account, err
}

// Ask is an order as people state it. Quantities are in countable parts of what is traded, prices in the smallest unit of the
// currency.
type Ask struct {
	Instrument string // Instrument is its code.
	Client     string // Client is the id that the trader gives to this request.
	Side       book.Side
	Type       book.Type
	Life       book.Life
	Guard      book.Guard
	Auction    auction.Kind // Auction makes it wait for that auction.
	Price      int64
	Quantity   int64
	Stop       int64
	Display    int64
	Minimum    int64
	Until      time.Time
	PostOnly   bool
}

// Instrument gives an instrument of the market by its code.
func (f *Floor) Instrument(code string) (exchange.Instrument, error) {
	if f == nil {
		return exchange.Instrument{}, ErrElsewhere
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	i, known := f.roll.instruments[f.roll.traded[code]]
	if !known {
		return exchange.Instrument{}, ErrUnknown.About("instrument %.40q", code)
	}
	return i, nil
}

// Instruments gives all instruments of the market by their numbers. The map must not be changed.
func (f *Floor) Instruments() map[uint32]exchange.Instrument {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.roll.instruments
}

// AssetCode gives what people call an asset of the market.
func (f *Floor) AssetCode(number uint32) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.roll.codes[number]
}

// input makes an order for the market of what people state.
func (a Ask) input(i exchange.Instrument) (book.Input, error) {
	in := book.Input{Price: a.Price, Stop: a.Stop, Side: a.Side, Type: a.Type, Life: a.Life, Guard: a.Guard}
	for _, q := range []struct {
		to   *int64
		from int64
	}{{&in.Qty, a.Quantity}, {&in.Display, a.Display}, {&in.Min, a.Minimum}} {
		if q.from%i.Terms.Unit != 0 {
			return in, fault.With(ErrQuantity.About("%d of %d", q.from, i.Terms.Unit), "unit", i.Terms.Unit)
		}
		*q.to = q.from / i.Terms.Unit
	}
	if !a.Until.IsZero() {
		in.Until = a.Until.UnixMicro()
	}
	if a.PostOnly {
		in.Flags |= book.PostOnly
	}
	return in, nil
}

// Enter brings an order to the market, and gives it as it stands afterwards. What is refused is ErrRefused with the reason.
// What does not suit the owner of the account, and what is too small, the market is not asked for: ErrUnsuited, ErrLeast.
func (f *Floor) Enter(ctx context.Context, s Seat, a Ask) (venue.Order, error) {
	i, err := f.Instrument(a.Instrument)
	if err != nil {
		return venue.Order{}, err
	}
	switch {
	case !s.Holder.Suits(i):
		return venue.Order{}, ErrUnsuited.About("%s for %s", i.Code, s.Code)
	case a.Quantity < i.Terms.QtyMin:
		return venue.Order{}, fault.With(ErrLeast.About("%d of %s", a.Quantity, i.Code), "least", i.Terms.QtyMin)
	}
	order, err := a.input(i)
	if err != nil {
		return venue.Order{}, err
	}
	in := venue.Input{
		Verb: venue.Enter, Instrument: i.Number, Account: s.Account, Trader: s.Trader, Member: s.Member, Client: a.Client, Auction: a.Auction, Order: order,
	}
	return f.order(ctx, in)
}

// Replace changes an order: its price, its stop price and how much shall be open of it.
func (f *Floor) Replace(ctx context.Context, s Seat, id uint64, a Ask) (venue.Order, error) {
	was, err := f.Order(ctx, s, id)
	if err != nil {
		return venue.Order{}, err
	}
	order, err := a.input(f.Instruments()[was.Instrument])
	if err != nil {
		return venue.Order{}, err
	}
	order.ID = id
	return f.order(ctx, venue.Input{Verb: venue.Replace, Instrument: was.Instrument, Trader: s.Trader, Member: s.Member, Client: a.Client, Order: order})
}

// Cancel takes back an order.
func (f *Floor) Cancel(ctx context.Context, s Seat, id uint64) (venue.Order, error) {
	return f.order(ctx, venue.Input{Verb: venue.Cancel, Trader: s.Trader, Member: s.Member, Order: book.Input{ID: id}})
}

// CancelAll takes back all orders of a seat, in one instrument or, for zero, in all, and says how many they were.
func (f *Floor) CancelAll(ctx context.Context, s Seat, instrument uint32) (int64, error) {
	events, err := f.Do(ctx, venue.Input{Verb: venue.CancelAll, Instrument: instrument, Account: s.Account, Trader: s.Trader, Member: s.Member})
	if err != nil {
		return 0, err
	}
	last := events[len(events)-1]
	if last.Kind == venue.Refused {
		return 0, refused(last.Reason)
	}
	return last.Report.Qty, nil
}

// order asks for something about an order, and gives the order as it stands behind that.
func (f *Floor) order(ctx context.Context, in venue.Input) (venue.Order, error) {
	var o venue.Order
	events, err := f.wait(ctx, ask{in: in, look: func(v *venue.Venue) {
		if in.Order.ID != 0 {
			o, _ = v.Find(in.Order.ID)
		} else {
			o, _ = v.FindClient(in.Trader, in.Client)
		}
	}})
	if err != nil {
		return venue.Order{}, err // Nobody may look at the order: the market may still be about it.
	}
	if e := events[0]; e.Kind == venue.Refused {
		return venue.Order{}, refused(e.Reason)
	}
	return o, nil
}

// Refusal gives the fault of something that the market has refused for a reason, by its code.
func Refusal(code string) error { return fault.With(ErrRefused.About("%s", code), "reason", code) }

// refused says why the market has refused something.
func refused(why venue.Reason) error {
	return Refusal(why.Code())
}

// Order gives an order of today of a seat, also one that has ended. Somebody else's is ErrUnknown.
func (f *Floor) Order(ctx context.Context, s Seat, id uint64) (venue.Order, error) {
	var o venue.Order
	if err := f.Look(ctx, func(v *venue.Venue) { o, _ = v.Find(id) }); err != nil {
		return venue.Order{}, err
	}
	if o.ID == 0 || o.Account != s.Account {
		return venue.Order{}, ErrUnknown.About("order %d", id)
	}
	return o, nil
}

// Orders gives the orders of today of an account, the youngest first, at most so many; only those that can still trade if live.
func (f *Floor) Orders(ctx context.Context, account uint32, live bool, most int) (list []venue.Order, err error) {
	err = f.Look(ctx, func(v *venue.Venue) { list = v.OrdersOf(account, live, most) })
	return list, err
}

// Portfolio is what an account has.
type Portfolio struct {
	Balances  map[uint32]risk.Balance // Balances are by the numbers of assets.
	Positions map[uint32]risk.Stake   // Positions are by the numbers of instruments, those of forwards too.
}

// Portfolio gives what an account has of each asset and in each instrument; what it has nothing of is left out.
func (f *Floor) Portfolio(ctx context.Context, account uint32) (Portfolio, error) {
	p := Portfolio{Balances: make(map[uint32]risk.Balance), Positions: make(map[uint32]risk.Stake)}
	if f == nil {
		return p, ErrElsewhere
	}
	f.mu.Lock()
	roll := f.roll
	f.mu.Unlock()
	err := f.Look(ctx, func(v *venue.Venue) {
		for number := range roll.codes {
			if b := v.Risk().Balance(account, number); b != (risk.Balance{}) {
				p.Balances[number] = b
			}
		}
		for number := range roll.instruments {
			if s := v.Risk().Stake(risk.Party{Who: risk.Account, ID: account}, number); s != (risk.Stake{}) {
				p.Positions[number] = s
			}
		}
	})
	return p, err
}
