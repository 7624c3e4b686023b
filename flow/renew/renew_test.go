package renew_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/agreement"
	"sauda/core/cart"
	"sauda/core/catalog"
	"sauda/core/hold"
	"sauda/core/order"
	"sauda/core/payment"
	"sauda/core/payment/cardsim"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/flow/checkout"
	"sauda/flow/flowtest"
	"sauda/flow/renew"
	"sauda/gear/db"
	"sauda/gear/saga"
	"sauda/gear/seal"
)

var (
	aigul = db.Who{Kind: db.KindBuyer, ID: "usr_aigul", Party: "pty_aigul", Session: "ses_1"}
	bolat = db.Who{Kind: db.KindBuyer, ID: "usr_bolat", Party: "pty_bolat", Session: "ses_2"}
)

// house is one life of the desks.
type house struct {
	*flowtest.World
	life  *flowtest.Life
	desk  *checkout.Desk
	renew *renew.Desk
}

func open(t testing.TB, w *flowtest.World, life *flowtest.Life) *house {
	t.Helper()
	h := &house{World: w, life: life, desk: checkout.New(life.Teller, w.Cards)}
	var err error
	if h.desk.Keys, err = seal.Parse(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("a", 32)))); err != nil {
		t.Fatal(err)
	}
	h.renew = renew.New(life.Teller, func(ctx context.Context, b renew.Basket) (renew.Bought, error) {
		a, err := h.desk.Renew(ctx, checkout.Purchase{Cart: b.ID, Method: payment.Card, Card: b.Card, ReturnURL: "/account/subscriptions/" + string(b.Of)})
		return renew.Bought{Order: string(a.Order), Waits: err == nil && a.Outcome != saga.Failed, Next: a.Next}, err
	})
	return h
}

// plan has the kettle sold again and again.
func (h *house) plan(t testing.TB, p agreement.PlanBody) (of catalog.ProductID) {
	t.Helper()
	h.Moment(t, func(tx *db.Tx) error {
		offers, err := catalog.Offers(tx, []catalog.VariantID{h.Kettle})
		if err != nil {
			return err
		}
		of = offers[h.Kettle].Product
		return agreement.Set(tx, agreement.Plan{Product: of, Seller: string(seller.Own), Offered: true, PlanBody: p})
	})
	return of
}

// chosen is a basket in which the kettle is subscribed to.
func (h *house) chosen(t testing.TB, c agreement.Choice) (id cart.ID, of agreement.ID) {
	t.Helper()
	id = h.BasketOf(t, aigul, "mth_courier")
	h.As(aigul).Moment(t, func(tx *db.Tx) error {
		a, err := agreement.Draft(tx, c)
		if err != nil {
			return err
		}
		of = a.ID
		_, err = h.desk.Put(tx, id, cart.Addition{Variant: h.Kettle, Quantity: c.Quantity, Answers: map[string]string{catalog.ChosenCode: a.Ref()}})
		return err
	})
	return id, of
}

// begun subscribes, and gives the agreement.
func (h *house) begun(t testing.TB, c agreement.Choice) agreement.ID {
	t.Helper()
	id, of := h.chosen(t, c)
	a, err := h.desk.Order(t.Context(), aigul, checkout.Purchase{
		Cart: id, Method: payment.Card, Token: "tok_ok", Keep: true, Mandate: "kk", ReturnURL: "http://shop/return",
	})
	if err != nil || a.Order == "" {
		t.Fatalf("%+v, %v", a, err)
	}
	h.life.Settle(t)
	return of
}

func (h *house) get(t testing.TB, id agreement.ID) (a agreement.Agreement) {
	t.Helper()
	h.As(aigul).Look(t, func(tx *db.Tx) (err error) {
		a, err = agreement.Get(tx, id)
		return err
	})
	return a
}

func (h *house) periods(t testing.TB, a agreement.Agreement) (all []agreement.Period) {
	t.Helper()
	h.Look(t, func(tx *db.Tx) (err error) {
		all, err = agreement.Periods(tx, a, 500)
		return err
	})
	return all
}

