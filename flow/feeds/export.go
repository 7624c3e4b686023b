package feeds

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"sauda/base/fault"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/gear/db"
)

// Format is a form in which goods are brought out.
type Format string

// The forms.
const (
	CSV     Format = "csv"     // CSV is a table that says everything; intake reads it back without loss.
	XLSX    Format = "xlsx"    // XLSX is the same as a workbook.
	Magento Format = "magento" // Magento is the product file of Magento 2.
	Shopify Format = "shopify" // Shopify is the product file of Shopify.
	YML     Format = "yml"     // YML is the market language of Yandex.
	Kaspi   Format = "kaspi"   // Kaspi is the price list of Kaspi.
	Google  Format = "google"  // Google is a feed of Google Merchant Center.
)

// Formats are all forms.
var Formats = []Format{CSV, XLSX, Magento, Shopify, YML, Kaspi, Google}

// Public are the forms that have an address of their own, /feeds/{form}.xml, where markets fetch them.
var Public = []Format{Google, YML, Kaspi}

// ErrFormat refuses a form that nobody knows.
var ErrFormat = fault.New(fault.Invalid, "feeds.format", "Choose csv, xlsx, magento, shopify, yml, kaspi or google.")

// Export writes a seller's goods.
func Export(ctx context.Context, store *db.Store, to io.Writer, o Order) error {
	o = o.settled()
	switch o.Format {
	case CSV, XLSX:
		return table(ctx, store, to, o, columns{head(), records})
	case Magento:
		return table(ctx, store, to, o, columns{magentoHead, magentoRecords})
	case Shopify:
		return table(ctx, store, to, o, columns{shopifyHead, shopifyRecords})
	case YML:
		return writeYML(ctx, store, to, o)
	case Kaspi:
		return writeKaspi(ctx, store, to, o)
	case Google:
		return writeGoogle(ctx, store, to, o)
	}
	return ErrFormat.About("%.40q", string(o.Format))
}

// columns are the names of the columns of a table, and how a product fills them.
type columns struct {
	head []string
	of   func(Order, good) [][]string
}

