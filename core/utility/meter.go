package utility

import (
	"database/sql"
	"errors"
	"slices"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/span"
	"sauda/core/utility/utilitydb"
	"sauda/gear/db"
)

// Reading is what was read of a meter on a day.
type Reading struct {
	ID      ReadingID
	Meter   MeterID
	Account AccountID
	Day     span.Day
	Value   measure.Quantity
	Used    measure.Quantity // Used is how much that is since the reading before.
	Who     string           // Who is the channel: a buyer, the provider's staff.
	Unusual bool
}

// whole is how much a meter counts before it begins again.
func (m Meter) whole() measure.Quantity {
	n := measure.One
	for range m.Digits {
		n *= 10
	}
	return n
}

// used gives how much was used between two readings of a meter, which may have begun again meanwhile.
func (m Meter) used(from, to measure.Quantity) measure.Quantity {
	if to < from {
		return to + m.whole() - from
	}
	return to - from
}

// Mount puts a meter at an account. One of that number for that service is there already when it is ErrTaken.
func Mount(tx *db.Tx, p Provider, m Meter) (Meter, error) {
	if err := works(tx, p.Seller, ScopeWrite); err != nil {
		return Meter{}, err
	}
	s, known := p.Service(m.Service)
	metered := known && slices.ContainsFunc(s.Tariffs, func(t Tariff) bool { return t.Base == BaseMeter })
	m.Number = Number(m.Number)
	if !metered || m.Number == "" || m.Digits < 3 || m.Digits > 9 || m.Last < 0 || m.Last >= m.whole() || m.Usual < 0 {
		return Meter{}, ErrInvalid.At("/number", fault.Say("A meter has a number, a metered service, from 3 to 9 digits and a reading that it can show."))
	}
	m.ID, m.Billed = MeterID(tx.Mint("utm")), m.Last
	rows, err := utilitydb.New(tx).AddMeter(tx.Context(), utilitydb.AddMeterParams{
		ID: string(m.ID), Account: string(m.Account), Service: m.Service, Number: m.Number, Digits: m.Digits,
		Last: int64(m.Last), LastDay: m.LastDay.String(), Usual: int64(m.Usual),
	})
	if err == nil && rows == 0 {
		err = ErrTaken.About("meter %s of %s", m.Number, m.Account)
	}
	return m, err
}

// Meters gives the meters of some accounts, by account, in one statement.
func Meters(tx *db.Tx, accounts []AccountID) (map[AccountID][]Meter, error) {
	if len(accounts) == 0 {
		return nil, nil
	}
	rows, err := utilitydb.New(tx).MetersOf(tx.Context(), db.In(accounts))
	all := map[AccountID][]Meter{}
	for _, r := range rows {
		m, e := meterOf(r, nil)
		all[m.Account], err = append(all[m.Account], m), errors.Join(err, e)
	}
	return all, err
}

func meterOf(r utilitydb.UtilityMeter, err error) (Meter, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Meter{}, ErrMeter
	}
	if err != nil {
		return Meter{}, err
	}
	m := Meter{
		ID: MeterID(r.ID), Account: AccountID(r.Account), Service: r.Service, Number: r.Number, Digits: r.Digits,
		Last: measure.Quantity(r.Last), Billed: measure.Quantity(r.Billed), Usual: measure.Quantity(r.Usual),
	}
	m.LastDay, err = dayOf(r.LastDay)
	return m, err
}

func dayOf(s string) (d span.Day, err error) {
	err = d.UnmarshalText([]byte(s))
	return d, err
}

// Told is a reading as somebody brings it.
type Brought struct {
	Meter   MeterID
	Value   measure.Quantity
	Sure    bool   // Sure confirms a reading that is much more than usual.
	Channel string // Channel says who brings it: "buyer" or "staff".
}

