package digital

import (
	"time"

	"sauda/base/measure"
	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/digital/digitaldb"
	"sauda/core/hold"
	"sauda/gear/db"
)

// Gift is what one line of an order brings its buyer.
type Gift struct {
	Order    string
	Line     string
	Owner    string // Owner is who holds the codes.
	Product  catalog.ProductID
	Variant  catalog.VariantID
	Quantity measure.Quantity
	Terms    catalog.Digital
}

// Give grants what a line has brought, and takes its codes off the shelf, which its owner has held. It acts each time that
// it is called: a line is given once.
func Give(tx *db.Tx, g Gift) (GrantID, error) {
	id := tx.Mint("grt")
	days, most := g.Terms.Limits()
	err := digitaldb.New(tx.Later()).AddGrant(tx.Context(), digitaldb.AddGrantParams{
		ID: id, OrderRef: g.Order, Line: g.Line, Product: string(g.Product), Most: int64(most),
		UntilAt: span.Micros(tx.Now().Add(time.Duration(days) * 24 * time.Hour)),
	})
	if err != nil || !g.Terms.Codes {
		return GrantID(id), err
	}
	n, _ := g.Quantity.Whole()
	if err := hold.Consume(tx, g.Owner, []hold.Want{{Key: catalog.CodesKey(g.Variant), Quantity: int64(g.Quantity)}}); err != nil {
		return "", err
	}
	codes, err := digitaldb.New(tx).GiveCodes(tx.Context(), digitaldb.GiveCodesParams{GrantID: id, Variant: string(g.Variant), Most: n})
	if err == nil && int64(len(codes)) != n {
		err = ErrNoCode.About("%d of %d for %s", len(codes), n, g.Variant)
	}
	return GrantID(id), err
}

// Of gives what an order grants, in at most four statements. Who may see the order may see it.
func Of(tx *db.Tx, order string) ([]Grant, error) {
	q := digitaldb.New(tx)
	rows, err := q.GrantsOf(tx.Context(), order)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ids, products := make([]string, len(rows)), make([]catalog.ProductID, len(rows))
	for i, r := range rows {
		ids[i], products[i] = r.ID, catalog.ProductID(r.Product)
	}
	files, err := filesOf(tx, products)
	if err != nil {
		return nil, err
	}
	codes, err := q.CodesOf(tx.Context(), db.In(ids))
	if err != nil {
		return nil, err
	}
	fetched, err := q.Fetches(tx.Context(), db.In(ids))
	if err != nil {
		return nil, err
	}
	times := make(map[[2]string]int64, len(fetched))
	for _, f := range fetched {
		times[[2]string{f.GrantID, f.File}] = f.Times
	}
	grants := make([]Grant, len(rows))
	for i, r := range rows {
		g := Grant{ID: GrantID(r.ID), Line: r.Line, Until: span.FromMicros(r.UntilAt), Ended: r.Ended == 1, most: r.Most}
		for _, f := range files[products[i]] {
			g.Files = append(g.Files, Fetchable{File: f, Left: max(0, r.Most-times[[2]string{r.ID, string(f.ID)}])})
		}
		for _, c := range codes {
			if c.GrantID == r.ID && !g.Ended {
				g.Codes = append(g.Codes, c.Code)
			}
		}
		grants[i] = g
	}
	return grants, nil
}

// Fetch counts that a file of an order's grant is fetched once more, and gives it. What is over or ended is ErrOver, and
// what was fetched as often as it may be ErrSpent.
func Fetch(tx *db.Tx, order string, grant GrantID, file FileID) (File, error) {
	grants, err := Of(tx, order)
	if err != nil {
		return File{}, err
	}
	for _, g := range grants {
		for _, f := range g.Files {
			if g.ID != grant || f.ID != file {
				continue
			}
			if !g.Open(tx.Now()) {
				return File{}, ErrOver.About("%s", g.ID)
			}
			times, err := digitaldb.New(tx).Fetch(tx.Context(), digitaldb.FetchParams{GrantID: string(g.ID), File: string(f.ID), Most: g.most})
			if err == nil && len(times) == 0 {
				err = ErrSpent.About("%s of %s", f.ID, g.ID)
			}
			return f.File, err
		}
	}
	return File{}, ErrUnknown.About("%.60s of %.60s", string(file), string(grant))
}

// Rest is what a buyer keeps of a line.
type Rest struct {
	Line string
	Kept measure.Quantity
}

// End ends what some lines of an order granted, as far as they were given back: a line of which nothing is kept wholly, and
// of one of which a part is kept the codes beyond it, the last ones first. Its files are one and the same however many were
// bought, and stay until the last is given back. Ended twice, it is ended once.
func End(tx *db.Tx, order string, rests []Rest) error {
	later := digitaldb.New(tx.Later())
	var ended []string
	for _, r := range rests {
		if r.Kept <= 0 {
			ended = append(ended, r.Line)
			continue
		}
		n, _ := r.Kept.Whole()
		if err := later.EndCodes(tx.Context(), digitaldb.EndCodesParams{OrderRef: order, Line: r.Line, Most: n}); err != nil {
			return err
		}
	}
	if len(ended) == 0 {
		return nil
	}
	return later.EndGrants(tx.Context(), digitaldb.EndGrantsParams{OrderRef: order, Lines: db.In(ended)})
}
