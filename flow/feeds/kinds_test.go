package feeds_test

import (
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/digital"
	"sauda/core/inventory"
	"sauda/core/pricing"
	"sauda/core/promotion"
	"sauda/core/seller"
	"sauda/flow/feeds"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// kinds puts goods of every kind on sale: a cup of which three lie there, sets of cups with and without a price of their own,
// a blind by measure, an engraved spoon, a cut board that is the same for all, a book to fetch and a game by codes.
func kinds(t *testing.T, s *dbtest.Store) {
	t.Helper()
	shop(t, s)
	s.Moment(t, func(tx *db.Tx) error {
		found, _, err := catalog.List(tx, catalog.Filter{})
		if err != nil {
			return err
		}
		var cup catalog.Summary
		for _, p := range found {
			if p.Variants[0].SKU == "CUP" {
				cup = p
			}
		}
		list, err := pricing.EnsureList(tx, seller.Own, money.KZT, nil)
		if err != nil {
			return err
		}
		put := func(sku string, price int64, k catalog.Kind) (id catalog.VariantID, err error) {
			d := catalog.Draft{Seller: seller.Own, ExternalID: sku, Category: cup.Category, State: catalog.StateOnSale, Name: text.Localized{"ru": sku},
				Variants: []catalog.Variant{{SKU: sku}}, Kind: k}
			p, err := catalog.Add(tx, d)
			if err == nil && price > 0 {
				_, err = pricing.SetMany(tx, list.ID, []pricing.Entry{{Variant: p.Variants[0].ID, Amount: money.Of(price*100, money.KZT)}})
			}
			if err != nil {
				return "", err
			}
			return p.Variants[0].ID, nil
		}
		spoon, err := put("SPOON", 100, catalog.Kind{})
		if err != nil {
			return err
		}
		if err := receive(tx, spoon, 10); err != nil {
			return err
		}
		two := catalog.BundlePart{Variant: cup.Variants[0].ID, Quantity: measure.Of(2)}
		one := catalog.BundlePart{Variant: spoon, Quantity: measure.One}
		number := catalog.Question{Code: "width", Kind: catalog.QuestionNumber, Label: text.Localized{"ru": "Ширина"}, Least: "30", Greatest: "200"}
		words := catalog.Question{Code: "words", Kind: catalog.QuestionText, Label: text.Localized{"ru": "Текст"}}
		wood := catalog.Question{Code: "wood", Kind: catalog.QuestionChoice, Label: text.Localized{"ru": "Дерево"}, Optional: true,
			Choices: []catalog.QuestionChosen{{Code: "oak", Name: text.Localized{"ru": "Дуб"}}}}
		for _, g := range []struct {
			sku   string
			price int64
			kind  catalog.Kind
		}{
			{"SET", 0, catalog.Kind{Bundle: &catalog.Bundle{Parts: []catalog.BundlePart{two, one}, Summed: true, Less: 100_000}}},
			{"PAIR", 2400, catalog.Kind{Bundle: &catalog.Bundle{Parts: []catalog.BundlePart{two}}}},
			{"BLIND", 500, catalog.Kind{Made: &catalog.Made{Questions: []catalog.Question{number}, Days: 7, Currency: money.KZT, Formula: "price + width * 10"}}},
			{"ENGRAVED", 700, catalog.Kind{Made: &catalog.Made{Questions: []catalog.Question{words}, Days: 3, Currency: money.KZT}}},
			{"BOARD", 900, catalog.Kind{Made: &catalog.Made{Questions: []catalog.Question{wood}, Days: 5, Currency: money.KZT}}},
			{"BOOK", 300, catalog.Kind{Digital: &catalog.Digital{}}},
			{"GAME", 400, catalog.Kind{Digital: &catalog.Digital{Codes: true}}},
		} {
			id, err := put(g.sku, g.price, g.kind)
			if err != nil {
				return fmt.Errorf("%s: %w", g.sku, err)
			}
			if g.sku == "GAME" {
				if _, err := digital.AddCodes(tx, id, []string{"A", "B"}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func receive(tx *db.Tx, v catalog.VariantID, n int64) error {
	all, err := inventory.Warehouses(tx, seller.Own)
	if err != nil {
		return err
	}
	return inventory.Count(tx, inventory.Change{Warehouse: all[0].ID, Variant: v, Quantity: measure.Of(n)})
}

// node is an element of a feed.
type node struct {
	Attrs   []xml.Attr `xml:",any,attr"`
	Words   string     `xml:",chardata"`
	In      []node     `xml:",any"`
	XMLName xml.Name
}

func (n node) in(name string) (found node) {
	for _, x := range n.In {
		if x.XMLName.Local == name {
			return x
		}
	}
	return found
}

func (n node) attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// items gives the offers of a feed by their SKU.
func items(t *testing.T, body string) map[string]node {
	t.Helper()
	var top node
	if err := xml.Unmarshal([]byte(body), &top); err != nil {
		t.Fatal(err)
	}
	all := map[string]node{}
	var walk func(node)
	walk = func(n node) {
		switch {
		case n.XMLName.Local == "item":
			all[n.in("id").Words] = n
		case n.XMLName.Local == "offer":
			all[n.attr("id")+n.attr("sku")] = n
		}
		for _, x := range n.In {
			walk(x)
		}
	}
	walk(top)
	return all
}

// TestKindsInFeeds holds what each market is told of goods that lie on no shelf.
func TestKindsInFeeds(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		kinds(t, s)
		google := items(t, exported(t, s, feeds.Google))
		say := func(n node) string {
			return strings.Join([]string{n.in("price").Words, n.in("availability").Words, n.in("quantity").Words, n.in("is_bundle").Words, n.in("multipack").Words,
				n.in("max_handling_time").Words, n.in("shipping").in("country").Words + n.in("shipping").in("price").Words}, "|")
		}
		// A set of two cups and a spoon is (2 × 1250.50 + 100) less 10 %, and one can be made of three cups.
		for sku, want := range map[string]string{
			"CUP": "1250.50 KZT|in_stock|3||||", "SET": "2340.90 KZT|in_stock|1|yes|||", "PAIR": "2400.00 KZT|in_stock|1||2||", "BLIND": "||||||",
			"ENGRAVED": "700.00 KZT|in_stock||||3|", "BOARD": "900.00 KZT|in_stock||||5|", "BOOK": "300.00 KZT|in_stock|||||KZ0 KZT", "GAME": "400.00 KZT|in_stock|2||||KZ0 KZT",
		} {
			if got := say(google[sku]); got != want {
				t.Errorf("google %s: %q, want %q", sku, got, want)
			}
		}
		yml := items(t, exported(t, s, feeds.YML))
		say = func(n node) string {
			return strings.Join([]string{n.in("price").Words, n.in("price").attr("from"), n.attr("available"), n.in("count").Words, n.in("delivery").Words, n.in("downloadable").Words}, "|")
		}
		for sku, want := range map[string]string{
			"CUP": "1250.50||true|3||", "SET": "2340.90||true|1||", "PAIR": "2400.00||true|1||", "BLIND": "800.00|true|false|||", "ENGRAVED": "700.00||false|||",
			"BOARD": "900.00||false|||", "BOOK": "300.00||true||false|true", "GAME": "400.00||true|2|false|true",
		} {
			if got := say(yml[sku]); got != want {
				t.Errorf("yml %s: %q, want %q", sku, got, want)
			}
		}
		kaspi := items(t, exported(t, s, feeds.Kaspi))
		say = func(n node) string {
			a := n.in("availabilities").in("availability")
			return strings.Join([]string{n.in("price").Words, a.attr("available"), a.attr("stockCount"), a.attr("preOrder")}, "|")
		}
		for sku, want := range map[string]string{
			"CUP": "1251|yes|3|0", "SET": "2341|yes|1|0", "PAIR": "2400|yes|1|0", "BLIND": "|||", "ENGRAVED": "|||", "BOARD": "900|yes||5", "BOOK": "|||", "GAME": "|||",
		} {
			if got := say(kaspi[sku]); got != want {
				t.Errorf("kaspi %s: %q, want %q", sku, got, want)
			}
		}
		// One cup less, and no set can be made.
		s.Moment(t, func(tx *db.Tx) error {
			found, _, err := catalog.List(tx, catalog.Filter{})
			for _, p := range found {
				if p.Variants[0].SKU == "CUP" {
					return receive(tx, p.Variants[0].ID, 1)
				}
			}
			return err
		})
		if got := say(items(t, exported(t, s, feeds.Kaspi))["SET"]); got != "2341|no||0" {
			t.Errorf("without cups: %q", got)
		}
		if n := items(t, exported(t, s, feeds.Google))["SET"]; n.in("availability").Words != "out_of_stock" || n.in("quantity").Words != "0" {
			t.Errorf("without cups: %+v", n)
		}
		// A file says of a bundle and of what is made only what a list says, so that it is brought back as it was.
		for line := range strings.Lines(exported(t, s, feeds.CSV)) {
			if strings.HasPrefix(line, "SET,") && strings.Contains(line, "KZT") || strings.HasPrefix(line, "BLIND,") && !strings.Contains(line, "500.00,KZT") {
				t.Errorf("the file says %s", line)
			}
		}
	})
}

// TestMarketsKnowPromotions: they are told the price that the page shows, and a file the one of the list.
func TestMarketsKnowPromotions(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		kinds(t, s)
		s.Moment(t, func(tx *db.Tx) error {
			p, err := promotion.Add(tx, promotion.Promotion{Seller: seller.Own, Name: text.Localized{"ru": "Скидка"}, Currency: money.KZT, Combines: true,
				Effect: promotion.Effect{Kind: promotion.PercentOff, Rate: money.Percent(20)}})
			if err == nil {
				_, err = promotion.Start(tx, seller.Own, p.ID)
			}
			return err
		})
		for f, want := range map[feeds.Format]map[string]string{
			// What is taken off is whole tenge.
			feeds.Google: {"CUP": "1000.50 KZT", "PAIR": "1920.00 KZT", "ENGRAVED": "560.00 KZT", "BLIND": "", "BOOK": "240.00 KZT"},
			feeds.YML:    {"CUP": "1000.50", "BLIND": "640.00", "BOARD": "720.00"},
			feeds.Kaspi:  {"CUP": "1001", "PAIR": "1920"},
		} {
			all := items(t, exported(t, s, f))
			for sku, price := range want {
				if got := all[sku].in("price").Words; got != price {
					t.Errorf("%s is told that %s costs %q, want %q", f, sku, got, price)
				}
			}
		}
		if file := exported(t, s, feeds.CSV); !strings.Contains(file, "1250.50,KZT") || strings.Contains(file, "1000.50") {
			t.Errorf("the file says\n%s", file)
		}
	})
}
