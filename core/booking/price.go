package booking

import (
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
)

// PartCode says what a part of a price is for.
type PartCode string

// The codes of the parts of a price.
const (
	PartStay      PartCode = "stay"      // PartStay is the base of some days of one season and weekday.
	PartExtra     PartCode = "extra"     // PartExtra is what further adults pay.
	PartChild     PartCode = "child"     // PartChild is what children pay.
	PartLength    PartCode = "length"    // PartLength is for the length of the stay.
	PartLead      PartCode = "lead"      // PartLead is for booking early or late.
	PartTax       PartCode = "tax"       // PartTax is a tourist contribution.
	PartInsurance PartCode = "insurance" // PartInsurance is an insurance.
	PartFee       PartCode = "fee"       // PartFee is for a change.
	PartOff       PartCode = "off"       // PartOff is what promotions took off.
	PartPaid      PartCode = "paid"      // PartPaid takes off what was paid before a change.
)

// Part is one part of a price, with its reason.
type Part struct {
	Code   PartCode       `json:"code"`
	Name   text.Localized `json:"name,omitempty"`  // Name is that of a season, a tax or an insurance.
	Days   int            `json:"days,omitempty"`  // Days counts the nights of a stay; what is booked by the hour or the seat has none.
	Count  int            `json:"count,omitempty"` // Count is how many rooms or people.
	Change money.Rate     `json:"change,omitempty"`
	Amount money.Money    `json:"amount"`
}

// Priced is a price with a reason for each of its parts, which add up to it.
type Priced struct {
	Total money.Money
	Parts []Part
}

// asked is what a price is asked for.
type asked struct {
	Draft
	nights int      // nights counts the days that are paid for; what is no stay has one.
	stays  bool     // stays says that it is sold by nights.
	first  span.Day // first is the day on which it begins.
	lead   int      // lead counts the days from today to the first.
}

// Price gives what a draft costs that is booked today, with the reasons. It knows no clock and no store: the same is priced
// the same. Every amount is rounded to the minor unit half up, each part by itself, and the parts add up to the total.
func (t Terms) Price(d Draft, today span.Day) (Priced, error) {
	a := asked{Draft: d, nights: 1, first: d.From, lead: max(0, today.DaysUntil(d.From))}
	if n := d.From.DaysUntil(d.To); n > 0 {
		a.nights, a.stays = n, true
	}
	p := &sum{terms: t}
	p.stay(a)
	p.extras(a)
	p.children(a)
	p.changes(a)
	p.levies(a)
	if p.failed != nil {
		return Priced{}, p.failed
	}
	total, err := money.Sum(append(p.amounts(), money.Of(0, t.Currency))...)
	return Priced{total, p.parts}, err
}

// counted are the nights that a part says.
func (a asked) counted() int {
	if a.stays {
		return a.nights
	}
	return 0
}

// sum gathers the parts of a price.
type sum struct {
	terms  Terms
	parts  []Part
	failed error
}

func (s *sum) amounts() []money.Money {
	all := make([]money.Money, len(s.parts))
	for i, p := range s.parts {
		all[i] = p.Amount
	}
	return all
}

// add notes a part; one of nothing says nothing, unless it is for children, who then travel free.
func (s *sum) add(p Part, err error) {
	if err != nil && s.failed == nil {
		s.failed = err
	}
	if err == nil && (p.Amount.Minor != 0 || p.Code == PartChild) {
		s.parts = append(s.parts, p)
	}
}

// base is the price of one day, for one room or one adult, with what the day of the week changes.
func (s *sum) base(d span.Day) (price money.Money, season Season, change money.Rate) {
	season = s.terms.season(d)
	price = money.Of(season.Base, s.terms.Currency)
	for _, w := range s.terms.Weekdays {
		if w.Weekday == d.Weekday() {
			change += w.Change
		}
	}
	return (money.One + change).Of(price, money.HalfUp), season, change
}

