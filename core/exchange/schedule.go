package exchange

import (
	"encoding/json"
	"time"

	"sauda/base/fault"
	"sauda/base/span"
	"sauda/core/exchange/auction"
	"sauda/core/exchange/exchangedb"
	"sauda/gear/db"
)

// Slot is one step of a day at a time of the day.
type Slot struct {
	Step string `json:"step"` // Step is the name of an auction.Step, such as "begin_call".
	At   int64  `json:"at"`   // At is in seconds since midnight in Almaty.
}

// Clock gives a time of the day as Slot.At has it.
func Clock(hour, minute, second int64) int64 { return (hour*60+minute)*60 + second }

// Schedule is the hours of a group of instruments, from a day on.
type Schedule struct {
	Group    string   `json:"-"`
	From     span.Day `json:"-"`
	Calendar string   `json:"-"`

	Full         []Slot       `json:"full"`
	Short        []Slot       `json:"short,omitempty"` // Short are the steps of a shortened day; none are those of a full one.
	Firm         auction.Firm `json:"firm,omitempty"`
	RandomMax    int64        `json:"random_max,omitempty"` // RandomMax is the longest random end, in microseconds.
	TradeAtClose bool         `json:"trade_at_close,omitempty"`
}

// Moment is a step with its instant, in microseconds since 1970.
type Moment struct {
	Step auction.Step
	At   int64
}

const (
	slotsMax = 40
	// dueGrace is how long after its latest end an auction may still be struck before a clock asks for it: long enough for a
	// volatility call that prolongs it.
	dueGrace  = 10 * time.Minute
	dayInSecs = 24 * 60 * 60
)

// planned are the steps that a day can be planned with. The others follow from these or from what happens: the book is
// frozen at the random end, and the price struck when it is found.
var planned = []auction.Step{auction.BeginCall, auction.BeginNoCancel, auction.BeginRandomEnd, auction.Freeze,
	auction.BeginContinuous, auction.BeginClosing, auction.Close}

func stepNamed(name string) (auction.Step, bool) {
	for _, s := range planned {
		if s.String() == name {
			return s, true
		}
	}
	return 0, false
}

// slots gives the steps of a sort of day.
func (s Schedule) slots(sort DaySort) []Slot {
	switch {
	case sort == DayOff:
		return nil
	case sort == DayShort && len(s.Short) > 0:
		return s.Short
	}
	return s.Full
}

// Steps gives the steps that are due on a day with their moments, in their order, and none on a day off. A random end and a
// struck price are not among them: the first is drawn, the second found.
func (s Schedule) Steps(c Calendar, day span.Day) []Moment {
	slots := s.slots(c.On(day))
	midnight := span.Micros(day.Start(span.Almaty))
	steps := make([]Moment, 0, len(slots))
	for _, slot := range slots {
		if step, ok := stepNamed(slot.Step); ok {
			steps = append(steps, Moment{step, midnight + slot.At*1_000_000})
		}
	}
	return steps
}

// Plan gives the plan of a day: which auctions have to be held, and by when. On a day off it has none.
func (s Schedule) Plan(c Calendar, day span.Day) (auction.Plan, error) {
	return s.play(s.Steps(c, day))
}

// play takes a day through its steps as they would come at the latest, and gives its plan; a day that does not lead from
// one step to the next, and in the end to a close, is ErrSchedule.
func (s Schedule) play(steps []Moment) (auction.Plan, error) {
	plan := auction.Plan{Firm: s.Firm, RandomMax: s.RandomMax, TradeAtClose: s.TradeAtClose}
	if len(steps) == 0 {
		return plan, nil
	}
	for range 2 { // Once to learn which auctions there are, and once with them due.
		session, err := auction.Begin(plan)
		if err != nil {
			return auction.Plan{}, ErrSchedule.About("%s: %w", s.Group, err)
		}
		plan.Due = nil
		for _, m := range steps {
			held, err := s.take(session, m)
			if err != nil {
				return auction.Plan{}, ErrSchedule.About("%s: %s: %w", s.Group, m.Step, err)
			}
			if held.Auction != 0 {
				plan.Due = append(plan.Due, held)
			}
		}
		if session.Phase() != auction.Closed {
			return auction.Plan{}, ErrSchedule.About("%s: the day ends in %s", s.Group, session.Phase())
		}
	}
	return plan, nil
}

// take takes one step, and what follows from it: the freeze at a random end, and the price. It gives the auction that was
// held.
func (s Schedule) take(session *auction.Session, m Moment) (auction.Due, error) {
	in := auction.Input{Step: m.Step, At: m.At}
	if m.Step == auction.BeginRandomEnd {
		in.Drawn = s.RandomMax
	}
	if err := session.Take(in); err != nil {
		return auction.Due{}, err
	}
	at := m.At + in.Drawn
	switch {
	case m.Step == auction.BeginRandomEnd && s.Firm != auction.FirmAfter:
		if err := session.Take(auction.Input{Step: auction.Freeze, At: at}); err != nil {
			return auction.Due{}, err
		}
	case m.Step != auction.Freeze:
		return auction.Due{}, nil
	}
	held := auction.Due{Auction: session.Auction(), By: at + dueGrace.Microseconds()}
	return held, session.Take(auction.Input{Step: auction.Strike, At: at})
}

