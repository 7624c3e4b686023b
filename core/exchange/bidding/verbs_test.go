package bidding_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/bidding"
	"sauda/gear/db"
)

func (h house) secure(id bidding.NoticeID, code string) error {
	return h.Try(func(tx *db.Tx) error {
		_, err := bidding.Secure(tx, id, account(code), "plg_"+string(id)+code)
		return err
	})
}

// TestWhoMay: who announced, his party, who is not invited or not suited, and who has not lodged the guarantee are refused,
// each with his reason; verbs of who announced are refused to everybody else.
func TestWhoMay(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		n := petrol(bidding.Tender)
		n.Guarantee, n.Invited, n.Class = 5_000, []string{"A00000002", "A00000003"}, exchange.Balanced
		n = h.announce(t, n)
		h.Clock.Set(begins)
		enter := func(a exchange.Account) error {
			return h.Try(func(tx *db.Tx) error { _, err := bidding.Enter(tx, keys, n.ID, a, at(900)); return err })
		}
		cautious, kin, closed := account("A00000002"), account("A00000009"), account("A00000002")
		cautious.Kind, cautious.Class = exchange.Client, exchange.Cautious
		kin.Kind, kin.Party = exchange.Client, holder.Party
		closed.State = exchange.StateSuspended
		for _, c := range []struct {
			who  exchange.Account
			want error
		}{
			{holder, auction.ErrSelf}, {kin, auction.ErrSelf}, {account("A00000004"), bidding.ErrBarred}, {cautious, bidding.ErrBarred},
			{closed, exchange.ErrStanding}, {account("A00000002"), bidding.ErrUnsecured},
		} {
			if err := enter(c.who); !errors.Is(err, c.want) {
				t.Errorf("%+v: %v, want %v", c.who, err, c.want)
			}
		}
		if err := h.secure(n.ID, "A00000004"); !errors.Is(err, bidding.ErrBarred) {
			t.Errorf("a stranger secures: %v", err)
		}
		if err := h.secure(n.ID, "A00000002"); err != nil {
			t.Error(err)
		}
		if err := h.secure(n.ID, "A00000002"); !errors.Is(err, bidding.ErrSecured) {
			t.Errorf("secured twice: %v", err)
		}
		if err := enter(account("A00000002")); err != nil {
			t.Error(err)
		}
		for name, do := range map[string]func(tx *db.Tx) error{
			"withdraw": func(tx *db.Tx) error { _, err := bidding.Withdraw(tx, n.ID, "A00000002", "no"); return err },
			"exclude":  func(tx *db.Tx) error { _, err := bidding.Exclude(tx, keys, n.ID, "A00000002", "A00000003"); return err },
			"fulfil":   func(tx *db.Tx) error { _, err := bidding.Fulfil(tx, n.ID, "A00000002", 1); return err },
			"nobody":   func(tx *db.Tx) error { _, err := bidding.Withdraw(tx, n.ID, "", "no"); return err },
		} {
			if err := h.Try(do); !errors.Is(err, bidding.ErrStranger) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := h.Try(func(tx *db.Tx) error { _, err := bidding.Withdraw(tx, n.ID, holder.Code, "no"); return err }); !errors.Is(err, bidding.ErrHasBids) {
			t.Errorf("withdrawn with bids: %v", err)
		}
		if s := h.look(t, n.ID, "A00000004"); len(s.History) != 0 || s.Bidders != 0 || s.Invited[0] != "" {
			t.Errorf("who is not invited sees %+v", s)
		}
	})
}

