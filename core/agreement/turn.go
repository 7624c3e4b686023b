package agreement

import (
	"errors"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/agreement/agreementdb"
	"sauda/gear/db"
)

// Foretell has the buyers of some agreements told of their next orders, at most so many, and says how many they were. Where
// the list has become dearer than what was agreed and is promised no longer, they are asked instead.
func Foretell(tx *db.Tx, most int) (int, error) {
	rows, err := agreementdb.New(tx).Untold(tx.Context(), agreementdb.UntoldParams{Today: span.DayOf(tx.Now(), span.Almaty).String(), Most: int64(most)})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	all, err := agreementsOf(rows)
	if err != nil {
		return 0, err
	}
	prices, err := Listed(tx, all)
	if err != nil {
		return 0, err
	}
	for i := range all {
		a := &all[i]
		fact, err := a.foretold(prices[a.ID])
		if err != nil {
			return i, err
		}
		a.Notice = span.Day{}
		if err := keep(tx, a); err != nil {
			return i, err
		}
		if err := tx.Emit(fact); err != nil {
			return i, err
		}
	}
	return len(all), nil
}

// foretold judges the price of the next order by that of the list, and gives the fact of it. What is not sold now is told at the
// price that was agreed: on its day it is seen to.
func (a *Agreement) foretold(listed money.Money) (db.Fact, error) {
	if a.Asked = a.dearer(listed); !a.Asked.IsZero() {
		return PriceAsked{a.about(), a.Seq, a.Day, a.Price, listed}, nil
	}
	if listed.Currency == "" {
		listed = a.Price
	}
	sum, err := measure.Price(listed, a.Quantity, money.HalfUp)
	if err != nil {
		return nil, err
	}
	sum, err = a.terms("").Pays(sum)
	return Foretold{a.about(), a.Seq, a.Day, sum, a.Card == ""}, err
}

// dearer gives the price of the list where it is higher than what was agreed and is promised no longer; otherwise none.
func (a Agreement) dearer(listed money.Money) money.Money {
	if listed.Currency == a.Price.Currency && listed.Minor > a.Price.Minor && !a.Day.Before(a.Promised) {
		return listed
	}
	return money.Money{}
}

// Attempt begins a try to order the period that is due, and gives ErrNotDue where nothing is to be ordered: by whoever was
// told too late, and while another try has not come to its end. Begun again, because its story was lost, it is the same try.
func Attempt(tx *db.Tx, t Try) (Agreement, error) {
	a, err := get(tx, t.Agreement)
	if err != nil {
		return a, err
	}
	today := span.DayOf(tx.Now(), span.Almaty)
	if a.State != StateActive && a.State != StateDunning || a.Trying() != t || today.Before(a.Due) || !a.Asked.IsZero() || a.Hard {
		return a, ErrNotDue.About("%s is %s at %d, try %d", a.ID, a.State, a.Seq, a.Tries)
	}
	a.Tries, a.Open = t.N+1, true
	return a, keep(tx, &a)
}

// Tried writes down with which basket the period of now is tried.
func Tried(tx *db.Tx, a Agreement, cart string) error {
	q := agreementdb.New(tx)
	if err := q.OpenPeriod(tx.Context(), agreementdb.OpenPeriodParams{Agreement: string(a.ID), Seq: a.Seq, Day: a.Day.String()}); err != nil {
		return err
	}
	rows, err := q.TryPeriod(tx.Context(), agreementdb.TryPeriodParams{Cart: cart, Agreement: string(a.ID), Seq: a.Seq})
	if err == nil && rows == 0 {
		err = ErrNotDue.About("%s at %d has ended", a.ID, a.Seq)
	}
	return err
}

// closed ends a try that ordered nothing, and gives its agreement when that still waits to be ordered; otherwise it says that
// there is nothing to be done.
func closed(tx *db.Tx, t Try) (a Agreement, there bool, err error) {
	a, err = get(tx, t.Agreement)
	if err != nil || !a.Open || a.Trying() != t {
		return a, false, err
	}
	a.Open = false
	if a.State == StateActive || a.State == StateDunning {
		return a, true, nil
	}
	return a, false, keep(tx, &a)
}

// Refusal is why a payment has failed.
type Refusal struct {
	Why  string // Why is the code of a fault.
	Card string // Card is the one that was to pay.
	Hard bool   // Hard says that it is not to be asked again.
}

// Fail notes that a bank has refused the payment of a try, and when it is tried again: one, three and seven days after the first
// time, and not at all with this card when that is hard. When none of these days is left, it ends. What was tried between, with
// another card, takes none of them away. Where another card was chosen meanwhile, nothing has failed yet: that one is tried at
// once. A period that was ordered meanwhile, and an agreement that does not stand any more, stay as they are.
func Fail(tx *db.Tx, t Try, r Refusal) error {
	a, there, err := closed(tx, t)
	if err != nil || !there {
		return err
	}
	today := span.DayOf(tx.Now(), span.Almaty)
	if r.Card != a.Card {
		a.Due = today
		return keep(tx, &a)
	}
	if a.Try++; a.Missed.IsZero() {
		a.Missed = today
	}
	a.noted(tx, Entry{What: "failed", Day: today, Ref: r.Why})
	again := a.again(today)
	if again.IsZero() {
		return a.end(tx, WhyUnpaid, PeriodFailed)
	}
	last := a.Missed.AddDays(dunning[len(dunning)-1])
	fact := Failed{About: a.about(), Seq: t.Seq, Try: a.Try, Why: r.Why, Again: again, Until: last}
	a.State, a.Notice, a.Due, a.Waits = StateDunning, span.Day{}, again, ""
	if r.Hard {
		a.Hard, a.Due, fact.Again = true, last, span.Day{}
	}
	if err := keep(tx, &a); err != nil {
		return err
	}
	return tx.Emit(fact)
}

