package demo

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/inventory"
	"sauda/core/media"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/core/tax"
	"sauda/gear/blob"
	"sauda/gear/db"
)

// beyond is how much of a thing may be ordered before it comes in.
const beyond = 20

// shelve brings the goods: categories, pictures, products, prices and stock. Products go on sale a minute after each
// other, the last of the catalogue first, so that lists show them in the order of the catalogue.
func (s *sower) shelve(ctx context.Context) error {
	categories, err := s.categories(ctx)
	if err != nil {
		return err
	}
	if err := s.define(ctx, categories); err != nil {
		return err
	}
	for n := len(s.said.Products) - 1; n >= 0; n-- {
		p := s.said.Products[n]
		media, err := s.pictures(ctx, p)
		if err != nil {
			return err
		}
		d := s.draft(p)
		d.Category, d.Media = categories[p.Category], media
		s.clock.until(s.clock.now().Add(time.Minute))
		if err := s.once(ctx, "product "+p.ExternalID, func(tx *db.Tx) error { return s.bring(tx, p, d) }); err != nil {
			return err
		}
		s.say(len(s.said.Products)-n, 2*len(s.said.Products))
	}
	if err := s.subscribable(ctx); err != nil {
		return err
	}
	if err := s.bookable(ctx); err != nil {
		return err
	}
	if s.centre, err = s.pictures(ctx, product{ExternalID: centrePicture, Name: centre().Name}); err != nil {
		return err
	}
	if err := s.special(ctx, categories); err != nil {
		return err
	}
	return s.collect(ctx)
}

// file has the library know all pictures that are drawn.
func (s *sower) file(ctx context.Context) error {
	return s.once(ctx, "library", func(tx *db.Tx) error { return media.Note(tx, slices.Collect(maps.Values(s.drawn))...) })
}

// collect shows collections on the first page.
func (s *sower) collect(ctx context.Context) error {
	return s.once(ctx, "collections", func(tx *db.Tx) error {
		for _, c := range s.said.Collections {
			_, err := catalog.AddCollection(tx, catalog.Collection{
				Slug: c.Slug, Name: c.Name, Description: c.Description, Home: true,
				Rule: &catalog.Rule{Origin: place.Country(c.Origin), Proven: true},
			})
			if err != nil {
				return fmt.Errorf("%s: %w", c.Slug, err)
			}
		}
		return nil
	})
}

func (s *sower) categories(ctx context.Context) (map[string]catalog.CategoryID, error) {
	ids := map[string]catalog.CategoryID{}
	err := s.once(ctx, "categories", func(tx *db.Tx) error {
		clear(ids)
		for n, c := range s.said.Categories {
			above, _, _ := strings.Cut(c.Path, "/")
			parent := ids[above] // None yet for a root.
			added, err := catalog.AddCategory(tx, catalog.CategoryDraft{
				Parent: parent, Slug: strings.ReplaceAll(c.Path, "/", "-"), Name: c.Name, Position: n + 1,
			})
			if err != nil {
				return fmt.Errorf("%s: %w", c.Path, err)
			}
			ids[c.Path] = added.ID
		}
		return nil
	})
	return ids, err
}

