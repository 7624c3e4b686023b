package shop

import (
	"errors"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/core/booking"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/course"
	"sauda/core/waitlist"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f *face) mountWaiting(site *web.Site) {
	web.Form(site, "POST /booking/{product}/waiting", f.awaitStay, web.Public())
	web.Form(site, "POST /course/{id}/{cohort}/waiting", f.awaitGroup, web.SignedIn())
	web.Page(site, "GET /account/waiting", f.myWaiting, web.SignedIn())
	web.Page(site, "GET /waiting/{id}", f.waiting, web.Public())
	web.Form(site, "POST /waiting/{id}/basket", f.takeOffered, web.Public())
	web.Form(site, "POST /waiting/{id}/leaving", f.leaveLine, web.Public())
}

func waitingAt(id waitlist.ID) string { return "/waiting/" + string(id) }

// waitForm is a choice of which nothing is left, and where a guest is written to.
type waitForm struct {
	choiceForm
	Email string `json:"email,omitempty" maxLength:"254"`
}

// awaitStay has somebody wait for what he has chosen. What came free meanwhile he is told.
func (f *face) awaitStay(tx *db.Tx, in waitForm) (web.Then, error) {
	c, err := f.choosing(tx, in.ask())
	if err != nil {
		return web.Then{}, err
	}
	c.page = c.at("/booking/" + string(in.Product))
	d, ready := c.draft()
	if !in.OK() || !ready {
		c.Form = typed(tx.Context(), in.Typed, nil)
		c.Form.Said = t(tx.Context(), "booking.choose_first")
		return web.Again(choicePage(c)), nil
	}
	w, err := booking.Await(tx, d, in.Email, web.Lang(tx.Context()))
	if refused(err) || fault.Of(err) == waitlist.ErrPerson {
		c.Full = fault.Of(err) != waitlist.ErrFree
		c.Form = typed(tx.Context(), in.Typed, nil)
		c.Form.add(tx.Context(), err)
		return web.Again(choicePage(c)), nil
	}
	return web.See(waitingAt(w.ID)), err
}

type groupWait struct {
	web.Typed
	groupAsk
	Places int `json:"places" minimum:"1" maximum:"20"`
}

// awaitGroup has a buyer wait for places of a group.
func (f *face) awaitGroup(tx *db.Tx, in groupWait) (web.Then, error) {
	var err error
	var w waitlist.Wait
	if in.OK() {
		w, err = course.Await(tx, in.Cohort, in.Places, web.Lang(tx.Context()))
	}
	if in.OK() && !refused(err) && !errors.Is(err, course.ErrBuyer) {
		return web.See(waitingAt(w.ID)), err
	}
	v, bad := f.openCourse(tx, in.groupAsk)
	if bad != nil {
		return web.Then{}, bad
	}
	v.Form = typed(tx.Context(), in.Typed, err)
	return web.Again(enrolPage(v)), nil
}

// waitsView is what a buyer waits for.
type waitsView struct {
	cabinet
	Waits []waitlist.Wait
}

// myWaiting lists what a buyer waits for, in at most five statements.
func (f *face) myWaiting(tx *db.Tx, in accountAsk) (web.View, error) {
	c, err := f.cabinetOf(tx, in, "waiting")
	if err == nil {
		err = c.buyer()
	}
	if err != nil {
		return nil, err
	}
	v := waitsView{cabinet: c}
	v.Waits, err = waitlist.Mine(tx)
	return waitsPage(v), err
}

type waitingAsk struct {
	visitor
	ID waitlist.ID `path:"id" maxLength:"60"`
}

// waitingView is somebody's waiting: his place in the line, or what is held for him.
type waitingView struct {
	page
	waitlist.Wait
	Form form
}

// waiting shows a waiting to whom it is, in three statements. A buyer's is shown when he has signed in.
func (f *face) waiting(tx *db.Tx, in waitingAsk) (web.View, error) {
	v, err := f.openWaiting(tx, in)
	if fault.Of(err) == waitlist.ErrUnknown && tx.Who().Kind == db.KindGuest {
		if w, bad := waitlist.Told(tx, in.ID); bad == nil && w.Party != "" {
			return web.Onward(address("/sign-in", "next", waitingAt(in.ID))), nil
		}
	}
	if err != nil {
		return nil, err
	}
	return linePage(v), nil
}

func (f *face) openWaiting(tx *db.Tx, in waitingAsk) (waitingView, error) {
	ctx := tx.Context()
	w, err := waitlist.Get(tx, in.ID)
	if err != nil {
		return waitingView{}, err
	}
	all, err := waitlist.Ahead(tx, []waitlist.Wait{w})
	v := waitingView{page: f.page(ctx, in.visitor, "waiting", t(ctx, "waiting.title")), Wait: w, Form: form{Wrong: map[string]string{}}}
	if len(all) == 1 {
		v.Wait = all[0]
	}
	return v, err
}

// waitedFor is where what is waited for is chosen: of a group that is offered, where a student is enrolled.
func waitedFor(w waitlist.Wait) string {
	if w.Kind == course.WayName {
		return "/course/" + w.Product + "/" + w.Line
	}
	return "/booking/" + w.Product
}

type waitingAct struct {
	web.Typed
	waitingAsk
}

// takeOffered puts what is held for somebody into his basket. Pressed again, it is there once.
func (f *face) takeOffered(tx *db.Tx, in waitingAct) (web.Then, error) {
	b, err := booking.ChooseOffered(tx, in.ID)
	if err == nil {
		err = f.put(tx, in.visitor, cart.Addition{
			Variant: b.Variant, Quantity: measure.One, PriceSeen: b.Price, Source: "waiting", Answers: map[string]string{catalog.ChosenCode: string(b.ID)},
		})
	}
	if errors.Is(err, cart.ErrChosen) {
		err = nil
	}
	if refused(err) {
		v, bad := f.openWaiting(tx, in.waitingAsk)
		if bad != nil {
			return web.Then{}, bad
		}
		v.Form.add(tx.Context(), err)
		return web.Again(linePage(v)), nil
	}
	return web.See("/basket"), err
}

// leaveLine ends a waiting by one press.
func (f *face) leaveLine(tx *db.Tx, in waitingAct) (web.Then, error) {
	w, err := waitlist.Get(tx, in.ID)
	if err == nil {
		err = waitlist.Leave(tx, in.ID)
	}
	if err != nil {
		return web.Then{}, err
	}
	if w.Party != "" {
		return web.See("/account/waiting?done=line"), nil
	}
	return web.See(waitedFor(w)), nil
}
