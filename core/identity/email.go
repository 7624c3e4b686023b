package identity

import (
	"sauda/core/identity/identitydb"
	"sauda/gear/db"
)

// ChangeEmail gives a user another address, which the face has seen proved. One that somebody has is ErrEmailTaken. The
// party that the user acts for is written to at the same address from now on.
func ChangeEmail(tx *db.Tx, id UserID, email string) (User, error) {
	check := checker{}
	email = check.email(email)
	if err := ErrInvalid.Fields(check.fields...); err != nil {
		return User{}, err
	}
	user, err := Get(tx, id)
	if err != nil || user.Email == email {
		return user, err
	}
	rows, err := identitydb.New(tx).SetEmail(tx.Context(), identitydb.SetEmailParams{Email: email, ID: string(id)})
	if err != nil {
		return User{}, err
	}
	if rows == 0 {
		return User{}, ErrEmailTaken.About("%s", id)
	}
	if user.Party != "" {
		err = identitydb.New(tx.Later()).SetPartyEmail(tx.Context(), identitydb.SetPartyEmailParams{Email: email, ID: string(user.Party)})
		if err != nil {
			return User{}, err
		}
	}
	user.Email = email
	return user, tx.Emit(EmailChanged{User: id})
}
