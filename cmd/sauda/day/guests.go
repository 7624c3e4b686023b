package day

import (
	"fmt"
)

// price is a sum as the API writes it.
type price struct {
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
}

// errands are what people come for who want no goods, with how many of a thousand do.
var errands = []struct {
	permille int
	visit    func(*visitor) error
}{
	{160, (*visitor).stays},
	{150, (*visitor).travels},
	{120, (*visitor).hasHairCut},
	{80, (*visitor).enrols},
	{110, (*visitor).studies},
	{140, (*visitor).paysBill},
	{50, (*visitor).automates},
	{60, (*visitor).subscribes},
	{50, (*visitor).mindsSubscription},
	{60, (*visitor).wantsTable},
	{20, (*visitor).gives},
}

// errand lets somebody come for a service.
func (v *visitor) errand() error {
	dice := v.chance.IntN(1000)
	for _, e := range errands {
		if dice -= e.permille; dice < 0 {
			return e.visit(v)
		}
	}
	return nil
}

// signs makes the visitor one of the residents.
func (v *visitor) signs() { v.token = v.people[v.chance.IntN(len(v.people))].token }

// basket opens a basket with what was chosen, and gives whether it took it.
func (v *visitor) basket(of, chosen string, quantity int) (bool, error) {
	v.cart = ""
	var opened struct{ ID string }
	if ok, err := v.tell("POST /v1/carts", struct{}{}, &opened); !ok || err != nil {
		return false, err
	}
	v.cart = opened.ID
	return v.tell("POST /v1/carts/"+v.cart+"/lines", map[string]any{"variant_id": of, "quantity": quantity, "answers": map[string]string{"chosen": chosen}}, nil)
}

// takes buys what was chosen, sometimes with goods beside it.
func (v *visitor) takes(of, chosen string) (*bought, error) {
	if ok, err := v.basket(of, chosen, 1); !ok || err != nil {
		return nil, err
	}
	if g := v.goods[v.chance.IntN(len(v.goods))]; v.happens(200) {
		_, err := v.tell("POST /v1/carts/"+v.cart+"/lines", map[string]any{"variant_id": g.variant, "answers": v.answers(g)}, nil)
		if err != nil {
			return nil, err
		}
	}
	return v.order()
}

// chosen is something that can be put into a basket.
type chosen struct {
	ID      string `json:"id"`
	Variant string `json:"variant_id"`
}

// books chooses something of a plan, buys it, and perhaps regrets it.
func (v *visitor) books(of offered, draft map[string]any) error {
	if v.happens(400) {
		v.signs()
	}
	draft["plan_id"] = of.plan
	var c chosen
	if ok, err := v.tell("POST /v1/bookings", draft, &c); !ok || err != nil {
		return err
	}
	b, err := v.takes(of.variant, c.ID)
	if err != nil || b == nil {
		return err
	}
	return v.thinksAgain(b)
}

func (v *visitor) stays() error {
	from := v.chance.IntN(4)
	return v.books(v.stay, map[string]any{"from": v.dayAt(from), "to": v.dayAt(from + 1 + v.chance.IntN(2)), "adults": 1 + v.chance.IntN(3)})
}

func (v *visitor) travels() error {
	var times struct {
		Items []struct {
			ID string `json:"departure_id"`
		}
	}
	line := fmt.Sprintf("GET /v1/booking-plans/%s/times?day=%s", v.tour.plan, v.dayAt(v.chance.IntN(3)))
	if ok, err := v.tell(line, nil, &times); !ok || err != nil || len(times.Items) == 0 {
		return err
	}
	return v.books(v.tour, map[string]any{
		"departure_id": times.Items[v.chance.IntN(len(times.Items))].ID, "adults": 1 + v.chance.IntN(2), "insured": v.happens(300),
	})
}

func (v *visitor) hasHairCut() error {
	return v.books(v.cut, map[string]any{"from": v.dayAt(v.chance.IntN(2)), "minute": 9*60 + 15*v.chance.IntN(42), "adults": 1})
}

// booked is a booking as its buyer sees it.
type booked struct {
	ID, State string
	Back      price
}

// thinksAgain moves what was booked, gives it up, or lets it be.
func (v *visitor) thinksAgain(b *bought) error {
	for v.happens(350) {
		var list struct{ Items []booked }
		if ok, err := v.tell("GET /v1/orders/"+b.id+"/bookings", nil, &list); !ok || err != nil || len(list.Items) == 0 {
			return err
		}
		x := list.Items[0]
		at := "POST /v1/orders/" + b.id + "/bookings/" + x.ID
		switch v.chance.IntN(4) {
		case 0:
			if _, err := v.tell(at+"/cancellation", map[string]any{"back": x.Back, "reason": "ill"}, nil); err != nil {
				return err
			}
		case 1:
			return v.ends(b)
		default:
			if err := v.moves(at+"/change", x); err != nil {
				return err
			}
		}
	}
	return nil
}

