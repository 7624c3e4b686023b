package wish_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/core/wish"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{seller.Schema, catalog.Schema, wish.Schema}

var (
	guest = db.Who{Kind: db.KindGuest}
	staff = db.Who{Kind: db.KindStaff, ID: "usr_s", Seller: string(seller.Own), Scopes: []string{"catalog.read"}}
	alien = db.Who{Kind: db.KindStaff, ID: "usr_a", Seller: "sel_two", Scopes: []string{"*"}}
)

// buyer acts for a party.
func buyer(party string) db.Who { return db.Who{Kind: db.KindBuyer, ID: "usr_" + party, Party: party} }

// goods puts n things on sale; each has two variants.
func goods(t *testing.T, s *dbtest.Store, n int) []catalog.Product {
	t.Helper()
	var all []catalog.Product
	s.As(db.System).Moment(t, func(tx *db.Tx) error {
		all = nil
		c, err := catalog.AddCategory(tx, catalog.CategoryDraft{Slug: "zattar", Name: text.Localized{"kk": "Заттар"}})
		if err != nil {
			return err
		}
		for at := range n {
			p, err := catalog.Add(tx, catalog.Draft{
				Seller: seller.Own, Category: c.ID, Name: text.Localized{"kk": fmt.Sprint("Зат ", at)}, State: catalog.StateOnSale,
				Options: []catalog.Option{{Code: "size", Name: text.Localized{"kk": "Өлшемі"}, Values: []catalog.OptionValue{
					{Code: "s", Name: text.Localized{"kk": "S"}}, {Code: "m", Name: text.Localized{"kk": "M"}}}}},
				Variants: []catalog.Variant{{SKU: fmt.Sprint("s-", at), Options: map[string]string{"size": "s"}}, {SKU: fmt.Sprint("m-", at), Options: map[string]string{"size": "m"}}},
			})
			if err != nil {
				return err
			}
			all = append(all, p)
		}
		return nil
	})
	return all
}

func tenge(minor int64) money.Money { return money.Of(minor, money.KZT) }

// keep keeps a product for who acts and gives his list.
func keep(t *testing.T, s *dbtest.Store, list wish.ListID, c wish.Choice) (l wish.List) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) (err error) { _, l, err = wish.Keep(tx, list, c); return err })
	return l
}

func drop(t *testing.T, s *dbtest.Store, list wish.ListID, p catalog.ProductID) (was *wish.Thing) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) (err error) { was, _, err = wish.Drop(tx, list, p); return err })
	return was
}

func join(t *testing.T, s *dbtest.Store, list wish.ListID, party string) (l wish.List) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) (err error) { l, err = wish.Join(tx, list, party); return err })
	return l
}

// things are what who acts keeps, the latest first.
func things(t *testing.T, s *dbtest.Store, list wish.ListID) (all []wish.Thing) {
	t.Helper()
	s.Look(t, func(tx *db.Tx) (err error) { all, err = wish.Things(tx, list); return err })
	return all
}

func products(all []wish.Thing) []catalog.ProductID {
	ids := make([]catalog.ProductID, len(all))
	for i, x := range all {
		ids[i] = x.Product
	}
	return ids
}

func refuse(t *testing.T, s *dbtest.Store, name string, want *fault.Fault, do func(*db.Tx) error) {
	t.Helper()
	if err := s.Try(do); fault.Of(err) != want {
		t.Errorf("%s: %v, want %s", name, err, want.Code)
	}
}

// even wants every list to have as many things as it says.
func even(t *testing.T, s *dbtest.Store) {
	t.Helper()
	s.Look(t, func(tx *db.Tx) error {
		uneven, err := wish.Audit(tx)
		if len(uneven) > 0 {
			t.Errorf("counted otherwise than kept: %+v", uneven)
		}
		return err
	})
}

