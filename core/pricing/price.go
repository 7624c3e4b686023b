package pricing

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/core/catalog"
	"sauda/core/seller"
	"sauda/core/tax"
)

// Price gives the quote of a draft, or the first reason why there is none: a line that cannot be sold or has no price, a
// tax that is not known, an adjuster that takes too much. It is pure. The order of the lines changes no number: where a
// minor unit is left over, the line with the lesser name gets it.
//
// A draft without lines has a quote of nothing.
func Price(d Draft, c Conditions) (Quote, error) {
	if c.Policies == nil {
		c.Policies = tax.Stated()
	}
	p := pricer{draft: d, conditions: c}
	for _, step := range []func() error{p.lines, p.deliveries, p.adjust, p.taxes, p.totals, p.tenders} {
		if err := step(); err != nil {
			return Quote{}, err
		}
	}
	return p.quote, nil
}

// pricer is a quote on its way.
type pricer struct {
	draft      Draft
	conditions Conditions
	quote      Quote
	order      []int // order is the lines by name, in which shares are dealt out.
}

func refuse(f *fault.Fault, line DraftLine, words string) error {
	return fault.With(fault.With(f.About("line %s: %s", line.Line, words), "line", line.Line), "variant", string(line.Variant))
}

// lines prices each line by its list.
func (p *pricer) lines() error {
	if err := p.draft.Currency.Check(); err != nil {
		return err
	}
	p.quote = Quote{Currency: p.draft.Currency, Day: p.draft.Day, Lines: make([]QuoteLine, 0, len(p.draft.Lines))}
	names := make(map[string]bool, len(p.draft.Lines))
	for i, line := range p.draft.Lines {
		if line.Line == "" || names[line.Line] {
			return ErrInvalid.At("/lines/"+strconv.Itoa(i)+"/line", fault.Say("Give each line a name of its own."))
		}
		names[line.Line] = true
		bundle, priced, err := p.line(line)
		if err != nil {
			return err
		}
		if len(bundle) > 0 {
			p.quote.Bundles = append(p.quote.Bundles, bundle...)
		}
		p.quote.Lines = append(p.quote.Lines, priced...)
	}
	for i := range p.quote.Lines {
		p.order = append(p.order, i)
	}
	slices.SortFunc(p.order, func(a, b int) int { return cmp.Compare(p.quote.Lines[a].Line, p.quote.Lines[b].Line) })
	return nil
}

// line prices one line of the draft: a bundle becomes a line for each of its parts.
func (p *pricer) line(line DraftLine) ([]QuoteBundle, []QuoteLine, error) {
	offer, there := p.conditions.Offers[line.Variant]
	if !there || !offer.ForSale() {
		return nil, nil, refuse(ErrNotForSale, line, "not on sale")
	}
	owner, there := p.conditions.Sellers[offer.Seller]
	if !there || !owner.ForSale() {
		return nil, nil, refuse(ErrNotForSale, line, "the seller does not sell")
	}
	if line.Quantity <= 0 {
		return nil, nil, fault.With(ErrInvalid.At("/quantity", fault.Say("Choose a quantity above zero.")), "line", line.Line)
	}
	if err := offer.Unit.Fits(line.Quantity); err != nil {
		return nil, nil, fault.With(err, "line", line.Line)
	}
	if offer.Kind.Bundle != nil {
		head, parts, err := p.bundle(line, offer)
		return []QuoteBundle{head}, parts, err
	}
	single, err := p.single(line, offer, owner)
	return nil, []QuoteLine{single}, err
}

