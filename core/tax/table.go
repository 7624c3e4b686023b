package tax

import (
	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/core/tax/taxdb"
	"sauda/gear/db"
)

const (
	wordMax   = 60
	clauseMax = 200
)

// Find gives the rate of a supply, or ErrNoRate.
//
// Goods that leave the seller's country are supplied as ExportZero when the regime has a rate for it and the goods are
// not exempt anyway. A row for the class wins over a row for every class, and then a row for the region over one for the
// whole country.
func (t Table) Find(s Supply) (Rate, error) {
	abroad := s.Destination != "" && s.Destination != s.Country
	if abroad {
		s.Region = ""
		if s.Class != Exempt {
			if rate, ok := t.best(s, ExportZero); ok && rate.Class == ExportZero {
				return rate, nil
			}
		}
	}
	if rate, ok := t.best(s, s.Class); ok {
		return rate, nil
	}
	return Rate{}, fault.With(fault.With(ErrNoRate.About("%s %s %s on %s", s.Country, s.Regime, s.Class, s.Day),
		"regime", s.Regime), "class", string(s.Class))
}

func (t Table) best(s Supply, class Class) (best Rate, found bool) {
	score := -1
	for _, rate := range t {
		if rate.Country != s.Country || rate.Regime != s.Regime || !rate.Days.Contains(s.Day) ||
			(rate.Class != class && rate.Class != "") || (rate.Region != s.Region && rate.Region != "") {
			continue
		}
		now := 0
		if rate.Class != "" {
			now += 2
		}
		if rate.Region != "" {
			now++
		}
		if now > score {
			best, score = rate, now
		}
	}
	return best, score >= 0
}

// Load gives the whole table in one statement.
func Load(tx *db.Tx) (Table, error) {
	rows, err := taxdb.New(tx).Load(tx.Context())
	if err != nil {
		return nil, err
	}
	table := make(Table, 0, len(rows))
	for _, row := range rows {
		days, err := daysOf(row.FromDay, row.ToDay)
		if err != nil {
			return nil, fault.ErrInternal.About("tax rate %s %s %s: %w", row.Country, row.Regime, row.Class, err)
		}
		table = append(table, Rate{Country: place.Country(row.Country), Region: row.Region, Regime: row.Regime,
			Class: Class(row.Class), Days: days, Parts: money.Rate(row.Parts), Mark: row.Mark, Clause: row.Clause})
	}
	return table, nil
}

func daysOf(from, to string) (days span.Days, err error) {
	if err = days.From.UnmarshalText([]byte(from)); err == nil {
		err = days.To.UnmarshalText([]byte(to))
	}
	return days, err
}

// Enter puts a rate into the table. The same row twice is the same as once. A rate that begins later ends the open one
// before it on that day; any other overlap is refused with ErrOverlap, for two rates on one day would be a guess.
func Enter(tx *db.Tx, rate Rate) error {
	if err := rate.check(); err != nil {
		return err
	}
	table, err := Load(tx)
	if err != nil {
		return err
	}
	for _, old := range table {
		if old == rate {
			return nil
		}
		if !old.rivals(rate) || !old.Days.Overlaps(rate.Days) {
			continue
		}
		if !old.Days.To.IsZero() || !old.Days.From.Before(rate.Days.From) {
			return ErrOverlap.About("%v with %v", rate, old)
		}
		if err := end(tx, old, rate.Days.From); err != nil {
			return err
		}
	}
	if err := insert(tx, rate); err != nil {
		return err
	}
	return tx.Emit(Entered{Country: rate.Country, Regime: rate.Regime, Class: rate.Class, From: rate.Days.From})
}

// rivals says whether two rows answer the same question.
func (r Rate) rivals(o Rate) bool {
	return r.Country == o.Country && r.Region == o.Region && r.Regime == o.Regime && r.Class == o.Class
}

func end(tx *db.Tx, old Rate, day span.Day) error {
	_, err := taxdb.New(tx).End(tx.Context(), taxdb.EndParams{Country: string(old.Country), Region: old.Region,
		Regime: old.Regime, Class: string(old.Class), FromDay: old.Days.From.String(), ToDay: day.String()})
	return err
}

func insert(tx *db.Tx, rate Rate) error {
	return taxdb.New(tx.Later()).Insert(tx.Context(), taxdb.InsertParams{Country: string(rate.Country), Region: rate.Region,
		Regime: rate.Regime, Class: string(rate.Class), FromDay: rate.Days.From.String(), ToDay: rate.Days.To.String(),
		Parts: int64(rate.Parts), Mark: rate.Mark, Clause: rate.Clause})
}

// check names every field that is wrong.
func (r Rate) check() error {
	var wrong []fault.Field
	mark := func(ok bool, pointer string, said fault.Sentence) {
		if !ok {
			wrong = append(wrong, said.At(pointer))
		}
	}
	mark(r.Country.Valid(), "/country", fault.Say("Name the country by its two letters of ISO 3166, for example KZ."))
	mark(r.Regime != "" && len(r.Regime) <= wordMax, "/regime", fault.Say("Name the tax regime, for example kz.vat."))
	mark(r.Class == "" || r.Class.Valid(), "/class", fault.Say("Name a class of goods, or none for every class."))
	mark(len(r.Region) <= wordMax, "/region", fault.Say("Name the region in at most {n} characters.").With("n", wordMax))
	mark(r.Days.Check() == nil, "/days", fault.Say("Let the first day come before the day on which the rate ends."))
	mark(r.Parts.Check() == nil, "/rate", fault.Say("Write the rate in percent, from 0 to 100."))
	mark(r.Mark == "" || r.Parts == 0, "/mark", fault.Say("A rate with a mark in its place must be zero."))
	mark(len(r.Mark) <= wordMax, "/mark", fault.Say("Write the mark in at most {n} characters.").With("n", wordMax))
	mark(r.Clause != "" && len(r.Clause) <= clauseMax, "/clause", fault.Say("Name the clause of the law from which the rate comes."))
	return ErrInvalid.Fields(wrong...)
}
