package day

import (
	"context"
	"fmt"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/agreement"
	"sauda/core/catalog"
	"sauda/core/gift"
	"sauda/core/seller"
	"sauda/core/utility"
	"sauda/gear/db"
	"sauda/gear/job"
)

// services are what the house sells beside goods.
type services struct {
	stay, tour, cut offered // stay, tour and cut are booked: nights of rooms, seats of departures, half an hour of a master.
	taught          offered
	groups          []string // groups are open for students.
	club            offered  // club is a membership, and box comes every week.
	box             offered
	table           offered // table is made at a price that its maker names.
	gift            offered
	people          []resident
	banked          map[string]int64 // banked are the sums that the bank was told were taken, by its transactions.

}

// offered is something on offer; plan says how it is booked.
type offered struct{ product, variant, plan string }

// resident has an account in the shop.
type resident struct{ email, token string }

const (
	residents = 8
	flats     = 30 // flats get bills of the centre, so few that a bill is often paid by two at once.
	centre    = "centre"
	telecom   = "telecom"
	contracts = 12
	bank      = "bank"
)

// said is a word in the languages of the pages; the town does not read.
func said(s string) text.Localized { return text.Localized{"kk": s, "ru": s, "en": s} }

// serves puts all services on sale.
func (t *town) serves(ctx context.Context, category string) error {
	t.banked = map[string]int64{}
	for _, opens := range []func(context.Context, string) error{t.receivesGuests, t.drives, t.cuts, t.teaches, t.renews, t.makes, t.bills} {
		if err := opens(ctx, category); err != nil {
			return err
		}
	}
	for n := range residents {
		r := resident{email: fmt.Sprintf("resident%d@example.kz", n)}
		var made struct{ Token string }
		err := t.must(ctx, talk{line: "POST /v1/users", body: map[string]any{"email": r.email, "password": password, "name": "Resident", "lang": "kk"}, into: &made})
		if err != nil {
			return err
		}
		r.token = made.Token
		t.people = append(t.people, r)
	}
	return nil
}

// signsPeopleIn begins the sessions of the residents for a day.
func (t *town) signsPeopleIn(ctx context.Context) error {
	for n := range t.people {
		var session struct{ Token string }
		err := t.must(ctx, talk{line: "POST /v1/sessions", body: map[string]string{"email": t.people[n].email, "password": password}, into: &session})
		if err != nil {
			return err
		}
		t.people[n].token = session.Token
	}
	return nil
}

// sells puts a product with one variant on sale.
func (t *town) sells(ctx context.Context, category, sku string, kind map[string]any) (offered, error) {
	var p struct {
		ID       string
		Variants []struct{ ID string }
	}
	err := t.office(ctx, "POST /v1/office/products", map[string]any{
		"category": category, "state": "on_sale", "name": said(sku), "kind": kind, "tax_class": "exempt",
		"variants": []map[string]any{{"sku": sku, "tracking": "untracked"}},
	}, &p)
	if err != nil {
		return offered{}, err
	}
	return offered{product: p.ID, variant: p.Variants[0].ID}, nil
}

func byWay(way string) map[string]any {
	return map[string]any{"service": map[string]any{"way": way}}
}

// dayAt is a day of the town, so many days from now.
func (t *town) dayAt(days int) span.Day { return span.DayOf(t.clock.now(), span.Almaty).AddDays(days) }

// plans puts a plan down.
func (t *town) plans(ctx context.Context, of *offered, form string, extra, terms map[string]any) error {
	terms["currency"] = "KZT"
	body := map[string]any{
		"product_id": of.product, "variant_id": of.variant, "form": form, "name": said(form), "place": said("Almaty"), "zone": "Asia/Almaty", "terms": terms,
	}
	for key, value := range extra {
		body[key] = value
	}
	var p struct{ ID string }
	err := t.office(ctx, "POST /v1/office/booking-plans", body, &p)
	of.plan = p.ID
	return err
}

// receivesGuests opens a guest house of three rooms, one of which may be overbooked.
func (t *town) receivesGuests(ctx context.Context, category string) (err error) {
	if t.stay, err = t.sells(ctx, category, "ROOM", byWay("booking")); err != nil {
		return err
	}
	var r struct{ ID string }
	if err = t.office(ctx, "POST /v1/office/booking-resources", map[string]any{
		"grain": "day", "zone": "Asia/Almaty", "name": said("Room"), "units": 3, "beyond": 1, "ahead": 40,
	}, &r); err != nil {
		return err
	}
	return t.plans(ctx, &t.stay, "nights", map[string]any{"needs": []map[string]any{{"resource": r.ID, "per": "unit"}}}, map[string]any{
		"base": 2_000_033, "people_max": 3, "extra": 150_001, "included": 1, "no_show": 700_000, "change_fee": 10_007,
		"seasons": []map[string]any{{"name": said("Dear"), "days": map[string]any{"from": t.dayAt(2), "to": t.dayAt(4)}, "base": 3_100_041}},
		"tax":     map[string]any{"name": said("Tax"), "amount": 4_321, "always": true},
		"back":    []map[string]any{{"days": 2, "share": 1_000_000}, {"days": 1, "share": 333_333}},
	})
}

