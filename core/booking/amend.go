package booking

import (
	"cmp"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"

	"sauda/base/fault"
	"sauda/base/ident"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/booking/bookingdb"
	"sauda/core/choice"
	"sauda/core/hold"
	"sauda/gear/db"
)

// AmendmentID names a change that is bought.
type AmendmentID string

// Amendment is a change of a booking that costs more than was paid. It is bought in the basket as the booking was, takes there
// what the booking has not taken yet, and is made in the moment in which it is paid.
//
//	draft ──Placed──▶ ordered ──Paid──▶ made
//	                     └──(the booking has moved on)──▶ lapsed, and its money goes back
type Amendment struct {
	ID      AmendmentID
	Booking ID
	Draft   Draft
	Price   money.Money // Price is the difference, with the fee for the change.
	Label   text.Localized
	Parts   []Part      // Parts are those of the new price, less what was paid.
	before  Draft       // before is the booking as it was when the change was chosen.
	paid    money.Money // paid is what its line costs, after what promotions took off.
	takes   []hold.Want // takes is what its order holds for it.
	state   string
	party   string
	order   string
	line    string
	holder  string
}

// The states of an amendment.
const (
	amendDraft   = "draft"
	amendOrdered = "ordered"
	amendMade    = "made"
	amendLapsed  = "lapsed"
)

// amendmentOf gives the id of an amendment, where a reference of the basket is one.
func amendmentOf(ref string) (AmendmentID, bool) { return AmendmentID(ref), ident.Valid("bam", ref) }

// amend writes down a change that has to be bought first.
func amend(tx *db.Tx, m move) (Amendment, error) {
	a := Amendment{ID: AmendmentID(tx.Mint("bam")), Booking: m.was.ID, Draft: m.fresh.Draft, Price: m.due, Label: m.fresh.Label, Parts: m.parts(),
		before: m.was.Draft, paid: m.due, state: amendDraft, party: tx.Who().Party}
	body, err := a.body()
	if err != nil {
		return Amendment{}, err
	}
	return a, bookingdb.New(tx).AddAmendment(tx.Context(), bookingdb.AddAmendmentParams{
		ID: string(a.ID), Booking: string(a.Booking), Party: a.party, MadeAt: span.Micros(tx.Now()), Body: body,
	})
}

type amendmentBody struct {
	Draft Draft       `json:"draft"`
	Price money.Money `json:"price"`
	Was   Draft       `json:"was"`
	Paid  money.Money `json:"paid"`
	Wants []hold.Want `json:"wants,omitempty"`
}

func (a Amendment) body() (string, error) {
	body, err := json.Marshal(amendmentBody{a.Draft, a.Price, a.before, a.paid, a.takes})
	return string(body), err
}

func amendments(tx *db.Tx, ids []AmendmentID) ([]Amendment, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := bookingdb.New(tx).Amendments(tx.Context(), db.In(ids))
	all := make([]Amendment, len(rows))
	for i, r := range rows {
		a := Amendment{ID: AmendmentID(r.ID), Booking: ID(r.Booking), state: r.State, party: r.Party, order: r.OrderRef, line: r.Line, holder: r.Holder}
		var body amendmentBody
		if err := json.Unmarshal([]byte(r.Body), &body); err != nil {
			return nil, err
		}
		a.Draft, a.Price, a.before, a.paid, a.takes = body.Draft, body.Price, body.Was, body.Paid, body.Wants
		all[i] = a
	}
	return all, err
}

// amended is a change that can be bought now.
type amended struct {
	Amendment
	move
}

