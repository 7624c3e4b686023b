package cart_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{seller.Schema, catalog.Schema, cart.Schema}

var guest = db.Who{Kind: db.KindGuest}

// buyer acts for a party.
func buyer(party string) db.Who { return db.Who{Kind: db.KindBuyer, ID: "usr_" + party, Party: party} }

// shelf puts n things on sale and gives their variants. Those named by weight are sold by the kilogram.
func shelf(t *testing.T, s *dbtest.Store, n int) []catalog.VariantID {
	t.Helper()
	var variants []catalog.VariantID
	var category catalog.CategoryID
	s.As(db.System).Moment(t, func(tx *db.Tx) error {
		c, err := catalog.AddCategory(tx, catalog.CategoryDraft{Slug: "zattar", Name: text.Localized{"kk": "Заттар"}})
		category = c.ID
		return err
	})
	for at := range n {
		unit := measure.Piece
		if at == 1 {
			unit = measure.Kilogram
		}
		s.As(db.System).Moment(t, func(tx *db.Tx) error {
			p, err := catalog.Add(tx, catalog.Draft{
				Seller: seller.Own, Category: category, Name: text.Localized{"kk": fmt.Sprint("Зат ", at)}, State: catalog.StateOnSale,
				Variants: []catalog.Variant{{SKU: fmt.Sprint("sku-", at), Unit: unit}},
			})
			if err == nil {
				variants = append(variants, p.Variants[0].ID)
			}
			return err
		})
	}
	return variants
}

// open gives a new basket of the actor.
func open(t *testing.T, s *dbtest.Store) cart.ID {
	t.Helper()
	var id cart.ID
	s.Moment(t, func(tx *db.Tx) error {
		c, err := cart.Open(tx, cart.Opening{Currency: money.KZT, Lang: "kk"})
		id = c.ID
		return err
	})
	return id
}

func add(id cart.ID, v catalog.VariantID, n int64) func(*db.Tx) error {
	return func(tx *db.Tx) error {
		_, err := cart.Add(tx, id, cart.Addition{Variant: v, Quantity: measure.Of(n), PriceSeen: money.Of(100_00, money.KZT), Source: "search"})
		return err
	}
}

func get(t *testing.T, s *dbtest.Store, id cart.ID) cart.Cart {
	t.Helper()
	var c cart.Cart
	s.Look(t, func(tx *db.Tx) (err error) { c, err = cart.Get(tx, id); return err })
	return c
}

// refuse runs a moment that must end with a fault.
func refuse(t *testing.T, s *dbtest.Store, name string, want *fault.Fault, do func(*db.Tx) error) {
	t.Helper()
	if err := s.Try(do); fault.Of(err) != want {
		t.Errorf("%s: %v, want %s", name, err, want.Code)
	}
}

func TestLines(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		things := shelf(t, s, 2)
		s = s.As(guest)
		id := open(t, s)
		s.Moment(t, add(id, things[0], 2))
		s.Clock.Advance(time.Second)
		s.Moment(t, add(id, things[1], 1))
		s.Moment(t, add(id, things[0], 3))
		c := get(t, s, id)
		if len(c.Lines) != 2 || c.Lines[0].Quantity != measure.Of(5) || c.Lines[0].Source != "search" || c.Lines[0].Seller != seller.Own {
			t.Fatalf("lines %+v", c.Lines)
		}
		if c.Version != 4 || c.Lines[0].PriceSeen != money.Of(100_00, money.KZT) || c.State != cart.StateOpen {
			t.Errorf("basket %+v", c)
		}
		first, second := c.Lines[0].ID, c.Lines[1].ID
		change := func(line cart.LineID, q measure.Quantity) func(*db.Tx) error {
			return func(tx *db.Tx) error { _, err := cart.Change(tx, id, line, q); return err }
		}
		s.Moment(t, change(second, measure.One/4))
		s.Moment(t, change(second, measure.One/4))
		refuse(t, s, "half a piece", cart.ErrStep, change(first, measure.One/2))
		refuse(t, s, "nothing", cart.ErrQuantity, change(first, 0))
		refuse(t, s, "below zero", cart.ErrQuantity, change(first, -measure.One))
		refuse(t, s, "too much", cart.ErrQuantity, change(first, cart.QuantityMax+1))
		refuse(t, s, "no such line", cart.ErrNoLine, change("lin_none", measure.One))
		refuse(t, s, "add nothing", cart.ErrQuantity, add(id, things[0], 0))
		refuse(t, s, "the sum is too much", cart.ErrQuantity, add(id, things[0], 999_999))
		refuse(t, s, "no such thing", cart.ErrVariant, add(id, "var_none", 1))
		refuse(t, s, "another currency", cart.ErrCurrency, func(tx *db.Tx) error {
			_, err := cart.Add(tx, id, cart.Addition{Variant: things[0], Quantity: measure.One, PriceSeen: money.Of(1, money.USD)})
			return err
		})
		refuse(t, s, "a long source", cart.ErrText, func(tx *db.Tx) error {
			_, err := cart.Add(tx, id, cart.Addition{Variant: things[0], Quantity: measure.One, Source: strings.Repeat("ә", 201)})
			return err
		})
		remove := func(tx *db.Tx) error { return cart.Remove(tx, id, first) }
		s.Moment(t, remove)
		refuse(t, s, "removed twice", cart.ErrNoLine, remove)
		if c := get(t, s, id); len(c.Lines) != 1 || c.Lines[0].Quantity != measure.One/4 {
			t.Errorf("lines %+v", c.Lines)
		}
		var names []string
		for _, f := range s.Facts(t) {
			if f.Key == string(id) {
				names = append(names, strings.TrimPrefix(f.Name, "cart."))
			}
		}
		if got := strings.Join(names, " "); got != "opened added added added quantity_changed removed" {
			t.Errorf("facts: %s", got)
		}
	})
}

