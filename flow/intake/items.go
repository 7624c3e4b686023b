package intake

import (
	"encoding/json"
	"slices"
	"strings"

	"sauda/base/text"
	"sauda/core/catalog"
)

// item is what any form of files says of one variant of goods, in the words of fields. Of the items of one product the
// first one tells what they share.
type item struct {
	fields     map[string]string // fields are by their names, see the list of fields; empty ones are not there.
	images     []string
	attributes []statement
	options    []choice
	draft      bool // draft says that the file does not show the goods.
	broken     bool // broken says that nothing can be told but what is wrong.
	flaws      []Flaw
	size       int
}

// statement is an attribute as a file has it.
type statement struct {
	name, value string
	lang        string // lang is the language of the words; the plan's when it is empty.
	code        string // code is made of the name when it is empty.
}

// choice is the value that a variant has of an option.
type choice struct {
	code, value string         // code and value are made of the names when they are empty.
	name, said  text.Localized // name is what the option is called, said what the value is called.
}

// set fills a field unless there is nothing to say.
func (i *item) set(field, value string) {
	if value = strings.TrimSpace(value); value != "" {
		if i.fields == nil {
			i.fields = make(map[string]string, len(fields))
		}
		i.fields[field] = value
		i.size += len(value)
	}
}

// assemble makes a row of the items of one product.
func assemble(p Plan, number int, items []item) row {
	r := row{number: number}
	for _, i := range items {
		r.size += i.size
		for _, f := range i.flaws {
			r.bad = r.bad || f.Verdict == Refused
			r.note(f)
		}
	}
	if items[0].broken {
		return r
	}
	lead := cells{row: &r, plan: p, values: items[0].fields}
	lead.product(items)
	lead.options(items)
	if len(items) > catalog.VariantsMax {
		r.refuse("", "variants", "", "max", catalog.VariantsMax)
		items = items[:catalog.VariantsMax]
	}
	for n, i := range items {
		c := cells{row: &r, plan: p, values: i.fields}
		v, o := c.variant(n)
		v.Options = lead.chosen(i)
		r.draft.Variants, r.offers = append(r.draft.Variants, v), append(r.offers, o)
	}
	lead.attributes(items[0])
	for i := range r.flaws { // Some were found before the id was.
		r.flaws[i].ID = shown(r.draft.ExternalID)
	}
	return r
}

// options collects what the variants differ by, in the order of the file.
func (c *cells) options(items []item) {
	d := &c.row.draft
	for _, i := range items {
		for _, o := range i.options {
			o = c.coded(o)
			at := slices.IndexFunc(d.Options, func(have catalog.Option) bool { return have.Code == o.code })
			if at < 0 {
				at = len(d.Options)
				d.Options = append(d.Options, catalog.Option{Code: o.code, Name: o.name})
			}
			has := func(have catalog.OptionValue) bool { return have.Code == o.value }
			if !slices.ContainsFunc(d.Options[at].Values, has) {
				d.Options[at].Values = append(d.Options[at].Values, catalog.OptionValue{Code: o.value, Name: o.said})
			}
		}
	}
	if len(d.Options) > catalog.OptionsMax {
		c.row.refuse("option1_name", "options", d.Options[catalog.OptionsMax].Code, "max", catalog.OptionsMax)
	}
}

// coded gives a choice whose names and codes are all there.
func (c *cells) coded(o choice) choice {
	o.name, o.said = c.short("option1_name", o.name), c.short("option1_value", o.said)
	if o.code == "" {
		o.code = codeOf(o.name.In(c.plan.Lang))
	}
	if o.value == "" {
		o.value = codeOf(o.said.In(c.plan.Lang))
	}
	if o.name.IsEmpty() {
		o.name = text.Localized{c.plan.Lang: o.code}
	}
	if o.said.IsEmpty() {
		o.said = text.Localized{c.plan.Lang: o.value}
	}
	o.code, o.value = c.row.line("option1_name", o.code, catalog.CodeMax), c.row.line("option1_value", o.value, catalog.CodeMax)
	return o
}

func (c *cells) short(field string, l text.Localized) text.Localized {
	clean := text.Localized{}
	for lang, said := range l {
		if said = c.row.line(field, said, catalog.NameMax); said != "" {
			clean[lang] = said
		}
	}
	return clean
}

