package catalog_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// sofa is a product with an attribute of each of the kinds that are more than a word.
func sofa(category catalog.CategoryID) catalog.Draft {
	d := plain(category, "SOFA")
	d.Attributes = []catalog.Attribute{
		{Code: "care", Kind: catalog.AttributeText, Text: name("Dry")},
		{Code: "filling", Kind: catalog.AttributeChoice, Choices: []catalog.Choice{{Code: "foam", Name: name("old foam")}}},
		{Code: "rooms", Kind: catalog.AttributeChoices, Choices: []catalog.Choice{{Name: name("Living room")}, {Code: "office", Name: name("Office")}}},
		{Code: "cover", Kind: catalog.AttributeColour, Text: name("Sand"), Colour: "#C39A3F"},
		{Code: "outside", Kind: catalog.AttributeDimensions, Sides: []string{"210", "95.5", "80"}, Unit: "cm"},
		{Code: "model", Kind: catalog.AttributeDate, Date: span.MustDay("2026-03-01")},
	}
	return d
}

// TestEveryKindOfAttributeComesBack: what was stated is read again, with the words of the category and under its headings.
func TestEveryKindOfAttributeComesBack(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		home := branch(t, s, "", "home")
		size := text.Localized{"kk": "Өлшемдері", "en": "Size"}
		define(t, s, catalog.Definition{Category: home, Code: "outside", Kind: catalog.AttributeDimensions, Unit: "cm", Label: name("Outside"), Heading: size, Position: 1})
		define(t, s, catalog.Definition{Category: home, Code: "filling", Kind: catalog.AttributeChoice, Label: name("Filling"), Position: 2,
			Choices: []catalog.Choice{{Code: "foam", Name: name("Foam")}, {Name: name("Horse hair")}}, Required: true, Filterable: true, Comparable: true})
		p := add(t, s, sofa(home))
		var d catalog.Detailed
		s.Look(t, func(tx *db.Tx) (err error) {
			d, err = catalog.Detail(tx, p.ID)
			return err
		})
		groups := d.Groups()
		if len(groups) != 2 || groups[1].Heading["kk"] != "Өлшемдері" || len(groups[1].Attributes) != 1 {
			t.Fatalf("the groups are %v", groups)
		}
		first := groups[0].Attributes
		if len(first) != 5 || first[0].Code != "filling" || first[0].Choices[0].Name["en"] != "Foam" {
			t.Errorf("the first group is %v", first)
		}
		got := map[string]catalog.Attribute{}
		for _, a := range d.Attributes {
			got[a.Code] = a
		}
		if a := got["rooms"]; len(a.Choices) != 2 || a.Choices[0].Code != "living-room" {
			t.Errorf("the choices are %v", a.Choices)
		}
		if a := got["cover"]; a.Colour != "#c39a3f" || a.Text["en"] != "Sand" {
			t.Errorf("the colour is %v", a)
		}
		if a := got["outside"]; strings.Join(a.Sides, "x") != "210x95.5x80" || a.Unit != "cm" || a.Label["en"] != "Outside" {
			t.Errorf("the sides are %v", a)
		}
		if a := got["model"]; a.Date != span.MustDay("2026-03-01") {
			t.Errorf("the day is %v", a.Date)
		}
		x := d.Definitions[1]
		if !x.Required || !x.Filterable || !x.Comparable || x.Choices[1].Code != "horse-hair" {
			t.Errorf("the definition is %+v", x)
		}
	})
}

