package booking

import (
	"slices"
	"strconv"
	"time"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
)

// Terms are the prices and rules of a plan. All amounts are in minor units of its currency; all changes are in parts per
// million, above zero for dearer and below for cheaper.
type Terms struct {
	Currency  money.Currency `json:"currency"`
	ByPerson  bool           `json:"by_person,omitempty"` // ByPerson says that the base is that of an adult, not that of a room or table.
	Base      int64          `json:"base"`                // Base is the price of a night, a departure or a slot.
	Seasons   []Season       `json:"seasons,omitempty"`   // Seasons are prices of some days; the first that holds the day counts.
	Included  int            `json:"included,omitempty"`  // Included is how many people a room's base holds; the rest pay Extra.
	Extra     int64          `json:"extra,omitempty"`     // Extra is what a further adult pays a night.
	Bands     []Band         `json:"bands,omitempty"`     // Bands are the shares that children pay, the youngest first.
	Weekdays  []DayChange    `json:"weekdays,omitempty"`
	Leads     []LeadChange   `json:"leads,omitempty"`
	Lengths   []LengthChange `json:"lengths,omitempty"`
	StayMin   int            `json:"stay_min,omitempty"`
	StayMax   int            `json:"stay_max,omitempty"`
	Arrivals  []time.Weekday `json:"arrivals,omitempty"` // Arrivals are the days of arrival; none is every day.
	Cutoff    int            `json:"cutoff,omitempty"`   // Cutoff is how many hours before the start booking ends.
	PeopleMax int            `json:"people_max"`         // PeopleMax is how many people a room, a table or a booking of seats or slots holds.
	CheckIn   int            `json:"check_in,omitempty"` // CheckIn is when guests are received, in minutes after midnight.
	CheckOut  int            `json:"check_out,omitempty"`
	Minutes   int            `json:"minutes,omitempty"` // Minutes are how long a slot or a departure takes.
	Travel    int            `json:"travel,omitempty"`  // Travel are the minutes on the way before a slot and after it.
	Tax       *Levy          `json:"tax,omitempty"`     // Tax is a tourist contribution, for each person and night.
	Insurance *Levy          `json:"insurance,omitempty"`
	Back      []BackStep     `json:"back,omitempty"`       // Back is what comes back, by the days before the start; nothing without.
	ChangeTo  int            `json:"change_to,omitempty"`  // ChangeTo is how many days before the start a booking may still be changed.
	ChangeFee int64          `json:"change_fee,omitempty"` // ChangeFee is what each change costs.
	NoShow    money.Rate     `json:"no_show,omitempty"`    // NoShow is the share that is kept of who does not come.
	Documents bool           `json:"documents,omitempty"`  // Documents says that travellers are named with their documents.
	Visits    bool           `json:"visits,omitempty"`     // Visits says that it is done at the buyer's address.
}

// Season is the price of some days.
type Season struct {
	Name    text.Localized `json:"name"`
	Days    span.Days      `json:"days"`
	Base    int64          `json:"base"`
	StayMin int            `json:"stay_min,omitempty"`
}

// Band is the share of an adult's price that a child pays who is younger than Under, and older than the band before.
type Band struct {
	Under int        `json:"under"`
	Share money.Rate `json:"share"`
	Lap   bool       `json:"lap,omitempty"` // Lap says that such a child takes no seat and counts for no bed.
}

// DayChange changes the price on a day of the week.
type DayChange struct {
	Weekday time.Weekday `json:"weekday"`
	Change  money.Rate   `json:"change"`
}

// LeadChange changes the price for who books at least Least and at most Most days before; 0 is no upper bound.
type LeadChange struct {
	Least  int        `json:"least"`
	Most   int        `json:"most,omitempty"`
	Change money.Rate `json:"change"`
}

// LengthChange changes the price of a stay of at least so many nights; the longest that fits counts.
type LengthChange struct {
	Nights int        `json:"nights"`
	Change money.Rate `json:"change"`
}

// Levy is an amount for each person, and each night where there are nights.
type Levy struct {
	Name   text.Localized `json:"name"`
	Amount int64          `json:"amount"`
	Under  int            `json:"under,omitempty"` // Under is the age below which nothing is owed.
	Always bool           `json:"always,omitempty"`
}

// BackStep is the share that comes back to who gives up at least so many days before the start.
type BackStep struct {
	Days  int        `json:"days"`
	Share money.Rate `json:"share"`
}

// checker notes what is wrong, by field.
type checker struct{ fields []fault.Field }

func (c *checker) when(bad bool, pointer string, said fault.Sentence) {
	if bad {
		c.fields = append(c.fields, said.At(pointer))
	}
}

func (c *checker) whole(n, least, most int, pointer string) {
	c.when(n < least || n > most, pointer, fault.Say("Give a whole number from {least} to {most}.").With("least", least).With("most", most))
}

func (c *checker) amount(n int64, pointer string) {
	c.when(n < 0 || n > amountMax, pointer, fault.Say("Write an amount that is not below zero."))
}

func (c *checker) share(r money.Rate, pointer string) {
	c.when(r.Check() != nil, pointer, fault.Say("Take from 0 to 100 percent off."))
}

// change allows half off and twice as dear.
func (c *checker) change(r money.Rate, pointer string) {
	c.when(r < -money.One/2 || r > money.One, pointer, fault.Say("Change a price by −50 to +100 percent."))
}

