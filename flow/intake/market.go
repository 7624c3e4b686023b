package intake

import (
	"io"
	"strconv"
	"strings"

	"sauda/base/text"
)

// market reads YML, the market language of Yandex: categories first, then offers, of which those that follow each other
// with one group_id are variants of one product.
type market struct {
	plan       Plan
	xml        *elements
	row        int
	categories map[string]marketCategory
	ahead      *element
	end        error
}

// marketCategory is a category by its name and the id of the one above it.
type marketCategory struct{ name, parent string }

// categoriesMax bounds the categories of a file.
const categoriesMax = 50_000

func newMarket(in io.Reader, p Plan) *market {
	return &market{plan: p, xml: newElements(in), categories: make(map[string]marketCategory)}
}

// offer gives the next offer, and remembers the categories on the way to it.
func (m *market) offer() (element, error) {
	if m.ahead != nil {
		e := *m.ahead
		m.ahead = nil
		return e, nil
	}
	if m.end != nil {
		return element{}, m.end
	}
	for {
		e, err := m.xml.find("offer", "category")
		if err != nil || e.name == "offer" {
			return e, err
		}
		if len(m.categories) < categoriesMax {
			m.categories[e.attribute("id")] = marketCategory{strings.TrimSpace(e.text), e.attribute("parentId")}
		}
	}
}

func (m *market) next() (row, error) {
	first, err := m.offer()
	if err != nil {
		return row{}, err
	}
	m.row++
	offers := []element{first}
	group := first.attribute("group_id")
	for group != "" {
		one, err := m.offer()
		if err != nil {
			m.end = err
			break
		}
		if one.attribute("group_id") != group {
			m.ahead = &one
			break
		}
		if len(offers) <= variantsAhead {
			offers = append(offers, one)
		}
	}
	return m.product(group, offers), nil
}

// product makes a row of offers. What the offers of a group differ by are its options; the rest are attributes.
func (m *market) product(group string, offers []element) row {
	var differ map[string]bool
	if len(offers) > 1 {
		differ = differing(offers)
	}
	items := make([]item, len(offers))
	for n, o := range offers {
		items[n] = m.item(o, differ)
		if group != "" {
			items[n].set("external_id", group)
		}
	}
	return assemble(m.plan, m.row, items)
}

// differing gives the params whose values are not the same in all offers.
func differing(offers []element) map[string]bool {
	values := make(map[string]map[string]bool)
	for _, o := range offers {
		for _, p := range o.children {
			if p.name == "param" {
				name := p.attribute("name")
				if values[name] == nil {
					values[name] = make(map[string]bool)
				}
				values[name][strings.TrimSpace(p.text)] = true
			}
		}
	}
	differ := make(map[string]bool)
	for name, said := range values {
		differ[name] = len(said) > 1
	}
	return differ
}

// currencies are those that feeds write by old names.
var currencies = map[string]string{"RUR": "RUB", "BYR": "BYN", "UKH": "UAH"}

// item makes an item of an offer.
func (m *market) item(o element, options map[string]bool) item {
	var i item
	i.set("external_id", o.attribute("id"))
	i.set("sku", o.attribute("id"))
	i.set("price", o.child("price"))
	currency := strings.ToUpper(o.child("currencyId"))
	if known := currencies[currency]; known != "" {
		currency = known
	}
	i.set("currency", currency)
	i.set("name", m.name(o))
	i.set("description", plainText(o.child("description")))
	i.set("brand", o.child("vendor"))
	i.set("gtin", firstWord(o.child("barcode")))
	i.set("weight_kg", o.child("weight"))
	i.set("size_mm", millimetres(o.child("dimensions")))
	i.set("stock", o.child("count"))
	i.set("origin", o.child("country_of_origin"))
	i.set("hs", strings.ReplaceAll(o.child("tn-ved-code"), " ", ""))
	i.set("category", m.path(o.child("categoryId")))
	for _, c := range o.children {
		value := strings.TrimSpace(c.text)
		switch {
		case c.name == "picture" && value != "":
			i.images = append(i.images, value)
		case c.name != "param" || value == "":
		case options[c.attribute("name")] && len(i.options) < 3:
			i.options = append(i.options, choice{name: text.Localized{m.plan.Lang: c.attribute("name")}, said: text.Localized{m.plan.Lang: value}})
		default:
			if unit := c.attribute("unit"); unit != "" {
				value += " " + unit
			}
			i.attributes = append(i.attributes, statement{name: c.attribute("name"), value: value})
		}
	}
	return i
}

