package risk

import (
	"slices"
	"testing"

	"sauda/core/exchange/book"
)

// ask is an order of the account 101 to sell ten at a hundred.
func ask(id uint64) book.Input {
	return book.Input{Time: 1_000_000, ID: id, Side: book.Sell, Price: 100, Qty: 10, Owner: 101, Trader: 201, Member: 1, Life: book.Lasting}
}

// has fails unless an account has that of an asset.
func has(t *testing.T, r *Risk, account, asset uint32, want Balance) {
	t.Helper()
	if have := r.Balance(account, asset); have != want {
		t.Errorf("account %d has of %d\n  %+v, wanted is\n  %+v", account, asset, have, want)
	}
}

// agreed fails if a verb was refused.
func agreed(t *testing.T, why Reason) {
	t.Helper()
	if why != NoReason {
		t.Errorf("refused: %q of %v", why.Code(), why.Who())
	}
}

// meet lets both orders trade a quantity at a price.
func meet(r *Risk, ins uint32, rests, comes uint64, price, qty int64) {
	r.Follow(ins, []book.Report{{Kind: book.Traded, ID: rests, Other: comes, Price: price, Qty: qty}})
}

// TestLaterSettled: what was bought and what a sale brought wait, locked, until settlement; then both are free.
func TestLaterSettled(t *testing.T) {
	r := house(t)
	take(r, 11, ask(1))
	has(t, r, 101, share1, Balance{Settled: 100, Held: 10, Free: 90})
	take(r, 11, bid(2))
	has(t, r, 102, tenge, Balance{Settled: 100_000, Held: 1001, Free: 98_999}) // The highest fee is 0.15 %: 1.5, down.
	meet(r, 11, 1, 2, 99, 4)
	has(t, r, 102, tenge, Balance{Settled: 100_000, Due: -396, Held: 600, Free: 99_004})
	has(t, r, 102, share1, Balance{Settled: 100, Due: 4, Locked: 4, Free: 100})
	has(t, r, 101, share1, Balance{Settled: 100, Due: -4, Held: 6, Free: 90})
	has(t, r, 101, tenge, Balance{Settled: 100_000, Due: 396, Locked: 396, Free: 100_000})
	r.Follow(11, []book.Report{{Kind: book.Cancelled, ID: 2}, {Kind: book.Reduced, ID: 1, Left: 1}})
	has(t, r, 102, tenge, Balance{Settled: 100_000, Due: -396, Free: 99_604})
	has(t, r, 101, share1, Balance{Settled: 100, Due: -4, Held: 1, Free: 95})
	agreed(t, r.Settled(Settlement{Account: 102, Asset: share1, Comes: 4, Unlocked: 4}))
	agreed(t, r.Settled(Settlement{Account: 102, Asset: tenge, Goes: 396}))
	agreed(t, r.Settled(Settlement{Account: 101, Asset: share1, Goes: 4}))
	agreed(t, r.Settled(Settlement{Account: 101, Asset: tenge, Comes: 396, Unlocked: 396}))
	has(t, r, 102, share1, Balance{Settled: 104, Free: 104})
	has(t, r, 101, tenge, Balance{Settled: 100_396, Free: 100_396})
	if why := r.Debit(101, tenge, 100_397); why != BuyingPower {
		t.Errorf("more than there is goes out: %q", why.Code())
	}
	agreed(t, r.Debit(101, tenge, 100_396))
	if r.Live() != 1 {
		t.Errorf("%d orders are open", r.Live())
	}
}

