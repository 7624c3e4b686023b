package utility_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/hold"
	"sauda/core/ledger"
	"sauda/core/seller"
	"sauda/core/utility"
	"sauda/core/utility/biller"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{hold.Schema, ledger.Schema, seller.Schema, utility.Schema}

// Who acts: staff of the centre, of another seller, without the scope, and two of one family.
var (
	clerk    = db.Who{Kind: db.KindStaff, ID: "usr_clerk", Seller: "sel_erc", Scopes: []string{"utility.*"}}
	reader   = db.Who{Kind: db.KindStaff, ID: "usr_reader", Seller: "sel_erc", Scopes: []string{"orders.*"}}
	stranger = db.Who{Kind: db.KindStaff, ID: "usr_other", Seller: "sel_other", Scopes: []string{"*"}}
	aigul    = db.Who{Kind: db.KindBuyer, ID: "usr_aigul", Party: "pty_aigul"}
	bolat    = db.Who{Kind: db.KindBuyer, ID: "usr_bolat", Party: "pty_bolat"}
)

func words(kk string) text.Localized { return text.Localized{"kk": kk, "ru": kk, "en": kk} }

// centre is a utility centre that takes payments of two banks, one of each dialect.
func centre() utility.Provider {
	fixed := []utility.Tariff{{From: january, Base: utility.BaseFixed, Steps: []utility.Step{{Price: 450_0000}}}}
	return utility.Provider{
		Seller: "sel_erc", Code: "test-erc", Kind: utility.KindCentre, Name: words("Орталық"), Currency: money.KZT,
		BIN: "251040000121", IBAN: "KZ86125KZT5004100100", BIC: "KCJBKZKX", KBE: "17", KNP: "851", DueDay: 25, ReadFrom: 20, ReadTo: 30,
		SumMin: 100, SumMax: 1_000_000_00,
		Services: []utility.Service{
			{Code: "power", Name: words("Жарық"), Unit: measure.KilowattH, Tariffs: []utility.Tariff{power}, Editable: true, Most: 100_000_00},
			{Code: "waste", Name: words("Қоқыс"), Tariffs: fixed},
			{Code: "intercom", Name: words("Домофон"), Tariffs: fixed, Editable: true},
		},
		Peers: []utility.Peer{
			{Name: "kaspi", Dialect: "kaspi", Secret: utility.SecretOf("k"), Networks: []string{"10.0.0.0/8"}},
			{Name: "qiwi", Dialect: "osmp", Secret: utility.SecretOf("q")},
		},
	}
}

// town is a centre with accounts, opened by its staff.
type town struct {
	*dbtest.Store
	p        utility.Provider
	accounts map[string]utility.Account
}

func open(t testing.TB, s *dbtest.Store, numbers ...string) town {
	t.Helper()
	w := town{Store: s, accounts: map[string]utility.Account{}}
	s.As(clerk).Moment(t, func(tx *db.Tx) (err error) {
		if w.p, err = utility.Register(tx, centre()); err != nil {
			return err
		}
		var all []utility.Account
		for _, n := range numbers {
			all = append(all, utility.Account{Number: n, Holder: "Ахметова Айгүл", Address: "Абай даңғылы, 10-" + n, People: 2, Area: measure.Of(58)})
		}
		_, err = utility.OpenMany(tx, w.p, all)
		return err
	})
	for _, n := range numbers {
		w.accounts[n] = w.find(t, n)
	}
	return w
}

func (w town) find(t testing.TB, number string) (a utility.Account) {
	t.Helper()
	w.Look(t, func(tx *db.Tx) (err error) {
		a, err = utility.Find(tx, w.p.ID, number)
		return err
	})
	return a
}

// issue issues the bills of a month, a few accounts at a time.
func (w town) issue(t testing.TB, month span.Day, page int) {
	t.Helper()
	w.As(clerk).Moment(t, func(tx *db.Tx) error {
		_, err := utility.Begin(tx, w.p, month)
		return err
	})
	for more := true; more; {
		w.Moment(t, func(tx *db.Tx) (err error) {
			more, err = utility.Issue(tx, page)
			return err
		})
	}
}

