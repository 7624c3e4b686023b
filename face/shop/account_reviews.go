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
	writtenMax  = 50 // writtenMax is how many of a kind the page has: the latest, and more than most people ever write.
	awaitingMax = 12 // awaitingMax is how many received things without a review it asks about.
	receivedMax = 60 // receivedMax is among how many of the latest received things those are.
)

// writtenView is what somebody has written about goods, and what he could write about.
type writtenView struct {
	cabinet
	Awaiting []catalog.Summary // Awaiting has come and has no review.
	Reviews  []review.Review
	Asked    []enquiry.Enquiry
	Answered []enquiry.Given
	Products map[catalog.ProductID]catalog.Summary // Products are those that are still shown to anybody.
}

// writings shows what who is signed in has written about goods with what became of it, in at most twelve statements.
func (f *face) writings(tx *db.Tx, in accountAsk) (web.View, error) {
	c, err := f.cabinetOf(tx, in, "reviews")
	if err == nil {
		err = c.buyer()
	}
	if err != nil {
		return nil, err
	}
	v := writtenView{cabinet: c}
	reviews, err := review.Mine(tx)
	if err != nil {
		return nil, err
	}
	asked, err := enquiry.Mine(tx)
	if err != nil {
		return nil, err
	}
	answered, err := enquiry.MyAnswers(tx)
	if err != nil {
		return nil, err
	}
	v.Reviews, v.Asked, v.Answered = first(reviews, writtenMax), first(asked, writtenMax), first(answered, writtenMax)
	waits, err := awaiting(tx, reviews)
	if err != nil {
		return nil, err
	}
	if err := v.name(tx, waits); err != nil {
		return nil, err
	}
	return writtenPage(v), nil
}

// awaiting gives products that have come to the actor and that he has not written about, the latest first.
func awaiting(tx *db.Tx, written []review.Review) ([]catalog.ProductID, error) {
	variants, err := order.LatelyReceived(tx, receivedMax)
	if err != nil || len(variants) == 0 {
		return nil, err
	}
	offers, err := catalog.Offers(tx, variants)
	var ids []catalog.ProductID
	for _, v := range variants {
		id := offers[v].Product
		known := func(r review.Review) bool { return r.Product == id }
		if id != "" && !slices.Contains(ids, id) && !slices.ContainsFunc(written, known) && len(ids) < awaitingMax {
			ids = append(ids, id)
		}
	}
	return ids, err
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
