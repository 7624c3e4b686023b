package risk

import (
	"math"
	"testing"

	"sauda/base/money"
	"sauda/core/exchange/book"
)

// house gives a machine with a member that answers for another, an account and a trader of each, money and securities,
// and a forward that is marked.
func house(t *testing.T) *Risk {
	t.Helper()
	r := New(16)
	must := func(why Reason) {
		t.Helper()
		if why != NoReason {
			t.Fatalf("refused: %s", why.Code())
		}
	}
	for _, i := range terms {
		must(r.AddInstrument(i))
	}
	must(r.AddMember(1, 0))
	must(r.AddMember(2, 1))
	must(r.AddTrader(201, 1))
	must(r.AddTrader(202, 2))
	must(r.OpenAccount(101, 1, false))
	must(r.OpenAccount(102, 2, true))
	for _, account := range []uint32{101, 102} {
		must(r.Credit(account, tenge, 100_000))
		must(r.Credit(account, share1, 100))
		must(r.Credit(account, grain, 100_000))
	}
	must(r.Mark(14, 100))
	return r
}

// bid is an order of the account 102 to buy ten at a hundred.
func bid(id uint64) book.Input {
	return book.Input{Time: 1_000_000, ID: id, Price: 100, Qty: 10, Owner: 102, Trader: 202, Member: 2, Life: book.Lasting}
}

// refusal is an input that is refused, after what makes it so.
type refusal struct {
	name string
	ins  uint32
	make func(r *Risk, in *book.Input)
	want Reason
}

func limit(p Party, l Limits) func(*Risk, *book.Input) {
	return func(r *Risk, _ *book.Input) { r.Limit(p, l) }
}

func sells(qty int64) func(*Risk, *book.Input) {
	return func(_ *Risk, in *book.Input) { in.Side, in.Qty = book.Sell, qty }
}

var (
	ofAccount = Party{Account, 102}
	ofTrader  = Party{Trader, 202}
	ofMember  = Party{Member, 2}
	ofSponsor = Party{Member, 1}
)

