package conduct_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"sauda/base/span"
	"sauda/core/exchange"
	"sauda/core/exchange/conduct"
	"sauda/core/exchange/watch"
	"sauda/gear/bus"
	"sauda/gear/db"
	"sauda/gear/db/dbtest"
)

var schemas = []db.Schema{bus.Schema, exchange.Schema, conduct.Schema}

// Those who watch here, one who does not, and one who is named by an alert.
var (
	asel   = db.Who{Kind: db.KindStaff, ID: "usr_asel", Seller: "sel_own", Scopes: []string{"exchange.*"}}
	bolat  = db.Who{Kind: db.KindStaff, ID: "usr_bolat", Seller: "sel_own", Party: "pty_bolat", Scopes: []string{"exchange.watch"}}
	clerk  = db.Who{Kind: db.KindStaff, ID: "usr_clerk", Seller: "sel_own", Scopes: []string{"exchange.read", "exchange.write", "exchange.decide"}}
	client = db.Who{Kind: db.KindBuyer, ID: "usr_dana", Party: "pty_dana"}
)

func each(t *testing.T, test func(t *testing.T, asel, bolat *dbtest.Store)) {
	dbtest.Each(t, schemas, func(t *testing.T, s *dbtest.Store) { test(t, s.As(asel), s.As(bolat)) })
}

// washed is an alert about somebody, who was named.
func washed(who string, at int64, suspects ...string) conduct.Raised {
	return conduct.Raised{Suspects: append(suspects, who), Alert: watch.Alert{Kind: watch.Wash, Instrument: 7, Day: span.MustDay("2026-11-30"), Owners: []string{who},
		Severity: watch.Low, At: at, Figures: map[string]int64{"trades": 2}, Orders: []watch.Order{{ID: uint64(at), Price: 100, Qty: 5}},
		Deals: []watch.Deal{{ID: uint64(at), Price: 100, Qty: 5}}}}
}

func write(g conduct.Glance) func(*db.Tx) error {
	return func(tx *db.Tx) error { return conduct.Write(tx, g) }
}

func alerts(t *testing.T, s *dbtest.Store, f conduct.Filter) (list []conduct.Alert) {
	t.Helper()
	s.Look(t, func(tx *db.Tx) (err error) {
		list, _, err = conduct.Alerts(tx, f)
		return err
	})
	return list
}

func refuse(t *testing.T, s *dbtest.Store, want error, do func(*db.Tx) error) {
	t.Helper()
	if err := s.Try(do); !errors.Is(err, want) {
		t.Errorf("%v, not %v", err, want)
	}
}

// TestWrite: what was seen is written with up to where, once; an alert that is raised again grows, and is new again when it was
// dismissed; nobody writes over what somebody else has seen.
func TestWrite(t *testing.T) {
	each(t, func(t *testing.T, asel, _ *dbtest.Store) {
		asel.Look(t, func(tx *db.Tx) error {
			if _, ok, err := conduct.LastSeen(tx); ok || err != nil {
				t.Errorf("seen before anything was, %v", err)
			}
			return nil
		})
		asel.Moment(t, write(conduct.Glance{Fresh: true, UpTo: 10, Lines: []watch.Kept{{Instrument: 7, Body: []byte(`{"a":1}`)}}, Alerts: []conduct.Raised{washed("pty_a", 5)}}))
		refuse(t, asel, conduct.ErrSeen, write(conduct.Glance{Fresh: true, UpTo: 12}))
		refuse(t, asel, conduct.ErrSeen, write(conduct.Glance{From: 9, UpTo: 12, Alerts: []conduct.Raised{washed("pty_b", 5)}}))
		first := alerts(t, asel, conduct.Filter{})[0]
		asel.Moment(t, func(tx *db.Tx) error { return conduct.Dismiss(tx, first.ID, "Two desks of one house") })
		refuse(t, asel, conduct.ErrTaken, func(tx *db.Tx) error { return conduct.Dismiss(tx, first.ID, "again") })
		if got := alerts(t, asel, conduct.Filter{State: conduct.AlertDismissed}); len(got) != 1 || got[0].Dismissed != "usr_asel" {
			t.Errorf("%+v", got)
		}
		more := washed("pty_a", 15)
		more.Severity = watch.High
		asel.Moment(t, write(conduct.Glance{From: 10, UpTo: 20, Lines: []watch.Kept{{Instrument: 7, Body: []byte(`{"a":2}`)}}, Alerts: []conduct.Raised{more, washed("pty_b", 16)}}))
		list := alerts(t, asel, conduct.Filter{})
		if len(list) != 2 || list[1].ID != first.ID || list[1].State != conduct.AlertNew || list[1].Severity != watch.High || !list[1].Last.After(list[1].First) {
			t.Fatalf("%+v", list)
		}
		asel.Look(t, func(tx *db.Tx) error {
			orders, deals, err := conduct.EvidenceOf(tx, list[1])
			if len(orders) != 2 || len(deals) != 2 {
				t.Errorf("%d orders, %d trades", len(orders), len(deals))
			}
			seq, ok, err2 := conduct.LastSeen(tx)
			lines, err3 := conduct.Lines(tx)
			if seq != 20 || !ok || len(lines) != 1 || string(lines[0].Body) != `{"a":2}` {
				t.Errorf("up to %d: %v", seq, len(lines))
			}
			return errors.Join(err, err2, err3)
		})
	})
}

