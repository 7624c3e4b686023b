package deal_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"sauda/core/exchange/deal"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var (
	seller  = deal.Party{Account: "A1", Trader: 1, Member: "mbr_1"}
	buyer   = deal.Party{Account: "A2", Trader: 2, Member: "mbr_2"}
	another = deal.Party{Account: "A3", Trader: 3, Member: "mbr_2"}
)

func each(t *testing.T, test func(t *testing.T, s *dbtest.Store)) {
	t.Helper()
	dbtest.Each(t, []db.Schema{deal.Schema}, test)
}

// sale is a deal that the seller reports.
func sale(ref string) deal.Deal {
	return deal.Deal{
		Terms: deal.Terms{Instrument: "KZ1", Side: deal.Sell, Price: 100, Quantity: 10, Cycle: deal.CycleUsual}, Own: seller,
		Other: deal.Party{Account: "A2", Member: "mbr_2"}, Ref: ref,
	}
}

func report(t *testing.T, s *dbtest.Store, d deal.Deal) (told deal.Deal) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) (err error) {
		told, err = deal.Report(tx, d)
		return err
	})
	return told
}

// TestWhoDecides: the other side confirms, refuses and corrects, who has reported withdraws, nobody else sees that there is a
// deal, and what is decided stays so.
func TestWhoDecides(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		verbs := map[string]func(tx *db.Tx, id deal.ID, p deal.Party) error{
			"confirm": func(tx *db.Tx, id deal.ID, p deal.Party) error { _, err := deal.Confirm(tx, id, p); return err },
			"refuse": func(tx *db.Tx, id deal.ID, p deal.Party) error {
				_, err := deal.Refuse(tx, id, p, "Not so.")
				return err
			},
			"correct": func(tx *db.Tx, id deal.ID, p deal.Party) error {
				_, err := deal.Correct(tx, id, deal.Deal{Terms: deal.Terms{Price: 99, Quantity: 10, Cycle: 0}, Own: p, Ref: "c " + string(id)})
				return err
			},
			"withdraw": func(tx *db.Tx, id deal.ID, p deal.Party) error { _, err := deal.Withdraw(tx, id, p); return err },
		}
		for name, verb := range verbs {
			d := report(t, s, sale(name))
			right, wrong := buyer, seller
			if name == "withdraw" {
				right, wrong = seller, buyer
			}
			for _, c := range []struct {
				who  deal.Party
				want error
			}{{another, deal.ErrUnknown}, {deal.Party{}, deal.ErrUnknown}, {wrong, deal.ErrSide}, {right, nil}} {
				if err := s.Try(func(tx *db.Tx) error { return verb(tx, d.ID, c.who) }); !errors.Is(err, c.want) {
					t.Errorf("%s by %q: %v", name, c.who.Account, err)
				}
			}
			for again, verb := range verbs {
				err := s.Try(func(tx *db.Tx) error { return verb(tx, d.ID, right) })
				if (again != name || name != "correct") && !errors.Is(err, deal.ErrDecided) && !errors.Is(err, deal.ErrSide) && !errors.Is(err, deal.ErrDiffers) {
					if again != "correct" { // A correction told again is the deal that it was.
						t.Errorf("%s after %s: %v", again, name, err)
					}
				}
			}
		}
	})
}

// TestWhatIsReported: once under a reference, within its limits, and until its day is over.
func TestWhatIsReported(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		first := report(t, s, sale("r"))
		if again := report(t, s, sale("r")); again.ID != first.ID {
			t.Errorf("told again it is %s", again.ID)
		}
		for name, c := range map[string]struct {
			change func(*deal.Deal)
			want   error
		}{
			"another price":   {func(d *deal.Deal) { d.Price++ }, deal.ErrDiffers},
			"another side":    {func(d *deal.Deal) { d.Other.Account = "A3" }, deal.ErrDiffers},
			"with itself":     {func(d *deal.Deal) { d.Other.Account = "A1" }, deal.ErrTerms},
			"with nobody":     {func(d *deal.Deal) { d.Other = deal.Party{} }, deal.ErrTerms},
			"of nothing":      {func(d *deal.Deal) { d.Quantity = 0 }, deal.ErrTerms},
			"on no side":      {func(d *deal.Deal) { d.Side = "" }, deal.ErrTerms},
			"in a year":       {func(d *deal.Deal) { d.Cycle = 365 }, deal.ErrTerms},
			"nameless":        {func(d *deal.Deal) { d.Ref = "" }, deal.ErrRef},
			"of a long name":  {func(d *deal.Deal) { d.Ref = strings.Repeat("ә", 61) }, deal.ErrRef},
			"of another name": {func(d *deal.Deal) { d.Ref = strings.Repeat("ә", 60) }, nil},
		} {
			d := sale("r")
			c.change(&d)
			if err := s.Try(func(tx *db.Tx) error { _, err := deal.Report(tx, d); return err }); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for n := range 198 {
			report(t, s, sale(fmt.Sprint(n)))
		}
		if err := s.Try(func(tx *db.Tx) error { _, err := deal.Report(tx, sale("too many")); return err }); !errors.Is(err, deal.ErrMany) {
			t.Errorf("the next one: %v", err)
		}
		s.Clock.Advance(24 * time.Hour)
		if err := s.Try(func(tx *db.Tx) error { _, err := deal.Confirm(tx, first.ID, buyer); return err }); !errors.Is(err, deal.ErrLapsed) {
			t.Errorf("too late: %v", err)
		}
		s.Moment(t, func(tx *db.Tx) error {
			n, err := deal.Lapse(tx)
			if n != 200 {
				t.Errorf("%d have lapsed", n)
			}
			return err
		})
		s.Look(t, func(tx *db.Tx) error {
			list, err := deal.Of(tx, buyer, "", 3)
			if len(list) != 3 || list[0].State != deal.Lapsed {
				t.Errorf("the list has %d", len(list))
			}
			rest, more := deal.Of(tx, buyer, list[2].ID, 500)
			if len(rest) != 197 || rest[0].ID >= list[2].ID {
				t.Errorf("the rest has %d", len(rest))
			}
			return errors.Join(err, more)
		})
	})
}

// TestWithAMember: a deal that names a member waits for each of its accounts, and is of the one that confirms.
func TestWithAMember(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		d := sale("m")
		d.Other = deal.Party{Member: "mbr_2"}
		d = report(t, s, d)
		waits := func(p deal.Party) (n int64) {
			s.Look(t, func(tx *db.Tx) (err error) {
				n, err = deal.Incoming(tx, p)
				return err
			})
			return n
		}
		if waits(buyer) != 1 || waits(another) != 1 || waits(seller) != 0 {
			t.Errorf("it waits for %d, %d and %d", waits(buyer), waits(another), waits(seller))
		}
		s.Moment(t, func(tx *db.Tx) error { _, err := deal.Confirm(tx, d.ID, another); return err })
		if err := s.Try(func(tx *db.Tx) error { _, err := deal.Get(tx, d.ID, buyer); return err }); !errors.Is(err, deal.ErrUnknown) {
			t.Errorf("confirmed by another account, it is there for this one: %v", err)
		}
		for range 2 {
			s.Moment(t, func(tx *db.Tx) error { _, err := deal.Make(tx, d.ID, 7); return err })
		}
		if err := s.Try(func(tx *db.Tx) error { _, err := deal.Reject(tx, d.ID, "late"); return err }); !errors.Is(err, deal.ErrDecided) {
			t.Errorf("made and rejected: %v", err)
		}
		if facts := s.Facts(t); len(facts) != 3 {
			t.Errorf("there are %d facts", len(facts))
		}
	})
}
