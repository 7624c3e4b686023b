package intake

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"sauda/base/text"
	"sauda/core/catalog"
)

// magento reads the product file of Magento 2 and Adobe Commerce: a row for each simple product, and for each configurable
// one behind them a row that names its variations. Rows with a store view bring the texts of another language.
type magento struct {
	plan    Plan
	in      records
	columns []string
	row     int

	simples map[string]magentoRow // simples are those that cannot be seen alone and wait for the configurable one.
	order   []string              // order is their SKUs as they came.
	waiting int                   // waiting is how many bytes they take.
	ahead   *magentoRow
	end     error
}

// magentoRow is a record by the names of its columns.
type magentoRow map[string]string

// waitingMax bounds what waits for its configurable product.
const waitingMax = 64 << 20

func newMagento(in records, p Plan) (*magento, error) {
	names, err := heading(in)
	if err != nil {
		return nil, err
	}
	m := &magento{plan: p, in: in, simples: make(map[string]magentoRow)}
	for _, n := range names {
		m.columns = append(m.columns, strings.ToLower(strings.TrimSpace(n)))
	}
	return m, nil
}

// record gives the next row of the file.
func (m *magento) record() (magentoRow, error) {
	if m.ahead != nil {
		r := *m.ahead
		m.ahead = nil
		return r, nil
	}
	if m.end != nil {
		return nil, m.end
	}
	for {
		cells, err := m.in.next()
		var broken *csv.ParseError
		switch {
		case errors.As(err, &broken):
			return magentoRow{"": strings.Join(cells, " ")}, nil
		case err != nil:
			return nil, err
		}
		r := make(magentoRow)
		for i, name := range m.columns[:min(len(m.columns), len(cells))] {
			if value := strings.TrimSpace(cells[i]); value != "" {
				r[name] = strings.Clone(harmed(value))
			}
		}
		if len(r) > 0 {
			return r, nil
		}
	}
}

// whole gives the next row with the texts of its store views, which follow it.
func (m *magento) whole() (magentoRow, error) {
	r, err := m.record()
	if err != nil {
		return nil, err
	}
	for {
		next, err := m.record()
		if err != nil {
			m.end = err
			return r, nil
		}
		view := next["store_view_code"]
		if view == "" || next["sku"] != r["sku"] {
			m.ahead = &next
			return r, nil
		}
		lang, _, _ := strings.Cut(strings.ToLower(view), "_")
		for _, field := range []string{"name", "description", "short_description"} {
			if text.ValidLanguage(lang) && next[field] != "" {
				r[field+"_"+lang] = next[field]
			}
		}
	}
}

func (m *magento) next() (row, error) {
	for {
		r, err := m.whole()
		switch {
		case errors.Is(err, io.EOF) && len(m.order) > 0:
			return m.orphan(), nil
		case err != nil:
			return row{}, err
		case r["sku"] == "" || r["name"] == "" && r["store_view_code"] == "":
			m.row++
			return assemble(m.plan, m.row, []item{refusedItem("sku", "broken_row", r[""]+r["sku"])}), nil
		case r["product_type"] == "configurable":
			m.row++
			return m.configurable(r), nil
		case strings.HasPrefix(strings.ToLower(r["visibility"]), "not visible"):
			if err := m.wait(r); err != nil {
				return row{}, err
			}
		default:
			m.row++
			return assemble(m.plan, m.row, []item{m.item(r)}), nil
		}
	}
}

// wait keeps a simple product until a configurable one names it.
func (m *magento) wait(r magentoRow) error {
	if _, there := m.simples[r["sku"]]; !there {
		m.order = append(m.order, r["sku"])
	}
	m.simples[r["sku"]] = r
	for _, value := range r {
		m.waiting += len(value)
	}
	if m.waiting > waitingMax {
		return ErrTooLarge.About("%d simple products wait for one that names them", len(m.simples))
	}
	return nil
}

// take gives a simple product that waited.
func (m *magento) take(sku string) (magentoRow, bool) {
	r, there := m.simples[sku]
	delete(m.simples, sku)
	for _, value := range r {
		m.waiting -= len(value)
	}
	if len(m.simples) == 0 {
		m.order = nil
	}
	return r, there
}

// orphan refuses a simple product that cannot be seen and that none names, until there are no more.
func (m *magento) orphan() row {
	for len(m.order) > 0 {
		sku := m.order[0]
		m.order = m.order[1:]
		if r, there := m.take(sku); there {
			m.row++
			one := refusedItem("sku", "orphan", r["sku"])
			one.fields = map[string]string{"external_id": r["sku"], "name": r["name"], "price": r["price"]}
			return assemble(m.plan, m.row, []item{one})
		}
	}
	m.row++
	return assemble(m.plan, m.row, []item{refusedItem("sku", "broken_row", "")})
}

