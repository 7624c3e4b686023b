package floor

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/book"
	"sauda/core/exchange/clearing"
	"sauda/core/exchange/feed"
	"sauda/core/exchange/venue"
	"sauda/core/ledger"
	"sauda/gear/db"
	"sauda/gear/job"
)

const (
	recordMax = 500 // recordMax is how many trades are written down in one moment.
	// vat is the rate in the fees of an exchange in Kazakhstan since 2026-01-01 (Tax Code art. 503(1)).
	vat = 16 * money.One / 100
	// overlap is how far back postings are looked at again: one that was begun earlier may be seen later.
	overlap = time.Minute
)

// Record writes down trades that the market has made since the last one that is there, and tells whether there may be more.
func (f *Floor) Record(tx *db.Tx) (more bool, err error) {
	if f == nil {
		return false, nil
	}
	last, err := clearing.LastTrade(tx)
	if err != nil {
		return false, err
	}
	trades, err := f.Trades(last, recordMax)
	if err != nil || len(trades) == 0 {
		return false, err
	}
	roll := f.taughtRoll()
	settles := maps.Clone(roll.settles)
	list := make([]clearing.Trade, len(trades))
	for n, t := range trades {
		i, known := roll.instruments[t.Instrument]
		buyer, seller := roll.accounts[t.Buy.Account], roll.accounts[t.Sell.Account]
		if !known || buyer == "" || seller == "" {
			return false, ErrUntaught.About("trade %d in %d of %d and %d", t.ID, t.Instrument, t.Buy.Account, t.Sell.Account)
		}
		day := span.DayOf(time.UnixMicro(t.Time), span.Almaty)
		if cycle, agreed := t.Cycle.Days(); agreed { // There are few of them.
			i.Terms.Cycle = cycle
		}
		key := traded{t.Instrument, day, i.Terms.Cycle}
		if _, known := settles[key]; !known { // Of a day before that of the roll, or agreed otherwise.
			if settles[key], err = exchange.SettleDay(tx, i, day); err != nil {
				return false, err
			}
		}
		list[n] = tradeOf(i, t, day, settles[key])
		list[n].Buyer, list[n].Seller = buyer, seller
	}
	if err := clearing.Register(tx, list); err != nil {
		return false, err
	}
	tx.AfterCommit(func() { f.Written(trades[len(trades)-1].ID) })
	return len(trades) == recordMax, nil
}

// tradeOf says of a trade what clearing wants to know. Fees are rounded down, as risk has counted them.
func tradeOf(i exchange.Instrument, t venue.Trade, day, settles span.Day) clearing.Trade {
	c := clearing.Trade{
		ID: t.ID, Instrument: i.Code, Asset: i.Asset.Code, Currency: string(i.Currency), Price: t.Price, Quantity: t.Qty * i.Terms.Unit,
		Amount: t.Price * t.Qty, BuyOrder: t.Buy.Order, SellOrder: t.Sell.Order, Day: day, SettleDay: settles, VAT: vat, Kind: clearing.Auction,
		Forward: i.Kind == exchange.Forward, BuyTrader: t.Buy.Trader, BuyMember: t.Buy.Member, SellTrader: t.Sell.Trader,
		SellMember: t.Sell.Member, Ref: t.Ref,
	}
	buy, sell := max(i.Terms.Maker, i.Terms.Taker), max(i.Terms.Maker, i.Terms.Taker)
	switch t.How {
	case venue.HowContinuous:
		c.Kind, c.Resting = clearing.Continuous, clearing.Sell
		buy, sell = i.Terms.Taker, i.Terms.Maker
		if t.Resting == book.Buy {
			buy, sell = sell, buy
			c.Resting = clearing.Buy
		}
	case venue.HowAgreed:
		c.Kind = clearing.Negotiated
	case venue.HowLot:
		c.Kind = clearing.Lot
	case venue.HowTender:
		c.Kind = clearing.Tender
	}
	amount := money.Of(c.Amount, i.Currency)
	c.BuyFee, c.SellFee = buy.Of(amount, money.Down).Minor, sell.Of(amount, money.Down).Minor
	return c
}

// Follow tells the market of what the ledger has moved on its accounts since the last time: money and securities that were
// brought in, and trades that were settled.
func (f *Floor) Follow(ctx context.Context, store *db.Store) error {
	if f == nil {
		return nil
	}
	roll := f.taughtRoll()
	if roll.accounts == nil {
		return nil
	}
	var upTo int64
	if err := f.Look(ctx, func(v *venue.Venue) { upTo = v.MovedUpTo() }); err != nil {
		return err
	}
	var moves []venue.Movement
	err := job.Look(ctx, store, db.System, func(tx *db.Tx) (err error) {
		moves, err = movesSince(tx, roll, span.FromMicros(upTo).Add(-overlap))
		return err
	})
	if err != nil {
		return err
	}
	if len(moves) == 0 {
		return nil
	}
	if err := f.Look(ctx, func(v *venue.Venue) {
		moves = slices.DeleteFunc(moves, func(m venue.Movement) bool { return v.HasMoved(m.Ref) })
	}); err != nil {
		return err
	}
	for _, m := range moves {
		body, err := json.Marshal(m)
		if err != nil {
			return fmt.Errorf("write the movement %s: %w", m.Ref, err)
		}
		events, err := f.Do(ctx, venue.Input{Verb: venue.Move, Account: m.Account, Body: body})
		if err != nil {
			return err
		}
		if e := events[0]; e.Kind == venue.Refused && e.Reason != venue.Repeated {
			f.config.Log.Error("the market does not take what the ledger says", "movement", m.Ref, "why", e.Reason.Code())
		}
	}
	return nil
}

