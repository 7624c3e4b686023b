package clearing

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange/clearing/clearingdb"
	"sauda/core/ledger"
	"sauda/gear/db"
)

// Price is what is traded is worth when trades in it are closed out: Price for Unit units.
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
	Prices   map[string]Price // Prices are by the code of the instrument.
}

// Waterfall is who has paid for the losses in one currency.
type Waterfall struct {
	Currency string           `json:"currency"`
	Loss     int64            `json:"loss"`
	Own      int64            `json:"own"`     // Own was paid from the accounts that failed and their margins.
	Fund     int64            `json:"fund"`    // Fund was paid from the member's own share in the default fund.
	Capital  int64            `json:"capital"` // Capital was paid by the house.
	Others   map[string]int64 `json:"others"`  // Others was paid from the shares of other members, by what they had.
	Written  int64            `json:"written"` // Written is what was due to the house and is lost to it.
	Lacks    int64            `json:"lacks"`   // Lacks is what nobody has paid: then nothing moves.
}

// Default closes out all that is open of accounts that cannot pay. For each trade the other side gets what it loses by
// having to trade anew at the price of the close-out; what it gains so is due from it to the account that failed. What
// the accounts owe to others beside trades, penalties and claims, is a loss too.
//
// Losses are paid, in this order, from the money of the accounts, from their margins, from the member's own share in the
// default fund, from the capital of the house, and from the shares of all other members by what they have, nothing lost.
// Then fees and advances are paid from what is left of the accounts' own money; the rest of them is written off. All of
// it is one posting, and what it came to is kept: see Defaults. When even that does not reach, it is ErrUncovered and
// nothing moves. A reference that was told before is ErrDefaulted.
func Default(tx *db.Tx, d Insolvency) ([]Waterfall, error) {
	if d.Ref == "" {
		return nil, ErrAction.About("default %+v", d)
	}
	tx.Strict() // What everybody has is judged, then moved.
	tx.Lock("clearing")
	w, err := d.foresee(tx)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(w.outcome)
	if err != nil {
		return nil, err
	}
	n, err := clearingdb.New(tx).AddDefault(tx.Context(), clearingdb.AddDefaultParams{
		Ref: d.Ref, Member: d.Member, At: span.Micros(tx.Now()), Report: string(body),
	})
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, ErrDefaulted.About("%s", d.Ref)
	}
	for _, one := range w.outcome.Paid {
		if one.Lacks > 0 {
			return nil, ErrUncovered.About("%d %s of %d are not covered", one.Lacks, one.Currency, one.Loss)
		}
	}
	fact := Defaulted{Ref: d.Ref, Member: d.Member, Accounts: d.Accounts}
	for _, c := range w.claims {
		fact.Trades = append(fact.Trades, uint64(c.trade))
	}
	if err := w.write(tx); err != nil {
		return nil, err
	}
	return w.outcome.Paid, tx.Emit(fact)
}

// foresee finds out what a default comes to, and changes nothing.
func (d Insolvency) foresee(tx *db.Tx) (*pouring, error) {
	if d.Member == "" || len(d.Accounts) == 0 || d.Day.IsZero() {
		return nil, ErrAction.About("default %+v", d)
	}
	rows, err := clearingdb.New(tx).ClaimsOf(tx.Context(), db.In(d.Accounts))
	if err != nil {
		return nil, err
	}
	w := &pouring{Insolvency: d, claims: make([]*claim, len(rows)), moves: make(sums), done: make(map[string]*Waterfall)}
	for i, r := range rows {
		w.claims[i] = claimOf(r)
	}
	losses, gains, err := d.closeOut(w.claims)
	if err != nil {
		return nil, err
	}
	w.gains = gains
	if err := w.cover(tx, losses); err != nil {
		return nil, err
	}
	return w, w.sumUp()
}

// write moves what a default comes to.
func (p *pouring) write(tx *db.Tx) error {
	if err := p.moves.post(tx, "exchange.default", p.Ref, p.Member); err != nil {
		return err
	}
	l := newLessons()
	for _, o := range append(slices.Clone(p.served), p.lost...) {
		l.forgiven(o)
	}
	if err := l.write(tx); err != nil {
		return err
	}
	if err := turn(tx, append(p.paid, p.served...), "paid"); err != nil {
		return err
	}
	if err := turn(tx, p.lost, "dropped"); err != nil {
		return err
	}
	if err := end(tx, p.claims, Closed); err != nil {
		return err
	}
	l = newLessons()
	for _, c := range p.claims {
		l.ended(c)
	}
	if err := l.write(tx); err != nil {
		return err
	}
	return writeDues(tx, p.gains)
}

// closeOut gives what the other sides of trades lose, as money that is due to them from the accounts that failed, and
// what they gain, as money that is due from them.
func (d Insolvency) closeOut(claims []*claim) (losses, gains []due, err error) {
	failed := func(account string) bool { return slices.Contains(d.Accounts, account) }
	for _, c := range claims {
		if failed(c.buyer) && failed(c.seller) {
			continue
		}
		p, ok := d.Prices[c.instrument]
		if !ok || p.Price < 0 || p.Unit <= 0 {
			return nil, nil, ErrPrice.About("%s of trade %d", c.instrument, c.trade)
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

// cover pays losses and what else the accounts owe.
func (p *pouring) cover(tx *db.Tx, losses []due) error {
	for _, a := range p.Accounts {
		p.own = append(p.own, ledger.Exchange(a))
	}
	owed, err := owing(tx, p.own)
	if err != nil {
		return err
	}
	var toHouse []due
	for _, o := range owed {
		if o.payee == house("income") || o.payee == house("capital") {
			toHouse = append(toHouse, o)
			continue
		}
		losses = append(losses, o)
		p.paid = append(p.paid, o)
	}
	for _, a := range p.Accounts {
		p.own = append(p.own, ledger.ExchangeMargin(a))
	}
	if p.funds, err = ledger.Balances(tx, "exchange-fund"); err != nil {
		return err
	}
	if p.have, err = holdings(tx, append([]ledger.Account{house("capital"), ledger.ExchangeFund(p.Member)}, p.own...)); err != nil {
		return err
	}
	p.had = maps.Clone(p.have)
	if err := p.pour(losses); err != nil {
		return err
	}
	p.served, p.lost = p.rest(toHouse)
	return nil
}

// pouring is a waterfall while it runs.
type pouring struct {
	Insolvency
	claims  []*claim
	gains   []due // gains are due from others to the accounts.
	paid    []due // paid are penalties and claims of others.
	served  []due // served are dues to the house that are paid, and lost those that are not.
	lost    []due
	own     []ledger.Account
	funds   []ledger.Standing
	had     sums // had is what there was before.
	have    sums
	moves   sums
	done    map[string]*Waterfall
	outcome Outcome
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
		w.Lacks = p.takeOthers(w, left)
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
	taken := min(amount, sum)
	if taken <= 0 {
		return amount
	}
	for i, part := range money.Of(taken, money.Currency(w.Currency)).Split(shares) {
		if part.Minor > 0 {
			p.moves[held{places[i], w.Currency}] -= part.Minor
			w.Others[string(places[i])[len("exchange-fund/"):]] = part.Minor
		}
	}
	return amount - taken
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
