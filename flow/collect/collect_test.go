package collect_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/choice"
	"sauda/core/identity"
	"sauda/core/ledger"
	"sauda/core/payment"
	"sauda/core/payment/card"
	"sauda/core/seller"
	"sauda/core/utility"
	"sauda/core/utility/billersim"
	"sauda/flow/checkout"
	"sauda/flow/collect"
	"sauda/flow/flowtest"
	"sauda/gear/db"
	"sauda/gear/saga"
	"sauda/gear/seal"
	"sauda/gear/session"
)

var (
	clerk = db.Who{Kind: db.KindStaff, ID: "usr_clerk", Seller: string(seller.Own), Scopes: []string{"utility.*", "catalog.*"}}
	other = db.Who{Kind: db.KindStaff, ID: "usr_other", Seller: "sel_other", Scopes: []string{"*"}}
)

// town is a world with two providers elsewhere, one of each dialect.
type town struct {
	*flowtest.World
	sims map[string]*billersim.Provider
	of   map[string]utility.Provider
	keys seal.Keys
	n    int
}

var dialects = []string{"kaspi", "osmp"}

func each(t *testing.T, test func(t *testing.T, w *town)) {
	flowtest.EachWith(t, []db.Schema{utility.Schema, identity.Schema, session.Schema}, func(t *testing.T, w *flowtest.World) {
		test(t, found(t, w))
	})
}

func found(t *testing.T, w *flowtest.World) *town {
	t.Helper()
	c := &town{World: w, sims: map[string]*billersim.Provider{}, of: map[string]utility.Provider{}}
	var err error
	if c.keys, err = seal.Parse(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))); err != nil {
		t.Fatal(err)
	}
	for _, dialect := range dialects {
		sim, err := billersim.New(billersim.Config{Dialect: dialect, User: "sauda", Password: "p", Least: 100, Now: w.Clock.Now}, map[string]billersim.Account{
			"8700": {Holder: "Ә***", Owed: 5000_00}, "8701": {Owed: 900_00},
		})
		if err != nil {
			t.Fatal(err)
		}
		c.sims[dialect+".test"] = sim
		w.As(clerk).Moment(t, func(tx *db.Tx) error {
			remote, err := utility.Remote{Dialect: dialect, URL: "http://" + dialect + ".test/pay", User: "sauda"}.Seal(c.keys, dialect, "p")
			if err != nil {
				return err
			}
			p, err := utility.Register(tx, utility.Provider{
				Seller: seller.Own, Code: dialect, Kind: utility.KindTelecom, Name: text.Localized{"kk": "Байланыс", "en": "Telecom"}, Currency: money.KZT, DueDay: 25,
				SumMax: 100_000_00, Remote: &remote,
			})
			if err != nil {
				return err
			}
			offers, err := catalog.Offers(tx, []catalog.VariantID{w.Kettle})
			if err == nil {
				c.of[dialect], err = utility.Sell(tx, p, offers[w.Kettle].Category)
			}
			return err
		})
	}
	return c
}

// RoundTrip carries what is asked to the simulated providers.
func (w *town) RoundTrip(r *http.Request) (*http.Response, error) {
	sim, there := w.sims[r.URL.Host]
	if !there {
		return nil, errors.New("no such host")
	}
	return card.InProcess(sim).RoundTrip(r)
}

func (w *town) sim(dialect string) *billersim.Provider { return w.sims[dialect+".test"] }

// collector is who collects in one life of the program.
func (w *town) collector(life *flowtest.Life) *collect.Collector {
	return w.collectorWith(life, func(till collect.Till) collect.Till { return till })
}

// collectorWith is one whose till is watched.
func (w *town) collectorWith(life *flowtest.Life, watch func(collect.Till) collect.Till) *collect.Collector {
	desk := checkout.New(life.Teller, w.Cards)
	desk.Keys, desk.Ways = w.keys, choice.WaysOf(utility.Way{})
	return collect.New(life.Teller, collect.Options{Store: w.Store.Store, Keys: w.keys, HTTP: w, Till: watch(func(ctx context.Context, who db.Who, d collect.Due) (string, error) {
		a, err := desk.Order(ctx, who, checkout.Purchase{Cart: d.Cart, Method: payment.Card, Card: payment.CardID(d.Card), Total: d.Total})
		if a.Order == "" && err == nil && a.Outcome == saga.Waiting {
			err = collect.ErrConfirm
		}
		return string(a.Order), err
	})})
}

// account is one about which its provider has spoken.
func (w *town) account(t *testing.T, dialect, number string, owed int64) (a utility.Account) {
	t.Helper()
	w.Moment(t, func(tx *db.Tx) (err error) {
		a, err = utility.Keep(tx, w.of[dialect], number, utility.Told{Sum: owed})
		return err
	})
	return a
}

