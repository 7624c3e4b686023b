package clearing_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/exchange/clearing"
)

// The model is the obvious twin of clearing: maps and loops, without netting, postings or SQL. It does not know how a
// settlement chooses what to settle; it holds what was chosen to the rules, and computes everything else by itself.

// contract is a trade of the model.
type contract struct {
	clearing.Trade
	open, owed, settled, paid int64
	amount                    int64 // amount is what has been owed in all; marks move it.
	due                       span.Day
	fails                     int64
	state                     string
	split                     bool // split says that its asset was split after it.
}

// debt is a due of the model.
type debt struct {
	id, payer, payee, currency string
	amount, tax                int64
	day                        span.Day
	trade                      uint64
	state                      string
}

type model struct {
	has    map[string]int64 // has is by "place asset".
	trades map[uint64]*contract
	debts  []*debt
	splits map[string]bool
}

func newModel() *model {
	return &model{has: make(map[string]int64), trades: make(map[uint64]*contract), splits: make(map[string]bool)}
}

func (m *model) pass(from, to, asset string, n int64) {
	m.has[from+" "+asset] -= n
	m.has[to+" "+asset] += n
}

func (m *model) ids() []uint64 { return slices.Sorted(maps.Keys(m.trades)) }

// owes gives what is due in its order.
func (m *model) owes(by span.Day) []*debt {
	var due []*debt
	for _, d := range m.debts {
		if d.state == "due" && !by.Before(d.day) {
			due = append(due, d)
		}
	}
	slices.SortFunc(due, func(a, b *debt) int {
		return cmp.Or(a.day.Compare(b.day), cmp.Compare(a.trade, b.trade), cmp.Compare(a.id, b.id))
	})
	return due
}

func (m *model) register(t clearing.Trade) {
	if m.trades[t.ID] != nil {
		return
	}
	m.trades[t.ID] = &contract{Trade: t, open: t.Quantity, owed: t.Amount, amount: t.Amount, due: t.SettleDay, state: "open"}
	for side, fee := range map[string]int64{"buy": t.BuyFee, "sell": t.SellFee} {
		if fee > 0 {
			vat := (2*fee*16 + 116) / 232 // The sixteenth in 116, half up.
			m.debts = append(m.debts, &debt{
				fmt.Sprintf("fee:%d:%s", t.ID, side), "exchange/" + map[string]string{"buy": t.Buyer, "sell": t.Seller}[side],
				"exchange-house/income", t.Currency, fee, vat, t.SettleDay, t.ID, "due",
			})
		}
	}
}

func (m *model) pay(d *debt, sign int64) {
	m.pass(d.payer, d.payee, d.currency, sign*(d.amount-d.tax))
	m.pass(d.payer, "exchange-house/tax", d.currency, sign*d.tax)
}

// negative names a place of the exchange that is below zero, if there is one.
func (m *model) negative() string {
	for _, name := range slices.Sorted(maps.Keys(m.has)) {
		if m.has[name] < 0 && !strings.HasPrefix(name, "exchange-house/vault") {
			return fmt.Sprint(name, " ", m.has[name])
		}
	}
	return ""
}

// settleEarly takes what a run has settled that is not the last of its day: nobody fails in it.
func (m *model) settleEarly(day span.Day, s clearing.Settlement) string {
	if len(s.Failures) > 0 {
		return fmt.Sprintf("failed too early: %+v", s.Failures)
	}
	wrong := m.take(day, s.Parts)
	m.collect(day)
	return wrong
}

// take settles parts of trades.
func (m *model) take(day span.Day, parts []clearing.Part) string {
	for _, p := range parts {
		c := m.trades[p.Trade]
		if c == nil || c.open == 0 || day.Before(c.due) || p.Quantity <= 0 || p.Quantity > c.open ||
			p.Amount != c.owed*p.Quantity/c.open || p.Whole != (p.Quantity == c.open) {
			return fmt.Sprintf("settled %+v of %+v", p, c)
		}
		m.pass("exchange/"+c.Seller, "exchange/"+c.Buyer, c.Asset, p.Quantity)
		m.pass("exchange/"+c.Buyer, "exchange/"+c.Seller, c.Currency, p.Amount)
		c.open, c.owed, c.settled, c.paid = c.open-p.Quantity, c.owed-p.Amount, c.settled+p.Quantity, c.paid+p.Amount
		if c.open == 0 {
			c.state = "settled"
		}
	}
	if wrong := m.negative(); wrong != "" {
		return "below zero: " + wrong
	}
	return ""
}

// settle takes what the last run of a day has settled and says what is wrong with it.
func (m *model) settle(day span.Day, s clearing.Settlement) string {
	if wrong := m.take(day, s.Parts); wrong != "" {
		return wrong
	}
	var want []clearing.Failure
	for _, id := range m.ids() {
		c := m.trades[id]
		if c.open == 0 || day.Before(c.due) {
			continue
		}
		f := clearing.Failure{Trade: id, Account: c.Seller, Lacks: c.Asset, Open: c.open, Owed: c.owed, Fails: c.fails + 1}
		if m.has["exchange/"+c.Seller+" "+c.Asset] > 0 {
			f.Account, f.Lacks = c.Buyer, c.Currency
			// Which unit of a trade costs one more than another, is a matter of rounding.
			if m.has["exchange/"+c.Buyer+" "+c.Currency] >= min(c.owed, c.owed/c.open+1) {
				return fmt.Sprintf("one unit more of %+v could settle", c)
			}
		}
		f.Penalty, f.BuyIn = (f.Owed*1000+500_000)/1_000_000, f.Fails >= 2
		want = append(want, f)
	}
	if fmt.Sprint(want) != fmt.Sprint(s.Failures) {
		return fmt.Sprintf("failed %+v, want %+v", s.Failures, want)
	}
	m.collect(day)
	m.fail(day, want)
	return ""
}

