package pricing

import (
	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/catalog"
)

// made gives what one unit of a thing costs that is made to order, by what was answered, and why. Of other things it is the
// price of the list, without answers and reasons of its own.
func made(line DraftLine, offer catalog.Offer, step Step) (unit money.Money, answers []catalog.Answer, err error) {
	m := offer.Kind.Made
	if m == nil {
		return step.Amount, nil, nil
	}
	if answers, err = m.Answered(line.Answers); err == nil {
		unit, err = m.Price(step.Amount, answers)
	}
	if err != nil {
		return money.Money{}, nil, fault.With(fault.With(err, "line", line.Line), "variant", string(line.Variant))
	}
	return unit, answers, nil
}

// madeReasons say why a unit of a thing that is made to order costs what it does.
func madeReasons(m *catalog.Made, unit money.Money, answers []catalog.Answer) []Reason {
	if m == nil {
		return nil
	}
	var reasons []Reason
	for _, a := range answers {
		if a.Surcharge > 0 {
			reasons = append(reasons, Reason{MadeOption, Params{Name: chosenName(a), Amount: money.Of(a.Surcharge, unit.Currency)}})
		}
	}
	if m.Formula != "" {
		reasons = append(reasons, Reason{MadeFormula, Params{Ref: m.Formula, Amount: unit}})
	}
	return reasons
}

// chosenName names a choice together with its question.
func chosenName(a catalog.Answer) text.Localized {
	name := text.Localized{}
	for lang, chosen := range a.Name {
		name[lang] = chosen
		if label := a.Label.In(lang); label != "" {
			name[lang] = label + ": " + chosen
		}
	}
	return name
}

// Made gives what one unit costs by some answers, when the list says this step: for a page on which the buyer has not
// decided yet. Of what is not made to order it is the price of the list.
func Made(offer catalog.Offer, step Step, answers map[string]string) (money.Money, error) {
	unit, _, err := made(DraftLine{Variant: offer.Variant, Answers: answers}, offer, step)
	return unit, err
}
