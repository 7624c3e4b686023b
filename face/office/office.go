// Package office is where the people of a seller work: pages for orders, goods, stock, money and the house itself.
//
// Pages are rendered here and work without a script. A page reads one snapshot, a form acts in one moment and leads back
// to what it changed. Each asks for a scope of its own, the menu shows only what the reader may, and an object of another
// seller is as unknown as none. What belongs to the whole house (stories, facts, the audit) is shown to its keepers only:
// administrators and staff of the own shop.
package office

import (
	"context"
	"embed"
	"io/fs"

	"sauda/base/money"
	"sauda/core/attachment"
	"sauda/core/course"
	"sauda/core/customer"
	"sauda/core/digital"
	"sauda/core/enquiry"
	"sauda/core/exchange/conduct"
	"sauda/core/media"
	"sauda/core/order"
	"sauda/core/review"
	"sauda/core/search"
	"sauda/core/seller"
	"sauda/core/utility"
	"sauda/core/waitlist"
	"sauda/flow/display"
	"sauda/flow/floor"
	"sauda/flow/fulfil"
	"sauda/flow/gallery"
	"sauda/flow/intake"
	"sauda/flow/takeback"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/seal"
	"sauda/gear/session"
	"sauda/gear/web"
)

// Scopes of the office. They are the same as those of the API.
const (
	ScopeOrdersRead     = order.ScopeRead
	ScopeOrdersWrite    = order.ScopeWrite
	ScopeCustomersRead  = customer.ScopeRead
	ScopeCustomersWrite = customer.ScopeWrite
	ScopeCatalogRead    = "catalog.read"
	ScopeCatalogWrite   = "catalog.write"
	ScopeStockRead      = "stock.read"
	ScopeStockWrite     = "stock.write"
	ScopeMoneyRead      = "money.read"
	ScopeReviewsRead    = review.ScopeRead
	ScopeReviewsWrite   = review.ScopeWrite
	ScopeQuestionsRead  = enquiry.ScopeRead
	ScopeQuestionsWrite = enquiry.ScopeWrite
	ScopeCoursesRead    = course.ScopeRead
	ScopeCoursesWrite   = course.ScopeWrite
	ScopeCoursesTeach   = course.ScopeTeach
	ScopeHouseRead      = "house.read"
	ScopeHouseWrite     = "house.write"
	ScopeExchangeRead   = "exchange.read"
	ScopeExchangeWrite  = "exchange.write"
	ScopeExchangeDecide = "exchange.decide" // ScopeExchangeDecide is to propose and to confirm what two people decide.
	ScopeExchangeWatch  = conduct.ScopeWatch
)

// Scopes are all that staff may be granted, in the order of the pages.
var Scopes = []string{
	ScopeOrdersRead, ScopeOrdersWrite, ScopeCustomersRead, ScopeCustomersWrite, ScopeCatalogRead, ScopeCatalogWrite,
	ScopeStockRead, ScopeStockWrite, ScopeMoneyRead,
	ScopeReviewsRead, ScopeReviewsWrite, ScopeQuestionsRead, ScopeQuestionsWrite, ScopeHouseRead, ScopeHouseWrite,
	ScopeExchangeRead, ScopeExchangeWrite, ScopeExchangeDecide, ScopeExchangeWatch,
	utility.ScopeRead, utility.ScopeWrite, ScopeCoursesRead, ScopeCoursesWrite, ScopeCoursesTeach,
}

// Finding is something that the doctor noticed.
type Finding struct {
	Area    string // Area is what was looked at: the ledger, the stock.
	Serious bool   // Serious is what must not be; the rest is worth knowing.
	What    string
	Hint    string // Hint says what to do.
}

