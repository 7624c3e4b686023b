package api_test

import (
	"cmp"
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
	"sauda/core/seller"
	"sauda/core/utility"
	"sauda/gear/db"
)

// billed opens a provider with one account that owes 1,450.00 for a month, and two banks that may ask.
func billed(t testing.TB, h *apptest.House) {
	t.Helper()
	h.Moment(t, func(tx *db.Tx) error {
		p, err := utility.Register(tx, utility.Provider{
			Seller: seller.Own, Code: "qala-erc", Kind: utility.KindCentre, Name: text.Localized{"kk": "Қала орталығы"}, Currency: money.KZT,
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
