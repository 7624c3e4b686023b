package terminal

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/feed"
	"sauda/flow/floor"
	"sauda/gear/web"
)

func (f *face) mountMarket(site *web.Site) {
	web.PageAct(site, "GET /exchange", f.market, web.Public())
}

// quoted is an instrument with what is known of it.
type quoted struct {
	exchange.Instrument
	Sum  feed.Summary
	Line string // Line is the day as the points of an SVG polyline.
}

// last is the price that counts: of the last trade, else that of the day before; zero without one.
func (q quoted) last() int64 {
	if q.Sum.Last.Known {
		return q.Sum.Last.Price
	}
	return q.before()
}

// before is the last price of the day before; zero without one.
func (q quoted) before() int64 {
	if q.Sum.Close.Known {
		return q.Sum.Close.Price
	}
	return 0
}

// class is the group in which an instrument stands.
type class struct {
	Name string
	List []quoted
}

type marketView struct {
	page
	Groups []class
	Silent bool // Silent says that the market does not run here, or not yet.
}

// classes are the kinds of instruments, in the order of their groups.
var classes = []exchange.Kind{exchange.Share, exchange.BondOf, exchange.Unit, exchange.Spot, exchange.Forward}

// market shows all that is listed, at a glance. It asks the store for nothing.
func (f *face) market(ctx context.Context, _ struct{}) (web.View, error) {
	v := marketView{page: f.page(ctx, "market", t(ctx, "title"))}
	v.Description = t(ctx, "description")
	v.Scripts = []string{"terminal.js"}
	list, err := f.quotes(ctx, func(exchange.Instrument) bool { return true })
	v.Silent = silent(err)
	if err != nil && !v.Silent {
		return nil, err
	}
	for _, kind := range classes {
		group := class{Name: "kind." + string(kind)}
		for _, q := range list {
			if q.Kind == kind {
				group.List = append(group.List, q)
			}
		}
		if len(group.List) > 0 {
			v.Groups = append(v.Groups, group)
		}
	}
	return marketPage(v), nil
}

// silent tells whether an error means that the market is not heard of, rather than that something is wrong.
func silent(err error) bool {
	return errors.Is(err, floor.ErrClosed) || errors.Is(err, floor.ErrElsewhere)
}

// lineEvery is the interval of the small line.
const lineEvery = 300_000_000

// quotes gives the instruments that are listed or suspended and wanted, by their codes, with what the board shows of them.
func (f *face) quotes(ctx context.Context, wanted func(exchange.Instrument) bool) ([]quoted, error) {
	var list []quoted
	for _, i := range f.Floor.Instruments() {
		if i.State != exchange.StateDelisted && wanted(i) {
			list = append(list, quoted{Instrument: i, Sum: feed.Summary{Phase: auction.Closed}})
		}
	}
	slices.SortFunc(list, func(a, b quoted) int { return cmp.Compare(a.Code, b.Code) })
	now := span.Micros(f.Now())
	return list, f.Board.For(web.WhoFrom(ctx)).Show(func(board *feed.Feed) {
		for n := range list {
			list[n].Sum, _ = board.Board(list[n].Number, 0)
			list[n].Line = line(today(board.Candles(list[n].Number, lineEvery, 200), now))
		}
	})
}

// Listed tells whether the market of a floor has anything to show: ways to the exchange lead there only then.
func Listed(f *floor.Floor) bool {
	for _, i := range f.Instruments() {
		if i.State != exchange.StateDelisted {
			return true
		}
	}
	return false
}

// phase says in words where the day of an instrument stands.
func phase(ctx context.Context, q quoted) string {
	if q.State == exchange.StateSuspended {
		return t(ctx, "suspended")
	}
	return t(ctx, "phase."+q.Sum.Phase.String())
}

// beat says for the style whether orders trade, are collected, or neither.
func beat(q quoted) string {
	switch p := q.Sum.Phase; {
	case q.State == exchange.StateSuspended, p == auction.Closed, p == auction.Halt:
		return "still"
	case p == auction.Continuous, p == auction.TradeAtClose:
		return "open"
	}
	return "call"
}

// next says what comes next on the day of an instrument, and when; empty for nothing.
func (f *face) next(ctx context.Context, q quoted) string {
	now := f.Now()
	table, trades := f.Floor.Table(q.Number, now)
	if !trades || q.State != exchange.StateListed || q.Sum.Phase == auction.Halt {
		return ""
	}
	at := span.Micros(now)
	if q.Sum.Phase == auction.Closed {
		if at < table.Begin {
			return t(ctx, "next", "what", t(ctx, "step.begin"), "at", hour(table.Begin))
		}
		return ""
	}
	for _, s := range table.Steps {
		if s.At > at {
			return t(ctx, "next", "what", t(ctx, "step."+s.Step.String()), "at", hour(s.At))
		}
	}
	return ""
}

// address is the page of an instrument.
func address(i exchange.Instrument) string {
	return "/exchange/" + strings.ReplaceAll(i.Code, "/", "%2F")
}