// Deps are what the office works with.
type Deps struct {
	Store     *db.Store
	Packing   *fulfil.Bench
	Floor     *floor.Floor // Floor runs the exchange; nil on a node where it does not run.
	Board     *floor.Board // Board is what the public sees of it.
	Returns   *takeback.Desk
	Imports   *intake.Desk
	Search    *search.Keeper // Search keeps the index that queries are tried on.
	Watch     *Watch         // Watch wakes open pages when what they show changes; its Followers are the bus's.
	Sessions  *session.Keeper
	Attached  attachment.Library                           // Attached keeps what belongs to one order, and the documents of those who want to become investors.
	Sold      digital.Library                              // Sold keeps the files that are sold.
	Taught    course.Library                               // Taught keeps what students read and watch.
	Media     media.Library                                // Media keeps the files of goods; they are shown below /media/.
	Hosts     display.Prover                               // Hosts looks whether names of the internet are the shop's.
	PublicURL string                                       // PublicURL is how browsers reach the house; public addresses begin with it.
	Keys      seal.Keys                                    // Keys seal the secrets of the programs that are told.
	Currency  money.Currency                               // Currency is in which prices are set.
	Doctor    func(ctx context.Context) ([]Finding, error) // Doctor looks at the whole house and says what is wrong.
	Waits     waitlist.Kinds                               // Waits are the contexts whose things are waited for.
	Exchange  func() bool                                  // Exchange tells whether the exchange has anything to show; nil is no.
	Pieces    bool                                         // Pieces shows the page of all components, in a house that only demonstrates.
}

// face is the office with what it works with.
type face struct {
	Deps
	assets *web.Assets
}

//go:embed texts/*.json
var texts embed.FS

//go:embed assets
var assets embed.FS

func init() { i18n.Have(texts) }

// assetsPath is where the office's style is served.
const assetsPath = "/office/assets/"

// Mount adds the pages of the office to a site. The site's fault page is the app's to choose: Fault is the one of the
// office.
func Mount(server *web.Server, site *web.Site, d Deps) {
	if d.Doctor == nil {
		panic("office: Deps.Doctor is not set")
	}
	files, err := fs.Sub(assets, "assets")
	if err != nil {
		panic("office: " + err.Error()) // The folder is embedded.
	}
	if d.Watch == nil {
		panic("office: Deps.Watch is not set")
	}
	f := face{Deps: d}
	if f.assets, err = server.Assets(assetsPath, files); err != nil {
		panic("office: " + err.Error())
	}
	f.mountHome(site)
	f.mountStart(site)
	f.mountFind(site)
	f.mountPieces(site)
	f.mountLists(server, site)
	f.mountBulk(site)
	f.mountGrid(site)
	f.mountPack(site)
	f.mountLive(server)
	f.mountOrders(site)
	f.mountShipments(site)
	f.mountServices(server, site)
	f.mountCustomers(site)
	f.mountProducts(site)
	f.mountMedia(site)
	f.mountLibrary(site)
	f.mountAttributes(site)
	f.mountCare(site)
	f.mountKind(site)
	f.mountDigital(site)
	f.mountGather(site)
	f.mountReviews(site)
	f.mountQuestions(site)
	f.mountPromotions(site)
	f.mountSearch(site)
	f.mountCategories(site)
	f.mountImports(server, site)
	f.mountExport(server, site)
	f.mountDefinitions(site)
	f.mountStock(site)
	f.mountWarehouses(site)
	f.mountPayments(site)
	f.mountLedger(site)
	f.mountDelivery(site)
	f.mountHouse(site)
	f.mountFacts(site)
	f.mountUsers(site)
	f.mountKeys(site)
	f.mountHooks(site)
	f.mountSettings(site)
	f.mountWindow(site)
	f.mountBills(server, site)
	f.mountExchange(site)
	f.mountClearingFiles(server)
	f.mountPapers(server)
}

// mountServices adds the pages of what is not a parcel.
func (f face) mountServices(server *web.Server, site *web.Site) {
	f.mountBookings(site)
	f.mountWaits(site)
	f.mountDoor(server, site)
	f.mountCourses(site)
	f.mountSchool(site)
	f.mountTeaching(site)
	f.mountPlans(site)
	f.mountWorkshop(site)
	f.mountEstimates(site)
	f.mountSubscriptions(site)
	f.mountGifts(site)
}

// sellerOf is for whom an actor works; an administrator works for the own shop.
func sellerOf(tx *db.Tx) seller.ID {
	if s := tx.Who().Seller; s != "" {
		return seller.ID(s)
	}
	return seller.Own
}

// keeps tells whether an actor keeps the house: what belongs to no seller is for its administrators and for staff of
// the own shop.
func keeps(who db.Who) bool { return who.For(string(seller.Own)) }

// keeper refuses everybody who does not keep the house.
func keeper(tx *db.Tx) error {
	return gallery.Keeper(tx)
}
