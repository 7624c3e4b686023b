package order_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sauda/base/measure"
	"sauda/base/span"
	"sauda/core/order"
	"sauda/core/pricing"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

func TestList(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		day := time.Date(2026, 11, 20, 10, 0, 0, 0, span.Almaty)
		var all []order.Order
		for n := range 12 {
			s.Clock.Set(day.AddDate(0, 0, n/3).Add(time.Duration(n) * time.Second))
			p := placement(fmt.Sprint("crt_", n), ab...)
			p.Party = []string{"pty_1", "pty_2", ""}[n%3]
			p.Contact.Email = fmt.Sprintf("Buyer%d@example.kz", n%3)
			if n == 11 {
				p.Seller = "sel_two"
			}
			all = append(all, placed(t, s, p))
		}
		if _, err := try(s, db.System, func(tx *db.Tx) (order.Order, error) { return order.Cancel(tx, all[4].ID, "") }); err != nil {
			t.Fatal(err)
		}
		if _, err := number(s, all[5].ID); err != nil {
			t.Fatal(err)
		}
		list := func(who db.Who, f order.Filter) (found []int) {
			t.Helper()
			for range 20 {
				s.As(who).Moment(t, func(tx *db.Tx) error {
					page, next, err := order.List(tx, f)
					for _, o := range page {
						found = append(found, slices.IndexFunc(all, func(a order.Order) bool { return a.ID == o.ID && a.Code == o.Code }))
					}
					f.After = next
					return err
				})
				if f.After == "" {
					break
				}
			}
			return found
		}
		for name, test := range map[string]struct {
			who    db.Who
			filter order.Filter
			want   []int
		}{
			"all":             {db.System, order.Filter{Limit: 5}, []int{11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0}},
			"the own seller":  {staff, order.Filter{Limit: 3, Seller: "sel_two"}, []int{10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0}},
			"another seller":  {alien, order.Filter{}, []int{11}},
			"the own party":   {buyer, order.Filter{Limit: 2, Party: "pty_2"}, []int{9, 6, 3, 0}},
			"a guest":         {guest, order.Filter{}, nil},
			"staff, no scope": {db.Who{Kind: db.KindStaff, Seller: "sel_own"}, order.Filter{}, nil},
			"by state":        {staff, order.Filter{State: order.StateCancelled}, []int{4}},
			"by code":         {staff, order.Filter{Text: strings.ToLower(all[7].Code)}, []int{7}},
			"by number":       {staff, order.Filter{Text: "2026-000001"}, []int{5}},
			"by email":        {staff, order.Filter{Text: " buyer1@EXAMPLE.kz "}, []int{10, 7, 4, 1}},
			"by days":         {staff, order.Filter{From: span.MustDay("2026-11-21"), To: span.MustDay("2026-11-22")}, []int{8, 7, 6, 5, 4, 3}},
			"by nothing":      {staff, order.Filter{Text: "nobody"}, nil},
		} {
			if got := list(test.who, test.filter); !slices.Equal(got, test.want) {
				t.Errorf("%s: %v, want %v", name, got, test.want)
			}
		}
		if err := s.Try(func(tx *db.Tx) error {
			_, _, err := order.List(tx, order.Filter{After: "ord_' OR 1=1"})
			return err
		}); !errors.Is(err, order.ErrFilter) {
			t.Errorf("a strange place: %v", err)
		}
	})
}

// TestSomeAreThoseThatOneMaySee: in the order that was asked for, as Get gives each, in two statements however many.
func TestSomeAreThoseThatOneMaySee(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		var ids []order.ID
		for n, of := range []string{"pty_1", "pty_2", "", "pty_1"} {
			p := placement(fmt.Sprint("crt_", n), ab...)
			p.Party = of
			ids = append(ids, placed(t, s, p).ID)
		}
		for name, test := range map[string]struct {
			who  db.Who
			want []int
		}{
			"the staff":  {db.Who{Kind: db.KindStaff, ID: "usr_1", Seller: "sel_own", Scopes: []string{order.ScopeRead}}, []int{3, 2, 1, 0}},
			"no reader":  {db.Who{Kind: db.KindStaff, ID: "usr_1", Seller: "sel_own"}, nil},
			"a buyer":    {db.Who{Kind: db.KindBuyer, ID: "usr_2", Party: "pty_1"}, []int{3, 2, 0}},
			"other shop": {db.Who{Kind: db.KindStaff, ID: "usr_3", Seller: "sel_two", Scopes: []string{order.ScopeRead}}, nil},
		} {
			s.As(test.who).Moment(t, func(tx *db.Tx) error {
				var all []order.Order
				n := s.Statements(func() {
					found, err := order.Some(tx, []order.ID{ids[3], "ord_unknown", ids[2], ids[1], ids[0]})
					if err != nil {
						t.Fatal(err)
					}
					all = found
				})
				if n != 2 {
					t.Errorf("%s: %d statements", name, n)
				}
				if len(all) != len(test.want) {
					t.Fatalf("%s sees %d orders, want %d", name, len(all), len(test.want))
				}
				for i, o := range all {
					one, err := order.Get(tx, ids[test.want[i]])
					if err != nil || !reflect.DeepEqual(o, one) {
						t.Errorf("%s, %d: %v\n%+v\nis not\n%+v", name, i, err, o, one)
					}
				}
				return nil
			})
		}
		s.Moment(t, func(tx *db.Tx) error {
			if _, err := order.Some(tx, make([]order.ID, order.SomeMax+1)); !errors.Is(err, order.ErrFilter) {
				t.Errorf("too many: %v", err)
			}
			return nil
		})
	})
}

