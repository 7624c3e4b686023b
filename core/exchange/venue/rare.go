package venue

import (
	"bytes"
	"encoding/json"
	"strconv"

	"sauda/base/money"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/risk"
)

// Movement is something that an account gets or gives, besides its trades.
type Movement struct {
	Ref     string `json:"ref"`          // Ref names it; the same a second time is Repeated.
	At      int64  `json:"at,omitempty"` // At is when the books moved it, in microseconds since 1970.
	Account uint32 `json:"account"`
	Asset   uint32 `json:"asset"`
	Amount  int64  `json:"amount"` // Amount is paid in, or below zero paid out; zero for a settlement.
	// Comes, Goes and Unlocked are what settles of the trades of the account: see risk.Settlement.
	Comes    int64 `json:"comes,omitempty"`
	Goes     int64 `json:"goes,omitempty"`
	Unlocked int64 `json:"unlocked,omitempty"`
	// Forced says that Amount has moved already, whatever the account would have done with it, that Due is what its trades bring
	// more from now on, and that so much is Unlocked, or Locked: see risk.Adjustment.
	Forced bool  `json:"forced,omitempty"`
	Due    int64 `json:"due,omitempty"`
	Locked int64 `json:"locked,omitempty"`
	// Delivered is what was delivered of the position in an Instrument, with the sign of the position. It has no asset.
	Delivered  int64  `json:"delivered,omitempty"`
	Instrument uint32 `json:"instrument,omitempty"`
}

// Limits are the limits of somebody, for good or until a moment.
type Limits struct {
	Party  risk.Party  `json:"party"`
	Limits risk.Limits `json:"limits"`
	Until  int64       `json:"until,omitempty"` // Until is when they end again; zero is never.
}

// Scope is whose switch is thrown or taken back; nobody named is everybody.
type Scope struct {
	Party risk.Party `json:"party"`
	Lift  bool       `json:"lift,omitempty"`
}

// Agreement is trades of one instrument that were agreed outside of its book. They are made all or none.
type Agreement struct {
	Ref    string  `json:"ref"`
	How    How     `json:"how"`
	Trades []Trade `json:"trades"` // Trades have parties without orders; their ids and times are given here, and Ref is theirs.
}

// Mark is what a forward is worth at the end of a day. With Ref it is a division: New units have come of Old ones of what an
// instrument is traded for.
type Mark struct {
	Price int64  `json:"price"`
	Ref   string `json:"ref,omitempty"` // Ref names the division; the same a second time is Repeated.
	New   int64  `json:"new,omitempty"`
	Old   int64  `json:"old,omitempty"`
}

// rare does what is asked with a body.
func (v *Venue) rare(in *Input) Reason {
	switch in.Verb {
	case Begin:
		return v.begin(in)
	case List:
		return read(in, v.list)
	case Admit:
		return read(in, v.admit)
	case Limit:
		return read(in, v.limit)
	case Move:
		return read(in, v.move)
	case Kill:
		return read(in, v.kill)
	case Agree:
		return read(in, v.agree)
	case Bust:
		return read(in, v.bust)
	case Price:
		return read(in, v.mark)
	}
	return Malformed
}

// read reads the body of an input and has it done.
func read[B any](in *Input, do func(*Input, *B) Reason) Reason {
	if len(in.Body) > BodyMax {
		return BadBody
	}
	var body B
	from := json.NewDecoder(bytes.NewReader(in.Body))
	from.DisallowUnknownFields()
	if from.Decode(&body) != nil {
		return BadBody
	}
	return do(in, &body)
}

func (v *Venue) limit(_ *Input, l *Limits) Reason {
	why := risk.NoReason
	if l.Until != 0 {
		why = v.risk.Override(l.Party, l.Limits, l.Until)
	} else {
		why = v.risk.Limit(l.Party, l.Limits)
	}
	if why != risk.NoReason {
		return ofRisk(why)
	}
	v.say(Changed).Scope = l.Party
	return 0
}

// move pays in or out, or settles. The same reference moves nothing a second time, nor does what is too old to be remembered.
func (v *Venue) move(_ *Input, m *Movement) Reason {
	why := risk.NoReason
	switch {
	case m.Ref == "":
		return BadBody
	case v.moved.has(m.Ref), v.tooOld(m):
		return Repeated
	case m.Instrument != 0:
		why = v.risk.Delivered(m.Account, m.Instrument, m.Delivered)
	case m.Forced:
		why = v.risk.Adjust(risk.Adjustment{Account: m.Account, Asset: m.Asset, There: m.Amount, Due: m.Due, Unlocked: m.Unlocked, Locked: m.Locked})
	case m.Amount > 0:
		why = v.risk.Credit(m.Account, m.Asset, m.Amount)
	case m.Amount < 0:
		why = v.risk.Debit(m.Account, m.Asset, -m.Amount)
	default:
		why = v.risk.Settled(risk.Settlement{Account: m.Account, Asset: m.Asset, Comes: m.Comes, Goes: m.Goes, Unlocked: m.Unlocked})
	}
	if why != risk.NoReason {
		return ofRisk(why)
	}
	v.rememberMove(m)
	e := v.say(Moved)
	e.Account, e.Report.ID, e.Report.Qty = m.Account, uint64(m.Asset), m.Amount
	return 0
}