// dawn lets days pass, one by one, and does what is due on each.
func (h *house) dawn(t testing.TB, days int) {
	t.Helper()
	for range days {
		h.Clock.Advance(24 * time.Hour)
		h.run(t)
	}
}

func (h *house) run(t testing.TB) {
	t.Helper()
	h.Moment(t, func(tx *db.Tx) error {
		_, err := agreement.Foretell(tx, 500)
		return err
	})
	if err := h.renew.Run(t.Context(), h.Store.Store); err != nil {
		t.Error(err)
	}
}

// try has the buyer do something.
func (h *house) try(who db.Who, do func(*db.Tx) error) error { return h.As(who).Try(do) }

// TestAgreements lets all that an agreement may live through happen in one world, one after another.
func TestAgreements(t *testing.T) {
	flowtest.Each(t, func(t *testing.T, w *flowtest.World) {
		for _, part := range []struct {
			name string
			run  func(*testing.T, *house)
		}{{"a box comes every month", boxComesEveryMonth}, {"cards are gone", cardsGone}, {"a bank is silent", bankSilent},
			{"a bank asks", bankAsks}, {"other cards", otherCards}, {"not the buyer's fault", notHisFault}, {"killed anywhere", killedAnywhere}, {"any history", anyHistory}} {
			t.Run(part.name, func(t *testing.T) { part.run(t, open(t, w, w.Alive())) })
		}
		w.Sound(t)
	})
}