// Take takes a reading of a meter at an account, for today. A meter does not run backwards: less than the last reading is
// ErrBelow, unless the meter has begun again with less than usual. Much more than usual is ErrUnusual until it is confirmed.
// On other days than the provider takes readings on it is ErrWindow, but not for its staff. A second reading on one day takes
// the place of the first.
func Take(tx *db.Tx, p Provider, of AccountID, b Brought) (Reading, error) {
	m, err := meterOf(utilitydb.New(tx).Meter(tx.Context(), string(b.Meter)))
	if err != nil {
		return Reading{}, err
	}
	if m.Account != of {
		return Reading{}, ErrMeter.About("%s is not at %s", b.Meter, of)
	}
	today := span.DayOf(tx.Now(), span.Almaty)
	staff := tx.Who().For(string(p.Seller)) && tx.Who().May(ScopeWrite)
	if _, _, day := today.Date(); !staff && p.ReadFrom > 0 && (day < p.ReadFrom || day > p.ReadTo) {
		return Reading{}, fault.With(fault.With(ErrWindow.About("on the %d", day), "first", p.ReadFrom), "last", p.ReadTo)
	}
	was, wasDay := m.Last, m.LastDay
	if m.LastDay == today { // It is corrected: what counts is the reading before.
		before, err := utilitydb.New(tx).ReadingBefore(tx.Context(), utilitydb.ReadingBeforeParams{Meter: string(m.ID), Day: today.String()})
		switch {
		case errors.Is(err, sql.ErrNoRows):
			m.Last = m.Billed
		case err != nil:
			return Reading{}, err
		default:
			m.Last = measure.Quantity(before.Value)
		}
	}
	r, err := m.judge(p, b)
	if err != nil {
		return Reading{}, err
	}
	r.ID, r.Account, r.Day, r.Who = ReadingID(tx.Mint("utr")), of, today, b.Channel
	return r, keepReading(tx, r, was, wasDay)
}

// judge says whether a reading can be, compared with the last one.
func (m Meter) judge(p Provider, b Brought) (Reading, error) {
	if b.Value < 0 || b.Value >= m.whole() {
		return Reading{}, ErrInvalid.At("/value", fault.Say("This meter does not show such a number."))
	}
	r := Reading{Meter: m.ID, Value: b.Value, Used: m.used(m.Last, b.Value)}
	usual := max(m.Usual, measure.One)
	if b.Value < m.Last && (m.Last < m.whole()-m.whole()/10 || r.Used > usual*measure.Quantity(p.Multiple)) {
		return Reading{}, ErrBelow.With("last", m.Last.String())
	}
	if m.Usual > 0 && r.Used > usual*measure.Quantity(p.Multiple) {
		if !b.Sure {
			return Reading{}, fault.With(ErrUnusual.With("used", r.Used.String()), "usual", m.Usual.String())
		}
		r.Unusual = true
	}
	return r, nil
}

func keepReading(tx *db.Tx, r Reading, was measure.Quantity, wasDay span.Day) error {
	rows, err := utilitydb.New(tx).MoveMeter(tx.Context(), utilitydb.MoveMeterParams{
		Last: int64(r.Value), LastDay: r.Day.String(), ID: string(r.Meter), Was: int64(was), WasDay: wasDay.String(),
	})
	if err != nil {
		return err
	}
	if rows == 0 {
		return ErrStale.About("meter %s", r.Meter)
	}
	err = utilitydb.New(tx).KeepReading(tx.Context(), utilitydb.KeepReadingParams{
		ID: string(r.ID), Meter: string(r.Meter), Account: string(r.Account), Day: r.Day.String(), Value: int64(r.Value),
		Used: int64(r.Used), Who: r.Who, Unusual: flag(r.Unusual),
	})
	if err != nil {
		return err
	}
	return tx.Emit(Read{r.Meter, r.Account, r.Day, r.Unusual})
}

// Doubt is a reading that was much more than usual, for the provider's staff.
type Doubt struct {
	Reading
	AccountNumber, MeterNumber, Service string
	Usual                               measure.Quantity
}

// Doubts gives the readings of a provider since a day that were much more than usual, the latest first, two hundred at most.
func Doubts(tx *db.Tx, p Provider, since span.Day) ([]Doubt, error) {
	rows, err := utilitydb.New(tx).Unusual(tx.Context(), utilitydb.UnusualParams{Provider: string(p.ID), Since: since.String()})
	all := make([]Doubt, len(rows))
	for i, r := range rows {
		day, e := dayOf(r.Day)
		err = errors.Join(err, e)
		all[i] = Doubt{
			Reading: Reading{ID: ReadingID(r.ID), Meter: MeterID(r.Meter), Account: AccountID(r.Account), Day: day,
				Value: measure.Quantity(r.Value), Used: measure.Quantity(r.Used), Who: r.Who, Unusual: true},
			AccountNumber: r.AccountNumber, MeterNumber: r.MeterNumber, Service: r.Service, Usual: measure.Quantity(r.Usual),
		}
	}
	return all, err
}
