package waitlist

import (
	"sauda/core/hold"
	"sauda/core/seller"
	"sauda/core/waitlist/waitlistdb"
	"sauda/gear/db"
)

// Handing is what a context makes of an offer.
type Handing struct {
	To     string // To is whose the claims are from then on.
	Ref    string // Ref names what was made.
	Places int
	Wants  []hold.Want
}

// Hand gives what is held for somebody to what was made of his offer, or a part of it: nobody else has it in between. When all is
// given he waits no more, and what his offer held beyond it is free. It is held as long as the offer says, and a little longer.
// An offer that is over is ErrNone.
func Hand(tx *db.Tx, w Wait, h Handing) error {
	if w.State != StateOffered || !tx.Now().Before(w.Until) {
		return ErrNone.About("%s is %s until %s", w.ID, w.State, w.Until)
	}
	if err := hold.Pass(tx, w.ID.Owner(), h.To, h.Wants, w.Until.Add(Grace)); err != nil {
		return err
	}
	n, err := waitlistdb.New(tx).Hand(tx.Context(), waitlistdb.HandParams{ID: string(w.ID), N: int64(h.Places), Ref: h.Ref})
	if err == nil && n == 0 {
		err = db.ErrRace
	}
	if err != nil || h.Places < w.Places {
		return err
	}
	if err := hold.Release(tx, w.ID.Owner()); err != nil {
		return err
	}
	return tx.Emit(Taken{w.about()})
}

// OfferIn gives the offer that who acts has in a line, whose time is not over; without one it is the zero Wait.
func OfferIn(tx *db.Tx, line string) (Wait, error) {
	rows, err := waitlistdb.New(tx).OfferedIn(tx.Context(), waitlistdb.OfferedInParams{Line: line, Party: tx.Who().Party, Now: tx.Now().UnixMicro()})
	if err != nil || len(rows) == 0 {
		return Wait{}, err
	}
	return waitOf(rows[0])
}

// Of gives who waits for things of a seller, or for one product of his where one is named, line by line in the order of asking, to
// its staff: those behind one, at most limit. The zero Wait begins.
func Of(tx *db.Tx, of seller.ID, product string, after Wait, limit int) ([]Wait, error) {
	if who := tx.Who(); !who.For(string(of)) || !who.May(ScopeRead) {
		return nil, ErrDenied.About("%s looks at %s", who.ID, of)
	}
	asked := int64(0)
	if !after.Asked.IsZero() {
		asked = after.Asked.UnixMicro()
	}
	rows, err := waitlistdb.New(tx).OfSeller(tx.Context(), waitlistdb.OfSellerParams{
		Seller: string(of), Line: after.Line, AskedAt: asked, ID: string(after.ID), Product: product, Page: int64(limit),
	})
	if err != nil {
		return nil, err
	}
	return waitsOf(rows)
}

// Products gives the products of a seller for which somebody waits, to its staff, at most limit.
func Products(tx *db.Tx, of seller.ID, limit int) ([]string, error) {
	if who := tx.Who(); !who.For(string(of)) || !who.May(ScopeRead) {
		return nil, ErrDenied.About("%s looks at %s", who.ID, of)
	}
	return waitlistdb.New(tx).Products(tx.Context(), waitlistdb.ProductsParams{Seller: string(of), Page: int64(limit)})
}

// Remove takes somebody out of a line by the hand of the staff of the seller; what is held for him is free again.
func Remove(tx *db.Tx, of seller.ID, id ID) error {
	w, err := ofSeller(tx, of, id, ScopeWrite)
	if err != nil {
		return err
	}
	return w.leave(tx)
}

// ofSeller gives a waiting to the staff of its seller who may do this; another seller's is as unknown as none.
func ofSeller(tx *db.Tx, of seller.ID, id ID, scope string) (Wait, error) {
	if who := tx.Who(); !who.For(string(of)) || !who.May(scope) {
		return Wait{}, ErrDenied.About("%s at %s", who.ID, of)
	}
	w, err := find(tx, id)
	if err == nil && w.Seller != of {
		return Wait{}, ErrUnknown.About("%s of %s", id, of)
	}
	return w, err
}

// Held says of the claims of some owners whether each is an offer that stands: what is held as one and is none is nobody's.
func Held(tx *db.Tx, owners []string) (map[string]bool, error) {
	var ids []ID
	for _, o := range owners {
		if len(o) > len(OwnerPrefix) && o[:len(OwnerPrefix)] == OwnerPrefix {
			ids = append(ids, ID(o[len(OwnerPrefix):]))
		}
	}
	stand := make(map[string]bool, len(ids))
	if len(ids) == 0 {
		return stand, nil
	}
	rows, err := waitlistdb.New(tx).Waits(tx.Context(), db.In(ids))
	for _, r := range rows {
		if State(r.State) == StateOffered {
			stand[ID(r.ID).Owner()] = true
		}
	}
	return stand, err
}

// Unheld gives offers whose time is not over and for which nothing is held: there are none. At most a thousand are looked at.
func Unheld(tx *db.Tx) ([]ID, error) {
	ids, err := waitlistdb.New(tx).Offers(tx.Context(), waitlistdb.OffersParams{Now: tx.Now().UnixMicro(), Page: 1000})
	if err != nil {
		return nil, err
	}
	var bare []ID
	for _, id := range ids {
		claims, err := hold.Of(tx, ID(id).Owner()) // The doctor has time.
		if err != nil {
			return nil, err
		}
		if len(claims) == 0 || claims[0].State != hold.StateHeld {
			bare = append(bare, ID(id))
		}
	}
	return bare, nil
}