// MovementRef is how the market calls what a posting moves of an asset of an account: whoever lets the market move something
// before the ledger does, such as a withdrawal, uses it, so that it is moved once.
func MovementRef(kind, ref, account, asset string) string {
	return strings.Join([]string{kind, ref, account, asset}, " ")
}

// movesSince gives what postings have moved on the accounts of the exchange since a time, the oldest first.
func movesSince(tx *db.Tx, roll Roll, since time.Time) ([]venue.Movement, error) {
	type key struct{ kind, ref, account, asset string }
	nets, at := make(map[key]int64), make(map[key]int64)
	var order []key
	for cursor, first := (ledger.Cursor{}), true; first || cursor != (ledger.Cursor{}); first = false {
		entries, next, err := ledger.History(tx, ledger.ExchangeHouse("ccp"), cursor, 0)
		if err != nil {
			return nil, err
		}
		cursor = next
		for _, e := range entries {
			if e.At.Before(since) {
				cursor = ledger.Cursor{}
				break
			}
			place, n := e.Credit, e.Amount // What the house owes an account stands as a credit.
			if e.Credit == ledger.ExchangeHouse("ccp") {
				place, n = e.Debit, -e.Amount
			}
			account, ours := strings.CutPrefix(string(place), "exchange/")
			if !ours {
				continue
			}
			k := key{e.Kind, e.Ref, account, e.Asset}
			if _, seen := nets[k]; !seen {
				order = append(order, k)
			}
			nets[k] += n
			at[k] = span.Micros(e.At)
		}
	}
	slices.Reverse(order)
	moves := make([]venue.Movement, 0, len(order))
	for _, k := range order {
		m := venue.Movement{Ref: MovementRef(k.kind, k.ref, k.account, k.asset), At: at[k], Account: roll.numbers[k.account], Asset: roll.assets[k.asset]}
		switch n := nets[k]; {
		case m.Account == 0 || m.Asset == 0 || n == 0:
			continue // Nothing has changed, or the market cannot know it: see Deposit.
		case k.kind == "exchange.settle", k.kind == "exchange.bust": // What was due is there, or goes back.
			m.Comes, m.Goes = max(n, 0), max(-n, 0)
		default:
			m.Amount, m.Forced = n, n < 0 // It has left the account, whatever else the market thinks of.
		}
		moves = append(moves, m)
	}
	slices.SortStableFunc(moves, func(a, b venue.Movement) int { return cmp.Compare(a.At, b.At) })
	return moves, nil
}

// recall gives the last trades of an instrument, for a board.
func (f *Floor) recall(ctx context.Context, store *db.Store, instrument uint32) ([]feed.Tick, error) {
	i, known := f.Instruments()[instrument]
	if !known {
		return nil, nil
	}
	var list []clearing.Traded
	err := job.Look(ctx, store, db.System, func(tx *db.Tx) (err error) {
		list, err = clearing.TradesIn(tx, i.Code, 0, recordMax)
		return err
	})
	ticks := make([]feed.Tick, 0, len(list))
	for _, t := range slices.Backward(list) {
		ticks = append(ticks, feed.Tick{
			ID: t.ID, Time: span.Micros(t.At), Price: t.Price, Qty: t.Quantity / i.Terms.Unit, How: hows[t.Kind], Taker: takerOf(t.Trade),
			Busted: t.Busted,
		})
	}
	return ticks, err
}

// takerOf gives the side whose order came in; of a trade from before that was written down, who paid the higher fee, or the
// younger order where both paid the same.
func takerOf(t clearing.Trade) book.Side {
	switch t.Resting {
	case clearing.Buy:
		return book.Sell
	case clearing.Sell:
		return book.Buy
	}
	if t.SellFee > t.BuyFee || t.SellFee == t.BuyFee && t.SellOrder > t.BuyOrder {
		return book.Sell
	}
	return book.Buy
}

// hows are the ways of trades that were written down.
var hows = map[clearing.Kind]venue.How{
	clearing.Continuous: venue.HowContinuous, clearing.Auction: venue.HowAuction, clearing.Negotiated: venue.HowAgreed, clearing.Lot: venue.HowLot,
	clearing.Tender: venue.HowTender,
}