// TestUsedBefore: where the instrument says so, what was bought is sold and what was earned is spent before settlement,
// but neither leaves the house before.
func TestUsedBefore(t *testing.T) {
	r := house(t)
	take(r, 12, ask(1))
	take(r, 12, bid(2))
	meet(r, 12, 1, 2, 100, 10)
	has(t, r, 102, share1, Balance{Settled: 100, Due: 10, Free: 110})
	has(t, r, 101, tenge, Balance{Settled: 100_000, Due: 1000, Free: 101_000})
	if why := r.Debit(101, tenge, 100_001); why != NotThere {
		t.Errorf("what is not settled goes out: %q", why.Code())
	}
	all := ask(3)
	all.Owner, all.Trader, all.Member, all.Qty = 102, 202, 2, 110
	take(r, 12, all)
	has(t, r, 102, share1, Balance{Settled: 100, Due: 10, Held: 110})
}

// TestFeesOfParts: an order that trades in many small parts never costs more than was held for the whole.
func TestFeesOfParts(t *testing.T) {
	r := house(t)
	in := bid(2)
	in.Qty = 998
	take(r, 11, in)
	free := r.Balance(102, tenge).Free
	for id := uint64(3); id < 101; id++ {
		one := ask(id)
		one.Qty = 1
		take(r, 11, one)
		meet(r, 11, 2, id, 100, 1)
		if now := r.Balance(102, tenge).Free; now < free {
			t.Fatalf("%d are free after a part, and %d were before", now, free)
		} else {
			free = now
		}
	}
	if all, fees := r.Supply(tenge); all != 200_000 || fees != 0 { // Each fee is less than one.
		t.Errorf("%d in all, %d fees", all, fees)
	}
}

// TestUnits: price, unit and piece make money and goods of a quantity.
func TestUnits(t *testing.T) {
	r := house(t)
	take(r, 13, ask(1))
	has(t, r, 101, grain, Balance{Settled: 100_000, Held: 10_000, Free: 90_000})
	take(r, 13, bid(2))
	has(t, r, 102, tenge, Balance{Settled: 100_000, Held: 7140, Free: 92_860})
	meet(r, 13, 1, 2, 100, 10)
	has(t, r, 102, tenge, Balance{Settled: 100_000, Due: -7140, Free: 92_860}) // The taker pays 2 %.
	has(t, r, 101, tenge, Balance{Settled: 100_000, Due: 6930, Free: 106_930}) // The maker pays 1 %.
	has(t, r, 102, grain, Balance{Settled: 100_000, Due: 10_000, Locked: 10_000, Free: 100_000})
	if _, fees := r.Supply(tenge); fees != 210 {
		t.Errorf("%d fees", fees)
	}
}

// TestCalled: what an order gets in an auction is a trade of its side alone, with the fee of auctions.
func TestCalled(t *testing.T) {
	r := house(t)
	take(r, 13, ask(1))
	take(r, 13, bid(2))
	i := r.byIns.Find(13)
	called := book.Report{Price: 95, Qty: 10}
	r.fill(i, 2, &called, r.instruments[i].Auction)
	has(t, r, 102, tenge, Balance{Settled: 100_000, Due: -6749, Free: 93_251}) // 1.5 % of 6650 is 99.75, down.
	has(t, r, 101, tenge, Balance{Settled: 100_000, Free: 100_000})
	r.fill(i, 1, &called, r.instruments[i].Auction)
	has(t, r, 101, tenge, Balance{Settled: 100_000, Due: 6551, Free: 106_551})
	has(t, r, 101, grain, Balance{Settled: 100_000, Due: -10_000, Free: 90_000})
	if r.Live() != 0 {
		t.Errorf("%d orders are open", r.Live())
	}
}