// TestWhatIsNoValueOfItsKindIsRefused with the field that is wrong.
func TestWhatIsNoValueOfItsKindIsRefused(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		for at, a := range map[string]catalog.Attribute{
			"/attributes/0/choices":        {Code: "a", Kind: catalog.AttributeChoice},
			"/attributes/0/choices/1/code": {Code: "a", Kind: catalog.AttributeChoices, Choices: []catalog.Choice{{Code: "x", Name: name("X")}, {Code: "x", Name: name("Y")}}},
			"/attributes/0/choices/0/name": {Code: "a", Kind: catalog.AttributeChoices, Choices: []catalog.Choice{{Code: "x"}}},
			"/attributes/0/text":           {Code: "a", Kind: catalog.AttributeColour, Colour: "#000000"},
			"/attributes/0/colour":         {Code: "a", Kind: catalog.AttributeColour, Text: name("Red"), Colour: "red"},
			"/attributes/0/sides":          {Code: "a", Kind: catalog.AttributeDimensions, Sides: []string{"1", "-2"}},
			"/attributes/0/date":           {Code: "a", Kind: catalog.AttributeDate},
			"/attributes/0/kind":           {Code: "a", Kind: "shape"},
		} {
			d := plain("", "X")
			d.State, d.Attributes = catalog.StateDraft, []catalog.Attribute{a}
			err := s.Try(func(tx *db.Tx) error {
				_, err := catalog.Add(tx, d)
				return err
			})
			if fields := fault.FieldsOf(err); len(fields) != 1 || fields[0].Pointer != at {
				t.Errorf("%s is refused by %v %v", at, err, fields)
			}
		}
	})
}

// TestADefinitionTellsWhatStandsBehindIt before it is changed, and a product on sale says what is required.
func TestADefinitionTellsWhatStandsBehindIt(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		home := branch(t, s, "", "home")
		sofas := branch(t, s, home, "sofas")
		define(t, s, catalog.Definition{Category: home, Code: "filling", Kind: catalog.AttributeText, Label: name("Filling"), Required: true})
		add(t, s, sofa(sofas)) // Its filling is a choice.
		told := plain(home, "TOLD")
		told.Attributes = []catalog.Attribute{{Code: "filling", Kind: catalog.AttributeText, Text: name("Wool")}}
		add(t, s, told)
		dumb := plain(home, "DUMB")
		dumb.State = catalog.StateDraft
		dumb.Attributes = []catalog.Attribute{{Code: "material", Kind: catalog.AttributeChoice, Choices: []catalog.Choice{{Code: "filling", Name: name("F")}}}}
		p := add(t, s, dumb)
		s.Look(t, func(tx *db.Tx) error {
			e, err := catalog.Affected(tx, home, "filling")
			if want := (catalog.Effect{Products: 3, Stated: 2, Other: 1}); e != want || e.Silent() != 1 {
				t.Errorf("the effect is %+v, want %+v", e, want)
			}
			return err
		})
		err := s.Try(func(tx *db.Tx) error {
			_, err := catalog.PutOnSale(tx, p.ID, p.Version)
			return err
		})
		if fields := fault.FieldsOf(err); !errors.Is(err, catalog.ErrSilent) || len(fields) != 1 || fields[0].Pointer != "/attributes/filling" {
			t.Errorf("put on sale without what is required: %v %v", err, fields)
		}
	})
}

