package catalog_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/core/tax"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{catalog.Schema}

// branch adds a category and gives its id.
func branch(t *testing.T, s *dbtest.Store, parent catalog.CategoryID, slug string) catalog.CategoryID {
	t.Helper()
	var id catalog.CategoryID
	s.Moment(t, func(tx *db.Tx) error {
		c, err := catalog.AddCategory(tx, catalog.CategoryDraft{Parent: parent, Slug: slug,
			Name: text.Localized{"kk": slug, "en": slug}})
		id = c.ID
		return err
	})
	return id
}

func name(s string) text.Localized { return text.Localized{"en": s} }

// shirt is a product with two options and three variants.
func shirt(category catalog.CategoryID, sku string) catalog.Draft {
	variant := func(size, colour string) catalog.Variant {
		return catalog.Variant{SKU: sku + "-" + size + "-" + colour, Options: map[string]string{"size": size, "colour": colour},
			Mass: 250, Size: measure.Size{Length: 300, Width: 200, Height: 20}, Tracking: catalog.Tracked}
	}
	variants := []catalog.Variant{variant("m", "red"), variant("l", "red"), variant("m", "blue")}
	variants[0].GTIN, variants[0].HS = "4006381333931", "6105.10"
	return catalog.Draft{
		Seller: seller.Own, Category: category, State: catalog.StateOnSale, Brand: "Dala", Origin: "KZ",
		Name:        text.Localized{"kk": "Мақта көйлек", "ru": "Хлопковая рубашка", "en": "Cotton shirt", "zh": "棉衬衫"},
		Description: text.Localized{"kk": "Жұмсақ және берік.", "en": "Soft and strong."},
		Attributes: []catalog.Attribute{
			{Code: "material", Kind: catalog.AttributeText, Label: name("Material"), Text: text.Localized{"kk": "мақта", "en": "cotton"}},
			{Code: "density", Kind: catalog.AttributeNumber, Label: name("Density"), Number: "180.5", Unit: "g/m²"},
			{Code: "ironing", Kind: catalog.AttributeBool, Label: name("May be ironed"), Bool: true},
		},
		Options: []catalog.Option{
			{Code: "size", Name: name("Size"), Values: []catalog.OptionValue{{Code: "m", Name: name("M")}, {Code: "l", Name: name("L")}}},
			{Code: "colour", Name: text.Localized{"kk": "Түсі", "en": "Colour"}, Values: []catalog.OptionValue{
				{Code: "red", Name: text.Localized{"kk": "Қызыл", "en": "Red"}}, {Code: "blue", Name: text.Localized{"kk": "Көк", "en": "Blue"}}}},
		},
		Media: []catalog.Media{{Kind: catalog.MediaDocument, URL: "https://example.kz/care.pdf"},
			{Kind: catalog.MediaImage, URL: "/media/shirt.webp", Alt: name("The shirt")}},
		Variants: variants,
	}
}

// plain is a product with one variant.
func plain(category catalog.CategoryID, sku string) catalog.Draft {
	return catalog.Draft{Seller: seller.Own, Category: category, State: catalog.StateOnSale, ExternalID: "src-" + sku,
		Name: name("Thing " + sku), Brand: "Dala", Variants: []catalog.Variant{{SKU: sku}}}
}

func add(t *testing.T, s *dbtest.Store, d catalog.Draft) catalog.Product {
	t.Helper()
	var p catalog.Product
	s.Moment(t, func(tx *db.Tx) (err error) {
		p, err = catalog.Add(tx, d)
		return err
	})
	return p
}

func TestWhatIsAddedIsThere(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		clothes := branch(t, s, "", "clothes")
		shirts := branch(t, s, clothes, "shirts")
		added := add(t, s, shirt(shirts, "S1"))
		var detail catalog.Detailed
		statements := s.Statements(func() {
			s.Look(t, func(tx *db.Tx) (err error) {
				detail, err = catalog.Detail(tx, added.ID)
				return err
			})
		})
		if statements > 3 {
			t.Errorf("a detail took %d statements", statements)
		}
		if !reflect.DeepEqual(detail.Product, added) {
			t.Errorf("added\n%+v\nbut there is\n%+v", added, detail.Product)
		}
		if len(detail.Trail) != 2 || detail.Trail[0].ID != clothes || detail.Trail[1].ID != shirts {
			t.Errorf("the trail is %+v", detail.Trail)
		}
		first := added.Variants[0]
		if first.Label.In("kk") != "M, Қызыл" || first.Unit != measure.Piece || first.HS != "610510" || added.Slug != "cotton-shirt" ||
			added.TaxClass != tax.Standard {
			t.Errorf("what is empty was not filled in: %+v %s", first, added.Slug)
		}
		if facts := s.Facts(t); facts[len(facts)-1].Name != "catalog.product_added" || facts[len(facts)-1].Key != string(added.ID) {
			t.Errorf("facts: %+v", facts)
		}
	})
}

