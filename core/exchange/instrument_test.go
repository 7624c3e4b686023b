package exchange_test

import (
	"errors"
	"fmt"
	"testing"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/risk"
	"sauda/core/ledger"
	"sauda/gear/db"
)

// bond can be drafted: it is paid at its clean price, in hundredths of a tenge for one bond.
func bond() exchange.Instrument {
	i := share()
	i.Kind = exchange.BondOf
	i.Security = &exchange.Security{ISIN: "AU0000XVGZA3", Short: "TREASURY/8.5 BD 20300101", Issuer: "pty_state", Nominal: 1000_00,
		Bond: &exchange.Bond{Issued: span.MustDay("2025-01-01"), Matures: span.MustDay("2030-01-01"), Yearly: 2, Rate: money.Percent(8), Basis: exchange.Thirty360}}
	return i
}

// TestDraft: what is drafted is found by its id and its code, with numbers of its own; the same code again is ErrTaken.
func TestDraft(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		numbers := map[uint32]bool{}
		for _, want := range []exchange.Instrument{share(), bond(), petrol()} {
			i := h.drafted(t, want)
			if numbers[i.Number] || i.Number == 0 || i.Asset.Number == 0 || i.Asset.Number == i.Paid.Number || i.Paid.Code != "KZT" {
				t.Errorf("%s: numbers %d, %v, %v", i.Code, i.Number, i.Asset, i.Paid)
			}
			numbers[i.Number] = true
			for _, name := range []string{string(i.ID), i.Code} {
				got := must(t, h.Store, func(tx *db.Tx) (exchange.Instrument, error) { return exchange.GetInstrument(tx, name) })
				if fmt.Sprintf("%+v", plain(got)) != fmt.Sprintf("%+v", plain(i)) {
					t.Errorf("%s is\n%+v\nwanted\n%+v", name, plain(got), plain(i))
				}
			}
			if err := try(h.asel, func(tx *db.Tx) (exchange.Instrument, error) { return exchange.Draft(tx, want, because) }); !errors.Is(err, exchange.ErrTaken) {
				t.Errorf("%s again: %v", i.Code, err)
			}
		}
		if all := must(t, h.Store, func(tx *db.Tx) ([]exchange.Instrument, error) { return exchange.Instruments(tx, exchange.StateDrafted) }); len(all) != 3 || all[0].Number > all[1].Number {
			t.Errorf("%d drafts", len(all))
		}
		if n := h.Statements(func() {
			h.Look(t, func(tx *db.Tx) error { _, err := exchange.Instruments(tx, exchange.StateDrafted); return err })
		}); n > 3 {
			t.Errorf("a list of instruments takes %d statements", n)
		}
	})
}

// plain is an instrument without pointers, so that it prints as it is.
func plain(i exchange.Instrument) any {
	security, goods := exchange.Security{}, exchange.Goods{}
	if i.Security != nil {
		security = *i.Security
		if security.Bond != nil {
			return []any{*security.Bond, security.ISIN, i.Terms, i.Ticks, i.Asset, i.Paid, i.State, i.Version}
		}
	} else {
		goods = *i.Goods
	}
	i.Security, i.Goods = nil, nil
	return []any{security, goods, i}
}

