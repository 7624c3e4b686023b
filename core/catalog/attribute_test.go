package catalog_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"sauda/base/fault"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// power is an attribute of a category.
func power(c catalog.CategoryID) catalog.Definition {
	return catalog.Definition{Category: c, Code: "power", Kind: catalog.AttributeNumber, Unit: "W", Position: 2,
		Label: text.Localized{"kk": "Қуаты", "en": "Power"}}
}

func define(t *testing.T, s *dbtest.Store, d catalog.Definition) catalog.Definition {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) (err error) {
		d, err = catalog.DefineAttribute(tx, d)
		return err
	})
	return d
}

// codes gives what a category asks for, as "code of category".
func codes(t *testing.T, s *dbtest.Store, c catalog.CategoryID) (all []string) {
	t.Helper()
	s.Look(t, func(tx *db.Tx) error {
		definitions, err := catalog.Definitions(tx, c)
		for _, d := range definitions {
			all = append(all, d.Code+" of "+string(d.Category))
		}
		return err
	})
	return all
}

// TestWhatACategoryAsksForIsAskedBelow: definitions are inherited, the nearer one of two counts, and each keeps its order.
func TestWhatACategoryAsksForIsAskedBelow(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		home := branch(t, s, "", "home")
		kettles := branch(t, s, home, "kettles")
		other := branch(t, s, "", "other")
		define(t, s, power(home))
		first := define(t, s, catalog.Definition{Category: home, Kind: catalog.AttributeText, Position: 1, Label: name("Main material")})
		if first.Code != "main-material" {
			t.Errorf("the code is %q", first.Code)
		}
		define(t, s, catalog.Definition{Category: kettles, Code: "whistles", Kind: catalog.AttributeBool, Label: name("Whistles")})
		want := []string{"main-material of " + string(home), "power of " + string(home), "whistles of " + string(kettles)}
		if got := codes(t, s, kettles); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("kettles are asked for %v, want %v", got, want)
		}
		near := power(kettles)
		near.Unit = "kW"
		define(t, s, near)
		want = []string{"main-material of " + string(home), "whistles of " + string(kettles), "power of " + string(kettles)}
		if got := codes(t, s, kettles); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("with a nearer one kettles are asked for %v, want %v", got, want)
		}
		if got := codes(t, s, other); len(got) != 0 {
			t.Errorf("another category asks for %v", got)
		}
		s.Moment(t, func(tx *db.Tx) error { return catalog.DropAttribute(tx, kettles, "power") })
		s.Moment(t, func(tx *db.Tx) error {
			_, err := catalog.MoveCategory(tx, kettles, other, 0)
			return err
		})
		if got := codes(t, s, kettles); len(got) != 1 {
			t.Errorf("moved away, kettles are asked for %v", got)
		}
		s.Moment(t, func(tx *db.Tx) error { return catalog.RemoveCategory(tx, kettles) })
		s.Look(t, func(tx *db.Tx) error {
			if _, err := catalog.GetDefinition(tx, kettles, "whistles"); !errors.Is(err, catalog.ErrNoDefinition) {
				t.Errorf("a removed category still asks: %v", err)
			}
			return nil
		})
	})
}

// TestANameIsWrittenOnce: the page of a product has the labels of its category, also after they were revised; what nobody
// defines keeps its own.
func TestANameIsWrittenOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		c := branch(t, s, "", "home")
		define(t, s, power(c))
		d := plain(c, "K1")
		d.Attributes = []catalog.Attribute{
			{Code: "power", Kind: catalog.AttributeNumber, Label: name("Old name"), Number: "2200", Unit: "W"},
			{Code: "own", Kind: catalog.AttributeBool, Label: name("Own"), Bool: true},
		}
		p := add(t, s, d)
		labels := func() string {
			var b strings.Builder
			s.Look(t, func(tx *db.Tx) error {
				detail, err := catalog.Detail(tx, p.ID)
				for _, a := range detail.Attributes {
					b.WriteString(a.Label.In("en") + " " + a.Number + a.Unit + "; ")
				}
				return err
			})
			return b.String()
		}
		if got := labels(); got != "Power 2200W; Own ; " {
			t.Errorf("the page says %s", got)
		}
		s.Moment(t, func(tx *db.Tx) error {
			_, err := catalog.ReviseAttribute(tx, catalog.Definition{Category: c, Code: "power", Label: name("Rated power"), Unit: "kW"})
			return err
		})
		if got := labels(); got != "Rated power 2200W; Own ; " {
			t.Errorf("revised, the page says %s", got)
		}
		facts := len(s.Facts(t))
		s.Moment(t, func(tx *db.Tx) error {
			d, err := catalog.ReviseAttribute(tx, catalog.Definition{Category: c, Code: "power", Label: name("Rated power"), Unit: "kW"})
			if d.Kind != catalog.AttributeNumber {
				t.Errorf("the kind is %q", d.Kind)
			}
			return err
		})
		if len(s.Facts(t)) != facts {
			t.Error("what changed nothing stated a fact")
		}
	})
}

