package auction_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sauda/base/fault"
	"sauda/core/exchange/auction"
)

func lot() auction.Lot {
	return auction.Lot{Seller: "seller", Quantity: 3, Start: 100, Reserve: 120, Step: 10, Begins: 1000, Ends: 2000, Window: 100, Extends: 300}
}

func TestEnglish(t *testing.T) {
	e, err := auction.NewEnglish(lot())
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct {
		bid   auction.Bid
		want  error
		least int64 // The least next bid, and the end, afterwards.
		ends  int64
	}{
		{auction.Bid{Bidder: "a", Price: 100, At: 999}, auction.ErrNotBegun, 100, 2000},
		{auction.Bid{Bidder: "seller", Price: 100, At: 1000}, auction.ErrSelf, 100, 2000},
		{auction.Bid{Price: 100, At: 1000}, auction.ErrBid, 100, 2000},
		{auction.Bid{Bidder: "a", Price: 99, At: 1000}, auction.ErrLow, 100, 2000},
		{auction.Bid{Bidder: "a", Price: 100, At: 1000}, nil, 110, 2000},
		{auction.Bid{Bidder: "a", Price: 200, At: 1001}, auction.ErrOwn, 110, 2000},
		{auction.Bid{Bidder: "b", Price: 109, At: 1001}, auction.ErrLow, 110, 2000},
		{auction.Bid{Bidder: "b", Price: 150, At: 999}, auction.ErrNotBegun, 110, 2000},
		{auction.Bid{Bidder: "b", Price: 110, At: 1899}, nil, 120, 2000}, // Just before the window.
		{auction.Bid{Bidder: "a", Price: 125, At: 1898}, auction.ErrBackwards, 120, 2000},
		{auction.Bid{Bidder: "a", Price: math.MaxInt64, At: 1900}, auction.ErrOverflow, 120, 2000},
		{auction.Bid{Bidder: "a", Price: math.MaxInt64 / 4, At: 1900}, nil, math.MaxInt64/4 + 10, 2200},
		{auction.Bid{Bidder: "b", Price: math.MaxInt64 / 4, At: 2199}, auction.ErrLow, math.MaxInt64/4 + 10, 2200},
		{auction.Bid{Bidder: "b", Price: 999, At: 2200}, auction.ErrOver, math.MaxInt64/4 + 10, 2200},
	} {
		if err := e.Bid(c.bid); !errors.Is(err, c.want) || c.want == nil && err != nil || e.Least() != c.least || e.Ends() != c.ends {
			t.Fatalf("bid %d: %v, least %d, ends %d; wanted %v, %d, %d", i, err, e.Least(), e.Ends(), c.want, c.least, c.ends)
		}
	}
	if _, err := e.Finish(2199); !errors.Is(err, auction.ErrRunning) {
		t.Errorf("before the end: %v", err)
	}
	trades, err := e.Finish(2200)
	if want := []auction.Trade{{Buyer: "a", Seller: "seller", Price: math.MaxInt64 / 4, Quantity: 3}}; err != nil || !slices.Equal(trades, want) {
		t.Errorf("%+v, %v", trades, err)
	}
	e, _ = auction.NewEnglish(lot())
	if trades, err := e.Finish(2000); err != nil || trades != nil {
		t.Errorf("without bids: %+v, %v", trades, err)
	}
	_ = e.Bid(auction.Bid{Bidder: "a", Price: 119, At: 1500})
	if trades, err := e.Finish(2000); err != nil || trades != nil {
		t.Errorf("below the reserve: %+v, %v", trades, err)
	}
	big := lot()
	big.Quantity = 1 << 40
	e, _ = auction.NewEnglish(big)
	if err := e.Bid(auction.Bid{Bidder: "a", Price: 1 << 40, At: 1500}); !errors.Is(err, auction.ErrOverflow) {
		t.Errorf("a value that can't be counted: %v", err)
	}
	if err := e.Bid(auction.Bid{Bidder: "a", Price: 1, At: 1500}); fault.ParamsOf(err)["least"] != int64(100) {
		t.Errorf("the least bid is said to be %v", fault.ParamsOf(err))
	}
}