// define has each category ask for what its products say of themselves, in the order in which the catalogue says it.
func (s *sower) define(ctx context.Context, categories map[string]catalog.CategoryID) error {
	asked := map[catalog.CategoryID][]catalog.Definition{}
	for _, p := range s.said.Products {
		c := categories[p.Category]
		for _, said := range p.Attributes {
			a := s.attribute(said)
			if !slices.ContainsFunc(asked[c], func(d catalog.Definition) bool { return d.Code == a.Code }) {
				asked[c] = append(asked[c], catalog.Definition{
					Category: c, Code: a.Code, Kind: a.Kind, Label: a.Label, Unit: a.Unit, Position: len(asked[c]) + 1, Filterable: true, Comparable: true,
				})
			}
		}
	}
	for _, c := range s.said.Categories { // In the order of the catalogue, so that every demonstration is the same.
		err := s.once(ctx, "attributes of "+c.Path, func(tx *db.Tx) error {
			for _, d := range asked[categories[c.Path]] {
				if _, err := catalog.DefineAttribute(tx, d); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// side is the width and the height of every drawn picture.
const side = 600

// pictures keeps the pictures of a product and refers to them: the product first, then its colours.
func (s *sower) pictures(ctx context.Context, p product) ([]catalog.Media, error) {
	shown := []catalog.Media{}
	keep := func(name string, alt text.Localized, of map[string]string) error {
		file, err := Files.Open("pictures/" + name + ".svg")
		if err != nil {
			return err
		}
		defer file.Close() //nolint:errcheck // It is in the binary.
		about, err := file.Stat()
		if err != nil {
			return err
		}
		kept, err := blob.Put(ctx, s.house.Media(), file, ".svg")
		s.drawn[name] = media.File{
			Form: media.Form{Kind: media.KindImage, Type: "image/svg+xml", Ending: ".svg", Width: side, Height: side},
			Name: kept, Label: name + ".svg", Bytes: about.Size(), State: media.StateReady,
		}
		shown = append(shown, catalog.Media{Kind: catalog.MediaImage, URL: media.Path + kept, Alt: alt, Options: of})
		return err
	}
	if err := keep(p.ExternalID, p.Name, nil); err != nil {
		return nil, err
	}
	for _, o := range p.Options {
		for _, v := range o.Values {
			if v.Picture == "" {
				continue
			}
			alt := text.Localized{}
			for lang, name := range p.Name {
				alt[lang] = name + " (" + v.Label.In(lang) + ")"
			}
			if err := keep(v.Picture, alt, map[string]string{o.Code: v.Code}); err != nil {
				return nil, err
			}
		}
	}
	return shown, nil
}

// draft gives a product in the words of the catalogue.
func (s *sower) draft(p product) catalog.Draft {
	d := catalog.Draft{
		Seller: seller.Own, ExternalID: p.ExternalID, Slug: p.ExternalID, Name: p.Name, Description: p.Description, Brand: p.Brand,
		Origin: place.Country(p.Origin), TaxClass: tax.Class(p.TaxClass), State: catalog.StateOnSale,
	}
	if p.Proof.Grade != "" {
		d.Provenance = catalog.Provenance{
			Grade: catalog.Grade(p.Proof.Grade), Maker: p.Brand, Number: p.Proof.Number, LocalContent: p.Proof.Content,
			Checked: span.DayOf(s.clock.now(), span.Almaty).AddDays(-40),
		}
	}
	if p.State == "draft" {
		d.State = catalog.StateDraft
	}
	for _, a := range p.Attributes {
		d.Attributes = append(d.Attributes, s.attribute(a))
	}
	for _, o := range p.Options {
		option := catalog.Option{Code: o.Code, Name: o.Label}
		for _, v := range o.Values {
			option.Values = append(option.Values, catalog.OptionValue{Code: v.Code, Name: v.Label})
		}
		d.Options = append(d.Options, option)
	}
	for _, v := range p.Variants {
		own := catalog.Variant{
			SKU: v.SKU, GTIN: v.GTIN, HS: v.HS, Options: v.Options, Unit: measure.Unit(p.Unit), Mass: measure.Mass(v.Weight),
			Size: measure.Size{Length: v.Size["length"], Width: v.Size["width"], Height: v.Size["height"]}, Tracking: catalog.Tracked,
		}
		if v.Backorder {
			own.Tracking = catalog.Backorder
		}
		d.Variants = append(d.Variants, own)
	}
	return d
}

// attribute gives an attribute in the words of the catalogue. A unit there has one sign for all languages; a number whose
// unit is called otherwise in each language becomes a text.
func (s *sower) attribute(a attribute) catalog.Attribute {
	out := catalog.Attribute{Code: a.Code, Kind: catalog.AttributeText, Text: a.Text}
	for _, known := range s.said.Attributes {
		if known.Code == a.Code {
			out.Label = known.Label
		}
	}
	if a.Bool != nil {
		out.Kind, out.Bool = catalog.AttributeBool, *a.Bool
		return out
	}
	if a.Number == "" {
		return out
	}
	var unit text.Localized
	for _, u := range s.said.Units {
		if u.Code == a.Unit {
			unit = u.Label
		}
	}
	if measure.Unit(a.Unit) == measure.Piece || unit["kk"] == unit["en"] {
		out.Kind, out.Number, out.Unit = catalog.AttributeNumber, a.Number, unit["en"]
		if measure.Unit(a.Unit) == measure.Piece {
			out.Unit = ""
		}
		return out
	}
	out.Text = text.Localized{}
	for lang, sign := range unit {
		out.Text[lang] = a.Number + " " + sign
	}
	return out
}

// bring adds a product with its prices and its stock.
func (s *sower) bring(tx *db.Tx, p product, d catalog.Draft) error {
	added, err := catalog.Add(tx, d)
	if err != nil {
		return err
	}
	list, err := pricing.EnsureList(tx, seller.Own, money.KZT, nil) // Furnishing has made it.
	if err != nil {
		return err
	}
	var entries []pricing.Entry
	counts := map[inventory.WarehouseID][]inventory.Counted{}
	for n, v := range p.Variants {
		id := added.Variants[n].ID
		price := money.Of(v.Price, money.KZT)
		s.goods[v.SKU], s.prices[v.SKU] = id, price
		entries = append(entries, pricing.Entry{Variant: id, Amount: price})
		for _, step := range v.Steps {
			from, err := measure.Parse(step.From)
			if err != nil {
				return err
			}
			entries = append(entries, pricing.Entry{Variant: id, From: from, Amount: money.Of(step.Price, money.KZT)})
		}
		for warehouse, units := range v.Stock {
			w := warehouseID(warehouse)
			counts[w] = append(counts[w], inventory.Counted{Variant: id, Quantity: measure.Of(units)})
		}
	}
	if _, err := pricing.SetMany(tx, list.ID, entries); err != nil {
		return err
	}
	for _, w := range s.said.Warehouses {
		if _, err := inventory.CountMany(tx, warehouseID(w.ID), counts[warehouseID(w.ID)], "opening-stock"); err != nil {
			return err
		}
	}
	if err := s.beyond(tx, p, added); err != nil || p.State != "ended" {
		return err
	}
	_, err = catalog.End(tx, added.ID, added.Version)
	return err
}

// beyond lets some goods be ordered before they come in, and has the shop told when others run low.
func (s *sower) beyond(tx *db.Tx, p product, added catalog.Product) error {
	first := warehouseID(s.said.Warehouses[0].ID)
	for n, v := range p.Variants {
		if v.Backorder {
			if err := inventory.AllowBackorder(tx, first, added.Variants[n].ID, measure.Of(beyond)); err != nil {
				return err
			}
		}
		if low := v.Stock[s.said.Warehouses[0].ID]; low > 0 && low <= 10 {
			if err := inventory.WatchLow(tx, first, added.Variants[n].ID, measure.Of(max(low/2, 1))); err != nil {
				return err
			}
		}
	}
	return nil
}