// collect pays what is due, in rounds, the oldest first and each whole.
func (m *model) collect(day span.Day) {
	for again := true; again; {
		again = false
		stuck := make(map[string]bool)
		for _, d := range m.owes(day) {
			from := d.payer + " " + d.currency
			if stuck[from] || m.has[from] < d.amount {
				stuck[from] = true
				continue
			}
			m.pay(d, 1)
			d.state, again = "paid", true
		}
	}
}

// fail rolls what is left, at a penalty.
func (m *model) fail(day span.Day, failures []clearing.Failure) {
	for _, f := range failures {
		c := m.trades[f.Trade]
		c.fails, c.due = f.Fails, workday(day)
		other := c.Buyer
		if f.Account == c.Buyer {
			other = c.Seller
		}
		if f.Penalty > 0 {
			m.debts = append(m.debts, &debt{
				fmt.Sprintf("penalty:%d:%s", f.Trade, day), "exchange/" + f.Account, "exchange/" + other, c.Currency, f.Penalty, 0, c.due, f.Trade, "due",
			})
		}
	}
}

// bust takes a trade back, or says why it is refused.
func (m *model) bust(id uint64) *fault.Fault {
	c := m.trades[id]
	switch {
	case c == nil:
		return clearing.ErrUnknown
	case c.state == "busted":
		return clearing.ErrBusted
	case c.state == "closed", c.settled > 0 && c.split:
		return clearing.ErrTooLate
	}
	before := maps.Clone(m.has)
	m.pass("exchange/"+c.Buyer, "exchange/"+c.Seller, c.Asset, c.settled)
	m.pass("exchange/"+c.Seller, "exchange/"+c.Buyer, c.Currency, c.paid)
	if c.Forward {
		m.pass("exchange/"+c.Buyer, "exchange/"+c.Seller, c.Currency, c.amount-c.Amount)
	}
	for _, d := range m.debts {
		if d.trade == id && d.state == "paid" {
			m.pay(d, -1)
		}
	}
	if m.negative() != "" {
		m.has = before
		return clearing.ErrShort
	}
	for _, d := range m.debts {
		if d.trade == id && d.state != "gone" {
			d.state = "gone"
		}
	}
	c.open, c.owed, c.settled, c.paid, c.state = 0, 0, 0, 0, "busted"
	return nil
}

// mark pays the variation of forwards and makes margins what they have to be.
func (m *model) mark(day span.Day, price, margin int64) *fault.Fault {
	before := maps.Clone(m.has)
	net, lost := make(map[string]int64), make(map[string]int64)
	now := make(map[uint64]int64)
	for _, id := range m.ids() {
		c := m.trades[id]
		if !c.Forward || c.open == 0 {
			continue
		}
		net[c.Seller], net[c.Buyer] = net[c.Seller]-c.open, net[c.Buyer]+c.open
		if c.fails > 0 || c.due.Before(day) {
			continue
		}
		now[id] = c.open * price
		lost[c.Seller], lost[c.Buyer] = lost[c.Seller]+now[id]-c.owed, lost[c.Buyer]-now[id]+c.owed
	}
	var calls []*debt
	for account, n := range lost {
		m.has["exchange/"+account+" KZT"] -= n
	}
	for _, account := range slices.Sorted(maps.Keys(lost)) {
		money, secured := "exchange/"+account, "exchange-margin/"+account
		short := max(0, min(lost[account], -m.has[money+" KZT"]))
		fromMargin := min(short, m.has[secured+" KZT"])
		m.pass(secured, money, "KZT", fromMargin)
		if short -= fromMargin; short > 0 {
			m.pass("exchange-house/capital", money, "KZT", short)
			calls = append(calls, &debt{"call:" + account, money, "exchange-house/capital", "KZT", short, 0, day, 0, "due"})
		}
	}
	if m.negative() != "" {
		m.has = before
		return clearing.ErrUncovered
	}
	for _, name := range slices.Sorted(maps.Keys(m.has)) {
		if account, ok := strings.CutPrefix(strings.TrimSuffix(name, " KZT"), "exchange-margin/"); ok {
			net[account] += 0
		}
	}
	for account, n := range net {
		need := max(n, -n)*margin - m.has["exchange-margin/"+account+" KZT"]
		m.pass("exchange/"+account, "exchange-margin/"+account, "KZT", min(need, m.has["exchange/"+account+" KZT"]))
	}
	for id, worth := range now {
		c := m.trades[id]
		c.amount, c.owed = c.amount+worth-c.owed, worth
	}
	m.debts = append(m.debts, calls...)
	return nil
}