func (w town) due(t testing.TB, number string) (d utility.Due) {
	t.Helper()
	w.Look(t, func(tx *db.Tx) error {
		a, err := utility.Find(tx, w.p.ID, number)
		if err != nil {
			return err
		}
		all, err := utility.DueOf(tx, w.p, []utility.Account{a})
		d = all[a.ID]
		return err
	})
	return d
}

// month's costs of an account of two people without a meter: 140 kWh by the norm, and two fixed prices.
const costs = 140*20_50 + 450_00 + 450_00

func each(t *testing.T, test func(t *testing.T, s *dbtest.Store)) { dbtest.Each(t, schemas, test) }

func TestIssue(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		numbers := []string{"100", "101", "102", "103", "104"}
		w := open(t, s, numbers...)
		w.issue(t, november, 2)
		for _, n := range numbers {
			d := w.due(t, n)
			if d.Owed != costs || d.Bill.Total != costs || d.Bill.Due != span.MustDay("2026-12-25") || linesOf(d) != costs || len(d.Bill.Lines) != 3 {
				t.Errorf("%s owes %d by %+v, the lines are %+v", n, d.Owed, d.Bill, d.Lines)
			}
		}
		if err := s.As(clerk).Try(func(tx *db.Tx) error {
			_, err := utility.Begin(tx, w.p, november)
			return err
		}); !errors.Is(err, utility.ErrRunning) {
			t.Errorf("the same month again: %v", err)
		}
		for _, month := range []span.Day{span.MustDay("2026-12-01"), span.MustDay("2026-11-02"), span.MustDay("2020-01-01"), {}} {
			if err := s.As(clerk).Try(func(tx *db.Tx) error {
				_, err := utility.Begin(tx, w.p, month)
				return err
			}); !errors.Is(err, utility.ErrMonth) {
				t.Errorf("month %s: %v", month, err)
			}
		}
		s.Look(t, func(tx *db.Tx) error {
			runs, err := utility.Runs(tx, w.p.ID)
			if len(runs) != 1 || !runs[0].Done || runs[0].Bills != 5 || runs[0].Sum != 5*costs || runs[0].Percent() != 100 {
				t.Errorf("runs: %+v", runs)
			}
			return err
		})
	})
}

// TestPayOnce tells of a payment as banks do: twice, with another sum, for an account that nobody has, late.
func TestPayOnce(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		w := open(t, s, "100", "101")
		w.issue(t, november, 100)
		ask := func(peer string, r biller.Request) (a biller.Answer) {
			t.Helper()
			b, _ := w.p.Peer(peer)
			s.Moment(t, func(tx *db.Tx) (err error) {
				a, err = utility.Answer(tx, w.p, b, r)
				return err
			})
			return a
		}
		check := ask("kaspi", biller.Request{Command: biller.Check, Txn: "1", Account: "100"})
		if check.Outcome != biller.OK || check.Sum != costs || len(check.Fields) != 2 || strings.Contains(check.Fields[0].Text, "Айгүл") {
			t.Errorf("check: %+v", check)
		}
		first := ask("kaspi", biller.Request{Command: biller.Pay, Txn: "2", Account: "100", Sum: 1000_00})
		again := ask("kaspi", biller.Request{Command: biller.Pay, Txn: "2", Account: "100", Sum: 1000_00})
		if first.Outcome != biller.OK || again.Own != first.Own || again.Outcome != biller.OK || first.Own == "0" {
			t.Errorf("the same again: %+v after %+v", again, first)
		}
		for name, r := range map[string]biller.Request{
			"another sum":     {Command: biller.Pay, Txn: "2", Account: "100", Sum: 999_00},
			"another account": {Command: biller.Pay, Txn: "2", Account: "101", Sum: 1000_00},
		} {
			if a := ask("kaspi", r); a.Outcome != biller.PaidBefore || a.Sum != 1000_00 {
				t.Errorf("%s: %+v", name, a)
			}
		}
		if a := ask("qiwi", biller.Request{Command: biller.Pay, Txn: "2", Account: "100", Sum: 500_00}); a.Outcome != biller.OK {
			t.Errorf("the number of another bank: %+v", a)
		}
		if a := ask("kaspi", biller.Request{Command: biller.Pay, Txn: "3", Account: "777", Sum: 1}); a.Outcome != biller.NotFound {
			t.Errorf("an unknown account: %+v", a)
		}
		if a := ask("qiwi", biller.Request{Command: biller.Check, Txn: "4", Account: "100", Sum: 99}); a.Outcome != biller.TooSmall {
			t.Errorf("too small: %+v", a)
		}
		if a := ask("qiwi", biller.Request{Command: biller.Check, Txn: "4", Account: "100", Sum: 2_000_000_00}); a.Outcome != biller.TooBig {
			t.Errorf("too big: %+v", a)
		}
		if d := w.due(t, "100"); d.Owed != costs-1500_00 || linesOf(d) != d.Owed || d.Account.Payments != 2 {
			t.Errorf("owed %d in %+v after %d payments", d.Owed, d.Lines, d.Account.Payments)
		}
		if d := w.due(t, "101"); d.Owed != costs {
			t.Errorf("the other account owes %d", d.Owed)
		}
	})
}

