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

// product makes of the cells what all variants share.
func (c *cells) product(items []item) {
	r, d := c.row, &c.row.draft
	d.Seller, d.State = c.plan.Seller, c.plan.State
	if items[0].draft || c.values["state"] == string(catalog.StateDraft) {
		d.State = catalog.StateDraft
	}
	d.ExternalID = c.code("external_id")
	d.Name = c.texts("name", catalog.NameMax, true)
	c.identify()
	if d.Name.IsEmpty() {
		r.refuse("name", "no_name", "")
	}
	d.Description = c.texts("description", catalog.DescriptionMax, false)
	d.Brand = r.line("brand", c.values["brand"], catalog.BrandMax)
	d.Slug = c.slug()
	d.Origin = place.Country(c.checked("origin", country))
	if d.TaxClass = tax.Class(strings.ToLower(c.values["tax_class"])); d.TaxClass != "" && !d.TaxClass.Valid() {
		r.refuse("tax_class", "tax_class", c.values["tax_class"])
	}
	d.Media = c.media(items)
	r.path = r.shelf("category", c.values["category"], ">")
}

// country reads a country by its code or by its name in one of the languages.
func country(s string) (string, error) {
	code, err := place.ParseCountry(s)
	if err == nil {
		return string(code), nil
	}
	name := text.Fold(s)
	for _, one := range place.Countries(text.Languages[0]) {
		for _, lang := range text.Languages {
			if text.Fold(one.Name(lang)) == name {
				return string(one), nil
			}
		}
	}
	return "", err
}

// slug gives the address that the file asks for; one that cannot be an address is left to the name.
func (c *cells) slug() string {
	s := c.values["slug"]
	if slug := text.Slug(s); len(slug) <= catalog.SlugMax {
		return slug
	}
	return ""
}

// variant makes of the cells what the variant at this place of the product is, what it costs and how many there are.
func (c *cells) variant(n int) (catalog.Variant, offer) {
	v := catalog.Variant{SKU: c.code("sku"), GTIN: c.number("gtin", func(s string) (string, error) {
		g, err := ident.ParseGTIN(s)
		return string(g), err
	})}
	if v.SKU == "" {
		v.SKU = c.row.draft.ExternalID
		if n > 0 {
			v.SKU += "-" + strconv.Itoa(n+1)
		}
	}
	v.HS = c.checked("hs", func(s string) (string, error) {
		hs, err := ident.ParseHS(s)
		return string(hs), err
	})
	v.NTIN = c.number("ntin", func(s string) (string, error) {
		n, err := ident.ParseNTIN(s)
		return string(n), err
	})
	v.Unit, v.Mass, v.Size = c.unit(), c.mass(), c.size()
	o := offer{price: c.price(), stock: c.stock(v.Unit)}
	switch tracking := catalog.Tracking(c.values["tracking"]); {
	case tracking == catalog.Tracked || tracking == catalog.Untracked || tracking == catalog.Backorder:
		v.Tracking = tracking
	case o.stock != nil:
		v.Tracking = catalog.Tracked
	}
	return v, o
}

