package identity

import (
	"database/sql"
	"errors"
	"slices"
	"strings"

	"sauda/base/fault"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/identity/identitydb"
	"sauda/gear/db"
)

// Get gives a user, or ErrUnknown.
func Get(tx *db.Tx, id UserID) (User, error) {
	user, _, err := load(tx, id)
	return user, err
}

func load(tx *db.Tx, id UserID) (user User, hash string, err error) {
	return read(identitydb.New(tx).User(tx.Context(), string(id)))
}

// ByEmail gives the user with an address, in whatever case it is written, and the hash of the password. It is ErrUnknown
// for an address that nobody has: who signs in must not learn which of the two was wrong, so the face says the same.
func ByEmail(tx *db.Tx, email string) (user User, hash string, err error) {
	stored, ok := Address(email)
	if !ok {
		return User{}, "", ErrUnknown.About("no address")
	}
	return read(identitydb.New(tx).UserByEmail(tx.Context(), stored))
}

func read(row identitydb.User, err error) (User, string, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return User{}, "", ErrUnknown
	}
	if err != nil {
		return User{}, "", err
	}
	return fromRow(row), row.Hash, nil
}

func fromRow(row identitydb.User) User {
	return User{ID: UserID(row.ID), Email: row.Email, Name: row.Name, Lang: row.Lang, Role: Role(row.Role),
		Scopes: strings.Fields(row.Scopes), Seller: row.Seller, Party: PartyID(row.Party), State: State(row.State)}
}

// Users gives users by their ids, in one statement. One that is not there is left out.
func Users(tx *db.Tx, ids []UserID) (map[UserID]User, error) {
	users := make(map[UserID]User, len(ids))
	if len(ids) == 0 {
		return users, nil
	}
	rows, err := identitydb.New(tx).Users(tx.Context(), db.In(ids))
	for _, row := range rows {
		users[UserID(row.ID)] = fromRow(row)
	}
	return users, err
}

// Office gives the staff and the administrators, by id.
func Office(tx *db.Tx) ([]User, error) {
	rows, err := identitydb.New(tx).Office(tx.Context(), officeMax)
	if err != nil {
		return nil, err
	}
	users := make([]User, 0, len(rows))
	for _, row := range rows {
		users = append(users, fromRow(row))
	}
	return users, nil
}

func store(tx *db.Tx, u User, hash string) error {
	return identitydb.New(tx.Later()).SetUser(tx.Context(), identitydb.SetUserParams{ID: string(u.ID), Name: u.Name,
		Lang: u.Lang, Scopes: strings.Join(u.Scopes, " "), State: string(u.State), Hash: hash})
}

// Grant says what a member of staff may do from now on, and nothing else. Buyers and administrators have no scopes and
// are refused with ErrNotStaff.
func Grant(tx *db.Tx, id UserID, scopes []string) (User, error) {
	user, hash, err := load(tx, id)
	if err != nil {
		return User{}, err
	}
	if user.Role != RoleStaff {
		return User{}, ErrNotStaff.About("%s is %s", id, user.Role)
	}
	check := checker{}
	granted := check.scopes(scopes)
	if err := ErrInvalid.Fields(check.fields...); err != nil || slices.Equal(granted, user.Scopes) {
		return user, err
	}
	was := user
	user.Scopes = granted
	if err := store(tx, user, hash); err != nil {
		return User{}, err
	}
	if err := tx.Changed(string(id), was, user); err != nil {
		return User{}, err
	}
	return user, tx.Emit(Granted{User: id, Scopes: granted})
}

// Rename gives a user another name. The party keeps its own.
func Rename(tx *db.Tx, id UserID, name string) (User, error) {
	check := checker{}
	name = check.name("/name", name)
	if err := ErrInvalid.Fields(check.fields...); err != nil {
		return User{}, err
	}
	user, hash, err := load(tx, id)
	if err != nil || user.Name == name {
		return user, err
	}
	user.Name = name
	if err := store(tx, user, hash); err != nil {
		return User{}, err
	}
	return user, tx.Emit(Renamed{User: id})
}

