package shop

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/core/agreement"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/identity"
	"sauda/core/payment"
	"sauda/core/shelf"
	"sauda/flow/checkout"
	"sauda/gear/db"
	"sauda/gear/web"
)

func (f *face) mountSubscriptions(site *web.Site) {
	web.Page(site, "GET /subscribe/{product}", f.choosePlan, web.Public())
	web.Form(site, "POST /subscribe/{product}", f.subscribe, web.SignedIn())
	web.Page(site, "GET /account/subscriptions", f.ownSubscriptions, web.SignedIn())
	web.Page(site, "GET /account/subscriptions/{id}", f.subscription, web.SignedIn())
	for act, do := range map[string]func(*db.Tx, subscriptionSaid) error{
		"skip":   func(tx *db.Tx, in subscriptionSaid) error { return agreement.Skip(tx, in.ID, in.Version) },
		"pause":  pauseSubscription,
		"resume": func(tx *db.Tx, in subscriptionSaid) error { return agreement.Resume(tx, in.ID) },
		"price": func(tx *db.Tx, in subscriptionSaid) error {
			return agreement.Agree(tx, in.ID, money.Of(in.Price, f.Currency))
		},
		"change":  changeSubscription,
		"card":    func(tx *db.Tx, in subscriptionSaid) error { return checkout.PayWith(tx, in.ID, in.Card) },
		"address": sendTo,
		"end":     func(tx *db.Tx, in subscriptionSaid) error { return agreement.End(tx, in.ID) },
	} {
		web.Form(site, "POST /account/subscriptions/{id}/"+act, f.subscriptionAct(do), web.SignedIn())
	}
	web.FormAct(site, "POST /account/subscriptions/{id}/pay", f.payForSubscription, web.SignedIn())
}

// planAsk names a product that can be had again and again.
type planAsk struct {
	visitor
	Product catalog.ProductID `path:"product" maxLength:"60"`
}

// planView is the page on which a subscription is chosen.
type planView struct {
	page
	Of   shelf.Page
	Plan agreement.Plan
	Form form
	Key  string
}

func (f *face) planOf(tx *db.Tx, in planAsk) (planView, error) {
	p, err := f.Shelf.Show(tx, in.Product, f.Currency)
	if err != nil {
		return planView{}, err
	}
	ctx := tx.Context()
	v := planView{page: f.page(ctx, in.visitor, "goods", t(ctx, "subscription.choose")), Of: p, Key: web.FormKey(ctx)}
	v.Form = form{Values: map[string]string{"quantity": "1", "variant": string(p.Variants[0].ID)}, Wrong: map[string]string{}}
	var there bool
	if v.Plan, there, err = f.Desk.Plans.Of(tx, in.Product); err == nil && !there {
		err = agreement.ErrNoPlan
	}
	if there {
		v.Form.Values["every"] = string(v.Plan.Rhythms[0])
		v.Plan.Trial, err = agreement.TrialFor(tx, v.Plan)
	}
	return v, err
}

// choosePlan shows how a product can be had again and again.
func (f *face) choosePlan(tx *db.Tx, in planAsk) (web.View, error) {
	v, err := f.planOf(tx, in)
	if errors.Is(err, agreement.ErrNoPlan) {
		return web.Onward("/"), nil
	}
	return planPage(v), err
}

// subscribes is what a buyer chooses of a plan.
type subscribes struct {
	web.Typed
	planAsk
	Variant  catalog.VariantID `json:"variant" maxLength:"60"`
	Quantity string            `json:"quantity" maxLength:"20"`
	Every    agreement.Every   `json:"every" maxLength:"20"`
	Lacking  agreement.Lacking `json:"lacking,omitempty" maxLength:"10"`
	Key      string            `json:"key" maxLength:"60"`
}

// subscribe puts a subscription into the basket.
func (f *face) subscribe(tx *db.Tx, in subscribes) (web.Then, error) {
	q, err := quantity(in.Quantity)
	if err != nil {
		q = 0 // It is refused as such.
	}
	if first, err := web.Once(tx, in.Key+" "+string(in.Variant)+" "+q.String()+" "+string(in.Every)); err != nil || !first {
		return web.See("/basket"), err
	}
	a, err := agreement.Draft(tx, agreement.Choice{Product: in.Product, Variant: in.Variant, Quantity: q, Every: in.Every, Lacking: in.Lacking})
	if err == nil {
		n := q
		if a.Service {
			n = measure.One
		}
		err = f.put(tx, in.visitor, cart.Addition{
			Variant: in.Variant, Quantity: n, Source: "subscription", Answers: map[string]string{catalog.ChosenCode: a.Ref()},
		})
	}
	if !refused(err) {
		return web.See("/basket"), err
	}
	v, bad := f.planOf(tx, in.planAsk)
	if bad != nil {
		return web.Then{}, bad
	}
	v.page, v.Form = v.at("/subscribe/"+string(in.Product)), typed(tx.Context(), in.Typed, err)
	return web.Again(planPage(v)), nil
}