// TestLists: alerts are found by what they are about, a page at a time.
func TestLists(t *testing.T) {
	each(t, func(t *testing.T, asel, _ *dbtest.Store) {
		g := conduct.Glance{Fresh: true, UpTo: 100}
		for n := range 60 {
			g.Alerts = append(g.Alerts, washed(fmt.Sprintf("pty_%02d", n), int64(n/2+1)))
		}
		g.Alerts[3].Severity, g.Alerts[4].Kind, g.Alerts[5].Instrument = watch.High, watch.Close, 8
		asel.Moment(t, write(g))
		for n, c := range []struct {
			f    conduct.Filter
			want int
		}{
			{conduct.Filter{}, 50}, {conduct.Filter{Severity: watch.Medium}, 1}, {conduct.Filter{Kind: watch.Close}, 1}, {conduct.Filter{Instrument: 8}, 1},
			{conduct.Filter{Suspect: "pty_33"}, 1}, {conduct.Filter{State: conduct.AlertInCase}, 0}, {conduct.Filter{State: conduct.AlertNew}, 50},
		} {
			if got := alerts(t, asel, c.f); len(got) != c.want {
				t.Errorf("%d: %d alerts", n, len(got))
			}
		}
		first := alerts(t, asel, conduct.Filter{})
		second := alerts(t, asel, conduct.Filter{Before: first[49]})
		if len(second) != 10 || second[0].ID == first[49].ID {
			t.Errorf("the second page has %d", len(second))
		}
	})
}

