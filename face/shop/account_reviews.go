package shop

import (
	"context"
	"slices"

	"sauda/core/catalog"
	"sauda/core/enquiry"
	"sauda/core/order"
	"sauda/core/review"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f *face) mountWritten(site *web.Site) {
	web.Page(site, "GET /account/reviews", f.writings, web.SignedIn())
}

const (
	writtenMax  = 20 // writtenMax is how many of a kind the page has.
	awaitingMax = 12 // awaitingMax is how many received things without a review it asks about.
	receivedMax = 60 // receivedMax is among how many of the latest received things those are.
)

// writtenAsk says where each of the lists begins.
type writtenAsk struct {
	accountAsk
	Reviews   review.ID        `query:"reviews" maxLength:"60"`
	Questions enquiry.ID       `query:"questions" maxLength:"60"`
	Answers   enquiry.AnswerID `query:"answers" maxLength:"60"`
}

// onward is where a list goes on, which leaves the others as they are.
type onward struct {
	Begun bool
	Next  string // Next is the address of the next page; empty when there is none.
}

func (in writtenAsk) onward(list, begun, next string) onward {
	if next == "" {
		return onward{Begun: begun != ""}
	}
	at := map[string]string{"reviews": string(in.Reviews), "questions": string(in.Questions), "answers": string(in.Answers)}
	at[list] = next
	return onward{begun != "", address("/account/reviews", "reviews", at["reviews"], "questions", at["questions"], "answers", at["answers"]) + "#my-" + list}
}

// writtenView is what somebody has written about goods, and what he could write about.
type writtenView struct {
	cabinet
	Awaiting []catalog.Summary // Awaiting has come and has no review.
	Reviews  []review.Review
	Asked    []enquiry.Enquiry
	Answered []enquiry.Given
	Products map[catalog.ProductID]catalog.Summary // Products are those that are still shown to anybody.

	MoreReviews, MoreAsked, MoreAnswered onward
}

// writings shows what who is signed in has written about goods with what became of it, in at most twelve statements.
func (f *face) writings(tx *db.Tx, in writtenAsk) (web.View, error) {
	c, err := f.cabinetOf(tx, in.accountAsk, "reviews")
	if err == nil {
		err = c.buyer()
	}
	if err != nil {
		return nil, err
	}
	v := writtenView{cabinet: c}
	if err := v.read(tx, in); err != nil {
		return nil, err
	}
	waits, err := awaiting(tx)
	if err != nil {
		return nil, err
	}
	if err := v.name(tx, waits); err != nil {
		return nil, err
	}
	return writtenPage(v), nil
}

// read fills the lists of a page.
func (v *writtenView) read(tx *db.Tx, in writtenAsk) error {
	reviews, afterReviews, err := review.Mine(tx, in.Reviews, writtenMax)
	if err != nil {
		return err
	}
	asked, afterAsked, err := enquiry.Mine(tx, in.Questions, writtenMax)
	if err != nil {
		return err
	}
	answered, afterAnswered, err := enquiry.MyAnswers(tx, in.Answers, writtenMax)
	v.Reviews, v.MoreReviews = reviews, in.onward("reviews", string(in.Reviews), string(afterReviews))
	v.Asked, v.MoreAsked = asked, in.onward("questions", string(in.Questions), string(afterAsked))
	v.Answered, v.MoreAnswered = answered, in.onward("answers", string(in.Answers), string(afterAnswered))
	return err
}

// awaiting gives products that have come to the actor and that he has not written about, the latest first.
func awaiting(tx *db.Tx) ([]catalog.ProductID, error) {
	variants, err := order.LatelyReceived(tx, receivedMax)
	if err != nil || len(variants) == 0 {
		return nil, err
	}
	offers, err := catalog.Offers(tx, variants)
	if err != nil {
		return nil, err
	}
	var came []catalog.ProductID
	for _, v := range variants {
		if id := offers[v].Product; id != "" && !slices.Contains(came, id) {
			came = append(came, id)
		}
	}
	written, err := review.Reviewed(tx, came)
	waits := slices.DeleteFunc(came, func(id catalog.ProductID) bool { return written[id] })
	return first(waits, awaitingMax), err
}

// name finds the products of a page, each once.
func (v *writtenView) name(tx *db.Tx, awaiting []catalog.ProductID) error {
	ids := slices.Clone(awaiting)
	for _, r := range v.Reviews {
		ids = append(ids, r.Product)
	}
	for _, e := range v.Asked {
		ids = append(ids, e.Product)
	}
	for _, a := range v.Answered {
		ids = append(ids, a.Product)
	}
	slices.Sort(ids)
	found, err := catalog.Summaries(tx, slices.Compact(ids), catalog.StateAny)
	v.Products = make(map[catalog.ProductID]catalog.Summary, len(found))
	for _, s := range found {
		if s.State != catalog.StateDraft {
			v.Products[s.ID] = s
		}
	}
	for _, id := range awaiting {
		if s, ok := v.Products[id]; ok {
			v.Awaiting = append(v.Awaiting, s)
		}
	}
	return err
}

// nameOf is what a product of the page is called; one that is not shown any more has no name.
func (v writtenView) nameOf(ctx context.Context, id catalog.ProductID) string {
	if s, ok := v.Products[id]; ok {
		return in(ctx, s.Name)
	}
	return t(ctx, "basket.gone")
}
