package demo

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"sauda/base/text"
	"sauda/face/office"
	"sauda/gear/db"
)

func load(t *testing.T) catalogue {
	t.Helper()
	c, err := read()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// titles keep their own language in every other: «Дала мен қала».
var titles = regexp.MustCompile(`«[^»]*»`)

// spoken reports a text that lacks one of the shop's languages, holds stray blanks, or is not written in the
// letters of its language.
func spoken(t *testing.T, where string, s text.Localized) {
	t.Helper()
	if len(s) != 4 {
		t.Errorf("%s: %d languages, want 4", where, len(s))
	}
	for _, lang := range []string{"kk", "ru", "en", "zh"} {
		text := s[lang]
		if text == "" || text != strings.TrimSpace(text) || strings.Contains(text, "  ") {
			t.Errorf("%s: %s: %q is empty or badly spaced", where, lang, text)
		}
		for _, r := range titles.ReplaceAllString(text, "") {
			if lang == "ru" && strings.ContainsRune("әғқңөұүһіӘҒҚҢӨҰҮҺІ", r) {
				t.Errorf("%s: ru: %q has a Kazakh letter", where, text)
			}
			if lang == "en" && unicode.Is(unicode.Cyrillic, r) {
				t.Errorf("%s: en: %q has a Cyrillic letter", where, text)
			}
		}
		for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
			if mixed(word) {
				t.Errorf("%s: %s: %q mixes Latin and Cyrillic letters", where, lang, word)
			}
		}
	}
}

func mixed(word string) bool {
	has := func(table *unicode.RangeTable) bool {
		return strings.IndexFunc(word, func(r rune) bool { return unicode.Is(table, r) }) >= 0
	}
	return has(unicode.Latin) && has(unicode.Cyrillic)
}

// checked reports whether a GTIN-13 ends in its check digit (GS1 General Specifications §7.9).
func checked(gtin string) bool {
	if len(gtin) != 13 {
		return false
	}
	sum := 0
	for i, r := range gtin {
		if r < '0' || r > '9' {
			return false
		}
		if i%2 == 0 {
			sum += int(r - '0')
		} else {
			sum += 3 * int(r-'0')
		}
	}
	return sum%10 == 0
}

func TestCheckDigit(t *testing.T) {
	for gtin, want := range map[string]bool{
		"4006381333931": true, "4006381333932": false, "2000001000014": true, "200000100001": false, "20000010000x5": false,
	} {
		if checked(gtin) != want {
			t.Errorf("checked(%s) = %t", gtin, !want)
		}
	}
}

func TestBreadth(t *testing.T) {
	c := load(t)
	tops, states, units := map[string]int{}, map[string]int{}, map[string]int{}
	several, home, soldOut, backorders := 0, 0, 0, 0
	for _, p := range c.Products {
		top, _, _ := strings.Cut(p.Category, "/")
		tops[top]++
		states[p.State]++
		units[p.Unit]++
		if len(p.Variants) > 1 {
			several++
		}
		if p.Origin == "KZ" {
			home++
		}
		for _, v := range p.Variants {
			if p.State == "on_sale" && v.Stock["ALA"]+v.Stock["AST"] == 0 {
				soldOut++
			}
			if v.Backorder {
				backorders++
			}
		}
	}
	if len(c.Products) < 64 || len(tops) < 8 || several < 20 {
		t.Errorf("%d products in %d top categories, %d with variants: want at least 64, 8, 20", len(c.Products), len(tops), several)
	}
	if home*5 < len(c.Products)*2 || home*5 > len(c.Products)*3 {
		t.Errorf("%d of %d products are made at home: want about half", home, len(c.Products))
	}
	if states["draft"] != 2 || states["ended"] != 2 || states["on_sale"] != len(c.Products)-4 {
		t.Errorf("states: %v", states)
	}
	if units["KGM"] == 0 || units["MTR"] == 0 {
		t.Errorf("units: %v: want goods by the kilogram and by the metre", units)
	}
	if soldOut == 0 || backorders == 0 {
		t.Errorf("%d sold out, %d on backorder: want some of each", soldOut, backorders)
	}
}