// TestPledges: over random biddings every guarantee is held, and then released or drawn once, to whom it belongs: nothing
// is left and nothing goes twice, whatever comes of it.
func TestPledges(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		dice := rand.New(rand.NewPCG(3, 5))
		for round := range 12 {
			h.Clock.Set(begins.Add(-time.Hour))
			n := petrol([]bidding.Kind{bidding.English, bidding.Tender, bidding.SealedFirst}[round%3])
			n.Guarantee = 1_000
			n = h.announce(t, n)
			h.Clock.Set(begins)
			bidders := 1 + dice.IntN(4)
			for i := range bidders {
				code := fmt.Sprintf("A0000001%d", i)
				if err := h.secure(n.ID, code); err != nil {
					t.Fatal(err)
				}
				if dice.IntN(3) > 0 {
					err := h.enter(n.ID, code, at(400-int64(i)*5+int64(round%3%2-1)*-int64(i)*20))
					if err != nil && !errors.Is(err, auction.ErrLow) && !errors.Is(err, auction.ErrHigh) {
						t.Fatal(err)
					}
				}
			}
			before := len(h.Facts(t))
			h.Clock.Set(begins.Add(2 * time.Hour))
			n = h.turn(t, n.ID)
			drawn := n.State == bidding.Decided && dice.IntN(2) == 0
			if n.State == bidding.Decided {
				h.Moment(t, func(tx *db.Tx) (err error) {
					if drawn {
						n, err = bidding.Break(tx, n.ID, 1)
					} else {
						n, err = bidding.Fulfil(tx, n.ID, holder.Code, 1)
					}
					return err
				})
				for range 2 {
					if err := h.Try(func(tx *db.Tx) error { _, err := bidding.Break(tx, n.ID, 1); return err }); !errors.Is(err, bidding.ErrStanding) {
						t.Errorf("ended twice: %v", err)
					}
				}
			}
			ended, toHolder := 0, 0
			for _, f := range h.Facts(t)[before:] {
				if f.Name == "bidding.pledge_ended" {
					ended++
					if strings.Contains(string(f.Body), `"to":"`+holder.Code) {
						toHolder++
					}
				}
			}
			if ended != bidders || drawn != (toHolder == 1) {
				t.Errorf("round %d: %d of %d guarantees ended, %d drawn, %v", round, ended, bidders, toHolder, drawn)
			}
			if n.State.Live() || n.State == bidding.Decided {
				t.Errorf("round %d: %s", round, n.State)
			}
			h.Look(t, func(tx *db.Tx) error {
				pledges, err := bidding.Pledges(tx, n.ID)
				for _, p := range pledges {
					if p.State == bidding.Held {
						t.Errorf("round %d: %+v is held still", round, p)
					}
				}
				return err
			})
		}
	})
}

// TestExcluded: who is excluded is not first any more and does not come back; the award goes to the next one.
func TestExcluded(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		n := h.announce(t, petrol(bidding.Tender))
		h.Clock.Set(begins)
		for code, price := range map[string]int64{"A00000002": 700, "A00000003": 800} {
			if err := h.enter(n.ID, code, at(price)); err != nil {
				t.Fatal(err)
			}
		}
		h.Moment(t, func(tx *db.Tx) error { _, err := bidding.Exclude(tx, keys, n.ID, holder.Code, "A00000002"); return err })
		if err := h.enter(n.ID, "A00000002", at(600)); !errors.Is(err, auction.ErrBarred) {
			t.Errorf("an excluded one bids: %v", err)
		}
		if s := h.look(t, n.ID, "A00000003"); len(s.Ranks) != 1 || s.Ranks[0] != 1 || !s.Leads {
			t.Errorf("the next one is %+v", s.Ranks)
		}
		h.Clock.Set(begins.Add(time.Hour))
		h.turn(t, n.ID)
		if s := h.look(t, n.ID, "A00000003"); len(s.Awards) != 1 || s.Awards[0].Seller != "A00000003" || s.Awards[0].Price != 800 {
			t.Errorf("won: %+v", s.Awards)
		}
		if s := h.look(t, n.ID, ""); len(s.Awards) != 1 || s.Awards[0].Seller != "" || s.Awards[0].Price != 800 {
			t.Errorf("everybody sees %+v", s.Awards)
		}
	})
}

