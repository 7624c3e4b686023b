package window_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/idna"

	"sauda/core/window"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

func TestNamesAreRead(t *testing.T) {
	for typed, want := range map[string]string{
		"Shop.Example.KZ.": "shop.example.kz", "a.kz": "a.kz",
		"": "", "shop": "", "https://shop.kz": "", "shop.kz/x": "", "shop.kz:80": "", "127.0.0.1": "", "[::1]": "", "10.1": "",
		"localhost": "", "x.localhost": "", "printer.local": "", "a b.kz": "", "-a.kz": "", "_sauda.a.kz": "", "a..kz": "", "user@a.kz": "",
	} {
		got, err := window.ReadHost(typed)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q is read as %q, %v", typed, got, err)
		}
	}
	got, err := window.ReadHost(" Дүкен.Қаз ")
	if shown, bad := idna.ToUnicode(got); err != nil || bad != nil || shown != "дүкен.қаз" || !strings.HasPrefix(got, "xn--") || !strings.Contains(got, ".xn--") {
		t.Errorf("a Kazakh name is read as %q, which is %q: %v, %v", got, shown, err, bad)
	}
}

func TestANameIsOneSellers(t *testing.T) {
	dbtest.Each(t, []db.Schema{window.Schema}, func(t *testing.T, s *dbtest.Store) {
		staff := func(seller string) *dbtest.Store {
			return s.As(db.Who{Kind: db.KindStaff, ID: "usr_" + seller, Seller: seller, Scopes: []string{"*"}})
		}
		own, rival, admin := staff("sel_own"), staff("sel_rival"), s.As(db.Who{Kind: db.KindAdmin, ID: "usr_admin"})
		ask := func(who *dbtest.Store, seller string) (h window.Host) {
			who.Moment(t, func(tx *db.Tx) (err error) {
				h, err = window.AskHost(tx, seller, "Shop.example.kz")
				return err
			})
			return h
		}
		answers := func(seller string) (yes bool) {
			s.Moment(t, func(tx *db.Tx) error {
				w, err := window.Load(tx, seller)
				yes = w.Answers("shop.example.kz")
				return err
			})
			return yes
		}
		one, other := ask(own, "sel_own"), ask(rival, "sel_rival")
		if one.Token == other.Token || len(one.Token) < 26 || ask(own, "sel_own").Token != one.Token {
			t.Errorf("the proofs are %q and %q", one.Token, other.Token)
		}
		if answers("sel_own") || answers("sel_rival") {
			t.Error("a name is shown that nobody has proved")
		}
		for name, try := range map[string]func() error{
			"the seller gives his word": func() error {
				return own.Try(func(tx *db.Tx) error { return window.ConfirmHost(tx, "sel_own", "shop.example.kz", window.ProofWord) })
			},
			"a seller sees another's": func() error {
				return rival.Try(func(tx *db.Tx) error { _, err := window.Hosts(tx, "sel_own"); return err })
			},
			"a seller drops another's": func() error {
				return rival.Try(func(tx *db.Tx) error { return window.DropHost(tx, "sel_own", "shop.example.kz") })
			},
			"an administrator has looked": func() error {
				return admin.Try(func(tx *db.Tx) error { return window.ConfirmHost(tx, "sel_own", "shop.example.kz", window.ProofFile) })
			},
		} {
			if err := try(); !errors.Is(err, window.ErrDenied) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := admin.Try(func(tx *db.Tx) error { return window.ConfirmHost(tx, "sel_own", "other.kz", window.ProofWord) }); !errors.Is(err, window.ErrHostUnknown) {
			t.Errorf("a name that nobody asked for: %v", err)
		}
		for range 2 {
			admin.Moment(t, func(tx *db.Tx) error { return window.ConfirmHost(tx, "sel_own", "shop.example.kz", window.ProofWord) })
		}
		if !answers("sel_own") || answers("sel_rival") {
			t.Error("the name does not show the window of whom it is")
		}
		sys := s.As(db.System)
		if err := sys.Try(func(tx *db.Tx) error { return window.ConfirmHost(tx, "sel_rival", "shop.example.kz", window.ProofFile) }); !errors.Is(err, window.ErrHostTaken) {
			t.Errorf("two sellers have it: %v", err)
		}
		for range 2 {
			own.Moment(t, func(tx *db.Tx) error { return window.DropHost(tx, "sel_own", "shop.example.kz") })
		}
		sys.Moment(t, func(tx *db.Tx) error { return window.ConfirmHost(tx, "sel_rival", "shop.example.kz", window.ProofFile) })
		if answers("sel_own") || !answers("sel_rival") {
			t.Error("a name that was given up is not its new owner's")
		}
		if err := own.Try(func(tx *db.Tx) error { _, err := window.AskHost(tx, "sel_own", "shop.example.kz"); return err }); !errors.Is(err, window.ErrHostTaken) {
			t.Errorf("a name that is taken: %v", err)
		}
		for n := range 9 {
			rival.Moment(t, func(tx *db.Tx) error { _, err := window.AskHost(tx, "sel_rival", fmt.Sprintf("n%d.kz", n)); return err })
		}
		if err := rival.Try(func(tx *db.Tx) error { _, err := window.AskHost(tx, "sel_rival", "n10.kz"); return err }); !errors.Is(err, window.ErrHostMany) {
			t.Errorf("too many: %v", err)
		}
		rival.Moment(t, func(tx *db.Tx) error { return window.DropHost(tx, "sel_rival", "n0.kz") }) // It was never shown.
		changes := 0
		for _, f := range s.Facts(t) {
			if f.Name == "window.host_changed" {
				changes++
			}
		}
		if changes != 3 {
			t.Errorf("%d changes are told", changes)
		}
	})
}
