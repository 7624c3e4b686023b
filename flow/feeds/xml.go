package feeds

import (
	"bufio"
	"context"
	"encoding/xml"
	"io"
	"strconv"
	"strings"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/job"
)

// writer writes XML as a stream. The first failure stays, and nothing is written behind it.
type writer struct {
	to  *bufio.Writer
	err error
}

func newWriter(to io.Writer) *writer { return &writer{to: bufio.NewWriterSize(to, 1<<16)} }

// raw writes markup.
func (w *writer) raw(s string) {
	if w.err == nil {
		_, w.err = w.to.WriteString(s)
	}
}

// text writes words, escaped. What XML cannot hold becomes a replacement character.
func (w *writer) text(s string) {
	if w.err == nil {
		w.err = xml.EscapeText(w.to, []byte(s))
	}
}

// element writes an element with words in it; without words none.
func (w *writer) element(name, words string, attributes ...string) {
	if words == "" {
		return
	}
	w.open(name, attributes...)
	w.text(words)
	w.raw("</" + name + ">\n")
}

// open begins an element with attributes: names and values by turns.
func (w *writer) open(name string, attributes ...string) {
	w.raw("<" + name)
	for i := 0; i+1 < len(attributes); i += 2 {
		w.raw(" " + attributes[i] + `="`)
		w.text(attributes[i+1])
		w.raw(`"`)
	}
	w.raw(">")
}

