package tax

import "sauda/base/money"

// Apply takes the amounts of one seller at one rate apart. An amount contains the tax when the policy is inclusive, and
// does not otherwise. In every part Net + Tax = Gross.
//
// With PerLine each tax is rounded alone. With PerTotal the tax of the sum is rounded once and shared out by the largest
// remainder, so that the parts add up to it: an order of the amounts that does not change gives parts that do not change.
func (p Policy) Apply(rate money.Rate, amounts []money.Money) ([]Part, error) {
	taxes := make([]money.Money, len(amounts))
	if p.RoundPer == PerTotal {
		total, err := money.Sum(amounts...)
		if err != nil {
			return nil, err
		}
		weights := make([]int64, len(amounts))
		for i, amount := range amounts {
			weights[i] = amount.Minor
		}
		tax, err := p.tax(rate, total)
		if err != nil {
			return nil, err
		}
		taxes = tax.Split(weights)
	} else {
		for i, amount := range amounts {
			tax, err := p.tax(rate, amount)
			if err != nil {
				return nil, err
			}
			taxes[i] = tax
		}
	}
	parts := make([]Part, len(amounts))
	for i, amount := range amounts {
		part, err := p.part(amount, taxes[i])
		if err != nil {
			return nil, err
		}
		parts[i] = part
	}
	return parts, nil
}

// tax gives the tax that an amount contains, or that comes on top of it.
func (p Policy) tax(rate money.Rate, amount money.Money) (money.Money, error) {
	if err := rate.Check(); err != nil {
		return money.Money{}, err
	}
	per := money.One
	if p.Inclusive {
		per += rate
	}
	return amount.Times(int64(rate), int64(per), p.Rounding)
}

func (p Policy) part(amount, tax money.Money) (Part, error) {
	if p.Inclusive {
		net, err := amount.Sub(tax)
		return Part{Net: net, Tax: tax, Gross: amount}, err
	}
	gross, err := amount.Add(tax)
	return Part{Net: amount, Tax: tax, Gross: gross}, err
}
