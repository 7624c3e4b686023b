package office

import (
	"context"
	"encoding/csv"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"sauda/base/span"
	"sauda/core/bookmark"
	"sauda/gear/db"
	"sauda/gear/job"
	"sauda/gear/web"
)

func (f face) mountLists(server *web.Server, site *web.Site) {
	web.Form(site, "POST /office/bookmarks", f.keepList, web.SignedIn())
	web.Form(site, "POST /office/bookmarks/{id}/drop", f.dropList, web.SignedIn())
	server.Protocol("GET /office/orders.csv", f.ordersFile, web.Needs(ScopeOrdersRead), web.Time(fileTime))
	server.Protocol("GET /office/products.csv", f.productsFile, web.Needs(ScopeCatalogRead), web.Time(fileTime))
	server.Protocol("GET /office/payments.csv", f.paymentsFile, web.Needs(ScopeMoneyRead), web.Time(fileTime))
	server.Protocol("GET /office/customers.csv", f.customersFile, web.Needs(ScopeCustomersRead), web.Time(fileTime))
	server.Protocol("GET /office/stock.csv", f.stockFile, web.Needs(ScopeStockRead), web.Time(fileTime))
}

// column is one column of a list: on the page a piece, in a file a text.
type column[R any] struct {
	Name  string // Name is the end of its text, and what the address calls it.
	Head  string // Head is what it is called; empty is its text.
	Class string
	Usual bool // Usual is shown unless somebody chose otherwise.
	Cell  func(R) templ.Component
	Plain func(context.Context, R) string
}

// head is what a column is called.
func (c column[R]) head(ctx context.Context) string {
	if c.Head != "" {
		return c.Head
	}
	return t(ctx, "column."+c.Name)
}

// choices are the columns of a list by name, for who chooses among them.
type choices struct {
	Name, Head string
	Chosen     bool
}

// layout is how a list is set up by its address: which filters, which columns, and what is kept of that.
type layout struct {
	Page    string
	Query   url.Values // Query are the filters and columns; where a page begins is not among them.
	Columns []choices
	Saved   []bookmark.Bookmark
}

// colsKey names the columns in an address.
const colsKey = "cols"

// valuesMax bounds how often an address may name one thing.
const valuesMax = 60

// laidOut reads the filters of a list from its address, and what people keep of it.
func laidOut[R any](tx *db.Tx, page string, filters []string, columns []column[R]) (layout, []column[R], error) {
	l := layout{Page: page, Query: wanted(tx.Context(), append([]string{colsKey}, filters...))}
	chosen := chosenOf(l.Query[colsKey], columns)
	for _, c := range columns {
		is := slices.ContainsFunc(chosen, func(x column[R]) bool { return x.Name == c.Name })
		l.Columns = append(l.Columns, choices{c.Name, c.head(tx.Context()), is})
	}
	var err error
	l.Saved, err = bookmark.Of(tx, string(sellerOf(tx)), page)
	return l, chosen, err
}

// wanted gives some values of the present address; empty ones are left out.
func wanted(ctx context.Context, names []string) url.Values {
	asked := url.Values{}
	u, err := url.Parse(web.Path(ctx))
	if err != nil {
		return asked
	}
	query := u.Query()
	for _, name := range names {
		for _, v := range query[name] {
			if v != "" && len(asked[name]) < valuesMax {
				asked.Add(name, v)
			}
		}
	}
	return asked
}

// chosenOf gives the named columns in the order of the list; without names, or with none that the list has, the usual ones.
func chosenOf[R any](names []string, columns []column[R]) []column[R] {
	var chosen, usual []column[R]
	for _, c := range columns {
		if slices.Contains(names, c.Name) {
			chosen = append(chosen, c)
		}
		if c.Usual {
			usual = append(usual, c)
		}
	}
	if len(chosen) == 0 {
		return usual
	}
	return chosen
}

// address leads to the list with these filters and columns, some of them replaced: names and values by turns.
func (l layout) address(ctx context.Context, changes ...string) templ.SafeURL {
	query := url.Values{}
	for name, values := range l.Query {
		query[name] = values
	}
	for i := 0; i+1 < len(changes); i += 2 {
		query.Del(changes[i])
		if changes[i+1] != "" {
			query.Set(changes[i], changes[i+1])
		}
	}
	address := web.Link(ctx, "/office/"+l.Page)
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	return templ.SafeURL(address)
}

// file leads to what the list shows, as a file.
func (l layout) file(ctx context.Context) templ.SafeURL {
	address := web.Link(ctx, "/office/"+l.Page+".csv")
	if len(l.Query) > 0 {
		address += "?" + l.Query.Encode()
	}
	return templ.SafeURL(address)
}

// saved leads to a list as somebody keeps it.
func saved(ctx context.Context, b bookmark.Bookmark) templ.SafeURL {
	return templ.SafeURL(web.Link(ctx, "/office/"+b.Page) + "?" + b.Query)
}