// TestInvalid: each field that is wrong is named, and nothing else.
func TestInvalid(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		for n, c := range []struct {
			of     func() exchange.Instrument
			spoil  func(*exchange.Instrument)
			fields string
		}{
			{share, func(i *exchange.Instrument) { i.Security.ISIN = "US0378331006" }, "/security/isin"},
			{share, func(i *exchange.Instrument) { i.Security.Short = "apple" }, "/security/short"},
			{share, func(i *exchange.Instrument) { i.Kind = "coin" }, "/kind /security /goods"},
			{share, func(i *exchange.Instrument) { i.Kind = exchange.BondOf }, "/security/bond"},
			{share, func(i *exchange.Instrument) { i.Name, i.Currency = nil, "KZ" }, "/name /currency"},
			{share, func(i *exchange.Instrument) { i.Terms.Lot, i.Terms.QtyMin = 10, 15 }, "/terms/qty_min"},
			{share, func(i *exchange.Instrument) { i.Terms.QtyMax = 1 << 38 }, "/terms/qty_max"},
			{share, func(i *exchange.Instrument) { i.Terms.PriceMin = 20_000_000 }, "/terms/price_max"},
			{share, func(i *exchange.Instrument) { i.Terms.Call.Market = "moon" }, "/terms/call"},
			{share, func(i *exchange.Instrument) { i.Terms.Collar.Extended = money.Percent(1) }, "/terms/collar"},
			{share, func(i *exchange.Instrument) { i.Terms.First = 4000 }, "/terms/weight"},
			{share, func(i *exchange.Instrument) { i.Terms.Initial = money.Percent(1) }, "/terms/initial"},
			{share, func(i *exchange.Instrument) { i.Terms.Cycle = 31; i.Terms.Maker = -1 }, "/terms/cycle /terms/maker"},
			{share, func(i *exchange.Instrument) { i.Goods = petrol().Goods }, "/goods /goods/expires /goods/month"},
			{bond, func(i *exchange.Instrument) { i.Security.Nominal = 0 }, "/security/bond"},
			{bond, func(i *exchange.Instrument) { i.Security.Bond.Yearly = 5 }, "/security/bond/yearly"},
			{bond, func(i *exchange.Instrument) { i.Security.Bond.Matures = i.Security.Bond.Issued }, "/security/bond/matures"},
			{bond, func(i *exchange.Instrument) { i.Security.Bond.Basis = "act_act" }, "/security/bond/basis"},
			{petrol, func(i *exchange.Instrument) { i.Code = "petrol" }, "/code"},
			{petrol, func(i *exchange.Instrument) { i.Code = "AI92_PVL" }, "/code"}, // The ledger knows no such asset.
			{petrol, func(i *exchange.Instrument) { i.Code = "92-AI" }, "/code"},
			{petrol, func(i *exchange.Instrument) { i.Code = "KZT" }, "/code"},
			{petrol, func(i *exchange.Instrument) { i.Terms.Maker = money.Percent(16) }, "/terms/initial"},
			{petrol, func(i *exchange.Instrument) { i.Terms.Short = true }, "/terms/short"},
			{share, func(i *exchange.Instrument) {
				i.Terms.Unit, i.Terms.Lot, i.Terms.QtyMin, i.Terms.QtyMax = 1<<32, 1<<32, 1<<32, 1<<36
			}, "/terms/unit"},
			{petrol, func(i *exchange.Instrument) { i.Goods.Basis = "FOT" }, "/goods/basis"},
			{petrol, func(i *exchange.Instrument) { i.Goods.Store, i.Goods.Measure = "", "BRL" }, "/goods/store /goods/measure"},
			{petrol, func(i *exchange.Instrument) { i.Goods.Expires = span.Day{} }, "/goods/expires"},
			{petrol, func(i *exchange.Instrument) { i.Goods.Month = "2027-01" }, "/goods/month"},
			{petrol, func(i *exchange.Instrument) { i.Kind = exchange.Spot }, "/goods/expires /goods/month /terms/initial"},
			{petrol, func(i *exchange.Instrument) { i.Terms.Least = money.Percent(16) }, "/terms/least"},
			{petrol, func(i *exchange.Instrument) { i.Terms.Lot, i.Terms.QtyMin = 60_500, 60_500 }, "/terms/lot"},
			{petrol, func(i *exchange.Instrument) { i.Terms.QtyMax = 6_000_500 }, "/terms/qty_max"},
			{petrol, func(i *exchange.Instrument) { i.Terms.Negative = true }, "/terms/table"},
		} {
			i := c.of()
			c.spoil(&i)
			err := try(h.asel, func(tx *db.Tx) (exchange.Instrument, error) { return exchange.Draft(tx, i, because) })
			got := ""
			for _, f := range fault.FieldsOf(err) {
				got += " " + f.Pointer
			}
			if !errors.Is(err, exchange.ErrInvalid) || got != " "+c.fields {
				t.Errorf("%d: %v names%s, wanted %s", n, err, got, c.fields)
			}
		}
		for _, spoil := range []func(*exchange.Instrument){
			func(i *exchange.Instrument) { i.Terms.Table = "NONE" }, func(i *exchange.Instrument) { i.Terms.Group = "NONE" },
		} {
			i := share()
			spoil(&i)
			if err := try(h.asel, func(tx *db.Tx) (exchange.Instrument, error) { return exchange.Draft(tx, i, because) }); !errors.Is(err, exchange.ErrUnknown) {
				t.Errorf("a table or a group that is not there: %v", err)
			}
		}
		if got := must(t, h.Store, func(tx *db.Tx) ([]exchange.Instrument, error) { return exchange.Instruments(tx, exchange.StateDrafted) }); len(got) != 0 {
			t.Errorf("%d were drafted", len(got))
		}
	})
}

