package intake

import (
	"slices"
	"strings"

	"sauda/base/ident"
	"sauda/base/text"
	"sauda/core/catalog"
)

// column is what stands in a column: one of fields, or an attribute.
type column struct {
	field string // field is empty for a column that is left out.
	name  string // name is as the file writes it.
	code  string // code is set for an attribute.
}

// attributeField is the field of a column that says anything else of the goods.
const attributeField = "attribute"

// fields are the columns with a meaning; any other is an attribute of the goods.
var fields = []string{
	"external_id", "sku", "gtin", "name", "description", "brand", "category", "price", "currency", "stock", "origin", "hs",
	"ntin", "tax_class", "weight_g", "weight_kg", "size_mm", "unit", "image", "images", "slug", "state", "tracking",
	"attributes", "media",
	"option1_code", "option1_name", "option1_value_code", "option1_value", "option2_code", "option2_name", "option2_value_code",
	"option2_value", "option3_code", "option3_name", "option3_value_code", "option3_value",
}

// Fields are what a column may be, in the order in which people choose; see also the languages of names and descriptions.
func Fields() []string { return slices.Clone(fields) }

// synonyms are other words for fields, in the languages of shops here.
var synonyms = map[string]string{
	"id": "external_id", "title": "name", "barcode": "gtin", "ean": "gtin", "manufacturer": "brand", "quantity": "stock",
	"country": "origin", "picture": "image", "img": "image", "article": "sku", "tnved": "hs", "vendor": "brand",
	"product_name": "name", "product": "name", "upc": "gtin", "ean13": "gtin", "isbn": "gtin", "qty": "stock", "count": "stock",
	"in_stock": "stock", "image_url": "image", "picture_url": "image", "photo": "image", "photos": "images", "pictures": "images",
	"vendor_code": "sku", "vendorcode": "sku", "part_number": "sku", "cost": "price", "retail_price": "price", "made_in": "origin",
	"country_of_origin": "origin", "dimensions": "size_mm",
	"название": "name", "наименование": "name", "цена": "price", "бренд": "brand", "производитель": "brand",
	"категория": "category", "описание": "description", "артикул": "sku", "штрихкод": "gtin", "остаток": "stock",
	"количество": "stock", "валюта": "currency", "страна": "origin", "тн_вэд": "hs", "вес_г": "weight_g", "ед_изм": "unit",
	"единица": "unit", "фото": "image", "наименование_товара": "name", "название_товара": "name", "товар": "name",
	"номенклатура": "name", "штрих_код": "gtin", "марка": "brand", "торговая_марка": "brand", "раздел": "category",
	"группа": "category", "цена_тг": "price", "цена_тенге": "price", "цена_kzt": "price", "розничная_цена": "price",
	"стоимость": "price", "кол_во": "stock", "наличие": "stock", "на_складе": "stock", "код": "sku", "код_товара": "sku",
	"изображение": "image", "картинка": "image", "изображения": "images", "ссылка_на_фото": "image", "страна_производства": "origin",
	"страна_происхождения": "origin", "код_тн_вэд": "hs", "тнвэд": "hs", "вес_кг": "weight_kg",
	"единица_измерения": "unit", "габариты_мм": "size_mm",
	"атауы": "name_kk", "сипаттамасы": "description_kk", "бағасы": "price", "баға": "price", "саны": "stock",
	"санаты": "category", "валютасы": "currency", "елі": "origin", "суреті": "image", "штрихкоды": "gtin", "тауар_атауы": "name_kk",
	"тауардың_атауы": "name_kk", "сипаттама": "description_kk", "санат": "category", "бренді": "brand", "өндіруші": "brand",
	"артикулы": "sku", "қалдық": "stock", "қалдығы": "stock", "валюта_коды": "currency", "шығарылған_елі": "origin",
	"сурет": "image", "суреттері": "images", "салмағы_г": "weight_g", "салмағы_кг": "weight_kg",
	"өлшем_бірлігі": "unit", "сэқ_тн_коды": "hs", "тауар_туралы": "description_kk", "бағасы_тг": "price",
}

// columnsMax bounds the columns of a table.
const columnsMax = catalog.AttributesMax + 100

// plain writes the name of a column as names are compared.
func plain(name string) string {
	name = text.Fold(name)
	name = strings.Trim(strings.Map(func(c rune) rune {
		if strings.ContainsRune(" -.,()/:*№", c) {
			return '_'
		}
		return c
	}, name), "_")
	for strings.Contains(name, "__") {
		name = strings.ReplaceAll(name, "__", "_")
	}
	return name
}

