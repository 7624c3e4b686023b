package search

import (
	"cmp"
	"database/sql"
	"errors"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/search/searchdb"
	"sauda/gear/db"
)

// notes count what was looked for and chosen since they were written down last. What a crash loses of them is a few
// seconds of counting.
type notes struct {
	mu      sync.Mutex
	queries map[[2]string]Query
	clicks  map[Click]int64
}

// notesMax bounds the different queries and clicks of a few seconds: beyond it somebody plays.
const notesMax = 5_000

func newNotes() *notes {
	return &notes{queries: make(map[[2]string]Query), clicks: make(map[Click]int64)}
}

// asked counts a query, unless it could lead to a person.
func (n *notes) asked(lang, words string, found Found) {
	if personal(words) {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	key := [2]string{lang, words}
	q, ok := n.queries[key]
	if !ok && len(n.queries) >= notesMax {
		return
	}
	n.queries[key] = Query{Lang: lang, Words: words, Asked: q.Asked + 1, Found: int64(found.Count), Weak: found.Weak}
}

// personal tells whether words could lead to a person: an address, or a number as long as those of people and cards.
func personal(words string) bool {
	digits := 0
	for _, c := range words {
		if c == '@' {
			return true
		}
		if unicode.IsDigit(c) {
			digits++
		}
	}
	return digits >= personalDigits || strings.Count(words, " ") > 15
}

// personalDigits is one less than a phone number has: no words that people look for have as many.
const personalDigits = 9

// Chosen counts that a product was chosen after a query, where it stood at a place, from 1.
func (k *Keeper) Chosen(query string, product catalog.ProductID, place int) {
	words := Words(query)
	if words == "" || personal(words) || place < 1 || place > DepthMax {
		return
	}
	if _, there := k.index.Has(string(product)); !there {
		return
	}
	k.notes.mu.Lock()
	defer k.notes.mu.Unlock()
	c := Click{Words: words, Product: product, Place: place}
	if _, ok := k.notes.clicks[c]; ok || len(k.notes.clicks) < notesMax {
		k.notes.clicks[c]++
	}
}

// take gives what was noted, in an order that does not depend on chance, and begins anew.
func (n *notes) take() (queries []Query, clicks []Click) {
	n.mu.Lock()
	defer n.mu.Unlock()
	queries = slices.SortedFunc(maps.Values(n.queries), func(a, b Query) int {
		return cmp.Or(cmp.Compare(a.Lang, b.Lang), cmp.Compare(a.Words, b.Words))
	})
	for c, times := range n.clicks {
		c.Times = times
		clicks = append(clicks, c)
	}
	slices.SortFunc(clicks, func(a, b Click) int {
		return cmp.Or(cmp.Compare(a.Product, b.Product), cmp.Compare(a.Words, b.Words), cmp.Compare(a.Place, b.Place))
	})
	clear(n.queries)
	clear(n.clicks)
	return queries, clicks
}

// Learn writes down what a node has counted.
func Learn(tx *db.Tx, node string, queries []Query, clicks []Click) error {
	later := searchdb.New(tx.Later())
	for _, q := range queries {
		weak := int64(0)
		if q.Weak {
			weak = 1
		}
		err := later.NoteQuery(tx.Context(), searchdb.NoteQueryParams{Lang: q.Lang, Words: q.Words, Asked: q.Asked, Found: q.Found,
			Weak: weak, Last: span.Micros(tx.Now())})
		if err != nil {
			return err
		}
	}
	for _, c := range clicks {
		err := later.Like(tx.Context(), searchdb.LikeParams{Product: string(c.Product), Clicks: c.Times})
		if err != nil {
			return err
		}
	}
	if len(queries) > 0 {
		if err := tx.Emit(Asked{Node: node, Queries: queries}); err != nil {
			return err
		}
	}
	if len(clicks) > 0 {
		return tx.Emit(Clicked{Node: node, Clicks: clicks})
	}
	return nil
}

// SoldUpTo is the mark up to which Sold has counted, empty at first.
func SoldUpTo(tx *db.Tx) (string, error) {
	mark, err := searchdb.New(tx).SoldUpTo(tx.Context())
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return mark, err
}

// Sold writes down how often variants were ordered, up to a mark: what is bought is liked. It takes two statements and one
// more for each different number of times.
func Sold(tx *db.Tx, times map[catalog.VariantID]int64, mark string) error {
	products, err := catalog.ProductOf(tx, slices.Sorted(maps.Keys(times)))
	if err != nil {
		return err
	}
	sales := make(map[catalog.ProductID]int64)
	for variant, product := range products {
		sales[product] += times[variant]
	}
	by := make(map[int64][]catalog.ProductID)
	for _, product := range slices.Sorted(maps.Keys(sales)) { // In their order, so that two nodes cannot wait for each other.
		by[sales[product]] = append(by[sales[product]], product)
	}
	later := searchdb.New(tx.Later())
	for _, n := range slices.Sorted(maps.Keys(by)) {
		if err := later.LikeSold(tx.Context(), searchdb.LikeSoldParams{Times: n, Products: db.In(by[n])}); err != nil {
			return err
		}
	}
	return later.NoteSoldUpTo(tx.Context(), mark)
}

// saleWeighs is how many clicks a sale is worth.
const saleWeighs = 10

// likings gives how much people like products, in one statement.
func likings(tx *db.Tx, products []catalog.ProductID) (map[catalog.ProductID]int64, error) {
	rows, err := searchdb.New(tx).LikingOf(tx.Context(), db.In(products))
	if err != nil {
		return nil, err
	}
	liked := make(map[catalog.ProductID]int64, len(rows))
	for _, r := range rows {
		liked[catalog.ProductID(r.Product)] = r.Clicks + saleWeighs*r.Sales
	}
	return liked, nil
}

// Counted is how often something was looked for.
type Counted struct {
	Query
	After string // After is the mark of the page behind it.
}

// Queries gives what is looked for most, at most so many and behind a mark; in vain keeps only what finds nothing, or
// nothing with all the words.
func Queries(tx *db.Tx, inVain bool, after string, limit int) ([]Counted, error) {
	p, err := readCount(after)
	if err != nil {
		return nil, err
	}
	q := searchdb.New(tx)
	p.Page = int64(limit)
	rows, err := q.AskedMost(tx.Context(), p)
	if inVain {
		rows, err = q.AskedInVain(tx.Context(), searchdb.AskedInVainParams(p))
	}
	if err != nil {
		return nil, err
	}
	list := make([]Counted, len(rows))
	for i, r := range rows {
		list[i] = Counted{Query: Query{Lang: r.Lang, Words: r.Words, Asked: r.Asked, Found: r.Found, Weak: r.Weak != 0},
			After: countMark(r.Asked, r.Lang, r.Words)}
	}
	return list, nil
}

// Forget drops up to so many queries that nobody has asked since an instant, and says how many.
func Forget(tx *db.Tx, before time.Time, limit int) (int, error) {
	n, err := searchdb.New(tx).ForgetQueries(tx.Context(), searchdb.ForgetQueriesParams{Before: span.Micros(before), Page: int64(limit)})
	return int(n), err
}

// countMark names the place behind a query in a list.
func countMark(asked int64, lang, words string) string {
	return strconv.FormatInt(asked, 36) + "." + lang + "." + words
}

func readCount(mark string) (p searchdb.AskedMostParams, err error) {
	if mark == "" {
		return searchdb.AskedMostParams{Asked: math.MaxInt64}, nil
	}
	parts := strings.SplitN(mark, ".", 3)
	if len(parts) == 3 {
		if p.Asked, err = strconv.ParseInt(parts[0], 36, 64); err == nil {
			p.Lang, p.Words = parts[1], parts[2]
			return p, nil
		}
	}
	return p, ErrCursor.About("%.60q", mark)
}
