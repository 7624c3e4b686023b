package load

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"time"

	"sauda/app"
	"sauda/base/money"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/booking"
	"sauda/core/catalog"
	"sauda/core/pricing"
	"sauda/core/seller"
	"sauda/gear/db"
	"sauda/gear/job"
)

// The targets of what is sold by time, in milliseconds, for hotels whose calendars are open for a year.
const (
	offersMost, calendarMost = 30.0, 10.0

	hotels, hotelsEach, roomTypes, towns = 1000, 4, 5, 20
	roomsAhead                           = 365
	staysAsked                           = 4000 // staysAsked is how many different searches are asked, and calendars.
)

// stays measures the search for rooms and the calendar of a month, in a house of its own with a thousand hotels.
func (b *bench) stays(ctx context.Context) error {
	h := &house{engine: "sqlite", folder: filepath.Join(b.folder, "rooms")}
	b.say("rooms: %d hotels of %d types of rooms open their calendars for %d days", hotels, roomTypes, roomsAhead)
	var plans []booking.PlanID
	err := within(ctx, h, func(house *app.House) (err error) {
		plans, err = build(ctx, house.Store)
		return err
	})
	if err != nil {
		return err
	}
	s, err := b.serve(ctx, h)
	if err != nil {
		return err
	}
	defer s.kill()
	s.rests(ctx)
	chance := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // The same searches each time.
	var searches, calendars [][]byte
	for range staysAsked {
		from := span.DayOf(time.Now(), span.Almaty).AddDays(1 + chance.IntN(roomsAhead-40))
		where := ""
		if chance.IntN(4) > 0 {
			where = fmt.Sprint("&place=town-", chance.IntN(towns))
		}
		searches = append(searches, get(s.addr, fmt.Sprintf("/v1/booking-offers?form=nights%s&from=%s&to=%s&adults=%d&limit=24",
			where, from, from.AddDays(1+chance.IntN(14)), 1+chance.IntN(4))))
		calendars = append(calendars, get(s.addr, fmt.Sprintf("/v1/booking-plans/%s/calendar?month=%.7s", plans[chance.IntN(len(plans))], from)))
	}
	for _, of := range []struct {
		what     string
		requests [][]byte
		most     float64
	}{
		{"rooms for some days and people, of 1,000 hotels", searches, offersMost},
		{"calendar of a month with prices", calendars, calendarMost},
	} {
		f, err := crowd{addr: s.addr, clients: 1, warm: b.plan.Warm, count: b.plan.Duration, prepare: func() act { return reader(of.requests) }}.run(ctx)
		if err != nil {
			return err
		}
		b.report.add(Row{What: of.what, Engine: h.engine, Figures: f}.judged(of.most, fmt.Sprintf("p99 < %.0f ms", of.most), f.P99 < of.most && f.Failed == 0))
	}
	return nil
}

// within opens a house in this process, so that it can be filled with what no file brings in, and closes it.
func within(ctx context.Context, h *house, do func(*app.House) error) error {
	house, err := app.Open(ctx, app.Config{Data: h.folder, Postgres: h.dsn, Quiet: true})
	if err != nil {
		return err
	}
	return errors.Join(do(house), house.Close())
}

// build puts the hotels down, and gives their plans.
func build(ctx context.Context, store *db.Store) (plans []booking.PlanID, err error) {
	var category catalog.CategoryID
	err = job.Once(ctx, store, db.System, func(tx *db.Tx) error {
		c, err := catalog.AddCategory(tx, catalog.CategoryDraft{Slug: "hotels", Name: text.Localized{"en": "Hotels"}})
		category = c.ID
		return err
	})
	for from := 0; from < hotels && err == nil; from += hotelsEach {
		err = job.Once(ctx, store, db.System, func(tx *db.Tx) error {
			for n := from; n < from+hotelsEach; n++ {
				some, err := addHotel(tx, category, n)
				if err != nil {
					return err
				}
				plans = append(plans, some...)
			}
			return nil
		})
	}
	return plans, err
}