// drives puts two departures a day down, of few seats.
func (t *town) drives(ctx context.Context, category string) (err error) {
	if t.tour, err = t.sells(ctx, category, "TOUR", byWay("booking")); err != nil {
		return err
	}
	if err = t.plans(ctx, &t.tour, "departure", nil, map[string]any{
		"by_person": true, "base": 1_800_000, "people_max": 4, "minutes": 240, "no_show": 1_000_000, "back": []map[string]any{{"days": 0, "share": 500_000}},
		"insurance": map[string]any{"name": said("Insurance"), "amount": 50_000},
	}); err != nil {
		return err
	}
	days := make([]span.Day, t.plan.Days+3)
	for n := range days {
		days[n] = t.dayAt(n)
	}
	for _, minute := range []int{11 * 60, 16 * 60} {
		err = t.office(ctx, "POST /v1/office/booking-plans/"+t.tour.plan+"/departures", map[string]any{"days": days, "minute": minute, "seats": 5}, nil)
		if err != nil {
			return err
		}
	}
	return nil
}

// cuts has one master, who works all days.
func (t *town) cuts(ctx context.Context, category string) (err error) {
	if t.cut, err = t.sells(ctx, category, "CUT", byWay("booking")); err != nil {
		return err
	}
	var hours []map[string]any
	for day := range 7 {
		hours = append(hours, map[string]any{"weekday": day, "from": 9 * 60, "to": 20 * 60})
	}
	var r struct{ ID string }
	if err = t.office(ctx, "POST /v1/office/booking-resources", map[string]any{
		"grain": "quarter", "zone": "Asia/Almaty", "name": said("Master"), "units": 1, "ahead": 20, "hours": hours,
	}, &r); err != nil {
		return err
	}
	return t.plans(ctx, &t.cut, "slot", map[string]any{"staff": []string{r.ID}}, map[string]any{
		"base": 700_000, "people_max": 1, "minutes": 30, "no_show": 500_000, "back": []map[string]any{{"days": 0, "share": 1_000_000}},
	})
}

// teaches opens groups of few places with a lesson a day, paid in three parts; who enters one of them is decided by the school.
func (t *town) teaches(ctx context.Context, category string) (err error) {
	if t.taught, err = t.sells(ctx, category, "COURSE", byWay("course")); err != nil {
		return err
	}
	err = t.office(ctx, "PUT /v1/office/prices", map[string]any{"prices": []map[string]any{{"variant_id": t.taught.variant, "amount": 0}}}, nil)
	if err != nil {
		return err
	}
	var c struct{ ID string }
	if err = t.office(ctx, "POST /v1/office/courses", map[string]any{
		"product_id": t.taught.product, "name": said("Kazakh"), "state": "shown", "approval": true, "access_days": 10,
		"plan": []map[string]any{{"share": 400_000, "after_days": 0}, {"share": 350_001, "after_days": 1}, {"share": 249_999, "after_days": 2}},
	}, &c); err != nil {
		return err
	}
	var daily []map[string]any
	for day := range 7 {
		daily = append(daily, map[string]any{"weekday": day, "at": "13:00", "minutes": 60})
	}
	for n := range 4 {
		var g struct{ ID string }
		if err = t.office(ctx, "POST /v1/office/courses/"+c.ID+"/groups", map[string]any{
			"from": t.dayAt(0), "to": t.dayAt(2 + t.plan.Days), "zone": "Asia/Almaty", "timetable": daily, "places": 3 + n,
			"price": map[string]any{"amount": 3_000_031, "currency": "KZT"},
		}, &g); err != nil {
			return err
		}
		t.groups = append(t.groups, g.ID)
	}
	return nil
}

