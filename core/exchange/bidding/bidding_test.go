package bidding_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/bidding"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
	"sauda/gear/seal"
)

var (
	schemas = []db.Schema{bus.Schema, exchange.Schema, bidding.Schema}
	keys    = key("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	begins  = time.Date(2026, 11, 30, 6, 0, 0, 0, time.UTC)
)

func key(text string) seal.Keys {
	k, err := seal.Parse(text)
	if err != nil {
		panic(err)
	}
	return k
}

func account(code string) exchange.Account {
	return exchange.Account{Code: code, Kind: exchange.Own, Party: "pty_" + code, State: exchange.StateActive}
}

var holder = account("A00000001")

// house is a store whose clock is moved by hand.
type house struct{ *dbtest.Store }

func each(t *testing.T, test func(t *testing.T, h house)) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		s.Clock.Set(begins.Add(-time.Hour))
		test(t, house{s})
	})
}

// petrol is a notice in words that begins in an hour and lasts one.
func petrol(kind bidding.Kind) bidding.Notice {
	n := bidding.Notice{
		Kind: kind, Title: text.Localized{"kk": "АИ-92 бензині"}, Currency: money.KZT, Measure: measure.Tonne, Opens: begins, Ends: begins.Add(time.Hour),
		Items: []bidding.Item{{Quantity: 60}}, Basis: "FCA", Place: "Павлодар",
	}
	switch kind {
	case bidding.Tender, bidding.TenderTwo:
		n.Items[0].Ceiling = 1000
		n.Terms = bidding.Terms{Window: 600_000_000, Extends: 600_000_000, AgainstSelf: true}
		n.Unseals = begins.Add(30 * time.Minute)
	case bidding.Dutch:
		n.Terms = bidding.Terms{Start: 1000, Reserve: 400, Step: 10, Every: 60_000_000}
	case bidding.Placement:
		n.Terms = bidding.Terms{Start: 100, MarketShare: 7 * money.One / 10}
	default:
		n.Terms = bidding.Terms{Start: 100, Reserve: 300, Step: 5, Window: 300_000_000, Extends: 300_000_000}
	}
	if kind.Sealed() && kind != bidding.TenderTwo {
		n.Terms.Window, n.Terms.Extends = 0, 0
	}
	return n
}

func (h house) announce(t *testing.T, n bidding.Notice) bidding.Notice {
	t.Helper()
	h.Moment(t, func(tx *db.Tx) (err error) {
		n, err = bidding.Announce(tx, holder, n)
		return err
	})
	return n
}

func (h house) enter(id bidding.NoticeID, code string, b bidding.Bid) error {
	return h.Try(func(tx *db.Tx) error {
		_, err := bidding.Enter(tx, keys, id, account(code), b)
		return err
	})
}

func (h house) turn(t *testing.T, id bidding.NoticeID) (n bidding.Notice) {
	t.Helper()
	h.Moment(t, func(tx *db.Tx) (err error) {
		n, err = bidding.Turn(tx, keys, id)
		return err
	})
	return n
}

func (h house) look(t *testing.T, id bidding.NoticeID, code string) (s bidding.Seen) {
	t.Helper()
	h.Look(t, func(tx *db.Tx) (err error) {
		s, err = bidding.Look(tx, keys, id, code)
		return err
	})
	return s
}

func at(price int64) bidding.Bid { return bidding.Bid{Prices: []int64{price}} }

// twin is a machine of the auctions, told beside the store.
type twin struct {
	bid    func(who auction.Party, b bidding.Bid, at int64) error
	finish func(at int64) ([]auction.Trade, error)
	ends   func() int64
}