// TestAnOriginIsNeverABareClaim: each grade asks for its evidence, and a seller does not verify himself.
func TestAnOriginIsNeverABareClaim(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		home := branch(t, s, "", "home")
		proof := catalog.Provenance{Grade: catalog.GradeRegister, Maker: "Dala JSC", MakerBIN: "940140000385", Number: "KZ-17", Checked: span.MustDay("2026-01-15"), LocalContent: 62}
		d := plain(home, "A")
		d.Origin, d.Provenance = "KZ", proof
		p := add(t, s, d)
		add(t, s, func() catalog.Draft { d := plain(home, "B"); d.Origin = "KZ"; return d }())
		s.Look(t, func(tx *db.Tx) error {
			got, err := catalog.Get(tx, p.ID)
			if got.Provenance != proof {
				t.Errorf("%+v comes back as %+v", proof, got.Provenance)
			}
			list, _, lerr := catalog.List(tx, catalog.Filter{Category: home, Origin: "KZ", Proven: true})
			if len(list) != 1 || list[0].ID != p.ID || list[0].Proof != catalog.GradeRegister {
				t.Errorf("proven are %v", list)
			}
			return errors.Join(err, lerr)
		})
		for at, wrong := range map[string]catalog.Provenance{
			"/provenance/grade":           {Grade: "sure", Maker: "D"},
			"/provenance/checked":         {Grade: catalog.GradeDocument, Number: "1"},
			"/provenance/register_number": {Grade: catalog.GradeDocument, Checked: span.MustDay("2026-01-15")},
			"/provenance/maker":           {Grade: catalog.GradeRegister, Number: "1", Checked: span.MustDay("2026-01-15")},
			"/provenance/document":        {Document: "javascript:alert(1)"},
			"/provenance/maker_bin":       {MakerBIN: "123"},
			"/provenance/local_content":   {LocalContent: 101},
		} {
			err := s.Try(func(tx *db.Tx) error {
				_, err := catalog.Revise(tx, p.ID, p.Version, catalog.Changes{Provenance: &wrong})
				return err
			})
			if fields := fault.FieldsOf(err); len(fields) != 1 || fields[0].Pointer != at {
				t.Errorf("%s is refused by %v %v", at, err, fields)
			}
		}
		stranger := s.As(db.Who{Kind: db.KindStaff, ID: "usr_2", Seller: "sel_other", Scopes: []string{"catalog.*"}})
		d = plain(home, "C")
		d.Seller, d.Origin, d.Provenance = "sel_other", "KZ", proof
		err := stranger.Try(func(tx *db.Tx) error {
			_, err := catalog.Add(tx, d)
			return err
		})
		if !errors.Is(err, catalog.ErrUnverified) {
			t.Errorf("a seller verifies himself: %v", err)
		}
		stranger.Moment(t, func(tx *db.Tx) error {
			results, err := catalog.ImportBatch(tx, []catalog.Draft{d})
			if err == nil && !errors.Is(results[0].Err, catalog.ErrUnverified) {
				t.Errorf("a seller imports a verified origin: %+v", results[0])
			}
			return err
		})
		d.Provenance.Grade = catalog.GradeDocument
		stranger.Moment(t, func(tx *db.Tx) error { _, err := catalog.Add(tx, d); return err })
		err = s.Try(func(tx *db.Tx) error {
			none := catalog.Provenance{Grade: catalog.GradeDocument, Number: "1", Checked: span.DayOf(tx.Now(), span.Almaty).AddDays(1)}
			_, err := catalog.Revise(tx, p.ID, p.Version, catalog.Changes{Provenance: &none})
			return err
		})
		if fields := fault.FieldsOf(err); len(fields) != 1 || fields[0].Pointer != "/provenance/checked" {
			t.Errorf("evidence from tomorrow: %v", err)
		}
	})
}