var refusals = []refusal{
	{"a side that does not exist", 11, func(_ *Risk, in *book.Input) { in.Side = 2 }, Malformed},
	{"a type that does not exist", 11, func(_ *Risk, in *book.Input) { in.Type = 5 }, Malformed},
	{"an id that is open", 11, func(r *Risk, in *book.Input) { take(r, 12, bid(in.ID)) }, DuplicateID},
	{"no such instrument", 99, nil, UnknownInstrument},
	{"no such account", 11, func(_ *Risk, in *book.Input) { in.Owner = 9 }, UnknownAccount},
	{"no such trader", 11, func(_ *Risk, in *book.Input) { in.Trader = 9 }, UnknownTrader},
	{"no such member", 11, func(_ *Risk, in *book.Input) { in.Member = 9 }, UnknownMember},
	{"the account of another member", 11, func(_ *Risk, in *book.Input) { in.Owner = 101 }, NotOfMember},
	{"the trader of another member", 11, func(_ *Risk, in *book.Input) { in.Trader = 201 }, NotOfMember},
	{"nothing", 11, func(_ *Risk, in *book.Input) { in.Qty = 0 }, BadQty},
	{"less than nothing", 11, func(_ *Risk, in *book.Input) { in.Qty = math.MinInt64 }, BadQty},
	{"for nothing", 11, func(_ *Risk, in *book.Input) { in.Price = 0 }, BadPrice},
	{"a market order", 11, func(_ *Risk, in *book.Input) { in.Type, in.Price = book.Market, 0 }, NoLimit},
	{"a stop order without a limit", 11, func(_ *Risk, in *book.Input) { in.Type, in.Price, in.Stop = book.StopMarket, 0, 100 }, NoLimit},
	{"a forward that nobody has marked", 15, nil, NoMark},
	{"price times quantity", 11, func(_ *Risk, in *book.Input) { in.Price, in.Qty = math.MaxInt64, math.MaxInt64 }, TooMuch},
	{"price times quantity times unit", 13, func(_ *Risk, in *book.Input) { in.Price, in.Qty = 1<<30, 1<<28 }, TooMuch},
	{"quantity times piece", 13, func(_ *Risk, in *book.Input) { in.Price, in.Qty = 1, 1<<52 }, TooMuch},
	{"a margin", 14, func(r *Risk, in *book.Input) { r.Mark(14, 1<<59); in.Price = 1 }, TooMuch},
	{"the switch of everybody", 11, func(r *Risk, _ *book.Input) { r.Kill(Party{}) }, Killed},
	{"the switch of the account", 11, func(r *Risk, _ *book.Input) { r.Kill(ofAccount) }, Killed.of(Account)},
	{"the switch of the trader", 11, func(r *Risk, _ *book.Input) { r.Kill(ofTrader) }, Killed.of(Trader)},
	{"the switch of the member", 11, func(r *Risk, _ *book.Input) { r.Kill(ofMember) }, Killed.of(Member)},
	{"the switch of the sponsor", 11, func(r *Risk, _ *book.Input) { r.Kill(ofSponsor) }, Killed.of(Sponsor)},
	{"too dear", 11, func(r *Risk, in *book.Input) { r.Reference(11, 100); in.Price = 111 }, PriceCollar},
	{"too cheap", 11, func(r *Risk, in *book.Input) { r.Reference(11, 100); in.Side, in.Price = book.Sell, 89 }, PriceCollar},
	{"the quantity of the account", 11, limit(ofAccount, Limits{Qty: 9}), OrderQty.of(Account)},
	{"the quantity of the trader", 11, limit(ofTrader, Limits{Qty: 9}), OrderQty.of(Trader)},
	{"the quantity of the member", 11, limit(ofMember, Limits{Qty: 9}), OrderQty.of(Member)},
	{"the quantity of the sponsor", 11, limit(ofSponsor, Limits{Qty: 9}), OrderQty.of(Sponsor)},
	{"the value, without the fee", 11, limit(ofTrader, Limits{Value: 999}), OrderValue.of(Trader)},
	{"the value in money", 13, limit(ofTrader, Limits{Value: 6999}), OrderValue.of(Trader)},
	{"open orders", 11, func(r *Risk, in *book.Input) {
		take(r, 12, bid(in.ID-1))
		r.Limit(ofSponsor, Limits{Open: 1})
	}, OpenOrders.of(Sponsor)},
	{"what could come to be held", 11, func(r *Risk, in *book.Input) {
		take(r, 11, bid(in.ID-1))
		r.Limit(ofMember, Limits{Position: 19})
	}, Position.of(Member)},
	{"what could come to be owed", 11, func(r *Risk, in *book.Input) {
		in.Side = book.Sell
		r.Limit(ofAccount, Limits{Position: 9})
	}, Position.of(Account)},
	{"orders a second", 11, func(r *Risk, in *book.Input) {
		r.Limit(ofTrader, Limits{Rate: 2, Burst: 1})
		take(r, 11, bid(in.ID-1))
		in.Time += 499_999
	}, OrderRate.of(Trader)},
	{"money, by the fee", 11, func(_ *Risk, in *book.Input) { in.Qty = 999 }, BuyingPower},
	{"money that is held", 11, func(r *Risk, in *book.Input) {
		first := bid(in.ID - 1)
		first.Qty = 990
		take(r, 11, first)
	}, BuyingPower},
	{"a margin that is not there", 14, func(_ *Risk, in *book.Input) { in.Qty = 834 }, BuyingPower},
	{"more than is had", 11, sells(101), Securities},
	{"a short sale of an account that may not", 12, func(_ *Risk, in *book.Input) {
		in.Side, in.Qty, in.Owner, in.Trader, in.Member = book.Sell, 101, 101, 201, 1
	}, Securities},
	{"what was bought and is not settled", 11, func(r *Risk, in *book.Input) {
		r.balances[r.balance(102, share1)].due, r.balances[r.balance(102, share1)].locked = 5, 5
		in.Side, in.Qty = book.Sell, 104
	}, Unsettled},
	{"what a sale brings and is not settled", 11, func(r *Risk, in *book.Input) {
		r.balances[r.balance(102, tenge)].due, r.balances[r.balance(102, tenge)].locked = 5000, 5000
		in.Qty = 1001
	}, Unsettled},
}

