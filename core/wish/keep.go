package wish

import (
	"database/sql"
	"errors"
	"slices"
	"unicode/utf8"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/wish/wishdb"
	"sauda/gear/db"
)

// Keep puts a product onto the list of who acts: that of his party, or the guest's that he names. Who has none gets one. A
// product that is on the list already stays as it is, with the price that was seen first; another variant of it takes the
// place of the one that was meant. It gives what is kept now.
func Keep(tx *db.Tx, guest ListID, c Choice) (Thing, List, error) {
	source, err := text.Clean(c.Source)
	if err != nil || utf8.RuneCountInString(source) > sourceMax {
		return Thing{}, List{}, ErrSource.About("%d bytes", len(c.Source))
	}
	p, err := wanted(tx, c)
	if err != nil {
		return Thing{}, List{}, err
	}
	l, there, err := own(tx, guest)
	if err != nil {
		return Thing{}, List{}, err
	}
	if !there {
		if l, err = open(tx); err != nil {
			return Thing{}, List{}, err
		}
	}
	kept := Thing{Product: p.ID, Variant: c.Variant, Seller: p.Seller, Seen: c.Seen, Kept: tx.Now()}
	n, err := wishdb.New(tx).Put(tx.Context(), wishdb.PutParams{
		List: string(l.ID), Product: string(p.ID), Variant: string(c.Variant), Seller: string(p.Seller),
		PriceSeen: c.Seen.Minor, PriceCurrency: string(c.Seen.Currency), KeptAt: span.Micros(tx.Now()),
	})
	if err != nil {
		return Thing{}, List{}, err
	}
	if n == 0 {
		kept, err = choose(tx, l, kept)
		return kept, l, err
	}
	n, err = wishdb.New(tx).Count(tx.Context(), wishdb.CountParams{ID: string(l.ID), Most: ThingsMax, At: span.Micros(tx.Now())})
	if err == nil && n == 0 {
		err = fault.With(ErrFull.About("%s", l.ID), "max", ThingsMax)
	}
	if err != nil {
		return Thing{}, List{}, err
	}
	l.Things++
	return kept, l, tx.Emit(Kept{l.ID, p.ID, c.Variant, p.Seller, c.Seen, source})
}

// wanted gives a product that is on sale and has the variant that is meant, if one is.
func wanted(tx *db.Tx, c Choice) (catalog.Product, error) {
	p, err := catalog.Get(tx, c.Product)
	switch {
	case errors.Is(err, catalog.ErrUnknown), err == nil && p.State == catalog.StateDraft: // Nobody outside knows of a draft.
		return p, ErrProduct.About("%.60q", string(c.Product))
	case err != nil:
		return p, err
	case p.State != catalog.StateOnSale:
		return p, ErrEnded.About("%s", p.ID)
	}
	known := func(v catalog.Variant) bool { return v.ID == c.Variant }
	if c.Variant != "" && !slices.ContainsFunc(p.Variants, known) {
		return p, ErrProduct.About("%.60q of %s", string(c.Variant), p.ID)
	}
	return p, nil
}

// choose says which variant of something on a list is meant from now on, and gives what is kept then. None, or the same one,
// changes nothing.
func choose(tx *db.Tx, l List, t Thing) (Thing, error) {
	row, err := wishdb.New(tx).Thing(tx.Context(), wishdb.ThingParams{List: string(l.ID), Product: string(t.Product)})
	if err != nil || t.Variant == "" || row.Variant == string(t.Variant) {
		return thingOf(row), err
	}
	return t, wishdb.New(tx.Later()).Choose(tx.Context(), wishdb.ChooseParams{
		List: row.List, Product: row.Product, Variant: string(t.Variant), PriceSeen: t.Seen.Minor, PriceCurrency: string(t.Seen.Currency),
		KeptAt: span.Micros(t.Kept),
	})
}

// Drop takes a product off the list of who acts, and says what it was. What is not on it stays off, and nothing is said.
func Drop(tx *db.Tx, guest ListID, product catalog.ProductID) (was *Thing, l List, err error) {
	l, there, err := own(tx, guest)
	if err != nil || !there {
		return nil, l, err
	}
	rows, err := wishdb.New(tx).Take(tx.Context(), wishdb.TakeParams{List: string(l.ID), Product: string(product)})
	if err != nil || len(rows) == 0 {
		return nil, l, err
	}
	if err := wishdb.New(tx.Later()).Uncount(tx.Context(), wishdb.UncountParams{ID: string(l.ID), At: span.Micros(tx.Now())}); err != nil {
		return nil, l, err
	}
	l.Things--
	taken := thingOf(rows[0])
	return &taken, l, tx.Emit(dropped(l.ID, taken))
}

func dropped(from ListID, t Thing) Dropped {
	return Dropped{from, t.Product, t.Variant, t.Seller, t.Seen}
}

// own gives the list of who acts, if there is one: that of his party, or the guest's that he names.
func own(tx *db.Tx, guest ListID) (List, bool, error) {
	var row wishdb.WishList
	var err error
	switch party := tx.Who().Party; {
	case party != "":
		row, err = wishdb.New(tx).OfParty(tx.Context(), party)
	case guest.Valid():
		row, err = wishdb.New(tx).OfGuest(tx.Context(), string(guest))
	default:
		return List{}, false, nil
	}
	if errors.Is(err, sql.ErrNoRows) {
		return List{}, false, nil
	}
	return listOf(row), err == nil, err
}

// open begins a list for who acts.
func open(tx *db.Tx) (List, error) {
	l := List{ID: ListID(tx.Mint("wsh")), Party: tx.Who().Party}
	n, err := wishdb.New(tx).Open(tx.Context(), wishdb.OpenParams{ID: string(l.ID), Party: l.Party, At: span.Micros(tx.Now())})
	if err == nil && n == 0 {
		err = db.ErrRace // Another device of the same buyer was faster.
	}
	return l, err
}