// TestCrowdPays has twenty tell of one payment at once: it is taken once.
func TestCrowdPays(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		w := open(t, s, "100")
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				err := s.Try(func(tx *db.Tx) error {
					_, _, err := utility.Pay(tx, w.p, utility.Payment{Channel: "kaspi", Txn: "1", Account: w.accounts["100"].ID, Sum: 5})
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if d := w.due(t, "100"); d.Owed != -5 {
			t.Errorf("owed %d", d.Owed)
		}
	})
}

func TestChoose(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		w := open(t, s, "100")
		choose := func(who db.Who, sums map[string]int64) (d utility.Draft, err error) {
			err = s.As(who).Try(func(tx *db.Tx) (err error) {
				a, err := utility.Find(tx, w.p.ID, "100")
				if err == nil {
					d, err = utility.Choose(tx, w.p, a, sums)
				}
				return err
			})
			return d, err
		}
		if _, err := choose(aigul, nil); !errors.Is(err, utility.ErrNothing) {
			t.Errorf("nothing is owed: %v", err)
		}
		w.issue(t, november, 100)
		for name, sums := range map[string]map[string]int64{
			"below zero": {"power": -1}, "above what is taken": {"power": 100_000_01}, "a line that is fixed": {"waste": 1}, "more than a line": {"intercom": 451_00},
		} {
			if _, err := choose(aigul, sums); !errors.Is(err, utility.ErrInvalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := choose(aigul, map[string]int64{"power": 0, "waste": 0, "intercom": 50}); !errors.Is(err, utility.ErrBounds) {
			t.Errorf("too little: %v", err)
		}
		hers, err := choose(aigul, map[string]int64{"power": 1000_00, "intercom": 0})
		if err != nil || hers.Sum != 1450_00 {
			t.Fatalf("%+v: %v", hers, err)
		}
		his, err := choose(bolat, nil)
		if err != nil || his.Sum != costs {
			t.Fatalf("%+v: %v", his, err)
		}
		take := func(d utility.Draft, owner string) error {
			return s.Try(func(tx *db.Tx) error { return hold.Take(tx, owner, d.Wants(), tx.Now().Add(time.Minute)) })
		}
		if err := take(hers, "cart/a"); err != nil {
			t.Error(err)
		}
		if err := take(his, "cart/b"); !errors.Is(err, hold.ErrSoldOut) {
			t.Errorf("two hold one bill: %v", err)
		}
		if _, err := choose(bolat, nil); !errors.Is(err, utility.ErrPaying) {
			t.Errorf("chosen while another pays: %v", err)
		}
		s.Moment(t, func(tx *db.Tx) error { return utility.Place(tx, hers.ID, "ord_1", "lin_1") })
		s.Moment(t, func(tx *db.Tx) error { return utility.Place(tx, hers.ID, "ord_1", "lin_1") })
		for range 2 {
			s.Moment(t, func(tx *db.Tx) error {
				_, err := utility.Settle(tx, hers.ID)
				return err
			})
		}
		if err := s.Try(func(tx *db.Tx) error { return utility.Place(tx, his.ID, "ord_2", "lin_2") }); !errors.Is(err, utility.ErrPaid) {
			t.Errorf("placed after another paid: %v", err)
		}
		d := w.due(t, "100")
		if d.Owed != costs-1450_00 || linesOf(d) != d.Owed || d.Lines[0].Sum != 140*20_50-1000_00 || d.Lines[1].Sum != 0 || d.Lines[2].Sum != 450_00 {
			t.Errorf("owed %d: %+v", d.Owed, d.Lines)
		}
		rest, err := choose(bolat, nil)
		if err != nil || rest.Sum != d.Owed || take(rest, "cart/b") != nil {
			t.Errorf("the rest: %+v, %v", rest, err)
		}
		receipt(t, s, hers.ID)
	})
}