// TestMargin: a forward holds the margin of the larger position that the orders of one side could lead to; closing it
// needs none, also when the mark has taken what was free, and then releases.
func TestMargin(t *testing.T) {
	r := house(t)
	buy, sell := bid(1), ask(2)
	take(r, 14, buy)
	has(t, r, 102, tenge, Balance{Settled: 100_000, Margin: 1200, Free: 98_800}) // 12 % of 100 · 10 · 10.
	take(r, 14, sell)
	meet(r, 14, 1, 2, 100, 10)
	has(t, r, 102, tenge, Balance{Settled: 100_000, Margin: 1200, Free: 98_800})
	if s := r.Stake(ofAccount, 14); s != (Stake{Position: 10}) {
		t.Errorf("%+v", s)
	}
	agreed(t, r.Mark(14, 9000))
	want := []Alarm{{Shortfall, Party{Account, 101}, tenge, 8000}, {Shortfall, Party{Account, 102}, tenge, 8000}}
	have := slices.Clone(r.Alarms())
	slices.SortFunc(have, func(a, b Alarm) int { return int(a.Party.ID) - int(b.Party.ID) })
	if !slices.Equal(have, want) || len(r.Alarms()) != 0 {
		t.Errorf("told is %+v", have)
	}
	more := bid(3)
	more.Qty = 1
	if why := r.Take(14, &more); why != BuyingPower {
		t.Errorf("an account that lacks money buys more: %q", why.Code())
	}
	closes := bid(4)
	closes.Side = book.Sell
	take(r, 14, closes)
	has(t, r, 102, tenge, Balance{Settled: 100_000, Margin: 108_000, Free: -8000})
	turns := bid(5)
	turns.Side, turns.Qty = book.Sell, 11
	if why := r.Take(14, &turns); why != BuyingPower { // Both sold, it would be short of eleven.
		t.Errorf("an order that turns the position is taken: %q", why.Code())
	}
	take(r, 14, book.Input{ID: 6, Price: 9000, Qty: 10, Owner: 101, Trader: 201, Member: 1})
	meet(r, 14, 4, 6, 9000, 10)
	has(t, r, 102, tenge, Balance{Settled: 100_000, Free: 100_000})
	has(t, r, 101, tenge, Balance{Settled: 100_000, Free: 100_000})
}

// TestDelivered: what was delivered is off the position of the account, its member and its sponsor.
func TestDelivered(t *testing.T) {
	r := house(t)
	take(r, 14, bid(1))
	take(r, 14, ask(2))
	meet(r, 14, 1, 2, 100, 10)
	agreed(t, r.Delivered(102, 14, 4))
	for p, want := range map[Party]int64{ofAccount: 6, ofMember: 6, ofSponsor: -4, {Account, 101}: -10} {
		if have := r.Stake(p, 14).Position; have != want {
			t.Errorf("the position of %v is %d", p, have)
		}
	}
	if why := r.Delivered(102, 99, 7); why != UnknownInstrument {
		t.Errorf("what nobody knows is delivered: %q", why.Code())
	}
	agreed(t, r.Delivered(101, 14, -10))
	has(t, r, 101, tenge, Balance{Settled: 100_000, Free: 100_000})
	has(t, r, 102, tenge, Balance{Settled: 100_000, Margin: 720, Free: 99_280})
}

// TestDeliveredBothWays: who has bought and sold the same has no position, and both trades are delivered; in between he has
// what is open.
func TestDeliveredBothWays(t *testing.T) {
	r := house(t)
	take(r, 14, bid(1))
	take(r, 14, ask(2))
	meet(r, 14, 1, 2, 100, 10)
	take(r, 14, book.Input{ID: 3, Price: 100, Qty: 10, Side: book.Sell, Owner: 102, Trader: 202, Member: 2})
	take(r, 14, book.Input{ID: 4, Price: 100, Qty: 10, Owner: 101, Trader: 201, Member: 1})
	meet(r, 14, 3, 4, 100, 10)
	want := r.Balance(102, tenge)
	r, err := Import(4, r.Export(nil))
	if err != nil {
		t.Fatal(err)
	}
	agreed(t, r.Delivered(102, 14, 10))
	if s := r.Stake(ofAccount, 14); s.Position != -10 {
		t.Errorf("with the sale open the position is %d", s.Position)
	}
	agreed(t, r.Delivered(102, 14, -10))
	if s := r.Stake(ofAccount, 14); s.Position != 0 || want.Margin != 0 {
		t.Errorf("after both %+v", s)
	}
	has(t, r, 102, tenge, want)
}

