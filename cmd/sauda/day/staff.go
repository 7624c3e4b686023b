package day

import (
	"context"
	"fmt"
	"net/url"
	"strings"
)

// furnish fills the shelves of a fresh house: what a shopkeeper does in the office before the doors open.
func (t *town) furnish(ctx context.Context) error {
	if err := t.signIn(ctx); err != nil {
		return err
	}
	var category struct{ ID string }
	if err := t.office(ctx, "POST /v1/office/categories", map[string]any{"name": map[string]string{"kk": "Бәрі", "ru": "Всё", "en": "All"}}, &category); err != nil {
		return err
	}
	for n := range products {
		var p struct {
			ID       string
			Variants []struct{ ID string }
		}
		draft := map[string]any{
			"category": category.ID, "state": "on_sale",
			"name":     map[string]string{"kk": fmt.Sprintf("Тауар %d", n), "ru": fmt.Sprintf("Товар %d", n), "en": fmt.Sprintf("Thing %d", n)},
			"variants": []map[string]any{{"sku": fmt.Sprintf("T-%03d", n), "tracking": "tracked", "mass_g": 100 + 50*n}},
		}
		if n%10 == 9 { // A service: there is always enough of it.
			draft["variants"] = []map[string]any{{"sku": fmt.Sprintf("T-%03d", n), "tracking": "untracked"}}
		}
		if err := t.office(ctx, "POST /v1/office/products", draft, &p); err != nil {
			return err
		}
		t.goods = append(t.goods, good{product: p.ID, variant: p.Variants[0].ID, price: int64(100_000 + 12_345*n)})
	}
	if err := t.kinds(ctx, category.ID); err != nil {
		return err
	}
	for n := range t.goods {
		if err := t.prices(ctx, n); err != nil {
			return err
		}
		if err := t.receives(ctx, n, 40); err != nil {
			return err
		}
	}
	if err := t.serves(ctx, category.ID); err != nil {
		return err
	}
	return t.promotes(ctx)
}

// products are few, so that things run out.
const products = 30

// signIn begins a session of the administrator.
func (t *town) signIn(ctx context.Context) error {
	var session struct{ Token string }
	err := t.must(ctx, talk{
		line: "POST /v1/sessions", body: map[string]string{"email": "admin@sauda.localhost", "password": password}, into: &session,
	})
	t.token = session.Token
	return err
}

// office is a request of the staff that has no reason to fail.
func (t *town) office(ctx context.Context, line string, body, into any) error {
	return t.must(ctx, talk{line: line, token: t.token, body: body, into: into})
}

// tries something in the office that may be refused.
func (t *town) attempt(ctx context.Context, line string, body, into any) (bool, error) {
	status, err := t.ask(ctx, talk{line: line, token: t.token, body: body, into: into})
	return status/100 == 2, err
}

func (t *town) prices(ctx context.Context, n int) error {
	g := t.goods[n]
	return t.office(ctx, "PUT /v1/office/prices", map[string]any{"prices": []map[string]any{{"variant_id": g.variant, "amount": g.price}}}, nil)
}

// receives puts goods on the shelf; what is not counted needs none.
func (t *town) receives(ctx context.Context, n, many int) error {
	if n%10 == 9 || n >= products {
		return nil
	}
	return t.office(ctx, "POST /v1/office/receipts", map[string]any{
		"variant_id": t.goods[n].variant, "quantity": many, "cause": fmt.Sprintf("delivery note %d", t.chance.IntN(1_000_000)),
	}, nil)
}

// morning is when goods come in and prices change.
func (t *town) morning(ctx context.Context) error {
	if err := t.signIn(ctx); err != nil {
		return err
	}
	if err := t.signsPeopleIn(ctx); err != nil {
		return err
	}
	for range 1 + t.plan.Buyers/10 {
		if err := t.receives(ctx, t.chance.IntN(len(t.goods)), 5+t.chance.IntN(30)); err != nil {
			return err
		}
	}
	for range 3 {
		n := t.chance.IntN(len(t.goods))
		t.goods[n].price += int64(t.chance.IntN(20_000) - 10_000)
		if err := t.prices(ctx, n); err != nil {
			return err
		}
	}
	return t.counts(ctx)
}

// counts finds that something was stolen from one shelf.
func (t *town) counts(ctx context.Context) error {
	g := t.goods[10*t.chance.IntN(products/10)]
	var stock struct {
		Items []struct {
			OnHand int64 `json:"on_hand"`
			Left   int64 `json:"left"`
		}
	}
	if err := t.office(ctx, "GET /v1/office/stock?variant_id="+url.QueryEscape(g.variant), nil, &stock); err != nil {
		return err
	}
	if len(stock.Items) == 0 || stock.Items[0].Left < 1 {
		return nil
	}
	_, err := t.attempt(ctx, "PUT /v1/office/stock", map[string]any{
		"counts": []map[string]any{{"variant_id": g.variant, "quantity": stock.Items[0].OnHand - 1}}, "cause": "count",
	}, nil)
	return err
}

// staffHour is when the staff looks at what is to be done: pack, book again or call off what a carrier refused, hand over, bring, decide about what came back, take back, be kind.
func (t *town) staffHour(ctx context.Context) error {
	if err := t.rest(ctx); err != nil {
		return err
	}
	for _, task := range []func(context.Context) error{t.packs, t.callsOff, t.handsOver, t.brings, t.decides, t.takesBack, t.hosts} {
		if err := task(ctx); err != nil {
			return err
		}
	}
	return nil
}

// listed is an order in a list of the office.
type listed struct {
	ID     string
	Method string `json:"payment_method"`
}