// linesOf is the sum of the lines of what is owed.
func linesOf(d utility.Due) (sum int64) {
	for _, l := range d.Lines {
		sum += l.Sum
	}
	return sum
}

// paymentsOf gives what was paid for the account of a draft.
func paymentsOf(tx *db.Tx, of utility.DraftID) ([]utility.Payment, error) {
	d, err := utility.DraftOf(tx, of)
	if err != nil {
		return nil, err
	}
	return utility.PaymentsOf(tx, d.Account, 10)
}

// receipt shows a payment to who made it and to the provider's staff, and to nobody else.
func receipt(t *testing.T, s *dbtest.Store, of utility.DraftID) {
	t.Helper()
	var pay utility.Payment
	s.Look(t, func(tx *db.Tx) error {
		all, err := paymentsOf(tx, of)
		if len(all) != 1 || all[0].Txn != string(of) {
			t.Fatalf("payments: %+v", all)
		}
		pay = all[0]
		return err
	})
	for who, want := range map[string]error{"usr_aigul": nil, "usr_clerk": nil, "usr_bolat": utility.ErrPayment, "usr_other": utility.ErrPayment, "usr_reader": utility.ErrPayment, "": utility.ErrPayment} {
		for _, w := range []db.Who{aigul, bolat, clerk, stranger, reader, {Kind: db.KindGuest}} {
			if w.ID != who {
				continue
			}
			if err := s.As(w).Try(func(tx *db.Tx) error {
				_, _, err := utility.ReceiptOf(tx, pay.ID)
				return err
			}); !errors.Is(err, want) {
				t.Errorf("%q: %v, want %v", who, err, want)
			}
		}
	}
}