// identify names goods: by the id of the source, or else by what comes nearest to one. A shop that writes none of these
// has its goods known by name and brand, so the same name twice is the same goods.
func (c *cells) identify() {
	d := &c.row.draft
	if d.ExternalID == "" {
		d.ExternalID = c.code("sku")
	}
	if d.ExternalID == "" {
		d.ExternalID = c.code("gtin")
	}
	if name := d.Name.In(c.plan.Lang); d.ExternalID == "" && name != "" {
		sum := sha256.Sum256([]byte(text.Fold(name) + "\x00" + text.Fold(c.values["brand"])))
		d.ExternalID = "name-" + hex.EncodeToString(sum[:8])
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

// number is checked for a number of many digits. One that a spreadsheet has shortened, 4,00638E+12, cannot be mended.
func (c *cells) number(field string, parse func(string) (string, error)) string {
	s := strings.TrimPrefix(c.values[field], "'")
	if mantissa, power, cut := strings.Cut(strings.ToUpper(s), "E+"); cut && strings.Trim(mantissa+power, "0123456789,.") == "" {
		c.row.refuse(field, "scientific", s)
		return ""
	}
	if whole := strings.TrimSuffix(strings.TrimSuffix(s, ".0"), ",0"); whole != s && digits(whole) {
		s = whole
	}
	if c.values[field] != s {
		c.values[field] = s
	}
	return c.checked(field, parse)
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

// mass gives whole grams, of a cell in grams or of one in kilograms.
func (c *cells) mass() measure.Mass {
	field, s := "weight_g", c.values["weight_g"]
	if s == "" {
		field, s = "weight_kg", c.values["weight_kg"]
	}
	if s == "" {
		return 0
	}
	number, ok := amount(s)
	if q, err := measure.Parse(number); ok && err == nil && field == "weight_kg" { // A quantity counts thousandths.
		number = strconv.FormatInt(int64(q)/int64(measure.One/1000), 10)
	}
	grams, err := strconv.ParseInt(number, 10, 64)
	if !ok || err != nil || measure.Mass(grams).Check() != nil {
		c.row.refuse(field, "weight", s)
		return 0
	}
	return measure.Mass(grams)
}

// size gives length, width and height in millimetres, written as 300x200x100.
func (c *cells) size() measure.Size {
	s := c.values["size_mm"]
	if s == "" {
		return measure.Size{}
	}
	parts := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == 'x' || r == 'х' || r == '*' || r == '×' || unicode.IsSpace(r) })
	var n [3]int64
	for i := range min(len(parts), 3) {
		n[i], _ = strconv.ParseInt(parts[i], 10, 64) // What is no number is zero, and refused below.
	}
	size := measure.Size{Length: n[0], Width: n[1], Height: n[2]}
	if len(parts) != 3 || n[0] <= 0 || n[1] <= 0 || n[2] <= 0 || size.Check() != nil {
		c.row.refuse("size_mm", "size", s)
		return measure.Size{}
	}
	return size
}

// price gives what the cells of the price and of its currency say. A sign of a currency beside the number counts when there
// is no cell for it.
func (c *cells) price() money.Money {
	currency := c.plan.Currency
	s := c.values["price"]
	number, signed, ok := priced(s)
	if signed != "" {
		currency = signed
	}
	if said := c.values["currency"]; said != "" {
		currency = money.Currency(strings.ToUpper(said))
		if known := signs[text.Fold(said)]; known != "" {
			currency = known
		}
	}
	if !currency.Valid() {
		c.row.refuse("currency", "currency", c.values["currency"])
		return money.Money{}
	}
	price, err := money.Parse(number, currency)
	switch {
	case s == "":
		c.row.refuse("price", "no_price", "")
	case !ok:
		c.row.refuse("price", "two_ways", s)
	case err != nil:
		c.row.refuse("price", "amount", s)
	case !price.IsPositive():
		c.row.refuse("price", "not_above_zero", s)
	}
	return price
}

// signs are what people write beside an amount.
var signs = map[string]money.Currency{
	"₸": money.KZT, "тг": money.KZT, "тг.": money.KZT, "тенге": money.KZT, "теңге": money.KZT, "kzt": money.KZT, "тңг": money.KZT,
	"₽": money.RUB, "руб": money.RUB, "руб.": money.RUB, "р.": money.RUB, "rub": money.RUB, "rur": money.RUB,
	"$": money.USD, "usd": money.USD, "€": money.EUR, "eur": money.EUR, "cny": money.CNY, "¥": money.CNY,
}

// priced takes an amount apart that people or other shops wrote: "12 990,00 ₸", "1,234.50", "990.-". ok is false when it
// can be read in two ways: 1,234 is a thousand to one and little more than one to another.
func priced(s string) (number string, currency money.Currency, ok bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	isNumber := func(c rune) bool { return unicode.IsDigit(c) }
	first, last := strings.IndexFunc(s, isNumber), strings.LastIndexFunc(s, isNumber)
	if first < 0 {
		return s, "", true
	}
	before, middle, behind := s[:first], s[first:last+1], s[last+1:]
	for _, word := range []string{strings.TrimSpace(before), strings.Trim(behind, " \u00a0\u202f.,-=")} {
		known := signs[word]
		if word != "" && known == "" && word != "-" {
			return s, "", true // Words that nobody knows stay, and the number is none.
		}
		if known != "" {
			currency = known
		}
	}
	if strings.TrimSpace(before) == "-" {
		middle = "-" + middle
	}
	middle = strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) || c == '\'' || c == '’' {
			return -1
		}
		return c
	}, middle)
	number, ok = pointed(middle)
	return number, currency, ok
}

// pointed writes a number with commas and points as one with a point before the decimal places.
func pointed(s string) (string, bool) {
	comma, point := strings.Count(s, ","), strings.Count(s, ".")
	switch {
	case comma == 0 && point == 0:
		return s, true
	case comma > 0 && point > 0: // The one that comes last is before the decimal places.
		last := strings.LastIndexAny(s, ",.")
		group := ","
		if s[last] == ',' {
			group = "."
		}
		if strings.Count(s, string(s[last])) > 1 || !grouped(s[:last], group) {
			return s, true
		}
		return strings.ReplaceAll(s[:last], group, "") + "." + s[last+1:], true
	}
	sign := ","
	if point > 0 {
		sign = "."
	}
	if comma+point > 1 {
		if !grouped(s, sign) {
			return s, true
		}
		return strings.ReplaceAll(s, sign, ""), true
	}
	whole, fraction, _ := strings.Cut(s, sign)
	if len(fraction) == 3 && len(strings.TrimPrefix(whole, "-")) <= 3 && strings.Trim(whole, "-0") != "" {
		return s, false
	}
	return whole + "." + fraction, true
}

// grouped tells whether a number is written in groups of three digits.
func grouped(s, sign string) bool {
	for i, group := range strings.Split(strings.TrimPrefix(s, "-"), sign) {
		if !digits(group) || len(group) > 3 || i > 0 && len(group) != 3 {
			return false
		}
	}
	return true
}

func (c *cells) stock(unit measure.Unit) *measure.Quantity {
	s := c.values["stock"]
	if s == "" {
		return nil
	}
	if unit == "" {
		unit = measure.Piece
	}
	number, ok := amount(s)
	if rest, found := strings.CutSuffix(strings.TrimSuffix(text.Fold(s), "."), text.Fold(unit.Sign(c.plan.Lang))); found {
		number, ok = amount(rest)
	}
	q, err := measure.Parse(number)
	if !ok || err != nil || q < 0 || unit.Fits(q) != nil {
		c.row.refuse("stock", "stock", s)
		return nil
	}
	return &q
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
