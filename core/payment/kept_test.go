package payment_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"sauda/core/payment"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var (
	aigul  = db.Who{Kind: db.KindBuyer, ID: "usr_1", Party: "pty_1"}
	bolat  = db.Who{Kind: db.KindBuyer, ID: "usr_2", Party: "pty_2"}
	wallet = payment.Holder{Party: "pty_1", Seller: "sel_own", Gateway: "card"}
)

// newCard is a card that a gateway has put on file.
func newCard(t *testing.T, token, digits string, agreed time.Time) payment.NewCard {
	t.Helper()
	o := payment.OnFile{Token: payment.Hidden(token), Signs: payment.Signs{Brand: "visa", Digits: digits, Month: 12, Year: 2030}}
	c, err := o.Sealed(agreed, func(o payment.OnFile) (string, error) { return "sealed " + string(o.Token), nil })
	if err != nil || c == nil {
		t.Fatalf("%+v, %v", c, err)
	}
	return *c
}

// names are the cards of a party by their digits, the preferred one with a star.
func names(t *testing.T, s *dbtest.Store, party string) string {
	t.Helper()
	var all []string
	s.Moment(t, func(tx *db.Tx) error {
		cards, err := payment.Cards(tx, party)
		for _, c := range cards {
			name := c.Digits
			if c.Preferred {
				name += "*"
			}
			all = append(all, name)
		}
		return err
	})
	return strings.Join(all, " ")
}

func TestCardsAreKeptByTheirOwner(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		his, hers := s.As(aigul), s.As(bolat)
		keep := func(token, digits string) {
			s.Clock.Advance(time.Minute)
			his.Moment(t, func(tx *db.Tx) error {
				_, err := payment.KeepCard(tx, wallet, newCard(t, token, digits, tx.Now()))
				return err
			})
		}
		keep("cof_1", "1111")
		keep("cof_2", "2222")
		keep("cof_3", "3333")
		keep("cof_1", "1111") // The same card is kept once, and known as it is now.
		if got := names(t, his, "pty_1"); got != "1111* 3333 2222" {
			t.Fatalf("kept are %s", got)
		}
		cards := map[string]payment.CardID{}
		his.Moment(t, func(tx *db.Tx) error {
			all, err := payment.CardsOf(tx, wallet)
			for _, c := range all {
				cards[c.Digits] = c.ID
				if c.Sealed != "sealed cof_"+c.Digits[:1] || c.Holder != wallet {
					t.Errorf("kept is %+v", c)
				}
			}
			return err
		})
		his.Moment(t, func(tx *db.Tx) error { return payment.PreferCard(tx, "pty_1", cards["2222"]) })
		if got := names(t, his, "pty_1"); got != "2222* 1111 3333" {
			t.Errorf("after another is preferred: %s", got)
		}

		// Nobody else sees, uses or takes them, and they are of one seller and one gateway.
		for name, do := range map[string]func(tx *db.Tx) error{
			"see": func(tx *db.Tx) error { _, err := payment.Cards(tx, "pty_1"); return err },
			"pay": func(tx *db.Tx) error { _, err := payment.CardOf(tx, wallet, cards["1111"]); return err },
			"steal": func(tx *db.Tx) error {
				_, err := payment.CardOf(tx, payment.Holder{Party: "pty_2", Seller: "sel_own", Gateway: "card"}, cards["1111"])
				return err
			},
			"prefer": func(tx *db.Tx) error { return payment.PreferCard(tx, "pty_2", cards["1111"]) },
			"take":   func(tx *db.Tx) error { return payment.TakeCardAway(tx, "pty_1", cards["1111"]) },
			"drop":   func(tx *db.Tx) error { return payment.TakeCardAway(tx, "pty_2", cards["1111"]) },
			"leave":  func(tx *db.Tx) error { return payment.LeaveCards(tx, "pty_1") },
		} {
			if err := hers.Try(do); !errors.Is(err, payment.ErrNoCard) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, other := range []payment.Holder{
			{Party: "pty_1", Seller: "sel_other", Gateway: "card"}, {Party: "pty_1", Seller: "sel_own", Gateway: "other"}, {Party: "pty_1", Seller: "sel_own"},
		} {
			if err := his.Try(func(tx *db.Tx) error { _, err := payment.CardOf(tx, other, cards["1111"]); return err }); !errors.Is(err, payment.ErrNoCard) {
				t.Errorf("%+v: %v", other, err)
			}
		}

		his.Moment(t, func(tx *db.Tx) error { return payment.TakeCardAway(tx, "pty_1", cards["2222"]) })
		if got := names(t, his, "pty_1"); got != "1111* 3333" {
			t.Errorf("after the preferred one is taken away: %s", got)
		}
		if err := his.Try(func(tx *db.Tx) error { _, err := payment.CardOf(tx, wallet, cards["2222"]); return err }); !errors.Is(err, payment.ErrNoCard) {
			t.Errorf("what was taken away pays: %v", err)
		}
		if err := his.Try(func(tx *db.Tx) error { return payment.TakeCardAway(tx, "pty_1", cards["2222"]) }); !errors.Is(err, payment.ErrNoCard) {
			t.Errorf("taken away twice: %v", err)
		}
		his.Moment(t, func(tx *db.Tx) error { return payment.DropCard(tx, "pty_1", cards["1111"]) })
		his.Moment(t, func(tx *db.Tx) error { return payment.DropCard(tx, "pty_1", cards["1111"]) })
		if got := names(t, his, "pty_1"); got != "3333*" {
			t.Errorf("after its gateway has forgotten one: %s", got)
		}
		told, of := map[string]int{}, map[string]int{}
		for _, f := range s.Facts(t) {
			told[f.Name]++
			of[f.Name+" "+named(t, f.Body)]++
			if strings.Contains(string(f.Body), "cof_") {
				t.Errorf("a fact says what stands for a card: %s", f.Body)
			}
		}
		if told["payment.card_kept"] != 4 || told["payment.card_taken"] != 2 {
			t.Errorf("told is %v", told)
		}
		if one, two := string(cards["1111"]), string(cards["2222"]); of["payment.card_kept "+one] != 2 || of["payment.card_kept "+two] != 1 || of["payment.card_taken "+two] != 1 {
			t.Errorf("told is %v of %v", of, cards)
		}
	})
}

