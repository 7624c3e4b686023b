package floor

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/clearing"
	"sauda/gear/db"
	"sauda/gear/job"
)

// What two people decide about the life of what is traded. Their subject is an instrument.
const (
	KindNotice  exchange.ProposalKind = "floor.notice"   // KindNotice announces what an issuer will do: the body is a clearing.Notice without Ref.
	KindCallOff exchange.ProposalKind = "floor.call_off" // KindCallOff takes such a notice back: the body is a CallingOff.
	KindFix     exchange.ProposalKind = "floor.fix"      // KindFix sets the settlement price of a forward that nobody has traded: the body is a Fix.
)

// ErrFixed is for a settlement price of today that there is already.
var ErrFixed = fault.New(fault.Conflict, "floor.fixed", "This forward has a settlement price of today already. Propose another one tomorrow.")

// CallingOff names the notice that is taken back.
type CallingOff struct {
	Ref string `json:"ref"`
}

// Fix is a settlement price that people set.
type Fix struct {
	Price int64 `json:"price"`
}

// fixedWithin is how long the last trade counts for a settlement price, in days: longer than any holidays.
const fixedWithin = 14

// MarkForwards marks all forwards that are not delivered yet at their settlement prices of a day: the last price on the open
// market, or the last settlement price where nobody has traded since. On a day without settlement, and where a price was set
// for the day already, nothing happens. A forward that never had a price waits for people to set one.
func MarkForwards(tx *db.Tx, day span.Day) (clearing.Marked, error) {
	settles, err := settlementDays(tx)
	if err != nil || !settles(day) {
		return clearing.Marked{}, err
	}
	all, err := exchange.Instruments(tx, exchange.StateListed, exchange.StateSuspended, exchange.StateDelisted)
	if err != nil {
		return clearing.Marked{}, err
	}
	var codes []string
	forwards := slices.DeleteFunc(all, func(i exchange.Instrument) bool {
		return i.Kind != exchange.Forward || i.Goods.Expires.AddDays(weekDays).Before(day)
	})
	for _, i := range forwards {
		codes = append(codes, i.Code)
	}
	if len(codes) == 0 {
		return clearing.Marked{}, nil
	}
	marks, err := marksOn(tx, codes, day)
	if err != nil {
		return clearing.Marked{}, err
	}
	var fixings []clearing.Fixing
	for _, i := range forwards {
		if last, known := marks[i.Code]; known && !last.set {
			fixings = append(fixings, fixingOf(i, last.Price))
		}
	}
	if len(fixings) == 0 {
		return clearing.Marked{}, nil
	}
	return clearing.Mark(tx, day, fixings)
}

// mark is what a forward is worth.
type mark struct {
	clearing.Priced
	set bool // set says that it is the settlement price of the day itself.
}

// marksOn gives what forwards are worth on a day: the settlement price of the day; else the last price on the open market, or the
// last settlement price where nobody has traded since. What never had either is absent.
func marksOn(tx *db.Tx, codes []string, day span.Day) (map[string]mark, error) {
	if len(codes) == 0 {
		return nil, nil
	}
	fixed, err := clearing.Fixings(tx, day)
	if err != nil {
		return nil, err
	}
	traded, err := clearing.LastPrices(tx, codes, day.AddDays(-fixedWithin), day)
	if err != nil {
		return nil, err
	}
	marks := make(map[string]mark, len(codes))
	for _, code := range codes {
		last, known := fixed[code]
		set := known && last.Day == day
		if t, is := traded[code]; is && (!known || t.Day.Compare(last.Day) > 0) {
			last, known = t, true
		}
		if known {
			marks[code] = mark{last, set}
		}
	}
	return marks, nil
}

// fixingOf gives the settlement price of a forward with the margin that it asks for, rounded up as risk does.
func fixingOf(i exchange.Instrument, price int64) clearing.Fixing {
	return clearing.Fixing{
		Instrument: i.Code, Price: price, Unit: i.Terms.Unit, Margin: i.Terms.Initial.Of(money.Of(price, i.Currency), money.Up).Minor,
	}
}