// shown is an order as the office sees it.
type shown struct {
	ID        string
	Owed      struct{ Amount int64 }
	Payments  []struct{ Method string }
	Shipments []parcel
}

// parcel is a shipment as the office sees it.
type parcel struct{ ID, State, Carrier string }

// some gives the orders in a state, at most so many.
func (t *town) some(ctx context.Context, state string, most int) ([]listed, error) {
	var list struct{ Items []listed }
	err := t.office(ctx, fmt.Sprintf("GET /v1/office/orders?limit=%d&state=%s", most, state), nil, &list)
	return list.Items, err
}

// packs puts most of what was ordered into parcels.
func (t *town) packs(ctx context.Context) error {
	for _, state := range []string{"placed", "packing", "partly_shipped"} {
		found, err := t.some(ctx, state, 40)
		if err != nil {
			return err
		}
		for _, o := range found {
			if t.happens(200) {
				continue
			}
			if _, err := t.attempt(ctx, "POST /v1/office/orders/"+o.ID+"/shipments", struct{}{}, nil); err != nil {
				return err
			}
		}
	}
	return t.rest(ctx) // The carrier is booked meanwhile.
}

// callsOff books again what a carrier refused, or calls it off, as it does with a few other parcels; what is unpacked is
// packed again the next time.
func (t *town) callsOff(ctx context.Context) error {
	for _, state := range []string{"packing", "packed"} {
		err := t.each(ctx, state, func(s parcel) error {
			line := "POST /v1/office/shipments/" + s.ID + "/call-off"
			switch {
			case s.State == "refused" && t.happens(700):
				line = "POST /v1/office/shipments/" + s.ID + "/bookings"
			case s.State == "refused", (s.State == "prepared" || s.State == "booked") && t.happens(60):
			default:
				return nil
			}
			ok, err := t.attempt(ctx, line, struct{}{}, nil)
			if ok && strings.HasSuffix(line, "/call-off") {
				t.today.calledOff++
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return t.rest(ctx) // The carrier is asked meanwhile.
}

// handsOver lets packed parcels leave.
func (t *town) handsOver(ctx context.Context) error {
	return t.each(ctx, "packed", func(s parcel) error {
		if t.happens(150) {
			return nil
		}
		_, err := t.attempt(ctx, "POST /v1/office/shipments/"+s.ID+"/handover", struct{}{}, nil)
		return err
	})
}

// brings writes down what the shop's own courier has brought.
func (t *town) brings(ctx context.Context) error {
	return t.each(ctx, "shipped", func(s parcel) error {
		if s.Carrier != "" || s.State == "cancelled" || t.happens(300) {
			return nil
		}
		line := "POST /v1/office/shipments/" + s.ID + "/arrival"
		if t.happens(100) { // Nobody opened.
			line = "POST /v1/office/shipments/" + s.ID + "/non-delivery"
		}
		_, err := t.attempt(ctx, line, struct{}{}, nil)
		return err
	})
}

// decides sends again what came back undelivered, or cancels it.
func (t *town) decides(ctx context.Context) error {
	if err := t.rest(ctx); err != nil {
		return err
	}
	back, err := t.some(ctx, "undelivered", 40)
	if err != nil {
		return err
	}
	for _, o := range back {
		line := "POST /v1/office/orders/" + o.ID + "/shipments"
		if t.happens(400) {
			line = "POST /v1/office/orders/" + o.ID + "/cancellation"
		}
		if _, err := t.attempt(ctx, line, struct{}{}, nil); err != nil {
			return err
		}
	}
	return nil
}

// each does something to the shipments of the orders in a state.
func (t *town) each(ctx context.Context, state string, do func(parcel) error) error {
	found, err := t.some(ctx, state, 40)
	if err != nil {
		return err
	}
	for _, o := range found {
		var s shown
		if err := t.office(ctx, "GET /v1/office/orders/"+o.ID, nil, &s); err != nil {
			return err
		}
		for _, p := range s.Shipments {
			if err := do(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// takesBack takes goods back from some buyers, and gives money to others out of goodwill; cash goes back by hand.
func (t *town) takesBack(ctx context.Context) error {
	delivered, err := t.some(ctx, "delivered", 10)
	if err != nil {
		return err
	}
	for _, o := range delivered {
		switch {
		case t.happens(40):
			if err := t.takes(ctx, o); err != nil {
				return err
			}
		case t.happens(30):
			if _, err := t.attempt(ctx, "POST /v1/office/orders/"+o.ID+"/refunds", map[string]any{
				"ref": "kind-" + o.ID, "amount": map[string]any{"amount": 5000, "currency": "KZT"}, "reason": "sorry",
			}, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// takes takes a whole order back.
func (t *town) takes(ctx context.Context, o listed) error {
	ok, err := t.attempt(ctx, "POST /v1/office/orders/"+o.ID+"/returns", map[string]any{"ref": "return-" + o.ID, "reason": "too small"}, nil)
	if err != nil || !ok {
		return err
	}
	t.today.returned++
	if err := t.rest(ctx); err != nil || o.Method == "card" {
		return err
	}
	var s shown
	if err := t.office(ctx, "GET /v1/office/orders/"+o.ID, nil, &s); err != nil || s.Owed.Amount >= 0 {
		return err
	}
	_, err = t.attempt(ctx, "POST /v1/office/orders/"+o.ID+"/refunds", map[string]any{
		"ref": "hand-" + o.ID, "by_hand": true, "amount": map[string]any{"amount": -s.Owed.Amount, "currency": "KZT"},
	}, nil)
	return err
}
