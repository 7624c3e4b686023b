package office

import (
	"context"
	"net/url"
	"slices"
	"strconv"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/catalog"
	"sauda/core/pricing"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountBulk(site *web.Site) {
	web.Page(site, "GET /office/products/bulk", f.foreseeBulk, web.Needs(ScopeCatalogWrite))
	web.Form(site, "POST /office/products/bulk", f.doBulk, web.Needs(ScopeCatalogWrite))
}

// What can be done with several products at once.
const (
	bulkSale     = "sale"
	bulkEnd      = "end"
	bulkCategory = "category"
	bulkPrice    = "price"
)

// bulkActs are these in the order in which they are offered.
var bulkActs = []string{bulkSale, bulkEnd, bulkCategory, bulkPrice}

// Bounds of a change of many prices: half as much, or three times as much, is what a shop may mean; more is a slip.
const (
	percentLeast = -90
	percentMost  = 300
)

// roundings are to how many minor units new prices are rounded: tiyn would be odd on a price tag.
var roundings = []int64{100, 1000, 10_000, 100_000}

// bulkAsk is what shall be done with which products, as the form of the list and that of the preview say it.
type bulkAsk struct {
	Act      string
	Category catalog.CategoryID
	Percent  int64
	Rounding int64
	Picked   []catalog.ProductID
}

// bulkRow is one product in the preview, or one of its variants where prices change.
type bulkRow struct {
	Product catalog.Summary
	Label   string
	Before  string
	After   string
	Refused string // Refused says why nothing will be done with it.
	variant catalog.VariantID
	was     money.Money
	now     money.Money
}

// bulk is what would be done, or was.
type bulk struct {
	bulkAsk
	Rows  []bulkRow
	Wrong string
	Undo  url.Values // Undo are the fields of the form that takes it back; none when that cannot be.
}

// ready counts the rows with which something will be done.
func (b bulk) ready() (n int) {
	for _, r := range b.Rows {
		if r.Refused == "" {
			n++
		}
	}
	return n
}

// readBulk reads the fields of both forms; what is out of bounds is left for the preview to refuse.
func readBulk(v url.Values) bulkAsk {
	in := bulkAsk{Act: v.Get("act"), Category: catalog.CategoryID(v.Get("category"))}
	in.Percent, _ = strconv.ParseInt(plainNumber(v.Get("percent")), 10, 32)
	in.Rounding, _ = strconv.ParseInt(v.Get("rounding"), 10, 32)
	if !slices.Contains(roundings, in.Rounding) {
		in.Rounding = roundings[0]
	}
	for _, id := range v["pick"] {
		if id != "" && len(in.Picked) < listed && !slices.Contains(in.Picked, catalog.ProductID(id)) {
			in.Picked = append(in.Picked, catalog.ProductID(id))
		}
	}
	return in
}

// foreseeBulk shows what would become of each chosen product.
func (f face) foreseeBulk(tx *db.Tx, _ struct{}) (web.View, error) {
	in := readBulk(wanted(tx.Context(), []string{"act", "category", "percent", "rounding", "pick"}))
	b, err := f.foresee(tx, in)
	return bulkPage(f.page("products", t(tx.Context(), "bulk.title")), b), err
}

// foresee looks at the chosen products; those of another seller are as unknown as none.
func (f face) foresee(tx *db.Tx, in bulkAsk) (bulk, error) {
	b := bulk{bulkAsk: in}
	ctx := tx.Context()
	switch {
	case len(in.Picked) == 0:
		b.Wrong = t(ctx, "bulk.none_picked")
	case !slices.Contains(bulkActs, in.Act):
		b.Wrong = t(ctx, "bulk.no_act")
	case in.Act == bulkPrice && (in.Percent < percentLeast || in.Percent > percentMost || in.Percent == 0):
		b.Wrong = t(ctx, "bulk.percent_wrong", "least", percentLeast, "most", percentMost)
	case in.Act == bulkCategory && in.Category == "":
		b.Wrong = t(ctx, "bulk.no_category")
	}
	if b.Wrong != "" {
		return b, nil
	}
	found, err := catalog.Summaries(tx, in.Picked, catalog.StateAny)
	if err != nil {
		return b, err
	}
	found = slices.DeleteFunc(found, func(s catalog.Summary) bool { return !tx.Who().For(string(s.Seller)) })
	if in.Act == bulkPrice {
		return b, f.foreseePrices(tx, &b, found)
	}
	names := map[catalog.CategoryID]string{}
	if in.Act == bulkCategory {
		tree, err := catalog.Tree(tx)
		if err != nil {
			return b, err
		}
		for _, c := range tree {
			names[c.ID] = c.Name.In(web.Lang(ctx))
		}
		if names[in.Category] == "" {
			b.Wrong = t(ctx, "bulk.no_category")
			return b, nil
		}
	}
	for _, s := range found {
		b.Rows = append(b.Rows, in.row(ctx, s, names))
	}
	return b, nil
}

// row says what would become of a product.
func (in bulkAsk) row(ctx context.Context, s catalog.Summary, names map[catalog.CategoryID]string) bulkRow {
	r := bulkRow{Product: s, Before: t(ctx, "product.state."+string(s.State))}
	switch in.Act {
	case bulkSale:
		r.After = t(ctx, "product.state."+string(catalog.StateOnSale))
		if s.State == catalog.StateOnSale {
			r.Refused = t(ctx, "bulk.is_so")
		} else if s.Category == "" {
			r.Refused = t(ctx, "bulk.needs_category")
		}
	case bulkEnd:
		r.After = t(ctx, "product.state."+string(catalog.StateEnded))
		if s.State == catalog.StateEnded {
			r.Refused = t(ctx, "bulk.is_so")
		}
	case bulkCategory:
		r.Before, r.After = names[s.Category], names[in.Category]
		if s.Category == in.Category {
			r.Refused = t(ctx, "bulk.is_so")
		}
	}
	return r
}

// foreseePrices says what each variant would cost.
func (f face) foreseePrices(tx *db.Tx, b *bulk, found []catalog.Summary) error {
	var variants []catalog.VariantID
	for _, s := range found {
		for _, v := range s.Variants {
			variants = append(variants, v.ID)
		}
	}
	prices, err := pricing.For(tx, variants, "", f.Currency, span.DayOf(tx.Now(), span.Almaty))
	if err != nil {
		return err
	}
	ctx := tx.Context()
	for _, s := range found {
		for _, v := range s.Variants {
			r := bulkRow{Product: s, Label: v.SKU, variant: v.ID}
			step, ok := prices.Unit(v.ID, s.Seller, v.Unit.Step())
			if !ok {
				r.Refused = t(ctx, "bulk.no_price")
				b.Rows = append(b.Rows, r)
				continue
			}
			r.was, r.now = step.Amount, b.changed(step.Amount)
			r.Before, r.After = sum(ctx, r.was), sum(ctx, r.now)
			if r.was == r.now {
				r.Refused = t(ctx, "bulk.is_so")
			}
			b.Rows = append(b.Rows, r)
		}
	}
	return nil
}

// changed gives a price by so many parts of a hundred higher or lower, rounded; it never becomes nothing.
func (in bulkAsk) changed(m money.Money) money.Money {
	minor, ok := money.MulDiv(m.Minor, 100+in.Percent, 100, money.HalfUp)
	rounded, fits := money.MulDiv(minor, 1, in.Rounding, money.HalfUp)
	if !ok || !fits {
		return m
	}
	return money.Of(max(rounded, 1)*in.Rounding, m.Currency)
}

// bulkForm is the preview, sent back: which products in which version, or which variants at which price.
type bulkForm struct{ web.Typed }

// seenField names what the reader saw of a row: the version of its product, or its price.
func (r bulkRow) seenField() string {
	if r.variant != "" {
		return "seen_" + string(r.variant)
	}
	return "seen_" + string(r.Product.ID)
}

// seen is what the reader sees of a row.
func (r bulkRow) seen() string {
	if r.variant != "" {
		return number(r.was.Minor)
	}
	return number(r.Product.Version)
}

// doBulk does what the preview showed, all of it or nothing: where somebody else changed one of the products meanwhile,
// the preview comes back as it is now.
func (f face) doBulk(tx *db.Tx, in bulkForm) (web.Then, error) {
	b, err := f.foresee(tx, readBulk(in.Values))
	if err != nil {
		return web.Then{}, err
	}
	title := t(tx.Context(), "bulk.title")
	stale := slices.ContainsFunc(b.Rows, func(r bulkRow) bool { return r.Refused == "" && in.Values.Get(r.seenField()) != r.seen() })
	switch {
	case b.Wrong != "":
	case stale:
		b.Wrong = t(tx.Context(), "bulk.stale")
	case b.ready() == 0:
		b.Wrong = t(tx.Context(), "bulk.nothing")
	default:
		done, err := f.carryOut(tx, b)
		if err == nil {
			return web.Show(bulkDonePage(f.page("products", t(tx.Context(), "bulk.done_title")), done)), nil
		}
		if fault.Of(err) == nil || !mendable(err) {
			return web.Then{}, err
		}
		b.Wrong = refusal(tx.Context(), err)
	}
	return web.Again(bulkPage(f.page("products", title), b)), nil
}

// carryOut does it, and says how it is taken back. There are at most fifty products.
func (f face) carryOut(tx *db.Tx, b bulk) (bulk, error) {
	if b.Act == bulkPrice {
		return f.carryOutPrices(tx, b)
	}
	undo := url.Values{}
	former := map[catalog.CategoryID]bool{}
	for _, r := range b.Rows {
		if r.Refused != "" {
			continue
		}
		s := r.Product
		var p catalog.Product
		var err error
		switch b.Act {
		case bulkSale:
			p, err = catalog.PutOnSale(tx, s.ID, s.Version)
			undo.Set("act", bulkEnd)
		case bulkEnd:
			p, err = catalog.End(tx, s.ID, s.Version)
			undo.Set("act", bulkSale)
		case bulkCategory:
			p, err = catalog.Revise(tx, s.ID, s.Version, catalog.Changes{Category: &b.Category})
			undo.Set("act", bulkCategory)
			undo.Set("category", string(s.Category))
			former[s.Category] = true
		}
		if err != nil {
			return b, fault.With(err, "product", in(tx.Context(), s.Name))
		}
		undo.Add("pick", string(s.ID))
		undo.Set(r.seenField(), number(p.Version))
	}
	if len(former) < 2 && !former[""] { // Products of several categories have no one way back.
		b.Undo = undo
	}
	return b, nil
}

// carryOutPrices sets the prices of the preview; they are taken back by setting the former ones in the grid of prices.
func (f face) carryOutPrices(tx *db.Tx, b bulk) (bulk, error) {
	var entries []pricing.Entry
	undo := url.Values{}
	for _, r := range b.Rows {
		if r.Refused == "" {
			entries = append(entries, pricing.Entry{Variant: r.variant, Amount: r.now})
			undo.Set(cell(priceCell, string(r.variant)), r.was.Decimal())
			undo.Set(cell(seenPrefix+priceCell, string(r.variant)), r.now.Decimal())
		}
	}
	list, err := pricing.EnsureList(tx, sellerOf(tx), f.Currency, listName)
	if err != nil {
		return b, err
	}
	if _, err = pricing.SetMany(tx, list.ID, entries); err != nil {
		return b, err
	}
	undo.Set("do", "save")
	b.Undo = undo
	return b, nil
}

// undoAddress is where the form that takes it back is sent.
func (b bulk) undoAddress() []string {
	if b.Act == bulkPrice {
		return []string{"grid"}
	}
	return []string{"products", "bulk"}
}
