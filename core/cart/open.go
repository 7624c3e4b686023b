package cart

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"errors"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/cart/cartdb"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/gear/db"
)

// Open begins a basket. A party that has an open one gets that one with its lines: it has one basket on all devices. A
// guest gets a new one each time.
func Open(tx *db.Tx, o Opening) (Cart, error) {
	if !o.Currency.Valid() || !text.ValidLanguage(o.Lang) {
		return Cart{}, ErrOpening.About("currency %.10q, language %.20q", o.Currency, o.Lang)
	}
	party := tx.Who().Party
	if party != "" {
		own, err := Own(tx, party)
		if err == nil || !errors.Is(err, ErrUnknown) {
			return own, err
		}
	}
	c := Cart{
		ID: ID(tx.Mint("crt")), Party: party, Currency: o.Currency, Lang: o.Lang, Version: 1, State: StateOpen,
		Consent: o.Consent, Opened: tx.Now(), Touched: tx.Now(),
	}
	err := cartdb.New(tx.Later()).OpenCart(tx.Context(), cartdb.OpenCartParams{
		ID: string(c.ID), Party: party, Currency: string(c.Currency), Lang: c.Lang,
		Learn: flag(o.Consent.Learn), Remind: flag(o.Consent.Remind), At: span.Micros(tx.Now()),
	})
	if err != nil {
		return Cart{}, err
	}
	return c, tx.Emit(Opened{c.ID, party == "", c.Currency, c.Lang, c.Consent})
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// Get gives a basket with its lines, in two statements. Somebody else's is as unknown as none.
func Get(tx *db.Tx, id ID) (Cart, error) {
	row, err := cartdb.New(tx).GetCart(tx.Context(), string(id))
	if errors.Is(err, sql.ErrNoRows) || (err == nil && !mayUse(tx.Who(), row.Party, scopeRead)) {
		return Cart{}, ErrUnknown.About("%.60q", string(id))
	}
	if err != nil {
		return Cart{}, err
	}
	return withLines(tx, row)
}

// Own gives the open basket of a party with its lines, or ErrUnknown.
func Own(tx *db.Tx, party string) (Cart, error) {
	if party == "" || !mayUse(tx.Who(), party, scopeRead) {
		return Cart{}, ErrUnknown.About("party %q", party)
	}
	row, err := cartdb.New(tx).OpenOf(tx.Context(), party)
	if errors.Is(err, sql.ErrNoRows) {
		return Cart{}, ErrUnknown.About("party %q has none", party)
	}
	if err != nil {
		return Cart{}, err
	}
	return withLines(tx, row)
}

// Scopes of the house's own people. Those of other sellers see no baskets: there are goods of many in them.
const (
	scopeRead  = "carts.read"
	scopeWrite = "carts.write"
)

// mayUse says whether an actor may see or change a basket: a guest's by whoever knows its id, a party's by that party and
// by people of the house who have the scope.
func mayUse(who db.Who, party, scope string) bool {
	return party == "" || who.Party == party || (who.For(string(seller.Own)) && who.May(scope))
}

func withLines(tx *db.Tx, row cartdb.Cart) (Cart, error) {
	c, err := cartOf(row)
	if err != nil {
		return Cart{}, err
	}
	rows, err := cartdb.New(tx).Lines(tx.Context(), row.ID)
	if err != nil {
		return Cart{}, err
	}
	c.Lines = make([]Line, len(rows))
	for n, r := range rows {
		c.Lines[n] = lineOf(r)
	}
	return c, nil
}

func cartOf(r cartdb.Cart) (Cart, error) {
	c := Cart{
		ID: ID(r.ID), Party: r.Party, Currency: money.Currency(r.Currency), Lang: r.Lang, Version: r.Version,
		State: State(r.State), Email: r.Email, Phone: r.Phone, Consent: Consent{r.Learn == 1, r.Remind == 1},
		Gift: r.Gift, Order: r.OrderRef, Opened: span.FromMicros(r.OpenedAt), Touched: span.FromMicros(r.TouchedAt),
	}
	err := errors.Join(
		json.Unmarshal([]byte(cmp.Or(r.Address, "{}")), &c.Address),
		json.Unmarshal([]byte(cmp.Or(r.Delivery, "[]")), &c.Delivery),
		json.Unmarshal([]byte(cmp.Or(r.Coupons, "[]")), &c.Coupons),
	)
	return c, err
}

func lineOf(r cartdb.CartLine) Line {
	return Line{
		ID: LineID(r.ID), Variant: variantIn(r.Variant), Product: catalog.ProductID(r.Product), Seller: seller.ID(r.Seller),
		Quantity: measure.Quantity(r.Quantity), PriceSeen: money.Of(r.PriceSeen, money.Currency(r.PriceCurrency)),
		Source: r.Source, Answers: answersOf(r.Answers), Added: span.FromMicros(r.AddedAt),
	}
}

// touch marks a change of an open basket that the actor may use, and gives it without its lines.
func touch(tx *db.Tx, id ID) (cartdb.Cart, error) { return touchFor(tx, id, 0) }

// touchFor is touch, and counts so many more lines in the basket.
func touchFor(tx *db.Tx, id ID, more int64) (cartdb.Cart, error) {
	lock(tx, id)
	rows, err := cartdb.New(tx).Touch(tx.Context(), cartdb.TouchParams{At: span.Micros(tx.Now()), More: more, ID: string(id)})
	if err != nil {
		return cartdb.Cart{}, err
	}
	return touched(tx, id, rows)
}

func lock(tx *db.Tx, id ID) { tx.Lock("cart:" + string(id)) }

// touched gives the basket that a statement has changed, and refuses, so that the change falls away with its moment, when
// there was none to change or the actor may not use it.
func touched(tx *db.Tx, id ID, rows []cartdb.Cart) (cartdb.Cart, error) {
	if len(rows) == 1 && mayUse(tx.Who(), rows[0].Party, scopeWrite) {
		return rows[0], nil
	}
	if _, err := open(tx, id); err != nil {
		return cartdb.Cart{}, err
	}
	return cartdb.Cart{}, ErrClosed.About("%s is open, and nothing was changed", id)
}

// open gives a basket that the actor may change, without a change. It is for a verb that has to know what is there, and then
// changes the basket and touches it by one statement.
func open(tx *db.Tx, id ID) (cartdb.Cart, error) {
	lock(tx, id)
	row, err := cartdb.New(tx).GetCart(tx.Context(), string(id))
	switch {
	case errors.Is(err, sql.ErrNoRows) || (err == nil && !mayUse(tx.Who(), row.Party, scopeWrite)):
		return cartdb.Cart{}, ErrUnknown.About("%.60q", string(id))
	case err != nil:
		return cartdb.Cart{}, err
	case State(row.State) != StateOpen:
		return cartdb.Cart{}, ErrClosed.About("%s is %s", id, row.State)
	}
	return row, nil
}

// AtVersion refuses with ErrStale when the basket has changed since it had this version. Called first in a moment, it
// guards what follows.
func AtVersion(tx *db.Tx, id ID, version int64) error {
	row, err := cartdb.New(tx).GetCart(tx.Context(), string(id))
	switch {
	case errors.Is(err, sql.ErrNoRows) || (err == nil && !mayUse(tx.Who(), row.Party, scopeRead)):
		return ErrUnknown.About("%.60q", string(id))
	case err != nil:
		return err
	case row.Version != version:
		return ErrStale.About("%s is at %d, not at %d", id, row.Version, version)
	}
	return nil
}
