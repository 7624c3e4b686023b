package identity_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"sauda/base/fault"
	"sauda/core/identity"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{identity.Schema}

var aliya = identity.Registration{Email: " Aliya@Example.KZ ", Name: "Әлия  Серікқызы", Hash: "hash-1", Phone: "8 701 123 45 67"}

func register(t *testing.T, s *dbtest.Store, r identity.Registration) (u identity.User) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) (err error) {
		u, err = identity.Register(tx, r)
		return err
	})
	return u
}

func employ(t *testing.T, s *dbtest.Store, e identity.Employment) (u identity.User) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) (err error) {
		u, err = identity.Employ(tx, e)
		return err
	})
	return u
}

func refused(t *testing.T, s *dbtest.Store, want error, do func(*db.Tx) error) {
	t.Helper()
	if err := s.Try(do); !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}

func TestABuyerRegistersOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		u := register(t, s, aliya)
		if u.Email != "aliya@example.kz" || u.Name != "Әлия Серікқызы" || u.Lang != "kk" || u.Role != identity.RoleBuyer || u.Party == "" {
			t.Errorf("registered: %+v", u)
		}
		again := aliya
		again.Email = "ALIYA@example.kz"
		refused(t, s, identity.ErrEmailTaken, func(tx *db.Tx) error { _, err := identity.Register(tx, again); return err })
		s.Moment(t, func(tx *db.Tx) error {
			found, hash, err := identity.ByEmail(tx, "aliya@EXAMPLE.kz")
			if found.ID != u.ID || hash != "hash-1" {
				t.Errorf("found %+v", found)
			}
			if err != nil {
				return err
			}
			party, err := identity.GetParty(tx, u.Party)
			if party.Kind != identity.Person || party.Phone != "+77011234567" || party.Country != "KZ" {
				t.Errorf("party: %+v", party)
			}
			if err != nil {
				return err
			}
			parties, err := identity.Parties(tx, []identity.PartyID{u.Party, "pty_no"})
			if len(parties) != 1 || parties[u.Party] != party {
				t.Errorf("parties: %+v", parties)
			}
			return err
		})
		if who := u.Who("ses"); who.Kind != db.KindBuyer || who.Party != string(u.Party) || who.Session != "ses" || who.May("orders.read") {
			t.Errorf("who: %+v", who)
		}
		if facts := s.Facts(t); len(facts) != 1 || facts[0].Name != "identity.registered" || facts[0].Key != string(u.ID) || strings.Contains(string(facts[0].Body), "example") {
			t.Errorf("facts: %+v", facts)
		}
	})
}

func TestAnOrganisationBuys(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		u := register(t, s, identity.Registration{Email: "buh@dala.kz", Name: "Болат", Kind: identity.Organisation,
			Organisation: "«Дала» ЖШС", TaxNumber: "960440000151", Lang: "ru"})
		s.Moment(t, func(tx *db.Tx) error {
			party, err := identity.GetParty(tx, u.Party)
			if party.Name != "«Дала» ЖШС" || party.TaxNumber != "960440000151" || party.Kind != identity.Organisation {
				t.Errorf("party: %+v", party)
			}
			if err != nil {
				return err
			}
			party, err = identity.Correct(tx, u.Party, "«Дала-2» ЖШС", "980540002879", "")
			if party.Name != "«Дала-2» ЖШС" {
				t.Errorf("corrected: %+v", party)
			}
			return err
		})
		refused(t, s, identity.ErrInvalid, func(tx *db.Tx) error { _, err := identity.Correct(tx, u.Party, "", "1", "x"); return err })
		refused(t, s, identity.ErrNoParty, func(tx *db.Tx) error { _, err := identity.GetParty(tx, "pty_no"); return err })
	})
}

func TestWrongRegistrationsNameTheirFields(t *testing.T) {
	s := dbtest.SQLite(t, schemas)
	for pointer, spoil := range map[string]func(*identity.Registration){
		"/email":        func(r *identity.Registration) { r.Email = "aliya" },
		"/name":         func(r *identity.Registration) { r.Name = strings.Repeat("ә", 151) },
		"/lang":         func(r *identity.Registration) { r.Lang = "de" },
		"/kind":         func(r *identity.Registration) { r.Kind = "robot" },
		"/organisation": func(r *identity.Registration) { r.Kind = identity.Organisation },
		"/tax_number":   func(r *identity.Registration) { r.TaxNumber = "960440000151" }, // A BIN is not a person's.
		"/phone":        func(r *identity.Registration) { r.Phone = "12" },
		"/country":      func(r *identity.Registration) { r.Country, r.Phone = "QQ", "" },
		"/password":     func(r *identity.Registration) { r.Hash = strings.Repeat("x", 501) },
	} {
		wrong := aliya
		spoil(&wrong)
		err := s.Try(func(tx *db.Tx) error { _, err := identity.Register(tx, wrong); return err })
		fields := fault.FieldsOf(err)
		if !errors.Is(err, identity.ErrInvalid) || len(fields) != 1 || fields[0].Pointer != pointer {
			t.Errorf("%s: %v", pointer, err)
		}
	}
}

func TestAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"a@b.kz": "a@b.kz", " A.B+c@Mail.Example.KZ": "a.b+c@mail.example.kz",
		"": "", "a": "", "a@b": "", "a@b@c.kz": "", "Name <a@b.kz>": "", "a b@c.kz": "", "\"a b\"@c.kz": "", "a@[1.2.3.4]": "",
		"a\x00@b.kz": "", "a@b.kz\r\nBcc: x@y.kz": "", strings.Repeat("a", 250) + "@b.kz": "", "a@.kz": "",
	} {
		got, ok := identity.Address(address)
		if ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q %v", address, got, ok)
		}
	}
}

func FuzzAddress(f *testing.F) {
	f.Add("a@b.kz")
	f.Add("\"x\"@b.kz")
	f.Fuzz(func(t *testing.T, s string) {
		address, ok := identity.Address(s)
		if !ok {
			return
		}
		if again, ok := identity.Address(address); !ok || again != address || strings.ContainsAny(address, "\r\n \x00") {
			t.Errorf("%q became %q and then %q", s, address, again)
		}
	})
}

func TestStaffDoWhatTheyAreGranted(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		u := employ(t, s, identity.Employment{Email: "sklad@dala.kz", Name: "Склад", Role: identity.RoleStaff, Seller: "sel_own",
			Scopes: []string{"stock.*", "orders.read", "orders.read"}})
		if !slices.Equal(u.Scopes, []string{"orders.read", "stock.*"}) || !u.Who("").May("stock.count") || u.Who("").May("orders.cancel") {
			t.Errorf("employed: %+v", u)
		}
		for range 2 {
			s.Moment(t, func(tx *db.Tx) error { _, err := identity.Grant(tx, u.ID, []string{"*"}); return err })
		}
		s.Moment(t, func(tx *db.Tx) error {
			got, err := identity.Get(tx, u.ID)
			if !got.Who("").May("orders.cancel") {
				t.Errorf("granted: %+v", got)
			}
			if err != nil {
				return err
			}
			office, err := identity.Office(tx)
			if len(office) != 1 {
				t.Errorf("the office: %+v", office)
			}
			return err
		})
		refused(t, s, identity.ErrInvalid, func(tx *db.Tx) error { _, err := identity.Grant(tx, u.ID, []string{"Orders read"}); return err })
		buyer := register(t, s, aliya)
		refused(t, s, identity.ErrNotStaff, func(tx *db.Tx) error { _, err := identity.Grant(tx, buyer.ID, []string{"*"}); return err })
		refused(t, s, identity.ErrUnknown, func(tx *db.Tx) error { _, err := identity.Grant(tx, "usr_no", nil); return err })
		for _, wrong := range []identity.Employment{
			{Email: "x@y.kz", Name: "X", Role: identity.RoleBuyer}, {Email: "x@y.kz", Name: "X", Role: identity.RoleStaff},
			{Email: "x@y.kz", Name: "X", Role: identity.RoleAdmin, Seller: "sel_own"},
		} {
			refused(t, s, identity.ErrInvalid, func(tx *db.Tx) error { _, err := identity.Employ(tx, wrong); return err })
		}
		var granted int
		for _, fact := range s.Facts(t) {
			if fact.Name == "identity.granted" {
				granted++
			}
		}
		if granted != 1 {
			t.Errorf("%d grants were stated", granted)
		}
	})
}

func TestTheLastAdministratorStays(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		var admins []identity.User
		for i := range 2 {
			admins = append(admins, employ(t, s, identity.Employment{Email: fmt.Sprintf("admin%d@dala.kz", i), Name: "Admin",
				Role: identity.RoleAdmin, Hash: "h", Scopes: []string{"orders.read"}}))
		}
		suspend := func(id identity.UserID) func(*db.Tx) error {
			return func(tx *db.Tx) error { _, err := identity.Suspend(tx, id, "left"); return err }
		}
		for range 2 {
			s.Moment(t, suspend(admins[0].ID))
		}
		refused(t, s, identity.ErrLastAdmin, suspend(admins[1].ID))
		s.Moment(t, func(tx *db.Tx) error { _, err := identity.Reinstate(tx, admins[0].ID); return err })
		s.Moment(t, suspend(admins[1].ID))
		s.Moment(t, func(tx *db.Tx) error {
			u, err := identity.Get(tx, admins[1].ID)
			if u.State != identity.StateSuspended || len(u.Scopes) != 0 {
				t.Errorf("suspended: %+v", u)
			}
			return err
		})
	})
}

func TestAUserChanges(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		u := register(t, s, aliya)
		s.Moment(t, func(tx *db.Tx) error {
			if _, err := identity.Rename(tx, u.ID, "Әлия"); err != nil {
				return err
			}
			if _, err := identity.Speak(tx, u.ID, "ru"); err != nil {
				return err
			}
			return identity.ChangePassword(tx, u.ID, "hash-2")
		})
		s.Moment(t, func(tx *db.Tx) error {
			got, hash, err := identity.ByEmail(tx, u.Email)
			if got.Name != "Әлия" || got.Lang != "ru" || hash != "hash-2" || got.Party != u.Party {
				t.Errorf("changed: %+v %s", got, hash)
			}
			return err
		})
		refused(t, s, identity.ErrInvalid, func(tx *db.Tx) error { _, err := identity.Speak(tx, u.ID, "xx"); return err })
		refused(t, s, identity.ErrInvalid, func(tx *db.Tx) error { return identity.ChangePassword(tx, u.ID, "") })
		refused(t, s, identity.ErrUnknown, func(tx *db.Tx) error { _, _, err := identity.ByEmail(tx, "nobody@dala.kz"); return err })
	})
}