// table writes the records of goods as a CSV or a workbook.
func table(ctx context.Context, store *db.Store, to io.Writer, o Order, c columns) error {
	put, end := asCSV(to)
	if o.Format == XLSX {
		var err error
		if put, end, err = asBook(to); err != nil {
			return err
		}
	}
	if err := put(c.head); err != nil {
		return err
	}
	err := walk(ctx, store, o, func(goods []good) error {
		for _, g := range goods {
			for _, record := range c.of(o, g) {
				if err := put(record); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return errors.Join(err, end())
}

// asCSV writes records for spreadsheets: with a byte order mark, and with no cell that they would calculate.
func asCSV(to io.Writer) (put func([]string) error, end func() error) {
	w := csv.NewWriter(to)
	begun := false
	put = func(record []string) error {
		if !begun {
			begun = true
			if _, err := io.WriteString(to, "\ufeff"); err != nil {
				return err
			}
		}
		safe := make([]string, len(record))
		for i, cell := range record {
			safe[i] = harmless(cell)
		}
		return w.Write(safe)
	}
	return put, func() error {
		w.Flush()
		return w.Error()
	}
}

// harmless keeps a spreadsheet from taking a cell for a formula.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// asBook writes records as the rows of a sheet. Every cell is a text, so none is calculated.
func asBook(to io.Writer) (put func([]string) error, end func() error, err error) {
	book := excelize.NewFile()
	sheet, err := book.NewStreamWriter(book.GetSheetName(0))
	if err != nil {
		return nil, nil, err
	}
	n := 0
	put = func(record []string) error {
		n++
		cells := make([]any, len(record))
		for i, cell := range record {
			cells[i] = cell
		}
		return sheet.SetRow("A"+strconv.Itoa(n), cells)
	}
	end = func() error {
		if err := sheet.Flush(); err != nil {
			return err
		}
		_, err := book.WriteTo(to)
		return errors.Join(err, book.Close())
	}
	return put, end, nil
}

// head is the columns of the table that says everything.
func head() []string {
	columns := []string{"external_id", "sku", "gtin", "ntin", "hs", "slug", "state", "brand", "category", "origin", "tax_class", "unit",
		"weight_g", "size_mm", "price", "currency", "stock", "tracking"}
	for _, lang := range text.Languages {
		columns = append(columns, "name_"+lang, "description_"+lang)
	}
	for n := 1; n <= catalog.OptionsMax; n++ {
		begin := "option" + strconv.Itoa(n)
		columns = append(columns, begin+"_code", begin+"_value_code")
		for _, lang := range text.Languages {
			columns = append(columns, begin+"_name_"+lang, begin+"_value_"+lang)
		}
	}
	return append(columns, "attributes", "media")
}

// records writes a product, a record for each variant.
func records(o Order, g good) (all [][]string) {
	for n, v := range g.Variants {
		record := []string{g.source(), v.SKU, v.GTIN, v.NTIN, v.HS, g.Slug, string(g.State), g.Brand, g.category(o.Lang, " > "), string(g.Origin),
			string(g.TaxClass), string(v.Unit), count(int64(v.Mass)), size(v), "", "", "", string(v.Tracking)}
		if price, ok := g.listed(v); ok {
			record[14], record[15] = price.Decimal(), string(price.Currency)
		}
		if left, counted := g.counted(v); counted {
			record[16] = left.String()
		}
		for _, lang := range text.Languages {
			record = append(record, g.Name[lang], g.Description[lang])
		}
		for i := range catalog.OptionsMax {
			record = append(record, choice(g, v, i)...)
		}
		attributes, media := "", ""
		if n == 0 {
			attributes, media = list(g.Attributes), list(g.Media)
		}
		all = append(all, append(record, attributes, media))
	}
	return all
}

// choice writes what a variant has of an option.
func choice(g good, v catalog.Variant, i int) []string {
	cells := make([]string, 2+2*len(text.Languages))
	if i >= len(g.Options) {
		return cells
	}
	o := g.Options[i]
	value := g.option(v, o)
	cells[0], cells[1] = o.Code, v.Options[o.Code]
	for n, lang := range text.Languages {
		cells[2+2*n], cells[3+2*n] = o.Name[lang], value[lang]
	}
	return cells
}

// list writes values as JSON; none is nothing.
func list[T any](values []T) string {
	if len(values) == 0 {
		return ""
	}
	body, err := json.Marshal(values)
	if err != nil { // Texts always encode.
		panic("feeds: " + err.Error())
	}
	return string(body)
}

// count writes a number; zero is nothing.
func count(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func size(v catalog.Variant) string {
	if v.Size.Length == 0 || v.Size.Width == 0 || v.Size.Height == 0 {
		return ""
	}
	return count(v.Size.Length) + "x" + count(v.Size.Width) + "x" + count(v.Size.Height)
}

var magentoHead = []string{"sku", "store_view_code", "attribute_set_code", "product_type", "categories", "product_websites", "name", "description",
	"weight", "product_online", "tax_class_name", "visibility", "price", "url_key", "base_image", "additional_images", "additional_attributes", "qty",
	"manage_stock", "use_config_manage_stock", "configurable_variations", "configurable_variation_labels"}

// magentoRecords writes a product as Magento does: its variants as simple products, then the configurable one that names
// them, each with its texts in other languages behind it.
func magentoRecords(o Order, g good) (all [][]string) {
	online := "1"
	if g.State != catalog.StateOnSale {
		online = "2"
	}
	categories := "Default Category"
	if way := g.category(o.Lang, "/"); way != "" {
		categories += "/" + way
	}
	pictures := g.pictures(o.Base)
	cover, others := "", ""
	if len(pictures) > 0 {
		cover, others = pictures[0], strings.Join(pictures[1:], ",")
	}
	common := func(sku, kind, name, visibility string) []string {
		r := make([]string, len(magentoHead))
		r[0], r[2], r[3], r[4], r[5], r[6], r[7] = sku, "Default", kind, categories, "base", name, g.Description.In(o.Lang)
		r[9], r[10], r[11], r[13], r[14], r[15] = online, "Taxable Goods", visibility, g.Slug, cover, others
		return r
	}
	single := len(g.Options) == 0
	var variations []string
	for _, v := range g.Variants {
		visibility, sku := "Not Visible Individually", v.SKU
		if single {
			visibility = "Catalog, Search"
		}
		r := common(sku, "simple", g.Name.In(o.Lang), visibility)
		r[8] = kilograms(int64(v.Mass))
		if price, ok := g.listed(v); ok {
			r[12] = price.Decimal()
		}
		r[16] = magentoAttributes(o, g, v)
		if left, counted := g.counted(v); counted {
			r[17], r[18], r[19] = left.String(), "1", "1"
		} else {
			r[18], r[19] = "0", "0"
		}
		all = append(all, r)
		if single {
			return append(all, magentoViews(o, g, sku)...)
		}
		words := []string{"sku=" + sku}
		for _, option := range g.Options {
			words = append(words, option.Code+"="+plainWord(g.option(v, option).In(o.Lang)))
		}
		variations = append(variations, strings.Join(words, ","))
	}
	r := common(g.source(), "configurable", g.Name.In(o.Lang), "Catalog, Search")
	r[16], r[20] = magentoAttributes(o, g, catalog.Variant{}), strings.Join(variations, "|")
	var labels []string
	for _, option := range g.Options {
		labels = append(labels, option.Code+"="+plainWord(option.Name.In(o.Lang)))
	}
	r[21] = strings.Join(labels, ",")
	return append(append(all, r), magentoViews(o, g, g.source())...)
}

// magentoViews writes the texts of a product in its other languages.
func magentoViews(o Order, g good, sku string) (all [][]string) {
	for _, lang := range text.Languages {
		if lang == o.Lang || g.Name[lang] == "" {
			continue
		}
		r := make([]string, len(magentoHead))
		r[0], r[1], r[6], r[7] = sku, lang, g.Name[lang], g.Description[lang]
		all = append(all, r)
	}
	return all
}

// magentoAttributes writes attributes as code=value. Signs that part them cannot stand in a value.
func magentoAttributes(o Order, g good, v catalog.Variant) string {
	var all []string
	add := func(code, value string) {
		if value = plainWord(value); value != "" {
			all = append(all, code+"="+value)
		}
	}
	add("brand", g.Brand)
	add("gtin", v.GTIN)
	for _, a := range g.Attributes {
		add(a.Code, said(a, o.Lang))
	}
	return strings.Join(all, ",")
}

// said is what an attribute says in words.
func said(a catalog.Attribute, lang string) string {
	switch a.Kind {
	case catalog.AttributeNumber:
		return strings.TrimSpace(a.Number + " " + a.Unit)
	case catalog.AttributeBool:
		return strconv.FormatBool(a.Bool)
	}
	return a.Text.In(lang)
}

// plainWord takes out of a value what parts values.
func plainWord(s string) string { return strings.NewReplacer("|", "/", "=", ":", "\n", " ").Replace(s) }

// kilograms writes grams as kilograms; none is nothing.
func kilograms(grams int64) string {
	if grams == 0 {
		return ""
	}
	fraction := strconv.FormatInt(1000+grams%1000, 10)[1:]
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatInt(grams/1000, 10)+"."+fraction, "0"), ".")
}

var shopifyHead = []string{"Handle", "Title", "Body (HTML)", "Vendor", "Type", "Published", "Option1 Name", "Option1 Value", "Option2 Name", "Option2 Value",
	"Option3 Name", "Option3 Value", "Variant SKU", "Variant Grams", "Variant Inventory Tracker", "Variant Inventory Qty", "Variant Inventory Policy",
	"Variant Price", "Variant Barcode", "Variant HS Code", "Image Src", "Image Position", "Status",
	"Title / kk", "Title / ru", "Title / en", "Title / zh", "Body (HTML) / kk", "Body (HTML) / ru", "Body (HTML) / en", "Body (HTML) / zh"}

// shopifyRecords writes a product as Shopify does: a record for each variant or picture, whichever are more.
func shopifyRecords(o Order, g good) (all [][]string) {
	pictures := g.pictures(o.Base)
	for n := range max(len(g.Variants), len(pictures)) {
		r := make([]string, len(shopifyHead))
		r[0] = handle(g)
		if n == 0 {
			r[1], r[2], r[3], r[4], r[5], r[22] = g.Name.In(o.Lang), paragraphs(g.Description.In(o.Lang)), g.Brand, g.category(o.Lang, " > "), "TRUE", "active"
			if g.State != catalog.StateOnSale {
				r[5], r[22] = "FALSE", "draft"
			}
			for i, lang := range []string{"kk", "ru", "en", "zh"} {
				r[23+i], r[27+i] = g.Name[lang], paragraphs(g.Description[lang])
			}
			if len(g.Options) == 0 {
				r[6] = "Title"
			}
			for i, option := range g.Options {
				r[6+2*i] = option.Name.In(o.Lang)
			}
		}
		if n < len(g.Variants) {
			shopifyVariant(o, g, g.Variants[n], r)
		}
		if n < len(pictures) {
			r[20], r[21] = pictures[n], strconv.Itoa(n+1)
		}
		all = append(all, r)
	}
	return all
}

func shopifyVariant(o Order, g good, v catalog.Variant, r []string) {
	if len(g.Options) == 0 {
		r[7] = "Default Title"
	}
	for i, option := range g.Options {
		r[7+2*i] = g.option(v, option).In(o.Lang)
	}
	r[12], r[13], r[16], r[18], r[19] = v.SKU, count(int64(v.Mass)), "deny", v.GTIN, v.HS
	if v.Tracking == catalog.Backorder {
		r[16] = "continue"
	}
	if left, counted := g.counted(v); counted && v.Tracking != catalog.Untracked {
		r[14], r[15] = "shopify", left.String()
	}
	if price, ok := g.listed(v); ok {
		r[17] = price.Decimal()
	}
}

// handle is the sign by which Shopify knows a product: its external id.
func handle(g good) string { return g.source() }

// paragraphs writes a text as HTML.
func paragraphs(s string) string {
	if s == "" {
		return ""
	}
	return "<p>" + strings.ReplaceAll(escaper.Replace(s), "\n", "</p>\n<p>") + "</p>"
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")