// take takes an order that must be taken, and lets it rest.
func take(r *Risk, ins uint32, in book.Input) {
	if why := r.Take(ins, &in); why != NoReason {
		panic(why.Code())
	}
	r.Follow(ins, []book.Report{{Kind: book.Accepted, ID: in.ID}, {Kind: book.Rested, ID: in.ID, Left: in.Qty}})
}

// TestRefusals: each reason is given where it should be; a little less is taken where that is a matter of amounts; and
// what is refused leaves the state as it was.
func TestRefusals(t *testing.T) {
	seen := make(map[Reason]bool)
	for _, c := range refusals {
		t.Run(c.name, func(t *testing.T) {
			r, in := house(t), bid(7)
			if c.make != nil {
				c.make(r, &in)
			}
			before := r.Hash()
			if have := r.Take(c.ins, &in); have != c.want {
				t.Fatalf("%v %q, wanted is %v %q", have.Who(), have.Code(), c.want.Who(), c.want.Code())
			}
			if seen[c.want.Rule()] = true; r.Hash() != before {
				t.Error("a refusal changes something")
			}
		})
	}
	for why := Malformed; why <= Unsettled; why++ {
		if !seen[why] && why != NotOwner && why != HasTraded {
			t.Errorf("%q has no case", why.Code())
		}
	}
}

// TestEdges: what lies just inside of a limit is taken.
func TestEdges(t *testing.T) {
	for _, c := range []refusal{
		{"the dear edge of the collar", 11, func(r *Risk, in *book.Input) { r.Reference(11, 100); in.Price = 110 }, 0},
		{"the cheap edge of the collar", 11, func(r *Risk, in *book.Input) { r.Reference(11, 100); in.Side, in.Price = book.Sell, 90 }, 0},
		{"cheap bids are nobody's harm", 11, func(r *Risk, in *book.Input) { r.Reference(11, 100); in.Price = 1 }, 0},
		{"the quantity", 11, limit(ofSponsor, Limits{Qty: 10}), 0},
		{"the value", 11, limit(ofTrader, Limits{Value: 1000}), 0},
		{"the value in money", 13, limit(ofTrader, Limits{Value: 7000}), 0},
		{"the open orders", 11, func(r *Risk, in *book.Input) { take(r, 12, bid(in.ID-1)); r.Limit(ofSponsor, Limits{Open: 2}) }, 0},
		{"the position", 11, func(r *Risk, in *book.Input) {
			take(r, 11, bid(in.ID-1))
			r.Limit(ofMember, Limits{Position: 20})
		}, 0},
		{"half a second later", 11, func(r *Risk, in *book.Input) {
			r.Limit(ofTrader, Limits{Rate: 2, Burst: 1})
			take(r, 11, bid(in.ID-1))
			in.Time += 500_000
		}, 0},
		{"all money, with the fee", 11, func(_ *Risk, in *book.Input) { in.Qty = 998 }, 0},
		{"all that is had", 11, sells(100), 0},
		{"a short sale", 12, sells(1_000_000), 0},
		{"the whole margin", 14, func(_ *Risk, in *book.Input) { in.Qty = 833 }, 0},
		{"a forward below nothing", 14, func(_ *Risk, in *book.Input) { in.Price = -50 }, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, in := house(t), bid(7)
			c.make(r, &in)
			if have := r.Take(c.ins, &in); have != NoReason {
				t.Fatalf("%v %q", have.Who(), have.Code())
			}
			if o, here := r.Find(7); !here || o.Left != in.Qty || o.Account != 102 {
				t.Errorf("%+v is open", o)
			}
		})
	}
}

