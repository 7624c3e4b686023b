package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"sauda/base/ident"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/tax"
)

// cells is a record of a CSV by the fields of its columns. Empty cells are not there.
type cells struct {
	row    *row
	plan   Plan
	values map[string]string
}

// fill makes the draft, the price and the count of what the cells say.
func (c *cells) fill() {
	r, d := c.row, &c.row.draft
	d.Seller, d.State = c.plan.Seller, c.plan.State
	v := catalog.Variant{SKU: c.code("sku"), GTIN: c.checked("gtin", func(s string) (string, error) {
		g, err := ident.ParseGTIN(s)
		return string(g), err
	})}
	d.ExternalID = c.code("external_id")
	d.Name = c.texts("name", catalog.NameMax, true)
	c.identify(&v)
	if d.Name.IsEmpty() {
		r.refuse("name", "no_name", "")
	}
	d.Description = c.texts("description", catalog.DescriptionMax, false)
	d.Brand = r.line("brand", c.values["brand"], catalog.BrandMax)
	d.Origin = place.Country(c.checked("origin", func(s string) (string, error) {
		country, err := place.ParseCountry(s)
		return string(country), err
	}))
	if d.TaxClass = tax.Class(strings.ToLower(c.values["tax_class"])); d.TaxClass != "" && !d.TaxClass.Valid() {
		r.refuse("tax_class", "tax_class", c.values["tax_class"])
	}
	v.HS = c.checked("hs", func(s string) (string, error) {
		hs, err := ident.ParseHS(s)
		return string(hs), err
	})
	v.NTIN = c.checked("ntin", func(s string) (string, error) {
		n, err := ident.ParseNTIN(s)
		return string(n), err
	})
	v.Unit, v.Mass = c.unit(), c.mass()
	c.price()
	c.stock(v.Unit)
	if r.stock != nil {
		v.Tracking = catalog.Tracked
	}
	d.Variants = []catalog.Variant{v}
	d.Media = r.image("image", c.values["image"])
	r.path = r.shelf("category", c.values["category"], ">")
}

// identify names goods: by the id of the source, or else by what comes nearest to one. A shop that writes none of these
// has its goods known by name and brand, so the same name twice is the same goods.
func (c *cells) identify(v *catalog.Variant) {
	d := &c.row.draft
	if d.ExternalID == "" {
		d.ExternalID = v.SKU
	}
	if d.ExternalID == "" {
		d.ExternalID = v.GTIN
	}
	if name := d.Name.In(c.plan.Lang); d.ExternalID == "" && name != "" {
		sum := sha256.Sum256([]byte(text.Fold(name) + "\x00" + text.Fold(c.values["brand"])))
		d.ExternalID = "name-" + hex.EncodeToString(sum[:8])
	}
	if v.SKU == "" {
		v.SKU = d.ExternalID
	}
}

// code gives a cell that names the goods; it is not shortened, for another name would be other goods.
func (c *cells) code(field string) string {
	s := c.values[field]
	if utf8.RuneCountInString(s) > catalog.CodeMax || text.Fits(s, catalog.CodeMax) != nil || strings.ContainsAny(s, "\n\t") {
		c.row.refuse(field, "code", s, "max", catalog.CodeMax)
		return ""
	}
	return s
}

// checked gives a cell as parse writes it. One that is wrong refuses the row, by the texts of its field.
func (c *cells) checked(field string, parse func(string) (string, error)) string {
	s := c.values[field]
	if s == "" {
		return ""
	}
	clean, err := parse(s)
	if err != nil {
		c.row.refuse(field, field, s)
	}
	return clean
}

// texts gives what the cells of a field say in each language.
func (c *cells) texts(field string, max int, line bool) text.Localized {
	l := text.Localized{}
	for key, value := range c.values {
		lang, tagged := strings.CutPrefix(key, field+"_")
		switch {
		case key == field:
			lang = c.plan.Lang
		case !tagged:
			continue
		}
		if line {
			value = c.row.line(key, value, max)
		} else {
			value = c.row.fit(key, value, max)
		}
		if value != "" && (l[lang] == "" || tagged) { // name_ru counts more than a name without a language.
			l[lang] = value
		}
	}
	if len(l) == 0 {
		return nil
	}
	return l
}

// unit gives the unit of measure by its code or by its sign in one of the languages: KGM, кг, шт.
func (c *cells) unit() measure.Unit {
	s := c.values["unit"]
	if s == "" {
		return ""
	}
	if u := measure.Unit(strings.ToUpper(s)); u.Valid() {
		return u
	}
	sign := strings.TrimSuffix(text.Fold(s), ".")
	for _, u := range measure.Units() {
		for _, lang := range text.Languages {
			if sign == strings.TrimSuffix(text.Fold(u.Sign(lang)), ".") || sign == text.Fold(u.Name(lang)) {
				return u
			}
		}
	}
	c.row.refuse("unit", "unit", s)
	return ""
}

// mass gives whole grams.
func (c *cells) mass() measure.Mass {
	s := c.values["weight_g"]
	if s == "" {
		return 0
	}
	number, ok := amount(s)
	grams, err := strconv.ParseInt(number, 10, 64)
	if !ok || err != nil || measure.Mass(grams).Check() != nil {
		c.row.refuse("weight_g", "weight", s)
		return 0
	}
	return measure.Mass(grams)
}

func (c *cells) price() {
	currency := c.plan.Currency
	if s := c.values["currency"]; s != "" {
		currency = money.Currency(strings.ToUpper(s))
	}
	if !currency.Valid() {
		c.row.refuse("currency", "currency", c.values["currency"])
		return
	}
	s := c.values["price"]
	price, err := money.Parse(s, currency)
	switch {
	case s == "":
		c.row.refuse("price", "no_price", "")
	case err != nil:
		c.row.refuse("price", "amount", s)
	case !price.IsPositive():
		c.row.refuse("price", "not_above_zero", s)
	}
	c.row.price = price
}

func (c *cells) stock(unit measure.Unit) {
	s := c.values["stock"]
	if s == "" {
		return
	}
	if unit == "" {
		unit = measure.Piece
	}
	number, ok := amount(s)
	q, err := measure.Parse(number)
	if !ok || err != nil || q < 0 || unit.Fits(q) != nil {
		c.row.refuse("stock", "stock", s)
		return
	}
	c.row.stock = &q
}

// amount gives a number that people wrote, with spaces between digits and a comma or a point, as a decimal with a point.
func amount(s string) (string, bool) {
	s = strings.Map(func(c rune) rune {
		switch {
		case c == ',':
			return '.'
		case unicode.IsSpace(c):
			return -1
		}
		return c
	}, s)
	return decimal(s)
}

// other is the category of goods that name none.
const other = "Other"

// shelf gives the names of the categories of a row, the widest first. A name without a letter says nothing to people.
func (r *row) shelf(field, path, separator string) []string {
	parts := []string{path}
	if separator != "" {
		parts = strings.Split(path, separator)
	}
	var names []string
	for _, name := range parts {
		if name = r.line(field, name, catalog.NameMax); strings.IndexFunc(name, unicode.IsLetter) >= 0 {
			names = append(names, name)
		}
	}
	if len(names) > depthMax {
		r.trim(field, "too_deep", path, "max", depthMax)
		names = names[:depthMax]
	}
	return names
}

// webAddress says whether a picture can be loaded from there.
func webAddress(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.User != nil || utf8.RuneCountInString(s) > catalog.URLMax || text.Fits(s, catalog.URLMax) != nil {
		return false
	}
	if u.Scheme == "" {
		return strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "//")
	}
	return (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}
