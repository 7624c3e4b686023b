package estimate

import (
	"strings"

	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/catalog"
	"sauda/core/choice"
	"sauda/core/pricing"
	"sauda/gear/db"
)

// Way sells what was accepted, and what is left to be paid of it, in the basket of all goods.
type Way struct{}

// Name is what catalog.Kind.Way says of what is made at a price that the seller names.
func (Way) Name() string { return catalog.WayEstimate }

// restPrefix begins the references of what is left to be paid: that of an estimate with another beginning.
const (
	prefix     = "est_"
	restPrefix = "rst_"
)

// RestRef is what the basket calls the rest of an estimate.
func RestRef(id ID) string { return restPrefix + strings.TrimPrefix(string(id), prefix) }

// of gives the estimate of a reference, and says whether it is its rest.
func of(ref string) (id ID, rest bool) {
	if tail, is := strings.CutPrefix(ref, restPrefix); is {
		return ID(prefix + tail), true
	}
	return ID(ref), false
}

// Chosen gives what can be ordered of some references by whoever asks, in one statement: what he has accepted, and what he owes
// still.
func (Way) Chosen(tx *db.Tx, refs []string) (map[string]choice.Chosen, error) {
	ids := make([]ID, len(refs))
	for i, ref := range refs {
		ids[i], _ = of(ref)
	}
	all, err := some(tx, ids)
	if err != nil {
		return nil, err
	}
	found := make(map[string]choice.Chosen, len(refs))
	for _, ref := range refs {
		id, rest := of(ref)
		e, there := all[id]
		switch {
		case !there || e.Party == "" || e.Party != tx.Who().Party:
		case rest && e.Payable():
			found[ref] = choice.Chosen{Service: pricing.Service{Price: e.Later(), Label: words("rest"), Reasons: e.reasons(true)}, Variant: e.Variant}
		case !rest && e.State == StateAccepted:
			found[ref] = choice.Chosen{Service: pricing.Service{
				Price: e.Upfront(), Label: e.label(), Reasons: e.reasons(false), Answers: e.Answers,
				Made: &pricing.MadeTerms{Days: e.Days, Ref: ref, Price: e.Price},
			}, Variant: e.Variant, Until: e.Until}
		}
	}
	return found, nil
}

// Placed writes down that something was ordered.
func (Way) Placed(tx *db.Tx, s choice.Sale) error {
	id, rest := of(s.Ref)
	e, err := load(tx, id)
	if err != nil {
		return err
	}
	if rest {
		if e.RestOrder == s.Order && e.RestLine == s.Line {
			return nil
		}
		if !e.Payable() {
			return ErrState.About("the rest of %s is %s", id, e.Rest)
		}
		e.Rest, e.RestOrder, e.RestLine = RestOrdered, s.Order, s.Line
		return e.keep(tx)
	}
	if e.Order == s.Order && e.Line == s.Line {
		return nil
	}
	if e.State != StateAccepted {
		return ErrState.About("%s is %s", id, e.State)
	}
	e.State, e.Order, e.Line = StateOrdered, s.Order, s.Line
	if e.Later().IsPositive() {
		e.Rest = RestLater
	}
	if err := e.keep(tx); err != nil {
		return err
	}
	return tx.Emit(Ordered{e.about(), s.Order})
}

// Paid hears that the rest is paid, which is all that its line brings. What was paid after the thing was given up is not kept: see
// Ended.
func (Way) Paid(tx *db.Tx, ref string) (done bool, err error) {
	id, rest := of(ref)
	e, err := load(tx, id)
	if err != nil || !rest || e.Rest != RestOrdered {
		return err == nil && rest && e.Rest == RestPaid, err
	}
	e.Rest = RestPaid
	if err := e.keep(tx); err != nil {
		return false, err
	}
	return true, tx.Emit(RestCame{e.about(), e.RestOrder})
}

// Ended hears that the line of a rest was cancelled or given back: it can be paid again, if the thing is still made.
func (Way) Ended(tx *db.Tx, ref string) error {
	id, rest := of(ref)
	e, err := load(tx, id)
	if err != nil || !rest || e.Rest != RestOrdered && e.Rest != RestPaid {
		return err
	}
	e.Rest, e.RestOrder, e.RestLine = RestOpen, "", ""
	if e.State == StateEnded {
		e.Rest = RestWaived
	}
	return e.keep(tx)
}

// label says in words what is paid now; where all of it is, nothing has to be said.
func (e Estimate) label() text.Localized {
	if e.Deposit == 100 {
		return nil
	}
	return words("deposit")
}

// reasons say why it costs what it does: the price that the seller has named, and what of it is paid at another time.
func (e Estimate) reasons(rest bool) []pricing.Reason {
	part := func(code string, minor int64) pricing.Reason {
		return pricing.Reason{Code: pricing.ServicePart, Params: pricing.Params{Name: words(code), Amount: money.Of(minor, e.Price.Currency)}}
	}
	all := []pricing.Reason{part("price", e.Price.Minor)}
	switch {
	case rest:
		return append(all, part("deposited", -e.Upfront().Minor))
	case e.Later().IsPositive():
		return append(all, part("later", -e.Later().Minor))
	}
	return all
}

// words are what the basket says of an estimate.
func words(code string) text.Localized {
	switch code {
	case "price":
		return text.Localized{"kk": "Сатушы атаған баға", "ru": "Цена, названная продавцом", "en": "Price named by the seller", "zh": "商家报价"}
	case "later":
		return text.Localized{"kk": "Дайын болғанда төленеді", "ru": "Оплачивается, когда изделие готово", "en": "Paid when it is ready", "zh": "完工后支付"}
	case "deposited":
		return text.Localized{"kk": "Алдын ала төленгені", "ru": "Внесённая предоплата", "en": "Deposit paid before", "zh": "已付预付款"}
	case "rest":
		return text.Localized{"kk": "Қалған сома", "ru": "Остаток", "en": "The rest", "zh": "尾款"}
	}
	return text.Localized{"kk": "Алдын ала төлем", "ru": "Предоплата", "en": "Deposit", "zh": "预付款"}
}
