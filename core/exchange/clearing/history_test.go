package clearing_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/exchange/clearing"
	"sauda/core/ledger"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// history is two weeks of an exchange and of its model.
type history struct {
	*exchange
	m      *model
	r      *rand.Rand
	day    span.Day
	lastID uint64
	seen   map[string]int // seen counts what has happened, so that a history in which too little does is not believed.
}

var people = []string{"acc_a", "acc_b", "acc_c", "acc_d", "acc_e", "acc_f"}

// TestHistories runs random weeks of trades, shortages, busts, actions of issuers, forwards and defaults against the
// model, and after every step compares all that everybody has and holds the house to its rules.
func TestHistories(t *testing.T) {
	for engine, fresh := range map[string]func(testing.TB, []db.Schema) *dbtest.Store{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(engine, func(t *testing.T) {
			seen := make(map[string]int)
			for seed := range uint64(8) {
				t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
					h := &history{exchange: &exchange{Store: fresh(t, schemas), t: t}, m: newModel(), r: rand.New(rand.NewPCG(seed, 5)), day: monday, seen: seen}
					h.open()
					for n := range 10 {
						h.live(n)
						h.day = workday(h.day)
					}
				})
			}
			for _, what := range []string{"register", "bust ok", "bust clearing.short", "bust clearing.busted", "bust clearing.too_late", "settled",
				"failed", "part", "penalty", "dividend", "split", "default ok", "mark ok", "called", "fund", "withdraw ok", "withdraw clearing.short"} {
				if seen[what] == 0 {
					t.Errorf("in all weeks there was no %s: %v", what, seen)
				}
			}
		})
	}
}

// do does a thing to the store, which must answer as the model did, and compares.
func (h *history) do(what string, want *fault.Fault, verb func(tx *db.Tx) error) {
	h.t.Helper()
	err := h.Try(verb)
	if got := fault.Of(err); got != want {
		h.t.Fatalf("%s on %s: %v, the model says %v", what, h.day, err, want)
	}
	name := " ok"
	if want != nil {
		name = " " + want.Code
	}
	h.seen[what+name]++
	h.seen[what]++
	h.compare(what)
}

func (h *history) compare(what string) {
	h.t.Helper()
	h.Look(h.t, func(tx *db.Tx) error {
		trial, err := ledger.Trial(tx)
		if err != nil {
			return err
		}
		left := make(map[string]int64)
		for name, n := range h.m.has {
			if n != 0 {
				left[name] = n
			}
		}
		for _, s := range trial {
			name := fmt.Sprint(s.Account, " ", s.Asset)
			if -s.Balance() != left[name] {
				h.t.Fatalf("after %s on %s: %s is %d, the model says %d", what, h.day, name, -s.Balance(), left[name])
			}
			delete(left, name)
		}
		if len(left) > 0 {
			h.t.Fatalf("after %s on %s: the model has %v", what, h.day, left)
		}
		broken, err := clearing.Reconcile(tx)
		if len(broken) > 0 {
			h.t.Fatalf("after %s on %s: %+v", what, h.day, broken)
		}
		return err
	})
}

func (h *history) fill(place ledger.Account, asset string, n int64) {
	h.bring(place, asset, n)
	h.m.pass("exchange-house/vault", string(place), asset, n)
}

// open brings in what everybody begins with: too little for all that they will trade.
func (h *history) open() {
	for i, p := range people {
		h.fill(ledger.Exchange(p), "KZT", 5_000)
		h.fill(ledger.Exchange(p), "KZ:KSPI", 20+h.r.Int64N(30))
		h.fill(ledger.Exchange(p), "KZ:HSBK", 20+h.r.Int64N(30))
		n := 10 + h.r.Int64N(20)
		h.must(lodge(fmt.Sprint("r", i), p, n, "2027-05-01"))
		h.m.pass("exchange-house/vault", "exchange/"+p, "WHEAT3", n)
	}
	h.fill(ledger.Exchange("acc_i"), "KZT", 1_000_000)
	h.fill(ledger.ExchangeHouse("capital"), "KZT", 9_000)
	for _, m := range []string{"mbr_1", "mbr_2", "mbr_3"} {
		h.fill(ledger.ExchangeFund(m), "KZT", 30_000+h.r.Int64N(999))
	}
	h.compare("open")
}

// live is one day.
func (h *history) live(n int) {
	for range 14 {
		switch h.r.IntN(8) {
		case 0:
			h.bustOne()
		case 1:
			h.withdraw()
		case 2:
			h.settleSome(false)
		default:
			h.trade()
		}
	}
	price, margin := 90+h.r.Int64N(30), 5+h.r.Int64N(10)
	h.do("mark", h.m.mark(h.day, price, margin), func(tx *db.Tx) error {
		m, err := clearing.Mark(tx, h.day, []clearing.Fixing{{Instrument: "ins_wheat_f", Price: price, Unit: 1, Margin: margin}})
		for _, c := range m.Calls {
			h.seen["called"] += int(c.Advanced)
		}
		return err
	})
	h.settleSome(true)
	h.settleSome(true)
	switch n {
	case 3, 6:
		h.dividend()
	case 5:
		h.split()
	case 8:
		h.fall()
	}
	h.bustOne()
}