func TestProducts(t *testing.T) {
	c := load(t)
	ids, skus, gtins := map[string]bool{}, map[string]bool{}, map[string]bool{}
	kinds, units, paths := map[string]string{}, map[string]bool{}, map[string]bool{}
	for _, a := range c.Attributes {
		kinds[a.Code] = a.Kind
	}
	for _, u := range c.Units {
		units[u.Code] = true
	}
	for _, g := range c.Categories {
		if parent, _, deep := strings.Cut(g.Path, "/"); deep && !paths[parent] {
			t.Errorf("category %s stands before its parent", g.Path)
		}
		paths[g.Path] = true
	}
	slug := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	for _, p := range c.Products {
		if !slug.MatchString(p.ExternalID) || ids[p.ExternalID] {
			t.Errorf("%s: external id is no slug or not unique", p.ExternalID)
		}
		ids[p.ExternalID] = true
		if !paths[p.Category] || !strings.Contains(p.Category, "/") {
			t.Errorf("%s: no category %q", p.ExternalID, p.Category)
		}
		if !units[p.Unit] || len(p.Origin) != 2 || p.Brand == "" {
			t.Errorf("%s: unit %q, origin %q, brand %q", p.ExternalID, p.Unit, p.Origin, p.Brand)
		}
		if !slices.Contains([]string{"standard", "medical", "periodical", "exempt"}, p.TaxClass) {
			t.Errorf("%s: tax class %q", p.ExternalID, p.TaxClass)
		}
		spoken(t, p.ExternalID+" name", p.Name)
		spoken(t, p.ExternalID+" description", p.Description)
		for _, lang := range []string{"kk", "ru", "en"} {
			if n := strings.Count(p.Description[lang]+" ", ". "); n < 2 || n > 4 {
				t.Errorf("%s: %s description has %d sentences, want 2 to 4", p.ExternalID, lang, n)
			}
		}
		describe(t, p, kinds, units)
		if len(p.Variants) == 0 || len(p.Variants) > 8 {
			t.Errorf("%s: %d variants", p.ExternalID, len(p.Variants))
		}
		choices := map[string]bool{}
		for _, v := range p.Variants {
			if skus[v.SKU] || gtins[v.GTIN] {
				t.Errorf("%s: sku or gtin is not unique", v.SKU)
			}
			skus[v.SKU], gtins[v.GTIN] = true, true
			choices[chosen(t, p, v)] = true
			stocked(t, c, v)
		}
		if len(choices) != len(p.Variants) {
			t.Errorf("%s: two variants have the same options", p.ExternalID)
		}
	}
}

func describe(t *testing.T, p product, kinds map[string]string, units map[string]bool) {
	t.Helper()
	if len(p.Attributes) < 4 || len(p.Attributes) > 8 {
		t.Errorf("%s: %d attributes, want 4 to 8", p.ExternalID, len(p.Attributes))
	}
	seen := map[string]bool{}
	for _, a := range p.Attributes {
		where := p.ExternalID + " attribute " + a.Code
		if seen[a.Code] {
			t.Errorf("%s stands twice", where)
		}
		seen[a.Code] = true
		switch kinds[a.Code] {
		case "number":
			if _, err := strconv.ParseFloat(a.Number, 64); err != nil || !units[a.Unit] {
				t.Errorf("%s: %q %q", where, a.Number, a.Unit)
			}
		case "boolean":
			if a.Bool == nil {
				t.Errorf("%s: no value", where)
			}
		case "text", "choice", "colour":
			spoken(t, where, a.Text)
		default:
			t.Errorf("%s: kind %q", where, kinds[a.Code])
		}
	}
}

// chosen is the key of a variant among the variants of its product; each option has one of the offered values.
func chosen(t *testing.T, p product, v variant) string {
	t.Helper()
	if len(v.Options) != len(p.Options) {
		t.Errorf("%s: %d options, the product has %d", v.SKU, len(v.Options), len(p.Options))
	}
	key := ""
	for _, o := range p.Options {
		spoken(t, p.ExternalID+" option "+o.Code, o.Label)
		if !slices.ContainsFunc(o.Values, func(offered offer) bool { return offered.Code == v.Options[o.Code] }) {
			t.Errorf("%s: option %s has no value %q", v.SKU, o.Code, v.Options[o.Code])
		}
		for _, offered := range o.Values {
			spoken(t, p.ExternalID+" value "+offered.Code, offered.Label)
		}
		key += o.Code + "=" + v.Options[o.Code] + ";"
	}
	return key
}