// single prices a line of what is one thing.
func (p *pricer) single(line DraftLine, offer catalog.Offer, owner seller.Seller) (QuoteLine, error) {
	q := QuoteLine{Line: line.Line, Variant: line.Variant, Product: offer.Product, Seller: offer.Seller, SKU: offer.SKU,
		Name: offer.Name, Label: offer.Label, Unit: offer.Unit, Quantity: line.Quantity, Digital: offer.Kind.Digital,
		Discount: money.Of(0, p.draft.Currency), Tax: TaxLine{Class: offer.TaxClass}}
	if err := p.unit(&q, line, offer); err != nil {
		return QuoteLine{}, err
	}
	if m := offer.Kind.Made; m != nil && !m.Quoted {
		q.Made = &MadeTerms{Days: m.Days}
	}
	rounding, unit := p.conditions.Policies.Of(owner.Country).Rounding, q.UnitPrice
	var err error
	if q.Subtotal, err = measure.Price(unit, line.Quantity, rounding); err != nil {
		return QuoteLine{}, fault.With(err, "line", line.Line)
	}
	if _, whole := line.Quantity.Whole(); !whole {
		if down, err := measure.Price(unit, line.Quantity, money.Down); err == nil {
			if up, err := measure.Price(unit, line.Quantity, money.Up); err == nil && up != down {
				q.Reasons = append(q.Reasons, Reason{SubtotalRounded, Params{Amount: q.Subtotal, Rounding: rounding.String()}})
			}
		}
	}
	return q, nil
}

// unit writes into a line what one unit of it costs, and why: by what was chosen of a service or named by its seller, otherwise by the list and by
// what was answered.
func (p *pricer) unit(q *QuoteLine, line DraftLine, offer catalog.Offer) error {
	if offer.Kind.Way() != "" {
		s, err := p.service(line, offer)
		q.UnitPrice, q.Reasons, q.Label, q.Made, q.Answers = s.Price, slices.Clone(s.Reasons), s.Label, s.Made, s.Answers
		if s.Made == nil {
			q.Service = &s.ServiceRef
		}
		return err
	}
	step, there := p.conditions.Prices.Unit(line.Variant, offer.Seller, line.Quantity)
	if !there || step.Amount.Currency != p.draft.Currency {
		return refuse(ErrNoPrice, line, "no price")
	}
	var err error
	q.UnitPrice, q.Answers, err = made(line, offer, step)
	q.Reasons = append([]Reason{priceReason(step, offer.Unit)}, madeReasons(offer.Kind.Made, q.UnitPrice, q.Answers)...)
	return err
}

func priceReason(step Step, unit measure.Unit) Reason {
	params := Params{Ref: string(step.List), Name: step.ListName, Amount: step.Amount}
	if step.From > 0 {
		params.Quantity, params.Unit = step.From, unit
		return Reason{PriceStep, params}
	}
	return Reason{PriceList, params}
}

// deliveries takes over the chosen delivery of each seller.
func (p *pricer) deliveries() error {
	seen := make(map[seller.ID]bool)
	for i, d := range p.draft.Delivery {
		at := "/delivery/" + strconv.Itoa(i)
		if seen[d.Seller] {
			return ErrInvalid.At(at+"/seller", fault.Say("Choose one delivery for each seller."))
		}
		seen[d.Seller] = true
		if _, there := p.conditions.Sellers[d.Seller]; !there {
			return ErrInvalid.At(at+"/seller", fault.Say("Name a seller whose goods are delivered."))
		}
		if d.Amount.Currency != p.draft.Currency || d.Amount.IsNegative() {
			return ErrInvalid.At(at+"/amount", fault.Say("Write the price of delivery in the currency of the purchase, not below zero."))
		}
		if d.TaxClass == "" {
			d.TaxClass = tax.Standard
		}
		p.quote.Delivery = append(p.quote.Delivery, QuoteDelivery{Method: d.Method, Name: d.Name, Seller: d.Seller,
			Price: d.Amount, Discount: money.Of(0, p.draft.Currency), Tax: TaxLine{Class: d.TaxClass},
			Reasons: []Reason{{DeliveryPrice, Params{Ref: d.Method, Name: d.Name, Amount: d.Amount}}}})
	}
	return nil
}

// taxable is a line or a delivery whose tax is to be found.
type taxable struct {
	tax     *TaxLine
	total   *money.Money
	reasons *[]Reason
	amount  money.Money
	seller  seller.ID
}

