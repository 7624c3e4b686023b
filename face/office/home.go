package office

import (
	"sauda/base/money"
	"sauda/core/enquiry"
	"sauda/core/estimate"
	"sauda/core/inventory"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/review"
	"sauda/core/seller"
	"sauda/core/shipping"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/saga"
	"sauda/gear/web"
)

func (f face) mountHome(site *web.Site) {
	web.Page(site, "GET /office", f.home, web.SignedIn())
	web.Page(site, "GET /office/{$}", func(*db.Tx, struct{}) (web.View, error) { return web.Elsewhere("/office"), nil }, web.SignedIn())
}

// board is what the first page shows. What the reader may not see is empty.
type board struct {
	Counts              map[order.State]int64
	Fresh               []order.Summary // Fresh are the newest orders that wait to be packed.
	Refused             []refusedRow    // Refused are shipments that their carriers refused, the oldest first.
	Trade               trade
	Declined            int // Declined are payments of the last day that a bank refused.
	Parked              int64
	Stuck               int
	Low                 []shortRow // Low are the first places where little is left.
	LowCount, GoneCount int64      // LowCount and GoneCount count the places where little is left, and where nothing is.
	Reviews             int64      // Reviews wait to be read.
	Asked               int64      // Asked are questions of which something waits.
	Estimates           int64      // Estimates are prices that buyers have asked for.
	ToStart             int        // ToStart is how many steps of the first-run guide are left.
}

// refusedRow is a shipment that its carrier refused, with the code of its order.
type refusedRow struct {
	shipping.Shipment
	Code string
}

// hasWork tells whether there are tiles to show.
func (b board) hasWork() bool {
	return b.Counts != nil || b.Parked > 0 || b.Stuck > 0 || b.Declined > 0 || b.Reviews > 0 || b.Asked > 0 || b.Estimates > 0 || b.LowCount > 0 || b.GoneCount > 0
}

// freshMax is how many orders and how many variants the first page names; the lists have the rest.
const freshMax = 8

// home shows what needs to be done now.
func (f face) home(tx *db.Tx, _ struct{}) (web.View, error) {
	who := tx.Who()
	if who.Kind != db.KindStaff && who.Kind != db.KindAdmin {
		return nil, web.ErrDenied.About("%s is no staff", who.ID)
	}
	var b board
	var err error
	if who.May(ScopeOrdersRead) {
		if err = b.orders(tx, f.Currency); err != nil {
			return nil, err
		}
		if b.Estimates, err = estimate.Waiting(tx, sellerOf(tx)); err != nil {
			return nil, err
		}
	}
	if who.May(ScopeMoneyRead) {
		if b.Declined, err = declined(tx); err != nil {
			return nil, err
		}
	}
	if who.May(ScopeStockRead) {
		if err = b.short(tx); err != nil {
			return nil, err
		}
	}
	if who.May(ScopeReviewsRead) {
		if b.Reviews, err = review.Waiting(tx, sellerOf(tx)); err != nil {
			return nil, err
		}
	}
	if who.May(ScopeQuestionsRead) {
		if b.Asked, err = enquiry.Waiting(tx, sellerOf(tx)); err != nil {
			return nil, err
		}
	}
	if who.May(ScopeHouseRead) && keeps(who) {
		if err = b.machines(tx); err != nil {
			return nil, err
		}
	}
	if mayStart(who) {
		if b.ToStart, err = f.leftToStart(tx, b); err != nil {
			return nil, err
		}
	}
	return homePage(f.page("home", t(tx.Context(), "home.title")), b), nil
}

// leftToStart counts the steps of the guide that are left; a house that has an order needs no guide.
func (f face) leftToStart(tx *db.Tx, b board) (int, error) {
	if len(b.Counts) > 0 {
		return 0, nil
	}
	sold, _, err := order.List(tx, order.Filter{Seller: sellerOf(tx), Limit: 1})
	if err != nil || len(sold) > 0 {
		return 0, err
	}
	steps, err := f.startOf(tx)
	return toStart(steps), err
}

// orders fills in what is to pack and what was sold.
func (b *board) orders(tx *db.Tx, currency money.Currency) error {
	of := sellerOf(tx)
	var err error
	if b.Counts, err = order.InWork(tx, of); err != nil {
		return err
	}
	if b.Fresh, _, err = order.List(tx, order.Filter{Seller: of, State: order.StatePlaced, Limit: freshMax}); err != nil {
		return err
	}
	if b.Refused, err = refused(tx, of); err != nil {
		return err
	}
	b.Trade, err = readTrade(tx, of, currency)
	return err
}

// refused gives what waits because its carrier refused it, in three statements.
func refused(tx *db.Tx, of seller.ID) ([]refusedRow, error) {
	waiting, err := shipping.RefusedOf(tx, of)
	if err != nil || len(waiting) == 0 {
		return nil, err
	}
	rows, ids := make([]refusedRow, len(waiting)), make([]order.ID, len(waiting))
	for i, s := range waiting {
		rows[i].Shipment, ids[i] = s, order.ID(s.Order)
	}
	named := ids[:min(len(ids), freshMax)]
	orders, _, err := order.List(tx, order.Filter{Seller: of, Among: named, Limit: freshMax})
	for i := range named {
		for _, o := range orders {
			if string(o.ID) == rows[i].Order {
				rows[i].Code = o.Code
			}
		}
	}
	return rows, err
}

// declined counts the payments of the last day that a bank refused; whoever has more sees that there are many.
func declined(tx *db.Tx) (n int, err error) {
	newest, _, err := payment.Find(tx, payment.Filter{Seller: string(sellerOf(tx)), State: payment.StateDeclined, Limit: listed})
	since := tx.Now().AddDate(0, 0, -1)
	for _, p := range newest {
		if p.At.After(since) {
			n++
		}
	}
	return n, err
}

// machines fills in what the house could not do by itself.
func (b *board) machines(tx *db.Tx) error {
	waiting, err := bus.Waiting(tx)
	if err != nil {
		return err
	}
	for _, w := range waiting {
		b.Parked += w.Parked
	}
	stuck, err := saga.List(tx, saga.Filter{Stuck: true})
	b.Stuck = len(stuck)
	return err
}

// short fills in what runs out: how many places, and the first ones with their goods, in four statements.
func (b *board) short(tx *db.Tx) error {
	warehouses, err := inventory.Warehouses(tx, sellerOf(tx))
	if err != nil {
		return err
	}
	if b.LowCount, b.GoneCount, err = inventory.CountShort(tx, warehouses); err != nil {
		return err
	}
	if b.LowCount == 0 {
		return nil
	}
	b.Low, _, err = readShort(tx, warehouses, stockAsk{Short: shortLow}, freshMax)
	return err
}
