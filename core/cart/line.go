package cart

import (
	"database/sql"
	"errors"
	"unicode/utf8"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/cart/cartdb"
	"sauda/core/catalog"
	"sauda/gear/db"
)

// Add puts something into a basket, in at most four statements. The same variant, with the same answers where it is made to
// order, goes into its line, whose quantities are summed; the price that was seen last counts. It acts each time that it is called.
// What was chosen of a service is there once; a second time it is ErrChosen.
func Add(tx *db.Tx, id ID, a Addition) (Line, error) {
	source, err := text.Clean(a.Source)
	if err != nil || utf8.RuneCountInString(source) > sourceMax {
		return Line{}, ErrText.About("%d bytes", len(a.Source))
	}
	if err := countable(a.Quantity); err != nil {
		return Line{}, err
	}
	row, err := touchFor(tx, id, 1)
	if err != nil {
		return Line{}, err
	}
	if seen := a.PriceSeen; seen != (money.Money{}) && string(seen.Currency) != row.Currency {
		return Line{}, ErrCurrency.About("%s in a basket of %s", seen.Currency, row.Currency)
	}
	offer, err := sellable(tx, a.Variant, a.Quantity)
	if err != nil {
		return Line{}, err
	}
	answers, err := answered(offer, a.Answers)
	if err != nil {
		return Line{}, err
	}
	fresh := tx.Mint("lin")
	rows, err := cartdb.New(tx).AddLine(tx.Context(), cartdb.AddLineParams{
		Cart: string(id), ID: fresh, Variant: lineKey(a.Variant, answers), Product: string(offer.Product), Seller: string(offer.Seller),
		Quantity: int64(a.Quantity), PriceSeen: a.PriceSeen.Minor, PriceCurrency: string(a.PriceSeen.Currency),
		Source: source, AddedAt: span.Micros(tx.Now()), Most: int64(mostOf(offer)), Answers: answers,
	})
	if err != nil {
		return Line{}, err
	}
	switch {
	case len(rows) == 0 && offer.Kind.Service != nil:
		return Line{}, ErrChosen.About("%s is there", a.Answers[catalog.ChosenCode])
	case len(rows) == 0:
		return Line{}, tooMuch(a.Quantity)
	}
	line := lineOf(rows[0])
	switch {
	case string(line.ID) != fresh: // It needs no room of its own.
		err = cartdb.New(tx.Later()).UncountLine(tx.Context(), string(id))
	case row.Lines > LinesMax:
		err = fault.With(ErrFull.About("%s", id), "max", LinesMax)
	}
	if err != nil {
		return Line{}, err
	}
	return line, tx.Emit(Added{
		id, line.ID, line.Variant, line.Product, line.Seller, a.Quantity, line.Quantity, a.PriceSeen, source,
	})
}

// mostOf is how much of an offer a line may have.
func mostOf(offer catalog.Offer) measure.Quantity {
	if offer.Kind.Service != nil {
		return measure.One
	}
	return QuantityMax
}

// countable refuses a quantity that no line may have.
func countable(q measure.Quantity) error {
	if q <= 0 || q > QuantityMax {
		return tooMuch(q)
	}
	return nil
}

func tooMuch(q measure.Quantity) error {
	return fault.With(ErrQuantity.About("%s", q), "max", QuantityMax.String())
}

// sellable gives the offer of a variant that is on sale and that is sold in such quantities.
func sellable(tx *db.Tx, v catalog.VariantID, q measure.Quantity) (catalog.Offer, error) {
	offers, err := catalog.Offers(tx, []catalog.VariantID{v})
	if err != nil {
		return catalog.Offer{}, err
	}
	offer, ok := offers[v]
	switch {
	case !ok || offer.State == catalog.StateDraft: // Nobody outside knows of a draft.
		return catalog.Offer{}, ErrVariant.About("%.60q", string(v))
	case !offer.ForSale():
		return catalog.Offer{}, ErrEnded.About("%s", v)
	}
	if err := oneOf(offer, q); err != nil {
		return offer, err
	}
	return offer, fits(offer.Unit, q)
}

// fits refuses half a piece, and says in which steps the unit is sold.
func fits(unit measure.Unit, q measure.Quantity) error {
	if unit == "" {
		unit = measure.Piece
	}
	if err := unit.Fits(q); err != nil {
		refused := ErrStep.About("%w", err)
		return fault.With(fault.With(refused, "unit", string(unit)), "step", unit.Step().String())
	}
	return nil
}

// Change gives a line another quantity, in at most four statements. What is not sold any more can still become less. The
// same quantity again changes nothing and states nothing.
func Change(tx *db.Tx, id ID, line LineID, q measure.Quantity) (Line, error) {
	if err := countable(q); err != nil {
		return Line{}, err
	}
	if _, err := touch(tx, id); err != nil {
		return Line{}, err
	}
	row, err := cartdb.New(tx).GetLine(tx.Context(), cartdb.GetLineParams{Cart: string(id), ID: string(line)})
	if errors.Is(err, sql.ErrNoRows) {
		return Line{}, ErrNoLine.About("%.60q in %s", string(line), id)
	}
	if err != nil {
		return Line{}, err
	}
	was := lineOf(row)
	if was.Quantity == q {
		return was, nil
	}
	if _, err := sellable(tx, was.Variant, q); err != nil && (q > was.Quantity || !errors.Is(err, ErrEnded)) {
		return Line{}, err
	}
	set := cartdb.SetQuantityParams{Cart: string(id), ID: string(line), Quantity: int64(q)}
	if err := cartdb.New(tx.Later()).SetQuantity(tx.Context(), set); err != nil {
		return Line{}, err
	}
	now := was
	now.Quantity = q
	return now, tx.Emit(QuantityChanged{id, line, was.Variant, was.Seller, was.Quantity, q, was.PriceSeen})
}

// Remove takes a line out. One that is not there, or not any more, is ErrNoLine.
func Remove(tx *db.Tx, id ID, line LineID) error {
	if _, err := touch(tx, id); err != nil {
		return err
	}
	rows, err := cartdb.New(tx).RemoveLine(tx.Context(), cartdb.RemoveLineParams{Cart: string(id), ID: string(line)})
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return ErrNoLine.About("%.60q in %s", string(line), id)
	}
	if err := cartdb.New(tx.Later()).UncountLine(tx.Context(), string(id)); err != nil {
		return err
	}
	was := lineOf(rows[0])
	return tx.Emit(Removed{id, line, was.Variant, was.Seller, was.Quantity, was.PriceSeen})
}