// taxes finds the rate of everything and takes the amounts apart, rate by rate, as the policy of the seller's country
// says.
func (p *pricer) taxes() error {
	var all []taxable
	for _, i := range p.order {
		l := &p.quote.Lines[i]
		left, err := l.Subtotal.Sub(l.Discount)
		if err != nil {
			return err
		}
		all = append(all, taxable{&l.Tax, &l.Total, &l.Reasons, left, l.Seller})
	}
	for i := range p.quote.Delivery {
		d := &p.quote.Delivery[i]
		left, err := d.Price.Sub(d.Discount)
		if err != nil {
			return err
		}
		all = append(all, taxable{&d.Tax, &d.Total, &d.Reasons, left, d.Seller})
	}
	groups := make(map[TaxSum][]taxable)
	for _, t := range all {
		key, err := p.rate(t)
		if err != nil {
			return err
		}
		groups[key] = append(groups[key], t)
	}
	for key, group := range groups {
		sum, err := p.apart(key, group)
		if err != nil {
			return err
		}
		p.quote.Taxes = append(p.quote.Taxes, sum)
	}
	slices.SortFunc(p.quote.Taxes, func(a, b TaxSum) int {
		return cmp.Or(cmp.Compare(a.Seller, b.Seller), cmp.Compare(a.Class, b.Class), cmp.Compare(a.Rate, b.Rate),
			cmp.Compare(a.Mark, b.Mark), cmp.Compare(a.Clause, b.Clause))
	})
	return nil
}

// rate finds the rate of one taxable and names its group by it.
func (p *pricer) rate(t taxable) (TaxSum, error) {
	owner := p.conditions.Sellers[t.seller]
	regime := owner.Regime(p.draft.Day)
	if regime == "" {
		return TaxSum{}, fault.With(ErrNoRegime.About("%s on %s", t.seller, p.draft.Day), "seller", string(t.seller))
	}
	rate, err := p.conditions.Taxes.Find(tax.Supply{Country: owner.Country, Regime: string(regime), Class: t.tax.Class,
		Destination: p.draft.Destination.Country, Region: p.region(), Day: p.draft.Day})
	if err != nil {
		return TaxSum{}, err
	}
	class := t.tax.Class
	if rate.Class == tax.ExportZero {
		class = tax.ExportZero
	}
	return TaxSum{Seller: t.seller, Country: owner.Country, Regime: string(regime), Class: class, Rate: rate.Parts,
		Mark: rate.Mark, Clause: rate.Clause}, nil
}

// region gives the part of the destination that a tax may depend on: the region of Kazakhstan, elsewhere the state or
// province.
func (p *pricer) region() string {
	if p.draft.Destination.Country == place.KZ {
		return string(p.draft.Destination.Region)
	}
	return p.draft.Destination.District
}

// apart takes the amounts of one group apart and adds up the tax of the group.
func (p *pricer) apart(key TaxSum, group []taxable) (TaxSum, error) {
	policy := p.conditions.Policies.Of(key.Country)
	amounts := make([]money.Money, len(group))
	for i, t := range group {
		amounts[i] = t.amount
	}
	parts, err := policy.Apply(key.Rate, amounts)
	if err != nil {
		return TaxSum{}, err
	}
	net, taxed, gross := make([]money.Money, len(parts)), make([]money.Money, len(parts)), make([]money.Money, len(parts))
	for i, part := range parts {
		t := group[i]
		if key.Class != t.tax.Class {
			*t.reasons = append(*t.reasons, Reason{TaxExport, Params{Clause: key.Clause}})
		}
		*t.tax = TaxLine{Class: key.Class, Rate: key.Rate, Mark: key.Mark, Clause: key.Clause, Net: part.Net,
			Amount: part.Tax, Inclusive: policy.Inclusive}
		*t.total = part.Gross
		*t.reasons = append(*t.reasons, taxReasons(*t.tax, policy, len(parts))...)
		net[i], taxed[i], gross[i] = part.Net, part.Tax, part.Gross
	}
	return key.summed(net, taxed, gross)
}

func (s TaxSum) summed(net, taxed, gross []money.Money) (TaxSum, error) {
	var err error
	for _, sum := range []struct {
		into *money.Money
		of   []money.Money
	}{{&s.Net, net}, {&s.Amount, taxed}, {&s.Gross, gross}} {
		if *sum.into, err = money.Sum(sum.of...); err != nil {
			return TaxSum{}, err
		}
	}
	return s, nil
}

func taxReasons(t TaxLine, policy tax.Policy, shares int) []Reason {
	if t.Mark != "" {
		return []Reason{{TaxMark, Params{Clause: t.Clause}}}
	}
	params := Params{Rate: t.Rate, Clause: t.Clause, Amount: t.Amount, Rounding: policy.Rounding.String()}
	reason := Reason{TaxAdded, params}
	if policy.Inclusive {
		reason.Code = TaxIncluded
	}
	if policy.RoundPer == tax.PerTotal && shares > 1 && t.Rate > 0 {
		return []Reason{reason, {TaxShared, Params{Rounding: policy.Rounding.String()}}}
	}
	return []Reason{reason}
}