// TestRefusedChanges: a change is judged as an order is, and an order that is refused one stays as it was; one that
// becomes smaller is never held up by a limit.
func TestRefusedChanges(t *testing.T) {
	for _, c := range []refusal{
		{"nothing", 11, func(_ *Risk, in *book.Input) { in.Qty = 0 }, BadQty},
		{"of another account", 11, func(_ *Risk, in *book.Input) { in.Owner = 101 }, NotOwner},
		{"of another trader", 11, func(_ *Risk, in *book.Input) { in.Trader = 201 }, NotOwner},
		{"of another member", 11, func(_ *Risk, in *book.Input) { in.Member = 1 }, NotOwner},
		{"what has traded", 11, func(r *Risk, in *book.Input) {
			r.Follow(11, []book.Report{{Kind: book.Traded, ID: 7, Price: 100, Qty: 4, Left: 6}})
			in.Qty, in.Flags = 4, book.Total
		}, HasTraded},
		{"more than is had", 11, func(_ *Risk, in *book.Input) { in.Qty = 999 }, BuyingPower},
		{"too large", 11, func(r *Risk, in *book.Input) { r.Limit(ofAccount, Limits{Qty: 10}); in.Qty = 11 }, OrderQty.of(Account)},
		{"dearer", 11, func(r *Risk, in *book.Input) { r.Limit(ofAccount, Limits{Value: 1000}); in.Price = 101 }, OrderValue.of(Account)},
		{"stopped", 11, func(r *Risk, in *book.Input) { r.Kill(ofTrader); in.Qty = 5 }, Killed.of(Trader)},
		{"smaller, and still above a new limit", 11, func(r *Risk, in *book.Input) {
			r.Limit(ofAccount, Limits{Qty: 2, Value: 2, Position: 2, Open: 1})
			in.Qty = 9
		}, NoReason},
		{"the whole, of which some has traded", 11, func(r *Risk, in *book.Input) {
			r.Follow(11, []book.Report{{Kind: book.Traded, ID: 7, Price: 100, Qty: 4, Left: 6}})
			in.Qty, in.Flags = 5, book.Total
		}, NoReason},
		{"an order that nobody has", 11, func(_ *Risk, in *book.Input) { in.ID, in.Qty = 8, 0 }, NoReason},
		{"an order of another instrument", 12, func(_ *Risk, in *book.Input) { in.Qty = 0 }, NoReason},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, in := house(t), bid(7)
			take(r, 11, in)
			in.Verb = book.Replace
			c.make(r, &in)
			before, was := r.Hash(), r.pending
			if have := r.Take(c.ins, &in); have != c.want {
				t.Fatalf("%v %q, wanted is %v %q", have.Who(), have.Code(), c.want.Who(), c.want.Code())
			}
			r.Follow(c.ins, []book.Report{{Kind: book.Refused, ID: in.ID, Reason: book.InHalt}})
			if r.pending != was || r.Hash() != before {
				t.Error("a change that was refused changes something")
			}
		})
	}
}

// TestCodes: every reason has a public code of its own, and says whose limit it was.
func TestCodes(t *testing.T) {
	known := make(map[string]Reason)
	for why := NoReason; why < reasons; why++ {
		if other, here := known[why.Code()]; here || why.Code() == "unknown" || why.Code() == "" && why != NoReason {
			t.Errorf("%d and %d have the code %q", why, other, why.Code())
		}
		known[why.Code()] = why
		if r := why.of(Sponsor); r.Code() != why.Code() || r.Rule() != why || r.Who().String() != "sponsor" {
			t.Errorf("%d of a sponsor is %q of a %v", why, r.Code(), r.Who())
		}
	}
	if reasons.Code() != "unknown" || Who(9).String() != "unknown" {
		t.Error("a number that is no reason has a code")
	}
}