func stocked(t *testing.T, c catalogue, v variant) {
	t.Helper()
	if !checked(v.GTIN) || v.GTIN[0] != '2' {
		t.Errorf("%s: gtin %q is wrong or not a shop's own", v.SKU, v.GTIN)
	}
	if n, err := strconv.ParseUint(v.HS, 10, 64); err != nil || n == 0 || len(v.HS) != 10 {
		t.Errorf("%s: hs %q", v.SKU, v.HS)
	}
	if v.Weight <= 0 || v.Size["length"] <= 0 || v.Size["width"] <= 0 || v.Size["height"] <= 0 {
		t.Errorf("%s: weight %d, size %v", v.SKU, v.Weight, v.Size)
	}
	if v.Price <= 0 || v.Price%100 != 0 {
		t.Errorf("%s: price %d is not whole tenge", v.SKU, v.Price)
	}
	last, from := v.Price, uint64(1)
	for _, s := range v.Steps {
		n, err := strconv.ParseUint(s.From, 10, 32)
		if err != nil || n <= from || s.Price <= 0 || s.Price >= last {
			t.Errorf("%s: step from %q at %d", v.SKU, s.From, s.Price)
		}
		last, from = s.Price, n
	}
	if len(v.Stock) != len(c.Warehouses) {
		t.Errorf("%s: stock in %d warehouses", v.SKU, len(v.Stock))
	}
	for _, w := range c.Warehouses {
		if n, there := v.Stock[w.ID]; !there || n < 0 {
			t.Errorf("%s: stock in %s: %d", v.SKU, w.ID, n)
		}
	}
}

func TestShop(t *testing.T) {
	c := load(t)
	spoken(t, "shop", c.Shop.Name)
	if len(c.Warehouses) != 2 || len(c.People) < 3 || len(c.Buyers) < 8 || len(c.Delivery) < 10 {
		t.Errorf("%d warehouses, %d people, %d buyers, %d ways of delivery", len(c.Warehouses), len(c.People), len(c.Buyers), len(c.Delivery))
	}
	for _, w := range c.Warehouses {
		spoken(t, "warehouse "+w.ID, w.Name)
	}
	for _, g := range c.Categories {
		spoken(t, "category "+g.Path, g.Name)
	}
	for _, a := range c.Attributes {
		spoken(t, "attribute "+a.Code, a.Label)
	}
	for _, u := range c.Units {
		spoken(t, "unit "+u.Code, u.Label)
	}
	for _, x := range c.Collections {
		spoken(t, "collection "+x.Slug, x.Name)
		spoken(t, "collection "+x.Slug, x.Description)
	}
	for _, p := range c.People {
		for _, scope := range p.Scopes {
			grants := func(known string) bool { return db.Who{Kind: db.KindStaff, Scopes: []string{scope}}.May(known) }
			if !slices.ContainsFunc(office.Scopes, grants) {
				t.Errorf("%s holds %s, which opens nothing", p.Email, scope)
			}
		}
	}
	phone, cities := regexp.MustCompile(`^\+7\d{10}$`), map[string]bool{}
	for _, b := range c.Buyers {
		if b.Name == "" || !phone.MatchString(b.Phone) || !strings.HasSuffix(b.Email, ".example") || b.Address.Street == "" {
			t.Errorf("buyer %+v", b)
		}
		cities[b.Address.City] = true
	}
	if len(cities) < 8 {
		t.Errorf("buyers live in %d cities", len(cities))
	}
}

func TestDelivery(t *testing.T) {
	c := load(t)
	zones, kinds, cities := map[string]bool{}, map[string]bool{}, 0
	for _, z := range c.Zones {
		spoken(t, "zone "+z.ID, z.Name)
		if (z.Country == "") == (len(z.Countries) == 0) {
			t.Errorf("zone %s: one country or several", z.ID)
		}
		zones[z.ID] = true
	}
	for _, m := range c.Delivery {
		spoken(t, m.ID, m.Name)
		spoken(t, m.ID+" text", m.Text)
		kinds[m.Kind] = true
		for _, z := range m.Zones {
			if !zones[z] {
				t.Errorf("%s: no zone %s", m.ID, z)
			}
		}
		if m.Days.Min < 0 || m.Days.Max < m.Days.Min || len(m.Rates) == 0 || len(m.Zones) == 0 {
			t.Errorf("%s: days %+v, %d rates, %d zones", m.ID, m.Days, len(m.Rates), len(m.Zones))
		}
		last := int64(0)
		for i, r := range m.Rates {
			open := i == len(m.Rates)-1
			if r.Price < 0 || open != (r.UpTo == 0) || (!open && r.UpTo <= last) {
				t.Errorf("%s: rates %+v", m.ID, m.Rates)
			}
			last = r.UpTo
		}
		if (m.Kind == "pickup") != (len(m.Points) > 0) {
			t.Errorf("%s: %d points", m.ID, len(m.Points))
		}
		if m.Kind == "pickup" {
			cities++
		}
		for _, p := range m.Points {
			spoken(t, p.ID, p.Name)
			if len(p.Hours) == 0 {
				t.Errorf("%s: no hours", p.ID)
			}
		}
	}
	for _, kind := range []string{"courier", "parcel", "post", "pickup", "abroad"} {
		if !kinds[kind] {
			t.Errorf("no delivery by %s", kind)
		}
	}
	if cities < 3 {
		t.Errorf("pickup in %d cities", cities)
	}
}
