package search

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/search/index"
)

// Document makes what the index knows of a product. The trail is the categories from the root to its own.
func Document(p catalog.Product, trail []catalog.Category, n index.Numbers) *index.Document {
	d := &index.Document{ID: string(p.ID), External: p.ExternalID, Category: string(p.Category), Brand: p.Brand,
		Seller: string(p.Seller), Origin: string(p.Origin), Since: span.Micros(p.Since), Version: p.Version,
		Numbers: n}
	d.Titles = words(p.Name)
	for _, title := range d.Titles {
		is, belongs := apart(title)
		d.Texts[index.Title] = append(d.Texts[index.Title], is)
		d.Texts[index.Purpose] = append(d.Texts[index.Purpose], belongs)
	}
	d.Texts[index.Brand] = []string{p.Brand}
	d.Texts[index.Description] = words(p.Description)
	for _, c := range trail {
		for _, name := range words(c.Name) {
			is, belongs := apart("- " + name)
			if joins(name) { // «Обувь и носки» holds no socks that are shoes.
				is, belongs = "", name
			}
			d.Texts[index.Category] = append(d.Texts[index.Category], is)
			d.Texts[index.Purpose] = append(d.Texts[index.Purpose], belongs)
		}
	}
	if p.ExternalID != "" {
		d.Texts[index.Model] = append(d.Texts[index.Model], p.ExternalID)
	}
	if p.Origin.Valid() {
		for _, lang := range originIn { // Buyers ask for «китайский чай», and sellers write it into no name.
			d.Texts[index.Attribute] = append(d.Texts[index.Attribute], p.Origin.Name(lang))
		}
	}
	for _, v := range p.Variants {
		d.Texts[index.Model] = append(d.Texts[index.Model], v.SKU)
		if v.GTIN != "" {
			d.Texts[index.Model] = append(d.Texts[index.Model], v.GTIN)
		}
		d.Texts[index.Attribute] = append(d.Texts[index.Attribute], words(v.Label)...)
	}
	if p.Origin != "" && p.Provenance.Grade.Proven() {
		d.Values = append(d.Values, index.Value{Code: provenCode, Text: string(p.Origin), Label: provenLabel.String()})
	}
	for _, a := range p.Attributes {
		if a.Code == provenCode {
			continue // Who says so is no evidence.
		}
		field := index.Attribute
		if a.Code == partNumber && !strings.Contains(strings.TrimSpace(a.Text["en"]), " ") {
			field = index.Model // Some makers write sentences where the number belongs.
		}
		d.Texts[field] = append(d.Texts[field], statement(a)...)
		d.Values = append(d.Values, value(a))
	}
	for _, o := range p.Options {
		if o.Code != provenCode {
			d.Values = append(d.Values, choices(o)...)
		}
	}
	return d
}

// NameProven is the filter and facet of goods whose origin has evidence, by their country. What is only said of an origin
// is not there.
const NameProven = index.AttributePrefix + provenCode

const provenCode = "proven_origin"

var provenLabel = text.Localized{"kk": "Шығарылған елі расталған", "ru": "Происхождение подтверждено", "en": "Proven origin", "zh": "原产地已证实"}

// originIn are the languages in which goods are found by the country where they were made.
var originIn = []string{"kk", "ru", "en"}

// joining are words that put two kinds of goods into one category.
var joining = set("и мен пен бен және and & 和 или немесе or")

// joins tells whether the name of a category names several kinds of goods, of which a product is one.
func joins(name string) bool {
	return strings.Contains(name, ",") || slices.ContainsFunc(strings.Fields(text.Fold(name)), func(word string) bool { return joining[word] })
}

// partNumber is the code of the attribute that is the maker's own number.
const partNumber = "part_number"

// words are a text in all its languages.
func words(l text.Localized) []string {
	var all []string
	for _, lang := range slices.Sorted(maps.Keys(l)) {
		all = append(all, l[lang])
	}
	return all
}

// statement is the words of an attribute: what it says, and its name where that is all it says.
func statement(a catalog.Attribute) []string {
	switch a.Kind {
	case catalog.AttributeBool:
		if !a.Bool {
			return nil
		}
		return words(a.Label)
	case catalog.AttributeNumber:
		return []string{a.Number + " " + a.Unit}
	case catalog.AttributeDimensions:
		return []string{strings.Join(a.Sides, " ") + " " + a.Unit}
	case catalog.AttributeChoice, catalog.AttributeChoices:
		var all []string
		for _, c := range a.Choices {
			all = append(all, words(c.Name)...)
		}
		return all
	}
	return words(a.Text)
}

// value is an attribute as it is filtered by. A text is named by its first language, so that all of them are one value.
func value(a catalog.Attribute) index.Value {
	v := index.Value{Code: a.Code, Label: a.Label.String(), Unit: a.Unit}
	switch a.Kind {
	case catalog.AttributeBool:
		v.Kind, v.Text = index.Bool, strconv.FormatBool(a.Bool)
	case catalog.AttributeNumber:
		n, ok := thousandths(a.Number)
		if !ok {
			return index.Value{}
		}
		v.Kind, v.Number = index.Number, n
	case catalog.AttributeDimensions, catalog.AttributeDate:
		return index.Value{} // Every product has its own: there is nothing to narrow by.
	case catalog.AttributeChoice, catalog.AttributeChoices: // A document has one value of a code: the first that was chosen.
		if len(a.Choices) == 0 {
			return index.Value{}
		}
		v.Text, v.Words = a.Choices[0].Code, a.Choices[0].Name.String()
	default:
		v.Text = name(a.Text)
		if len(a.Text) > 1 {
			v.Words = a.Text.String()
		}
	}
	return v
}

// choices are the values of an option. The index keeps the first, for a document has one value of a code.
func choices(o catalog.Option) []index.Value {
	var list []index.Value
	for _, x := range o.Values {
		list = append(list, index.Value{Code: o.Code, Text: x.Code, Label: o.Name.String(), Words: x.Name.String()})
	}
	return list
}

// name is a text in the language that stands for it: English, as sellers' systems speak, or the first there is.
func name(l text.Localized) string {
	if s := l["en"]; s != "" {
		return s
	}
	for _, lang := range slices.Sorted(maps.Keys(l)) {
		return l[lang]
	}
	return ""
}

// thousandths reads a decimal number; more than three places are cut off.
func thousandths(s string) (int64, bool) {
	whole, part, _ := strings.Cut(s, ".")
	part = (part + "000")[:3]
	n, err := strconv.ParseInt(whole+part, 10, 64)
	return n, err == nil
}
