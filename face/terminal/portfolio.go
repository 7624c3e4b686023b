package terminal

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"sauda/base/money"
	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
	"sauda/core/exchange/feed"
	"sauda/core/exchange/risk"
	"sauda/core/exchange/venue"
	"sauda/flow/floor"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f *face) mountPortfolio(site *web.Site) {
	web.PageAct(site, "GET /exchange/portfolio", f.portfolio, web.SignedIn())
}

type portfolioAsk struct {
	Account string `query:"account" maxLength:"40"`
	Done    string `query:"done" maxLength:"20"`
}

// holding is what an account has in an instrument.
type holding struct {
	quoted
	Parts int64 // Parts are countable; of a forward below zero when more was sold than bought.
	Free  int64
	Cost  int64 // Cost is what was paid for them on average, all together, with fees; zero where nobody knows.
	Known bool  // Known says that the trades are enough to tell the cost.
}

// worth is what the parts are worth at the last price.
func (h holding) worth() int64 {
	if h.last() == 0 {
		return 0
	}
	return h.last() * (h.Parts / h.Terms.Unit)
}

// purse is what an account has of a currency.
type purse struct {
	Currency money.Currency
	risk.Balance
}

type portfolioView struct {
	page
	Accounts []exchange.Account // Accounts are those that the reader may see.
	Account  exchange.Account
	Trades   bool // Trades says that he may trade for it.
	Purses   []purse
	Holdings []holding
	Orders   []venue.Order
	Of       map[uint32]exchange.Instrument
	Coded    map[string]exchange.Instrument
	Traded   []clearing.Traded
	Dues     []clearing.Due     // Dues are what the account has still to pay beside its trades.
	Receipts []clearing.Receipt // Receipts say where the goods lie that it has.
}

// goods is the instrument that a receipt is of, if it is traded here.
func (v portfolioView) goods(asset string) (exchange.Instrument, bool) {
	for _, i := range v.Of {
		if i.Asset.Code == asset {
			return i, true
		}
	}
	return exchange.Instrument{}, false
}

// accounts gives the accounts that somebody may see: those for which he trades, and those of whom he acts for.
func (f *face) accounts(ctx context.Context) ([]exchange.Account, error) {
	who := web.WhoFrom(ctx)
	var list []exchange.Account
	for _, s := range f.Floor.Seats(who.ID) {
		if a, known := f.Floor.Holder(s.Account); known {
			list = append(list, a)
		}
	}
	if who.Party == "" {
		return list, nil
	}
	err := web.Look(ctx, func(tx *db.Tx) error {
		own, err := exchange.AccountsOf(tx, who.Party)
		for _, a := range own {
			if !slices.ContainsFunc(list, func(b exchange.Account) bool { return b.Number == a.Number }) {
				list = append(list, a)
			}
		}
		return err
	})
	return list, err
}

// accountOf gives one of the accounts that somebody may see, the first without a name; another is floor.ErrSeat.
func (f *face) accountOf(ctx context.Context, name string) (exchange.Account, []exchange.Account, error) {
	list, err := f.accounts(ctx)
	if err != nil || len(list) == 0 && name == "" {
		return exchange.Account{}, nil, err
	}
	n := slices.IndexFunc(list, func(a exchange.Account) bool { return a.Code == name || name == "" })
	if n < 0 {
		return exchange.Account{}, nil, floor.ErrSeat.About("%.40q", name)
	}
	return list[n], list, nil
}

