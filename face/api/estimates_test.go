package api_test

import (
	"testing"
	"time"

	"sauda/app/apptest"
	"sauda/core/workshop"
	"sauda/gear/db"
)

// atelier is a house with a table whose price its maker names, and a buyer who wants one.
type atelier struct {
	*apptest.House
	t       *testing.T
	product string
	variant string
	buyer   *apptest.Client
	admin   *apptest.Client
}

func openAtelier(t *testing.T, h *apptest.House) *atelier {
	t.Helper()
	a := &atelier{House: h, t: t, buyer: h.As(h.Registered(t, "aigul@example.kz")), admin: h.Admin(t)}
	a.product, a.variant = product(t, h, "TABLE", 0, map[string]any{"made": map[string]any{"currency": "KZT", "quoted": true, "questions": []any{
		map[string]any{"code": "width", "kind": "number", "label": map[string]any{"kk": "Ені", "ru": "Ширина", "en": "Width"}, "unit": "cm", "least": "30", "greatest": "300"},
	}}})
	return a
}

func (a *atelier) asks() string {
	a.t.Helper()
	e := a.buyer.Do(a.t, 201, "POST", "/v1/estimates", map[string]any{"product_id": a.product, "answers": map[string]any{"width": "140"}, "note": "Of oak"})
	a.Settled(a.t)
	return e.Text("id")
}

// answers names a price of 400 000.01 with a deposit, which stands for a week.
func (a *atelier) answers(id string, deposit int) {
	a.t.Helper()
	e := a.admin.Do(a.t, 200, "GET", "/v1/estimates/"+id, nil)
	a.admin.Do(a.t, 200, "PUT", "/v1/office/estimates/"+id+"/answer", map[string]any{
		"version": e.Number("version"), "price": kzt(400_000_01), "included": "Oak, oil, delivery to the door", "days": 20, "deposit": deposit,
		"valid_to": a.Today().AddDays(7).String(),
	})
	a.Settled(a.t)
}

func kzt(minor int64) map[string]any { return map[string]any{"amount": minor, "currency": "KZT"} }

// put puts what was chosen into a fresh basket.
func (a *atelier) put(status int, chosen string) string {
	a.t.Helper()
	cart := a.buyer.Do(a.t, 201, "POST", "/v1/carts", map[string]any{}).Text("id")
	a.buyer.Do(a.t, status, "POST", "/v1/carts/"+cart+"/lines", map[string]any{"variant_id": a.variant, "answers": map[string]any{"chosen": chosen}})
	return cart
}

// orders accepts an estimate and orders it; it gives the order.
func (a *atelier) orders(id string) string {
	a.t.Helper()
	chosen := a.buyer.Do(a.t, 200, "POST", "/v1/estimates/"+id+"/acceptance", map[string]any{"price": kzt(400_000_01)}).Text("chosen")
	o := ordered(a.t, a.buyer, a.put(201, chosen))
	a.Settled(a.t)
	return o
}

// finishes has everything of an order made.
func (a *atelier) finishes(order string) {
	a.t.Helper()
	a.Moment(a.t, func(tx *db.Tx) error {
		jobs, err := workshop.Of(tx, order)
		for _, j := range jobs {
			for stage := range j.Stages {
				if j, err = workshop.Finish(tx, j.Key, j.Version, workshop.Progress{Stage: stage}); err != nil {
					return err
				}
			}
		}
		return err
	})
	a.Settled(a.t)
}

// rests pays the rest and gives the order of it.
func (a *atelier) rests(id string) string {
	a.t.Helper()
	chosen := a.buyer.Do(a.t, 200, "GET", "/v1/estimates/"+id, nil).Text("chosen")
	cart := a.put(201, chosen)
	a.buyer.Do(a.t, 204, "PUT", "/v1/carts/"+cart+"/contact", map[string]any{"email": "aigul@example.kz", "phone": "+77011234567"})
	o := a.buyer.Do(a.t, 200, "POST", "/v1/carts/"+cart+"/checkout", map[string]any{"method": "card", "token": "tok_ok"}).Text("order.id")
	a.Settled(a.t)
	return o
}

func (a *atelier) restIs(id, want string) {
	a.t.Helper()
	if got := a.buyer.Do(a.t, 200, "GET", "/v1/estimates/"+id, nil).Text("rest"); got != want {
		a.t.Errorf("the rest of %s is %s, want %s", id, got, want)
	}
}

func (a *atelier) refunded(order string) int64 {
	a.t.Helper()
	return a.admin.Do(a.t, 200, "GET", "/v1/orders/"+order, nil).Number("payments.0.refunded.amount")
}