// TestRiskTakes: what can be drafted, with fees and units as large as they may be, is taken by risk and by the ledger.
func TestRiskTakes(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		dear, wide := petrol(), share()
		dear.Terms.Maker, dear.Terms.Taker = dear.Terms.Initial, dear.Terms.Initial
		wide.Terms.Unit, wide.Terms.Lot, wide.Terms.QtyMin, wide.Terms.QtyMax = 1<<31, 1<<31, 1<<31, 1<<36
		machine := risk.New(1)
		for _, draft := range []exchange.Instrument{dear, wide, bond()} {
			i := h.drafted(t, draft)
			terms := risk.Instrument{ID: i.Number, Asset: i.Asset.Number, Currency: i.Paid.Number, Piece: i.Terms.Unit, Maker: i.Terms.Maker,
				Taker: i.Terms.Taker, Short: i.Terms.Short}
			if i.Kind == exchange.Forward {
				terms.Kind, terms.Margin = risk.Forward, i.Terms.Initial
			}
			if why := machine.AddInstrument(terms); why != risk.NoReason || ledger.CheckAsset(i.Asset.Code) != nil {
				t.Errorf("%s: %q, %v", i.Code, why.Code(), ledger.CheckAsset(i.Asset.Code))
			}
		}
	})
}

// TestRevise: what was changed meanwhile is not overwritten, what was listed keeps what it is traded by, and what was said
// before can be read.
func TestRevise(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		revise := func(i exchange.Instrument) (got exchange.Instrument, err error) {
			err = h.bolat.Try(func(tx *db.Tx) (err error) {
				got, err = exchange.Revise(tx, i, because)
				return err
			})
			return got, err
		}
		i := h.drafted(t, petrol())
		goods := *i.Goods
		goods.Store = "str_atyrau"
		i.Goods = &goods
		i, err := revise(i)
		if err != nil || i.Version != 2 || i.Goods.Store != "str_atyrau" {
			t.Fatalf("a draft: %+v, %v", i, err)
		}
		h.asel.Moment(t, func(tx *db.Tx) error { return exchange.List(tx, i.ID, because) })
		i.Terms.Taker = money.One / 100
		next, err := revise(i)
		if err != nil || next.Version != 3 {
			t.Fatalf("a fee: %v", err)
		}
		if _, err := revise(i); !errors.Is(err, exchange.ErrStale) {
			t.Errorf("from an old version: %v", err)
		}
		was := must(t, h.Store, func(tx *db.Tx) (exchange.Instrument, error) { return exchange.InstrumentWas(tx, i.ID, 2) })
		if was.Terms.Taker != 0 || was.Goods.Store != "str_atyrau" || was.Version != 2 {
			t.Errorf("version 2 was %+v", was)
		}
		for _, spoil := range []func(*exchange.Instrument){
			func(i *exchange.Instrument) { i.Currency = money.USD }, func(i *exchange.Instrument) { i.Terms.Unit = 1 },
			func(i *exchange.Instrument) { g := *i.Goods; g.Month = "2027-04"; i.Goods = &g },
			func(i *exchange.Instrument) { g := *i.Goods; g.Store = "str_pavlodar"; i.Goods = &g },
		} {
			other := next
			spoil(&other)
			if _, err := revise(other); !errors.Is(err, exchange.ErrFixed) {
				t.Errorf("%+v: %v", other, err)
			}
		}
		if err := h.decided(exchange.KindEnd, exchange.Subject(i.ID), nil); err != nil {
			t.Fatal(err)
		}
		if _, err := revise(next); !errors.Is(err, exchange.ErrStanding) {
			t.Errorf("what is delisted: %v", err)
		}
		past := h.history(t, exchange.Subject(i.ID))
		if len(past) != 5 || past[3].Was != exchange.StateListed || past[3].State != exchange.StateListed || past[3].By != "usr_bolat" || past[3].Reason != because {
			t.Errorf("history: %+v", past)
		}
	})
}

