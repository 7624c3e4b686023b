// Package api is the REST face: what programs see of the trade, under /v1, described by /openapi.json.
//
// A handler is a verb of a context with a contract type on each side. Buyers' routes are open to guests, who hold the
// unguessable id of their basket or order; the office's routes ask for scopes. Amounts are in minor units with their
// currency, quantities are decimal numbers, texts are objects by language.
package api

import (
	"sauda/base/money"
	"sauda/core/attachment"
	"sauda/core/digital"
	"sauda/core/media"
	"sauda/core/search"
	"sauda/core/shelf"
	"sauda/core/waitlist"
	"sauda/flow/account"
	"sauda/flow/checkout"
	"sauda/flow/collect"
	"sauda/flow/floor"
	"sauda/flow/fulfil"
	"sauda/flow/takeback"
	"sauda/gear/saga"
	"sauda/gear/seal"
	"sauda/gear/session"
	"sauda/gear/web"
)

// Deps are what the face speaks for.
type Deps struct {
	Shelf    *shelf.Shelf
	Search   *search.Keeper
	Desk     *checkout.Desk
	Packing  *fulfil.Bench
	Returns  *takeback.Desk
	Teller   *saga.Teller
	Collect  *collect.Collector // Collect asks providers of services that keep their books elsewhere.
	Sessions *session.Keeper
	Account  account.Desk       // Account does what people do about themselves.
	Attached attachment.Library // Attached keeps the files that buyers bring; who may see the basket or the order may see them.
	Sold     digital.Library    // Sold keeps the files that are sold.
	Media    media.Library      // Media keeps the files of goods; they are shown below /media/.
	Currency money.Currency     // Currency is in which prices are shown unless a request says otherwise.
	Webhooks Webhooks
	Keys     seal.Keys      // Keys seal the secrets of receivers.
	Floor    *floor.Floor   // Floor is the exchange; nil on a node where it does not run.
	Board    *floor.Board   // Board is what the public sees of it.
	Hammer   *floor.Hammer  // Hammer takes guarantees and has what bids are sealed by.
	Till     *floor.Till    // Till pays out what accounts have there.
	Notary   *floor.Notary  // Notary has the market make what two have agreed on by themselves.
	Waits    waitlist.Kinds // Waits are the contexts whose things are waited for.
}

// face is the API with what it speaks for.
type face struct{ Deps }

// Mount adds the routes of the API to a server.
func Mount(server *web.Server, d Deps) {
	f := face{d}
	api := server.API()
	f.mountProducts(api)
	f.mountCollections(api)
	f.mountSearch(api)
	f.mountCarts(api)
	f.mountOrders(api)
	f.mountBookings(api)
	f.mountBills(api)
	f.mountOfficeBookings(api)
	f.mountPeople(api)
	f.mountAccount(api)
	f.mountAddresses(api)
	f.mountCards(api)
	f.mountWebhooks(api)
	f.mountPromotions(api)
	f.mountReceivers(api)
	f.mountOffice(api)
	f.mountOfficeSearch(api)
	f.mountAttachments(api, server)
	f.mountDigital(api, server)
	f.mountReviews(api)
	f.mountQuestions(api)
	f.mountEstimates(api, server)
	f.mountCourses(api)
	f.mountWaits(api)
	f.mountSubscriptions(api)
	f.mountWishes(api)
	f.mountUploads(server)
	f.mountBiller(server)
	f.mountCalendars(server)
	f.mountExchange(api, server)
}