// TestBust: a trade that is reversed leaves what there was before it, settled or not; who has used what he must give
// back is told of.
func TestBust(t *testing.T) {
	sides := func(ins uint32, ended int64) []Trade {
		return []Trade{
			{Instrument: ins, Account: 101, Trader: 201, Member: 1, Side: book.Sell, Role: Made, Ended: ended, Price: 100, Qty: 10},
			{Instrument: ins, Account: 102, Trader: 202, Member: 2, Side: book.Buy, Role: Took, Ended: ended, Price: 100, Qty: 10},
		}
	}
	for _, ins := range []uint32{11, 12, 13, 14} {
		r := house(t)
		before := r.Export(nil)
		take(r, ins, ask(1))
		take(r, ins, bid(2))
		meet(r, ins, 1, 2, 100, 10)
		for _, s := range sides(ins, 0) {
			agreed(t, r.Bust(s))
		}
		for n := range r.assets { // By how much somebody may have come below nothing is not forgotten.
			r.assets[n].lent = 0
		}
		if string(r.Export(nil)) != string(before) || len(r.Alarms()) != 0 {
			t.Errorf("instrument %d: a bust leaves something", ins)
		}
	}
	r := house(t)
	take(r, 11, ask(1))
	take(r, 11, bid(2))
	meet(r, 11, 1, 2, 100, 10)
	agreed(t, r.Settled(Settlement{Account: 101, Asset: tenge, Comes: 1000, Unlocked: 1000}))
	agreed(t, r.Debit(101, tenge, 101_000))
	agreed(t, r.Bust(sides(11, 10)[0]))
	if told := r.Alarms(); !slices.Equal(told, []Alarm{{Shortfall, Party{Account, 101}, tenge, 1000}}) {
		t.Errorf("told is %+v", told)
	}
}

// TestBustTrade: both sides of a trade are reversed together, or neither; what a party has on both sides is as it was.
func TestBustTrade(t *testing.T) {
	sides := func(ins uint32) (buy, sell Trade) {
		return Trade{Instrument: ins, Account: 102, Trader: 202, Member: 2, Side: book.Buy, Role: Took, Price: 100, Qty: 10},
			Trade{Instrument: ins, Account: 101, Trader: 201, Member: 1, Side: book.Sell, Role: Made, Price: 100, Qty: 10}
	}
	for _, ins := range []uint32{11, 12, 13, 14} {
		r := house(t)
		before := r.Export(nil)
		take(r, ins, ask(1))
		take(r, ins, bid(2))
		meet(r, ins, 1, 2, 100, 10)
		traded := r.Export(nil)
		buy, sell := sides(ins)
		for name, wrong := range map[string]Trade{"side": buy, "price": {Side: book.Sell, Instrument: ins, Price: 99, Qty: 10}, "member": {
			Side: book.Sell, Instrument: ins, Account: 101, Trader: 201, Member: 2, Price: 100, Qty: 10}} {
			if why := r.BustTrade(buy, wrong); why != Malformed && why != NotOfMember || string(r.Export(nil)) != string(traded) {
				t.Errorf("instrument %d, %s: %q, or something has changed", ins, name, why.Code())
			}
		}
		agreed(t, r.BustTrade(buy, sell))
		for n := range r.assets { // By how much somebody may have come below nothing is not forgotten.
			r.assets[n].lent = 0
		}
		if string(r.Export(nil)) != string(before) || len(r.Alarms()) != 0 {
			t.Errorf("instrument %d: a bust leaves something", ins)
		}
	}
	r := house(t)
	take(r, 11, ask(1))
	take(r, 11, bid(2))
	meet(r, 11, 1, 2, 100, 10)
	buy, sell := sides(11)
	sell.Charged, sell.Fee = true, 1000 // So much was never paid.
	before := r.Export(nil)
	for _, why := range []Reason{r.BustTrade(buy, sell), r.BustTrade(sell, buy)} {
		if why == NoReason || string(r.Export(nil)) != string(before) || len(r.Alarms()) != 0 {
			t.Errorf("half a bust: %q", why.Code())
		}
	}
	r = house(t) // A trade of an account with itself, of which it may not have given back what it has lent meanwhile.
	take(r, 12, ask(1))
	mine := bid(2)
	mine.Owner, mine.Trader, mine.Member = 101, 201, 1
	take(r, 12, mine)
	meet(r, 12, 1, 2, 100, 10)
	agreed(t, r.Debit(101, share1, 100))
	buy, sell = sides(12)
	buy.Account, buy.Trader, buy.Member = 101, 201, 1
	agreed(t, r.BustTrade(buy, sell))
	if told := r.Alarms(); len(told) != 0 {
		t.Errorf("told is %+v", told)
	}
	has(t, r, 101, share1, Balance{})
	has(t, r, 101, tenge, Balance{Settled: 100_000, Free: 100_000})
}