// TestEnglishHistories: prices only rise, by a step at least; the leader is never the one before; only a bid in the window
// moves the end, and only to a later one; the last bidder pays what he has bid.
func TestEnglishHistories(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := lot()
		l.Window, l.Extends = rapid.Int64Range(0, 300).Draw(t, "window"), rapid.Int64Range(0, 400).Draw(t, "extends")
		e, err := auction.NewEnglish(l)
		if err != nil {
			t.Fatalf("%v", err)
		}
		at, ends := int64(1000), e.Ends()
		var best auction.Bid
		for range 60 {
			at += rapid.Int64Range(-1, 80).Draw(t, "at")
			b := auction.Bid{Bidder: auction.Party(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "who")), Price: best.Price + rapid.Int64Range(-5, 40).Draw(t, "more"), At: at}
			if best.Bidder == "" {
				b.Price += 90
			}
			err := e.Bid(b)
			may := b.At >= max(best.At, l.Begins) && b.At < ends && b.Bidder != best.Bidder && (best.Bidder == "" && b.Price >= l.Start || best.Bidder != "" && b.Price >= best.Price+l.Step)
			if may != (err == nil) {
				t.Fatalf("%+v after %+v, the end at %d: %v", b, best, ends, err)
			}
			want := ends
			if err == nil {
				if best = b; b.At >= ends-l.Window {
					want = max(ends, b.At+l.Extends)
				}
			}
			if ends = want; e.Ends() != want {
				t.Fatalf("after %+v the end is at %d instead of %d", b, e.Ends(), want)
			}
			at = max(at, 1000)
		}
		if e.Met() != (best.Bidder != "" && best.Price >= l.Reserve) {
			t.Fatalf("the reserve %d is met by %d: %t", l.Reserve, best.Price, e.Met())
		}
		trades, err := e.Finish(ends)
		if err != nil || (len(trades) == 1) != (best.Bidder != "" && best.Price >= l.Reserve) || len(trades) == 1 && (trades[0].Price != best.Price || trades[0].Buyer != best.Bidder || trades[0].Quantity != l.Quantity) {
			t.Fatalf("%+v, %v after %+v", trades, err, best)
		}
	})
}

func TestDutch(t *testing.T) {
	l := lot()
	l.Start, l.Reserve, l.Window = 200, 125, 0
	d, err := auction.NewDutch(l, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]int64{{0, 200}, {1000, 200}, {1099, 200}, {1100, 190}, {1699, 140}, {1700, 130}, {1800, 125}, {math.MaxInt64, 125}} {
		if got := d.Price(c[0]); got != c[1] {
			t.Errorf("at %d the clock shows %d, wanted %d", c[0], got, c[1])
		}
	}
	for i, c := range []struct {
		by       auction.Party
		n, at    int64
		want     error
		price    int64
		leftThen int64
	}{
		{"a", 1, 999, auction.ErrNotBegun, 0, 3},
		{"seller", 1, 1000, auction.ErrSelf, 0, 3},
		{"", 1, 1000, auction.ErrBid, 0, 3},
		{"a", 0, 1000, auction.ErrBid, 0, 3},
		{"a", 4, 1000, auction.ErrBid, 0, 3},
		{"a", 1, 1150, nil, 190, 2},
		{"b", 1, 1149, auction.ErrBackwards, 0, 2},
		{"b", 2, 1300, nil, 170, 0},
		{"c", 1, 1400, auction.ErrOver, 0, 0},
	} {
		x, err := d.Accept(c.by, c.n, c.at)
		if !errors.Is(err, c.want) || c.want == nil && err != nil || x.Price != c.price || d.Left() != c.leftThen {
			t.Errorf("%d: %+v, %v, left %d", i, x, err, d.Left())
		}
	}
	trades, err := d.Finish(1400)
	if want := []auction.Trade{{Buyer: "a", Seller: "seller", Price: 190, Quantity: 1}, {Buyer: "b", Seller: "seller", Price: 170, Quantity: 2}}; err != nil || !slices.Equal(trades, want) {
		t.Errorf("%+v, %v", trades, err)
	}
	d, _ = auction.NewDutch(l, 100)
	if _, err := d.Finish(1999); !errors.Is(err, auction.ErrRunning) {
		t.Errorf("before the end: %v", err)
	}
	if trades, err := d.Finish(2000); err != nil || len(trades) != 0 {
		t.Errorf("nobody spoke: %+v, %v", trades, err)
	}
	if _, err := d.Accept("a", 1, 2000); !errors.Is(err, auction.ErrOver) {
		t.Errorf("after the end: %v", err)
	}
	l.Quantity, l.Start = math.MaxInt64, 200
	d, _ = auction.NewDutch(l, 100)
	if _, err := d.Accept("a", math.MaxInt64, 1000); !errors.Is(err, auction.ErrOverflow) || d.Left() != math.MaxInt64 {
		t.Errorf("a value that can't be counted: %v", err)
	}
}

