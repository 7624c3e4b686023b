package floor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/risk"
	"sauda/core/exchange/venue"
	"sauda/gear/db"
)

// Roll is what the market has to know of the books of the house on one day: what is traded, when, and by whom.
type Roll struct {
	Day         span.Day
	lines       []line
	tables      map[uint32]Timetable
	instruments map[uint32]exchange.Instrument
	accounts    map[uint32]string // accounts are their codes by their numbers, numbers the other way.
	numbers     map[string]uint32
	assets      map[string]uint32
	traded      map[string]uint32 // traded are the numbers of the instruments, by their codes.
	settles     map[traded]span.Day
	codes       map[uint32]string // codes are those of the assets, by their numbers.
	holders     map[uint32]exchange.Account
	seats       map[string][]Seat // seats are from where users may trade, by who they are.
	users       map[uint32]string // users are who the traders are, by their numbers.
}

// traded is a day of an instrument, with how many days after it a trade is settled.
type traded struct {
	instrument uint32
	day        span.Day
	cycle      int64
}

// line is one thing to be known, as an input, and under which name it is remembered that it is known.
type line struct {
	name  string
	input venue.Input
	quiet bool // quiet says that a market which has never heard of it need not.
}

const (
	preOpen      = 30 * time.Minute // preOpen is how long before the first step of a day orders are let in.
	interruption = 5 * time.Minute  // interruption is how long a call lasts that was not planned, before its random end.
	protection   = money.One / 20   // protection is how far a market order reaches where the instrument has no collar.
	accountsPage = 1000             // accountsPage is how many accounts are read at once.
)

// ReadRoll reads the roll of a day.
func ReadRoll(tx *db.Tx, day span.Day) (Roll, error) {
	r := Roll{
		Day: day, tables: make(map[uint32]Timetable), instruments: make(map[uint32]exchange.Instrument), accounts: make(map[uint32]string),
		numbers: make(map[string]uint32), assets: make(map[string]uint32),
		traded: make(map[string]uint32), settles: make(map[traded]span.Day), codes: make(map[uint32]string), holders: make(map[uint32]exchange.Account), seats: make(map[string][]Seat),
		users: make(map[uint32]string),
	}
	assets, err := exchange.Assets(tx)
	if err != nil {
		return Roll{}, err
	}
	for _, a := range assets {
		r.assets[a.Code], r.codes[a.Number] = a.Number, a.Code
	}
	if err := r.readParties(tx); err != nil {
		return Roll{}, err
	}
	return r, r.readInstruments(tx)
}

func (r *Roll) add(name string, in venue.Input, body any, quiet bool) error {
	bytes, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("write what the market has to know of %s: %w", name, err)
	}
	in.Body = bytes
	r.lines = append(r.lines, line{name, in, quiet})
	return nil
}

// readParties reads who may trade: members, their traders and accounts, and the limits of all of them.
func (r *Roll) readParties(tx *db.Tx) error {
	members, err := exchange.Members(tx)
	if err != nil {
		return err
	}
	traders, err := exchange.Traders(tx)
	if err != nil {
		return err
	}
	grants, err := exchange.Grants(tx)
	if err != nil {
		return err
	}
	numbers, parties := make(map[exchange.MemberID]uint16), make(map[exchange.Subject]risk.Party)
	states := make(map[exchange.Subject]exchange.State)
	for _, m := range members {
		numbers[m.ID] = m.Number
		parties[exchange.Subject(m.ID)], states[exchange.Subject(m.ID)] = risk.Party{Who: risk.Member, ID: uint32(m.Number)}, m.State
	}
	of := make(map[exchange.MemberID][]uint32)
	for _, t := range traders {
		of[t.Member] = append(of[t.Member], t.Number)
		parties[exchange.Subject(t.ID)], states[exchange.Subject(t.ID)] = risk.Party{Who: risk.Trader, ID: t.Number}, t.State
	}
	for _, sponsored := range []bool{false, true} { // Whoever answers for others comes before them.
		for _, m := range members {
			if (m.Sponsor != "") != sponsored {
				continue
			}
			body := venue.Admission{Member: m.Number, Sponsor: numbers[m.Sponsor], Traders: of[m.ID]}
			if err := r.add("member "+string(m.ID), venue.Input{Verb: venue.Admit}, body, false); err != nil {
				return err
			}
		}
	}
	for _, t := range traders {
		r.users[t.Number] = t.User
	}
	may := make(map[uint32][]uint32)
	for _, g := range grants {
		may[g.Account] = append(may[g.Account], g.Trader)
	}
	for after := uint32(0); ; {
		accounts, err := exchange.Accounts(tx, after, accountsPage)
		if err != nil {
			return err
		}
		for _, a := range accounts {
			after = a.Number
			r.accounts[a.Number], r.numbers[a.Code], r.holders[a.Number] = a.Code, a.Number, a
			for _, trader := range may[a.Number] {
				r.seats[r.users[trader]] = append(r.seats[r.users[trader]], Seat{Account: a.Number, Trader: trader, Member: numbers[a.Member], Code: a.Code})
			}
			parties[exchange.Subject(a.ID)], states[exchange.Subject(a.ID)] = risk.Party{Who: risk.Account, ID: a.Number}, a.State
			known := venue.Account{Number: a.Number, Code: a.Code, Member: numbers[a.Member], Traders: may[a.Number], Closed: a.State != exchange.StateActive}
			body := venue.Admission{Member: numbers[a.Member], Traders: []uint32{}, Account: &known}
			if err := r.add("account "+string(a.ID), venue.Input{Verb: venue.Admit}, body, false); err != nil {
				return err
			}
		}
		if len(accounts) < accountsPage {
			break
		}
	}
	return r.readLimits(tx, parties, states)
}

