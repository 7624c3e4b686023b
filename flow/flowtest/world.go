// Package flowtest sets up the smallest world in which the stories of flow can be told: a shop with a few goods in two
// warehouses, the test gateway and the simulated carrier beside it, on a store of either engine.
//
// Nothing runs by itself. A Life is one process of the program: a teller that may die at a point, and a bus with the
// reactions that the test gives it. What one life leaves undone, the next one finds.
package flowtest

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/agreement"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/customer"
	"sauda/core/gift"
	"sauda/core/hold"
	"sauda/core/inventory"
	"sauda/core/ledger"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/payment/card"
	"sauda/core/payment/cardsim"
	"sauda/core/pricing"
	"sauda/core/promotion"
	"sauda/core/review"
	"sauda/core/seller"
	"sauda/core/shipping"
	"sauda/core/shipping/carrier"
	"sauda/core/shipping/carriersim"
	"sauda/core/tax"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
	"sauda/gear/saga"
)

// Schemas are the tables that stories need.
var Schemas = []db.Schema{
	bus.Schema, saga.Schema, seller.Schema, tax.Schema, catalog.Schema, pricing.Schema, hold.Schema, inventory.Schema,
	cart.Schema, ledger.Schema, payment.Schema, shipping.Schema, order.Schema, customer.Schema, review.Schema, promotion.Schema,
	agreement.Schema, gift.Schema,
}

// The prices of the goods, and of the courier in Almaty for light parcels, in tiyn.
const (
	KettlePrice  = 12_000_00
	LampPrice    = 7_777_77
	JournalPrice = 990_50
	CourierPrice = 1_200_00
)

// World is a shop and the world around it.
type World struct {
	*dbtest.Store
	Gateway *cardsim.Sim
	Cards   payment.Gateway
	Roads   *carriersim.Carrier
	Carrier shipping.Carrier

	Kettle  catalog.VariantID // Kettle weighs 1.2 kg; there are a thousand in Near.
	Lamp    catalog.VariantID // Lamp weighs 0.5 kg; three are in Near and two in Far, so that five come in two parcels.
	Journal catalog.VariantID // Journal is taxed as a periodical and not counted.
	Near    inventory.WarehouseID
	Far     inventory.WarehouseID
	home    catalog.CategoryID
}

// Each runs a test in a fresh world on each engine.
func Each(t *testing.T, test func(t *testing.T, w *World)) {
	t.Helper()
	EachWith(t, nil, test)
}

// EachWith is Each in a world with more tables.
func EachWith(t *testing.T, more []db.Schema, test func(t *testing.T, w *World)) {
	t.Helper()
	dbtest.Each(t, slices.Concat(Schemas, more), func(t *testing.T, s *dbtest.Store) {
		w := &World{Store: s}
		w.open(t)
		test(t, w)
	})
}

// hasty is how long the carrier's client waits for an answer.
const hasty = 100 * time.Millisecond

func (w *World) open(t *testing.T) {
	t.Helper()
	var err error
	if w.Gateway, err = cardsim.New(cardsim.Config{Secret: "gateway", Now: w.Clock.Now, Slow: time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Gateway.Close() })
	w.Cards = card.New(card.Config{URL: "http://gateway", Secret: "gateway", Transport: card.InProcess(w.Gateway)})
	if w.Roads, err = carriersim.New(carriersim.Config{Key: "carrier", Secret: "carrier", Pace: time.Hour, Now: w.Clock.Now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Roads.Close() })
	w.Carrier = carrier.New(carrier.Config{
		URL: "http://carrier", Key: "carrier", Secret: "carrier", Now: w.Clock.Now,
		HTTP: &http.Client{Transport: card.InProcess(w.Roads), Timeout: hasty},
	})
	w.Moment(t, w.furnish)
	w.Moment(t, w.stock)
}

// furnish makes the shop.
func (w *World) furnish(tx *db.Tx) error {
	if _, err := seller.EnsureOwn(tx, seller.Enrolment{
		Name: text.Localized{"kk": "Дүкен", "en": "Shop"}, Country: place.KZ, Currency: money.KZT, Regime: seller.KZVAT,
	}); err != nil {
		return err
	}
	if err := tax.Seed(tx); err != nil {
		return err
	}
	if err := shipping.SeedDefaults(tx); err != nil {
		return err
	}
	for _, at := range []struct {
		id     *inventory.WarehouseID
		city   string
		region place.Region
	}{{&w.Near, "Алматы", place.Almaty}, {&w.Far, "Астана", place.Astana}} {
		house, err := inventory.AddWarehouse(tx, inventory.Warehouse{
			Seller: seller.Own, Open: true, Name: text.Localized{"kk": at.city},
			Address: place.Address{Country: place.KZ, Region: at.region, City: at.city},
		})
		if err != nil {
			return err
		}
		*at.id = house.ID
	}
	return payment.Seed(tx, card.Name)
}