// columnOf says what a column of this name is, by what the plan renames and by its name.
func columnOf(name string, renames map[string]string) column {
	c := column{name: name}
	key := plain(name)
	renamed, ok := renames[name]
	for theirs, ours := range renames {
		if !ok && plain(theirs) == key {
			renamed, ok = ours, true
		}
	}
	if ok {
		if renamed == "-" {
			return c
		}
		key = plain(renamed)
	}
	if synonym, known := synonyms[key]; known && slices.Contains(fields, withoutLang(synonym)) {
		key = synonym
	}
	switch {
	case key == "":
	case slices.Contains(fields, key), spoken(key):
		c.field = key
	case key == attributeField:
		c.field, c.code = attributeField, cutCode(strings.ReplaceAll(text.Slug(name), "-", "_"), 0)
	default:
		c.field, c.code = attributeField, cutCode(strings.ReplaceAll(text.Slug(key), "-", "_"), 0)
		if ok {
			c.name = renamed
		}
	}
	if c.field == attributeField && c.code == "" {
		c.field = ""
	}
	return c
}

// localizedFields are those that a column may say in one language, as name_kk.
var localizedFields = []string{"name", "description", "option1_name", "option1_value", "option2_name", "option2_value", "option3_name", "option3_value"}

// spoken tells whether a key is a field in a language.
func spoken(key string) bool {
	return withoutLang(key) != key
}

// withoutLang gives the field of a key that names its language: name_kk is name.
func withoutLang(key string) string {
	at := strings.LastIndexByte(key, '_')
	if at < 0 || !slices.Contains(localizedFields, key[:at]) || !text.ValidLanguage(key[at+1:]) || slices.Contains(fields, key) {
		return key
	}
	return key[:at]
}

// Column is a column of a file, what stands in it, and what it is taken for.
type Column struct {
	Name    string
	Samples []string // Samples are the first values that stand in it, at most samplesMax.
	Field   string   // Field is what it is taken for: a field, "attribute", or "-" for one that is left out.
}

const (
	samplesMax = 5
	studyRows  = 200 // studyRows is how many rows are looked at to tell what stands in a column.
)

// guessed finds by what stands in the columns those whose names say nothing. Each field is given to one column only, and
// only where nothing else explains what stands there.
func guessed(columns []column, values [][]string) map[int]string {
	taken := make(map[string]bool)
	for _, c := range columns {
		taken[withoutLang(c.field)] = true
	}
	found := make(map[int]string)
	give := func(field string, judge func([]string) bool) {
		if taken[field] {
			return
		}
		var fit []int
		for i, c := range columns {
			if c.field == attributeField && found[i] == "" && judge(values[i]) {
				fit = append(fit, i)
			}
		}
		if len(fit) == 1 { // Two would be a guess.
			found[fit[0]], taken[field] = field, true
		}
	}
	give("gtin", func(v []string) bool { return most(v, isGTIN) })
	give("image", func(v []string) bool { return most(v, isPicture) })
	give("price", func(v []string) bool {
		return most(v, func(s string) bool { _, signed, ok := priced(s); return ok && signed != "" })
	})
	if !taken["price"] {
		give("price", func(v []string) bool { return most(v, isAmount) })
	}
	give("name", isNames)
	return found
}

// most tells whether nearly all of at least three values are of a kind.
func most(values []string, is func(string) bool) bool {
	n := 0
	for _, v := range values {
		if is(v) {
			n++
		}
	}
	return len(values) >= 3 && n*10 >= len(values)*9
}

func isGTIN(s string) bool {
	_, err := ident.ParseGTIN(s)
	return err == nil && len(s) >= 8
}

func isPicture(s string) bool {
	s = strings.ToLower(s)
	if !strings.HasPrefix(s, "http://") && !strings.HasPrefix(s, "https://") {
		return false
	}
	s, _, _ = strings.Cut(s, "?")
	return slices.ContainsFunc([]string{".jpg", ".jpeg", ".png", ".webp", ".avif", ".svg", ".gif"}, func(end string) bool { return strings.HasSuffix(s, end) })
}

// isAmount tells whether a value can be a price in tenge and hardly anything else.
func isAmount(s string) bool {
	number, _, ok := priced(s)
	whole, _, _ := strings.Cut(number, ".")
	return ok && digits(whole) && len(whole) >= 3 && len(whole) <= 8
}

// isNames tells whether values are names of goods: words, nearly all different, none very long.
func isNames(values []string) bool {
	different := make(map[string]bool, len(values))
	for _, v := range values {
		different[v] = true
	}
	words := func(s string) bool {
		return strings.Contains(s, " ") && len(s) <= 2*catalog.NameMax && !strings.Contains(s, "://")
	}
	return most(values, words) && len(different)*10 >= len(values)*8
}
