package api

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
	"sauda/core/exchange/feed"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountExchange(api *web.API, server *web.Server) {
	web.Act(api, "GET /v1/exchange/instruments", f.listInstruments, web.Public(), web.Shape[web.List[instrumentView]](),
		web.Doc("List what is traded on the exchange, each with its board at a glance. The answer comes from memory.", "Exchange"),
		web.Faults(floor.ErrElsewhere, floor.ErrClosed))
	web.Act(api, "GET /v1/exchange/instruments/{code}", f.showInstrument, web.Public(), web.Shape[instrumentView](),
		web.Doc("Show an instrument with its board at a glance.", "Exchange"), web.Faults(floor.ErrUnknown, floor.ErrElsewhere, floor.ErrClosed))
	web.Act(api, "GET /v1/exchange/instruments/{code}/book", f.showBook, web.Public(), web.Shape[bookView](),
		web.Doc("Show the order book: for each price how much is seen there, the best first.", "Exchange"),
		web.Faults(floor.ErrUnknown, floor.ErrElsewhere, floor.ErrClosed))
	web.Query(api, "GET /v1/exchange/instruments/{code}/trades", f.listTrades, web.Public(),
		web.Doc("List trades that are written down, the youngest first. Go on before the last number.", "Exchange"), web.Faults(floor.ErrUnknown, floor.ErrElsewhere))
	web.Act(api, "GET /v1/exchange/instruments/{code}/candles", f.listCandles, web.Public(), web.Shape[candlesView](),
		web.Doc("List candles, the oldest first, at most 500.", "Exchange"), web.Faults(floor.ErrUnknown, floor.ErrElsewhere, floor.ErrClosed))
	f.mountExchangeAccounts(api)
	f.mountExchangeOrders(api)
	f.mountExchangeMoney(api)
	f.mountTenders(api)
	f.mountExchangeDeals(api)
	f.mountExchangeOffice(api)
	f.mountExchangeStream(server)
}

// instrumentView is what is traded. Prices are whole numbers in the smallest unit of the currency, for Unit countable parts.
type instrumentView struct {
	Code     string         `json:"code" doc:"An ISIN, or the code of goods."`
	Kind     exchange.Kind  `json:"kind" enum:"share,bond,unit,spot,forward"`
	Name     text.Localized `json:"name"`
	State    exchange.State `json:"state" enum:"listed,suspended"`
	Currency money.Currency `json:"currency"`
	Group    string         `json:"group" doc:"The group by whose hours it is traded."`
	Unit     int64          `json:"unit" doc:"For how many countable parts a price is."`
	Lot      int64          `json:"lot" doc:"Quantities are whole numbers of lots, counted in parts."`
	QtyMin   int64          `json:"quantity_min"`
	QtyMax   int64          `json:"quantity_max"`
	Ticks    []bandView     `json:"ticks" nullable:"false" doc:"The steps of the price, by where they begin."`
	Cycle    int64          `json:"settlement_days" doc:"How many days of trade after a trade it is settled."`
	Maker    string         `json:"fee_resting" doc:"In percent of the value, for whose order stood in the book."`
	Taker    string         `json:"fee_coming" doc:"In percent of the value, for whose order came in."`
	Class    exchange.Class `json:"class,omitempty" doc:"Which investors it is for at least; absent for all."`
	Security *securityView  `json:"security,omitempty"`
	Goods    *commodityView `json:"goods,omitempty"`
	Board    summaryView    `json:"board"`
}

// bandView is a part of a table of steps.
type bandView struct {
	From int64 `json:"from"`
	Step int64 `json:"step"`
}

// securityView is what a security has.
type securityView struct {
	ISIN    exchange.ISIN `json:"isin"`
	Short   string        `json:"short"`
	Issuer  string        `json:"issuer"`
	Nominal int64         `json:"nominal,omitempty"`
}

// commodityView is what goods have.
type commodityView struct {
	Grade   text.Localized    `json:"grade"`
	Basis   exchange.Incoterm `json:"basis" doc:"By Incoterms 2020."`
	Store   string            `json:"store"`
	Measure string            `json:"measure"`
	Divides int64             `json:"divides" doc:"Into how many countable parts one measure is divided."`
	Expires *span.Day         `json:"expires,omitempty"`
	Month   string            `json:"month,omitempty"`
}

// summaryView is an instrument at a glance, as the stream sends it too. Times are microseconds since 1970, quantities countable
// parts.
type summaryView struct {
	In      string          `json:"in"`
	Seq     uint64          `json:"seq" doc:"Numbers the changes of the board; they begin anew now and then."`
	Phase   string          `json:"phase"`
	Auction string          `json:"auction"`
	Since   int64           `json:"since"`
	Last    *int64          `json:"last" doc:"The price of the last trade; null before the first."`
	Close   *int64          `json:"close" doc:"The last price of the day before."`
	Open    int64           `json:"open"`
	High    int64           `json:"high"`
	Low     int64           `json:"low"`
	Qty     int64           `json:"qty"`
	Value   int64           `json:"value"`
	Trades  int64           `json:"trades"`
	Ind     *indicationView `json:"ind" doc:"What the auction would give now; null when there is none."`
}

