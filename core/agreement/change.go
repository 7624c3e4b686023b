package agreement

import (
	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/gear/db"
)

// changeable gives an agreement of who asks that has not ended, at the version that was seen; zero is whatever it is.
func changeable(tx *db.Tx, id ID, version int64) (Agreement, error) {
	a, err := Get(tx, id)
	switch {
	case err != nil:
		return a, err
	case a.State == StateEnded:
		return a, ErrEnded.About("%s", id)
	case version != 0 && version != a.Version:
		return a, ErrChanged.About("%s is at %d, seen was %d", id, a.Version, version)
	}
	return a, nil
}

// Skip passes over the next period. Of one that waits for its payment, and of one that is paused, nothing can be skipped.
func Skip(tx *db.Tx, id ID, version int64) error {
	a, err := changeable(tx, id, version)
	if err == nil && a.State != StateActive {
		err = ErrState.About("skip %s, which is %s", id, a.State)
	}
	if err != nil {
		return err
	}
	return a.skip(tx, WhyBuyer)
}

// pauseMax is how long something may rest: whoever wants it later begins anew.
const pauseMax = 366

// Pause orders nothing until a day, or until its buyer goes on when no day is said. Paused again, the day is another.
func Pause(tx *db.Tx, id ID, until span.Day) error {
	a, err := changeable(tx, id, 0)
	if err != nil {
		return err
	}
	if a.State == StateDunning {
		return ErrState.About("pause %s, which waits for its payment", id)
	}
	today := span.DayOf(tx.Now(), span.Almaty)
	if !until.IsZero() && (!today.Before(until) || today.DaysUntil(until) > pauseMax) {
		return ErrInvalid.At("/until", fault.Say("Choose a day after today and within a year."))
	}
	return a.pause(tx, WhyBuyer, until)
}

// Resume goes on with what was paused. What is not paused stays as it is.
func Resume(tx *db.Tx, id ID) error {
	a, err := changeable(tx, id, 0)
	if err != nil || a.State != StatePaused {
		return err
	}
	if a, err = Judged(tx, a); err == nil && !a.Asked.IsZero() {
		err = ErrState.About("resume %s: a higher price waits for the buyer's word", id)
	}
	if err != nil {
		return err
	}
	return a.resume(tx)
}

// Judged gives an agreement with the price that its buyer is asked for by the list of now, which may have changed since he was
// asked; none when it is not higher any more. What is not sold now is asked for as it was.
func Judged(tx *db.Tx, a Agreement) (Agreement, error) {
	if a.Asked.IsZero() {
		return a, nil
	}
	prices, err := Listed(tx, []Agreement{a})
	if listed := prices[a.ID]; listed.Currency != "" {
		a.Asked = a.dearer(listed)
	}
	return a, err
}

// Agree is the buyer's word that he pays the higher price, which is promised anew; what was paused for it goes on. It names the
// price that he saw: that of his letter binds its seller until the day of the order (Civil Code of Kazakhstan art. 397: an
// offer with a term is accepted within it), after that the list of now counts, and another price is ErrChanged. Whatever he agrees
// to, he pays no more than the list says. Agreed twice, it is agreed once.
func Agree(tx *db.Tx, id ID, price money.Money) error {
	a, err := changeable(tx, id, 0)
	if err != nil || a.Asked.IsZero() && a.Price == price {
		return err
	}
	asked, today := a.Asked, span.DayOf(tx.Now(), span.Almaty)
	if a, err = Judged(tx, a); err != nil {
		return err
	}
	offered := price == asked && (a.State != StatePaused && !a.Day.Before(today) || asked.Minor >= a.Asked.Minor)
	if asked.IsZero() || price != a.Asked && !offered {
		return ErrChanged.About("%s asks for %s, not %s", id, a.Asked, price)
	}
	if !a.Asked.IsZero() {
		price.Minor = min(price.Minor, a.Asked.Minor)
		a.noted(tx, Entry{What: "agreed", Day: today, Sum: price})
		a.Price, a.Promised = price, Calendar{From: today, Every: EveryMonth}.At(a.Months)
	}
	a.Asked = money.Money{}
	if a.State == StatePaused {
		return a.resume(tx)
	}
	if err := keep(tx, &a); err != nil {
		return err
	}
	return tx.Emit(Changed{a.about(), "price"})
}

// End ends an agreement. Nothing is asked and nothing has to be waited for; what was paid for stays. Ended twice, it is ended
// once.
func End(tx *db.Tx, id ID) error {
	a, err := Get(tx, id)
	if err != nil || a.State == StateEnded {
		return err
	}
	return a.end(tx, WhyBuyer, PeriodSkipped)
}