func TestOffersTakeOneStatement(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		c := branch(t, s, "", "clothes")
		p := add(t, s, shirt(c, "S1"))
		draft := plain(c, "D1")
		draft.State = catalog.StateDraft
		hidden := add(t, s, draft)
		ids := []catalog.VariantID{p.Variants[0].ID, p.Variants[2].ID, hidden.Variants[0].ID, "var_nobody"}
		var offers map[catalog.VariantID]catalog.Offer
		if n := s.Statements(func() {
			s.Look(t, func(tx *db.Tx) (err error) { offers, err = catalog.Offers(tx, ids); return err })
		}); n != 1 {
			t.Errorf("it took %d statements", n)
		}
		o := offers[ids[1]]
		if len(offers) != 3 || !o.ForSale() || o.Name.In("zh") != "棉衬衫" || o.Label.In("kk") != "M, Көк" || o.Mass != 250 ||
			o.SKU != "S1-m-blue" || o.Cover == nil || o.Cover.URL != "/media/shirt.webp" || o.Seller != seller.Own || o.Tracking != catalog.Tracked {
			t.Errorf("offers: %+v", offers)
		}
		if offers[ids[2]].ForSale() {
			t.Error("a draft is for sale")
		}
		if none := 0; s.Statements(func() {
			s.Look(t, func(tx *db.Tx) error { _, err := catalog.Offers(tx, nil); return err })
		}) != none {
			t.Error("no offers took a statement")
		}
	})
}

func TestReviseChangesWhatIsGiven(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		c := branch(t, s, "", "clothes")
		p := add(t, s, shirt(c, "S1"))
		s.Clock.Advance(time.Hour)
		brand, variants := "Altai", []catalog.Variant{p.Variants[2], p.Variants[0]}
		variants = append(variants, catalog.Variant{SKU: "S1-l-blue", Options: map[string]string{"size": "l", "colour": "blue"}})
		var revised catalog.Product
		s.Moment(t, func(tx *db.Tx) (err error) {
			revised, err = catalog.Revise(tx, p.ID, 1, catalog.Changes{Brand: &brand, Variants: &variants})
			return err
		})
		if revised.Version != 2 || revised.Brand != "Altai" || len(revised.Variants) != 3 || revised.Variants[0].ID != p.Variants[2].ID ||
			revised.Variants[1].ID != p.Variants[0].ID || revised.Name.In("ru") != p.Name.In("ru") || !revised.Since.Equal(p.Since) {
			t.Errorf("revised: %+v", revised)
		}
		dropped := p.Variants[1].ID
		s.Look(t, func(tx *db.Tx) error {
			offers, err := catalog.Offers(tx, []catalog.VariantID{dropped})
			if o, there := offers[dropped]; !there || o.ForSale() || o.State != catalog.StateEnded {
				t.Errorf("the dropped variant: %+v", o)
			}
			return err
		})
		fact := s.Facts(t)[len(s.Facts(t))-1]
		if fact.Name != "catalog.product_revised" || !strings.Contains(string(fact.Body), `"fields":["brand","variants"]`) {
			t.Errorf("fact: %s %s", fact.Name, fact.Body)
		}
		err := s.Try(func(tx *db.Tx) error {
			_, err := catalog.Revise(tx, p.ID, 1, catalog.Changes{Brand: &brand})
			return err
		})
		if !errors.Is(err, catalog.ErrStale) || fault.ParamsOf(err)["version"] != int64(2) {
			t.Errorf("an old version: %v", err)
		}
		back := append(revised.Variants, catalog.Variant{SKU: p.Variants[1].SKU, Options: p.Variants[1].Options})
		s.Moment(t, func(tx *db.Tx) (err error) {
			revised, err = catalog.Revise(tx, p.ID, 2, catalog.Changes{Variants: &back})
			return err
		})
		if len(revised.Variants) != 4 || revised.Variants[3].ID != dropped {
			t.Errorf("a variant that came back: %+v", revised.Variants)
		}
	})
}