// check refuses steps that are no steps, that do not rise, or that lead nowhere.
func (s Schedule) check() error {
	c := &checker{}
	c.shaped(s.Group, codeShape, "/group")
	c.when(s.From.IsZero(), "/from", fault.Say("Write a day, for example 2026-11-29."))
	c.within(s.RandomMax, 0, time.Hour.Microseconds(), "/random_max")
	c.when(len(s.Full) == 0, "/full", fault.Say("Fill this in."))
	checkSlots(c, s.Full, "/full")
	checkSlots(c, s.Short, "/short")
	if err := c.fault(); err != nil {
		return err
	}
	usual := Calendar{Code: s.Calendar, days: map[span.Day]DaySort{s.From: DayFull, s.From.AddDays(1): DayShort}}
	for _, day := range []span.Day{s.From, s.From.AddDays(1)} {
		if _, err := s.Plan(usual, day); err != nil {
			return err
		}
	}
	return nil
}

func checkSlots(c *checker, slots []Slot, pointer string) {
	c.when(len(slots) > slotsMax, pointer, fault.Say("Give at most this many: {n}.").With("n", slotsMax))
	for _, slot := range slots {
		_, known := stepNamed(slot.Step)
		c.when(!known, pointer, fault.Say("This value is not right."))
		c.within(slot.At, 0, dayInSecs-1, pointer)
	}
}

// LaySchedule lays down the hours of a group from a day on. The first hours of a group may begin at any time, for nothing is
// traded by them yet; others are published seven working days before (ErrNotice). Hours that were laid for a day are not
// laid again: ErrTaken.
func LaySchedule(tx *db.Tx, s Schedule) error {
	tx.Strict() // Two at once could both be the first ones, without a notice.
	if err := s.check(); err != nil {
		return err
	}
	c, err := GetCalendar(tx, s.Calendar)
	if err != nil {
		return err
	}
	there, err := exchangedb.New(tx).Scheduled(tx.Context(), s.Group)
	if err != nil {
		return err
	}
	if there > 0 {
		if err := c.mayChange(tx, s.From); err != nil {
			return err
		}
	}
	body, err := json.Marshal(s)
	if err != nil {
		return err
	}
	rows, err := exchangedb.New(tx).LaySchedule(tx.Context(), exchangedb.LayScheduleParams{Code: s.Group, FromDay: s.From.String(),
		Calendar: s.Calendar, Body: string(body), LaidBy: tx.Who().ID, LaidAt: span.Micros(tx.Now())})
	if err != nil {
		return err
	}
	if rows == 0 {
		return ErrTaken.About("schedule %s from %s", s.Group, s.From)
	}
	return tx.Emit(ScheduleLaid{Group: s.Group, From: s.From})
}

// ScheduleOn gives the hours that count for a group on a day, and their calendar; before the first ones it is ErrUnknown.
func ScheduleOn(tx *db.Tx, group string, day span.Day) (Schedule, Calendar, error) {
	row, err := exchangedb.New(tx).Schedule(tx.Context(), exchangedb.ScheduleParams{Code: group, Day: day.String()})
	if err != nil {
		return Schedule{}, Calendar{}, missing(err, group)
	}
	s := Schedule{Group: row.Code, Calendar: row.Calendar}
	if s.From, err = span.Parse(row.FromDay); err != nil {
		return Schedule{}, Calendar{}, err
	}
	if err := json.Unmarshal([]byte(row.Body), &s); err != nil {
		return Schedule{}, Calendar{}, err
	}
	c, err := GetCalendar(tx, s.Calendar)
	return s, c, err
}

// Schedules gives all hours that were ever laid by group, of each the last ones first.
func Schedules(tx *db.Tx) ([]Schedule, error) {
	rows, err := exchangedb.New(tx).Schedules(tx.Context())
	return each(rows, err, func(row exchangedb.SchedulesRow) (Schedule, error) {
		s := Schedule{Group: row.Code, Calendar: row.Calendar}
		from, err := span.Parse(row.FromDay)
		if s.From = from; err != nil {
			return s, err
		}
		return s, json.Unmarshal([]byte(row.Body), &s)
	})
}

// Planned are the names of the steps that a day can be planned with.
func Planned() (names []string) {
	for _, s := range planned {
		names = append(names, s.String())
	}
	return names
}

// SettleDay gives the day on which a trade in an instrument is settled, by the calendar of its group.
func SettleDay(tx *db.Tx, i Instrument, traded span.Day) (span.Day, error) {
	_, c, err := ScheduleOn(tx, i.Terms.Group, traded)
	if err != nil {
		return span.Day{}, err
	}
	return i.SettlesOn(c, traded)
}

// SettlesOn is SettleDay by a calendar that is at hand. A forward is settled when it is delivered, whenever it was traded: so many
// days of trade after its last one.
func (i Instrument) SettlesOn(c Calendar, traded span.Day) (span.Day, error) {
	if i.Kind == Forward && traded.Before(i.Goods.Expires) {
		traded = i.Goods.Expires
	}
	return c.SettleDay(traded, i.Terms.Cycle)
}

// ExDay gives the first day on which who buys is not entitled any more to what is recorded at the end of a day: his trade is
// settled after it. Where nothing is traded before, it is that day itself.
func (i Instrument) ExDay(c Calendar, record span.Day) (span.Day, error) {
	ex := record.AddDays(1)
	for day, n := record, 0; n < horizonDays; day, n = day.AddDays(-1), n+1 {
		if !c.Trades(day) {
			continue
		}
		settled, err := i.SettlesOn(c, day)
		if err != nil {
			return span.Day{}, err
		}
		if !record.Before(settled) {
			break
		}
		ex = day
	}
	return ex, nil
}