// amendedOf gives those of some changes that can be bought now by whoever asks, in four statements. What is another's, was
// bought already, costs another sum by now or cannot be had any more is absent.
func amendedOf(tx *db.Tx, ids []AmendmentID) (map[AmendmentID]amended, error) {
	all := make(map[AmendmentID]amended, len(ids))
	drafts, err := amendments(tx, ids)
	if err != nil || len(drafts) == 0 {
		return all, err
	}
	bookings, plans, choices := make([]ID, len(drafts)), []PlanID{}, make([]Draft, len(drafts))
	for i, a := range drafts {
		bookings[i], choices[i] = a.Booking, a.Draft
	}
	were, err := some(tx, bookings)
	if err != nil {
		return nil, err
	}
	for _, b := range were {
		plans = append(plans, b.Plan)
	}
	named, err := PlansNamed(tx, plans)
	if err != nil {
		return nil, err
	}
	deps, err := departuresOf(tx, choices...)
	for _, a := range drafts {
		i := slices.IndexFunc(were, func(b Booking) bool { return b.ID == a.Booking })
		if i < 0 || a.state != amendDraft || a.party != tx.Who().Party || !were[i].Changeable(tx.Now()) {
			continue
		}
		b := were[i]
		m, err := b.moved(named[b.Plan], a.Draft, moving{deps[a.Draft.Departure], tx.Now(), b.Terms.ChangeFee})
		if err != nil || m.due != a.Price {
			continue
		}
		all[a.ID] = amended{a, m}
	}
	return all, err
}

// chosen is a change as the basket sees it.
func (a amended) chosen() choice.Chosen {
	c := choice.Chosen{Variant: a.was.Variant, Wants: a.more(), Until: a.was.changeableUntil()}
	c.Label, c.Price, c.Reasons = a.fresh.Label, a.Price, reasonsOf(a.parts())
	return c
}

// parts are those of the new price, less what was paid before.
func (m move) parts() []Part {
	return append(slices.Clone(m.fresh.Parts), Part{Code: PartPaid, Amount: m.was.Price.Neg()})
}

// beyond gives what some wants take more than others, by key.
func beyond(wants, has []hold.Want) []hold.Want {
	had := make(map[string]int64, len(has))
	for _, w := range has {
		had[w.Key] += w.Quantity
	}
	need := make(map[string]int64, len(wants))
	for _, w := range wants {
		need[w.Key] += w.Quantity
	}
	var more []hold.Want
	for key, n := range need {
		if n > had[key] {
			more = append(more, wantsOf(key, n-had[key]))
		}
	}
	slices.SortFunc(more, func(a, b hold.Want) int { return cmp.Compare(a.Key, b.Key) })
	return more
}

// placeAmendment notes that a change was ordered. What it takes stays with its order until it is paid.
func placeAmendment(tx *db.Tx, id AmendmentID, s choice.Sale) error {
	all, err := amendments(tx, []AmendmentID{id})
	if err != nil {
		return err
	}
	if len(all) == 1 && all[0].order == s.Order && all[0].line == s.Line {
		return nil
	}
	chosen, err := amendedOf(tx, []AmendmentID{id})
	if err != nil {
		return err
	}
	c, there := chosen[id]
	if !there {
		return ErrNotOpen.About("%s cannot be ordered any more", id)
	}
	a := c.Amendment
	a.state, a.order, a.line, a.holder, a.takes = amendOrdered, s.Order, s.Line, s.Owner, c.more()
	if s.Total.Currency == a.Price.Currency && s.Total.Minor < a.Price.Minor {
		a.paid = s.Total
	}
	return moveAmendment(tx, a, amendDraft)
}

func moveAmendment(tx *db.Tx, a Amendment, before string) error {
	body, err := a.body()
	if err != nil {
		return err
	}
	rows, err := bookingdb.New(tx).MoveAmendment(tx.Context(), bookingdb.MoveAmendmentParams{
		State: a.state, OrderRef: a.order, Line: a.line, Holder: a.holder, Body: body, ID: string(a.ID), Before: before,
	})
	if err == nil && rows == 0 {
		return ErrStale.About("%s is not %s any more", a.ID, before)
	}
	return err
}