// renews has a thing that comes every week, and a club whose first day is a trial.
func (t *town) renews(ctx context.Context, category string) (err error) {
	if t.club, err = t.sells(ctx, category, "CLUB", byWay(agreement.WayName)); err != nil {
		return err
	}
	if t.gift, err = t.sells(ctx, category, "GIFT", byWay(gift.WayName)); err != nil {
		return err
	}
	t.box = offered{product: t.goods[0].product, variant: t.goods[0].variant}
	if err = t.office(ctx, "PUT /v1/office/prices", map[string]any{"prices": []map[string]any{
		{"variant_id": t.club.variant, "amount": 400_003}, {"variant_id": t.gift.variant, "amount": 300_000},
	}}, nil); err != nil {
		return err
	}
	return t.moment(ctx, func(tx *db.Tx) error {
		for of, body := range map[string]agreement.PlanBody{
			t.club.product: {Rhythms: []agreement.Every{agreement.EveryWeek, agreement.EveryMonth}, Trial: &agreement.Trial{Days: 1, Price: money.Of(50_000, money.KZT)}},
			t.box.product:  {Rhythms: []agreement.Every{agreement.EveryWeek, agreement.EveryTwoWeeks}, Share: money.Percent(10), Months: 2},
		} {
			if err := agreement.Set(tx, agreement.Plan{Product: catalog.ProductID(of), Seller: string(seller.Own), Offered: true, PlanBody: body}); err != nil {
				return err
			}
		}
		return nil
	})
}

// makes has tables made by their width.
func (t *town) makes(ctx context.Context, category string) (err error) {
	t.table, err = t.sells(ctx, category, "TABLE", map[string]any{"made": map[string]any{"currency": "KZT", "quoted": true, "questions": []map[string]any{
		{"code": "width", "kind": "number", "label": said("Width"), "unit": "CMT", "least": "60", "greatest": "300"},
	}}})
	return err
}

// bills opens a centre that keeps its books in the house, and a telecom that keeps them elsewhere.
func (t *town) bills(ctx context.Context, category string) error {
	return t.moment(ctx, func(tx *db.Tx) error {
		here, there := utility.Provider{
			Seller: seller.Own, Code: centre, Kind: utility.KindCentre, Name: said("Centre"), Currency: money.KZT, DueDay: 25, SumMin: 100, SumMax: 100_000_00,
			Services: []utility.Service{
				{Code: "waste", Name: said("Waste"), Tariffs: fixed(612_3300)}, {Code: "intercom", Name: said("Intercom"), Editable: true, Tariffs: fixed(450_0000)},
			},
			Peers: []utility.Peer{{Name: bank, Dialect: "kaspi", Secret: utility.SecretOf(password)}},
		}, utility.Provider{
			Seller: seller.Own, Code: telecom, Kind: utility.KindTelecom, Name: said("Telecom"), Currency: money.KZT, DueDay: 25, SumMin: 100, SumMax: 100_000_00,
		}
		remote, err := utility.Remote{Dialect: "osmp", URL: "http://" + telecom + ".test/pay", User: "house"}.Seal(t.life.Load().house.Desk.Keys, telecom, password)
		if err != nil {
			return err
		}
		there.Remote = &remote
		for _, p := range []utility.Provider{here, there} {
			if p, err = utility.Register(tx, p); err != nil {
				return err
			}
			if p, err = utility.Sell(tx, p, catalog.CategoryID(category)); err != nil {
				return err
			}
			if p.Remote != nil {
				continue
			}
			var some []utility.Account
			for n := range flats {
				some = append(some, utility.Account{Number: flat(n), Holder: "A", Address: "B", People: int64(1 + n%4), Area: measure.Of(int64(30 + n))})
			}
			if _, err = utility.OpenMany(tx, p, some); err != nil {
				return err
			}
			if _, err = utility.Begin(tx, p, utility.MonthOf(span.DayOf(tx.Now(), span.Almaty))); err != nil {
				return err
			}
			if _, err = utility.Issue(tx, flats+1); err != nil {
				return err
			}
		}
		return nil
	})
}

func fixed(price utility.Price) []utility.Tariff {
	return []utility.Tariff{{From: span.MustDay("2026-01-01"), Base: utility.BaseFixed, Steps: []utility.Step{{Price: price}}}}
}

func flat(n int) string { return fmt.Sprint(1_000_000 + n) }

// moment is what somebody of the house does by its pages, for which programs have no way.
func (t *town) moment(ctx context.Context, do func(*db.Tx) error) error {
	l, err := t.alive(ctx)
	if err != nil {
		return err
	}
	err = job.Once(ctx, l.house.Store, db.System, do)
	if f := fault.Of(err); err != nil && f != nil && f.Kind != fault.Internal {
		t.refused[f.Code]++
		err = nil
	}
	if err != nil {
		return err
	}
	return t.calm(ctx)
}