// moves changes a booking, and buys the change where it is dearer.
func (v *visitor) moves(line string, x booked) error {
	change := map[string]any{"from": v.dayAt(v.chance.IntN(5))}
	if v.happens(300) {
		change = map[string]any{"adults": 1 + v.chance.IntN(3)}
	}
	var moved struct{ Buy *chosen }
	ok, err := v.tell(line, change, &moved)
	if !ok || err != nil || moved.Buy == nil || v.happens(200) {
		return err
	}
	_, err = v.takes(moved.Buy.Variant, moved.Buy.ID)
	return err
}

// ends cancels an order as a whole.
func (v *visitor) ends(b *bought) error {
	ok, err := v.tell("POST /v1/orders/"+b.id+"/cancellation", map[string]any{"reason": "changed my mind"}, nil)
	if ok {
		v.today.cancelled++
	}
	return err
}

// enrols asks for a place in a group.
func (v *visitor) enrols() error {
	v.signs()
	_, err := v.tell("POST /v1/groups/"+v.groups[v.chance.IntN(len(v.groups))]+"/enrolments", map[string]any{"student": "Дана", "birth": "1990-04-01", "agrees": true}, nil)
	return err
}

// study is an enrolment as its buyer sees it.
type study struct {
	ID, State string
	Payments  []struct{ ID, State string }
	Back      price `json:"goes_back"`
	Owed      price `json:"owed"`
}

// studies takes an offered place, pays a part that is due, or leaves.
func (v *visitor) studies() error {
	v.signs()
	var list struct{ Items []struct{ ID string } }
	if ok, err := v.tell("GET /v1/me/enrolments", nil, &list); !ok || err != nil || len(list.Items) == 0 {
		return err
	}
	var s study
	if ok, err := v.tell("GET /v1/enrolments/"+list.Items[v.chance.IntN(min(6, len(list.Items)))].ID, nil, &s); !ok || err != nil {
		return err
	}
	switch {
	case s.State == "offered":
		b, err := v.takes(v.taught.variant, s.ID)
		if err != nil || b == nil || !v.happens(100) {
			return err
		}
		return v.ends(b)
	case s.State == "studying" && v.happens(250):
		_, err := v.tell("POST /v1/enrolments/"+s.ID+"/departure", map[string]any{"goes_back": s.Back, "owed": s.Owed, "reason": "I move"}, nil)
		return err
	}
	for _, d := range s.Payments {
		if d.State == "open" {
			b, err := v.takes(v.taught.variant, d.ID)
			if err != nil || b == nil || !v.happens(60) {
				return err
			}
			return v.ends(b)
		}
	}
	return nil
}

// account is a personal account of a provider.
type account struct {
	ID    string
	Owed  price
	Lines []struct {
		Code     string
		Sum      price
		Editable bool
	}
}

// finds looks for an account by its number at one of the providers.
func (v *visitor) finds() (a account, ok bool, err error) {
	provider, number := centre, flat(v.chance.IntN(flats))
	if v.happens(400) {
		provider, number = telecom, contract(v.chance.IntN(contracts))
	}
	ok, err = v.tell("POST /v1/bill-accounts", map[string]string{"provider": provider, "number": number}, &a)
	return a, ok, err
}

// paysBill pays what some account owes, or another sum where a line can be changed.
func (v *visitor) paysBill() error {
	if v.happens(500) {
		v.signs()
	}
	a, ok, err := v.finds()
	if !ok || err != nil {
		return err
	}
	sums := []map[string]any{}
	for _, l := range a.Lines {
		if l.Editable && v.happens(300) {
			sums = append(sums, map[string]any{"code": l.Code, "amount": max(l.Sum.Amount/2, 1_000)})
		}
	}
	var c chosen
	if ok, err := v.tell("POST /v1/bill-accounts/"+a.ID+"/choices", map[string]any{"sums": sums}, &c); !ok || err != nil {
		return err
	}
	b, err := v.takes(c.Variant, c.ID)
	if err != nil || b == nil || !v.happens(100) {
		return err
	}
	return v.ends(b)
}

