package checkout

import (
	"errors"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/text"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/choice"
	"sauda/core/hold"
	"sauda/core/inventory"
	"sauda/core/payment"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/core/shipping"
	"sauda/core/tax"
	"sauda/gear/cache"
	"sauda/gear/db"
)

// standing is what changes seldom and every basket needs: sellers, taxes, deliveries, ways to pay, warehouses.
type standing struct {
	sellers map[seller.ID]seller.Seller
	taxes   tax.Table
	tariff  shipping.Tariff

	methods    []payment.Method
	warehouses []inventory.Warehouse
}

// terms keeps the standing in memory until Forget.
type terms struct{ kept cache.Kept[standing] }

func (t *terms) load(tx *db.Tx) (*standing, error) { return t.kept.Load(tx, stand) }

// stand reads the standing.
func stand(tx *db.Tx) (*standing, error) {
	all, err := seller.All(tx)
	if err != nil {
		return nil, err
	}
	s, ids := &standing{sellers: make(map[seller.ID]seller.Seller, len(all))}, make([]seller.ID, 0, len(all))
	for _, one := range all {
		s.sellers[one.ID] = one
		ids = append(ids, one.ID)
	}
	if s.taxes, err = tax.Load(tx); err != nil {
		return nil, err
	}
	if s.tariff, err = shipping.Load(tx, ids); err != nil {
		return nil, err
	}
	if s.methods, err = payment.AllMethods(tx); err != nil {
		return nil, err
	}
	s.warehouses, err = inventory.Warehouses(tx)
	return s, err
}

// Forget has the desk load its standing anew: some of it has changed.
func (d *Desk) Forget() { d.terms.kept.Forget() }

// Offered gives the ways to pay that are offered for a purchase. It costs no statement once the desk knows the terms.
func (d *Desk) Offered(tx *db.Tx, a payment.Ask) ([]payment.Method, error) {
	terms, err := d.terms.load(tx)
	if err != nil {
		return nil, err
	}
	return payment.Offered(terms.methods, a), nil
}

// Shop gives the name of a seller, or seller.ErrUnknown. It costs no statement once the desk knows the terms and him.
func (d *Desk) Shop(tx *db.Tx, id seller.ID) (text.Localized, error) {
	terms, err := d.terms.load(tx)
	if err != nil {
		return nil, err
	}
	s, ok := terms.sellers[id]
	if !ok { // He was enrolled by another process just now.
		s, err = seller.Get(tx, id)
	}
	return s.Name, err
}

func taxClass(class string) tax.Class { return tax.Class(class) }

// stopped is the fault for a line that cannot be ordered as it is.
func stopped(n cart.Notice) error {
	switch n.Kind {
	case cart.NoticeEnded:
		return fault.With(pricing.ErrNotForSale.With("line", string(n.Line)), "pointer", "/lines/"+string(n.Line))
	case cart.NoticeGone:
		return fault.With(choice.ErrUnknown.With("line", string(n.Line)), "pointer", "/lines/"+string(n.Line))
	case cart.NoticeAsked:
		return fault.With(catalog.ErrAnswers.With("line", string(n.Line)), "pointer", "/lines/"+string(n.Line))
	default:
		err := hold.ErrSoldOut.With("line", string(n.Line))
		return fault.With(fault.With(err, "asked", n.Asked), "left", n.Left)
	}
}

// counted says in units, as buyers count, how much was asked for and is left of what is sold out; pools count in
// millionths.
func counted(err error) error {
	if !errors.Is(err, hold.ErrSoldOut) {
		return err
	}
	params := fault.ParamsOf(err)
	for _, key := range []string{"asked", "left"} {
		if millionths, ok := params[key].(int64); ok {
			err = fault.With(err, key, measure.Quantity(millionths))
		}
	}
	return err
}

// Deliveries gives what a request could choose from now, before there is a basket: the promise of a product's page. It
// costs no statement once the desk knows the terms.
func (d *Desk) Deliveries(tx *db.Tx, r shipping.Request) ([]shipping.Option, error) {
	terms, err := d.terms.load(tx)
	if err != nil {
		return nil, err
	}
	return terms.tariff.Options(r), nil
}
