package order

import (
	"sauda/base/measure"
	"sauda/core/order/orderdb"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/gear/db"
)

// Wrong is an order whose stored state is not the one of its lines. There is none, unless somebody wrote into the tables.
type Wrong struct {
	Order  ID
	Stored State
	Is     State
}

// checkPage is how many orders Check looks at in one moment.
const checkPage = 1000

// Check looks at up to a thousand orders after an id, and gives the id to go on from, which is empty at the end.
func Check(tx *db.Tx, after ID) (wrong []Wrong, next ID, err error) {
	rows, err := orderdb.New(tx).CountsAfter(tx.Context(), orderdb.CountsAfterParams{After: string(after), Page: checkPage})
	if err != nil {
		return nil, "", err
	}
	seen := 0
	for begin := 0; begin < len(rows); seen++ {
		end := begin
		var lines []Line
		for ; end < len(rows) && rows[end].ID == rows[begin].ID; end++ {
			r := rows[end]
			l := Line{QuoteLine: pricing.QuoteLine{Quantity: measure.Quantity(r.Ordered)}}
			l.count(orderdb.LinesRow{
				Cancelled: r.Cancelled, Packed: r.Packed, Shipped: r.Shipped, Delivered: r.Delivered, Returned: r.Returned,
				Undelivered: r.Undelivered,
			})
			lines = append(lines, l)
		}
		next = ID(rows[begin].ID)
		if is := StateOf(lines); is != State(rows[begin].State) {
			wrong = append(wrong, Wrong{Order: next, Stored: State(rows[begin].State), Is: is})
		}
		begin = end
	}
	if seen < checkPage {
		next = ""
	}
	return wrong, next, nil
}

// InParcels gives how much of each line of some orders is packed and has not left, in one statement; what is not there is
// none. It is for the house and looks at nobody's rights.
func InParcels(tx *db.Tx, orders []string) (map[string]map[string]measure.Quantity, error) {
	rows, err := orderdb.New(tx).LinesInParcels(tx.Context(), db.In(orders))
	if err != nil {
		return nil, err
	}
	packed := make(map[string]map[string]measure.Quantity, len(orders))
	for _, r := range rows {
		if packed[r.OrderID] == nil {
			packed[r.OrderID] = map[string]measure.Quantity{}
		}
		packed[r.OrderID][r.Line] = measure.Quantity(r.Waiting)
	}
	return packed, nil
}

// Gap is a series of document numbers that is not whole: Last numbers were given, and Orders have one.
type Gap struct {
	Seller seller.ID
	Year   int64
	Last   int64
	Orders int64
}

// Gaps gives the series that are not whole. There is none, unless somebody wrote into the tables.
func Gaps(tx *db.Tx) ([]Gap, error) {
	rows, err := orderdb.New(tx).Series(tx.Context())
	if err != nil {
		return nil, err
	}
	var gaps []Gap
	for _, r := range rows {
		if r.Last != r.Given {
			gaps = append(gaps, Gap{Seller: seller.ID(r.Seller), Year: r.Year, Last: r.Last, Orders: r.Given})
		}
	}
	return gaps, nil
}

// Became is the order that a basket became.
type Became struct {
	Order ID
	Cart  string
	State State
}

// OfCarts gives the orders that some baskets became, by basket, in one statement. It is for the house and looks at nobody's
// rights.
func OfCarts(tx *db.Tx, carts []string) (map[string]Became, error) {
	if len(carts) == 0 {
		return nil, nil
	}
	rows, err := orderdb.New(tx).OrdersOfCarts(tx.Context(), db.In(carts))
	if err != nil {
		return nil, err
	}
	found := make(map[string]Became, len(rows))
	for _, r := range rows {
		found[r.Cart] = Became{ID(r.ID), r.Cart, State(r.State)}
	}
	return found, nil
}