// codeOf makes a code of a name; one without letters that make one is its own code.
func codeOf(name string) string {
	if code := cutCode(strings.ReplaceAll(text.Slug(name), "-", "_"), 0); code != "" {
		return code
	}
	return cut(strings.TrimSpace(name), catalog.CodeMax)
}

// chosen gives the values of a variant. Which of them are missing, the catalogue says.
func (c *cells) chosen(i item) map[string]string {
	if len(i.options) == 0 {
		return nil
	}
	chosen := make(map[string]string, len(i.options))
	for _, o := range i.options {
		o = c.coded(o)
		chosen[o.code] = o.value
	}
	return chosen
}

// attributes states what else the file says: whole ones from a cell of JSON, as an export writes them, or words.
func (c *cells) attributes(i item) {
	a := attributes{row: c.row, seen: make(map[string]bool, len(i.attributes))}
	if whole := c.values["attributes"]; whole != "" {
		var list []catalog.Attribute
		if err := json.Unmarshal([]byte(whole), &list); err != nil {
			c.row.trim("attributes", "json_cell", whole)
		}
		for _, one := range list {
			if one.Code == "" || one.Kind == "" {
				c.row.trim("attributes", "json_cell", whole)
				continue
			}
			a.add("attributes", one)
		}
	}
	for _, s := range i.attributes {
		lang := s.lang
		if lang == "" {
			lang = c.plan.Lang
		}
		code := s.code
		if code == "" {
			code = cutCode(strings.ReplaceAll(text.Slug(s.name), "-", "_"), 0)
		}
		value := c.row.fit(s.name, s.value, catalog.AttributeMax)
		label := c.row.line(s.name, s.name, catalog.NameMax)
		if code == "" || value == "" {
			continue
		}
		one := catalog.Attribute{Code: code, Kind: catalog.AttributeText, Text: text.Localized{lang: value}}
		if label != "" {
			one.Label = text.Localized{lang: label}
		}
		a.add(s.name, one)
	}
	c.row.draft.Attributes = a.list
}

// media gives the pictures of all items, each once: whole ones from a cell of JSON, or addresses and names of files.
func (c *cells) media(items []item) []catalog.Media {
	var all []catalog.Media
	if whole := c.values["media"]; whole != "" {
		if err := json.Unmarshal([]byte(whole), &all); err != nil {
			c.row.trim("media", "json_cell", whole)
			all = nil
		}
		all = slices.DeleteFunc(all, func(m catalog.Media) bool { return !webAddress(m.URL) })
	}
	there := func(address string) bool {
		return slices.ContainsFunc(all, func(m catalog.Media) bool { return m.URL == address })
	}
	for _, i := range items {
		addresses := i.images
		if one := i.fields["image"]; one != "" {
			addresses = slices.Insert(slices.Clone(addresses), 0, one)
		}
		addresses = append(slices.Clone(addresses), severally(i.fields["images"])...)
		for _, address := range addresses {
			address = c.picture(strings.TrimSpace(address))
			switch {
			case address == "" || there(address):
			case len(all) == catalog.MediaMax:
				c.row.trim("images", "images", address, "max", catalog.MediaMax)
				return all
			default:
				all = append(all, c.row.image("image", address)...)
			}
		}
	}
	return all
}

// picture gives the address of a picture that the file names: an address as it is, and that of a file that came along. A
// file that did not come along is left out with a note.
func (c *cells) picture(name string) string {
	if name == "" || strings.Contains(name, "://") {
		return name
	}
	if strings.HasPrefix(name, "/media/") || c.plan.pictures == nil && c.plan.Format == CSV {
		return name
	}
	if c.plan.pictures == nil {
		c.row.trim("image", "no_picture", name)
		return ""
	}
	address, err := c.plan.pictures.keep(name)
	if err != nil {
		c.row.trim("image", "no_picture", name)
		return ""
	}
	return address
}

// severally takes apart a cell with several addresses. A comma may be a part of one, so it cuts only before the next.
func severally(cell string) []string {
	cell = strings.NewReplacer(",http", " http", ", ", " ", ",/", " /").Replace(cell)
	return strings.FieldsFunc(cell, func(c rune) bool { return c == ' ' || c == '\n' || c == '|' || c == ';' || c == '\t' })
}
