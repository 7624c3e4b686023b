package wish

import (
	"database/sql"
	"errors"

	"sauda/base/span"
	"sauda/core/wish/wishdb"
	"sauda/gear/db"
)

// Join brings a guest's list to the party that signs in, and gives the party's. When the party has none, the guest's becomes
// it. Otherwise its things join; what both keep stays as the party has it, and nothing is left out, though there may be more
// than a list otherwise takes. Joined twice, it changes nothing. Without a guest's list the party's is as it was; without any
// there is none.
func Join(tx *db.Tx, guest ListID, party string) (List, error) {
	if party == "" {
		return List{}, ErrParty.About("join %.60q", string(guest))
	}
	q := wishdb.New(tx)
	mine, err := q.OfParty(tx.Context(), party)
	has := err == nil
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return List{}, err
	}
	if !guest.Valid() {
		return listOf(mine), nil
	}
	theirs, err := q.OfGuest(tx.Context(), string(guest))
	if errors.Is(err, sql.ErrNoRows) {
		return listOf(mine), nil
	}
	if err != nil {
		return List{}, err
	}
	at := span.Micros(tx.Now())
	if !has {
		err := q.Adopt(tx.Context(), wishdb.AdoptParams{ID: theirs.ID, Party: party, At: at})
		if db.Breaks(err) == db.BrokenUnique { // Another device of the same buyer was faster.
			err = errors.Join(db.ErrRace, err)
		}
		if err != nil {
			return List{}, err
		}
		theirs.Party = party
		return listOf(theirs), tx.Emit(Joined{ListID(theirs.ID), ListID(theirs.ID), party})
	}
	both, err := q.Both(tx.Context(), wishdb.BothParams{One: theirs.ID, Other: mine.ID})
	if err != nil {
		return List{}, err
	}
	for _, r := range both { // One person keeps it once.
		if err := tx.Emit(dropped(ListID(theirs.ID), thingOf(r))); err != nil {
			return List{}, err
		}
	}
	n, err := q.Bring(tx.Context(), wishdb.BringParams{IntoList: mine.ID, FromList: theirs.ID})
	if err != nil {
		return List{}, err
	}
	mine.Things += n
	lists, later := db.In([]string{theirs.ID}), wishdb.New(tx.Later())
	err = errors.Join(
		later.Recount(tx.Context(), wishdb.RecountParams{ID: mine.ID, Things: mine.Things, At: at}),
		later.Empty(tx.Context(), lists), later.Close(tx.Context(), lists),
	)
	if err != nil {
		return List{}, err
	}
	return listOf(mine), tx.Emit(Joined{ListID(theirs.ID), ListID(mine.ID), party})
}

// Leave takes the list of a party away whose account is erased. Without one nothing changes.
func Leave(tx *db.Tx, party string) error {
	if party == "" {
		return ErrParty.About("leave")
	}
	row, err := wishdb.New(tx).OfParty(tx.Context(), party)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return forget(tx, []string{row.ID})
}

// Expire takes lists of guests away that nobody has touched for half a year, at most limit of them and the oldest first, and
// says how many they were. Call it again while it gives limit.
func Expire(tx *db.Tx, limit int) (int, error) {
	ids, err := wishdb.New(tx).Untouched(tx.Context(), wishdb.UntouchedParams{Since: span.Micros(tx.Now().Add(-idleMax)), Most: int64(limit)})
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return len(ids), forget(tx, ids)
}

func forget(tx *db.Tx, ids []string) error {
	lists, later := db.In(ids), wishdb.New(tx.Later())
	if err := errors.Join(later.Empty(tx.Context(), lists), later.Close(tx.Context(), lists)); err != nil {
		return err
	}
	for _, id := range ids {
		if err := tx.Emit(Lapsed{ListID(id)}); err != nil {
			return err
		}
	}
	return nil
}
