package clearing

import (
	"fmt"
	"maps"
	"slices"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange/clearing/clearingdb"
	"sauda/core/ledger"
	"sauda/gear/db"
)

// Price is what an asset is worth when trades in it are closed out: Price for Unit units.
type Price struct {
	Price int64
	Unit  int64
}

// Insolvency is a member who cannot pay, or some accounts of it.
type Insolvency struct {
	Ref      string
	Member   string // Member is whose share in the default fund stands first.
	Accounts []string
	Day      span.Day
	Prices   map[string]Price // Prices are by the code of the asset.
}

// Waterfall is who has paid for the losses in one currency.
type Waterfall struct {
	Currency string
	Loss     int64
	Own      int64            // Own was paid from the accounts that failed and their margins.
	Fund     int64            // Fund was paid from the member's own share in the default fund.
	Capital  int64            // Capital was paid by the house.
	Others   map[string]int64 // Others was paid from the shares of other members, by what they had.
	Written  int64            // Written is what was due to the house and is lost to it.
}

// Default closes out all that is open of accounts that cannot pay. For each trade the other side gets what it loses by
// having to trade anew at the price of the close-out; what it gains so is due from it to the account that failed. What
// the accounts owe to others beside trades, penalties and claims, is a loss too.
//
// Losses are paid, in this order, from the money of the accounts, from their margins, from the member's own share in the
// default fund, from the capital of the house, and from the shares of all other members by what they have, nothing lost.
// Then fees and advances are paid from what is left of the accounts' own money; the rest of them is written off. All of
// it is one posting. When even that does not reach, it is ErrUncovered and nothing moves. A reference that was told
// before is ErrDefaulted.
func Default(tx *db.Tx, d Insolvency) ([]Waterfall, error) {
	if d.Ref == "" || d.Member == "" || len(d.Accounts) == 0 || d.Day.IsZero() {
		return nil, ErrAction.About("default %+v", d)
	}
	tx.Strict() // What everybody has is judged, then moved.
	tx.Lock("clearing")
	q := clearingdb.New(tx)
	n, err := q.AddDefault(tx.Context(), clearingdb.AddDefaultParams{Ref: d.Ref, Member: d.Member, At: span.Micros(tx.Now())})
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, ErrDefaulted.About("%s", d.Ref)
	}
	rows, err := q.ClaimsOf(tx.Context(), db.In(d.Accounts))
	if err != nil {
		return nil, err
	}
	claims := make([]*claim, len(rows))
	fact := Defaulted{Ref: d.Ref, Member: d.Member, Accounts: d.Accounts}
	for i, r := range rows {
		claims[i] = claimOf(r)
		fact.Trades = append(fact.Trades, uint64(r.Trade))
	}
	losses, gains, err := d.closeOut(claims)
	if err != nil {
		return nil, err
	}
	done, err := d.cover(tx, losses)
	if err != nil {
		return nil, err
	}
	if err := end(tx, claims, Closed); err != nil {
		return nil, err
	}
	l := newLessons()
	for _, c := range claims {
		l.ended(c)
	}
	if err := l.write(tx); err != nil {
		return nil, err
	}
	if err := writeDues(tx, gains); err != nil {
		return nil, err
	}
	return done, tx.Emit(fact)
}

// closeOut gives what the other sides of trades lose, as money that is due to them from the accounts that failed, and
// what they gain, as money that is due from them.
func (d Insolvency) closeOut(claims []*claim) (losses, gains []due, err error) {
	failed := func(account string) bool { return slices.Contains(d.Accounts, account) }
	for _, c := range claims {
		if failed(c.buyer) && failed(c.seller) {
			continue
		}
		p, ok := d.Prices[c.asset]
		if !ok || p.Price < 0 || p.Unit <= 0 {
			return nil, nil, ErrPrice.About("%s of trade %d", c.asset, c.trade)
		}
		worth, ok := money.MulDiv(c.open, p.Price, p.Unit, money.HalfUp)
		if !ok {
			return nil, nil, ErrOverflow.About("trade %d at %d", c.trade, p.Price)
		}
		who, other, loss := c.seller, c.buyer, worth-c.owed // The buyer buys anew.
		if failed(c.buyer) {
			who, other, loss = c.buyer, c.seller, c.owed-worth
		}
		one := due{
			kind: "difference", payer: ledger.Exchange(who), payee: ledger.Exchange(other), currency: c.currency, amount: loss,
			day: d.Day, trade: c.trade,
		}
		switch {
		case loss > 0:
			losses = append(losses, one)
		case loss < 0:
			one.payer, one.payee, one.amount = one.payee, one.payer, -loss
			one.id = "gain:" + d.Ref + ":" + string(one.payer) + ":" + string(one.payee) + ":" + fmt.Sprint(c.trade)
			gains = append(gains, one)
		}
	}
	return losses, gains, nil
}