func TestCheckFinds(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		id := placed(t, s, placement("crt_1", ab...)).ID
		placed(t, s, placement("crt_2", ab...))
		s.Moment(t, func(tx *db.Tx) error {
			if _, err := order.Number(tx, order.About{Order: id}); err != nil {
				return err
			}
			_, err := tx.ExecContext(tx.Context(), "UPDATE orders SET state = 'delivered', number = '' WHERE id = $1", string(id))
			return err
		})
		s.Moment(t, func(tx *db.Tx) error {
			wrong, next, err := order.Check(tx, "")
			if len(wrong) != 1 || wrong[0] != (order.Wrong{Order: id, Stored: order.StateDelivered, Is: order.StatePlaced}) || next != "" {
				t.Errorf("found %+v, next %q", wrong, next)
			}
			gaps, err2 := order.Gaps(tx)
			if len(gaps) != 1 || gaps[0].Last != 1 || gaps[0].Orders != 0 {
				t.Errorf("gaps %+v", gaps)
			}
			return errors.Join(err, err2)
		})
		for _, statement := range []string{
			"UPDATE order_line SET cancelled = ordered + 1", "UPDATE order_line SET packed = ordered + 1",
			"UPDATE order_line SET shipped = 1", "UPDATE order_line SET returned = 1", "UPDATE orders SET cart = 'crt_1'",
		} {
			if s.Try(func(tx *db.Tx) error {
				_, err := tx.ExecContext(tx.Context(), statement)
				return err
			}) == nil {
				t.Errorf("allowed: %s", statement)
			}
		}
	})
}

// TestStates is the table of the drawing in order.go, with two lines.
func TestStates(t *testing.T) {
	l := func(ordered, cancelled, packed, shipped, delivered, returned measure.Quantity) order.Line {
		return order.Line{QuoteLine: pricing.QuoteLine{Quantity: ordered}, Counts: order.Counts{
			Cancelled: cancelled, Packed: packed, Shipped: shipped, Delivered: delivered, Returned: returned,
		}}
	}
	none, gone := l(2, 0, 0, 0, 0, 0), l(2, 2, 0, 0, 0, 0)
	for n, test := range []struct {
		a, b order.Line
		want order.State
	}{
		{none, none, order.StatePlaced},
		{gone, none, order.StatePlaced},
		{gone, gone, order.StateCancelled},
		{l(2, 0, 1, 0, 0, 0), none, order.StatePacking},
		{l(2, 0, 2, 0, 0, 0), none, order.StatePacking},
		{l(2, 0, 2, 0, 0, 0), gone, order.StatePacked},
		{l(2, 1, 1, 0, 0, 0), gone, order.StatePacked},
		{l(2, 0, 2, 1, 0, 0), gone, order.StatePartlyShipped},
		{l(2, 0, 2, 2, 0, 0), none, order.StatePartlyShipped},
		{l(2, 0, 2, 2, 0, 0), gone, order.StateShipped},
		{l(2, 0, 2, 2, 1, 0), l(2, 0, 2, 2, 2, 0), order.StateShipped},
		{l(2, 0, 2, 2, 2, 0), l(2, 0, 2, 2, 2, 1), order.StateDelivered},
		{l(2, 0, 2, 2, 2, 2), l(2, 1, 1, 1, 1, 1), order.StateReturned},
	} {
		if got := order.StateOf([]order.Line{test.a, test.b}); got != test.want {
			t.Errorf("row %d: %s, want %s", n, got, test.want)
		}
		if got := order.StateOf([]order.Line{test.b, test.a}); got != test.want {
			t.Errorf("row %d, turned around: %s, want %s", n, got, test.want)
		}
	}
	if got := order.StateOf(nil); got != order.StateCancelled {
		t.Errorf("no lines: %s", got)
	}
}

