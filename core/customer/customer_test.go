package customer_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/text"
	"sauda/core/customer"
	"sauda/core/identity"
	"sauda/core/order"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{identity.Schema, order.Schema, customer.Schema}

var (
	staff = db.Who{Kind: db.KindStaff, ID: "usr_1", Seller: "sel_own", Scopes: []string{"customers.*"}}
	reads = db.Who{Kind: db.KindStaff, ID: "usr_2", Seller: "sel_own", Scopes: []string{"customers.read"}}
	clerk = db.Who{Kind: db.KindStaff, ID: "usr_3", Seller: "sel_own", Scopes: []string{"orders.*"}}
	alien = db.Who{Kind: db.KindStaff, ID: "usr_4", Seller: "sel_two", Scopes: []string{"*"}}
	guest = db.Who{Kind: db.KindGuest}
)

func kzt(tenge int64) money.Money { return money.Of(tenge*100, money.KZT) }

// sold counts the baskets of all tests: each has a name of its own.
var sold int

// buys places an order of two things at so much each, and counts it.
func buys(t *testing.T, s *dbtest.Store, of seller.ID, party string, who order.Contact, each int64) (id order.ID) {
	t.Helper()
	sold++
	s.Clock.Advance(time.Second)
	line := pricing.QuoteLine{
		Line: "a", Variant: "var_1", Product: "prd_1", Seller: of, SKU: "CUP", Name: text.Localized{"kk": "Кесе"}, Unit: measure.Piece,
		Quantity: measure.Of(2), UnitPrice: kzt(each), Subtotal: kzt(2 * each), Total: kzt(2 * each), Tax: pricing.TaxLine{Class: "standard", Net: kzt(2 * each)},
	}
	p := order.Placement{
		Cart: fmt.Sprintf("crt_%d", sold), Seller: of, Party: party, Contact: who, Lang: "kk", Address: place.Address{Country: "KZ", City: "Алматы"},
		Method: "cash", Payment: "pay_1", Quote: pricing.Quote{Currency: money.KZT, Lines: []pricing.QuoteLine{line}, Total: kzt(2 * each)},
	}
	s.Moment(t, func(tx *db.Tx) error {
		o, err := order.Place(tx, p)
		id = o.ID
		return err
	})
	return id
}

func count(t *testing.T, s *dbtest.Store, ids ...order.ID) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) error { return customer.Count(tx, ids...) })
}