// named is the card that a fact is about.
func named(t *testing.T, fact []byte) string {
	t.Helper()
	var of struct{ Card string }
	if err := json.Unmarshal(fact, &of); err != nil {
		t.Fatal(err)
	}
	return of.Card
}

// gone are the cards of which gateways are still to be told, by what is sealed.
func gone(t *testing.T, s *dbtest.Store) (all []payment.KeptCard) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) (err error) {
		all, err = payment.CardsGone(tx, "", 10)
		return err
	})
	return all
}

func TestGatewaysAreToldOfCardsThatAreGone(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		sys := s.As(db.System)
		keep := func(token string) {
			s.Clock.Advance(time.Minute)
			sys.Moment(t, func(tx *db.Tx) error {
				_, err := payment.KeepCard(tx, wallet, newCard(t, token, "1111", tx.Now()))
				return err
			})
		}
		keep("cof_1")
		sys.Moment(t, func(tx *db.Tx) error { return payment.DiscardCard(tx, wallet, newCard(t, "cof_1", "1111", tx.Now())) })
		if all := gone(t, sys); len(all) != 0 {
			t.Fatalf("a kept card is discarded: %v", all)
		}
		sys.Moment(t, func(tx *db.Tx) error { return payment.DiscardCard(tx, wallet, newCard(t, "cof_2", "2222", tx.Now())) })
		all := gone(t, sys)
		if len(all) != 1 || all[0].Sealed != "sealed cof_2" || all[0].Holder != wallet || all[0].Digits != "" {
			t.Fatalf("gone are %+v", all)
		}
		keep("cof_2") // It comes back while the gateway is being told.
		sys.Moment(t, func(tx *db.Tx) error { return payment.ForgetCard(tx, all[0]) })
		if got := names(t, sys, "pty_1"); got != "1111* 1111" {
			t.Errorf("kept are %s", got)
		}
		s.Clock.Advance(time.Minute)
		sys.Moment(t, func(tx *db.Tx) error { return payment.LeaveCards(tx, "pty_1") })
		if all = gone(t, sys); len(all) != 2 || all[0].Digits+all[1].Digits != "" || names(t, sys, "pty_1") != "" {
			t.Fatalf("after the account is erased: %+v", all)
		}
		since, taken := all[0].Gone, map[string]int{}
		s.Clock.Advance(time.Minute)
		sys.Moment(t, func(tx *db.Tx) error { return payment.LeaveCards(tx, "pty_1") })
		if all = gone(t, sys); len(all) != 2 || !all[0].Gone.Equal(since) || since.IsZero() {
			t.Errorf("erased twice they are gone since %v: %+v", since, all)
		}
		for _, f := range s.Facts(t) {
			if f.Name == "payment.card_taken" {
				taken[named(t, f.Body)]++
			}
		}
		if len(taken) != 2 || taken[string(all[0].ID)] != 1 || taken[string(all[1].ID)] != 1 {
			t.Errorf("of the cards of an erased account is told %v", taken)
		}
		for _, c := range all {
			sys.Moment(t, func(tx *db.Tx) error { return payment.ForgetCard(tx, c) })
		}
		if all = gone(t, sys); len(all) != 0 {
			t.Errorf("left are %+v", all)
		}
	})
}

func TestSignsOfACard(t *testing.T) {
	card := payment.Signs{Brand: "visa", Digits: "4242", Month: 11, Year: 2026}
	for at, over := range map[string]bool{"2026-10-31T20:00:00Z": false, "2026-11-30T18:59:59Z": false, "2026-11-30T19:00:00Z": true, "2027-01-01T00:00:00Z": true} {
		when, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if card.Over(when) != over {
			t.Errorf("at %s it is over: %v", at, !over)
		}
	}
	whole := payment.OnFile{Token: "cof_1", Signs: card}
	for name, spoil := range map[string]func(*payment.OnFile){
		"no token": func(o *payment.OnFile) { o.Token = "" }, "a whole number": func(o *payment.OnFile) { o.Digits = "4242424242424242" },
		"letters": func(o *payment.OnFile) { o.Digits = "42a2" }, "no month": func(o *payment.OnFile) { o.Month = 0 },
		"a month too many": func(o *payment.OnFile) { o.Month = 13 }, "half a year": func(o *payment.OnFile) { o.Year = 30 },
		"a long brand": func(o *payment.OnFile) { o.Brand = strings.Repeat("v", 31) },
	} {
		bad := whole
		spoil(&bad)
		if c, err := bad.Sealed(time.Now(), func(payment.OnFile) (string, error) { return "x", nil }); c != nil || err != nil {
			t.Errorf("%s is kept: %+v, %v", name, c, err)
		}
	}
	if said := fmt.Sprintf("%v %+v %#v %q", whole, whole, whole, whole.Token); strings.Contains(said, "cof_") {
		t.Errorf("printed is %s", said)
	}
}
