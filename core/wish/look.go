package wish

import (
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/core/wish/wishdb"
	"sauda/gear/db"
)

// scopeRead is what staff need to see how many people keep their goods: it is said where the goods are.
const scopeRead = "catalog.read"

// Things gives what who acts keeps, the latest first, in one statement: on the list of his party, or on the guest's that he
// names. Without a list it is nothing.
func Things(tx *db.Tx, guest ListID) ([]Thing, error) {
	var rows []wishdb.Wish
	var err error
	switch party := tx.Who().Party; {
	case party != "":
		rows, err = wishdb.New(tx).PartysThings(tx.Context(), party)
	case guest.Valid():
		rows, err = wishdb.New(tx).GuestsThings(tx.Context(), string(guest))
	}
	things := make([]Thing, len(rows))
	for i, r := range rows {
		things[i] = thingOf(r)
	}
	return things, err
}

// Buyer refuses with ErrBuyer who is no buyer, and has no list that lasts.
func Buyer(tx *db.Tx) error {
	if who := tx.Who(); who.Kind != db.KindBuyer || who.Party == "" {
		return ErrBuyer.About("%s %s", who.Kind, who.ID)
	}
	return nil
}

// Mine gives what the buyer who acts keeps, the latest first. Who is no buyer is ErrBuyer.
func Mine(tx *db.Tx) ([]Thing, error) {
	if err := Buyer(tx); err != nil {
		return nil, err
	}
	return Things(tx, "")
}

// Keepers gives on how many lists products of a seller are, to his staff and in one statement. A product that nobody keeps
// is left out.
func Keepers(tx *db.Tx, of seller.ID, products []catalog.ProductID) (map[catalog.ProductID]int64, error) {
	if who := tx.Who(); !who.For(string(of)) || !who.May(scopeRead) {
		return nil, ErrDenied.About("%s %s at %s", who.Kind, who.ID, of)
	}
	rows, err := wishdb.New(tx).Keepers(tx.Context(), wishdb.KeepersParams{Products: db.In(products), Seller: string(of)})
	found := make(map[catalog.ProductID]int64, len(rows))
	for _, r := range rows {
		found[catalog.ProductID(r.Product)] = r.Lists
	}
	return found, err
}

// Mismatch is a list whose kept number is not that of its things.
type Mismatch struct {
	List    ListID
	Kept    int64
	Counted int64
}

// Audit compares the kept numbers with the things; a healthy house has no mismatch.
func Audit(tx *db.Tx) ([]Mismatch, error) {
	rows, err := wishdb.New(tx).Uneven(tx.Context())
	all := make([]Mismatch, len(rows))
	for i, r := range rows {
		all[i] = Mismatch{ListID(r.ID), r.Things, r.Counted}
	}
	return all, err
}
