package office

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/inventory"
	"sauda/core/ledger"
	"sauda/core/order"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

// languages are those in which the office speaks; readers of others see English.
var languages = []string{"kk", "ru", "en"}

// t gives a text of the office in the language of the reader.
func t(ctx context.Context, id string, args ...any) string {
	return i18n.T(web.Lang(ctx), "office."+id, args...)
}

// refusal says why something was refused: the fault, and once what each of its fields must be.
func refusal(ctx context.Context, err error) string {
	said := []string{i18n.Fault(web.Lang(ctx), err)}
	for _, f := range fault.FieldsOf(err) {
		if words := i18n.Field(web.Lang(ctx), f); !slices.Contains(said, words) {
			said = append(said, words)
		}
	}
	return strings.Join(said, " ")
}

// amendable tells whether a refusal is about what somebody typed or chose, so that his form comes back with it.
func amendable(err error) bool {
	kind := fault.Of(err).Kind
	return kind == fault.Invalid || kind == fault.Conflict
}

// in gives a text that people wrote in the language of the reader.
func in(ctx context.Context, l text.Localized) string { return l.In(web.Lang(ctx)) }

// sum writes an amount of money.
func sum(ctx context.Context, m money.Money) string {
	if m.Currency == "" {
		return "—"
	}
	return m.Format(web.Lang(ctx))
}

// much writes a quantity with its unit.
func much(ctx context.Context, q measure.Quantity, u measure.Unit) string {
	return q.Format(web.Lang(ctx)) + "\u00a0" + u.Sign(web.Lang(ctx))
}

// clock writes an instant as the clocks of Kazakhstan show it, and a dash for never.
func clock(ctx context.Context, at time.Time) string {
	if at.IsZero() {
		return "—"
	}
	layout := "02.01.2006 15:04"
	if l := web.Lang(ctx); l != "kk" && l != "ru" {
		layout = "2006-01-02 15:04"
	}
	return at.In(span.Almaty).Format(layout)
}

// date writes a day.
func date(ctx context.Context, d span.Day) string {
	if l := web.Lang(ctx); (l == "kk" || l == "ru") && !d.IsZero() {
		return d.Start(time.UTC).Format("02.01.2006")
	}
	return d.String()
}

// shortDay writes a day without its year, for the head of a column.
func shortDay(ctx context.Context, d span.Day) string {
	if s := date(ctx, d); strings.HasSuffix(s, d.String()[:4]) {
		return s[:5]
	}
	return d.String()[5:]
}

// stamp is an instant for machines.
func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// to gives the address of a page of the office in the language of the present one. Parts are escaped and joined by
// slashes.
func to(ctx context.Context, parts ...string) templ.SafeURL {
	var b strings.Builder
	b.WriteString("/office")
	for _, p := range parts {
		b.WriteString("/" + url.PathEscape(p))
	}
	return templ.SafeURL(web.Link(ctx, b.String()))
}

// asked gives the address of a page with a query: names and values by turns, of which the empty ones are left out.
func asked(ctx context.Context, page string, args ...string) templ.SafeURL {
	query := url.Values{}
	for i := 0; i+1 < len(args); i += 2 {
		if args[i+1] != "" {
			query.Set(args[i], args[i+1])
		}
	}
	address := web.Link(ctx, "/office/"+page)
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	return templ.SafeURL(address)
}

// may tells whether the reader has a scope.
func may(ctx context.Context, scope string) bool { return web.WhoFrom(ctx).May(scope) }

// number writes a whole number.
func number[N ~int | ~int64](n N) string { return strconv.FormatInt(int64(n), 10) }

// done gives what a form says to the page that it leads to, or nothing.
func done(ctx context.Context) string {
	u, err := url.Parse(web.Path(ctx))
	if err != nil {
		return ""
	}
	what := u.Query().Get("done")
	if !slices.Contains(deeds, what) {
		return ""
	}
	return t(ctx, "done."+what)
}

// moodOf gives the colour of what is said when it is so.
func moodOf(is bool, mood string) string {
	if is {
		return mood
	}
	return ""
}

// deeds are what a form can say it has done.
var deeds = []string{
	"packed", "handed_over", "arrived", "came_back", "called_off", "rebooked", "cancelled", "lines_cancelled", "returned", "refunded", "noted", "saved",
	"added", "on_sale", "ended", "moved", "received", "counted", "retold", "hastened", "retried", "dismissed", "employed",
	"granted", "suspended", "reinstated", "revoked", "closed", "opened", "picture_removed", "pictures_added", "restored",
	"dropped", "undone", "dropped_collection", "import_asked",
	"dropped_rule", "restored_rule", "published", "restored_edition", "ended_piece", "switched", "list_kept", "list_dropped",
	"host_asked", "host_confirmed", "host_dropped", "told", "removed", "noted_down", "note_struck", "file_dropped", "file_back",
	"files_kept", "swapped", "resent",
	"halted", "proposed", "judged", "confirmed", "confirmed_in_vain", "declined", "withdrawn", "stopped", "limited", "allowed", "disallowed", "drafted", "laid",
	"refused_investor", "booked", "listed", "announced",
	"asked_investor", "wait_offered", "wait_removed", "alert_dismissed", "case_opened", "case_grown", "case_assigned", "case_decided", "case_closed",
}