// TestDutchHistories: the clock never rises and never leaves its range, nobody pays another price than it showed, and no
// more is sold than there is.
func TestDutchHistories(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := lot()
		l.Window = 0
		l.Reserve = rapid.Int64Range(0, 200).Draw(t, "reserve")
		l.Start = l.Reserve + rapid.Int64Range(0, 200).Draw(t, "above")
		l.Step, l.Quantity = rapid.Int64Range(1, 30).Draw(t, "step"), rapid.Int64Range(1, 9).Draw(t, "n")
		d, err := auction.NewDutch(l, rapid.Int64Range(1, 200).Draw(t, "every"))
		if err != nil {
			t.Fatalf("%v", err)
		}
		at, before, left := int64(1000), l.Start, l.Quantity
		var sum int64
		for range 20 {
			at += rapid.Int64Range(0, 120).Draw(t, "at")
			price := d.Price(at)
			if price > before || price < l.Reserve || price > l.Start || price != l.Reserve && (l.Start-price)%l.Step != 0 {
				t.Fatalf("the clock goes from %d to %d", before, price)
			}
			before = price
			n := rapid.Int64Range(0, 4).Draw(t, "take")
			x, err := d.Accept("a", n, at)
			if may := at < l.Ends && n > 0 && n <= left; may != (err == nil) {
				t.Fatalf("%d of %d at %d: %v", n, left, at, err)
			}
			if err == nil {
				left -= n
				sum += x.Quantity
				if x.Price != price || x.Quantity != n {
					t.Fatalf("%+v, the clock showed %d", x, price)
				}
			}
		}
		trades, err := d.Finish(max(at, l.Ends))
		for _, x := range trades {
			sum -= x.Quantity
		}
		if err != nil || sum != 0 || d.Left() != left {
			t.Fatalf("%+v, %v; %d left", trades, err, left)
		}
	})
}

func TestSealed(t *testing.T) {
	bid := func(who string, price, at int64) auction.Bid {
		return auction.Bid{Bidder: auction.Party(who), Price: price, At: at}
	}
	for name, c := range map[string]struct {
		bids          []auction.Bid
		winner        string
		first, second int64
	}{
		"none":                         {nil, "", 0, 0},
		"below the reserve":            {[]auction.Bid{bid("a", 119, 1000)}, "", 0, 0},
		"one, and he pays the reserve": {[]auction.Bid{bid("a", 200, 1000)}, "a", 200, 120},
		"Vickrey":                      {[]auction.Bid{bid("a", 150, 1000), bid("b", 200, 1001), bid("c", 170, 1002)}, "b", 200, 170},
		"the second in front":          {[]auction.Bid{bid("a", 170, 1000), bid("b", 150, 1001), bid("c", 200, 1002)}, "c", 200, 170},
		"the second below reserve":     {[]auction.Bid{bid("a", 110, 1000), bid("b", 200, 1001)}, "b", 200, 120},
		"the earlier one of two":       {[]auction.Bid{bid("a", 200, 1000), bid("b", 200, 1001)}, "a", 200, 200},
		"the last bid of each counts":  {[]auction.Bid{bid("a", 300, 1000), bid("b", 200, 1001), bid("a", 150, 1002)}, "b", 200, 150},
		"one is not his own second":    {[]auction.Bid{bid("a", 300, 1000), bid("a", 310, 1002)}, "a", 310, 120},
		"the same words twice":         {[]auction.Bid{bid("a", 300, 1000), bid("a", 300, 1000)}, "a", 300, 120},
	} {
		for pays, price := range map[auction.Pays]int64{auction.FirstPrice: c.first, auction.SecondPrice: c.second} {
			got, err := auction.Sealed(lot(), c.bids, pays)
			var want []auction.Trade
			if c.winner != "" {
				want = []auction.Trade{{Buyer: auction.Party(c.winner), Seller: "seller", Price: price, Quantity: 3}}
			}
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: %+v, %v; wanted %+v", name, got, err, want)
			}
		}
	}
	for name, c := range map[string]struct {
		bids []auction.Bid
		want error
	}{
		"late":        {[]auction.Bid{bid("a", 200, 2000)}, auction.ErrOver},
		"early":       {[]auction.Bid{bid("a", 200, 1)}, auction.ErrNotBegun},
		"the seller":  {[]auction.Bid{bid("seller", 200, 1000)}, auction.ErrSelf},
		"out of turn": {[]auction.Bid{bid("a", 200, 1001), bid("b", 200, 1000)}, auction.ErrBackwards},
		"below zero":  {[]auction.Bid{bid("a", -1, 1000)}, auction.ErrBid},
		"too far":     {[]auction.Bid{bid("a", math.MaxInt64, 1000)}, auction.ErrBid},
	} {
		if _, err := auction.Sealed(lot(), c.bids, auction.FirstPrice); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := auction.Sealed(lot(), nil, 7); !errors.Is(err, auction.ErrRule) {
		t.Errorf("an unknown price: %v", err)
	}
}