// cover pays losses and what else the accounts owe, and gives by currency who has paid.
func (d Insolvency) cover(tx *db.Tx, losses []due) ([]Waterfall, error) {
	var own []ledger.Account
	for _, a := range d.Accounts {
		own = append(own, ledger.Exchange(a))
	}
	owed, err := owing(tx, own)
	if err != nil {
		return nil, err
	}
	var toHouse, paid []due
	for _, o := range owed {
		if o.payee == house("income") || o.payee == house("capital") {
			toHouse = append(toHouse, o)
			continue
		}
		losses = append(losses, o)
		paid = append(paid, o)
	}
	for _, a := range d.Accounts {
		own = append(own, ledger.ExchangeMargin(a))
	}
	funds, err := ledger.Balances(tx, "exchange-fund")
	if err != nil {
		return nil, err
	}
	have, err := holdings(tx, append([]ledger.Account{house("capital"), ledger.ExchangeFund(d.Member)}, own...))
	if err != nil {
		return nil, err
	}
	w := &pouring{Insolvency: d, own: own, funds: funds, have: have, moves: make(sums), done: make(map[string]*Waterfall)}
	if err := w.pour(losses); err != nil {
		return nil, err
	}
	served, lost := w.rest(toHouse)
	if err := w.moves.post(tx, "exchange.default", d.Ref, d.Member); err != nil {
		return nil, err
	}
	l := newLessons()
	for _, o := range toHouse {
		l.forgiven(o)
	}
	if err := l.write(tx); err != nil {
		return nil, err
	}
	if err := turn(tx, append(paid, served...), "paid"); err != nil {
		return nil, err
	}
	if err := turn(tx, lost, "dropped"); err != nil {
		return nil, err
	}
	var all []Waterfall
	for _, currency := range slices.Sorted(maps.Keys(w.done)) {
		all = append(all, *w.done[currency])
	}
	return all, nil
}

// pouring is a waterfall while it runs.
type pouring struct {
	Insolvency
	own   []ledger.Account
	funds []ledger.Standing
	have  sums
	moves sums
	done  map[string]*Waterfall
}

func (p *pouring) in(currency string) *Waterfall {
	if p.done[currency] == nil {
		p.done[currency] = &Waterfall{Currency: currency, Others: make(map[string]int64)}
	}
	return p.done[currency]
}

// take takes up to an amount from a place for the payees of losses, and says how much it was.
func (p *pouring) take(from ledger.Account, currency string, amount int64) int64 {
	h := held{from, currency}
	taken := min(amount, max(0, p.have[h]))
	p.have[h] -= taken
	p.moves[h] -= taken
	return taken
}

// pour pays losses, currency by currency.
func (p *pouring) pour(losses []due) error {
	for _, l := range losses {
		w := p.in(l.currency)
		if w.Loss += l.amount; w.Loss < 0 {
			return ErrOverflow.About("losses in %s", l.currency)
		}
		if slices.Contains(p.own, l.payee) {
			p.have[held{l.payee, l.currency}] += l.amount
		}
		p.moves[held{l.payee, l.currency}] += l.amount
	}
	for _, currency := range slices.Sorted(maps.Keys(p.done)) {
		w := p.done[currency]
		left := w.Loss
		for _, place := range p.own {
			n := p.take(place, currency, left)
			w.Own, left = w.Own+n, left-n
		}
		w.Fund = p.take(ledger.ExchangeFund(p.Member), currency, left)
		left -= w.Fund
		w.Capital = p.take(house("capital"), currency, left)
		left -= w.Capital
		if left = p.takeOthers(w, left); left > 0 {
			return ErrUncovered.About("%d %s of %d are not covered", left, currency, w.Loss)
		}
	}
	return nil
}

// takeOthers takes an amount from the shares of all other members, by what they have, and says what lacks.
func (p *pouring) takeOthers(w *Waterfall, amount int64) int64 {
	var shares []int64
	var places []ledger.Account
	var sum int64
	for _, s := range p.funds {
		if has := -s.Balance(); s.Asset == w.Currency && has > 0 && s.Account != ledger.ExchangeFund(p.Member) {
			shares, places = append(shares, has), append(places, s.Account)
			sum += has
		}
	}
	if amount <= 0 || sum < amount {
		return amount
	}
	for i, part := range money.Of(amount, money.Currency(w.Currency)).Split(shares) {
		if part.Minor > 0 {
			p.moves[held{places[i], w.Currency}] -= part.Minor
			w.Others[string(places[i])[len("exchange-fund/"):]] = part.Minor
		}
	}
	return 0
}

// rest pays what is due to the house from what is left of the accounts' own money, and gives what is paid and what is
// written off.
func (p *pouring) rest(dues []due) (served, lost []due) {
	for _, d := range dues {
		w := p.in(d.currency)
		var there int64
		for _, place := range p.own {
			there += max(0, p.have[held{place, d.currency}])
		}
		if there < d.amount {
			w.Written += d.amount
			lost = append(lost, d)
			continue
		}
		left := d.amount
		for _, place := range p.own {
			left -= p.take(place, d.currency, left)
		}
		w.Own += d.amount
		p.moves[held{d.payee, d.currency}] += d.amount - d.tax
		p.moves[held{house("tax"), d.currency}] += d.tax
		served = append(served, d)
	}
	return served, lost
}