// TestWithdrawn: before the first bid, with a reason; guarantees go back.
func TestWithdrawn(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		n := petrol(bidding.English)
		n.Guarantee = 10
		n = h.announce(t, n)
		if err := h.secure(n.ID, "A00000002"); err != nil {
			t.Fatal(err)
		}
		if err := h.Try(func(tx *db.Tx) error { _, err := bidding.Withdraw(tx, n.ID, holder.Code, " "); return err }); !errors.Is(err, bidding.ErrReason) {
			t.Errorf("without a reason: %v", err)
		}
		h.Moment(t, func(tx *db.Tx) error { _, err := bidding.Withdraw(tx, n.ID, holder.Code, "sold"); return err })
		h.Clock.Set(begins)
		if err := h.enter(n.ID, "A00000002", at(400)); !errors.Is(err, auction.ErrOver) {
			t.Errorf("a bid for what was withdrawn: %v", err)
		}
		if n := h.turn(t, n.ID); n.State != bidding.Withdrawn || n.Reason != "sold" {
			t.Errorf("%+v", n)
		}
		h.Look(t, func(tx *db.Tx) error {
			due, err := bidding.Due(tx, 10)
			pledges, e := bidding.Pledges(tx, n.ID)
			if len(due) != 0 || len(pledges) != 1 || pledges[0].State != bidding.Released {
				t.Errorf("%v are due, %+v", due, pledges)
			}
			return errors.Join(err, e)
		})
	})
}

// TestInvalid: each wrong field by its name.
func TestInvalid(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		for field, change := range map[string]func(*bidding.Notice){
			"/kind":             func(n *bidding.Notice) { n.Kind = "raffle" },
			"/title":            func(n *bidding.Notice) { n.Title = nil },
			"/items":            func(n *bidding.Notice) { n.Items = nil },
			"/items/0/quantity": func(n *bidding.Notice) { n.Items[0].Quantity = 0 },
			"/items/0/ceiling":  func(n *bidding.Notice) { n.Items[0].Ceiling = 1 << 60 },
			"/opens":            func(n *bidding.Notice) { n.Opens = begins.Add(-2 * time.Hour) },
			"/ends":             func(n *bidding.Notice) { n.Ends = n.Opens },
			"/currency":         func(n *bidding.Notice) { n.Currency = "tenge" },
			"/measure":          func(n *bidding.Notice) { n.Measure = "armful" },
			"/basis":            func(n *bidding.Notice) { n.Basis = "XYZ" },
			"/guarantee":        func(n *bidding.Notice) { n.Guarantee = -1 },
			"/documents/0/link": func(n *bidding.Notice) { n.Documents = []bidding.Document{{Name: "a", Link: "http://a"}} },
			"/terms/step_min":   func(n *bidding.Notice) { n.Terms.StepMin = money.Percent(1) },
			"/terms/window":     func(n *bidding.Notice) { n.Terms.Window = -1 },
			"/invited/0/":       func(n *bidding.Notice) { n.Invited = []string{holder.Code} },
		} {
			n := petrol(bidding.Tender)
			n.Items = []bidding.Item{n.Items[0]}
			change(&n)
			err := h.Try(func(tx *db.Tx) error { _, err := bidding.Announce(tx, holder, n); return err })
			found := false
			for _, f := range fault.FieldsOf(err) {
				found = found || f.Pointer == field
			}
			if !errors.Is(err, bidding.ErrInvalid) || !found {
				t.Errorf("%s: %v, %+v", field, err, fault.FieldsOf(err))
			}
		}
		for range 20 {
			h.announce(t, petrol(bidding.Tender))
		}
		if err := h.Try(func(tx *db.Tx) error { _, err := bidding.Announce(tx, holder, petrol(bidding.Tender)); return err }); !errors.Is(err, bidding.ErrFull) {
			t.Errorf("one more than twenty: %v", err)
		}
	})
}