// list gives what a filter finds: of each customer the name, the orders, and the tenge spent.
func list(t *testing.T, s *dbtest.Store, f customer.Filter) (all []customer.Customer, said []string) {
	t.Helper()
	f.Seller, f.Limit, f.Currency = "sel_own", 2, money.KZT
	for {
		err := s.As(staff).Try(func(tx *db.Tx) error {
			page, next, err := customer.List(tx, f)
			all, f.After = append(all, page...), next
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if f.After == "" {
			break
		}
	}
	for _, c := range all {
		said = append(said, fmt.Sprintf("%s %d %d", c.Name, c.Orders, c.In(money.KZT).Minor/100))
	}
	return all, said
}

func is(t *testing.T, what string, said []string, want ...string) {
	t.Helper()
	if !slices.Equal(said, want) {
		t.Errorf("%s: %q, want %q", what, said, want)
	}
}

// TestACustomerIsWhoHasOrdered: guests and accounts by their address, each order once, and what was cancelled, came back or
// was paid back taken off.
func TestACustomerIsWhoHasOrdered(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		aigul := order.Contact{Name: "Айгүл Нұрланқызы", Email: "Aigul@example.kz", Phone: "+77011234567"}
		first := buys(t, s, "sel_own", "", aigul, 100)
		second := buys(t, s, "sel_own", "", order.Contact{Name: "Айгүл", Email: "aigul@example.kz"}, 50)
		third := buys(t, s, "sel_own", "", order.Contact{Name: "Болат", Email: "bolat@example.kz"}, 10)
		elsewhere := buys(t, s, "sel_two", "", aigul, 1000)
		count(t, s, third, first, second, elsewhere)
		count(t, s, second, first) // Counted again, it is counted once.
		_, said := list(t, s, customer.Filter{})
		is(t, "ordered", said, "Болат 1 20", "Айгүл 2 300")
		_, said = list(t, s, customer.Filter{Sort: customer.SortSpent})
		is(t, "by what was spent", said, "Айгүл 2 300", "Болат 1 20")
		s.Moment(t, func(tx *db.Tx) error { _, err := order.Cancel(tx, third, ""); return err })
		s.Moment(t, func(tx *db.Tx) error {
			_, err := order.CancelLines(tx, second, []order.Part{{Line: "a", Quantity: measure.Of(1)}}, "")
			return err
		})
		for _, step := range []func(tx *db.Tx) error{
			func(tx *db.Tx) error { _, err := order.Pack(tx, first, "shp_1", nil); return err },
			func(tx *db.Tx) error { _, err := order.HandOver(tx, first, "shp_1", nil); return err },
			func(tx *db.Tx) error { _, err := order.Deliver(tx, first, "shp_1", nil); return err },
			func(tx *db.Tx) error {
				_, err := order.TakeBack(tx, first, order.Back{Ref: "ret_1", Parts: []order.Part{{Line: "a", Quantity: measure.Of(1)}}})
				return err
			},
			func(tx *db.Tx) error { // What came back is paid back: it is taken off once.
				_, err := order.NoteRefund(tx, first, order.Refund{Ref: "rfd_1", Amount: kzt(100)})
				return err
			},
		} {
			s.Moment(t, step)
		}
		count(t, s, first, second, third)
		_, said = list(t, s, customer.Filter{})
		is(t, "cancelled and returned", said, "Болат 0 0", "Айгүл 2 150")
		s.Moment(t, func(tx *db.Tx) error {
			_, err := order.NoteRefund(tx, first, order.Refund{Ref: "rfd_2", Amount: kzt(30)})
			return err
		})
		count(t, s, first)
		all, said := list(t, s, customer.Filter{Sort: customer.SortOrders})
		is(t, "an allowance", said, "Айгүл 2 120", "Болат 0 0")
		if all[0].Phone != "+77011234567" || all[0].Email != "aigul@example.kz" || all[0].Kind != customer.KindGuest {
			t.Errorf("%+v", all[0])
		}
		s.Look(t, func(tx *db.Tx) error {
			ids, err := all[0].LatestOrders(tx, 5)
			if !slices.Equal(ids, []order.ID{second, first}) {
				t.Errorf("orders %v", ids)
			}
			return err
		})
		n := s.Statements(func() { list(t, s, customer.Filter{Sort: customer.SortSpent}) })
		if n > 2 {
			t.Errorf("a page takes %d statements", n)
		}
	})
}

// register makes a buyer known.
func register(t *testing.T, s *dbtest.Store, r identity.Registration) (u identity.User) {
	t.Helper()
	r.Hash, r.Lang = "hash", "kk"
	s.Moment(t, func(tx *db.Tx) (err error) {
		u, err = identity.Register(tx, r)
		return err
	})
	return u
}

