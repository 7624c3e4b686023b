package pricing

import (
	"sauda/base/fault"
	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/catalog"
)

// ServiceRef names what a buyer has chosen of a service: days and people, a group, a bill.
type ServiceRef struct {
	Way string `json:"way"` // Way is who knows it.
	Ref string `json:"ref"` // Ref is what it is called there.
}

// Service is what was chosen of a service, at its price. Whoever knows it has reckoned that, with a reason for each part.
type Service struct {
	ServiceRef
	Label   text.Localized // Label says in words what was chosen; empty for what the offer says.
	Price   money.Money    // Price is that of all of it, as its seller shows prices.
	Reasons []Reason       // Reasons are usually of the code ServicePart.
	// Made is on which terms it is made to order, by these answers; nil for what is done, and not carried to its buyer.
	Made    *MadeTerms
	Answers []catalog.Answer
}

// ErrNotChosen means that what was chosen of a service is not to be had any more.
var ErrNotChosen = fault.New(fault.Conflict, "pricing.not_chosen", "What you chose is not to be had any more. Choose again.")

// service gives what a line of a service costs.
func (p *pricer) service(line DraftLine, offer catalog.Offer) (Service, error) {
	s, there := p.conditions.Services[line.Answers[catalog.ChosenCode]]
	if !there || s.Way != offer.Kind.Way() || s.Price.IsNegative() {
		return Service{}, refuse(ErrNotChosen, line, "not chosen")
	}
	if s.Price.Currency != p.draft.Currency {
		return Service{}, refuse(ErrNoPrice, line, "another currency")
	}
	if s.Label.IsEmpty() {
		s.Label = offer.Label
	}
	return s, nil
}

// Bodiless says that nothing of a line is carried to its buyer: it is fetched, or done for him.
func (l QuoteLine) Bodiless() bool { return l.Digital != nil || l.Service != nil }