// readLimits reads what parties may do. Whoever may do nothing, and whoever is suspended, has his switch thrown.
func (r *Roll) readLimits(tx *db.Tx, parties map[exchange.Subject]risk.Party, states map[exchange.Subject]exchange.State) error {
	limits, err := exchange.Limits(tx)
	if err != nil {
		return err
	}
	sums, stopped := make(map[exchange.Subject]risk.Limits), make(map[exchange.Subject]bool)
	for _, l := range limits {
		sum := sums[l.Subject]
		stopped[l.Subject] = stopped[l.Subject] || l.Most == 0
		switch l.What {
		case exchange.OrderValue:
			sum.Value = l.Most
		case exchange.OrderQuantity:
			sum.Qty = l.Most
		case exchange.OrderRate:
			sum.Rate = l.Most
		case exchange.Position:
			sum.Position = l.Most
		case exchange.OpenOrders:
			sum.Open = l.Most
		}
		sums[l.Subject] = sum
	}
	for _, subject := range slices.Sorted(maps.Keys(parties)) {
		party := parties[subject]
		if err := r.add("limits "+string(subject), venue.Input{Verb: venue.Limit}, venue.Limits{Party: party, Limits: sums[subject]}, sums[subject] == risk.Limits{}); err != nil {
			return err
		}
		lift := states[subject] == exchange.StateActive && !stopped[subject]
		if err := r.add("switch "+string(subject), venue.Input{Verb: venue.Kill}, venue.Scope{Party: party, Lift: lift}, lift); err != nil {
			return err
		}
	}
	return nil
}

// readInstruments reads what is traded, and the steps of the day.
func (r *Roll) readInstruments(tx *db.Tx) error {
	all, err := exchange.Instruments(tx, exchange.StateListed, exchange.StateSuspended, exchange.StateDelisted)
	if err != nil {
		return err
	}
	type today struct {
		plan    auction.Plan
		table   Timetable
		settles func(span.Day, int64) (span.Day, error)
	}
	days := make(map[string]today)
	for _, i := range all {
		group, known := days[i.Terms.Group]
		if !known {
			s, c, err := exchange.ScheduleOn(tx, i.Terms.Group, r.Day)
			switch {
			case errors.Is(err, exchange.ErrUnknown): // Nobody has laid a schedule for today: there is no day.
			case err != nil:
				return err
			default:
				if group.plan, err = s.Plan(c, r.Day); err != nil {
					return err
				}
				group.table, group.settles = timetable(s.Steps(c, r.Day)), c.SettleDay
			}
			days[i.Terms.Group] = group
		}
		spec, err := specOf(i, group.plan)
		if err != nil {
			return err
		}
		if err := r.add("instrument "+string(i.ID), venue.Input{Verb: venue.List, Instrument: i.Number}, spec, i.State == exchange.StateDelisted); err != nil {
			return err
		}
		r.instruments[i.Number], r.traded[i.Code] = i, i.Number
		if group.settles != nil {
			if r.settles[traded{i.Number, r.Day, i.Terms.Cycle}], err = group.settles(r.Day, i.Terms.Cycle); err != nil {
				return err
			}
		}
		if i.TradedOn(r.Day) && len(group.table.Steps) > 0 {
			r.tables[i.Number] = group.table
		}
	}
	return nil
}

