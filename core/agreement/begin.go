package agreement

import (
	"encoding/json"
	"slices"
	"time"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/core/agreement/agreementdb"
	"sauda/core/catalog"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/gear/db"
)

// Choice is what a buyer chooses of a plan.
type Choice struct {
	Product  catalog.ProductID
	Variant  catalog.VariantID
	Quantity measure.Quantity
	Every    Every
	Lacking  Lacking
}

// Draft writes down what a buyer has chosen, for his basket. One that never becomes an order is forgotten.
func Draft(tx *db.Tx, c Choice) (Agreement, error) {
	if tx.Who().Party == "" {
		return Agreement{}, ErrSignedIn
	}
	plan, err := PlanOf(tx, c.Product)
	if err != nil {
		return Agreement{}, err
	}
	offers, err := catalog.Offers(tx, []catalog.VariantID{c.Variant})
	if err != nil {
		return Agreement{}, err
	}
	offer, there := offers[c.Variant]
	if !plan.Offered || !there || !offer.ForSale() || offer.Product != c.Product || !fit(offer.Kind) {
		return Agreement{}, ErrNoPlan.About("%.60s of %s", string(c.Variant), c.Product)
	}
	if c.Lacking == "" {
		c.Lacking = LackingSkip
	}
	if err := c.check(plan, offer); err != nil {
		return Agreement{}, err
	}
	a := Agreement{
		ID: ID(tx.Mint(prefix)), Party: tx.Who().Party, Seller: plan.Seller, Product: c.Product, Variant: c.Variant, State: StateDraft,
		Due: never, Version: 1, Opened: tx.Now(), Body: Body{
			Name: offer.Name, Label: offer.Label, Unit: offer.Unit, Quantity: c.Quantity, Service: offer.Kind.Service != nil, Lacking: c.Lacking,
			Calendar: Calendar{Every: c.Every}, Seq: 1, Share: plan.Share, Months: plan.Months,
		},
	}
	if a.Trial, err = TrialFor(tx, plan); err != nil {
		return a, err
	}
	prices, err := Listed(tx, []Agreement{a})
	if err != nil {
		return a, err
	}
	if a.Price = prices[a.ID]; a.Price.Currency == "" {
		return a, pricing.ErrNoPrice.About("%s", c.Variant)
	}
	return a, open(tx, a)
}

// TrialFor gives the trial with which an agreement of whoever asks begins; none when he has or had one of this product.
func TrialFor(tx *db.Tx, p Plan) (*Trial, error) {
	if p.Trial == nil || tx.Who().Party == "" {
		return p.Trial, nil
	}
	before, err := had(tx, tx.Who().Party)
	if err != nil || before[p.Product] {
		return nil, err
	}
	return p.Trial, nil
}

// had gives the products that a buyer subscribes to, or did.
func had(tx *db.Tx, party string) (map[catalog.ProductID]bool, error) {
	rows, err := agreementdb.New(tx).Had(tx.Context(), party)
	before := make(map[catalog.ProductID]bool, len(rows))
	for _, product := range rows {
		before[catalog.ProductID(product)] = true
	}
	return before, err
}

// tried gives what the buyer of some drafts has tried before; drafts without a trial ask for nothing.
func tried(tx *db.Tx, all map[ID]Agreement) (map[catalog.ProductID]bool, error) {
	for _, a := range all {
		if a.State == StateDraft && a.Trial != nil {
			return had(tx, a.Party) // A basket has one buyer.
		}
	}
	return nil, nil
}

func (c Choice) check(p Plan, o catalog.Offer) error {
	return ErrInvalid.Fields(c.judged(p, o.Unit)...)
}

// judged says what is wrong with a choice.
func (c Choice) judged(p Plan, unit measure.Unit) (wrong []fault.Field) {
	if !slices.Contains(p.Rhythms, c.Every) {
		wrong = append(wrong, fault.Say("Choose one of the values.").At("/every"))
	}
	if c.Quantity <= 0 || c.Quantity > QuantityMax || unit.Fits(c.Quantity) != nil {
		wrong = append(wrong, fault.Say("Choose a quantity above zero.").At("/quantity"))
	}
	if c.Lacking != LackingSkip && c.Lacking != LackingWait {
		wrong = append(wrong, fault.Say("Choose one of the values.").At("/lacking"))
	}
	return wrong
}

// QuantityMax is more than anybody has sent to him every week.
const QuantityMax = 1000 * measure.One

func open(tx *db.Tx, a Agreement) error {
	body, err := json.Marshal(a.Body)
	if err != nil {
		return err
	}
	amount, err := a.Amount()
	if err != nil {
		return err
	}
	return agreementdb.New(tx).Open(tx.Context(), agreementdb.OpenParams{
		ID: string(a.ID), Party: a.Party, Seller: a.Seller, Product: string(a.Product), Variant: string(a.Variant), Every: string(a.Calendar.Every),
		Amount: amount.Minor, Due: a.Due.String(), OpenedAt: span.Micros(a.Opened), Body: string(body),
	})
}

