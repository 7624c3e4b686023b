package api

import (
	"time"

	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/attachment"
	"sauda/core/catalog"
	"sauda/core/estimate"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountEstimates(api *web.API, server *web.Server) {
	web.Command(api, "POST /v1/estimates", askEstimate, web.SignedIn(), web.Status(201),
		web.Doc("Ask the seller for the price of a thing that is made to order and whose price he names. Files are brought before to a basket of the buyer; at most 10 prices are asked for in a day.", "Price requests"),
		web.Faults(estimate.ErrInvalid, estimate.ErrBuyer, estimate.ErrMany, estimate.ErrKind, catalog.ErrUnknown, catalog.ErrAnswers, attachment.ErrUnknown))
	web.Query(api, "GET /v1/me/estimates", myEstimates, web.SignedIn(),
		web.Doc("List the prices that the buyer has asked for, the newest first.", "Price requests"), web.Faults(estimate.ErrBuyer))
	web.Query(api, "GET /v1/estimates/{id}", getEstimate, web.SignedIn(),
		web.Doc("See what was asked for and the price that the seller has named.", "Price requests"), web.Faults(estimate.ErrUnknown))
	web.Command(api, "POST /v1/estimates/{id}/acceptance", acceptEstimate, web.SignedIn(),
		web.Doc("Take the price, before it lapses. From then on the answer `chosen` puts it into a basket at this price, until its last day, and it is ordered once.", "Price requests"),
		web.Faults(estimate.ErrUnknown, estimate.ErrBuyer, estimate.ErrState, estimate.ErrLapsed, estimate.ErrChanged))
	web.Command(api, "DELETE /v1/estimates/{id}", withdrawEstimate, web.SignedIn(),
		web.Doc("Not want any more what was asked for and is not ordered.", "Price requests"),
		web.Faults(estimate.ErrUnknown, estimate.ErrBuyer, estimate.ErrState, estimate.ErrChanged))
	web.Query(api, "GET /v1/office/estimates", officeEstimates, web.Needs(scopeOrdersRead),
		web.Doc("List the prices that buyers have asked for in a state, the oldest first.", "Office: price requests"), web.Faults(estimate.ErrDenied))
	web.Command(api, "PUT /v1/office/estimates/{id}/answer", answerEstimate, web.Needs(scopeOrdersWrite),
		web.Doc("Name the price, what is in it, the days of work, the deposit and the last day; again as long as the buyer has not taken it. The version is the one that was read.", "Office: price requests"),
		web.Faults(estimate.ErrUnknown, estimate.ErrDenied, estimate.ErrChanged, estimate.ErrState, estimate.ErrInvalid))
	web.Command(api, "PUT /v1/office/estimates/{id}/refusal", refuseEstimate, web.Needs(scopeOrdersWrite),
		web.Doc("Tell the buyer that it is not made, and why.", "Office: price requests"),
		web.Faults(estimate.ErrUnknown, estimate.ErrDenied, estimate.ErrChanged, estimate.ErrState, estimate.ErrInvalid))
	server.Protocol("GET /v1/estimates/{id}/files/{file}", f.showEstimateFile, web.SignedIn())
}

// offeredPrice is what a seller has named.
type offeredPrice struct {
	Price    money.Money `json:"price"`
	Included string      `json:"included" maxLength:"1000" doc:"What is in the price."`
	Days     int         `json:"days" minimum:"1" maximum:"365" doc:"In how many days it is made."`
	Deposit  int         `json:"deposit" minimum:"0" maximum:"100" doc:"How many percent are paid with the order; the rest is paid when it is ready, before it is handed over."`
	Last     span.Day    `json:"valid_to" doc:"The last day on which the price stands, in Almaty."`
}

// estimateOffer is a price that was named, with its two payments.
type estimateOffer struct {
	offeredPrice
	Upfront money.Money `json:"upfront" doc:"What is paid with the order."`
	Later   money.Money `json:"later" doc:"What is paid when it is ready."`
}

type estimateView struct {
	ID        estimate.ID       `json:"id"`
	Product   catalog.ProductID `json:"product_id"`
	Variant   catalog.VariantID `json:"variant_id"`
	State     estimate.State    `json:"state" enum:"asked,answered,accepted,ordered,refused,withdrawn,lapsed,ended"`
	Asked     time.Time         `json:"asked"`
	Answers   []answerView      `json:"answers,omitempty" doc:"By what it is made."`
	Note      string            `json:"note,omitempty"`
	Offer     *estimateOffer    `json:"offer,omitempty" doc:"What the seller has named; absent before he has."`
	Reason    string            `json:"reason,omitempty" doc:"Why it is not made."`
	Order     string            `json:"order_id,omitempty"`
	Rest      estimate.Rest     `json:"rest" enum:"none,later,open,ordered,paid,waived" doc:"What became of what is paid after the deposit: open can be paid now."`
	RestOrder string            `json:"rest_order_id,omitempty" doc:"The order by which the rest is paid."`
	Chosen    string            `json:"chosen,omitempty" doc:"What puts it, or its rest, into a basket: the answer chosen of a line of the variant. Absent when neither can be bought now."`
	Version   int64             `json:"version"`
}

func viewEstimate(tx *db.Tx, e estimate.Estimate) estimateView {
	v := estimateView{
		ID: e.ID, Product: e.Product, Variant: e.Variant, State: e.State, Asked: e.Asked, Answers: viewAnswers(e.Answers), Note: e.Note, Reason: e.Reason,
		Order: e.Order, Rest: e.Rest, RestOrder: e.RestOrder, Version: e.Version,
	}
	if e.Price.IsPositive() {
		v.Offer = &estimateOffer{offeredPrice{e.Price, e.Included, e.Days, e.Deposit, e.Last}, e.Upfront(), e.Later()}
	}
	switch {
	case e.State == estimate.StateAccepted && e.Open(tx.Now()):
		v.Chosen = string(e.ID)
	case e.Payable():
		v.Chosen = estimate.RestRef(e.ID)
	}
	return v
}

func viewEstimates(tx *db.Tx, all []estimate.Estimate, next estimate.ID) web.List[estimateView] {
	page := web.List[estimateView]{Items: make([]estimateView, len(all)), Next: string(next)}
	for i, e := range all {
		page.Items[i] = viewEstimate(tx, e)
	}
	return page
}

type estimateWish struct {
	Product catalog.ProductID `json:"product_id" maxLength:"60"`
	Variant catalog.VariantID `json:"variant_id,omitempty" maxLength:"60" doc:"The first one of the product when absent."`
	Answers map[string]string `json:"answers,omitempty" maxProperties:"20" doc:"The answers to the questions of the product, by their codes."`
	Note    string            `json:"note,omitempty" maxLength:"1000" doc:"What the buyer says beside."`
}

func askEstimate(tx *db.Tx, in estimateWish) (estimateView, error) {
	e, err := estimate.Ask(tx, estimate.Wish{Product: in.Product, Variant: in.Variant, Answers: in.Answers, Note: in.Note, Lang: web.Lang(tx.Context())})
	return viewEstimate(tx, e), err
}

type estimatesAsk struct {
	Cursor estimate.ID `query:"cursor" maxLength:"60" doc:"Where the page before ended."`
	Limit  int         `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"How many at most."`
}

func myEstimates(tx *db.Tx, in estimatesAsk) (web.List[estimateView], error) {
	all, next, err := estimate.Mine(tx, in.Cursor, in.Limit)
	return viewEstimates(tx, all, next), err
}

type estimateNamed struct {
	ID estimate.ID `path:"id" maxLength:"60" doc:"The price request."`
}

func getEstimate(tx *db.Tx, in estimateNamed) (estimateView, error) {
	e, err := estimate.Get(tx, in.ID)
	return viewEstimate(tx, e), err
}

type estimateAccepted struct {
	estimateNamed
	Price money.Money `json:"price" doc:"The price that the buyer has seen."`
}

func acceptEstimate(tx *db.Tx, in estimateAccepted) (estimateView, error) {
	e, err := estimate.Accept(tx, in.ID, in.Price)
	return viewEstimate(tx, e), err
}

func withdrawEstimate(tx *db.Tx, in estimateNamed) (web.None, error) {
	_, err := estimate.Withdraw(tx, in.ID)
	return web.None{}, err
}

type officeEstimatesAsk struct {
	estimatesAsk
	State estimate.State `query:"state" enum:"asked,answered,accepted,ordered,refused,withdrawn,lapsed,ended" default:"asked"`
}

func officeEstimates(tx *db.Tx, in officeEstimatesAsk) (web.List[estimateView], error) {
	all, next, err := estimate.Queue(tx, sellerOf(tx), in.State, in.Cursor, in.Limit)
	return viewEstimates(tx, all, next), err
}

type estimateAnswer struct {
	estimateNamed
	offeredPrice
	Version int64 `json:"version"`
}

func answerEstimate(tx *db.Tx, in estimateAnswer) (estimateView, error) {
	e, err := estimate.Answer(tx, in.ID, in.Version, estimate.Offer{
		Price: in.Price, Included: in.Included, Days: in.Days, Deposit: in.Deposit, Last: in.Last,
	})
	return viewEstimate(tx, e), err
}

type estimateRefusal struct {
	estimateNamed
	Version int64  `json:"version"`
	Reason  string `json:"reason" maxLength:"300" doc:"The buyer reads it."`
}

func refuseEstimate(tx *db.Tx, in estimateRefusal) (estimateView, error) {
	e, err := estimate.Refuse(tx, in.ID, in.Version, in.Reason)
	return viewEstimate(tx, e), err
}

// showEstimateFile gives a file that was brought to an estimate, to whoever may see that.
func (f face) showEstimateFile(x web.Exchange) error {
	return f.showFile(x, func(tx *db.Tx, id string) (bool, error) {
		e, err := estimate.Get(tx, estimate.ID(x.Request.PathValue("id")))
		return e.Has(id), err
	})
}