// kill throws a switch and takes back all orders of whoever it stops, whatever the phase; or it takes the switch back.
func (v *Venue) kill(_ *Input, s *Scope) Reason {
	if s.Lift {
		if why := v.risk.Lift(s.Party); why != risk.NoReason {
			return ofRisk(why)
		}
		v.say(Lifted).Scope = s.Party
		return 0
	}
	if why := v.risk.Kill(s.Party); why != risk.NoReason {
		return ofRisk(why)
	}
	v.stop(s.Party)
	return 0
}

func (v *Venue) stop(p risk.Party) {
	v.say(Stopped).Scope = p
	in := Input{}
	switch p.Who {
	case risk.Member:
		in.Member = uint16(p.ID)
	case risk.Trader:
		in.Trader = p.ID
	case risk.Account:
		in.Account = p.ID
	}
	v.sweep(&in, true)
}

// alarm does what the alarms of risk ask for: whoever has lost his switch loses his orders too.
func (v *Venue) alarm() {
	for _, a := range append([]risk.Alarm(nil), v.risk.Alarms()...) {
		switch a.Kind {
		case risk.SwitchThrown:
			v.stop(a.Party)
		case risk.Shortfall:
			e := v.say(Short)
			e.Scope, e.Report.ID, e.Report.Qty = a.Party, uint64(a.Asset), a.Amount
		}
	}
}

func (v *Venue) mark(in *Input, m *Mark) Reason {
	i := v.instrument(in.Instrument)
	switch {
	case i == nil:
		return UnknownInstrument
	case m.Ref != "":
		return v.divide(i, m)
	}
	if why := v.risk.Mark(in.Instrument, m.Price); why != risk.NoReason {
		return ofRisk(why)
	}
	v.say(Changed).Instrument = in.Instrument
	return 0
}

// divide takes back all orders of an instrument, whatever the phase, and has its last price stand for the new units: what was
// asked for and at which price was about the old ones. A last price that cannot be counted is forgotten.
func (v *Venue) divide(i *instrument, m *Mark) Reason {
	switch {
	case v.moved.has(m.Ref):
		return Repeated
	case m.New <= 0 || m.Old <= 0:
		return BadBody
	}
	v.sweep(&Input{Instrument: i.number}, true)
	for _, ref := range []*auction.Reference{&i.last, &i.static} {
		if !ref.Known {
			continue
		}
		price, ok := money.MulDiv(ref.Price, m.Old, m.New, money.HalfUp)
		if *ref = (auction.Reference{}); ok {
			*ref = auction.Ref(i.spec.Auction.Ticks.Floor(price))
		}
	}
	v.moved.add(m.Ref, forGood)
	v.say(Changed).Instrument = i.number
	return 0
}

// agree makes trades that were agreed outside of the book: what each side needs is held first, and if one lacks it none is
// made. What two have agreed on may be as far from the market as an auction may strike without people: see fair.
func (v *Venue) agree(in *Input, a *Agreement) Reason {
	i, why := v.tradable(in.Instrument)
	switch {
	case why != 0:
		return why
	case a.Ref == "" || len(a.Trades) == 0 || a.How < HowAgreed:
		return BadBody
	case v.moved.has(a.Ref):
		return Repeated
	case i.phase() == auction.Closed || i.phase() == auction.Halt:
		return WrongPhase
	}
	first := v.lastOrder
	for _, t := range a.Trades {
		if why = i.fair(&t, a.How); why != 0 {
			break
		}
		for s, p := range [2]Party{t.Buy, t.Sell} {
			if why = v.holdSide(i, &t, p, book.Side(s)); why != 0 {
				break
			}
		}
		if why != 0 {
			break
		}
	}
	if why != 0 {
		for id := first + 1; id <= v.lastOrder; id++ {
			v.risk.Follow(i.number, []book.Report{{ID: id, Kind: book.Cancelled}})
			v.forget(v.today.find(id))
		}
		v.lastOrder = first
		return why
	}
	last := i.last
	for n, t := range a.Trades {
		buy := first + 1 + 2*uint64(n)
		for _, id := range [2]uint64{buy, buy + 1} {
			o := v.today.find(id)
			r := book.Report{ID: id, Other: 2*buy + 1 - id, Price: t.Price, Qty: t.Qty, Kind: book.Struck, Side: o.side, Verb: book.Enter}
			v.tellWaiting(i, r, a.How)
		}
		dealt := &v.out[len(v.out)-1].Trade // The last that was told is the trade of both.
		dealt.Cycle, dealt.Ref = t.Cycle, a.Ref
	}
	i.last = last // What is agreed elsewhere is no price of this market.
	v.moved.add(a.Ref, forGood)
	return 0
}