// portfolio shows what an account has, has ordered and has traded.
func (f *face) portfolio(ctx context.Context, in portfolioAsk) (web.View, error) {
	v := portfolioView{page: f.page(ctx, "portfolio", t(ctx, "portfolio")), Of: f.Floor.Instruments(), Coded: make(map[string]exchange.Instrument)}
	if slices.Contains(dones, in.Done) {
		v.Done = t(ctx, "done."+in.Done)
	}
	var err error
	if v.Account, v.Accounts, err = f.accountOf(ctx, in.Account); err != nil || len(v.Accounts) == 0 {
		return portfolioPage(v), err
	}
	_, err = f.seat(ctx, v.Account.Code)
	v.Trades = err == nil
	if v.Orders, err = f.Floor.Orders(ctx, v.Account.Number, false, ordersMost); err != nil {
		return nil, err
	}
	slices.SortStableFunc(v.Orders, liveFirst)
	var all []clearing.Traded
	err = web.Look(ctx, func(tx *db.Tx) (err error) {
		if all, err = clearing.TradesWith(tx, v.Account.Code, 0, tradesMost); err != nil {
			return err
		}
		if v.Dues, err = clearing.Dues(tx, v.Account.Code); err != nil {
			return err
		}
		v.Receipts, err = clearing.Receipts(tx, v.Account.Code)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, i := range v.Of {
		v.Coded[i.Code] = i
	}
	v.Traded = all[:min(len(all), tape)]
	if err := f.has(ctx, &v, all); err != nil {
		return nil, err
	}
	return portfolioPage(v), nil
}

// tradesMost is how many trades the cost is counted by.
const tradesMost = 500

// has fills in what an account has of money and of each instrument.
func (f *face) has(ctx context.Context, v *portfolioView, traded []clearing.Traded) error {
	p, err := f.Floor.Portfolio(ctx, v.Account.Number)
	if err != nil {
		return err
	}
	paid := make(map[uint32]money.Currency)
	for _, number := range slices.Sorted(maps.Keys(v.Of)) {
		i := v.Of[number]
		paid[i.Paid.Number] = i.Currency
		h := holding{quoted: quoted{Instrument: i}, Parts: p.Balances[i.Asset.Number].Settled + p.Balances[i.Asset.Number].Due, Free: p.Balances[i.Asset.Number].Free}
		if i.Kind == exchange.Forward {
			h.Parts, h.Free = p.Positions[number].Position*i.Terms.Unit, 0
		}
		if h.Parts == 0 {
			continue
		}
		h.Cost, h.Known = cost(traded, v.Account.Code, i, h.Parts)
		v.Holdings = append(v.Holdings, h)
	}
	slices.SortFunc(v.Holdings, func(a, b holding) int { return cmp.Compare(a.Code, b.Code) })
	for number, c := range paid {
		if b := p.Balances[number]; b != (risk.Balance{}) {
			v.Purses = append(v.Purses, purse{c, b})
		}
	}
	slices.SortFunc(v.Purses, func(a, b purse) int { return cmp.Compare(a.Currency, b.Currency) })
	err = f.Board.For(web.WhoFrom(ctx)).Show(func(board *feed.Feed) {
		for n := range v.Holdings {
			v.Holdings[n].Sum, _ = board.Board(v.Holdings[n].Number, 0)
		}
	})
	if silent(err) {
		return nil
	}
	return err
}

// cost gives what an account has paid for what it has of an instrument, by the average of its purchases with their fees: a sale
// takes away its share of the cost. It is not known when something came in otherwise than by these trades, and for who is short.
// Trades come with the youngest first.
func cost(traded []clearing.Traded, account string, i exchange.Instrument, parts int64) (int64, bool) {
	var have, paid int64
	for _, tr := range slices.Backward(traded) {
		if tr.Busted || tr.Instrument != i.Code {
			continue
		}
		if tr.Buyer == account {
			have += tr.Quantity
			paid += tr.Amount + tr.BuyFee
		}
		if tr.Seller == account {
			gone := min(tr.Quantity, have)
			if have > 0 {
				part, _ := money.MulDiv(paid, gone, have, money.HalfUp)
				paid -= part
			}
			have -= gone
		}
	}
	return paid, have == parts && parts > 0
}

// result writes what was won or lost against the cost, with its sign.
func result(ctx context.Context, h holding) string {
	n := h.worth() - h.Cost
	if n > 0 {
		return "+" + cash(ctx, n, h.Currency)
	}
	return cash(ctx, n, h.Currency)
}

// bought says which side of a trade an account was; of one with itself, the buyer.
func bought(tr clearing.Traded, account string) string {
	if tr.Buyer == account {
		return "buy"
	}
	return "sell"
}

// feeOf is what an account pays for a trade.
func feeOf(tr clearing.Traded, account string) int64 {
	if tr.Buyer == account {
		return tr.BuyFee
	}
	return tr.SellFee
}