// configurable makes a row of a configurable product and the simple ones that it names.
func (m *magento) configurable(r magentoRow) row {
	lead := m.item(r)
	labels := pairs(r["configurable_variation_labels"], ",")
	var items []item
	for _, variation := range strings.Split(r["configurable_variations"], "|") {
		chosen := pairs(variation, ",")
		if len(chosen) == 0 || chosen[0].name != "sku" && chosen[0].name == "" {
			continue
		}
		var sku string
		var choices []choice
		for _, p := range chosen {
			if p.name == "sku" {
				sku = p.value
				continue
			}
			name := labelOf(labels, p.name)
			choices = append(choices, choice{code: p.name, name: text.Localized{m.plan.Lang: name}, said: text.Localized{m.plan.Lang: p.value}})
		}
		simple, there := m.take(sku)
		if !there {
			var missing row
			missing.trim("configurable_variations", "no_variation", sku)
			lead.flaws = append(lead.flaws, missing.flaws...)
			continue
		}
		one := m.item(simple)
		one.options = choices
		items = append(items, one)
	}
	if len(items) == 0 {
		var none row
		none.refuse("configurable_variations", "no_variations", r["configurable_variations"])
		lead.flaws = append(lead.flaws, none.flaws...)
		items = []item{{}}
	}
	return assemble(m.plan, m.row, m.led(lead, items))
}

// led puts what the configurable product says before what its first variation says of the same.
func (m *magento) led(lead item, items []item) []item {
	first := &items[0]
	variant := first.fields
	first.fields = make(map[string]string, len(lead.fields))
	for _, field := range []string{"sku", "price", "stock", "gtin", "weight_kg", "unit", "hs", "tracking", "weight_g", "size_mm", "ntin"} {
		if variant[field] != "" {
			first.fields[field] = variant[field]
		}
	}
	for field, value := range lead.fields {
		if _, there := first.fields[field]; !there && field != "sku" && field != "stock" {
			first.fields[field] = value
		}
	}
	first.images = append(lead.images, first.images...)
	first.attributes, first.draft, first.flaws = lead.attributes, lead.draft, append(lead.flaws, first.flaws...)
	first.size += lead.size
	return items
}

// labelOf is what a variation's option is called: as its label says, or as its code reads.
func labelOf(labels []pair, code string) string {
	for _, l := range labels {
		if l.name == code {
			return l.value
		}
	}
	return readable(code)
}

// magentoOwn are additional attributes that say nothing to buyers.
var magentoOwn = map[string]bool{"has_options": true, "required_options": true, "new": true, "sale": true, "eco_collection": true,
	"erin_recommends": true, "performance_fabric": true, "gtin": true, "barcode": true, "ean": true, "manufacturer": true, "brand": true}

// item makes an item of a record.
func (m *magento) item(r magentoRow) item {
	var i item
	i.set("external_id", r["sku"])
	i.set("sku", r["sku"])
	for key, value := range r {
		field, lang, _ := strings.Cut(strings.TrimPrefix(key, "short_"), "_")
		if (field == "name" || field == "description") && key != "short_"+field && (lang == "" || text.ValidLanguage(lang)) {
			i.set(strings.TrimPrefix(key, "short_"), plainText(value))
		}
	}
	if i.fields["description"] == "" {
		i.set("description", plainText(r["short_description"]))
	}
	i.set("price", r["price"])
	i.set("stock", r["qty"])
	if r["manage_stock"] == "0" && r["use_config_manage_stock"] == "0" {
		delete(i.fields, "stock")
	}
	i.set("weight_kg", r["weight"])
	i.set("slug", r["url_key"])
	i.set("origin", r["country_of_manufacture"])
	i.set("category", magentoCategory(r["categories"]))
	i.draft = r["product_online"] == "0" || r["product_online"] == "2"
	i.images = append(split(r["base_image"], ","), split(r["additional_images"], ",")...)
	for _, p := range pairs(r["additional_attributes"], ",") {
		switch {
		case p.name == "gtin" || p.name == "barcode" || p.name == "ean":
			i.set("gtin", p.value)
		case p.name == "manufacturer" || p.name == "brand":
			i.set("brand", p.value)
		case !magentoOwn[p.name] && p.name != "":
			i.attributes = append(i.attributes, statement{name: readable(p.name), code: p.name, value: strings.ReplaceAll(p.value, "|", ", ")})
		}
	}
	return i
}

// magentoCategory gives the first of the categories as a path: "Default Category/Men/Tops" is "Men > Tops".
func magentoCategory(all string) string {
	first, _, _ := strings.Cut(all, ",")
	parts := split(first, "/")
	if len(parts) > 0 && (strings.EqualFold(parts[0], "Default Category") || strings.EqualFold(parts[0], "Root Catalog")) {
		parts = parts[1:]
	}
	return strings.Join(parts, " > ")
}

// pair is a name and a value.
type pair struct{ name, value string }

// pairs takes "size=XS,color=Black" apart. A piece without a name belongs to the value before it.
func pairs(s, sign string) (all []pair) {
	for _, piece := range strings.Split(s, sign) {
		name, value, named := strings.Cut(piece, "=")
		name = strings.TrimSpace(name)
		if !named || strings.ContainsAny(name, " <>") {
			if len(all) > 0 && strings.TrimSpace(piece) != "" {
				all[len(all)-1].value += sign + piece
			}
			continue
		}
		all = append(all, pair{cut(name, catalog.CodeMax), strings.TrimSpace(value)})
	}
	return all
}

// split gives the parts that say anything.
func split(s, sign string) (parts []string) {
	for _, part := range strings.Split(s, sign) {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}