func TestReadings(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		w := open(t, s, "100", "101")
		var m utility.Meter
		mount := func(meter utility.Meter) error {
			return s.As(clerk).Try(func(tx *db.Tx) (err error) {
				m, err = utility.Mount(tx, w.p, meter)
				return err
			})
		}
		flat := utility.Meter{Account: w.accounts["100"].ID, Service: "power", Number: "E-1", Digits: 5, Last: measure.Of(99_800), LastDay: span.MustDay("2026-10-25"), Usual: measure.Of(150)}
		if err := mount(flat); err != nil {
			t.Fatal(err)
		}
		power := m
		if err := mount(flat); !errors.Is(err, utility.ErrTaken) {
			t.Errorf("twice: %v", err)
		}
		flat.Service = "waste"
		if err := mount(flat); !errors.Is(err, utility.ErrInvalid) {
			t.Errorf("what no meter counts: %v", err)
		}
		read := func(account string, value int64, sure bool) error {
			return s.As(aigul).Try(func(tx *db.Tx) error {
				_, err := utility.Take(tx, w.p, w.accounts[account].ID, utility.Brought{Meter: power.ID, Value: measure.Of(value), Sure: sure, Channel: "buyer"})
				return err
			})
		}
		for _, c := range []struct {
			name    string
			account string
			value   int64
			sure    bool
			want    error
		}{
			{"another flat", "101", 99_900, false, utility.ErrMeter},
			{"backwards", "100", 99_799, false, utility.ErrBelow},
			{"far backwards, as if it had begun again", "100", 5000, true, utility.ErrBelow},
			{"more digits", "100", 100_000, true, utility.ErrInvalid},
			{"below zero", "100", -1, true, utility.ErrInvalid},
			{"a month", "100", 99_950, false, nil},
			{"corrected on the same day, it has begun again", "100", 20, false, nil},
		} {
			if err := read(c.account, c.value, c.sure); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", c.name, err, c.want)
			}
		}
		w.issue(t, november, 10)
		if d := w.due(t, "100"); d.Bill.Lines[0].Sum != 180*20_50+40*25_75 {
			t.Errorf("220 kWh of two people cost %d", d.Bill.Lines[0].Sum)
		}
		s.Clock.Advance(24 * time.Hour)
		if err := read("100", 2000, false); !errors.Is(err, utility.ErrUnusual) {
			t.Errorf("much more than usual: %v", err)
		}
		if err := read("100", 2000, true); err != nil {
			t.Errorf("confirmed: %v", err)
		}
		s.Look(t, func(tx *db.Tx) error {
			doubts, err := utility.Doubts(tx, w.p, november)
			if len(doubts) != 1 || doubts[0].MeterNumber != "E-1" || doubts[0].Used != measure.Of(1980) {
				t.Errorf("doubts: %+v", doubts)
			}
			return err
		})
		s.Clock.Set(time.Date(2026, 12, 5, 7, 0, 0, 0, time.UTC))
		if err := read("100", 2100, false); !errors.Is(err, utility.ErrWindow) {
			t.Errorf("on the 5th: %v", err)
		}
	})
}

// TestRights: a stranger, another seller's staff and staff without the scope change nothing.
func TestRights(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		w := open(t, s, "100")
		for _, who := range []db.Who{stranger, reader, aigul, {Kind: db.KindGuest}} {
			for name, do := range map[string]func(tx *db.Tx) error{
				"register": func(tx *db.Tx) error { _, err := utility.Register(tx, centre()); return err },
				"open":     func(tx *db.Tx) error { _, err := utility.OpenMany(tx, w.p, nil); return err },
				"begin":    func(tx *db.Tx) error { _, err := utility.Begin(tx, w.p, november); return err },
				"bring":    func(tx *db.Tx) error { _, err := utility.Bring(tx, w.p, november, nil); return err },
				"mount":    func(tx *db.Tx) error { _, err := utility.Mount(tx, w.p, utility.Meter{}); return err },
				"send":     func(tx *db.Tx) error { _, err := utility.Send(tx, w.p, "kaspi", november); return err },
				"settle":   func(tx *db.Tx) error { _, err := utility.Settled(tx, w.p, "kaspi", november); return err },
				"compare":  func(tx *db.Tx) error { _, err := utility.Reconcile(tx, w.p, "kaspi", november, nil); return err },
			} {
				if err := s.As(who).Try(do); !errors.Is(err, utility.ErrDenied) {
					t.Errorf("%s by %s: %v", name, who.ID, err)
				}
			}
			if err := s.As(who).Try(func(tx *db.Tx) error { _, err := utility.Revise(tx, w.p); return err }); err == nil {
				t.Errorf("revised by %s", who.ID)
			}
		}
		s.As(aigul).Moment(t, func(tx *db.Tx) error { return utility.Save(tx, w.accounts["100"].ID, "Үй") })
		s.As(bolat).Look(t, func(tx *db.Tx) error {
			if _, err := utility.MyAccount(tx, w.accounts["100"].ID); !errors.Is(err, utility.ErrAccount) {
				t.Errorf("another's account: %v", err)
			}
			return nil
		})
	})
}

