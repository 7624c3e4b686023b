package catalog

import (
	"math"
	"strconv"
	"strings"

	"sauda/base/measure"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog/catalogdb"
	"sauda/core/seller"
	"sauda/gear/db"
)

// StateAny asks List for products in every state. It is for the office.
const StateAny State = "any"

const (
	pageUsual = 24
	termsMax  = 8 // termsMax bounds the words that List looks for.
)

// Filter says what to list. The zero Filter is everything on sale, the newest first.
type Filter struct {
	Category CategoryID // Category includes those below it.
	Seller   seller.ID
	State    State  // State is StateOnSale when it is empty.
	Text     string // Text is words that name, brand, SKU, GTIN or external id must all contain. It is for the office: it reads on until a page is full.
	Brand    string
	Origin   place.Country // Origin keeps goods of one country of origin.
	Proven   bool          // Proven keeps goods whose origin has evidence.
	Below    int           // Below keeps products less complete than this, weighed or not. It is for the office.
	After    string        // After is where the page before ended.
	Limit    int           // Limit is 24 when it is zero, and at most PageMax.
}

// List gives a page of products, the newest first, and the mark of the next page, which is empty after the last one. It
// takes two statements. A category that does not exist is ErrNoCategory.
func List(tx *db.Tx, f Filter) (page []Summary, next string, err error) {
	if f.State == "" {
		f.State = StateOnSale
	}
	if f.Limit <= 0 {
		f.Limit = pageUsual
	}
	f.Limit = min(f.Limit, PageMax)
	since, id, err := readMark(f.After)
	if err != nil {
		return nil, "", err
	}
	query, args := f.query(since, id)
	page, err = summaries(tx, query, args)
	if err != nil {
		return nil, "", err
	}
	if len(page) == 0 && f.After == "" {
		return nil, "", needCategory(tx, f.Category)
	}
	if len(page) > f.Limit {
		page = page[:f.Limit]
		next = mark(page[f.Limit-1])
	}
	return page, next, addVariants(tx, page)
}

// mark names the place after a product in a list.
func mark(s Summary) string {
	return strconv.FormatInt(span.Micros(s.Since), 36) + "." + string(s.ID)
}

func readMark(mark string) (since int64, id string, err error) {
	if mark == "" {
		return math.MaxInt64, "", nil
	}
	number, id, ok := strings.Cut(mark, ".")
	since, err = strconv.ParseInt(number, 36, 64)
	if !ok || err != nil || len(id) > 60 || id == "" {
		return 0, "", ErrCursor.About("%.80q", mark)
	}
	return since, id, nil
}

const summaryColumns = "p.id, p.seller, p.slug, p.category, p.state, p.since, p.version, p.brand, p.origin, p.name, p.cover, p.proof, p.score, p.kind"

// query builds the statement of a filter. Each form walks one index in the order of the page, so a page costs what it
// shows; the one that asks for a category in states that stand on no shelf sorts the category's products.
func (f Filter) query(since int64, id string) (string, []any) {
	b := &builder{}
	after := "(%.since, %.id) < (" + b.arg(since) + ", " + b.arg(id) + ")"
	order := func(alias string) string {
		return " ORDER BY " + alias + ".since DESC, " + alias + ".id DESC LIMIT " + strconv.Itoa(f.Limit+1)
	}
	on := func(alias string) string { return strings.ReplaceAll(after, "%", alias) }
	switch {
	case f.State == StateOnSale && f.Category != "":
		query := "SELECT " + summaryColumns + " FROM product_shelf s JOIN product p ON p.id = s.product WHERE s.category = " +
			b.arg(string(f.Category)) + " AND " + strings.ReplaceAll(on("s"), "s.id", "s.product")
		if f.Seller != "" {
			query += " AND s.seller = " + b.arg(string(f.Seller))
		}
		return query + f.conditions(b) + strings.ReplaceAll(order("s"), "s.id", "s.product"), b.args
	case f.Category == "" && f.Seller == "" && f.State == StateAny:
		var states []string
		words := f.conditions(b)
		for _, state := range []State{StateDraft, StateOnSale, StateEnded} {
			states = append(states, "SELECT * FROM (SELECT "+summaryColumns+" FROM product p WHERE p.state = "+
				b.arg(string(state))+" AND "+on("p")+words+order("p")+") AS "+string(state))
		}
		return "SELECT " + summaryColumns + " FROM (" + strings.Join(states, " UNION ALL ") + ") AS p" + order("p"), b.args
	}
	query := "SELECT " + summaryColumns + " FROM product p WHERE " + on("p")
	if f.State != StateAny {
		query += " AND p.state = " + b.arg(string(f.State))
	}
	if f.Seller != "" {
		query += " AND p.seller = " + b.arg(string(f.Seller))
	}
	if f.Category != "" {
		query += " AND p.category IN (SELECT a.category FROM category_above a WHERE a.above = " + b.arg(string(f.Category)) + ")"
	}
	return query + f.conditions(b) + order("p"), b.args
}