func TestChangesThatChangeNothing(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		p := add(t, s, shirt(branch(t, s, "", "clothes"), "S1"))
		facts := len(s.Facts(t))
		s.Moment(t, func(tx *db.Tx) error {
			again, err := catalog.Revise(tx, p.ID, 1, catalog.Changes{Brand: &p.Brand, Name: &p.Name, Variants: &p.Variants,
				Options: &p.Options, Attributes: &p.Attributes, Media: &p.Media, Slug: &p.Slug})
			if again.Version != 1 {
				t.Errorf("the version is %d", again.Version)
			}
			return err
		})
		if len(s.Facts(t)) != facts {
			t.Error("a fact was stated")
		}
	})
}

func TestStatesOfAProduct(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		draft := plain(branch(t, s, "", "things"), "P1")
		draft.State = ""
		p := add(t, s, draft)
		listed := func() int {
			var page []catalog.Summary
			s.Look(t, func(tx *db.Tx) (err error) {
				page, _, err = catalog.List(tx, catalog.Filter{Category: p.Category})
				return err
			})
			return len(page)
		}
		step := func(do func(*db.Tx, catalog.ProductID, int64) (catalog.Product, error), version int64, want error) {
			t.Helper()
			err := s.Try(func(tx *db.Tx) error { _, err := do(tx, p.ID, version); return err })
			if !errors.Is(err, want) || (err == nil) != (want == nil) {
				t.Errorf("got %v, want %v", err, want)
			}
		}
		if listed() != 0 {
			t.Error("a draft is listed")
		}
		s.Clock.Advance(time.Hour)
		step(catalog.PutOnSale, 7, catalog.ErrStale)
		step(catalog.PutOnSale, 1, nil)
		step(catalog.PutOnSale, 2, catalog.ErrOnSale)
		if listed() != 1 {
			t.Error("it is not listed")
		}
		step(catalog.End, 1, catalog.ErrStale)
		step(catalog.End, 2, nil)
		step(catalog.End, 3, catalog.ErrEnded)
		if listed() != 0 {
			t.Error("an ended product is listed")
		}
		step(catalog.PutOnSale, 3, nil)
		s.Look(t, func(tx *db.Tx) error {
			got, err := catalog.Get(tx, p.ID)
			if got.State != catalog.StateOnSale || got.Version != 4 || !got.Since.Equal(p.Since.Add(time.Hour)) {
				t.Errorf("in the end: %+v", got)
			}
			return err
		})
		if listed() != 1 {
			t.Error("it did not come back")
		}
	})
}

func TestSignsAreUniqueForASeller(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		c := branch(t, s, "", "things")
		p := add(t, s, plain(c, "P1"))
		refused := func(d catalog.Draft, want error) {
			t.Helper()
			if err := s.Try(func(tx *db.Tx) error { _, err := catalog.Add(tx, d); return err }); !errors.Is(err, want) {
				t.Errorf("got %v, want %v", err, want)
			}
		}
		other := plain(c, "P1")
		refused(other, catalog.ErrExternal)
		other.ExternalID = ""
		refused(other, catalog.ErrSKUTaken)
		other.Seller = "sel_other"
		add(t, s, other)
		second := add(t, s, plain(c, "P2"))
		err := s.Try(func(tx *db.Tx) error {
			_, err := catalog.Revise(tx, second.ID, 1, catalog.Changes{Variants: &[]catalog.Variant{{SKU: "P1"}}})
			return err
		})
		if !errors.Is(err, catalog.ErrSKUTaken) {
			t.Errorf("revised to a taken SKU: %v", err)
		}
		s.Look(t, func(tx *db.Tx) error {
			id, err := catalog.ByExternalID(tx, seller.Own, "src-P1")
			if id != p.ID {
				t.Errorf("found %s", id)
			}
			if _, err := catalog.ByExternalID(tx, seller.Own, ""); !errors.Is(err, catalog.ErrUnknown) {
				t.Errorf("no external id: %v", err)
			}
			return err
		})
	})
}