// TestSwitches: too many messages or refusals in a window throw the switch of that party, which is told once; it stays
// until it is lifted, and its counts begin anew then.
func TestSwitches(t *testing.T) {
	r := house(t)
	agreed(t, r.Limit(ofTrader, Limits{Window: 1000, Messages: 3}))
	agreed(t, r.Limit(ofSponsor, Limits{Window: 1000, Refusals: 1}))
	at := func(id uint64, time, qty int64) Reason {
		in := bid(id)
		in.Time, in.Qty = time, qty
		why := r.Take(11, &in)
		if why == NoReason {
			r.Follow(11, []book.Report{{Kind: book.Rested, ID: id}})
		}
		return why
	}
	for n, want := range []Reason{NoReason, NoReason, NoReason, Killed.of(Trader)} {
		if why := at(uint64(10+n), 100, 1); why != want {
			t.Errorf("message %d: %q of %v", n, why.Code(), why.Who())
		}
	}
	if told := r.Alarms(); !slices.Equal(told, []Alarm{{Kind: SwitchThrown, Party: ofTrader}}) {
		t.Errorf("told is %+v", told)
	}
	if why := at(20, 5000, 1); why != Killed.of(Trader) {
		t.Errorf("a window later: %q", why.Code())
	}
	agreed(t, r.Lift(ofTrader))
	agreed(t, at(21, 5001, 1))
	in := bid(22) // Two refusals of the sponsor's window: one before the book, one by it.
	in.Time = 5002
	agreed(t, r.Take(11, &in))
	r.Follow(11, []book.Report{{Kind: book.Refused, ID: 22, Reason: book.BadTick}})
	if why := at(23, 5003, 1); why != Killed.of(Sponsor) {
		t.Errorf("after two refusals: %q of %v", why.Code(), why.Who())
	}
	if told := r.Alarms(); !slices.Equal(told, []Alarm{{Kind: SwitchThrown, Party: ofSponsor}}) {
		t.Errorf("told is %+v", told)
	}
	agreed(t, r.Lift(ofSponsor))
	cancel := book.Input{Verb: book.Cancel, ID: 10, Time: 5500}
	for range 3 {
		agreed(t, r.Take(11, &cancel))
	}
	if _, killed := r.Standing(ofTrader); !killed {
		t.Error("cancels are not counted")
	}
}

