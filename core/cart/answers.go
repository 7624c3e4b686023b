package cart

import (
	"encoding/json"
	"strings"

	"sauda/base/fault"
	"sauda/core/catalog"
)

// ErrAnswered means that answers were given for a thing that asks for none.
var ErrAnswered = fault.New(fault.Invalid, "cart.no_questions", "This is not made to order, so that nothing can be said about it here. Put it into the basket as it is.")

// answered judges the answers with which something is put into a basket, and gives them as the line keeps them.
func answered(offer catalog.Offer, answers map[string]string) (column string, err error) {
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
