package terminal

import (
	"context"
	"slices"
	"strconv"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/clearing"
	"sauda/core/exchange/feed"
	"sauda/core/exchange/risk"
	"sauda/core/exchange/venue"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f *face) mountInstrument(site *web.Site) {
	web.PageAct(site, "GET /exchange/{code}", f.instrument, web.Public(), web.Faults(floor.ErrUnknown))
}

// instrumentAsk is what the page of an instrument may be told.
type instrumentAsk struct {
	Code    string `path:"code" maxLength:"40"`
	Account string `query:"account" maxLength:"40"`
	Every   string `query:"every" maxLength:"4"`
	Part    string `query:"part" maxLength:"10"`
	Done    string `query:"done" maxLength:"20"`
}

// depth is how many levels of each side the page shows, tape how many trades, and candlesMost how many candles.
const (
	depth       = 12
	tape        = 30
	candlesMost = 300
)

// every are the intervals of candles by their names, in the order of feed.Intervals.
var every = []string{"1m", "5m", "15m", "1h", "1d"}

// interval is the one that was asked for; five minutes otherwise.
func (a instrumentAsk) interval() int {
	if n := slices.Index(every, a.Every); n >= 0 {
		return n
	}
	return 1
}

type instrumentView struct {
	page
	quoted
	Every  string
	Next   string // Next says what comes next on its day.
	Levels [2][]feed.Level
	Ticks  []feed.Tick
	Bars   []feed.Candle
	Table  floor.Timetable
	Days   bool // Days says that there is a Table for today.
	Mine   *mine
	Entry  entry
	Silent bool
	Coming []coming // Coming is what the issuer does and will do.
}

// mine is what a trader has to do with an instrument.
type mine struct {
	Seats   []floor.Seat
	Seat    floor.Seat
	Account exchange.Account
	Money   risk.Balance
	Asset   risk.Balance
	Stake   risk.Stake
	Orders  []venue.Order
	Trades  []clearing.Traded
}

// dones are what a page can say that was done.
var dones = []string{"entered", "cancelled", "cancelled_all", "replaced", "reported", "refused", "corrected", "withdrawn"}

// instrument shows one instrument, and to a trader also what he has to do with it. The store is asked for his trades only.
func (f *face) instrument(ctx context.Context, in instrumentAsk) (web.View, error) {
	v, err := f.instrumentView(ctx, in)
	if err != nil {
		return nil, err
	}
	if slices.Contains(dones, in.Done) {
		v.Done = t(ctx, "done."+in.Done)
	}
	if in.Part == "mine" && v.Mine != nil {
		return minePart(v), nil
	}
	return instrumentPage(v), nil
}

func (f *face) instrumentView(ctx context.Context, in instrumentAsk) (instrumentView, error) {
	i, err := f.Floor.Instrument(in.Code)
	if err != nil {
		return instrumentView{}, err
	}
	v := instrumentView{page: f.page(ctx, "instrument", i.Name.In(web.Lang(ctx))), quoted: quoted{Instrument: i}, Every: every[in.interval()]}
	v.Description = t(ctx, "instrument.description", "name", v.Title, "code", i.Code)
	v.Scripts = []string{"lightweight-charts.js", "terminal.js"}
	v.Sum.Phase = auction.Closed
	err = f.Board.For(web.WhoFrom(ctx)).Show(func(b *feed.Feed) {
		v.Sum, v.Levels = b.Board(i.Number, depth)
		v.Ticks = b.Tape(i.Number, tape)
		v.Bars = b.Candles(i.Number, feed.Intervals[in.interval()], candlesMost)
		v.Line = line(today(b.Candles(i.Number, lineEvery, 200), span.Micros(f.Now())))
	})
	if v.Silent = silent(err); err != nil && !v.Silent {
		return v, err
	}
	v.Next = f.next(ctx, v.quoted)
	v.Table, v.Days = f.Floor.Table(i.Number, f.Now())
	if v.Mine, err = f.mine(ctx, i, in.Account); err != nil {
		return v, err
	}
	have := int64(0)
	if v.Mine != nil {
		have = v.Mine.Asset.Settled
	}
	v.Coming = f.comes(ctx, i, have)
	v.Entry = newEntry(ctx)
	return v, nil
}

