package shop

import (
	"context"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/order"
	"sauda/core/pricing"
	"sauda/gear/db"
	"sauda/gear/web"
)

// saved is what a bundle costs less than its parts would by themselves.
func (s shown) saved() (saved money.Money, saves bool) {
	offer := s.Offers[s.Chosen.ID]
	sum := money.Of(0, offer.Price.Currency)
	for _, part := range s.Parts {
		price, err := measure.Price(part.Price, part.Quantity, money.HalfUp)
		if err != nil || price.Currency != sum.Currency {
			return money.Money{}, false
		}
		if sum, err = sum.Add(price); err != nil {
			return money.Money{}, false
		}
	}
	saved, err := sum.Sub(offer.Price)
	return saved, err == nil && saved.IsPositive()
}

// bought is a line of an order as the buyer chose it: a bundle is one, with what became of its parts.
type bought struct {
	pricing.QuoteLine
	Parts []pricing.QuoteLine
	Came  []string
}

// boughtOf gives the lines of an order as they were chosen.
func boughtOf(ctx context.Context, o order.Order) []bought {
	var all []bought
	for _, l := range o.Quote.Shown() {
		b := bought{QuoteLine: l, Parts: o.Quote.PartsOf(l.Line)}
		for _, x := range o.Lines {
			switch {
			case x.Line == l.Line:
				b.Came = append(b.Came, came(ctx, x)...)
			case x.Bundle == l.Line:
				for _, said := range came(ctx, x) {
					b.Came = append(b.Came, strings.TrimSpace(in(ctx, x.Name)+" "+in(ctx, x.Label))+": "+said)
				}
			}
		}
		all = append(all, b)
	}
	return all
}

// answerPrefix stands before the code of a question in the name of its field.
const answerPrefix = "a_"

func answerField(code string) string { return answerPrefix + code }

// answersIn gives the answers that were typed, by their codes; what was left empty is no answer.
func answersIn(values url.Values) map[string]string {
	var answers map[string]string
	for name := range values {
		code, ok := strings.CutPrefix(name, answerPrefix)
		if !ok {
			continue
		}
		if answers == nil {
			answers = map[string]string{}
		}
		if typed := strings.TrimSpace(values.Get(name)); typed != "" {
			answers[code] = typed
		}
	}
	return answers
}

// addMade puts a thing that is made to order into the basket at the price of its answers, or only says that price.
func (f *face) addMade(tx *db.Tx, in picked, q measure.Quantity, then web.Then) (web.Then, error) {
	s, err := f.show(tx, in.Product, in.visitor)
	if err != nil {
		return web.Then{}, err
	}
	answers := answersIn(in.Values)
	if s.Priced, err = madePrice(s, in.Variant, answers); err != nil {
		return f.showAgain(tx, in, s, err), nil
	}
	if in.Values.Get("act") == "price" {
		return f.showAgain(tx, in, s, nil), nil
	}
	if first, err := web.Once(tx, in.Key+" "+string(in.Variant)+" "+q.String()+" "+catalog.AnswersKey(answers)); err != nil || !first {
		return then, err
	}
	err = f.put(tx, in.visitor, cart.Addition{Variant: in.Variant, Quantity: q, PriceSeen: s.Priced, Source: in.Source, Answers: answers})
	if refused(err) {
		return f.showAgain(tx, in, s, err), nil
	}
	return then, err
}

// madePrice is what one unit costs by some answers.
func madePrice(s shown, v catalog.VariantID, answers map[string]string) (money.Money, error) {
	m, price := s.Page.Kind.Made, s.Offers[v].Price
	if m == nil {
		return price, cart.ErrAnswered.About("%s is not made to order", s.Page.ID)
	}
	judged, err := m.Answered(answers)
	if err != nil {
		return money.Money{}, err
	}
	return m.Price(price, judged)
}

// wrongAnswer marks the field of an answer that is not right.
func (s shown) wrongAnswer(q catalog.Question) templ.Attributes {
	if s.Form.Wrong["answers/"+q.Code] == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": answerField(q.Code) + "-wrong"}
}

// choiceWords names a choice, with what it costs more.
func choiceWords(ctx context.Context, s shown, x catalog.QuestionChosen) string {
	if x.Surcharge == 0 {
		return in(ctx, x.Name)
	}
	return in(ctx, x.Name) + " (+" + amount(ctx, money.Of(x.Surcharge, s.Page.Kind.Made.Currency)) + ")"
}

// answerWords says what was answered.
func answerWords(ctx context.Context, a catalog.Answer) string {
	switch a.Kind {
	case catalog.QuestionChoice:
		return in(ctx, a.Name)
	case catalog.QuestionNumber:
		text := a.Text
		if q, err := measure.Parse(a.Text); err == nil {
			text = q.Format(web.Lang(ctx))
		}
		return strings.TrimSpace(text + "\u00a0" + a.Unit)
	}
	return a.Text
}
