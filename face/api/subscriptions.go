package api

import (
	"time"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/agreement"
	"sauda/core/catalog"
	"sauda/core/payment"
	"sauda/core/seller"
	"sauda/flow/checkout"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f face) mountSubscriptions(api *web.API) {
	web.Query(api, "GET /v1/products/{id}/plan", f.showPlan, web.Public(),
		web.Doc("Show how a product can be subscribed to.", "Subscriptions"), web.Faults(agreement.ErrNoPlan))
	web.Command(api, "POST /v1/me/subscriptions", subscribe, web.SignedIn(), web.Status(201),
		web.Doc("Choose a subscription. The answer is what a basket takes as its chosen answer; it stands when that basket is ordered, with a card that is kept and the buyer's consent.", "Subscriptions"),
		web.Faults(agreement.ErrNoPlan, agreement.ErrInvalid))
	web.Query(api, "GET /v1/me/subscriptions", listSubscriptions, web.SignedIn(),
		web.Doc("List what the buyer subscribes to, and did, the latest first.", "Subscriptions"))
	web.Query(api, "GET /v1/subscriptions/{id}", showSubscription, web.SignedIn(),
		web.Doc("Show a subscription with its last periods.", "Subscriptions"), web.Faults(agreement.ErrUnknown))
	web.Command(api, "POST /v1/subscriptions/{id}/skip", act(func(tx *db.Tx, in versionSeen) error { return agreement.Skip(tx, in.ID, in.Version) }), web.SignedIn(),
		web.Doc("Pass over the next order.", "Subscriptions"), subscriptionFaults)
	web.Command(api, "PUT /v1/subscriptions/{id}/pause", act(func(tx *db.Tx, in pauseAsked) error { return agreement.Pause(tx, in.ID, in.Until) }), web.SignedIn(),
		web.Doc("Order nothing until a day, or until the buyer goes on.", "Subscriptions"), subscriptionFaults)
	web.Command(api, "DELETE /v1/subscriptions/{id}/pause", act(func(tx *db.Tx, in subscriptionNamed) error { return agreement.Resume(tx, in.ID) }), web.SignedIn(),
		web.Doc("Go on with what was paused.", "Subscriptions"), subscriptionFaults)
	web.Command(api, "PUT /v1/subscriptions/{id}/price", act(func(tx *db.Tx, in priceAgreed) error { return agreement.Agree(tx, in.ID, in.Price) }), web.SignedIn(),
		web.Doc("Agree to the higher price that is asked for. Without the buyer's word nothing is ordered.", "Subscriptions"), subscriptionFaults)
	web.Command(api, "PUT /v1/subscriptions/{id}/terms", act(alterSubscription), web.SignedIn(),
		web.Doc("Change quantity, rhythm and what is done when it is sold out. Of a membership another quantity counts at once.", "Subscriptions"),
		subscriptionFaults, web.Faults(agreement.ErrPaying))
	web.Command(api, "PUT /v1/subscriptions/{id}/card", act(func(tx *db.Tx, in cardChosen) error { return checkout.PayWith(tx, in.ID, in.Card) }), web.SignedIn(),
		web.Doc("Have a card pay that the buyer keeps at this seller. What waits for its payment is tried with it at once.", "Subscriptions"),
		subscriptionFaults, web.Faults(payment.ErrNoCard))
	web.Command(api, "PUT /v1/subscriptions/{id}/address", act(func(tx *db.Tx, in sentTo) error { return agreement.Send(tx, in.ID, in.Address) }), web.SignedIn(),
		web.Doc("Have the next orders go to another address.", "Subscriptions"), subscriptionFaults, web.Faults(place.ErrAddress))
	web.Command(api, "POST /v1/subscriptions/{id}/end", act(func(tx *db.Tx, in subscriptionNamed) error { return agreement.End(tx, in.ID) }), web.SignedIn(),
		web.Doc("End a subscription at once. What was paid for stays; ended twice, it is ended once.", "Subscriptions"), subscriptionFaults)
}

// subscriptionFaults are those of whatever a buyer does with a subscription.
var subscriptionFaults = web.Faults(agreement.ErrUnknown, agreement.ErrEnded, agreement.ErrState, agreement.ErrChanged, agreement.ErrInvalid)

