package shop

import (
	"context"

	"sauda/base/fault"
	"sauda/core/catalog"
	"sauda/core/enquiry"
	"sauda/core/review"
	"sauda/core/shelf"
	"sauda/flow/account"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f *face) mountEnquiries(site *web.Site) {
	web.Page(site, "GET /questions/{id}", f.enquiries, web.Public())
	web.Form(site, "POST /questions/{id}", f.ask, web.SignedIn())
	web.Form(site, "POST /questions/{id}/{enquiry}/answer", f.sayAnswer, web.SignedIn())
	web.Form(site, "POST /questions/{id}/{enquiry}/unsay", f.unsayAnswer, web.SignedIn())
	web.Form(site, "POST /questions/{id}/{enquiry}/withdraw", f.withdrawEnquiry, web.SignedIn())
}

const (
	enquiriesBeside = 3  // enquiriesBeside is how many stand on the page of a product.
	enquiriesListed = 10 // enquiriesListed is how many a page of them has.
)

func enquiriesAddress(id catalog.ProductID) string { return "/questions/" + string(id) }

type enquiriesAsk struct {
	visitor
	ID     catalog.ProductID `path:"id" maxLength:"60"`
	Before enquiry.ID        `query:"before" maxLength:"60"`
	Done   string            `query:"done" maxLength:"20"`
}

// enquiriesView is a page of what is asked about a product.
type enquiriesView struct {
	page
	Product shelf.Page
	enquiry.Page
	Form   form       // Form is what was typed and not taken.
	At     enquiry.ID // At is the enquiry that was to be answered by the form; empty when it asks.
	May    bool       // May says that the reader can answer: the product has come to him.
	Done   string     // Done is what was written just now: "asked" or "answered".
	Begun  bool
	Onward string // Onward is the address of the next page.
}

// enquiries lists what is asked about a product, in at most eleven statements, thirteen for a bundle.
func (f *face) enquiries(tx *db.Tx, in enquiriesAsk) (web.View, error) {
	v, err := f.openEnquiries(tx, in)
	if in.Done == "asked" || in.Done == "answered" {
		v.Done = in.Done
	}
	return enquiriesPage(v), err
}

func (f *face) openEnquiries(tx *db.Tx, in enquiriesAsk) (enquiriesView, error) {
	p, err := shelf.Show(tx, in.ID, f.Currency, "")
	if err != nil {
		return enquiriesView{}, err
	}
	ctx := tx.Context()
	v := enquiriesView{
		page:    f.page(ctx, in.visitor, "goods", t(ctx, "enquiry.of", "name", p.Name.In(web.Lang(ctx)))),
		Product: p, Begun: in.Before != "", Form: form{Values: map[string]string{}, Wrong: map[string]string{}},
	}
	v.Own, v.Description = enquiriesAddress(in.ID), v.Title
	if v.Page, err = enquiry.ShownOf(tx, in.ID, in.Before, enquiriesListed); err != nil {
		return v, err
	}
	if v.Next != "" {
		v.Onward = address(enquiriesAddress(in.ID), "before", string(v.Next))
	}
	if len(v.Enquiries) > 0 {
		v.May, err = review.Received(tx, p.Product)
	}
	return v, err
}

// asks tells whether the reader can ask: a buyer who is signed in.
func asks(ctx context.Context) bool { return web.WhoFrom(ctx).Kind == db.KindBuyer }

type enquiryWritten struct {
	web.Typed
	visitor
	ID   catalog.ProductID `path:"id" maxLength:"60"`
	Body string            `json:"body,omitempty" maxLength:"4000"`
}

// ask asks about a product; the answer says that the shop will read it.
func (f *face) ask(tx *db.Tx, in enquiryWritten) (web.Then, error) {
	d, err := drafted(tx, in.Body)
	if err == nil && in.OK() {
		if _, err = enquiry.Ask(tx, in.ID, d); err == nil {
			return web.See(address(enquiriesAddress(in.ID), "done", "asked")), nil
		}
	}
	return f.askAgain(tx, in, "", err)
}

// drafted is what a person writes, under his name and in the language of the page.
func drafted(tx *db.Tx, body string) (enquiry.Draft, error) {
	u, err := account.Person(tx)
	return enquiry.Draft{Author: u.Name, Lang: web.Lang(tx.Context()), Body: body}, err
}

// askAgain shows the page again with what was typed and what is wrong with it.
func (f *face) askAgain(tx *db.Tx, in enquiryWritten, at enquiry.ID, err error) (web.Then, error) {
	if err != nil && !refused(err) && fault.Of(err).Kind != fault.Denied {
		return web.Then{}, err
	}
	v, bad := f.openEnquiries(tx, enquiriesAsk{visitor: in.visitor, ID: in.ID})
	if bad != nil {
		return web.Then{}, bad
	}
	v.page, v.At = v.at(enquiriesAddress(in.ID)), at
	v.Form = typed(tx.Context(), in.Typed, err)
	return web.Again(enquiriesPage(v)), nil
}

type answerWritten struct {
	enquiryWritten
	Enquiry enquiry.ID `path:"enquiry" maxLength:"60"`
}

// sayAnswer writes the answer of a buyer who has received the product.
func (f *face) sayAnswer(tx *db.Tx, in answerWritten) (web.Then, error) {
	d, err := drafted(tx, in.Body)
	if err == nil && in.OK() {
		if _, err = enquiry.Say(tx, in.Enquiry, d); err == nil {
			return web.See(address(enquiriesAddress(in.ID), "done", "answered")), nil
		}
	}
	return f.askAgain(tx, in.enquiryWritten, in.Enquiry, err)
}

type enquiryNamed struct {
	visitor
	ID      catalog.ProductID `path:"id" maxLength:"60"`
	Enquiry enquiry.ID        `path:"enquiry" maxLength:"60"`
}

// unsayAnswer takes the own answer away. Without one nothing is taken away.
func (f *face) unsayAnswer(tx *db.Tx, in enquiryNamed) (web.Then, error) {
	return goneFrom(enquiry.Unsay(tx, in.Enquiry))
}

// withdrawEnquiry takes away what was asked. What is gone already stays gone.
func (f *face) withdrawEnquiry(tx *db.Tx, in enquiryNamed) (web.Then, error) {
	return goneFrom(enquiry.Withdraw(tx, in.Enquiry))
}

// goneFrom leads back to what somebody has written.
func goneFrom(err error) (web.Then, error) {
	if unknown(err) {
		err = nil
	}
	return web.See("/account/reviews?done=withdrawn"), err
}

// answerer names who answers.
func answerer(ctx context.Context, a enquiry.Answer) string {
	if a.BySeller {
		return t(ctx, "review.reply")
	}
	return authorOf(ctx, a.Author)
}