// Listed gives what one unit of each costs by the list today, for the quantity that comes; what is not sold is absent.
func Listed(tx *db.Tx, all []Agreement) (map[ID]money.Money, error) {
	variants := make([]catalog.VariantID, len(all))
	for i, a := range all {
		variants[i] = a.Variant
	}
	offers, err := catalog.Offers(tx, variants)
	if err != nil {
		return nil, err
	}
	prices, err := pricing.For(tx, variants, "", money.KZT, span.DayOf(tx.Now(), span.Almaty))
	if err != nil {
		return nil, err
	}
	found := make(map[ID]money.Money, len(all))
	for _, a := range all {
		if o, there := offers[a.Variant]; there && o.ForSale() {
			if step, priced := prices.Unit(a.Variant, seller.ID(a.Seller), a.Quantity); priced {
				found[a.ID] = step.Amount
			}
		}
	}
	return found, nil
}

// Chosen is a line of a basket that is of an agreement.
type Chosen struct {
	Terms
	Variant catalog.VariantID
	Of      Agreement
}

// Lines gives what can be ordered of some references by whoever asks: his own drafts, and the period that is to be ordered now by
// the house alone. What cannot is absent. It takes one statement, and one more for drafts with a trial: a buyer has one of
// each product, however many drafts he has.
func Lines(tx *db.Tx, refs []string) (map[string]Chosen, error) {
	ids := make([]ID, 0, len(refs))
	for _, ref := range refs {
		if id, _ := refOf(ref); id != "" {
			ids = append(ids, id)
		}
	}
	all, err := some(tx, ids)
	if err != nil {
		return nil, err
	}
	before, err := tried(tx, all)
	if err != nil {
		return nil, err
	}
	found := make(map[string]Chosen, len(all))
	for _, ref := range refs {
		id, seq := refOf(ref)
		a, there := all[id]
		who := tx.Who()
		switch {
		case !there:
			continue
		case seq == 0 && (a.State != StateDraft || who.Party != a.Party && who.Kind != db.KindSystem):
			continue
		case seq > 0 && (who.Kind != db.KindSystem || seq != a.Seq || a.State != StateActive && a.State != StateDunning):
			continue
		}
		if seq == 0 && a.Trial != nil {
			if before[a.Product] {
				a.Trial = nil
			}
			before[a.Product] = true
		}
		found[ref] = Chosen{Terms: a.terms(ref), Variant: a.Variant, Of: a}
	}
	return found, nil
}

// terms are what the next order of an agreement costs.
func (a Agreement) terms(ref string) Terms {
	t := Terms{Ref: ref, Quantity: a.Quantity, Share: a.Share, Credit: a.Credit}
	if a.State != StateDraft {
		t.Price = a.Price
	} else if a.Trial != nil {
		t.Trial = a.Trial.Price
	}
	return t
}

// Sold is a line of an order that is of an agreement.
type Sold struct {
	Ref      string
	Order    string
	Line     string
	Quantity measure.Quantity // Quantity is that of the line; of a membership the one that was chosen stays.
	Quote    pricing.Quote
	Card     string // Card pays for what comes; empty where it is still being kept.
	Consent  Consent
	To       To
}

// Ordered hears that a period was ordered, in the moment in which it is: the first, or the one that is due. From then on it is
// not ordered again; what has ended, was paused or ordered meanwhile is ErrNotDue, and the order does not come about.
func Ordered(tx *db.Tx, s Sold) error {
	id, seq := refOf(s.Ref)
	a, err := get(tx, id)
	if err != nil {
		return err
	}
	today := span.DayOf(tx.Now(), span.Almaty)
	switch {
	case seq == 0 && a.State == StateDraft:
		if err := a.begin(tx, s, today); err != nil {
			return err
		}
	case seq == a.Seq && (a.State == StateActive || a.State == StateDunning):
	default:
		return ErrNotDue.About("%s is %s at %d", s.Ref, a.State, a.Seq)
	}
	paid, credit := s.sums()
	if err := ended(tx, a, PeriodOrdered, s.Order, paid); err != nil {
		return err
	}
	a.noted(tx, Entry{What: "ordered", Day: today, Sum: paid, Ref: s.Order})
	if a.Credit.Minor -= credit.Minor; a.Credit.Minor <= 0 {
		a.Credit = money.Money{}
	}
	a.Since, a.Paid = today, money.Of(paid.Minor+credit.Minor, paid.Currency)
	a.advance(today)
	if seq == 0 && a.Trial != nil {
		a.Day = today.AddDays(a.Trial.Days)
		a.Calendar.From, a.Calendar.N = a.Day, 0
		a.Due, a.Notice = a.Day, noticeFor(a.Day)
	}
	a.Until = a.Day
	if err := keep(tx, &a); err != nil {
		return err
	}
	if seq == 0 {
		return tx.Emit(Begun{a.about(), s.Order, a.Calendar.Every, a.Day})
	}
	return tx.Emit(Renewed{a.about(), seq, s.Order, a.Day})
}