// subscriptionPlan is how a product can be subscribed to.
type subscriptionPlan struct {
	agreement.PlanBody
	Consent string `json:"consent" doc:"To what the buyer agrees when he orders, in the language of the request."`
}

type planNamed struct {
	ID catalog.ProductID `path:"id" maxLength:"60" doc:"The product."`
}

func (f face) showPlan(tx *db.Tx, in planNamed) (subscriptionPlan, error) {
	p, there, err := f.Desk.Plans.Of(tx, in.ID)
	if err == nil && !there {
		err = agreement.ErrNoPlan.About("%s", in.ID)
	}
	if err != nil {
		return subscriptionPlan{}, err
	}
	s, err := seller.Get(tx, seller.ID(p.Seller))
	lang := web.Lang(tx.Context())
	return subscriptionPlan{p.PlanBody, agreement.Words(lang, s.Name.In(lang))}, err
}

// subscribing is what a buyer chooses.
type subscribing struct {
	Product  catalog.ProductID `json:"product_id" maxLength:"60"`
	Variant  catalog.VariantID `json:"variant_id" maxLength:"60"`
	Quantity measure.Quantity  `json:"quantity" doc:"How many come each time."`
	Every    agreement.Every   `json:"every" enum:"week,two_weeks,month,two_months,quarter,year"`
	Lacking  agreement.Lacking `json:"if_sold_out,omitempty" enum:"skip,wait" doc:"skip when it is not said."`
}

// chosenSubscription is what a basket takes.
type chosenSubscription struct {
	Choice string `json:"choice" doc:"The chosen answer of the line of a basket."`
}

func subscribe(tx *db.Tx, in subscribing) (chosenSubscription, error) {
	a, err := agreement.Draft(tx, agreement.Choice{Product: in.Product, Variant: in.Variant, Quantity: in.Quantity, Every: in.Every, Lacking: in.Lacking})
	return chosenSubscription{a.Ref()}, err
}

// subscriptionView is a subscription as its buyer sees it.
type subscriptionView struct {
	ID       agreement.ID      `json:"id"`
	Version  int64             `json:"version"`
	Seller   string            `json:"seller_id"`
	Product  catalog.ProductID `json:"product_id"`
	Variant  catalog.VariantID `json:"variant_id"`
	Name     text.Localized    `json:"name"`
	Quantity measure.Quantity  `json:"quantity"`
	Every    agreement.Every   `json:"every" enum:"week,two_weeks,month,two_months,quarter,year"`
	Lacking  agreement.Lacking `json:"if_sold_out" enum:"skip,wait"`
	State    agreement.State   `json:"state" enum:"active,dunning,paused,ended" doc:"dunning waits for a payment that failed."`
	Coming   []span.Day        `json:"coming" doc:"The next three days on which it orders."`
	Amount   money.Money       `json:"amount" doc:"What a period costs as it was agreed, without delivery."`
	Price    money.Money       `json:"price" doc:"What one costs by the list, as it was agreed."`
	Asked    money.Money       `json:"price_asked,omitzero" doc:"A higher price that waits for the buyer's word."`
	Credit   money.Money       `json:"credit,omitzero" doc:"What is taken off the next orders."`
	Paying   bool              `json:"paying" doc:"A payment is under way."`
	Waits    string            `json:"waits,omitempty" doc:"Why the order of its day has not come about, when that is not its buyer's: sold_out, or the code of a fault."`
	NewCard  bool              `json:"needs_card" doc:"Only another card helps."`
	Card     string            `json:"card,omitempty"`
	Resumes  span.Day          `json:"resumes,omitzero" doc:"When a pause ends by itself."`
	Address  place.Address     `json:"address,omitzero"`
}

func viewSubscription(a agreement.Agreement) (subscriptionView, error) {
	amount, err := a.Amount()
	v := subscriptionView{
		ID: a.ID, Version: a.Version, Seller: a.Seller, Product: a.Product, Variant: a.Variant, Name: a.Name, Quantity: a.Quantity,
		Every: a.Calendar.Every, Lacking: a.Lacking, State: a.State, Coming: a.Coming(3), Amount: amount, Price: a.Price, Asked: a.Asked,
		Credit: a.Credit, Paying: a.Open, Waits: a.Waits, NewCard: a.Hard || a.Card == "", Card: a.Card, Resumes: a.Body.Resume, Address: a.To.Address,
	}
	if v.Coming == nil {
		v.Coming = []span.Day{}
	}
	return v, err
}

