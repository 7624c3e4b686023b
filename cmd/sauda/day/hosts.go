package day

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"sauda/core/course"
	"sauda/core/seller"
	"sauda/core/utility/billersim"
	"sauda/core/workshop"
	"sauda/gear/db"
)

func contract(n int) string { return fmt.Sprint(7_000_000 + n) }

// phones opens the telecom, which outlives the house.
func (t *town) phones(ctx context.Context) (err error) {
	owed := map[string]billersim.Account{}
	for n := range contracts - 1 { // The last one is not known there.
		owed[contract(n)] = billersim.Account{Holder: "A", Owed: int64(100_000 + 77_777*n)}
	}
	t.lines, err = billersim.New(billersim.Config{Dialect: "osmp", User: "house", Password: password, Least: 100, Now: t.clock.now}, owed)
	if err != nil {
		return err
	}
	t.at[2], err = t.open(ctx, t.lines)
	return err
}

// wires bring what the house asks the telecom.
type wires struct{ to string }

// RoundTrip implements http.RoundTripper.
func (w wires) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.URL.Host != telecom+".test" {
		return nil, errNobody
	}
	sent := request.Clone(request.Context())
	sent.URL.Host, sent.Host = strings.TrimPrefix(w.to, "http://"), ""
	return http.DefaultTransport.RoundTrip(sent)
}

// hosts is when the staff looks after services: the door, the school, the workshop, and what is called off; the bank pays meanwhile.
func (t *town) hosts(ctx context.Context) error {
	for _, task := range []func(context.Context) error{t.receivesAll, t.decidesPlaces, t.answersWishes, t.works, t.bankPays} {
		if err := task(ctx); err != nil {
			return err
		}
	}
	if t.happens(60) {
		return t.callsGroupOff(ctx)
	}
	if t.happens(80) {
		return t.callsDepartureOff(ctx)
	}
	return nil
}

// coming is a booking as who receives people sees it.
type coming struct {
	ID, State, Code string
	Order           string `json:"order_id"`
	Plan            string `json:"plan_id"`
	Label           map[string]string
}

// board is who comes today and tomorrow.
func (t *town) board(ctx context.Context) (all struct {
	Bookings   []coming
	Departures []struct {
		ID   string
		Plan string `json:"plan_id"`
		Open bool
	}
}, err error) {
	err = t.office(ctx, "GET /v1/office/booking-board?days=2", nil, &all)
	return all, err
}

// receivesAll lets in who comes, some twice, sees off who goes, notes who has not come, and moves somebody.
func (t *town) receivesAll(ctx context.Context) error {
	all, err := t.board(ctx)
	if err != nil {
		return err
	}
	for _, b := range all.Bookings {
		at, body := "", any(struct{}{})
		switch dice := t.chance.IntN(1000); {
		case b.State == "booked" && dice < 350, b.State == "in" && dice < 40:
			at, body = "POST /v1/office/booking-door", map[string]string{"ticket": b.Code}
		case b.State == "booked" && dice < 450:
			at, body = "PUT /v1/office/bookings/"+b.ID+"/end", map[string]bool{"missed": true}
		case b.State == "booked" && dice < 490:
			at, body = "POST /v1/office/bookings/"+b.ID+"/move", map[string]any{"from": t.dayAt(1 + t.chance.IntN(3))}
		case b.State == "booked" && dice < 510:
			if err := t.sendsAway(ctx, b); err != nil {
				return err
			}
			continue
		case b.State == "in" && dice < 400:
			at = "PUT /v1/office/bookings/" + b.ID + "/end"
		default:
			continue
		}
		if _, err := t.attempt(ctx, at, body, nil); err != nil {
			return err
		}
	}
	return nil
}

// sendsAway cancels what somebody has booked, which the seller cannot keep: all of the money goes back.
func (t *town) sendsAway(ctx context.Context, b coming) error {
	var list struct{ Items []booked }
	if ok, err := t.attempt(ctx, "GET /v1/orders/"+b.Order+"/bookings", nil, &list); !ok || err != nil {
		return err
	}
	for _, x := range list.Items {
		if x.ID != b.ID {
			continue
		}
		_, err := t.attempt(ctx, "POST /v1/orders/"+b.Order+"/bookings/"+b.ID+"/cancellation", map[string]any{"back": x.Back, "reason": "the bus is broken"}, nil)
		return err
	}
	return nil
}

// callsDepartureOff closes a departure, and sends all away who have a seat of it.
func (t *town) callsDepartureOff(ctx context.Context) error {
	all, err := t.board(ctx)
	if err != nil || len(all.Departures) == 0 {
		return err
	}
	d := all.Departures[t.chance.IntN(len(all.Departures))]
	if _, err := t.attempt(ctx, "PUT /v1/office/booking-plans/"+d.Plan+"/departures/"+d.ID, map[string]any{"seats": 0, "open": false}, nil); err != nil {
		return err
	}
	t.today.calledOff++
	for _, b := range all.Bookings {
		if b.Plan == d.Plan && b.State == "booked" {
			if err := t.sendsAway(ctx, b); err != nil {
				return err
			}
		}
	}
	return nil
}

