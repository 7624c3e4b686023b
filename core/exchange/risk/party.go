package risk

import (
	"math"
	"math/bits"
)

// Who is of which kind a party is.
type Who uint8

// The kinds of parties. Their numbers are written in journals and never change.
const (
	Everybody Who = iota
	Member
	Trader
	Account
	Sponsor // Sponsor is a member in a reason: the limit was that of who answers for the member. It is no party.
	whos    = Sponsor
)

// String gives the word for it.
func (w Who) String() string {
	if w > Sponsor {
		return "unknown"
	}
	return [...]string{"everybody", "member", "trader", "account", "sponsor"}[w]
}

// Party is somebody who can be limited or stopped. Everybody has no ID.
type Party struct {
	Who Who
	ID  uint32
}

// Limits are what a party may do; zero is no limit. Of a sponsor they count for its own orders and those of the members
// that it answers for, together.
type Limits struct {
	Qty      int64 // Qty is the quantity of one order.
	Value    int64 // Value is what one order is worth at its limit.
	Open     int64 // Open is how many orders are open.
	Position int64 // Position is what may come to be held or owed in one instrument, were all orders of one side filled.
	Rate     int64 // Rate is orders a second, new ones and changes.
	Burst    int64 // Burst is how many of them may come at once after a pause; zero is as many as a second brings.
	Window   int64 // Window is how many microseconds Messages and Refusals are counted for, from the first of them on.
	Messages int64 // Messages in a window beyond these throw the switch.
	Refusals int64 // Refusals in a window beyond these throw the switch.
}

const (
	rateMax   = 1_000_000_000 // rateMax tokens in millionths can be counted.
	windowMax = 1 << 50
	perToken  = 1_000_000 // perToken is a token in millionths: a rate a second is as many of these each microsecond.
)

func (l *Limits) sound() bool {
	return min(l.Qty, l.Value, l.Open, l.Position, l.Rate, l.Burst, l.Window, l.Messages, l.Refusals) >= 0 &&
		max(l.Rate, l.Burst) <= rateMax && l.Window <= windowMax && (l.Rate > 0 || l.Burst == 0) &&
		(l.Window > 0) == (l.Messages > 0 || l.Refusals > 0)
}

// party is one with its limits and its counts. What an order needs comes first, so that it lies in few lines of the cache.
type party struct {
	id       uint32
	above    int32 // above is the member of a trader or account, and the sponsor of a member.
	first    int32 // first is one of its stakes, each of which leads to the next.
	who      Who
	killed   bool
	short    bool
	bound    bool  // bound says that there are limits.
	open     int64 // open is how many orders are open, as long as there are limits.
	tokens   int64 // tokens are orders that may come at once, in millionths, at the moment at.
	at       int64
	until    int64 // until is when the override ends.
	began    int64 // began is when the window began.
	messages int64
	refusals int64
	limits   Limits
	override Limits
}

// AddMember makes a member known. A sponsor, if it is not zero, is a member who answers for it, whose limits and switch
// count too; a sponsor has none itself.
func (r *Risk) AddMember(member, sponsor uint16) Reason {
	if r.byParty[Member].Find(uint64(member)) != 0 {
		return Known
	}
	above := int32(0)
	if sponsor != 0 {
		above = r.byParty[Member].Find(uint64(sponsor))
		if above == 0 {
			return UnknownMember
		}
		if r.parties[above].above != 0 {
			return BadTerms
		}
	}
	if member == 0 {
		return BadTerms
	}
	r.join(party{who: Member, id: uint32(member), above: above})
	return NoReason
}

// AddTrader makes a trader of a member known.
func (r *Risk) AddTrader(trader uint32, member uint16) Reason {
	return r.joinMember(party{who: Trader, id: trader}, member)
}

// OpenAccount opens an account with a member; short says that it may sell what it has not, where the instrument allows
// that too.
func (r *Risk) OpenAccount(account uint32, member uint16, short bool) Reason {
	return r.joinMember(party{who: Account, id: account, short: short}, member)
}

func (r *Risk) joinMember(p party, member uint16) Reason {
	p.above = r.byParty[Member].Find(uint64(member))
	switch {
	case p.id == 0:
		return BadTerms
	case r.byParty[p.who].Find(uint64(p.id)) != 0:
		return Known
	case p.above == 0:
		return UnknownMember
	}
	r.join(p)
	return NoReason
}

func (r *Risk) join(p party) {
	p.tokens = rateMax * perToken // As many as there can be: what is above the burst is not counted.
	p.until = math.MinInt64
	r.enrol(p)
}

