package review

import (
	"database/sql"
	"errors"

	"sauda/core/catalog"
	"sauda/core/media"
	"sauda/core/review/reviewdb"
	"sauda/core/seller"
	"sauda/gear/db"
)

// pageMax is the longest page of reviews.
const pageMax = 100

// mineMax is how many own reviews are listed at once: more than anybody has written.
const mineMax = 1000

// last comes after every id.
const last = "zzz"

// Ratings gives the stars of products, in one statement. A product without a review is left out.
func Ratings(tx *db.Tx, products []catalog.ProductID) (map[catalog.ProductID]Rating, error) {
	if len(products) == 0 {
		return nil, nil
	}
	rows, err := reviewdb.New(tx).Ratings(tx.Context(), db.In(products))
	if err != nil {
		return nil, err
	}
	found := make(map[catalog.ProductID]Rating, len(rows))
	for _, r := range rows {
		if of := (Rating{By: [5]int64{r.N1, r.N2, r.N3, r.N4, r.N5}}); of.Count() > 0 {
			found[catalog.ProductID(r.Product)] = of
		}
	}
	return found, nil
}

// ShownOf gives the reviews of a product that everybody sees, the newest first and at most so many, before an id; an empty
// one begins. It also gives the id to go on from, which is empty when there is no more.
func ShownOf(tx *db.Tx, product catalog.ProductID, before ID, limit int) ([]Review, ID, error) {
	if before == "" {
		before = last
	}
	limit = min(max(limit, 1), pageMax)
	rows, err := reviewdb.New(tx).ShownOf(tx.Context(), reviewdb.ShownOfParams{Product: string(product), Before: string(before), Page: int64(limit + 1)})
	if err != nil {
		return nil, "", err
	}
	return page(rows, limit)
}

func page(rows []reviewdb.Review, limit int) (all []Review, next ID, err error) {
	if len(rows) > limit {
		rows = rows[:limit]
		next = ID(rows[limit-1].ID)
	}
	all, err = reviewsOf(rows)
	return all, next, err
}

// Own gives the review that the actor has of a product, if he has one, whatever was decided about it.
func Own(tx *db.Tx, product catalog.ProductID) (Review, bool, error) {
	who := tx.Who()
	if who.Kind != db.KindBuyer || who.Party == "" {
		return Review{}, false, nil
	}
	row, err := reviewdb.New(tx).Own(tx.Context(), reviewdb.OwnParams{Product: string(product), Party: who.Party})
	if errors.Is(err, sql.ErrNoRows) {
		return Review{}, false, nil
	}
	if err != nil {
		return Review{}, false, err
	}
	r, err := reviewOf(row)
	return r, err == nil, err
}

// Mine gives the reviews of the actor, the newest first and at most so many, before an id; an empty one begins, and a limit of
// none is a thousand. It also gives the id to go on from, which is empty when there is no more.
func Mine(tx *db.Tx, before ID, limit int) ([]Review, ID, error) {
	of, err := party(tx)
	if err != nil {
		return nil, "", err
	}
	if before == "" {
		before = last
	}
	if limit < 1 || limit > mineMax {
		limit = mineMax
	}
	rows, err := reviewdb.New(tx).OfParty(tx.Context(), reviewdb.OfPartyParams{Party: of, Before: string(before), Page: int64(limit + 1)})
	if err != nil {
		return nil, "", err
	}
	return page(rows, limit)
}

// Reviewed tells of which of some products the actor has a review, in one statement.
func Reviewed(tx *db.Tx, products []catalog.ProductID) (map[catalog.ProductID]bool, error) {
	of, err := party(tx)
	if err != nil || len(products) == 0 {
		return nil, err
	}
	rows, err := reviewdb.New(tx).Reviewed(tx.Context(), reviewdb.ReviewedParams{Products: db.In(products), Party: of})
	found := make(map[catalog.ProductID]bool, len(rows))
	for _, id := range rows {
		found[catalog.ProductID(id)] = true
	}
	return found, err
}

// Queue gives the reviews of a seller's goods in a state to his staff, the oldest first and at most so many, behind an id.
// It also gives the id to go on from, which is empty when there is no more.
func Queue(tx *db.Tx, of seller.ID, state State, after ID, limit int) ([]Review, ID, error) {
	if err := works(tx.Who(), of, ScopeRead); err != nil {
		return nil, "", err
	}
	limit = min(max(limit, 1), pageMax)
	rows, err := reviewdb.New(tx).Queue(tx.Context(), reviewdb.QueueParams{
		Seller: string(of), State: string(state), After: string(after), Page: int64(limit + 1),
	})
	if err != nil {
		return nil, "", err
	}
	return page(rows, limit)
}

// By gives what a party wrote about the goods of a seller, the newest first and at most so many, to the staff of the seller.
func By(tx *db.Tx, of seller.ID, party string, most int) ([]Review, error) {
	if err := works(tx.Who(), of, ScopeRead); err != nil || party == "" {
		return nil, err
	}
	rows, err := reviewdb.New(tx).OfPartyAt(tx.Context(), reviewdb.OfPartyAtParams{Party: party, Seller: string(of), Most: int64(most)})
	if err != nil {
		return nil, err
	}
	return reviewsOf(rows)
}

// Waiting counts the reviews about which the staff of a seller has not decided.
func Waiting(tx *db.Tx, of seller.ID) (int64, error) {
	if err := works(tx.Who(), of, ScopeRead); err != nil {
		return 0, err
	}
	return reviewdb.New(tx).Waiting(tx.Context(), string(of))
}

// Leave takes the name off the reviews of a party whose account is erased. What is shown stays, for others have bought by
// it, and says no more who wrote it; the rest goes, with all pictures that he brought and that are not shown.
func Leave(tx *db.Tx, party string) error {
	q := reviewdb.New(tx)
	rows, err := q.AllOfParty(tx.Context(), party)
	if err != nil {
		return err
	}
	all, err := reviewsOf(rows)
	if err != nil {
		return err
	}
	brought, err := q.BroughtBy(tx.Context(), party)
	if err != nil {
		return err
	}
	for i := range all {
		if all[i].State != StateShown {
			all[i].Pictures = nil
		}
	}
	later := reviewdb.New(tx.Later())
	return errors.Join(
		noted(tx, all...), media.LetGo(tx, brought...),
		later.ForgetUnshown(tx.Context(), party), later.LeaveNameless(tx.Context(), party), later.ForgetPictures(tx.Context(), party),
	)
}

// Mismatch is a product whose kept stars are not those of its reviews.
type Mismatch struct {
	Product catalog.ProductID
	Kept    int64
	Counted int64
}

// Audit compares the kept stars with the reviews; a healthy house has no mismatch.
func Audit(tx *db.Tx) ([]Mismatch, error) {
	rows, err := reviewdb.New(tx).Uneven(tx.Context())
	all := make([]Mismatch, len(rows))
	for i, r := range rows {
		all[i] = Mismatch{catalog.ProductID(r.Product), r.Kept, r.Counted}
	}
	return all, err
}