func listSubscriptions(tx *db.Tx, _ struct{}) (web.List[subscriptionView], error) {
	all, err := agreement.Mine(tx, tx.Who().Party)
	page := web.List[subscriptionView]{Items: make([]subscriptionView, len(all))}
	for i, a := range all {
		if err == nil {
			page.Items[i], err = viewSubscription(a)
		}
	}
	return page, err
}

// periodView is one period of a subscription.
type periodView struct {
	N      int64                 `json:"number"`
	State  agreement.PeriodState `json:"state" enum:"open,ordered,skipped,failed"`
	Day    span.Day              `json:"day"`
	Order  string                `json:"order_id,omitempty"`
	Amount money.Money           `json:"amount,omitzero" doc:"What was paid for it, without delivery."`
}

// wholeSubscription is a subscription with what it has brought.
type wholeSubscription struct {
	subscriptionView
	Periods []periodView `json:"periods" doc:"The last 24, the latest first."`
	Agreed  time.Time    `json:"consent_at,omitzero" doc:"When the buyer agreed to the payments."`
	Consent string       `json:"consent,omitempty" doc:"In which words he did."`
}

type subscriptionNamed struct {
	ID agreement.ID `path:"id" maxLength:"60" doc:"The subscription."`
}

// periodsShown is how many periods are shown with a subscription.
const periodsShown = 24

func showSubscription(tx *db.Tx, in subscriptionNamed) (v wholeSubscription, err error) {
	a, err := agreement.Get(tx, in.ID)
	if err == nil {
		a, err = agreement.Judged(tx, a)
	}
	if err != nil {
		return v, err
	}
	if v.subscriptionView, err = viewSubscription(a); err != nil {
		return v, err
	}
	v.Agreed, v.Consent = a.Consent.At, a.Consent.Words
	all, err := agreement.Periods(tx, a, periodsShown)
	v.Periods = make([]periodView, len(all))
	for i, p := range all {
		v.Periods[i] = periodView{p.Seq, p.State, p.Day, p.Order, p.Amount}
	}
	return v, err
}

type versionSeen struct {
	subscriptionNamed
	Version int64 `json:"version,omitempty" doc:"The version that the buyer saw; zero agrees to whatever it is."`
}

type pauseAsked struct {
	subscriptionNamed
	Until span.Day `json:"until,omitzero" doc:"When it goes on by itself."`
}

type priceAgreed struct {
	subscriptionNamed
	Price money.Money `json:"price" doc:"The one that the buyer saw."`
}

type termsAsked struct {
	versionSeen
	Quantity measure.Quantity  `json:"quantity"`
	Every    agreement.Every   `json:"every" enum:"week,two_weeks,month,two_months,quarter,year"`
	Lacking  agreement.Lacking `json:"if_sold_out" enum:"skip,wait"`
}

func alterSubscription(tx *db.Tx, in termsAsked) error {
	return agreement.Alter(tx, in.ID, in.Version, agreement.Change{Quantity: in.Quantity, Every: in.Every, Lacking: in.Lacking})
}

type cardChosen struct {
	subscriptionNamed
	Card payment.CardID `json:"card" maxLength:"60" doc:"One of GET /v1/me/cards."`
}

type sentTo struct {
	subscriptionNamed
	Address place.Address `json:"address"`
}

// of gives the subscription that is meant.
func (n subscriptionNamed) of() agreement.ID { return n.ID }

// act does what a buyer wants with a subscription, and answers how it stands then.
func act[In interface{ of() agreement.ID }](do func(*db.Tx, In) error) func(*db.Tx, In) (subscriptionView, error) {
	return func(tx *db.Tx, in In) (subscriptionView, error) {
		if err := do(tx, in); err != nil {
			return subscriptionView{}, err
		}
		a, err := agreement.Get(tx, in.of())
		if err != nil {
			return subscriptionView{}, err
		}
		return viewSubscription(a)
	}
}
