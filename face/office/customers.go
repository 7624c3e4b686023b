package office

import (
	"context"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/core/catalog"
	"sauda/core/customer"
	"sauda/core/identity"
	"sauda/core/order"
	"sauda/core/review"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountCustomers(site *web.Site) {
	web.Page(site, "GET /office/customers", f.customers, web.Needs(ScopeCustomersRead))
	web.Page(site, "GET /office/customers/{id}", f.customer, web.Needs(ScopeCustomersRead))
	web.Form(site, "POST /office/customers/{id}/notes", f.jot, web.Needs(ScopeCustomersWrite))
	web.Form(site, "POST /office/customers/{id}/notes/{note}/removal", f.strike, web.Needs(ScopeCustomersWrite))
}

type customersAsk struct {
	View  customer.View `query:"view" enum:"new,back,lapsed,companies,persons,guests"`
	Sort  customer.Sort `query:"sort" enum:"first,orders,spent"`
	Text  string        `query:"q" maxLength:"200"`
	After string        `query:"after" maxLength:"60"`
}

// customerFilters are the values of an address that choose customers.
var customerFilters = []string{"view", "sort", "q"}

func (in customersAsk) filter(tx *db.Tx, currency money.Currency) customer.Filter {
	return customer.Filter{
		Seller: sellerOf(tx), View: in.View, Sort: in.Sort, Currency: currency, Text: in.Text, After: in.After, Limit: listed,
	}
}

// customersList is a page of customers.
type customersList struct {
	layout
	Ask   customersAsk
	Rows  []customer.Customer
	Shown []column[customer.Customer]
	Next  string
}

// cut tells whether a search has found as many as a page shows, and maybe more.
func (l customersList) cut() bool { return l.Ask.Text != "" && len(l.Rows) == listed }

// customerName is what somebody is called in a list: the name, or what is known instead.
func customerName(c customer.Customer) string {
	for _, name := range []string{c.Name, c.Company, c.Email, c.Phone} {
		if name != "" {
			return name
		}
	}
	return string(c.ID)
}

// customerColumns are those of the list of customers.
func customerColumns(currency money.Currency) []column[customer.Customer] {
	return []column[customer.Customer]{
		{Name: "customer", Usual: true, Cell: customerCell, Plain: func(_ context.Context, c customer.Customer) string { return customerName(c) }},
		textual("company", "", false, func(_ context.Context, c customer.Customer) string { return c.Company }),
		textual("email", "", true, func(_ context.Context, c customer.Customer) string { return c.Email }),
		textual("phone", "nb", true, func(_ context.Context, c customer.Customer) string { return c.Phone }),
		textual("kind", "", true, func(ctx context.Context, c customer.Customer) string { return t(ctx, "customers.kind."+string(c.Kind)) }),
		textual("orders", "num", true, func(_ context.Context, c customer.Customer) string { return number(c.Orders) }),
		{
			Name: "spent", Class: "num", Usual: true, Cell: customerSpent,
			Plain: func(ctx context.Context, c customer.Customer) string { return plainSum(ctx, c.In(currency)) },
		},
		{Name: "first", Class: "nb", Usual: false, Cell: func(c customer.Customer) templ.Component { return instant(c.First) },
			Plain: func(ctx context.Context, c customer.Customer) string { return clock(ctx, c.First) }},
		{Name: "last", Class: "nb", Usual: true, Cell: func(c customer.Customer) templ.Component { return instant(c.Last) },
			Plain: func(ctx context.Context, c customer.Customer) string { return clock(ctx, c.Last) }},
	}
}

// customers lists who buys from the seller.
func (f face) customers(tx *db.Tx, in customersAsk) (web.View, error) {
	list := customersList{Ask: in}
	var err error
	if list.layout, list.Shown, err = laidOut(tx, "customers", customerFilters, customerColumns(f.Currency)); err != nil {
		return nil, err
	}
	list.Rows, list.Next, err = customer.List(tx, in.filter(tx, f.Currency))
	return customersPage(f.page("customers", t(tx.Context(), "nav.customers")), list), err
}

// customersFile sends the customers that a list shows.
func (f face) customersFile(x web.Exchange) error {
	in := customersAsk{
		View: customer.View(askedOf(x.Request, "view")), Sort: customer.Sort(askedOf(x.Request, "sort")), Text: askedOf(x.Request, "q"),
	}
	if !slices.Contains(customer.Views, in.View) || !slices.Contains(customer.Sorts, in.Sort) {
		return web.ErrInvalid.About("the view %.20q by %.20q", in.View, in.Sort)
	}
	return sendList(f, x, "customers", customerColumns(f.Currency), func(tx *db.Tx, after string) ([]customer.Customer, string, error) {
		filter := in.filter(tx, f.Currency)
		filter.After, filter.Limit = after, filePage
		return customer.List(tx, filter)
	})
}

const (
	boughtShown  = 20 // boughtShown is how many orders the page of a customer shows; the list of orders has the rest.
	reviewsShown = 10
)

// customerSheet is all that the page of a customer shows. What the reader may not see is empty.
type customerSheet struct {
	customer.Customer
	form
	Bought    []order.Order // Bought are the latest orders.
	Addresses []place.Address
	Back      []backRow
	Reviews   []review.Review
	Products  map[catalog.ProductID]catalog.Summary
	Consents  []identity.Consent
	Notes     []customer.Note
	Who       map[string]string // Who gives the names of the staff.
}

// backRow is what came back of one line of an order.
type backRow struct {
	Order    order.Order
	Line     string
	Quantity measure.Quantity
	Unit     measure.Unit
}

type customerAsk struct {
	ID customer.ID `path:"id" maxLength:"60"`
}

// customer shows one customer.
func (f face) customer(tx *db.Tx, in customerAsk) (web.View, error) {
	s, err := readCustomer(tx, in.ID)
	return customerPage(f.page("customers", customerName(s.Customer)), s), err
}

// readCustomer reads what the page of a customer shows, in at most eleven statements.
func readCustomer(tx *db.Tx, id customer.ID) (customerSheet, error) {
	var s customerSheet
	var err error
	if s.Customer, err = customer.Get(tx, id); err != nil {
		return s, err
	}
	if tx.Who().May(ScopeOrdersRead) {
		if err := s.bought(tx); err != nil {
			return s, err
		}
	}
	if s.Party != "" && tx.Who().May(ScopeReviewsRead) {
		if s.Reviews, err = review.By(tx, s.Seller, s.Party, reviewsShown); err != nil {
			return s, err
		}
		ids := make([]catalog.ProductID, len(s.Reviews))
		for i, r := range s.Reviews {
			ids[i] = r.Product
		}
		if s.Products, err = summariesOf(tx, ids); err != nil {
			return s, err
		}
	}
	if s.Party != "" {
		if s.Consents, err = identity.DecisionsOf(tx, identity.PartyID(s.Party)); err != nil {
			return s, err
		}
	}
	if s.Notes, err = s.Customer.Notes(tx); err != nil || len(s.Notes) == 0 {
		return s, err
	}
	people, err := identity.Office(tx)
	s.Who = make(map[string]string, len(people))
	for _, u := range people {
		s.Who[string(u.ID)] = u.Name
	}
	return s, err
}

// bought fills in the latest orders, where they went, and what of them came back.
func (s *customerSheet) bought(tx *db.Tx) error {
	ids, err := s.Customer.LatestOrders(tx, boughtShown)
	if err != nil {
		return err
	}
	if s.Bought, err = order.Some(tx, ids); err != nil {
		return err
	}
	for _, o := range s.Bought {
		if o.Address.City != "" && !slices.Contains(s.Addresses, o.Address) {
			s.Addresses = append(s.Addresses, o.Address)
		}
		for _, l := range o.Lines {
			if l.Returned > 0 {
				s.Back = append(s.Back, backRow{Order: o, Line: l.Line, Quantity: l.Returned, Unit: l.Unit})
			}
		}
	}
	return nil
}

// allows says what a customer allows now, by purpose; what he never decided about is left out.
func (s customerSheet) allows(p identity.Purpose) (given, decided bool) {
	return identity.Allowed(s.Consents, p)
}

// whoWrote is who wrote a note.
func (s customerSheet) whoWrote(ctx context.Context, n customer.Note) string {
	if name := s.Who[n.Who]; name != "" {
		return name
	}
	return t(ctx, "who.staff")
}

type jotForm struct {
	ID   customer.ID `path:"id" maxLength:"60"`
	Note string      `json:"note,omitempty" maxLength:"8000"`
}

func customerAddress(id customer.ID) string { return "customers/" + url.PathEscape(string(id)) }

// jot notes something down about a customer, or shows the form again with what is wrong.
func (f face) jot(tx *db.Tx, in jotForm) (web.Then, error) {
	_, err := customer.Jot(tx, in.ID, in.Note)
	if err == nil {
		return see(customerAddress(in.ID), "noted_down"), nil
	}
	if fault.Of(err) == nil || !mendable(err) {
		return web.Then{}, err
	}
	s, bad := readCustomer(tx, in.ID)
	s.Values = url.Values{"note": {in.Note}}
	s.note(tx.Context(), err, func(string) string { return "note" })
	p := f.page("customers", customerName(s.Customer))
	p.Wrong = i18n.Fault(web.Lang(tx.Context()), err)
	return web.Again(customerPage(p, s)), bad
}

type strikeForm struct {
	ID   customer.ID     `path:"id" maxLength:"60"`
	Note customer.NoteID `path:"note" maxLength:"60"`
}

// strike takes a note away.
func (f face) strike(tx *db.Tx, in strikeForm) (web.Then, error) {
	return see(customerAddress(in.ID), "note_struck"), customer.Strike(tx, in.ID, in.Note)
}
