package api

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountExchangeAccounts(api *web.API) {
	web.Act(api, "GET /v1/exchange/accounts", f.listExchangeAccounts, web.SignedIn(),
		web.Doc("List the accounts that are one's own and those on which one may trade, with what they have.", "Exchange: trading"),
		web.Faults(floor.ErrElsewhere, floor.ErrClosed))
	web.Query(api, "GET /v1/exchange/accounts/{code}/trades", listAccountTrades, web.SignedIn(),
		web.Doc("List the trades of an account that are written down, the youngest first. Go on before the last number.", "Exchange: trading"),
		web.Faults(floor.ErrSeat))
	web.Query(api, "GET /v1/exchange/accounts/{code}/statement", showStatement, web.SignedIn(),
		web.Doc("Show what an account had, got and gave on a day.", "Exchange: trading"), web.Faults(floor.ErrSeat))
}

// reached gives an account that whoever asks may look at: it belongs to the party for which he acts, or he may trade on it.
// Of every other one he hears what he hears of one that is not there.
func reached(tx *db.Tx, code string) (exchange.Account, error) {
	a, err := exchange.GetAccount(tx, code)
	if err != nil {
		return exchange.Account{}, floor.ErrSeat.About("%.40q: %w", code, err)
	}
	if who := tx.Who(); who.Party != "" && who.Party == a.Party {
		return a, nil
	}
	_, err = floor.SeatOf(tx, tx.Who().ID, string(a.ID))
	return a, err
}

// reach is reached for what holds no moment.
func (f face) reach(ctx context.Context, code string) (a exchange.Account, err error) {
	err = web.Look(ctx, func(tx *db.Tx) error {
		a, err = reached(tx, code)
		return err
	})
	return a, err
}

type accountsAsk struct {
	After string `query:"after" maxLength:"20" doc:"Only accounts with codes behind this one."`
	Limit int    `query:"limit" minimum:"1" maximum:"50" default:"20"`
}

// exchangeAccountView is an account with what it has now, trades of this second included.
type exchangeAccountView struct {
	Code      string               `json:"code"`
	Kind      exchange.AccountKind `json:"kind" enum:"own,client"`
	Class     exchange.Class       `json:"class,omitempty" doc:"What suits the investor."`
	State     exchange.State       `json:"state" enum:"active,suspended,ended"`
	Trades    bool                 `json:"trades" doc:"You may trade on it; the others of the list are yours, and somebody else trades on them."`
	Balances  []balanceView        `json:"balances" nullable:"false"`
	Positions []positionView       `json:"positions" nullable:"false"`
}

// positionView is what an account has to do with an instrument.
type positionView struct {
	Instrument string `json:"instrument"`
	Quantity   int64  `json:"quantity" doc:"What was bought less what was sold here; below zero it is short."`
	Buying     int64  `json:"buying" doc:"What open orders would buy."`
	Selling    int64  `json:"selling"`
}

// listExchangeAccounts lists the accounts that whoever asks may look at.
func (f face) listExchangeAccounts(ctx context.Context, in accountsAsk) (web.List[exchangeAccountView], error) {
	page := web.List[exchangeAccountView]{Items: []exchangeAccountView{}}
	var found []exchange.Reached
	err := web.Look(ctx, func(tx *db.Tx) (err error) {
		found, err = exchange.AccountsFor(tx, tx.Who().ID, tx.Who().Party)
		return err
	})
	for _, a := range found {
		if err != nil || len(page.Items) == in.Limit {
			break
		}
		if a.Code <= in.After {
			continue
		}
		var v exchangeAccountView
		v, err = f.viewAccount(ctx, a)
		page.Items = append(page.Items, v)
	}
	return page, err
}

func (f face) viewAccount(ctx context.Context, a exchange.Reached) (exchangeAccountView, error) {
	v := exchangeAccountView{
		Code: a.Code, Kind: a.Kind, Class: a.Class, State: a.State, Trades: a.Granted && a.State == exchange.StateActive,
		Balances: []balanceView{}, Positions: []positionView{},
	}
	has, err := f.Floor.Portfolio(ctx, a.Number)
	if err != nil {
		return v, err
	}
	v.Balances = f.viewBalances(has)
	instruments := f.Floor.Instruments()
	for number, s := range has.Positions {
		i := instruments[number]
		v.Positions = append(v.Positions, positionView{i.Code, s.Position * i.Terms.Unit, s.Buys * i.Terms.Unit, s.Sells * i.Terms.Unit})
	}
	slices.SortFunc(v.Positions, func(a, b positionView) int { return cmp.Compare(a.Instrument, b.Instrument) })
	return v, nil
}