// CarryOut does what is due on a day of what issuers have announced: records and divisions in the evening, after the last
// settlement, or payments in the morning; each in a moment of its own. One that cannot be done stands in nobody's way: it is
// stated as ripe, and its reaction tries again and is given up where the office sees it.
func CarryOut(ctx context.Context, store *db.Store, day span.Day, payments bool) error {
	var refs []string
	err := job.Look(ctx, store, db.System, func(tx *db.Tx) (err error) {
		refs, err = clearing.Ripe(tx, day, payments)
		return err
	})
	for _, ref := range refs {
		failed := job.Once(ctx, store, db.System, func(tx *db.Tx) error { return clearing.CarryOut(tx, ref, day) })
		if failed != nil && ctx.Err() == nil {
			err = errors.Join(err, job.Once(ctx, store, db.System, func(tx *db.Tx) error {
				return tx.Emit(clearing.Ripened{Ref: ref, Day: day.String()})
			}))
		}
	}
	return errors.Join(err, ctx.Err())
}

// CheckFix refuses a settlement price that could not be set today.
func CheckFix(tx *db.Tx, i exchange.Instrument, f Fix) error {
	if i.Kind != exchange.Forward || f.Price <= 0 {
		return clearing.ErrFixing.About("%s at %d", i.Code, f.Price)
	}
	day := span.DayOf(tx.Now(), span.Almaty)
	fixed, err := clearing.Fixings(tx, day)
	if err == nil && fixed[i.Code].Day == day {
		return ErrFixed.About("%s", i.Code)
	}
	return err
}

// carryOut does what two people have decided about the life of what is traded.
func carryOut(tx *db.Tx, e exchange.Confirmed) error {
	switch e.Kind {
	case KindNotice:
		var n clearing.Notice
		if err := json.Unmarshal(e.Body, &n); err != nil {
			return exchange.ErrInvalid.About("%s: %w", e.Proposal, err)
		}
		n.Ref = string(e.Proposal)
		return clearing.Announce(tx, n)
	case KindCallOff:
		var c CallingOff
		if err := json.Unmarshal(e.Body, &c); err != nil {
			return exchange.ErrInvalid.About("%s: %w", e.Proposal, err)
		}
		if err := clearing.CallOff(tx, c.Ref); !errors.Is(err, clearing.ErrUnderWay) {
			return err
		}
		return nil // It was recorded before the second person came.
	case KindFix:
		var f Fix
		if err := json.Unmarshal(e.Body, &f); err != nil {
			return exchange.ErrInvalid.About("%s: %w", e.Proposal, err)
		}
		i, err := exchange.GetInstrument(tx, string(e.Subject))
		if err != nil {
			return err
		}
		switch err := CheckFix(tx, i, f); {
		case errors.Is(err, ErrFixed):
			return nil // The day had its price before the second person came.
		case err != nil:
			return err
		}
		_, err = clearing.Mark(tx, span.DayOf(tx.Now(), span.Almaty), []clearing.Fixing{fixingOf(i, f.Price)})
		return err
	}
	return nil
}

// stateOverdue states of each failure of a run that its trade may be bought in now.
func stateOverdue(tx *db.Tx, day span.Day, failures []clearing.Failure) error {
	for _, f := range failures {
		if !f.BuyIn {
			continue
		}
		if err := tx.Emit(clearing.Overdue{Trade: f.Trade, Day: day.String()}); err != nil {
			return err
		}
	}
	return nil
}

// BuyIn ends a trade that has failed too often: who did not fail gets in money what he would lose by trading anew at the last
// price of the open market, counted for the units of today, from who did. Who lacks that much too is tried again after the next day of settlement.
func BuyIn(tx *db.Tx, e clearing.Overdue) error {
	t, sides, err := clearing.Lookup(tx, e.Trade)
	if err != nil || sides[0].Open == 0 {
		return err
	}
	i, err := exchange.GetInstrument(tx, t.Instrument)
	if err != nil {
		return err
	}
	prices, err := clearing.PricesNow(tx, t)
	if err != nil {
		return err
	}
	amount, ok := money.MulDiv(sides[0].Open, prices[t.Instrument], i.Terms.Unit, money.HalfUp)
	if !ok {
		return clearing.ErrOverflow.About("trade %d at %d", e.Trade, prices[t.Instrument])
	}
	_, err = clearing.BuyIn(tx, clearing.Purchase{Trade: e.Trade, After: buyIn, Amount: amount})
	if errors.Is(err, clearing.ErrShort) || errors.Is(err, clearing.ErrEarly) {
		return nil
	}
	return err
}
