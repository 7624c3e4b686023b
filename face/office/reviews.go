package office

import (
	"sauda/core/catalog"
	"sauda/core/review"
	"sauda/gear/db"
	"sauda/gear/i18n"
	"sauda/gear/web"
)

func (f face) mountReviews(site *web.Site) {
	web.Page(site, "GET /office/reviews", f.reviews, web.Needs(ScopeReviewsRead))
	web.Form(site, "POST /office/reviews/{id}/decision", f.decideReview, web.Needs(ScopeReviewsWrite))
	web.Form(site, "POST /office/reviews/{id}/reply", f.replyReview, web.Needs(ScopeReviewsWrite))
}

type reviewsAsk struct {
	State review.State `query:"state" enum:"waiting,shown,refused" default:"waiting"`
	After review.ID    `query:"after" maxLength:"60"`
}

// reviewsView is a page of reviews in one state, with the products that they are of.
type reviewsView struct {
	State    review.State
	Reviews  []review.Review
	Products map[catalog.ProductID]catalog.Summary
	After    review.ID // After is where the page before ended.
	Next     review.ID
	Form     reviewSaid // Form is what was typed and not taken.
}

// reviews lists the reviews of the seller's goods in a state, those that wait longest first.
func (f face) reviews(tx *db.Tx, in reviewsAsk) (web.View, error) {
	v, err := loadReviews(tx, in)
	return reviewsPage(f.page("reviews", t(tx.Context(), "nav.reviews")), v), err
}

func loadReviews(tx *db.Tx, in reviewsAsk) (reviewsView, error) {
	v := reviewsView{State: in.State, After: in.After}
	var err error
	if v.Reviews, v.Next, err = review.Queue(tx, sellerOf(tx), in.State, in.After, listed); err != nil {
		return v, err
	}
	if len(v.Reviews) == 0 && in.After != "" { // All of the page was decided.
		return loadReviews(tx, reviewsAsk{State: in.State})
	}
	ids := make([]catalog.ProductID, len(v.Reviews))
	for i, r := range v.Reviews {
		ids[i] = r.Product
	}
	v.Products, err = summariesOf(tx, ids)
	return v, err
}

type reviewSaid struct {
	ID      review.ID    `path:"id" maxLength:"60"`
	Version int64        `json:"version"`
	State   review.State `json:"state" enum:"shown,refused"`
	Before  review.State `json:"before" enum:"waiting,shown,refused"` // Before is the list from which it came, and After its page.
	After   review.ID    `json:"after,omitempty" maxLength:"60"`
	Reason  string       `json:"reason,omitempty" maxLength:"1200"`
}

// decideReview shows a review or refuses it, and leads back to the list.
func (f face) decideReview(tx *db.Tx, in reviewSaid) (web.Then, error) {
	var err error
	if in.State == review.StateShown {
		_, err = review.Show(tx, in.ID, in.Version)
	} else {
		_, err = review.Refuse(tx, in.ID, in.Version, in.Reason)
	}
	return f.afterReview(tx, in, err)
}

type reviewAnswered struct {
	ID      review.ID    `path:"id" maxLength:"60"`
	Version int64        `json:"version"`
	Before  review.State `json:"before" enum:"waiting,shown,refused"`
	After   review.ID    `json:"after,omitempty" maxLength:"60"`
	Reply   string       `json:"reply,omitempty" maxLength:"6000"`
}

// replyReview writes the answer of the seller below a review; an empty one takes it away.
func (f face) replyReview(tx *db.Tx, in reviewAnswered) (web.Then, error) {
	_, err := review.Reply(tx, in.ID, in.Version, in.Reply)
	return f.afterReview(tx, reviewSaid{ID: in.ID, Before: in.Before, After: in.After, Reason: in.Reply}, err)
}

// afterReview leads back to the page of the list, or shows it again with what is wrong.
func (f face) afterReview(tx *db.Tx, in reviewSaid, err error) (web.Then, error) {
	if err == nil {
		return see(listPage("reviews", string(in.Before), string(in.After)), "saved"), nil
	}
	if !mendable(err) {
		return web.Then{}, err
	}
	v, bad := loadReviews(tx, reviewsAsk{State: in.Before, After: in.After})
	v.Form = in
	p := f.page("reviews", t(tx.Context(), "nav.reviews"))
	p.Wrong = i18n.Fault(web.Lang(tx.Context()), err)
	return web.Again(reviewsPage(p, v)), bad
}

// reasonOf is the reason that was typed for a review and not taken.
func (v reviewsView) reasonOf(id review.ID) string {
	if v.Form.ID == id && v.Form.State == review.StateRefused {
		return v.Form.Reason
	}
	return ""
}

// replyOf is the answer that was typed and not taken, or the one that stands.
func (v reviewsView) replyOf(r review.Review) string {
	if v.Form.ID == r.ID && v.Form.State == "" {
		return v.Form.Reason
	}
	return r.Reply
}
