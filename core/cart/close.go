package cart

import (
	"cmp"
	"database/sql"
	"errors"
	"time"

	"sauda/base/measure"
	"sauda/base/span"
	"sauda/core/cart/cartdb"
	"sauda/gear/db"
)

// Merge brings a guest's basket to the party that signs in, and gives the party's open basket. When the party has none, the
// guest's becomes it. Otherwise its lines join: quantities of the same variant are summed, up to the most that a line may
// have, and no line is dropped, though there may be more than a basket otherwise takes; of the codes as many join as it
// takes, those of the guest first. What the party's basket does not
// know of address, contact and delivery it takes from the guest's, and consent that either gave. Merged twice, or with
// its own basket, it changes nothing; a guest's basket in another currency stays as it is. A guest's basket that is not open any more adds nothing; a party without any basket
// then gets ErrUnknown.
func Merge(tx *db.Tx, guest ID, party string) (Cart, error) {
	if party == "" {
		return Cart{}, ErrParty.About("merge %s", guest)
	}
	q := cartdb.New(tx)
	theirs, err := q.GetCart(tx.Context(), string(guest))
	known := err == nil && theirs.State == string(StateOpen) && theirs.Party == ""
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Cart{}, err
	}
	own, err := q.OpenOf(tx.Context(), party)
	switch {
	case errors.Is(err, sql.ErrNoRows) && known:
		return adopt(tx, theirs, party)
	case errors.Is(err, sql.ErrNoRows):
		return Cart{}, ErrUnknown.About("%.60q for %s", string(guest), party)
	case err != nil:
		return Cart{}, err
	case !known || own.Currency != theirs.Currency: // Prices seen in another currency mean nothing here.
		return withLines(tx, own)
	}
	tx.Lock("cart:" + own.ID)
	if err := join(tx, theirs, own); err != nil {
		return Cart{}, err
	}
	fresh, err := q.GetCart(tx.Context(), own.ID)
	if err != nil {
		return Cart{}, err
	}
	return withLines(tx, fresh)
}

// adopt makes a guest's basket that of a party.
func adopt(tx *db.Tx, row cartdb.Cart, party string) (Cart, error) {
	q := cartdb.New(tx)
	rows, err := q.Touch(tx.Context(), cartdb.TouchParams{At: span.Micros(tx.Now()), ID: row.ID})
	if err != nil || len(rows) == 0 {
		return Cart{}, cmp.Or(err, error(ErrClosed))
	}
	if err := q.Adopt(tx.Context(), cartdb.AdoptParams{ID: row.ID, Party: party}); err != nil {
		return Cart{}, err
	}
	rows[0].Party = party
	c, err := withLines(tx, rows[0])
	if err != nil {
		return Cart{}, err
	}
	return c, tx.Emit(Merged{c.ID, c.ID, party})
}

// join puts the lines of a guest's basket into a party's and ends the guest's.
func join(tx *db.Tx, theirs, own cartdb.Cart) error {
	q := cartdb.New(tx)
	lines, err := q.Lines(tx.Context(), theirs.ID)
	if err != nil {
		return err
	}
	mine, err := q.Lines(tx.Context(), own.ID)
	if err != nil {
		return err
	}
	there := make(map[string]int64, len(mine))
	for _, l := range mine {
		there[l.Variant] = l.Quantity
	}
	for _, l := range lines {
		add := min(l.Quantity, int64(QuantityMax)-there[l.Variant])
		if _, both := there[l.Variant]; !both {
			own.Lines++
		} else if add <= 0 {
			continue
		}
		rows, err := q.AddLine(tx.Context(), cartdb.AddLineParams{
			Cart: own.ID, ID: tx.Mint("lin"), Variant: l.Variant, Product: l.Product, Seller: l.Seller, Quantity: add,
			PriceSeen: l.PriceSeen, PriceCurrency: l.PriceCurrency, Source: l.Source, AddedAt: l.AddedAt, Most: int64(QuantityMax),
			Answers: l.Answers,
		})
		if err != nil {
			return err
		}
		line := lineOf(rows[0])
		err = tx.Emit(Added{
			ID(own.ID), line.ID, line.Variant, line.Product, line.Seller, measure.Quantity(add), line.Quantity, line.PriceSeen, l.Source,
		})
		if err != nil {
			return err
		}
	}
	return finishJoin(tx, theirs, own)
}

