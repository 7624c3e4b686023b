package order_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sauda/base/fault"
	"sauda/base/measure"
	"sauda/base/money"
	"sauda/base/place"
	"sauda/base/span"
	"sauda/base/text"
	"sauda/core/order"
	"sauda/core/pricing"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{order.Schema}

func kzt(minor int64) money.Money { return money.Of(minor, money.KZT) }

// line is a line of a quote at a price with 16 % VAT inside.
func line(name string, quantity measure.Quantity, total int64) pricing.QuoteLine {
	tax := total * 16 / 116
	return pricing.QuoteLine{
		Line: name, Variant: "var_1", Product: "prd_1", Seller: "sel_own", SKU: "SKU-1", Name: text.Localized{"kk": "Шәйнек", "en": "Kettle"},
		Unit: "KGM", Quantity: quantity, UnitPrice: kzt(total), Subtotal: kzt(total), Total: kzt(total),
		Tax: pricing.TaxLine{Class: "standard", Net: kzt(total - tax), Amount: kzt(tax), Inclusive: true},
	}
}

func placement(cart string, lines ...pricing.QuoteLine) order.Placement {
	total := int64(1160)
	for _, l := range lines {
		total += l.Total.Minor
	}
	return order.Placement{
		Cart: cart, Seller: "sel_own", Party: "pty_1", Contact: order.Contact{Name: "Айгүл", Email: "Aigul@Example.kz", Phone: "+77011234567"},
		Lang: "kk", Address: place.Address{Country: "KZ", City: "Алматы"}, Method: "card", Payment: "pay_1",
		Delivery:    order.Delivery{Method: "mth_1", Name: text.Localized{"kk": "Курьер"}, From: span.MustDay("2026-11-25")},
		Allocations: []order.Allocation{{Line: "a", Warehouse: "whs_1", Key: "stock:whs_1:var_1", Quantity: measure.Of(1)}},
		Quote: pricing.Quote{
			Currency: money.KZT, Lines: lines, Total: kzt(total), DeliveryTotal: kzt(1160),
			Delivery: []pricing.QuoteDelivery{{
				Seller: "sel_own", Price: kzt(1160), Total: kzt(1160), Tax: pricing.TaxLine{Net: kzt(1000), Amount: kzt(160), Inclusive: true},
			}},
		},
	}
}

var (
	ab    = []pricing.QuoteLine{line("a", measure.Of(3), 1000), line("b", measure.Of(2), 5000)}
	buyer = db.Who{Kind: db.KindBuyer, ID: "usr_1", Party: "pty_1"}
	other = db.Who{Kind: db.KindBuyer, ID: "usr_2", Party: "pty_2"}
	guest = db.Who{Kind: db.KindGuest}
	staff = db.Who{Kind: db.KindStaff, ID: "usr_3", Seller: "sel_own", Scopes: []string{"orders.*"}}
	reads = db.Who{Kind: db.KindStaff, ID: "usr_4", Seller: "sel_own", Scopes: []string{"orders.read"}}
	alien = db.Who{Kind: db.KindStaff, ID: "usr_5", Seller: "sel_two", Scopes: []string{"*"}}
)

// placed places an order for the house.
func placed(t testing.TB, s *dbtest.Store, p order.Placement) (o order.Order) {
	t.Helper()
	s.Moment(t, func(tx *db.Tx) (err error) {
		o, err = order.Place(tx, p)
		return err
	})
	return o
}

func try(s *dbtest.Store, who db.Who, do func(tx *db.Tx) (order.Order, error)) (o order.Order, err error) {
	err = s.As(who).Try(func(tx *db.Tx) (err error) {
		o, err = do(tx)
		return err
	})
	return o, err
}

func get(s *dbtest.Store, who db.Who, id order.ID) (order.Order, error) {
	return try(s, who, func(tx *db.Tx) (order.Order, error) { return order.Get(tx, id) })
}

// names are the names of all facts so far.
func names(t testing.TB, s *dbtest.Store) string {
	t.Helper()
	var all []string
	for _, f := range s.Facts(t) {
		all = append(all, strings.TrimPrefix(f.Name, "order."))
	}
	return strings.Join(all, " ")
}

