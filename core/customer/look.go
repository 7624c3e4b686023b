package customer

import (
	"database/sql"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"sauda/base/ident"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/customer/customerdb"
	"sauda/core/order"
	"sauda/core/seller"
	"sauda/gear/db"
)

// View keeps some of the customers.
type View string

// The views of the list.
const (
	ViewAll       View = ""
	ViewNew       View = "new"       // ViewNew ordered for the first time since the beginning of the month.
	ViewBack      View = "back"      // ViewBack has more than one order.
	ViewLapsed    View = "lapsed"    // ViewLapsed has ordered nothing for 90 days.
	ViewCompanies View = "companies" // ViewCompanies are organisations.
	ViewPersons   View = "persons"   // ViewPersons are people with an account.
	ViewGuests    View = "guests"
)

// Views are all of them, in their order.
var Views = []View{ViewAll, ViewNew, ViewBack, ViewLapsed, ViewCompanies, ViewPersons, ViewGuests}

// Sort says who stands first.
type Sort string

// The orders of the list. All but the first are for the whole list: a view stands in the order of its own index.
const (
	SortLast   Sort = "" // SortLast has those first who have ordered last.
	SortFirst  Sort = "first"
	SortOrders Sort = "orders"
	SortSpent  Sort = "spent" // SortSpent lists those who have spent in the currency of the filter.
)

// Sorts are all of them, in their order.
var Sorts = []Sort{SortLast, SortFirst, SortOrders, SortSpent}

// lapsedTime is after how long somebody who has ordered nothing counts as lapsed.
const lapsedTime = 90 * 24 * time.Hour

const (
	pageMax     = 200
	pageDefault = 50
	foundMax    = 200 // foundMax bounds whom a search looks at: who finds more types more.
)

// Filter says which customers are listed, and in which order.
type Filter struct {
	Seller   seller.ID
	View     View
	Sort     Sort
	Currency money.Currency // Currency is the one of SortSpent.
	Text     string         // Text begins words of a name, an address or a telephone number. What it finds has one page.
	After    string         // After is what List gave to go on from.
	Limit    int            // Limit is at most 200; anything else counts as 50.
}

// List gives customers of a seller to his staff with customers.read, and what to go on from, which is empty when there is
// no more. A page takes two statements, and each form of the first walks one index in the order of the page.
func List(tx *db.Tx, f Filter) ([]Customer, string, error) {
	if err := works(tx.Who(), f.Seller, ScopeRead); err != nil {
		return nil, "", err
	}
	if f.Limit < 1 || f.Limit > pageMax {
		f.Limit = pageDefault
	}
	if f.View != ViewAll || f.Text != "" {
		f.Sort = SortLast
	}
	at, id, err := f.begin(tx.Now())
	if err != nil {
		return nil, "", err
	}
	query, args := f.query(tx.Now(), at, id)
	found, marks, err := read(tx, query, args)
	if err != nil {
		return nil, "", err
	}
	next := ""
	if len(found) > f.Limit {
		found = found[:f.Limit]
		if f.Text == "" {
			next = strconv.FormatInt(marks[f.Limit-1], 36) + "." + string(found[f.Limit-1].ID)
		}
	}
	return found, next, addSpent(tx, found)
}

// begin says from where a page goes on: a value of what it is sorted by, and an id.
func (f Filter) begin(now time.Time) (at int64, id string, err error) {
	if f.After == "" {
		if f.View == ViewLapsed {
			return span.Micros(now.Add(-lapsedTime)), "", nil
		}
		return math.MaxInt64, "", nil
	}
	number, id, ok := strings.Cut(f.After, ".")
	at, err = strconv.ParseInt(number, 36, 64)
	if !ok || err != nil || !ident.Valid("cus", id) {
		return 0, "", ErrCursor.About("%.80q", f.After)
	}
	return at, id, nil
}

const columns = "c.id, c.seller, c.key, c.kind, c.party, c.name, c.company, c.email, c.phone, c.orders, c.first_at, c.last_at"

// query writes the statement of a filter.
func (f Filter) query(now time.Time, at int64, id string) (string, []any) {
	var args []any
	arg := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	if f.Sort == SortSpent {
		return "SELECT " + columns + ", s.minor FROM customer_spent s JOIN customer c ON c.id = s.customer WHERE s.seller = " + arg(string(f.Seller)) +
			" AND s.currency = " + arg(string(f.Currency)) + " AND (s.minor, s.customer) < (" + arg(at) + ", " + arg(id) +
			") AND c.gone = 0 ORDER BY s.minor DESC, s.customer DESC LIMIT " + arg(int64(f.Limit+1)), args
	}
	by := "c.last_at"
	switch {
	case f.Sort == SortOrders:
		by = "c.orders"
	case f.Sort == SortFirst, f.View == ViewNew:
		by = "c.first_at"
	}
	query := "SELECT " + columns + ", " + by + " FROM customer c WHERE c.seller = " + arg(string(f.Seller)) + " AND c.gone = 0"
	query += f.searched(now, arg) + f.viewed("c", now, arg)
	return query + " AND (" + by + ", c.id) < (" + arg(at) + ", " + arg(id) + ") ORDER BY " + by + " DESC, c.id DESC LIMIT " + arg(int64(f.Limit+1)), args
}

