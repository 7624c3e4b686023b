package pricing

import (
	"cmp"
	"slices"
	"strconv"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/pricing/pricingdb"
	"sauda/core/seller"
	"sauda/gear/db"
)

// Set sets one price. See SetMany.
func Set(tx *db.Tx, list ListID, entry Entry) error {
	_, err := SetMany(tx, list, []Entry{entry})
	return err
}

// SetMany sets prices in a list, all or none, and gives how many are other than before. An entry takes the place of the
// one of the same variant, quantity and first day; where the days of two overlap, the price that began later counts. Of
// two entries for the same, the last one counts. Prices that are the same are not written, and when all are the same no
// fact is stated. It takes two statements beside the writes.
func SetMany(tx *db.Tx, list ListID, entries []Entry) (changed int, err error) {
	if len(entries) > EntriesMax {
		return 0, ErrTooMany.About("%d", len(entries))
	}
	if len(entries) == 0 {
		return 0, nil
	}
	l, err := GetList(tx, list)
	if err != nil {
		return 0, err
	}
	if l.Ended {
		return 0, ErrListEnded.About("%s", list)
	}
	if err := l.judge(entries); err != nil {
		return 0, err
	}
	stored, err := storedPrices(tx, l, entries)
	if err != nil {
		return 0, err
	}
	later := pricingdb.New(tx.Later())
	variants := make(map[catalog.VariantID]bool)
	for _, e := range entries {
		key := priceKey{e.Variant, e.From, e.Days.From}
		value := priceValue{e.Amount.Minor, e.Days.To}
		old, there := stored[key]
		if there && old == value {
			continue
		}
		if err := toldPrice(tx, l, e, old, there); err != nil {
			return 0, err
		}
		stored[key] = value
		changed++
		variants[e.Variant] = true
		err := later.UpsertPrice(tx.Context(), pricingdb.UpsertPriceParams{Variant: string(e.Variant), List: string(list),
			FromQuantity: int64(e.From), FromDay: e.Days.From.String(), ToDay: e.Days.To.String(), Amount: e.Amount.Minor})
		if err != nil {
			return 0, err
		}
	}
	if changed == 0 {
		return 0, nil
	}
	return changed, tx.Emit(PricesSet{List: list, Seller: l.Seller, Variants: sorted(variants)})
}

// toldPrice tells the audit what a price of a variant was, if there was one, and what it is.
func toldPrice(tx *db.Tx, l List, e Entry, old priceValue, there bool) error {
	at := string(e.Variant)
	if e.From != 0 {
		at += " " + e.From.String()
	}
	if !e.Days.From.IsZero() {
		at += " " + e.Days.From.String()
	}
	var was *money.Money
	if there {
		m := money.Of(old.amount, l.Currency)
		was = &m
	}
	return tx.Changed(at, was, e.Amount)
}

// judge names every entry that the list cannot take.
func (l List) judge(entries []Entry) error {
	var wrong []fault.Field
	for i, e := range entries {
		at := "/entries/" + strconv.Itoa(i)
		mark := func(ok bool, pointer string, said fault.Sentence) {
			if !ok && len(wrong) < 20 { // Nobody reads more.
				wrong = append(wrong, said.At(at+pointer))
			}
		}
		mark(e.Variant != "" && len(e.Variant) <= 60, "/variant", fault.Say("Name the variant by its id."))
		mark(e.From >= 0, "/from", fault.Say("Begin the price at a quantity of zero or more."))
		mark(e.Days.Check() == nil, "/days", fault.Say("Let the first day come before the day on which the price ends."))
		mark(e.Amount.Currency == l.Currency, "/amount", fault.Say("Write the price in the currency of the list."))
		mark(e.Amount.Minor >= 0, "/amount", fault.Say("Write a price of zero or more."))
	}
	return ErrInvalid.Fields(wrong...)
}

// priceKey is what tells the prices of a list apart, and priceValue the rest.
type (
	priceKey struct {
		variant catalog.VariantID
		from    measure.Quantity
		since   span.Day
	}
	priceValue struct {
		amount int64
		to     span.Day
	}
)

func storedPrices(tx *db.Tx, l List, entries []Entry) (map[priceKey]priceValue, error) {
	variants := make(map[catalog.VariantID]bool, len(entries))
	for _, e := range entries {
		variants[e.Variant] = true
	}
	known, err := Entries(tx, l, sorted(variants))
	if err != nil {
		return nil, err
	}
	stored := make(map[priceKey]priceValue, len(known))
	for _, e := range known {
		stored[priceKey{e.Variant, e.From, e.Days.From}] = priceValue{e.Amount.Minor, e.Days.To}
	}
	return stored, nil
}

