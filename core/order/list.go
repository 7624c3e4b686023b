package order

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"sauda/base/ident"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/seller"
	"sauda/gear/db"
)

// Filter says which orders are listed. Its zero value lists all that the actor may see.
type Filter struct {
	Seller seller.ID
	Party  string
	State  State
	Among  []ID   // Among keeps only these; none keeps all.
	Text   string // Text is a code, a document number or an email address, whole.
	From   span.Day
	To     span.Day // To is the last day, included.
	After  string   // After is what List gave to go on from.
	Limit  int      // Limit is at most 200; anything else counts as 50.
}

// Summary is an order in a list.
type Summary struct {
	ID       ID
	Code     string
	Number   string
	Seller   seller.ID
	Party    string
	Name     string
	Email    string
	State    State
	Method   string
	Total    money.Money
	PlacedAt time.Time
}

const (
	pageMax     = 200
	pageDefault = 50
)

// List gives orders, the newest first, and what to go on from, which is empty when there is no more. A buyer sees those
// of the own party, staff those of the own seller; a guest sees none: a guest's order opens by its id alone.
func List(tx *db.Tx, f Filter) ([]Summary, string, error) {
	if f.Limit < 1 || f.Limit > pageMax {
		f.Limit = pageDefault
	}
	switch who := tx.Who(); {
	case who.Kind == db.KindAdmin || who.Kind == db.KindSystem:
	case who.Kind == db.KindStaff && who.May(ScopeRead) && who.Seller != "":
		f.Seller = seller.ID(who.Seller)
	case who.Kind == db.KindBuyer && who.Party != "":
		f.Party = who.Party
	default:
		return nil, "", nil
	}
	query, args, err := f.query()
	if err != nil {
		return nil, "", err
	}
	found, err := summaries(tx, query, args)
	if err != nil || len(found) <= f.Limit {
		return found, "", err
	}
	found = found[:f.Limit]
	return found, string(found[f.Limit-1].ID), nil
}

// numberShape is the form of a document number.
var numberShape = regexp.MustCompile(`^\d{4}-\d{6,}$`)

// query writes the statement of a filter. The conditions that are not asked for are left out, so that an index fits.
func (f Filter) query() (string, []any, error) {
	w := where{}
	w.equal("seller", string(f.Seller))
	w.equal("party", f.Party)
	w.equal("state", string(f.State))
	if len(f.Among) > 0 {
		w.args = append(w.args, db.In(f.Among))
		w.conditions = append(w.conditions, "id IN (SELECT value FROM json_each(cast($"+strconv.Itoa(len(w.args))+" AS TEXT)))")
	}
	if text := strings.TrimSpace(f.Text); text != "" {
		column, value := column(text)
		w.equal(column, value)
	}
	if !f.From.IsZero() {
		w.add("id >= ", ident.Least("ord", f.From.Start(span.Almaty)))
	}
	if !f.To.IsZero() {
		w.add("id < ", ident.Least("ord", f.To.AddDays(1).Start(span.Almaty)))
	}
	if f.After != "" {
		if !ident.Valid("ord", f.After) {
			return "", nil, ErrFilter.About("after %.60q", f.After)
		}
		w.add("id < ", f.After)
	}
	query := "SELECT id, code, number, seller, party, name, email, state, method, currency, total, placed_at FROM orders"
	if len(w.conditions) > 0 {
		query += " WHERE " + strings.Join(w.conditions, " AND ")
	}
	w.args = append(w.args, int64(f.Limit+1))
	return query + " ORDER BY id DESC LIMIT $" + strconv.Itoa(len(w.args)), w.args, nil
}

// column says where a text may be found.
func column(text string) (column, value string) {
	if code, err := ident.ParseCode(text); err == nil && !strings.Contains(text, "@") {
		return "code", code
	}
	if numberShape.MatchString(text) {
		return "number", text
	}
	return "email", strings.ToLower(text)
}

// where collects conditions and their arguments.
type where struct {
	conditions []string
	args       []any
}

func (w *where) equal(column, value string) {
	if value != "" {
		w.add(column+" = ", value)
	}
}

func (w *where) add(condition, value string) {
	w.args = append(w.args, value)
	w.conditions = append(w.conditions, condition+"$"+strconv.Itoa(len(w.args)))
}

// summaries runs a statement of a filter.
func summaries(tx *db.Tx, query string, args []any) ([]Summary, error) {
	rows, err := tx.QueryContext(tx.Context(), query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // What went wrong is in rows.Err.
	var found []Summary
	for rows.Next() {
		var s Summary
		var placed int64
		if err := rows.Scan(&s.ID, &s.Code, &s.Number, &s.Seller, &s.Party, &s.Name, &s.Email, &s.State, &s.Method,
			&s.Total.Currency, &s.Total.Minor, &placed); err != nil {
			return nil, err
		}
		s.PlacedAt = span.FromMicros(placed)
		found = append(found, s)
	}
	return found, rows.Err()
}
