package intake

import (
	"encoding/csv"
	"errors"
	"slices"
	"strconv"
	"strings"

	"sauda/base/text"
)

// shopify reads the product file of Shopify: the rows of one handle are one product, and each of them is a variant, a
// picture, or both. Only the first one tells the title, the options' names and the rest.
type shopify struct {
	plan    Plan
	in      records
	columns []string
	row     int
	ahead   map[string]string
	end     error
}

func newShopify(in records, p Plan) (*shopify, error) {
	names, err := heading(in)
	if err != nil {
		return nil, err
	}
	s := &shopify{plan: p, in: in}
	for _, n := range names {
		s.columns = append(s.columns, strings.ToLower(strings.TrimSpace(n)))
	}
	return s, nil
}

// record gives the next row by the names of its columns.
func (s *shopify) record() (map[string]string, error) {
	if s.ahead != nil {
		r := s.ahead
		s.ahead = nil
		return r, nil
	}
	if s.end != nil {
		return nil, s.end
	}
	for {
		cells, err := s.in.next()
		var broken *csv.ParseError
		switch {
		case errors.As(err, &broken):
			return map[string]string{"": strings.Join(cells, " ")}, nil
		case err != nil:
			return nil, err
		}
		r := make(map[string]string)
		for i, name := range s.columns[:min(len(s.columns), len(cells))] {
			if value := strings.TrimSpace(cells[i]); value != "" {
				r[name] = strings.Clone(harmed(value))
			}
		}
		if len(r) > 0 {
			return r, nil
		}
	}
}

func (s *shopify) next() (row, error) {
	first, err := s.record()
	if err != nil {
		return row{}, err
	}
	s.row++
	if first["handle"] == "" {
		return assemble(s.plan, s.row, []item{refusedItem("Handle", "broken_row", first[""])}), nil
	}
	records := []map[string]string{first}
	for {
		r, err := s.record()
		if err != nil {
			s.end = err
			break
		}
		if r["handle"] != first["handle"] {
			s.ahead = r
			break
		}
		if len(records) < 4*variantsAhead {
			records = append(records, r)
		}
	}
	return s.product(records), nil
}

// product makes a row of the records of one handle.
func (s *shopify) product(records []map[string]string) row {
	first := records[0]
	var items []item
	var pictures []string
	for n, r := range records {
		for _, key := range []string{"image src", "variant image"} {
			if r[key] != "" {
				pictures = append(pictures, r[key])
			}
		}
		if n > 0 && r["option1 value"] == "" && r["variant sku"] == "" && r["variant price"] == "" {
			continue // It is a picture only.
		}
		items = append(items, s.variant(first, r, len(items)))
	}
	lead := &items[0]
	lead.set("name", first["title"])
	for key, value := range first {
		if field, lang, tagged := strings.Cut(key, " / "); tagged && text.ValidLanguage(lang) {
			switch field {
			case "title":
				lead.set("name_"+lang, value)
			case "body (html)":
				lead.set("description_"+lang, plainText(value))
			}
		}
	}
	lead.set("description", plainText(first["body (html)"]))
	lead.set("brand", first["vendor"])
	lead.set("slug", first["handle"])
	category := first["product category"]
	if category == "" {
		category = first["type"]
	}
	lead.set("category", category)
	status := strings.ToLower(first["status"])
	lead.draft = status == "draft" || status == "archived" || strings.EqualFold(first["published"], "false")
	lead.images = slices.Compact(pictures)
	for _, tag := range split(first["tags"], ",") {
		if name, value, named := strings.Cut(tag, ":"); named {
			lead.attributes = append(lead.attributes, statement{name: strings.TrimSpace(name), value: strings.TrimSpace(value)})
		}
	}
	return assemble(s.plan, s.row, items)
}

// variant makes an item of a record.
func (s *shopify) variant(first, r map[string]string, n int) item {
	var i item
	i.set("external_id", first["handle"])
	sku := r["variant sku"]
	if sku == "" {
		sku = first["handle"]
		if n > 0 {
			sku += "-" + strconv.Itoa(n+1)
		}
	}
	i.set("sku", sku)
	i.set("gtin", r["variant barcode"])
	i.set("price", r["variant price"])
	i.set("weight_g", wholeGrams(r["variant grams"]))
	i.set("hs", r["variant hs code"])
	if r["variant inventory tracker"] != "" {
		i.set("stock", r["variant inventory qty"])
		if stock := i.fields["stock"]; strings.HasPrefix(stock, "-") { // Shopify counts what was sold ahead as less than none.
			i.set("stock", "0")
		}
		if r["variant inventory policy"] == "continue" {
			i.set("tracking", "backorder")
		}
	}
	for _, at := range []string{"option1", "option2", "option3"} {
		name, value := first[at+" name"], r[at+" value"]
		if value == "" || name == "" || name == "Title" && value == "Default Title" {
			continue
		}
		i.options = append(i.options, choice{name: text.Localized{s.plan.Lang: name}, said: text.Localized{s.plan.Lang: value}})
	}
	return i
}

// wholeGrams cuts the decimal places that Shopify writes behind grams.
func wholeGrams(s string) string {
	whole, fraction, _ := strings.Cut(s, ".")
	if strings.Trim(fraction, "0") == "" {
		return whole
	}
	return s
}
