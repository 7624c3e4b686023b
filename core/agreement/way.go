package agreement

import (
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/choice"
	"sauda/core/pricing"
	"sauda/gear/db"
)

// WayName is what a product says that is a membership.
const WayName = "membership"

// Way sells memberships: what is paid for a period and needs no parcel. What it costs by the list is said here; what an
// agreement takes off, as of goods, is taken off the line.
type Way struct{}

// Name is that of the way.
func (Way) Name() string { return WayName }

// label says what was chosen.
var label = map[Every]text.Localized{
	EveryWeek:      {"kk": "Апта сайын төленеді", "ru": "Оплата раз в неделю", "en": "Paid every week", "zh": "每周付费"},
	EveryTwoWeeks:  {"kk": "Екі аптада бір рет төленеді", "ru": "Оплата раз в две недели", "en": "Paid every two weeks", "zh": "每两周付费"},
	EveryMonth:     {"kk": "Ай сайын төленеді", "ru": "Оплата раз в месяц", "en": "Paid every month", "zh": "每月付费"},
	EveryTwoMonths: {"kk": "Екі айда бір рет төленеді", "ru": "Оплата раз в два месяца", "en": "Paid every two months", "zh": "每两个月付费"},
	EveryQuarter:   {"kk": "Тоқсан сайын төленеді", "ru": "Оплата раз в квартал", "en": "Paid every quarter", "zh": "每季度付费"},
	EveryYear:      {"kk": "Жыл сайын төленеді", "ru": "Оплата раз в год", "en": "Paid every year", "zh": "每年付费"},
}

// Chosen gives the periods of memberships that can be ordered, in three statements for all of them.
func (Way) Chosen(tx *db.Tx, refs []string) (map[string]choice.Chosen, error) {
	lines, err := Lines(tx, refs)
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	var all []Agreement
	for _, l := range lines {
		all = append(all, l.Of)
	}
	prices, err := Listed(tx, all)
	if err != nil {
		return nil, err
	}
	found := make(map[string]choice.Chosen, len(lines))
	for ref, l := range lines {
		unit, listed := prices[l.Of.ID]
		if !listed || !l.Of.Service {
			continue
		}
		price, err := measure.Price(unit, l.Quantity, money.HalfUp)
		if err != nil {
			return nil, err
		}
		name := label[l.Of.Calendar.Every]
		found[ref] = choice.Chosen{
			Service: pricing.Service{Label: name, Price: price, Reasons: []pricing.Reason{{Code: pricing.ServicePart, Params: pricing.Params{Name: name, Amount: price}}}},
			Variant: l.Variant,
		}
	}
	return found, nil
}

// Placed has nothing to do: the agreement hears of the order by itself, as with goods.
func (Way) Placed(*db.Tx, choice.Sale) error { return nil }

// Paid says that a membership is there as soon as it is paid.
func (Way) Paid(*db.Tx, string) (bool, error) { return true, nil }

// Ended hears that the money of a period was given back: nothing of it is left to be taken off the next ones. The agreement stays
// as it is: a period that was given back is not one that was given up.
func (Way) Ended(tx *db.Tx, ref string) error {
	id, seq := refOf(ref)
	a, err := get(tx, id)
	if err != nil || a.Seq != max(seq, 1)+1 { // Another period was ordered since.
		return err
	}
	a.Paid.Minor = 0
	return keep(tx, &a)
}