// reckoned is what a period costs without delivery, for one of the first variant.
func (v planView) reckoned(id catalog.VariantID) (was, now money.Money) {
	price := v.Of.Offers[id].Price
	now, err := agreement.Terms{Quantity: measure.One, Share: v.Plan.Share}.Pays(price)
	if err != nil {
		now = price
	}
	return price, now
}

// service tells whether nothing is carried to the buyer.
func (v planView) service() bool { return v.Of.Kind.Service != nil }

// subscriptionsView is the list of what somebody subscribes to.
type subscriptionsView struct {
	cabinet
	All []agreement.Agreement
}

func (f *face) ownSubscriptions(tx *db.Tx, in accountAsk) (web.View, error) {
	c, err := f.cabinetOf(tx, in, "subscriptions")
	if err == nil {
		err = c.buyer()
	}
	if err != nil {
		return nil, err
	}
	all, err := agreement.Mine(tx, string(c.User.Party))
	return subscriptionsPage(subscriptionsView{c, all}), err
}

type subscriptionAsk struct {
	accountAsk
	ID agreement.ID `path:"id" maxLength:"60"`
}

// subscriptionView is one subscription.
type subscriptionView struct {
	cabinet
	agreement.Agreement
	Periods   []agreement.Period
	Cards     []keptCard
	Addresses []identity.KeptAddress
	Rhythms   []agreement.Every
	Today     span.Day
	Bank      string // Bank is the page on which the bank asks the buyer.
}

// periodsShown is how many periods the page of a subscription lists.
const periodsShown = 24

// subscription shows one subscription to its buyer, in at most eight statements.
func (f *face) subscription(tx *db.Tx, in subscriptionAsk) (web.View, error) {
	v, err := f.subscriptionOf(tx, in)
	if err != nil {
		return nil, err
	}
	return subscriptionPage(v), nil
}

func (f *face) subscriptionOf(tx *db.Tx, in subscriptionAsk) (v subscriptionView, err error) {
	if v.cabinet, err = f.cabinetOf(tx, in.accountAsk, "subscriptions"); err != nil {
		return v, err
	}
	if v.Agreement, err = agreement.Get(tx, in.ID); err == nil {
		v.Agreement, err = agreement.Judged(tx, v.Agreement)
	}
	if err != nil {
		return v, err
	}
	v.Today = span.DayOf(tx.Now(), span.Almaty)
	if v.Periods, err = agreement.Periods(tx, v.Agreement, periodsShown); err != nil || v.Agreement.State == agreement.StateEnded {
		return v, err
	}
	cards, err := payment.Cards(tx, v.Party)
	if err != nil {
		return v, err
	}
	for _, c := range cards {
		if c.Seller == v.Seller {
			v.Cards = append(v.Cards, keptCard{c, c.Over(tx.Now())})
		}
	}
	if !v.Service {
		if v.Addresses, err = identity.Addresses(tx, identity.PartyID(v.Party)); err != nil {
			return v, err
		}
	}
	plan, offered, err := f.Desk.Plans.Of(tx, v.Product)
	if v.Rhythms = plan.Rhythms; !offered {
		v.Rhythms = []agreement.Every{v.Calendar.Every}
	}
	return v, err
}

// subscriptionSaid is what is typed about a subscription.
type subscriptionSaid struct {
	web.Typed
	subscriptionAsk
	Version  int64              `json:"version,omitempty"`
	Until    string             `json:"until,omitempty" maxLength:"10"`
	Price    int64              `json:"price,omitempty"`
	Quantity string             `json:"quantity,omitempty" maxLength:"20"`
	Every    agreement.Every    `json:"every,omitempty" maxLength:"20"`
	Lacking  agreement.Lacking  `json:"lacking,omitempty" maxLength:"10"`
	Card     payment.CardID     `json:"card,omitempty" maxLength:"60"`
	Address  identity.AddressID `json:"address,omitempty" maxLength:"60"`
}

// subscriptionAct does what a buyer wants with a subscription; then its page says so, or what is wrong.
func (f *face) subscriptionAct(do func(*db.Tx, subscriptionSaid) error) func(*db.Tx, subscriptionSaid) (web.Then, error) {
	return func(tx *db.Tx, in subscriptionSaid) (web.Then, error) {
		err := do(tx, in)
		if err == nil {
			return web.See("/account/subscriptions/" + string(in.ID) + "?done=saved"), nil
		}
		if !refused(err) && !errors.Is(err, agreement.ErrChanged) {
			return web.Then{}, err
		}
		v, bad := f.subscriptionOf(tx, in.subscriptionAsk)
		if bad != nil {
			return web.Then{}, bad
		}
		v.page, v.Form = v.at("/account/subscriptions/"+string(in.ID)), typed(tx.Context(), in.Typed, err)
		return web.Again(subscriptionPage(v)), nil
	}
}