func TestWrongDefinitionsAreRefused(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		c := branch(t, s, "", "home")
		define(t, s, power(c))
		refuse := func(what string, want error, pointer string, do func(tx *db.Tx) error) {
			t.Helper()
			err := s.Try(do)
			if !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", what, err, want)
			}
			if fields := fault.FieldsOf(err); pointer != "" && (len(fields) != 1 || fields[0].Pointer != pointer) {
				t.Errorf("%s: %v, want %s", what, fields, pointer)
			}
		}
		add := func(change func(*catalog.Definition)) func(*db.Tx) error {
			d := power(c)
			change(&d)
			return func(tx *db.Tx) error {
				_, err := catalog.DefineAttribute(tx, d)
				return err
			}
		}
		refuse("twice", catalog.ErrDefined, "", add(func(*catalog.Definition) {}))
		refuse("no label", catalog.ErrDefinition, "/label", add(func(d *catalog.Definition) { d.Label = nil }))
		refuse("a label too long", catalog.ErrDefinition, "/label/en", add(func(d *catalog.Definition) { d.Label = name(strings.Repeat("x", 251)) }))
		refuse("a code with a slash", catalog.ErrDefinition, "/code", add(func(d *catalog.Definition) { d.Code = "a/b" }))
		refuse("no code to make", catalog.ErrDefinition, "/code", add(func(d *catalog.Definition) { d.Code, d.Label = "", text.Localized{"zh": "功率"} }))
		refuse("an unknown kind", catalog.ErrDefinition, "/kind", add(func(d *catalog.Definition) { d.Kind = "colour" }))
		refuse("a flag with a unit", catalog.ErrDefinition, "/unit", add(func(d *catalog.Definition) { d.Kind = catalog.AttributeBool }))
		refuse("an unknown category", catalog.ErrNoCategory, "", add(func(d *catalog.Definition) { d.Category = "cat_none" }))
		refuse("revise what is not there", catalog.ErrNoDefinition, "", func(tx *db.Tx) error {
			_, err := catalog.ReviseAttribute(tx, catalog.Definition{Category: c, Code: "none", Label: name("x")})
			return err
		})
		refuse("drop what is not there", catalog.ErrNoDefinition, "", func(tx *db.Tx) error { return catalog.DropAttribute(tx, c, "none") })
		for i := range catalog.DefinitionsMax - 1 {
			define(t, s, catalog.Definition{Category: c, Code: fmt.Sprint("a", i), Kind: catalog.AttributeBool, Label: name("x")})
		}
		refuse("one too many", catalog.ErrCrowded, "", add(func(d *catalog.Definition) { d.Code = "last" }))
	})
}

// TestNobodyAsksInARemovedCategory: of one who removes a category and many who define attributes in it, either the
// category stays or nothing is defined.
func TestNobodyAsksInARemovedCategory(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		c := branch(t, s, "", "short")
		crowd(t, s, catalog.ErrNoCategory, func(tx *db.Tx, i int) error {
			if i == 5 {
				return catalog.RemoveCategory(tx, c)
			}
			d := power(c)
			d.Code = fmt.Sprint("a", i)
			_, err := catalog.DefineAttribute(tx, d)
			return err
		})
		s.Look(t, func(tx *db.Tx) error {
			for i := range 12 {
				if _, err := catalog.GetDefinition(tx, c, fmt.Sprint("a", i)); !errors.Is(err, catalog.ErrNoDefinition) {
					t.Errorf("a%d is asked for by nothing: %v", i, err)
				}
			}
			return nil
		})
	})
}