// indicationView is what an auction would give.
type indicationView struct {
	Price   int64 `json:"price"`
	Qty     int64 `json:"qty"`
	Surplus int64 `json:"surplus" doc:"What stays open at the price: above zero of buyers, below zero of sellers."`
}

func viewSummary(i exchange.Instrument, s feed.Summary) summaryView {
	unit := i.Terms.Unit
	v := summaryView{
		In: i.Code, Seq: s.Seq, Phase: s.Phase.String(), Auction: s.Auction.String(), Since: s.Since, Open: s.Open, High: s.High, Low: s.Low,
		Qty: s.Qty * unit, Value: s.Value, Trades: s.Trades,
	}
	if s.Last.Known {
		v.Last = &s.Last.Price
	}
	if s.Close.Known {
		v.Close = &s.Close.Price
	}
	if ind := s.Indication; ind.Volume > 0 {
		v.Ind = &indicationView{ind.Price, ind.Volume * unit, ind.Surplus * unit}
	}
	return v
}

func viewInstrument(i exchange.Instrument, s feed.Summary) instrumentView {
	t := i.Terms
	v := instrumentView{
		Code: i.Code, Kind: i.Kind, Name: i.Name, State: i.State, Currency: i.Currency, Group: t.Group, Unit: t.Unit, Lot: t.Lot, QtyMin: t.QtyMin,
		QtyMax: t.QtyMax, Ticks: make([]bandView, len(i.Ticks)), Cycle: t.Cycle, Maker: t.Maker.String(), Taker: t.Taker.String(), Class: t.Class,
		Board: viewSummary(i, s),
	}
	for n, band := range i.Ticks {
		v.Ticks[n] = bandView(band)
	}
	if sec := i.Security; sec != nil {
		v.Security = &securityView{sec.ISIN, sec.Short, sec.Issuer, sec.Nominal}
	}
	if g := i.Goods; g != nil {
		v.Goods = &commodityView{Grade: g.Grade, Basis: g.Basis, Store: g.Store, Measure: string(g.Measure), Divides: g.Divides, Month: g.Month}
		if !g.Expires.IsZero() {
			v.Goods.Expires = &g.Expires
		}
	}
	return v
}

// tagged makes an answer of what was seen in memory; its tag is that of its bytes.
func tagged(v any, err error) (web.Raw, error) {
	if err != nil {
		return web.Raw{}, err
	}
	body, err := json.Marshal(v)
	if err != nil {
		return web.Raw{}, fmt.Errorf("write what the exchange shows: %w", err)
	}
	sum := sha256.Sum256(body)
	return web.Raw{Body: body, ETag: hex.EncodeToString(sum[:12])}, nil
}

// shown tells whether the public sees an instrument: what will never be traded again is not there any more.
func shown(i exchange.Instrument) bool {
	return i.State == exchange.StateListed || i.State == exchange.StateSuspended
}

// instrument gives one that the public sees.
func (f face) instrument(code string) (exchange.Instrument, error) {
	i, err := f.Floor.Instrument(code)
	if err == nil && !shown(i) {
		return i, floor.ErrUnknown.About("%s is %s", code, i.State)
	}
	return i, err
}

// listInstruments lists what is traded, by code.
func (f face) listInstruments(ctx context.Context, _ struct{}) (web.Raw, error) {
	list := web.List[instrumentView]{Items: []instrumentView{}}
	instruments := f.Floor.Instruments()
	err := f.Board.For(web.WhoFrom(ctx)).Show(func(b *feed.Feed) {
		for number, i := range instruments {
			if shown(i) {
				s, _ := b.Board(number, 0)
				list.Items = append(list.Items, viewInstrument(i, s))
			}
		}
	})
	slices.SortFunc(list.Items, func(a, b instrumentView) int { return cmp.Compare(a.Code, b.Code) })
	return tagged(list, err)
}

type instrumentAsk struct {
	Code string `path:"code" maxLength:"40" doc:"The code of the instrument."`
}

// showInstrument shows one.
func (f face) showInstrument(ctx context.Context, in instrumentAsk) (web.Raw, error) {
	i, err := f.instrument(in.Code)
	if err != nil {
		return web.Raw{}, err
	}
	var v instrumentView
	err = f.Board.For(web.WhoFrom(ctx)).Show(func(b *feed.Feed) {
		s, _ := b.Board(i.Number, 0)
		v = viewInstrument(i, s)
	})
	return tagged(v, err)
}

type bookAsk struct {
	instrumentAsk
	Depth int `query:"depth" minimum:"1" maximum:"500" default:"20" doc:"How many prices of each side."`
}

