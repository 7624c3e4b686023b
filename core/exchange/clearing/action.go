package clearing

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange/clearing/clearingdb"
	"sauda/core/ledger"
	"sauda/gear/db"
)

// ActionKind is what an issuer pays for.
type ActionKind string

// The kinds of payments of issuers.
const (
	Dividend ActionKind = "dividend"
	Coupon   ActionKind = "coupon"
)

// Action is what an issuer pays to all who hold an asset at the end of a day.
type Action struct {
	Ref      string
	Kind     ActionKind
	Asset    string
	Currency string
	Amount   int64  // Amount is paid for every Per units.
	Per      int64  // Per is 1 for an amount in whole units of the currency for each share.
	Payer    string // Payer is the account of the issuer.
	Day      span.Day
}

// entitled is what a holder had when an action was recorded; with a giver, what that one should have delivered by then.
type entitled struct {
	holder, giver string
	trade         int64
	quantity      int64
}

// Record fixes who gets an action: the accounts that hold the asset now, which is to be the end of its day, after the
// last settlement. Who had bought it and should have got it by that day, gets as much from his seller. The same reference
// told again changes nothing, however holdings have moved since; with other contents it is ErrDiffers.
func Record(tx *db.Tx, a Action) error {
	if a.Ref == "" || (a.Kind != Dividend && a.Kind != Coupon) || a.Amount <= 0 || a.Per <= 0 || a.Payer == "" || a.Day.IsZero() ||
		checkAssets(a.Asset, a.Currency) != nil || a.Asset == a.Currency {
		return ErrAction.About("%+v", a)
	}
	tx.Strict() // Nothing may move while it is counted.
	tx.Lock("clearing")
	written := clearingdb.AddActionParams{
		Ref: a.Ref, Kind: string(a.Kind), Asset: a.Asset, Currency: a.Currency, Amount: a.Amount, Per: a.Per, Payer: a.Payer,
		Day: a.Day.String(), State: "recorded",
	}
	if told, err := toldAction(tx, written); err != nil || told {
		return err
	}
	if _, err := clearingdb.New(tx).AddAction(tx.Context(), written); err != nil {
		return err
	}
	list, err := holders(tx, a.Asset)
	if err != nil {
		return err
	}
	rows, err := clearingdb.New(tx).ClaimsOn(tx.Context(), a.Asset)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if late(r, a.Day) && r.Buyer != r.Seller {
			list = append(list, entitled{r.Buyer, r.Seller, r.Trade, r.Open})
		}
	}
	return writeEntitled(tx, a.Ref, list)
}

// late says whether a trade should have been settled by a day: it has failed already, or is due.
func late(r clearingdb.ClaimsOnRow, day span.Day) bool { return r.Fails > 0 || r.Due <= day.String() }

// holders gives who has an asset, by account.
func holders(tx *db.Tx, asset string) ([]entitled, error) {
	all, err := ledger.Balances(tx, "exchange")
	if err != nil {
		return nil, err
	}
	var list []entitled
	for _, s := range all {
		if account, ok := strings.CutPrefix(string(s.Account), "exchange/"); ok && s.Asset == asset && s.Credit > s.Debit {
			list = append(list, entitled{holder: account, quantity: s.Credit - s.Debit})
		}
	}
	return list, nil
}

// toldAction says whether an action was told before; with other contents that is ErrDiffers.
func toldAction(tx *db.Tx, a clearingdb.AddActionParams) (bool, error) {
	was, err := clearingdb.New(tx).GetAction(tx.Context(), a.Ref)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	a.State = was.State
	if was != clearingdb.ClearingAction(a) {
		return false, ErrDiffers.About("action %s was %+v", a.Ref, was)
	}
	return true, nil
}

func writeEntitled(tx *db.Tx, ref string, list []entitled) error {
	position := int64(0)
	for chunk := range slices.Chunk(list, rowsMax) {
		args := make([]any, 0, 6*len(chunk))
		for _, e := range chunk {
			position++
			args = append(args, ref, position, e.holder, e.giver, e.trade, e.quantity)
		}
		if _, err := tx.Later().ExecContext(tx.Context(), `INSERT INTO clearing_entitled (ref, position, holder, giver, trade, quantity) VALUES `+
			values(args, 6), args...); err != nil {
			return err
		}
	}
	return nil
}

// Pay pays a recorded action in one posting: the amount for all units together, rounded down once, is divided among the
// holders so that nothing of it is lost. What a late seller owes to his buyer becomes due, rounded half up. Told again it
// changes nothing. An issuer who has too little makes it ErrShort, and nobody gets anything.
func Pay(tx *db.Tx, ref string) error {
	tx.Strict() // What the issuer has is judged, then moved.
	tx.Lock("clearing")
	q := clearingdb.New(tx)
	a, err := q.GetAction(tx.Context(), ref)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrUnknown.About("action %s", ref)
	}
	if err != nil {
		return err
	}
	if a.State != "recorded" {
		return nil
	}
	list, err := q.Entitled(tx.Context(), ref)
	if err != nil {
		return err
	}
	day, err := span.Parse(a.Day)
	if err != nil {
		return err
	}
	var weights []int64
	var who []string
	var dues []due
	for _, e := range list {
		if e.Giver == "" {
			weights, who = append(weights, e.Quantity), append(who, e.Holder)
			continue
		}
		amount, ok := money.MulDiv(e.Quantity, a.Amount, a.Per, money.HalfUp)
		if !ok {
			return ErrOverflow.About("action %s, trade %d", ref, e.Trade)
		}
		if amount > 0 {
			dues = append(dues, due{
				id: fmt.Sprintf("claim:%s:%d", ref, e.Trade), kind: "claim", payer: ledger.Exchange(e.Giver), payee: ledger.Exchange(e.Holder),
				currency: a.Currency, amount: amount, day: day, trade: e.Trade,
			})
		}
	}
	moves := make(sums)
	if err := moves.share(a, who, weights); err != nil {
		return err
	}
	if err := moves.covered(tx); err != nil { // Before anything is written: who lacks what he pays may be waited for.
		return err
	}
	if _, err := q.EndAction(tx.Context(), ref); err != nil {
		return err
	}
	if err := moves.post(tx, "exchange."+a.Kind, ref, ref); err != nil {
		return err
	}
	return writeDues(tx, dues)
}

// share moves what an action pays in all from its payer to the holders, by what they have.
func (s sums) share(a clearingdb.ClearingAction, who []string, weights []int64) error {
	if len(who) == 0 {
		return nil
	}
	var units int64
	for _, w := range weights {
		if units += w; units < 0 {
			return ErrOverflow.About("units of %s", a.Asset)
		}
	}
	total, ok := money.MulDiv(units, a.Amount, a.Per, money.Down)
	if !ok {
		return ErrOverflow.About("%d units at %d for %d", units, a.Amount, a.Per)
	}
	for i, part := range money.Of(total, money.Currency(a.Currency)).Split(weights) {
		s.pass(ledger.Exchange(a.Payer), ledger.Exchange(who[i]), a.Currency, part.Minor)
	}
	return nil
}