func TestPlace(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		var o order.Order
		statements := s.Statements(func() { o = placed(t, s, placement("crt_1", ab...)) })
		if statements > 2+len(ab) {
			t.Errorf("placing took %d statements, want at most %d", statements, 2+len(ab))
		}
		kept, err := get(s, db.System, o.ID)
		if err != nil {
			t.Fatal(err)
		}
		want, is := asJSON(t, o), asJSON(t, kept)
		if want != is {
			t.Errorf("placed %s\nkept %s", want, is)
		}
		if len(o.Code) != 14 || o.State != order.StatePlaced || o.Number != "" || o.Total() != kzt(7160) {
			t.Errorf("%s %s %q %s", o.Code, o.State, o.Number, o.Total())
		}
		if got := names(t, s); got != "placed" {
			t.Errorf("facts: %s", got)
		}
		again, err := try(s, db.System, func(tx *db.Tx) (order.Order, error) {
			o, err := order.Place(tx, placement("crt_1", ab[:1]...))
			if !errors.Is(err, order.ErrPlaced) {
				t.Errorf("placed twice: %v", err)
			}
			return o, nil
		})
		if err != nil || again.ID != o.ID || len(again.Lines) != 2 || fault.ParamsOf(order.ErrPlaced.With("order", string(o.ID)))["order"] != string(again.ID) {
			t.Errorf("the second placing gave %s, %v; the first %s", again.ID, err, o.ID)
		}
		if got := names(t, s); got != "placed" {
			t.Errorf("facts after the second placing: %s", got)
		}
		for name, p := range map[string]order.Placement{
			"no lines": placement("crt_2"), "no cart": placement("", ab...), "no quantity": placement("crt_3", line("a", 0, 5)),
		} {
			if _, err := try(s, db.System, func(tx *db.Tx) (order.Order, error) { return order.Place(tx, p) }); !errors.Is(err, order.ErrEmpty) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestPlaceCrowd places one cart many times at once: there is one order.
func TestPlaceCrowd(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		ids := make(chan order.ID, 16)
		var wait sync.WaitGroup
		for range cap(ids) {
			wait.Go(func() {
				o, err := try(s, db.System, func(tx *db.Tx) (order.Order, error) {
					o, err := order.Place(tx, placement("crt_1", ab...))
					if errors.Is(err, order.ErrPlaced) {
						err = nil
					}
					return o, err
				})
				if err != nil {
					t.Error(err)
				}
				ids <- o.ID
			})
		}
		wait.Wait()
		close(ids)
		one := map[order.ID]bool{}
		for id := range ids {
			one[id] = true
		}
		if len(one) != 1 || names(t, s) != "placed" {
			t.Errorf("%d orders, facts %s", len(one), names(t, s))
		}
	})
}

func TestWhoSees(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		own := placed(t, s, placement("crt_1", ab...))
		p := placement("crt_2", ab...)
		p.Party = ""
		free := placed(t, s, p)
		admin := db.Who{Kind: db.KindAdmin, ID: "usr_9"}
		for _, test := range []struct {
			who       db.Who
			own, free bool
		}{
			{db.System, true, true}, {admin, true, true}, {buyer, true, true}, {other, false, true}, {guest, false, true},
			{staff, true, true}, {reads, true, true}, {alien, false, false},
			{db.Who{Kind: db.KindStaff, Seller: "sel_own", Scopes: []string{"products.*"}}, false, false},
			{db.Who{Kind: db.KindGuest, Party: "pty_1"}, false, true},
		} {
			for o, sees := range map[order.ID]bool{own.ID: test.own, free.ID: test.free} {
				_, err := get(s, test.who, o)
				if sees != (err == nil) || (err != nil && !errors.Is(err, order.ErrUnknown)) {
					t.Errorf("%+v sees %s: %v, want %v", test.who, o, err, sees)
				}
			}
		}
		byCode := func(who db.Who, code, email string) error {
			_, err := try(s, who, func(tx *db.Tx) (order.Order, error) { return order.ByCode(tx, code, email) })
			return err
		}
		typed := " " + strings.ToLower(strings.ReplaceAll(free.Code, "-", " "))
		if err := byCode(guest, typed, "aigul@example.KZ"); err != nil {
			t.Errorf("by code and email: %v", err)
		}
		for _, email := range []string{"", "x@example.kz"} {
			if err := byCode(guest, free.Code, email); !errors.Is(err, order.ErrUnknown) {
				t.Errorf("by code and %q: %v", email, err)
			}
		}
		if err := byCode(guest, own.Code, "aigul@example.kz"); !errors.Is(err, order.ErrUnknown) {
			t.Errorf("somebody's order by code: %v", err)
		}
		if err := byCode(staff, own.Code, ""); err != nil {
			t.Errorf("staff by code: %v", err)
		}
		if err := byCode(guest, "xxx", ""); fault.Of(err).Kind != fault.Invalid {
			t.Errorf("no code: %v", err)
		}
	})
}