// fair judges what two have agreed on by themselves. Its price may lie as far from the last one as that of an auction which
// nobody has to accept: up to the extended bound, or the narrower ones where there is none.
func (i *instrument) fair(t *Trade, how How) Reason {
	if t.Cycle > CycleMax {
		return BadBody
	}
	c := i.spec.Collar
	if c.Extended > 0 {
		c.Dynamic, c.Static = 0, 0
	}
	if how == HowAgreed && c.Judge(t.Price, i.last, i.static) != auction.Inside {
		return OutsideCollar
	}
	return 0
}

// holdSide holds what one side of an agreed trade needs, by an order that is filled at once.
func (v *Venue) holdSide(i *instrument, t *Trade, p Party, s book.Side) Reason {
	in := Input{Instrument: i.number, Account: p.Account, Trader: p.Trader, Member: p.Member}
	if why := v.admitted(&in); why != 0 {
		return why
	}
	o := book.Input{
		Time: v.now, ID: v.lastOrder + 1, Price: t.Price, Qty: t.Qty, Side: s, Owner: p.Account, Trader: p.Trader, Member: p.Member,
		Verb: book.Enter,
	}
	if why := i.book.JudgeTerms(t.Price, t.Qty); why != book.NoReason {
		return ofBook(why)
	}
	if why := v.risk.Take(i.number, &o); why != risk.NoReason {
		return ofRisk(why)
	}
	v.risk.Follow(i.number, []book.Report{{ID: o.ID, Price: o.Price, Qty: o.Qty, Left: o.Qty, Kind: book.Accepted, Side: s}})
	v.lastOrder = o.ID
	v.note(record{
		id: o.ID, instrument: i.number, account: p.Account, trader: p.Trader, member: p.Member, side: s, state: Waiting, price: t.Price,
		qty: t.Qty, left: t.Qty, entered: v.now,
	}, "")
	return 0
}

// Undoing is a trade that shall be undone.
type Undoing struct {
	Trade   Trade `json:"trade"`
	Ended   int64 `json:"ended,omitempty"`   // Ended is how much of it is settled or delivered already.
	Settled bool  `json:"settled,omitempty"` // Settled says that of all of it; only older journals do.
	// Fees are what the buyer and the seller have paid for it; without them it is what they would pay today.
	Fees *[2]int64 `json:"fees,omitempty"`
}

// bust undoes a trade on both sides. Whoever undoes it tells the whole trade, and has it undone once only.
func (v *Venue) bust(_ *Input, u *Undoing) Reason {
	t := &u.Trade
	ref := "bust " + strconv.FormatUint(t.ID, 10)
	switch {
	case v.instrument(t.Instrument) == nil:
		return UnknownInstrument
	case t.ID == 0 || t.ID > v.lastTrade:
		return BadTrade
	case v.moved.has(ref):
		return Repeated
	}
	if why := v.risk.BustTrade(u.side(book.Buy), u.side(book.Sell)); why != risk.NoReason {
		return ofRisk(why)
	}
	v.moved.add(ref, forGood)
	e := v.say(Busted)
	e.Instrument, e.Trade = t.Instrument, *t
	return 0
}

// side is one side of a trade as risk counts it.
func (u *Undoing) side(s book.Side) risk.Trade {
	t := &u.Trade
	p := [2]Party{t.Buy, t.Sell}[s]
	back := risk.Trade{
		Instrument: t.Instrument, Account: p.Account, Trader: p.Trader, Member: p.Member, Side: s, Role: t.role(s), Price: t.Price, Qty: t.Qty,
		Ended: u.Ended,
	}
	if u.Settled {
		back.Ended = t.Qty
	}
	if u.Fees != nil {
		back.Charged, back.Fee = true, u.Fees[s]
	}
	return back
}

// role says what a side of a trade pays a fee for.
func (t *Trade) role(s book.Side) risk.Role {
	switch {
	case t.How != HowContinuous:
		return risk.Called
	case t.Resting == s:
		return risk.Made
	}
	return risk.Took
}