// TestCase: a case is opened from alerts, worked on, decided and closed, and all of it stays on record.
func TestCase(t *testing.T) {
	each(t, func(t *testing.T, asel, bolat *dbtest.Store) {
		asel.Moment(t, write(conduct.Glance{Fresh: true, UpTo: 10, Alerts: []conduct.Raised{washed("pty_a", 5), washed("pty_b", 6), washed("pty_c", 7)}}))
		all := alerts(t, asel, conduct.Filter{})
		var c conduct.Case
		asel.Moment(t, func(tx *db.Tx) (err error) {
			c, err = conduct.Open(tx, " Two who trade ", all[0].ID, all[1].ID)
			return err
		})
		refuse(t, asel, conduct.ErrTaken, func(tx *db.Tx) error { _, err := conduct.Open(tx, "again", all[0].ID); return err })
		refuse(t, asel, conduct.ErrMany, func(tx *db.Tx) error { _, err := conduct.Open(tx, "nothing"); return err })
		refuse(t, asel, conduct.ErrText, func(tx *db.Tx) error { _, err := conduct.Open(tx, strings.Repeat("x", 201), all[2].ID); return err })
		refuse(t, asel, conduct.ErrOpen, func(tx *db.Tx) error { return conduct.Close(tx, c.ID, "too early") })
		refuse(t, asel, conduct.ErrLink, func(tx *db.Tx) error { return conduct.Link(tx, c.ID, "javascript:alert(1)", "x") })
		refuse(t, asel, conduct.ErrOutcome, func(tx *db.Tx) error { return conduct.Decide(tx, c.ID, "jail", "x") })
		for _, do := range []func(*db.Tx) error{
			func(tx *db.Tx) error { return conduct.Add(tx, c.ID, all[2].ID) },
			func(tx *db.Tx) error { return conduct.Note(tx, c.ID, "They share a telephone number.") },
			func(tx *db.Tx) error {
				return conduct.Link(tx, c.ID, "https://files.example/1", "Letter of the broker")
			},
			func(tx *db.Tx) error { return conduct.Assign(tx, c.ID, "usr_bolat") },
			func(tx *db.Tx) error { return conduct.Decide(tx, c.ID, conduct.Warning, "The first time") },
		} {
			asel.Moment(t, do)
		}
		bolat.Moment(t, func(tx *db.Tx) error { return conduct.Close(tx, c.ID, "Warned by letter 12") })
		refuse(t, asel, conduct.ErrClosed, func(tx *db.Tx) error { return conduct.Note(tx, c.ID, "late") })
		asel.Look(t, func(tx *db.Tx) error {
			got, err := conduct.GetCase(tx, c.ID)
			if !got.Closed || got.Outcome != conduct.Warning || got.Assigned != "usr_bolat" || got.Title != "Two who trade" {
				t.Errorf("%+v", got)
			}
			entries, err2 := conduct.Entries(tx, got)
			kinds := ""
			for _, e := range entries {
				kinds += string(e.Kind) + " "
			}
			if kinds != "opened alert alert alert note link assigned decision closed " || entries[8].By != "usr_bolat" {
				t.Errorf("%s", kinds)
			}
			return errors.Join(err, err2)
		})
	})
}

// TestSuspects: whom an alert is about sees neither it nor its case, cannot dismiss it, open a case from it, or be given it; who
// has no scope sees nothing, whatever else he may.
func TestSuspects(t *testing.T) {
	each(t, func(t *testing.T, asel, bolat *dbtest.Store) {
		asel.Moment(t, write(conduct.Glance{Fresh: true, UpTo: 10, Alerts: []conduct.Raised{
			washed("pty_a", 5, "usr_bolat"), washed("pty_bolat", 6), washed("pty_c", 7)}}))
		all := alerts(t, asel, conduct.Filter{})
		if got := alerts(t, bolat, conduct.Filter{}); len(all) != 3 || len(got) != 1 || got[0].Owners[0] != "pty_c" {
			t.Fatalf("he sees %+v", got)
		}
		var c conduct.Case
		asel.Moment(t, func(tx *db.Tx) (err error) {
			c, err = conduct.Open(tx, "About two", all[1].ID, all[0].ID)
			return err
		})
		for _, do := range []func(*db.Tx) error{
			func(tx *db.Tx) error { _, err := conduct.GetAlert(tx, all[2].ID); return err },
			func(tx *db.Tx) error { return conduct.Dismiss(tx, all[2].ID, "It was nothing") },
			func(tx *db.Tx) error { _, err := conduct.GetCase(tx, c.ID); return err },
			func(tx *db.Tx) error { return conduct.Note(tx, c.ID, "It was nothing") },
		} {
			refuse(t, bolat, conduct.ErrUnknown, do)
		}
		refuse(t, bolat, conduct.ErrTaken, func(tx *db.Tx) error { _, err := conduct.Open(tx, "mine", all[2].ID); return err })
		refuse(t, asel, conduct.ErrUnknown, func(tx *db.Tx) error { return conduct.Assign(tx, c.ID, "pty_bolat") })
		bolat.Look(t, func(tx *db.Tx) error {
			cases, err := conduct.Cases(tx)
			waiting, err2 := conduct.Waiting(tx)
			if len(cases) != 0 || waiting != 0 {
				t.Errorf("%d cases, %d wait", len(cases), waiting)
			}
			return errors.Join(err, err2)
		})
		for _, who := range []db.Who{clerk, client, db.System, {}} {
			refuse(t, asel.As(who), conduct.ErrDenied, func(tx *db.Tx) error { _, _, err := conduct.Alerts(tx, conduct.Filter{}); return err })
			refuse(t, asel.As(who), conduct.ErrDenied, func(tx *db.Tx) error { return conduct.Note(tx, c.ID, "x") })
		}
	})
}
