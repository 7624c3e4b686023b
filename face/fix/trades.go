package fix

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"sauda/base/span"
	"sauda/core/exchange/book"
	"sauda/core/exchange/clearing"
	"sauda/core/exchange/venue"
	"sauda/flow/floor"
	"sauda/gear/db"
	wire "sauda/gear/fix"
	"sauda/gear/job"
)

// capture is one side of a trade, as a TradeCaptureReport tells it.
type capture struct {
	id         uint64
	instrument uint32
	account    string
	side       book.Side
	order      uint64
	price      int64
	quantity   int64 // quantity is in countable parts.
	at         int64
	busted     bool
}

const tradesMost = 500 // tradesMost is how many trades of an account are told at once: the last ones.

// ownTrades answers a TradeCaptureReportRequest with the trades of the accounts that the trader was granted, the oldest first,
// and with a subscription with each one that follows, until the connection ends.
func (d *desk) ownTrades(s *wire.Session, m *wire.Message) error {
	id, kind, way := m.Text(568), m.Char(569), m.Char(263)
	acknowledge := func(total int, result, status int64, text string) error {
		return s.Send("AQ", new(wire.Body).Text(568, id).Char(569, kind).Int(748, int64(total)).Int(749, result).Int(750, status).Text(55, "[N/A]").Text(58, text))
	}
	g := d.gateway
	switch {
	case kind != '0' && kind != '1':
		return acknowledge(0, captureType, captureRejected, "TradeRequestType (569) is not served with this value")
	case way == '2':
		g.mu.Lock()
		delete(d.trades, id)
		g.mu.Unlock()
		return acknowledge(0, captureDone, captureCompleted, "")
	case way != 0 && way != '0' && way != '1':
		return acknowledge(0, captureOther, captureRejected, "SubscriptionRequestType (263) is not served with this value")
	}
	symbol, named := "", false
	if _, named = m.Bytes(55); named {
		i, wrong := g.symbol(m)
		if wrong != nil {
			return acknowledge(0, captureInstrument, captureRejected, wrong.text)
		}
		symbol = i.Code
	}
	if way == '1' && named {
		return acknowledge(0, captureOther, captureRejected, "A subscription is to the trades of all instruments")
	}
	// What is told of this moment on by the subscription may be among the written ones too: the ids tell.
	if way == '1' {
		g.mu.Lock()
		d.trades[id] = true
		g.mu.Unlock()
	}
	list, err := d.captured(symbol)
	if err != nil {
		return acknowledge(0, captureOther, captureRejected, "Nobody can say now: "+err.Error())
	}
	if err := acknowledge(len(list), captureDone, captureAccepted, ""); err != nil {
		return err
	}
	for n := range list {
		if err := s.Send("AE", g.writeCapture(s.ID().Version, id, &list[n], n == len(list)-1)); err != nil {
			return err
		}
	}
	return nil
}

// Values of TradeRequestResult (749) and TradeRequestStatus (750).
const (
	captureDone       = 0
	captureInstrument = 1
	captureType       = 8
	captureOther      = 99

	captureAccepted  = 0
	captureCompleted = 1
	captureRejected  = 2
)

// captured gives the last trades of the accounts that the trader was granted, also those that nobody has written down yet. Trades
// that are written down between the two looks are looked for again.
func (d *desk) captured(symbol string) (list []capture, err error) {
	for range 5 {
		if list, err = d.captureOnce(symbol); !errors.Is(err, floor.ErrMissing) {
			break
		}
	}
	return list, err
}