// payAmendment makes a change that is paid, and says whether it is made. Where the booking has moved on since, nothing is
// changed, and AmendmentLapsed has the money go back. Twice is the same as once.
func payAmendment(tx *db.Tx, id AmendmentID) (made bool, err error) {
	all, err := amendments(tx, []AmendmentID{id})
	if err != nil || len(all) == 0 || all[0].state != amendOrdered {
		return err == nil && len(all) == 1 && all[0].state == amendMade, err
	}
	a := all[0]
	b, err := Get(tx, a.Booking)
	if err != nil {
		return false, err
	}
	m, stands, err := a.stands(tx, b)
	if err != nil {
		return false, err
	}
	if !stands {
		a.state = amendLapsed
		if err := moveAmendment(tx, a, amendOrdered); err != nil {
			return false, err
		}
		return false, tx.Emit(AmendmentLapsed{b.ID, a.order, a.line})
	}
	a.state = amendMade
	if err := moveAmendment(tx, a, amendOrdered); err != nil {
		return false, err
	}
	if err := hold.ReleasePart(tx, a.holder, a.takes); err != nil {
		return false, err
	}
	_, err = m.bought(a).make(tx)
	return err == nil, err
}

// stands gives a change that is paid, and says whether it can still be made: it costs what it did, and the booking is as it was.
func (a Amendment) stands(tx *db.Tx, b Booking) (move, bool, error) {
	m, err := moveOf(tx, b, a.Draft, b.Terms.ChangeFee)
	if k := fault.Of(err); err != nil && (k.Kind == fault.Invalid || k.Kind == fault.Conflict || k.Kind == fault.Missing) {
		return move{}, false, nil
	}
	if err != nil || m.due != a.Price || !b.Open(tx.Now()) || !b.Paid || !b.Draft.same(a.before) {
		return move{}, false, err
	}
	holds, err := a.holds(tx, m.more())
	return m, holds, err
}

// same says whether two drafts choose the same.
func (d Draft) same(other Draft) bool {
	children := slices.Equal(d.Children, other.Children)
	d.Children, other.Children = nil, nil
	return children && reflect.DeepEqual(d, other)
}

// holds says whether the order of a change has claims on all that was held for it, and whether that is all that it takes: the
// plan may have been revised since.
func (a Amendment) holds(tx *db.Tx, wants []hold.Want) (bool, error) {
	claims, err := hold.Of(tx, a.holder)
	has := make([]hold.Want, 0, len(claims))
	for _, c := range claims {
		if c.State == hold.StateConfirmed {
			has = append(has, wantsOf(c.Key, c.Quantity))
		}
	}
	return len(beyond(a.takes, has)) == 0 && len(beyond(wants, a.takes)) == 0, err
}

// bought gives a change with the line that has paid for it. What promotions took off that line is off the price.
func (m move) bought(a Amendment) move {
	m.order, m.line = a.order, a.line
	if off := m.due.Minor - a.paid.Minor; off > 0 {
		was, now := base(m.was.Parts), base(m.fresh.Parts)
		m.fresh.Offs = append(slices.Clone(m.fresh.Offs), Off{Low: was, High: now, Minor: off})
		m.fresh.Parts = append(slices.Clone(m.fresh.Parts), Part{Code: PartOff, Amount: money.Of(-off, a.paid.Currency)})
		m.fresh.Price.Minor -= off
		m.due = a.paid
	}
	return m
}

// endAmendment notes that the line of a change was cancelled or given back. One that was made stays made.
func endAmendment(tx *db.Tx, id AmendmentID) error {
	all, err := amendments(tx, []AmendmentID{id})
	if err != nil || len(all) == 0 || all[0].state != amendOrdered {
		return err
	}
	all[0].state = amendLapsed
	return moveAmendment(tx, all[0], amendOrdered)
}

// changeableUntil is when the time for changes is over.
func (b Booking) changeableUntil() time.Time {
	last := b.From.AddDays(1 - b.Terms.ChangeTo).Start(location(b.Zone))
	if b.Starts.Before(last) {
		return b.Starts
	}
	return last
}

// splitRefs sorts references of the basket into bookings and changes of bookings.
func splitRefs(refs []string) (ids []ID, changes []AmendmentID) {
	for _, r := range refs {
		if a, is := amendmentOf(r); is || strings.HasPrefix(r, "bam_") {
			changes = append(changes, a)
			continue
		}
		ids = append(ids, ID(r))
	}
	return ids, changes
}