// boxComesEveryMonth: the first order is an ordinary one, and the next are made by the calendar with the card that was
// kept; nobody else sees or changes it, and what has ended brings nothing.
func boxComesEveryMonth(t *testing.T, h *house) {
	product := h.plan(t, agreement.PlanBody{Rhythms: []agreement.Every{agreement.EveryMonth, agreement.EveryWeek}, Share: money.Percent(10), Months: 12})
	monthly := agreement.Choice{Product: product, Variant: h.Kettle, Quantity: measure.Of(2), Every: agreement.EveryMonth}

	id, of := h.chosen(t, monthly)
	for name, p := range map[string]checkout.Purchase{
		"cash":       {Cart: id, Method: payment.Cash, Mandate: "kk"},
		"no consent": {Cart: id, Method: payment.Card, Token: "tok_ok", Keep: true},
		"not kept":   {Cart: id, Method: payment.Card, Token: "tok_ok", Mandate: "kk"},
	} {
		if _, err := h.desk.Order(t.Context(), aigul, p); !errors.Is(err, agreement.ErrMandate) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := h.try(bolat, func(tx *db.Tx) error { _, err := agreement.Get(tx, of); return err }); !errors.Is(err, agreement.ErrUnknown) {
		t.Errorf("a draft is seen: %v", err)
	}
	a, err := h.desk.Order(t.Context(), aigul, checkout.Purchase{Cart: id, Method: payment.Card, Token: "tok_ok", Keep: true, Mandate: "kk"})
	if err != nil || a.Total.Minor != 2*flowtest.KettlePrice*9/10+flowtest.CourierPrice {
		t.Fatalf("%+v, %v", a, err)
	}
	begun := h.get(t, of)
	day := h.Day()
	if begun.State != agreement.StateActive || begun.Card == "" || begun.Begun != string(a.Order) || !strings.Contains(begun.Consent.Words, "«Дүкен»") ||
		begun.Price.Minor != flowtest.KettlePrice || begun.Promised != (agreement.Calendar{From: day, Every: agreement.EveryYear}).At(1) {
		t.Errorf("begun is %+v", begun)
	}
	h.strangers(t, of)
	first, _, _ := day.Date()
	next := begun.Day
	if want := (agreement.Calendar{From: day, Every: agreement.EveryMonth}).At(1); next != want || first == 0 {
		t.Errorf("next is %s, not %s", next, want)
	}
	h.dawn(t, day.DaysUntil(next)-1)
	if n := len(h.periods(t, begun)); n != 1 {
		t.Errorf("%d orders before its day", n)
	}
	h.dawn(t, 1)
	h.run(t) // Told twice, it orders once.
	all := h.periods(t, begun)
	if len(all) != 2 || all[0].State != agreement.PeriodOrdered || all[0].Amount.Minor != 2*flowtest.KettlePrice*9/10 {
		t.Fatalf("periods %+v", all)
	}
	var made order.Order
	h.Look(t, func(tx *db.Tx) (err error) {
		made, err = order.Get(tx, order.ID(all[0].Order))
		return err
	})
	if made.Party != aigul.Party || made.Contact.Email != "aigul@example.kz" || made.Quote.Due.Minor != a.Total.Minor || made.Address != flowtest.Home {
		t.Errorf("the order is %+v", made)
	}
	if err := h.try(aigul, func(tx *db.Tx) error { return errors.Join(agreement.End(tx, of), agreement.End(tx, of)) }); err != nil {
		t.Error(err)
	}
	h.dawn(t, 70)
	if now := h.get(t, of); now.State != agreement.StateEnded || len(h.periods(t, now)) != 3 {
		t.Errorf("after its end: %+v", h.periods(t, now))
	}
}

// strangers wants everybody else refused.
func (h *house) strangers(t *testing.T, of agreement.ID) {
	t.Helper()
	for name, who := range map[string]db.Who{"another buyer": bolat, "a guest": flowtest.Guest, "another seller": {Kind: db.KindStaff, ID: "usr_x", Seller: "sel_x", Scopes: []string{"*"}}, "the shop": flowtest.Staff} {
		for what, do := range map[string]func(*db.Tx) error{
			"get":    func(tx *db.Tx) error { _, err := agreement.Get(tx, of); return err },
			"end":    func(tx *db.Tx) error { return agreement.End(tx, of) },
			"pause":  func(tx *db.Tx) error { return agreement.Pause(tx, of, span.Day{}) },
			"skip":   func(tx *db.Tx) error { return agreement.Skip(tx, of, 0) },
			"resume": func(tx *db.Tx) error { return agreement.Resume(tx, of) },
			"alter":  func(tx *db.Tx) error { return agreement.Alter(tx, of, 0, agreement.Change{}) },
			"card":   func(tx *db.Tx) error { return agreement.PayWith(tx, of, "crd_1") },
			"send":   func(tx *db.Tx) error { return agreement.Send(tx, of, place.Address{}) },
			"agree":  func(tx *db.Tx) error { return agreement.Agree(tx, of, money.Of(1, money.KZT)) },
		} {
			if err := h.try(who, do); !errors.Is(err, agreement.ErrUnknown) {
				t.Errorf("%s may %s: %v", name, what, err)
			}
		}
	}
	other := db.Who{Kind: db.KindStaff, ID: "usr_x", Seller: "sel_x", Scopes: []string{"*"}}
	err := h.try(other, func(tx *db.Tx) error {
		all, err := agreement.List(tx, agreement.Filter{Seller: string(seller.Own), State: agreement.StateActive, Limit: 10})
		tally, counting := agreement.Count(tx, string(seller.Own))
		if len(all) != 0 || len(tally.N) != 0 {
			t.Errorf("another seller sees %v, %v", all, tally)
		}
		return errors.Join(err, counting)
	})
	if err != nil {
		t.Error(err)
	}
}

// twin is an agreement as one would keep it by hand, day by day.
type twin struct {
	from, day, due, missed, until, promised span.Day
	every                                   agreement.Every
	state                                   agreement.State
	lacking                                 agreement.Lacking
	try                                     int
	hard, told, waited                      bool
	price, asked                            int64
	orders, skipped                         int
}

// after finds the next day by trying all days one by one.
func (m *twin) after(d span.Day) span.Day {
	for d = d.AddDays(1); ; d = d.AddDays(1) {
		if m.from.Before(d) && m.falls(d) {
			return d
		}
	}
}

func (m *twin) falls(d span.Day) bool {
	if m.every == agreement.EveryWeek {
		return d.Weekday() == m.from.Weekday()
	}
	_, month, day := d.Date()
	_, _, begun := m.from.Date()
	_, tomorrow, _ := d.AddDays(1).Date()
	return day == begun || day < begun && tomorrow != month
}

func (m *twin) turn(today span.Day) {
	if today.Before(m.day) {
		today = m.day
	}
	m.day = m.after(today)
	m.state, m.due, m.told, m.try, m.missed, m.hard, m.asked, m.waited = agreement.StateActive, m.day, false, 0, span.Day{}, false, 0, false
}

func (m *twin) resume(today span.Day) {
	if !today.Before(m.day) {
		m.day = m.after(today)
	}
	m.state, m.due, m.told, m.until = agreement.StateActive, m.day, false, span.Day{}
}

// dawn is what happens on a day on which the list says a price, the bank says yes or no, and there is something or not.
func (m *twin) dawn(today span.Day, list int64, pays, stocked bool) {
	if m.state == agreement.StateActive && !m.told && !today.Before(m.day.AddDays(-3)) {
		m.told = true
		if list > m.price && !m.day.Before(m.promised) {
			m.asked = list
		}
	}
	switch {
	case m.state == agreement.StateEnded || m.state == agreement.StatePaused && (m.until.IsZero() || today.Before(m.until)):
	case m.state == agreement.StatePaused:
		m.resume(today)
	case today.Before(m.due):
	case m.asked > 0:
		m.state, m.until = agreement.StatePaused, span.Day{}
	case !stocked && (m.lacking == agreement.LackingSkip || !today.Before(m.after(m.day))):
		m.skipped++
		m.turn(today)
	case !stocked:
		if m.due = today.AddDays(1); m.try > 0 {
			m.missed = m.missed.AddDays(1)
		}
	case pays:
		m.orders++
		m.turn(today)
	default:
		m.fail(today)
	}
}

func (m *twin) fail(today span.Day) {
	if m.try++; m.try == 1 {
		m.missed = today
	}
	for _, days := range []int{7, 3, 1} {
		if day := m.missed.AddDays(days); today.Before(day) {
			m.due, m.state = day, agreement.StateDunning
		}
	}
	if !today.Before(m.due) {
		m.state = agreement.StateEnded
	}
}

// anyHistory moves the clock day by day through whatever may happen, beside the twin: each period is ordered at most once,
// on the days on which the twin says so, and what has ended orders nothing.
func anyHistory(t *testing.T, h *house) {
	product := h.plan(t, agreement.PlanBody{Rhythms: []agreement.Every{agreement.EveryMonth, agreement.EveryWeek}, Months: 1})
	seen := make(map[string]int)
	for seed := range uint64(4) {
		h.history(t, product, seed, seen)
	}
	h.Gateway.Inject(cardsim.Faults{})
	for _, what := range []string{"active 0", "paused 0", "dunning 1", "dunning 2", "dunning 3", "ended 4"} {
		if seen[what] == 0 {
			t.Errorf("no history was ever %q: %v", what, seen)
		}
	}
}

func (h *house) history(t *testing.T, product catalog.ProductID, seed uint64, seen map[string]int) {
	t.Helper()
	dice := rand.New(rand.NewPCG(seed, 6))
	c := agreement.Choice{Product: product, Variant: h.Kettle, Quantity: measure.Of(1), Every: agreement.EveryWeek, Lacking: agreement.LackingSkip}
	if seed%2 == 1 {
		c.Every, c.Lacking = agreement.EveryMonth, agreement.LackingWait
	}
	h.Gateway.Inject(cardsim.Faults{})
	price := h.list(t, flowtest.KettlePrice)
	id := h.begun(t, c)
	m := &twin{from: h.Day(), day: h.Day(), every: c.Every, lacking: c.Lacking, price: price, orders: 1, promised: h.get(t, id).Promised}
	m.turn(h.Day())
	pays, stocked := true, true
	for n := range 70 {
		what := h.acts(t, dice, id, m)
		h.Clock.Advance(24 * time.Hour)
		switch dice.IntN(11) {
		case 0:
			pays = !pays && dice.IntN(2) == 0
			h.Gateway.Inject(cardsim.Faults{Decline: map[bool]int{true: 0, false: 1000}[pays]})
		case 1:
			stocked = !stocked
			h.hog(t, !stocked)
		case 2:
			price = h.list(t, flowtest.KettlePrice+int64(dice.IntN(3)-1)*500_00)
		}
		h.run(t)
		if dice.IntN(4) == 0 {
			h.run(t)
		}
		if m.state == agreement.StateEnded && dice.IntN(8) == 0 {
			break
		}
		m.dawn(h.Day(), price, pays, stocked)
		a := h.get(t, id)
		orders, skipped, names := 0, 0, map[string]bool{}
		for _, p := range h.periods(t, a) {
			if p.State == agreement.PeriodOrdered {
				orders++
				names[p.Order] = true
			}
			if p.State == agreement.PeriodSkipped {
				skipped++
			}
		}
		if m.state == agreement.StateEnded {
			m.day, m.due = a.Day, a.Due
		} else if m.state == agreement.StatePaused {
			m.due = a.Due
		}
		seen[fmt.Sprintf("%s %d", m.state, m.try)]++
		if a.State != m.state || a.Day != m.day || a.Due != m.due || orders != m.orders || len(names) != orders || a.Price.Minor != m.price {
			t.Fatalf("seed %d, day %d (%s, %s): %s, next %s, %d orders, price %d; by hand %+v", seed, n, h.Day(), what, a.State, a.Day, orders, a.Price.Minor, *m)
		}
	}
	h.hog(t, false)
}

// acts has the buyer do something, sometimes.
func (h *house) acts(t *testing.T, dice *rand.Rand, id agreement.ID, m *twin) (what string) {
	t.Helper()
	today := h.Day()
	do := func(name string, allowed bool, act func(*db.Tx) error, then func()) {
		what = name
		err := h.try(aigul, act)
		if (err == nil) != allowed {
			t.Fatalf("%s when it is %s: %v", name, m.state, err)
		}
		if allowed {
			then()
		}
	}
	ended := m.state == agreement.StateEnded
	switch dice.IntN(14) {
	case 0:
		do("skip", m.state == agreement.StateActive, func(tx *db.Tx) error { return agreement.Skip(tx, id, 0) }, func() {
			m.skipped++
			m.turn(today)
		})
	case 1:
		until := today.AddDays(1 + dice.IntN(12))
		do("pause", !ended && m.state != agreement.StateDunning, func(tx *db.Tx) error { return agreement.Pause(tx, id, until) }, func() {
			m.state, m.until = agreement.StatePaused, until
		})
	case 2:
		do("resume", !ended && (m.state != agreement.StatePaused || m.asked == 0), func(tx *db.Tx) error { return agreement.Resume(tx, id) }, func() {
			if m.state == agreement.StatePaused {
				m.resume(today)
				m.try, m.missed = 0, span.Day{}
			}
		})
	case 3, 4:
		if m.asked == 0 {
			return ""
		}
		do("agree", !ended, func(tx *db.Tx) error { return agreement.Agree(tx, id, money.Of(m.asked, money.KZT)) }, func() {
			m.price, m.asked, m.promised = m.asked, 0, agreement.Calendar{From: today, Every: agreement.EveryMonth}.At(1)
			if m.state == agreement.StatePaused {
				m.resume(today)
			}
		})
	}
	return what
}

// list sets what the kettle costs.
func (h *house) list(t testing.TB, price int64) int64 {
	t.Helper()
	h.Moment(t, func(tx *db.Tx) error {
		l, err := pricing.EnsureList(tx, seller.Own, money.KZT, text.Localized{"kk": "Бөлшек баға"})
		if err != nil {
			return err
		}
		_, err = pricing.SetMany(tx, l.ID, []pricing.Entry{{Variant: h.Kettle, Amount: money.Of(price, money.KZT)}})
		return err
	})
	return price
}

// hog has somebody else hold all kettles, or none.
func (h *house) hog(t testing.TB, all bool) {
	t.Helper()
	h.Moment(t, func(tx *db.Tx) error {
		if err := hold.Release(tx, "hog"); err != nil || !all {
			return err
		}
		pools, err := hold.About(tx, []catalog.VariantID{h.Kettle})
		if err != nil {
			return err
		}
		var wants []hold.Want
		for _, p := range pools {
			if left := p.Capacity - p.Taken; left > 0 {
				wants = append(wants, hold.Want{Key: p.Key, Quantity: left})
			}
		}
		return hold.Take(tx, "hog", wants, tx.Now().Add(1000*24*time.Hour))
	})
}

// killedAnywhere ends the process at every point of a renewal: the next life orders the period, once, and takes the money once.
func killedAnywhere(t *testing.T, h *house) {
	product := h.plan(t, agreement.PlanBody{Rhythms: []agreement.Every{agreement.EveryWeek}})
	id := h.begun(t, agreement.Choice{Product: product, Variant: h.Kettle, Quantity: measure.Of(1), Every: agreement.EveryWeek})
	points := 0
	for n := 1; ; n++ {
		h.due(t, id)
		doomed := open(t, h.World, h.Doomed(n, func(string) {}))
		doomed.life.Do(func() { _ = doomed.renew.Run(t.Context(), h.Store.Store) })
		next := open(t, h.World, h.Alive())
		next.life.Rest(t, h.World)
		next.run(t)
		next.life.Rest(t, h.World)
		a := next.get(t, id)
		orders := make(map[string]bool)
		all := next.periods(t, a)
		for _, p := range all {
			orders[p.Order] = true
		}
		if len(all) != n+1 || len(orders) != n+1 || a.State != agreement.StateActive {
			t.Fatalf("killed at %q: %d periods, %d orders, %s", doomed.life.Died(), len(all), len(orders), a.State)
		}
		if doomed.life.Died() == "" {
			break
		}
		points++
	}
	if points < 8 {
		t.Errorf("only %d points", points)
	}
	var carts int
	for _, p := range h.periods(t, h.get(t, id)) {
		for _, paid := range h.Payments(t, cart.ID(p.Cart)) {
			carts++
			if paid.Captured != paid.Amount {
				t.Errorf("period %d: %+v", p.Seq, paid)
			}
		}
	}
	if carts != points+1 {
		t.Errorf("%d payments for %d periods", carts, points+1)
	}
}

// cardsGone: a card that is gone is not asked again; another one pays at once, and without one it ends after a week.
func cardsGone(t *testing.T, h *house) {
	product := h.plan(t, agreement.PlanBody{Rhythms: []agreement.Every{agreement.EveryMonth}})
	month := agreement.Choice{Product: product, Variant: h.Kettle, Quantity: measure.Of(1), Every: agreement.EveryMonth}
	saved, lost := h.begun(t, month), h.begun(t, month)
	card := h.get(t, saved).Card
	h.As(aigul).Moment(t, func(tx *db.Tx) error { return payment.TakeCardAway(tx, aigul.Party, payment.CardID(card)) })
	h.dawn(t, 32)
	for _, id := range []agreement.ID{saved, lost} {
		if a := h.get(t, id); a.State != agreement.StateDunning || !a.Hard || a.Try != 1 {
			t.Errorf("without a card: %s, hard %v, try %d", a.State, a.Hard, a.Try)
		}
	}
	id := h.BasketOf(t, aigul, "mth_courier", h.Kettle)
	if _, err := h.desk.Order(t.Context(), aigul, checkout.Purchase{Cart: id, Method: payment.Card, Token: "tok_ok", Keep: true}); err != nil {
		t.Fatal(err)
	}
	h.life.Settle(t)
	h.As(aigul).Moment(t, func(tx *db.Tx) error {
		cards, err := payment.Cards(tx, aigul.Party)
		if err != nil {
			return err
		}
		return agreement.PayWith(tx, saved, string(cards[0].ID))
	})
	h.run(t)
	if a := h.get(t, saved); a.State != agreement.StateActive || len(h.periods(t, a)) != 2 {
		t.Errorf("with another card: %s, %+v", a.State, h.periods(t, a))
	}
	h.dawn(t, 10)
	if a := h.get(t, lost); a.State != agreement.StateEnded {
		t.Errorf("nobody paid: %s", a.State)
	}
	h.stop(t, saved)
}