func (d *desk) captureOnce(symbol string) ([]capture, error) {
	g := d.gateway
	var list []capture
	var codes map[uint32]string
	last := uint64(0)
	known := g.list()
	err := job.Look(g.ctx, g.config.Store, db.System, func(tx *db.Tx) (err error) {
		list = list[:0]
		if codes, err = d.grants(tx); err != nil {
			return err
		}
		if last, err = clearing.LastTrade(tx); err != nil {
			return err
		}
		for _, code := range codes {
			trades, err := clearing.TradesWith(tx, code, 0, tradesMost)
			if err != nil {
				return err
			}
			for n := range trades {
				t := &trades[n]
				if i := known.byCode[t.Instrument]; i != nil && (symbol == "" || symbol == t.Instrument) {
					list = appendWritten(list, t, i.Number, code)
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	fresh, err := g.config.Floor.Trades(last, 1<<20)
	if err != nil {
		return nil, err
	}
	for n := range fresh {
		if symbol == "" || symbol == g.instrument(fresh[n].Instrument).Code {
			list = g.appendDealt(list, &fresh[n], codes, false)
		}
	}
	slices.SortFunc(list, func(a, b capture) int { return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.side, b.side)) })
	return list, nil
}

func appendWritten(list []capture, t *clearing.Traded, instrument uint32, code string) []capture {
	one := capture{id: t.ID, instrument: instrument, account: code, price: t.Price, quantity: t.Quantity, at: t.At.UnixMicro(), busted: t.Busted}
	if t.Buyer == code {
		one.side, one.order = book.Buy, t.BuyOrder
		list = append(list, one)
	}
	if t.Seller == code {
		one.side, one.order = book.Sell, t.SellOrder
		list = append(list, one)
	}
	return list
}

func (g *Gateway) appendDealt(list []capture, t *venue.Trade, codes map[uint32]string, busted bool) []capture {
	unit := g.instrument(t.Instrument).Terms.Unit
	for side, p := range [2]*venue.Party{&t.Buy, &t.Sell} {
		if code := codes[p.Account]; code != "" {
			list = append(list, capture{t.ID, t.Instrument, code, book.Side(side), p.Order, t.Price, t.Qty * unit, t.Time, busted})
		}
	}
	return list
}

// capture tells those who have asked for their trades of one, or that it was undone. With the lock.
func (g *Gateway) capture(t *venue.Trade, busted bool) {
	for _, d := range g.desks {
		for id := range d.trades {
			for _, one := range g.appendDealt(nil, t, d.granted, busted) {
				if err := d.session.Send("AE", g.writeCapture(d.session.ID().Version, id, &one, false)); err != nil {
					g.log.Error("a trade could not be kept", "trader", d.code, "trade", t.ID, "err", err)
				}
			}
		}
	}
}

// writeCapture writes a TradeCaptureReport of one side.
func (g *Gateway) writeCapture(v wire.Version, request string, c *capture, last bool) *wire.Body {
	i := g.instrument(c.instrument)
	id := decimalOf(c.id) + [...]string{"B", "S"}[c.side]
	trans, exec, report := byte('0'), byte(execTrade), id
	if c.busted {
		trans, exec, report = '1', execBusted, "X"+id
	}
	day := span.DayOf(time.UnixMicro(c.at), span.Almaty)
	b := new(wire.Body).Text(571, report).Char(487, trans).Text(568, request).Char(150, exec)
	if last {
		b.Yes(912, true)
	}
	b.Text(880, decimalOf(c.id)).Text(17, id).Yes(570, false).Text(55, i.Code).Int(32, c.quantity).Decimal(31, c.price, i.Currency.Digits())
	b.Text(75, compact(day)).Time(60, c.at).Int(552, 1).Char(54, sideChars[c.side])
	if v == wire.FIX44 { // Later the side has no OrderID: the report with this ExecID names it.
		order := "NONE"
		if c.order != 0 {
			order = decimalOf(c.order)
		}
		b.Text(37, order)
	}
	return b.Text(1, c.account)
}

// compact writes a day as YYYYMMDD.
func compact(d span.Day) string {
	s := d.String()
	if len(s) != len("2026-11-30") {
		return s
	}
	return s[:4] + s[5:7] + s[8:]
}