// automates has an account paid by itself from tomorrow on, or ends it.
func (v *visitor) automates() error {
	v.signs()
	a, ok, err := v.finds()
	if !ok || err != nil {
		return err
	}
	at := "/v1/me/bill-accounts/" + a.ID
	if v.happens(250) {
		_, err := v.tell("DELETE "+at+"/autopay", nil, nil)
		return err
	}
	if ok, err := v.tell("PUT "+at, map[string]string{"name": "Home"}, nil); !ok || err != nil {
		return err
	}
	var kept struct{ Items []struct{ ID string } }
	if ok, err := v.tell("GET /v1/me/cards", nil, &kept); !ok || err != nil || len(kept.Items) == 0 {
		return err
	}
	_, _, day := v.dayAt(1).Date()
	_, err = v.tell("PUT "+at+"/autopay", map[string]any{
		"card": kept.Items[v.chance.IntN(len(kept.Items))].ID, "day": min(day, 28), "bill_limit": 900_000, "month_limit": 1_500_000,
	}, nil)
	return err
}

// subscribes agrees to have something again and again.
func (v *visitor) subscribes() error {
	v.signs()
	of, every, many := v.club, "week", 1
	if v.happens(400) {
		of, many = v.box, 1+v.chance.IntN(3)
	}
	var agreed struct{ Choice string }
	if ok, err := v.tell("POST /v1/me/subscriptions", map[string]any{
		"product_id": of.product, "variant_id": of.variant, "quantity": many, "every": every,
	}, &agreed); !ok || err != nil {
		return err
	}
	if ok, err := v.basket(of.variant, agreed.Choice, many); !ok || err != nil {
		return err
	}
	if _, err := v.sends(); err != nil {
		return err
	}
	_, _, err := v.pays(map[string]any{"method": "card", "token": cards[v.chance.IntN(len(cards))], "keep_card": true, "mandate": "kk", "return_url": "/back"})
	return err
}

// mindsSubscription changes one of what the visitor has subscribed to.
func (v *visitor) mindsSubscription() error {
	v.signs()
	var list struct{ Items []struct{ ID, State string } }
	if ok, err := v.tell("GET /v1/me/subscriptions", nil, &list); !ok || err != nil || len(list.Items) == 0 {
		return err
	}
	s := list.Items[v.chance.IntN(len(list.Items))]
	at := "/v1/subscriptions/" + s.ID
	var err error
	switch v.chance.IntN(5) {
	case 0:
		_, err = v.tell("POST "+at+"/skip", struct{}{}, nil)
	case 1:
		_, err = v.tell("PUT "+at+"/pause", struct{}{}, nil)
	case 2:
		_, err = v.tell("DELETE "+at+"/pause", nil, nil)
	case 3:
		_, err = v.tell("PUT "+at+"/terms", map[string]any{"quantity": 1 + v.chance.IntN(3), "every": "week", "if_sold_out": "skip"}, nil)
	default:
		_, err = v.tell("POST "+at+"/end", struct{}{}, nil)
	}
	return err
}

// estimated is what a buyer sees of a price that he has asked for.
type estimated struct {
	ID, State, Rest, Chosen string
	Offer                   struct{ Price price }
}

// wantsTable asks what a table costs, takes the price, or pays what is left of it.
func (v *visitor) wantsTable() error {
	v.signs()
	var list struct{ Items []estimated }
	if ok, err := v.tell("GET /v1/me/estimates", nil, &list); !ok || err != nil {
		return err
	}
	for _, e := range list.Items {
		if e.State == "answered" && v.happens(100) {
			_, err := v.tell("DELETE /v1/estimates/"+e.ID, nil, nil)
			return err
		}
		if e.State == "answered" {
			ok, err := v.tell("POST /v1/estimates/"+e.ID+"/acceptance", map[string]any{"price": e.Offer.Price}, &e)
			if !ok || err != nil {
				return err
			}
		}
		if e.Chosen == "" {
			continue
		}
		b, err := v.takes(v.table.variant, e.Chosen)
		if err != nil || b == nil || !v.happens(150) {
			return err
		}
		return v.ends(b)
	}
	_, err := v.tell("POST /v1/estimates", map[string]any{"product_id": v.table.product, "answers": map[string]string{"width": fmt.Sprint(60 + v.chance.IntN(200))}}, nil)
	return err
}

// gives buys a certificate for somebody.
func (v *visitor) gives() error {
	var g chosen
	ok, err := v.tell("POST /v1/gifts", map[string]any{"variant_id": v.gift.variant, "to": map[string]string{"name": "Айгүл", "email": "aigul@example.kz"}}, &g)
	if !ok || err != nil {
		return err
	}
	b, err := v.takes(v.gift.variant, g.ID)
	if err != nil || b == nil || !v.happens(200) {
		return err
	}
	return v.ends(b)
}

// laysGift lets a certificate pay, whose code the visitor was sent.
func (v *visitor) laysGift() error {
	v.codes.Lock()
	all := v.letterCodes
	v.codes.Unlock()
	if len(all) == 0 {
		return nil
	}
	_, err := v.tell("PUT /v1/carts/"+v.cart+"/gift", map[string]string{"code": all[v.chance.IntN(len(all))]}, nil)
	return err
}
