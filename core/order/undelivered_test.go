package order_test

import (
	"errors"
	"strings"
	"testing"

	"sauda/base/measure"
	"sauda/core/order"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

// TestBringBack has one of two parcels come back: what is in it is packed again, cancelled, or goes on after all.
func TestBringBack(t *testing.T) {
	of := func(line string, n int64) []order.Part { return []order.Part{{Line: line, Quantity: measure.Of(n)}} }
	type verb = func(*db.Tx, order.ID, string, []order.Part) (order.Order, error)
	cancel := func(tx *db.Tx, id order.ID, reason string, parts []order.Part) (order.Order, error) {
		return order.CancelLines(tx, id, parts, reason)
	}
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		id := placed(t, s, placement("crt_1", ab...)).ID
		for n, step := range []struct {
			do       verb
			ref      string
			parts    []order.Part
			want     order.State
			a, b     measure.Quantity // What of each line waits for a decision.
			fails    error
			versions int64
		}{
			{do: order.Pack, ref: "shp_a", parts: of("a", 3), want: order.StatePacking, versions: 1},
			{do: order.BringBack, ref: "shp_a", parts: of("a", 3), fails: order.ErrTooMany}, // It has not left.
			{do: order.GoOn, ref: "shp_a", parts: of("a", 3), want: order.StatePacking},     // It has not come back.
			{do: order.HandOver, ref: "shp_a", parts: of("a", 3), want: order.StatePartlyShipped, versions: 1},
			{do: order.Pack, ref: "shp_b", parts: of("b", 2), want: order.StatePartlyShipped, versions: 1},
			{do: order.HandOver, ref: "shp_b", parts: of("b", 2), want: order.StateShipped, versions: 1},
			{do: order.Deliver, ref: "shp_b", parts: of("b", 2), want: order.StateShipped, versions: 1},
			{do: order.BringBack, ref: "shp_b", parts: of("b", 2), fails: order.ErrTooMany}, // The buyer has it.
			{do: order.BringBack, ref: "shp_a", parts: of("a", 3), want: order.StateUndelivered, a: 3, versions: 1},
			{do: order.BringBack, ref: "shp_a", parts: of("a", 3), want: order.StateUndelivered, a: 3}, // Told twice.
			{do: order.Deliver, ref: "shp_a", parts: of("a", 3), fails: order.ErrTooMany},
			{do: order.Pack, ref: "shp_c", parts: of("a", 1), want: order.StateUndelivered, a: 2, versions: 1},
			{do: order.GoOn, ref: "shp_a", parts: of("a", 3), fails: order.ErrTooMany}, // A part was decided about.
			{do: cancel, ref: "the buyer moved", parts: of("a", 2), want: order.StatePartlyShipped, versions: 1},
			{do: order.HandOver, ref: "shp_c", parts: of("a", 1), want: order.StateShipped, versions: 1},
			{do: order.BringBack, ref: "shp_c", parts: of("a", 1), want: order.StateUndelivered, a: 1, versions: 1},
			{do: order.GoOn, ref: "shp_c", parts: of("a", 1), want: order.StateShipped, versions: 1},
			{do: order.GoOn, ref: "shp_c", parts: of("a", 1), want: order.StateShipped}, // Told twice.
			{do: order.Deliver, ref: "shp_c", parts: of("a", 1), want: order.StateDelivered, versions: 1},
		} {
			before, _ := get(s, staff, id)
			o, err := try(s, staff, func(tx *db.Tx) (order.Order, error) { return step.do(tx, id, step.ref, step.parts) })
			if !errors.Is(err, step.fails) || (err == nil && o.State != step.want) {
				t.Errorf("step %d: %s, %v; want %s, %v", n, o.State, err, step.want, step.fails)
			}
			after, _ := get(s, staff, id)
			waits := map[string]measure.Quantity{}
			for _, p := range after.Undelivered() {
				waits[p.Line] = p.Quantity
			}
			if waits["a"] != step.a*measure.One && step.fails == nil || waits["b"] != 0 {
				t.Errorf("step %d: %v wait for a decision, want %d", n, waits, step.a)
			}
			if after.Version != before.Version+step.versions {
				t.Errorf("step %d: the version went from %d to %d", n, before.Version, after.Version)
			}
		}
		want := "placed packed handed_over packed handed_over delivered came_back packed lines_cancelled handed_over came_back went_on delivered"
		if got := names(t, s); got != want {
			t.Errorf("facts %s, want %s", got, want)
		}
		s.As(buyer).Moment(t, func(tx *db.Tx) error {
			var kinds []string
			history, err := order.History(tx, id)
			for _, h := range history {
				kinds = append(kinds, h.Kind)
			}
			if got := strings.Join(kinds, " "); got != strings.ReplaceAll(want, "lines_cancelled", "cancelled") {
				t.Errorf("history %s", got)
			}
			return err
		})
	})
}