// viewBalances gives what an account has, by the codes of assets.
func (f face) viewBalances(has floor.Portfolio) []balanceView {
	list := make([]balanceView, 0, len(has.Balances))
	for number, b := range has.Balances {
		list = append(list, viewBalance(f.Floor.AssetCode(number), b))
	}
	slices.SortFunc(list, func(a, b balanceView) int { return cmp.Compare(a.Asset, b.Asset) })
	return list
}

type accountTradesAsk struct {
	Code   string `path:"code" maxLength:"40" doc:"The account."`
	Before uint64 `query:"before" doc:"Only trades with smaller numbers."`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

// ownTradeView is one side of a trade as its account sees it.
type ownTradeView struct {
	ID         uint64        `json:"id"`
	At         time.Time     `json:"at"`
	Instrument string        `json:"instrument"`
	Side       clearing.Side `json:"side" enum:"buy,sell"`
	Price      int64         `json:"price"`
	Quantity   int64         `json:"quantity"`
	Currency   string        `json:"currency"`
	Amount     int64         `json:"amount" doc:"What the buyer pays for all of it."`
	Fee        int64         `json:"fee" doc:"What this side pays to the exchange, VAT in it."`
	OrderID    string        `json:"order_id"`
	Kind       clearing.Kind `json:"kind" enum:"continuous,auction,negotiated,lot,tender"`
	Day        span.Day      `json:"day"`
	SettleDay  span.Day      `json:"settle_day"`
	Busted     bool          `json:"busted,omitempty" doc:"It was taken back."`
}

// listAccountTrades lists the trades of an account. One that it made with itself stands there twice.
func listAccountTrades(tx *db.Tx, in accountTradesAsk) (web.List[ownTradeView], error) {
	page := web.List[ownTradeView]{Items: []ownTradeView{}}
	a, err := reached(tx, in.Code)
	if err != nil {
		return page, err
	}
	found, err := clearing.TradesWith(tx, a.Code, in.Before, in.Limit)
	for _, t := range found {
		v := ownTradeView{
			ID: t.ID, At: t.At, Instrument: t.Instrument, Price: t.Price, Quantity: t.Quantity, Currency: t.Currency, Amount: t.Amount,
			Kind: t.Kind, Day: t.Day, SettleDay: t.SettleDay, Busted: t.Busted,
		}
		if t.Buyer == a.Code {
			v.Side, v.Fee, v.OrderID = clearing.Buy, t.BuyFee, strconv.FormatUint(t.BuyOrder, 10)
			page.Items = append(page.Items, v)
		}
		if t.Seller == a.Code {
			v.Side, v.Fee, v.OrderID = clearing.Sell, t.SellFee, strconv.FormatUint(t.SellOrder, 10)
			page.Items = append(page.Items, v)
		}
	}
	return page, err
}

type statementAsk struct {
	Code string   `path:"code" maxLength:"40" doc:"The account."`
	Day  span.Day `query:"day" doc:"A day of Kazakhstan; today unless said otherwise."`
}

// statementView is what happened to an account on a day.
type statementView struct {
	Account string               `json:"account"`
	Day     span.Day             `json:"day"`
	Lines   []statementLineView  `json:"lines" nullable:"false"`
	Entries []statementEntryView `json:"entries" nullable:"false" doc:"In the order in which they happened."`
}

// statementLineView is what a statement says of one asset.
type statementLineView struct {
	Asset   string `json:"asset"`
	Opening int64  `json:"opening"`
	In      int64  `json:"in"`
	Out     int64  `json:"out"`
	Closing int64  `json:"closing"`
}

// statementEntryView is one change of what the account has.
type statementEntryView struct {
	At     time.Time `json:"at"`
	Kind   string    `json:"kind"`
	Ref    string    `json:"ref"`
	Asset  string    `json:"asset"`
	Amount int64     `json:"amount" doc:"Above zero for what came in."`
}

// showStatement shows the statement of a day.
func showStatement(tx *db.Tx, in statementAsk) (statementView, error) {
	a, err := reached(tx, in.Code)
	if err != nil {
		return statementView{}, err
	}
	if in.Day.IsZero() {
		in.Day = span.DayOf(tx.Now(), span.Almaty)
	}
	s, err := clearing.StatementOf(tx, a.Code, in.Day, span.Almaty)
	v := statementView{a.Code, in.Day, make([]statementLineView, len(s.Lines)), make([]statementEntryView, len(s.Entries))}
	for n, l := range s.Lines {
		v.Lines[n] = statementLineView(l)
	}
	for n, e := range s.Entries {
		v.Entries[n] = statementEntryView(e)
	}
	return v, err
}