// payForSubscription pays at once for what waits for it. Where the bank asks the buyer, he goes on to its page: a form may not lead
// to another site, but the page that is shown has a link there.
func (f *face) payForSubscription(ctx context.Context, in subscriptionSaid) (web.Then, error) {
	next, err := f.Renewals.Pay(ctx, f.Store, web.WhoFrom(ctx), in.ID)
	switch {
	case err != nil && !refused(err):
		return web.Then{}, err
	case err == nil && strings.HasPrefix(next.URL, "/"):
		return web.See(next.URL), nil
	case err == nil && next.URL == "":
		return web.See("/account/subscriptions/" + string(in.ID)), nil
	}
	var v subscriptionView
	if bad := web.Look(ctx, func(tx *db.Tx) (err error) {
		v, err = f.subscriptionOf(tx, in.subscriptionAsk)
		return err
	}); bad != nil {
		return web.Then{}, bad
	}
	v.page, v.Bank = v.at("/account/subscriptions/"+string(in.ID)), next.URL
	if err != nil {
		v.Form = typed(ctx, in.Typed, err)
		return web.Again(subscriptionPage(v)), nil
	}
	return web.Show(subscriptionPage(v)), nil
}

// pauseSubscription rests a subscription until a day; without one until its buyer goes on.
func pauseSubscription(tx *db.Tx, in subscriptionSaid) error {
	return agreement.Pause(tx, in.ID, readDay(in.Until))
}

func changeSubscription(tx *db.Tx, in subscriptionSaid) error {
	q, err := quantity(in.Quantity)
	if err != nil {
		q = 0
	}
	return agreement.Alter(tx, in.ID, in.Version, agreement.Change{Quantity: q, Every: in.Every, Lacking: in.Lacking})
}

// sendTo has the orders go to one of the addresses that the buyer keeps.
func sendTo(tx *db.Tx, in subscriptionSaid) error {
	a, err := agreement.Get(tx, in.ID)
	if err != nil {
		return err
	}
	k, err := keptOf(tx, identity.PartyID(a.Party), in.Address)
	if err != nil {
		return err
	}
	to := k.Address
	if to.Phone == "" {
		to.Phone = k.Phone
	}
	return agreement.Send(tx, in.ID, to)
}

// cardOfIt is the card that pays, when it is still kept.
func (v subscriptionView) cardOfIt() (keptCard, bool) {
	for _, c := range v.Cards {
		if string(c.ID) == v.Card {
			return c, true
		}
	}
	return keptCard{}, false
}

// perPeriod is what a period costs as it was agreed, without delivery.
func perPeriod(a agreement.Agreement) money.Money {
	sum, err := a.Amount()
	if err != nil {
		return money.Money{}
	}
	return sum
}

// calendarOf are the months of the next three orders, day by day.
func calendarOf(a agreement.Agreement) []calendarMonth {
	var months []calendarMonth
	coming := make(map[span.Day]bool)
	for _, d := range a.Coming(3) {
		coming[d] = true
		y, m, _ := d.Date()
		if first, err := span.Date(y, m, 1); err == nil && (len(months) == 0 || months[len(months)-1].First != first) {
			months = append(months, calendarMonth{First: first})
		}
	}
	for i := range months {
		months[i].fill(coming)
	}
	return months
}

// calendarMonth is a month of a calendar, by weeks that begin on Monday.
type calendarMonth struct {
	First span.Day
	Weeks [][7]dayIn
}

// dayIn is a day of a month; the zero one is a gap.
type dayIn struct {
	N      int
	Coming bool
}

func (m *calendarMonth) fill(coming map[span.Day]bool) {
	_, month, _ := m.First.Date()
	for d := m.First; ; d = d.AddDays(1) {
		_, now, n := d.Date()
		if now != month {
			return
		}
		at := (int(d.Weekday()) + 6) % 7
		if n == 1 || at == 0 {
			m.Weeks = append(m.Weeks, [7]dayIn{})
		}
		m.Weeks[len(m.Weeks)-1][at] = dayIn{n, coming[d]}
	}
}

// happened is a line of the history in words.
func happened(ctx context.Context, e agreement.Entry) string {
	key := "subscription.history." + e.What
	if e.Ref != "" && hasText(ctx, key+"."+e.Ref) {
		key += "." + e.Ref
	}
	return t(ctx, key)
}

// toAddress is an address in one line.
func toAddress(ctx context.Context, a place.Address) string {
	return strings.Join(a.Lines(web.Lang(ctx)), ", ")
}

func versionOf(a agreement.Agreement) string { return strconv.FormatInt(a.Version, 10) }