// TestPromised: what a listed bond promises stays, and so do its issuer and nominal; its name and its fees may change.
func TestPromised(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		i := h.listed(t, bond())
		for n, c := range []struct {
			change func(*exchange.Instrument)
			no     error
		}{
			{func(i *exchange.Instrument) { i.Security.Nominal = 100_00 }, exchange.ErrFixed},
			{func(i *exchange.Instrument) { i.Security.Issuer = "pty_other" }, exchange.ErrFixed},
			{func(i *exchange.Instrument) { i.Security.Bond.Rate = money.Percent(9) }, exchange.ErrFixed},
			{func(i *exchange.Instrument) { i.Security.ISIN = "US0378331005" }, exchange.ErrFixed},
			{func(i *exchange.Instrument) { i.Kind = exchange.Share; i.Security.Bond = nil }, exchange.ErrFixed},
			{func(i *exchange.Instrument) { i.Name, i.Terms.Maker = named("Treasury"), 0 }, nil},
		} {
			next := i
			security, promise := *i.Security, *i.Security.Bond
			security.Bond = &promise
			next.Security = &security
			c.change(&next)
			err := try(h.asel, func(tx *db.Tx) (exchange.Instrument, error) { return exchange.Revise(tx, next, because) })
			if !errors.Is(err, c.no) {
				t.Errorf("%d: %v", n, err)
			}
		}
		if err := try(h.asel, func(tx *db.Tx) (exchange.Instrument, error) { return exchange.Revise(tx, i, "") }); !errors.Is(err, exchange.ErrReason) {
			t.Errorf("without a reason: %v", err)
		}
	})
}