// trade registers some trades, and some of yesterday again.
func (h *history) trade() {
	var trades []clearing.Trade
	for range 1 + h.r.IntN(3) {
		h.lastID++
		pair := h.r.Perm(len(people))
		q := 1 + h.r.Int64N(15)
		t := sale(h.lastID, people[pair[0]], people[pair[1]], q, q*(80+h.r.Int64N(60))+h.r.Int64N(q))
		t.Day, t.SettleDay = h.day, workdays(h.day, 2*h.r.IntN(2))
		t.BuyFee, t.SellFee = h.r.Int64N(30), h.r.Int64N(30)
		switch h.r.IntN(5) {
		case 0:
			t.Asset, t.Instrument = "KZ:HSBK", "ins_hsbk"
		case 1:
			t.Asset, t.Instrument, t.Forward = "WHEAT3", "ins_wheat_f", true
			t.SettleDay = workdays(h.day, 1+h.r.IntN(4))
		}
		trades = append(trades, t)
	}
	for _, t := range trades {
		h.m.register(t)
	}
	if h.lastID > 4 {
		trades = append(trades, h.m.trades[1+h.r.Uint64N(h.lastID)].Trade)
	}
	h.do("register", nil, func(tx *db.Tx) error { return clearing.Register(tx, trades) })
}

func (h *history) bustOne() {
	if h.lastID == 0 {
		return
	}
	id := 1 + h.r.Uint64N(h.lastID)
	if h.r.IntN(2) == 0 {
		id = h.lastID - min(h.lastID-1, h.r.Uint64N(8))
	}
	want := h.m.bust(id)
	h.do("bust", want, bust(id))
	if want == nil {
		h.do("bust", h.m.bust(id), bust(id))
	}
}

func (h *history) withdraw() {
	p := people[h.r.IntN(len(people))]
	asset := []string{"KZT", "KZ:KSPI"}[h.r.IntN(2)]
	n := 1 + h.r.Int64N(25)
	if asset == "KZT" {
		n *= 300
	}
	free := h.m.has["exchange/"+p+" "+asset]
	for _, d := range h.m.owes(span.MustDay("9999-01-01")) {
		if d.payer == "exchange/"+p && d.currency == asset {
			free -= d.amount
		}
	}
	var want *fault.Fault
	if free < n {
		want = clearing.ErrShort
	} else {
		h.m.pass("exchange/"+p, "exchange-house/vault", asset, n)
	}
	h.moved++
	out := clearing.Movement{Ref: fmt.Sprint("out", h.moved), Place: ledger.Exchange(p), Asset: asset, Amount: n}
	h.do("withdraw", want, func(tx *db.Tx) error { return clearing.Withdraw(tx, out) })
	if want == nil {
		h.do("withdraw again", nil, func(tx *db.Tx) error { return clearing.Withdraw(tx, out) })
	}
}

// settleSome runs a settlement: of the evening, or one before it.
func (h *history) settleSome(last bool) {
	r := run(h.day)
	r.Last = last
	var s clearing.Settlement
	h.must(func(tx *db.Tx) (err error) {
		s, err = clearing.Settle(tx, r)
		return err
	})
	h.seen["settled"] += len(s.Parts)
	h.seen["failed"] += len(s.Failures)
	for _, p := range s.Parts {
		if !p.Whole {
			h.seen["part"]++
		}
	}
	for _, f := range s.Failures {
		h.seen["penalty"] += int(f.Penalty)
	}
	check := h.m.settle
	if !last {
		check = h.m.settleEarly
	}
	if wrong := check(h.day, s); wrong != "" {
		h.t.Fatalf("settled on %s: %s", h.day, wrong)
	}
	h.compare("settle")
}

func (h *history) dividend() {
	ref := fmt.Sprint("div ", h.day)
	amount := 10 + h.r.Int64N(90)
	h.m.dividend(ref, "KZ:KSPI", amount, 7, h.day)
	a := clearing.Action{Ref: ref, Kind: clearing.Dividend, Asset: "KZ:KSPI", Currency: "KZT", Amount: amount, Per: 7, Payer: "acc_i", Day: h.day}
	h.must(func(tx *db.Tx) error { return clearing.Record(tx, a) })
	for range 2 {
		h.do("dividend", nil, func(tx *db.Tx) error { return clearing.Pay(tx, ref) })
	}
}

func (h *history) split() {
	d := clearing.Division{Ref: "spl", Asset: "KZ:HSBK", New: 3, Old: 4, Currency: "KZT", Price: 131, Payer: "acc_i", Day: h.day}
	h.m.split("spl", d.Asset, d.New, d.Old, d.Price, h.day)
	for range 2 {
		h.do("split", nil, func(tx *db.Tx) error { return clearing.Split(tx, d) })
	}
}

func (h *history) fall() {
	prices := map[string]int64{"KZ:KSPI": 125, "KZ:HSBK": 155, "WHEAT3": 100}
	d := clearing.Insolvency{Ref: "dft", Member: "mbr_3", Accounts: []string{"acc_f"}, Day: h.day, Prices: make(map[string]clearing.Price)}
	for instrument, asset := range map[string]string{"ins_kspi": "KZ:KSPI", "ins_hsbk": "KZ:HSBK", "ins_wheat_f": "WHEAT3"} {
		d.Prices[instrument] = clearing.Price{Price: prices[asset], Unit: 1}
	}
	h.do("default", h.m.fall("acc_f", "mbr_3", prices, h.day), func(tx *db.Tx) error {
		paid, err := clearing.Default(tx, d)
		for _, w := range paid {
			h.seen["fund"] += int(w.Fund)
		}
		return err
	})
}