// begin makes a draft stand. A trial that was had meanwhile, by another order, is ErrTrial when it was reckoned with.
func (a *Agreement) begin(tx *db.Tx, s Sold, today span.Day) error {
	if a.Trial != nil {
		before, err := had(tx, a.Party)
		switch {
		case err != nil:
			return err
		case before[a.Product] && s.took(ReasonTrial) > 0:
			return ErrTrial.About("%s", a.ID)
		case before[a.Product]:
			a.Trial = nil
		}
	}
	a.State, a.Begun, a.Card, a.Consent, a.To = StateActive, s.Order, s.Card, s.Consent, s.To
	a.Calendar.From, a.Day = today, today
	if !a.Service {
		a.Quantity = s.Quantity
	}
	a.Promised = Calendar{From: today, Every: EveryMonth}.At(a.Months)
	if unit := s.unit(a.Quantity); unit.Currency != "" {
		a.Price = unit
	}
	return nil
}

// unit is what one unit costs by the list.
func (s Sold) unit(q measure.Quantity) money.Money {
	for _, b := range s.Quote.Bundles {
		if b.Line == s.Line {
			return b.UnitPrice
		}
	}
	for _, l := range s.Quote.Lines {
		if l.Line != s.Line {
			continue
		}
		if n, whole := q.Whole(); l.Service != nil && whole && n > 0 {
			return money.Of(l.UnitPrice.Minor/n, l.UnitPrice.Currency) // It was that times n.
		}
		return l.UnitPrice
	}
	return money.Money{}
}

// sums are what the line costs, and what of the credit it took.
func (s Sold) sums() (paid, credit money.Money) {
	paid = money.Of(0, s.Quote.Currency)
	for _, l := range s.Quote.Lines {
		if l.Line == s.Line || l.Bundle == s.Line {
			paid.Minor += l.Total.Minor
		}
	}
	return paid, money.Of(s.took(ReasonCredit), s.Quote.Currency)
}

// took is what was taken off the line for a reason, in minor units.
func (s Sold) took(code string) (minor int64) {
	for _, l := range s.Quote.Lines {
		if l.Line != s.Line && l.Bundle != s.Line {
			continue
		}
		for _, r := range l.Reasons {
			if r.Code == code {
				minor += r.Params.Amount.Minor
			}
		}
	}
	return minor
}

// advance turns to the next period.
func (a *Agreement) advance(today span.Day) {
	after := today
	if after.Before(a.Day) {
		after = a.Day
	}
	a.Seq++
	a.Day = a.Calendar.After(after)
	a.State, a.Due, a.Notice = StateActive, a.Day, noticeFor(a.Day)
	a.Try, a.Tries, a.Open, a.Waits = 0, 0, false, ""
	a.Missed, a.Hard, a.Asked = span.Day{}, false, money.Money{}
}

// ended ends the period of now, which is ErrNotDue when it has ended before.
func ended(tx *db.Tx, a Agreement, state PeriodState, order string, amount money.Money) error {
	q := agreementdb.New(tx)
	if err := q.OpenPeriod(tx.Context(), agreementdb.OpenPeriodParams{Agreement: string(a.ID), Seq: a.Seq, Day: a.Day.String()}); err != nil {
		return err
	}
	rows, err := q.EndPeriod(tx.Context(), agreementdb.EndPeriodParams{
		State: string(state), OrderRef: order, Amount: amount.Minor, Agreement: string(a.ID), Seq: a.Seq,
	})
	if err == nil && rows == 0 {
		err = ErrNotDue.About("%s at %d has ended", a.ID, a.Seq)
	}
	return err
}

// Mandate says which card pays for what an order has begun: it was kept while that was paid.
func Mandate(tx *db.Tx, order, card string) error {
	return agreementdb.New(tx).Mandate(tx.Context(), agreementdb.MandateParams{Card: card, Begun: order})
}

// draftLife is how long a draft waits to be ordered: as long as a basket that nobody touches.
const draftLife = 90 * 24 * time.Hour

// ForgetDrafts forgets what was chosen and never ordered, at most so many.
func ForgetDrafts(tx *db.Tx, most int) (int, error) {
	n, err := agreementdb.New(tx).ForgetDrafts(tx.Context(), agreementdb.ForgetDraftsParams{
		Since: span.Micros(tx.Now().Add(-draftLife)), Most: int64(most),
	})
	return int(n), err
}