// addHotel puts one hotel down, with a type of rooms for each number of people.
func addHotel(tx *db.Tx, category catalog.CategoryID, n int) ([]booking.PlanID, error) {
	kind := catalog.Option{Code: "room", Name: text.Localized{"en": "Room"}}
	draft := catalog.Draft{
		Seller: seller.Own, Category: category, Name: text.Localized{"en": fmt.Sprint("Hotel ", n)}, State: catalog.StateOnSale,
		Kind: catalog.Kind{Service: &catalog.Service{Way: booking.WayName}},
	}
	for room := range roomTypes {
		code := fmt.Sprint("r", room)
		kind.Values = append(kind.Values, catalog.OptionValue{Code: code, Name: text.Localized{"en": fmt.Sprintf("Room for %d", room+1)}})
		draft.Variants = append(draft.Variants, catalog.Variant{SKU: fmt.Sprintf("H%d-%s", n, code), Options: map[string]string{"room": code}})
	}
	draft.Options = []catalog.Option{kind}
	added, err := catalog.Add(tx, draft)
	if err != nil {
		return nil, err
	}
	list, err := pricing.EnsureList(tx, seller.Own, money.KZT, nil)
	if err != nil {
		return nil, err
	}
	plans := make([]booking.PlanID, 0, roomTypes)
	for room, v := range added.Variants {
		terms := roomTerms(tx.Now(), n, room)
		if err := pricing.Set(tx, list.ID, pricing.Entry{Variant: v.ID, Amount: terms.Least()}); err != nil {
			return nil, err
		}
		id, err := addRooms(tx, booking.Plan{
			Seller: seller.Own, Product: added.ID, Variant: v.ID, Form: booking.FormNights, Name: kind.Values[room].Name,
			PlaceName: text.Localized{"en": fmt.Sprint("Town ", n%towns)}, Zone: span.Almaty.String(), Terms: terms,
		}, n*roomTypes+room)
		if err != nil {
			return nil, err
		}
		plans = append(plans, id)
	}
	return plans, nil
}

// roomTerms are prices with all that makes them dear to reckon: a season, the end of the week, children, early and long stays.
func roomTerms(now time.Time, n, room int) booking.Terms {
	today := span.DayOf(now, span.Almaty)
	base := int64(15_000_00 + 4_000_00*room + 100_00*(n%50))
	return booking.Terms{
		Currency: money.KZT, Base: base, Included: room + 1, PeopleMax: room + 2, Extra: 3_000_00,
		Seasons:  []booking.Season{{Name: text.Localized{"en": "Season"}, Days: span.Days{From: today.AddDays(90), To: today.AddDays(180)}, Base: base * 3 / 2}},
		Bands:    []booking.Band{{Under: 6, Share: 0}, {Under: 14, Share: money.Percent(50)}},
		Weekdays: []booking.DayChange{{Weekday: time.Friday, Change: money.Percent(15)}, {Weekday: time.Saturday, Change: money.Percent(20)}},
		Leads:    []booking.LeadChange{{Least: 60, Change: -money.Percent(10)}}, Lengths: []booking.LengthChange{{Nights: 7, Change: -money.Percent(12)}},
	}
}

// addRooms opens the calendar of some rooms and sells them. Every third type has three times at which there is none.
func addRooms(tx *db.Tx, p booking.Plan, n int) (booking.PlanID, error) {
	r, err := booking.AddResource(tx, booking.Resource{Seller: p.Seller, Grain: booking.GrainDay, Name: p.Name, Zone: p.Zone, Units: 10, Ahead: roomsAhead})
	if err != nil {
		return "", err
	}
	p.Needs = []booking.Need{{Resource: r.ID, Per: booking.PerUnit}}
	if p, err = booking.AddPlan(tx, p); err != nil || n%3 > 0 {
		return p.ID, err
	}
	for times := range 3 {
		from := p.Today(tx.Now()).AddDays(n%100 + 110*times)
		_, err := booking.Close(tx, p.Seller, booking.Block{
			Resource: r.ID, Units: 10, Starts: from.Start(p.Location()), Ends: from.AddDays(10).Start(p.Location()),
		})
		if err != nil {
			return "", err
		}
	}
	return p.ID, nil
}