// TestAProductIsWeighed: a full one has 100, each lack costs, and whatever changes what is asked has it weighed again.
func TestAProductIsWeighed(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		home := branch(t, s, "", "home")
		both := text.Localized{"kk": "Шәйнек", "ru": "Чайник"}
		d := plain(home, "FULL")
		d.Name, d.Description = both, both
		d.Variants[0].GTIN, d.Variants[0].Mass = "4006381333931", 900
		for _, url := range []string{"/media/1.webp", "/media/2.webp", "/media/3.webp"} {
			d.Media = append(d.Media, catalog.Media{Kind: catalog.MediaImage, URL: url})
		}
		full, poor := add(t, s, d), add(t, s, plain(home, "POOR"))
		weigh := func(products []catalog.Product) (weighed []catalog.Product) {
			s.Moment(t, func(tx *db.Tx) (err error) {
				weighed, err = catalog.Weigh(tx, products, func(_ *db.Tx, all []catalog.VariantID) (map[catalog.VariantID]bool, error) {
					return map[catalog.VariantID]bool{full.Variants[0].ID: true}, nil
				})
				return err
			})
			return weighed
		}
		unscored := func() (products []catalog.Product) {
			s.Look(t, func(tx *db.Tx) (err error) {
				products, err = catalog.Unscored(tx, 10)
				return err
			})
			return products
		}
		scores := func(want map[catalog.ProductID]int) {
			t.Helper()
			weigh(unscored())
			s.Look(t, func(tx *db.Tx) error {
				for id, score := range want {
					p, err := catalog.Get(tx, id)
					if err != nil || p.Score != score {
						t.Errorf("%s has %d, want %d (%v)", id, p.Score, score, err)
					}
				}
				return nil
			})
		}
		scores(map[catalog.ProductID]int{full.ID: 100, poor.ID: 18})
		s.Look(t, func(tx *db.Tx) error {
			list, _, err := catalog.List(tx, catalog.Filter{Seller: seller.Own, State: catalog.StateAny, Below: 100})
			if len(list) != 1 || list[0].ID != poor.ID || list[0].Score != 18 {
				t.Errorf("below 100 are %v", list)
			}
			return err
		})
		lacks := map[catalog.LackKind]int{}
		for _, l := range catalog.Complete(poor, nil, nil).Lacks {
			lacks[l.Kind]++
		}
		if lacks[catalog.LackName] != 2 || lacks[catalog.LackDescription] != 2 || lacks[catalog.LackPrice] != 1 || lacks[catalog.LackNumber] != 1 || lacks[catalog.LackMass] != 1 {
			t.Errorf("it lacks %v", lacks)
		}
		x := power(home)
		x.Required = true
		define(t, s, x)
		scores(map[catalog.ProductID]int{full.ID: 85, poor.ID: 3})
		s.Moment(t, func(tx *db.Tx) error { return catalog.DropAttribute(tx, home, "power") })
		s.Moment(t, func(tx *db.Tx) error { return catalog.Reprice(tx, []catalog.VariantID{poor.Variants[0].ID}) })
		scores(map[catalog.ProductID]int{full.ID: 100, poor.ID: 18})

		s.Moment(t, func(tx *db.Tx) error { return catalog.Reprice(tx, []catalog.VariantID{poor.Variants[0].ID}) })
		early := unscored()
		s.Moment(t, func(tx *db.Tx) error {
			_, err := catalog.Revise(tx, poor.ID, poor.Version, catalog.Changes{Name: &both})
			return err
		})
		if weighed := weigh(early); len(early) != 1 || len(weighed) != 0 {
			t.Errorf("of %d that were read %d are weighed, though changed meanwhile", len(early), len(weighed))
		}
		if again := unscored(); len(again) != 1 || again[0].Version == poor.Version {
			t.Errorf("a product that changed while it was weighed is taken for weighed: %v", again)
		}
	})
}

// TestFilterables: what lists offer a filter by is handed down, a nearer definition takes the place of a farther one, and a
// category of which nothing is asked is not spoken of.
func TestFilterables(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		home, toys := branch(t, s, "", "home"), branch(t, s, "", "toys")
		beds := branch(t, s, home, "beds")
		cots := branch(t, s, beds, "cots")
		ask := func(c catalog.CategoryID, code string, position int, filterable bool) {
			define(t, s, catalog.Definition{Category: c, Code: code, Kind: catalog.AttributeText, Label: name(code), Position: position, Filterable: filterable})
		}
		ask(home, "colour", 2, true)
		ask(home, "wood", 1, true)
		ask(home, "note", 3, false)
		ask(beds, "width", 1, true)
		ask(beds, "wood", 2, false)
		ask(cots, "note", 1, true)
		s.Look(t, func(tx *db.Tx) error {
			tree, err := catalog.Tree(tx)
			if err != nil {
				return err
			}
			got, err := catalog.Filterables(tx, tree)
			want := map[catalog.CategoryID][]string{home: {"wood", "colour"}, beds: {"colour", "width"}, cots: {"colour", "width", "note"}}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%v, want %v", got, want)
			}
			if _, there := got[toys]; there {
				t.Error("nothing is asked of toys")
			}
			return err
		})
	})
}