// bookView is what is seen of a book.
type bookView struct {
	Bids  []levelView `json:"bids" nullable:"false"`
	Asks  []levelView `json:"asks" nullable:"false"`
	Board summaryView `json:"board"`
}

// levelView is what is seen at one price.
type levelView struct {
	Price    int64 `json:"price"`
	Quantity int64 `json:"quantity"`
	Orders   int   `json:"orders"`
}

// showBook shows the best prices of both sides.
func (f face) showBook(ctx context.Context, in bookAsk) (web.Raw, error) {
	i, err := f.instrument(in.Code)
	if err != nil {
		return web.Raw{}, err
	}
	v := bookView{Bids: []levelView{}, Asks: []levelView{}}
	err = f.Board.For(web.WhoFrom(ctx)).Show(func(b *feed.Feed) {
		s, levels := b.Board(i.Number, in.Depth)
		v.Board = viewSummary(i, s)
		for side, into := range []*[]levelView{&v.Bids, &v.Asks} {
			for _, l := range levels[side] {
				*into = append(*into, levelView{l.Price, l.Qty * i.Terms.Unit, l.Orders})
			}
		}
	})
	return tagged(v, err)
}

type tradesAsk struct {
	instrumentAsk
	Before uint64 `query:"before" doc:"Only trades with smaller numbers."`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

// tradeView is a trade as everybody may see it.
type tradeView struct {
	ID       uint64        `json:"id"`
	At       time.Time     `json:"at" doc:"When it was written down, some moments after it was made."`
	Price    int64         `json:"price"`
	Quantity int64         `json:"quantity"`
	Kind     clearing.Kind `json:"kind" enum:"continuous,auction,negotiated,lot,tender"`
	Busted   bool          `json:"busted,omitempty" doc:"It was taken back."`
}

// listTrades lists the trades of an instrument.
func (f face) listTrades(tx *db.Tx, in tradesAsk) (web.List[tradeView], error) {
	i, err := f.instrument(in.Code)
	if err != nil {
		return web.List[tradeView]{}, err
	}
	before, any, err := f.tradesBefore(tx.Who(), i.Number, in.Before)
	if err != nil || !any {
		return web.List[tradeView]{Items: []tradeView{}}, err
	}
	found, err := clearing.TradesIn(tx, i.Code, before, in.Limit)
	page := web.List[tradeView]{Items: make([]tradeView, len(found))}
	for n, t := range found {
		page.Items[n] = tradeView{t.ID, t.At, t.Price, t.Quantity, t.Kind, t.Busted}
	}
	return page, err
}

// tradesBefore gives before which trade somebody may see those of an instrument: whoever sees the market later sees them up to
// the last one that his board shows.
func (f face) tradesBefore(who db.Who, number uint32, before uint64) (uint64, bool, error) {
	board := f.Board.For(who)
	if board == f.Board {
		return before, true, nil
	}
	var last []feed.Tick
	if err := board.Show(func(b *feed.Feed) { last = b.Tape(number, 1) }); err != nil || len(last) == 0 {
		return 0, false, err
	}
	if before == 0 || before > last[0].ID {
		before = last[0].ID + 1
	}
	return before, true, nil
}

type candlesAsk struct {
	instrumentAsk
	Interval string `query:"interval" enum:"1m,5m,15m,1h,1d" default:"5m"`
}

// candlesView is a list of candles.
type candlesView struct {
	Interval string       `json:"interval"`
	Items    []candleView `json:"items" nullable:"false"`
}

// candleView is what was traded in one interval.
type candleView struct {
	Begins   int64 `json:"begins" doc:"In microseconds since 1970."`
	Open     int64 `json:"open"`
	High     int64 `json:"high"`
	Low      int64 `json:"low"`
	Close    int64 `json:"close"`
	Quantity int64 `json:"quantity"`
	Trades   int64 `json:"trades"`
}

// intervals are how candles are asked for, in the order of feed.Intervals.
var intervals = words{"1m", "5m", "15m", "1h", "1d"}

const candlesMost = 500

// listCandles lists the candles of an instrument.
func (f face) listCandles(ctx context.Context, in candlesAsk) (web.Raw, error) {
	i, err := f.instrument(in.Code)
	if err != nil {
		return web.Raw{}, err
	}
	n, _ := intervals.index(in.Interval) // What is none was refused before.
	v := candlesView{Interval: in.Interval, Items: []candleView{}}
	err = f.Board.For(web.WhoFrom(ctx)).Show(func(b *feed.Feed) {
		for _, c := range b.Candles(i.Number, feed.Intervals[n], candlesMost) {
			v.Items = append(v.Items, candleView{c.Begins, c.Open, c.High, c.Low, c.Close, c.Qty * i.Terms.Unit, c.Trades})
		}
	})
	return tagged(v, err)
}