// Speak chooses the language in which the house speaks to a user.
func Speak(tx *db.Tx, id UserID, lang string) (User, error) {
	if !slices.Contains(text.Languages, lang) {
		return User{}, ErrInvalid.At("/lang", fault.Say("Choose kk, ru, en or zh."))
	}
	user, hash, err := load(tx, id)
	if err != nil || user.Lang == lang {
		return user, err
	}
	user.Lang = lang
	return user, store(tx, user, hash)
}

// ChangePassword keeps another hash. What ends the sessions of the old password follows from PasswordChanged.
func ChangePassword(tx *db.Tx, id UserID, hash string) error {
	if hash == "" || len(hash) > hashMax {
		return ErrInvalid.At("/password", fault.Say("Choose another password."))
	}
	user, _, err := load(tx, id)
	if err != nil {
		return err
	}
	if err := store(tx, user, hash); err != nil {
		return err
	}
	return tx.Emit(PasswordChanged{User: id})
}

// Suspend keeps a user from signing in. Twice is the same as once. The last administrator who can sign in stays.
func Suspend(tx *db.Tx, id UserID, reason string) (User, error) {
	tx.Strict() // Two administrators could suspend each other.
	if err := text.Limit(reason, reasonMax); err != nil {
		return User{}, err
	}
	user, hash, err := load(tx, id)
	if err != nil || user.State == StateSuspended {
		return user, err
	}
	if user.Role == RoleAdmin {
		admins, err := identitydb.New(tx).Admins(tx.Context())
		if err != nil {
			return User{}, err
		}
		if admins <= 1 {
			return User{}, ErrLastAdmin.About("%s", id)
		}
	}
	was := user
	user.State = StateSuspended
	if err := store(tx, user, hash); err != nil {
		return User{}, err
	}
	if err := tx.Changed(string(id), was, user); err != nil {
		return User{}, err
	}
	return user, tx.Emit(Suspended{User: id, Reason: reason})
}

// Reinstate lets a suspended user sign in again. Twice is the same as once.
func Reinstate(tx *db.Tx, id UserID) (User, error) {
	user, hash, err := load(tx, id)
	if err != nil || user.State == StateActive {
		return user, err
	}
	was := user
	user.State = StateActive
	if err := store(tx, user, hash); err != nil {
		return User{}, err
	}
	if err := tx.Changed(string(id), was, user); err != nil {
		return User{}, err
	}
	return user, tx.Emit(Reinstated{User: id})
}

// GetParty gives a person or an organisation, or ErrNoParty.
func GetParty(tx *db.Tx, id PartyID) (Party, error) {
	row, err := identitydb.New(tx).Party(tx.Context(), string(id))
	if errors.Is(err, sql.ErrNoRows) {
		return Party{}, ErrNoParty.About("%.60s", string(id))
	}
	return partyOf(row), err
}

// Parties gives the parties with these ids in one statement. An id that is not known is left out.
func Parties(tx *db.Tx, ids []PartyID) (map[PartyID]Party, error) {
	parties := make(map[PartyID]Party, len(ids))
	if len(ids) == 0 {
		return parties, nil
	}
	rows, err := identitydb.New(tx).Parties(tx.Context(), db.In(ids))
	for _, row := range rows {
		parties[PartyID(row.ID)] = partyOf(row)
	}
	return parties, err
}

func partyOf(row identitydb.Party) Party {
	return Party{ID: PartyID(row.ID), Kind: PartyKind(row.Kind), Name: row.Name, TaxNumber: row.TaxNumber,
		Email: row.Email, Phone: row.Phone, Country: place.Country(row.Country)}
}

// Correct changes what a party told about itself: its name, tax number and telephone number. Documents that were written
// keep what they say.
func Correct(tx *db.Tx, id PartyID, name, taxNumber, phone string) (Party, error) {
	party, err := GetParty(tx, id)
	if err != nil {
		return Party{}, err
	}
	check := checker{}
	party.Name = check.name("/name", name)
	party.TaxNumber = check.taxNumber(party.Kind, party.Country, taxNumber)
	party.Phone = check.phone(phone, party.Country)
	if err := ErrInvalid.Fields(check.fields...); err != nil {
		return Party{}, err
	}
	err = identitydb.New(tx.Later()).SetParty(tx.Context(), identitydb.SetPartyParams{ID: string(id), Name: party.Name,
		TaxNumber: party.TaxNumber, Phone: party.Phone})
	return party, err
}