// name gives the name of an offer, which some feeds write in parts.
func (m *market) name(o element) string {
	if name := o.child("name"); name != "" {
		return name
	}
	return strings.Join(strings.Fields(o.child("typePrefix")+" "+o.child("vendor")+" "+o.child("model")), " ")
}

// path gives the way to a category, the widest first. One that is above itself ends there.
func (m *market) path(id string) string {
	var way []string
	for range 20 {
		c, there := m.categories[id]
		if !there {
			break
		}
		way = append([]string{strings.ReplaceAll(c.name, ">", "-")}, way...)
		if id = c.parent; id == "" {
			break
		}
	}
	return strings.Join(way, " > ")
}

// millimetres turns 20.5/15/3 centimetres into 205x150x30.
func millimetres(s string) string {
	parts := strings.Split(s, "/")
	if len(parts) != 3 {
		return ""
	}
	for n, part := range parts {
		number, ok := amount(part)
		if !ok {
			return ""
		}
		whole, fraction, _ := strings.Cut(number, ".")
		parts[n] = strings.TrimLeft(whole+(fraction + "0")[:1], "0")
	}
	return strings.Join(parts, "x")
}

func firstWord(s string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(s), ",")
	return strings.TrimSpace(word)
}

// kaspi reads the price list of Kaspi: what a seller offers under its own SKUs, with the price of each city and what lies
// in each store.
type kaspi struct {
	plan Plan
	xml  *elements
	row  int
}

func newKaspi(in io.Reader, p Plan) *kaspi { return &kaspi{plan: p, xml: newElements(in)} }

func (k *kaspi) next() (row, error) {
	e, err := k.xml.find("offer")
	if err != nil {
		return row{}, err
	}
	k.row++
	return assemble(k.plan, k.row, []item{k.item(e)}), nil
}

// item makes an item of an offer. The house has one price for all cities: where they differ, the first one counts, with a
// note.
func (k *kaspi) item(o element) item {
	var i item
	var r row
	i.set("external_id", o.attribute("sku"))
	i.set("sku", o.attribute("sku"))
	i.set("name", o.child("model"))
	i.set("brand", o.child("brand"))
	i.set("gtin", o.child("gtin"))
	i.set("price", o.child("price"))
	i.set("currency", "KZT")
	for _, c := range o.children {
		switch c.name {
		case "cityprices":
			for _, city := range c.children {
				price := strings.TrimSpace(city.text)
				switch {
				case i.fields["price"] == "":
					i.set("price", price)
				case price != i.fields["price"]:
					r.trim("cityprices", "city_price", price, "city", city.attribute("cityId"), "kept", i.fields["price"])
				}
			}
		case "availabilities":
			i.set("stock", stores(c))
		}
	}
	i.flaws = r.flaws
	return i
}

// stores adds up what lies in the stores. Where none says how many there are, nothing is known.
func stores(all element) string {
	var sum int64
	counted := false
	for _, a := range all.children {
		count := strings.TrimSuffix(strings.TrimSpace(a.attribute("stockCount")), ".0")
		if a.attribute("available") == "no" {
			counted = true
			continue
		}
		if n, err := strconv.ParseInt(count, 10, 32); err == nil && n >= 0 {
			counted = true
			sum += n
		}
	}
	if !counted {
		return ""
	}
	return strconv.FormatInt(sum, 10)
}