// TestFulfil goes the way of the goods in two parcels.
func TestFulfil(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		id := placed(t, s, placement("crt_1", ab...)).ID
		type verb = func(*db.Tx, order.ID, string, []order.Part) (order.Order, error)
		one := []order.Part{{Line: "a", Quantity: measure.Of(1)}}
		for n, step := range []struct {
			do       verb
			shipment string
			parts    []order.Part
			want     order.State
			fails    error
		}{
			{order.HandOver, "shp_1", nil, "", order.ErrNothing},
			{order.Deliver, "shp_1", nil, "", order.ErrNothing},
			{order.Pack, "shp_1", []order.Part{{"a", measure.Of(4)}}, "", order.ErrTooMany},
			{order.Pack, "shp_1", []order.Part{{"a", measure.Of(2)}, {"a", measure.Of(2)}}, "", order.ErrTooMany},
			{order.Pack, "shp_1", []order.Part{{"a", -1}}, "", order.ErrTooMany},
			{order.Pack, "shp_1", []order.Part{{"z", measure.Of(1)}}, "", order.ErrLine},
			{order.Pack, "shp_1", one, order.StatePacking, nil},
			{order.Pack, "shp_1", nil, order.StatePacking, nil}, // Told twice.
			{order.HandOver, "shp_1", one, order.StatePartlyShipped, nil},
			{order.Pack, "shp_2", nil, order.StatePartlyShipped, nil},
			{order.Deliver, "shp_1", one, order.StatePartlyShipped, nil},
			{order.Deliver, "shp_1", one, order.StatePartlyShipped, nil},
			{order.HandOver, "shp_2", nil, order.StateShipped, nil},
			{order.Deliver, "shp_2", nil, order.StateDelivered, nil},
			{order.Pack, "shp_3", nil, "", order.ErrNothing},
		} {
			o, err := try(s, staff, func(tx *db.Tx) (order.Order, error) { return step.do(tx, id, step.shipment, step.parts) })
			if !errors.Is(err, step.fails) || (err == nil && o.State != step.want) {
				t.Errorf("step %d: %s, %v; want %s, %v", n, o.State, err, step.want, step.fails)
			}
		}
		back := order.Back{Ref: "ret_1", Reason: "too small", Parts: []order.Part{{"b", measure.Of(2)}}}
		for range 2 {
			if o, err := try(s, staff, func(tx *db.Tx) (order.Order, error) { return order.TakeBack(tx, id, back) }); err != nil || o.State != order.StateDelivered {
				t.Errorf("taken back: %s, %v", o.State, err)
			}
		}
		refund := order.Refund{Ref: "ref_1", Amount: kzt(5000)}
		for range 2 {
			if _, err := try(s, db.System, func(tx *db.Tx) (order.Order, error) { return order.NoteRefund(tx, id, refund) }); err != nil {
				t.Error(err)
			}
		}
		if o, err := try(s, staff, func(tx *db.Tx) (order.Order, error) { return order.TakeBack(tx, id, order.Back{}) }); err != nil || o.State != order.StateReturned {
			t.Errorf("all taken back: %s, %v", o.State, err)
		}
		if got, want := names(t, s), "placed packed handed_over packed delivered handed_over delivered returned refunded returned"; got != want {
			t.Errorf("facts %s, want %s", got, want)
		}
		s.As(buyer).Moment(t, func(tx *db.Tx) error {
			history, err := order.History(tx, id)
			var kinds []string
			for _, h := range history {
				kinds = append(kinds, h.Kind)
			}
			if got, want := strings.Join(kinds, " "), "placed packed handed_over packed delivered handed_over delivered returned refunded returned"; got != want {
				t.Errorf("history %s, want %s", got, want)
			}
			if n := len(history); n == 10 && (history[8].Amount != kzt(5000) || history[7].Reason != "too small" || history[1].ActorID != "usr_3") {
				t.Errorf("history %+v", history)
			}
			return err
		})
	})
}

