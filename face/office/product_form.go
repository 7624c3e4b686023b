package office

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/tax"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

// variantsMax bounds the rows that a form may have.
const variantsMax = catalog.VariantsMax + 1

// vf names a field of a row of variants.
func vf(row int, field string) string { return "v_" + strconv.Itoa(row) + "_" + field }

// stored gives the fields of the form as the product is stored.
func (e editor) stored() url.Values {
	p, v := e.Product, url.Values{}
	for _, lang := range text.Languages {
		v.Set("name_"+lang, p.Name[lang])
		v.Set("description_"+lang, p.Description[lang])
	}
	v.Set("category", string(p.Category))
	v.Set("brand", p.Brand)
	v.Set("origin", string(p.Origin))
	v.Set("tax_class", string(p.TaxClass))
	for i, x := range p.Variants {
		v.Set(vf(i, "sku"), x.SKU)
		v.Set(vf(i, "gtin"), x.GTIN)
		v.Set(vf(i, "hs"), x.HS)
		v.Set(vf(i, "mass"), number(int64(x.Mass)))
		v.Set(vf(i, "unit"), string(x.Unit))
		v.Set(vf(i, "tracking"), string(x.Tracking))
		if price, ok := e.Prices[x.ID]; ok {
			v.Set(vf(i, "price"), price.Decimal())
		}
	}
	return v
}

// typedProduct is what the form says, read.
type typedProduct struct {
	name        text.Localized
	description text.Localized
	category    catalog.CategoryID
	brand       string
	origin      place.Country
	taxClass    tax.Class
	variants    []catalog.Variant
	prices      map[string]money.Money // prices are by SKU.
}

// read reads the fields and marks those that cannot be read. What they mean together is the catalogue's to judge.
func (e editor) read() (typedProduct, bool) {
	v := e.Values
	if hasControl(v) {
		e.wrong("name_kk", fault.Say("Leave out characters that cannot be seen."))
		return typedProduct{}, false
	}
	r := typedProduct{
		name: readLocalized(v, "name"), description: readLocalized(v, "description"),
		category: catalog.CategoryID(v.Get("category")), brand: clean(v.Get("brand")), origin: place.Country(v.Get("origin")),
		taxClass: tax.Class(v.Get("tax_class")), prices: map[string]money.Money{},
	}
	// Texts in languages that the form does not show stay.
	for lang, words := range e.Product.Name {
		if !slices.Contains(text.Languages, lang) {
			r.name[lang] = words
		}
	}
	for lang, words := range e.Product.Description {
		if !slices.Contains(text.Languages, lang) {
			r.description[lang] = words
		}
	}
	for row := range variantsMax {
		sku := clean(v.Get(vf(row, "sku")))
		if !v.Has(vf(row, "sku")) {
			break
		}
		if sku == "" && row > 0 || v.Get(vf(row, "drop")) != "" { // An empty last row adds nothing.
			continue
		}
		r.variants = append(r.variants, e.readVariant(row, sku))
		if typed := clean(v.Get(vf(row, "price"))); typed != "" {
			price, err := money.Parse(typed, e.Currency)
			if err != nil || price.IsNegative() {
				e.wrong(vf(row, "price"), fault.Say("Write the price as a number, for example 1160.50."))
			}
			r.prices[sku] = price
		}
	}
	return r, len(e.Wrong) == 0
}

// wrong marks a field of the form.
func (e editor) wrong(name string, said fault.Sentence) { e.Wrong[name] = said.At("/" + name) }

// readVariant reads one row over the variant that has its SKU, so that what the form does not show stays.
func (e editor) readVariant(row int, sku string) catalog.Variant {
	v := e.Values
	x := catalog.Variant{}
	for _, known := range e.Product.Variants {
		if known.SKU == sku {
			x = known
		}
	}
	x.SKU, x.GTIN, x.HS = sku, clean(v.Get(vf(row, "gtin"))), clean(v.Get(vf(row, "hs")))
	x.Tracking = catalog.Tracking(v.Get(vf(row, "tracking")))
	if unit := v.Get(vf(row, "unit")); unit != "" {
		x.Unit = measure.Unit(unit)
	}
	x.Mass = 0
	if typed := clean(v.Get(vf(row, "mass"))); typed != "" {
		grams, err := strconv.ParseInt(typed, 10, 64)
		if err != nil || measure.Mass(grams).Check() != nil {
			e.wrong(vf(row, "mass"), fault.Say("Give the mass in grams, not below zero."))
		}
		x.Mass = measure.Mass(grams)
	}
	chosen := maps.Clone(x.Options)
	for _, o := range e.Product.Options {
		if value := v.Get(vf(row, "option_"+o.Code)); value != "" {
			if chosen == nil {
				chosen = map[string]string{}
			}
			chosen[o.Code] = value
		}
	}
	x.Options = chosen
	return x
}

// editAgain shows the form with what was typed and what is wrong. An error that the reader cannot mend is not his.
func (f face) editAgain(tx *db.Tx, title string, e editor, err error) (web.Then, error) {
	if kind := fault.Of(err); kind != nil && kind.Kind != fault.Invalid && kind.Kind != fault.Conflict && kind.Kind != fault.Precondition {
		return web.Then{}, err
	}
	for _, field := range fault.FieldsOf(err) {
		if at := fieldAt(field.Pointer); e.Wrong[at].Text == "" {
			e.Wrong[at] = field
		}
	}
	p := f.page("products", title)
	p.Wrong = t(tx.Context(), "fields_wrong")
	if err != nil {
		p.Wrong = i18n.Fault(web.Lang(tx.Context()), err)
	}
	return web.Again(productPage(p, e)), nil
}

// fieldAt gives the field of the form that a pointer of the catalogue means.
func fieldAt(pointer string) string {
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	switch {
	case len(parts) == 3 && parts[0] == "variants":
		return "v_" + parts[1] + "_" + parts[2]
	case parts[0] == "name" || parts[0] == "description":
		if len(parts) > 1 {
			return parts[0] + "_" + parts[1]
		}
		return parts[0] + "_kk"
	}
	return parts[0]
}

// rows gives the rows of variants that the form shows: those that were typed or are stored, and an empty one where
// another variant can be added.
func (e editor) rows() []int {
	var rows []int
	for row := range variantsMax {
		if !e.Values.Has(vf(row, "sku")) {
			break
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 || len(e.Product.Options) > 0 && e.Values.Get(vf(len(rows)-1, "sku")) != "" {
		rows = append(rows, len(rows))
	}
	return rows
}

// known gives the stored variant of a row, if it has one.
func (e editor) known(row int) (catalog.Variant, bool) {
	for _, v := range e.Product.Variants {
		if v.SKU == e.Values.Get(vf(row, "sku")) {
			return v, true
		}
	}
	return catalog.Variant{}, false
}

// other gives what is stored now in a field, if it is another than was typed.
func (e editor) other(field string) (string, bool) {
	if e.Now == nil || clean(e.Now.Get(field)) == clean(e.Values.Get(field)) {
		return "", false
	}
	return e.Now.Get(field), true
}