// mine gives what a trader has to do with an instrument from the seat that he asks for, or from his first one; none for who has
// no seat.
func (f *face) mine(ctx context.Context, i exchange.Instrument, account string) (*mine, error) {
	who := web.WhoFrom(ctx)
	if who.Kind == db.KindGuest {
		return nil, nil
	}
	m := &mine{Seats: f.Floor.Seats(who.ID)}
	if len(m.Seats) == 0 {
		return nil, nil
	}
	m.Seat = m.Seats[0]
	if n := slices.IndexFunc(m.Seats, func(s floor.Seat) bool { return s.Code == account }); n >= 0 {
		m.Seat = m.Seats[n]
	}
	m.Account, _ = f.Floor.Holder(m.Seat.Account)
	err := f.Floor.Look(ctx, func(v *venue.Venue) {
		m.Money = v.Risk().Balance(m.Seat.Account, i.Paid.Number)
		m.Asset = v.Risk().Balance(m.Seat.Account, i.Asset.Number)
		m.Stake = v.Risk().Stake(risk.Party{Who: risk.Account, ID: m.Seat.Account}, i.Number)
		for _, o := range v.OrdersOf(m.Seat.Account, false, ordersMost) {
			if o.Instrument == i.Number {
				m.Orders = append(m.Orders, o)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(m.Orders, liveFirst)
	return m, web.Look(ctx, func(tx *db.Tx) error {
		list, err := clearing.TradesWith(tx, m.Seat.Code, 0, ordersMost)
		for _, tr := range list {
			if tr.Instrument == i.Code && len(m.Trades) < tape {
				m.Trades = append(m.Trades, tr)
			}
		}
		return err
	})
}

// ordersMost is how many orders or trades of an account are looked through.
const ordersMost = 200

// liveFirst stands orders that can still trade before those that have ended.
func liveFirst(a, b venue.Order) int {
	if a.Live() == b.Live() {
		return 0
	}
	if a.Live() {
		return -1
	}
	return 1
}

// deepest is the greatest quantity of the levels that are shown.
func (v instrumentView) deepest() int64 {
	most := int64(0)
	for _, side := range v.Levels {
		for _, l := range side {
			most = max(most, l.Qty)
		}
	}
	return most
}

// here is the address of the page, from a seat.
func (v instrumentView) here() string {
	if v.Mine == nil {
		return address(v.Instrument)
	}
	return address(v.Instrument) + "?account=" + v.Mine.Seat.Code
}

// best is the best price of a side; zero for none.
func (v instrumentView) best(s book.Side) int64 {
	if len(v.Levels[s]) == 0 {
		return 0
	}
	return v.Levels[s][0].Price
}

// spread is how far the best prices are from each other; empty without both.
func (v instrumentView) spread(ctx context.Context) string {
	if len(v.Levels[0]) == 0 || len(v.Levels[1]) == 0 {
		return ""
	}
	return price(ctx, v.Instrument, v.best(book.Sell)-v.best(book.Buy))
}

// fee is the most that a trade costs in fees: which side was there first, nobody knows before.
func fee(i exchange.Instrument, value int64) int64 {
	return max(i.Terms.Maker, i.Terms.Taker).Of(money.Of(value, i.Currency), money.Down).Minor
}

// packedTicks writes the steps of the price for the script.
func packedTicks(i exchange.Instrument) string {
	b := []byte{'['}
	for n, band := range i.Ticks {
		if n > 0 {
			b = append(b, ',')
		}
		b = append(b, '[')
		b = strconv.AppendInt(b, band.From, 10)
		b = append(b, ',')
		b = strconv.AppendInt(b, band.Step, 10)
		b = append(b, ']')
	}
	return string(append(b, ']'))
}

// sum writes a price of the day; a dash without a trade.
func sum(ctx context.Context, v instrumentView, minor int64) string {
	if v.Sum.Trades == 0 {
		return "–"
	}
	return price(ctx, v.Instrument, minor)
}

func live(orders []venue.Order) bool {
	for n := range orders {
		if orders[n].Live() {
			return true
		}
	}
	return false
}

// taker says for the style which side came in.
func taker(tick feed.Tick) string {
	if tick.How != venue.HowContinuous {
		return ""
	}
	return sideOf(tick.Taker)
}

// held is what is held of an instrument: of a forward what was bought less what was sold, of all else what is there or due.
func held(v instrumentView) int64 {
	if v.Kind == exchange.Forward {
		return v.Mine.Stake.Position * v.Terms.Unit
	}
	return v.Mine.Asset.Settled + v.Mine.Asset.Due
}
