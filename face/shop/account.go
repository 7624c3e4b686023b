package shop

import (
	"sauda/core/identity"
	"sauda/core/order"
	"sauda/flow/account"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f *face) mountAccount(site *web.Site, server *web.Server) {
	web.Page(site, "GET /account", f.accountHome, web.SignedIn())
	f.mountOwnData(site)
	f.mountDevices(site)
	f.mountAddresses(site)
	f.mountCards(site)
	f.mountSubscriptions(site)
	f.mountWritten(site)
	f.mountPasskeys(site, server)
	f.mountPrivacy(site, server)
}

// cabinet is what every page of somebody's account has.
type cabinet struct {
	page
	User    identity.User
	Part    string            // Part is the page of the account.
	Leaving *identity.Erasure // Leaving is set while the account waits to be erased.
	Done    string            // Done names what was done just now, to be said on top.
	Form    form
}

// accountAsk is what every page of the account may be told.
type accountAsk struct {
	visitor
	Done string `query:"done" maxLength:"20"`
}

// dones are what a page of the account can say that it was done.
var dones = map[string]bool{
	"saved": true, "email": true, "password": true, "device": true, "devices": true, "address": true, "removed": true,
	"kept": true, "passkey": true, "withdrawn": true, "applied": true, "asked": true, "left": true, "line": true,
}

// cabinetOf begins a page of the account of who is signed in.
func (f *face) cabinetOf(tx *db.Tx, in accountAsk, part string) (cabinet, error) {
	u, err := account.Person(tx)
	if err != nil {
		return cabinet{}, err
	}
	ctx := tx.Context()
	c := cabinet{page: f.page(ctx, in.visitor, "account", t(ctx, "account.part."+part)), User: u, Part: part}
	c.Form = form{Values: map[string]string{}, Wrong: map[string]string{}}
	if dones[in.Done] {
		c.Done = in.Done
	}
	e, leaving, err := identity.ErasureOf(tx, u.ID)
	if leaving {
		c.Leaving = &e
	}
	return c, err
}

// buys tells whether the account is that of a buyer: only those have orders, addresses and consents.
func (c cabinet) buys() bool { return c.User.Party != "" }

// parts are the pages of the account, in their order.
func (c cabinet) parts() []string {
	if !c.buys() {
		return []string{"data", "passkeys", "devices"}
	}
	return []string{"home", "estimates", "courses", "waiting", "subscriptions", "bills", "reviews", "data", "addresses", "cards", "passkeys", "devices", "privacy"}
}

// partTo is the address of a page of the account.
func partTo(part string) string {
	switch part {
	case "home":
		return "/account"
	case "bills":
		return "/bills"
	}
	return "/account/" + part
}

// accountView is the first page of the account.
type accountView struct {
	cabinet
	Orders []order.Summary
	More   bool // More says that there are more orders than those.
}

// ordersInShort is how many orders the first page of the account has.
const ordersInShort = 5

// accountHome greets and shows the latest orders. Who does not buy begins with his data.
func (f *face) accountHome(tx *db.Tx, in accountAsk) (web.View, error) {
	c, err := f.cabinetOf(tx, in, "home")
	if err != nil {
		return nil, err
	}
	if !c.buys() {
		return web.Onward("/account/data"), nil
	}
	v := accountView{cabinet: c}
	var next string
	v.Orders, next, err = order.List(tx, order.Filter{Party: string(c.User.Party), Limit: ordersInShort})
	v.More = next != ""
	return accountPage(v), err
}

// buyer refuses pages of the account that only buyers have.
func (c cabinet) buyer() error {
	if !c.buys() {
		return identity.ErrNoParty.About("%s is %s", c.User.ID, c.User.Role)
	}
	return nil
}