// paid is a payment of an order that was paid just now.
func (w *town) paid(t *testing.T, dialect, number string, sum int64) (p utility.Payment) {
	t.Helper()
	a := w.account(t, dialect, number, sum)
	w.n++
	order := fmt.Sprint("ord_", w.n)
	w.Moment(t, func(tx *db.Tx) error {
		d, err := utility.Choose(tx, w.of[dialect], a, map[string]int64{utility.ToldSum: sum})
		if err == nil {
			err = utility.Place(tx, d.ID, order, "lin_1")
		}
		if err == nil {
			p, err = utility.Settle(tx, d.ID)
		}
		return err
	})
	if p.Told != utility.StateWaiting {
		t.Fatalf("the payment is %s", p.Told)
	}
	return p
}

func (w *town) now(t *testing.T, id utility.PaymentID) (p utility.Payment) {
	t.Helper()
	w.Look(t, func(tx *db.Tx) (err error) {
		p, err = utility.PaymentOf(tx, id)
		return err
	})
	return p
}

// took counts what a provider took under the number of a payment.
func (w *town) took(dialect string, p utility.Payment) (n int, sum int64) {
	for _, t := range w.sim(dialect).Register() {
		if t.Txn == p.TxnElsewhere() {
			n, sum = n+1, sum+t.Sum
		}
	}
	return n, sum
}

// TestTell tells providers of both dialects of payments while everything goes wrong that can: each is taken once or not at all, and
// the books say so.
func TestTell(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		life := w.Alive()
		c := w.collector(life)
		for _, dialect := range dialects {
			for _, try := range []struct {
				name   string
				number string
				faults []billersim.Kind
				want   utility.State
				why    string
			}{
				{name: "taken", number: "8700", want: utility.StateTold},
				{name: "taken before, as it says", number: "8700", faults: []billersim.Kind{billersim.Again}, want: utility.StateTold},
				{name: "down, then there", number: "8700", faults: []billersim.Kind{billersim.Down, billersim.Down, billersim.Overload}, want: utility.StateTold},
				{name: "busy, pending, then there", number: "8700", faults: []billersim.Kind{billersim.Busy, billersim.Pending}, want: utility.StateTold},
				{name: "answers lost after the act", number: "8700", faults: []billersim.Kind{billersim.Lose, billersim.Garbage, billersim.Stray}, want: utility.StateTold},
				{name: "another sum", number: "8701", faults: []billersim.Kind{billersim.Lie}, want: utility.StateTold},
				{name: "refused", number: "8700", faults: []billersim.Kind{billersim.Refuse}, want: utility.StateRefused, why: "other"},
				{name: "unknown there", number: "5555", want: utility.StateRefused, why: "not_found"},
			} {
				pay := w.paid(t, dialect, try.number, 300_00)
				w.sim(dialect).Next(try.faults...)
				for range 2 { // Told twice, it is told once.
					w.Moment(t, func(tx *db.Tx) error { return c.Tell(tx, pay.ID) })
				}
				life.Settle(t)
				if len(try.faults) > 0 && try.faults[0] == billersim.Down {
					if now := w.now(t, pay.ID); now.Told != utility.StateWaiting {
						t.Errorf("%s: %s while the provider is down", try.name, now.Told)
					}
				}
				life.Rest(t, w.World)
				now, taken := w.now(t, pay.ID), 0
				if n, sum := w.took(dialect, pay); sum != 300_00*int64(n) {
					t.Errorf("%s: took %d", try.name, sum)
				} else {
					taken = n
				}
				odd := int64(0)
				if try.name == "another sum" {
					odd = 301_00
				}
				if now.Told != try.want || now.ToldWhy != try.why || now.ToldSum != odd || (taken == 1) != (try.want == utility.StateTold) {
					t.Errorf("%s %s: %s %q, %d; taken %d times", dialect, try.name, now.Told, now.ToldWhy, now.ToldSum, taken)
				}
			}
			w.Stands(t, map[ledger.Account]int64{
				ledger.UtilityTill(string(w.of[dialect].ID), utility.Here): 6 * 300_00, ledger.UtilityRemote(string(w.of[dialect].ID)): -6 * 300_00,
			})
			w.reconciled(t, dialect)
		}
		w.Sound(t)
	})
}

// reconciled compares the register of the day with that of the provider, as it is and with what can be wrong in it.
func (w *town) reconciled(t *testing.T, dialect string) {
	t.Helper()
	w.As(clerk).Moment(t, func(tx *db.Tx) error {
		if err := utility.CloseDay(tx, w.Day()); err != nil {
			return err
		}
		all, err := utility.Registers(tx, w.of[dialect].ID)
		if err != nil || len(all) == 0 {
			return errors.Join(err, errors.New("no registers"))
		}
		sum, theirs := int64(0), map[string][]utility.Entry{}
		for _, r := range all {
			sum += r.Sum
			ours, err := utility.Entries(tx, r)
			if err != nil {
				return err
			}
			for _, taken := range w.sim(dialect).Register() {
				for _, o := range ours {
					if o.Txn == taken.Txn {
						theirs[r.Day.String()] = append(theirs[r.Day.String()], utility.Entry{Txn: taken.Txn, Account: taken.Account, Sum: taken.Sum})
					}
				}
			}
			d, err := utility.Reconcile(tx, w.of[dialect], r.Channel, r.Day, theirs[r.Day.String()])
			if err != nil || !d.Same() {
				t.Errorf("%s: %+v, %v", dialect, d, err)
			}
		}
		if sum != 6*300_00 {
			t.Errorf("the registers of %s have %d", dialect, sum)
		}
		odd, err := utility.Odd(tx, w.of[dialect].ID)
		if len(odd) != 1 || odd[0].ToldSum != 301_00 {
			t.Errorf("taken with another sum: %+v", odd)
		}
		return err
	})
}