// decidesPlaces offers places to who has asked, with or without something taken off, and refuses some.
func (t *town) decidesPlaces(ctx context.Context) error {
	var list struct {
		Items []struct {
			ID      string
			Version int64
		}
	}
	if err := t.office(ctx, "GET /v1/office/applications", nil, &list); err != nil {
		return err
	}
	for _, e := range list.Items {
		decision := map[string]any{"version": e.Version, "offer": true}
		if t.happens(150) {
			decision = map[string]any{"version": e.Version, "offer": false, "reason": "too young"}
		} else if t.happens(200) {
			decision["scholarship"], decision["reason"] = 123_457, "won the olympiad"
		}
		if _, err := t.attempt(ctx, "PUT /v1/office/applications/"+e.ID+"/decision", decision, nil); err != nil {
			return err
		}
	}
	return nil
}

// callsGroupOff ends a group; two are left.
func (t *town) callsGroupOff(ctx context.Context) error {
	if len(t.groups) <= 2 {
		return nil
	}
	id := course.CohortID(t.groups[0])
	t.groups = t.groups[1:]
	t.today.calledOff++
	return t.moment(ctx, func(tx *db.Tx) error {
		c, err := course.GetCohort(tx, id)
		if err == nil {
			_, err = course.CallOff(tx, id, c.Version, "the teacher is ill")
		}
		return err
	})
}

// answersWishes names a price for what is asked to be made, or refuses to make it.
func (t *town) answersWishes(ctx context.Context) error {
	var list struct {
		Items []struct {
			ID      string
			Version int64
		}
	}
	if err := t.office(ctx, "GET /v1/office/estimates?state=asked", nil, &list); err != nil {
		return err
	}
	for _, e := range list.Items {
		at, body := "/answer", map[string]any{
			"version": e.Version, "price": price{int64(2_000_001 + 1_234*t.chance.IntN(900)), "KZT"}, "included": "oak", "days": 1 + t.chance.IntN(9),
			"deposit": []int{0, 30, 33, 100}[t.chance.IntN(4)], "valid_to": t.dayAt(t.chance.IntN(3)),
		}
		if t.happens(100) {
			at, body = "/refusal", map[string]any{"version": e.Version, "reason": "no oak"}
		}
		if _, err := t.attempt(ctx, "PUT /v1/office/estimates/"+e.ID+at, body, nil); err != nil {
			return err
		}
	}
	return nil
}

// works finishes a stage of what is made, or all that are left.
func (t *town) works(ctx context.Context) error {
	var jobs []workshop.Job
	if err := t.moment(ctx, func(tx *db.Tx) (err error) {
		jobs, err = workshop.List(tx, workshop.Filter{Seller: string(seller.Own), State: workshop.StateMaking})
		return err
	}); err != nil {
		return err
	}
	for _, j := range jobs {
		whole := t.happens(400)
		if err := t.moment(ctx, func(tx *db.Tx) error {
			j, err := workshop.Get(tx, j.Key)
			for n := range j.Stages {
				if err != nil || !j.Stages[n].Done.IsZero() {
					continue
				}
				if j, err = workshop.Finish(tx, j.Key, j.Version, workshop.Progress{Stage: n}); !whole {
					break
				}
			}
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// bankPays tells of a payment for a flat, often twice: its customers pay the same bills as those of the shop.
func (t *town) bankPays(ctx context.Context) error {
	txn := fmt.Sprint(1_000_000_000 + t.chance.Int64N(1_000_000_000))
	sum := int64(10_000 + t.chance.IntN(100_000))
	target := fmt.Sprintf("/biller/kaspi/%s?command=pay&txn_id=%s&account=%s&sum=%d.%02d&txn_date=%s", centre, txn, flat(t.chance.IntN(flats)), sum/100, sum%100,
		t.clock.now().Format("20060102150405"))
	for range 1 + t.chance.IntN(2) {
		l, err := t.alive(ctx)
		if err != nil {
			return err
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
		if err != nil {
			return err
		}
		request.RequestURI, request.RemoteAddr, request.Host = target, "192.0.2.9:4711", "house"
		request.SetBasicAuth(bank, password)
		w := newAnswer()
		if !l.within(func() { l.house.Handler().ServeHTTP(w, request) }) {
			continue
		}
		var said struct{ Result int }
		if err := json.Unmarshal(w.body.Bytes(), &said); err != nil {
			return fmt.Errorf("the bank cannot read %q: %w", w.body.String(), err)
		}
		if said.Result == 0 {
			t.banked[txn] = sum
		}
	}
	return t.calm(ctx)
}

// lineTrouble has the telecom lose, lie, refuse and go away.
func (t *town) lineTrouble() bool {
	switch {
	case t.happens(30):
		kinds := []billersim.Kind{billersim.Down, billersim.Lose, billersim.Busy, billersim.Pending, billersim.Lie, billersim.Stray, billersim.Garbage,
			billersim.Refuse, billersim.Again, billersim.Overload}
		t.lines.Next(kinds[t.chance.IntN(len(kinds))], kinds[t.chance.IntN(len(kinds))])
	case t.happens(15):
		t.lines.Away(true)
	case t.happens(100):
		t.lines.Away(false)
		return false
	default:
		return false
	}
	return true
}