func sorted(variants map[catalog.VariantID]bool) []catalog.VariantID {
	ids := make([]catalog.VariantID, 0, len(variants))
	for id := range variants {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// Entries gives the prices of these variants in a list, on whatever days, by variant, quantity and first day.
func Entries(tx *db.Tx, l List, variants []catalog.VariantID) ([]Entry, error) {
	rows, err := pricingdb.New(tx).Entries(tx.Context(), pricingdb.EntriesParams{List: string(l.ID), Variants: db.In(variants)})
	if err != nil {
		return nil, err
	}
	entries := make([]Entry, 0, len(rows))
	for _, r := range rows {
		days, err := daysOf(r.FromDay, r.ToDay)
		if err != nil {
			return nil, err
		}
		entries = append(entries, Entry{Variant: catalog.VariantID(r.Variant), From: measure.Quantity(r.FromQuantity),
			Days: days, Amount: money.Of(r.Amount, l.Currency)})
	}
	return entries, nil
}

// Withdraw takes all prices of these variants out of a list. Variants without a price there are passed over.
func Withdraw(tx *db.Tx, list ListID, variants []catalog.VariantID) error {
	if len(variants) > EntriesMax {
		return ErrTooMany.About("%d", len(variants))
	}
	l, err := GetList(tx, list)
	if err != nil {
		return err
	}
	there, err := Entries(tx, l, variants)
	if err != nil || len(there) == 0 {
		return err
	}
	priced := make(map[catalog.VariantID]bool)
	for _, e := range there {
		priced[e.Variant] = true
	}
	err = pricingdb.New(tx.Later()).DeletePrices(tx.Context(), pricingdb.DeletePricesParams{List: string(list),
		Variants: db.In(variants)})
	if err != nil {
		return err
	}
	return tx.Emit(PricesWithdrawn{List: list, Seller: l.Seller, Variants: sorted(priced)})
}

// For gives the prices of these variants that hold on a day for a customer group, in one statement: those of the group's
// lists and those for everybody. The empty group has only the latter. A variant without a price is left out.
func For(tx *db.Tx, variants []catalog.VariantID, group string, currency money.Currency, day span.Day) (Prices, error) {
	prices := make(Prices, len(variants))
	if len(variants) == 0 {
		return prices, nil
	}
	rows, err := pricingdb.New(tx).PricesFor(tx.Context(), pricingdb.PricesForParams{Variants: db.In(variants),
		Currency: string(currency), CustomerGroup: group, Day: day.String()})
	if err != nil {
		return nil, err
	}
	names := make(map[string]text.Localized)
	for _, r := range rows {
		name, read := names[r.List]
		if !read {
			if err := name.Scan(r.Name); err != nil {
				return nil, err
			}
			names[r.List] = name
		}
		step := Step{List: ListID(r.List), Seller: seller.ID(r.Seller), ListName: name,
			From: measure.Quantity(r.FromQuantity), Amount: money.Of(r.Amount, currency), Group: r.CustomerGroup,
			Priority: int(r.Priority)}
		if err := step.Since.Scan(r.FromDay); err != nil {
			return nil, err
		}
		id := catalog.VariantID(r.Variant)
		prices[id] = append(prices[id], step)
	}
	for _, steps := range prices {
		slices.SortFunc(steps, before)
	}
	return prices, nil
}

// before puts the step to ask first in front: the higher priority, the group's own list before one for everybody, the
// newer list, then the higher quantity and the price that began later.
func before(a, b Step) int {
	return cmp.Or(
		cmp.Compare(b.Priority, a.Priority),
		cmp.Compare(everybody(a), everybody(b)),
		cmp.Compare(b.List, a.List),
		cmp.Compare(b.From, a.From),
		b.Since.Compare(a.Since),
	)
}

func everybody(s Step) int {
	if s.Group == "" {
		return 1
	}
	return 0
}

// Unit gives the price of one unit when this quantity is bought from this seller: of the first list that has a price for
// so little, the one of the highest step that is reached. ok is false when there is none.
func (p Prices) Unit(variant catalog.VariantID, owner seller.ID, quantity measure.Quantity) (step Step, ok bool) {
	for _, s := range p[variant] {
		if s.Seller == owner && s.From <= quantity {
			return s, true
		}
	}
	return Step{}, false
}