// TestKilled ends the process at every point of the story, with answers that get lost: whoever comes next ends it, and the provider
// takes the money once.
func TestKilled(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		for n := 1; ; n++ {
			pay := w.paid(t, "osmp", "8700", 100_00)
			life := w.Doomed(n, func(string) {})
			c := w.collector(life)
			w.sim("osmp").Next(billersim.Lose)
			life.Do(func() {
				_, _, _ = saga.Tell(t.Context(), life.Teller, db.System, saga.Name{Story: "bill", Key: string(pay.ID)}, collect.Telling{Payment: pay.ID})
			})
			_ = c
			next := w.Alive()
			w.collector(next)
			w.Moment(t, func(tx *db.Tx) error { return w.collector(w.Alive()).Tell(tx, pay.ID) })
			next.Rest(t, w.World)
			if taken, _ := w.took("osmp", pay); taken != 1 || w.now(t, pay.ID).Told != utility.StateTold {
				t.Errorf("killed at %q: taken %d times, %s", life.Died(), taken, w.now(t, pay.ID).Told)
			}
			if life.Died() == "" {
				break
			}
		}
		w.Sound(t)
	})
}

// TestDown has a provider be away for a day: what a person waits for is told to him, his number is kept and asked again, nothing is
// lost, and people can decide about what nobody answers.
func TestDown(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		life := w.Alive()
		c := w.collector(life)
		aigul := db.Who{Kind: db.KindBuyer, ID: "usr_aigul", Party: "pty_aigul"}
		w.sim("kaspi").Away(true)
		if _, err := c.Look(t.Context(), w.of["kaspi"], "8700"); !errors.Is(err, utility.ErrDown) {
			t.Errorf("while it is away: %v", err)
		}
		w.As(aigul).Moment(t, func(tx *db.Tx) error {
			_, err := utility.AskLater(tx, w.of["kaspi"], "87 00")
			return err
		})
		if err := w.As(db.Who{Kind: db.KindGuest}).Try(func(tx *db.Tx) error {
			_, err := utility.AskLater(tx, w.of["kaspi"], "8700")
			return err
		}); !errors.Is(err, utility.ErrBuyer) {
			t.Errorf("a guest keeps a number: %v", err)
		}
		first, second := w.paid(t, "kaspi", "8701", 50_00), w.paid(t, "kaspi", "8701", 60_00)
		w.Moment(t, func(tx *db.Tx) error { return errors.Join(c.Tell(tx, first.ID), c.Tell(tx, second.ID)) })
		for range 4 { // A day.
			life.Rest(t, w.World)
			if err := c.AskAgain(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if asked := w.sim("kaspi").Asked(first.TxnElsewhere()); asked == 0 || w.now(t, first.ID).Told != utility.StateWaiting {
			t.Errorf("asked %d times, %s", asked, w.now(t, first.ID).Told)
		}
		for who, want := range map[string]error{"other": utility.ErrProvider, "buyer": utility.ErrProvider, "clerk": nil} {
			actor := map[string]db.Who{"other": other, "buyer": aigul, "clerk": clerk}[who]
			if err := w.As(actor).Try(func(tx *db.Tx) error { return utility.Decide(tx, second.ID, false, "") }); !errors.Is(err, want) {
				t.Errorf("decided by %s: %v", who, err)
			}
		}
		w.sim("kaspi").Away(false)
		w.Clock.Advance(25 * hour)
		if err := c.AskAgain(t.Context()); err != nil {
			t.Fatal(err)
		}
		life.Rest(t, w.World)
		if n, _ := w.took("kaspi", second); n != 0 || w.now(t, second.ID).Told != utility.StateRefused || w.now(t, first.ID).Told != utility.StateTold {
			t.Errorf("taken %d times; %s and %s", n, w.now(t, second.ID).Told, w.now(t, first.ID).Told)
		}
		w.As(aigul).Look(t, func(tx *db.Tx) error {
			a, err := utility.Find(tx, w.of["kaspi"].ID, "8700")
			if err != nil {
				return err
			}
			_, err = utility.MyAccount(tx, a.ID)
			due, _ := utility.Asks(tx, 10)
			if a.Told.Sum != 5000_00 || a.Told.Silent || len(due) != 0 {
				t.Errorf("after it came back: %+v, asked on: %v", a.Told, due)
			}
			return err
		})
		if _, err := c.Look(t.Context(), w.of["kaspi"], "404"); !errors.Is(err, utility.ErrAccount) {
			t.Errorf("a number that it does not know: %v", err)
		}
		w.Sound(t)
	})
}