// TestCancelWhatCameBack: an order of which everything came back can be ended as a whole, by its buyer too.
func TestCancelWhatCameBack(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		id := placed(t, s, placement("crt_1", ab...)).ID
		for _, do := range []func(*db.Tx, order.ID, string, []order.Part) (order.Order, error){order.Pack, order.HandOver} {
			if _, err := try(s, staff, func(tx *db.Tx) (order.Order, error) { return do(tx, id, "shp_1", nil) }); err != nil {
				t.Fatal(err)
			}
		}
		end := func(tx *db.Tx) (order.Order, error) { return order.Cancel(tx, id, "") }
		if _, err := try(s, buyer, end); !errors.Is(err, order.ErrShipped) {
			t.Errorf("cancelled on its way: %v", err)
		}
		if _, err := try(s, buyer, func(tx *db.Tx) (order.Order, error) { return order.BringBack(tx, id, "shp_1", nil) }); !errors.Is(err, order.ErrDenied) {
			t.Errorf("a buyer says that it came back: %v", err)
		}
		if _, err := try(s, staff, func(tx *db.Tx) (order.Order, error) { return order.BringBack(tx, id, "shp_1", nil) }); err != nil {
			t.Fatal(err)
		}
		s.As(staff).Look(t, func(tx *db.Tx) error {
			counts, err := order.InWork(tx, "sel_own")
			if counts[order.StateUndelivered] != 1 {
				t.Errorf("in work: %v", counts)
			}
			return err
		})
		o, err := try(s, buyer, end)
		if err != nil || o.State != order.StateCancelled || len(o.Undelivered()) != 0 {
			t.Errorf("cancelled after it came back: %s, %v wait, %v", o.State, o.Undelivered(), err)
		}
		s.Look(t, func(tx *db.Tx) error {
			wrong, _, err := order.Check(tx, "")
			if len(wrong) > 0 {
				t.Errorf("stored states differ: %v", wrong)
			}
			return err
		})
	})
}

// TestOlderReleaseBeside has a release that does not know of what came back pack it again, as it may while a house is
// upgraded: what it packed does not wait any more.
func TestOlderReleaseBeside(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) {
		id := placed(t, s, placement("crt_1", ab[:1]...)).ID
		for _, do := range []func(*db.Tx, order.ID, string, []order.Part) (order.Order, error){order.Pack, order.HandOver, order.BringBack} {
			if _, err := try(s, staff, func(tx *db.Tx) (order.Order, error) { return do(tx, id, "shp_1", nil) }); err != nil {
				t.Fatal(err)
			}
		}
		s.Moment(t, func(tx *db.Tx) error {
			_, err := tx.ExecContext(tx.Context(), `UPDATE order_line SET packed = ordered WHERE order_id = $1`, string(id))
			if err == nil {
				_, err = tx.ExecContext(tx.Context(), `UPDATE orders SET state = 'packed' WHERE id = $1`, string(id))
			}
			return err
		})
		o, err := get(s, staff, id)
		if err != nil || o.State != order.StatePacked || len(o.Undelivered()) != 0 {
			t.Errorf("%s, %v wait, %v", o.State, o.Undelivered(), err)
		}
		s.Look(t, func(tx *db.Tx) error {
			wrong, _, err := order.Check(tx, "")
			if len(wrong) > 0 {
				t.Errorf("stored states differ: %v", wrong)
			}
			return err
		})
	})
}
