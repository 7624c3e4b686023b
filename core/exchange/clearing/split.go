package clearing

import (
	"fmt"
	"strconv"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange/clearing/clearingdb"
	"sauda/core/ledger"
	"sauda/gear/db"
)

// Division gives New units of an asset for every Old ones, and money for what is less than a unit.
type Division struct {
	Ref      string
	Asset    string
	New      int64 // New is at most a million, and so is Old.
	Old      int64
	Currency string
	Price    int64  // Price is what one new unit is worth.
	Payer    string // Payer is the account of the issuer, who pays for the fractions.
	Day      span.Day
}

// partsMax bounds both numbers of a division.
const partsMax = 1_000_000

// whole gives how many new units come of old ones, and how many parts of a unit, of Old each, are left.
func (d Division) whole(old int64) (units, rest int64, err error) {
	units, ok := money.MulDiv(old, d.New, d.Old, money.Down)
	if !ok {
		return 0, 0, ErrOverflow.About("%d units, %d for %d", old, d.New, d.Old)
	}
	return units, old*d.New - units*d.Old, nil // What runs over in both products falls away in the difference.
}

// Split divides or joins the units of an asset in every account, in one posting: ⌊units·New/Old⌋ remain, and the
// fractions are paid in money by the issuer, their sum rounded half up once and divided so that nothing is lost. What is
// open of trades is divided in the same way; there the seller owes the buyer the fraction, and a trade that comes to less
// than a unit ends with what is owed for it becoming due. The same reference told again changes nothing.
func Split(tx *db.Tx, d Division) error {
	if d.Ref == "" || d.New <= 0 || d.Old <= 0 || d.New > partsMax || d.Old > partsMax || d.Price < 0 || d.Payer == "" || d.Day.IsZero() ||
		checkAssets(d.Asset, d.Currency) != nil || d.Asset == d.Currency {
		return ErrAction.About("%+v", d)
	}
	tx.Strict() // Nothing may move while it is counted.
	tx.Lock("clearing")
	if err := noGoods(tx, d.Asset); err != nil {
		return err
	}
	a := clearingdb.AddActionParams{
		Ref: d.Ref, Kind: "split", Asset: d.Asset, Currency: d.Currency, Amount: d.Price, Per: d.New*partsMax*10 + d.Old, Payer: d.Payer,
		Day: d.Day.String(), State: "done",
	}
	if told, err := toldAction(tx, a); err != nil || told {
		return err
	}
	list, err := holders(tx, d.Asset)
	if err != nil {
		return err
	}
	moves := make(sums)
	var weights []int64
	var who []string
	for _, e := range list {
		units, rest, err := d.whole(e.quantity)
		if err != nil {
			return err
		}
		moves.pass(house("vault"), ledger.Exchange(e.holder), d.Asset, units-e.quantity)
		if rest > 0 {
			weights, who = append(weights, rest), append(who, e.holder)
		}
	}
	pay := clearingdb.ClearingAction(a)
	pay.Per = d.Old
	if err := moves.sharePrice(pay, who, weights); err != nil {
		return err
	}
	if err := moves.covered(tx); err != nil { // Before anything is written: who lacks what he pays may be waited for.
		return err
	}
	if _, err := clearingdb.New(tx).AddAction(tx.Context(), a); err != nil {
		return err
	}
	brought := moves[held{house("vault"), d.Asset}]
	if err := noteBrought(tx, d, -brought); err != nil {
		return err
	}
	if err := moves.post(tx, "exchange.split", d.Ref, d.Ref); err != nil {
		return err
	}
	return d.divideOpen(tx)
}

