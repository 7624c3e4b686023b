package shop

import (
	"slices"
	"strings"

	"sauda/core/order"
	"sauda/core/pricing"
	"sauda/core/workshop"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f *face) mountMaking(site *web.Site) {
	web.Form(site, "POST /orders/{id}/making/{line}/approval", f.approveDrawing, web.Public())
	web.Form(site, "POST /orders/{id}/making/{line}/changes", f.rejectDrawing, web.Public())
}

// jobsOf gives what of an order is made for its buyer, without a statement for an order of other things.
func jobsOf(tx *db.Tx, o order.Order) ([]workshop.Job, error) {
	if !slices.ContainsFunc(o.Lines, func(l order.Line) bool { return l.Made != nil }) {
		return nil, nil
	}
	return workshop.Of(tx, string(o.ID))
}

// drawingSaid is the buyer's word on a drawing.
type drawingSaid struct {
	web.Typed
	visitor
	ID   order.ID `path:"id" maxLength:"60"`
	Line string   `path:"line" maxLength:"60"`
	Wish string   `json:"wish,omitempty" maxLength:"6000"`
}

// approveDrawing has it made as the drawing shows.
func (f *face) approveDrawing(tx *db.Tx, in drawingSaid) (web.Then, error) {
	return f.answerDrawing(tx, in, workshop.Approve)
}

// rejectDrawing asks for another drawing.
func (f *face) rejectDrawing(tx *db.Tx, in drawingSaid) (web.Then, error) {
	return f.answerDrawing(tx, in, func(tx *db.Tx, k workshop.Key) (workshop.Job, error) { return workshop.Reject(tx, k, in.Wish) })
}

// answerDrawing says the word of who may see the order and is its buyer; then the page of the order says what is wrong, or how it
// goes on.
func (f *face) answerDrawing(tx *db.Tx, in drawingSaid, answer func(*db.Tx, workshop.Key) (workshop.Job, error)) (web.Then, error) {
	o, err := order.Get(tx, in.ID)
	if err != nil {
		return web.Then{}, err
	}
	if who := tx.Who(); who.Kind != db.KindBuyer && who.Kind != db.KindGuest { // The shop does not answer itself.
		return web.Then{}, order.ErrDenied.About("%s answers for the buyer of %s", who.ID, o.ID)
	}
	_, err = answer(tx, workshop.Key{Order: string(in.ID), Line: in.Line})
	if err == nil {
		return web.See("/orders/" + string(in.ID)), nil
	}
	if !refused(err) {
		return web.Then{}, err
	}
	v, bad := f.orderView(tx, in.ID, in.visitor)
	if bad != nil {
		return web.Then{}, bad
	}
	v.page, v.Form = v.at("/orders/"+string(in.ID)), typed(tx.Context(), in.Typed, err)
	return web.Again(orderPage(v)), nil
}

// askedOf is the drawing of a job that waits for the buyer.
func askedOf(j workshop.Job) (workshop.Drawing, bool) {
	if j.State != workshop.StateAsked || len(j.Drawings) == 0 {
		return workshop.Drawing{}, false
	}
	return j.Drawings[len(j.Drawings)-1], true
}

// makingFile is the address of a file of a job.
func makingFile(j workshop.Job, file string) string {
	return strings.Join([]string{"/v1/orders", j.Order, "files", file}, "/")
}

// madeToOrder tells whether something in the basket is made for its buyer, so that it cannot be given back for no reason.
func (d desk) madeToOrder() bool {
	return slices.ContainsFunc(d.Quote.Lines, func(l pricing.QuoteLine) bool { return l.Made != nil })
}

// estimateOf is the price request by which a job was ordered, if it was.
func (v orderView) estimateOf(j workshop.Job) string {
	l, err := v.Line(j.Line)
	if err != nil || l.Made == nil {
		return ""
	}
	return l.Made.Ref
}