// TestTerms: terms, parties and amounts that make no sense are refused, with their reasons.
func TestTerms(t *testing.T) {
	r := house(t)
	good := Instrument{ID: 30, Asset: metal, Currency: tenge}
	change := func(do func(*Instrument)) Instrument { i := good; do(&i); return i }
	for n, c := range []struct{ have, want Reason }{
		{r.AddInstrument(change(func(i *Instrument) { i.ID = 11 })), Known},
		{r.AddInstrument(change(func(i *Instrument) { i.ID = 0 })), BadTerms},
		{r.AddInstrument(change(func(i *Instrument) { i.Unit = -1 })), BadTerms},
		{r.AddInstrument(change(func(i *Instrument) { i.Piece = 1 << 40 })), BadTerms},
		{r.AddInstrument(change(func(i *Instrument) { i.Asset = tenge })), BadTerms},
		{r.AddInstrument(change(func(i *Instrument) { i.Kind = 2 })), BadTerms},
		{r.AddInstrument(change(func(i *Instrument) { i.Kind = Forward })), BadTerms},
		{r.AddInstrument(change(func(i *Instrument) { i.Kind, i.Margin, i.Taker = Forward, 5, 6 })), BadTerms},
		{r.AddInstrument(change(func(i *Instrument) { i.Margin = 1 })), BadTerms},
		{r.AddInstrument(change(func(i *Instrument) { i.Taker = money.One + 1 })), BadTerms},
		{r.AddInstrument(change(func(i *Instrument) { i.Collar = -1 })), BadTerms},
		{r.AddInstrument(good), NoReason},
		{r.AddMember(0, 0), BadTerms}, {r.AddMember(1, 0), Known}, {r.AddMember(3, 9), UnknownMember}, {r.AddMember(3, 2), BadTerms},
		{r.AddTrader(0, 1), BadTerms}, {r.AddTrader(201, 1), Known}, {r.AddTrader(203, 9), UnknownMember},
		{r.OpenAccount(101, 1, true), Known},
		{r.Credit(9, tenge, 1), UnknownAccount}, {r.Credit(101, tenge, 0), BadAmount}, {r.Credit(101, tenge, most), TooMuch},
		{r.Credit(101, tenge, math.MaxInt64), TooMuch}, {r.Debit(9, tenge, 1), UnknownAccount}, {r.Debit(101, tenge, -1), BadAmount},
		{r.Debit(101, tenge, 100_001), BuyingPower}, {r.Debit(101, dollar, 1), BuyingPower},
		{r.Reference(99, 1), UnknownInstrument}, {r.Reference(11, math.MaxInt64), TooMuch},
		{r.Mark(99, 1), UnknownInstrument}, {r.Mark(11, 1), BadTerms}, {r.Mark(14, math.MinInt64), TooMuch},
		{r.Kill(Party{Sponsor, 1}), Malformed}, {r.Kill(Party{Everybody, 1}), Malformed}, {r.Lift(Party{Member, 9}), UnknownMember},
		{r.Limit(Party{}, Limits{}), Malformed}, {r.Limit(Party{Trader, 9}, Limits{}), UnknownTrader},
		{r.Limit(ofMember, Limits{Qty: -1}), BadTerms}, {r.Limit(ofMember, Limits{Burst: 3}), BadTerms},
		{r.Limit(ofMember, Limits{Messages: 3}), BadTerms}, {r.Limit(ofMember, Limits{Rate: rateMax + 1}), BadTerms},
		{r.Override(Party{Account, 9}, Limits{}, 5), UnknownAccount}, {r.Override(ofMember, Limits{Window: 1}, 5), BadTerms},
		{r.Settled(Settlement{Account: 9}), UnknownAccount}, {r.Settled(Settlement{Account: 101, Comes: -1}), BadAmount},
		{r.Settled(Settlement{Account: 101, Asset: tenge, Goes: 100_001}), NotThere},
		{r.Settled(Settlement{Account: 101, Asset: tenge, Comes: 1, Unlocked: 1}), NotDue},
		{r.Delivered(9, 14, 1), UnknownAccount}, {r.Delivered(101, 14, 0), BadAmount}, {r.Delivered(101, 99, 1), UnknownInstrument},
		{r.Bust(Trade{Side: 2}), Malformed}, {r.Bust(Trade{}), BadQty}, {r.Bust(Trade{Qty: 1}), UnknownInstrument},
		{r.Bust(Trade{Instrument: 11, Account: 101, Trader: 201, Member: 1, Qty: 1}), BadPrice},
		{r.Bust(Trade{Instrument: 11, Account: 101, Trader: 201, Member: 1, Qty: 1, Price: 5000}), NotDue},
		{r.Bust(Trade{Instrument: 11, Account: 101, Trader: 201, Member: 1, Qty: math.MaxInt64, Price: 5}), TooMuch},
	} {
		if c.have != c.want {
			t.Errorf("case %d: %q, wanted is %q", n, c.have.Code(), c.want.Code())
		}
	}
}
