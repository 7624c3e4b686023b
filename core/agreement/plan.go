package agreement

import (
	"database/sql"
	"encoding/json"
	"errors"
	"slices"

	"sauda/base/fault"
	"sauda/base/money"
	"sauda/core/agreement/agreementdb"
	"sauda/core/catalog"
	"sauda/gear/bus"
	"sauda/gear/cache"
	"sauda/gear/db"
)

// Plan is how a product can be had again and again.
type Plan struct {
	Product catalog.ProductID
	Seller  string
	Offered bool
	PlanBody
}

// PlanBody is what nobody searches of a plan.
type PlanBody struct {
	Rhythms []Every    `json:"rhythms" doc:"The rhythms that a buyer may choose."`
	Share   money.Rate `json:"share,omitempty" minimum:"0" maximum:"900000" doc:"What is taken off the price, in parts per million."`
	Months  int        `json:"months,omitempty" minimum:"0" maximum:"60" doc:"For how many months the price is promised."`
	Trial   *Trial     `json:"trial,omitempty" doc:"A first period of so many days at this price of a unit."`
}

// ShareMax bounds what a plan takes off the price.
const ShareMax money.Rate = 900_000

// Limits of a plan: the months for which it promises a price, and the days of a trial.
const (
	MonthsMax = 60
	TrialMax  = 90
)

// ErrKind means that what is made for one buyer is not sold again and again, and neither is what another context sells.
var ErrKind = fault.New(fault.Conflict, "agreement.kind", "Only goods, bundles with a price of their own, and memberships can be subscribed to. Choose another product.")

// Set says how a product of a seller can be had again and again. Who has subscribed already keeps what was agreed.
func Set(tx *db.Tx, p Plan) error {
	product, err := catalog.Get(tx, p.Product)
	if err != nil {
		return err
	}
	if string(product.Seller) != p.Seller {
		return ErrNoPlan.About("%s is not of %s", p.Product, p.Seller)
	}
	if !fit(product.Kind) {
		return ErrKind.About("%s", p.Product)
	}
	if err := p.check(); err != nil {
		return err
	}
	slices.SortFunc(p.Rhythms, func(a, b Every) int { return slices.Index(Rhythms, a) - slices.Index(Rhythms, b) })
	p.Rhythms = slices.Compact(p.Rhythms)
	body, err := json.Marshal(p.PlanBody)
	if err != nil {
		return err
	}
	var offered int64
	if p.Offered {
		offered = 1
	}
	if err := agreementdb.New(tx).KeepPlan(tx.Context(), agreementdb.KeepPlanParams{
		Product: string(p.Product), Seller: p.Seller, Offered: offered, Body: string(body),
	}); err != nil {
		return err
	}
	return tx.Emit(PlanSet{Product: p.Product, Seller: p.Seller, Offered: p.Offered})
}

// fit says whether a kind of goods can be subscribed to.
func fit(k catalog.Kind) bool {
	switch {
	case k.Made != nil, k.Digital != nil, k.Bundle != nil && k.Bundle.Summed:
		return false
	case k.Service != nil:
		return k.Service.Way == WayName
	}
	return true
}

func (p Plan) check() error {
	var wrong []fault.Field
	mark := func(ok bool, pointer string, said fault.Sentence) {
		if !ok {
			wrong = append(wrong, said.At(pointer))
		}
	}
	mark((len(p.Rhythms) > 0 || !p.Offered) && len(p.Rhythms) <= 2*len(Rhythms) && !slices.ContainsFunc(p.Rhythms, func(e Every) bool { return !e.Valid() }),
		"/rhythms", fault.Say("Choose at least one rhythm."))
	mark(p.Share >= 0 && p.Share <= ShareMax, "/share", fault.Say("Take off from 0 to 90 percent."))
	mark(p.Months >= 0 && p.Months <= MonthsMax, "/months", fault.Say("Choose a number from {min} to {max}.").With("min", 0).With("max", MonthsMax))
	if t := p.Trial; t != nil {
		mark(t.Days >= 1 && t.Days <= TrialMax, "/trial/days", fault.Say("Choose a number from {min} to {max}.").With("min", 1).With("max", TrialMax))
		// The mandate is given with a payment that the bank confirms; one of nothing confirms nothing.
		mark(t.Price.Minor > 0 && t.Price.Currency.Valid(), "/trial/price", fault.Say("A trial costs at least something: the card is confirmed by that payment."))
	}
	return ErrPlan.Fields(wrong...)
}

// PlanOf gives the plan of a product, offered or not; without one it is ErrNoPlan.
func PlanOf(tx *db.Tx, id catalog.ProductID) (Plan, error) {
	row, err := agreementdb.New(tx).GetPlan(tx.Context(), string(id))
	if errors.Is(err, sql.ErrNoRows) {
		return Plan{}, ErrNoPlan.About("%.60s", string(id))
	}
	if err != nil {
		return Plan{}, err
	}
	return planOf(row)
}

func planOf(r agreementdb.AgreementPlan) (Plan, error) {
	p := Plan{Product: catalog.ProductID(r.Product), Seller: r.Seller, Offered: r.Offered == 1}
	return p, json.Unmarshal([]byte(r.Body), &p.PlanBody)
}

// Keeper keeps the plans that are offered in the memory of a process until one changes, so that a page asks no statement for
// them.
type Keeper struct {
	kept cache.Kept[map[catalog.ProductID]Plan]
}

// Of gives the plan of a product, when one is offered.
func (k *Keeper) Of(tx *db.Tx, id catalog.ProductID) (Plan, bool, error) {
	all, err := k.kept.Load(tx, func(tx *db.Tx) (*map[catalog.ProductID]Plan, error) {
		rows, err := agreementdb.New(tx).Offered(tx.Context())
		if err != nil {
			return nil, err
		}
		plans := make(map[catalog.ProductID]Plan, len(rows))
		for _, r := range rows {
			if plans[catalog.ProductID(r.Product)], err = planOf(r); err != nil {
				return nil, err
			}
		}
		return &plans, nil
	})
	if err != nil {
		return Plan{}, false, err
	}
	p, there := (*all)[id]
	return p, there, nil
}

// Followers forget the plans when a fact makes them wrong.
func (k *Keeper) Followers() []bus.Follower {
	return []bus.Follower{bus.Follow("subscriptions: a plan changed", func(PlanSet) { k.kept.Forget() })}
}