// Leave ends all agreements of a party whose account is erased, and forgets how to reach it.
func Leave(tx *db.Tx, party string) error {
	all, err := Mine(tx, party)
	if err != nil {
		return err
	}
	for _, a := range all {
		a.To, a.Consent.Words, a.Card = To{Lang: a.To.Lang}, "", ""
		if a.State == StateEnded {
			err = keep(tx, &a)
		} else {
			err = a.end(tx, WhyLeft, PeriodSkipped)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Change is what a buyer wants to have otherwise.
type Change struct {
	Quantity measure.Quantity
	Every    Every
	Lacking  Lacking
}

// Alter has something else come from the next period on: the next day stays, and another rhythm counts from it. The rhythm is one
// that its seller offers, or the one that it has.
//
// Of a membership another quantity counts at once. For less, what is left of the period that was paid is taken off the next
// ones. For more a new period begins today, with the rest of the old one taken off: it is due at once.
func Alter(tx *db.Tx, id ID, version int64, c Change) error {
	a, err := changeable(tx, id, version)
	if err != nil {
		return err
	}
	plan, err := PlanOf(tx, a.Product)
	if err != nil {
		return err
	}
	if err := a.fits(plan, c); err != nil {
		return err
	}
	today := span.DayOf(tx.Now(), span.Almaty)
	if c.Every != a.Calendar.Every {
		a.Calendar = Calendar{From: a.Day, Every: c.Every}
	}
	if a.Service && c.Quantity != a.Quantity {
		if err := a.prorate(today, c.Quantity); err != nil {
			return err
		}
	}
	a.Quantity, a.Lacking = c.Quantity, c.Lacking
	a.noted(tx, Entry{What: "changed", Day: a.Day})
	if err := keep(tx, &a); err != nil {
		return err
	}
	return tx.Emit(Changed{a.about(), "goods"})
}

func (a Agreement) fits(p Plan, c Change) error {
	if c.Every == a.Calendar.Every { // He has it, whatever is offered now.
		p.Rhythms = []Every{c.Every}
	}
	wrong := Choice{Quantity: c.Quantity, Every: c.Every, Lacking: c.Lacking}.judged(p, a.Unit)
	switch more := a.Service && c.Quantity != a.Quantity; {
	case more && a.State != StateActive:
		return ErrState.About("%s is %s", a.ID, a.State)
	case more && a.Open: // It is of the quantity that was.
		return ErrPaying.About("%s at %d", a.ID, a.Seq)
	}
	return ErrInvalid.Fields(wrong...)
}

// prorate reckons another quantity of a membership in the middle of a period. What is given back is not paid any more: however
// often it changes, no more comes back than was paid.
func (a *Agreement) prorate(today span.Day, q measure.Quantity) error {
	left := Rest(a.Paid, span.Days{From: a.Since, To: a.Until}, today)
	back := left
	if q < a.Quantity {
		var err error
		if back, err = left.Times(int64(a.Quantity-q), int64(a.Quantity), money.HalfUp); err != nil {
			return err
		}
	} else {
		a.Calendar.From, a.Calendar.N, a.Day, a.Until = today, 0, today, today
		a.Due, a.Notice = today, span.Day{}
	}
	a.Since, a.Paid = today, money.Of(left.Minor-back.Minor, left.Currency)
	credit, err := money.Of(a.Credit.Minor, left.Currency).Add(back)
	a.Credit = credit
	return err
}

// PayWith has a card pay, another one or the same again. What waits for its payment is tried with it at once, and that takes none
// of the days away on which it is tried again. Whether the card is the buyer's, the caller has looked up.
func PayWith(tx *db.Tx, id ID, card string) error {
	a, err := changeable(tx, id, 0)
	if err != nil {
		return err
	}
	a.Card, a.Hard = card, false
	if a.State == StateDunning && a.Tries < triesMax {
		a.Due = span.DayOf(tx.Now(), span.Almaty)
	}
	a.noted(tx, Entry{What: "card"})
	if err := keep(tx, &a); err != nil {
		return err
	}
	return tx.Emit(Changed{a.about(), "card"})
}

// PayNow has what waits for its payment tried at once, with its buyer present; a try that is open is gone on with. A card that was
// refused for good is not asked again, nor is any more often than networks of cards let it be: that is ErrState.
func PayNow(tx *db.Tx, id ID) (Agreement, error) {
	a, err := changeable(tx, id, 0)
	if err != nil || a.Open {
		return a, err
	}
	if a.State != StateDunning || a.Hard || a.Tries >= triesMax {
		return a, ErrState.About("pay %s, which is %s and was tried %d times", id, a.State, a.Tries)
	}
	a.Due = span.DayOf(tx.Now(), span.Almaty)
	return a, keep(tx, &a)
}

// Send has the next orders go to another address, with a street if they come to the door. How they are carried stays; where that is
// not offered there, the next order says so.
func Send(tx *db.Tx, id ID, to place.Address) error {
	a, err := changeable(tx, id, 0)
	if err != nil {
		return err
	}
	to = to.Cleaned()
	if err := to.Check(); err != nil {
		return err
	}
	if a.To.Method != "" && a.To.Point == "" && to.Street == "" {
		return place.ErrAddress.Fields(fault.Say("Write the street: this delivery comes to the door.").At("/street"))
	}
	a.To.Address = to
	a.noted(tx, Entry{What: "address"})
	if err := keep(tx, &a); err != nil {
		return err
	}
	return tx.Emit(Changed{a.about(), "address"})
}