// twinOf makes the twin of a notice by hand, with the numbers of petrol.
func twinOf(t *testing.T, n bidding.Notice) twin {
	t.Helper()
	end := begins.Add(time.Hour).UnixMicro()
	lot := auction.Lot{
		Seller: auction.Party(holder.Code), Quantity: 60, Start: n.Terms.Start, Reserve: n.Terms.Reserve, Step: max(1, n.Terms.Step),
		Begins: begins.UnixMicro(), Ends: end, Window: n.Terms.Window, Extends: n.Terms.Extends,
	}
	fixed := func() int64 { return end }
	switch n.Kind {
	case bidding.English:
		e, err := auction.NewEnglish(lot)
		if err != nil {
			t.Fatal(err)
		}
		return twin{func(who auction.Party, b bidding.Bid, at int64) error {
			return e.Bid(auction.Bid{Bidder: who, Price: b.Prices[0], At: at})
		}, e.Finish, e.Ends}
	case bidding.Dutch:
		d, err := auction.NewDutch(lot, n.Terms.Every)
		if err != nil {
			t.Fatal(err)
		}
		return twin{func(who auction.Party, b bidding.Bid, at int64) error {
			_, err := d.Accept(who, b.Quantity, at)
			if err == nil && d.Left() == 0 {
				end = at + 1
			}
			return err
		}, d.Finish, fixed}
	case bidding.SealedFirst, bidding.SealedSecond:
		var bids []auction.Bid
		pays := auction.FirstPrice
		if n.Kind == bidding.SealedSecond {
			pays = auction.SecondPrice
		}
		return twin{func(who auction.Party, b bidding.Bid, at int64) error {
			switch {
			case at < lot.Begins:
				return auction.ErrNotBegun
			case at >= end:
				return auction.ErrOver
			case b.Prices[0] < lot.Start:
				return auction.ErrLow
			}
			more := append(append([]auction.Bid{}, bids...), auction.Bid{Bidder: who, Price: b.Prices[0], At: at})
			_, err := auction.Sealed(lot, more, pays)
			if err == nil {
				bids = more
			}
			return err
		}, func(int64) ([]auction.Trade, error) { return auction.Sealed(lot, bids, pays) }, fixed}
	case bidding.Placement:
		p := auction.Placement{Issuer: lot.Seller, Quantity: 60, Floor: auction.Ref(n.Terms.Start), MarketShare: n.Terms.MarketShare}
		var orders []auction.Order
		count := map[auction.Party]int{}
		return twin{func(who auction.Party, b bidding.Bid, at int64) error {
			switch {
			case at < lot.Begins:
				return auction.ErrNotBegun
			case at >= end:
				return auction.ErrOver
			case b.Quantity > 60:
				return auction.ErrBid
			case count[who] == 10:
				return bidding.ErrFull
			case !b.Market && b.Prices[0] < n.Terms.Start:
				return auction.ErrLow
			}
			o := auction.Order{ID: uint64(len(orders) + 1), Party: who, Side: auction.Buy, Market: b.Market, Quantity: b.Quantity}
			if !b.Market {
				o.Limit = b.Prices[0]
			}
			count[who]++
			orders = append(orders, o)
			return nil
		}, func(int64) ([]auction.Trade, error) { r, err := auction.Place(orders, p); return r.Trades, err }, fixed}
	}
	terms := auction.Terms{
		Buyer: lot.Seller, Items: []auction.Item{{Quantity: 60, Ceiling: 1000}}, AgainstSelf: true, TwoStages: n.Kind == bidding.TenderTwo,
		Opens: lot.Begins, Unseals: n.Unseals.UnixMicro(), Ends: end, Window: n.Terms.Window, Extends: n.Terms.Extends,
	}
	if !terms.TwoStages {
		terms.Unseals = 0
	}
	x, err := auction.NewTender(terms)
	if err != nil {
		t.Fatal(err)
	}
	var first []auction.Party
	unseal := func(at int64) {
		if x.Sealed() && at >= terms.Unseals {
			if err := x.Unseal(terms.Unseals, first); err != nil {
				t.Fatal(err)
			}
		}
	}
	return twin{func(who auction.Party, b bidding.Bid, at int64) error {
		unseal(at)
		err := x.Bid(auction.Offer{Bidder: who, Prices: b.Prices, At: at})
		if err == nil {
			first = append(first, who)
		}
		return err
	}, func(at int64) ([]auction.Trade, error) { unseal(at); return x.Award(at) }, x.Ends}
}

// drawn gives a random bid of a kind.
func drawn(dice *rand.Rand, kind bidding.Kind) bidding.Bid {
	b := at(90 + dice.Int64N(80)*5)
	switch kind {
	case bidding.Dutch:
		b = bidding.Bid{Quantity: 1 + dice.Int64N(25)}
	case bidding.Placement:
		if b.Quantity = 1 + dice.Int64N(40); dice.IntN(4) == 0 {
			b.Prices, b.Market = nil, true
		}
	case bidding.English:
		b = at(90 + dice.Int64N(300))
	case bidding.Tender, bidding.TenderTwo:
		b = at(1010 - dice.Int64N(700))
	}
	return b
}