// stay adds the base of each day, for the rooms or the adults. Days that follow each other at one price are one part.
func (s *sum) stay(a asked) {
	count := max(1, a.Units)
	if s.terms.ByPerson {
		count = a.Adults
	}
	from := len(s.parts)
	for n := range a.nights {
		price, season, change := s.base(a.first.AddDays(n))
		amount, err := price.Times(int64(count), 1, money.HalfUp)
		if last := len(s.parts) - 1; last >= from && s.parts[last].Change == change && s.parts[last].Name.String() == season.Name.String() && err == nil {
			s.parts[last].Days++
			s.parts[last].Amount, err = s.parts[last].Amount.Add(amount)
			s.add(Part{}, err)
			continue
		}
		s.add(Part{Code: PartStay, Name: season.Name, Days: min(a.counted(), 1), Count: count, Change: change, Amount: amount}, err)
	}
}

// extras adds the adults beyond those whom the base of the rooms holds.
func (s *sum) extras(a asked) {
	t := s.terms
	if t.ByPerson || t.Included == 0 {
		return
	}
	more := a.Adults - t.Included*max(1, a.Units)
	if more <= 0 {
		return
	}
	amount, err := money.Of(t.Extra, t.Currency).Times(int64(more)*int64(a.nights), 1, money.HalfUp)
	s.add(Part{Code: PartExtra, Days: a.counted(), Count: more, Amount: amount}, err)
}

// children adds what children pay by their ages: a share of an adult's price, or of what a further adult pays.
func (s *sum) children(a asked) {
	t := s.terms
	beds := t.Included*max(1, a.Units) - a.Adults
	type group struct {
		share money.Rate
		n     int
	}
	var groups []group
	for _, age := range a.Children {
		b := t.band(age)
		if !t.ByPerson {
			if t.Included == 0 || b.Lap {
				continue
			}
			if beds > 0 { // A child in a bed that is paid for pays nothing more.
				beds--
				continue
			}
		}
		if last := len(groups) - 1; last >= 0 && groups[last].share == b.Share {
			groups[last].n++
			continue
		}
		groups = append(groups, group{b.Share, 1})
	}
	for _, g := range groups {
		total := money.Of(0, t.Currency)
		for n := range a.nights {
			price := money.Of(t.Extra, t.Currency)
			if t.ByPerson {
				price, _, _ = s.base(a.first.AddDays(n))
			}
			amount, err := g.share.Of(price, money.HalfUp).Times(int64(g.n), 1, money.HalfUp)
			if err == nil {
				total, err = total.Add(amount)
			}
			if err != nil {
				s.add(Part{}, err)
				return
			}
		}
		s.add(Part{Code: PartChild, Days: a.counted(), Count: g.n, Change: g.share, Amount: total}, nil)
	}
}

// changes adds what the length of the stay and the time of booking change. Both are of what stands before them, so that no
// order among them makes a difference.
func (s *sum) changes(a asked) {
	before, err := money.Sum(append(s.amounts(), money.Of(0, s.terms.Currency))...)
	if err != nil {
		s.add(Part{}, err)
		return
	}
	for _, l := range s.terms.Lengths {
		if a.nights >= l.Nights {
			s.add(Part{Code: PartLength, Days: l.Nights, Change: l.Change, Amount: l.Change.Of(before, money.HalfUp)}, nil)
			break
		}
	}
	for _, l := range s.terms.Leads {
		if a.lead >= l.Least && (l.Most == 0 || a.lead <= l.Most) {
			s.add(Part{Code: PartLead, Days: l.Least, Change: l.Change, Amount: l.Change.Of(before, money.HalfUp)}, nil)
			break
		}
	}
}

// levies adds the tax and the insurance, which nothing changes.
func (s *sum) levies(a asked) {
	t := s.terms
	levy := func(code PartCode, l *Levy, wanted bool) {
		if l == nil || !wanted && !l.Always {
			return
		}
		n := a.Adults
		for _, age := range a.Children {
			if age >= l.Under {
				n++
			}
		}
		amount, err := money.Of(l.Amount, t.Currency).Times(int64(n)*int64(a.nights), 1, money.HalfUp)
		s.add(Part{Code: code, Name: l.Name, Days: a.counted(), Count: n, Amount: amount}, err)
	}
	levy(PartTax, t.Tax, true)
	levy(PartInsurance, t.Insurance, a.Insured)
}