// again is the next day after another on which what has failed is tried again; no day when none is left.
func (a Agreement) again(after span.Day) span.Day {
	for _, days := range dunning {
		if day := a.Missed.AddDays(days); after.Before(day) {
			return day
		}
	}
	return span.Day{}
}

// Lack notes that what a period brings is sold out: it is passed over, or waits from day to day until the next one, as its
// buyer has chosen.
func Lack(tx *db.Tx, t Try) error {
	a, there, err := closed(tx, t)
	if err != nil || !there {
		return err
	}
	if a.Lacking == LackingSkip {
		return a.skip(tx, WhyLacking)
	}
	return a.wait(tx, WhyLacking, WhyLacking)
}

// Stall notes that a period could not be ordered because of the shop: nothing is delivered there any more, cards are not taken.
// No payment has failed. It waits from day to day until the next one, and its seller sees the code of the fault.
func Stall(tx *db.Tx, t Try, code string) error {
	a, there, err := closed(tx, t)
	if err != nil || !there {
		return err
	}
	return a.wait(tx, WhyShop, code)
}

// wait tries a period again tomorrow, until the next one has begun: then it passes over it. Its buyer is told once of each
// reason. What is tried again by the days of its failure has a day more: this one was not his.
func (a Agreement) wait(tx *db.Tx, why, code string) error {
	today := span.DayOf(tx.Now(), span.Almaty)
	if next := a.Calendar; !today.Before(next.After(a.Day)) {
		return a.skip(tx, why)
	}
	if a.Due = today.AddDays(1); !a.Missed.IsZero() {
		a.Missed = a.Missed.AddDays(1)
	}
	told := a.Waits == code
	a.Waits = code
	if err := keep(tx, &a); err != nil || told {
		return err
	}
	return tx.Emit(Lacked{a.about(), a.Seq, a.Day, why, code})
}

// Drop ends an agreement of which the thing is not sold any more.
func Drop(tx *db.Tx, t Try) error {
	a, there, err := closed(tx, t)
	if err != nil || !there {
		return err
	}
	return a.end(tx, WhyOver, PeriodFailed)
}

// Lapse does what has to be done with an agreement on its day when nothing is to be ordered: a pause is over, nobody agreed to
// a price that is still higher, or the last day to pay has passed. It says whether there was such a thing.
func Lapse(tx *db.Tx, id ID) (done bool, err error) {
	a, err := get(tx, id)
	if err != nil || span.DayOf(tx.Now(), span.Almaty).Before(a.Due) {
		return false, err
	}
	switch {
	case a.State == StatePaused:
		return true, a.resume(tx)
	case a.State == StateDunning && a.Hard:
		return true, a.end(tx, WhyUnpaid, PeriodFailed)
	case a.State == StateActive && !a.Asked.IsZero():
		if a, err = Judged(tx, a); err != nil || a.Asked.IsZero() {
			return false, errors.Join(err, keep(tx, &a))
		}
		return true, a.pause(tx, WhyPrice, span.Day{})
	}
	return false, nil
}

// skip passes over the period of now.
func (a Agreement) skip(tx *db.Tx, why string) error {
	if err := ended(tx, a, PeriodSkipped, "", money.Money{}); err != nil {
		return err
	}
	fact := Skipped{About: a.about(), Seq: a.Seq, Day: a.Day, Why: why}
	a.noted(tx, Entry{What: "skipped", Day: a.Day, Ref: why})
	a.advance(span.DayOf(tx.Now(), span.Almaty))
	fact.Next = a.Day
	if err := keep(tx, &a); err != nil {
		return err
	}
	return tx.Emit(fact)
}

// end ends an agreement; its period of now ends with it.
func (a Agreement) end(tx *db.Tx, why string, period PeriodState) error {
	if err := ended(tx, a, period, "", money.Money{}); err != nil {
		return err
	}
	a.noted(tx, Entry{What: "ended", Day: span.DayOf(tx.Now(), span.Almaty), Ref: why})
	a.State, a.Due, a.Notice, a.Asked, a.Open, a.Waits = StateEnded, never, span.Day{}, money.Money{}, false, ""
	if err := keep(tx, &a); err != nil {
		return err
	}
	return tx.Emit(Ended{a.about(), why})
}

// pause orders nothing until a day, or until its buyer goes on.
func (a Agreement) pause(tx *db.Tx, why string, until span.Day) error {
	a.State, a.Resume, a.Notice = StatePaused, until, span.Day{}
	if a.Due = until; until.IsZero() {
		a.Due = never
	}
	a.noted(tx, Entry{What: "paused", Day: until, Ref: why})
	if err := keep(tx, &a); err != nil {
		return err
	}
	return tx.Emit(Paused{a.about(), why, until})
}

// resume goes on with the first day of the calendar after today; a day that is still to come stays. The period keeps its
// number: nothing of it was ordered.
func (a Agreement) resume(tx *db.Tx) error {
	today := span.DayOf(tx.Now(), span.Almaty)
	if !today.Before(a.Day) {
		a.Day = a.Calendar.After(today)
	}
	a.State, a.Resume, a.Due, a.Notice = StateActive, span.Day{}, a.Day, noticeFor(a.Day)
	a.Try, a.Missed, a.Hard, a.Waits = 0, span.Day{}, false, ""
	a.noted(tx, Entry{What: "resumed", Day: a.Day})
	if err := keep(tx, &a); err != nil {
		return err
	}
	return tx.Emit(Resumed{a.about(), a.Day})
}