// TestCustomersAreFound by the beginning of each word of a name, by address, and by telephone however it is typed; and each
// view keeps those whom it names.
func TestCustomersAreFound(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		person := register(t, s, identity.Registration{Email: "asel@example.kz", Name: "Әсел"})
		firm := register(t, s, identity.Registration{Email: "buh@dala.kz", Name: "Болат", Kind: identity.Organisation, Organisation: "«Дала-2030» ЖШС", TaxNumber: "960440000151"})
		old := buys(t, s, "sel_own", "", order.Contact{Name: "Ёлкин Пётр", Email: "petr@example.ru", Phone: "+77770000001"}, 1)
		s.Clock.Advance(100 * 24 * time.Hour)
		ids := []order.ID{
			old,
			buys(t, s, "sel_own", string(person.Party), order.Contact{Name: "Әсел Нұр", Email: "asel@example.kz", Phone: "+77011234567"}, 1),
			buys(t, s, "sel_own", string(person.Party), order.Contact{Name: "Әсел Нұр", Email: "asel@example.kz", Phone: "+77011234567"}, 1),
			buys(t, s, "sel_own", string(firm.Party), order.Contact{Name: "Болат", Email: "buh@dala.kz"}, 1),
			buys(t, s, "sel_own", "", order.Contact{Name: "Айгүл Нұр"}, 1),
		}
		count(t, s, ids...)
		for typed, want := range map[string][]string{
			"нұр": {"Айгүл Нұр 1 2", "Әсел Нұр 2 4"}, "НҰР әс": {"Әсел Нұр 2 4"}, "елкин": {"Ёлкин Пётр 1 2"}, "дала": {"Болат 1 2"}, "«дал": {"Болат 1 2"}, "жшс дал": {"Болат 1 2"},
			"buh@dala.kz": {"Болат 1 2"}, "2030": {"Болат 1 2"},
			"asel@": {"Әсел Нұр 2 4"}, "8 701 123": {"Әсел Нұр 2 4"}, "+7 (701) 123-45-67": {"Әсел Нұр 2 4"}, "7011": {"Әсел Нұр 2 4"}, "ұр": nil, "%": nil, "«»": nil,
		} {
			_, said := list(t, s, customer.Filter{Text: typed})
			is(t, typed, said, want...)
		}
		for view, want := range map[customer.View][]string{
			customer.ViewNew: {"Айгүл Нұр 1 2", "Болат 1 2", "Әсел Нұр 2 4"}, customer.ViewBack: {"Әсел Нұр 2 4"}, customer.ViewLapsed: {"Ёлкин Пётр 1 2"},
			customer.ViewCompanies: {"Болат 1 2"}, customer.ViewPersons: {"Әсел Нұр 2 4"}, customer.ViewGuests: {"Айгүл Нұр 1 2", "Ёлкин Пётр 1 2"},
		} {
			_, said := list(t, s, customer.Filter{View: view})
			is(t, string(view), said, want...)
		}
		if err := s.As(staff).Try(func(tx *db.Tx) error {
			_, _, err := customer.List(tx, customer.Filter{Seller: "sel_own", After: "1.x"})
			return err
		}); !errors.Is(err, customer.ErrCursor) {
			t.Errorf("a cursor of nobody: %v", err)
		}
	})
}

// TestOnlyTheStaffOfTheSeller sees customers and their notes, and writes some.
func TestOnlyTheStaffOfTheSeller(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		count(t, s, buys(t, s, "sel_own", "", order.Contact{Name: "Болат", Email: "bolat@example.kz"}, 1))
		all, _ := list(t, s, customer.Filter{})
		id := all[0].ID
		for name, who := range map[string]db.Who{"a clerk": clerk, "another seller": alien, "a guest": guest} {
			if err := s.As(who).Try(func(tx *db.Tx) error {
				_, _, err := customer.List(tx, customer.Filter{Seller: "sel_own"})
				return err
			}); !errors.Is(err, customer.ErrDenied) {
				t.Errorf("%s lists: %v", name, err)
			}
			if err := s.As(who).Try(func(tx *db.Tx) error { _, err := customer.Get(tx, id); return err }); !errors.Is(err, customer.ErrUnknown) {
				t.Errorf("%s looks: %v", name, err)
			}
			if err := s.As(who).Try(func(tx *db.Tx) error { _, err := customer.Jot(tx, id, "x"); return err }); !errors.Is(err, customer.ErrUnknown) {
				t.Errorf("%s writes: %v", name, err)
			}
		}
		if err := s.As(reads).Try(func(tx *db.Tx) error { _, err := customer.Jot(tx, id, "x"); return err }); !errors.Is(err, customer.ErrDenied) {
			t.Errorf("who may only read writes: %v", err)
		}
		var note customer.Note
		for _, words := range []string{"", "  ", strings.Repeat("ә", customer.NoteMax+1), "a\x00b", "Таңертең жеткізу керек\nҮй 5"} {
			err := s.As(staff).Try(func(tx *db.Tx) (err error) { note, err = customer.Jot(tx, id, words); return err })
			if good := strings.HasPrefix(words, "Т"); good != (err == nil) || !good && !errors.Is(err, customer.ErrNote) {
				t.Errorf("%.20q: %v", words, err)
			}
		}
		notes := func() (all []customer.Note) {
			s.Look(t, func(tx *db.Tx) (err error) {
				c, err := customer.Get(tx, id)
				if err != nil {
					return err
				}
				all, err = c.Notes(tx)
				return err
			})
			return all
		}
		if all := notes(); len(all) != 1 || all[0] != note || note.Who != staff.ID {
			t.Errorf("notes: %+v", all)
		}
		if err := s.As(reads).Try(func(tx *db.Tx) error { return customer.Strike(tx, id, note.ID) }); !errors.Is(err, customer.ErrDenied) {
			t.Errorf("who may only read strikes: %v", err)
		}
		s.As(staff).Moment(t, func(tx *db.Tx) error { return customer.Strike(tx, id, note.ID) })
		if all := notes(); len(all) != 0 {
			t.Errorf("notes: %+v", all)
		}
	})
}