// conditions are those that no index answers: a page reads on until it is full.
func (f Filter) conditions(b *builder) string {
	query := b.words(f.Text)
	if f.Brand != "" {
		query += " AND p.brand = " + b.arg(f.Brand)
	}
	if f.Origin != "" {
		query += " AND p.origin = " + b.arg(string(f.Origin))
	}
	if f.Proven {
		query += " AND p.proof IN (" + b.arg(string(GradeRegister)) + ", " + b.arg(string(GradeDocument)) + ")"
	}
	if f.Below > 0 {
		query += " AND p.score < " + b.arg(int64(f.Below))
	}
	return query
}

// builder numbers the arguments of a statement.
type builder struct{ args []any }

func (b *builder) arg(value any) string {
	b.args = append(b.args, value)
	return "$" + strconv.Itoa(len(b.args))
}

// likeEscape takes the meaning from the signs of LIKE.
var likeEscape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func (b *builder) words(s string) string {
	terms := strings.Fields(text.Fold(s))
	var query strings.Builder
	for _, term := range terms[:min(len(terms), termsMax)] {
		query.WriteString(" AND p.words LIKE " + b.arg("%"+likeEscape.Replace(term)+"%") + ` ESCAPE '\'`)
	}
	return query.String()
}

func summaries(tx *db.Tx, query string, args []any) (page []Summary, err error) {
	rows, err := tx.QueryContext(tx.Context(), query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var s Summary
		var owner, origin, name, cover, state, kind string
		var since int64
		if err := rows.Scan(&s.ID, &owner, &s.Slug, &s.Category, &state, &since, &s.Version, &s.Brand, &origin, &name,
			&cover, &s.Proof, &s.Score, &kind); err != nil {
			return nil, err
		}
		s.Seller, s.State, s.Origin, s.Since = seller.ID(owner), State(state), place.Country(origin), span.FromMicros(since)
		d := decoder{of: string(s.ID)}
		d.text(name, &s.Name)
		s.Cover = d.cover(cover)
		d.json(kind, &s.Kind)
		if d.err != nil {
			return nil, d.err
		}
		page = append(page, s)
	}
	return page, rows.Err()
}

// addVariants fills in the variants of a page in one statement.
func addVariants(tx *db.Tx, page []Summary) error {
	if len(page) == 0 {
		return nil
	}
	ids, at := make([]ProductID, len(page)), make(map[string]int, len(page))
	for i, s := range page {
		ids[i], at[string(s.ID)] = s.ID, i
	}
	rows, err := catalogdb.New(tx).VariantsOfProducts(tx.Context(), db.In(ids))
	if err != nil {
		return err
	}
	for _, r := range rows {
		v := SummaryVariant{ID: VariantID(r.ID), SKU: r.SKU, Unit: measure.Unit(r.Unit), Tracking: Tracking(r.Tracking)}
		d := decoder{of: r.ID}
		if d.text(r.Label, &v.Label); d.err != nil {
			return d.err
		}
		s := &page[at[r.Product]]
		s.Variants = append(s.Variants, v)
	}
	return nil
}
