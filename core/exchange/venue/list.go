package venue

import (
	"reflect"
	"slices"

	"sauda/base/money"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/book"
	"sauda/core/exchange/risk"
)

// Listing says whether an instrument is traded.
type Listing uint8

// The listings of an instrument. Their numbers never change.
const (
	Listed   Listing = iota
	Paused           // Paused takes no orders; what stands in the book can be taken back.
	Delisted         // Delisted is over: nothing stands in the book any more.
)

// Instrument is what the market has to know of something that is traded.
type Instrument struct {
	Code       string            `json:"code"` // Code is how the world calls it: an ISIN, the code of a good.
	State      Listing           `json:"state"`
	Rules      book.Rules        `json:"rules"`
	Auction    auction.Rule      `json:"auction"` // Auction has the ticks of Rules, whatever it is given.
	Collar     auction.Collar    `json:"collar"`
	Plan       auction.Plan      `json:"plan"`
	Protection money.Rate        `json:"protection"` // Protection is how far from the last price an order without a limit reaches.
	Risk       risk.Instrument   `json:"risk"`
	Reference  auction.Reference `json:"reference"` // Reference is the last price from before it was traded here.
}

// Account is a position account, and who may trade for it.
type Account struct {
	Number  uint32   `json:"number"`
	Code    string   `json:"code"`
	Member  uint16   `json:"member"`
	Traders []uint32 `json:"traders"`
	Closed  bool     `json:"closed,omitempty"`
	Short   bool     `json:"short,omitempty"` // Short says that it may sell what it has not, where the instrument allows that too.
}

// Admission brings a member, traders of it and an account of it: whatever is not known yet. An account that is known gets
// other traders, and is closed or opened again; its member stays.
type Admission struct {
	Member  uint16   `json:"member"`
	Sponsor uint16   `json:"sponsor,omitempty"`
	Traders []uint32 `json:"traders"`
	Account *Account `json:"account,omitempty"`
}

// ticks gives the steps of the price as auctions count them.
func ticks(rules book.Rules) auction.Ticks {
	var t auction.Ticks
	for _, band := range rules.Ticks {
		t = append(t, auction.Band{From: band.From, Step: band.Tick})
	}
	return t
}

// list brings an instrument, or another form of one. During its day only its listing, its collar and its protection change.
func (v *Venue) list(in *Input, spec *Instrument) Reason {
	spec.Auction.Ticks = ticks(spec.Rules)
	if in.Instrument == 0 || spec.Risk.ID != in.Instrument || spec.State > Delisted {
		return BadBody
	}
	fresh, err := book.New(spec.Rules)
	if err != nil || spec.Auction.Check() != nil || spec.Collar.Check() != nil || spec.Plan.Check() != nil || spec.Protection.Check() != nil {
		return BadRules
	}
	if i := v.instrument(in.Instrument); i != nil {
		return v.relist(i, spec)
	}
	if why := v.risk.AddInstrument(spec.Risk); why != risk.NoReason {
		return ofRisk(why)
	}
	i := &instrument{number: in.Instrument, spec: *spec, book: fresh, static: spec.Reference, soonest: never}
	v.enlist(i)
	at, _ := slices.BinarySearch(v.ranked, i.number)
	v.ranked = slices.Insert(v.ranked, at, i.number)
	v.say(Changed).Instrument = i.number
	return 0
}

// enlist makes an instrument known that is not yet.
func (v *Venue) enlist(i *instrument) {
	v.byNumber.Put(uint64(i.number), int32(len(v.instruments)))
	v.instruments = append(v.instruments, i)
}

func (v *Venue) relist(i *instrument, spec *Instrument) Reason {
	same := *spec
	same.State, same.Collar, same.Protection = i.spec.State, i.spec.Collar, i.spec.Protection
	switch {
	case spec.Risk != i.spec.Risk:
		return ofRisk(risk.Known)
	case !reflect.DeepEqual(same, i.spec):
		if i.phase() != auction.Closed {
			return WrongPhase
		}
		b, err := book.Import(spec.Rules, i.book.Export(nil))
		if err != nil {
			return OrdersStand
		}
		i.book = b
	}
	i.spec = *spec
	if spec.State == Delisted {
		v.sweep(&Input{Instrument: i.number}, true)
	}
	v.say(Changed).Instrument = i.number
	return 0
}

// admit brings members, traders and accounts.
func (v *Venue) admit(_ *Input, a *Admission) Reason {
	if acc := a.Account; acc != nil {
		if acc.Member != a.Member || acc.Number == 0 {
			return BadBody
		}
		if known := v.account(acc.Number); known != nil && known.Member != acc.Member {
			return ofRisk(risk.NotOfMember)
		}
	}
	if why := v.risk.AddMember(a.Member, a.Sponsor); why != risk.NoReason && why != risk.Known {
		return ofRisk(why)
	}
	for _, t := range a.Traders {
		if why := v.risk.AddTrader(t, a.Member); why != risk.NoReason && why != risk.Known {
			return ofRisk(why)
		}
	}
	if acc := a.Account; acc != nil {
		if why := v.risk.OpenAccount(acc.Number, acc.Member, acc.Short); why != risk.NoReason && why != risk.Known {
			return ofRisk(why)
		}
		v.hold(acc)
	}
	e := v.say(Changed)
	e.Member = a.Member
	if a.Account != nil {
		e.Account = a.Account.Number
	}
	return 0
}

// hold makes an account known, or another form of it.
func (v *Venue) hold(a *Account) {
	slot := v.byAccount.Find(uint64(a.Number))
	if slot == 0 {
		slot = int32(len(v.holders))
		v.holders = append(v.holders, holder{})
		v.byAccount.Put(uint64(a.Number), slot)
	}
	v.holders[slot].Account = a
}