// TestWhoHasLeftIsNobody: an account that was erased is in no list, is found by nothing, and stays so when an order of it
// changes or is counted only then; only the sums stay.
func TestWhoHasLeftIsNobody(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		u := register(t, s, identity.Registration{Email: "asel@example.kz", Name: "Әсел", Phone: "+77011234567"})
		contact := order.Contact{Name: "Әсел", Email: "asel@example.kz", Phone: "+77011234567"}
		asGuest, asPerson := buys(t, s, "sel_own", "", contact, 10), buys(t, s, "sel_own", string(u.Party), contact, 20)
		other := buys(t, s, "sel_two", string(u.Party), contact, 20)
		count(t, s, asGuest, asPerson, other)
		late := buys(t, s, "sel_own", string(u.Party), contact, 20)
		all, _ := list(t, s, customer.Filter{})
		s.As(staff).Moment(t, func(tx *db.Tx) error {
			_, err := customer.Jot(tx, all[0].ID, "Кешке қоңырау шалмау")
			return err
		})
		who := u.Who("ses_1")
		if err := s.As(who).Try(func(tx *db.Tx) error {
			notes, err := customer.NotedOf(tx)
			if len(notes) != 1 || notes[0].Who != "" {
				t.Errorf("his notes: %+v", notes)
			}
			return err
		}); err != nil {
			t.Error(err)
		}
		s.As(who).Moment(t, func(tx *db.Tx) error { _, err := identity.AskErasure(tx, u.ID); return err })
		s.Clock.Advance(identity.ErasureWait + time.Hour)
		s.Moment(t, func(tx *db.Tx) error {
			if err := customer.Leave(tx, string(u.Party), u.Email); err != nil {
				return err
			}
			due, err := identity.DueErasures(tx, 1)
			if err != nil || len(due) != 1 {
				t.Fatalf("%v %v", due, err)
			}
			return identity.Erase(tx, due[0])
		})
		s.Moment(t, func(tx *db.Tx) error { _, err := order.Cancel(tx, asPerson, ""); return err })
		count(t, s, asPerson, late)
		_, said := list(t, s, customer.Filter{})
		is(t, "after he left", said)
		for _, typed := range []string{"Әсел", "asel@example.kz", "+77011234567"} {
			_, said = list(t, s, customer.Filter{Text: typed})
			is(t, typed, said)
		}
		if err := s.As(staff).Try(func(tx *db.Tx) error { _, err := customer.Get(tx, all[0].ID); return err }); !errors.Is(err, customer.ErrUnknown) {
			t.Errorf("his page: %v", err)
		}
		s.Look(t, func(tx *db.Tx) error {
			var left int
			err := tx.QueryRowContext(tx.Context(), `SELECT (SELECT COUNT(*) FROM customer_note) + (SELECT COUNT(*) FROM customer_word) +
				(SELECT COUNT(*) FROM customer WHERE name <> '' OR email <> '' OR phone <> '' OR key <> '' OR party <> '')`).Scan(&left)
			if left != 0 {
				t.Errorf("%d rows still say who he was", left)
			}
			return err
		})
		count(t, s, buys(t, s, "sel_own", "", contact, 1)) // He comes again as somebody new.
		_, said = list(t, s, customer.Filter{})
		is(t, "who came again", said, "Әсел 1 2")
	})
}