// TestAListIsItsOwners: a guest's belongs to whoever knows its id, a party's to the party only.
func TestAListIsItsOwners(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		all := goods(t, s, 3)
		anybody, ann, bob := s.As(guest), s.As(buyer("ann")), s.As(buyer("bob"))
		loose := keep(t, anybody, "", wish.Choice{Product: all[0].ID, Seen: tenge(500), Source: "card"})
		s.Clock.Advance(time.Second)
		if l := keep(t, anybody, loose.ID, wish.Choice{Product: all[1].ID}); l.ID != loose.ID || l.Things != 2 {
			t.Errorf("the list of a guest is %+v", l)
		}
		got := things(t, anybody, loose.ID)
		if !slices.Equal(products(got), []catalog.ProductID{all[1].ID, all[0].ID}) || got[1].Seen != tenge(500) || got[0].Seen.Currency != "" {
			t.Errorf("he keeps %+v", got)
		}
		own := keep(t, ann, loose.ID, wish.Choice{Product: all[2].ID})
		if own.ID == loose.ID || own.Party != "ann" {
			t.Errorf("a party keeps on the list of a guest: %+v", own)
		}
		for name, who := range map[string]*dbtest.Store{"a guest with the id of a party": anybody, "another party": bob} {
			if got := things(t, who, own.ID); len(got) > 0 {
				t.Errorf("%s sees %+v", name, got)
			}
			if was := drop(t, who, own.ID, all[2].ID); was != nil {
				t.Errorf("%s drops %+v", name, was)
			}
		}
		if l := keep(t, anybody, own.ID, wish.Choice{Product: all[0].ID}); l.ID == own.ID {
			t.Error("a guest keeps on the list of a party")
		}
		if got := products(things(t, ann, "")); !slices.Equal(got, []catalog.ProductID{all[2].ID}) {
			t.Errorf("the party keeps %v", got)
		}
		even(t, s)
	})
}

// TestKeepAndDrop: twice is once, the first price stays, and another variant takes the place of the one that was meant.
func TestKeepAndDrop(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		p := goods(t, s, 1)[0]
		ann := s.As(buyer("ann"))
		keep(t, ann, "", wish.Choice{Product: p.ID, Seen: tenge(900)})
		if l := keep(t, ann, "", wish.Choice{Product: p.ID, Seen: tenge(700)}); l.Things != 1 {
			t.Errorf("%d things", l.Things)
		}
		if got := things(t, ann, ""); got[0].Seen != tenge(900) || got[0].Variant != "" {
			t.Errorf("kept again: %+v", got)
		}
		keep(t, ann, "", wish.Choice{Product: p.ID, Variant: p.Variants[1].ID, Seen: tenge(700)})
		if got := things(t, ann, ""); len(got) != 1 || got[0].Variant != p.Variants[1].ID || got[0].Seen != tenge(700) {
			t.Errorf("another variant: %+v", got)
		}
		if was := drop(t, ann, "", p.ID); was == nil || was.Variant != p.Variants[1].ID {
			t.Errorf("dropped %+v", was)
		}
		if was := drop(t, ann, "", p.ID); was != nil || len(things(t, ann, "")) != 0 {
			t.Errorf("dropped twice: %+v", was)
		}
		var names []string
		for _, f := range s.Facts(t) {
			if strings.HasPrefix(f.Name, "wish.") {
				names = append(names, f.Name)
			}
		}
		if want := []string{"wish.kept", "wish.dropped"}; !slices.Equal(names, want) {
			t.Errorf("stated %v, want %v", names, want)
		}
		even(t, s)
	})
}

// TestWhatCannotBeKept: drafts, what has ended, what there is not, and more than fits.
func TestWhatCannotBeKept(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		all := goods(t, s, wish.ThingsMax+1)
		ann := s.As(buyer("ann"))
		asks := func(c wish.Choice) func(*db.Tx) error {
			return func(tx *db.Tx) error { _, _, err := wish.Keep(tx, "", c); return err }
		}
		s.As(db.System).Moment(t, func(tx *db.Tx) error { _, err := catalog.End(tx, all[0].ID, all[0].Version); return err })
		refuse(t, ann, "what has ended", wish.ErrEnded, asks(wish.Choice{Product: all[0].ID}))
		refuse(t, ann, "what there is not", wish.ErrProduct, asks(wish.Choice{Product: "prd_none"}))
		refuse(t, ann, "another's variant", wish.ErrProduct, asks(wish.Choice{Product: all[1].ID, Variant: all[2].Variants[0].ID}))
		refuse(t, ann, "a long source", wish.ErrSource, asks(wish.Choice{Product: all[1].ID, Source: strings.Repeat("x", 201)}))
		ann.Moment(t, func(tx *db.Tx) error {
			for _, p := range all[1:] {
				if _, _, err := wish.Keep(tx, "", wish.Choice{Product: p.ID}); err != nil {
					return err
				}
			}
			return nil
		})
		var draft catalog.Product
		s.As(db.System).Moment(t, func(tx *db.Tx) (err error) {
			draft, err = catalog.Add(tx, catalog.Draft{Seller: seller.Own, Name: text.Localized{"kk": "Жоба"}, Variants: []catalog.Variant{{SKU: "draft"}}})
			return err
		})
		refuse(t, ann, "a draft", wish.ErrProduct, asks(wish.Choice{Product: draft.ID}))
		more := another(t, s)
		refuse(t, ann, "one too many", wish.ErrFull, asks(wish.Choice{Product: more.ID}))
		if got := things(t, ann, ""); len(got) != wish.ThingsMax {
			t.Errorf("%d are kept", len(got))
		}
		refuse(t, s.As(guest), "no buyer", wish.ErrBuyer, func(tx *db.Tx) error { _, err := wish.Mine(tx); return err })
		even(t, s)
	})
}

