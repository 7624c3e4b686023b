package api

import (
	"sauda/base/place"
	"sauda/core/identity"
	"sauda/flow/account"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountAddresses(api *web.API) {
	web.Query(api, "GET /v1/me/addresses", listAddresses, web.SignedIn(),
		web.Doc("List the addresses that a buyer keeps, the preferred one first.", "People"), web.Faults(identity.ErrNoParty, account.ErrGuest))
	web.Command(api, "POST /v1/me/addresses", keepAddress, web.SignedIn(), web.Status(201),
		web.Doc("Keep an address. One that is kept already is kept once; the first one is preferred. Where its region is another city than its town lies in, the town decides.", "People"),
		web.Faults(place.ErrAddress, identity.ErrManyAddresses, identity.ErrNoParty, account.ErrGuest))
	web.Command(api, "PUT /v1/me/addresses/{id}", alterAddress, web.SignedIn(),
		web.Doc("Change an address. Orders have their own copies and stay as they are.", "People"),
		web.Faults(place.ErrAddress, identity.ErrNoAddress, identity.ErrNoParty, account.ErrGuest))
	web.Command(api, "POST /v1/me/addresses/{id}/preference", preferAddress, web.SignedIn(),
		web.Doc("Have an address offered first.", "People"), web.Faults(identity.ErrNoAddress, identity.ErrNoParty, account.ErrGuest))
	web.Command(api, "DELETE /v1/me/addresses/{id}", forgetAddress, web.SignedIn(),
		web.Doc("Keep an address no longer.", "People"), web.Faults(identity.ErrNoAddress, identity.ErrNoParty, account.ErrGuest))
}

// keptAddressView is an address that a buyer keeps.
type keptAddressView struct {
	ID        identity.AddressID `json:"id"`
	Address   place.Address      `json:"address"`
	Preferred bool               `json:"preferred"`
}

func viewKept(k identity.KeptAddress) keptAddressView {
	return keptAddressView{k.ID, k.Address, k.Preferred}
}

func listAddresses(tx *db.Tx, _ struct{}) (web.List[keptAddressView], error) {
	u, err := account.Person(tx)
	if err != nil {
		return web.List[keptAddressView]{}, err
	}
	all, err := identity.Addresses(tx, u.Party)
	page := web.List[keptAddressView]{Items: make([]keptAddressView, len(all))}
	for i, k := range all {
		page.Items[i] = viewKept(k)
	}
	return page, err
}

type addressKept struct{ place.Address }

func keepAddress(tx *db.Tx, in addressKept) (keptAddressView, error) {
	u, err := account.Person(tx)
	if err != nil {
		return keptAddressView{}, err
	}
	k, err := identity.KeepAddress(tx, u.Party, in.WithTown())
	return viewKept(k), err
}

type addressAltered struct {
	ID identity.AddressID `path:"id" maxLength:"60" doc:"The address."`
	place.Address
}

func alterAddress(tx *db.Tx, in addressAltered) (web.None, error) {
	u, err := account.Person(tx)
	if err != nil {
		return web.None{}, err
	}
	return web.None{}, identity.AlterAddress(tx, u.Party, in.ID, in.WithTown())
}

type addressAsk struct {
	ID identity.AddressID `path:"id" maxLength:"60" doc:"The address."`
}

func preferAddress(tx *db.Tx, in addressAsk) (web.None, error) {
	u, err := account.Person(tx)
	if err != nil {
		return web.None{}, err
	}
	return web.None{}, identity.PreferAddress(tx, u.Party, in.ID)
}

func forgetAddress(tx *db.Tx, in addressAsk) (web.None, error) {
	u, err := account.Person(tx)
	if err != nil {
		return web.None{}, err
	}
	return web.None{}, identity.ForgetAddress(tx, u.Party, in.ID)
}