// TestOverride: other limits hold until their end, and then the usual ones again.
func TestOverride(t *testing.T) {
	r := house(t)
	agreed(t, r.Limit(ofAccount, Limits{Qty: 5}))
	agreed(t, r.Override(ofAccount, Limits{Qty: 20}, 2000))
	for id, c := range []struct{ time, qty int64 }{{1999, 20}, {1999, 21}, {2000, 6}, {2000, 5}} {
		in := bid(uint64(id + 1))
		in.Time, in.Qty = c.time, c.qty
		want := NoReason
		if id == 1 || id == 2 {
			want = OrderQty.of(Account)
		}
		if why := r.Take(11, &in); why != want {
			t.Errorf("%d at %d: %q", c.qty, c.time, why.Code())
		}
		r.Follow(11, nil)
	}
}

// TestTokens: a pause fills up to the burst and no further; a moment before the last one brings nothing.
func TestTokens(t *testing.T) {
	r := house(t)
	agreed(t, r.Limit(ofTrader, Limits{Rate: 10, Burst: 3}))
	taken := func(time int64, orders int) (n int) {
		for range orders {
			in := bid(uint64(r.Live() + 1))
			in.Time, in.Qty = time, 1
			if r.Take(11, &in) == NoReason {
				n++
			}
			r.Follow(11, nil)
		}
		return n
	}
	for _, c := range []struct {
		time int64
		want int
	}{{1, 3}, {100_000, 0}, {100_001, 1}, {250_001, 1}, {300_001, 1}, {200_000, 0}, {1 << 62, 3}, {-1 << 62, 0}} {
		if have := taken(c.time, 9); have != c.want {
			t.Errorf("%d orders were taken at %d, wanted are %d", have, c.time, c.want)
		}
	}
}

// TestAdjust: what has happened already happens, though orders hold it, and an alarm tells what lacks; each asset is conserved,
// and what is not there cannot go.
func TestAdjust(t *testing.T) {
	r := house(t)
	before, _ := r.Supply(tenge)
	has := r.Balance(102, tenge)
	take(r, 11, bid(2))
	held := r.Balance(102, tenge).Held
	agreed(t, r.Adjust(Adjustment{Account: 102, Asset: tenge, There: -(has.Settled - held + 1)}))
	if all, _ := r.Supply(tenge); all != before-(has.Settled-held+1) || r.Balance(102, tenge).Free != -1 || len(r.Alarms()) != 1 {
		t.Errorf("there is %d, %+v, %v", all, r.Balance(102, tenge), r.Alarms())
	}
	agreed(t, r.Adjust(Adjustment{Account: 102, Asset: tenge, There: 5, Due: 7}))
	if b := r.Balance(102, tenge); b.Settled != held+4 || b.Due != 7 {
		t.Errorf("%+v", b)
	}
	agreed(t, r.Adjust(Adjustment{Account: 102, Asset: tenge, There: 1000})) // What it lacked.
	take(r, 11, ask(1))
	meet(r, 11, 1, 2, 100, 10)
	for _, n := range []int64{4, 7} { // The second time, what could be sold at once is among it.
		agreed(t, r.Adjust(Adjustment{Account: 102, Asset: share1, Unlocked: n}))
	}
	if b := r.Balance(102, share1); b.Due != 10 || b.Locked != 0 || b.Free != b.Settled+10 {
		t.Errorf("unlocked: %+v", b)
	}
	for name, c := range map[string]struct {
		of   Adjustment
		want Reason
	}{
		"nobody": {Adjustment{Account: 999, Asset: tenge, There: 1}, UnknownAccount}, "nothing": {Adjustment{Account: 102, Asset: tenge}, BadAmount},
		"more than there is": {Adjustment{Account: 102, Asset: tenge, There: -held - 1005}, NotThere}, "too much": {Adjustment{Account: 102, Asset: tenge, There: most}, TooMuch},
		"below nothing": {Adjustment{Account: 102, Asset: share1, Unlocked: -1}, BadAmount}, "more than counts": {Adjustment{Account: 102, Asset: tenge, Due: most + 1}, TooMuch},
	} {
		if why := r.Adjust(c.of); why != c.want {
			t.Errorf("%s: %q", name, why.Code())
		}
	}
}