// searched is the condition that a customer is found by all words, and is in the view: whoever is neither does not stand in
// the way of those who are.
func (f Filter) searched(now time.Time, arg func(any) string) string {
	words := begins(f.Text)
	if len(words) == 0 {
		return ""
	}
	inner := " AND c.id IN (SELECT w.customer FROM customer_word w WHERE w.seller = " + arg(string(f.Seller)) +
		" AND w.word >= " + arg(words[0]) + " AND w.word < " + arg(words[0]+wordEnd)
	for _, word := range words[1:] {
		inner += " AND EXISTS (SELECT 1 FROM customer_word x WHERE x.customer = w.customer AND x.word >= " + arg(word) + " AND x.word < " + arg(word+wordEnd) + ")"
	}
	viewed := f.viewed("v", now, arg)
	if f.View == ViewLapsed { // Outside, the list begins there.
		viewed = " AND v.last_at < " + arg(span.Micros(now.Add(-lapsedTime)))
	}
	if viewed != "" {
		inner += " AND EXISTS (SELECT 1 FROM customer v WHERE v.id = w.customer" + viewed + ")"
	}
	return inner + " ORDER BY w.word LIMIT " + arg(int64(foundMax)) + ")"
}

// viewed is the condition of the view, for a table by its short name.
func (f Filter) viewed(of string, now time.Time, arg func(any) string) string {
	switch f.View {
	case ViewNew:
		day := span.DayOf(now, span.Almaty)
		_, _, passed := day.Date()
		return " AND " + of + ".first_at >= " + arg(span.Micros(day.AddDays(1-passed).Start(span.Almaty)))
	case ViewBack:
		return " AND " + of + ".orders > 1"
	case ViewCompanies:
		return " AND " + of + ".kind = " + arg(string(KindOrganisation))
	case ViewPersons:
		return " AND " + of + ".kind = " + arg(string(KindPerson))
	case ViewGuests:
		return " AND " + of + ".kind = " + arg(string(KindGuest))
	}
	return ""
}

// wordEnd comes after every hexadecimal digit.
const wordEnd = "g"

// read runs a statement of a filter. Marks are what the rows are sorted by.
func read(tx *db.Tx, query string, args []any) (found []Customer, marks []int64, err error) {
	rows, err := tx.QueryContext(tx.Context(), query, args...)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var r customerdb.Customer
		var mark int64
		if err := rows.Scan(&r.ID, &r.Seller, &r.Key, &r.Kind, &r.Party, &r.Name, &r.Company, &r.Email, &r.Phone, &r.Orders,
			&r.FirstAt, &r.LastAt, &mark); err != nil {
			return nil, nil, err
		}
		found, marks = append(found, customerOf(r)), append(marks, mark)
	}
	return found, marks, rows.Err()
}

// addSpent adds what some customers have spent, in one statement.
func addSpent(tx *db.Tx, all []Customer) error {
	if len(all) == 0 {
		return nil
	}
	ids, at := make([]ID, len(all)), make(map[string]int, len(all))
	for i, c := range all {
		ids[i], at[string(c.ID)] = c.ID, i
	}
	rows, err := customerdb.New(tx).SpentOf(tx.Context(), db.In(ids))
	for _, r := range rows {
		c := &all[at[r.Customer]]
		c.Spent = append(c.Spent, money.Of(r.Minor, money.Currency(r.Currency)))
	}
	return err
}

// Get gives a customer to the staff of his seller with customers.read; to others, and when his account was erased, he is
// unknown.
func Get(tx *db.Tx, id ID) (Customer, error) {
	row, err := customerdb.New(tx).Get(tx.Context(), string(id))
	if errors.Is(err, sql.ErrNoRows) {
		return Customer{}, ErrUnknown.About("%.60s", string(id))
	}
	if err != nil {
		return Customer{}, err
	}
	if who := tx.Who(); !who.For(row.Seller) || !who.May(ScopeRead) {
		return Customer{}, ErrUnknown.About("%s is not shown to %s", id, who.ID)
	}
	all := []Customer{customerOf(row)}
	err = addSpent(tx, all)
	return all[0], err
}

// LatestOrders gives the orders of a customer, the latest first and at most so many.
func (c Customer) LatestOrders(tx *db.Tx, most int) ([]order.ID, error) {
	rows, err := customerdb.New(tx).OrdersOf(tx.Context(), customerdb.OrdersOfParams{Customer: string(c.ID), Most: int64(most)})
	ids := make([]order.ID, len(rows))
	for i, row := range rows {
		ids[i] = order.ID(row)
	}
	return ids, err
}