func TestWrongProductsAreRefused(t *testing.T) {
	s := dbtest.SQLite(t, schemas)
	c := branch(t, s, "", "clothes")
	for pointer, spoil := range map[string]func(*catalog.Draft){
		"/seller":                     func(d *catalog.Draft) { d.Seller = "" },
		"/name":                       func(d *catalog.Draft) { d.Name = text.Localized{"kk": " "} },
		"/name/kk":                    func(d *catalog.Draft) { d.Name["kk"] = strings.Repeat("қ", catalog.NameMax+1) },
		"/description/kk":             func(d *catalog.Draft) { d.Description["kk"] = strings.Repeat("қ", catalog.DescriptionMax+1) },
		"/brand":                      func(d *catalog.Draft) { d.Brand = "two\nlines" },
		"/origin":                     func(d *catalog.Draft) { d.Origin = "QQ" },
		"/tax_class":                  func(d *catalog.Draft) { d.TaxClass = "luxury" },
		"/slug":                       func(d *catalog.Draft) { d.Slug = "Мақта" },
		"/state":                      func(d *catalog.Draft) { d.State = catalog.StateEnded },
		"/category":                   func(d *catalog.Draft) { d.Category = "" },
		"/attributes/1/number":        func(d *catalog.Draft) { d.Attributes[1].Number = "1,5" },
		"/attributes/0/text":          func(d *catalog.Draft) { d.Attributes[0].Text = nil },
		"/attributes/2/kind":          func(d *catalog.Draft) { d.Attributes[2].Kind = "shape" },
		"/attributes/1/code":          func(d *catalog.Draft) { d.Attributes[1].Code = "material" },
		"/options/0/values":           func(d *catalog.Draft) { d.Options[0].Values = nil },
		"/options/1/code":             func(d *catalog.Draft) { d.Options[1].Code = "size" },
		"/options/0/values/1/code":    func(d *catalog.Draft) { d.Options[0].Values[1].Code = "m" },
		"/media/0/url":                func(d *catalog.Draft) { d.Media[0].URL = "javascript:alert(1)" },
		"/media/1/url":                func(d *catalog.Draft) { d.Media[1].URL = "//elsewhere.kz/a.png" },
		"/media/1/kind":               func(d *catalog.Draft) { d.Media[1].Kind = "song" },
		"/variants":                   func(d *catalog.Draft) { d.Variants = nil },
		"/variants/0/sku":             func(d *catalog.Draft) { d.Variants[0].SKU = " " },
		"/variants/1/sku":             func(d *catalog.Draft) { d.Variants[1].SKU = d.Variants[0].SKU },
		"/variants/0/gtin":            func(d *catalog.Draft) { d.Variants[0].GTIN = "4006381333932" },
		"/variants/0/ntin":            func(d *catalog.Draft) { d.Variants[0].NTIN = "12" },
		"/variants/0/hs":              func(d *catalog.Draft) { d.Variants[0].HS = "7700" },
		"/variants/0/unit":            func(d *catalog.Draft) { d.Variants[0].Unit = "BUSHEL" },
		"/variants/0/mass":            func(d *catalog.Draft) { d.Variants[0].Mass = -1 },
		"/variants/0/size":            func(d *catalog.Draft) { d.Variants[0].Size.Width = -1 },
		"/variants/0/tracking":        func(d *catalog.Draft) { d.Variants[0].Tracking = "guessed" },
		"/variants/0/options":         func(d *catalog.Draft) { delete(d.Variants[0].Options, "size") },
		"/variants/1/options":         func(d *catalog.Draft) { d.Variants[1].Options["size"] = "m" },
		"/variants/2/options":         func(d *catalog.Draft) { d.Variants[2].Options["size"] = "xxl" },
		"/options":                    func(d *catalog.Draft) { d.Options = nil },
		"/external_id":                func(d *catalog.Draft) { d.ExternalID = strings.Repeat("x", catalog.CodeMax+1) },
		"/options/1/values/0/name/kk": func(d *catalog.Draft) { d.Options[1].Values[0].Name["kk"] = strings.Repeat("x", 300) },
	} {
		t.Run(pointer, func(t *testing.T) {
			wrong := shirt(c, "S1")
			spoil(&wrong)
			err := s.Try(func(tx *db.Tx) error { _, err := catalog.Add(tx, wrong); return err })
			named := false
			for _, field := range fault.FieldsOf(err) {
				named = named || field.Pointer == pointer
			}
			if !errors.Is(err, catalog.ErrInvalid) || !named {
				t.Errorf("got %v", err)
			}
		})
	}
	many := shirt(c, "S1")
	for i := range catalog.VariantsMax {
		many.Variants = append(many.Variants, catalog.Variant{SKU: fmt.Sprint(i)})
	}
	if err := s.Try(func(tx *db.Tx) error { _, err := catalog.Add(tx, many); return err }); !errors.Is(err, catalog.ErrInvalid) {
		t.Errorf("too many variants: %v", err)
	}
	elsewhere := shirt("cat_nowhere", "S1")
	if err := s.Try(func(tx *db.Tx) error { _, err := catalog.Add(tx, elsewhere); return err }); !errors.Is(err, catalog.ErrNoCategory) {
		t.Errorf("a category that is not there: %v", err)
	}
	if err := s.Try(func(tx *db.Tx) error { _, err := catalog.Get(tx, "prd_nobody"); return err }); !errors.Is(err, catalog.ErrUnknown) {
		t.Errorf("an unknown product: %v", err)
	}
}