// TestChannelsAreCalled: a bank is called as people call it, and by its name where it has no other.
func TestChannelsAreCalled(t *testing.T) {
	p := utility.Provider{Peers: []utility.Peer{{Name: "kaspi", Title: text.Localized{"kk": "Каспи банкі", "en": "Kaspi Bank"}}, {Name: "halyk"}}}
	for channel, want := range map[string]string{"kaspi": "Каспи банкі", "halyk": "halyk", "gone": "gone"} {
		if got := p.ChannelName(channel, "kk"); got != want {
			t.Errorf("%s is called %q", channel, got)
		}
	}
}

func TestRegisters(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		w := open(t, s, "100", "101")
		today := span.DayOf(s.Now(), span.Almaty)
		pay := func(txn, account string, sum int64, dated time.Time) (p utility.Payment) {
			t.Helper()
			s.Moment(t, func(tx *db.Tx) (err error) {
				p, _, err = utility.Pay(tx, w.p, utility.Payment{Channel: "kaspi", Txn: txn, Account: w.accounts[account].ID, Sum: sum, Dated: dated})
				return err
			})
			return p
		}
		paidAt := s.Now()
		pay("1", "100", 100_00, paidAt)
		pay("2", "101", 50_50, paidAt)
		s.Clock.Advance(24 * time.Hour)
		s.Moment(t, func(tx *db.Tx) error { return utility.CloseDay(tx, today) })
		pay("3", "101", 25_00, paidAt) // It comes a day late, and belongs to yesterday.
		s.Moment(t, func(tx *db.Tx) error { return utility.CloseDay(tx, today) })
		var r utility.DayRegister
		s.As(clerk).Moment(t, func(tx *db.Tx) (err error) {
			r, err = utility.Send(tx, w.p, "kaspi", today)
			return err
		})
		if r.Payments != 3 || r.Sum != 175_50 || r.State != utility.RegisterIsSent {
			t.Errorf("%+v", r)
		}
		if p := pay("4", "100", 1_00, paidAt); p.Day == today {
			t.Error("a register that has gone out has grown")
		}
		var file, order bytes.Buffer
		s.Look(t, func(tx *db.Tx) error {
			entries, err := utility.Entries(tx, r)
			return errors.Join(err, utility.WriteRegister(&file, w.p, entries))
		})
		theirs, err := utility.ReadRegister(money.KZT, strings.NewReader(file.String()))
		if err != nil || len(theirs) != 3 {
			t.Fatalf("%v of %s", err, file.String())
		}
		s.As(clerk).Moment(t, func(tx *db.Tx) error {
			d, err := utility.Reconcile(tx, w.p, "kaspi", today, theirs)
			if err != nil || !d.Same() {
				t.Errorf("its own file differs: %+v, %v", d, err)
			}
			theirs[0].Sum++
			theirs = append(theirs[:2], theirs[1], utility.Entry{Txn: "9", Account: "100", Sum: 1})
			if d, err = utility.Reconcile(tx, w.p, "kaspi", today, theirs); len(d.Missing) != 1 || len(d.Extra) != 1 || len(d.Double) != 1 || len(d.Other) != 1 {
				t.Errorf("differs: %+v", d)
			}
			return err
		})
		from := utility.Payer{Name: "Sauda", BIN: "251040000121", IBAN: "KZ86125KZT5004100100", BIC: "HSBKKZKX"}
		if err := utility.Order(&order, from, w.p, r, s.Now()); err != nil {
			t.Fatal(err)
		}
		painShape(t, order.Bytes())
		for range 2 {
			s.As(clerk).Moment(t, func(tx *db.Tx) error { _, err := utility.Settled(tx, w.p, "kaspi", today); return err })
		}
		s.Look(t, func(tx *db.Tx) error {
			left, err := ledger.Balance(tx, ledger.UtilityTill(string(w.p.ID), "kaspi"), "KZT")
			if left != 1_00 {
				t.Errorf("the bank still owes %d", left)
			}
			return err
		})
	})
}