// stock puts the goods on the shelves.
func (w *World) stock(tx *db.Tx) error {
	home, err := catalog.AddCategory(tx, catalog.CategoryDraft{Slug: "home", Name: text.Localized{"kk": "Үйге"}})
	if err != nil {
		return err
	}
	w.home = home.ID
	list, err := pricing.EnsureList(tx, seller.Own, money.KZT, text.Localized{"kk": "Бөлшек баға"})
	if err != nil {
		return err
	}
	for _, g := range []struct {
		id       *catalog.VariantID
		name     string
		class    tax.Class
		price    int64
		mass     measure.Mass
		tracking catalog.Tracking
		near     int64
		far      int64
	}{
		{id: &w.Kettle, name: "Шәйнек", price: KettlePrice, mass: 1200, tracking: catalog.Tracked, near: 1000},
		{id: &w.Lamp, name: "Шам", price: LampPrice, mass: 500, tracking: catalog.Tracked, near: 3, far: 2},
		{id: &w.Journal, name: "Журнал", class: tax.Periodical, price: JournalPrice, mass: 300, tracking: catalog.Untracked},
	} {
		p, err := catalog.Add(tx, catalog.Draft{
			Seller: seller.Own, Category: home.ID, Name: text.Localized{"kk": g.name}, State: catalog.StateOnSale, TaxClass: g.class,
			Variants: []catalog.Variant{{SKU: g.name, Mass: g.mass, Tracking: g.tracking}},
		})
		if err != nil {
			return err
		}
		*g.id = p.Variants[0].ID
		if _, err := pricing.SetMany(tx, list.ID, []pricing.Entry{{Variant: *g.id, Amount: money.Of(g.price, money.KZT)}}); err != nil {
			return err
		}
		for at, n := range map[inventory.WarehouseID]int64{w.Near: g.near, w.Far: g.far} {
			if n == 0 {
				continue
			}
			if err := inventory.Receive(tx, inventory.Change{Warehouse: at, Variant: *g.id, Quantity: measure.Of(n), Cause: "the first"}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Home is where everything is sent.
var Home = place.Address{
	Country: place.KZ, Region: place.Almaty, City: "Алматы", Street: "Абай даңғылы", House: "10", Name: "Айгүл", Phone: "+77011234567",
}

// Guest is a buyer without an account, and Staff works for the shop.
var (
	Guest = db.Who{Kind: db.KindGuest}
	Staff = db.Who{Kind: db.KindStaff, ID: "usr_staff", Seller: string(seller.Own), Scopes: []string{"orders.*"}}
)

// Basket is a guest's basket that only has to be paid, with one of each variant for every time that it stands there.
func (w *World) Basket(t testing.TB, delivery string, variants ...catalog.VariantID) cart.ID {
	t.Helper()
	return w.BasketOf(t, Guest, delivery, variants...)
}

// BasketOf is such a basket of somebody.
func (w *World) BasketOf(t testing.TB, who db.Who, delivery string, variants ...catalog.VariantID) cart.ID {
	t.Helper()
	var id cart.ID
	w.As(who).Moment(t, func(tx *db.Tx) error {
		c, err := cart.Open(tx, cart.Opening{Currency: money.KZT, Lang: "kk"})
		if err != nil {
			return err
		}
		id = c.ID
		for _, v := range variants {
			if _, err := cart.Add(tx, id, cart.Addition{Variant: v, Quantity: measure.Of(1)}); err != nil {
				return err
			}
		}
		if err := cart.SetAddress(tx, id, Home); err != nil {
			return err
		}
		if err := cart.SetContact(tx, id, cart.Contact{Email: "aigul@example.kz"}); err != nil {
			return err
		}
		return cart.ChooseDelivery(tx, id, cart.Choice{Seller: seller.Own, Method: delivery})
	})
	return id
}

// Order is the order that a basket became; none has no id.
func (w *World) Order(t testing.TB, id cart.ID) (o order.Order) {
	t.Helper()
	w.Look(t, func(tx *db.Tx) error {
		became, err := order.OfCarts(tx, []string{string(id)})
		if b, there := became[string(id)]; err == nil && there {
			o, err = order.Get(tx, b.Order)
		}
		return err
	})
	return o
}

// Payments are those that were begun for a basket.
func (w *World) Payments(t testing.TB, id cart.ID) (all []payment.Payment) {
	t.Helper()
	w.Look(t, func(tx *db.Tx) (err error) {
		all, err = payment.ByCart(tx, string(id))
		return err
	})
	return all
}

// Claims are what a basket holds, also after it was ordered.
func (w *World) Claims(t testing.TB, id cart.ID) (all []hold.Claim) {
	t.Helper()
	w.Look(t, func(tx *db.Tx) (err error) {
		all, err = hold.Of(tx, "cart/"+string(id))
		return err
	})
	return all
}

// Stock is what lies in a warehouse of a variant, and how much of it is promised.
func (w *World) Stock(t testing.TB, at inventory.WarehouseID, v catalog.VariantID) (onHand, promised measure.Quantity) {
	t.Helper()
	w.Look(t, func(tx *db.Tx) error {
		stocks, err := inventory.Stocks(tx, []catalog.VariantID{v})
		for _, s := range stocks {
			if s.Warehouse == at {
				onHand, promised = s.OnHand, s.Promised
			}
		}
		return err
	})
	return onHand, promised
}

// Stands holds accounts of the ledger to their balances, in tiyn.
func (w *World) Stands(t testing.TB, want map[ledger.Account]int64) {
	t.Helper()
	w.Look(t, func(tx *db.Tx) error {
		for account, balance := range want {
			got, err := ledger.Balance(tx, account, string(money.KZT))
			if err != nil {
				return err
			}
			if got != balance {
				t.Errorf("%s stands at %d, want %d", account, got, balance)
			}
		}
		return nil
	})
}

// Moved is what the gateway took and gave back for a payment, by its own report.
func (w *World) Moved(id payment.ID) (captured, refunded int64) {
	for day := w.Day(); !day.IsZero() && day.AddDays(7).Compare(w.Day()) > 0; day = day.AddDays(-1) {
		for _, m := range w.Gateway.Settlement(day).Moves {
			switch {
			case m.Payment != id:
			case m.Kind == "capture":
				captured += m.Amount.Minor
			default:
				refunded += m.Amount.Minor
			}
		}
	}
	return captured, refunded
}
