package api_test

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/core/utility"
	"sauda/core/utility/biller"
	"sauda/core/utility/billertest"
	"sauda/gear/db"
)

// billed opens a provider with one account that owes 1,450.00 for a month, and two banks that may ask.
func billed(t testing.TB, h *apptest.House) {
	t.Helper()
	billedAs(t, h, "qala-erc")
}

// billedAs is billed under a code of its own.
func billedAs(t testing.TB, h *apptest.House, code string) {
	t.Helper()
	h.Moment(t, func(tx *db.Tx) error {
		p, err := utility.Register(tx, utility.Provider{
			Seller: seller.Own, Code: code, Kind: utility.KindCentre, Name: text.Localized{"kk": "Қала орталығы"}, Currency: money.KZT,
			DueDay: 25, SumMin: 100, SumMax: 1_000_000_00,
			Services: []utility.Service{{Code: "waste", Name: text.Localized{"kk": "Қоқыс"}, Editable: true, Tariffs: []utility.Tariff{{
				From: span.MustDay("2026-01-01"), Base: utility.BaseFixed, Steps: []utility.Step{{Price: 1450_0000}},
			}}}},
			Peers: []utility.Peer{
				{Name: "kaspi", Dialect: "kaspi", Secret: utility.SecretOf("k")}, {Name: "qiwi", Dialect: "osmp", Secret: utility.SecretOf("q")},
			},
		})
		if err != nil {
			return err
		}
		offers, err := catalog.Offers(tx, []catalog.VariantID{h.Goods[apptest.Kettle].Variant})
		if err != nil {
			return err
		}
		if p, err = utility.Sell(tx, p, offers[h.Goods[apptest.Kettle].Variant].Category); err != nil {
			return err
		}
		if _, err := utility.OpenMany(tx, p, []utility.Account{{Number: "100200", Holder: "Айгүлім Ахмет", Address: "Қала, Абай даңғылы, 10-5", People: 2}}); err != nil {
			return err
		}
		if _, err := utility.Begin(tx, p, span.MustDay("2026-11-01")); err != nil {
			return err
		}
		_, err = utility.Issue(tx, 10)
		return err
	})
}

// TestBillerConversations holds the conversations of banks, whose answers are compared to the letter.
func TestBillerConversations(t *testing.T) {
	files, err := filepath.Glob("testdata/biller/*.txt")
	if err != nil || len(files) < 2 {
		t.Fatalf("no conversations: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			steps, err := readConversation(string(body))
			if err != nil {
				t.Fatal(err)
			}
			apptest.Each(t, func(t *testing.T, h *apptest.House) {
				billed(t, h)
				own := ""
				for _, s := range steps {
					h.Clock.Advance(time.Second)
					answer, err := h.As("").Send(s.method, s.path, nil, s.header...)
					if err != nil {
						t.Fatal(err)
					}
					want := s.answer
					s.answer = ""
					if err := s.check(names{}, answer.Status, answer.Header, nil); err != nil {
						t.Errorf("line %d: %v", s.line, err)
					}
					pattern := strings.ReplaceAll(regexp.QuoteMeta(want), `\{\*\}`, `.+`)
					pattern = strings.ReplaceAll(pattern, `\{own\}`, `(?P<own>`+cmp.Or(own, `\d{19}`)+`)`)
					found := regexp.MustCompile("^(?s:" + pattern + ")$").FindStringSubmatch(string(answer.Body))
					switch {
					case found == nil:
						t.Errorf("line %d: want %s, got %s", s.line, want, answer.Body)
					case len(found) > 1: // The provider's number of a payment stays the same from then on.
						own = found[1]
					}
				}
			})
		})
	}
}

// TestBankAsks holds this house, as a bank asks it, to what every provider promises, in both dialects.
func TestBankAsks(t *testing.T) {
	for dialect, as := range map[biller.Dialect][2]string{biller.Kaspi: {"kaspi", "k"}, biller.OSMP: {"qiwi", "q"}} {
		t.Run(string(dialect), func(t *testing.T) {
			h, n := apptest.Open(t, db.SQLite), 0
			billertest.Exercise(t, func(t *testing.T) billertest.World {
				n++
				code := fmt.Sprint("erc-", n)
				billedAs(t, h, code)
				h.Moment(t, func(tx *db.Tx) error {
					p, err := utility.ByCode(tx, code)
					if err == nil {
						_, err = utility.OpenMany(tx, p, []utility.Account{{Number: "100201"}})
					}
					return err
				})
				return billertest.World{Known: "100200", Other: "100201", Unknown: "999", Owed: 1450_00, Client: biller.Client{
					URL: apptest.Base + "/biller/" + string(dialect) + "/" + code, Dialect: dialect, User: as[0], Password: as[1],
					HTTP: h.Browser(t),
				}}
			})
		})
	}
}

// TestABillIsOrdered: what is owed is chosen, ordered beside goods by one order, and paid once; whoever comes later is told.
func TestABillIsOrdered(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		billed(t, h)
		var p utility.Provider
		drafts := make([]utility.Draft, 2)
		h.Moment(t, func(tx *db.Tx) (err error) {
			if p, err = utility.ByCode(tx, "qala-erc"); err != nil {
				return err
			}
			a, err := utility.Find(tx, p.ID, "100 200")
			for i := range drafts {
				if err == nil {
					drafts[i], err = utility.Choose(tx, p, a, nil)
				}
			}
			return err
		})
		guest := h.As("")
		put := func(d utility.Draft, skus ...string) string {
			t.Helper()
			cart := guest.Ready(t, h, skus...)
			guest.Do(t, 201, "POST", "/v1/carts/"+cart+"/lines", map[string]any{"variant_id": p.Variant, "answers": map[string]string{"chosen": string(d.ID)}})
			return cart
		}
		first, second := put(drafts[0], apptest.Kettle), put(drafts[1], apptest.Kettle)
		if a, err := guest.Pay(first, "tok_ok"); err != nil || a.Text("state") != "ordered" {
			t.Fatalf("%d %s %v", a.Status, a.Body, err)
		}
		h.Settled(t)
		if a, err := guest.Pay(second, "tok_ok"); err != nil || a.Status != 409 {
			t.Errorf("the same bill by another: %d %s %v", a.Status, a.Body, err)
		}
		h.Look(t, func(tx *db.Tx) error {
			a, err := utility.Find(tx, p.ID, "100200")
			if err != nil {
				return err
			}
			owed, err := utility.Owed(tx, p, a)
			paid, err2 := utility.PaymentsOf(tx, a.ID, 10)
			if owed != 0 || len(paid) != 1 || paid[0].Channel != utility.Here || paid[0].Sum != 1450_00 || paid[0].Lines[0].Service != "waste" {
				t.Errorf("owed %d after %+v", owed, paid)
			}
			return errors.Join(err, err2)
		})
	})
}