// another puts one more thing on sale.
func another(t *testing.T, s *dbtest.Store) (p catalog.Product) {
	t.Helper()
	s.As(db.System).Moment(t, func(tx *db.Tx) error {
		home, err := catalog.CategoryBySlug(tx, "zattar")
		if err != nil {
			return err
		}
		p, err = catalog.Add(tx, catalog.Draft{Seller: seller.Own, Category: home.ID, State: catalog.StateOnSale, Name: text.Localized{"kk": "Тағы бір зат"}, Variants: []catalog.Variant{{SKU: "more"}}})
		return err
	})
	return p
}

// TestJoin: a guest's list becomes that of the party, or joins it; what both keep is kept once, as the party had it.
func TestJoin(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		all := goods(t, s, 3)
		anybody, ann := s.As(guest), s.As(buyer("ann"))
		first := keep(t, anybody, "", wish.Choice{Product: all[0].ID, Seen: tenge(100)})
		for range 2 {
			if l := join(t, anybody, first.ID, "ann"); l.ID != first.ID || l.Party != "ann" || l.Things != 1 {
				t.Errorf("it became %+v", l)
			}
		}
		if got := things(t, anybody, first.ID); len(got) > 0 {
			t.Errorf("the old id still opens %+v", got)
		}
		second := keep(t, anybody, "", wish.Choice{Product: all[0].ID, Seen: tenge(50)})
		keep(t, anybody, second.ID, wish.Choice{Product: all[1].ID})
		for range 2 {
			if l := join(t, anybody, second.ID, "ann"); l.ID != first.ID || l.Things != 2 {
				t.Errorf("it joined as %+v", l)
			}
		}
		for _, x := range things(t, ann, "") {
			if x.Product == all[0].ID && x.Seen != tenge(100) {
				t.Errorf("the party's price is %s", x.Seen)
			}
		}
		if l := join(t, anybody, "", "bob"); l.ID != "" || l.Things != 0 {
			t.Errorf("nothing joined to nothing is %+v", l)
		}
		refuse(t, anybody, "nobody", wish.ErrParty, func(tx *db.Tx) error { _, err := wish.Join(tx, first.ID, ""); return err })
		even(t, s)
	})
}

// TestTheSellerLearns how many keep a product, and no other seller does.
func TestTheSellerLearns(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		all := goods(t, s, 2)
		for _, who := range []db.Who{guest, buyer("ann"), buyer("bob")} {
			keep(t, s.As(who), "", wish.Choice{Product: all[0].ID})
		}
		count := func(who db.Who, of seller.ID) (found map[catalog.ProductID]int64, err error) {
			err = s.As(who).Try(func(tx *db.Tx) (err error) {
				found, err = wish.Keepers(tx, of, []catalog.ProductID{all[0].ID, all[1].ID})
				return err
			})
			return found, err
		}
		if found, err := count(staff, seller.Own); err != nil || len(found) != 1 || found[all[0].ID] != 3 {
			t.Errorf("%v, %v", found, err)
		}
		if found, err := count(alien, "sel_two"); err != nil || len(found) != 0 {
			t.Errorf("another seller learns %v, %v", found, err)
		}
		for _, who := range []db.Who{guest, buyer("ann"), alien} {
			if _, err := count(who, seller.Own); fault.Of(err) != wish.ErrDenied {
				t.Errorf("%s: %v", who.ID, err)
			}
		}
	})
}

