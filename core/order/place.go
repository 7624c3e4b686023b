package order

import (
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"sauda/base/ident"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/core/order/orderdb"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/gear/db"
)

// Placement is all that an order is made of.
type Placement struct {
	Cart        string
	Seller      seller.ID
	Party       string // Party is empty for a guest.
	Contact     Contact
	Lang        string
	Address     place.Address
	Delivery    Delivery
	Method      string
	Payment     string
	Allocations []Allocation
	Quote       pricing.Quote
}

// codeTries bounds the search for a code that no other order has. Of a billion orders, one in five hundred million needs
// a second try.
const codeTries = 3

// Place makes the contract. A cart is ordered once: the second time, its order comes back together with ErrPlaced, and
// nothing is written or stated.
func Place(tx *db.Tx, p Placement) (Order, error) {
	if len(p.Quote.Lines) == 0 || p.Cart == "" {
		return Order{}, ErrEmpty.About("the cart %q with %d lines", p.Cart, len(p.Quote.Lines))
	}
	o := Order{
		ID: ID(tx.Mint("ord")), Cart: p.Cart, Seller: p.Seller, Party: p.Party, Contact: p.Contact, Lang: p.Lang,
		Address: p.Address, Delivery: p.Delivery, Method: p.Method, Payment: p.Payment, Allocations: p.Allocations,
		Quote: p.Quote, Lines: lines(p.Quote), Version: 1, PlacedAt: tx.Now(), ChangedAt: tx.Now(),
	}
	for _, l := range o.Lines {
		if l.Quantity <= 0 {
			return Order{}, ErrEmpty.About("%s of the line %s", l.Quantity, l.Line)
		}
	}
	o.State = StateOf(o.Lines)
	if err := insert(tx, &o); err != nil {
		return o, err
	}
	rows := make([]any, 0, intoLine.Columns*len(o.Lines))
	for n, l := range o.Lines {
		rows = append(rows, string(o.ID), l.Line, int64(n), string(l.Variant), int64(l.Quantity))
	}
	if err := intoLine.Add(tx, rows); err != nil {
		return Order{}, err
	}
	return o, tx.Emit(Placed{
		About: o.about(), Total: o.Total(), Lines: o.moved(whole(o.Lines)), Delivery: o.Delivery.Name, Country: o.Address.Country,
		Made: slices.ContainsFunc(o.Lines, func(l Line) bool { return l.Made != nil }),
	})
}

// intoLine is the rows of the lines of an order.
var intoLine = &db.Into{Head: `INSERT INTO order_line (order_id, line, position, variant, ordered) VALUES`, Columns: 5}

// insert writes the order under a code of its own. If the cart was ordered before, o becomes that order and the error is
// ErrPlaced; after any other error o is nothing.
func insert(tx *db.Tx, o *Order) error {
	id := o.ID
	body, err := json.Marshal(bodyOf(*o))
	for try := 0; err == nil && try < codeTries; try++ {
		o.Code = codeOf(id, try)
		var rows int64
		if rows, err = orderdb.New(tx).AddOrder(tx.Context(), orderdb.AddOrderParams{
			ID: string(id), Code: o.Code, Cart: o.Cart, Seller: string(o.Seller), Party: o.Party, Name: o.Contact.Name,
			Email: strings.ToLower(o.Contact.Email), Currency: string(o.Quote.Currency), Total: o.Quote.Total.Minor,
			Method: o.Method, State: string(o.State), PlacedAt: span.Micros(o.PlacedAt), Body: string(body),
		}); rows == 1 {
			return nil
		}
		if err != nil {
			break
		}
		var first Order
		if first, err = byCart(tx, o.Cart); err == nil {
			*o = first
			return ErrPlaced.With("order", string(first.ID))
		}
		if errors.Is(err, ErrUnknown) {
			err = nil // Not the cart but the code is taken.
		}
	}
	*o = Order{}
	if err == nil {
		err = ErrStored.About("no code was free for %s", id)
	}
	return err
}

// codeOf gives the code of an order. It follows from the id, which nobody can guess, and does not give the id away.
func codeOf(id ID, try int) string {
	sum := sha256.Sum256([]byte("code " + strconv.Itoa(try) + " " + string(id)))
	return ident.Code(strings.NewReader(string(sum[:])))
}

// lines makes the lines of an order of which nothing has happened yet.
func lines(q pricing.Quote) []Line {
	all := make([]Line, len(q.Lines))
	for n, l := range q.Lines {
		all[n] = Line{QuoteLine: l}
	}
	return all
}

// ByCart gives the order that a cart became. ErrUnknown says that it was not ordered.
func ByCart(tx *db.Tx, cart string) (Order, error) {
	o, err := byCart(tx, cart)
	if err != nil {
		return Order{}, err
	}
	return shown(tx, o)
}

func byCart(tx *db.Tx, cart string) (Order, error) {
	row, err := orderdb.New(tx).OrderByCart(tx.Context(), cart)
	if errors.Is(err, sql.ErrNoRows) {
		return Order{}, ErrUnknown.About("of the cart %s", cart)
	}
	if err != nil {
		return Order{}, err
	}
	return complete(tx, row)
}