// TestAHouseThatWasUpgradedCountsItsPast, a hundred orders at a time, and what was placed just now a little later.
func TestAHouseThatWasUpgradedCountsItsPast(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		for i := range 5 {
			buys(t, s, "sel_own", "", order.Contact{Name: "Болат", Email: fmt.Sprintf("b%d@example.kz", i%2)}, 10)
		}
		follow := func() (n int) {
			s.Moment(t, func(tx *db.Tx) (err error) { n, err = customer.Follow(tx, 3); return err })
			return n
		}
		if n := follow(); n != 0 {
			t.Errorf("%d that were placed just now are counted", n)
		}
		s.Clock.Advance(2 * time.Minute)
		if n := []int{follow(), follow(), follow()}; !slices.Equal(n, []int{3, 2, 0}) {
			t.Errorf("counted %v", n)
		}
		_, said := list(t, s, customer.Filter{})
		is(t, "counted", said, "Болат 3 60", "Болат 2 40")
	})
}

// TestManyOthersHideNobody: three hundred others of the same name, or outside of the view, hide nobody.
func TestManyOthersHideNobody(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		count(t, s, buys(t, s, "sel_own", "", order.Contact{Name: "Айгүл Нұрланқызы", Email: "aigul@example.kz"}, 1))
		s.Moment(t, func(tx *db.Tx) error { // Those who are found first have the same word and nothing else.
			var rows []string
			for i := range 300 {
				rows = append(rows, fmt.Sprintf("('cus_0%03d', '%x', 'sel_own')", i, "нұрланқ"))
			}
			_, err := tx.ExecContext(tx.Context(), "INSERT INTO customer_word (customer, word, seller) VALUES "+strings.Join(rows, ", "))
			return err
		})
		for _, f := range []customer.Filter{{Text: "Нұрланқ Айгүл"}, {Text: "айгүл нұрланқ"}, {Text: "нұрланқ", View: customer.ViewGuests}} {
			_, said := list(t, s, f)
			is(t, f.Text, said, "Айгүл Нұрланқызы 1 2")
		}
	})
}

// TestNamesThatAnEarlierBinaryTookApart are found by their words as they are taken apart now, each rewritten once.
func TestNamesThatAnEarlierBinaryTookApart(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		for i := range 2 {
			count(t, s, buys(t, s, "sel_own", "", order.Contact{Name: "«Дала»", Email: fmt.Sprintf("d%d@example.kz", i)}, 1))
		}
		s.Moment(t, func(tx *db.Tx) error {
			_, err := tx.ExecContext(tx.Context(), fmt.Sprintf("UPDATE customer_word SET word = '%x' WHERE word = '%x'", "«дала»", "дала"))
			return err
		})
		_, said := list(t, s, customer.Filter{Text: "дала"})
		is(t, "before", said)
		for _, want := range []int{1, 1, 0} {
			s.Moment(t, func(tx *db.Tx) error {
				n, err := customer.Reword(tx, 1)
				if n != want {
					t.Errorf("%d are rewritten, want %d", n, want)
				}
				return err
			})
		}
		_, said = list(t, s, customer.Filter{Text: "дала"})
		is(t, "after", said, "«Дала» 1 2", "«Дала» 1 2")
	})
}