func TestEnded(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		things := shelf(t, s, 1)
		s = s.As(guest)
		id := open(t, s)
		s.Moment(t, add(id, things[0], 5))
		line := get(t, s, id).Lines[0]
		s.As(db.System).Moment(t, func(tx *db.Tx) error {
			p, err := catalog.Get(tx, line.Product)
			if err == nil {
				_, err = catalog.End(tx, p.ID, p.Version)
			}
			return err
		})
		refuse(t, s, "add", cart.ErrEnded, add(id, things[0], 1))
		refuse(t, s, "more", cart.ErrEnded, func(tx *db.Tx) error { _, err := cart.Change(tx, id, line.ID, measure.Of(6)); return err })
		s.Moment(t, func(tx *db.Tx) error { _, err := cart.Change(tx, id, line.ID, measure.Of(4)); return err })
	})
}

func TestFull(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		things := shelf(t, s, cart.LinesMax+1)
		s = s.As(guest)
		id := open(t, s)
		s.Moment(t, func(tx *db.Tx) error {
			for n := range cart.LinesMax {
				if err := add(id, things[n], 1)(tx); err != nil {
					return err
				}
			}
			return nil
		})
		refuse(t, s, "one more thing", cart.ErrFull, add(id, things[cart.LinesMax], 1))
		s.Moment(t, add(id, things[0], 1)) // More of the same is no new line.
		first := get(t, s, id).Lines[0].ID
		s.Moment(t, func(tx *db.Tx) error { return cart.Remove(tx, id, first) })
		s.Moment(t, add(id, things[cart.LinesMax], 1))
	})
}

// TestOthers checks that somebody else's basket is as unknown as none, with every verb.
func TestOthers(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		things := shelf(t, s, 1)
		ann := s.As(buyer("ann"))
		id := open(t, ann)
		if again := open(t, ann); again != id {
			t.Error("a party has two open baskets")
		}
		ann.Moment(t, add(id, things[0], 1))
		line := get(t, ann, id).Lines[0].ID
		strangers := []db.Who{
			guest, buyer("bob"), {Kind: db.KindStaff, Seller: string(seller.Own), Scopes: []string{"orders.*"}},
			{Kind: db.KindStaff, Seller: "sel_other", Scopes: []string{"*"}},
		}
		for _, who := range strangers {
			other := s.As(who)
			for name, do := range map[string]func(*db.Tx) error{
				"get":    func(tx *db.Tx) error { _, err := cart.Get(tx, id); return err },
				"own":    func(tx *db.Tx) error { _, err := cart.Own(tx, "ann"); return err },
				"add":    add(id, things[0], 1),
				"change": func(tx *db.Tx) error { _, err := cart.Change(tx, id, line, measure.Of(2)); return err },
				"remove": func(tx *db.Tx) error { return cart.Remove(tx, id, line) },
				"address": func(tx *db.Tx) error {
					return cart.SetAddress(tx, id, place.Address{Country: place.KZ, City: "Алматы"})
				},
				"contact": func(tx *db.Tx) error { return cart.SetContact(tx, id, cart.Contact{}) },
				"delivery": func(tx *db.Tx) error {
					return cart.ChooseDelivery(tx, id, cart.Choice{Seller: seller.Own, Method: "m"})
				},
				"consent": func(tx *db.Tx) error { return cart.Allow(tx, id, cart.Consent{Learn: true}) },
				"lang":    func(tx *db.Tx) error { return cart.Speak(tx, id, "ru") },
				"version": func(tx *db.Tx) error { return cart.AtVersion(tx, id, 1) },
				"close":   func(tx *db.Tx) error { return cart.Close(tx, id, 1, "ord_1") },
			} {
				refuse(t, other, name, cart.ErrUnknown, do)
			}
		}
		reader := s.As(db.Who{Kind: db.KindStaff, Seller: string(seller.Own), Scopes: []string{"carts.read"}})
		get(t, reader, id)
		refuse(t, reader, "a reader adds", cart.ErrUnknown, add(id, things[0], 1))
		refuse(t, s.As(guest), "none", cart.ErrUnknown, add("crt_none", things[0], 1))
		if c := get(t, ann, id); c.Version != 2 || c.State != cart.StateOpen {
			t.Errorf("somebody else changed it: %+v", c)
		}
	})
}