// TestMachines builds the book of an instrument and its call auction from what is stored: what the book takes in a call, the
// auction uncrosses, by the steps, the lots and the rule of the instrument.
func TestMachines(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		draft := petrol()
		tie := auction.TieHigh
		draft.Terms.Call.Tie = &tie
		h.listed(t, draft)
		i := must(t, h.Store, func(tx *db.Tx) (exchange.Instrument, error) { return exchange.GetInstrument(tx, draft.Code) })
		b, err := book.New(i.Rules())
		if err != nil {
			t.Fatal(err)
		}
		b.Apply(&book.Input{Verb: book.Turn, Phase: book.Collecting}, nil)
		for n, c := range []struct {
			side       book.Side
			qty, price int64
			no         book.Reason
		}{
			{book.Buy, 120_000, 1010_00, book.NoReason}, {book.Buy, 60_000, 1000_00, book.NoReason}, {book.Sell, 60_000, 990_00, book.NoReason},
			{book.Sell, 60_000, 1005_00, book.NoReason}, {book.Sell, 60_000, 1005_25, book.BadTick}, {book.Sell, 61_000, 1005_00, book.BadLot},
			{book.Sell, 6_060_000, 1005_00, book.QtyTooLarge}, {book.Sell, 60_000, 990_05, book.NoReason}, {book.Sell, 60_000, 990_01, book.BadTick},
		} {
			got := b.Apply(&book.Input{ID: uint64(n + 1), Side: c.side, Qty: c.qty, Price: c.price}, nil)
			if got[0].Reason != c.no {
				t.Errorf("order %d: %q, wanted %q", n, got[0].Reason.Code(), c.no.Code())
			}
		}
		rule, err := i.AuctionRule()
		if err != nil || rule.Tie != auction.TieHigh || rule.Name != "kase" {
			t.Fatalf("%+v, %v", rule, err)
		}
		var frozen []auction.Order
		for _, side := range []book.Side{book.Buy, book.Sell} {
			for o := range b.Orders(side) {
				frozen = append(frozen, auction.Order{ID: o.ID, Side: auction.Side(side + 1), Limit: o.Price, Quantity: o.Left})
			}
		}
		r, err := auction.Uncross(frozen, rule, auction.Ref(1000_00))
		if err != nil || r.Outcome != auction.Struck || r.Volume != 120_000 || r.Price != 1000_00 {
			t.Errorf("%+v, %v", r.Indication, err)
		}
		if worth, err := i.Value(r.Price, r.Volume); err != nil || worth != money.Of(120*1000_00, money.KZT) {
			t.Errorf("120 tonnes are worth %v, %v", worth, err)
		}
		if _, err := i.Value(1<<60, 1<<37); !errors.Is(err, money.ErrOverflow) {
			t.Errorf("more than can be counted: %v", err)
		}
		if got := i.Collar().Judge(1, auction.Ref(1000_00), auction.Reference{}); got != auction.Inside {
			t.Errorf("without a collar: %s", got)
		}
		for day, want := range map[string]bool{"2027-02-26": true, "2027-02-27": false} {
			if got := i.TradedOn(span.MustDay(day)); got != want {
				t.Errorf("traded on %s: %v", day, got)
			}
		}
	})
}

// TestTickTables: a table never changes; the same again changes nothing; bands that the two machines would read differently
// are refused.
func TestTickTables(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		lay := func(ticks exchange.Ticks) error {
			return h.asel.Try(func(tx *db.Tx) error { return exchange.LayTicks(tx, "GRAIN", ticks) })
		}
		for n, c := range []struct {
			ticks exchange.Ticks
			no    error
		}{
			{nil, exchange.ErrInvalid}, {exchange.Ticks{{From: 10, Step: 1}}, exchange.ErrInvalid}, {exchange.Ticks{{From: 0, Step: 0}}, exchange.ErrInvalid},
			{exchange.Ticks{{From: 0, Step: 3}, {From: 10, Step: 5}}, exchange.ErrInvalid}, {exchange.Ticks{{From: 0, Step: 5}, {From: 10, Step: 3}}, exchange.ErrInvalid},
			{exchange.Ticks{{From: 0, Step: 1}, {From: 0, Step: 5}}, exchange.ErrInvalid},
			{exchange.Ticks{{From: 0, Step: 1}, {From: 10, Step: 5}}, nil}, {exchange.Ticks{{From: 0, Step: 1}, {From: 10, Step: 5}}, nil},
			{exchange.Ticks{{From: 0, Step: 1}, {From: 20, Step: 5}}, exchange.ErrTaken},
		} {
			if err := lay(c.ticks); !errors.Is(err, c.no) {
				t.Errorf("%d: %v", n, err)
			}
		}
		if got := must(t, h.Store, func(tx *db.Tx) (exchange.Ticks, error) { return exchange.GetTicks(tx, "GRAIN") }); fmt.Sprint(got) != "[{0 1} {10 5}]" {
			t.Errorf("laid: %v", got)
		}
	})
}