// TestWorthAddsUp cuts a line into random parts: they add up to the line, whatever the cuts.
func TestWorthAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := measure.Quantity(rapid.Int64Range(1, 50_000_000).Draw(t, "quantity"))
		l := order.Line{QuoteLine: line("a", whole, rapid.Int64Range(0, 1_000_000_000_000).Draw(t, "total"))}
		var settled measure.Quantity
		var sum order.Worth
		for settled < whole {
			part := measure.Quantity(rapid.Int64Range(1, int64(whole-settled)).Draw(t, "part"))
			w := l.Worth(settled, part)
			if w.Net.IsNegative() || w.Tax.IsNegative() || w.Total.IsNegative() || w.Net.Minor+w.Tax.Minor != w.Total.Minor {
				t.Fatalf("a part is worth %+v", w)
			}
			sum.Net.Minor += w.Net.Minor
			sum.Tax.Minor += w.Tax.Minor
			sum.Total.Minor += w.Total.Minor
			settled += part
		}
		if sum.Total.Minor != l.Total.Minor || sum.Tax.Minor != l.Tax.Amount.Minor || sum.Net.Minor != l.Tax.Net.Minor {
			t.Fatalf("the parts are worth %+v, the line %s with %s tax", sum, l.Total, l.Tax.Amount)
		}
	})
}

// TestHistories does random things to an order and holds its counts to a plain model; the stored state is the computed
// one after each.
func TestHistories(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		run := 0
		rapid.Check(t, func(rt *rapid.T) {
			run++
			id := placed(t, s, placement(fmt.Sprint("crt_", run), ab...)).ID
			model := map[string]*order.Counts{"a": {}, "b": {}}
			ordered := map[string]measure.Quantity{"a": measure.Of(3), "b": measure.Of(2)}
			for n := range rapid.IntRange(1, 12).Draw(rt, "steps") {
				name := rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "line")
				q := measure.Of(rapid.Int64Range(1, 3).Draw(rt, "quantity"))
				part, ref, c := []order.Part{{name, q}}, fmt.Sprint("ref_", n), model[name]
				verb := rapid.SampledFrom([]string{"cancel", "pack", "hand over", "deliver", "take back"}).Draw(rt, "verb")
				var left measure.Quantity
				var count func()
				var do func(tx *db.Tx) (order.Order, error)
				switch verb {
				case "cancel":
					left, count = ordered[name]-c.Cancelled-c.Shipped, func() {
						c.Cancelled += q
						c.Packed = min(c.Packed, ordered[name]-c.Cancelled)
					}
					do = func(tx *db.Tx) (order.Order, error) { return order.CancelLines(tx, id, part, "") }
				case "pack":
					left, count = ordered[name]-c.Cancelled-c.Packed, func() { c.Packed += q }
					do = func(tx *db.Tx) (order.Order, error) { return order.Pack(tx, id, ref, part) }
				case "hand over":
					left, count = c.Packed-c.Shipped, func() { c.Shipped += q }
					do = func(tx *db.Tx) (order.Order, error) { return order.HandOver(tx, id, ref, part) }
				case "deliver":
					left, count = c.Shipped-c.Delivered, func() { c.Delivered += q }
					do = func(tx *db.Tx) (order.Order, error) { return order.Deliver(tx, id, ref, part) }
				default:
					left, count = c.Delivered-c.Returned, func() { c.Returned += q }
					do = func(tx *db.Tx) (order.Order, error) {
						return order.TakeBack(tx, id, order.Back{Ref: ref, Parts: part})
					}
				}
				_, err := try(s, db.System, do)
				if fits := q <= left; fits != (err == nil) {
					rt.Fatalf("%s %s of %s with %s left: %v", verb, q, name, left, err)
				}
				if err == nil {
					count()
				}
				o, err := get(s, db.System, id)
				if err != nil {
					rt.Fatal(err)
				}
				for _, l := range o.Lines {
					if l.Counts != *model[l.Line] {
						rt.Fatalf("%s: %+v, the model says %+v", l.Line, l.Counts, *model[l.Line])
					}
				}
			}
		})
		s.Moment(t, func(tx *db.Tx) error {
			wrong, _, err := order.Check(tx, "")
			if len(wrong) != 0 {
				t.Errorf("wrong states: %+v", wrong)
			}
			return err
		})
	})
}