// painShape holds a payment order to the order of elements that the schema of pain.001.001.09 has.
func painShape(t *testing.T, body []byte) {
	t.Helper()
	want := strings.Fields(`Document CstmrCdtTrfInitn GrpHdr MsgId CreDtTm NbOfTxs CtrlSum InitgPty Nm PmtInf PmtInfId PmtMtd NbOfTxs CtrlSum
		ReqdExctnDt Dt Dbtr Nm Id OrgId Othr Id DbtrAcct Id IBAN DbtrAgt FinInstnId BICFI ChrgBr CdtTrfTxInf PmtId EndToEndId Amt InstdAmt
		CdtrAgt FinInstnId BICFI Cdtr Nm Id OrgId Othr Id CdtrAcct Id IBAN Purp Prtry RmtInf Ustrd`)
	var got []string
	d := xml.NewDecoder(bytes.NewReader(body))
	for {
		token, err := d.Token()
		if err != nil {
			break
		}
		if e, ok := token.(xml.StartElement); ok {
			got = append(got, e.Name.Local)
			if e.Name.Space != "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09" {
				t.Errorf("%s is of %q", e.Name.Local, e.Name.Space)
			}
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the elements are\n%v, want\n%v", got, want)
	}
	for _, must := range []string{`<InstdAmt Ccy="KZT">175.50</InstdAmt>`, "<CtrlSum>175.50</CtrlSum>", "<NbOfTxs>1</NbOfTxs>", "<Prtry>851</Prtry>"} {
		if !strings.Contains(string(body), must) {
			t.Errorf("no %s in\n%s", must, body)
		}
	}
}

func TestFiles(t *testing.T) {
	accounts, err := utility.ReadAccounts(strings.NewReader("\ufeffNumber;Holder;Address;People;Area\n 10 01 ;Ә. Б.;Абай 1;3;45,5\n1002;;;;\n"))
	if err != nil || len(accounts) != 2 || accounts[0].Number != "1001" || accounts[0].Area != 45_500_000 || accounts[0].People != 3 {
		t.Errorf("%+v, %v", accounts, err)
	}
	bills, err := utility.ReadBills(centre(), strings.NewReader("number,power,waste,other\n1001,100.5,0,7\n"))
	if err != nil || len(bills) != 1 || len(bills[0].Lines) != 1 || bills[0].Lines[0].Sum != 100_50 {
		t.Errorf("%+v, %v", bills, err)
	}
	for name, file := range map[string]string{
		"empty": "", "no number": "holder\nx\n", "people": "number,people\n1,x\n", "area": "number,area\n1,-5\n", "a formula": "number\n=1+1\n",
		"a quote": "number\n\"1\n", "more cells": "number\n1,2,3\n", "many people": "number,people\n1,5000\n",
	} {
		if _, err := utility.ReadAccounts(strings.NewReader(file)); !errors.Is(err, utility.ErrFile) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestHistory bills, pays and reads at random, and holds what is owed against a sum that is kept beside it.
func TestHistory(t *testing.T) {
	each(t, func(t *testing.T, s *dbtest.Store) {
		w := open(t, s, "100", "101", "102")
		run := 0
		months := []span.Day{november, span.MustDay("2026-10-01"), span.MustDay("2026-09-01")}
		owed := map[string]int64{}
		rapid.Check(t, func(r *rapid.T) {
			run++
			number := rapid.SampledFrom([]string{"100", "101", "102"}).Draw(r, "account")
			switch rapid.IntRange(0, 3).Draw(r, "what") {
			case 0:
				if len(months) > 0 {
					w.issue(t, months[0], 2)
					months = months[1:]
					for n := range w.accounts {
						owed[n] += costs
					}
				}
			default:
				sum := rapid.Int64Range(1, 500_000).Draw(r, "sum")
				times := rapid.IntRange(1, 3).Draw(r, "times")
				for range times {
					s.Moment(t, func(tx *db.Tx) error {
						_, _, err := utility.Pay(tx, w.p, utility.Payment{Channel: "kaspi", Txn: fmt.Sprint(run), Account: w.accounts[number].ID, Sum: sum})
						return err
					})
				}
				owed[number] -= sum
			}
			d := w.due(t, number)
			if d.Owed != owed[number] || linesOf(d) != max(0, d.Owed) {
				r.Fatalf("%s owes %d in %+v, want %d", number, d.Owed, d.Lines, owed[number])
			}
		})
	})
}