func timetable(steps []exchange.Moment) Timetable {
	t := Timetable{Interruption: interruption}
	for _, m := range steps {
		t.Steps = append(t.Steps, Due{Step: m.Step, At: m.At})
	}
	if len(t.Steps) > 0 {
		t.Begin = t.Steps[0].At - preOpen.Microseconds()
	}
	return t
}

// specOf says of an instrument what the market has to know. The market counts quantities in what a price is for: a thousand
// kilograms where it is for a tonne.
func specOf(i exchange.Instrument, plan auction.Plan) (venue.Instrument, error) {
	rule, err := i.AuctionRule()
	if err != nil {
		return venue.Instrument{}, err
	}
	rules := i.Rules()
	rules.Lot /= i.Terms.Unit
	rules.QtyMax /= i.Terms.Unit
	spec := venue.Instrument{
		Code: i.Code, Rules: rules, Auction: rule, Collar: i.Collar(), Plan: plan, Protection: i.Terms.Collar.Dynamic,
		Risk: risk.Instrument{
			ID: i.Number, Asset: i.Asset.Number, Currency: i.Paid.Number, Piece: i.Terms.Unit, Maker: i.Terms.Maker, Taker: i.Terms.Taker,
			Auction: max(i.Terms.Maker, i.Terms.Taker), Resale: i.Terms.SellUnsettled, Proceeds: true, Short: i.Terms.Short,
		},
	}
	if spec.Protection == 0 {
		spec.Protection = protection
	}
	if i.Kind == exchange.Forward {
		spec.Risk.Kind, spec.Risk.Margin = risk.Forward, i.Terms.Initial
	}
	switch i.State {
	case exchange.StateSuspended:
		spec.State = venue.Paused
	case exchange.StateDelisted:
		spec.State = venue.Delisted
	}
	return spec, nil
}

// Teach lets the market know what it does not know yet of a roll. What it cannot take now, such as other rules during the day of
// an instrument, is tried again the next time.
func (f *Floor) Teach(ctx context.Context, r Roll) error {
	f.teaching.Lock()
	defer f.teaching.Unlock()
	f.introduce(r)
	whole, waits := true, make(map[uint32]bool)
	var news []line
	for _, l := range r.lines {
		if was, known := f.taught[l.name]; was != string(l.input.Body) && (known || !l.quiet) {
			news = append(news, l)
		}
	}
	refusals, err := f.doAll(ctx, news)
	if err != nil {
		return err
	}
	for n, l := range news {
		switch why := refusals[n]; why {
		case 0:
			f.taught[l.name] = string(l.input.Body)
			continue
		case venue.WrongPhase:
			waits[l.input.Instrument] = true
		default:
			f.config.Log.Warn("the market does not take what the books say", "of", l.name, "why", why.Code())
		}
		whole = false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.roll, f.whole, f.waits = r, whole, waits
	return nil
}

// introduce says whose the accounts of a roll are, before any of them trades.
func (f *Floor) introduce(r Roll) {
	owners := make(map[uint32]string, len(r.holders))
	for number, a := range r.holders {
		owners[number] = a.Party
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.owners, f.users = owners, r.users
}

// lessonsAhead is how much the market is taught before the first answer: after a start that is all that the books know, and one
// lesson after the other would wait for the disk each time.
const lessonsAhead = 1000

// doAll asks for all lines in their order, and gives for each why it was refused, or none.
func (f *Floor) doAll(ctx context.Context, lines []line) ([]venue.Reason, error) {
	refusals := make([]venue.Reason, len(lines))
	for from := 0; from < len(lines); from += lessonsAhead {
		part := lines[from:min(from+lessonsAhead, len(lines))]
		answers := make(chan error, len(part))
		for n, l := range part {
			why := &refusals[from+n]
			err := f.Send(l.input, func(events []venue.Event, err error) {
				if err == nil && events[0].Kind == venue.Refused {
					*why = events[0].Reason
				}
				answers <- err
			})
			if err != nil {
				return nil, err
			}
		}
		for range part {
			select {
			case err := <-answers:
				if err != nil {
					return nil, err
				}
			case <-ctx.Done():
				return nil, ErrUnanswered.About("%w", context.Cause(ctx))
			case <-f.ended:
				return nil, ErrClosed
			}
		}
	}
	return refusals, nil
}

// taughtRoll gives the roll that was taught last. Its maps must not be changed.
func (f *Floor) taughtRoll() Roll {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.roll
}

// Table gives the timetable of an instrument for the day in which a moment lies in Almaty, if that is the day of the last roll.
func (f *Floor) Table(instrument uint32, at time.Time) (Timetable, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	t, ok := f.roll.tables[instrument]
	return t, ok && f.roll.Day == span.DayOf(at, span.Almaty)
}