// TestSealedTruth: at the second price the winner pays what the others make him pay, and never more than his bid: another
// bid of his that wins too changes nothing (Vickrey 1961), and one that is higher than all others is what he pays at the
// first price.
func TestSealedTruth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prices := rapid.SliceOfN(rapid.Int64Range(100, 220), 1, 8).Draw(t, "prices")
		var bids []auction.Bid
		for i, p := range prices {
			bids = append(bids, auction.Bid{Bidder: auction.Party('a' + rune(i)), Price: p, At: 1000 + int64(i)})
		}
		first, err := auction.Sealed(lot(), bids, auction.FirstPrice)
		second, err2 := auction.Sealed(lot(), bids, auction.SecondPrice)
		if err != nil || err2 != nil || len(first) != len(second) || (len(first) == 1) != (slices.Max(prices) >= 120) {
			t.Fatalf("%+v, %+v, %v, %v", first, second, err, err2)
		}
		if len(first) == 0 {
			return
		}
		i := slices.Index(prices, slices.Max(prices))
		others := slices.Sorted(slices.Values(slices.Delete(slices.Clone(prices), i, i+1)))
		pays := int64(120)
		if len(others) > 0 {
			pays = max(pays, others[len(others)-1])
		}
		if first[0].Buyer != bids[i].Bidder || second[0].Buyer != bids[i].Bidder || first[0].Price != prices[i] || second[0].Price != pays {
			t.Fatalf("%v: %+v and %+v", prices, first, second)
		}
		bids[i].Price += rapid.Int64Range(1, 50).Draw(t, "more")
		if again, _ := auction.Sealed(lot(), bids, auction.SecondPrice); !slices.Equal(again, second) {
			t.Fatalf("a higher bid of the winner changes %+v to %+v", second, again)
		}
	})
}

func TestRefusedLots(t *testing.T) {
	for name, change := range map[string]func(*auction.Lot){
		"by nobody":                func(l *auction.Lot) { l.Seller = "" },
		"of nothing":               func(l *auction.Lot) { l.Quantity = 0 },
		"without a step":           func(l *auction.Lot) { l.Step = 0 },
		"without time":             func(l *auction.Lot) { l.Ends = l.Begins },
		"beyond time":              func(l *auction.Lot) { l.Ends = math.MaxInt64 },
		"a window before it all":   func(l *auction.Lot) { l.Window = 1001 },
		"a price below zero":       func(l *auction.Lot) { l.Start = -1 },
		"a reserve beyond":         func(l *auction.Lot) { l.Reserve = math.MaxInt64 },
		"an end that comes nearer": func(l *auction.Lot) { l.Extends = -1 },
	} {
		l := lot()
		change(&l)
		_, err := auction.NewEnglish(l)
		_, err2 := auction.NewDutch(l, 1)
		_, err3 := auction.Sealed(l, nil, auction.FirstPrice)
		if !errors.Is(err, auction.ErrRule) || !errors.Is(err2, auction.ErrRule) || !errors.Is(err3, auction.ErrRule) {
			t.Errorf("%s: %v, %v, %v", name, err, err2, err3)
		}
	}
	edge := auction.Lot{Seller: "s", Quantity: math.MaxInt64, Start: math.MaxInt64 / 4, Reserve: math.MaxInt64 / 4, Step: math.MaxInt64 / 4,
		Begins: 0, Ends: math.MaxInt64 / 4, Window: math.MaxInt64 / 4, Extends: math.MaxInt64 / 4}
	if _, err := auction.NewEnglish(edge); err != nil {
		t.Errorf("the largest numbers: %v", err)
	}
	if _, err := auction.NewEnglish(auction.Lot{Seller: "s", Quantity: 1, Step: 1, Ends: 1}); err != nil {
		t.Errorf("the smallest numbers: %v", err)
	}
	for name, change := range map[string]func(*auction.Lot) int64{
		"a clock that stands":   func(l *auction.Lot) int64 { return 0 },
		"it starts too low":     func(l *auction.Lot) int64 { l.Start = 119; return 1 },
		"it can't be prolonged": func(l *auction.Lot) int64 { l.Window = 1; return 1 },
	} {
		l := lot()
		l.Start, l.Window = 200, 0
		if _, err := auction.NewDutch(l, change(&l)); !errors.Is(err, auction.ErrRule) {
			t.Errorf("%s is taken", name)
		}
	}
}