// TestBesideTheMachines: random bids of every kind get the answers that the machine of the auctions gives, the end lies
// where it says, and what is won is the same: at the end, told again, and by who looks.
func TestBesideTheMachines(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		for seed, kind := range bidding.Kinds {
			dice := rand.New(rand.NewPCG(uint64(seed), 11))
			h.Clock.Set(begins.Add(-time.Hour))
			n := h.announce(t, petrol(kind))
			x := twinOf(t, n)
			h.Clock.Set(begins.Add(-time.Minute))
			for range 40 {
				h.Clock.Advance(time.Duration(dice.Int64N(220_000_000)) * time.Microsecond)
				if dice.IntN(5) == 0 {
					h.turn(t, n.ID) // Whether the clock has looked meanwhile or not is the same.
				}
				who, b := fmt.Sprintf("A0000001%d", dice.IntN(6)), drawn(dice, kind)
				want, got := x.bid(auction.Party(who), b, h.Clock.Now().UnixMicro()), h.enter(n.ID, who, b)
				if (want == nil) != (got == nil) || want != nil && !errors.Is(got, rootOf(want)) {
					t.Fatalf("%s: %+v of %s at %s: %v, the machine says %v", kind, b, who, h.Clock.Now(), got, want)
				}
				if s := h.look(t, n.ID, ""); s.State.Live() && s.Ends.UnixMicro() != x.ends() {
					t.Fatalf("%s: the end is %d, the machine's %d", kind, s.Ends.UnixMicro(), x.ends())
				}
			}
			h.Clock.Set(time.UnixMicro(max(x.ends(), h.Clock.Now().UnixMicro())))
			trades, err := x.finish(x.ends())
			if err != nil {
				t.Fatal(err)
			}
			decided := h.turn(t, n.ID)
			again := h.turn(t, n.ID)
			if decided.State != again.State || !decided.Decided.Equal(again.Decided) {
				t.Errorf("%s: decided twice: %+v, %+v", kind, decided, again)
			}
			s := h.look(t, n.ID, holder.Code)
			var awards []auction.Trade
			for _, a := range s.Awards {
				awards = append(awards, auction.Trade{Buyer: auction.Party(a.Buyer), Seller: auction.Party(a.Seller), Item: a.Item, Price: a.Price, Quantity: a.Quantity})
			}
			for i := range trades {
				trades[i].BuyOrder, trades[i].SellOrder = 0, 0
			}
			if !reflect.DeepEqual(awards, trades) {
				t.Errorf("%s: awarded %+v, the machine gives %+v", kind, awards, trades)
			}
			if len(trades) == 0 {
				t.Errorf("%s: nobody has won: the bids are no test", kind)
			}
			if (decided.State == bidding.Decided) != (len(trades) > 0) {
				t.Errorf("%s: %d trades and %s", kind, len(trades), decided.State)
			}
		}
	})
}

// rootOf gives the fault that a refusal is one of.
func rootOf(err error) error {
	for _, known := range []error{
		auction.ErrLow, auction.ErrHigh, auction.ErrOwn, auction.ErrOver, auction.ErrNotBegun, auction.ErrBid, auction.ErrSealed, auction.ErrBarred, bidding.ErrFull,
	} {
		if errors.Is(err, known) {
			return known
		}
	}
	return err
}

// TestSealedInvisible: until they are opened, sealed bids are read by their bidder only: not by who announced, not by
// another, not in the store. Put under another number, they cannot be opened.
func TestSealedInvisible(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		for _, kind := range []bidding.Kind{bidding.SealedFirst, bidding.SealedSecond, bidding.TenderTwo, bidding.Placement} {
			h.Clock.Set(begins.Add(-time.Hour))
			n := h.announce(t, petrol(kind))
			h.Clock.Set(begins)
			b := at(777)
			if kind == bidding.Placement {
				b.Quantity = 10
			}
			if err := h.enter(n.ID, "A00000002", b); err != nil {
				t.Fatal(err)
			}
			for _, who := range []string{"", holder.Code, "A00000003"} {
				if s := h.look(t, n.ID, who); len(s.History) != 0 || s.Bidders != 0 || s.Entries != 0 || s.Best != 0 || len(s.Bests) != 0 {
					t.Errorf("%s: %q sees %+v", kind, who, s)
				}
			}
			if s := h.look(t, n.ID, "A00000002"); len(s.History) != 1 || s.History[0].Prices[0] != 777 {
				t.Errorf("%s: the bidder sees %+v of his own", kind, s.History)
			}
			h.Look(t, func(tx *db.Tx) error {
				var body string
				err := tx.QueryRowContext(tx.Context(), "SELECT body FROM bidding_entry WHERE notice = $1", string(n.ID)).Scan(&body)
				if strings.Contains(body, "777") {
					t.Errorf("%s: the store says %s", kind, body)
				}
				list, e := bidding.List(tx, bidding.Filter{Kind: kind}, 10)
				if len(list) != 1 || list[0].Entries != 0 || list[0].Best != 0 {
					t.Errorf("%s: the list says %+v", kind, list)
				}
				return errors.Join(err, e)
			})
			h.Moment(t, func(tx *db.Tx) error {
				_, err := tx.ExecContext(tx.Context(), "UPDATE bidding_entry SET account = 'A00000003' WHERE notice = $1", string(n.ID))
				return err
			})
			if err := h.Try(func(tx *db.Tx) error { _, err := bidding.Look(tx, keys, n.ID, ""); return err }); !errors.Is(err, seal.ErrSealed) {
				t.Errorf("%s: a bid under another name is opened: %v", kind, err)
			}
		}
	})
}