func TestChoices(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		s = s.As(guest)
		id := open(t, s)
		home := place.Address{Country: place.KZ, Region: place.Almaty, City: "  Алматы ", Street: "Абай даңғылы", House: "10", Name: "Айгүл"}
		s.Moment(t, func(tx *db.Tx) error {
			return errors.Join(
				cart.SetAddress(tx, id, home),
				cart.SetContact(tx, id, cart.Contact{Email: "aigul@example.kz", Phone: "8 701 123 45 67"}),
				cart.ChooseDelivery(tx, id, cart.Choice{Seller: seller.Own, Method: "courier"}),
				cart.ChooseDelivery(tx, id, cart.Choice{Seller: "sel_2", Method: "post"}),
				cart.ChooseDelivery(tx, id, cart.Choice{Seller: seller.Own, Method: "pickup", Point: "pt_1"}),
				cart.Allow(tx, id, cart.Consent{Learn: true}),
				cart.Speak(tx, id, "ru"),
			)
		})
		c := get(t, s, id)
		if c.Address.City != "Алматы" || c.Email != "aigul@example.kz" || c.Phone != "+77011234567" || c.Lang != "ru" || !c.Consent.Learn {
			t.Errorf("basket %+v", c)
		}
		if choice, ok := c.Choice(seller.Own); !ok || choice.Point != "pt_1" || len(c.Delivery) != 2 {
			t.Errorf("delivery %+v", c.Delivery)
		}
		refuse(t, s, "no city", place.ErrAddress, func(tx *db.Tx) error { return cart.SetAddress(tx, id, place.Address{Country: place.KZ}) })
		for _, bad := range []cart.Contact{{Email: "aigul"}, {Email: "A <a@b.kz>"}, {Phone: "12"}, {Email: strings.Repeat("a", 250) + "@b.kz"}} {
			refuse(t, s, "contact", cart.ErrContact, func(tx *db.Tx) error { return cart.SetContact(tx, id, bad) })
		}
		err := s.Try(func(tx *db.Tx) error {
			return cart.SendTo(tx, id, place.Address{Country: place.KZ}, cart.Contact{Email: "aigul", Phone: "12"})
		})
		for _, at := range []string{"/city", "/email", "/phone"} {
			if !slices.ContainsFunc(fault.FieldsOf(err), func(f fault.Field) bool { return f.Pointer == at }) {
				t.Errorf("%s is not said beside the others: %v", at, err)
			}
		}
		refuse(t, s, "no method", cart.ErrChoice, func(tx *db.Tx) error { return cart.ChooseDelivery(tx, id, cart.Choice{Seller: seller.Own}) })
		refuse(t, s, "no language", cart.ErrOpening, func(tx *db.Tx) error { return cart.Speak(tx, id, "?") })
		refuse(t, s, "another version", cart.ErrStale, func(tx *db.Tx) error { return cart.AtVersion(tx, id, c.Version-1) })
		s.Moment(t, func(tx *db.Tx) error { return cart.AtVersion(tx, id, c.Version) })
		for _, f := range s.Facts(t) { // Facts are kept for long and hold nothing of a person.
			for _, personal := range []string{"Абай", "Айгүл", "aigul", "7011234567"} {
				if strings.Contains(string(f.Body), personal) {
					t.Errorf("%s tells %s", f.Name, personal)
				}
			}
		}
	})
}

