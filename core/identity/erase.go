package identity

import (
	"database/sql"
	"errors"
	"time"

	"sauda/base/span"
	"sauda/core/identity/identitydb"
	"sauda/gear/db"
)

// ErasureWait is how long a buyer may think better of it, after he asked for his account to be erased: long enough for the
// letter about it to be read by whoever was on holiday over a weekend.
const ErasureWait = 7 * 24 * time.Hour

// Erasure is the wish of a buyer that his account be erased.
type Erasure struct {
	User  UserID
	Party PartyID
	Asked time.Time
	Due   time.Time
	Done  time.Time // Done is zero while it waits.
}

// AskErasure has an account of a buyer erased when ErasureWait is over. Asked twice, the first day stays. The accounts of
// the office are ended by the office: that is ErrNotBuyer.
func AskErasure(tx *db.Tx, id UserID) (Erasure, error) {
	user, err := Get(tx, id)
	if err != nil {
		return Erasure{}, err
	}
	if user.Role != RoleBuyer {
		return Erasure{}, ErrNotBuyer.About("%s is %s", id, user.Role)
	}
	if err := owned(tx, user.Party); err != nil {
		return Erasure{}, err
	}
	err = identitydb.New(tx).AskErasure(tx.Context(), identitydb.AskErasureParams{
		UserID: string(id), Party: string(user.Party), AskedAt: span.Micros(tx.Now()), DueAt: span.Micros(tx.Now().Add(ErasureWait)),
	})
	if err != nil {
		return Erasure{}, err
	}
	e, _, err := ErasureOf(tx, id)
	return e, err
}

// ErasureOf gives the wish of a user, if there is one.
func ErasureOf(tx *db.Tx, id UserID) (Erasure, bool, error) {
	row, err := identitydb.New(tx).Erasure(tx.Context(), string(id))
	if errors.Is(err, sql.ErrNoRows) {
		return Erasure{}, false, nil
	}
	e := Erasure{User: UserID(row.UserID), Party: PartyID(row.Party), Asked: span.FromMicros(row.AskedAt), Due: span.FromMicros(row.DueAt)}
	if row.DoneAt != 0 {
		e.Done = span.FromMicros(row.DoneAt)
	}
	return e, err == nil, err
}

// KeepAccount takes the wish back. Without one nothing changes.
func KeepAccount(tx *db.Tx, id UserID) error {
	_, err := identitydb.New(tx).DropErasure(tx.Context(), string(id))
	return err
}

// DueErasures gives at most so many accounts whose time to think is over, those that are due longest first.
func DueErasures(tx *db.Tx, most int) ([]Erasure, error) {
	rows, err := identitydb.New(tx).DueErasures(tx.Context(), identitydb.DueErasuresParams{Now: span.Micros(tx.Now()), Most: int64(most)})
	due := make([]Erasure, len(rows))
	for i, r := range rows {
		due[i] = Erasure{User: UserID(r.UserID), Party: PartyID(r.Party)}
	}
	return due, err
}

// Erase takes everything that says who it was out of a user and its party: name, addresses, telephone, tax number,
// password. The ids stay, for orders and the ledger name them; the decisions about consent stay as the proof, with nothing
// but the id. The address is free for somebody new. Erased twice is erased once.
func Erase(tx *db.Tx, e Erasure) error {
	q := identitydb.New(tx)
	rows, err := q.CloseErasure(tx.Context(), identitydb.CloseErasureParams{DoneAt: span.Micros(tx.Now()), UserID: string(e.User)})
	if err != nil || rows == 0 {
		return err
	}
	later := identitydb.New(tx.Later())
	err = errors.Join(
		// RFC 2606 §2: nobody ever has an address of this ending.
		later.BlankUser(tx.Context(), identitydb.BlankUserParams{Email: string(e.User) + "@erased.invalid", ID: string(e.User)}),
		later.BlankParty(tx.Context(), string(e.Party)),
		later.DropAddresses(tx.Context(), string(e.Party)),
	)
	if err != nil {
		return err
	}
	return tx.Emit(Erased{User: e.User, Party: e.Party})
}