// totals adds everything up.
func (p *pricer) totals() error {
	zero := money.Of(0, p.draft.Currency)
	goods, delivery, discounts, taxes := []money.Money{zero}, []money.Money{zero}, []money.Money{zero}, []money.Money{zero}
	for _, l := range p.quote.Lines {
		goods, discounts = append(goods, l.Total), append(discounts, l.Discount)
	}
	for _, d := range p.quote.Delivery {
		delivery, discounts = append(delivery, d.Total), append(discounts, d.Discount)
	}
	for _, t := range p.quote.Taxes {
		taxes = append(taxes, t.Amount)
	}
	q := &p.quote
	var err error
	for _, sum := range []struct {
		into *money.Money
		of   []money.Money
	}{{&q.Goods, goods}, {&q.DeliveryTotal, delivery}, {&q.Discount, discounts}, {&q.TaxTotal, taxes}} {
		if *sum.into, err = money.Sum(sum.of...); err != nil {
			return err
		}
	}
	q.Total, err = q.Goods.Add(q.DeliveryTotal)
	q.Due = q.Total
	return err
}

// Fingerprint is a short proof of what the buyer saw: what is bought, at which unit prices, and every total. Two quotes
// with the same one cost the same; the order of the lines, names and reasons do not count.
func (q Quote) Fingerprint() string {
	lines := slices.Clone(q.Lines)
	slices.SortFunc(lines, func(a, b QuoteLine) int { return cmp.Compare(a.Line, b.Line) })
	h := sha256.New()
	for _, l := range lines {
		_, _ = fmt.Fprintf(h, "line %q %q %d %d %d %d %d\n", l.Line, l.Variant, l.Quantity, l.UnitPrice.Minor, l.Discount.Minor,
			l.Tax.Amount.Minor, l.Total.Minor)
	}
	deliveries := slices.Clone(q.Delivery)
	slices.SortFunc(deliveries, func(a, b QuoteDelivery) int { return cmp.Compare(a.Seller, b.Seller) })
	for _, d := range deliveries {
		_, _ = fmt.Fprintf(h, "delivery %q %q %d %d\n", d.Seller, d.Method, d.Tax.Amount.Minor, d.Total.Minor)
	}
	_, _ = fmt.Fprintf(h, "total %s %d %d %d\n", q.Currency, q.TaxTotal.Minor, q.Total.Minor, q.Due.Minor)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Moved is a unit price that is another than the buyer saw.
type Moved struct {
	Line string
	Was  money.Money
	Now  money.Money
}

// Moved compares the unit prices with those that the buyer saw, by line. A line that the buyer saw no price of is passed
// over.
func (q Quote) Moved(seen map[string]money.Money) []Moved {
	var moved []Moved
	for _, l := range q.Lines {
		if was, there := seen[l.Line]; there && was != l.UnitPrice {
			moved = append(moved, Moved{Line: l.Line, Was: was, Now: l.UnitPrice})
		}
	}
	return moved
}

// Problem is a line that cannot be bought, and why.
type Problem struct {
	Line    string
	Variant catalog.VariantID
	Err     error
}

// Sellable gives the draft with only those lines that can be priced and taxed, and what is wrong with the others: so a
// basket shows its totals and its problems at once.
func Sellable(d Draft, c Conditions) (Draft, []Problem) {
	if c.Policies == nil {
		c.Policies = tax.Stated()
	}
	p := pricer{draft: d, conditions: c}
	var lines []DraftLine
	var problems []Problem
	for _, line := range d.Lines {
		_, priced, err := p.line(line)
		for i := 0; err == nil && i < len(priced); i++ {
			_, err = p.rate(taxable{tax: &priced[i].Tax, seller: priced[i].Seller})
		}
		if err != nil {
			problems = append(problems, Problem{Line: line.Line, Variant: line.Variant, Err: err})
			continue
		}
		lines = append(lines, line)
	}
	d.Lines = lines
	return d, problems
}