// TestLastMicrosecond: a bid at the last microsecond is taken and moves the end, one at the end itself is late, and in
// whatever zone the end was said, it is the same moment.
func TestLastMicrosecond(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		for _, zone := range []*time.Location{time.UTC, span.Almaty, time.FixedZone("west", -9*3600)} {
			h.Clock.Set(begins.Add(-time.Hour))
			fixed, moved := petrol(bidding.SealedFirst), petrol(bidding.English)
			for _, n := range []*bidding.Notice{&fixed, &moved} {
				n.Opens, n.Ends = n.Opens.In(zone), n.Ends.In(zone)
				*n = h.announce(t, *n)
			}
			h.Clock.Set(begins.Add(-time.Microsecond))
			if err := h.enter(moved.ID, "A00000002", at(400)); !errors.Is(err, auction.ErrNotBegun) {
				t.Errorf("%s: before it begins: %v", zone, err)
			}
			end := begins.Add(time.Hour)
			h.Clock.Set(end.Add(-time.Microsecond))
			for _, n := range []bidding.Notice{fixed, moved} {
				if err := h.enter(n.ID, "A00000002", at(400)); err != nil {
					t.Errorf("%s: the last microsecond of %s: %v", zone, n.Kind, err)
				}
			}
			h.Clock.Set(end)
			if err := h.enter(fixed.ID, "A00000003", at(500)); !errors.Is(err, auction.ErrOver) {
				t.Errorf("%s: at the end: %v", zone, err)
			}
			if err := h.enter(moved.ID, "A00000003", at(500)); err != nil {
				t.Errorf("%s: the end was moved: %v", zone, err)
			}
			if s := h.look(t, moved.ID, ""); !s.Ends.Equal(end.Add(5*time.Minute)) || s.State != bidding.Open {
				t.Errorf("%s: the end is %s", zone, s.Ends)
			}
			if n := h.turn(t, fixed.ID); n.State != bidding.Decided {
				t.Errorf("%s: %s", zone, n.State)
			}
			if n := h.turn(t, moved.ID); n.State != bidding.Open {
				t.Errorf("%s: decided before its end", zone)
			}
		}
	})
}

// TestTwoAtOnce: a crowd that bids at once is put into an order without a gap, in which each bid betters the one before;
// and a crowd that decides at once decides once.
func TestTwoAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h house) {
		n := h.announce(t, petrol(bidding.English))
		h.Clock.Set(begins)
		var all sync.WaitGroup
		taken := make([]error, 12)
		for i := range taken {
			all.Go(func() { taken[i] = h.enter(n.ID, fmt.Sprintf("A000001%02d", i), at(300+int64(i)*5)) })
		}
		all.Wait()
		count := 0
		for i, err := range taken {
			switch {
			case err == nil:
				count++
			case !errors.Is(err, auction.ErrLow):
				t.Errorf("bid %d: %v", i, err)
			}
		}
		s := h.look(t, n.ID, holder.Code)
		if len(s.History) != count || s.Entries != int64(count) || count == 0 {
			t.Errorf("%d were taken, %d are there", count, len(s.History))
		}
		for i, b := range s.History {
			if b.Number != int64(i+1) || i > 0 && (b.Prices[0] < s.History[i-1].Prices[0]+5 || b.At.Before(s.History[i-1].At)) {
				t.Errorf("bid %d is %+v", i, b)
			}
		}
		h.Clock.Set(s.Ends)
		for range 6 {
			all.Go(func() {
				if err := h.Try(func(tx *db.Tx) error { _, err := bidding.Turn(tx, keys, n.ID); return err }); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if s = h.look(t, n.ID, holder.Code); s.State != bidding.Decided || len(s.Awards) != 1 {
			t.Errorf("%s with %d awards", s.State, len(s.Awards))
		}
		decided := 0
		for _, f := range h.Facts(t) {
			if f.Name == "bidding.notice_decided" {
				decided++
			}
		}
		if decided != 1 {
			t.Errorf("decided %d times", decided)
		}
	})
}