// TestListsEnd with the account of their owner, and when a guest does not come back.
func TestListsEnd(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		p := goods(t, s, 1)[0]
		loose := keep(t, s.As(guest), "", wish.Choice{Product: p.ID})
		keep(t, s.As(buyer("ann")), "", wish.Choice{Product: p.ID})
		expire := func() (n int) {
			s.As(db.System).Moment(t, func(tx *db.Tx) (err error) { n, err = wish.Expire(tx, 10); return err })
			return n
		}
		if n := expire(); n != 0 {
			t.Errorf("%d end at once", n)
		}
		s.Clock.Advance(181 * 24 * time.Hour)
		if n := expire(); n != 1 || len(things(t, s.As(guest), loose.ID)) != 0 {
			t.Errorf("%d end", n)
		}
		for range 2 {
			s.As(db.System).Moment(t, func(tx *db.Tx) error { return wish.Leave(tx, "ann") })
		}
		if got := things(t, s.As(buyer("ann")), ""); len(got) != 0 {
			t.Errorf("after leaving: %+v", got)
		}
		even(t, s)
	})
}

// TestACrowdKeepsOnce: one buyer on many devices.
func TestACrowdKeepsOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		all := goods(t, s, 2)
		ann := s.As(buyer("ann"))
		var crowd sync.WaitGroup
		for n := range 8 {
			crowd.Go(func() {
				err := ann.Try(func(tx *db.Tx) error {
					_, _, err := wish.Keep(tx, "", wish.Choice{Product: all[n%2].ID})
					return err
				})
				if err != nil {
					t.Errorf("device %d: %v", n, err)
				}
			})
		}
		crowd.Wait()
		if got := things(t, ann, ""); len(got) != 2 {
			t.Errorf("%d things", len(got))
		}
		even(t, s)
	})
}

// TestRandomHistories: whatever is kept, dropped and joined, the lists are those of a model, and the facts add up to them.
func TestRandomHistories(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		const seed = 11
		dice := rand.New(rand.NewPCG(seed, seed))
		all := goods(t, s, 5)
		model := map[string]map[catalog.ProductID]bool{"ann": {}, "bob": {}, "": {}}
		loose := wish.ListID("")
		for range 120 {
			party := []string{"ann", "bob", ""}[dice.IntN(3)]
			who, p := s.As(guest), all[dice.IntN(len(all))].ID
			if party != "" {
				who = s.As(buyer(party))
			}
			s.Clock.Advance(time.Second)
			switch dice.IntN(8) {
			case 0:
				if party == "" {
					continue
				}
				join(t, s.As(guest), loose, party)
				for id := range model[""] {
					model[party][id] = true
				}
				model[""], loose = map[catalog.ProductID]bool{}, ""
			case 1, 2, 3:
				drop(t, who, loose, p)
				delete(model[party], p)
			default:
				l := keep(t, who, loose, wish.Choice{Product: p})
				if party == "" {
					loose = l.ID
				}
				model[party][p] = true
			}
		}
		stated := map[catalog.ProductID]int{}
		for _, f := range s.Facts(t) {
			var of struct{ Product catalog.ProductID }
			if err := json.Unmarshal(f.Body, &of); err != nil {
				t.Fatal(err)
			}
			switch f.Name {
			case "wish.kept":
				stated[of.Product]++
			case "wish.dropped":
				stated[of.Product]--
			}
		}
		for party, want := range model {
			who := s.As(guest)
			if party != "" {
				who = s.As(buyer(party))
			}
			got := products(things(t, who, loose))
			if len(got) != len(want) || slices.ContainsFunc(got, func(id catalog.ProductID) bool { return !want[id] }) {
				t.Errorf("seed %d: %q keeps %v, want %v", seed, party, got, want)
			}
			for id := range want {
				stated[id]--
			}
		}
		for id, n := range stated {
			if n != 0 {
				t.Errorf("seed %d: the facts of %s are %d off", seed, id, n)
			}
		}
		even(t, s)
	})
}