func (w *writer) end() error {
	if w.err != nil {
		return w.err
	}
	return w.to.Flush()
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

// writeGoogle writes what is on sale as RSS with the elements of Google Merchant Center. Google compares its price with that
// of the page: what is made to order is left out when no answers cost what the page says at first.
func writeGoogle(ctx context.Context, store *db.Store, to io.Writer, o Order) error {
	err := job.Look(ctx, store, db.System, func(tx *db.Tx) error {
		of, err := seller.Get(tx, o.Seller)
		o.country = of.Country
		return err
	})
	if err != nil {
		return err
	}
	w := newWriter(to)
	w.raw(xmlHead + `<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>` + "\n")
	w.element("title", o.Name)
	w.element("link", o.Base+"/")
	w.element("description", o.Name)
	err = walk(ctx, store, o, func(goods []good) error {
		for _, g := range goods {
			for _, v := range g.Variants {
				if price, ok := g.price(v); ok && price.page {
					googleItem(w, o, g, v, price.Money)
				}
			}
		}
		return w.err
	})
	if err != nil {
		return err
	}
	w.raw("</channel></rss>\n")
	return w.end()
}

func googleItem(w *writer, o Order, g good, v catalog.Variant, price money.Money) {
	w.raw("<item>\n")
	w.element("g:id", v.SKU)
	w.element("g:title", g.Name.In(o.Lang))
	description := g.Description.In(o.Lang)
	if description == "" {
		description = g.Name.In(o.Lang)
	}
	w.element("g:description", description)
	w.element("g:link", variantPage(o, g, v))
	for i, picture := range g.pictures(o.Base) {
		switch {
		case i == 0:
			w.element("g:image_link", picture)
		case i <= 10: // Google takes ten more.
			w.element("g:additional_image_link", picture)
		}
	}
	stands := "out_of_stock"
	if g.sells(v) {
		stands = "in_stock"
	}
	w.element("g:availability", stands)
	w.element("g:price", price.Decimal()+" "+string(price.Currency))
	w.element("g:condition", "new")
	w.element("g:brand", g.Brand)
	w.element("g:gtin", v.GTIN)
	if v.GTIN == "" {
		w.element("g:identifier_exists", "no")
	}
	w.element("g:product_type", g.category(o.Lang, " > "))
	if v.Mass > 0 {
		w.element("g:shipping_weight", strconv.FormatInt(int64(v.Mass), 10)+" g")
	}
	if s := g.stands[v.ID]; s.Counted {
		w.element("g:quantity", s.Left.String())
	}
	googleKind(w, o, g.Kind)
	if len(g.Variants) > 1 || len(g.Options) > 0 || g.source() != v.SKU {
		w.element("g:item_group_id", g.source())
	}
	for _, option := range g.Options {
		if name := googleName(option.Code); name != "" {
			w.element("g:"+name, g.option(v, option).In(o.Lang))
		}
	}
	w.raw("</item>\n")
}

// googleKind writes what Google wants to know of goods that lie on no shelf: that a bundle is one, or so many of the same;
// how long what is made to order is made; that what is fetched is delivered for nothing.
func googleKind(w *writer, o Order, k catalog.Kind) {
	switch {
	case k.Bundle != nil && len(k.Bundle.Parts) > 1:
		w.element("g:is_bundle", "yes")
	case k.Bundle != nil:
		if n, whole := k.Bundle.Parts[0].Quantity.Whole(); whole && n > 1 {
			w.element("g:multipack", strconv.FormatInt(n, 10))
		}
	case k.Made != nil && k.Made.Days > 0:
		w.element("g:min_handling_time", strconv.Itoa(k.Made.Days))
		w.element("g:max_handling_time", strconv.Itoa(k.Made.Days))
	case k.Digital != nil, k.Service != nil:
		w.raw("<g:shipping>")
		w.element("g:country", string(o.country))
		w.element("g:price", "0 "+string(o.Currency))
		w.raw("</g:shipping>\n")
	}
}

// variantPage is the address of the page of a product at which a variant is chosen.
func variantPage(o Order, g good, v catalog.Variant) string {
	if len(g.Variants) == 1 {
		return g.page(o.Base)
	}
	return g.page(o.Base) + "?variant=" + string(v.ID)
}

// googleName gives the element of an option, if Google has one.
func googleName(code string) string {
	switch code = strings.ToLower(code); code {
	case "color", "colour", "tus", "tsvet":
		return "color"
	case "size", "olshemi", "razmer":
		return "size"
	case "material", "pattern":
		return code
	}
	return ""
}

// writeYML writes goods in the market language of Yandex.
func writeYML(ctx context.Context, store *db.Store, to io.Writer, o Order) error {
	var tree []catalog.Category
	var date string
	err := job.Look(ctx, store, db.System, func(tx *db.Tx) (err error) {
		date = tx.Now().UTC().Format("2006-01-02T15:04:05+00:00")
		tree, err = catalog.Tree(tx)
		return err
	})
	if err != nil {
		return err
	}
	w := newWriter(to)
	w.raw(xmlHead)
	w.open("yml_catalog", "date", date)
	w.raw("<shop>\n")
	w.element("name", o.Name)
	w.element("company", o.Name)
	w.element("url", o.Base+"/")
	w.raw(`<currencies><currency id="` + string(o.Currency) + `" rate="1"/></currencies>` + "\n<categories>\n")
	numbers := make(map[catalog.CategoryID]string, len(tree))
	for i, c := range tree { // Each comes after its parent.
		if c.Parent == "" && c.Slug == importsRoot {
			continue
		}
		numbers[c.ID] = strconv.Itoa(i + 1)
		attributes := []string{"id", numbers[c.ID]}
		if above := numbers[c.Parent]; above != "" {
			attributes = append(attributes, "parentId", above)
		}
		w.element("category", c.Name.In(o.Lang), attributes...)
	}
	w.raw("</categories>\n<offers>\n")
	err = walk(ctx, store, o, func(goods []good) error {
		for _, g := range goods {
			for _, v := range g.Variants {
				if price, ok := g.price(v); ok {
					ymlOffer(w, o, g, v, ymlSale{price, numbers[g.Category]})
				}
			}
		}
		return w.err
	})
	if err != nil {
		return err
	}
	w.raw("</offers></shop></yml_catalog>\n")
	return w.end()
}

// ymlSale is what an offer costs, and the number of the category in which it stands.
type ymlSale struct {
	asked
	category string
}

// ymlOffer writes an offer. In YML available says that it can be sent now: what is made to order is not, and its price may be
// one from which it begins. What is fetched is not carried.
func ymlOffer(w *writer, o Order, g good, v catalog.Variant, sale ymlSale) {
	attributes := []string{"id", v.SKU, "available", strconv.FormatBool(g.sells(v) && g.Kind.Made == nil)}
	if len(g.Options) > 0 || g.source() != v.SKU {
		attributes = append(attributes, "group_id", g.source())
	}
	w.open("offer", attributes...)
	w.raw("\n")
	w.element("name", g.Name.In(o.Lang))
	w.element("url", variantPage(o, g, v))
	if sale.from {
		w.element("price", sale.Decimal(), "from", "true")
	} else {
		w.element("price", sale.Decimal())
	}
	w.element("currencyId", string(sale.Currency))
	w.element("categoryId", sale.category)
	if g.Kind.Digital != nil || g.Kind.Service != nil {
		w.element("store", "false")
		w.element("pickup", "false")
		w.element("delivery", "false")
		w.element("downloadable", "true")
	}
	for _, picture := range g.pictures(o.Base) {
		w.element("picture", picture)
	}
	w.element("vendor", g.Brand)
	w.element("description", g.Description.In(o.Lang))
	w.element("barcode", v.GTIN)
	w.element("weight", kilograms(int64(v.Mass)))
	if s := v.Size; s.Length > 0 && s.Width > 0 && s.Height > 0 {
		w.element("dimensions", centimetres(s.Length)+"/"+centimetres(s.Width)+"/"+centimetres(s.Height))
	}
	if s := g.stands[v.ID]; s.Counted {
		w.element("count", s.Left.String())
	}
	w.element("country_of_origin", string(g.Origin))
	w.element("tn-ved-code", v.HS)
	for _, option := range g.Options {
		w.element("param", g.option(v, option).In(o.Lang), "name", option.Name.In(o.Lang))
	}
	for _, a := range g.Attributes {
		name := a.Label.In(o.Lang)
		if name == "" {
			name = a.Code
		}
		w.element("param", said(a, o.Lang), "name", name)
	}
	w.raw("</offer>\n")
}

// centimetres writes millimetres as centimetres.
func centimetres(mm int64) string {
	s := strconv.FormatInt(mm/10, 10)
	if mm%10 != 0 {
		s += "." + strconv.FormatInt(mm%10, 10)
	}
	return s
}

// writeKaspi writes the price list of Kaspi: whole tenge, and what lies in the stores. Goods that are not tracked are there
// without a number. Kaspi carries parcels and asks its buyers nothing: what is fetched is left out, and so is what is made to
// order unless it is made the same for everybody and within preOrderMax.
func writeKaspi(ctx context.Context, store *db.Store, to io.Writer, o Order) error {
	w := newWriter(to)
	w.raw(xmlHead)
	w.open("kaspi_catalog", "xmlns", "kaspiShopping")
	w.raw("\n")
	w.element("company", o.Name)
	w.element("merchantid", o.Merchant)
	w.raw("<offers>\n")
	err := walk(ctx, store, o, func(goods []good) error {
		for _, g := range goods {
			for _, v := range g.Variants {
				if price, ok := g.price(v); ok && price.Currency == money.KZT && kaspiTakes(g.Kind) {
					kaspiOffer(w, o, g, v, (price.Minor+99)/100)
				}
			}
		}
		return w.err
	})
	if err != nil {
		return err
	}
	w.raw("</offers></kaspi_catalog>\n")
	return w.end()
}

// preOrderMax is how many days ahead Kaspi lets order at most.
const preOrderMax = 30

func kaspiTakes(k catalog.Kind) bool {
	return k.Digital == nil && k.Service == nil && (k.Made == nil || !k.Made.Asks() && k.Made.Days <= preOrderMax)
}

func kaspiOffer(w *writer, o Order, g good, v catalog.Variant, tenge int64) {
	w.open("offer", "sku", v.SKU)
	w.raw("\n")
	name := g.Name.In(o.Lang)
	if label := v.Label.In(o.Lang); label != "" {
		name += ", " + label
	}
	w.element("model", name)
	w.element("brand", g.Brand)
	attributes := []string{"available", "no", "storeId", "PP1", "preOrder", "0"}
	if g.sells(v) {
		attributes[1] = "yes"
		if s := g.stands[v.ID]; s.Counted && (v.Tracking == catalog.Tracked || g.Kind.Bundle != nil) {
			attributes = append(attributes, "stockCount", strconv.FormatInt(int64(s.Left/measure.One), 10))
		}
	}
	if g.Kind.Made != nil {
		attributes[5] = strconv.Itoa(g.Kind.Made.Days)
	}
	w.raw("<availabilities>")
	w.open("availability", attributes...)
	w.raw("</availability></availabilities>\n")
	w.element("price", strconv.FormatInt(tenge, 10))
	w.raw("</offer>\n")
}