// TestItems: what a tender leaves open by item goes to whoever is first for each, and more is refused than can be counted.
func TestItems(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		n := petrol(bidding.Tender)
		n.Items = []bidding.Item{{Name: text.Localized{"ru": "АИ-92"}, Quantity: 10, Ceiling: 1000}, {Name: text.Localized{"ru": "АИ-95"}, Quantity: 20}}
		n.Terms.ShowsBest = true
		n = h.announce(t, n)
		h.Clock.Set(begins)
		for _, b := range []struct {
			code   string
			prices []int64
		}{{"A00000002", []int64{900, 0}}, {"A00000003", []int64{950, 700}}, {"A00000002", []int64{0, 650}}} {
			if err := h.enter(n.ID, b.code, bidding.Bid{Prices: b.prices}); err != nil {
				t.Fatal(err)
			}
		}
		for _, b := range []bidding.Bid{{}, {Prices: []int64{1}}, {Prices: []int64{1, 1, 1}}, {Prices: []int64{1, 1}, Quantity: 1}, {Prices: []int64{-1, 1}}, {Prices: []int64{0, 1 << 60}}, {Prices: []int64{1001, 0}}} {
			if err := h.enter(n.ID, "A00000003", b); fault.Of(err) == nil {
				t.Errorf("%+v is taken: %v", b, err)
			}
		}
		if s := h.look(t, n.ID, "A00000003"); len(s.Bests) != 2 || s.Bests[0] != 900 || s.Bests[1] != 650 || s.Ranks[0] != 2 || s.Ranks[1] != 2 {
			t.Errorf("best %v, ranks %v", s.Bests, s.Ranks)
		}
		h.Clock.Set(begins.Add(2 * time.Hour))
		h.turn(t, n.ID)
		if s := h.look(t, n.ID, holder.Code); len(s.Awards) != 2 || s.Awards[0].Price != 900 || s.Awards[1].Price != 650 || s.Awards[1].Seller != "A00000002" {
			t.Errorf("won: %+v", s.Awards)
		}
	})
}

// TestMine: a list has what an account has announced, secured or bid for, and nothing else; pages go on before a number.
func TestMine(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		var all []bidding.Notice
		for range 4 {
			n := petrol(bidding.English)
			n.Guarantee = int64(len(all)%2) * 10
			all = append(all, h.announce(t, n))
		}
		h.Clock.Set(begins)
		if err := errors.Join(h.enter(all[0].ID, "A00000002", at(400)), h.secure(all[1].ID, "A00000002")); err != nil {
			t.Fatal(err)
		}
		list := func(f bidding.Filter, most int) (numbers []int64) {
			h.Look(t, func(tx *db.Tx) error {
				found, err := bidding.List(tx, f, most)
				for _, n := range found {
					numbers = append(numbers, n.Number)
				}
				return err
			})
			return numbers
		}
		for want, got := range map[string][]int64{
			"[2 1]": list(bidding.Filter{Mine: true, Accounts: []string{"A00000002"}}, 10), "[4 3 2 1]": list(bidding.Filter{Mine: true, Accounts: []string{holder.Code}}, 10),
			"[]": list(bidding.Filter{Mine: true}, 10), "[2]": list(bidding.Filter{Before: 3, Live: true}, 1), "[4 3]": list(bidding.Filter{Kind: bidding.English}, 2),
		} {
			if fmt.Sprint(got) != want {
				t.Errorf("listed %v, want %s", got, want)
			}
		}
	})
}

// TestStatements holds how much a bid, a look and a decision ask of the store.
func TestStatements(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		n := petrol(bidding.Tender)
		n.Guarantee = 10
		n = h.announce(t, n)
		h.Clock.Set(begins)
		for i := range 9 {
			code := fmt.Sprintf("A0000001%d", i)
			if err := errors.Join(h.secure(n.ID, code), h.enter(n.ID, code, at(900-int64(i)))); err != nil {
				t.Fatal(err)
			}
		}
		if got := h.Statements(func() { _ = h.enter(n.ID, "A00000010", at(500)) }); got > 5 {
			t.Errorf("a bid takes %d statements", got)
		}
		if got := h.Statements(func() { h.look(t, n.ID, "A00000010") }); got > 3 {
			t.Errorf("a look takes %d statements", got)
		}
		h.Clock.Set(begins.Add(2 * time.Hour))
		if got := h.Statements(func() { h.turn(t, n.ID) }); got > 7 {
			t.Errorf("a decision takes %d statements", got)
		}
	})
}