// finishJoin fills what the party's basket does not know and ends the guest's.
func finishJoin(tx *db.Tx, theirs, own cartdb.Cart) error {
	q, ctx, at := cartdb.New(tx.Later()), tx.Context(), span.Micros(tx.Now())
	coupons, err := united(theirs.Coupons, own.Coupons)
	if err != nil {
		return err
	}
	err = errors.Join(
		q.Fill(ctx, cartdb.FillParams{
			ID: own.ID, At: at, Lines: own.Lines, Address: cmp.Or(own.Address, theirs.Address),
			Email: cmp.Or(own.Email, theirs.Email), Phone: cmp.Or(own.Phone, theirs.Phone),
			Delivery: cmp.Or(own.Delivery, theirs.Delivery), Coupons: coupons, Gift: cmp.Or(theirs.Gift, own.Gift),
			Learn: max(own.Learn, theirs.Learn), Remind: max(own.Remind, theirs.Remind),
		}),
		q.Forget(ctx, theirs.ID), // What was brought over is not kept twice.
	)
	if err != nil {
		return err
	}
	_, err = cartdb.New(tx).Finish(ctx, cartdb.FinishParams{State: string(StateMerged), OrderRef: own.ID, At: at, ID: theirs.ID})
	if err != nil {
		return err
	}
	return tx.Emit(Merged{ID(theirs.ID), ID(own.ID), own.Party})
}

// Close ends a basket that became an order. Closed again for the same order it changes nothing; for another order, or when
// it is not open for another reason, it is ErrClosed.
//
// Seen is the version from which the order was made: a basket that was changed while its buyer was paying is ErrStale, and
// nothing is ordered that the buyer has not seen.
func Close(tx *db.Tx, id ID, seen int64, order string) error {
	rows, err := cartdb.New(tx).Finish(tx.Context(), cartdb.FinishParams{
		State: string(StateOrdered), OrderRef: order, At: span.Micros(tx.Now()), ID: string(id),
	})
	if err != nil {
		return err
	}
	if len(rows) == 1 {
		if !mayUse(tx.Who(), rows[0].Party, scopeWrite) {
			return ErrUnknown.About("%.60q", string(id))
		}
		if rows[0].Version != seen+1 {
			return ErrStale.About("%s was ordered at version %d and stands at %d", id, seen, rows[0].Version-1)
		}
		return tx.Emit(Ordered{id, order})
	}
	row, err := cartdb.New(tx).GetCart(tx.Context(), string(id))
	switch {
	case errors.Is(err, sql.ErrNoRows) || (err == nil && !mayUse(tx.Who(), row.Party, scopeWrite)):
		return ErrUnknown.About("%.60q", string(id))
	case err != nil:
		return err
	case row.State == string(StateOrdered) && row.OrderRef == order:
		return nil
	}
	return ErrClosed.About("%s is %s", id, row.State)
}

// Expire ends baskets that nobody has touched for ninety days, at most limit of them, the oldest first, and says how many
// they were. Their address, contact and party are forgotten, their lines stay without them; baskets that ended otherwise
// forget address and contact as late. Call it again while it gives limit.
func Expire(tx *db.Tx, limit int) (int, error) {
	since := span.Micros(tx.Now().Add(-idleMax))
	ids, err := cartdb.New(tx).ExpireSome(tx.Context(), cartdb.ExpireSomeParams{Since: since, Most: int64(limit)})
	if err != nil {
		return 0, err
	}
	forget := cartdb.ForgetSomeParams{Since: since, Most: int64(limit)}
	if _, err := cartdb.New(tx).ForgetSome(tx.Context(), forget); err != nil {
		return 0, err
	}
	for _, id := range ids {
		if err := tx.Emit(Lapsed{ID(id)}); err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}

// idleMax is how long an untouched basket stays open: a season, after which neither price nor stock means anything.
const idleMax = 90 * 24 * time.Hour
