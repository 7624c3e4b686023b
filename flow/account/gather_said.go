package account

import (
	"time"

	"sauda/base/money"
	"sauda/base/text"
	"sauda/core/agreement"
	"sauda/core/catalog"
	"sauda/core/enquiry"
	"sauda/core/estimate"
	"sauda/core/identity"
	"sauda/core/review"
	"sauda/core/waitlist"
	"sauda/core/wish"
	"sauda/gear/db"
)

type takenReview struct {
	Product  string    `json:"product"`
	Author   string    `json:"shown_name"`
	Stars    int       `json:"stars"`
	Body     string    `json:"text"`
	Pictures []string  `json:"pictures,omitempty"`
	State    string    `json:"state"`
	Reason   string    `json:"reason,omitempty"`
	Reply    string    `json:"reply,omitempty"`
	Written  time.Time `json:"written"`
}

// takenReviews are all reviews of the person, whatever was decided about them.
func takenReviews(tx *db.Tx, _ *gatherer, _ identity.User) (any, error) {
	all, _, err := review.Mine(tx, "", 0)
	taken := make([]takenReview, len(all))
	for i, r := range all {
		taken[i] = takenReview{string(r.Product), r.Author, r.Stars, r.Body, nil, string(r.State), r.Reason, r.Reply, r.Written}
		for _, p := range r.Pictures {
			taken[i].Pictures = append(taken[i].Pictures, p.URL)
		}
	}
	return taken, err
}

type takenWish struct {
	Product string      `json:"product"`
	Variant string      `json:"variant,omitempty"`
	Price   money.Money `json:"price_seen,omitzero"`
	Kept    time.Time   `json:"kept"`
}

// takenWishes is what the person keeps on his wishlist.
func takenWishes(tx *db.Tx, _ *gatherer, _ identity.User) (any, error) {
	things, err := wish.Mine(tx)
	taken := make([]takenWish, len(things))
	for i, t := range things {
		taken[i] = takenWish{string(t.Product), string(t.Variant), t.Seen, t.Kept}
	}
	return taken, err
}

type takenWait struct {
	Name   text.Localized `json:"name"`
	Label  text.Localized `json:"label"`
	Places int            `json:"places"`
	State  string         `json:"state"`
	Asked  time.Time      `json:"asked"`
	Until  time.Time      `json:"held_until,omitzero"`
}

// takenWaits is what the person waits for.
func takenWaits(tx *db.Tx, _ *gatherer, _ identity.User) (any, error) {
	all, err := waitlist.Mine(tx)
	taken := make([]takenWait, len(all))
	for i, w := range all {
		taken[i] = takenWait{w.Name, w.Label, w.Places, string(w.State), w.Asked, w.Until}
	}
	return taken, err
}

type takenAnswer struct {
	Product string    `json:"product,omitempty"`
	Author  string    `json:"shown_name,omitempty"`
	Body    string    `json:"text"`
	State   string    `json:"state"`
	Reason  string    `json:"reason,omitempty"`
	Written time.Time `json:"written"`
}

type takenQuestion struct {
	takenAnswer
	Answers []takenAnswer `json:"answers,omitempty"`
}

// takenQuestions are what the person has asked about goods, with what was answered, and what he has answered to others.
func takenQuestions(tx *db.Tx, _ *gatherer, _ identity.User) (any, error) {
	asked, _, err := enquiry.Mine(tx, "", 0)
	if err != nil {
		return nil, err
	}
	answered, _, err := enquiry.MyAnswers(tx, "", 0)
	taken := struct {
		Asked    []takenQuestion `json:"asked"`
		Answered []takenAnswer   `json:"answered"`
	}{make([]takenQuestion, len(asked)), make([]takenAnswer, len(answered))}
	for i, e := range asked {
		taken.Asked[i] = takenQuestion{takenAnswer: takenAnswer{string(e.Product), e.Author, e.Body, string(e.State), e.Reason, e.Asked}}
		for _, a := range e.Answers {
			taken.Asked[i].Answers = append(taken.Asked[i].Answers, takenAnswer{"", a.Author, a.Body, string(a.State), "", a.Said})
		}
	}
	for i, a := range answered {
		taken.Answered[i] = takenAnswer{string(a.Product), a.Author, a.Body, string(a.State), a.Reason, a.Said}
	}
	return taken, err
}

type takenAgreement struct {
	Product  string            `json:"product"`
	State    string            `json:"state"`
	Every    string            `json:"every"`
	Quantity string            `json:"quantity"`
	Next     string            `json:"next,omitempty"`
	To       agreement.To      `json:"to"`
	Consent  agreement.Consent `json:"consent"`
	History  []agreement.Entry `json:"history,omitempty"`
}

// takenAgreements is what the person subscribes to, with the words of his consent.
func takenAgreements(tx *db.Tx, _ *gatherer, u identity.User) (any, error) {
	all, err := agreement.Mine(tx, string(u.Party))
	taken := make([]takenAgreement, len(all))
	for i, a := range all {
		taken[i] = takenAgreement{string(a.Product), string(a.State), string(a.Calendar.Every), a.Quantity.String(), a.Day.String(), a.To, a.Consent, a.History}
	}
	return taken, err
}

type takenEstimate struct {
	Product  string           `json:"product"`
	Answers  []catalog.Answer `json:"answers,omitempty"`
	Note     string           `json:"note,omitempty"`
	State    string           `json:"state"`
	Price    money.Money      `json:"price,omitzero"`
	Included string           `json:"included,omitempty"`
	Reason   string           `json:"reason,omitempty"`
	Asked    time.Time        `json:"asked"`
}

// takenEstimates are the prices that the person has asked for, with what was answered.
func takenEstimates(tx *db.Tx, _ *gatherer, _ identity.User) (any, error) {
	taken := []takenEstimate{}
	for before := estimate.ID(""); ; {
		page, next, err := estimate.Mine(tx, before, 0)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			taken = append(taken, takenEstimate{string(e.Product), e.Answers, e.Note, string(e.State), e.Price, e.Included, e.Reason, e.Asked})
		}
		if next == "" {
			return taken, nil
		}
		before = next
	}
}