// see leads to a page of the office that says what was done.
func see(page, deed string) web.Then {
	mark := "?"
	if strings.Contains(page, "?") {
		mark = "&"
	}
	return web.See("/office/" + page + mark + "done=" + deed)
}

// mailto leads to a letter to an address. Signs that mean more than themselves in such a link do not there (RFC 6068 §2): what
// stands behind a question mark would be headers of the letter.
func mailto(address string) templ.SafeURL {
	at := max(0, strings.LastIndexByte(address, '@'))
	return templ.SafeURL("mailto:" + url.QueryEscape(address[:at]) + strings.ReplaceAll(url.PathEscape(address[at:]), "+", "%2B"))
}

// readQuantity reads a quantity as people type it, with a comma or a point.
func readQuantity(typed string) (measure.Quantity, error) {
	return measure.Parse(strings.ReplaceAll(strings.TrimSpace(typed), ",", "."))
}

// readLocalized reads a text that was typed in several languages: name_kk, name_ru and so on.
func readLocalized(values url.Values, name string) text.Localized {
	l := text.Localized{}
	for _, lang := range text.Languages {
		if typed := clean(values.Get(name + "_" + lang)); typed != "" {
			l[lang] = typed
		}
	}
	return l
}

// clean takes what a browser adds out of a typed text. What may not enter the store stays, for the verbs to refuse.
func clean(typed string) string {
	return strings.TrimSpace(strings.ReplaceAll(typed, "\r\n", "\n"))
}

// hasControl tells whether typed fields hold what the store cannot keep: a zero byte, or bytes that are no text.
func hasControl(values url.Values) bool {
	for _, all := range values {
		for _, v := range all {
			if text.Fits(v, 100_000) != nil {
				return true
			}
		}
	}
	return false
}

// object gives the page of what an id names, or nothing when there is none. What follows a stroke names something of it, such as
// a refund of an order.
func object(ctx context.Context, id string) templ.SafeURL {
	id, _, _ = strings.Cut(id, "/")
	prefix, _, _ := strings.Cut(id, "_")
	switch {
	case prefix == "ord" && may(ctx, ScopeOrdersRead):
		return to(ctx, "orders", id)
	case prefix == "pay" && may(ctx, ScopeMoneyRead):
		return to(ctx, "payments", id)
	case prefix == "prd" && may(ctx, ScopeCatalogRead):
		return to(ctx, "products", id)
	case prefix == "var" && may(ctx, ScopeStockRead):
		return to(ctx, "stock", id)
	case prefix == "cus" && may(ctx, ScopeCustomersRead):
		return to(ctx, "customers", id)
	case prefix == "shp" && may(ctx, ScopeOrdersRead):
		return to(ctx, "shipments", id)
	}
	return ""
}

// dayMonth writes the day and the month of a day, for the foot of a bar.
func dayMonth(d span.Day) string { return d.Start(time.UTC).Format("02.01") }

// lang is the language of the reader.
func lang(ctx context.Context) string { return web.Lang(ctx) }

// lineName is what a line of an order is called.
func lineName(ctx context.Context, o order.Order, line string) string {
	l, err := o.Line(line)
	if err != nil {
		return line
	}
	return strings.TrimSpace(in(ctx, l.Name) + " " + in(ctx, l.Label))
}

// bundleOf names the bundle in which a line was bought, and how many of it.
func bundleOf(ctx context.Context, o order.Order, l order.Line) string {
	for _, b := range o.Quote.Bundles {
		if b.Line == l.Bundle {
			return strings.TrimSpace(in(ctx, b.Name)+" "+in(ctx, b.Label)) + " · " + much(ctx, b.Quantity, b.Unit)
		}
	}
	return ""
}

// signedEntry writes an entry as an account sees it: what it received, or what it gave with a minus.
func signedEntry(ctx context.Context, e ledger.Entry, of ledger.Account) string {
	m := money.Of(e.Amount, money.Currency(e.Asset))
	if e.Credit == of {
		m.Minor = -m.Minor
	}
	return sum(ctx, m)
}

// onward leads to the next page of a list, if there is one.
func onward(ctx context.Context, page, next string, args ...string) templ.SafeURL {
	if next == "" {
		return ""
	}
	return asked(ctx, page, args...)
}

// signed writes a change of a quantity with its sign.
func signed(ctx context.Context, q measure.Quantity) string {
	if q > 0 {
		return "+" + q.Format(web.Lang(ctx))
	}
	return q.Format(web.Lang(ctx))
}

// warehouseName is what a warehouse is called.
func warehouseName(ctx context.Context, all []inventory.Warehouse, id inventory.WarehouseID) string {
	for _, w := range all {
		if w.ID == id {
			return in(ctx, w.Name)
		}
	}
	return string(id)
}

// truth writes a flag of an address; no is left out.
func truth(yes bool) string {
	if yes {
		return "true"
	}
	return ""
}