// cleaned gives terms as they are kept: in their order, with what is wrong noted.
func (t Terms) cleaned(c *checker, form Form) Terms {
	c.when(t.Currency.Check() != nil, "/terms/currency", fault.Say("Name the currency by its three letters, for example KZT."))
	c.amount(t.Base, "/terms/base")
	c.amount(t.Extra, "/terms/extra")
	c.amount(t.ChangeFee, "/terms/change_fee")
	c.whole(t.PeopleMax, 1, PeopleMax, "/terms/people_max")
	c.whole(t.Included, 0, PeopleMax, "/terms/included")
	c.whole(t.StayMin, 0, NightsMax, "/terms/stay_min")
	c.whole(t.StayMax, 0, NightsMax, "/terms/stay_max")
	c.when(t.StayMax > 0 && t.StayMax < t.StayMin, "/terms/stay_max", fault.Say("Choose an end after the start."))
	c.whole(t.Cutoff, 0, 24*60, "/terms/cutoff")
	c.whole(t.CheckIn, 0, minutesOfDay-1, "/terms/check_in")
	c.whole(t.CheckOut, 0, minutesOfDay-1, "/terms/check_out")
	c.whole(t.Travel, 0, 8*60, "/terms/travel")
	c.whole(t.ChangeTo, 0, 365, "/terms/change_to")
	c.share(t.NoShow, "/terms/no_show")
	least := 0
	if form == FormSlot || form == FormTable {
		least = 15
	}
	c.whole(t.Minutes, least, 30*24*60, "/terms/minutes")
	longest := max(len(t.Seasons), len(t.Bands), len(t.Weekdays), len(t.Leads), len(t.Lengths), len(t.Back))
	c.when(longest > listMax, "/terms/seasons", fault.Say("Name at most {most} of a kind.").With("most", listMax))
	if longest > listMax {
		return t
	}
	return t.ordered(c)
}

// ordered brings the lists of terms into the order in which they are read.
func (t Terms) ordered(c *checker) Terms {
	for i, s := range t.Seasons {
		at := "/terms/seasons/" + strconv.Itoa(i)
		c.when(s.Days.Check() != nil, at+"/days/to", fault.Say("Choose an end after the start."))
		c.amount(s.Base, at+"/base")
		c.whole(s.StayMin, 0, NightsMax, at+"/stay_min")
		c.when(s.Name.CheckFilled(NameMax) != nil, at+"/name", fault.Say("Write what buyers read about it, in at least one language."))
	}
	t.Bands, t.Lengths, t.Back = slices.Clone(t.Bands), slices.Clone(t.Lengths), slices.Clone(t.Back)
	slices.SortFunc(t.Bands, func(a, b Band) int { return a.Under - b.Under })
	slices.SortFunc(t.Lengths, func(a, b LengthChange) int { return b.Nights - a.Nights })
	slices.SortFunc(t.Back, func(a, b BackStep) int { return b.Days - a.Days })
	for i, b := range t.Bands {
		c.whole(b.Under, 1, 18, "/terms/bands/"+strconv.Itoa(i)+"/under")
		c.share(b.Share, "/terms/bands/"+strconv.Itoa(i)+"/share")
	}
	for i, d := range t.Weekdays {
		c.whole(int(d.Weekday), 0, 6, "/terms/weekdays/"+strconv.Itoa(i)+"/weekday")
		c.change(d.Change, "/terms/weekdays/"+strconv.Itoa(i)+"/change")
	}
	for i, l := range t.Leads {
		c.whole(l.Least, 0, AheadMax, "/terms/leads/"+strconv.Itoa(i)+"/least")
		c.change(l.Change, "/terms/leads/"+strconv.Itoa(i)+"/change")
	}
	for i, l := range t.Lengths {
		c.whole(l.Nights, 1, NightsMax, "/terms/lengths/"+strconv.Itoa(i)+"/nights")
		c.change(l.Change, "/terms/lengths/"+strconv.Itoa(i)+"/change")
	}
	for i, b := range t.Back {
		c.whole(b.Days, 0, AheadMax, "/terms/back/"+strconv.Itoa(i)+"/days")
		c.share(b.Share, "/terms/back/"+strconv.Itoa(i)+"/share")
	}
	for at, l := range map[string]*Levy{"/terms/tax": t.Tax, "/terms/insurance": t.Insurance} {
		if l != nil {
			c.amount(l.Amount, at+"/amount")
			c.whole(l.Under, 0, 18, at+"/under")
			c.when(l.Name.CheckFilled(NameMax) != nil, at+"/name", fault.Say("Write what buyers read about it, in at least one language."))
		}
	}
	return t
}

// season gives the season of a day; a day of none has the base.
func (t Terms) season(d span.Day) Season {
	for _, s := range t.Seasons {
		if s.Days.Contains(d) {
			return s
		}
	}
	return Season{Base: t.Base, StayMin: t.StayMin}
}

// band gives what a child of an age pays; one whom no band holds pays as an adult.
func (t Terms) band(age int) Band {
	for _, b := range t.Bands {
		if age < b.Under {
			return b
		}
	}
	return Band{Share: money.One}
}

// Least is the price from which it begins: the cheapest base of an adult or a room, without what changes it.
func (t Terms) Least() money.Money {
	least := t.Base
	for _, s := range t.Seasons {
		least = min(least, s.Base)
	}
	return money.Of(least, t.Currency)
}

// StayLeast is how many nights a stay has at least that begins on a day.
func (t Terms) StayLeast(d span.Day) int {
	return max(1, t.StayMin, t.season(d).StayMin)
}

// Receives says whether guests may arrive on a day.
func (t Terms) Receives(d span.Day) bool {
	return len(t.Arrivals) == 0 || slices.Contains(t.Arrivals, d.Weekday())
}
