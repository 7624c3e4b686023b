package customer

import (
	"cmp"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/customer/customerdb"
	"sauda/core/identity"
	"sauda/core/order"
	"sauda/gear/db"
)

// settleTime is how far back an order lies before it is counted: by then every moment that placed one before it is over.
const settleTime = time.Minute

// Follow counts the orders that were placed since the last time, at most order.SomeMax and so many, and says how many. It
// is no reaction, for one count of many orders costs less than many counts of one, and a house that was upgraded counts
// its whole past so.
func Follow(tx *db.Tx, most int) (int, error) {
	tx.Strict() // As Count: asked for before the first statement, it costs nothing.
	mark, err := upTo(tx, countedUpTo)
	if err != nil {
		return 0, err
	}
	ids, err := order.PlacedAfter(tx, order.ID(mark), tx.Now().Add(-settleTime), min(most, order.SomeMax))
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	if err := Count(tx, ids...); err != nil {
		return 0, err
	}
	return len(ids), noteUpTo(tx, countedUpTo, string(ids[len(ids)-1]))
}

// Names of walks. They are stored and never change.
const (
	countedUpTo = "orders"
	wordedUpTo  = "words"
)

// upTo says how far a walk has come; nothing when it has not begun.
func upTo(tx *db.Tx, walk string) (string, error) {
	mark, err := customerdb.New(tx).UpTo(tx.Context(), walk)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return mark, err
}

func noteUpTo(tx *db.Tx, walk, upto string) error {
	return customerdb.New(tx.Later()).NoteUpTo(tx.Context(), customerdb.NoteUpToParams{Name: walk, Upto: upto})
}

// Count counts orders under whoever placed them, at most order.SomeMax, as much as each is worth now. Counted again, an
// order takes the place of what it was counted as. The orders of an account that was erased before they were counted are
// nobody's. It takes the same few statements for one order and for many.
func Count(tx *db.Tx, ids ...order.ID) error {
	tx.Strict() // What an order was counted as, and the sums of its customer, change together.
	t, err := load(tx, ids)
	if err != nil {
		return err
	}
	for _, o := range t.orders {
		t.count(tx, o)
	}
	return t.write(tx)
}

// tally is what a count reads and changes.
type tally struct {
	orders    []order.Order
	refunded  map[order.ID]money.Money
	counted   map[string]customerdb.CustomerOrder
	parties   map[identity.PartyID]identity.Party
	customers map[string]*customerdb.Customer // customers are by id.
	byKey     map[[2]string]string            // byKey gives the id of a seller's customer.
	spent     map[[2]string]int64             // spent is by customer and currency.
	fresh     []customerdb.CustomerOrder      // fresh are the orders as they are counted now.
	renamed   map[string]bool                 // renamed are customers who are found by other words.
}

// load reads what a count needs, in seven statements.
func load(tx *db.Tx, ids []order.ID) (*tally, error) {
	t := &tally{
		counted: map[string]customerdb.CustomerOrder{}, customers: map[string]*customerdb.Customer{}, byKey: map[[2]string]string{},
		spent: map[[2]string]int64{}, renamed: map[string]bool{},
	}
	var err error
	if t.orders, err = order.Some(tx, ids); err != nil {
		return nil, err
	}
	if t.refunded, err = order.Repaid(tx, ids); err != nil {
		return nil, err
	}
	q := customerdb.New(tx)
	counted, err := q.Counted(tx.Context(), db.In(ids))
	if err != nil {
		return nil, err
	}
	known := make([]string, len(counted))
	for i, c := range counted {
		t.counted[c.OrderID], known[i] = c, c.Customer
	}
	var parties []identity.PartyID
	for _, o := range t.orders {
		if o.Party != "" {
			parties = append(parties, identity.PartyID(o.Party))
		}
	}
	if t.parties, err = identity.Parties(tx, parties); err != nil {
		return nil, err
	}
	keys := make([]string, len(t.orders))
	for i, o := range t.orders {
		keys[i] = t.keyOf(o)
	}
	byKey, err := q.ByKeys(tx.Context(), db.In(keys))
	if err != nil {
		return nil, err
	}
	byID, err := q.Some(tx.Context(), db.In(known))
	if err != nil {
		return nil, err
	}
	for _, c := range append(byKey, byID...) {
		t.customers[c.ID] = &c
		t.byKey[[2]string{c.Seller, c.Key}] = c.ID
	}
	spent, err := q.SpentOf(tx.Context(), db.In(slices.Collect(maps.Keys(t.customers))))
	for _, s := range spent {
		t.spent[[2]string{s.Customer, s.Currency}] = s.Minor
	}
	return t, err
}

// keyOf is by what the buyer of an order is known again: who was signed in by the address of his account, whatever he typed,
// a guest by the one that he typed.
func (t *tally) keyOf(o order.Order) string {
	if o.Party != "" {
		return cmp.Or(plainEmail(t.parties[identity.PartyID(o.Party)].Email), "party:"+o.Party)
	}
	return cmp.Or(plainEmail(o.Contact.Email), "order:"+string(o.ID))
}

// count counts one order.
func (t *tally) count(tx *db.Tx, o order.Order) {
	now := customerdb.CustomerOrder{OrderID: string(o.ID), Currency: string(o.Quote.Currency), Minor: o.Spent(t.refunded[o.ID]).Minor}
	if o.State != order.StateCancelled {
		now.Counts = 1
	}
	was, known := t.counted[now.OrderID]
	if known {
		now.Customer = was.Customer
	} else if now.Customer = t.customerOf(tx, o); now.Customer == "" {
		return
	}
	c := t.customers[now.Customer]
	c.Orders += now.Counts - was.Counts
	t.spent[[2]string{c.ID, now.Currency}] += now.Minor - was.Minor
	t.fresh = append(t.fresh, now)
}

// customerOf gives the customer of an order that was not counted before, as the order describes him, or nobody when his
// account was erased. What a guest says of himself does not change what is known of an account.
func (t *tally) customerOf(tx *db.Tx, o order.Order) string {
	party, known := t.parties[identity.PartyID(o.Party)]
	if o.Party != "" && (!known || party.Name == "" && party.Email == "") {
		return ""
	}
	key, placed := [2]string{string(o.Seller), t.keyOf(o)}, span.Micros(o.PlacedAt)
	c := t.customers[t.byKey[key]]
	if c == nil {
		c = &customerdb.Customer{ID: tx.Mint("cus"), Seller: key[0], Key: key[1], FirstAt: placed, LastAt: placed, Kind: string(KindGuest)}
		t.customers[c.ID], t.byKey[key] = c, c.ID
		t.renamed[c.ID] = true
	}
	c.FirstAt = min(c.FirstAt, placed)
	if placed < c.LastAt {
		return c.ID
	}
	c.LastAt = placed
	if o.Party == "" && c.Party != "" {
		return c.ID
	}
	before := *c
	c.Name, c.Email, c.Phone = o.Contact.Name, plainEmail(o.Contact.Email), cmp.Or(o.Contact.Phone, c.Phone)
	if o.Party != "" {
		c.Kind, c.Party, c.Company = string(party.Kind), o.Party, ""
		if party.Kind == identity.Organisation {
			c.Company = party.Name
		}
	}
	if c.Name != before.Name || c.Email != before.Email || c.Phone != before.Phone || c.Company != before.Company {
		t.renamed[c.ID] = true
	}
	return c.ID
}
