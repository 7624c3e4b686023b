package order

import (
	"database/sql"
	"encoding/json"
	"errors"
	"strings"

	"sauda/base/ident"
	"sauda/base/measure"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/core/order/orderdb"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/gear/db"
)

// ScopeRead and ScopeWrite are what staff of the seller need to see orders and to change them.
const (
	ScopeRead  = "orders.read"
	ScopeWrite = "orders.write"
)

// Get gives an order to whoever may see it: its party; for a guest's order, whoever holds its id; staff of its seller
// with orders.read. To everybody else it does not exist.
func Get(tx *db.Tx, id ID) (Order, error) {
	o, err := load(tx, id)
	if err != nil {
		return Order{}, err
	}
	return shown(tx, o)
}

// SomeMax is how many orders can be looked at together.
const SomeMax = 100

// Some gives those of these orders that exist and that the actor may see, as Get does, in the order of the ids and in two
// statements. More than a hundred are ErrFilter.
func Some(tx *db.Tx, ids []ID) ([]Order, error) {
	if len(ids) > SomeMax {
		return nil, ErrFilter.About("%d orders at once", len(ids))
	}
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := orderdb.New(tx).SomeOrders(tx.Context(), db.In(ids))
	if err != nil {
		return nil, err
	}
	lines, err := orderdb.New(tx).LinesOfSome(tx.Context(), db.In(ids))
	if err != nil {
		return nil, err
	}
	counted := make(map[string][]orderdb.LinesRow, len(rows))
	for _, l := range lines {
		counted[l.OrderID] = append(counted[l.OrderID], orderdb.LinesRow{
			Cancelled: l.Cancelled, Packed: l.Packed, Shipped: l.Shipped, Delivered: l.Delivered, Returned: l.Returned, Undelivered: l.Undelivered,
		})
	}
	found := make(map[ID]Order, len(rows))
	for _, row := range rows {
		o, err := restored(row, counted[row.ID])
		if err != nil {
			return nil, err
		}
		if o, err = shown(tx, o); err == nil {
			found[o.ID] = o
		}
	}
	all := make([]Order, 0, len(found))
	for _, id := range ids {
		if o, ok := found[id]; ok {
			all = append(all, o)
		}
	}
	return all, nil
}

// ByCode gives the order with a code, however it is typed. A code is shorter than an id, so it opens a guest's order
// only together with the email address of the order.
func ByCode(tx *db.Tx, code, email string) (Order, error) {
	parsed, err := ident.ParseCode(code)
	if err != nil {
		return Order{}, err
	}
	row, err := orderdb.New(tx).OrderByCode(tx.Context(), parsed)
	if errors.Is(err, sql.ErrNoRows) {
		return Order{}, ErrUnknown.About("with the code %s", parsed)
	}
	if err != nil {
		return Order{}, err
	}
	o, err := complete(tx, row)
	if err != nil {
		return Order{}, err
	}
	if o.Party == "" && !tx.Who().For(string(o.Seller)) && !sameEmail(o.Contact.Email, email) {
		return Order{}, ErrUnknown.About("%s with another address", o.ID)
	}
	return shown(tx, o)
}

func sameEmail(a, b string) bool {
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	return a != "" && strings.EqualFold(a, b)
}

// shown gives the order to whoever may see it.
func shown(tx *db.Tx, o Order) (Order, error) {
	who := tx.Who()
	switch {
	case who.For(string(o.Seller)) && who.May(ScopeRead):
	case o.Party != "" && o.Party == who.Party && who.Kind == db.KindBuyer:
	case o.Party == "" && who.Kind != db.KindStaff:
	default:
		return Order{}, ErrUnknown.About("%s is not shown to %s %s", o.ID, who.Kind, who.ID)
	}
	return o, nil
}

// worked gives the order to whoever may work on it: staff of its seller with orders.write.
func worked(tx *db.Tx, id ID) (Order, error) {
	tx.Lock("order:" + string(id))
	o, err := Get(tx, id)
	if err != nil {
		return Order{}, err
	}
	if who := tx.Who(); !who.For(string(o.Seller)) || !who.May(ScopeWrite) {
		return Order{}, ErrDenied.About("%s %s changes %s", who.Kind, who.ID, id)
	}
	return o, nil
}

// load reads an order for the house.
func load(tx *db.Tx, id ID) (Order, error) {
	row, err := orderdb.New(tx).GetOrder(tx.Context(), string(id))
	if errors.Is(err, sql.ErrNoRows) {
		return Order{}, ErrUnknown.About("%s", id)
	}
	if err != nil {
		return Order{}, err
	}
	return complete(tx, row)
}

// body is the part of an order that never changes and that nobody searches.
type body struct {
	Contact     Contact
	Lang        string
	Address     place.Address
	Delivery    Delivery
	Payment     string
	Allocations []Allocation
	Quote       pricing.Quote
}

func bodyOf(o Order) body {
	return body{o.Contact, o.Lang, o.Address, o.Delivery, o.Payment, o.Allocations, o.Quote}
}

// complete reads the lines of an order and puts it together.
func complete(tx *db.Tx, row orderdb.Order) (Order, error) {
	counted, err := orderdb.New(tx).Lines(tx.Context(), row.ID)
	if err != nil {
		return Order{}, err
	}
	return restored(row, counted)
}

// restored puts an order together from its row and the counts of its lines, in their order.
func restored(row orderdb.Order, counted []orderdb.LinesRow) (Order, error) {
	var b body
	if err := json.Unmarshal([]byte(row.Body), &b); err != nil {
		return Order{}, ErrStored.About("%s: %v", row.ID, err)
	}
	o := Order{
		ID: ID(row.ID), Code: row.Code, Number: row.Number, Cart: row.Cart, Seller: seller.ID(row.Seller), Party: row.Party,
		Contact: b.Contact, Lang: b.Lang, Address: b.Address, Delivery: b.Delivery, Method: row.Method, Payment: b.Payment,
		Allocations: b.Allocations, Quote: b.Quote, Lines: lines(b.Quote), Version: row.Version,
		PlacedAt: span.FromMicros(row.PlacedAt), ChangedAt: span.FromMicros(row.ChangedAt),
	}
	if len(counted) != len(o.Lines) {
		return Order{}, ErrStored.About("%s has %d lines and counts %d", o.ID, len(o.Lines), len(counted))
	}
	for n, c := range counted { // Both are in the order of the quote.
		o.Lines[n].count(c)
	}
	o.State = StateOf(o.Lines)
	return o, nil
}

// count gives a line its stored counts. What came back is at most what is neither cancelled nor packed: an older release,
// which does not know that count, may have packed or cancelled it.
func (l *Line) count(c orderdb.LinesRow) {
	l.Counts = Counts{
		Cancelled: measure.Quantity(c.Cancelled), Packed: measure.Quantity(c.Packed), Shipped: measure.Quantity(c.Shipped),
		Delivered: measure.Quantity(c.Delivered), Returned: measure.Quantity(c.Returned),
	}
	l.Undelivered = min(measure.Quantity(c.Undelivered), l.Live()-l.Packed)
}

// about gives what every fact says.
func (o Order) about() About {
	return About{
		Order: o.ID, Code: o.Code, Cart: o.Cart, Seller: o.Seller, Party: o.Party, Name: o.Contact.Name,
		Email: o.Contact.Email, Lang: o.Lang, Payment: o.Payment, Method: o.Method, State: o.State,
	}
}
