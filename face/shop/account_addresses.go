package shop

import (
	"sauda/base/place"
	"sauda/core/identity"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f *face) mountAddresses(site *web.Site) {
	web.Page(site, "GET /account/addresses", f.addresses, web.SignedIn())
	web.Page(site, "GET /account/addresses/new", f.addressNew, web.SignedIn())
	web.Form(site, "POST /account/addresses", f.keepAddress, web.SignedIn())
	web.Page(site, "GET /account/addresses/{id}", f.addressOf, web.SignedIn())
	web.Form(site, "POST /account/addresses/{id}", f.alterAddress, web.SignedIn())
	web.Form(site, "POST /account/addresses/{id}/prefer", f.preferAddress, web.SignedIn())
	web.Form(site, "POST /account/addresses/{id}/remove", f.removeAddress, web.SignedIn())
}

// addressesView is the page of the addresses that a buyer keeps.
type addressesView struct {
	cabinet
	Addresses []identity.KeptAddress
}

// addressView is the page on which one is written.
type addressView struct {
	cabinet
	To string // To is where the form goes.
}

// book begins a page of the addresses of who is signed in.
func (f *face) book(tx *db.Tx, in accountAsk) (cabinet, error) {
	c, err := f.cabinetOf(tx, in, "addresses")
	if err == nil {
		err = c.buyer()
	}
	return c, err
}

func (f *face) addresses(tx *db.Tx, in accountAsk) (web.View, error) {
	c, err := f.book(tx, in)
	if err != nil {
		return nil, err
	}
	all, err := identity.Addresses(tx, c.User.Party)
	return addressesPage(addressesView{c, all}), err
}

func (f *face) addressNew(tx *db.Tx, in accountAsk) (web.View, error) {
	c, err := f.book(tx, in)
	if err != nil {
		return nil, err
	}
	p, err := identity.GetParty(tx, c.User.Party)
	c.Form.Values = valuesOf(place.Address{Country: place.KZ, Region: place.Almaty, Name: c.User.Name, Phone: p.Phone})
	return addressPage(addressView{c, "/account/addresses"}), err
}

type keptAsk struct {
	accountAsk
	ID identity.AddressID `path:"id" maxLength:"60"`
}

func (f *face) addressOf(tx *db.Tx, in keptAsk) (web.View, error) {
	c, err := f.book(tx, in.accountAsk)
	if err != nil {
		return nil, err
	}
	k, err := keptOf(tx, c.User.Party, in.ID)
	c.Form.Values = valuesOf(k.Address)
	return addressPage(addressView{c, "/account/addresses/" + string(in.ID)}), err
}

// keptOf gives one of the addresses of a party.
func keptOf(tx *db.Tx, party identity.PartyID, id identity.AddressID) (identity.KeptAddress, error) {
	all, err := identity.Addresses(tx, party)
	if err != nil {
		return identity.KeptAddress{}, err
	}
	for _, k := range all {
		if k.ID == id {
			return k, nil
		}
	}
	return identity.KeptAddress{}, identity.ErrNoAddress.About("%.60s", string(id))
}

// valuesOf fills the form of an address.
func valuesOf(a place.Address) map[string]string {
	return map[string]string{
		"name": a.Name, "phone": a.Phone, "country": string(a.Country), "region": string(a.Region), "city": a.City,
		"postcode": a.Postcode, "street": a.Street, "house": a.House, "flat": a.Flat, "comment": a.Comment,
	}
}

// placed are the fields of an address in a form.
type placed struct {
	Name     string        `json:"name" maxLength:"150"`
	Phone    string        `json:"phone,omitempty" maxLength:"30"`
	Country  place.Country `json:"country" maxLength:"2"`
	Region   place.Region  `json:"region,omitempty" maxLength:"9"`
	City     string        `json:"city,omitempty" maxLength:"100"`
	Postcode string        `json:"postcode,omitempty" maxLength:"16"`
	Street   string        `json:"street,omitempty" maxLength:"200"`
	House    string        `json:"house,omitempty" maxLength:"20"`
	Flat     string        `json:"flat,omitempty" maxLength:"20"`
	Comment  string        `json:"comment,omitempty" maxLength:"500"`
}

// address is what the form says. The list of regions is for Kazakhstan; elsewhere it was left as it stood.
func (p placed) address() place.Address {
	a := place.Address{
		Country: p.Country, Region: p.Region, City: p.City, Postcode: p.Postcode, Street: p.Street, House: p.House, Flat: p.Flat,
		Name: p.Name, Phone: p.Phone, Comment: p.Comment,
	}
	if a.Country != place.KZ {
		a.Region = ""
	}
	return a.WithTown()
}

type addressKept struct {
	web.Typed
	visitor
	placed
}

// keepAddress keeps another address.
func (f *face) keepAddress(tx *db.Tx, in addressKept) (web.Then, error) {
	return f.written(tx, in, "/account/addresses", func(party identity.PartyID) error {
		_, err := identity.KeepAddress(tx, party, in.address())
		return err
	})
}

type addressAltered struct {
	addressKept
	ID identity.AddressID `path:"id" maxLength:"60"`
}

// alterAddress changes an address that is kept.
func (f *face) alterAddress(tx *db.Tx, in addressAltered) (web.Then, error) {
	return f.written(tx, in.addressKept, "/account/addresses/"+string(in.ID), func(party identity.PartyID) error {
		return identity.AlterAddress(tx, party, in.ID, in.address())
	})
}

// written does what a form of an address asks for, or shows the form again.
func (f *face) written(tx *db.Tx, in addressKept, to string, do func(identity.PartyID) error) (web.Then, error) {
	c, err := f.book(tx, accountAsk{visitor: in.visitor})
	if err != nil {
		return web.Then{}, err
	}
	if in.OK() {
		if err = do(c.User.Party); err == nil {
			return web.See("/account/addresses?done=address"), nil
		}
	}
	if err != nil && !refused(err) {
		return web.Then{}, err
	}
	c.page, c.Form = c.at("/account/addresses"), typed(tx.Context(), in.Typed, err)
	return web.Again(addressPage(addressView{c, to})), nil
}

// preferAddress has an address offered first.
func (f *face) preferAddress(tx *db.Tx, in keptAsk) (web.Then, error) {
	c, err := f.book(tx, in.accountAsk)
	if err != nil {
		return web.Then{}, err
	}
	return web.See("/account/addresses?done=saved"), identity.PreferAddress(tx, c.User.Party, in.ID)
}

// removeAddress keeps an address no longer.
func (f *face) removeAddress(tx *db.Tx, in keptAsk) (web.Then, error) {
	c, err := f.book(tx, in.accountAsk)
	if err != nil {
		return web.Then{}, err
	}
	err = identity.ForgetAddress(tx, c.User.Party, in.ID)
	if unknown(err) { // Pressed twice.
		err = nil
	}
	return web.See("/account/addresses?done=removed"), err
}
