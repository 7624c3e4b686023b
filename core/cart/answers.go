package cart

import (
	"encoding/json"
	"strings"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/core/catalog"
)

// ErrAnswered means that answers were given for a thing that asks for none.
var ErrAnswered = fault.New(fault.Invalid, "cart.no_questions", "This is not made to order, so that nothing can be said about it here. Put it into the basket as it is.")

// answered judges the answers with which something is put into a basket, and gives them as the line keeps them.
func answered(offer catalog.Offer, answers map[string]string) (column string, err error) {
	if offer.Kind.Way() != "" || offer.Kind.Made == nil && len(answers) == 1 && answers[catalog.ChosenCode] != "" {
		return chosen(answers) // Of goods that is a subscription, which whoever orders the basket knows.
	}
	if offer.Kind.Made == nil {
		if len(answers) > 0 {
			return "", ErrAnswered.About("%d answers for %s", len(answers), offer.Variant)
		}
		return "", nil
	}
	judged, err := offer.Kind.Made.Answered(answers)
	if err != nil {
		return "", err
	}
	kept := make(map[string]string, len(judged))
	for _, a := range judged {
		kept[a.Code] = a.Text
	}
	body, err := json.Marshal(kept)
	return string(body), err
}

// ErrChosen means that it was not said what is chosen of a service, or that more than one of it is asked for.
var ErrChosen = fault.New(fault.Invalid, "cart.chosen", "This is a service. Choose on its page what you want of it; each choice is in the basket once.")

const chosenMax = 100

// chosen gives what was chosen of a service as the line keeps it.
func chosen(answers map[string]string) (column string, err error) {
	ref := answers[catalog.ChosenCode]
	if len(answers) != 1 || ref == "" || len(ref) > chosenMax {
		return "", ErrChosen.About("%d answers", len(answers))
	}
	body, err := json.Marshal(answers)
	return string(body), err
}

// oneOf refuses more than one of what was chosen of a service.
func oneOf(offer catalog.Offer, q measure.Quantity) error {
	if offer.Kind.Way() != "" && q != measure.One {
		return ErrChosen.About("%s of %s", q, offer.Variant)
	}
	return nil
}

// lineKey is what makes a line one: the variant, and what was answered.
func lineKey(v catalog.VariantID, column string) string {
	if column == "" {
		return string(v)
	}
	return string(v) + "/" + catalog.AnswersKey(answersOf(column))
}

// variantIn gives the variant of a key.
func variantIn(key string) catalog.VariantID {
	v, _, _ := strings.Cut(key, "/")
	return catalog.VariantID(v)
}

// answersOf reads what a line keeps; what cannot be read counts as no answers, which the questions then refuse.
func answersOf(column string) map[string]string {
	if column == "" {
		return nil
	}
	var answers map[string]string
	if json.Unmarshal([]byte(column), &answers) != nil {
		return nil
	}
	return answers
}