// TestAnAddressIsNoKey: whoever types the address of another account, signed in or not, neither reads what is noted down about
// it, nor renames it, nor erases it; what somebody ordered as a guest with his own address is his.
func TestAnAddressIsNoKey(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		asel := register(t, s, identity.Registration{Email: "asel@example.kz", Name: "Әсел"})
		berik := register(t, s, identity.Registration{Email: "berik@example.kz", Name: "Берік"})
		early := buys(t, s, "sel_two", "", order.Contact{Name: "Әсел", Email: "asel@example.kz"}, 1)
		count(t, s, early, buys(t, s, "sel_own", string(asel.Party), order.Contact{Name: "Әсел", Email: "asel@example.kz"}, 1))
		all, _ := list(t, s, customer.Filter{})
		s.As(staff).Moment(t, func(tx *db.Tx) error { _, err := customer.Jot(tx, all[0].ID, "Кешке"); return err })
		s.As(alien).Moment(t, func(tx *db.Tx) error {
			theirs, _, err := customer.List(tx, customer.Filter{Seller: "sel_two"})
			if err == nil {
				_, err = customer.Jot(tx, theirs[0].ID, "Қонақ")
			}
			return err
		})
		count(t, s,
			buys(t, s, "sel_own", string(berik.Party), order.Contact{Name: "Берік", Email: "asel@example.kz"}, 1),
			buys(t, s, "sel_own", "", order.Contact{Name: "Біреу", Email: "ASEL@example.kz"}, 1),
			buys(t, s, "sel_own", string(asel.Party), order.Contact{Name: "Әсел", Email: "kenes@example.kz"}, 1))
		all, said := list(t, s, customer.Filter{})
		is(t, "who has ordered", said, "Әсел 3 6", "Берік 1 2")
		if all[0].Party != string(asel.Party) || all[1].Party != string(berik.Party) {
			t.Errorf("whose they are: %+v", all)
		}
		for _, typed := range []string{"asel@", "kenes@"} {
			if _, said = list(t, s, customer.Filter{Text: typed}); !slices.Contains(said, "Әсел 3 6") {
				t.Errorf("%s finds %v", typed, said)
			}
		}
		for _, of := range []struct {
			user identity.User
			want int
		}{{asel, 2}, {berik, 0}} {
			if err := s.As(of.user.Who("ses_1")).Try(func(tx *db.Tx) error {
				notes, err := customer.NotedOf(tx)
				if len(notes) != of.want {
					t.Errorf("%s reads %+v", of.user.Name, notes)
				}
				return err
			}); err != nil {
				t.Error(err)
			}
		}
		s.Moment(t, func(tx *db.Tx) error { return customer.Leave(tx, string(berik.Party), berik.Email) })
		_, said = list(t, s, customer.Filter{})
		is(t, "after he left", said, "Әсел 3 6")
	})
}

// TestNothingIsNotedAboutWhoLeaves: a note that is jotted down while an account is erased does not stay.
func TestNothingIsNotedAboutWhoLeaves(t *testing.T) {
	s := dbtest.Postgres(t, schemas) // On SQLite there is one moment at a time.
	u := register(t, s, identity.Registration{Email: "asel@example.kz", Name: "Әсел"})
	count(t, s, buys(t, s, "sel_own", string(u.Party), order.Contact{Name: "Әсел", Email: "asel@example.kz"}, 1))
	all, _ := list(t, s, customer.Filter{})
	left := false
	err := s.As(staff).Try(func(tx *db.Tx) error {
		_, err := customer.Jot(tx, all[0].ID, "Кешке")
		if err == nil && !left {
			left = true
			s.Moment(t, func(tx *db.Tx) error { return customer.Leave(tx, string(u.Party), u.Email) })
		}
		return err
	})
	if !errors.Is(err, customer.ErrUnknown) {
		t.Errorf("who is being erased gets a note: %v", err)
	}
	s.Look(t, func(tx *db.Tx) error {
		var n int
		err := tx.QueryRowContext(tx.Context(), "SELECT COUNT(*) FROM customer_note").Scan(&n)
		if n != 0 {
			t.Errorf("%d notes stay", n)
		}
		return err
	})
}
