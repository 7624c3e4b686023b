package clearing

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange/clearing/clearingdb"
	"sauda/core/ledger"
	"sauda/gear/db"
)

// Outcome is what a default comes to, or has come to.
type Outcome struct {
	Ref      string      `json:"ref"`
	Member   string      `json:"member"`
	At       time.Time   `json:"-"`
	Accounts []string    `json:"accounts"`
	Day      string      `json:"day"`
	Closed   []Closing   `json:"closed"` // Closed are by account and instrument.
	Owed     []Charge    `json:"owed"`   // Owed is what the accounts owed beside trades.
	Paid     []Waterfall `json:"paid"`   // Paid are by currency.
	Had      []Stock     `json:"had"`    // Had is what the accounts had before, and Left after.
	Left     []Stock     `json:"left"`
}

// Closing is what an account had open in an instrument, and at which price it ends.
type Closing struct {
	Account    string `json:"account"`
	Instrument string `json:"instrument"`
	Currency   string `json:"currency"`
	Trades     int    `json:"trades"`
	Bought     int64  `json:"bought"` // Bought and Sold are units that were not delivered yet.
	Sold       int64  `json:"sold"`
	Price      int64  `json:"price"` // Price is for Unit units.
	Unit       int64  `json:"unit"`
	Loss       int64  `json:"loss"` // Loss is what the other sides lose by it, and Gain what they gain and so owe.
	Gain       int64  `json:"gain"`
}

// Charge is what accounts owed beside trades, of one kind and currency.
type Charge struct {
	Kind     string `json:"kind"` // Kind is that of a due: fee, penalty, claim, call, difference.
	Currency string `json:"currency"`
	Amount   int64  `json:"amount"`
	ToHouse  bool   `json:"to_house"` // ToHouse says that it is paid last, and written off when nothing is left for it.
}

// Stock is what an account has of an asset.
type Stock struct {
	Account string `json:"account"`
	Asset   string `json:"asset"`
	Free    int64  `json:"free"`    // Free is on the account itself.
	Secures int64  `json:"secures"` // Secures is its margin.
}

// Nothing says that nothing was open and nothing owed.
func (o Outcome) Nothing() bool { return len(o.Closed) == 0 && len(o.Owed) == 0 }

// Uncovered says that all that stands for the losses does not reach.
func (o Outcome) Uncovered() bool {
	return slices.ContainsFunc(o.Paid, func(w Waterfall) bool { return w.Lacks > 0 })
}

// Foresee gives what Default would come to now, and changes nothing. What it could not cover Lacks.
func Foresee(tx *db.Tx, d Insolvency) (Outcome, error) {
	w, err := d.foresee(tx)
	if err != nil {
		return Outcome{}, err
	}
	return w.outcome, nil
}

// Defaults gives what the last defaults of a member came to, the youngest first.
func Defaults(tx *db.Tx, member string) ([]Outcome, error) {
	rows, err := clearingdb.New(tx).DefaultsOf(tx.Context(), member)
	if err != nil {
		return nil, err
	}
	all := make([]Outcome, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal([]byte(r.Report), &all[i]); err != nil {
			return nil, fmt.Errorf("read the default %s: %w", r.Ref, err)
		}
		all[i].At = span.FromMicros(r.At)
	}
	return all, nil
}

// OpenOf gives the youngest trade of each instrument in which something of some accounts is open, by instrument.
func OpenOf(tx *db.Tx, accounts []string) ([]Trade, error) {
	rows, err := clearingdb.New(tx).ClaimsOf(tx.Context(), db.In(accounts))
	if err != nil {
		return nil, err
	}
	youngest := make(map[string]int64)
	for _, r := range rows {
		youngest[r.Instrument] = max(youngest[r.Instrument], r.Trade)
	}
	var ids []string
	for _, id := range youngest {
		ids = append(ids, strconv.FormatInt(id, 10))
	}
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := tradesAmong(tx, ids)
	return slices.SortedFunc(maps.Values(found), func(a, b Trade) int { return cmp.Compare(a.Instrument, b.Instrument) }), err
}

// sumUp says what the waterfall has come to.
func (p *pouring) sumUp() error {
	o := &p.outcome
	*o = Outcome{Ref: p.Ref, Member: p.Member, Accounts: p.Accounts, Day: p.Day.String()}
	for _, currency := range slices.Sorted(maps.Keys(p.done)) {
		o.Paid = append(o.Paid, *p.done[currency])
	}
	o.Had, o.Left = p.stocks(p.had), p.stocks(p.have)
	charges := make(map[Charge]int64)
	for toHouse, dues := range map[bool][]due{false: p.paid, true: slices.Concat(p.served, p.lost)} {
		for _, d := range dues {
			charges[Charge{Kind: d.kind, Currency: d.currency, ToHouse: toHouse}] += d.amount
		}
	}
	for c, amount := range charges {
		c.Amount = amount
		o.Owed = append(o.Owed, c)
	}
	slices.SortFunc(o.Owed, func(a, b Charge) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Currency, b.Currency)) })
	var err error
	o.Closed, err = p.closings()
	return err
}

// closings gives what ends of each account and instrument. A trade between two of the accounts ends for both, and nobody loses
// by it.
func (p *pouring) closings() ([]Closing, error) {
	all := make(map[[2]string]*Closing)
	at := func(account string, c *claim) *Closing {
		key := [2]string{account, c.instrument}
		if all[key] == nil {
			price := p.Prices[c.instrument]
			all[key] = &Closing{Account: account, Instrument: c.instrument, Currency: c.currency, Price: price.Price, Unit: price.Unit}
		}
		all[key].Trades++
		return all[key]
	}
	for _, c := range p.claims {
		var loss int64 // loss is what the buyer loses.
		buyer, seller := slices.Contains(p.Accounts, c.buyer), slices.Contains(p.Accounts, c.seller)
		if buyer != seller {
			worth, ok := money.MulDiv(c.open, p.Prices[c.instrument].Price, p.Prices[c.instrument].Unit, money.HalfUp)
			if !ok {
				return nil, ErrOverflow.About("trade %d", c.trade)
			}
			loss = worth - c.owed
		}
		if buyer {
			one := at(c.buyer, c)
			one.Bought, one.Loss, one.Gain = one.Bought+c.open, one.Loss+max(0, -loss), one.Gain+max(0, loss)
		}
		if seller {
			one := at(c.seller, c)
			one.Sold, one.Loss, one.Gain = one.Sold+c.open, one.Loss+max(0, loss), one.Gain+max(0, -loss)
		}
	}
	list := make([]Closing, 0, len(all))
	for _, one := range all {
		list = append(list, *one)
	}
	slices.SortFunc(list, func(a, b Closing) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Instrument, b.Instrument))
	})
	return list, nil
}

// stocks gives what the accounts have of each asset, by account and asset.
func (p *pouring) stocks(have sums) (list []Stock) {
	all := make(map[Holding]*Stock)
	for _, account := range p.Accounts {
		for h, n := range have {
			free, secures := h.place == ledger.Exchange(account), h.place == ledger.ExchangeMargin(account)
			if n == 0 || !free && !secures {
				continue
			}
			key := Holding{account, h.asset}
			if all[key] == nil {
				all[key] = &Stock{Account: account, Asset: h.asset}
			}
			if free {
				all[key].Free = n
			} else {
				all[key].Secures = n
			}
		}
	}
	for _, one := range all {
		list = append(list, *one)
	}
	slices.SortFunc(list, func(a, b Stock) int { return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Asset, b.Asset)) })
	return list
}