// PricesNow gives for trades what one of their instrument is worth, by the code of the instrument: the last price of the open
// market, or else that of the trade itself, for the units of today. Each split since then divides it, rounded half up. However
// many trades there are, it takes two statements.
func PricesNow(tx *db.Tx, trades ...Trade) (map[string]int64, error) {
	ids := make([]string, len(trades))
	for i, t := range trades {
		ids[i] = strconv.FormatUint(t.ID, 10)
	}
	q := clearingdb.New(tx)
	rows, err := q.PricedBy(tx.Context(), db.In(ids))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	since, assets := rows[0].At, make([]string, len(rows))
	for i, r := range rows {
		since, assets[i] = min(since, r.At), r.Asset
	}
	divisions, err := q.DivisionsSince(tx.Context(), clearingdb.DivisionsSinceParams{At: since, Assets: db.In(assets)})
	if err != nil {
		return nil, err
	}
	prices := make(map[string]int64, len(rows))
	for _, r := range rows {
		price := r.Price
		for _, d := range divisions {
			if d.Asset != r.Asset || d.At < r.At {
				continue
			}
			now, ok := money.MulDiv(price, d.Old, d.Fresh, money.HalfUp)
			if !ok {
				return nil, ErrOverflow.About("a price of %d, %d for %d", price, d.Fresh, d.Old)
			}
			price = now
		}
		prices[r.Instrument] = price
	}
	return prices, nil
}

// sharePrice is share with the total rounded half up.
func (s sums) sharePrice(a clearingdb.ClearingAction, who []string, rests []int64) error {
	var sum int64
	for _, r := range rests {
		sum += r
	}
	total, ok := money.MulDiv(sum, a.Amount, a.Per, money.HalfUp)
	if !ok {
		return ErrOverflow.About("fractions of %s", a.Asset)
	}
	for i, part := range money.Of(total, money.Currency(a.Currency)).Split(rests) {
		s.pass(ledger.Exchange(a.Payer), ledger.Exchange(who[i]), a.Currency, part.Minor)
	}
	return nil
}

// noteBrought writes down that a split made units, or took them away.
func noteBrought(tx *db.Tx, d Division, units int64) error {
	if units == 0 {
		return nil
	}
	_, err := clearingdb.New(tx).AddMovement(tx.Context(), clearingdb.AddMovementParams{
		Ref: "split:" + d.Ref, Place: string(house("vault")), Asset: d.Asset, Amount: units, At: span.Micros(tx.Now()),
	})
	return err
}

// divideOpen divides what is open of trades.
func (d Division) divideOpen(tx *db.Tx) error {
	rows, err := clearingdb.New(tx).ClaimsOn(tx.Context(), d.Asset)
	if err != nil {
		return err
	}
	var worths []reworth
	var ended []*claim
	var dues []due
	l := newLessons()
	l.rest = append(l.rest, Lesson{Asset: d.Asset, New: d.New, Old: d.Old})
	for _, r := range rows {
		c := claimOf(clearingdb.ClaimsOfRow(r))
		units, rest, err := d.whole(c.open)
		if err != nil {
			return err
		}
		fraction, ok := money.MulDiv(rest, d.Price, d.Old, money.HalfUp)
		if !ok {
			return ErrOverflow.About("trade %d", c.trade)
		}
		owed := due{
			id: fmt.Sprintf("fraction:%s:%d", d.Ref, c.trade), kind: "difference", payer: ledger.Exchange(c.seller), payee: ledger.Exchange(c.buyer),
			currency: d.Currency, amount: fraction, day: d.Day, trade: c.trade,
		}
		if fraction > 0 && c.buyer != c.seller {
			dues = append(dues, owed)
		}
		if units > 0 {
			worths = append(worths, reworth{c.trade, units, c.owed})
			l.divided(c, units)
			continue
		}
		l.ended(c)
		ended = append(ended, c)
		if c.owed > 0 && c.buyer != c.seller {
			owed.id = fmt.Sprintf("rest:%s:%d", d.Ref, c.trade)
			owed.payer, owed.payee, owed.currency, owed.amount = owed.payee, owed.payer, c.currency, c.owed
			dues = append(dues, owed)
		}
	}
	if err := writeWorths(tx, worths); err != nil {
		return err
	}
	if err := end(tx, ended, Closed); err != nil {
		return err
	}
	if err := l.write(tx); err != nil {
		return err
	}
	return writeDues(tx, dues)
}