// TestAPriceIsNamedOnce: it is asked for, named, taken at the sum that was seen, ordered once, and lapses.
func TestAPriceIsNamedOnce(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		a := openAtelier(t, h)
		id := a.asks()
		if got := a.put(422, ""); got == "" {
			t.Error("there is no basket")
		}
		a.put(409, id) // Nobody has named a price.
		a.answers(id, 100)
		a.put(409, id) // He has not taken it.
		a.buyer.Do(t, 409, "POST", "/v1/estimates/"+id+"/acceptance", map[string]any{"price": kzt(1)})
		stranger := h.As(h.Registered(t, "other@example.kz"))
		stranger.Do(t, 404, "POST", "/v1/estimates/"+id+"/acceptance", map[string]any{"price": kzt(400_000_01)})
		stranger.Do(t, 404, "GET", "/v1/estimates/"+id, nil)
		o := a.orders(id)
		got := a.buyer.Do(t, 200, "GET", "/v1/orders/"+o, nil)
		if got.Number("lines.0.total.amount") != 400_000_01 || got.Text("lines.0.answers.0.code") != "width" {
			t.Errorf("ordered is %v", got.At("lines.0"))
		}
		a.put(409, id) // It is ordered once.
		a.restIs(id, "none")
		late := a.asks()
		a.answers(late, 0)
		a.buyer.Do(t, 200, "POST", "/v1/estimates/"+late+"/acceptance", map[string]any{"price": kzt(400_000_01)})
		cart := a.put(201, late)
		h.Later(t, 9*24*time.Hour)
		a.buyer.Do(t, 204, "PUT", "/v1/carts/"+cart+"/address", apptest.AlmatyAddress)
		if seen := a.buyer.Do(t, 200, "GET", "/v1/carts/"+cart, nil); seen.Text("notices.0.kind") != "choice_gone" {
			t.Errorf("the basket says %v", seen.At("notices"))
		}
		if state := a.buyer.Do(t, 200, "GET", "/v1/estimates/"+late, nil).Text("state"); state != "lapsed" {
			t.Errorf("it is %s", state)
		}
		h.Sound(t)
	})
}

// TestDepositAndRest: the deposit is paid with the order, the rest when the thing is ready; nothing leaves before, and both are the
// price to the tiyn. What is sent back as defective brings both back.
func TestDepositAndRest(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		a := openAtelier(t, h)
		id := a.asks()
		a.answers(id, 30)
		o := a.orders(id)
		if got := a.buyer.Do(t, 200, "GET", "/v1/orders/"+o, nil).Number("lines.0.total.amount"); got != 120_000_00 {
			t.Errorf("the deposit is %d", got)
		}
		a.restIs(id, "later")
		if code := a.admin.Do(t, 409, "POST", "/v1/office/orders/"+o+"/shipments", map[string]any{}).Code(); code != "estimate.rest" {
			t.Errorf("it is packed before its rest is paid: %s", code)
		}
		a.finishes(o)
		a.restIs(id, "open")
		rest := a.rests(id)
		a.restIs(id, "paid")
		if got := a.buyer.Do(t, 200, "GET", "/v1/orders/"+rest, nil).Number("lines.0.total.amount"); got != 280_000_01 {
			t.Errorf("the rest is %d", got)
		}
		a.put(409, "rst_"+id[len("est_"):]) // It is paid once.
		shipment := a.admin.Do(t, 201, "POST", "/v1/office/orders/"+o+"/shipments", map[string]any{}).Text("items.0.id")
		h.Settled(t)
		a.admin.Do(t, 200, "POST", "/v1/office/shipments/"+shipment+"/handover", nil)
		h.Settled(t)
		a.admin.Do(t, 200, "POST", "/v1/office/shipments/"+shipment+"/arrival", nil)
		h.Settled(t)
		line := a.buyer.Do(t, 200, "GET", "/v1/orders/"+o, nil).Text("lines.0.line")
		a.admin.Do(t, 201, "POST", "/v1/office/orders/"+o+"/returns", map[string]any{"ref": "R-1", "lines": []any{map[string]any{"line": line, "quantity": 1}}})
		h.Settled(t)
		if back := []int64{a.refunded(o), a.refunded(rest)}; back[0] != 120_000_00 || back[1] != 280_000_01 {
			t.Errorf("given back are %v", back)
		}
		h.Sound(t)
	})
}

// TestADepositIsGivenUp: cancelled before the rest is asked for, only the deposit comes back, and nothing is owed; cancelled after
// it was paid, both come back.
func TestADepositIsGivenUp(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		a := openAtelier(t, h)
		early, late := a.asks(), a.asks()
		a.answers(early, 50)
		a.answers(late, 0)
		first := a.orders(early)
		a.buyer.Do(t, 200, "POST", "/v1/orders/"+first+"/cancellation", map[string]any{"reason": "moved"})
		h.Settled(t)
		a.restIs(early, "waived")
		if back := a.refunded(first); back != 200_000_01 { // Half of it, rounded up.
			t.Errorf("of the deposit came back %d", back)
		}
		second := a.orders(late)
		a.finishes(second)
		rest := a.rests(late)
		a.admin.Do(t, 200, "POST", "/v1/orders/"+second+"/cancellation", map[string]any{"reason": "broken"})
		h.Settled(t)
		if back := a.refunded(rest); back != 400_000_01 {
			t.Errorf("of the rest came back %d", back)
		}
		h.Sound(t)
	})
}