func TestWhoWorks(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		id := placed(t, s, placement("crt_1", ab...)).ID
		for who, want := range map[string]error{"buyer": order.ErrDenied, "reads": order.ErrDenied, "alien": order.ErrUnknown, "guest": order.ErrUnknown} {
			actor := map[string]db.Who{"buyer": buyer, "reads": reads, "alien": alien, "guest": guest}[who]
			if _, err := try(s, actor, func(tx *db.Tx) (order.Order, error) { return order.Pack(tx, id, "shp_1", nil) }); !errors.Is(err, want) {
				t.Errorf("%s packs: %v, want %v", who, err, want)
			}
		}
		for who, want := range map[string]error{"reads": order.ErrDenied, "alien": order.ErrUnknown, "other": order.ErrUnknown} {
			actor := map[string]db.Who{"reads": reads, "alien": alien, "other": other}[who]
			if _, err := try(s, actor, func(tx *db.Tx) (order.Order, error) { return order.Cancel(tx, id, "") }); !errors.Is(err, want) {
				t.Errorf("%s cancels: %v, want %v", who, err, want)
			}
		}
	})
}

func TestCancel(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		id := placed(t, s, placement("crt_1", ab...)).ID
		cancel := func(tx *db.Tx) (order.Order, error) { return order.Cancel(tx, id, "changed my mind") }
		if _, err := try(s, staff, func(tx *db.Tx) (order.Order, error) { return order.Pack(tx, id, "shp_1", nil) }); err != nil {
			t.Fatal(err)
		}
		if o, err := try(s, buyer, cancel); err != nil || o.State != order.StateCancelled {
			t.Errorf("cancelled: %s, %v", o.State, err)
		}
		if _, err := try(s, buyer, cancel); !errors.Is(err, order.ErrCancelled) {
			t.Errorf("cancelled twice: %v", err)
		}
		for _, step := range []func(*db.Tx, order.ID, string, []order.Part) (order.Order, error){order.Pack, order.HandOver, order.Deliver} {
			if _, err := try(s, staff, func(tx *db.Tx) (order.Order, error) { return step(tx, id, "shp_9", nil) }); !errors.Is(err, order.ErrCancelled) {
				t.Errorf("a cancelled order goes on: %v", err)
			}
		}
		all := s.Facts(t)
		var fact order.Cancelled
		if err := json.Unmarshal(all[len(all)-1].Body, &fact); err != nil {
			t.Fatal(err)
		}
		if fact.Amount != kzt(7160) || fact.Delivery.Total != kzt(1160) || len(fact.Lines) != 2 || fact.Reason != "changed my mind" {
			t.Errorf("the fact says %+v", fact)
		}
		shipped := placed(t, s, placement("crt_2", ab...)).ID
		for _, step := range []func(*db.Tx, order.ID, string, []order.Part) (order.Order, error){order.Pack, order.HandOver} {
			if _, err := try(s, staff, func(tx *db.Tx) (order.Order, error) {
				return step(tx, shipped, "shp_1", []order.Part{{"a", measure.Of(1)}})
			}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := try(s, buyer, func(tx *db.Tx) (order.Order, error) { return order.Cancel(tx, shipped, "") }); !errors.Is(err, order.ErrShipped) {
			t.Errorf("cancelled on its way: %v", err)
		}
		// The rest of it can be cancelled by lines, and what has left goes on.
		o, err := try(s, buyer, func(tx *db.Tx) (order.Order, error) {
			return order.CancelLines(tx, shipped, []order.Part{{"a", measure.Of(2)}, {"b", measure.Of(2)}}, "")
		})
		if err != nil || o.State != order.StateShipped {
			t.Errorf("the rest cancelled: %s, %v", o.State, err)
		}
		if got := names(t, s); !strings.HasSuffix(got, "handed_over lines_cancelled") {
			t.Errorf("facts %s", got)
		}
	})
}