func (r *Risk) enrol(p party) {
	r.parties = append(r.parties, p)
	r.byParty[p.who].Put(uint64(p.id), int32(len(r.parties)-1))
}

// party gives the slot of a party; of Everybody that is zero.
func (r *Risk) party(p Party) (int32, Reason) {
	switch {
	case p.Who >= whos, p.Who == Everybody && p.ID != 0:
		return 0, Malformed
	case p.Who == Everybody:
		return 0, NoReason
	}
	slot := r.byParty[p.Who].Find(uint64(p.ID))
	if slot == 0 {
		return 0, [...]Reason{Member: UnknownMember, Trader: UnknownTrader, Account: UnknownAccount}[p.Who]
	}
	return slot, NoReason
}

// Limit sets the limits of a member, a trader or an account, from the next order on; what is open is not judged again.
func (r *Risk) Limit(p Party, limits Limits) Reason {
	slot, why := r.party(p)
	switch {
	case why != NoReason:
		return why
	case slot == 0:
		return Malformed
	case !limits.sound():
		return BadTerms
	}
	r.parties[slot].limits = limits
	r.bind(&r.parties[slot])
	return NoReason
}

// Override lets other limits hold instead, for orders before a moment; then the usual ones hold again by themselves. A
// second one takes the place of the first, and one whose end is past ends it.
func (r *Risk) Override(p Party, limits Limits, until int64) Reason {
	slot, why := r.party(p)
	switch {
	case why != NoReason:
		return why
	case slot == 0:
		return Malformed
	case !limits.sound():
		return BadTerms
	}
	r.parties[slot].override, r.parties[slot].until = limits, until
	r.bind(&r.parties[slot])
	return NoReason
}

// bind counts what is open of a party that has limits.
func (r *Risk) bind(p *party) {
	p.bound = p.limits != Limits{} || p.override != Limits{}
	p.open = 0
	if p.bound {
		p.open = r.openOf(p)
	}
	r.tell(p)
}

// openOf counts how many orders of a party are open.
func (r *Risk) openOf(p *party) (open int64) {
	for slot := p.first; slot != 0; slot = r.stakes[slot].next {
		open += int64(r.stakes[slot].orders)
	}
	return open
}

// tell writes what every order asks of a party on all its stakes.
func (r *Risk) tell(p *party) {
	for slot := p.first; slot != 0; slot = r.stakes[slot].next {
		r.stakes[slot].killed, r.stakes[slot].bound = p.killed, p.bound
	}
}

// Kill throws the switch of a party: it enters and changes no order any more. Taking back what is open is for whoever
// throws it, and is never refused here.
func (r *Risk) Kill(p Party) Reason {
	slot, why := r.party(p)
	if why == NoReason {
		r.parties[slot].killed = true
		r.tell(&r.parties[slot])
	}
	return why
}

// Lift takes the switch back, and its counts begin anew.
func (r *Risk) Lift(p Party) Reason {
	slot, why := r.party(p)
	if why == NoReason {
		who := &r.parties[slot]
		who.killed, who.began, who.messages, who.refusals = false, 0, 0, 0
		r.tell(who)
	}
	return why
}

// rules gives the limits that hold at a moment.
func (p *party) rules(now int64) *Limits {
	if now < p.until {
		return &p.override
	}
	return &p.limits
}

// fill gives the tokens that there are at a moment; a moment before the last one brings none.
func (p *party) fill(l *Limits, now int64) int64 {
	burst := l.Burst
	if burst == 0 {
		burst = l.Rate
	}
	whole := burst * perToken
	if now > p.at {
		high, low := bits.Mul64(uint64(now)-uint64(p.at), uint64(l.Rate))
		if high != 0 || low > uint64(whole) {
			return whole
		}
		return min(min(p.tokens, whole)+int64(low), whole)
	}
	return min(p.tokens, whole)
}

// spend takes a token from those that there are, for an order that was taken.
func (p *party) spend(now, tokens int64) {
	if p.rules(now).Rate != 0 {
		p.tokens, p.at = tokens-perToken, max(p.at, now)
	}
}

// count counts a message or a refusal, and says whether there are too many now.
func (p *party) count(now, messages, refusals int64) bool {
	l := p.rules(now)
	if l.Window == 0 {
		return false
	}
	if p.messages == 0 && p.refusals == 0 || now > p.began && uint64(now)-uint64(p.began) >= uint64(l.Window) {
		p.began, p.messages, p.refusals = now, 0, 0
	}
	p.messages += messages
	p.refusals += refusals
	return l.Messages != 0 && p.messages > l.Messages || l.Refusals != 0 && p.refusals > l.Refusals
}
