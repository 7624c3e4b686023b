package identity

import (
	"encoding/json"
	"fmt"
	"time"

	"sauda/base/place"
	"sauda/base/span"
	"sauda/core/identity/identitydb"
	"sauda/gear/db"
)

// AddressID names an address that is kept.
type AddressID string

// KeptAddress is an address that a buyer keeps for his next orders.
type KeptAddress struct {
	ID AddressID
	place.Address
	Preferred bool // Preferred is the one that is offered first.
	Kept      time.Time
}

// addressesMax is more than anybody sends to.
const addressesMax = 20

// owned refuses who does not act for a party: somebody else's is as unknown as none.
func owned(tx *db.Tx, party PartyID) error {
	if who := tx.Who(); party == "" || who.Party != string(party) && who.Kind != db.KindSystem {
		return ErrNoParty.About("%s for %.60s", who.ID, string(party))
	}
	return nil
}

// Addresses gives what a party keeps, the preferred one first, then the latest. Only who acts for it may see them.
func Addresses(tx *db.Tx, party PartyID) ([]KeptAddress, error) {
	if err := owned(tx, party); err != nil {
		return nil, err
	}
	rows, err := identitydb.New(tx).Addresses(tx.Context(), string(party))
	kept := make([]KeptAddress, len(rows))
	for i, r := range rows {
		kept[i] = KeptAddress{ID: AddressID(r.ID), Preferred: r.Preferred == 1, Kept: span.FromMicros(r.KeptAt)}
		if err := json.Unmarshal([]byte(r.Body), &kept[i].Address); err != nil {
			return nil, fmt.Errorf("identity: the address %s as it is stored: %w", r.ID, err)
		}
	}
	return kept, err
}

// judged gives an address as it is kept: clean, with a telephone number that can be called, or every field that is wrong.
func judged(a place.Address) (place.Address, error) {
	a = a.Cleaned()
	check := checker{}
	a.Phone = check.phone(a.Phone, a.Country)
	err := a.Check()
	if err == nil {
		return a, place.ErrAddress.Fields(check.fields...)
	}
	return a, err
}

// KeepAddress keeps an address of a party. One that is kept already is kept once; the first one is preferred.
func KeepAddress(tx *db.Tx, party PartyID, a place.Address) (KeptAddress, error) {
	a, err := judged(a)
	if err != nil {
		return KeptAddress{}, err
	}
	tx.Lock("addresses:" + string(party))
	all, err := Addresses(tx, party)
	if err != nil {
		return KeptAddress{}, err
	}
	for _, k := range all {
		if k.Address == a {
			return k, nil
		}
	}
	if len(all) >= addressesMax {
		return KeptAddress{}, ErrManyAddresses.About("%s", party)
	}
	body, err := json.Marshal(a)
	if err != nil {
		return KeptAddress{}, err
	}
	k := KeptAddress{ID: AddressID(tx.Mint("adr")), Address: a, Preferred: len(all) == 0, Kept: tx.Now()}
	err = identitydb.New(tx).KeepAddress(tx.Context(), identitydb.KeepAddressParams{
		ID: string(k.ID), Party: string(party), Body: string(body), Preferred: flag(k.Preferred), KeptAt: span.Micros(k.Kept),
	})
	return k, err
}

// AlterAddress keeps another address in the place of one. Orders have their own copies and stay as they are.
func AlterAddress(tx *db.Tx, party PartyID, id AddressID, a place.Address) error {
	if err := owned(tx, party); err != nil {
		return err
	}
	a, err := judged(a)
	if err != nil {
		return err
	}
	body, err := json.Marshal(a)
	if err != nil {
		return err
	}
	rows, err := identitydb.New(tx).SetAddress(tx.Context(), identitydb.SetAddressParams{Body: string(body), ID: string(id), Party: string(party)})
	return found(rows, err, id)
}

// PreferAddress has an address of a party offered first.
func PreferAddress(tx *db.Tx, party PartyID, id AddressID) error {
	if err := owned(tx, party); err != nil {
		return err
	}
	q := identitydb.New(tx)
	if err := q.UnpreferAddresses(tx.Context(), string(party)); err != nil {
		return err
	}
	rows, err := q.PreferAddress(tx.Context(), identitydb.PreferAddressParams{ID: string(id), Party: string(party)})
	return found(rows, err, id)
}

// ForgetAddress keeps an address no longer. When it was the preferred one, the latest of the others is.
func ForgetAddress(tx *db.Tx, party PartyID, id AddressID) error {
	if err := owned(tx, party); err != nil {
		return err
	}
	gone, err := identitydb.New(tx).DropAddress(tx.Context(), identitydb.DropAddressParams{ID: string(id), Party: string(party)})
	if err := found(int64(len(gone)), err, id); err != nil || gone[0] == 0 {
		return err
	}
	left, err := Addresses(tx, party)
	if err != nil || len(left) == 0 {
		return err
	}
	return PreferAddress(tx, party, left[0].ID)
}

func found(rows int64, err error, id AddressID) error {
	if err == nil && rows == 0 {
		err = ErrNoAddress.About("%.60s", string(id))
	}
	return err
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