// TestCancelLinesToTheEnd takes lines away one by one; the last one cancels the order and gives the delivery back.
func TestCancelLinesToTheEnd(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		id := placed(t, s, placement("crt_1", ab...)).ID
		for n, part := range []order.Part{{"a", measure.Of(1)}, {"a", measure.Of(2)}, {"b", 500_000}, {"b", 1_500_000}} {
			o, err := try(s, buyer, func(tx *db.Tx) (order.Order, error) {
				return order.CancelLines(tx, id, []order.Part{part}, "")
			})
			if err != nil || (o.State == order.StateCancelled) != (n == 3) {
				t.Errorf("part %d: %s, %v", n, o.State, err)
			}
		}
		var sum int64
		for _, f := range s.Facts(t)[1:] {
			var fact struct{ Amount money.Money }
			if err := json.Unmarshal(f.Body, &fact); err != nil {
				t.Fatal(err)
			}
			sum += fact.Amount.Minor
		}
		if sum != 7160 {
			t.Errorf("the cancellations give back %d, the order cost 7160", sum)
		}
		if got := names(t, s); got != "placed lines_cancelled lines_cancelled lines_cancelled cancelled" {
			t.Errorf("facts %s", got)
		}
	})
}

// TestNumber numbers many orders at once, with moments that fail after they took a number. No number is missing and
// none is given twice.
func TestNumber(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		const orders = 30
		var ids []order.ID
		for n := range orders {
			ids = append(ids, placed(t, s, placement(fmt.Sprint("crt_", n), ab...)).ID)
		}
		var wait sync.WaitGroup
		numbers := make([]string, orders)
		lost := errors.New("the moment fails")
		for n, id := range ids {
			wait.Go(func() {
				if n%3 == 0 {
					if err := s.Try(func(tx *db.Tx) error { return errors.Join(lost, second(order.Number(tx, order.About{Order: id}))) }); !errors.Is(err, lost) {
						t.Errorf("%v", err)
					}
				}
				for range 2 {
					s.Moment(t, func(tx *db.Tx) error {
						numbered, err := order.Number(tx, order.About{Order: id})
						numbers[n] = numbered
						return err
					})
				}
			})
		}
		wait.Wait()
		slices.Sort(numbers)
		for n, number := range numbers {
			if want := fmt.Sprintf("2026-%06d", n+1); number != want {
				t.Errorf("number %d is %s, want %s", n, number, want)
			}
		}
		// A new year and another seller begin at one.
		s.Clock.Set(time.Date(2026, 12, 31, 23, 30, 0, 0, time.UTC))
		p := placement("crt_new", ab...)
		next := placed(t, s, p)
		p.Cart, p.Seller = "crt_two", "sel_two"
		two := placed(t, s, p)
		for id, want := range map[order.ID]string{next.ID: "2027-000001", two.ID: "2027-000001"} {
			if number, err := number(s, id); err != nil || number != want {
				t.Errorf("%s: %s, %v; want %s", id, number, err, want)
			}
		}
		s.Moment(t, func(tx *db.Tx) error {
			gaps, err := order.Gaps(tx)
			if len(gaps) != 0 {
				t.Errorf("gaps: %+v", gaps)
			}
			return err
		})
	})
}

// number has an order numbered.
func number(s *dbtest.Store, id order.ID) (number string, err error) {
	err = s.As(db.System).Try(func(tx *db.Tx) error {
		number, err = order.Number(tx, order.About{Order: id})
		return err
	})
	return number, err
}

func second(_ any, err error) error { return err }