func TestClose(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		things := shelf(t, s, 1)
		s = s.As(buyer("ann"))
		id := open(t, s)
		s.Moment(t, add(id, things[0], 1))
		shut := func(order string) func(*db.Tx) error {
			return func(tx *db.Tx) error { return cart.Close(tx, id, 2, order) }
		}
		refuse(t, s, "changed meanwhile", cart.ErrStale, func(tx *db.Tx) error { return cart.Close(tx, id, 1, "ord_1") })
		s.Moment(t, shut("ord_1"))
		s.Moment(t, shut("ord_1"))
		refuse(t, s, "another order", cart.ErrClosed, shut("ord_2"))
		refuse(t, s, "add", cart.ErrClosed, add(id, things[0], 1))
		if c := get(t, s, id); c.Order != "ord_1" || c.State != cart.StateOrdered || len(c.Lines) != 1 {
			t.Errorf("basket %+v", c)
		}
		if fresh := open(t, s); fresh == id {
			t.Error("no new basket after the order")
		}
	})
}

func TestExpire(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		s = s.As(buyer("ann"))
		contact := func(id cart.ID) func(*db.Tx) error {
			return func(tx *db.Tx) error { return cart.SetContact(tx, id, cart.Contact{Email: "ann@example.kz"}) }
		}
		ordered := open(t, s)
		s.Moment(t, contact(ordered))
		s.Moment(t, func(tx *db.Tx) error { return cart.EnterCoupon(tx, ordered, "forann") })
		s.Moment(t, func(tx *db.Tx) error { return cart.Close(tx, ordered, get(t, s, ordered).Version, "ord_1") })
		id := open(t, s)
		s.Moment(t, contact(id))
		s.Moment(t, func(tx *db.Tx) error { return cart.EnterCoupon(tx, id, "forann") })
		for _, c := range []struct {
			days time.Duration
			want int
		}{{89, 0}, {1, 1}, {0, 0}} {
			s.Clock.Advance(c.days * 24 * time.Hour)
			s.As(db.System).Moment(t, func(tx *db.Tx) error {
				n, err := cart.Expire(tx, 10)
				if n != c.want {
					t.Errorf("%d expired, want %d", n, c.want)
				}
				return err
			})
		}
		for _, id := range []cart.ID{id, ordered} {
			if c := get(t, s, id); c.State == cart.StateOpen || c.Email != "" || len(c.Coupons) > 0 {
				t.Errorf("basket %+v", c)
			}
		}
	})
}

// TestStatements holds the verbs to four statements each.
func TestStatements(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		things := shelf(t, s, 1)
		s = s.As(guest)
		id := open(t, s)
		count := func(name string, do func(*db.Tx) error) {
			t.Helper()
			if n := s.Statements(func() { s.Moment(t, do) }); n > 4 {
				t.Errorf("%s: %d statements", name, n)
			}
		}
		count("open", func(tx *db.Tx) error {
			_, err := cart.Open(tx, cart.Opening{Currency: money.KZT, Lang: "kk"})
			return err
		})
		count("add", add(id, things[0], 1))
		count("add again", add(id, things[0], 1))
		line := get(t, s, id).Lines[0].ID
		count("get", func(tx *db.Tx) error { _, err := cart.Get(tx, id); return err })
		count("change", func(tx *db.Tx) error { _, err := cart.Change(tx, id, line, measure.Of(3)); return err })
		count("address", func(tx *db.Tx) error {
			return cart.SetAddress(tx, id, place.Address{Country: place.KZ, City: "Алматы"})
		})
		count("delivery", func(tx *db.Tx) error {
			return cart.ChooseDelivery(tx, id, cart.Choice{Seller: seller.Own, Method: "m"})
		})
		count("remove", func(tx *db.Tx) error { return cart.Remove(tx, id, line) })
		version := get(t, s, id).Version
		count("close", func(tx *db.Tx) error { return cart.Close(tx, id, version, "ord_1") })
	})
}

// TestDevices lets fifty devices add at once: the same thing ends as the sum, and no other line is lost.
func TestDevices(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		const devices = 50
		things := shelf(t, s, 6)
		s = s.As(buyer("ann"))
		id := open(t, s)
		var wait sync.WaitGroup
		for n := range devices {
			wait.Go(func() {
				for _, v := range []catalog.VariantID{things[0], things[1+n%5]} {
					if err := s.Try(add(id, v, 1)); err != nil {
						t.Errorf("device %d: %v", n, err)
					}
				}
			})
		}
		wait.Wait()
		c := get(t, s, id)
		if len(c.Lines) != 6 || c.Version != 1+2*devices {
			t.Errorf("%d lines at version %d", len(c.Lines), c.Version)
		}
		for _, l := range c.Lines {
			want := measure.Of(devices / 5)
			if l.Variant == things[0] {
				want = measure.Of(devices)
			}
			if l.Quantity != want {
				t.Errorf("%s of %s, want %s", l.Quantity, l.Variant, want)
			}
		}
	})
}