// isOpen tells whether the present list is set up as a kept one.
func (l layout) isOpen(b bookmark.Bookmark) bool {
	kept, err := url.ParseQuery(b.Query)
	return err == nil && kept.Encode() == l.Query.Encode()
}

// hidden gives the filters but some, for a form that asks for those anew.
func (l layout) hidden(but ...string) (fields []namedValue) {
	for _, name := range sortedNames(l.Query) {
		if slices.Contains(but, name) {
			continue
		}
		for _, v := range l.Query[name] {
			fields = append(fields, namedValue{name, v})
		}
	}
	return fields
}

// namedValue is a field that is not seen.
type namedValue struct{ Name, Value string }

func sortedNames(v url.Values) []string {
	names := make([]string, 0, len(v))
	for name := range v {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

type keepForm struct {
	Page   string `json:"page" enum:"orders,customers,products,stock,payments"`
	Query  string `json:"query,omitempty" maxLength:"500"`
	Name   string `json:"name" maxLength:"60"`
	Shared bool   `json:"shared,omitempty"`
}

// keepList keeps a list as it is set up, under a name.
func (f face) keepList(tx *db.Tx, in keepForm) (web.Then, error) {
	b, err := bookmark.Keep(tx, bookmark.Bookmark{Seller: string(sellerOf(tx)), Page: in.Page, Query: in.Query, Name: in.Name, Shared: in.Shared})
	return see(b.Page+"?"+b.Query, "list_kept"), err
}

type dropForm struct {
	ID   bookmark.ID `path:"id" maxLength:"60"`
	Page string      `json:"page" enum:"orders,customers,products,stock,payments"`
}

// dropList forgets a kept list of one's own.
func (f face) dropList(tx *db.Tx, in dropForm) (web.Then, error) {
	return see(in.Page, "list_dropped"), bookmark.Drop(tx, string(sellerOf(tx)), in.ID)
}

const (
	fileTime    = 5 * time.Minute // fileTime is enough for the rows below over a slow line.
	fileRowsMax = 10_000          // fileRowsMax is what somebody still reads; whoever wants all goods uses the export.
	filePage    = 200
)

// walk gives the rows of a list page after page; next is empty after the last one.
type walk[R any] func(tx *db.Tx, after string) (rows []R, next string, err error)

// sendList sends what a list shows as a file that Excel opens, with the columns of its address. Each page is read in a
// moment of its own.
func sendList[R any](f face, x web.Exchange, page string, columns []column[R], read walk[R]) error {
	ctx := x.Context()
	chosen := chosenOf(wanted(ctx, []string{colsKey})[colsKey], columns)
	var rows []R
	for after := ""; len(rows) < fileRowsMax; {
		var next string
		err := job.Look(ctx, f.Store, web.WhoFrom(ctx), func(tx *db.Tx) error {
			found, on, err := read(tx, after)
			rows, next = append(rows, found...), on
			return err
		})
		if err != nil {
			return err
		}
		if after = next; after == "" {
			break
		}
	}
	sent := web.Sent{Name: page + "-" + span.DayOf(time.Now(), span.Almaty).String() + ".csv", Kind: "text/csv; charset=utf-8", Object: page}
	return x.Send(sent, func(to io.Writer) error { return writeList(ctx, to, chosen, rows) })
}

// writeList writes rows with a mark of the encoding and semicolons, as Excel reads them where a comma parts a number.
func writeList[R any](ctx context.Context, to io.Writer, columns []column[R], rows []R) error {
	if _, err := io.WriteString(to, "\ufeff"); err != nil {
		return err
	}
	w := csv.NewWriter(to)
	w.Comma = ';'
	record := make([]string, len(columns))
	for i, c := range columns {
		record[i] = c.head(ctx)
	}
	if err := w.Write(record); err != nil {
		return err
	}
	for _, r := range rows {
		for i, c := range columns {
			record[i] = harmless(c.Plain(ctx, r))
		}
		if err := w.Write(record); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// harmless keeps a text from being taken for a formula by a program that opens the file.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+@\t\r", rune(s[0])) || strings.HasPrefix(s, "-") && strings.Trim(s, "-0123456789.,") != "" {
		return "'" + s
	}
	return s
}

// askedOf reads a value of the address of an exchange.
func askedOf(r *http.Request, name string) string { return r.URL.Query().Get(name) }

// isMine tells whether a kept list is the reader's own, to be dropped.
func isMine(ctx context.Context, b bookmark.Bookmark) bool { return web.WhoFrom(ctx).ID == b.Owner }

// next leads to the next page of a list, if there is one.
func next(ctx context.Context, l layout, name, mark string) templ.SafeURL {
	if mark == "" {
		return ""
	}
	return l.address(ctx, name, mark)
}
